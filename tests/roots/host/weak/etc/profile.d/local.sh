umask 000
export TMOUT=0
PATH=$PATH:/opt/bin:
