/* SPDX-License-Identifier: Apache-2.0 */
#include "core/benchmark/tailoring.h"

#include "core/base/text.h"
#include "core/benchmark/benchmark_reading.h"

#include <errno.h>

/* ---- reading ---- */

int reading_open_tailoring(struct reading *r, const struct xml *node)
{
	int rc = xml_check_attributes(r->path, node, "id Id", r->err);

	r->benchmark->id = xml_copy(r->arena, node, "id");
	if (rc == 0 && !r->benchmark->id)
		rc = xml_fail(r->path, node, r->err, "Tailoring has no id");
	if (rc < 0)
		return rc;
	r->benchmark->short_id = benchmark_short_id(r->benchmark->id);
	r->benchmark->title = r->benchmark->description = r->benchmark->version = "";
	return 0;
}

static int read_target(struct reading *r, const struct xml *node)
{
	int rc = xml_check_attributes(r->path, node, "id href version", r->err);

	r->tailoring->benchmark_id = xml_copy(r->arena, node, "id");
	r->tailoring->benchmark_href = xml_copy(r->arena, node, "href");
	if (rc == 0 && !r->tailoring->benchmark_id && !r->tailoring->benchmark_href)
		return xml_fail(r->path, node, r->err, "benchmark has no href");
	return rc;
}

int reading_tailoring_child(struct reading *r, const struct xml *node)
{
	const char *name = node->name;

	if (streq(name, "benchmark"))
		return read_target(r, node);
	if (streq(name, "version")) {
		int rc = xml_check_attributes(r->path, node, "time", r->err);

		r->benchmark->version = xml_text(r->arena, node);
		r->tailoring->time = xml_copy(r->arena, node, "time");
		return rc < 0 || xml_get(node, "time") ? rc : xml_fail(r->path, node, r->err, "version has no time");
	}
	return reading_is_ignored(name) ? 0 : reading_unknown_element(r, node, "Tailoring", "benchmark status version metadata Profile");
}

int tailoring_read(struct tailoring **ret, const char *path, const struct benchmark_listener *listener, struct err *err)
{
	struct arena *arena = arena_new();
	struct tailoring *tailoring = arena_new_of(arena, struct tailoring);
	const struct registry nothing = { NULL, NULL };
	struct reading r = { .benchmark = &tailoring->document, .tailoring = tailoring, .arena = arena, .registry = &nothing,
			     .listener = listener, .err = err, .path = arena_strdup(arena, path) };
	int rc;

	tailoring->document.arena = arena;
	tailoring->document.path = r.path;
	rc = reading_document(&r);
	if (rc == 0 && !r.unnamed)
		rc = reading_check_unique(&r);
	if (rc == 0 && !tailoring->document.n_profiles && !r.told)
		rc = reading_tolerate(&r, err_set(err, EINVAL, "%s: the Tailoring holds no Profile", r.path));
	if (rc < 0)
		tailoring_free(tailoring);
	else
		*ret = tailoring;
	return rc;
}

void tailoring_free(struct tailoring *tailoring)
{
	if (tailoring)
		arena_free(tailoring->document.arena);
}

/* ---- which benchmark it is for ---- */

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* How many of the things that its profiles name the benchmark has. */
static size_t known_names(const struct tailoring *t, const struct benchmark *b)
{
	size_t n = 0;

	for (size_t i = 0; i < t->document.n_profiles; i++) {
		const struct profile *p = t->document.profiles[i];

		n += p->extends && benchmark_profile(b, p->extends);
		for (size_t k = 0; k < p->n_settings; k++)
			n += reading_has_target(b, &p->settings[k]);
	}
	return n;
}

const struct benchmark *tailoring_benchmark(const struct tailoring *t, struct benchmark *const *benchmarks, size_t n)
{
	const struct benchmark *best = NULL;
	size_t most = 0;

	for (size_t i = 0; t->benchmark_id && i < n; i++)
		if (streq(t->benchmark_id, benchmarks[i]->id))
			return benchmarks[i];
	for (size_t i = 0; t->benchmark_href && i < n; i++)
		if (streq(file_name(t->benchmark_href), file_name(benchmarks[i]->path)))
			return benchmarks[i];
	for (size_t i = 0; i < n; i++) {
		size_t known = known_names(t, benchmarks[i]);

		if (known > most) {
			most = known;
			best = benchmarks[i];
		}
	}
	return best;
}

/* ---- joining ---- */

/* The selector under which a value is set, and so which bounds hold, is that of the profile itself or of one that it extends. */
static const char *selector_of(const struct profile *profile, const char *idref)
{
	for (; profile; profile = profile->base)
		for (size_t i = profile->n_settings; i-- > 0;)
			if (profile->settings[i].kind == SETTING_REFINE_VALUE && profile->settings[i].text && streq(profile->settings[i].idref, idref))
				return profile->settings[i].text;
	return NULL;
}

static int check_texts(struct reading *r, const struct profile *profile, const struct benchmark *b)
{
	int rc = 0;

	for (size_t i = 0; i < profile->n_settings && rc == 0; i++) {
		const struct setting *s = &profile->settings[i];
		const struct value *value = s->kind == SETTING_SET_VALUE ? benchmark_value(b, s->idref) : NULL;

		if (!value || value_accepts(value, selector_of(profile, s->idref), s->text, r->err) == 0)
			continue;
		rc = err_wrap(r->err, -EINVAL, "%s:%u: %s cannot be '%.200s'", r->path, s->line, value->short_id, s->text);
		rc = reading_tolerate(r, rc);
	}
	return rc;
}

int tailoring_join(struct tailoring *t, const struct benchmark *benchmark, const struct benchmark_listener *listener, struct err *err)
{
	struct reading r = { .benchmark = &t->document, .tailoring = t, .arena = t->document.arena, .listener = listener, .err = err,
			     .path = t->document.path };
	int rc = reading_check_profiles(&r, benchmark);

	for (size_t i = 0; i < t->document.n_profiles && rc == 0 && !r.told; i++) {
		struct profile *p = t->document.profiles[i];

		if (!*p->title && p->base)
			p->title = p->base->title;
		rc = check_texts(&r, p, benchmark);
	}
	return rc;
}
