/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of a manifest, written and read. */
#include "core/source/snapshot_private.h"

#include "core/base/rows.h"

#include <dirent.h>
#include <inttypes.h>

enum { SHORT = 200 };   /* bytes that stand in the line itself */

static const char *const kinds[FACT_KINDS] = {
	[FACT_READ] = "read", [FACT_STAT] = "stat", [FACT_TARGET] = "target", [FACT_LINK] = "link", [FACT_LIST] = "list", [FACT_CALL] = "call",
	[FACT_PIN_READ] = "pin", [FACT_PIN_LINK] = "pin-link", [FACT_PIN_LIST] = "pin-list", [FACT_PIN_CALL] = "pin-number",
	[FACT_USER_READ] = "user", [FACT_USER_LIST] = "user-list",
};

static const char *const states[STATES] = {
	[STATE_PRESENT] = "present", [STATE_ABSENT] = "absent", [STATE_INAPPLICABLE] = "inapplicable", [STATE_DENIED] = "denied",
	[STATE_BROKEN] = "broken", [STATE_UNAVAILABLE] = "unavailable", [STATE_MALFORMED] = "malformed", [STATE_NOT_GIVEN] = "not-given",
};

/* What ls(1) calls the kinds of files. */
static const struct {
	char letter;
	unsigned char type;
} types[] = {
	{ '-', DT_REG }, { 'd', DT_DIR }, { 'l', DT_LNK }, { 'c', DT_CHR }, { 'b', DT_BLK }, { 'p', DT_FIFO }, { 's', DT_SOCK }, { '?', DT_UNKNOWN },
	{ 'w', DT_WHT },
};

static const char no_name[] = "\\.";   /* the root itself */

static bool has_contents(enum fact_kind kind)
{
	return kind != FACT_STAT && kind != FACT_TARGET && !fact_is_list(kind);
}

bool manifest_is_short(const struct fact *fact)
{
	return fact->file->size <= SHORT && (fact->kind == FACT_CALL || fact->kind == FACT_LINK || fact->kind == FACT_PIN_LINK || fact->kind == FACT_PIN_CALL);
}

const char *manifest_place(struct arena *arena, const char *name)
{
	return arena_printf(arena, "files/%s", name);
}

/* ---- writing ---- */

static void add_stat(struct buffer *out, const struct fact *fact)
{
	const struct stat *st = &fact->file->stat;

	if (!st->st_mode)
		return;
	buffer_printf(out, " mode=0%o owner=%u:%u", st->st_mode, st->st_uid, st->st_gid);
	if (has_contents(fact->kind))
		return;
	buffer_printf(out, " on=%ju:%ju", (uintmax_t)st->st_dev, (uintmax_t)st->st_ino);
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		buffer_printf(out, " device=%ju", (uintmax_t)st->st_rdev);
	else if (S_ISREG(st->st_mode))
		buffer_printf(out, " bytes=%jd", (intmax_t)st->st_size);
}

static void add_result(struct buffer *out, enum state state, int code, const char *why)
{
	if (state != STATE_PRESENT)
		buffer_printf(out, " %s", states[state]);
	if (code)
		buffer_printf(out, " errno=%d", code);
	if (why) {
		buffer_puts(out, " # ");
		text_escape(out, why, strlen(why), "");
	}
}

static void add_contents(struct buffer *out, const struct fact *fact, const char *at)
{
	const struct file *file = fact->file;

	if (at) {
		buffer_printf(out, " size=%zu", file->size);
		if (starts_with(at, "files/") && streq(at + strlen("files/"), fact->name))
			return;
		buffer_puts(out, " file=");
		text_escape(out, at, strlen(at), " ");
	} else if (file->size || (file->state == STATE_PRESENT && has_contents(fact->kind))) {
		buffer_puts(out, " data=");
		text_escape(out, file->data, file->size, " ");
	}
}

static char letter_of(unsigned char type)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (types[i].type == type)
			return types[i].letter;
	return '?';
}

static void add_entries(struct buffer *out, const struct directory *directory)
{
	for (size_t i = 0; i < directory->n; i++) {
		buffer_printf(out, "\n\t%c ", letter_of(directory->entries[i].type));
		text_escape(out, directory->entries[i].name, strlen(directory->entries[i].name), "");
	}
}

void manifest_add(struct buffer *out, const struct fact *fact, const char *at)
{
	buffer_printf(out, "%s ", kinds[fact->kind]);
	if (*fact->name)
		text_escape(out, fact->name, strlen(fact->name), " ");
	else
		buffer_puts(out, no_name);
	if (fact_is_list(fact->kind)) {
		buffer_printf(out, " entries=%zu", fact->directory->n);
		add_result(out, fact->directory->state, 0, fact->directory->why);
		add_entries(out, fact->directory);
	} else {
		add_stat(out, fact);
		add_contents(out, fact, at);
		add_result(out, fact->file->state, fact->file->code, fact->file->why);
	}
	buffer_puts(out, "\n");
}

/* ---- reading ---- */

static int index_of(const char *const *words, int n, const char *word)
{
	int i = 0;

	while (i < n && !streq(words[i], word))
		i++;
	return i;
}

