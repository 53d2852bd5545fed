/* SPDX-License-Identifier: Apache-2.0 */
/* What the OpenSSH server is started with: by its units, by the files with its options, and by the process that runs. */
#include "core/access/sshd_private.h"

#include "core/base/text.h"
#include "core/boot/unit.h"
#include "core/boot/unit_command.h"
#include "core/config/setting.h"
#include "core/process/process.h"
#include "core/running/running.h"

const char sshd_programs[] = "usr/sbin/sshd usr/bin/sshd usr/local/sbin/sshd";

bool sshd_is_usual(const char *program)
{
	return list_has(sshd_programs, " ", program + 1) || streq(program, "/sbin/sshd") || streq(program, "/bin/sshd");
}

/* Words of a command line. */
struct words {
	const char **list;
	size_t n, at;
	bool joined;             /* a title: of an argument that held white space only the words are left */
	const char *origin;
};

static void misunderstood(struct sshd_reading *r, const char *origin, const char *what)
{
	faults_add(r->arena, &r->sshd->faults, STATE_BROKEN, origin, "%s", what);
}

/* ---- options ---- */

static void add_line(struct sshd_reading *r, struct sshd_start *start, const char *line, const char *origin)
{
	size_t n = start->n;

	arena_push(r->arena, start->origins, n) = origin;
	arena_push(r->arena, start->lines, start->n) = line;
}

/* The argument of an option: the rest of its word, or the next one. NULL where there is none. */
static const char *take_argument(struct arena *arena, struct words *words, const char *rest)
{
	struct buffer text = { .arena = arena };

	if (!*rest && words->at == words->n)
		return NULL;
	buffer_puts(&text, *rest ? rest : words->list[words->at++]);
	while (words->joined && words->at < words->n && words->list[words->at][0] != '-')
		buffer_printf(&text, " %s", words->list[words->at++]);
	return text.text;
}

/* Letters may stand together behind one dash; those with an argument end it (getopt(3)). */
static void take_letters(struct sshd_reading *r, struct sshd_start *start, struct words *words, const char *letters)
{
	for (const char *c = letters; *c; c++) {
		bool takes = strchr("CEbcfghkopu", *c) != NULL;
		const char *argument = takes ? take_argument(r->arena, words, c + 1) : NULL;

		if (argument && *c == 'f')
			start->config = argument;
		else if (argument && *c == 'o')
			add_line(r, start, argument, words->origin);
		else if (argument && *c == 'g')
			add_line(r, start, arena_printf(r->arena, "LoginGraceTime %s", argument), words->origin);
		else if (argument && *c == 'h')
			add_line(r, start, arena_printf(r->arena, "HostKey %s", argument), words->origin);
		else if (*c == 'q')
			add_line(r, start, "LogLevel QUIET", words->origin);
		else if (*c == 'd')
			add_line(r, start, "LogLevel DEBUG1", words->origin);
		if (takes)
			return;
	}
}

static void take_options(struct sshd_reading *r, struct sshd_start *start, struct words *words)
{
	while (words->at < words->n) {
		const char *word = words->list[words->at++];

		if (word[0] == '-' && word[1] != '-')
			take_letters(r, start, words, word + 1);
		else if (*word && !words->joined)
			misunderstood(r, words->origin, arena_printf(r->arena, "sshd does not start with the argument %s",
								     text_safe(r->arena, word, strlen(word), 64)));
	}
}

/* ---- files ---- */

/*
 * Where distributions keep options for sshd, for hosts without a unit that tells. A release that puts its cryptographic policy there lets
 * /etc/sysconfig/sshd take it back.
 */
static const struct {
	const char *file, *key;
} option_files[] = {
	{ "/etc/default/ssh", "SSHD_OPTS" }, { "/etc/sysconfig/sshd", "OPTIONS" }, { "/etc/sysconfig/ssh", "SSHD_OPTS" },
	{ "/etc/conf.d/sshd", "SSHD_OPTS" },
	{ "/etc/crypto-policies/back-ends/opensshserver.config /etc/sysconfig/sshd", "CRYPTO_POLICY" },
};

static void read_option_files(struct sshd_reading *r, struct sshd_start *start)
{
	for (size_t i = 0; i < ARRAY_LEN(option_files); i++) {
		const struct settings *settings = settings_read(r->source, r->arena, setting_syntax_of("shell"), option_files[i].file);
		const struct setting *setting = settings_find(settings, NULL, option_files[i].key);
		struct words words = { 0 };
		const char *at, *word;
		bool open = false;

		if (setting && setting->computed)
			misunderstood(r, setting->origin, arena_printf(r->arena, "only a shell can tell what %s is", setting->key));
		if (!setting || setting->computed)
			continue;
		for (at = setting->value; (word = sshd_word(r->arena, &at, &open));)
			arena_push(r->arena, words.list, words.n) = word;
		words.origin = setting->origin;
		take_options(r, start, &words);
	}
}

/* ---- units ---- */

static bool is_sshd(const char *program)
{
	const char *slash = strrchr(program, '/');

	return streq(slash ? slash + 1 : program, "sshd");
}

