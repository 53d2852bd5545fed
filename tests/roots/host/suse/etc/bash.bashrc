# /etc/bash.bashrc for SUSE Linux
