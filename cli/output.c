/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/output.h"

#include "core/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/stat.h>

static int fail(const char *path, int code, struct err *err)
{
	return err_set(err, code, "%s: %s", path, strerror(code));
}

static int open_direct(struct output *output, const char *path, struct err *err)
{
	int fd = open(path, O_WRONLY | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {   /* since it was looked at */
		close(fd);
		return fail(path, EEXIST, err);
	}
	output->stream = fd < 0 ? NULL : fdopen(fd, "w");
	return output->stream ? 0 : fail(path, errno, err);
}

/*
 * What is open already, by its number; -1: the path is no name of such. These names are symbolic links: to take them for files would replace
 * /dev/stdout itself.
 */
static int descriptor_named(const char *path)
{
	static const char *const prefixes[] = { "/dev/fd/", "/proc/self/fd/" };
	int64_t number;

	if (streq(path, "/dev/stdout") || streq(path, "/dev/stderr"))
		return streq(path, "/dev/stdout") ? STDOUT_FILENO : STDERR_FILENO;
	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (starts_with(path, prefixes[i]) && text_integer(path + strlen(prefixes[i]), &number) && number >= 0 && number <= INT_MAX)
			return (int)number;
	return -1;
}

static int open_descriptor(struct output *output, int descriptor, struct err *err)
{
	int fd = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);

	output->stream = fd < 0 ? NULL : fdopen(fd, "w");
	return output->stream ? 0 : fail(output->path, errno, err);
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

/* The directory that the path is in. */
static bool stat_folder(const char *path, struct stat *st)
{
	const size_t size = strlen(path) + 1;
	auto_free char *copy = xmalloc(size);

	memcpy(copy, path, size);
	return stat(dirname(copy), st) == 0;
}

/* Everybody can write to it. */
static bool is_for_all(const char *path)
{
	struct stat folder;

	return stat_folder(path, &folder) && (folder.st_mode & S_IWOTH);
}

/* A link is replaced, never followed: the report would go where whoever made it likes. Where anybody could have made it, that is told. */
static int open_named(struct output *output, const char *path, struct err *err)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return open_beside(output, path, 0600, err);
	if (S_ISDIR(st.st_mode))
		return fail(path, EISDIR, err);
	if (S_ISLNK(st.st_mode) && is_for_all(path))
		return err_set(err, ELOOP, "%s: is a symbolic link in a directory that everybody can write to", path);
	if (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode))
		return open_beside(output, path, S_ISREG(st.st_mode) ? st.st_mode & 0777 : 0600, err);
	return open_direct(output, path, err);
}

int output_open(struct output *output, const char *path, struct err *err)
{
	int descriptor = descriptor_named(path);

	*output = (struct output){ .path = path };
	if (strcmp(path, "-") == 0) {
		output->path = "standard output";
		output->stream = stdout;
		return 0;
	}
	return descriptor >= 0 ? open_descriptor(output, descriptor, err) : open_named(output, path, err);
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool output_is_same(const char *a, const char *b)
{
	struct stat x, y;
	bool a_there, b_there;

	if (streq(a, "-") || streq(b, "-"))
		return streq(a, b);
	a_there = stat(a, &x) == 0;
	b_there = stat(b, &y) == 0;
	if (a_there || b_there)
		return a_there && b_there && S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
	if (!stat_folder(a, &x) || !stat_folder(b, &y))
		return streq(a, b);
	return x.st_dev == y.st_dev && x.st_ino == y.st_ino && streq(last_part(a), last_part(b));
}

/* The first error of all writes, or 0. */
static int finish(struct output *output)
{
	FILE *stream = output->stream;
	int code = 0;

	errno = 0;
	if (fflush(stream) != 0 || ferror(stream))
		code = errno ? errno : EIO;
	if (!code && output->temporary && fsync(fileno(stream)) < 0)
		code = errno;
	return code;
}

/* Between the two names nothing interrupts it but SIGKILL. Returns 0 or an errno. */
static int put_in_place(struct output *output)
{
	sigset_t all, before;
	int code;

	if (!output->temporary)
		return 0;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	code = output->nameless ? give_name(output) : 0;
	if (!code && rename(output->temporary, output->path) < 0) {
		code = errno;
		unlink(output->temporary);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!code) {
		free(output->temporary);
		output->temporary = NULL;
	}
	return code;
}

int output_commit(struct output *output, struct err *err)
{
	int code = finish(output);

	if (!code)
		code = put_in_place(output);
	if (output->stream != stdout && fclose(output->stream) != 0 && !code)
		code = errno;
	output->stream = NULL;
	output_abandon(output);
	return code ? fail(output->path, code, err) : 0;
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
