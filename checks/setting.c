/* SPDX-License-Identifier: Apache-2.0 */
/* A key in a configuration file. */
#include "checks/checks.h"

#include "checks/mode.h"
#include "core/base/text.h"
#include "core/config/setting.h"
#include "core/config/value.h"

/* False, and an item, where what reads the file is not there. */
static bool is_needed(const struct subject *subject, const char *paths, const char *name, struct items *items)
{
	size_t n;

	for (const char *at = paths, *path; (path = list_next(&at, " \t\n", &n));) {
		const struct file *file = source_stat(subject->source, arena_strndup(items->arena, path, n) + strspn(path, "/"));

		if (file->state == STATE_PRESENT)
			return true;
		if (file->state != STATE_ABSENT) {
			items_add_file_state(items, name, file);
			return false;
		}
	}
	items_add_state(items, name, paths, STATE_INAPPLICABLE, "%s is not there", paths);
	return false;
}

static void show(const struct setting *setting, const char *name, enum value_kind kind, struct items *items)
{
	if (setting->computed)
		items_add_state(items, name, setting->origin, STATE_BROKEN, "only a shell can tell what %s=%s is", setting->key, setting->value);
	else
		items_add_value(items, name, setting->origin, setting->value, kind);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *files = params_get(params, "file"), *section = params_get(params, "section"), *needs = params_get(params, "needs");
	char *key = arena_strdup(items->arena, params_get(params, "key"));
	enum value_kind kind = value_kind_of(params_get(params, "as"));
	auto_arena struct arena *scratch = arena_new();
	const struct setting *setting;
	const struct settings *settings;
	size_t at = 0;

	if (needs && !is_needed(subject, needs, key, items))
		return;
	settings = settings_read(subject->source, scratch, setting_syntax_of(params_get(params, "syntax")), files);
	if (params_true(params, "every")) {
		while ((setting = settings_next(settings, section, key, &at)))
			show(setting, key, kind, items);
	} else if ((setting = settings_find(settings, section, key))) {
		show(setting, key, kind, items);
	}
	if (!faults_show(&settings->faults, key, items) && !items->n)
		items_add_state(items, key, settings->first ? settings->first->path : files, STATE_ABSENT, "%s is not set", key);
}

const struct check check_setting = {
	.name = "setting",
	.summary = "a key in a configuration file, as the program that reads it understands it",
	.reference = "The syntaxes: `equals` is key = value, or a key alone, with comments anywhere (pwquality.conf(5), faillock.conf(5)); "
		     "`auditd` the same with the equals sign standing alone, as auditd.conf(5) wants it; `words` a key and the rest of the line "
		     "(login.defs(5)); `colon` key: value (nsswitch.conf(5)); `ini` key = value below a [section]; `systemd` the same in the "
		     "main file (the first of /etc, /run, /usr/local/lib and /usr/lib) and the drop-ins as systemd takes them, where an empty "
		     "value takes back what was said before; `shell` NAME=value and umask anywhere in a line; `limits` has the domain for its "
		     "section and keys such as `hard core` (limits.conf(5)). Of several settings of one key the last holds; with every, each is "
		     "a value of its own, because in a file for a shell nobody can say which branch is taken. Absent where no file sets the key; "
		     "a file that cannot be read or understood is said with its line. A value that only a shell can work out is unknown. The "
		     "bits of a mode have the names that they have in `file`.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "file", PARAM_STRING, REQUIRED, "paths and globs, separated by spaces, in the order in which they are read; of several joined by | the "
		  "first that is there", NULL },
		{ "syntax", PARAM_WORD, REQUIRED, "how the file is written", "equals auditd words doas colon ini systemd shell limits" },
		{ "key", PARAM_STRING, REQUIRED, "the key", NULL },
		{ "section", PARAM_STRING, OPTIONAL, "the section it stands in", NULL },
		{ "as", PARAM_WORD, OPTIONAL, "what the value is taken for; plain where it is left out", value_kind_words },
		{ "every", PARAM_BOOLEAN, OPTIONAL, "each setting of the key, not only the one that holds", NULL },
		{ "needs", PARAM_STRING, OPTIONAL, "not applicable where none of these paths is there", NULL },
		{ 0 },
	},
	.bits = mode_bits,
	.observe = observe,
};