/* What the files of its environment say is told with them, too. */
static const char *origin_of(struct arena *arena, const struct unit_command *unit)
{
	struct buffer origin = { .arena = arena };

	buffer_puts(&origin, unit->origin);
	for (size_t i = 0; i < unit->n_environment_files; i++)
		buffer_printf(&origin, "%s %s", i ? "," : " with", unit->environment_files[i]);
	return origin.text;
}

/* False where there is no such unit, or it starts nothing. */
static bool read_unit(struct sshd_reading *r, const struct units *units, const char *name, struct sshd_start *start)
{
	const struct unit_command *unit = unit_command_read(r->source, r->arena, units, name);
	struct words words = { .list = unit->arguments, .n = unit->n, .at = 1 };

	if (unit->state == STATE_PRESENT && unit->unread)
		faults_add(r->arena, &r->sshd->faults, unit->unread_state == STATE_ABSENT ? STATE_BROKEN : unit->unread_state, unit->unread, "%s",
			   unit->unread_why ? unit->unread_why : "it is not there");
	if (unit->state != STATE_PRESENT || !unit->n)
		return false;
	words.origin = origin_of(r->arena, unit);
	start->program = is_sshd(unit->arguments[0]) && unit->arguments[0][0] == '/' ? unit->arguments[0] : NULL;
	if (is_sshd(unit->arguments[0]))
		take_options(r, start, &words);
	else
		misunderstood(r, unit->origin, arena_printf(r->arena, "%s starts %s: what that hands to sshd is not known", name, unit->arguments[0]));
	return true;
}

/* A unit of any other name that starts sshd. */
static bool is_of_sshd(struct sshd_reading *r, const struct units *units, const char *name)
{
	const struct unit_setting *command = unit_setting(unit_load(units, r->arena, name), "Service", "ExecStart");
	const char *text = command ? command->value + strspn(command->value, "@-:+!| \t") : "";

	return is_sshd(arena_strndup(r->arena, text, strcspn(text, " \t")));
}

/* ssh.service and sshd.service are one on most hosts; ssh@.service answers where a socket is listened on. */
static void read_units(struct sshd_reading *r, struct sshd_starts *starts)
{
	static const char *const names[] = { "ssh.service", "sshd.service", "ssh@.service", "sshd@.service" };
	const struct units *units = units_list(r->source, r->arena);
	const char *name;

	for (size_t i = 0; i < ARRAY_LEN(names) && units_init(units) == INIT_SYSTEMD; i++) {
		struct sshd_start start = { .server = starts->n ? names[i] : NULL };

		if (read_unit(r, units, names[i], &start))
			arena_push(r->arena, starts->list, starts->n) = start;
	}
	for (size_t at = 0; units_init(units) == INIT_SYSTEMD && (name = unit_next_name(units, ".service", &at));) {
		struct sshd_start start = { .server = starts->n ? name : NULL };

		if (!list_has("ssh.service sshd.service ssh@.service sshd@.service", " ", name) && is_of_sshd(r, units, name) && read_unit(r, units, name, &start))
			arena_push(r->arena, starts->list, starts->n) = start;
	}
}

/* ---- what runs ---- */

/* The server that listens calls itself "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"; the title of a session is of another form. */
static bool take_title(struct arena *arena, const char *title, struct words *words)
{
	const char *end = strstr(title, " [listener]"), *word;
	size_t n;

	if (!end || !starts_with(title, "sshd: "))
		return false;
	title = arena_strndup(arena, title, (size_t)(end - title));
	for (const char *at = title + strlen("sshd: "); (word = list_next(&at, " ", &n));)
		arena_push(arena, words->list, words->n) = arena_strndup(arena, word, n);
	words->joined = true;
	return true;
}

static void read_process(struct sshd_reading *r, const struct running_list *all, const struct running *program, struct sshd_starts *starts)
{
	auto_pin struct pin pin = { .fd = -1 };
	struct words words = { .at = 1, .origin = arena_printf(r->arena, "/proc/%d/cmdline", program->pid) };
	struct sshd_start start = { .server = arena_printf(r->arena, "the server that runs (pid %d)", program->pid), .program = program->exe };
	const char **arguments;

	if (running_pin(all, program, r->arena, &pin) < 0)
		return;
	arguments = process_arguments(&pin, r->arena);
	if (!arguments[0])
		return;
	if (!take_title(r->arena, arguments[0], &words)) {
		if (starts_with(arguments[0], "sshd:"))
			return;
		for (words.list = arguments; arguments[words.n];)
			words.n++;
	}
	take_options(r, &start, &words);
	arena_push(r->arena, starts->list, starts->n) = start;
}

static void read_running(struct sshd_reading *r, struct sshd_starts *starts)
{
	const struct running_list *all = running_read(r->source, r->arena);

	for (size_t i = 0; all->state == STATE_PRESENT && i < all->n; i++)
		if (!all->list[i].elsewhere && running_is(&all->list[i], "sshd"))
			read_process(r, all, &all->list[i], starts);
}

struct sshd_starts sshd_starts_read(struct sshd_reading *r)
{
	struct sshd_starts starts = { 0 };

	read_units(r, &starts);
	if (!starts.n) {
		struct sshd_start start = { 0 };

		read_option_files(r, &start);
		arena_push(r->arena, starts.list, starts.n) = start;
	}
	read_running(r, &starts);
	return starts;
}
