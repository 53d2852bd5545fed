/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/saved.h"

#include "core/text.h"
#include "core/waiver.h"

#include <errno.h>
#include <jansson.h>
#include <time.h>

enum { SIZE_MOST = 256 << 20, TEXT_BYTES = 32768 };

/* As the weights of a benchmark: a sum of such numbers is one, too. */
static const double weight_most = 1e9;

struct reader {
	const char *path;
	struct arena *arena;
	struct audit *audit;
	const struct saved_library *library;
	struct err *err;
};

/* ---- members ---- */

static int fail(const struct reader *r, const char *where, const char *what)
{
	return err_set(r->err, EINVAL, "%s: %s: %s", r->path, where, what);
}

static const char *text_of(const struct reader *r, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	/* whoever wrote the report: no control character of his gets into one of ours */
	return json_is_string(value) ? text_safe(r->arena, json_string_value(value), json_string_length(value), TEXT_BYTES) : NULL;
}

static double number_of(const json_t *object, const char *key, double otherwise)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value) : otherwise;
}

static int64_t integer_of(const json_t *object, const char *key, int64_t otherwise)
{
	const json_t *value = json_object_get(object, key);

	return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

/* The outcome of that name; OUTCOMES: there is none. */
static enum outcome outcome_of(const json_t *object, const char *key)
{
	const char *name = json_string_value(json_object_get(object, key));
	int outcome = 0;

	while (outcome < OUTCOMES && !(name && streq(outcome_name((enum outcome)outcome), name)))
		outcome++;
	return (enum outcome)outcome;
}

static enum state state_of(const json_t *object)
{
	const char *name = json_string_value(json_object_get(object, "state"));
	int state = 0;

	while (state < STATES && !(name && streq(state_name((enum state)state), name)))
		state++;
	return (enum state)state;
}

static int64_t time_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	struct tm tm = { 0 };

	return text && strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm) ? (int64_t)timegm(&tm) : 0;
}

/* ---- benchmarks ---- */

/* One that is not at hand: what the results say of their rules. */
static struct policy *policy_without_benchmark(const struct reader *r, const struct saved_benchmark *saved)
{
	struct benchmark *b = arena_new_of(r->arena, struct benchmark);
	struct profile *profile = arena_new_of(r->arena, struct profile);
	struct policy *policy = arena_new_of(r->arena, struct policy);

	*b = (struct benchmark){ .path = saved->href, .id = saved->id, .short_id = saved->id, .title = saved->id, .version = saved->version };
	*profile = (struct profile){ .id = saved->profile, .short_id = saved->profile, .title = saved->profile };
	*policy = (struct policy){ .benchmark = b, .profile = saved->profile ? profile : NULL };
	return policy;
}

static const json_t *benchmarks_of(const json_t *root)
{
	return json_object_get(root, "benchmarks");
}

/* The results that name this benchmark are all of rules that it has. */
static bool has_all_rules(const json_t *root, const struct policy *policy, const char *id)
{
	const json_t *subject, *result;
	size_t i, k;

	json_array_foreach(json_object_get(root, "subjects"), i, subject) {
		json_array_foreach(json_object_get(subject, "results"), k, result) {
			const char *benchmark = json_string_value(json_object_get(result, "benchmark"));
			const char *rule = json_string_value(json_object_get(result, "rule"));

			if (benchmark && rule && streq(benchmark, id) && !benchmark_rule(policy->benchmark, rule))
				return false;
		}
	}
	return true;
}

static int read_benchmark(const struct reader *r, const json_t *root, const json_t *json)
{
	const struct saved_benchmark saved = {
		text_of(r, json, "id"), text_of(r, json, "version"), text_of(r, json, "profile"), text_of(r, json, "href"),
	};
	struct policy *policy = NULL;
	int rc;

	if (!saved.id)
		return fail(r, "benchmarks", "one has no id");
	rc = r->library->policy(r->library->with, &saved, &policy, r->err);
	if (rc < 0)
		return rc;
	if (!policy || !has_all_rules(root, policy, saved.id))
		policy = policy_without_benchmark(r, &saved);
	arena_push(r->arena, r->audit->policies, r->audit->n_policies) = policy;
	return 0;
}

