/* SPDX-License-Identifier: Apache-2.0 */
/* The certificates that servers show, found by way of their configuration: what else lies in a directory may be of nobody. */
#include "checks/certificate_item.h"
#include "checks/checks.h"

#include "core/base/text.h"
#include "core/source/paths.h"

#include <strings.h>

enum { CONFIG_LIMIT = 1 << 20, CERTIFICATE_LIMIT = 1 << 20, MOST = 256 };

struct looking {
	const struct subject *subject;
	const char *keys, *base;
	struct items *items;
	const char **seen;           /* paths of certificates, below the root */
	size_t n_seen;
};

static void unseen(struct looking *l, const struct unseen *unseen)
{
	if (unseen->why)
		items_add_state(l->items, "certificate", unseen->origin, unseen->state, "%s", unseen->why);
}

static void add_path(struct looking *l, const char *path)
{
	path += strspn(path, "/");
	for (size_t i = 0; i < l->n_seen; i++)
		if (streq(l->seen[i], path))
			return;
	if (l->n_seen == MOST) {
		items_add_state(l->items, "certificate", arena_printf(l->items->arena, "/%s", path), STATE_BROKEN, "there are more than are looked at");
		return;
	}
	arena_push(l->items->arena, l->seen, l->n_seen) = path;
	items_add_certificates(l->items, source_read(l->subject->source, path, CERTIFICATE_LIMIT), "validity", l->subject->now);
}

/* "ssl_certificate FILE;", "smtpd_tls_cert_file = FILE", "ssl_cert = <FILE": the first word behind the key. NULL: another line. */
static const char *value_of(const struct looking *l, const char *line)
{
	static const char between[] = " \t=\"'<";
	const char *word, *value;
	size_t n, size = strcspn(line, " \t=");

	for (const char *at = l->keys; (word = list_next(&at, " ", &n));) {
		if (n != size || strncasecmp(word, line, n) != 0)
			continue;
		value = line + n + strspn(line + n, between);
		n = strcspn(value, " \t;,\"'#");
		return n ? arena_strndup(l->items->arena, value, n) : NULL;
	}
	return NULL;
}

/* A name that the server makes up as it goes ("$ssl_server_name.pem") is none that could be looked at. */
static void add_value(struct looking *l, const char *value, const struct file *config)
{
	const char *shown = text_safe(l->items->arena, value, strlen(value), 256);

	if (strpbrk(value, "$%{"))
		items_add_state(l->items, "certificate", config->path, STATE_UNAVAILABLE, "%s is put together by the server", shown);
	else
		add_path(l, *value == '/' ? value : arena_printf(l->items->arena, "%s/%s", l->base, value));
}

static void add_config(struct looking *l, const char *path)
{
	const struct file *file = source_read(l->subject->source, path, CONFIG_LIMIT);
	char *text, *line;

	if (file->state == STATE_ABSENT)
		return;
	if (file->state != STATE_PRESENT) {
		items_add_file_state(l->items, "certificate", file);
		return;
	}
	text = arena_strdup(l->items->arena, file->data);
	while ((line = strsep(&text, "\n"))) {
		const char *value = value_of(l, text_trim(line));

		if (value)
			add_value(l, value, file);
	}
}

static bool stands_any(const struct subject *subject, const char *paths, struct arena *arena)
{
	const char *word;
	size_t n;

	for (const char *at = paths; (word = list_next(&at, " \t\n", &n));) {
		const char *path = arena_strndup(arena, word, n);

		if (source_stat(subject->source, path + strspn(path, "/"))->state != STATE_ABSENT)
			return true;
	}
	return false;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *needs = params_get(params, "needs"), *base = params_get(params, "base"), *paths = params_get(params, "config"), *word;
	struct looking l = { subject, params_get(params, "key"), base ? base : "", items, NULL, 0 };
	size_t n;

	if (needs && !stands_any(subject, needs, items->arena)) {
		items_add_state(items, "certificate", list_brief(items->arena, needs), STATE_INAPPLICABLE, "not there");
		return;
	}
	for (const char *at = paths; (word = list_next(&at, " \t\n", &n));) {
		struct paths found = { .list = NULL };

		paths_match(subject->source, items->arena, arena_strndup(items->arena, word, n), &found);
		for (size_t i = 0; i < found.n; i++)
			add_config(&l, found.list[i]);
		unseen(&l, &found.unseen);
	}
	if (!items->n)
		items_add_state(items, "certificate", list_brief(items->arena, paths), STATE_ABSENT, "none is named there");
}

const struct check check_certificate = {
	.name = "certificate",
	.summary = "the dates of the certificates that a server is told to show",
	.reference = "An item for each certificate in the PEM files that lines of a server's configuration name: the key, then the file, with =, < or "
		     "quotes between or not; capital letters are the same. It is valid, expires-soon (less than two weeks, and less than a tenth of "
		     "its time), expired or not-yet-valid; whether it is trusted is not looked at. What the server does not name is not looked at, for "
		     "a file in a directory may be of nobody. A name with a variable in it is unknown. Absent where none is named, and where the file "
		     "is not there.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "config", PARAM_STRING, REQUIRED, "the server's files; patterns of glob(7)", NULL },
		{ "key", PARAM_STRING, REQUIRED, "the words in front of the file's name", NULL },
		{ "needs", PARAM_STRING, OPTIONAL, "not applicable where none of these programs is there", NULL },
		{ "base", PARAM_STRING, OPTIONAL, "the directory that names are relative to; / where it is left out", NULL },
	},
	.observe = observe,
};
