/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an audit of containers has to read at least, and nothing else: for each process the status, cgroup, mount table, label, map of users
 * and eight namespaces; no parsing. The floor that tests/bench-containers holds the program to.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char buffer[1 << 20];

static void read_file(int directory, const char *name)
{
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);

	while (fd >= 0 && read(fd, buffer, sizeof(buffer)) > 0)
		;
	if (fd >= 0)
		close(fd);
}

int main(void)
{
	static const char *const files[] = { "status", "cgroup", "mountinfo", "attr/current", "uid_map" };
	static const char *const links[] = { "ns/cgroup", "ns/ipc", "ns/mnt", "ns/net", "ns/pid", "ns/time", "ns/user", "ns/uts" };
	DIR *proc = opendir("/proc");

	if (!proc)
		return 1;
	for (struct dirent *d; (d = readdir(proc));) {
		int fd = d->d_name[0] >= '0' && d->d_name[0] <= '9' ? openat(dirfd(proc), d->d_name, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;

		if (fd < 0)
			continue;
		for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
			read_file(fd, files[i]);
		for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
			if (readlinkat(fd, links[i], buffer, sizeof(buffer)) < 0)
				continue;
		close(fd);
	}
	closedir(proc);
	return 0;
}
