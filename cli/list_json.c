/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/list.h"

#include "checks/checks.h"
#include "core/base/text.h"
#include "reports/formats.h"

static const char *safe(const struct options *o, const char *text)
{
	return text ? text_safe(o->arena, text, strlen(text), TEXT_MAX) : NULL;
}

static json_t *idents_of(const struct options *o, const struct rule *rule)
{
	json_t *array = json_array();

	for (size_t i = 0; i < rule->n_idents; i++)
		json_array_append_new(array, json_pack("{s:s?, s:s?}", "system", safe(o, rule->idents[i].system), "id", safe(o, rule->idents[i].id)));
	return array;
}

void list_json_rules(const struct options *o, const struct loaded *loaded, json_t *array)
{
	for (size_t i = 0; i < loaded->n; i++) {
		const struct policy *policy = loaded->policies[i];

		for (size_t k = 0; k < policy->benchmark->n_rules; k++) {
			const struct rule *rule = policy->benchmark->rules[k];

			if (list_has_rule(o, policy, k))
				json_array_append_new(array, json_pack("{s:s, s:s, s:s, s:s?, s:s, s:f, s:s, s:o}", "rule", safe(o, rule->item.short_id),
					"id", safe(o, rule->item.id), "benchmark", safe(o, policy->benchmark->short_id),
					"profile", policy->profile ? safe(o, policy->profile->short_id) : NULL, "severity", severity_name(policy->rules[k].severity),
					"weight", policy->rules[k].weight, "title", safe(o, policy_text(o->arena, policy, rule->item.title)),
					"idents", idents_of(o, rule)));
		}
	}
}

static void add_profiles(const struct options *o, const struct loaded *loaded, size_t which, const struct benchmark *document, json_t *array)
{
	for (size_t k = 0; k < document->n_profiles; k++) {
		const struct profile *p = document->profiles[k];

		json_array_append_new(array, json_pack("{s:s, s:s, s:I, s:s, s:s?, s:b}", "benchmark", safe(o, loaded->benchmarks[which]->short_id),
			"profile", safe(o, p->short_id), "rules", (json_int_t)list_profile_rules(loaded, which, p), "title", safe(o, p->title),
			"tailoring", document == loaded->benchmarks[which] ? NULL : safe(o, document->path), "default", loaded->policies[which]->profile == p));
	}
}

void list_json_profiles(const struct options *o, const struct loaded *loaded, json_t *array)
{
	for (size_t i = 0; i < loaded->n; i++) {
		add_profiles(o, loaded, i, loaded->benchmarks[i], array);
		if (loaded->tailorings[i])
			add_profiles(o, loaded, i, &loaded->tailorings[i]->document, array);
	}
}

void list_json_values(const struct options *o, const struct loaded *loaded, json_t *array)
{
	for (size_t i = 0; i < loaded->n; i++) {
		const struct benchmark *b = loaded->benchmarks[i];

		for (size_t k = 0; k < b->n_values; k++)
			json_array_append_new(array, json_pack("{s:s, s:s, s:s, s:s}", "value", safe(o, b->values[k]->short_id), "benchmark", safe(o, b->short_id),
				"title", safe(o, b->values[k]->title), "text", safe(o, loaded->policies[i]->values[k])));
	}
}

void list_json_benchmarks(const struct options *o, const struct loaded *loaded, json_t *array)
{
	for (size_t i = 0; i < loaded->n; i++) {
		const struct benchmark *b = loaded->benchmarks[i];

		json_array_append_new(array, json_pack("{s:s, s:s, s:s?, s:I, s:s, s:s}", "benchmark", safe(o, b->short_id), "id", safe(o, b->id),
			"version", safe(o, b->version), "rules", (json_int_t)b->n_rules, "title", safe(o, b->title), "href", safe(o, b->path)));
	}
}

void list_json_checks(const struct options *o, const struct loaded *loaded, json_t *array)
{
	(void)o;
	(void)loaded;
	for (const struct check *const *c = checks; *c; c++) {
		json_t *params = json_array();

		for (const struct param *p = (*c)->params; p->name; p++)
			json_array_append_new(params, json_pack("{s:s, s:b, s:s}", "name", p->name, "required", p->required, "help", p->help));
		json_array_append_new(array, json_pack("{s:s, s:s, s:o}", "check", (*c)->name, "summary", (*c)->summary, "params", params));
	}
}

void list_json_formats(const struct options *o, const struct loaded *loaded, json_t *array)
{
	(void)o;
	(void)loaded;
	for (const struct format *const *f = formats; *f; f++)
		if ((*f)->write)
			json_array_append_new(array, json_pack("{s:s, s:s, s:s}", "format", (*f)->name, "mime", (*f)->mime, "summary", (*f)->summary));
}

int list_json(const struct options *o, const struct loaded *loaded, const char *topic, list_element *elements)
{
	json_t *array = json_array(), *all;
	int rc;

	elements(o, loaded, array);
	all = json_pack("{s:s, s:o}", "schema", "plimsoll/list/1", topic, array);
	rc = all ? json_dumpf(all, stdout, JSON_INDENT(1)) : -1;
	json_decref(all);
	puts("");
	return rc;
}
