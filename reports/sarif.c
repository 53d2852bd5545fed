/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SARIF 2.1.0, for code scanning: a run per host. Its readers cut off or refuse what is too long, so the worst results stand first and what is
 * beyond their limits is left out, and that is said.
 */
#include "reports/formats.h"

#include "core/base/text.h"
#include "reports/sarif.h"
#include "reports/view.h"

/* ---- words ---- */

const char *sarif_host(const struct sarif *s)
{
	return s->host->name && *s->host->name ? view_safe(s->arena, s->host->name, SARIF_TEXT_MAX) : "localhost";
}

/* "[text](target)" would be a link. */
json_t *sarif_message(const struct sarif *s, const char *text, size_t limit)
{
	struct buffer message = { .arena = s->arena };

	buffer_puts(&message, "");
	text = view_safe(s->arena, text, limit);
	for (const char *at; (at = strstr(text, "](")); text = at + 1) {
		buffer_add(&message, text, (size_t)(at + 1 - text));
		buffer_puts(&message, " ");
	}
	buffer_puts(&message, text);
	return json_pack("{s:s}", "text", message.text);
}

const char *sarif_level(enum severity severity)
{
	return severity == SEVERITY_HIGH ? "error" : severity == SEVERITY_MEDIUM ? "warning" : "note";
}

/* The middle of the range that GitHub calls by the same word. */
static const char *security_severity(enum severity severity)
{
	return severity == SEVERITY_HIGH ? "8.0" : severity == SEVERITY_MEDIUM ? "5.5" : severity == SEVERITY_LOW ? "2.0" : "0.0";
}

void sarif_append(json_t **array, json_t *value)
{
	if (*array && json_array_append_new(*array, value) == 0)
		return;
	json_decref(*array);
	*array = NULL;
}

/* ---- rules ---- */

static size_t *number_of(const struct sarif *s, const struct policy *policy, const struct rule *rule)
{
	for (size_t i = 0; i < s->audit->n_policies; i++)
		if (s->rules[i].policy == policy)
			return &s->rules[i].numbers[rule->item.index];
	return NULL;
}

size_t sarif_rule_index(const struct sarif *s, const struct policy *policy, const struct rule *rule)
{
	const size_t *number = number_of(s, policy, rule);

	return number && *number ? *number - 1 : 0;
}

static void add_line(struct buffer *text, const char *label, const char *line)
{
	if (line && *line)
		buffer_printf(text, "%s%s%s", text->size ? "\n\n" : "", label, line);
}

static const char *help_of(const struct sarif *s, const struct policy *policy, const struct rule *rule)
{
	struct buffer text = { .arena = s->arena };

	add_line(&text, "", view_text(s->arena, policy, rule->rationale));
	add_line(&text, "Fix: ", view_text(s->arena, policy, rule->fixtext));
	for (size_t i = 0; i < rule->n_warnings; i++)
		add_line(&text, "Mind: ", view_text(s->arena, policy, rule->warnings[i]));
	for (size_t i = 0; i < rule->n_references; i++)
		add_line(&text, "See: ", view_safe(s->arena, arena_printf(s->arena, "%s %s", view_text(s->arena, policy, rule->references[i].text),
			 rule->references[i].href ? rule->references[i].href : ""), SARIF_TEXT_MAX));
	return text.text ? text.text : view_text(s->arena, policy, rule->item.title);
}

/* The first reference that can be followed, or NULL. */
static const char *help_uri(const struct rule *rule)
{
	for (size_t i = 0; i < rule->n_references; i++) {
		const char *href = rule->references[i].href;

		if (href && (starts_with(href, "https://") || starts_with(href, "http://")) && text_is_plain(href, strlen(href)) &&
		    !strpbrk(href, " <>\"{}|\\^`"))
			return href;
	}
	return NULL;
}

static json_t *tags_of(const struct sarif *s, const struct policy *policy, const struct rule *rule)
{
	const struct selectable *group = rule->item.parent;
	json_t *tags = json_pack("[s, s]", "security", view_safe(s->arena, policy->benchmark->short_id, SARIF_TEXT_MAX));

	while (group && group->parent)
		group = group->parent;
	if (group)
		sarif_append(&tags, json_string(view_safe(s->arena, group->short_id, SARIF_TEXT_MAX)));
	return tags;
}