static const struct policy *policy_named(const struct reader *r, const char *id)
{
	for (size_t i = 0; id && i < r->audit->n_policies; i++)
		if (streq(r->audit->policies[i]->benchmark->short_id, id))
			return r->audit->policies[i];
	return NULL;
}

/* ---- rules ---- */

static void read_idents(const struct reader *r, const json_t *json, struct rule *rule)
{
	const json_t *ident;
	size_t i;

	rule->idents = arena_array_of(r->arena, struct ident, json_array_size(json) + 1);
	json_array_foreach(json, i, ident)
		rule->idents[rule->n_idents++] = (struct ident){ text_of(r, ident, "system"), text_of(r, ident, "id") };
}

/* What a benchmark that is not at hand says of a rule, as far as its result repeats it. */
static const struct rule *add_rule(const struct reader *r, struct benchmark *b, const json_t *json, const char *id)
{
	struct rule *rule = arena_new_of(r->arena, struct rule);
	const char *title = text_of(r, json, "title");

	rule->item = (struct selectable){
		.id = id, .short_id = id, .title = title ? title : id, .selected = true, .weight = number_of(json, "weight", 1), .index = b->n_rules,
	};
	rule->severity = severity_of(json_string_value(json_object_get(json, "severity")));
	read_idents(r, json_object_get(json, "idents"), rule);
	arena_push(r->arena, b->rules, b->n_rules) = rule;
	return rule;
}

/* Without an arena it is not at hand: policy_without_benchmark() made it. */
static const struct rule *rule_of(const struct reader *r, const struct policy *policy, const json_t *json, const char *id)
{
	const struct rule *rule = benchmark_rule(policy->benchmark, id);

	if (rule || policy->benchmark->arena)
		return rule;
	return add_rule(r, (struct benchmark *)policy->benchmark, json, id);
}

/* By what such a benchmark has in the end. */
static void finish_policy(const struct reader *r, struct policy *policy)
{
	const struct benchmark *b = policy->benchmark;

	if (b->arena)
		return;
	policy->rules = arena_array_of(r->arena, struct rule_policy, b->n_rules + 1);
	for (size_t i = 0; i < b->n_rules; i++)
		policy->rules[i] = (struct rule_policy){ .selected = true, .weight = b->rules[i]->item.weight, .severity = b->rules[i]->severity };
}

/* ---- results ---- */

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static int read_evidence(const struct reader *r, const json_t *json, struct result *result)
{
	const json_t *list = json_object_get(json, "evidence"), *e;
	size_t i;

	result->evidence = arena_array_of(r->arena, struct evidence, json_array_size(list) + 1);
	json_array_foreach(list, i, e) {
		struct evidence *to = &result->evidence[i];

		*to = (struct evidence){
			.name = or_empty(text_of(r, e, "name")), .origin = text_of(r, e, "origin"), .state = state_of(e),
			.value = text_of(r, e, "value"), .why = text_of(r, e, "why"), .expected = text_of(r, e, "expected"),
			.outcome = outcome_of(e, "outcome"),
		};
		if (to->state == STATES)
			return fail(r, or_empty(text_of(r, json, "rule")), "evidence without a state");
		if (to->state == STATE_PRESENT && !to->value)
			to->value = "";
		if (to->outcome == OUTCOMES)
			to->outcome = result->outcome;
	}
	result->n_evidence = json_array_size(list);
	result->decisive = (size_t)integer_of(json, "decisive", (int64_t)result->n_evidence);
	return 0;
}

static const struct waiver *read_waiver(const struct reader *r, const json_t *json)
{
	struct waiver *waiver;

	if (!json_is_object(json))
		return NULL;
	waiver = arena_new_of(r->arena, struct waiver);
	*waiver = (struct waiver){
		.rule = or_empty(text_of(r, json, "rule")), .subject = text_of(r, json, "subject"), .host = text_of(r, json, "host"),
		.owner = or_empty(text_of(r, json, "owner")), .reason = or_empty(text_of(r, json, "reason")), .ticket = text_of(r, json, "ticket"),
		.found = text_of(r, json, "found"), .expires = or_empty(text_of(r, json, "expires")), .where = or_empty(text_of(r, json, "where")),
	};
	return waiver;
}

