/* SPDX-License-Identifier: Apache-2.0 */
#include "core/process/kconfig.h"

#include "core/base/text.h"
#include "core/source/gunzip.h"

#include <ctype.h>

enum { KCONFIG_LIMIT = 8 << 20 };   /* bytes, packed or not; the largest seen are 300 KiB */

/* ---- the table ---- */

static uint32_t *slot_of(const struct kconfig *kconfig, const char *name, size_t size)
{
	size_t i = text_hash(name, size) & (kconfig->n_slots - 1);

	for (; kconfig->slots[i]; i = (i + 1) & (kconfig->n_slots - 1)) {
		const struct kconfig_symbol *s = &kconfig->symbols[kconfig->slots[i] - 1];

		if (s->name_size == size && memcmp(s->name, name, size) == 0)
			break;
	}
	return &kconfig->slots[i];
}

const char *kconfig_get(const struct kconfig *kconfig, const char *name)
{
	uint32_t index = kconfig->n_slots ? *slot_of(kconfig, name, strlen(name)) : 0;

	return index ? kconfig->symbols[index - 1].value : NULL;
}

/* ---- parsing ---- */

struct parse {
	struct kconfig *kconfig;
	struct arena *arena;
	bool end_mark;          /* "# end of Kernel hacking": written by every kernel from 5.3 on */
	bool hacking, library;  /* the headings of the two menus that came last before */
	bool library_last;
	bool cut_line;          /* the last line has no end */
	size_t line;
};

/* The last of several lines for one symbol counts, as it does for Kconfig. */
static void set(struct parse *p, const char *name, size_t size, const char *value)
{
	uint32_t *slot = slot_of(p->kconfig, name, size);

	if (!*slot) {
		p->kconfig->symbols[p->kconfig->n] = (struct kconfig_symbol){ .name = name, .name_size = (uint32_t)size };
		*slot = (uint32_t)++p->kconfig->n;
	}
	p->kconfig->symbols[*slot - 1].value = value;
}

/* Ends the value in place, where the line break or the closing quote stood; inside quotes, \" and \\ stand for themselves. */
static const char *value_in_place(char *value, size_t size)
{
	bool quoted = size >= 2 && value[0] == '"' && value[size - 1] == '"';

	value[size - quoted] = '\0';
	if (!quoted)
		return value;
	for (char *from = value + 1, *to = from; (*to = *from); from++, to++)
		if (*from == '\\' && (from[1] == '"' || from[1] == '\\'))
			*to = *++from;
	return value + 1;
}

/* The second word of "# Linux/x86 6.12.43 Kernel Configuration" and the like. */
static void parse_header(struct parse *p, const char *line, size_t size)
{
	static const char start[] = "# Linux/", end[] = " Kernel Configuration";
	const char *arch = line + sizeof(start) - 1, *space;
	struct kconfig *k = p->kconfig;

	if (size < sizeof(start) + sizeof(end) || memcmp(line, start, sizeof(start) - 1) != 0 || k->version)
		return;
	space = memchr(arch, ' ', (size_t)(line + size - arch));
	if (!space || memcmp(line + size - sizeof(end) + 1, end, sizeof(end) - 1) != 0 ||
	    space + 1 >= line + size - sizeof(end) + 1)
		return;
	k->arch = arena_strndup(p->arena, arch, (size_t)(space - arch));
	k->version = arena_strndup(p->arena, space + 1, (size_t)(line + size - sizeof(end) + 1 - space - 1));
}

static size_t symbol_length(const char *at, size_t size)
{
	size_t n = 0;

	while (n < size && (isalnum((unsigned char)at[n]) || at[n] == '_'))
		n++;
	return n;
}

static bool line_is(const char *line, size_t size, const char *text)
{
	return size == strlen(text) && memcmp(line, text, size) == 0;
}

static void parse_comment(struct parse *p, const char *line, size_t size)
{
	static const char start[] = "# CONFIG_", end[] = " is not set";
	const char *name = line + sizeof(start) - 1;

	if (size > sizeof(start) + sizeof(end) - 2 && memcmp(line, start, sizeof(start) - 1) == 0) {
		size_t n = symbol_length(name, size - (sizeof(start) - 1));

		if (n && line_is(name + n, size - (sizeof(start) - 1) - n, end))
			set(p, name, n, "n");
		return;
	}
	parse_header(p, line, size);
	p->end_mark |= line_is(line, size, "# end of Kernel hacking");
	if (line_is(line, size, "# Kernel hacking")) {
		p->hacking = true;
		p->library_last = false;
	} else if (line_is(line, size, "# Library routines")) {
		p->library = true;
		p->library_last = true;
	}
}

/* False where the line is nothing that Kconfig writes. */
static bool parse_line(struct parse *p, char *line, size_t size, bool ended)
{
	size_t n;

	if (size == 0)
		return true;
	if (line[0] == '#') {
		if (ended || line_is(line, size, "# end of Kernel hacking"))
			parse_comment(p, line, size);
		else
			p->cut_line = true;
		return true;
	}
	if (!ended) {
		p->cut_line = true;
		return true;
	}
	if (size < 8 || memcmp(line, "CONFIG_", 7) != 0)
		return false;
	n = symbol_length(line + 7, size - 7);
	if (!n || 7 + n >= size || line[7 + n] != '=')
		return false;
	set(p, line + 7, n, value_in_place(line + 8 + n, size - 8 - n));
	return true;
}

