/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
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

static int open_beside(struct output *output, const char *path, mode_t mode, struct err *err)
{
	size_t size = strlen(path) + sizeof(".XXXXXX");
	int fd;

	output->temporary = xmalloc(size);
	snprintf(output->temporary, size, "%s.XXXXXX", path);
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
	if (output->temporary)
		unlink(output->temporary);
	free(output->temporary);
	output->temporary = NULL;
}
