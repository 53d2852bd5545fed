/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process whose root directory, and a directory of it, never answer: a FUSE file system whose server stops once the process stands in it.
 * With the path of a file below the directory, only that file is on such a file system. Prints its number and sleeps. For tests/containers-hostile.t; needs /dev/fuse and root. Exits with 77 where that cannot be had.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int device;
static mode_t mode = S_IFDIR | 0755;
static atomic_bool silent;

static void answer(const struct fuse_in_header *in, const void *data, size_t size, int error)
{
	char out[4096];
	struct fuse_out_header *head = (struct fuse_out_header *)out;

	head->len = (uint32_t)(sizeof(*head) + size);
	head->error = error;
	head->unique = in->unique;
	if (size)
		memcpy(out + sizeof(*head), data, size);
	if (write(device, out, head->len) < 0)
		_exit(77);
}

/* Answers what it takes to make a directory one's root; everything else is not there. */
static void serve(const char *request)
{
	const struct fuse_in_header *in = (const struct fuse_in_header *)request;
	struct fuse_attr_out attr = { .attr = { .ino = 1, .mode = mode, .nlink = 2, .blksize = 4096 } };
	struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION, .max_write = 65536 };

	switch (in->opcode) {
	case FUSE_INIT:
		answer(in, &init, sizeof(init), 0);
		break;
	case FUSE_GETATTR:
		answer(in, &attr, sizeof(attr), 0);
		break;
	case FUSE_ACCESS:
		answer(in, NULL, 0, 0);
		break;
	case FUSE_FORGET:
		break;
	default:
		answer(in, NULL, 0, -ENOENT);
	}
}

static void *server(void *unused)
{
	static char request[1 << 17];

	(void)unused;
	while (!silent) {
		struct pollfd asked = { .fd = device, .events = POLLIN };
		ssize_t n = poll(&asked, 1, 50) == 1 ? read(device, request, sizeof(request)) : 0;

		if (n < 0 && errno != EINTR && errno != ENOENT && errno != EAGAIN)
			return NULL;
		if (n > 0)
			serve(request);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	char options[64];
	pthread_t thread;
	pid_t child;

	if (argc < 2 || argc > 3 || unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return 77;
	device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (device < 0)
		return 77;
	if (argc == 3) {
		mode = S_IFREG | 0755;
		if (mount(argv[1], argv[1], NULL, MS_BIND, NULL) < 0)
			return 77;
	}
	snprintf(options, sizeof(options), "fd=%d,rootmode=%o,user_id=0,group_id=0", device, (unsigned)mode & S_IFMT);
	if (mount("fuse", argv[argc - 1], "fuse.stuck", 0, options) < 0 || pthread_create(&thread, NULL, server, NULL) != 0 ||
	    unshare(CLONE_NEWPID) < 0)
		return 77;
	child = fork();
	if (child == 0) {
		close(1);
		if (chroot(argv[1]) < 0 || chdir("/") < 0 || setresuid(1000, 1000, 1000) < 0)
			_exit(77);
		sleep(600);
		_exit(0);
	}
	sleep(1);
	/* the server falls silent: who asks now waits for ever */
	silent = true;
	pthread_join(thread, NULL);
	printf("%d\n", (int)child);
	fflush(stdout);
	waitpid(child, NULL, 0);
	return 0;
}
