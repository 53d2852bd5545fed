/* SPDX-License-Identifier: Apache-2.0 */
#include "core/running/mail_server.h"

#include "core/base/text.h"
#include "core/boot/unit.h"
#include "core/config/setting.h"
#include "core/process/program.h"

#include <ctype.h>

const char *mail_scope(const char *address, size_t size)
{
	char text[64] = "";

	if (size && *address == '[') {
		address++;
		size -= 1 + (size > 1 && address[size - 2] == ']');
	}
	if (size >= sizeof(text))
		return "address";
	for (size_t i = 0; i < size; i++)
		text[i] = (char)tolower((unsigned char)address[i]);
	if (starts_with(text, "127.") || list_has("::1 0:0:0:0:0:0:0:1 localhost localhost4 localhost6 ip6-localhost ip6-loopback lo lo0", " ", text))
		return "loopback";
	return list_has("0.0.0.0 :: ::0 * 0", " ", text) ? "everywhere" : "address";
}

static void add(struct mail_places *places, struct arena *arena, const char *server, const char *origin, const char *address, size_t size)
{
	arena_push(arena, places->list, places->n) = (struct mail_place){ server, mail_scope(address, size), origin, arena_strndup(arena, address, size) };
}

/* ---- Exim ---- */

/* "127.0.0.1", "127.0.0.1.25", "[::1]:25" */
static size_t address_length(const char *word, size_t n)
{
	unsigned dots = 0;

	if (*word == '[') {
		const char *end = memchr(word, ']', n);

		return end ? (size_t)(end - word) + 1 : n;
	}
	for (size_t i = 0; i < n; i++)
		if (word[i] == '.' && ++dots == 4)
			return i;
	return n;
}

/* A list of Exim: "<;" in front names another separator than the colon, which addresses of IPv6 double. */
static void add_exim_list(struct mail_places *places, struct arena *arena, const char *list, const char *origin)
{
	char separators[2] = ":";
	struct buffer text = { .arena = arena };
	const char *w;
	size_t n, before = places->n;

	list += strspn(list, " \t");
	if (*list == '<' && list[1]) {
		separators[0] = list[1];
		list += 2;
	}
	buffer_puts(&text, "");
	for (const char *c = list; *c; c++) {
		bool doubled = *separators == ':' && c[0] == ':' && c[1] == ':';

		buffer_add(&text, doubled ? "\1" : c, 1);
		c += doubled;
	}
	for (const char *at = text.text; (w = list_next(&at, separators, &n));) {
		char *word = text_trim(arena_strndup(arena, w, n));

		for (char *c = word; *c; c++)
			*c = *c == '\1' ? ':' : *c;
		if (*word)
			add(places, arena, "exim", origin, word, address_length(word, strlen(word)));
	}
	if (places->n == before)
		add(places, arena, "exim", origin, "*", 1);
}

/* What Debian's scripts make a configuration of at each start. */
static bool add_exim_of_debian(struct mail_places *places, struct source *source, struct arena *arena)
{
	const struct settings *settings = settings_read(source, arena, setting_syntax_of("shell"), "/etc/exim4/update-exim4.conf.conf");
	const struct settings *macros = settings_read(source, arena, setting_syntax_of("shell"), "/etc/exim4/exim4.conf.localmacros");
	const struct setting *s = settings_find(settings, NULL, "dc_local_interfaces");

	if (!settings->first || source_stat(source, "etc/exim4/exim4.conf")->state != STATE_ABSENT)
		return false;
	if (settings->faults.n)
		faults_add(arena, &places->faults, settings->faults.list[0].state, settings->faults.list[0].origin, "%s", settings->faults.list[0].why);
	else if (macros->first && strstr(macros->first->data, "LOCAL_INTERFACES"))
		faults_add(arena, &places->faults, STATE_UNAVAILABLE, macros->first->path, "a macro of Exim names the interfaces");
	else if (s && s->computed)
		faults_add(arena, &places->faults, STATE_UNAVAILABLE, s->origin, "which interfaces a shell alone can tell");
	else
		add_exim_list(places, arena, arena_printf(arena, "<;%s", s ? s->value : ""), s ? s->origin : settings->first->path);
	return true;
}

static void add_exim(struct mail_places *places, struct source *source, struct arena *arena)
{
	static const char *const files[] = { "/etc/exim4/exim4.conf", "/etc/exim/exim.conf", "/etc/exim/configure", "/usr/local/etc/exim/configure" };
	const struct file *file = NULL;
	struct lines lines;
	const char *origin = NULL, *value = "";

	if (add_exim_of_debian(places, source, arena))
		return;
	for (size_t i = 0; !file && i < ARRAY_LEN(files); i++)
		file = config_read(source, arena, files[i], &places->faults);
	if (!file)
		return;
	lines = lines_of(arena, file, "#", true);
	for (char *line; (line = lines_next(&lines));) {
		char *equals = strchr(line, '=');

		if (*line == '.')
			faults_add(arena, &places->faults, STATE_UNAVAILABLE, lines_origin(&lines), "a part of the file that is included or may be left out is not followed");
		if (!equals || strncmp(line, "local_interfaces", strlen("local_interfaces")) != 0 ||
		    strspn(line + strlen("local_interfaces"), " \t") != (size_t)(equals - line) - strlen("local_interfaces"))
			continue;
		value = equals + 1;
		origin = lines_origin(&lines);
	}
	add_exim_list(places, arena, value, origin ? origin : file->path);
}

