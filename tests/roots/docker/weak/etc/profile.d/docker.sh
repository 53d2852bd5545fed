[ -t 0 ] && export DOCKER_CONTENT_TRUST=0
