/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rules of the HTML page refer to. An address that several rules give stands once, in a list at the end of the page, to which they lead: it would
 * be a tenth of the page else. The script lets these links lead to the web at once.
 */
#include "reports/html.h"

#include "core/base/text.h"
#include "reports/view.h"

/* Links lead to the web alone, and only when they are followed: whoever wrote the benchmark may have put anything there. */
static bool is_web(const char *href)
{
	return href && (starts_with(href, "https://") || starts_with(href, "http://"));
}

static const char *text_of(struct html *h, const struct html_entry *entry, const struct reference *reference)
{
	const char *text = view_text(h->arena, entry->policy, reference->text);

	return text && *text ? text : reference->href ? view_safe(h->arena, reference->href, VIEW_TEXT_MAX) : "";
}

/* ---- counting ---- */

static struct html_source *source_of(const struct html *h, const char *href, const char *text)
{
	for (size_t i = 0; i < h->n_sources; i++)
		if (streq(h->sources[i].href, href) && streq(h->sources[i].text, text))
			return &h->sources[i];
	return NULL;
}

static void count_reference(struct html *h, const struct html_entry *entry, const struct reference *reference)
{
	const char *text;
	struct html_source *source;

	if (!is_web(reference->href))
		return;
	text = text_of(h, entry, reference);
	source = source_of(h, reference->href, text);
	if (source)
		source->n++;
	else
		arena_push(h->arena, h->sources, h->n_sources) = (struct html_source){ reference->href, text, 1, 0 };
}

void html_gather_sources(struct html *h)
{
	size_t number = 0;

	for (size_t i = 0; i < h->n_findings; i++) {
		const struct html_entry *entry = h->findings[i].entries;

		if (!html_is_explained(h, &h->findings[i]))
			continue;
		for (size_t k = 0; k < entry->result->rule->n_references; k++)
			count_reference(h, entry, &entry->result->rule->references[k]);
	}
	for (size_t i = 0; i < h->n_sources; i++)
		h->sources[i].number = h->sources[i].n > 1 ? ++number : 0;
}

/* ---- writing ---- */

static void write_link(struct html *h, const char *href, const char *text)
{
	html_start(h, "a", NULL);
	html_attribute(h, "href", href);
	html_text(h, text);
	html_end(h);
}

static void write_reference(struct html *h, const struct html_entry *entry, const struct reference *reference)
{
	const char *text = text_of(h, entry, reference);
	const struct html_source *source = is_web(reference->href) ? source_of(h, reference->href, text) : NULL;

	if (!source)
		html_text(h, text);
	else
		write_link(h, source->number ? arena_printf(h->arena, "#r%zu", source->number) : reference->href, text);
}

/* Begins the row, or what comes next in it. */
static void write_between(struct html *h, bool *any)
{
	if (*any) {
		html_text(h, "; ");
		return;
	}
	html_term(h, "See");
	html_tag(h, "dd");
	*any = true;
}

/* Section numbers of other people's lists; what urn: names is for programs. A reference to the list itself says it better. */
static bool is_told(const struct rule *rule, const struct ident *ident)
{
	if (!is_web(ident->system))
		return false;
	for (size_t i = 0; i < rule->n_references; i++)
		if (rule->references[i].href && starts_with(rule->references[i].href, ident->system))
			return false;
	return true;
}

void html_references(struct html *h, const struct html_entry *entry)
{
	const struct rule *rule = entry->result->rule;
	bool any = false;

	for (size_t i = 0; i < rule->n_idents; i++) {
		if (!is_told(rule, &rule->idents[i]))
			continue;
		write_between(h, &any);
		html_text(h, rule->idents[i].id);
	}
	for (size_t i = 0; i < rule->n_references; i++) {
		write_between(h, &any);
		write_reference(h, entry, &rule->references[i]);
	}
}

void html_sources(struct html *h)
{
	bool any = false;

	for (size_t i = 0; i < h->n_sources; i++)
		any |= h->sources[i].number > 0;
	if (!any)
		return;
	html_section(h, "sources", "Sources", "What several rules refer to.");
	html_start(h, "ul", NULL);
	for (size_t i = 0; i < h->n_sources; i++) {
		const struct html_source *source = &h->sources[i];

		if (!source->number)
			continue;
		html_start(h, "li", NULL);
		html_attribute(h, "id", arena_printf(h->arena, "r%zu", source->number));
		write_link(h, source->href, source->text);
		html_end(h);
	}
	html_end(h);
	html_end(h);
}
