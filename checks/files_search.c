/* SPDX-License-Identifier: Apache-2.0 */
/* Files anywhere on the host that stand out by their mode or owner. */
#include "checks/checks.h"

#include "core/base/text.h"
#include "core/search/search.h"

#include <fnmatch.h>

enum { ITEMS_MOST = 50 };

static const char kinds[] = "setuid setgid writable-file writable-directory no-user no-group foreign-program";

static enum search_kind kind_of(const char *word)
{
	size_t n, index = 0;

	for (const char *at = kinds, *w; (w = list_next(&at, " ", &n)); index++)
		if (strlen(word) == n && strncmp(word, w, n) == 0)
			break;
	return (enum search_kind)index;
}

/* The key is the number of threads. */
static void *search(struct source *source, struct arena *arena, const char *key)
{
	struct search_limits limits = search_usual;

	limits.workers = (unsigned)strtoul(key, NULL, 10);
	return search_run(source, arena, &limits);
}

/* The words of a list, each ended by NUL. */
struct patterns {
	const char **list;
	size_t n;
};

static struct patterns patterns_of(struct arena *arena, const char *text)
{
	struct patterns patterns = { .n = 0 };
	size_t n;

	for (const char *at = text ? text : "", *w; (w = list_next(&at, " \n\t", &n));)
		arena_push(arena, patterns.list, patterns.n) = arena_strndup(arena, w, n);
	return patterns;
}

static bool is_expected(const struct patterns *patterns, const char *path)
{
	for (size_t i = 0; i < patterns->n; i++)
		if (fnmatch(patterns->list[i], path, FNM_PATHNAME) == 0)
			return true;
	return false;
}

static void add_found(const struct search *s, enum search_kind kind, const struct patterns *expected, struct items *items)
{
	size_t more = s->n[kind] - s->kept[kind];

	for (size_t i = 0; i < s->kept[kind]; i++) {
		const struct found *f = &s->list[kind][i];

		if (is_expected(expected, f->path))
			continue;
		if (items->n == ITEMS_MOST)
			more++;
		else
			items_add_text(items, "file", f->path, arena_printf(items->arena, "%s (%04o, %u:%u)", f->path, f->mode & 07777, f->uid, f->gid));
	}
	if (more)
		items_add_text(items, "more", "/", arena_printf(items->arena, "and %zu more", more));
}

/* Where names are kept elsewhere, too, a number without one in the files may well have one. */
static bool add_nameless(const struct search *s, enum search_kind kind, struct items *items)
{
	if (!s->names_why[kind] || (!s->names_unread[kind] && !s->n[kind]))
		return false;
	if (s->names_unread[kind])
		items_add_state(items, "file", "/", STATE_BROKEN, "%s", s->names_why[kind]);
	else
		items_add_state(items, "file", s->list[kind][0].path, STATE_UNAVAILABLE, "%zu files have a number to which the files of this host give no name, but %s",
				s->n[kind], s->names_why[kind]);
	return true;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	static const struct keyed_table table = { search };
	enum search_kind kind = kind_of(params_get(params, "kind"));
	const struct search *s = subject_keyed_table(subject, &table, arena_printf(items->arena, "%u", subject->workers));
	struct patterns expected = patterns_of(items->arena, params_get(params, "expected"));

	if (s->state == STATE_NOT_GIVEN) {
		items_add_state(items, "file", "/", s->state, "%s", s->why);
		return;
	}
	if (!add_nameless(s, kind, items))
		add_found(s, kind, &expected, items);
	if (s->state != STATE_PRESENT)
		items_add_state(items, "search", "/", s->state, "%s", s->why);
	else if (!items->n)
		items_add_state(items, "file", "/", STATE_ABSENT, "none among %zu files", s->entries);
}

const struct check check_files_search = {
	.name = "files-search",
	.summary = "files anywhere on the host that stand out by their mode or owner",
	.reference =
		"Searches all local file systems, once for all rules, with as many threads as --jobs says, for at most two minutes. An item for "
		"each file, 50 at most, in the order of their paths. A directory that could not be looked at, a search that is not finished, "
		"and one from a sandbox that shows other file systems than the host has leave a rule that found nothing unknown. Left out are "
		"directories of root's that neither its group nor others can enter (the group of root counts as root where nobody else is a "
		"member and no access list lets anybody in), file systems of other machines, those that are only pictures of a disk, such as "
		"squashfs, and overlays of containers. `setuid` and `setgid` are programs; `writable-file` is writable by everybody, "
		"`writable-directory` is that without the sticky bit; `no-user` and `no-group` belong to a number without a name in "
		"/etc/passwd or /etc/group that no range of /etc/subuid or /etc/subgid holds, outside the stores of container engines; where "
		"nsswitch.conf(5) names other sources, such a number is unknown. `foreign-program` lies below a bin, sbin, libexec or lib of "
		"the root, of /usr or of /usr/local, and belongs to another user than root, or a group or everybody may write to it. This walks "
		"the disk: only profiles that ask for it select it.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "kind", PARAM_WORD, REQUIRED, "what to look for", kinds },
		{ "expected", PARAM_STRING, OPTIONAL, "paths that may be found, with * and ? within a directory, separated by spaces", NULL },
		{ 0 },
	},
	.observe = observe,
};
