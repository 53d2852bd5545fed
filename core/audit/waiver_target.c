/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a waiver can be for. One for a thing on the host, a file or a unit, accepts a failure as far as that thing goes: what else fails the same rule is
 * not covered. Names of files are chosen by whoever makes them, so a path is matched as a whole, never found in a longer text.
 */
#include "core/audit/waiver.h"

#include "core/base/text.h"

/* ---- paths ---- */

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), size = strlen(end);

	return n >= size && streq(text + n - size, end);
}

/* The file without the line behind it. A file of that very name is named by the evidence, too: "mode of /srv/a:7". */
static const char *file_of(const struct evidence *e, char *copy, size_t room)
{
	const char *colon = e->origin ? strrchr(e->origin, ':') : NULL;

	if (!e->origin || *e->origin != '/')
		return NULL;
	if (!colon || !colon[1] || strspn(colon + 1, "0123456789") != strlen(colon + 1) || (e->name && ends_with(e->name, e->origin)))
		return e->origin;
	if ((size_t)snprintf(copy, room, "%.*s", (int)(colon - e->origin), e->origin) >= room)
		return NULL;
	return copy;
}

static bool is_at_path(const char *glob, const struct evidence *e)
{
	char copy[TEXT_MAX];
	const char *file = file_of(e, copy, sizeof(copy));

	return file && text_glob(glob, file);
}

/* ---- units ---- */

static bool is_unit(const char *word)
{
	static const char kinds[] = "service socket target timer mount automount swap path slice scope device";
	const char *dot = strrchr(word, '.');

	return dot && dot != word && dot[1] && list_has(kinds, " ", dot + 1);
}

/* All units among the words of its name; where there is none, the file that it is in. "ExecStart of rescue.service", "a.timer (wanted by b.target)" */
static bool is_at_unit(const char *glob, const struct evidence *e)
{
	char word[256], copy[TEXT_MAX];
	const char *file = file_of(e, copy, sizeof(copy)), *base = file ? strrchr(file, '/') + 1 : NULL;
	bool any = false;
	size_t n;

	for (const char *at = e->name, *w; at && (w = list_next(&at, " ", &n));) {
		snprintf(word, sizeof(word), "%.*s", (int)(n < sizeof(word) ? n : sizeof(word) - 1), w);
		if (!is_unit(word))
			continue;
		if (!text_glob(glob, word))
			return false;
		any = true;
	}
	return any || (base && is_unit(base) && text_glob(glob, base));
}

/* ---- kernel parameters ---- */

static void write_dotted(char *copy, size_t room, const char *name)
{
	snprintf(copy, room, "%.*s", (int)strcspn(name, " "), name);
	for (char *c = copy; *c; c++)
		*c = *c == '/' ? '.' : *c;
}

/* The file is what it is; of what a configuration says, the name. */
static bool is_at_sysctl(const char *glob, const struct evidence *e)
{
	static const char below[] = "/proc/sys/";
	char name[512], dotted[512];

	write_dotted(dotted, sizeof(dotted), glob);
	write_dotted(name, sizeof(name), e->origin && starts_with(e->origin, below) ? e->origin + strlen(below) : e->name ? e->name : "");
	return text_glob(dotted, name);
}

/* ---- all of them ---- */

static const struct waiver_target targets[] = {
	{ "container", NULL }, { "image", NULL }, { "pod", NULL }, { "claimed", NULL },
	{ "path", is_at_path }, { "unit", is_at_unit }, { "sysctl", is_at_sysctl },
};

const struct waiver_target *waiver_target_kind(const char *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(targets); i++)
		if (streq(targets[i].kind, kind))
			return &targets[i];
	return NULL;
}

const char *waiver_target_words(struct arena *arena, const char *behind, const char *between)
{
	struct buffer words = { .arena = arena };

	for (size_t i = 0; i < ARRAY_LEN(targets); i++)
		buffer_printf(&words, "%s%s%s", i ? between : "", targets[i].kind, behind);
	return words.text;
}

static const struct waiver_target *target_of(const struct waiver *waiver)
{
	for (size_t i = 0; waiver->subject && i < ARRAY_LEN(targets); i++)
		if (starts_with(waiver->subject, targets[i].kind) && waiver->subject[strlen(targets[i].kind)] == ':')
			return &targets[i];
	return NULL;
}

bool waiver_of_containers(const struct waiver *waiver)
{
	const struct waiver_target *target = target_of(waiver);

	return waiver->subject && !streq(waiver->subject, "host") && !(target && target->is_at);
}

/* As a report shows it: a value that needs an explanation by that. */
static const char *shown(const struct evidence *e)
{
	return e->state != STATE_PRESENT ? state_name(e->state) : e->why ? e->why : e->value;
}

static bool is_pinned(const struct evidence *e, const char *found)
{
	return streq(shown(e), found) || (e->state == STATE_PRESENT && streq(e->value, found));
}

bool waiver_is_partial(const struct waiver *waiver)
{
	const struct waiver_target *target = target_of(waiver);

	return waiver->found || (target && target->is_at);
}

bool waiver_accepts(const struct waiver *waiver, const struct evidence *e, struct waiver_other *other)
{
	const struct waiver_target *target = target_of(waiver);

	if (target && target->is_at && !target->is_at(strchr(waiver->subject, ':') + 1, e))
		*other = (struct waiver_other){ .thing = e->name && *e->name ? e->name : e->origin };
	else if (waiver->found && !is_pinned(e, waiver->found))
		*other = (struct waiver_other){ .value = shown(e) };
	else
		return true;
	return false;
}
