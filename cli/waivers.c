/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/waivers.h"

#include "cli/host.h"
#include "cli/verbs.h"

#include <errno.h>

struct waivers waivers_new(const struct options *o, void (*tell)(void *with, const char *mistake), void *with)
{
	return (struct waivers){ .arena = o->arena, .tell = tell, .with = with, .today = host_now() / 86400, .days_most = o->max_days };
}

void waivers_find(struct waivers *waivers, const struct options *o)
{
	if (!o->waivers.n) {
		waivers_add(waivers, WAIVERS_FILE, true);
		waivers_add(waivers, WAIVERS_DIRECTORY, true);
	}
	for (size_t i = 0; i < o->waivers.n; i++)
		if (!streq(o->waivers.list[i], "none"))
			waivers_add(waivers, o->waivers.list[i], false);
}

void waivers_complain(void *with, const char *mistake)
{
	struct err err;

	(void)with;
	err_set(&err, EINVAL, "%s", mistake);
	complain(&err);
}

int waivers_read_named(struct waivers *w, const struct options *o, const struct loaded *loaded, struct err *err)
{
	struct rule_names *names;
	int rc;

	*w = waivers_new(o, waivers_complain, NULL);
	for (size_t i = 1; i < o->n_arguments; i++)
		waivers_add(w, o->arguments[i], false);
	if (o->n_arguments < 2)
		waivers_find(w, o);
	rc = waivers_rule_names(&names, loaded, o, err);
	if (rc == 0)
		waivers_read(w, names);
	return rc;
}

static size_t add_benchmarks(struct benchmark **list, size_t n, const struct loaded *loaded)
{
	for (size_t i = 0; i < loaded->n; i++)
		list[n++] = loaded->benchmarks[i];
	return n;
}

int waivers_rule_names(struct rule_names **names, const struct loaded *loaded, const struct options *o, struct err *err)
{
	const struct options all = { .arena = o->arena }, only_named = { .arena = o->arena, .benchmarks = o->benchmarks };
	auto_loaded struct loaded named = { 0 }, shipped = { 0 };
	struct benchmark **list;
	size_t n = 0;
	int rc = 0;

	/* what is loaded is all that is shipped, unless benchmarks were chosen */
	if (!loaded && o->benchmarks.n)
		rc = benchmarks_load(&named, &only_named, TEXTS_FOR_VERDICT, err);
	if (rc == 0 && (!loaded || o->benchmarks.n))
		rc = benchmarks_load(&shipped, &all, TEXTS_FOR_VERDICT, err);
	if (rc < 0)
		return rc;
	list = arena_array_of(o->arena, struct benchmark *, (loaded ? loaded->n : 0) + named.n + shipped.n + 1);
	n = add_benchmarks(list, n, loaded ? loaded : &named);
	n = add_benchmarks(list, n, &shipped);
	*names = rule_names_new(o->arena, list, n);
	return 0;
}

/* Keeps the first of all mistakes. */
static void keep_first(void *with, const char *mistake)
{
	struct err *err = with;

	if (!*err->text)
		err_set(err, EINVAL, "%s", mistake);
}

static int refuse(const struct waivers *w, const struct err *first, struct err *err)
{
	if (w->mistakes > 1)
		return err_set(err, EINVAL, "%s; %zu more: 'plimsoll waiver check' tells all mistakes", first->text, w->mistakes - 1);
	return err_set(err, EINVAL, "%s", first->text);
}

int waivers_load(struct in_force *in_force, const struct loaded *loaded, const struct options *o, enum texts texts, struct err *err)
{
	struct waivers *w = &in_force->waivers;
	struct err first = { "" };
	struct rule_names *names;
	int rc = 0;

	*w = waivers_new(o, keep_first, &first);
	waivers_find(w, o);
	if (w->n_files)
		rc = waivers_rule_names(&names, loaded, o, err);
	if (rc == 0 && w->n_files)
		waivers_read(w, names);
	if (rc == 0 && w->mistakes)
		rc = refuse(w, &first, err);
	w->with = NULL;
	if (rc == 0 && w->n)
		rc = benchmarks_load_waivers(&in_force->own, o, texts, err);
	return rc;
}

void waivers_put(struct audit *audit, const struct in_force *in_force, const struct audit_plan *plan, bool told)
{
	const struct waiving waiving = {
		.waivers = &in_force->waivers, .now = audit->started, .policy = told && in_force->own.n ? in_force->own.policies[0] : NULL,
		.rules = plan->rules, .some_subjects = !plan->subjects.containers,
	};

	if (in_force->waivers.n)
		waivers_apply(audit, &waiving);
}

void in_force_release(struct in_force *in_force)
{
	benchmarks_release(&in_force->own);
}
