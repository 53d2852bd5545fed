/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the units share: unit.c lists them, unit_file.c merges one, unit_boot.c follows them. Nobody else includes this. */
#ifndef CORE_UNIT_PRIVATE_H
#define CORE_UNIT_PRIVATE_H

#include "core/boot/unit.h"

enum {
	UNIT_LIMIT = 1 << 20,        /* bytes of a unit file */
	UNIT_HOPS = 16,              /* aliases of aliases */
};

enum unit_place { PLACE_CONFIG, PLACE_RUNTIME, PLACE_VENDOR, PLACE_GENERATOR, PLACE_TRANSIENT };

/* A directory of the search path; the first has the last word. */
struct unit_dir {
	const char *path;
	enum unit_place place;
	struct stat stat;
};

/* A unit file, or a link in its place. */
struct unit_entry {
	const char *name;
	unsigned dir;
	bool is_link;
	const char *target;          /* of a link, as it is written; NULL where that cannot be read */
};

/* NAME.wants/LINK, NAME.requires/LINK, NAME.upholds/LINK */
struct unit_want {
	const char *unit, *name;
	unsigned dir;
	const char *path;
	bool requires;
	bool masked;                 /* a link to /dev/null takes back what a later directory wants */
};

struct unit_reach;

struct units {
	struct source *source;
	enum init_system init;
	enum state state;            /* PRESENT, or that of the first directory that could not be read */
	const char *why, *trouble;   /* why, and which */
	struct unit_dir *dirs;
	size_t n_dirs;
	struct unit_entry *entries;  /* by name, then directory */
	size_t n_entries;
	struct unit_want *wants;     /* by unit, name, then directory */
	size_t n_wants;
	struct unit_entry *dropins;  /* "cron.service.d", by name, then directory */
	size_t n_dropins;
	struct unit_reach *reach;    /* what the start of the system reaches */
};

/* ---- names ---- */

/* ".service"; NULL where the name has none. */
const char *unit_suffix(const char *name);

/* Of "getty@tty1.service" it is "getty@.service"; NULL where the name is no instance. */
const char *unit_template(struct arena *arena, const char *name);

/* "getty@.service" */
bool unit_is_template(const char *name);

/* ---- files ---- */

/* The entry that counts, or NULL. */
const struct unit_entry *unit_entry(const struct units *units, const char *name);

bool unit_is_null(const char *target);

struct unit_found {
	const struct unit_entry *entry;  /* that of the real unit; NULL: none */
	const char *name;                /* the real one's */
	bool masked;
};

/* Follows aliases. */
struct unit_found unit_find(const struct units *units, struct arena *arena, const char *name);

/* "usr/lib/systemd/system/cron.service" */
char *unit_path(const struct units *units, struct arena *arena, const struct unit_entry *entry);

/* Adds the settings of a text in the syntax of systemd (systemd.syntax(7)). */
void unit_parse(struct unit *unit, struct arena *arena, const struct file *file);

/* The wants of one unit: its first, and how many follow. */
const struct unit_want *unit_wants(const struct units *units, const char *name, size_t *n);

/* ---- the start ---- */

struct unit_reach *unit_reach(const struct units *units, struct arena *arena);

/* How the start of the system reaches a unit of that (real) name, or NULL. */
const struct unit_boot *unit_reached(const struct unit_reach *reach, const char *name);

/* ---- other init systems ---- */

/* The script's name: "cron" of "cron.service"; NULL where the name is of no service. */
const char *unit_script(struct arena *arena, const char *name);

/* Its link in a runlevel that is entered at the start, or NULL. */
const char *openrc_link(const struct units *units, struct arena *arena, const char *script, enum state *state, const char **why);
const char *sysv_link(const struct units *units, struct arena *arena, const char *script, enum state *state, const char **why);

#endif
