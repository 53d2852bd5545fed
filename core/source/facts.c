/* SPDX-License-Identifier: Apache-2.0 */
#include "core/source/facts.h"

#include "core/base/text.h"

enum { SLOTS_AT_FIRST = 1024 };

static struct fact **slots_new(size_t n)
{
	struct fact **slots = xmalloc(n * sizeof(struct fact *));

	memset(slots, 0, n * sizeof(struct fact *));
	return slots;
}

void facts_init(struct facts *facts, struct arena *arena)
{
	*facts = (struct facts){ .arena = arena, .n_slots = SLOTS_AT_FIRST, .slots = slots_new(SLOTS_AT_FIRST) };
}

void facts_free(struct facts *facts)
{
	free(facts->slots);
}

/* The slot of a name, filled or free. */
static struct fact **slot_of(const struct facts *facts, enum fact_kind kind, const char *name)
{
	size_t i = (text_hash(name, strlen(name)) + kind) & (facts->n_slots - 1);

	while (facts->slots[i] && (facts->slots[i]->kind != kind || !streq(facts->slots[i]->name, name)))
		i = (i + 1) & (facts->n_slots - 1);
	return &facts->slots[i];
}

static void grow(struct facts *facts)
{
	struct fact **old = facts->slots;
	size_t n = facts->n_slots;

	facts->n_slots = n * 4;
	facts->slots = slots_new(facts->n_slots);
	for (size_t i = 0; i < n; i++)
		if (old[i])
			*slot_of(facts, old[i]->kind, old[i]->name) = old[i];
	free(old);
}

struct fact *facts_find(const struct facts *facts, enum fact_kind kind, const char *name)
{
	return *slot_of(facts, kind, name);
}

struct fact *facts_add(struct facts *facts, enum fact_kind kind, const char *name)
{
	struct fact *fact = arena_new_of(facts->arena, struct fact), **slot;

	if (facts->used * 2 >= facts->n_slots)
		grow(facts);
	slot = slot_of(facts, kind, name);
	*fact = (struct fact){ .name = *slot ? (*slot)->name : arena_strdup(facts->arena, name), .kind = kind };
	facts->used += !*slot;
	facts->n++;
	while (*slot)
		slot = &(*slot)->later;
	*slot = fact;
	return fact;
}

struct fact *facts_next(struct facts *facts, enum fact_kind kind, const char *name)
{
	struct fact *first = facts_find(facts, kind, name);

	if (!first)
		return NULL;
	if (!first->now)
		first->now = first;
	else if (first->now->later)
		first->now = first->now->later;
	return first->now;
}

bool fact_is_list(enum fact_kind kind)
{
	return kind == FACT_LIST || kind == FACT_PIN_LIST || kind == FACT_USER_LIST;
}