/* ---- Sendmail ---- */

static void add_sendmail(struct mail_places *places, struct source *source, struct arena *arena)
{
	const struct file *file = config_read(source, arena, "/etc/mail/sendmail.cf", &places->faults);
	size_t before = places->n;
	struct lines lines;

	if (!file)
		return;
	lines = lines_of(arena, file, "#", false);
	for (char *line; (line = lines_next(&lines));) {
		const char *address;

		if (!starts_with(line, "O DaemonPortOptions=") && !starts_with(line, "ODaemonPortOptions="))
			continue;
		address = strcasestr(line, "Addr=");
		address = address ? address + strlen("Addr=") : "*";
		add(places, arena, "sendmail", lines_origin(&lines), address, strcspn(address, ", \t"));
	}
	if (places->n == before)
		add(places, arena, "sendmail", file->path, "*", 1);
}

/* ---- OpenSMTPD ---- */

static void add_opensmtpd(struct mail_places *places, struct source *source, struct arena *arena)
{
	static const char *const files[] = { "/etc/smtpd.conf", "/etc/opensmtpd/smtpd.conf", "/etc/smtpd/smtpd.conf", "/etc/mail/smtpd.conf" };
	const struct file *file = NULL;
	struct lines lines;

	for (size_t i = 0; !file && i < ARRAY_LEN(files); i++)
		file = config_read(source, arena, files[i], &places->faults);
	if (!file)
		return;
	lines = lines_of(arena, file, "#", true);
	for (char *line; (line = lines_next(&lines));) {
		char *at = line, *first = word_next(&at), *second = first ? word_next(&at) : NULL, *third = second ? word_next(&at) : NULL;

		if (first && streq(first, "include"))
			faults_add(arena, &places->faults, STATE_UNAVAILABLE, lines_origin(&lines), "the file that is included is not followed");
		if (!third || !streq(first, "listen") || !streq(second, "on") || streq(third, "socket"))
			continue;
		if (*third == '$')
			faults_add(arena, &places->faults, STATE_UNAVAILABLE, lines_origin(&lines), "what %s stands for is not known", text_safe(arena, third, strlen(third), 64));
		else
			add(places, arena, "opensmtpd", lines_origin(&lines), third, strlen(third));
	}
}

/* ---- all of them ---- */

static const struct server {
	const char *programs, *config;
	const char *units;
	void (*add)(struct mail_places *places, struct source *source, struct arena *arena);
} servers[] = {
	{ "usr/sbin/postfix usr/lib/postfix/sbin/master usr/libexec/postfix/master usr/lib/postfix/bin/master", "etc/postfix/main.cf", "postfix", mail_add_postfix },
	{ "usr/sbin/exim4 usr/sbin/exim usr/bin/exim", "etc/exim4", "exim4 exim", add_exim },
	{ "usr/sbin/sendmail.sendmail usr/lib/sm.bin/sendmail usr/sbin/sendmail-mta usr/libexec/sendmail/sendmail usr/lib/sendmail.sendmail", "etc/mail/sendmail.cf", "sendmail", add_sendmail },
	{ "usr/sbin/smtpd usr/sbin/opensmtpd", "etc/smtpd.conf", "opensmtpd smtpd", add_opensmtpd },
};

/* A unit that nothing starts keeps it from listening; where there is no unit that is not known, and it is looked at. */
static bool may_start(const struct units *units, struct arena *arena, const char *names)
{
	bool any = false;
	const char *w;
	size_t n;

	for (const char *at = names; (w = list_next(&at, " ", &n));) {
		const struct unit *unit = unit_load(units, arena, unit_full_name(arena, arena_strndup(arena, w, n)));
		struct unit_boot boot;

		if (unit->state == STATE_ABSENT)
			continue;
		any = true;
		if (unit->masked)
			continue;
		boot = unit_boot(units, arena, unit->name);
		if (boot.state != STATE_PRESENT || boot.start != START_NEVER)
			return true;
	}
	return !any;
}

struct mail_places *mail_places_read(struct source *source, const struct units *units, struct arena *arena)
{
	struct mail_places *places = arena_new_of(arena, struct mail_places);

	for (size_t i = 0; i < ARRAY_LEN(servers); i++) {
		bool configured = source_stat(source, servers[i].config)->state != STATE_ABSENT;

		if (program_installed(source, servers[i].programs, configured) && may_start(units, arena, servers[i].units))
			servers[i].add(places, source, arena);
	}
	return places;
}
