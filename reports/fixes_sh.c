/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan as a script for sh. What is set apart stands in it as remarks that begin with "#: ", so that taking these off is a decision. Each
 * item runs in a subshell of its own: one that fails is told, and keeps no other from being done.
 */
#include "core/fix/fix_script.h"
#include "reports/fixes.h"

#include "core/base/text.h"

static const char apart[] = "#: ";

static const char outcome_function[] =
	"failed=0\n"
	"outcome() {\n"
	"\tif [ \"$2\" -ne 0 ]; then\n"
	"\t\techo \"plimsoll fix: $1 was not done\" >&2\n"
	"\t\tfailed=1\n"
	"\tfi\n"
	"}\n";

static const char words_function[] =
	"# RULE LINES ARGUMENT: into a drop-in of GRUB where it reads them (Debian, Ubuntu), else by grubby (Fedora, RHEL).\n"
	"kernel_words() {\n"
	"\tif [ -d /etc/default/grub.d ] || command -v update-grub >/dev/null 2>&1; then\n"
	"\t\tmkdir -p /etc/default/grub.d\n"
	"\t\tprintf '%s\\n' \"# written by plimsoll fix, rule $1\" \"$2\" >\"/etc/default/grub.d/60-plimsoll-$1.cfg\"\n"
	"\t\tif command -v update-grub >/dev/null 2>&1; then update-grub; fi\n"
	"\telif command -v grubby >/dev/null 2>&1; then\n"
	"\t\tgrubby --update-kernel=ALL \"$3\"\n"
	"\telse\n"
	"\t\techo \"$1: change the kernel command line by hand, here are neither drop-ins of GRUB nor grubby: $3\" >&2\n"
	"\t\treturn 1\n"
	"\tfi\n"
	"}\n";

/* Each line behind the prefix. */
static void put_lines(struct fixes *f, const char *prefix, const char *text)
{
	for (const char *line = text, *end; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		fixes_printf(f, "%s%.*s\n", prefix, (int)(end - line), line);
	}
}

static bool is_carried_out(const struct fix_item *item)
{
	return item->text && (item->kind == FIX_SCRIPT || item->kind == FIX_CMDLINE);
}

static size_t count(const struct fix_plan *plan, unsigned kinds, bool set_apart)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->n; i++)
		n += (kinds & 1U << plan->items[i].kind) && is_carried_out(&plan->items[i]) && plan->items[i].set_apart == set_apart;
	return n;
}

static void put_functions(struct fixes *f)
{
	const unsigned words = 1U << FIX_CMDLINE, all = words | 1U << FIX_SCRIPT;
	size_t active = count(f->plan, all, false);

	if (!active && !count(f->plan, all, true))
		return;
	output_puts(&f->output, "\n# A loop over several names stands there also where there is one; what GRUB is to expand is not expanded here.\n"
				"# shellcheck disable=SC2016,SC2043\n");
	put_lines(f, active ? "" : apart, "umask 022\n");
	put_lines(f, active ? "" : apart, outcome_function);
	if (count(f->plan, words, false) || count(f->plan, words, true))
		put_lines(f, count(f->plan, words, false) ? "" : apart, words_function);
}

static void put_item(struct fixes *f, const struct fix_item *item)
{
	const char *id = item->rule->item.short_id, *script;

	script = item->kind == FIX_SCRIPT ? fix_script_marked(f->arena, item->text, fixes_mark(f->arena, item))
					  : arena_printf(f->arena, "kernel_words %s %s %s\n", shell_quoted(f->arena, id), shell_quoted(f->arena, fixes_grub(f->arena, item)),
						       shell_quoted(f->arena, fixes_grubby(f->arena, item)));
	fixes_describe(f, item);
	put_lines(f, item->set_apart ? apart : "", arena_printf(f->arena, "(\nset -e\n%s)\noutcome %s \"$?\"\n", script, shell_quoted(f->arena, id)));
}

static void put_items(struct fixes *f, bool set_apart)
{
	for (size_t i = 0; i < f->plan->n; i++) {
		const struct fix_item *item = &f->plan->items[i];

		if (is_carried_out(item) && item->set_apart == set_apart && !fixes_is_repeated(f->plan, i))
			put_item(f, item);
	}
}

/* Rules of one subject stand together: "container web: x, y". */
static void put_rules(struct fixes *f, enum fix_kind kind)
{
	const struct subject_results *subject = NULL;
	struct buffer rules = { .arena = f->arena };

	for (size_t i = 0; i <= f->plan->n; i++) {
		const struct fix_item *item = i < f->plan->n ? &f->plan->items[i] : NULL;

		if (item && item->kind != kind)
			continue;
		if (rules.text && (!item || item->subject != subject)) {
			fixes_remark(f, "", arena_printf(f->arena, "%s%s%s", rules.text, subject && subject->facts ? " of container " : "",
							 subject && subject->facts ? fixes_subject(f->arena, subject) : ""));
			rules = (struct buffer){ .arena = f->arena };
		}
		if (!item)
			break;
		subject = item->subject;
		buffer_printf(&rules, "%s%s", rules.text ? ", " : "", item->rule->item.short_id);
	}
}

/* What no script can do, and which format says it. */
static void put_elsewhere(struct fixes *f)
{
	static const struct {
		enum fix_kind kind;
		const char *one, *many, *how;
	} elsewhere[] = {
		{ FIX_KCONFIG, "option", "options", "of the kernel's configuration, for which a kernel has to be built: plimsoll fix -f kconfig" },
		{ FIX_DAEMON_JSON, "setting", "settings", "of Docker's daemon.json, which has no drop-ins: plimsoll fix -f daemon-json | patch -p1 -d /" },
		{ FIX_EDIT, "change", "changes", "of files that have no drop-ins: plimsoll fix -f patch | patch -p1 --no-backup-if-mismatch -d /" },
		{ FIX_CONTAINER, "change", "changes", "of how containers are started: plimsoll fix -f run, -f compose or -f kubernetes" },
	};

	for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++) {
		const size_t n = f->plan->of[elsewhere[i].kind];

		if (!n)
			continue;
		output_puts(&f->output, "\n");
		fixes_remark(f, "", arena_printf(f->arena, "%zu %s %s", n, n == 1 ? elsewhere[i].one : elsewhere[i].many, elsewhere[i].how));
		put_rules(f, elsewhere[i].kind);
	}
}

static int write_sh(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct fixes f = { { .file = file }, arena, audit, audit->fixes };

	(void)options;
	output_puts(&f.output, "#!/bin/sh\n");
	fixes_head(&f, "Drop-in files are written, owners and modes set, services stopped, packages installed. It may be run again.");
	put_functions(&f);
	put_items(&f, false);
	if (count(f.plan, 1U << FIX_CMDLINE | 1U << FIX_SCRIPT, true)) {
		output_puts(&f.output, "\n# ==== SET APART ====\n");
		fixes_remark(&f, "", "What follows may take away something that is in use, lock somebody out, or not be taken back. Take the \"#: \" off the lines "
			     "that you want.");
		put_items(&f, true);
	}
	put_elsewhere(&f);
	fixes_by_hand(&f, 1U << FIX_BY_HAND);
	if (count(f.plan, 1U << FIX_CMDLINE | 1U << FIX_SCRIPT, false))
		output_puts(&f.output, "\nexit \"$failed\"\n");
	return output_finish(&f.output, err);
}

const struct format format_sh = {
	.name = "sh",
	.summary = "fixes as a script for sh",
	.mime = "text/x-shellscript",
	.explains = true,
	.write_fixes = write_sh,
};
