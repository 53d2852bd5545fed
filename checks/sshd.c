/* SPDX-License-Identifier: Apache-2.0 */
/* A keyword of the OpenSSH server's configuration, with the default of the installed version. */
#include "checks/checks.h"

#include "core/access/pam.h"
#include "core/access/sshd.h"
#include "core/base/text.h"
#include "core/config/value.h"
#include "core/packages/packages.h"
#include "core/process/program.h"

#include <strings.h>

enum { MATCHES_MOST = 100 };

struct question {
	const struct sshd *sshd;
	const struct sshd_keyword *keyword;
	const char *version;        /* of OpenSSH; NULL: not known */
	struct items *items;
};

/* "1:9.2p1-2+deb12u7" → "9.2p1-2+deb12u7"; what no package manager knows of tells it itself. */
static const char *version_of(const struct subject *subject, struct arena *arena)
{
	static const char *const names[] = { "openssh-server", "openssh" };
	const struct packages *packages = packages_of(subject);

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *version = packages_version(packages, names[i]), *colon = version ? strchr(version, ':') : NULL;

		if (version && version_valid(colon ? colon + 1 : version))
			return colon ? colon + 1 : version;
	}
	return program_version(subject->source, arena, "usr/sbin/sshd", "OpenSSH_");
}

/* Old words for what is the same today, and a number of connections alone. */
static const char *modern(struct arena *arena, const struct sshd_keyword *keyword, const char *value)
{
	if (streq(keyword->name, "PermitRootLogin") && strcasecmp(value, "without-password") == 0)
		return "prohibit-password";
	if (streq(keyword->name, "MaxStartups") && !strchr(value, ':'))
		return arena_printf(arena, "%s:30:%s", value, value);
	return value;
}

static void show_algorithms(const struct question *q, const char *name, const char *origin, const char *value)
{
	bool known = true, changes = strchr("+-^", *value) != NULL;
	const char *preset = changes ? sshd_default(q->keyword, q->version, &known) : "";

	if (!known)
		items_add_state(q->items, name, origin, STATE_UNAVAILABLE, "%s changes the default, and the version of OpenSSH is not known",
				value);
	else
		items_add_set(q->items, name, origin, sshd_algorithms(q->items->arena, value, preset));
}

static void show(const struct question *q, const char *name, const char *origin, const char *value)
{
	static const enum value_kind kinds[] = {
		[SSHD_TEXT] = VALUE_TEXT, [SSHD_WORD] = VALUE_WORD, [SSHD_NUMBER] = VALUE_PLAIN, [SSHD_SECONDS] = VALUE_SECONDS,
		[SSHD_WORDS] = VALUE_SET,
	};

	value = modern(q->items->arena, q->keyword, value);
	if (q->keyword->kind == SSHD_ALGORITHMS)
		show_algorithms(q, name, origin, value);
	else
		items_add_value(q->items, name, origin, value, kinds[q->keyword->kind]);
}

static bool is_for_all(const struct sshd_setting *s)
{
	return s->match && strcasecmp(s->match, "all") == 0;
}

static bool same(const char *a, const char *b)
{
	return a && b ? streq(a, b) : a == b;
}

/* What a keyword comes to under one Match, or for all (NULL): the first value, or all values where lines add to each other. */
static bool show_match(const struct question *q, const char *match, const char *name)
{
	struct buffer value = { .arena = q->items->arena };
	const char *origin = NULL;

	for (size_t i = 0; i < q->sshd->n; i++) {
		const struct sshd_setting *s = &q->sshd->list[i];

		if (!streq(s->keyword, q->keyword->name) || !same(s->match, match) || (origin && q->keyword->kind != SSHD_WORDS))
			continue;
		origin = origin ? origin : s->origin;
		buffer_word(&value, s->value, strlen(s->value));
	}
	if (origin)
		show(q, name, origin, value.text);
	return origin != NULL;
}

static void show_default(const struct question *q, const char *name)
{
	const char *version = q->version ? q->version : "";
	char *origin = arena_printf(q->items->arena, "the default of OpenSSH%s%.*s", *version ? " " : "", (int)strcspn(version, "-"), version);
	bool known;
	const char *value = sshd_default(q->keyword, q->version, &known);

	if (!sshd_has(q->keyword, q->version))
		items_add_state(q->items, name, origin, STATE_INAPPLICABLE, "OpenSSH %s does not know it", q->version);
	else if (!known)
		items_add_state(q->items, name, origin, STATE_UNAVAILABLE, "not set, and the version of OpenSSH is not known");
	else if (value)
		show(q, name, origin, value);
	else
		items_add_state(q->items, name, q->sshd->n_files ? q->sshd->files[0]->path : origin, STATE_ABSENT, "%s is not set",
				q->keyword->name);
}

