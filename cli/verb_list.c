/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll list: what there is. */
#include "cli/tailor.h"
#include "cli/verbs.h"

#include "checks/checks.h"
#include "core/text.h"
#include "reports/formats.h"

#include <errno.h>

static bool matches(const struct words *globs, const char *id)
{
	for (size_t i = 0; i < globs->n; i++)
		if (text_glob(globs->list[i], id))
			return true;
	return false;
}

static int list_rules(const struct options *o, const struct loaded *loaded)
{
	for (size_t i = 0; i < loaded->n; i++) {
		const struct benchmark *b = loaded->benchmarks[i];

		for (size_t k = 0; k < b->n_rules; k++) {
			const struct rule *rule = b->rules[k];
			const struct rule_policy *own = &loaded->policies[i]->rules[k];

			if (!own->selected || (o->only.n && !matches(&o->only, rule->item.short_id)) ||
			    matches(&o->skip, rule->item.short_id))
				continue;
			printf("%-44s  %-7s  %s\n", rule->item.short_id, severity_name(own->severity),
			       text_safe(o->arena, rule->item.title, strlen(rule->item.title), TEXT_MAX));
		}
	}
	return EXIT_CLEAN;
}

/* A line for each profile of the benchmark, or of its tailoring. */
static void list_profiles_of(const struct options *o, const struct loaded *loaded, size_t which, const struct benchmark *document)
{
	const char *from = document == loaded->benchmarks[which] ? NULL : document->path;

	for (size_t k = 0; k < document->n_profiles; k++) {
		const struct profile *p = document->profiles[k];
		struct policy *policy;
		struct err err;
		size_t n = 0;

		if (policy_of_profile(&policy, loaded, which, p, &err) < 0)
			continue;
		for (size_t i = 0; i < policy->benchmark->n_rules; i++)
			n += policy->rules[i].selected;
		policy_free(policy);
		printf("%-12s  %-24s  %4zu rules  %s%s%s%s%s\n", loaded->benchmarks[which]->short_id,
		       text_safe(o->arena, p->short_id, strlen(p->short_id), TEXT_MAX), n, text_safe(o->arena, p->title, strlen(p->title), TEXT_MAX),
		       from ? "  (of " : "", from ? text_safe(o->arena, from, strlen(from), TEXT_MAX) : "", from ? ")" : "",
		       loaded->policies[which]->profile == p ? "  (default)" : "");
	}
}

static int list_profiles(const struct options *o, const struct loaded *loaded)
{
	for (size_t i = 0; i < loaded->n; i++) {
		list_profiles_of(o, loaded, i, loaded->benchmarks[i]);
		if (loaded->tailorings[i])
			list_profiles_of(o, loaded, i, &loaded->tailorings[i]->document);
	}
	return EXIT_CLEAN;
}

static int list_values(const struct options *o, const struct loaded *loaded)
{
	for (size_t i = 0; i < loaded->n; i++) {
		const struct benchmark *b = loaded->benchmarks[i];

		for (size_t k = 0; k < b->n_values; k++) {
			const struct value *value = b->values[k];
			const char *text = loaded->policies[i]->values[k];

			printf("%-24s  %-12s  %s\n%-24s  %s\n", text_safe(o->arena, value->short_id, strlen(value->short_id), TEXT_MAX), b->short_id,
			       text_safe(o->arena, value->title, strlen(value->title), TEXT_MAX), "", text_safe(o->arena, text, strlen(text), TEXT_MAX));
		}
	}
	return EXIT_CLEAN;
}

static int list_benchmarks(const struct options *o, const struct loaded *loaded)
{
	for (size_t i = 0; i < loaded->n; i++) {
		const struct benchmark *b = loaded->benchmarks[i];

		printf("%-12s  %-10s  %4zu rules  %s\n%-12s  %s\n", b->short_id, b->version, b->n_rules,
		       text_safe(o->arena, b->title, strlen(b->title), TEXT_MAX), "", b->path);
	}
	return EXIT_CLEAN;
}

static int list_checks(const struct options *o, const struct loaded *loaded)
{
	(void)o;
	(void)loaded;
	for (const struct check *const *c = checks; *c; c++) {
		printf("%-20s  %s\n", (*c)->name, (*c)->summary);
		for (const struct param *p = (*c)->params; p->name; p++)
			printf("%-20s    %s%s: %s\n", "", p->name, p->required ? "" : " (optional)", p->help);
	}
	return EXIT_CLEAN;
}

static int list_formats(const struct options *o, const struct loaded *loaded)
{
	(void)o;
	(void)loaded;
	for (const struct format *const *f = formats; *f; f++)
		if ((*f)->write)
			printf("%-8s  %s\n", (*f)->name, (*f)->summary);
	return EXIT_CLEAN;
}

static const struct {
	const char *name;
	bool of_benchmarks;
	int (*list)(const struct options *o, const struct loaded *loaded);
} topics[] = {
	{ "rules", true, list_rules }, { "profiles", true, list_profiles }, { "values", true, list_values },
	{ "benchmarks", true, list_benchmarks },
	{ "checks", false, list_checks }, { "formats", false, list_formats },
};

#define TOPICS "rules profiles values benchmarks checks formats"

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
	if (topics[i].of_benchmarks && benchmarks_load(&loaded, o, TEXTS_ALL, &err) < 0)
		return complain(&err);
	return end_output(topics[i].list(o, &loaded));
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
		 "formats     the formats a report can be written in",
	.run = run_list,
};
