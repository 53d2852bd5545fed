/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll waiver add: it never changes a file that is there. */
#include "cli/host.h"
#include "cli/verbs.h"
#include "cli/waivers.h"

#include "core/base/text.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

enum { NAME_MOST = 100, TRIES_MOST = 10000 };

/* What mistakes in the options are named by, until the sentence is said. */
#define PLACE "waiver add"

/* ---- the text ---- */

static const char *given_for(const struct options *o, const char *rule, const char *key)
{
	const struct {
		const char *key, *value;
	} given[] = {
		{ "check", rule }, { "target", o->target }, { "host", o->host }, { "expires", o->expires }, { "owner", o->owner },
		{ "reason", o->reason }, { "ticket", o->ticket }, { "found", o->found },
	};

	for (size_t i = 0; i < ARRAY_LEN(given); i++)
		if (streq(given[i].key, key))
			return given[i].value;
	return NULL;
}

/* A value with a line break in it would be read as another key. */
static int compose(struct buffer *text, const struct options *o, const char *rule, struct err *err)
{
	struct buffer missing = { .arena = o->arena };

	buffer_puts(text, "[waiver]\n");
	for (const struct waiver_key *key = waiver_keys; key->name; key++) {
		const char *value = given_for(o, rule, key->name);

		if (!value && key->required)
			buffer_printf(&missing, "%s--%s (%s)", missing.size ? ", " : "", key->name, key->help);
		if (!value)
			continue;
		if (strpbrk(value, "\r\n"))
			return err_set(err, EINVAL, "waiver add: the %s holds a line break", key->name);
		buffer_printf(text, "%-7s = %s\n", key->name, value);
	}
	if (missing.size)
		return err_set(err, EINVAL, "waiver add: these are needed as well: %s", missing.text);
	return 0;
}

/* "waiver add:3: there is no rule 'x'" → "waiver add: there is no rule 'x'" */
static void keep_sentence(void *with, const char *mistake)
{
	struct err *err = with;
	const char *rest = mistake + strlen(PLACE ":");

	rest += strspn(rest, "0123456789");
	if (!*err->text)
		err_set(err, EINVAL, PLACE "%s", rest);
}

/* As an audit would read it. */
static int check_text(const char *text, const struct options *o, struct err *err)
{
	struct err first = { "" };
	struct waivers w = waivers_new(o, keep_sentence, &first);
	struct rule_names *names;
	int rc = waivers_rule_names(&names, NULL, o, err);

	if (rc < 0)
		return rc;
	waivers_read_text(&w, names, PLACE, text);
	if (w.mistakes)
		return err_set(err, EINVAL, "%s", first.text);
	if (waiver_days_left(&w.list[0], host_now()) < 0)
		return err_set(err, EINVAL, "waiver add: %s is in the past", w.list[0].expires);
	return 0;
}

/* ---- the file ---- */

/* Made where it is missing, for root alone to write. */
static int make_directories(struct arena *arena, const char *path, struct err *err)
{
	char *part = arena_strdup(arena, path);

	for (char *slash = part + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return err_set(err, errno, "%s: %s", part, strerror(errno));
		*slash = '/';
	}
	if (mkdir(part, 0755) < 0 && errno != EEXIST)
		return err_set(err, errno, "%s: %s", part, strerror(errno));
	return 0;
}

static void keep_mistake(void *with, const char *mistake)
{
	err_set(with, EPERM, "%s", mistake);
}

/* An audit would refuse what others may write. */
static int check_directory(const struct options *o, const char *directory, struct err *err)
{
	struct waivers w = waivers_new(o, keep_mistake, err);
	struct stat st;

	if (stat(directory, &st) == 0 && !S_ISDIR(st.st_mode))
		return err_set(err, ENOTDIR, "%s: %s; a waiver is added as a file of its own", directory, strerror(ENOTDIR));
	waivers_add(&w, directory, false);
	return w.mistakes ? -EPERM : 0;
}

static const char *base_name(struct arena *arena, const char *rule)
{
	char *name = arena_strndup(arena, benchmark_short_id(rule), NAME_MOST);

	for (char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && (*c != '.' || c == name) && *c != '-' && *c != '_')
			*c = '_';
	return name;
}

/* A file that only its owner sees until it is whole. Returns 0, or -errno with a sentence. */
static int write_beside(char *temporary, const struct buffer *text, struct err *err)
{
	auto_close int fd = mkostemp(temporary, O_CLOEXEC);
	ssize_t n;
	int code;

	if (fd < 0)
		return err_set(err, errno, "%s: %s", temporary, strerror(errno));
	n = write(fd, text->text, text->size);
	if (n == (ssize_t)text->size && fchmod(fd, 0644) == 0 && fsync(fd) == 0)
		return 0;
	code = n >= 0 && n < (ssize_t)text->size ? ENOSPC : errno;
	unlink(temporary);
	return err_set(err, code, "%s: %s", temporary, strerror(code));
}

/* Under the first name that is free: linkat(2), unlike rename(2), takes no other file's place. */
static int put_in_place(struct arena *arena, const char *temporary, const char *base, const char **path, struct err *err)
{
	int code = EEXIST;

	for (int i = 1; i <= TRIES_MOST && code == EEXIST; i++) {
		*path = i == 1 ? arena_printf(arena, "%s.conf", base) : arena_printf(arena, "%s-%d.conf", base, i);
		code = link(temporary, *path) == 0 ? 0 : errno;
	}
	unlink(temporary);
	return code ? err_set(err, code, "%s: %s", *path, strerror(code)) : 0;
}

static int add(const struct options *o, const char *rule, const char **path, struct err *err)
{
	const char *directory = o->waivers.n ? o->waivers.list[o->waivers.n - 1] : WAIVERS_DIRECTORY;
	const char *base = arena_printf(o->arena, "%s/%s", directory, base_name(o->arena, rule));
	char *temporary = arena_printf(o->arena, "%s/.new.XXXXXX", directory);
	struct buffer text = { .arena = o->arena };
	int rc = streq(directory, "none") ? err_set(err, EINVAL, "waiver add: --waivers none names no place for one") : compose(&text, o, rule, err);

	if (rc == 0)
		rc = check_text(text.text, o, err);
	if (rc == 0)
		rc = make_directories(o->arena, directory, err);
	if (rc == 0)
		rc = check_directory(o, directory, err);
	if (rc == 0)
		rc = write_beside(temporary, &text, err);
	return rc < 0 ? rc : put_in_place(o->arena, temporary, base, path, err);
}

int waiver_add(const struct options *o, const char *rule)
{
	const char *path;
	struct err err;

	if (add(o, rule, &path, &err) < 0)
		return complain(&err);
	printf("%s\n", text_safe(o->arena, path, strlen(path), TEXT_MAX));
	return end_output(EXIT_CLEAN);
}
