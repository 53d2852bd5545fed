/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll list: what there is. */
#include "cli/list.h"
#include "cli/tailor.h"
#include "cli/terminal.h"
#include "cli/verbs.h"

#include "checks/checks.h"
#include "core/base/text.h"
#include "reports/formats.h"
#include "reports/page.h"

#include <errno.h>

enum { INDENT = 4, RULE_COLUMNS = 44, SEVERITY_COLUMNS = 7, NAME_COLUMNS = 15, PROFILE_COLUMNS = 24, VALUE_COLUMNS = 24, CHECK_COLUMNS = 20, FORMAT_COLUMNS = 8 };

/* A page as wide as the terminal; elsewhere a line is a line, for grep(1) and awk(1). */
struct listing {
	const struct options *options;
	const struct loaded *loaded;
	struct page page;
};

static const char *safe(const struct listing *l, const char *text)
{
	return text_safe(l->options->arena, text, strlen(text), TEXT_MAX);
}

/* The first word of a line. */
static void put_name(struct listing *l, size_t columns, const char *name)
{
	page_put(&l->page, STYLE_BOLD, safe(l, name));
	page_to(&l->page, l->page.column + 2 > columns + 2 ? l->page.column + 2 : columns + 2);
}

/* The last words of a line: on one of their own where they have no room, and more of it there. */
static void put_rest(struct listing *l, size_t indent, const char *text)
{
	struct page *page = &l->page;
	size_t column = page->wanted > page->column ? page->wanted : page->column;

	if (column > indent && column + page_columns(text) > page->width) {
		page_end(page);
		page_to(page, indent);
	}
	page_wrap(page, STYLE_PLAIN, indent, 0, text);
	page_end(page);
}

static bool matches(const struct words *globs, const char *id)
{
	for (size_t i = 0; i < globs->n; i++)
		if (text_glob(globs->list[i], id))
			return true;
	return false;
}

bool list_has_rule(const struct options *o, const struct policy *policy, size_t i)
{
	const char *id = policy->benchmark->rules[i]->item.short_id;

	return policy->rules[i].selected && (!o->only.n || matches(&o->only, id)) && !matches(&o->skip, id);
}

static void list_rules(struct listing *l)
{
	for (size_t i = 0; i < l->loaded->n; i++) {
		const struct policy *policy = l->loaded->policies[i];

		for (size_t k = 0; k < policy->benchmark->n_rules; k++) {
			enum severity severity = policy->rules[k].severity;

			if (!list_has_rule(l->options, policy, k))
				continue;
			put_name(l, RULE_COLUMNS, policy->benchmark->rules[k]->item.short_id);
			page_put(&l->page, page_severity_style(severity), severity_name(severity));
			page_to(&l->page, RULE_COLUMNS + 2 + SEVERITY_COLUMNS + 2 > l->page.column + 2 ? RULE_COLUMNS + 2 + SEVERITY_COLUMNS + 2 : l->page.column + 2);
			put_rest(l, INDENT, safe(l, policy->benchmark->rules[k]->item.title));
		}
	}
}

size_t list_profile_rules(const struct loaded *loaded, size_t which, const struct profile *profile)
{
	struct policy *policy;
	struct err err;
	size_t n = 0;

	if (policy_of_profile(&policy, loaded, which, profile, &err) < 0)
		return 0;
	for (size_t i = 0; i < policy->benchmark->n_rules; i++)
		n += policy->rules[i].selected;
	policy_free(policy);
	return n;
}

/* A line for each profile of the benchmark, or of its tailoring. */
static void list_profiles_of(struct listing *l, size_t which, const struct benchmark *document)
{
	const struct loaded *loaded = l->loaded;
	const char *from = document == loaded->benchmarks[which] ? NULL : document->path;

	for (size_t k = 0; k < document->n_profiles; k++) {
		const struct profile *p = document->profiles[k];

		put_name(l, NAME_COLUMNS, loaded->benchmarks[which]->short_id);
		put_name(l, l->page.wanted + PROFILE_COLUMNS, p->short_id);
		page_printf(&l->page, STYLE_PLAIN, "%4zu rules  ", list_profile_rules(loaded, which, p));
		put_rest(l, NAME_COLUMNS + 2, arena_printf(l->options->arena, "%s%s%s%s%s", safe(l, p->title), from ? "  (of " : "", from ? safe(l, from) : "",
							  from ? ")" : "", loaded->policies[which]->profile == p ? "  (default)" : ""));
	}
}

static void list_profiles(struct listing *l)
{
	for (size_t i = 0; i < l->loaded->n; i++) {
		list_profiles_of(l, i, l->loaded->benchmarks[i]);
		if (l->loaded->tailorings[i])
			list_profiles_of(l, i, &l->loaded->tailorings[i]->document);
	}
}

