/* SPDX-License-Identifier: Apache-2.0 */
/* A check that sees what its name= says, a registry with it, and benchmarks made from a few lines. */
#ifndef TESTS_UNIT_FAKE_H
#define TESTS_UNIT_FAKE_H

#include "tests/unit.h"

#include "core/audit/judge.h"
#include "core/base/text.h"
#include "core/benchmark/engine_plimsoll.h"

/* One item: KIND:VALUE, or a state. */
static inline void fake_observe_one(const char *word, struct items *items)
{
	static const struct {
		const char *word;
		enum state state;
	} states[] = {
		{ "absent", STATE_ABSENT }, { "inapplicable", STATE_INAPPLICABLE }, { "denied", STATE_DENIED },
		{ "broken", STATE_BROKEN },
		{ "unavailable", STATE_UNAVAILABLE }, { "malformed", STATE_MALFORMED }, { "not-given", STATE_NOT_GIVEN },
	};
	const char *colon = strchr(word, ':'), *value = colon ? colon + 1 : "";

	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (streq(states[i].word, word))
			items_add_state(items, word, "fake", states[i].state, "made %s", word);
	if (starts_with(word, "int:"))
		items_add_integer(items, word, "fake", strtoll(value, NULL, 10));
	else if (starts_with(word, "bits:"))
		items_add_bits(items, word, "fake", strtoull(value, NULL, 10));
	else if (starts_with(word, "set:"))
		items_add_set(items, word, "fake", value);
	else if (starts_with(word, "version:"))
		items_add_version(items, word, "fake", value);
	else if (starts_with(word, "text:"))
		items_add_text(items, word, "fake", value);
}

/* name="int:1 absent": an item for each word; "nothing": none at all. */
static inline void fake_observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *name = params_get(params, "name");
	size_t n;

	(void)subject;
	for (const char *at = name, *w; (w = list_next(&at, " ", &n));)
		fake_observe_one(arena_strndup(items->arena, w, n), items);
}

static const struct bit_name fake_bits[] = { { 0, "first" }, { 3, "fourth" }, { 0, NULL } };

static const struct check fake_check = {
	.name = "fake",
	.summary = "what it is told to see",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "name", PARAM_STRING, REQUIRED, "what to see", NULL },
		{ "flag", PARAM_BOOLEAN, OPTIONAL, "true or false", NULL },
		{ "word", PARAM_WORD, OPTIONAL, "one of two", "one two" },
	},
	.bits = fake_bits,
	.observe = fake_observe,
};

static const struct check *const fake_checks[] = { &fake_check, NULL };
static const struct engine *const fake_engines[] = { &engine_plimsoll, NULL };
static const struct registry fake_registry = { fake_checks, fake_engines };

/* ---- documents ---- */

#define XCCDF(body) "<Benchmark xmlns=\"http://checklists.nist.gov/xccdf/1.2\" id=\"xccdf_t_benchmark_b\">\n" body "\n</Benchmark>\n"
#define CHECK(content) "<check system=\"urn:plimsoll:check:1\"><check-content xmlns:p=\"urn:plimsoll:check:1\">" content "</check-content></check>"
#define FAKE(attributes) "<p:fake " attributes "/>"
#define SEES(what) CHECK(FAKE("name=\"" what "\" is=\"1\" absent=\"fail\""))
#define RULE(short_id, attributes, body) "<Rule id=\"xccdf_t_rule_" short_id "\" " attributes ">" body "</Rule>\n"

/* The benchmark of a document that has no mistake. */
static inline struct benchmark *fake_benchmark(struct folder *folder, const char *xml)
{
	struct benchmark *b = NULL;
	struct err err = { "" };

	if (benchmark_read(&b, folder_puts(folder, "benchmark.xml", xml), &fake_registry, &err) != 0)
		fail_msg("%s", err.text);
	return b;
}

static inline struct policy *fake_policy(const struct benchmark *b, const char *profile)
{
	struct policy *policy = NULL;
	struct err err = { "" };

	if (policy_new(&policy, b, &fake_registry, profile, &err) != 0)
		fail_msg("%s", err.text);
	return policy;
}

static inline void benchmark_free_(struct benchmark **b)
{
	benchmark_free(*b);
}

static inline void policy_free_(struct policy **p)
{
	policy_free(*p);
}

#define auto_benchmark __attribute__((cleanup(benchmark_free_)))
#define auto_policy    __attribute__((cleanup(policy_free_)))

static inline const struct rule_policy *fake_rule(const struct policy *p, const char *short_id)
{
	const struct rule *rule = benchmark_rule(p->benchmark, short_id);

	if (!rule)
		fail_msg("no rule %s", short_id);
	return &p->rules[rule->item.index];
}

/* A host of which only the kernel is known. */
struct fake_host {
	struct kernel kernel;
	struct subject subject;
};

static inline struct subject *fake_host(struct fake_host *host, struct source *source, const char *release, const char *arch)
{
	*host = (struct fake_host){ .kernel = { .release = release, .arch = arch } };
	host->subject = (struct subject){ .kind = SUBJECT_HOST, .id = "host", .source = source, .kernel = &host->kernel };
	return &host->subject;
}

#endif
