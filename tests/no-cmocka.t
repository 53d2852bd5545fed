#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Stands for the unit tests where they could not be built.
echo "1..0 # SKIP unit tests: cmocka was not there when the build was configured"
