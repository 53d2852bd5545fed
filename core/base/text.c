/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/text.h"

#include <ctype.h>
#include <errno.h>
#include <strings.h>

/* The code point at data and its length in bytes; length 0 where the bytes are not valid UTF-8 (RFC 3629). */
static uint32_t utf8_next(const unsigned char *data, size_t size, size_t *length)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = data[0] < 0x80 ? 1 : data[0] >= 0xF0 ? 4 : data[0] >= 0xE0 ? 3 : data[0] >= 0xC2 ? 2 : 0;
	uint32_t c;

	*length = 0;
	if (!n || n > size)
		return 0;
	c = n == 1 ? data[0] : data[0] & (0x7Fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((data[i] & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (data[i] & 0x3F);
	}
	if (c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return 0;
	*length = n;
	return c;
}

/* Characters that steer a terminal, reorder a line, or that XML 1.0 cannot hold. */
static bool steers(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0xAD || c == 0x61C || (c >= 0x200B && c <= 0x200F) ||
	       (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
	       (c >= 0xFFF9 && c <= 0xFFFB) || (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF) ||
	       (c >= 0xE0000 && c <= 0xE007F);
}

/*
 * How many bytes at the beginning are printable ASCII. Nearly all texts are that from end to end, and all are looked at: so eight bytes at a time,
 * as long as none of them is below ' ' or above '~'.
 */
static size_t plain_run(const char *text, size_t size)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = ones * 0x80;
	size_t n = 0;

	for (uint64_t part; n + sizeof(part) <= size; n += sizeof(part)) {
		memcpy(&part, text + n, sizeof(part));
		if ((((part - ones * ' ') & ~part) | part | (part + ones)) & high)
			break;
	}
	while (n < size && text[n] >= ' ' && text[n] <= '~')
		n++;
	return n;
}

bool text_is_plain(const char *text, size_t size)
{
	return plain_run(text, size) == size;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

char *text_safe(struct arena *arena, const char *data, size_t size, size_t limit)
{
	struct buffer out = { .arena = arena };
	const unsigned char *at = (const unsigned char *)data, *end = at + size;

	if (size <= limit && text_is_plain(data, size))
		return arena_strndup(arena, data, size);
	while (at < end && out.size < limit) {
		size_t n = plain_run((const char *)at, smaller((size_t)(end - at), limit - out.size));
		uint32_t c;

		if (n) {
			buffer_add(&out, (const char *)at, n);
			at += n;
			continue;
		}
		c = utf8_next(at, (size_t)(end - at), &n);
		if (!n)
			buffer_printf(&out, "\\x%02x", *at);
		else if (c == '\n')
			buffer_puts(&out, "\\n");
		else if (c == '\t')
			buffer_puts(&out, "\\t");
		else if (steers(c))
			buffer_printf(&out, c < 0x100 ? "\\x%02x" : "\\u{%x}", (unsigned)c);
		else
			buffer_add(&out, (const char *)at, n);
		at += n ? n : 1;
	}
	if (at < end)
		buffer_printf(&out, "… (%zu bytes)", size);
	return out.text ? out.text : arena_strdup(arena, "");
}

bool text_integer(const char *text, int64_t *value)
{
	const char *digits = text + (*text == '-' || *text == '+');
	bool hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
	char *end;

	if (hex ? !isxdigit((unsigned char)digits[2]) : !isdigit((unsigned char)digits[0]))
		return false;
	errno = 0;
	*value = strtoll(text, &end, hex ? 16 : 10);
	return errno == 0 && *end == '\0';
}

int text_boolean(const char *text)
{
	static const char *const yes[] = { "1", "y", "yes", "t", "true", "on" };
	static const char *const no[] = { "0", "n", "no", "f", "false", "off" };

	for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
		if (strcasecmp(text, yes[i]) == 0)
			return 1;
		if (strcasecmp(text, no[i]) == 0)
			return 0;
	}
	return -1;
}

int version_compare(const char *a, const char *b)
{
	while (isdigit((unsigned char)*a) || isdigit((unsigned char)*b)) {
		char *a_end = (char *)a, *b_end = (char *)b;
		unsigned long x = isdigit((unsigned char)*a) ? strtoul(a, &a_end, 10) : 0;
		unsigned long y = isdigit((unsigned char)*b) ? strtoul(b, &b_end, 10) : 0;

		if (x != y)
			return x < y ? -1 : 1;
		a = a_end + (a_end[0] == '.' && isdigit((unsigned char)a_end[1]));
		b = b_end + (b_end[0] == '.' && isdigit((unsigned char)b_end[1]));
		if (!isdigit((unsigned char)a[0]) && a == a_end && !isdigit((unsigned char)b[0]) && b == b_end)
			break;
	}
	return 0;
}

bool version_valid(const char *text)
{
	return isdigit((unsigned char)text[0]);
}

char *text_trim(char *text)
{
	size_t n;

	text += strspn(text, " \t\r\n");
	n = strlen(text);
	while (n && strchr(" \t\r\n", text[n - 1]))
		n--;
	text[n] = '\0';
	return text;
}

/* Separators are few and words are short: a plain loop is faster here than strspn(3). */
static bool separates(char c, const char *separators)
{
	while (*separators && *separators != c)
		separators++;
	return *separators != '\0';
}

/* Of the separators the one with the highest number: nearly every letter stands behind it and need not be compared with each. */
static unsigned char last_of(const char *separators)
{
	unsigned char last = 0;

	for (; *separators; separators++)
		last = (unsigned char)*separators > last ? (unsigned char)*separators : last;
	return last;
}

const char *list_next(const char **at, const char *separators, size_t *length)
{
	const char *word = *at, *end;
	unsigned char last = last_of(separators);

	while (*word && separates(*word, separators))
		word++;
	for (end = word; *end && ((unsigned char)*end > last || !separates(*end, separators));)
		end++;
	*length = (size_t)(end - word);
	*at = end;
	return *length ? word : NULL;
}

/* memmem(3) and strstr(3) look at sixteen characters at a time; only what they find is looked at word by word. */
bool list_has_part(const char *list, const char *separators, const char *word, size_t size)
{
	const char *end = list + strlen(list);

	for (const char *at = list; size && (at = memmem(at, (size_t)(end - at), word, size)); at++)
		if ((at == list || separates(at[-1], separators)) && (at + size == end || separates(at[size], separators)))
			return true;
	return false;
}

bool list_has(const char *list, const char *separators, const char *word)
{
	return !strpbrk(word, separators) && list_has_part(list, separators, word, strlen(word));
}

char *list_brief(struct arena *arena, const char *list)
{
	enum { ALL = 3, SOME = 2 };
	struct buffer out = { .arena = arena };
	size_t n, words = 0, shown = 0;

	for (const char *at = list; list_next(&at, " \t\n", &n);)
		words++;
	for (const char *at = list, *w; shown < (words > ALL ? SOME : words) && (w = list_next(&at, " \t\n", &n)); shown++)
		buffer_word(&out, w, n);
	if (shown < words)
		buffer_printf(&out, " and %zu more", words - shown);
	return out.text ? out.text : arena_strdup(arena, "");
}

bool text_next_line(struct text_line *line, const char **rest)
{
	size_t size = 0;

	if (!**rest)
		return false;
	while ((*rest)[size] && (*rest)[size] != '\n')
		size++;
	line->size = size < sizeof(line->text) ? size : sizeof(line->text) - 1;
	memcpy(line->text, *rest, line->size);
	line->text[line->size] = '\0';
	*rest += size + ((*rest)[size] == '\n');
	return true;
}

bool text_glob(const char *pattern, const char *text)
{
	const char *star = NULL, *retry = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			retry = text;
		} else if (*pattern == '?' || *pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++retry;
		} else {
			return false;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

unsigned text_distance(const char *a, const char *b)
{
	enum { LONGEST = 63 };
	unsigned row[LONGEST + 1], above[LONGEST + 1] = { 0 };   /* of this letter of a, and of the one before the last */
	size_t n = strlen(a), m = strlen(b);

	if (n > LONGEST || m > LONGEST)
		return LONGEST;
	for (size_t j = 0; j <= m; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned diagonal = row[0], swapped_from = 0;

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
			unsigned replace = diagonal + (a[i - 1] != b[j - 1]), swap = swapped ? swapped_from + 1 : LONGEST;
			unsigned edit = 1 + (row[j] < row[j - 1] ? row[j] : row[j - 1]);

			swapped_from = above[j - 1];
			above[j - 1] = diagonal;
			diagonal = row[j];
			row[j] = replace < edit ? replace : edit;
			row[j] = swap < row[j] ? swap : row[j];
		}
		above[m] = diagonal;
	}
	return row[m];
}

char *nearest_hint(struct arena *arena, const char *list, const char *misspelt)
{
	const size_t length = strlen(misspelt);
	unsigned best = length < 5 ? 2 : (unsigned)length / 3 + 2;   /* of a short word one letter, or nothing is left of it */
	char *hint = NULL;
	size_t n;

	for (const char *at = list, *w; (w = list_next(&at, " ", &n));) {
		char *word = arena_strndup(arena, w, n);
		unsigned distance = text_distance(word, misspelt);

		if (distance < best) {
			best = distance;
			hint = word;
		}
	}
	return hint ? arena_printf(arena, ", did you mean '%s'?", hint) : arena_strdup(arena, "");
}

uint32_t text_hash(const char *text, size_t size)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325) ^ size, part;

	for (; size >= sizeof(part); text += sizeof(part), size -= sizeof(part)) {
		memcpy(&part, text, sizeof(part));
		hash = (hash ^ part) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 32;
	}
	part = 0;
	memcpy(&part, text, size);
	hash = (hash ^ part) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(hash ^ hash >> 32);
}

void buffer_add(struct buffer *b, const char *data, size_t size)
{
	if (b->size + size + 1 > b->room) {
		char *larger;

		b->room = (b->size + size + 1) * 2;
		larger = arena_alloc(b->arena, b->room);
		if (b->size)
			memcpy(larger, b->text, b->size);
		b->text = larger;
	}
	memcpy(b->text + b->size, data, size);
	b->size += size;
	b->text[b->size] = '\0';
}

void buffer_puts(struct buffer *b, const char *text)
{
	buffer_add(b, text, strlen(text));
}

void buffer_word(struct buffer *b, const char *word, size_t size)
{
	if (b->size)
		buffer_add(b, " ", 1);
	buffer_add(b, word, size);
}

void buffer_printf(struct buffer *b, const char *format, ...)
{
	char text[512];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n < 0)
		return;
	if ((size_t)n < sizeof(text)) {
		buffer_add(b, text, (size_t)n);
		return;
	}
	va_start(args, format);
	buffer_puts(b, arena_vprintf(b->arena, format, args));
	va_end(args);
}
