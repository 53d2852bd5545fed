/* SPDX-License-Identifier: Apache-2.0 */
/* What the programs share that libFuzzer feeds. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include "core/base/defs.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file of these bytes by a path; closed by its descriptor. */
static inline int fuzz_file(const uint8_t *data, size_t size, char *path, size_t room)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) < 0)
		abort();
	snprintf(path, room, "/proc/self/fd/%d", fd);
	return fd;
}

#endif
