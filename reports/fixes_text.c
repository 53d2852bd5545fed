/* SPDX-License-Identifier: Apache-2.0 */
/* The plan for a person at a terminal: what which command would mend, what is set apart and why, and what is left to hands. */
#include "reports/fixes.h"
#include "reports/page.h"

#include "core/base/text.h"
#include "reports/view.h"

enum { DEFAULT_WIDTH = 80, FEW = 5, SEVERITY = 2, RULE = 10, TEXT = 10 };

struct sheet {
	struct page page;
	struct arena *arena;
	const struct audit *audit;
	const struct fix_plan *plan;
	bool detailed;
	struct fixes_told told;
};

/* What an item is done with; the by-hand part stands last. */
static const struct {
	unsigned kinds;
	const char *title, *command;
} parts[] = {
	{ 1U << FIX_SCRIPT | 1U << FIX_CMDLINE, "BY THE SCRIPT", "plimsoll fix -f sh, or ansible" },
	{ 1U << FIX_EDIT, "BY A PATCH OF FILES", "plimsoll fix -f patch" },
	{ 1U << FIX_DAEMON_JSON, "BY A PATCH OF DAEMON.JSON", "plimsoll fix -f daemon-json" },
	{ 1U << FIX_CONTAINER, "BY STARTING CONTAINERS ANEW", "plimsoll fix -f run, compose or kubernetes" },
	{ 1U << FIX_KCONFIG, "BY A KERNEL OF YOUR OWN", "plimsoll fix -f kconfig" },
	{ 1U << FIX_BY_HAND, "BY HAND", NULL },
};

static void put_labelled(struct sheet *s, const char *label, const char *text)
{
	page_to(&s->page, TEXT);
	page_put(&s->page, STYLE_DIM, label);
	page_to(&s->page, TEXT + 10);
	page_wrap(&s->page, STYLE_PLAIN, TEXT + 10, 0, view_safe(s->arena, text, VIEW_TEXT_MAX));
	page_end(&s->page);
}

/* A command is copied from the terminal: a line of it stays a line, however long. */
static void put_commands(struct sheet *s, const char *text)
{
	const size_t width = s->page.width;

	s->page.width = SIZE_MAX / 2;
	for (const char *line = text, *end; line && *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		page_to(&s->page, TEXT);
		page_put(&s->page, STYLE_DIM, line == text ? "commands" : "");
		page_to(&s->page, TEXT + 10);
		page_put(&s->page, STYLE_PLAIN, view_safe(s->arena, arena_strndup(s->arena, line, (size_t)(end - line)), VIEW_TEXT_MAX));
		page_end(&s->page);
	}
	s->page.width = width;
}

static void put_found(struct sheet *s, const struct fix_item *item)
{
	const struct evidence *e = item->result ? result_evidence(item->result) : NULL;

	put_labelled(s, "found", !item->result ? "not judged by this profile" : !e ? item->result->reason ? item->result->reason : outcome_name(item->result->outcome)
		     : arena_printf(s->arena, "%s (%s)", view_found(s->arena, e, VIEW_TEXT_MAX), e->origin ? e->origin : e->name));
	if (e && e->expected)
		put_labelled(s, "wanted", view_wanted(s->arena, item->result, e, VIEW_TEXT_MAX));
}

static void put_details(struct sheet *s, const struct fix_item *item)
{
	put_found(s, item);
	for (size_t i = 0; i < item->rule->n_warnings; i++)
		put_labelled(s, "may break", view_text(s->arena, item->policy, item->rule->warnings[i]));
	if (item->reboot)
		put_labelled(s, "reboot", "it takes effect at the next boot");
	if (item->kind == FIX_CMDLINE)
		put_labelled(s, "words", item->text);
	for (size_t i = 0; i < item->n_changes; i++)
		put_labelled(s, "change", arena_printf(s->arena, "%s: %s %s", item->changes[i].target->path, item->changes[i].edit.syntax,
						       item->changes[i].edit.rest));
	if (item->then)
		put_labelled(s, "then", item->then);
	if (item->kind == FIX_SCRIPT || item->kind == FIX_KCONFIG || item->kind == FIX_DAEMON_JSON)
		put_commands(s, item->text);
}

