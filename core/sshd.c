/* SPDX-License-Identifier: Apache-2.0 */
#include "core/sshd.h"

#include "core/program.h"
#include "core/setting.h"
#include "core/text.h"

#include <strings.h>

struct reading {
	struct source *source;
	struct arena *arena;
	struct sshd *sshd;
};

static const char programs[] = "usr/sbin/sshd usr/bin/sshd usr/local/sbin/sshd";
static const char *const configurations[] = { "etc/ssh/sshd_config", "usr/etc/ssh/sshd_config" };

/* ---- words ---- */

/* The next word as argv_split() of OpenSSH's misc.c cuts it; NULL at the end or a comment. *open is set where a quote is never closed. */
static char *next_argument(struct arena *arena, const char **at, bool *open)
{
	struct buffer word = { .arena = arena };
	const char *c = *at + strspn(*at, " \t");
	char quote = '\0';

	if (!*c || *c == '#')
		return NULL;
	buffer_puts(&word, "");
	for (; *c && (quote || !strchr(" \t", *c)); c++) {
		if (*c == '\\' && c[1] && strchr(quote ? "'\"\\" : "'\"\\ ", c[1]))
			buffer_add(&word, ++c, 1);
		else if (!quote && strchr("'\"", *c))
			quote = *c;
		else if (quote && *c == quote)
			quote = '\0';
		else
			buffer_add(&word, c, 1);
	}
	*open = quote != '\0';
	*at = c;
	return word.text;
}

/* The keyword ends at white space or at one equals sign (strdelim()). */
static char *take_keyword(struct arena *arena, const char **at)
{
	size_t n = strcspn(*at, " \t=");
	char *keyword = arena_strndup(arena, *at, n);

	*at += n;
	*at += strspn(*at, " \t");
	if (**at == '=')
		*at += 1 + strspn(*at + 1, " \t");
	return keyword;
}

static void misunderstood(struct reading *r, const char *origin, const char *what)
{
	faults_add(r->arena, &r->sshd->faults, STATE_MALFORMED, origin, "%s", what);
}

/* All words of the line joined by a space; NULL, and a fault, where there is none or a quote is left open. */
static char *take_value(struct reading *r, const char *at, const char *keyword, const char *origin)
{
	struct buffer value = { .arena = r->arena };
	bool open = false;
	char *word;

	while ((word = next_argument(r->arena, &at, &open)) && !open) {
		if (value.text)
			buffer_puts(&value, " ");
		buffer_puts(&value, word);
	}
	if (open)
		misunderstood(r, origin, "a quote is not closed");
	else if (!value.text)
		misunderstood(r, origin, arena_printf(r->arena, "%s says nothing", keyword));
	return open ? NULL : value.text;
}

static void add(struct reading *r, const char *keyword, const char *value, const char *match, const char *origin)
{
	const struct sshd_keyword *known = sshd_keyword_of(keyword);

	arena_push(r->arena, r->sshd->list, r->sshd->n) =
		(struct sshd_setting){ known ? known->name : keyword, value, match, origin };
}

/* ---- files ---- */

static void read_config(struct reading *r, const char *path, const char *match, unsigned depth);

/* Patterns are looked for below /etc/ssh unless they are absolute; one that nothing matches is no mistake. */
static void include(struct reading *r, const char *at, const char *match, const char *origin, unsigned depth)
{
	bool open = false;
	char *pattern;

	if (depth == CONFIG_DEEPEST) {
		misunderstood(r, origin, "files include each other too deeply, or in a circle");
		return;
	}
	while ((pattern = next_argument(r->arena, &at, &open))) {
		struct paths paths;

		if (*pattern != '/')
			pattern = arena_printf(r->arena, "/etc/ssh/%s", pattern);
		paths = config_glob(r->source, r->arena, pattern, &r->sshd->faults);
		for (size_t i = 0; i < paths.n && !faults_enough(&r->sshd->faults); i++)
			read_config(r, paths.list[i], match, depth + 1);
	}
}

/* Within a file that a Match block includes, a further Match narrows it. */
static const char *narrowed(struct arena *arena, const char *outer, const char *criteria)
{
	if (!outer || strcasecmp(outer, "all") == 0)
		return criteria;
	return strcasecmp(criteria, "all") == 0 ? outer : arena_printf(arena, "%s and %s", outer, criteria);
}

