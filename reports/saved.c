/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/saved.h"

#include "core/audit/waiver.h"
#include "core/base/text.h"
#include "reports/saved_private.h"

#include <errno.h>
#include <time.h>

enum { SIZE_MOST = 256 << 20 };

/* As the weights of a benchmark: a sum of such numbers is one, too. */
static const double weight_most = 1e9;

/* ---- members ---- */

int saved_fail(const struct reader *r, const char *where, const char *what)
{
	return err_set(r->err, EINVAL, "%s: %s: %s", r->path, where, what);
}

const char *saved_text(const struct reader *r, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	/* whoever wrote the report: no control character of his gets into one of ours */
	return json_is_string(value) ? text_safe(r->arena, json_string_value(value), json_string_length(value), SIZE_MOST) : NULL;
}

double saved_number(const json_t *object, const char *key, double otherwise)
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
			.name = or_empty(saved_text(r, e, "name")), .origin = saved_text(r, e, "origin"), .state = state_of(e),
			.value = saved_text(r, e, "value"), .why = saved_text(r, e, "why"), .expected = saved_text(r, e, "expected"),
			.outcome = outcome_of(e, "outcome"),
		};
		if (to->state == STATES)
			return saved_fail(r, or_empty(saved_text(r, json, "rule")), "evidence without a state");
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
		.rule = or_empty(saved_text(r, json, "rule")), .subject = saved_text(r, json, "subject"), .host = saved_text(r, json, "host"),
		.owner = or_empty(saved_text(r, json, "owner")), .reason = or_empty(saved_text(r, json, "reason")), .ticket = saved_text(r, json, "ticket"),
		.found = saved_text(r, json, "found"), .expires = or_empty(saved_text(r, json, "expires")), .where = or_empty(saved_text(r, json, "where")),
	};
	return waiver;
}

static int read_result(const struct reader *r, const json_t *json, struct subject_results *s, const char *where)
{
	struct policy *policy = saved_policy_named(r, saved_text(r, json, "benchmark"));
	const char *id = saved_text(r, json, "rule");
	struct result *result = &s->results[s->n];

	if (!policy)
		return saved_fail(r, where, "its benchmark is not among those of the report");
	*result = (struct result){
		.outcome = outcome_of(json, "result"), .severity = severity_of(or_empty(saved_text(r, json, "severity"))),
		.weight = saved_number(json, "weight", -1), .reason = saved_text(r, json, "reason"), .waiver = read_waiver(r, json_object_get(json, "waived")),
	};
	if (!id)
		return saved_fail(r, where, "it has no rule");
	if (result->outcome == OUTCOMES)
		return saved_fail(r, where, "its result is none of XCCDF's");
	if (result->severity == SEVERITIES)
		return saved_fail(r, where, "its severity is unknown");
	if (!(result->weight >= 0 && result->weight <= weight_most))
		return saved_fail(r, where, "its weight is no number from 0 to 1e9");
	result->rule = saved_rule(r, policy, json, id);
	saved_take_rule(policy, result);
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
	const char *name = saved_text(r, json, "name"), *id = or_empty(saved_text(r, json, "id"));

	*facts = (struct container_facts){
		.kind = or_empty(saved_text(r, json, "kind")), .label = name ? name : arena_strndup(r->arena, id, strnlen(id, 12)),
		.runtime = or_empty(saved_text(r, json, "runtime")), .image = saved_text(r, json, "image"), .pod = saved_text(r, json, "pod"),
		.parent = saved_text(r, json, "parent"), .pid = integer_of(json, "pid", 0),
		.rootless = json_is_boolean(rootless) ? json_is_true(rootless) : -1, .claimed = json_is_true(json_object_get(json, "claimed")),
	};
	return facts;
}

