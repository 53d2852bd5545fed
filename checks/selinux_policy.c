/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/selinux_policy.h"

#include "core/base/text.h"

#include <endian.h>

#define POLICY "sys/fs/selinux/policy"
#define PERMISSIVE "types that are permissive in /" POLICY

enum {
	POLICY_LIMIT = 64 << 20,         /* bytes; those of distributions have two to nine million */
	MAGIC = 0xf97cff8c & 0x7fffffff, /* without its first bit: an enum is signed */
	OLDEST = 24, NEWEST = 35,        /* versions of the form; 24 came with Linux 2.6.28 */
	WITH_DEFAULTS = 27, WITH_DEFAULT_TYPE = 28, WITH_CONSTRAINT_NAMES = 29, WITH_NEVERAUDIT = 35,
	MAP_UNIT = 64,                   /* bits of one node of a bitmap */
	BY_NAMES = 5,                    /* a step of a constraint that has a list of names: CEXPR_NAMES */
};

/* The tables of names, in their order; those behind the types are not read. */
enum table { COMMONS, CLASSES, ROLES, TYPES };

/* ---- reading on ---- */

struct cursor {
	const unsigned char *at, *end;
	uint32_t version;
	bool cut;                        /* more was wanted than there is, or something else was */
};

static const unsigned char *take(struct cursor *c, size_t n)
{
	const unsigned char *at = c->at;

	if (c->cut || (size_t)(c->end - c->at) < n) {
		c->cut = true;
		return NULL;
	}
	c->at += n;
	return at;
}

static uint32_t take_number(struct cursor *c)
{
	const unsigned char *at = take(c, sizeof(uint32_t));
	uint32_t number = 0;

	if (at)
		memcpy(&number, at, sizeof(number));
	return le32toh(number);
}

/* So many of them; each has at least a byte, so that no count makes a long way. */
static uint32_t take_count(struct cursor *c)
{
	uint32_t n = take_number(c);

	c->cut = c->cut || n > (size_t)(c->end - c->at);
	return c->cut ? 0 : n;
}

static void skip_numbers(struct cursor *c, unsigned n)
{
	take(c, n * sizeof(uint32_t));
}

/* ---- bitmaps ---- */

struct bitmap {
	const unsigned char *nodes;      /* of twelve bytes: the number of its first bit, and 64 bits */
	uint32_t n;
};

static struct bitmap take_bitmap(struct cursor *c)
{
	uint32_t unit = take_number(c);
	struct bitmap map = { 0 };

	take_number(c);   /* the highest bit */
	map.n = take_count(c);
	c->cut = c->cut || unit != MAP_UNIT;
	map.nodes = take(c, (size_t)map.n * 12);
	return map;
}

static bool bitmap_has(const struct bitmap *map, uint32_t bit)
{
	for (uint32_t i = 0; i < map->n; i++) {
		uint32_t first;
		uint64_t bits;

		memcpy(&first, map->nodes + i * 12, sizeof(first));
		memcpy(&bits, map->nodes + i * 12 + 4, sizeof(bits));
		first = le32toh(first);
		if (bit >= first && bit - first < MAP_UNIT)
			return le64toh(bits) >> (bit - first) & 1;
	}
	return false;
}

/* ---- what stands before the types ---- */

static void skip_permissions(struct cursor *c, uint32_t n)
{
	for (; n && !c->cut; n--) {
		uint32_t length = take_count(c);

		skip_numbers(c, 1);
		take(c, length);
	}
}

static void skip_common(struct cursor *c)
{
	uint32_t length = take_count(c), n;

	skip_numbers(c, 2);
	n = take_count(c);
	take(c, length);
	skip_permissions(c, n);
}

static void skip_constraint(struct cursor *c)
{
	uint32_t steps;

	skip_numbers(c, 1);
	for (steps = take_count(c); steps && !c->cut; steps--) {
		uint32_t kind = take_number(c);

		skip_numbers(c, 2);
		if (kind != BY_NAMES)
			continue;
		take_bitmap(c);
		if (c->version < WITH_CONSTRAINT_NAMES)
			continue;
		take_bitmap(c);
		take_bitmap(c);
		skip_numbers(c, 1);
	}
}

