#!/bin/sh
tar -cf /var/backups/all.tar /home
