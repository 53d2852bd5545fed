/* SPDX-License-Identifier: Apache-2.0 */
#include "core/config/value.h"

#include "core/base/text.h"

#include <ctype.h>
#include <errno.h>
#include <strings.h>

const char value_kind_words[] = "plain text word boolean set mode seconds bytes";

enum value_kind value_kind_of(const char *word)
{
	enum value_kind kind = VALUE_PLAIN;
	size_t n;

	for (const char *at = value_kind_words, *w; word && (w = list_next(&at, " ", &n)); kind++)
		if (strlen(word) == n && memcmp(w, word, n) == 0)
			break;
	return kind;
}

/* ---- modes ---- */

/* "g=rx": the letters that are missing are masked. What adds or takes away depends on the mask before. */
static bool symbolic_part(const char **at, uint64_t *mask)
{
	uint64_t who = 0, allowed = 0;
	const char *c = *at;

	for (; *c && strchr("ugoa", *c); c++)
		who |= *c == 'u' ? 0700 : *c == 'g' ? 0070 : *c == 'o' ? 0007 : 0777;
	if (!who || *c++ != '=')
		return false;
	for (; *c && strchr("rwx", *c); c++)
		allowed |= *c == 'r' ? 0444 : *c == 'w' ? 0222 : 0111;
	if (*c && *c++ != ',')
		return false;
	*mask = (*mask & ~who) | (who & ~allowed);
	*at = c;
	return true;
}

bool value_mode(const char *text, uint64_t *mask)
{
	size_t n = strspn(text, "01234567");

	*mask = 0;
	if (n && !text[n] && n <= 5) {
		*mask = strtoul(text, NULL, 8);
		return true;
	}
	if (!isalpha((unsigned char)*text))
		return false;
	while (*text)
		if (!symbolic_part(&text, mask))
			return false;
	return true;
}

/* ---- quantities ---- */

struct unit {
	const char *names;       /* separated by spaces */
	int64_t size;
};

static int64_t unit_size(const struct unit *units, size_t n_units, const char *name, size_t n)
{
	for (size_t i = 0; i < n_units; i++)
		if (list_has_part(units[i].names, " ", name, n))
			return units[i].size;
	return 0;
}

/* A sum of numbers with units; without one a number counts `plain`. */
static bool read_quantity(const char *text, const struct unit *units, size_t n_units, int64_t *sum)
{
	bool any = false;

	*sum = 0;
	for (text += strspn(text, " "); *text; text += strspn(text, " "), any = true) {
		char *end;
		int64_t number, size = 1;
		size_t n;

		errno = 0;
		number = isdigit((unsigned char)*text) ? strtoll(text, &end, 10) : -1;
		if (number < 0 || errno)
			return false;
		text = end + strspn(end, " ");
		n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
		if (n)
			size = unit_size(units, n_units, text, n);
		if (!size || __builtin_mul_overflow(number, size, &number) || __builtin_add_overflow(*sum, number, sum))
			return false;
		text += n;
	}
	return any;
}

bool value_seconds(const char *text, int64_t *seconds)
{
	static const struct unit units[] = {
		{ "s S sec second seconds", 1 }, { "m min minute minutes", 60 }, { "h H hr hour hours", 3600 }, { "d D day days", 86400 },
		{ "w W week weeks", 604800 }, { "M month months", 2629800 }, { "y year years", 31557600 },
	};

	if (streq(text, "infinity")) {
		*seconds = -1;
		return true;
	}
	return read_quantity(text, units, ARRAY_LEN(units), seconds);
}

bool value_bytes(const char *text, int64_t *bytes)
{
	static const struct unit units[] = {
		{ "B", 1 }, { "K", INT64_C(1) << 10 }, { "M", INT64_C(1) << 20 }, { "G", INT64_C(1) << 30 }, { "T", INT64_C(1) << 40 },
		{ "P", INT64_C(1) << 50 },
	};

	return read_quantity(text, units, ARRAY_LEN(units), bytes);
}

/* ---- items ---- */

static struct item *add_number(struct items *items, const char *name, const char *origin, const char *text, int64_t number)
{
	struct item *item = items_add_text(items, name, origin, text);

	item->type = ITEM_INTEGER;
	item->number = number;
	return item;
}

static struct item *add_lower(struct items *items, const char *name, const char *origin, const char *text)
{
	char *lower = arena_strdup(items->arena, text);

	for (char *c = lower; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return items_add_text(items, name, origin, lower);
}

static struct item *add_mode(struct items *items, const char *name, const char *origin, const char *text)
{
	uint64_t mask;
	struct item *item;

	if (!value_mode(text, &mask))
		return items_add_text(items, name, origin, text);
	item = items_add_bits(items, name, origin, mask);
	item->text = arena_printf(items->arena, "%04o", (unsigned)mask);
	return item;
}

struct item *items_add_value(struct items *items, const char *name, const char *origin, const char *text, enum value_kind kind)
{
	int64_t number;
	int boolean;

	switch (kind) {
	case VALUE_PLAIN:
		return text_integer(text, &number) ? add_number(items, name, origin, text, number) : items_add_text(items, name, origin, text);
	case VALUE_WORD:
		return add_lower(items, name, origin, text);
	case VALUE_BOOLEAN:
		boolean = text_boolean(text);
		return items_add_text(items, name, origin, boolean < 0 ? text : boolean ? "yes" : "no");
	case VALUE_SET:
		return items_add_set(items, name, origin, text);
	case VALUE_MODE:
		return add_mode(items, name, origin, text);
	case VALUE_SECONDS:
		return value_seconds(text, &number) ? add_number(items, name, origin, text, number) : items_add_text(items, name, origin, text);
	case VALUE_BYTES:
		return value_bytes(text, &number) ? add_number(items, name, origin, text, number) : items_add_text(items, name, origin, text);
	case VALUE_TEXT:
	case VALUE_KINDS:
		break;
	}
	return items_add_text(items, name, origin, text);
}
