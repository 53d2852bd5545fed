/* SPDX-License-Identifier: Apache-2.0 */
/* Owner, mode and place of the files that a daemon of a container engine or of Kubernetes works with. */
#include "checks/certificate_item.h"
#include "checks/checks.h"
#include "checks/daemon_item.h"
#include "checks/mode.h"
#include "checks/mounted.h"
#include "checks/path_trust.h"

#include "core/base/text.h"

#include <dirent.h>

enum { FILES_MOST = 4096, DEEPEST = 12, SMALL_LIMIT = 1 << 20 };

/* What one rule looks at. */
struct looking {
	const struct subject *subject;
	const char *field, *below;
	struct items *items;
	size_t seen;                 /* files */
	int64_t daemon_uid;          /* of the daemon that they are of; -1: not known */
	bool rootless;               /* the daemon that they are of belongs to a user, and they to him */
};

/* ---- one file ---- */

static const char *type_of(mode_t mode)
{
	return S_ISREG(mode) ? "file" : S_ISDIR(mode) ? "directory" : S_ISLNK(mode) ? "symlink" : S_ISSOCK(mode) ? "socket" : "other";
}

/* The name of a group, or its number in digits. */
static const char *group_name(const struct looking *l, gid_t gid)
{
	const struct file *file = source_read(l->subject->source, "etc/group", SMALL_LIMIT);
	char *text = file->state == STATE_PRESENT ? arena_strdup(l->items->arena, file->data) : NULL, *line;

	while ((line = strsep(&text, "\n"))) {
		const char *name = strsep(&line, ":"), *number;

		strsep(&line, ":");
		number = strsep(&line, ":");
		if (number && strtoul(number, NULL, 10) == gid && *number)
			return name;
	}
	return arena_printf(l->items->arena, "%u", (unsigned)gid);
}

/*
 * Its own: another device begins there. That dockerd mounts the directory on itself makes none. A captured root is on one device, so there the
 * mount table tells.
 */
static bool has_own_file_system(const struct looking *l, const struct file *file, const char *path)
{
	const char *slash = strrchr(path, '/'), *above = slash ? arena_strndup(l->items->arena, path, (size_t)(slash - path)) : "";

	if (source_is_live(l->subject->source))
		return file->stat.st_dev != source_stat(l->subject->source, above)->stat.st_dev;
	for (size_t i = 0; i < l->subject->mounts->n; i++) {
		const struct mount *m = &l->subject->mounts->list[i];

		if (streq(m->target + 1, path) && streq(m->root, "/"))
			return true;
	}
	return false;
}

/* What the next boot mounts there, where there is no table of what is mounted now. */
static void add_planned_file_system(struct looking *l, const struct file *file, const char *name)
{
	const struct fstab *fstab = mounts_planned(l->subject, l->items->arena, file->path);
	const char *place = mount_point_of(l->subject, l->items->arena, file->path);

	for (size_t i = 0; i < fstab->n; i++) {
		const struct fstab_entry *e = &fstab->list[i];

		if (!e->idle && (streq(e->mount.target, file->path) || streq(e->mount.target, place)) && fstab_holds(fstab, e)) {
			items_add_text(l->items, name, e->origin, "own");
			return;
		}
	}
	if (fstab->unseen.why)
		items_add_state(l->items, name, fstab->unseen.origin, fstab->unseen.state, "%s", fstab->unseen.why);
	else if (fstab->file->state == STATE_ABSENT)
		items_add_state(l->items, name, fstab->file->path, STATE_UNAVAILABLE, "it is not there, nor a table of what is mounted");
	else
		items_add_text(l->items, name, fstab->file->path, "shared");
}

static void add_file_system(struct looking *l, const struct file *file, const char *path)
{
	const struct mounts *mounts = l->subject->mounts;
	const char *name = arena_printf(l->items->arena, "file system of %s", file->path);

	if (mounts->state == STATE_UNAVAILABLE)
		add_planned_file_system(l, file, name);
	else if (mounts->state != STATE_PRESENT)
		items_add_state(l->items, name, mounts->file->path, mounts->state, "%s", mounts->why);
	else
		items_add_text(l->items, name, file->path, has_own_file_system(l, file, path) ? "own" : "shared");
}

static void add_trust(struct looking *l, const struct file *file)
{
	size_t before = l->items->n;

	path_trust(l->subject->source, file->path, "who can change it", l->items);
	if (l->items->n == before)
		items_add_text(l->items, "who can change it", file->path, "root");
}

