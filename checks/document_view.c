/* SPDX-License-Identifier: Apache-2.0 */
#include "checks/document_view.h"

#include "core/base/text.h"
#include "core/daemon/containers_conf.h"
#include "core/daemon/daemon.h"

enum { VIEWS_MOST = 64 };

struct viewing {
	const struct subject *subject;
	const char *path, *own, *variables;
	struct items *items;
	struct views views;
};

static void add_view(struct viewing *v, const char *paths)
{
	for (size_t i = 0; i < v->views.n; i++)
		if (streq(v->views.list[i], paths))
			return;
	if (v->views.n < VIEWS_MOST)
		arena_push(v->items->arena, v->views.list, v->views.n) = paths;
	else
		items_add_state(v->items, "document", paths, STATE_BROKEN, "there are more sets of files than are looked at");
}

/* ---- root's own files ---- */

/* A pattern, too; what cannot be looked at may be there. */
static bool is_there(const struct viewing *v, const char *path)
{
	const char *slash = strrchr(path, '/');
	const struct directory *dir;

	if (!strpbrk(slash, "*?"))
		return source_stat(v->subject->source, path + 1)->state != STATE_ABSENT;
	dir = source_list(v->subject->source, arena_strndup(v->items->arena, path + 1, (size_t)(slash - path - 1)));
	for (size_t i = 0; i < dir->n; i++)
		if (text_glob(slash + 1, dir->entries[i].name))
			return true;
	return dir->state != STATE_PRESENT && dir->state != STATE_ABSENT;
}

/* On top of those of the system; newer releases read them so, older ones the first of them instead. */
static void add_own(struct viewing *v, bool instead)
{
	bool first = true;
	const char *word;
	size_t n;

	for (const char *at = v->own; v->own && (word = list_next(&at, " ", &n)); first = false) {
		if (!is_there(v, arena_strndup(v->items->arena, word, n)))
			continue;
		add_view(v, arena_printf(v->items->arena, "%s %s", v->path, v->own));
		if (first && instead)
			add_view(v, v->own);
	}
}

/* ---- variables ---- */

/* The path of the host; NULL: an item says why it is not known. */
static const char *path_of(struct viewing *v, const struct containers_environment *e, const struct daemon *daemon, const char *value)
{
	const char *why = "the path is relative to a directory that is not known", *path = NULL;

	if (daemon)
		path = daemon_path(v->items->arena, daemon, value, &why);
	else if (*value == '/')
		path = value + 1;
	if (path && strpbrk(path, " |*?")) {
		why = "no path with such characters is followed";
		path = NULL;
	}
	if (!path)
		items_add_state(v->items, "document", e->origin, STATE_UNAVAILABLE, "%s: %s", text_safe(v->items->arena, value, strlen(value), 256), why);
	return path ? arena_printf(v->items->arena, "/%s", path) : NULL;
}

static void add_environment(struct viewing *v, const struct containers_environment *e, const struct daemon *daemon)
{
	const char *word, *named = NULL, *top = NULL;
	size_t n;

	if (e->unread)
		items_add_state(v->items, "document", e->unread, e->unread_state == STATE_ABSENT ? STATE_BROKEN : e->unread_state, "%s", e->unread_why);
	for (const char *at = v->variables; (word = list_next(&at, " ", &n));) {
		const char *name = arena_strndup(v->items->arena, word, n);

		if (!named)
			named = containers_variable(e, name);
		if (!top)
			top = containers_variable(e, arena_printf(v->items->arena, "%s_OVERRIDE", name));
	}
	if (named)
		named = path_of(v, e, daemon, named);
	if (top)
		top = path_of(v, e, daemon, top);
	if (named)
		add_view(v, named);
	if (top)
		add_view(v, arena_printf(v->items->arena, "%s %s", named ? named : v->path, top));
}

/* Those of others than root concern nobody but them. */
static void add_process(struct viewing *v, const struct daemon *daemon)
{
	struct containers_environment e = { .origin = daemon->origin, .variables = daemon->variables, .n = daemon->n_variables };

	if (!daemon->pid || daemon->uid > 0)
		return;
	e.origin = arena_printf(v->items->arena, "/proc/%d/environ", daemon->pid);
	if (daemon->environment_state != STATE_PRESENT) {
		e.unread = e.origin;
		e.unread_state = daemon->environment_state;
		e.unread_why = daemon->environment_why;
	}
	add_environment(v, &e, daemon);
}

static void add_variables(struct viewing *v)
{
	const struct containers_environments *all = containers_environments(v->subject);
	const struct daemon_set *set = daemons_find(v->subject, "podman");

	for (size_t i = 0; i < all->n; i++)
		add_environment(v, &all->list[i], NULL);
	for (size_t i = 0; i < set->n; i++)
		add_process(v, &set->list[i]);
}

struct views document_views(const struct subject *subject, const struct params *params, struct items *items)
{
	struct viewing v = { .subject = subject, .path = params_get(params, "path"), .own = params_get(params, "own"),
			     .variables = params_get(params, "variable"), .items = items };
	const char *instead = params_get(params, "instead");

	add_own(&v, instead && streq(instead, "true"));
	if (params_get(params, "newer"))
		add_view(&v, params_get(params, "newer"));
	if (v.variables)
		add_variables(&v);
	return v.views;
}
