/* SPDX-License-Identifier: Apache-2.0 */
#include "core/fix/fix_commands.h"

#include "core/base/text.h"
#include "core/fix/fix_script.h"
#include "core/fix/fix_use.h"

/* ---- packages ---- */

static const struct {
	const char *name, *program, *install, *remove;
} managers[] = {
	{ "apt", "apt-get", "DEBIAN_FRONTEND=noninteractive apt-get install -y", "DEBIAN_FRONTEND=noninteractive apt-get remove -y" },
	{ "dnf", "dnf", "dnf install -y", "dnf remove -y --noautoremove" },
	{ "zypper", "zypper", "zypper --non-interactive install", "zypper --non-interactive remove" },
	{ "apk", "apk", "apk add", "apk del" },
	{ "pacman", "pacman", "pacman -S --needed --noconfirm", "pacman -R --noconfirm" },
};

/* The names behind "apt=", commas made into spaces; NULL: there are none. */
static const char *names_for(struct arena *arena, const char *text, const char *manager)
{
	const char *at = text, *word;
	size_t n, size = strlen(manager);

	while ((word = list_next(&at, " \n", &n)))
		if (n > size && strncmp(word, manager, size) == 0 && word[size] == '=') {
			char *names = arena_strndup(arena, word + size + 1, n - size - 1);

			for (char *c = names; *c; c++)
				if (*c == ',')
					*c = ' ';
			return names;
		}
	return NULL;
}

const char *fix_package_script(struct arena *arena, const char *text)
{
	bool remove = starts_with(text, "remove "), any = false;
	struct buffer out = { .arena = arena };

	if (!remove && !starts_with(text, "install "))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(managers); i++) {
		const char *names = names_for(arena, text, managers[i].name);

		if (!names)
			continue;
		buffer_printf(&out, "%s command -v %s >/dev/null 2>&1; then\n  %s %s\n", any ? "elif" : "if", managers[i].program,
			      remove ? managers[i].remove : managers[i].install, names);
		any = true;
	}
	if (!any)
		return NULL;
	buffer_puts(&out, "else\n  echo 'no package manager that is known is here' >&2\n  exit 1\nfi\n");
	return out.text;
}

/* ---- a command for each ---- */

struct found {
	const char *value, *name, *place;
};

static struct found found_of(struct arena *arena, const struct evidence *e)
{
	const char *colon = e->value ? strstr(e->value, ": ") : NULL, *of = e->name ? strstr(e->name, " of ") : NULL;

	return (struct found){ colon ? arena_strndup(arena, e->value, (size_t)(colon - e->value)) : e->value, of ? of + strlen(" of ") : NULL, e->origin };
}

static bool is_harmless(const char *word)
{
	return word && *word && *word != '-' && shell_is_plain(word) && !strchr(word, ' ');
}

/* What the line names has to be there: a setting that fails beside the accounts is not one of them. */
static bool is_about(const char *text, const struct found *found)
{
	return (found->value || !strstr(text, "{value}")) && (found->name || !strstr(text, "{name}")) && (found->place || !strstr(text, "{place}"));
}

/* The line with its names filled in; NULL: one of them means something to a shell. */
static const char *filled_line(struct arena *arena, const char *line, size_t size, const struct found *found)
{
	const struct {
		const char *sign, *word;
	} signs[] = { { "{value}", found->value }, { "{name}", found->name }, { "{place}", found->place } };
	struct buffer out = { .arena = arena };

	for (const char *at = line; at < line + size; at++) {
		size_t i = 0;

		while (i < ARRAY_LEN(signs) && !starts_with(at, signs[i].sign))
			i++;
		if (i == ARRAY_LEN(signs)) {
			buffer_add(&out, at, 1);
			continue;
		}
		if (!is_harmless(signs[i].word))
			return NULL;
		buffer_puts(&out, shell_quoted(arena, signs[i].word));
		at += strlen(signs[i].sign) - 1;
	}
	return out.text;
}

static bool add_lines(struct arena *arena, struct buffer *out, const char *text, const struct found *found)
{
	for (const char *line = text, *end; *line; line = *end ? end + 1 : end) {
		const char *filled;

		end = strchrnul(line, '\n');
		filled = filled_line(arena, line, (size_t)(end - line), found);
		if (!filled)
			return false;
		if (!out->text || !memmem(out->text, out->size, filled, strlen(filled)))
			buffer_printf(out, "%s\n", filled);
	}
	return true;
}

bool fix_make_each(struct arena *arena, struct fix_item *item)
{
	struct buffer out = { .arena = arena };
	size_t refused = 0;

	for (size_t i = 0; item->result && i < item->result->n_evidence; i++) {
		const struct evidence *e = &item->result->evidence[i];
		struct found found = found_of(arena, e);

		if (e->outcome == OUTCOME_FAIL && (e->state == STATE_PRESENT || e->state == STATE_ABSENT) && is_about(item->text, &found) &&
		    !add_lines(arena, &out, item->text, &found))
			refused++;
	}
	if (!out.text) {
		fix_leave_to_hands(arena, item, refused ? "What was found has names that no script should hold." : "Nothing was found that a command could name.");
		return refused;
	}
	item->text = out.text;
	fix_set_apart(arena, item, "It is about what was found, by name: see whether each is meant.");
	if (refused)
		fix_set_apart(arena, item, arena_printf(arena, "%zu more %s a name that no script should hold.", refused, refused == 1 ? "has" : "have"));
	return true;
}