/* The label and the headers of the first block of a PEM file (RFC 7468, RFC 1421): "EC PRIVATE KEY kek-version=1". */
static void add_pem(struct looking *l, const struct file *stat, const char *path)
{
	const struct file *file = source_read(l->subject->source, path, SMALL_LIMIT);
	const char *begin = file->state == STATE_PRESENT ? strstr(file->data, "-----BEGIN ") : NULL, *end = begin ? strstr(begin + 11, "-----") : NULL;
	struct buffer words = { .arena = l->items->arena };

	if (file->state != STATE_PRESENT) {
		items_add_file_state(l->items, "PEM block", file);
		return;
	}
	if (!end) {
		items_add_state(l->items, "PEM block", stat->path, STATE_MALFORMED, "no PEM block is in it");
		return;
	}
	buffer_add(&words, begin + 11, (size_t)(end - begin - 11));
	for (const char *line = end + strcspn(end, "\n"); *line == '\n'; line += strcspn(line, "\n")) {
		const char *colon = strchr(++line, ':');

		if (!colon || colon > line + strcspn(line, "\n"))
			break;
		buffer_printf(&words, " %.*s=", (int)(colon - line), line);
		colon += 1 + strspn(colon + 1, " ");
		buffer_add(&words, colon, strcspn(colon, "\r\n"));
	}
	items_add_text(l->items, "PEM block", stat->path, words.text);
}

/* An item for each certificate in it. */
static void add_certificates(struct looking *l, const char *path)
{
	items_add_certificates(l->items, source_read(l->subject->source, path, SMALL_LIMIT), l->field, l->subject->now);
}

/* A user of its own that a daemon runs as is as good an owner as root. */
static const char *owner_text(const struct looking *l, uid_t uid)
{
	if (uid == 0)
		return "root";
	return l->daemon_uid == (int64_t)uid ? "daemon" : arena_printf(l->items->arena, "user %u", (unsigned)uid);
}

static void add_field(struct looking *l, const struct file *file, const char *path)
{
	struct items *items = l->items;
	mode_t mode = file->stat.st_mode;
	const char *name = arena_printf(items->arena, "%s of %s", l->field, file->path);

	if (l->rootless && list_has("owner group group-name trust", " ", l->field))
		items_add_state(items, name, file->path, STATE_INAPPLICABLE, "the daemon runs as a user, and the file is his");
	else if (streq(l->field, "owner"))
		items_add_integer(items, name, file->path, (int64_t)file->stat.st_uid);
	else if (streq(l->field, "group"))
		items_add_integer(items, name, file->path, (int64_t)file->stat.st_gid);
	else if (streq(l->field, "owned-by"))
		items_add_text(items, name, file->path, owner_text(l, file->stat.st_uid));
	else if (streq(l->field, "group-name"))
		items_add_text(items, name, file->path, group_name(l, file->stat.st_gid));
	else if (streq(l->field, "mode"))
		items_add_bits(items, name, file->path, mode & 07777)->text = arena_printf(items->arena, "%04o", mode & 07777);
	else if (streq(l->field, "file-system"))
		add_file_system(l, file, path);
	else if (streq(l->field, "trust"))
		add_trust(l, file);
	else if (streq(l->field, "pem"))
		add_pem(l, file, path);
	else if (list_has("validity lifetime age", " ", l->field))
		add_certificates(l, path);
	else
		items_add_text(items, file->path, file->path, type_of(mode));
}

/* What a link leads to is what counts. */
static const struct file *look_at(const struct looking *l, const char *path)
{
	const struct file *file = source_stat(l->subject->source, path);

	return file->state == STATE_PRESENT && S_ISLNK(file->stat.st_mode) ? source_stat_target(l->subject->source, path) : file;
}

static void add_path(struct looking *l, const char *path)
{
	const struct file *file;

	if (l->seen++ == FILES_MOST)
		items_add_state(l->items, "files", arena_printf(l->items->arena, "/%s", path), STATE_BROKEN, "there are more than 4096 files");
	if (l->seen > FILES_MOST)
		return;
	file = look_at(l, path);
	if (file->state == STATE_PRESENT)
		add_field(l, file, path);
	else
		items_add_file_state(l->items, file->path, file);
}

/* ---- files below a directory ---- */

