/* SPDX-License-Identifier: Apache-2.0 */
/* The files in /var/log, and who may read and change them. */
#include "checks/checks.h"

#include "checks/mode.h"
#include "core/base/text.h"

enum { FILES_MOST = 2000 };

/*
 * Files that others have to read or write by design: who(1) and last(1) read utmp's records, and the group utmp writes them; what apt, dpkg and the boot
 * wrote holds no secret. Everything else in /var/log belongs to whoever keeps the log.
 */
static const char for_all[] = "wtmp lastlog wtmp.db lastlog2.db faillog README alternatives.log dpkg.log bootstrap.log fontconfig.log dnf.log dnf.rpm.log "
			      "dnf.librepo.log hawkey.log history.log eipp.log.xz yum.log apk.log zypper.log pk_backend_zypp tallylog installer";

struct looking {
	struct source *source;
	struct items *items;
	bool privates;           /* only those that are not for all */
	size_t n;
};

static bool is_for_all(const char *name)
{
	const char *dot = strstr(name, ".log."), *word = dot ? dot + 4 : NULL;
	size_t n;

	if (list_has(for_all, " ", name))
		return true;
	/* wtmp.1, dpkg.log.2.gz */
	n = word ? (size_t)(word - name) : strcspn(name, ".-");
	return list_has_part(for_all, " ", name, n);
}

static void look_in(struct looking *l, const char *path, unsigned depth)
{
	const struct directory *dir = source_list(l->source, path);

	if (dir->state != STATE_PRESENT) {
		items_add_state(l->items, "log file", dir->path, dir->state, "%s", dir->why);
		return;
	}
	for (size_t i = 0; i < dir->n && l->n < FILES_MOST; i++) {
		const char *name = dir->entries[i].name, *inner = arena_printf(l->items->arena, "%s/%s", path, name);
		const struct file *file;

		if (l->privates && is_for_all(name))
			continue;
		file = source_stat(l->source, inner);
		if (file->state == STATE_PRESENT && S_ISDIR(file->stat.st_mode) && depth)
			look_in(l, inner, depth - 1);
		if (file->state != STATE_PRESENT || !S_ISREG(file->stat.st_mode))
			continue;
		items_add_mode_of(l->items, file, "mode");
		l->n++;
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	struct looking l = { .source = subject->source, .items = items, .privates = streq(params_get(params, "which"), "private") };

	look_in(&l, "var/log", 1);
	if (l.n == FILES_MOST)
		items_add_state(items, "log file", "/var/log", STATE_BROKEN, "more than %d files", FILES_MOST);
	if (!items->n)
		items_add_state(items, "log file", "/var/log", STATE_ABSENT, "no log file is there");
}

const struct check check_log_file = {
	.name = "log-file",
	.summary = "the modes of the files in /var/log",
	.reference = "The mode of each regular file in /var/log and in the folders of it, no deeper; its bits have the names that they have in "
		     "`file`. private leaves out what everybody may know: the records of logins that last(1) reads, and what package managers "
		     "and installers wrote.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "which", PARAM_WORD, REQUIRED, "which files", "all private" },
		{ 0 },
	},
	.bits = mode_bits,
	.observe = observe,
};
