/* SPDX-License-Identifier: Apache-2.0 */
/* Laying out text for a terminal. */
#include "reports/page.h"

#include "core/base/text.h"
#include "reports/view.h"

static const char *const escapes[] = {
	[STYLE_PLAIN] = "", [STYLE_BOLD] = "\033[1m", [STYLE_DIM] = "\033[2m", [STYLE_GOOD] = "\033[32m",
	[STYLE_HIGH] = "\033[1;31m", [STYLE_MEDIUM] = "\033[33m", [STYLE_LOW] = "\033[36m",
};

/* ---- code points ---- */

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

size_t page_columns(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += !is_continuation(*text);
	return n;
}

/* How many bytes the first n code points take. */
static size_t bytes_of(const char *text, size_t n)
{
	size_t i = 0;

	while (text[i] && n) {
		i++;
		while (is_continuation(text[i]))
			i++;
		n--;
	}
	return i;
}

/* The code point that starts at text, which is valid UTF-8. */
static unsigned code_point(const char *text)
{
	unsigned char first = (unsigned char)*text;
	unsigned c = first >= 0xF0 ? first & 0x07u : first >= 0xE0 ? first & 0x0Fu : first & 0x1Fu;

	for (text++; is_continuation(*text); text++)
		c = c << 6 | ((unsigned char)*text & 0x3Fu);
	return c;
}

static const char *ascii_for(struct arena *arena, unsigned c)
{
	static const struct {
		unsigned c;
		const char *ascii;
	} likenesses[] = {
		{ 0x2026, "..." }, { 0x2013, "-" }, { 0x2014, "-" }, { 0x2018, "'" }, { 0x2019, "'" }, { 0x201C, "\"" },
		{ 0x201D, "\"" }, { 0xA0, " " }, { 0x2192, "->" }, { 0x2265, ">=" }, { 0x2264, "<=" }, { 0xD7, "x" },
	};

	for (size_t i = 0; i < ARRAY_LEN(likenesses); i++)
		if (likenesses[i].c == c)
			return likenesses[i].ascii;
	return arena_printf(arena, "\\u{%x}", c);
}

static const char *ascii(struct arena *arena, const char *text)
{
	struct buffer out = { .arena = arena };

	buffer_puts(&out, "");
	while (*text) {
		if ((unsigned char)*text < 0x80) {
			buffer_add(&out, text++, 1);
		} else {
			buffer_puts(&out, ascii_for(arena, code_point(text)));
			text += bytes_of(text, 1);
		}
	}
	return out.text;
}

/* As the reader will see it. Doing it twice changes nothing more. */
static const char *shown(const struct page *page, const char *text)
{
	text = view_safe(page->arena, text, VIEW_TEXT_MAX);
	for (const char *c = text; *c && !page->unicode; c++)
		if ((unsigned char)*c >= 0x80)
			return ascii(page->arena, text);
	return text;
}

/* ---- writing ---- */

static void write_bytes(const struct page *page, const char *text, size_t size)
{
	if (page->output)
		output_write(page->output, text, size);
}

static void write_gap(struct page *page)
{
	for (; page->column < page->wanted && page->column < page->width; page->column++)
		write_bytes(page, " ", 1);
	page->wanted = 0;
}

/* The start of the text that leaves room for an ellipsis, and the ellipsis. */
static const char *cut(const struct page *page, const char *text, size_t room)
{
	const char *dots = page->unicode ? "…" : "...";
	size_t size = page_columns(dots);

	if (room <= size)
		return arena_strndup(page->arena, dots, bytes_of(dots, room));
	return arena_printf(page->arena, "%.*s%s", (int)bytes_of(text, room - size), text, dots);
}

void page_put(struct page *page, enum style style, const char *text)
{
	bool color = page->color && *escapes[style];
	size_t room;

	text = shown(page, text);
	if (!*text)
		return;
	write_gap(page);
	room = page->width - page->column;
	if (page_columns(text) > room)
		text = cut(page, text, room);
	if (!*text)
		return;
	page->column += page_columns(text);
	if (color)
		write_bytes(page, escapes[style], strlen(escapes[style]));
	write_bytes(page, text, strlen(text));
	if (color)
		write_bytes(page, "\033[0m", 4);
}