/* "0100644", "12:34": one or two numbers and nothing else. */
static bool take_numbers(const char *text, int base, uintmax_t *first, uintmax_t *second)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	*first = strtoumax(text, &end, base);
	if (!second)
		return !*end;
	if (*end != ':' || end[1] < '0' || end[1] > '9')
		return false;
	*second = strtoumax(end + 1, &end, base);
	return !*end;
}

static bool take_stat(struct stat *st, const char *key, const char *value)
{
	uintmax_t first, second;

	if (streq(key, "mode") && take_numbers(value, 8, &first, NULL))
		st->st_mode = (mode_t)first;
	else if (streq(key, "owner") && take_numbers(value, 10, &first, &second)) {
		st->st_uid = (uid_t)first;
		st->st_gid = (gid_t)second;
	} else if (streq(key, "on") && take_numbers(value, 10, &first, &second)) {
		st->st_dev = (dev_t)first;
		st->st_ino = (ino_t)second;
	} else if (streq(key, "device") && take_numbers(value, 10, &first, NULL))
		st->st_rdev = (dev_t)first;
	else if (streq(key, "bytes") && take_numbers(value, 10, &first, NULL))
		st->st_size = (off_t)first;
	else
		return false;
	return true;
}

/* False: it is not understood. */
static bool take_pair(struct arena *arena, struct manifest_line *line, const char *key, const char *value)
{
	bool list = fact_is_list(line->kind);
	uintmax_t number;
	size_t n;

	if (streq(key, "data") && has_contents(line->kind)) {
		line->file.data = text_unescape(arena, value, strlen(value), &n);
		line->file.size = n;
		return line->file.data != NULL;
	}
	if (streq(key, "file") && has_contents(line->kind)) {
		line->at = text_unescape(arena, value, strlen(value), &n);
		return line->at && strlen(line->at) == n;
	}
	if (streq(key, "size") && has_contents(line->kind))
		line->elsewhere = true;
	else if (streq(key, "errno") && !list && take_numbers(value, 10, &number, NULL) && number < 4096) {
		line->file.code = (int)number;
		return true;
	} else if (!streq(key, "entries") || !list)
		return !list && take_stat(&line->file.stat, key, value);
	line->size = take_numbers(value, 10, &number, NULL) ? (size_t)number : SIZE_MAX;
	return line->size != SIZE_MAX;
}

static const char *take_token(struct arena *arena, struct manifest_line *line, char *token)
{
	char *equals = strchr(token, '=');
	int state = equals ? STATES : index_of(states, STATES, token);

	if (equals) {
		*equals = '\0';
		return take_pair(arena, line, token, equals + 1) ? NULL : arena_printf(arena, "%s= is not understood here", token);
	}
	if (state == STATES)
		return arena_printf(arena, "'%s' is no state", token);
	line->file.state = (enum state)state;
	return NULL;
}

static const char *take_name(struct arena *arena, struct manifest_line *line, const char *kind, const char *name)
{
	size_t n = 0;

	line->kind = (enum fact_kind)index_of(kinds, FACT_KINDS, kind);
	if (line->kind == FACT_KINDS)
		return arena_printf(arena, "'%s' is no kind of answer", kind);
	if (name)
		line->name = streq(name, no_name) ? "" : text_unescape(arena, name, strlen(name), &n);
	if (!name || !line->name || strlen(line->name) != n)
		return "a name is missing, or not understood";
	return NULL;
}

const char *manifest_take(struct arena *arena, const char *text, size_t size, struct manifest_line *line)
{
	char *rest = arena_strndup(arena, text, size), *kind = strsep(&rest, " "), *name = strsep(&rest, " ");
	const char *wrong;
	size_t n;

	*line = (struct manifest_line){ .file = { .state = STATE_PRESENT, .data = "" } };
	wrong = strlen(kind) + (name ? strlen(name) + 1 : 0) + (rest ? strlen(rest) + 1 : 0) != size ? "it holds a NUL" : take_name(arena, line, kind, name);
	while (!wrong && rest && !starts_with(rest, "# "))
		wrong = take_token(arena, line, strsep(&rest, " "));
	if (wrong)
		return wrong;
	if (rest) {
		line->file.why = text_unescape(arena, rest + 2, strlen(rest + 2), &n);
		if (!line->file.why)
			return "a reason is not understood";
	}
	if (line->elsewhere && !line->at)
		line->at = manifest_place(arena, line->name);
	return line->elsewhere || !line->at ? NULL : "file= without size=";
}

const char *manifest_take_entry(struct arena *arena, const char *text, size_t size, struct entry *entry)
{
	size_t n;

	if (size < 4 || text[0] != '\t' || text[2] != ' ')
		return "an entry of a list is missing";
	entry->name = text_unescape(arena, text + 3, size - 3, &n);
	if (!entry->name || strlen(entry->name) != n || strchr(entry->name, '/'))
		return "the name of an entry is not understood";
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		entry->type = types[i].type;
		if (types[i].letter == text[1])
			return NULL;
	}
	return arena_printf(arena, "'%c' is no type of a file", text[1]);
}