static int read_result(const struct reader *r, const json_t *json, struct subject_results *s, const char *where)
{
	const struct policy *policy = policy_named(r, json_string_value(json_object_get(json, "benchmark")));
	const char *id = text_of(r, json, "rule");
	struct result *result = &s->results[s->n];

	if (!policy)
		return fail(r, where, "its benchmark is not among those of the report");
	*result = (struct result){
		.outcome = outcome_of(json, "result"), .severity = severity_of(or_empty(text_of(r, json, "severity"))),
		.weight = number_of(json, "weight", -1), .reason = text_of(r, json, "reason"), .waiver = read_waiver(r, json_object_get(json, "waived")),
	};
	if (!id)
		return fail(r, where, "it has no rule");
	if (result->outcome == OUTCOMES)
		return fail(r, where, "its result is none of XCCDF's");
	if (result->severity == SEVERITIES)
		return fail(r, where, "its severity is unknown");
	if (!(result->weight >= 0 && result->weight <= weight_most))
		return fail(r, where, "its weight is no number from 0 to 1e9");
	result->rule = rule_of(r, policy, json, id);
	s->policies[s->n++] = policy;
	return read_evidence(r, json, result);
}

static int read_results(const struct reader *r, const json_t *list, struct subject_results *s, size_t subject)
{
	const json_t *result;
	size_t i;
	int rc = 0;

	s->results = arena_array_of(r->arena, struct result, json_array_size(list) + 1);
	s->policies = arena_array_of(r->arena, const struct policy *, json_array_size(list) + 1);
	json_array_foreach(list, i, result) {
		char where[64];

		snprintf(where, sizeof(where), "subjects[%zu].results[%zu]", subject, i);
		rc = read_result(r, result, s, where);
		if (rc < 0)
			break;
	}
	return rc;
}

/* ---- subjects ---- */

static const struct container_facts *read_container(const struct reader *r, const json_t *json)
{
	struct container_facts *facts = arena_new_of(r->arena, struct container_facts);
	const json_t *rootless = json_object_get(json, "rootless");
	const char *name = text_of(r, json, "name"), *id = or_empty(text_of(r, json, "id"));

	*facts = (struct container_facts){
		.kind = or_empty(text_of(r, json, "kind")), .label = name ? name : arena_strndup(r->arena, id, strnlen(id, 12)),
		.runtime = or_empty(text_of(r, json, "runtime")), .image = text_of(r, json, "image"), .pod = text_of(r, json, "pod"),
		.parent = text_of(r, json, "parent"), .pid = integer_of(json, "pid", 0),
		.rootless = json_is_boolean(rootless) ? json_is_true(rootless) : -1, .claimed = json_is_true(json_object_get(json, "claimed")),
	};
	return facts;
}

static int read_subject(const struct reader *r, const json_t *json, size_t i)
{
	const char *kind = json_string_value(json_object_get(json, "kind"));
	struct subject_results s = { .id = text_of(r, json, "id"), .name = text_of(r, json, "name"), .host = r->audit->hosts };
	int rc;

	if (!kind || !s.id || !list_has("host container sandbox", " ", kind))
		return fail(r, arena_printf(r->arena, "subjects[%zu]", i), "it has no kind and id");
	s.kind = streq(kind, "host") ? SUBJECT_HOST : SUBJECT_CONTAINER;
	if (s.kind == SUBJECT_CONTAINER)
		s.facts = read_container(r, json);
	rc = read_results(r, json_object_get(json, "results"), &s, i);
	arena_push(r->arena, r->audit->subjects, r->audit->n_subjects) = s;
	return rc;
}