void page_printf(struct page *page, enum style style, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(page->arena, format, args);
	va_end(args);
	page_put(page, style, text);
}

void page_to(struct page *page, size_t column)
{
	page->wanted = column;
}

void page_put_ending(struct page *page, size_t end, enum style style, const char *text)
{
	size_t n;

	text = shown(page, text);
	n = page_columns(text);
	page_to(page, end > n ? end - n : 0);
	page_put(page, style, text);
}

void page_end(struct page *page)
{
	write_bytes(page, "\n", 1);
	page->column = page->wanted = 0;
	page->lines++;
}

/* ---- several lines ---- */

/* How many bytes of the text go on a line with this room: up to a space, or through a word that is longer than that. */
static size_t line_bytes(const char *text, size_t room, bool fresh)
{
	size_t fits = bytes_of(text, room), n = fits;

	if (!text[fits])
		return fits;
	while (n > 0 && text[n] != ' ')
		n--;
	return n || !fresh ? n : fits;
}

/* An indent that leaves most of the line to the text. */
static size_t bounded(const struct page *page, size_t indent)
{
	return indent < page->width / 3 ? indent : page->width / 3;
}

static void next_line(struct page *page, size_t indent)
{
	page_end(page);
	page_to(page, indent);
}

static size_t here(const struct page *page)
{
	size_t at = page->column > page->wanted ? page->column : page->wanted;

	return at < page->width ? at : page->width;
}

void page_wrap(struct page *page, enum style style, size_t indent, size_t most, const char *text)
{
	indent = bounded(page, indent);
	text = shown(page, text);
	for (size_t line = 1; *text; line++) {
		size_t room = page->width - here(page), n;

		if (line == most) {
			page_put(page, style, text);
			return;
		}
		n = line_bytes(text, room, here(page) <= indent);
		page_put(page, style, arena_strndup(page->arena, text, n));
		text += n;
		text += strspn(text, " ");
		if (*text)
			next_line(page, indent);
	}
}

void page_flow(struct page *page, enum style style, size_t indent, const char *text)
{
	indent = bounded(page, indent);
	text = shown(page, text);
	if (here(page) > indent && page_columns(text) > page->width - here(page)) {
		next_line(page, indent);
		text += strspn(text, " ");
	}
	page_put(page, style, text);
}

/* ---- ornaments ---- */

void page_heading(struct page *page, const char *title, const char *remark)
{
	page_end(page);
	page_put(page, STYLE_BOLD, title);
	if (remark && here(page) + 2 + page_columns(remark) <= page->width)
		page_put_ending(page, page->width, STYLE_DIM, remark);
	else if (remark)
		page_printf(page, STYLE_DIM, "  %s", remark);
	page_end(page);
}

void page_bar(struct page *page, enum style style, size_t width, double part)
{
	static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	size_t filled = !(part > 0) ? 0 : part < 1 ? (size_t)(part * (double)width * 8) : width * 8, full = filled / 8;
	struct buffer done = { .arena = page->arena }, rest = { .arena = page->arena };

	buffer_puts(&done, "");
	buffer_puts(&rest, "");
	for (size_t i = 0; i < full; i++)
		buffer_puts(&done, page->unicode ? "█" : "#");
	if (page->unicode && filled % 8) {
		buffer_puts(&done, eighths[filled % 8]);
		full++;
	}
	for (size_t i = full; i < width; i++)
		buffer_puts(&rest, page->unicode ? "░" : ".");
	page_put(page, style, done.text);
	page_put(page, STYLE_DIM, rest.text);
}

enum style page_severity_style(enum severity severity)
{
	switch (severity) {
	case SEVERITY_HIGH:
		return STYLE_HIGH;
	case SEVERITY_MEDIUM:
		return STYLE_MEDIUM;
	case SEVERITY_LOW:
		return STYLE_LOW;
	default:
		return STYLE_PLAIN;
	}
}