static void put_item(struct sheet *s, const struct fix_item *item)
{
	const char *title = view_text(s->arena, item->policy, item->rule->item.title);
	const char *fixtext = view_text(s->arena, item->policy, item->rule->fixtext);

	page_to(&s->page, SEVERITY);
	page_put(&s->page, page_severity_style(item->severity), severity_name(item->severity));
	page_to(&s->page, RULE);
	page_put(&s->page, STYLE_BOLD, item->rule->item.short_id);
	page_put(&s->page, STYLE_PLAIN, "  ");
	page_wrap(&s->page, STYLE_PLAIN, TEXT, 0, title ? title : "");
	page_end(&s->page);
	if (item->subject && item->subject->facts && s->detailed)
		put_labelled(s, "container", fixes_subject(s->arena, item->subject));
	if (s->detailed)
		put_details(s, item);
	for (size_t i = 0; i < item->rule->n_warnings && item->set_apart && !s->detailed; i++)
		put_labelled(s, "may break", view_text(s->arena, item->policy, item->rule->warnings[i]));
	for (size_t i = 0; i < item->n_notes; i++)
		if (!streq(item->notes[i], FIX_NOTE_DISRUPTIVE))
			put_labelled(s, item->set_apart ? "careful" : "note", item->notes[i]);
	if (item->kind == FIX_BY_HAND || (s->detailed && item->kind == FIX_CONTAINER))
		put_labelled(s, "fix", fixtext ? fixtext : "the benchmark does not say how");
}

static size_t count(const struct sheet *s, unsigned kinds, bool set_apart)
{
	size_t n = 0;

	for (size_t i = 0; i < s->plan->n; i++)
		n += (kinds & 1U << s->plan->items[i].kind) && (s->plan->items[i].set_apart && s->plan->items[i].kind != FIX_BY_HAND) == set_apart;
	return n;
}

static void put_part(struct sheet *s, unsigned kinds, bool set_apart)
{
	for (size_t i = 0; i < s->plan->n; i++) {
		const struct fix_item *item = &s->plan->items[i];

		if (!(kinds & 1U << item->kind) || (item->set_apart && item->kind != FIX_BY_HAND) != set_apart)
			continue;
		/* containers fail the same rules: without details each is told once */
		if (s->detailed || fixes_tell(s->arena, &s->told, item->rule, 2 * item->kind + item->set_apart))
			put_item(s, item);
	}
}

static void put_head(struct sheet *s)
{
	const struct host_facts *host = s->audit->hosts;

	page_put(&s->page, STYLE_BOLD, host->name && *host->name ? view_safe(s->arena, host->name, VIEW_TEXT_MAX) : "this system");
	page_put(&s->page, STYLE_PLAIN, "  ");
	page_wrap(&s->page, STYLE_PLAIN, 2, 0, "what would mend it; nothing of it has been carried out");
	page_end(&s->page);
	if (s->plan->not_looked) {
		page_wrap(&s->page, STYLE_PLAIN, 0, 0, arena_printf(s->arena, "Whether something that runs depends on what is changed was not checked: %s.",
								    view_safe(s->arena, s->plan->not_looked, VIEW_TEXT_MAX)));
		page_end(&s->page);
	}
	if (!s->plan->n) {
		page_put(&s->page, STYLE_GOOD, "There is nothing to mend.");
		page_end(&s->page);
	}
}

static void put_foot(struct sheet *s)
{
	if (!s->plan->n)
		return;
	page_end(&s->page);
	page_wrap(&s->page, STYLE_DIM, 0, 0, s->detailed ? "As a script to read: plimsoll fix -f sh"
					     : "Details: plimsoll fix -f text -v, or plimsoll fix -f text RULE. As a script to read: plimsoll fix -f sh");
	page_end(&s->page);
}

int fixes_text(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	struct output output = { .file = file };
	auto_arena struct arena *arena = arena_new();
	struct sheet s = { { .output = &output, .arena = arena, .color = options->color, .unicode = options->unicode,
			     .width = (size_t)(options->width ? options->width : DEFAULT_WIDTH) }, arena, audit, audit->fixes,
			   options->verbose > 0 || audit->fixes->n <= FEW, { NULL, 0 } };
	unsigned all = 0;

	put_head(&s);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		size_t n = count(&s, parts[i].kinds, false);

		all |= parts[i].kinds;
		if (!n)
			continue;
		page_heading(&s.page, arena_printf(arena, "%s: %zu", parts[i].title, n), parts[i].command);
		put_part(&s, parts[i].kinds, false);
	}
	if (count(&s, all, true)) {
		page_heading(&s.page, arena_printf(arena, "SET APART: %zu", count(&s, all, true)), "remarks in the script, until you decide");
		put_part(&s, all, true);
	}
	put_foot(&s);
	return output_finish(&output, err);
}
