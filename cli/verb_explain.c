/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll explain: one rule, from why to how. */
#include "cli/locate.h"
#include "cli/terminal.h"
#include "cli/verbs.h"

#include "core/audit/part_of.h"
#include "core/base/text.h"

#include <errno.h>

struct page {
	struct arena *arena;
	struct terminal terminal;
	const struct policy *policy;
	bool verbose;
};

static const char *safe(const struct page *page, const char *text)
{
	char *whole = policy_text(page->arena, page->policy, text);

	return text_safe(page->arena, whole, strlen(whole), TEXT_MAX);
}

static size_t width_of(const char *word, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < size; i++)
		n += ((unsigned char)word[i] & 0xC0) != 0x80;
	return n;
}

/* Words are kept whole, but one that is longer than a line, an address mostly, is broken. */
static void wrapped(const struct page *page, int indent, const char *text)
{
	size_t column = 0, n, room = (size_t)(page->terminal.width - indent);

	for (const char *at = text, *w; (w = list_next(&at, " ", &n));) {
		size_t width = width_of(w, n);

		if (column && column + 1 + width > room) {
			putchar('\n');
			column = 0;
		}
		for (; width > room; width -= room, w += room, n -= room)
			printf("%*s%.*s\n", indent, "", (int)room, w);
		printf("%*s%.*s", column ? 1 : indent, "", (int)n, w);
		column += width + (column > 0);
	}
	putchar('\n');
}

static void heading(const struct page *page, const char *name)
{
	printf("\n%s%s%s\n", page->terminal.color ? "\033[1m" : "", name, page->terminal.color ? "\033[0m" : "");
}

static void section(const struct page *page, const char *name, const char *text)
{
	if (!text || !*text)
		return;
	heading(page, name);
	wrapped(page, 2, safe(page, text));
}

/* What the text of a fix is made of, where that does not show by itself. */
static const char *fix_remark(const char *kind)
{
	static const struct {
		const char *kind, *remark;
	} remarks[] = {
		{ "cmdline", ": words of the kernel command line; -word is removed" },
		{ "run", ": options of docker run or podman run; those after - are left out" },
		{ "each", ": for each {place} that failed" },
		{ "edit", ": what plimsoll fix -f patch changes in a file" },
		{ "package", ": by the package manager" },
	};

	for (size_t i = 0; i < ARRAY_LEN(remarks); i++)
		if (streq(remarks[i].kind, kind))
			return remarks[i].remark;
	return "";
}

/* Scripts keep their lines. */
static void show_fixes(const struct page *page, const struct rule *rule)
{
	for (size_t i = 0; i < rule->n_fixes; i++) {
		char *text = policy_text(page->arena, page->policy, rule->fixes[i].text), *line;
		const char *last = strrchr(rule->fixes[i].system, ':'), *kind = last ? last + 1 : rule->fixes[i].system;

		heading(page, arena_printf(page->arena, "Fix (%s)%s%s", kind, rule->fixes[i].reboot ? ", in effect after a restart" : "", fix_remark(kind)));
		while ((line = strsep(&text, "\n")))
			printf("  %s\n", text_safe(page->arena, line, strlen(line), TEXT_MAX));
	}
}

static void show_condition(const struct page *page, const struct condition *c, int indent)
{
	for (; c; c = c->next) {
		struct buffer text = { .arena = page->arena };
		char *line, *rest;

		if (c->is_complex) {
			printf("%*s%s%s of:\n", indent, "", c->negate ? "not " : "", c->operator == OPERATOR_AND ? "all" : "any");
			show_condition(page, c->children, indent + 2);
			continue;
		}
		if (!c->engine) {
			printf("%*sa check in %s, for which there is no engine\n", indent, "", c->system);
			continue;
		}
		if (c->negate)
			printf("%*snot:\n", indent, "");
		c->engine->describe(c->program, &text);
		rest = text.text;
		while ((line = strsep(&rest, "\n")))
			if (*line)
				wrapped(page, indent + (int)strspn(line, " "), text_safe(page->arena, line, strlen(line), TEXT_MAX));
	}
}

static void show_profiles(const struct page *page, const struct rule *rule)
{
	const struct benchmark *b = page->policy->benchmark;
	struct buffer names = { .arena = page->arena };
	struct err err;

	for (size_t i = 0; i < b->n_profiles; i++) {
		struct policy *policy;

		if (policy_new(&policy, b, &registry, b->profiles[i]->id, &err) < 0)
			continue;
		if (policy->rules[rule->item.index].selected)
			buffer_printf(&names, "%s%s", names.size ? ", " : "", b->profiles[i]->short_id);
		policy_free(policy);
	}
	/* what is looked at is told of the next rule by the page's own policy again */
	if (policy_bind(page->policy, &registry, &err) < 0)
		complain(&err);
	section(page, "Demanded by the profiles", names.text ? names.text : "none");
}

/* What only tables of our own know says nothing to a reader, unless he asks for it. */
static bool is_told(const struct page *page, const struct ident *ident)
{
	return !ident->system || !starts_with(ident->system, "urn:plimsoll:") || (page->verbose && !streq(ident->system, PART_OF_SYSTEM));
}