static void skip_constraints(struct cursor *c, uint32_t n)
{
	for (; n && !c->cut; n--)
		skip_constraint(c);
}

static void skip_class(struct cursor *c)
{
	uint32_t length = take_count(c), common = take_count(c), permissions, constraints;

	skip_numbers(c, 2);
	permissions = take_count(c);
	constraints = take_count(c);
	take(c, length);
	take(c, common);
	skip_permissions(c, permissions);
	skip_constraints(c, constraints);
	skip_constraints(c, take_count(c));
	skip_numbers(c, c->version >= WITH_DEFAULT_TYPE ? 4 : c->version >= WITH_DEFAULTS ? 3 : 0);
}

static void skip_role(struct cursor *c)
{
	uint32_t length = take_count(c);

	skip_numbers(c, 2);
	take(c, length);
	take_bitmap(c);
	take_bitmap(c);
}

/* ---- the types ---- */

/* An alias stands in the table like any other name, with the number of its type. */
static void take_type(struct cursor *c, const struct bitmap *permissive, struct buffer *out)
{
	uint32_t length = take_count(c), number = take_number(c);
	const unsigned char *name;

	skip_numbers(c, 2);
	name = take(c, length);
	if (name && bitmap_has(permissive, number))
		buffer_word(out, (const char *)name, length);
}

static void read_tables(struct cursor *c, const struct bitmap *permissive, struct buffer *out)
{
	static void (*const skip[])(struct cursor *) = { [COMMONS] = skip_common, [CLASSES] = skip_class, [ROLES] = skip_role };

	for (int table = COMMONS; table <= TYPES; table++) {
		uint32_t n;

		skip_numbers(c, 1);
		for (n = take_count(c); n && !c->cut; n--) {
			if (table == TYPES)
				take_type(c, permissive, out);
			else
				skip[table](c);
		}
	}
}

static bool is_policy(struct cursor *c)
{
	static const char word[] = "SE Linux";
	uint32_t magic = take_number(c), length = take_number(c);
	const unsigned char *at = length == strlen(word) ? take(c, length) : NULL;

	if ((magic & 0x7fffffff) != MAGIC || !at || memcmp(at, word, length) != 0)
		return false;
	c->version = take_number(c);
	skip_numbers(c, 3);   /* flags, and how many tables of each kind there are */
	return c->version >= OLDEST && c->version <= NEWEST;
}

const char *selinux_policy_permissive(struct arena *arena, const char *data, size_t size)
{
	struct cursor c = { .at = (const unsigned char *)data, .end = (const unsigned char *)data + size };
	struct buffer out = { .arena = arena };
	struct bitmap permissive;

	if (!is_policy(&c))
		return NULL;
	take_bitmap(&c);   /* of the abilities that the policy knows of */
	permissive = take_bitmap(&c);
	if (c.version >= WITH_NEVERAUDIT)
		take_bitmap(&c);
	if (permissive.n)
		read_tables(&c, &permissive, &out);
	return c.cut ? NULL : out.text ? out.text : "";
}

/* ---- of a source ---- */

static const struct file *read_policy(struct source *source)
{
	const struct file *file = source_read(source, POLICY, POLICY_LIMIT);
	auto_arena struct arena *scratch = arena_new();
	const char *text;

	if (file->state != STATE_PRESENT)
		return source_remember(source, PERMISSIVE, file->state, file->why, NULL, 0);
	text = selinux_policy_permissive(scratch, file->data, file->size);
	if (!text)
		return source_remember(source, PERMISSIVE, STATE_MALFORMED, "not a policy of a version that is known", NULL, 0);
	return source_remember(source, PERMISSIVE, STATE_PRESENT, NULL, text, strlen(text));
}

int selinux_is_permissive(struct source *source, const char *type, const char **why)
{
	const struct file *permissive = source_recall(source, PERMISSIVE);

	if (!permissive)
		permissive = read_policy(source);
	*why = permissive->why;
	return permissive->state == STATE_PRESENT ? list_has(permissive->data, " ", type) : -1;
}
