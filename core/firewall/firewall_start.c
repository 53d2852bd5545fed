/* SPDX-License-Identifier: Apache-2.0 */
#include "core/firewall/firewall_start.h"

#include "core/base/text.h"
#include "core/boot/unit_command.h"

struct reading {
	struct arena *arena;
	const char *programs;
	const char *origin;          /* of the command */
	struct firewall_start start;
	bool own;                    /* a program of the service is among them */
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void unknown(struct reading *r, const char *what)
{
	if (r->start.loads == LOADS_UNKNOWN)
		return;
	r->start.loads = LOADS_UNKNOWN;
	r->start.origin = r->origin;
	r->start.why = arena_printf(r->arena, "what %s loads is not known", text_safe(r->arena, what, strlen(what), 128));
}

static void load(struct reading *r, const char *file)
{
	if (*file == '/' && !strpbrk(file, "$%"))
		arena_push(r->arena, r->start.files, r->start.n) = file;
	else
		unknown(r, *file ? file : "nft -f");
}

/* The argument of an option of nft(8) that takes one: behind the letter or the equals sign, or the next word. */
static const char *argument(const char *const *words, size_t n, size_t *at, const char *rest)
{
	return *rest ? rest : *at + 1 < n ? words[++*at] : "";
}

static void take_nft(struct reading *r, const char *const *words, size_t n)
{
	const char *file = NULL, *rest;
	bool checks = false;
	size_t i = 1;

	for (; i < n && words[i][0] == '-' && words[i][1]; i++) {
		if (words[i][1] == '-') {
			rest = strchr(words[i], '=') ? strchr(words[i], '=') + 1 : "";
			checks = checks || streq(words[i], "--check");
			if (starts_with(words[i], "--file"))
				file = argument(words, n, &i, rest);
			else if (starts_with(words[i], "--includepath") || starts_with(words[i], "--define"))
				argument(words, n, &i, rest), unknown(r, words[i]);
			continue;
		}
		for (const char *c = words[i] + 1; *c; c++) {
			checks = checks || *c == 'c';
			if (!strchr("fID", *c))
				continue;
			rest = argument(words, n, &i, c + 1);
			if (*c == 'f')
				file = rest;
			else
				unknown(r, rest);
			break;
		}
	}
	r->own = true;
	if (checks)
		return;
	if (file)
		load(r, file);
	else if (i + 2 == n && streq(words[i], "flush") && streq(words[i + 1], "ruleset"))
		arena_push(r->arena, r->start.files, r->start.n) = NULL;
	else if (i < n)
		unknown(r, words[i]);
}

/* iptables-restore(8) reads the file that is named last. */
static void take_restore(struct reading *r, const char *const *words, size_t n)
{
	r->own = true;
	for (size_t i = n; i > 1; i--) {
		if (words[i - 1][0] != '/')
			continue;
		load(r, words[i - 1]);
		return;
	}
}

/* What runs beside the start (`beside`) is looked at for nft alone. */
static void take_command(struct reading *r, const struct unit_setting *s, bool beside)
{
	const char *text = s->value + strspn(s->value, "@-:+!| \t"), **words = NULL, *name;
	size_t n = 0;

	r->origin = arena_printf(r->arena, "%s:%u", s->origin, s->line);
	if (!unit_words(r->arena, text, NULL, &words, &n) || !n) {
		unknown(r, "its command");
		return;
	}
	name = base_name(words[0]);
	if (streq(name, "nft") && (beside || list_has(r->programs, " ", name)))
		take_nft(r, words, n);
	else if (beside || list_has("true :", " ", name))
		return;
	else if (!list_has(r->programs, " ", name))
		unknown(r, words[0]);
	else if (strstr(name, "-restore"))
		take_restore(r, words, n);
	else
		r->own = true;
}

struct firewall_start firewall_start_of(const struct units *units, struct arena *arena, const char *name, const char *programs)
{
	static const char *const keys[] = { "ExecStartPre", "ExecStart", "ExecStartPost" };
	struct reading r = { .arena = arena, .programs = programs, .start.loads = LOADS_NOTHING };
	const struct unit *unit = unit_load(units, arena, name);
	const struct unit_setting *s;

	if (units_init(units) != INIT_SYSTEMD || unit->state != STATE_PRESENT)
		return (struct firewall_start){ .loads = LOADS_ITS_OWN };
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		for (size_t at = 0; (s = unit_next(unit, "Service", keys[i], &at));)
			take_command(&r, s, !streq(keys[i], "ExecStart"));
	if (r.start.loads != LOADS_UNKNOWN && r.own && r.start.n)
		r.start.loads = LOADS_FILES;
	else if (r.start.loads != LOADS_UNKNOWN && r.own && !list_has(programs, " ", "nft"))
		r.start.loads = LOADS_ITS_OWN;
	return r.start;
}
