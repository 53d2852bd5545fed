/* SPDX-License-Identifier: Apache-2.0 */
#include "core/config/own_file.h"

#include "core/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>

/* ---- who may write it ---- */

int own_file_trusted(const char *path, const struct stat *st, struct err *err)
{
	const char *what = S_ISDIR(st->st_mode) ? "the directory" : "the file";

	if (st->st_uid != 0 && st->st_uid != geteuid())
		return err_set(err, EPERM, "%s: %s belongs to user %u, not to root%s, and is not read", path, what, (unsigned)st->st_uid,
			       geteuid() ? " or to you" : "");
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return err_set(err, EPERM, "%s: %s may write %s (mode %03o), and it is not read; chmod go-w makes it good", path,
			       st->st_mode & S_IWOTH ? "everybody" : "its group", what, (unsigned)st->st_mode & 0777);
	return 0;
}

int own_directory_trusted(const char *path, struct err *err)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return err_set(err, errno, "%s: %s", path, strerror(errno));
	return own_file_trusted(path, &st, err);
}

bool own_file_absent(const char *path)
{
	struct stat st;

	return lstat(path, &st) < 0 && (errno == ENOENT || errno == ENOTDIR);
}

/* ---- reading ---- */

/* As many bytes as were promised, and no more. */
static int read_all(int fd, const char *path, char *data, size_t size, struct err *err)
{
	size_t done = 0;
	ssize_t n = 1;
	char beyond;

	while (done < size && n > 0) {
		n = read(fd, data + done, size - done);
		done += n > 0 ? (size_t)n : 0;
	}
	if (done == size)
		n = read(fd, &beyond, 1);
	if (n < 0)
		return err_set(err, errno, "%s: %s", path, strerror(errno));
	return n || done < size ? err_set(err, EAGAIN, "%s: it was written to while it was read", path) : 0;
}

static unsigned line_at(const char *text, const char *at)
{
	unsigned line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

int own_file_read(struct arena *arena, const char *path, size_t most, char **text, struct err *err)
{
	auto_close int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	const char *nul;
	struct stat st;
	int rc;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_set(err, errno, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, EINVAL, "%s: not a regular file", path);
	if ((size_t)st.st_size > most)
		return err_set(err, EFBIG, "%s: larger than the %zu KiB read at most", path, most >> 10);
	rc = own_file_trusted(path, &st, err);
	if (rc < 0)
		return rc;
	*text = arena_alloc(arena, (size_t)st.st_size + 1);
	rc = read_all(fd, path, *text, (size_t)st.st_size, err);
	nul = rc == 0 ? memchr(*text, '\0', (size_t)st.st_size) : NULL;
	return nul ? err_set(err, EINVAL, "%s:%u: a NUL byte; this is no text", path, line_at(*text, nul)) : rc;
}

static int is_conf(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && text_glob("*.conf", entry->d_name);
}

static int by_name(const struct dirent **left, const struct dirent **right)
{
	return strcmp((*left)->d_name, (*right)->d_name);
}

int own_files_list(struct arena *arena, const char *directory, const char ***list, size_t *n, struct err *err)
{
	struct dirent **entries = NULL;
	int found = scandir(directory, &entries, is_conf, by_name);

	if (found < 0)
		return err_set(err, errno, "%s: %s", directory, strerror(errno));
	for (int i = 0; i < found; i++) {
		arena_push(arena, *list, *n) = arena_printf(arena, "%s/%s", directory, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return 0;
}

/* ---- lines ---- */

struct own_lines own_lines_of(struct arena *arena, const char *path, const char *text)
{
	struct file *file = arena_new_of(arena, struct file);

	*file = (struct file){ .path = path, .state = STATE_PRESENT, .data = text, .size = strlen(text) };
	return (struct own_lines){ path, lines_of(arena, file, "#;", false) };
}

bool own_lines_next(struct own_lines *l, struct own_line *line)
{
	struct arena *arena = l->lines.arena;
	char *text = lines_next(&l->lines), *equals;
	size_t n;

	if (!text)
		return false;
	n = strlen(text);
	equals = strchr(text, '=');
	*line = (struct own_line){ .kind = *text == '[' ? OWN_SECTION : equals ? OWN_KEY : OWN_NEITHER, .number = l->lines.number };
	line->text = arena_strdup(arena, text);
	if (line->kind == OWN_SECTION && text[n - 1] == ']')
		line->name = text_trim(arena_strndup(arena, text + 1, n - 2));
	if (line->kind != OWN_KEY)
		return true;
	*equals = '\0';
	line->name = text_trim(text);
	line->value = text_trim(equals + 1);
	return true;
}