static json_t *rule_of(const struct sarif *s, const struct policy *policy, const struct result *result)
{
	const struct rule *rule = result->rule;
	const char *title = view_text(s->arena, policy, rule->item.title), *uri = help_uri(rule);
	const char *about = rule->item.description && *rule->item.description ? rule->item.description : rule->rationale;
	json_t *object = json_pack("{s:s, s:o, s:o, s:{s:s}, s:{s:s}, s:{s:o, s:s}}",
				   "id", view_safe(s->arena, rule->item.short_id, SARIF_TEXT_MAX),
				   "shortDescription", sarif_message(s, title, SARIF_DESCRIPTION_MAX),
				   "fullDescription", sarif_message(s, about ? view_text(s->arena, policy, about) : title, SARIF_DESCRIPTION_MAX),
				   "help", "text", help_of(s, policy, rule), "defaultConfiguration", "level", sarif_level(result->severity),
				   "properties", "tags", tags_of(s, policy, rule), "security-severity", security_severity(result->severity));

	if (!uri || json_object_set_new(object, "helpUri", json_string(uri)) == 0)
		return object;
	json_decref(object);
	return NULL;
}

/* Those that have a result on the host, in the order of the first; each gets its number. */
static json_t *rules_of(const struct sarif *s)
{
	json_t *rules = json_array();

	for (size_t i = 0; i < s->audit->n_subjects; i++) {
		const struct subject_results *subject = &s->audit->subjects[i];

		for (size_t k = 0; k < subject->n && subject->host == s->host; k++) {
			size_t *number = number_of(s, subject->policies[k], subject->results[k].rule);

			if (!number || *number)
				continue;
			sarif_append(&rules, rule_of(s, subject->policies[k], &subject->results[k]));
			*number = json_array_size(rules);
		}
	}
	return rules;
}

static json_t *tool_of(const struct sarif *s)
{
	return json_pack("{s:{s:s, s:s, s:s, s:o}}", "driver", "name", "plimsoll", "version", view_tool_version(), "semanticVersion", view_tool_version(),
			 "rules", rules_of(s));
}

/* ---- what the tool has to say of itself ---- */

static size_t results_on(const struct sarif *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->audit->n_subjects; i++)
		n += s->audit->subjects[i].host == s->host ? s->audit->subjects[i].n : 0;
	return n;
}

static json_t *told(const struct sarif *s, const char *level, const char *text)
{
	return json_pack("{s:s, s:o}", "level", level, "message", sarif_message(s, text, SARIF_TEXT_MAX));
}

static json_t *notifications(const struct sarif *s)
{
	json_t *array = json_array();
	size_t n = results_on(s);

	if (s->host->containers_why)
		sarif_append(&array, told(s, "error", arena_printf(s->arena, "it is not known which containers there are: %s", s->host->containers_why)));
	if (s->host->ended)
		sarif_append(&array, told(s, "note", arena_printf(s->arena, "%zu containers ended while they were read", s->host->ended)));
	if (n > SARIF_RESULTS_MOST)
		sarif_append(&array, told(s, "warning", arena_printf(s->arena, "the last %zu of %zu results are left out: readers of this format take %d",
								     n - SARIF_RESULTS_MOST, n, SARIF_RESULTS_MOST)));
	for (size_t i = 0; i < s->audit->n_subjects; i++) {
		const struct subject_results *subject = &s->audit->subjects[i];

		for (size_t k = 0; k < subject->n && subject->host == s->host; k++)
			if (outcome_is_undetermined(subject->results[k].outcome))
				sarif_append(&array, sarif_notification(s, subject, k));
	}
	return array;
}

static json_t *invocations(const struct sarif *s)
{
	return json_pack("[{s:b, s:s, s:s, s:o}]", "executionSuccessful", true, "startTimeUtc",
			 arena_printf(s->arena, "%sZ", view_time(s->arena, s->host->started)), "machine", sarif_host(s),
			 "toolExecutionNotifications", notifications(s));
}

/* ---- a run ---- */

