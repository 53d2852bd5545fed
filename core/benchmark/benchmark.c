/* SPDX-License-Identifier: Apache-2.0 */
#include "core/benchmark/benchmark.h"

#include "core/base/text.h"

static void release(struct condition *condition)
{
	for (; condition; condition = condition->next) {
		release(condition->children);
		if (condition->engine && condition->program)
			condition->engine->release(condition->program);
	}
}

void benchmark_free(struct benchmark *benchmark)
{
	if (!benchmark)
		return;
	for (size_t i = 0; i < benchmark->n_rules; i++)
		release(benchmark->rules[i]->conditions);
	arena_free(benchmark->arena);
}

const char *benchmark_short_id(const char *id)
{
	static const char *const types[] = { "_rule_", "_group_", "_value_", "_profile_", "_benchmark_", "_tailoring_" };

	if (!starts_with(id, "xccdf_"))
		return id;
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		const char *at = strstr(id, types[i]);

		if (at)
			return at + strlen(types[i]);
	}
	return id;
}

static bool is_id(const char *id, const char *full, const char *short_id)
{
	return streq(id, full) || streq(id, short_id);
}

const struct rule *benchmark_rule(const struct benchmark *benchmark, const char *id)
{
	for (size_t i = 0; i < benchmark->n_rules; i++)
		if (is_id(id, benchmark->rules[i]->item.id, benchmark->rules[i]->item.short_id))
			return benchmark->rules[i];
	return NULL;
}

const struct value *benchmark_value(const struct benchmark *benchmark, const char *id)
{
	for (size_t i = 0; i < benchmark->n_values; i++)
		if (is_id(id, benchmark->values[i]->id, benchmark->values[i]->short_id))
			return benchmark->values[i];
	return NULL;
}

const struct profile *benchmark_profile(const struct benchmark *benchmark, const char *id)
{
	for (size_t i = 0; i < benchmark->n_profiles; i++)
		if (is_id(id, benchmark->profiles[i]->id, benchmark->profiles[i]->short_id))
			return benchmark->profiles[i];
	return NULL;
}

char *benchmark_text(struct arena *arena, const char *text, const char *(*lookup)(const void *, const char *id),
		     const void *with)
{
	struct buffer out = { .arena = arena };

	for (const char *mark, *end; (mark = strchr(text, SUB_MARK)) && (end = strchr(mark + 1, SUB_MARK)); text = end + 1) {
		char *id = arena_strndup(arena, mark + 1, (size_t)(end - mark - 1));
		const char *found = lookup(with, id);

		buffer_add(&out, text, (size_t)(mark - text));
		buffer_puts(&out, found ? found : benchmark_short_id(id));
	}
	buffer_puts(&out, text);
	return out.text;
}
