/* SPDX-License-Identifier: Apache-2.0 */
/* Where the journal is kept. */
#include "checks/checks.h"

#include "core/base/text.h"
#include "core/config/setting.h"
#include "core/process/program.h"

#include <strings.h>

static const char programs[] = "usr/lib/systemd/systemd-journald lib/systemd/systemd-journald";

/* "auto" is what it finds: a folder that somebody made. */
static void show(const struct subject *subject, const char *setting, const char *origin, struct items *items)
{
	const struct file *folder = source_stat(subject->source, "var/log/journal");

	if (strcasecmp(setting, "auto") != 0)
		items_add_text(items, "storage", origin, setting);
	else if (folder->state == STATE_PRESENT)
		items_add_text(items, "storage", folder->path, "persistent");
	else if (folder->state == STATE_ABSENT)
		items_add_text(items, "storage", folder->path, "volatile");
	else
		items_add_file_state(items, "storage", folder);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	auto_arena struct arena *scratch = arena_new();
	const struct settings *settings;
	const struct setting *setting;

	(void)params;
	if (!program_installed(subject->source, programs, false)) {
		items_add_state(items, "storage", "/usr/lib/systemd/systemd-journald", STATE_INAPPLICABLE, "there is no journal without systemd");
		return;
	}
	settings = settings_read(subject->source, scratch, setting_syntax_of("systemd"), "/etc/systemd/journald.conf");
	setting = settings_find(settings, "Journal", "Storage");
	if (!faults_show(&settings->faults, "storage", items))
		show(subject, setting ? setting->value : "auto", setting ? setting->origin : "/etc/systemd/journald.conf", items);
}

const struct check check_journal = {
	.name = "journal",
	.summary = "where systemd's journal is kept",
	.reference = "persistent, volatile (gone with the next restart) or none: what Storage= of journald.conf(5) comes to, where auto, the "
		     "default, is persistent if the folder /var/log/journal exists. Not applicable without systemd-journald.",
	.subjects = SUBJECT_HOST,
	.params = { { 0 } },
	.observe = observe,
};