/* Paths of results are below it. Of a captured system the folder is named where its place is known for sure. */
static json_t *bases_of(const struct sarif *s)
{
	const char *root = s->host->root ? s->host->root : "/";
	json_t *base = json_pack("{s:o}", "description", sarif_message(s, "the root directory of the audited system", SARIF_TEXT_MAX));
	size_t size = strlen(root);

	if (*root == '/' && json_object_set_new(base, "uri", json_string(arena_printf(s->arena, "file://%s%s",
			view_uri(s->arena, view_safe(s->arena, root, SARIF_TEXT_MAX)), root[size - 1] == '/' ? "" : "/"))) < 0) {
		json_decref(base);
		base = NULL;
	}
	return json_pack("{s:o}", "ROOT", base);
}

static json_t *properties(const struct sarif *s)
{
	const struct host_facts *h = s->host;

	return json_pack("{s:s?, s:s?, s:s?, s:s?, s:b}", "os", view_safe(s->arena, h->os, SARIF_TEXT_MAX), "kernel", view_safe(s->arena, h->kernel, SARIF_TEXT_MAX),
			 "arch", view_safe(s->arena, h->arch, SARIF_TEXT_MAX), "root", view_safe(s->arena, h->root, SARIF_TEXT_MAX), "live", h->live);
}

static void write_results(const struct sarif *s)
{
	size_t n = 0;

	for (unsigned rank = 0; rank < SARIF_RANKS; rank++) {
		for (size_t i = 0; i < s->audit->n_subjects; i++) {
			const struct subject_results *subject = &s->audit->subjects[i];

			for (size_t k = 0; k < subject->n && subject->host == s->host && n < SARIF_RESULTS_MOST; k++) {
				if (sarif_rank(&subject->results[k]) != rank)
					continue;
				output_puts(&s->out->output, n++ ? ",\n    " : "\n    ");
				json_out_value(s->out, sarif_result(s, subject, k));
				arena_reset(s->arena);
			}
		}
	}
}

static void write_run(const struct sarif *s)
{
	/* rules first: they get the numbers that all else refers to */
	json_out_member(s->out, "\n  {", "tool", tool_of(s));
	json_out_member(s->out, ",\n   ", "invocations", invocations(s));
	json_out_member(s->out, ",\n   ", "automationDetails", json_pack("{s:s}", "id", arena_printf(s->arena, "plimsoll/%s/", sarif_host(s))));
	json_out_member(s->out, ",\n   ", "originalUriBaseIds", bases_of(s));
	json_out_member(s->out, ",\n   ", "properties", properties(s));
	output_puts(&s->out->output, ",\n   \"results\": [");
	write_results(s);
	output_puts(&s->out->output, "]}");
}

static const struct sarif_rules *rules_by_policy(const struct audit *audit, struct arena *arena)
{
	struct sarif_rules *rules = arena_array_of(arena, struct sarif_rules, audit->n_policies + 1);

	for (size_t i = 0; i < audit->n_policies; i++)
		rules[i] = (struct sarif_rules){ audit->policies[i], arena_array_of(arena, size_t, audit->policies[i]->benchmark->n_rules + 1) };
	return rules;
}

static int write_report(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct json_out out = { .output = { .file = file }, .arena = arena };

	(void)options;
	json_out_member(&out, "{", "$schema", json_string("https://json.schemastore.org/sarif-2.1.0.json"));
	json_out_member(&out, ",\n ", "version", json_string("2.1.0"));
	output_puts(&out.output, ",\n \"runs\": [");
	for (size_t i = 0; i < audit->n_hosts; i++) {
		auto_arena struct arena *scratch = arena_new();
		const struct sarif s = { &out, scratch, audit, &audit->hosts[i], rules_by_policy(audit, arena) };

		if (i)
			output_puts(&out.output, ",");
		write_run(&s);
	}
	output_puts(&out.output, "]}\n");
	return json_out_finish(&out, err);
}

const struct format format_sarif = {
	.name = "sarif",
	.summary = "SARIF 2.1.0, for code scanning: a run per host, the worst results first",
	.mime = "application/sarif+json",
	.explains = true,
	.write = write_report,
};
