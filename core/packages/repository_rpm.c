/* SPDX-License-Identifier: Apache-2.0 */
/* The repositories of dnf, yum and zypper: *.repo files with a section for each, and the defaults of the main file. */
#include "core/packages/repository_private.h"

#include "core/base/text.h"

#include <ctype.h>
#include <strings.h>

/* A value that is not given is -1. */
struct section {
	const char *name, *uri;
	int enabled, gpgcheck, repo_gpgcheck, pkg_gpgcheck, sslverify, has_key;
	unsigned line;
};

static const struct section unset = { .enabled = -1, .gpgcheck = -1, .repo_gpgcheck = -1, .pkg_gpgcheck = -1, .sslverify = -1 };

/* The main files give defaults for all that comes after them. */
struct defaults {
	enum repository_kind kind;
	struct section values;
};

struct rpm_reading {
	struct repository_reading *reading;
	struct defaults defaults;
	const struct file *file;
	struct section section;
};

static int either(int value, int fallback, int otherwise)
{
	return value >= 0 ? value : fallback >= 0 ? fallback : otherwise;
}

/* SUSE's fixes come by repositories of their own, Fedora's by "updates"; elsewhere they are put where the packages are. */
static bool brings_fixes(enum repository_kind kind, const char *name)
{
	if (kind == REPOSITORY_DNF)
		return !streq(name, "fedora") && !text_glob("*-source*", name) && !text_glob("*-debug*", name);
	return text_glob("*update*", name) || text_glob("*Update*", name) || text_glob("*tumbleweed*", name) || streq(name, "repo-oss");
}

/* dnf looks at the signature of packages, and of the list where repo_gpgcheck says so; zypper at either (zypper(8), "GPG checks"). */
static void add_section(struct rpm_reading *r)
{
	const struct section *s = &r->section, *d = &r->defaults.values;
	bool zypp = r->defaults.kind == REPOSITORY_ZYPP;
	bool packages = either(s->gpgcheck, d->gpgcheck, zypp);
	bool list = either(s->repo_gpgcheck, d->repo_gpgcheck, zypp ? packages : 0);
	bool tls = either(s->sslverify, d->sslverify, 1);
	const char *name = s->name, *uri = s->uri ? s->uri : "";

	if (!name || streq(name, "main") || either(s->enabled, -1, 1) == 0)
		return;
	repository_add(r->reading, &(struct repository){
		.kind = r->defaults.kind, .name = text_safe(r->reading->arena, name, strlen(name), 256),
		.origin = arena_printf(r->reading->arena, "%s:%u", r->file->path, s->line),
		.is_signed = packages || (zypp && (list || either(s->pkg_gpgcheck, d->pkg_gpgcheck, 0) == 1)), .metadata_signed = list,
		.encrypted = tls && repository_is_encrypted(uri), .scoped = s->has_key, .dated = true,
		.security = brings_fixes(r->defaults.kind, name),
	});
}

/* sslverify may stand in the address of zypper's: "?ssl_verify=no". */
static void take_value(struct section *s, const char *key, const char *value, struct arena *arena)
{
	static const struct {
		const char *key;
		size_t at;
	} flags[] = {
		{ "enabled", offsetof(struct section, enabled) }, { "gpgcheck", offsetof(struct section, gpgcheck) },
		{ "repo_gpgcheck", offsetof(struct section, repo_gpgcheck) }, { "pkg_gpgcheck", offsetof(struct section, pkg_gpgcheck) },
		{ "sslverify", offsetof(struct section, sslverify) },
	};

	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (strcasecmp(key, flags[i].key) == 0)
			*(int *)((char *)s + flags[i].at) = text_boolean(value) == 0 ? 0 : text_boolean(value) == 1 ? 1 : -1;
	if (strcasecmp(key, "gpgkey") == 0)
		s->has_key = *value != '\0';
	if (!s->uri && (strcasecmp(key, "baseurl") == 0 || strcasecmp(key, "metalink") == 0 || strcasecmp(key, "mirrorlist") == 0))
		s->uri = arena_strdup(arena, value);
	if (strstr(value, "ssl_verify=no"))
		s->sslverify = 0;
}

/* Reads the sections of a file; `done` is called behind each. */
static void take_sections(struct rpm_reading *r, void (*done)(struct rpm_reading *r))
{
	struct arena *arena = r->reading->arena;
	const char *at = r->file->data, *start = at;
	unsigned line = 0;
	char *text, *value;

	r->section = unset;
	for (; (text = repository_line(arena, &at, &line)); start = at) {
		size_t n = strlen(text);

		if (!n || strchr("#;", *text))
			continue;
		if (n > 2 && *text == '[' && text[n - 1] == ']') {
			done(r);
			r->section = unset;
			r->section.name = arena_strndup(arena, text + 1, n - 2);
			r->section.line = line;
			continue;
		}
		value = strchr(text, '=');
		if (value && r->section.name && !isspace((unsigned char)*start)) {
			*value++ = '\0';
			take_value(&r->section, text_trim(text), text_trim(value), arena);
		} else if (!isspace((unsigned char)*start)) {   /* else it goes on with the value above */
			repository_fail(r->reading, r->file, line,
					r->section.name ? "neither a key with a value nor a section" : "no section begins before it");
			return;
		}
	}
	done(r);
}

static void keep_main(struct rpm_reading *r)
{
	if (r->section.name && streq(r->section.name, "main"))
		r->defaults.values = r->section;
}

static void take_main(struct repository_reading *reading, const char *path, struct defaults *defaults)
{
	struct rpm_reading r = { .reading = reading, .defaults = *defaults, .file = repository_file(reading, path) };

	if (!r.file)
		return;
	take_sections(&r, keep_main);
	*defaults = r.defaults;
}

static void take_repositories(struct repository_reading *reading, const char *folder, const struct defaults *defaults)
{
	const struct directory *dir = source_list(reading->source, folder);

	if (dir->state == STATE_ABSENT)
		return;
	if (dir->state != STATE_PRESENT)
		repository_note(reading, dir->state, dir->path, dir->why);
	reading->found = true;
	for (size_t i = 0; i < dir->n; i++) {
		const char *name = dir->entries[i].name, *dot = strrchr(name, '.');
		struct rpm_reading r = { .reading = reading, .defaults = *defaults };

		if (!dot || !streq(dot, ".repo"))
			continue;
		r.file = repository_file(reading, arena_printf(reading->arena, "%s/%s", folder, name));
		if (r.file)
			take_sections(&r, add_section);
	}
}

void repositories_read_rpm(struct repository_reading *reading)
{
	struct defaults dnf = { .kind = REPOSITORY_DNF, .values = unset }, zypp = { .kind = REPOSITORY_ZYPP, .values = unset };

	take_main(reading, "etc/yum.conf", &dnf);
	take_main(reading, "etc/dnf/dnf.conf", &dnf);
	take_repositories(reading, "etc/yum.repos.d", &dnf);
	take_repositories(reading, "etc/distro.repos.d", &dnf);
	take_main(reading, "etc/zypp/zypp.conf", &zypp);
	take_repositories(reading, "etc/zypp/repos.d", &zypp);
}