static void list_values(struct listing *l)
{
	for (size_t i = 0; i < l->loaded->n; i++) {
		const struct benchmark *b = l->loaded->benchmarks[i];

		for (size_t k = 0; k < b->n_values; k++) {
			put_name(l, VALUE_COLUMNS, b->values[k]->short_id);
			page_printf(&l->page, STYLE_PLAIN, "%-*s  ", NAME_COLUMNS, b->short_id);
			put_rest(l, VALUE_COLUMNS + 2, safe(l, b->values[k]->title));
			page_to(&l->page, VALUE_COLUMNS + 2);
			page_wrap(&l->page, STYLE_DIM, VALUE_COLUMNS + 2, 0, safe(l, l->loaded->policies[i]->values[k]));
			page_end(&l->page);
		}
	}
}

static void list_benchmarks(struct listing *l)
{
	for (size_t i = 0; i < l->loaded->n; i++) {
		const struct benchmark *b = l->loaded->benchmarks[i];

		put_name(l, NAME_COLUMNS, b->short_id);
		page_printf(&l->page, STYLE_PLAIN, "%-10s  %4zu rules  ", safe(l, b->version), b->n_rules);
		put_rest(l, NAME_COLUMNS + 2, safe(l, b->title));
		page_to(&l->page, NAME_COLUMNS + 2);
		page_wrap(&l->page, STYLE_DIM, NAME_COLUMNS + 2, 0, safe(l, b->path));
		page_end(&l->page);
	}
}

static void list_checks(struct listing *l)
{
	for (const struct check *const *c = checks; *c; c++) {
		put_name(l, CHECK_COLUMNS, (*c)->name);
		put_rest(l, CHECK_COLUMNS + 2, (*c)->summary);
		for (const struct param *p = (*c)->params; p->name; p++) {
			page_to(&l->page, CHECK_COLUMNS + 4);
			page_wrap(&l->page, STYLE_PLAIN, CHECK_COLUMNS + 6, 0,
				  arena_printf(l->options->arena, "%s%s: %s", p->name, p->required ? "" : " (optional)", p->help));
			page_end(&l->page);
		}
	}
}

static void list_formats(struct listing *l)
{
	for (const struct format *const *f = formats; *f; f++) {
		if (!(*f)->write)
			continue;
		put_name(l, FORMAT_COLUMNS, (*f)->name);
		put_rest(l, FORMAT_COLUMNS + 2, (*f)->summary);
	}
}

static const struct {
	const char *name;
	bool of_benchmarks;
	void (*list)(struct listing *listing);
	list_element *elements;
} topics[] = {
	{ "rules", true, list_rules, list_json_rules }, { "profiles", true, list_profiles, list_json_profiles },
	{ "values", true, list_values, list_json_values }, { "benchmarks", true, list_benchmarks, list_json_benchmarks },
	{ "checks", false, list_checks, list_json_checks }, { "formats", false, list_formats, list_json_formats },
};

#define TOPICS "rules profiles values benchmarks checks formats"

static int show(const struct options *o, const struct loaded *loaded, void (*list)(struct listing *listing))
{
	struct terminal t = terminal_of_stdout(o);
	struct output output = { .file = stdout };
	struct listing l = { o, loaded, { .output = &output, .arena = o->arena, .color = t.color, .unicode = t.unicode || !t.is_terminal,
					  .width = t.is_terminal ? (size_t)t.width : SIZE_MAX / 2 } };

	list(&l);
	return end_output(EXIT_CLEAN);
}

static int run_list(const struct options *o)
{
	auto_loaded struct loaded loaded = { 0 };
	const char *topic = o->n_arguments ? o->arguments[0] : "";
	struct err err;
	size_t i = 0;

	while (i < ARRAY_LEN(topics) && !streq(topics[i].name, topic))
		i++;
	if (i == ARRAY_LEN(topics) || o->n_arguments > 1) {
		err_set(&err, EINVAL, "list takes one of: " TOPICS "%s", *topic ? nearest_hint(o->arena, TOPICS, topic) : "");
		return complain(&err);
	}
	if (o->format && !list_has("text json", " ", o->format)) {
		err_set(&err, EINVAL, "--format: '%s' is none of: text json%s", o->format, nearest_hint(o->arena, "text json", o->format));
		return complain(&err);
	}
	if (topics[i].of_benchmarks && benchmarks_load(&loaded, o, TEXTS_ALL, &err) < 0)
		return complain(&err);
	if (o->format && streq(o->format, "json"))
		return end_output(list_json(o, &loaded, topic, topics[i].elements) < 0 ? EXIT_NO_AUDIT : EXIT_CLEAN);
	return show(o, &loaded, topics[i].list);
}

const struct verb verb_list = {
	.bit = VERB_LIST,
	.name = "list",
	.arguments = "TOPIC",
	.summary = "rules, profiles, values, benchmarks, checks, formats",
	.completes = TOPICS,
	.about = "rules       the rules that the profile selects: id, severity, title\n"
		 "profiles    the profiles of the benchmarks and how many rules each selects\n"
		 "values      what --set can set, and what it is by the profile\n"
		 "benchmarks  the benchmarks and where they are\n"
		 "checks      the checks a benchmark can use, with their parameters\n"
		 "formats     the formats a report can be written in\n\n"
		 "On a terminal long lines are broken; elsewhere each is one line.",
	.run = run_list,
};
