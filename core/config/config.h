/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Configuration files as the programs that own them find and read them: files by glob, folders of drop-ins, numbered lines, and what
 * kept the reader from knowing the whole.
 */
#ifndef CORE_CONFIG_H
#define CORE_CONFIG_H

#include "core/source/item.h"
#include "core/source/paths.h"

enum {
	CONFIG_FILES_MOST = 1000,   /* files that one question reads */
	CONFIG_BYTES_MOST = 8 << 20,   /* and how much they hold together */
	CONFIG_DEEPEST = 16,        /* files that name each other */
	CONFIG_FAULTS_MOST = 20,    /* one is enough to keep an answer from being certain */
};

/* Something that was not read or not understood: whatever is asked of the configuration, this may change the answer. */
struct fault {
	enum state state;
	const char *origin, *why;
};

struct faults {
	struct fault *list;
	size_t n;
	size_t bytes;            /* how much was read so far */
};

void faults_add(struct arena *arena, struct faults *faults, enum state state, const char *origin, const char *why, ...) PRINTF_LIKE(5, 6);

/* No more are kept: whoever reads on would only waste time. */
bool faults_enough(const struct faults *faults);

/* One item for each; true when there was any. */
bool faults_show(const struct faults *faults, const char *name, struct items *items);

/* ---- files ---- */

struct config_files {
	struct arena *arena;
	struct faults *faults;
	struct source *source;
	const struct file **list;   /* present, in the order in which they are read */
	size_t n;
};

/* A file of text, or NULL: one that is not there is left out in silence, any other trouble is a fault. */
const struct file *config_read(struct source *source, struct arena *arena, const char *path, struct faults *faults);

/* The same, added to the files. True where it was there. */
bool config_add(struct config_files *files, const char *path);

/* All that match, by name. */
void config_add_glob(struct config_files *files, const char *pattern);

/* The paths that match, by name, or the pattern itself where it is none; what could not be looked at is a fault. */
struct paths config_glob(struct source *source, struct arena *arena, const char *pattern, struct faults *faults);

/*
 * What systemd reads for "/etc/systemd/NAME.conf": the first NAME.conf of /etc, /run, /usr/local/lib and /usr/lib, then the drop-ins in NAME.conf.d
 * of all of them by file name; one hides those of the same name in a later folder, and a link to /dev/null does nothing but that
 * (systemd-system.conf(5)).
 */
void config_add_systemd(struct config_files *files, const char *path);

/* ---- lines ---- */

struct lines {
	struct arena *arena;
	const struct file *file;
	const char *at;
	unsigned number, next;      /* of the line last given: where it begins */
	const char *comments;       /* the characters that make a comment of a line that begins with one of them */
	size_t (*cut)(const char *line, size_t n);   /* where a comment behind something begins, n where there is none; may be NULL */
	bool continues;             /* a backslash at the end of a line joins the next one; comments are never continued */
};

struct lines lines_of(struct arena *arena, const struct file *file, const char *comments, bool continues);

/* The next line that says something, without white space around it, a copy to be written on; NULL at the end. */
char *lines_next(struct lines *lines);

/* For .cut: a # ends the line wherever it stands. */
size_t lines_cut_hash(const char *line, size_t n);

/* "/etc/login.defs:165" */
char *lines_origin(const struct lines *lines);

/* The next word of white-space separated words, ended in place; NULL at the end. */
char *word_next(char **at);

#endif
