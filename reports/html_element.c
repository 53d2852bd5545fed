/* SPDX-License-Identifier: Apache-2.0 */
/* The elements that the parts of the HTML page are made of. */
#include "reports/html.h"

#include "reports/view.h"

#include <stdarg.h>

enum { TEXT_BYTES = 4096 };   /* of any text without a bound of its own: a text of a benchmark is a paragraph */

void html_start(struct html *h, const char *name, const char *class_name)
{
	xml_out_start(h->xml, name);
	if (class_name)
		xml_out_attribute(h->xml, "class", class_name);
}

void html_end(struct html *h)
{
	xml_out_end(h->xml);
}

void html_tag(struct html *h, const char *name)
{
	xml_out_raw(h->xml, arena_printf(h->arena, "<%s>", name));
}

void html_attribute(struct html *h, const char *name, const char *value)
{
	xml_out_attribute(h->xml, name, view_safe(h->arena, value, TEXT_BYTES));
}

void html_cut(struct html *h, const char *text, size_t bytes)
{
	xml_out_text(h->xml, view_safe(h->arena, text, bytes));
}

void html_text(struct html *h, const char *text)
{
	html_cut(h, text, TEXT_BYTES);
}

void html_element(struct html *h, const char *name, const char *class_name, const char *format, ...)
{
	va_list args;

	html_start(h, name, class_name);
	va_start(args, format);
	html_text(h, arena_vprintf(h->arena, format, args));
	va_end(args);
	html_end(h);
}

void html_row(struct html *h, const char *label, const char *text)
{
	if (!text || !*text)
		return;
	html_term(h, label);
	html_tag(h, "dd");
	html_text(h, text);
}

void html_term(struct html *h, const char *label)
{
	html_tag(h, "dt");
	html_text(h, label);
}

void html_section(struct html *h, const char *id, const char *title, const char *remark)
{
	const char *label = arena_printf(h->arena, "%s-title", id);

	xml_out_raw(h->xml, "\n");
	html_start(h, "section", NULL);
	html_attribute(h, "id", id);
	html_attribute(h, "aria-labelledby", label);
	html_start(h, "h2", NULL);
	html_attribute(h, "id", label);
	html_text(h, title);
	html_end(h);
	if (remark)
		html_element(h, "p", "remark", "%s", remark);
}

void html_link(struct html *h, struct html_finding *finding)
{
	finding->linked = true;
	html_start(h, "a", NULL);
	html_attribute(h, "href", arena_printf(h->arena, "#f%zu", finding->number));
	html_text(h, finding->id);
	html_end(h);
}

const char *html_severity_name(enum severity severity)
{
	return severity == SEVERITY_UNKNOWN ? "unrated" : severity_name(severity);
}

void html_severity(struct html *h, enum severity severity)
{
	html_element(h, "b", arena_printf(h->arena, "s%d", (int)severity), "%s", html_severity_name(severity));
}

/* Of what is left of a hundred; what is there has at least a sliver, and the last one takes all. */
static size_t width_of(size_t part, size_t left, size_t at)
{
	size_t width = part * (100 - at) / left;

	return part == left ? 100 - at : width ? width : at < 99;
}

void html_bar(struct html *h, const size_t *parts)
{
	size_t left = 0, at = 0;

	for (int kind = 0; kind < HTML_KINDS; kind++)
		left += parts[kind];
	html_start(h, "svg", "bar");
	html_attribute(h, "aria-hidden", "true");
	for (int kind = 0; kind < HTML_KINDS; kind++) {
		size_t width = parts[kind] ? width_of(parts[kind], left, at) : 0;

		left -= parts[kind];
		if (!width)
			continue;
		html_start(h, "rect", arena_printf(h->arena, "k%d", kind));
		if (at)
			html_attribute(h, "x", arena_printf(h->arena, "%zu%%", at));
		html_attribute(h, "width", arena_printf(h->arena, "%zu%%", width));
		xml_out_end_void(h->xml);
		at += width;
	}
	html_end(h);
}

const char *html_time(struct html *h, int64_t at)
{
	char *text = view_time(h->arena, at), *separator = strchr(text, 'T');

	if (separator)
		*separator = ' ';
	return arena_printf(h->arena, "%s UTC", text);
}

const char *html_score(struct html *h, double score)
{
	return score < 0 ? "none" : view_fixed(h->arena, score, 1);
}

const char *html_plural(size_t n)
{
	return n == 1 ? "" : "s";
}

const char *html_count_subjects(struct html *h, size_t hosts, size_t containers)
{
	const char *host = hosts == 1 ? "host" : hosts ? arena_printf(h->arena, "%zu hosts", hosts) : NULL;

	if (!containers)
		return host ? host : "nothing";
	return arena_printf(h->arena, "%s%s%zu container%s", host ? host : "", host ? " and " : "", containers, html_plural(containers));
}
