/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/fixes.h"

#include "core/base/text.h"
#include "reports/view.h"

enum { COLUMNS = 100, LABEL_COLUMNS = 11 };

void fixes_printf(struct fixes *f, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	output_puts(&f->output, arena_vprintf(f->arena, format, args));
	va_end(args);
}

void fixes_remark(struct fixes *f, const char *label, const char *text)
{
	const char *safe = view_safe(f->arena, text, VIEW_TEXT_MAX);
	size_t column = 2 + LABEL_COLUMNS, n;
	bool first = true;

	if (!*label)
		column = 2;
	fixes_printf(f, *label ? "# %-*s" : "# %.*s", *label ? LABEL_COLUMNS : 0, label);
	for (const char *at = safe, *word; (word = list_next(&at, " ", &n)); first = false) {
		if (!first && column + 1 + n > COLUMNS) {
			fixes_printf(f, "\n# %*s", *label ? LABEL_COLUMNS : 0, "");
			column = 2 + (*label ? LABEL_COLUMNS : 0);
			first = true;
		}
		fixes_printf(f, "%s%.*s", first ? "" : " ", (int)n, word);
		column += n + !first;
	}
	output_puts(&f->output, "\n");
}

const char *fixes_subject(struct arena *arena, const struct subject_results *subject)
{
	return subject && subject->facts ? view_safe(arena, subject->facts->label, VIEW_TEXT_MAX) : "host";
}

const char *fixes_mark(struct arena *arena, const struct fix_item *item)
{
	return arena_printf(arena, "# written by plimsoll fix, rule %s", item->rule->item.short_id);
}

/* ---- kernel words ---- */

/* A word without a value is taken away with any. */
static const char *pattern_of(struct arena *arena, const char *word, size_t n)
{
	return memchr(word, '=', n) ? arena_printf(arena, "'%.*s'", (int)n, word) : arena_printf(arena, "'%.*s' | '%.*s'=*", (int)n, word, (int)n, word);
}

const char *fixes_grub(struct arena *arena, const struct fix_item *item)
{
	static const char *const variables[] = { "GRUB_CMDLINE_LINUX", "GRUB_CMDLINE_LINUX_DEFAULT" };
	struct buffer added = { .arena = arena }, patterns = { .arena = arena }, out = { .arena = arena };
	size_t n;

	for (const char *at = item->text, *word; (word = list_next(&at, " ", &n));)
		if (*word == '-')
			buffer_printf(&patterns, "%s%s", patterns.text ? " | " : "", pattern_of(arena, word + 1, n - 1));
		else
			buffer_printf(&added, " %.*s", (int)n, word);
	for (size_t i = 0; patterns.text && i < ARRAY_LEN(variables); i++)
		buffer_printf(&out, "%s=$(for word in $%s; do case $word in %s) ;; *) printf '%%s ' \"$word\" ;; esac; done)\n", variables[i], variables[i],
			      patterns.text);
	if (added.text)
		buffer_printf(&out, "%s=\"$%s%s\"\n", variables[0], variables[0], added.text);
	return out.text ? out.text : "";
}

const char *fixes_grubby(struct arena *arena, const struct fix_item *item)
{
	struct buffer words = { .arena = arena };
	size_t n;

	for (const char *at = item->text, *word; (word = list_next(&at, " ", &n));)
		buffer_word(&words, word + (*word == '-'), n - (*word == '-'));
	return arena_printf(arena, "--%s=%s", *item->text == '-' ? "remove-args" : "args", words.text ? words.text : "");
}

bool fixes_is_repeated(const struct fix_plan *plan, size_t index)
{
	const struct fix_item *item = &plan->items[index];

	for (size_t i = 0; i < index; i++)
		if (plan->items[i].kind == item->kind && item->text && plan->items[i].text && streq(plan->items[i].text, item->text))
			return true;
	return false;
}

void fixes_head(struct fixes *f, const char *how)
{
	const struct host_facts *host = f->audit->hosts;
	struct buffer by = { .arena = f->arena };

	for (size_t i = 0; i < f->audit->n_policies; i++)
		buffer_printf(&by, "%s%s", i ? ", " : "", f->audit->policies[i]->benchmark->short_id);
	fixes_remark(f, "", arena_printf(f->arena, "Written by plimsoll fix %s for %s, by its audit of %sZ (benchmark%s %s).", view_tool_version(),
					 host->name && *host->name ? host->name : "this system", view_time(f->arena, host->started),
					 f->audit->n_policies == 1 ? "" : "s", by.text ? by.text : "none"));
	fixes_remark(f, "", arena_printf(f->arena, "Nothing of it has been carried out: read it first. %s", how));
	if (f->plan->not_looked)
		fixes_remark(f, "", arena_printf(f->arena, "Whether something that runs depends on what is changed was not checked: %s.",
						 f->plan->not_looked));
}