static void read_lines(struct reading *r, const struct file *file, const char *outer, unsigned depth)
{
	struct lines lines = lines_of(r->arena, file, "#", false);
	const char *match = outer;
	char *line;

	while (!faults_enough(&r->sshd->faults) && (line = lines_next(&lines))) {
		const char *at = line, *origin = lines_origin(&lines), *keyword = take_keyword(r->arena, &at), *value;

		if (strcasecmp(keyword, "Include") == 0)
			include(r, at, match, origin, depth);
		else if ((value = take_value(r, at, keyword, origin)) && strcasecmp(keyword, "Match") == 0)
			match = narrowed(r->arena, outer, value);
		else if (value)
			add(r, keyword, value, match, origin);
	}
}

static void read_config(struct reading *r, const char *path, const char *match, unsigned depth)
{
	const struct file *file;

	if (r->sshd->n_files == CONFIG_FILES_MOST) {
		faults_add(r->arena, &r->sshd->faults, STATE_BROKEN, path, "more than %d files are included", CONFIG_FILES_MOST);
		return;
	}
	file = config_read(r->source, r->arena, path, &r->sshd->faults);
	if (!file)
		return;
	arena_push(r->arena, r->sshd->files, r->sshd->n_files) = file;
	read_lines(r, file, match, depth);
}

/* ---- command line ---- */

/*
 * Where distributions keep options that the unit hands to sshd: they come before the file. A release that puts its cryptographic policy there
 * lets /etc/sysconfig/sshd take it back.
 */
static const struct {
	const char *file, *key;
} option_files[] = {
	{ "/etc/default/ssh", "SSHD_OPTS" }, { "/etc/sysconfig/sshd", "OPTIONS" }, { "/etc/sysconfig/ssh", "SSHD_OPTS" },
	{ "/etc/conf.d/sshd", "SSHD_OPTS" },
	{ "/etc/crypto-policies/back-ends/opensshserver.config /etc/sysconfig/sshd", "CRYPTO_POLICY" },
};

/* "-oCiphers=…", "-o Ciphers=…" and "-f FILE", which is returned. */
static const char *read_options(struct reading *r, const char *options, const char *origin)
{
	const char *at = options, *config = NULL, *word;
	bool open = false;

	while ((word = next_argument(r->arena, &at, &open))) {
		const char *argument = word[0] == '-' && word[1] && word[2] ? word + 2 : NULL;

		if (!starts_with(word, "-o") && !starts_with(word, "-f"))
			continue;
		if (!argument)
			argument = next_argument(r->arena, &at, &open);
		if (argument && word[1] == 'f') {
			config = argument;
		} else if (argument) {
			const char *keyword = take_keyword(r->arena, &argument), *value = take_value(r, argument, keyword, origin);

			if (value)
				add(r, keyword, value, NULL, origin);
		}
	}
	return config;
}

static const char *read_command_line(struct reading *r)
{
	const char *config = NULL;

	for (size_t i = 0; i < ARRAY_LEN(option_files); i++) {
		const struct settings *settings = settings_read(r->source, r->arena, setting_syntax_of("shell"), option_files[i].file);
		const struct setting *setting = settings_find(settings, NULL, option_files[i].key);
		const char *named = NULL;

		if (setting && setting->computed)
			faults_add(r->arena, &r->sshd->faults, STATE_BROKEN, setting->origin, "only a shell can tell what %s is",
				   setting->key);
		else if (setting)
			named = read_options(r, setting->value, setting->origin);
		config = config ? config : named;
	}
	return config;
}

static void *read_sshd(struct source *source, struct arena *arena)
{
	struct sshd *sshd = arena_new_of(arena, struct sshd);
	struct reading r = { source, arena, sshd };
	const char *config = read_command_line(&r);

	if (config)
		read_config(&r, config, NULL, 0);
	if (config && !sshd->n_files && !sshd->faults.n)
		faults_add(arena, &sshd->faults, STATE_BROKEN, config, "the server is started with -f %s, which is not there", config);
	for (size_t i = 0; i < ARRAY_LEN(configurations) && !config && !sshd->n_files && !sshd->faults.n; i++)
		read_config(&r, configurations[i], NULL, 0);
	sshd->installed = program_installed(source, programs, sshd->n_files || sshd->faults.n);
	return sshd;
}

const struct host_table sshd_table = { read_sshd };