/* Patterns: a part may hold *; "**" alone as a part stands for any directories, also none. */
static void add_below(struct looking *l, const char *directory, const char *pattern, unsigned depth)
{
	size_t n = strcspn(pattern, "/");
	const char *part = arena_strndup(l->items->arena, pattern, n), *rest = pattern[n] ? pattern + n + 1 : NULL;
	const struct directory *dir;

	if (!strchr(part, '*')) {
		directory = arena_printf(l->items->arena, "%s/%s", directory, part);
		if (rest)
			add_below(l, directory, rest, depth + 1);
		else if (source_stat(l->subject->source, directory)->state != STATE_ABSENT)
			add_path(l, directory);
		return;
	}
	dir = source_list(l->subject->source, directory);
	if (dir->state != STATE_PRESENT && dir->state != STATE_ABSENT)
		items_add_state(l->items, dir->path, dir->path, dir->state, "%s", dir->why);
	if (streq(part, "**") && rest)
		add_below(l, directory, rest, depth + 1);
	for (size_t i = 0; i < dir->n && depth < DEEPEST && l->seen <= FILES_MOST; i++) {
		const char *name = dir->entries[i].name, *path = arena_printf(l->items->arena, "%s/%s", directory, name);

		if (streq(part, "**") && rest) {
			if (dir->entries[i].type == DT_DIR)
				add_below(l, path, pattern, depth + 1);
		} else if (!text_glob(part, name)) {
			continue;
		} else if (!rest) {
			add_path(l, path);
		} else if (dir->entries[i].type != DT_REG) {
			add_below(l, path, rest, depth + 1);
		}
	}
}

static void add_place(struct looking *l, const char *path)
{
	if (l->below)
		add_below(l, path, l->below, 0);
	else
		add_path(l, path);
}

/* ---- which files ---- */

static void add_host_path(struct looking *l, const struct daemon *daemon, const char *path)
{
	const char *why, *here = daemon_path(l->items->arena, daemon, path, &why);
	const char *name = text_safe(l->items->arena, path, strlen(path), 512);

	if (here)
		add_place(l, here);
	else
		items_add_state(l->items, name, name, STATE_UNAVAILABLE, "%s", why);
}

/* A path that a setting names: "unix:///run/docker.sock" is one, an address of another kind is none. */
static void add_said_path(struct looking *l, const struct daemon_set *set, const struct daemon *daemon, const struct said *said)
{
	const char *path = said->text, *word;
	size_t n;

	if (said->state != STATE_PRESENT) {
		if (said->state != STATE_ABSENT)
			items_add_said(set, daemon, said, l->items);
		return;
	}
	for (const char *at = path; (word = list_next(&at, " ,", &n));) {
		path = arena_strndup(l->items->arena, word, n);
		if (starts_with(path, "unix://"))
			path += strlen("unix://");
		if (*path != '@' && !strstr(path, "://") && strchr(path, '/'))
			add_host_path(l, daemon, path);
	}
}

static void add_setting(struct looking *l, const struct daemon_set *set, const struct daemon *daemon, const struct params *params)
{
	const struct setting_query query = {
		.flags = params_get(params, "flag"), .pointers = params_get(params, "pointer"), .fallback = params_get(params, "default"),
	};
	struct saids saids = { .arena = l->items->arena };

	if (query.flags || query.pointers)
		daemon_setting(daemon, &query, &saids);
	for (size_t i = 0; i < saids.n; i++)
		add_said_path(l, set, daemon, &saids.list[i]);
}

static void add_sockets(struct looking *l, const struct daemon_set *set, const struct daemon *daemon)
{
	struct saids saids = { .arena = l->items->arena };

	daemon_addresses(l->subject, set, daemon, &saids);
	for (size_t i = 0; i < saids.n; i++)
		if (!saids.list[i].text || starts_with(saids.list[i].text, "unix://"))
			add_said_path(l, set, daemon, &saids.list[i]);
}

/* Nothing lies open in an empty one of a daemon that does not run and sets the mode when it starts. */
static bool is_closed_later(const struct looking *l, const struct daemon *daemon, const char *path)
{
	const struct directory *dir;

	if (daemon->place == DAEMON_RUNS || !daemon->kind->closes_data || l->below || !streq(l->field, "mode"))
		return false;
	dir = source_list(l->subject->source, path + strspn(path, "/"));
	return dir->state == STATE_PRESENT && !dir->n;
}

static void add_data(struct looking *l, const struct daemon *daemon)
{
	const char *why = NULL, *path;
	enum state state = STATE_BROKEN;

	if (!daemon->kind->data_default)
		return;
	path = daemon_data(l->items->arena, daemon, &state, &why);
	if (path && is_closed_later(l, daemon, path))
		items_add_state(l->items, "mode of the data root", arena_printf(l->items->arena, "/%s", path + strspn(path, "/")), STATE_INAPPLICABLE,
				"it is empty, and %s sets its mode when it starts", daemon->kind->name);
	else if (path)
		add_place(l, path);
	else
		items_add_state(l->items, "data", daemon->origin, state, "%s", why);
}

static void add_config(struct looking *l, const struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->n_documents; i++)
		add_path(l, daemon->documents[i]->file->path + 1);
	if (daemon->pod)
		add_path(l, daemon->label + 1);
}

