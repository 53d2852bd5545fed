/* SPDX-License-Identifier: Apache-2.0 */
/* Files anywhere on the host that stand out by their mode or owner. */
#include "checks/checks.h"

#include "core/search.h"
#include "core/text.h"

enum { ITEMS_MOST = 50 };

static const char kinds[] = "setuid setgid writable-file writable-directory no-user no-group";

static enum search_kind kind_of(const char *word)
{
	size_t n, index = 0;

	for (const char *at = kinds, *w; (w = list_next(&at, " ", &n)); index++)
		if (strlen(word) == n && strncmp(word, w, n) == 0)
			break;
	return (enum search_kind)index;
}

static void *search(struct source *source, struct arena *arena)
{
	return search_run(source, arena);
}

static bool is_expected(const char *expected, const char *path)
{
	size_t n;

	for (const char *at = expected, *w; at && (w = list_next(&at, " \n\t", &n));) {
		char pattern[256];

		if (n >= sizeof(pattern))
			continue;
		memcpy(pattern, w, n);
		pattern[n] = '\0';
		if (text_glob(pattern, path))
			return true;
	}
	return false;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	static const struct host_table table = { search };
	enum search_kind kind = kind_of(params_get(params, "kind"));
	const char *expected = params_get(params, "expected");
	const struct search *s = subject_table(subject, &table);
	size_t more = 0;

	if (s->state == STATE_NOT_GIVEN) {
		items_add_state(items, "file", "/", s->state, "%s", s->why);
		return;
	}
	for (size_t i = 0; i < s->kept[kind]; i++) {
		const struct found *f = &s->list[kind][i];

		if (is_expected(expected, f->path))
			continue;
		if (items->n == ITEMS_MOST)
			more++;
		else
			items_add_text(items, "file", f->path, arena_printf(items->arena, "%s (%04o, %u:%u)", f->path, f->mode & 07777, f->uid, f->gid));
	}
	more += s->n[kind] - s->kept[kind];
	if (more)
		items_add_text(items, "more", "/", arena_printf(items->arena, "and %zu more", more));
	if (s->state != STATE_PRESENT)
		items_add_state(items, "search", "/", s->state, "%s", s->why);
	else if (!items->n)
		items_add_state(items, "file", "/", STATE_ABSENT, "none among %zu files", s->entries);
}

const struct check check_files_search = {
	.name = "files-search",
	.summary = "files anywhere on the host that stand out by their mode or owner",
	.reference = "Searches all local file systems, once for all rules, with a thread for each processor, for at most two minutes: a search that is not finished leaves "
		     "a rule that found nothing unknown. An item for each file, 50 at most. Directories that only root can enter, the stores of container engines, what is "
		     "mounted below /run and file systems of other machines are left out. `setuid` and `setgid` are programs; `writable-file` is writable by everybody, "
		     "`writable-directory` is that without the sticky bit; `no-user` and `no-group` belong to a number without a name in /etc/passwd or /etc/group. "
		     "This walks the disk: only profiles that ask for it select it.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "kind", PARAM_WORD, REQUIRED, "what to look for", kinds },
		{ "expected", PARAM_STRING, OPTIONAL, "paths that may be found, with * and ?, separated by spaces", NULL },
		{ 0 },
	},
	.observe = observe,
};
