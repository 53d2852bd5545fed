/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>

static int fail(const char *path, int code, struct err *err)
{
	return err_set(err, code, "%s: %s", path, strerror(code));
}

static int open_direct(struct output *output, const char *path, struct err *err)
{
	int fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);

	output->stream = fd < 0 ? NULL : fdopen(fd, "w");
	return output->stream ? 0 : fail(path, errno, err);
}

/* Room for mkostemp(3)'s six letters. */
static char *beside(const char *path)
{
	size_t size = strlen(path) + sizeof(".XXXXXX");
	char *name = xmalloc(size);

	snprintf(name, size, "%s.XXXXXX", path);
	return name;
}

/* A file without a name, in the folder of the path: if the program is killed, nothing of it is left. -1: not on this file system. */
static int open_nameless(const char *path)
{
	auto_free char *folder = xmalloc(strlen(path) + 2);
	char *slash;

	snprintf(folder, strlen(path) + 2, "%s", path);
	slash = strrchr(folder, '/');
	if (slash == folder)
		slash++;
	if (slash)
		*slash = '\0';
	return open(slash ? folder : ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
}

static int open_beside(struct output *output, const char *path, mode_t mode, struct err *err)
{
	int fd = access("/proc/self/fd", X_OK) == 0 ? open_nameless(path) : -1;

	output->temporary = beside(path);
	output->nameless = fd >= 0;
	if (fd < 0)
		fd = mkostemp(output->temporary, O_CLOEXEC);
	if (fd < 0) {
		int code = errno;

		free(output->temporary);
		output->temporary = NULL;
		return fail(path, code, err);
	}
	if (fchmod(fd, mode) < 0 || !(output->stream = fdopen(fd, "w"))) {
		int code = errno;

		close(fd);
		output_abandon(output);
		return fail(path, code, err);
	}
	return 0;
}

/* Gives the file a name that nobody has, for the moment until it is renamed: linkat(2) replaces nothing. Returns 0 or an errno. */
static int give_name(struct output *output)
{
	enum { ATTEMPTS = 100 };
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz012345";
	char *name = output->temporary + strlen(output->temporary) - strlen("XXXXXX"), from[32];

	snprintf(from, sizeof(from), "/proc/self/fd/%d", fileno(output->stream));
	for (int i = 0; i < ATTEMPTS; i++) {
		unsigned char random[6];

		if (getrandom(random, sizeof(random), 0) != sizeof(random))
			return errno;
		for (size_t k = 0; k < sizeof(random); k++)
			name[k] = letters[random[k] % (sizeof(letters) - 1)];
		if (linkat(AT_FDCWD, from, AT_FDCWD, output->temporary, AT_SYMLINK_FOLLOW) == 0) {
			output->nameless = false;
			return 0;
		}
		if (errno != EEXIST)
			return errno;
	}
	return EEXIST;
}

int output_open(struct output *output, const char *path, struct err *err)
{
	struct stat st;

	*output = (struct output){ .path = path };
	if (strcmp(path, "-") == 0) {
		output->path = "standard output";
		output->stream = stdout;
		return 0;
	}
	if (lstat(path, &st) < 0)
		return open_beside(output, path, 0600, err);
	if (S_ISDIR(st.st_mode))
		return fail(path, EISDIR, err);
	if (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode))
		return open_beside(output, path, S_ISREG(st.st_mode) ? st.st_mode & 0777 : 0600, err);
	return open_direct(output, path, err);
}

/* fclose() for what is ours, fflush() for standard output; the first error of all writes. */
static int finish(struct output *output)
{
	FILE *stream = output->stream;
	int code = 0;

	errno = 0;
	if (fflush(stream) != 0 || ferror(stream))
		code = errno ? errno : EIO;
	if (!code && output->temporary && fsync(fileno(stream)) < 0)
		code = errno;
	if (!code && output->nameless)
		code = give_name(output);
	if (stream != stdout && fclose(stream) != 0 && !code)
		code = errno;
	output->stream = NULL;
	return code;
}

int output_commit(struct output *output, struct err *err)
{
	int code = finish(output);

	if (!code && output->temporary && rename(output->temporary, output->path) < 0)
		code = errno;
	if (!code) {
		free(output->temporary);
		output->temporary = NULL;
		return 0;
	}
	output_abandon(output);
	return fail(output->path, code, err);
}

void output_abandon(struct output *output)
{
	if (output->stream && output->stream != stdout)
		fclose(output->stream);
	output->stream = NULL;
	if (output->temporary && !output->nameless)
		unlink(output->temporary);
	free(output->temporary);
	output->temporary = NULL;
}