static void show_sources(const struct page *page, const struct rule *rule)
{
	struct buffer whole = { .arena = page->arena };
	size_t others = 0;

	for (size_t i = 0; i < rule->n_idents; i++) {
		const struct ident *ident = &rule->idents[i];

		if (ident->system && streq(ident->system, PART_OF_SYSTEM))
			buffer_printf(&whole, "%s%s", whole.size ? ", " : "", ident->id);
		others += is_told(page, ident);
	}
	section(page, "Part of the finding", whole.text);
	if (rule->n_references || others)
		heading(page, "See");
	for (size_t i = 0; i < rule->n_references; i++) {
		const struct reference *r = &rule->references[i];

		wrapped(page, 2, arena_printf(page->arena, "%s %s", safe(page, r->text), r->href ? safe(page, r->href) : ""));
	}
	for (size_t i = 0; i < rule->n_idents; i++)
		if (is_told(page, &rule->idents[i]))
			wrapped(page, 2, arena_printf(page->arena, "%s %s", safe(page, rule->idents[i].id),
						      safe(page, rule->idents[i].system ? rule->idents[i].system : "")));
}

static void show(const struct page *page, const struct rule *rule)
{
	const struct rule_policy *own = &page->policy->rules[rule->item.index];

	printf("%s%s%s\n", page->terminal.color ? "\033[1m" : "", safe(page, rule->item.title), page->terminal.color ? "\033[0m" : "");
	printf("%s  severity %s, weight %g\n", rule->item.short_id, severity_name(own->severity), own->weight);
	section(page, "What", rule->item.description);
	section(page, "Why", rule->rationale);
	if (rule->conditions) {
		heading(page, "What is looked at");
		show_condition(page, rule->conditions, 2);
	}
	section(page, "How to mend it", rule->fixtext);
	show_fixes(page, rule);
	for (size_t i = 0; i < rule->n_warnings; i++)
		section(page, "What that may break", rule->warnings[i]);
	show_profiles(page, rule);
	show_sources(page, rule);
}

static int no_such_rule(const struct options *o, const struct loaded *loaded, const char *id)
{
	struct buffer names = { .arena = o->arena }, parts = { .arena = o->arena };
	const char *hint;
	struct err err;
	size_t n = 0;

	for (size_t i = 0; i < loaded->n; i++) {
		for (size_t k = 0; k < loaded->benchmarks[i]->n_rules; k++) {
			const char *name = loaded->benchmarks[i]->rules[k]->item.short_id;

			buffer_printf(&names, "%s ", name);
			if (strcasestr(name, id) && n++ < 5)
				buffer_printf(&parts, " %s", name);
		}
	}
	hint = nearest_hint(o->arena, names.text ? names.text : "", id);
	if (!*hint && parts.text)
		hint = arena_printf(o->arena, "; perhaps%s%s", parts.text, n > 5 ? " ..." : "");
	err_set(&err, ENOENT, "there is no rule '%s'%s", id, *hint ? hint : "; 'plimsoll list rules' shows them");
	return complain(&err);
}

/* The rule of that id; of a pattern, each that matches. Counts those shown, which an empty line parts. */
static bool show_matching(const struct options *o, const struct loaded *loaded, const char *wanted, size_t *n_shown)
{
	bool is_pattern = strpbrk(wanted, "*?") != NULL, found = false;

	for (size_t i = 0; i < loaded->n && (is_pattern || !found); i++) {
		const struct page page = { o->arena, terminal_of_stdout(o), loaded->policies[i], o->verbose > 0 };
		const struct benchmark *b = loaded->benchmarks[i];
		const struct rule *named = benchmark_rule(b, wanted);

		for (size_t k = 0; k < b->n_rules; k++) {
			const struct rule *rule = b->rules[k];

			if (is_pattern ? !text_glob(wanted, rule->item.short_id) : rule != named)
				continue;
			if ((*n_shown)++)
				puts("");
			show(&page, rule);
			found = true;
		}
	}
	return found;
}

static int run_explain(const struct options *o)
{
	auto_loaded struct loaded loaded = { 0 };
	struct err err;
	size_t shown = 0;

	if (!o->n_arguments) {
		err_set(&err, EINVAL, "explain needs a rule; 'plimsoll list rules' shows them");
		return complain(&err);
	}
	if (benchmarks_load(&loaded, o, TEXTS_ALL, &err) < 0 || benchmarks_load_waivers(&loaded, o, TEXTS_ALL, &err) < 0)
		return complain(&err);
	for (size_t i = 0; i < o->n_arguments; i++)
		if (!show_matching(o, &loaded, o->arguments[i], &shown))
			return no_such_rule(o, &loaded, o->arguments[i]);
	return end_output(EXIT_CLEAN);
}

const struct verb verb_explain = {
	.bit = VERB_EXPLAIN,
	.name = "explain",
	.arguments = "RULE...",
	.summary = "why a rule matters, and how to mend it",
	.completes = "<rule>",
	.about = "Shows why the rule matters, what is looked at, how to mend it, what that may\n"
		 "break, and which profiles demand it. RULE is an id, or a pattern: 'ssh.*'.",
	.run = run_explain,
};
