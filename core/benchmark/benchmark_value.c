/* SPDX-License-Identifier: Apache-2.0 */
/* What a Value of a benchmark may be. */
#include "core/benchmark/benchmark.h"

#include "core/base/text.h"
#include "core/benchmark/expect.h"

#include <errno.h>

/* Those of a kind hold that have the selector; where none has it, those without one. */
static const char *selector_for(const struct value *value, enum limit_kind kind, const char *selector)
{
	for (size_t i = 0; selector && i < value->n_limits; i++)
		if (value->limits[i].kind == kind && streq(value->limits[i].selector, selector))
			return selector;
	return "";
}

static bool holds(const struct value *value, const struct value_limit *limit, enum limit_kind kind, const char *selector)
{
	return limit->kind == kind && streq(limit->selector, selector_for(value, kind, selector));
}

static bool number_of(const char *text, double *number)
{
	char *end;

	*number = strtod(text, &end);
	return end > text && !*end && *number - *number == 0;   /* neither infinite nor not a number */
}

static int check_bounds(const struct value *value, const char *selector, double number, struct err *err)
{
	for (size_t i = 0; i < value->n_limits; i++) {
		const struct value_limit *limit = &value->limits[i];
		double bound;

		if (holds(value, limit, LIMIT_LOWER, selector) && number_of(limit->text, &bound) && number < bound)
			return err_set(err, EINVAL, "it is at least %s", limit->text);
		if (holds(value, limit, LIMIT_UPPER, selector) && number_of(limit->text, &bound) && number > bound)
			return err_set(err, EINVAL, "it is at most %s", limit->text);
	}
	return 0;
}

static int check_choices(const struct value *value, const char *selector, const char *text, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct buffer all = { .arena = arena };

	for (size_t i = 0; i < value->n_limits; i++) {
		const struct value_limit *limit = &value->limits[i];

		if (!holds(value, limit, LIMIT_CHOICE, selector))
			continue;
		if (streq(limit->text, text))
			return 0;
		buffer_printf(&all, "%s'%.100s'", all.text ? ", " : "", limit->text);
	}
	return all.text ? err_set(err, EINVAL, "it is one of %s", all.text) : 0;
}

static int check_matches(const struct value *value, const char *selector, const char *text, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct items items = { .arena = arena };
	const struct item *item = items_add_text(&items, value->short_id, "", text);

	for (size_t i = 0; i < value->n_limits; i++) {
		const struct value_limit *limit = &value->limits[i];
		struct expect expect = { 0 };
		enum outcome outcome;

		if (!holds(value, limit, LIMIT_MATCH, selector))
			continue;
		if (expect_parse(&expect, EXPECT_MATCHES, limit->text, NULL, err) < 0)
			return err_wrap(err, -EINVAL, "its match");
		outcome = expect_judge(&expect, item);
		expect_release(&expect);
		if (outcome != OUTCOME_PASS)
			return err_set(err, EINVAL, "it matches %s", limit->text);
	}
	return 0;
}

int value_accepts(const struct value *value, const char *selector, const char *text, struct err *err)
{
	double number;
	int rc = 0;

	if (streq(value->type, "boolean") && !list_has("true false 1 0", " ", text))
		return err_set(err, EINVAL, "it is true or false");
	if (streq(value->type, "number")) {
		if (!number_of(text, &number))
			return err_set(err, EINVAL, "it is a number");
		rc = check_bounds(value, selector, number, err);
	}
	if (rc == 0)
		rc = check_choices(value, selector, text, err);
	return rc < 0 ? rc : check_matches(value, selector, text, err);
}
