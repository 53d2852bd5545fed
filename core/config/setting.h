/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Settings: a key and its value, as the program that reads the file understands it. One table of syntaxes; what needs more than a
 * line to be understood (sshd, PAM, sudo, rsyslog) has a noun of its own.
 */
#ifndef CORE_SETTING_H
#define CORE_SETTING_H

#include "core/config/config.h"

struct setting {
	const char *section;     /* "" where the syntax has none */
	const char *key;
	const char *value;       /* "" for a key alone */
	const char *origin;      /* FILE:LINE */
	bool computed;           /* a shell works the value out, and nobody else can tell it */
};

struct settings {
	struct setting *list;    /* in the order in which they are read */
	size_t n;
	const struct file *first;   /* the first file that there was, or NULL */
	struct faults faults;
	const struct setting_syntax *syntax;
};

struct setting_syntax {
	const char *name;
	const char *comments;
	bool cuts;               /* # ends a line wherever it stands */
	bool continues;
	bool any_case;           /* keys are the same in upper and lower case */
	bool drop_ins;           /* systemd's main file and drop-ins; an empty value takes back what was said before */
	/* One line, to be written on. False where it is not understood. */
	bool (*read)(struct settings *settings, struct arena *arena, char *line, const char *origin);
};

/* NULL for a name that is none. */
const struct setting_syntax *setting_syntax_of(const char *name);

/*
 * Reads the files that a benchmark names: paths or globs, separated by spaces, read one after the other; of several joined by | the first that is
 * there. Lies in the arena.
 */
struct settings *settings_read(struct source *source, struct arena *arena, const struct setting_syntax *syntax, const char *files);

/* The first setting of the key in the section (NULL: in any) at or behind position *at, which is moved behind it; NULL at the end. */
const struct setting *settings_next(const struct settings *settings, const char *section, const char *key, size_t *at);

/* The last one, which holds; NULL where there is none or it was taken back. */
const struct setting *settings_find(const struct settings *settings, const char *section, const char *key);

#endif
