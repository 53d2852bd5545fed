/* SPDX-License-Identifier: Apache-2.0 */
#include "core/source/trail.h"

#include "core/base/text.h"

#include <limits.h>

enum { LINKS_MOST = 40, STEPS_MOST = 1024 };   /* so many links the kernel follows, too */

struct walk {
	struct source *source;
	struct arena *arena;
	struct trail trail;
	char *here;              /* the directory reached, below the root: "" at its top */
	const char *rest;        /* what is still to go */
	unsigned links;
};

static void step(struct walk *w, const char *path)
{
	w->trail.end = source_stat(w->source, *path ? path : ".");
	arena_push(w->arena, w->trail.steps, w->trail.n) = w->trail.end;
}

static void go_up(struct walk *w)
{
	char *slash = strrchr(w->here, '/');

	if (slash)
		*slash = '\0';
	else
		*w->here = '\0';
}

/* A link is replaced by what it says: from the top where that is absolute, else from the directory that it stands in. */
static void turn_off(struct walk *w, const char *path)
{
	const struct file *link = source_link(w->source, path);

	if (link->state != STATE_PRESENT) {
		w->trail.end = link;
		w->rest = "";
		return;
	}
	if (++w->links > LINKS_MOST)
		w->trail.lost = "more symbolic links than can be followed lie on the way";
	else if (strlen(link->data) + strlen(w->rest) >= PATH_MAX)
		w->trail.lost = "the symbolic links on the way make too long a path";
	else if (*link->data == '/')
		*w->here = '\0';
	w->rest = arena_printf(w->arena, "%s/%s", link->data, w->rest);
}

/* One component further. */
static void go_on(struct walk *w, const char *name, size_t n)
{
	char *path;

	if (n == 1 && name[0] == '.')
		return;
	if (n == 2 && name[0] == '.' && name[1] == '.') {
		go_up(w);
		return;
	}
	path = arena_printf(w->arena, "%s%s%.*s", w->here, *w->here ? "/" : "", (int)n, name);
	step(w, path);
	if (w->trail.end->state != STATE_PRESENT)
		w->rest = "";
	else if (S_ISLNK(w->trail.end->stat.st_mode)) {
		turn_off(w, path);
		return;
	}
	w->here = path;
}

struct trail trail_follow(struct source *source, struct arena *arena, const char *path)
{
	struct walk w = { .source = source, .arena = arena, .here = arena_strdup(arena, ""), .rest = path };
	const char *name;
	size_t n;

	step(&w, "");
	while (!w.trail.lost && (name = list_next(&w.rest, "/", &n))) {
		go_on(&w, name, n);
		if (w.trail.n > STEPS_MOST)
			w.trail.lost = "the way is too long";
	}
	/* after ".." or at the end of a link's text the last directory stepped on is not the one reached */
	if (!w.trail.lost && w.trail.end->state == STATE_PRESENT)
		w.trail.end = source_stat(source, *w.here ? w.here : ".");
	w.trail.path = *w.here ? w.here : ".";
	return w.trail;
}