/* What a further server says nothing of has its default there, whatever the first one is told. */
static void show_servers(const struct question *q)
{
	for (size_t i = 0; i < q->sshd->n_servers; i++) {
		const char *server = q->sshd->servers[i];
		bool said = false;

		for (size_t j = 0; j < q->sshd->n; j++)
			said = said || (same(q->sshd->list[j].match, server) && streq(q->sshd->list[j].keyword, q->keyword->name));
		if (!said)
			show_default(q, arena_printf(q->items->arena, "%s for %s", q->keyword->name, server));
	}
}

/* The same keyword stands above it in one block. */
static bool is_said_again(const struct sshd *sshd, size_t i)
{
	for (size_t j = i; j-- > 0 && sshd->list[j].match == sshd->list[i].match;)
		if (streq(sshd->list[j].keyword, sshd->list[i].keyword))
			return true;
	return false;
}

/* A value below Match is one more answer, said once for each kind of client. */
static void show_matches(const struct question *q)
{
	size_t shown = 0;

	for (size_t i = 0; i < q->sshd->n; i++) {
		const struct sshd_setting *s = &q->sshd->list[i];
		char *name;

		if (!s->match || is_for_all(s) || !streq(s->keyword, q->keyword->name) || is_said_again(q->sshd, i))
			continue;
		if (shown++ == MATCHES_MOST) {
			items_add_state(q->items, s->keyword, s->origin, STATE_BROKEN, "it is set below more than %d Match lines", MATCHES_MOST);
			return;
		}
		name = arena_printf(q->items->arena, "%s for %s", s->keyword, s->match);
		show_match(q, s->match, text_safe(q->items->arena, name, strlen(name), 256));
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *name = params_get(params, "keyword");
	struct question q = { subject_table(subject, &sshd_table), sshd_keyword_of(name), version_of(subject, items->arena), items };

	if (!q.keyword) {
		items_add_state(items, name, "the benchmark", STATE_MALFORMED, "%s is no keyword that is known here", name);
		return;
	}
	if (!q.sshd->installed) {
		items_add_state(items, q.keyword->name, "/etc/ssh/sshd_config", STATE_INAPPLICABLE, "no OpenSSH server is installed");
		return;
	}
	if (streq(q.keyword->name, "UsePAM") && !pam_is_used(subject->source)) {
		items_add_state(items, q.keyword->name, "/etc/pam.d", STATE_INAPPLICABLE, "PAM is not used here");
		return;
	}
	if (!show_match(&q, "all", q.keyword->name) && !show_match(&q, NULL, q.keyword->name) && !q.sshd->faults.n)
		show_default(&q, q.keyword->name);
	show_matches(&q);
	show_servers(&q);
	faults_show(&q.sshd->faults, q.keyword->name, items);
}

const struct check check_sshd = {
	.name = "sshd",
	.summary = "a keyword of the OpenSSH server's configuration",
	.reference = "What the server comes to: the options that its unit starts it with, variables and EnvironmentFile= put in, or without a unit those "
		     "in /etc/default/ssh, /etc/sysconfig/sshd or a cryptographic policy; then sshd_config, or the file of -f, with its Include "
		     "files in their place. A server that runs with other options, and one that a socket starts, is one more answer. The first value wins, and lines of AllowUsers and its like "
		     "add to each other. Where nothing sets the keyword, the default of the installed version of OpenSSH counts, by the package "
		     "manager's record or the program's own text; where neither tells the version and it matters, that is unknown. A value below "
		     "Match is a further value, named with its criteria, and must be good, too; below `Match all` it stands for everybody. Words "
		     "are in lower case, times in seconds, lists of algorithms with +, - and ^ applied; MaxStartups has always three parts. Not "
		     "applicable where no OpenSSH server is installed, or where that version does not know the keyword. See sshd_config(5).",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "keyword", PARAM_STRING, REQUIRED, "the keyword, by its present name", NULL },
		{ 0 },
	},
	.observe = observe,
};
