/* SPDX-License-Identifier: Apache-2.0 */
/* The form of the HTML page that searches and filters its rules, where scripts run. */
#include "reports/html.h"

static void write_check(struct html *h, const char *name, const char *value, const char *label)
{
	html_start(h, "label", NULL);
	html_start(h, "input", NULL);
	html_attribute(h, "type", "checkbox");
	html_attribute(h, "name", name);
	html_attribute(h, "value", value);
	html_attribute(h, "checked", "checked");
	xml_out_end_void(h->xml);
	html_text(h, label);
	html_end(h);
}

static void write_option(struct html *h, const char *value, const char *text)
{
	html_start(h, "option", NULL);
	html_attribute(h, "value", value);
	html_text(h, text);
	html_end(h);
}

static void start_select(struct html *h, const char *name, const char *label, const char *all)
{
	html_start(h, "label", NULL);
	html_text(h, label);
	html_text(h, " ");
	html_start(h, "select", NULL);
	html_attribute(h, "name", name);
	write_option(h, "", all);
}

static void write_selects(struct html *h)
{
	if (h->audit->n_subjects > 1) {
		start_select(h, "subject", "On", "everything");
		for (size_t i = 0; i < h->audit->n_subjects; i++)
			write_option(h, arena_printf(h->arena, "%zu", i), h->labels[i]);
		html_end(h);
		html_end(h);
	}
	start_select(h, "group", "In", "all groups");
	for (size_t i = 0; i < h->n_groups; i++)
		if (h->applies[h->groups[i].key])
			write_option(h, arena_printf(h->arena, "%zu", i),
				     arena_printf(h->arena, "%s: %s", h->groups[i].benchmark, h->groups[i].title));
	html_end(h);
	html_end(h);
}

static void write_button(struct html *h, const char *id, const char *type, const char *text)
{
	html_start(h, "button", NULL);
	html_attribute(h, "type", type);
	html_attribute(h, "id", id);
	html_text(h, text);
	html_end(h);
}

static void write_checks(struct html *h)
{
	html_start(h, "fieldset", NULL);
	html_element(h, "legend", NULL, "Result");
	for (int kind = 0; kind < HTML_KINDS; kind++)
		if (h->n_of[kind])
			write_check(h, "result", html_kinds[kind].word, html_kinds[kind].label);
	html_end(h);
	html_start(h, "fieldset", NULL);
	html_element(h, "legend", NULL, "Severity");
	for (int s = SEVERITIES - 1; s >= 0; s--) {
		bool any = false;

		for (size_t i = 0; i < h->n_findings && !any; i++)
			any = h->findings[i].severity == (enum severity)s;
		if (any)
			write_check(h, "severity", arena_printf(h->arena, "%d", s), html_severity_name((enum severity)s));
	}
	html_end(h);
}

/* Hidden until the script shows it: without one it does nothing. */
void html_filter(struct html *h)
{
	html_start(h, "form", NULL);
	html_attribute(h, "id", "filter");
	html_attribute(h, "role", "search");
	html_attribute(h, "hidden", "hidden");
	html_start(h, "label", "search");
	html_text(h, "Search ");
	html_start(h, "input", NULL);
	html_attribute(h, "type", "search");
	html_attribute(h, "name", "words");
	html_attribute(h, "placeholder", "rule, title, path, value …");
	html_attribute(h, "autocomplete", "off");
	xml_out_end_void(h->xml);
	html_end(h);
	write_selects(h);
	write_checks(h);
	html_start(h, "p", "actions");
	html_start(h, "output", NULL);
	html_attribute(h, "id", "shown");
	html_attribute(h, "aria-live", "polite");
	html_end(h);
	write_button(h, "all-open", "button", "Open all");
	write_button(h, "all-closed", "button", "Close all");
	write_button(h, "all-shown", "reset", "Reset");
	html_end(h);
	html_end(h);
}