/* One of the symbols that close the last menu of a kernel older than 5.3. */
static bool old_end_seen(const struct parse *p)
{
	static const char *const after_library[] = { "SBITMAP", "PARMAN", "STRING_SELFTEST" };
	static const char *const after_hacking[] = { "UNWINDER_ORC", "UNWINDER_FRAME_POINTER", "UNWINDER_GUESS", "CORESIGHT" };
	const char *const *names = p->library_last ? after_library : after_hacking;
	size_t n = p->library_last ? ARRAY_LEN(after_library) : ARRAY_LEN(after_hacking);

	for (size_t i = 0; i < n; i++)
		if (kconfig_get(p->kconfig, names[i]))
			return true;
	return false;
}

/* Fewer lines than this no build writes: the smallest, `make tinyconfig`, has several hundred. */
#define FEWEST_LINES 100

static void judge_whole(const struct parse *p, size_t n_lines, bool gzip_whole)
{
	struct kconfig *k = p->kconfig;
	bool old = k->version && version_compare(k->version, "5.3") < 0;

	if (!k->version)
		k->cut_why = "it has no header line that names the kernel";
	else if (n_lines < FEWEST_LINES)
		k->cut_why = "it is shorter than that of any kernel";
	else if (p->cut_line)
		k->cut_why = "its last line is cut";
	else if (!old && !p->end_mark)
		k->cut_why = "it does not reach the end of its last section, Kernel hacking";
	else if (old && !gzip_whole && !(p->hacking && p->library && old_end_seen(p)))
		k->cut_why = "it cannot be told whether it reaches its end";
	k->whole = !k->cut_why;
}

void kconfig_parse(struct kconfig *kconfig, struct arena *arena, char *text, size_t size, bool gzip_whole)
{
	struct parse p = { .kconfig = kconfig, .arena = arena };
	size_t lines = 1, symbols = 0;

	for (const char *at = text; (at = memchr(at, '\n', size - (size_t)(at - text))); at++)
		lines++;
	for (kconfig->n_slots = 1024; kconfig->n_slots < lines * 2;)
		kconfig->n_slots *= 2;
	kconfig->slots = arena_array_of(arena, uint32_t, kconfig->n_slots);
	kconfig->symbols = arena_array_of(arena, struct kconfig_symbol, lines);
	for (char *at = text, *end = text + size; at < end;) {
		char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((stop ? stop : end) - at);

		p.line++;
		size_t shown = n && stop && at[n - 1] == '\r' ? n - 1 : n;   /* an editor of another system */

		if (memchr(at, '\0', n) || !parse_line(&p, at, shown, stop != NULL)) {
			kconfig->state = STATE_MALFORMED;
			kconfig->why = arena_printf(arena, "line %zu is not a line of a kernel configuration", p.line);
			return;
		}
		symbols += n > 7;
		at += n + 1;
	}
	if (!symbols) {
		kconfig->state = STATE_MALFORMED;
		kconfig->why = "it holds no kernel configuration";
		return;
	}
	judge_whole(&p, symbols, gzip_whole);
}

/* ---- reading ---- */

static void load(struct kconfig *k, struct source *source, const struct file *file)
{
	struct arena *arena = source_arena(source);
	bool gz = is_gzip(file);
	size_t size = file->size;
	char *text;

	k->state = STATE_PRESENT;
	k->origin = file->path;
	text = gz ? gunzip(arena, file, KCONFIG_LIMIT, &size, &k->why) : arena_strndup(arena, file->data, size);
	if (!text) {
		k->state = STATE_MALFORMED;
		return;
	}
	kconfig_parse(k, arena, text, size, gz);
}

struct kconfig *kconfig_read(struct source *source, const char *release)
{
	static const char *const places[] = { "proc/config.gz", "boot/config-%s", "lib/modules/%s/config", "usr/lib/modules/%s/config" };
	struct arena *arena = source_arena(source);
	struct kconfig *k = arena_new_of(arena, struct kconfig);
	struct buffer tried = { .arena = arena };

	k->state = STATE_ABSENT;
	k->why = "not in any of the usual places";
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		const struct file *file;
		const char *path = places[i];

		if (i && (!release || strchr(release, '/')))
			break;
		if (i) {
			struct buffer name = { .arena = arena };
			const char *hole = strstr(path, "%s");

			buffer_add(&name, path, (size_t)(hole - path));
			buffer_puts(&name, release);
			buffer_puts(&name, hole + 2);
			path = name.text;
		}
		file = source_read(source, path, KCONFIG_LIMIT);
		if (file->state == STATE_PRESENT) {
			load(k, source, file);
			return k;
		}
		buffer_printf(&tried, "%s%s", tried.size ? ", " : "", file->path);
		if (file->state != STATE_ABSENT) {
			k->state = file->state;
			k->why = file->why;
		}
	}
	k->origin = tried.text;
	return k;
}
