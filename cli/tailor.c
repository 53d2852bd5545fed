/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/tailor.h"

#include "core/base/text.h"

#include <errno.h>

/* What was configured for all benchmarks may be for some that are not among those named since. */
static bool may_miss(const struct options *o, const char *name)
{
	return option_layer(o, "benchmark") > option_layer(o, name);
}

/* ---- tailorings ---- */

static size_t index_of(const struct loaded *loaded, const struct benchmark *b)
{
	size_t i = 0;

	while (i < loaded->n && loaded->benchmarks[i] != b)
		i++;
	return i;
}

int tailoring_no_benchmark(const struct tailoring *t, const struct loaded *loaded, struct arena *arena, struct err *err)
{
	const char *wanted = t->benchmark_id ? t->benchmark_id : t->benchmark_href;
	struct buffer names = { .arena = arena };

	for (size_t i = 0; i < loaded->n; i++)
		buffer_word(&names, loaded->benchmarks[i]->short_id, strlen(loaded->benchmarks[i]->short_id));
	return err_set(err, ENOENT, "%s: is for %s%s%s, and for none of: %s; name the file of its benchmark with --benchmark", t->document.path,
		       wanted ? "'" : "no known benchmark", wanted ? wanted : "", wanted ? "'" : "", names.text ? names.text : "");
}

static int load_one(struct loaded *loaded, const struct options *o, const char *path, struct err *err)
{
	const struct benchmark *b;
	struct tailoring *t;
	size_t which;
	int rc = tailoring_read(&t, path, NULL, err);

	if (rc < 0)
		return rc;
	b = tailoring_benchmark(t, loaded->benchmarks, loaded->n);
	which = index_of(loaded, b);
	if (!b && may_miss(o, "tailoring"))
		tailoring_free(t);
	else if (!b)
		rc = tailoring_no_benchmark(t, loaded, o->arena, err);
	else if (loaded->tailorings[which])
		rc = err_set(err, EINVAL, "%s: %s is tailored by %s already", path, b->short_id, loaded->tailorings[which]->document.path);
	else
		rc = tailoring_join(t, b, NULL, err);
	if (rc < 0)
		tailoring_free(t);
	else if (b)
		loaded->tailorings[which] = t;
	return rc;
}

int tailorings_load(struct loaded *loaded, const struct options *o, struct err *err)
{
	int rc = 0;

	loaded->tailorings = arena_array_of(o->arena, struct tailoring *, loaded->n + 1);
	for (size_t i = 0; i < o->tailorings.n && rc == 0; i++)
		rc = load_one(loaded, o, o->tailorings.list[i], err);
	return rc;
}

/* ---- values ---- */

static int check_wish(const struct loaded *loaded, const struct options *o, const struct value_wish *wish, struct err *err)
{
	struct buffer names = { .arena = o->arena };

	buffer_puts(&names, "");
	for (size_t i = 0; i < loaded->n; i++) {
		const struct benchmark *b = loaded->benchmarks[i];

		if (benchmark_value(b, wish->id))
			return 0;
		for (size_t k = 0; k < b->n_values; k++)
			buffer_word(&names, b->values[k]->short_id, strlen(b->values[k]->short_id));
	}
	if (may_miss(o, "set"))
		return 0;
	return err_set(err, ENOENT, "no benchmark has a value '%s'%s; 'plimsoll list values' shows them", wish->id,
		       nearest_hint(o->arena, names.text, wish->id));
}

static int read_wishes(struct loaded *loaded, const struct options *o, struct err *err)
{
	int rc = 0;

	loaded->wishes = arena_array_of(o->arena, struct value_wish, o->values.n + 1);
	for (; loaded->n_wishes < o->values.n && rc == 0; loaded->n_wishes++) {
		const char *given = o->values.list[loaded->n_wishes], *equals = strchr(given, '=');

		loaded->wishes[loaded->n_wishes] = (struct value_wish){
			arena_strndup(o->arena, given, (size_t)(equals - given)), equals + 1, option_where(o, "set", loaded->n_wishes) };
		rc = check_wish(loaded, o, &loaded->wishes[loaded->n_wishes], err);
		if (rc < 0)
			return err_wrap(err, rc, "%s", option_where(o, "set", loaded->n_wishes));
	}
	return rc;
}

/* ---- policies ---- */

/* Where the profiles of a benchmark stand that can be chosen. */
static const struct benchmark *profiles_of(const struct loaded *loaded, size_t which)
{
	return loaded->tailorings[which] ? &loaded->tailorings[which]->document : loaded->benchmarks[which];
}

static struct policy_choice choice_of(const struct loaded *loaded, size_t which, const char *profile)
{
	return (struct policy_choice){ .profile = profile, .tailoring = loaded->tailorings[which], .values = loaded->wishes,
				       .n_values = loaded->n_wishes };
}

int policy_of_profile(struct policy **policy, const struct loaded *loaded, size_t which, const struct profile *profile, struct err *err)
{
	struct policy_choice choice = choice_of(loaded, which, profile->id);

	if (benchmark_profile(profiles_of(loaded, which), profile->id) != profile)
		choice.tailoring = NULL;
	return policy_make(policy, loaded->benchmarks[which], &registry, &choice, err);
}

int policies_make(struct loaded *loaded, const struct options *o, struct err *err)
{
	bool known = !o->profile;
	int rc = read_wishes(loaded, o, err);

	for (size_t i = 0; i < loaded->n && o->profile; i++)
		known |= benchmark_profile(profiles_of(loaded, i), o->profile) != NULL;
	for (size_t i = 0; i < loaded->n && rc == 0; i++) {
		bool asked = o->profile && (!known || benchmark_profile(profiles_of(loaded, i), o->profile));
		const struct policy_choice choice = choice_of(loaded, i, asked ? o->profile : NULL);

		rc = policy_make(&loaded->policies[i], loaded->benchmarks[i], &registry, &choice, err);
		if (rc < 0 && asked && !known && option_where(o, "profile", 0))
			return err_wrap(err, rc, "%s", option_where(o, "profile", 0));
	}
	return rc;
}