static int read_subject(const struct reader *r, const json_t *json, size_t i)
{
	const char *kind = json_string_value(json_object_get(json, "kind"));
	struct subject_results s = { .id = saved_text(r, json, "id"), .name = saved_text(r, json, "name"), .host = r->audit->hosts };
	int64_t taken_away;
	int rc;

	if (!kind || !s.id || !list_has("host container sandbox", " ", kind))
		return saved_fail(r, arena_printf(r->arena, "subjects[%zu]", i), "it has no kind and id");
	if (!json_is_array(json_object_get(json, "results")))
		return saved_fail(r, arena_printf(r->arena, "subjects[%zu].results", i), "it is no list");
	s.kind = streq(kind, "host") ? SUBJECT_HOST : SUBJECT_CONTAINER;
	if (s.kind == SUBJECT_CONTAINER)
		s.facts = read_container(r, json);
	taken_away = integer_of(json_object_get(json, "counts"), "notselected", 0);
	s.taken_away = taken_away > 0 ? (size_t)taken_away : 0;
	rc = read_results(r, json_object_get(json, "results"), &s, i);
	arena_push(r->arena, r->audit->subjects, r->audit->n_subjects) = s;
	return rc;
}

static void read_host(const struct reader *r, const json_t *root)
{
	const json_t *host = json_object_get(root, "host"), *containers = json_object_get(host, "containers");
	struct host_facts *facts = arena_new_of(r->arena, struct host_facts);

	*facts = (struct host_facts){
		.name = saved_text(r, host, "hostname"), .os = saved_text(r, host, "os"), .kernel = saved_text(r, host, "kernel"), .arch = saved_text(r, host, "arch"),
		.root = saved_text(r, host, "root"), .started = time_of(root, "started"), .live = json_is_true(json_object_get(host, "live")),
		.ordinary = json_is_true(json_object_get(host, "ordinary")), .looked = json_is_object(containers),
		.containers_why = saved_text(r, containers, "why"), .ended = (size_t)integer_of(containers, "ended", 0),
	};
	r->audit->hosts = facts;
	r->audit->n_hosts = 1;
	r->audit->started = facts->started;
	r->audit->duration_ms = saved_number(root, "duration_ms", 0);
}

/* What is of another type than any report has it would be read as if there were none of it, and nothing fails where nothing is. */
static int check_shape(const struct reader *r, const json_t *root)
{
	const char *schema = json_string_value(json_object_get(root, "schema"));

	if (!schema || !starts_with(schema, "plimsoll/report/"))
		return saved_fail(r, "schema", "it is no report that plimsoll wrote with --format json");
	if (!streq(schema, "plimsoll/report/1"))
		return saved_fail(r, "schema", arena_printf(r->arena, "%s is of another version of plimsoll; this one reads plimsoll/report/1",
							   text_safe(r->arena, schema, strlen(schema), 64)));
	if (!json_is_object(json_object_get(root, "host")))
		return saved_fail(r, "host", "it is no object");
	if (!json_is_array(json_object_get(root, "benchmarks")))
		return saved_fail(r, "benchmarks", "it is no list");
	return json_is_array(json_object_get(root, "subjects")) ? 0 : saved_fail(r, "subjects", "it is no list");
}

static int read_report(const struct reader *r, const json_t *root)
{
	const json_t *element;
	size_t i;
	int rc = check_shape(r, root);

	if (rc < 0)
		return rc;
	read_host(r, root);
	json_array_foreach(json_object_get(root, "benchmarks"), i, element)
		if (rc == 0)
			rc = saved_read_benchmark(r, root, element);
	json_array_foreach(json_object_get(root, "subjects"), i, element)
		if (rc == 0)
			rc = read_subject(r, element, i);
	for (i = 0; i < r->audit->n_policies; i++) {
		saved_finish_policy(r, r->audit->policies[i]);
		saved_take_left_out(r->audit->policies[i], json_array_get(json_object_get(root, "benchmarks"), i));
	}
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
	root = json_load_callback(more, &input, JSON_REJECT_DUPLICATES, &error);
	if (!root && ferror(file))
		*rc = err_set(err, EIO, "%s: %s", path, strerror(errno));
	else if (!root && input.size > SIZE_MOST)
		*rc = err_set(err, EFBIG, "%s: larger than the %d MiB read at most", path, SIZE_MOST >> 20);
	else if (!root)
		*rc = err_set(err, EINVAL, "%s:%d: not valid JSON: %s", path, error.line, error.text);
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