static void put_evidence(struct fixes *f, const struct fix_item *item)
{
	const struct evidence *e = item->result ? result_evidence(item->result) : NULL;

	if (!item->result) {
		fixes_remark(f, "found", "not judged by this profile");
		return;
	}
	if (!e) {
		fixes_remark(f, "found", item->result->reason ? item->result->reason : outcome_name(item->result->outcome));
		return;
	}
	fixes_remark(f, "found", arena_printf(f->arena, "%s (%s)", e->state == STATE_PRESENT && e->value ? (*e->value ? e->value : "empty")
								 : e->why ? e->why : state_name(e->state), e->origin ? e->origin : e->name));
	if (e->expected)
		fixes_remark(f, "wanted", arena_printf(f->arena, "%s%s", result_is_negated(item->result) ? "not: " : "", e->expected));
}

void fixes_describe(struct fixes *f, const struct fix_item *item)
{
	const char *title = view_text(f->arena, item->policy, item->rule->item.title);

	output_puts(&f->output, "\n");
	fixes_remark(f, "", arena_printf(f->arena, "---- %s%s%s", item->rule->item.short_id, item->subject && item->subject->facts ? ", container " : "",
					 item->subject && item->subject->facts ? fixes_subject(f->arena, item->subject) : ""));
	fixes_remark(f, severity_name(item->severity), title ? title : "");
	put_evidence(f, item);
	for (size_t i = 0; i < item->rule->n_warnings; i++)
		fixes_remark(f, "may break", view_text(f->arena, item->policy, item->rule->warnings[i]));
	if (item->reboot)
		fixes_remark(f, "reboot", "It takes effect at the next boot.");
	for (size_t i = 0; i < item->n_notes; i++)
		fixes_remark(f, item->set_apart ? "careful" : "note", item->notes[i]);
}

bool fixes_tell(struct arena *arena, struct fixes_told *told, const struct rule *rule, unsigned how)
{
	for (size_t i = 0; i < told->n; i++)
		if (told->list[i].rule == rule && told->list[i].how == how)
			return false;
	arena_push(arena, told->list, told->n) = (struct fixes_told_rule){ rule, how };
	return true;
}

static const char *subjects_of(struct fixes *f, const struct fix_item *first)
{
	struct buffer out = { .arena = f->arena };

	for (size_t i = 0; i < f->plan->n; i++)
		if (f->plan->items[i].rule == first->rule && f->plan->items[i].subject && f->plan->items[i].subject->facts)
			buffer_printf(&out, "%s%s", out.text ? ", " : "", fixes_subject(f->arena, f->plan->items[i].subject));
	return out.text;
}

static void put_by_hand(struct fixes *f, const struct fix_item *item)
{
	const char *fixtext = view_text(f->arena, item->policy, item->rule->fixtext), *subjects = subjects_of(f, item);

	output_puts(&f->output, "\n");
	fixes_remark(f, "by hand", arena_printf(f->arena, "%s (%s)", item->rule->item.short_id, severity_name(item->severity)));
	if (subjects)
		fixes_remark(f, "in", subjects);
	for (size_t k = 0; k < item->n_notes; k++)
		fixes_remark(f, "note", item->notes[k]);
	fixes_remark(f, "", fixtext ? fixtext : "The benchmark does not say how.");
}

/* Containers fail the same rules: a rule is told once, for each kind that it has. */
void fixes_by_hand(struct fixes *f, unsigned kinds)
{
	struct fixes_told told = { NULL, 0 }, rules = { NULL, 0 }, mended = { NULL, 0 };
	size_t n = 0;

	for (size_t i = 0; i < f->plan->n; i++)
		if (f->plan->items[i].kind != FIX_BY_HAND)
			fixes_tell(f->arena, &mended, f->plan->items[i].rule, 0);
	for (size_t i = 0; i < f->plan->n; i++) {
		const struct fix_item *item = &f->plan->items[i];

		if (fixes_tell(f->arena, &rules, item->rule, 0) && item->kind == FIX_BY_HAND)
			n += fixes_tell(f->arena, &mended, item->rule, 0);
		if (fixes_tell(f->arena, &told, item->rule, item->kind) && kinds & 1U << item->kind)
			put_by_hand(f, item);
	}
	output_puts(&f->output, "\n");
	fixes_remark(f, "", rules.n ? arena_printf(f->arena, "Rules that can only be mended by hand: %zu of %zu.", n, rules.n) : "There is nothing to mend.");
}