static void add_unit(struct looking *l, const struct unit_command *unit, bool environment)
{
	const char **list = environment ? unit->environment_files : unit->files;
	size_t n = environment ? unit->n_environment_files : unit->n_files;

	for (size_t i = 0; i < n; i++)
		if (source_stat(l->subject->source, list[i] + 1)->state != STATE_ABSENT)
			add_path(l, list[i] + 1);
}

static void add_of_daemon(struct looking *l, const struct daemon_set *set, const struct daemon *daemon, const struct params *params)
{
	const char *what = params_get(params, "what");

	l->daemon_uid = daemon->uid;
	l->rootless = daemon->uid > 0 && !daemon->kind->in_containers;
	if (streq(what, "config"))
		add_config(l, daemon);
	else if (streq(what, "executable") && daemon->executable)
		add_host_path(l, daemon, daemon->executable);
	else if (streq(what, "data"))
		add_data(l, daemon);
	else if (streq(what, "listen"))
		add_sockets(l, set, daemon);
	else if (streq(what, "setting"))
		add_setting(l, set, daemon, params);
}

/* Files that are always at the same place, of a host where the daemon is. */
static void add_fixed(struct looking *l, const char *paths)
{
	const char *word;
	size_t n;

	for (const char *at = paths; paths && (word = list_next(&at, " ", &n));) {
		const char *path = arena_strndup(l->items->arena, word, n);

		path += strspn(path, "/");
		if (l->below || source_stat(l->subject->source, path)->state != STATE_ABSENT)
			add_place(l, path);
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct daemon_set *set = daemons_find(subject, params_get(params, "name"));
	const char *what = params_get(params, "what"), *field = params_get(params, "field");
	struct looking l = { subject, field ? field : "exists", params_get(params, "below"), items, 0, -1, false };

	if (!daemon_is_here(set, items))
		return;
	for (size_t i = 0; i < set->n; i++)
		add_of_daemon(&l, set, &set->list[i], params);
	l.rootless = false;
	if (streq(what, "unit") || streq(what, "environment"))
		add_unit(&l, set->unit, streq(what, "environment"));
	for (size_t i = 0; streq(what, "socket-unit") && i < set->n_sockets; i++)
		add_unit(&l, set->sockets[i], false);
	if (streq(what, "path"))
		add_fixed(&l, params_get(params, "default"));
	if (!items->n)
		items_add_state(items, what, set->n ? set->list[0].origin : set->kind->name, STATE_ABSENT, "there is none");
}

const struct check check_daemon_file = {
	.name = "daemon-file",
	.summary = "the files that a daemon of a container engine or of Kubernetes works with, and who may use them",
	.reference = "An item for each file. They are found by way of the daemon, as the check `daemon` finds what it is told: "
		     "`config` are the files that it reads (of a static pod also its manifest), `executable` its program, `data` "
		     "the directory that it works in (the mode does not apply while that is empty and dockerd, which sets it, does not run), "
		     "`listen` the Unix sockets at which it takes requests, `setting` what a flag "
		     "or pointer names, `unit` and `environment` the files of its systemd unit, `socket-unit` those of the sockets that start it; "
		     "`path` are fixed paths, given by `default`. `below` are files below what was found, by a pattern in which * "
		     "stands for a part of a name and ** for any directories. Where a path is a symbolic link, what it leads to is "
		     "looked at. `owned-by` is root, daemon (the user that it runs as) or another user; `group-name` is the "
		     "group's name by /etc/group; `mode` a mask as in the check file; `file-system` own or shared, of a system that does not run by what the next boot mounts; `trust` is root "
		     "where nobody else can change the file or a directory above it, else says who can; `pem` the label and "
		     "headers of the first block of a PEM file. Of each certificate in a PEM file `validity` is valid, expires-soon (less than "
		     "two weeks, and less than a tenth of its time), expired or not-yet-valid, `lifetime` the days that it is good for, `age` "
		     "those since it was made; whether it is trusted is not looked at. Absent where there is no such file.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "name", PARAM_WORD, REQUIRED, "the daemon's executable", DAEMON_NAMES },
		{ "what", PARAM_WORD, REQUIRED, "which files", "config executable data listen setting unit environment socket-unit path" },
		{ "flag", PARAM_STRING, OPTIONAL, "the flag that names the file, without dashes; other names of it after spaces", NULL },
		{ "pointer", PARAM_STRING, OPTIONAL, "the same in its configuration files", NULL },
		{ "default", PARAM_STRING, OPTIONAL, "the path where nothing names one; of `path` the paths, separated by spaces", NULL },
		{ "below", PARAM_STRING, OPTIONAL, "files below it", NULL },
		{ "field", PARAM_WORD, OPTIONAL, "what to look at; exists where it is left out",
		  "exists type owner owned-by group group-name mode file-system trust pem validity lifetime age" },
	},
	.bits = mode_bits,
	.observe = observe,
};
