/* SPDX-License-Identifier: Apache-2.0 */
/* The floor of speed: opens, reads and closes each file named on standard input's list, and does nothing else. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static char path[4096], data[65536];
	FILE *list = argc == 2 ? fopen(argv[1], "r") : NULL;

	if (!list)
		return 2;
	while (fgets(path, sizeof(path), list)) {
		int fd;

		path[strcspn(path, "\n")] = '\0';
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0)
			continue;
		while (read(fd, data, sizeof(data)) > 0)
			;
		close(fd);
	}
	fclose(list);
	return 0;
}
