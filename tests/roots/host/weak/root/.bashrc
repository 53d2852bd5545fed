umask 022
export PATH=/opt/bin:$PATH