static void read_host(const struct reader *r, const json_t *root)
{
	const json_t *host = json_object_get(root, "host"), *containers = json_object_get(host, "containers");
	struct host_facts *facts = arena_new_of(r->arena, struct host_facts);

	*facts = (struct host_facts){
		.name = text_of(r, host, "hostname"), .os = text_of(r, host, "os"), .kernel = text_of(r, host, "kernel"), .arch = text_of(r, host, "arch"),
		.root = text_of(r, host, "root"), .started = time_of(root, "started"), .live = json_is_true(json_object_get(host, "live")),
		.ordinary = json_is_true(json_object_get(host, "ordinary")), .looked = json_is_object(containers),
		.containers_why = text_of(r, containers, "why"), .ended = (size_t)integer_of(containers, "ended", 0),
	};
	r->audit->hosts = facts;
	r->audit->n_hosts = 1;
	r->audit->started = facts->started;
	r->audit->duration_ms = number_of(root, "duration_ms", 0);
}

static int read_report(const struct reader *r, const json_t *root)
{
	const char *schema = json_string_value(json_object_get(root, "schema"));
	const json_t *element;
	size_t i;
	int rc = 0;

	if (!schema || !streq(schema, "plimsoll/report/1"))
		return fail(r, "schema", "it is no report that plimsoll wrote with --format json");
	read_host(r, root);
	json_array_foreach(benchmarks_of(root), i, element)
		if (rc == 0)
			rc = read_benchmark(r, root, element);
	json_array_foreach(json_object_get(root, "subjects"), i, element)
		if (rc == 0)
			rc = read_subject(r, element, i);
	for (i = 0; i < r->audit->n_policies; i++)
		finish_policy(r, r->audit->policies[i]);
	return rc;
}

/* ---- the file ---- */

struct input {
	FILE *file;
	size_t size;
};

/* As json_load_callback() wants it. */
static size_t more(void *buffer, size_t room, void *with)
{
	struct input *input = with;
	size_t n = fread(buffer, 1, room, input->file);

	input->size += n;
	return ferror(input->file) || input->size > SIZE_MOST ? (size_t)-1 : n;
}

/* "-" is standard input. */
static json_t *load(const char *path, int *rc, struct err *err)
{
	auto_fclose FILE *file = streq(path, "-") ? fdopen(dup(STDIN_FILENO), "r") : fopen(path, "re");
	struct input input = { file, 0 };
	json_error_t error;
	json_t *root;

	if (!file) {
		*rc = err_set(err, errno, "%s: %s", path, strerror(errno));
		return NULL;
	}
	root = json_load_callback(more, &input, 0, &error);
	if (!root && ferror(file))
		*rc = err_set(err, EIO, "%s: %s", path, strerror(errno));
	else if (!root && input.size > SIZE_MOST)
		*rc = err_set(err, EFBIG, "%s: larger than the %d MiB read at most", path, SIZE_MOST >> 20);
	else if (!root)
		*rc = err_set(err, EINVAL, "%s:%d: %s", path, error.line, error.text);
	return root;
}

int saved_read(struct audit **ret, const char *path, const struct saved_library *library, struct err *err)
{
	struct arena *arena = arena_new();
	struct audit *audit = arena_new_of(arena, struct audit);
	const struct reader r = { path, arena, audit, library, err };
	int rc = 0;
	json_t *root = load(path, &rc, err);

	audit->arena = arena;
	if (rc == 0)
		rc = read_report(&r, root);
	json_decref(root);
	if (rc < 0) {
		audit_free(audit);
		return rc;
	}
	audit_count(audit);
	*ret = audit;
	return 0;
}

struct audit *saved_join(struct audit *const *audits, size_t n)
{
	struct arena *arena = arena_new();
	struct audit *all = arena_new_of(arena, struct audit);
	struct host_facts *hosts = arena_array_of(arena, struct host_facts, n + 1);

	all->arena = arena;
	all->hosts = hosts;
	all->n_hosts = n;
	for (size_t i = 0; i < n; i++) {
		const struct audit *audit = audits[i];

		hosts[i] = *audit->hosts;
		all->started = i && all->started < audit->started ? all->started : audit->started;
		all->duration_ms += audit->duration_ms;
		for (size_t k = 0; k < audit->n_policies; k++)
			arena_push(arena, all->policies, all->n_policies) = audit->policies[k];
		for (size_t k = 0; k < audit->n_subjects; k++) {
			struct subject_results s = audit->subjects[k];

			s.host = &hosts[i];
			s.models = NULL;
			arena_push(arena, all->subjects, all->n_subjects) = s;
		}
	}
	audit_count(all);
	return all;
}
