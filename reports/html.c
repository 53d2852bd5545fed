/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTML page: one file that needs nothing else and asks for nothing. Its style and its script are reports/html.css and reports/html.js, which the
 * build puts into reports/html_assets.h; by its Content-Security-Policy a browser runs and paints with those two alone, so that a text of the machine
 * that was audited could do nothing even if it were not escaped. Without the script all is there but search, filter and the choice of the theme.
 */
#include "reports/html.h"

#include "reports/formats.h"
#include "reports/html_assets.h"
#include "reports/view.h"

/* ---- head ---- */

static void write_meta(struct html *h, const char *by, const char *name, const char *content)
{
	html_start(h, "meta", NULL);
	html_attribute(h, by, name);
	html_attribute(h, "content", content);
	xml_out_end_void(h->xml);
	xml_out_raw(h->xml, "\n");
}

static const char *page_title(struct html *h)
{
	const struct host_facts *host = h->audit->hosts;

	if (h->audit->n_hosts > 1)
		return arena_printf(h->arena, "plimsoll: %zu hosts", h->audit->n_hosts);
	return arena_printf(h->arena, "plimsoll: %s", host->name && *host->name ? host->name : "this system");
}

static void write_head(struct html *h)
{
	html_start(h, "head", NULL);
	html_start(h, "meta", NULL);
	html_attribute(h, "charset", "utf-8");
	xml_out_end_void(h->xml);
	xml_out_raw(h->xml, "\n");
	write_meta(h, "http-equiv", "Content-Security-Policy",
		   "default-src 'none'; style-src '" HTML_STYLE_HASH "'; script-src '" HTML_SCRIPT_HASH "'; base-uri 'none'; form-action 'none'");
	write_meta(h, "name", "viewport", "width=device-width, initial-scale=1");
	write_meta(h, "name", "referrer", "no-referrer");
	write_meta(h, "name", "color-scheme", "light dark");
	write_meta(h, "name", "generator", arena_printf(h->arena, "plimsoll %s", view_tool_version()));
	html_element(h, "title", NULL, "%s", page_title(h));
	xml_out_raw(h->xml, "\n");
	html_start(h, "style", NULL);
	xml_out_raw(h->xml, html_style);
	html_end(h);
	html_end(h);
	xml_out_raw(h->xml, "\n");
}

/* ---- body ---- */

/* The mark that the program is called after: a circle, and the line through it. */
static void write_mark(struct html *h)
{
	html_start(h, "svg", "mark");
	html_attribute(h, "viewBox", "0 0 32 24");
	html_attribute(h, "aria-hidden", "true");
	html_start(h, "path", NULL);
	html_attribute(h, "d", "M1 12h30M16 3a9 9 0 1 0 .01 0");
	xml_out_end_void(h->xml);
	html_end(h);
}

static void write_jump(struct html *h, const char *id, const char *text)
{
	html_start(h, "a", NULL);
	html_attribute(h, "href", arena_printf(h->arena, "#%s", id));
	html_text(h, text);
	html_end(h);
	html_text(h, " ");
}

static bool has_containers(const struct html *h)
{
	for (size_t i = 0; i < h->n_groups; i++)
		if (h->groups[i].containers)
			return true;
	return false;
}

static void write_navigation(struct html *h)
{
	html_start(h, "nav", NULL);
	html_attribute(h, "aria-label", "Parts of the report");
	if (h->audit->changes)
		write_jump(h, "changes", "Changes");
	if (h->n_of[HTML_FAILED])
		write_jump(h, "worst", "Fix first");
	if (h->audit->n_hosts > 1)
		write_jump(h, "hosts", "Hosts");
	if (has_containers(h))
		write_jump(h, "containers", "Containers");
	write_jump(h, "groups", "Groups");
	if (h->n_of[HTML_OPEN])
		write_jump(h, "undetermined", "Not determined");
	if (h->n_of[HTML_WAIVED])
		write_jump(h, "waivers", "Waived");
	write_jump(h, "rules", "All rules");
	html_end(h);
}

static void write_banner(struct html *h)
{
	html_start(h, "header", NULL);
	if (h->n_entries) {
		html_start(h, "a", "skip");
		html_attribute(h, "href", "#rules");
		html_text(h, "Skip to all rules");
		html_end(h);
	}
	html_start(h, "div", "brand");
	write_mark(h);
	html_text(h, "plimsoll");
	html_end(h);
	if (h->n_entries)
		write_navigation(h);
	html_start(h, "button", NULL);
	html_attribute(h, "type", "button");
	html_attribute(h, "id", "theme");
	html_attribute(h, "hidden", "hidden");
	html_text(h, "Dark");
	html_end(h);
	html_end(h);
	xml_out_raw(h->xml, "\n");
}

static void write_footer(struct html *h)
{
	html_start(h, "footer", NULL);
	html_element(h, "p", NULL, "Written by plimsoll %s. The score is the weight of what passed in a hundred of the weight of what was judged; what was not "
				   "determined counts as not passed, what is waived or not applicable does not count.", view_tool_version());
	html_end(h);
}

static void write_body(struct html *h)
{
	html_start(h, "body", NULL);
	write_banner(h);
	html_start(h, "main", NULL);
	html_overview(h);
	if (h->n_entries) {
		html_causes(h);
		html_waivers(h);
		html_rules(h);
		html_sources(h);
	}
	html_end(h);
	write_footer(h);
	html_start(h, "script", NULL);
	xml_out_raw(h->xml, html_script);
	html_end(h);
	html_end(h);
}

static int write_report(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	auto_xml_out struct xml_out *xml = xml_out_new_html(file);
	struct html h = { .xml = xml, .arena = arena, .audit = audit, .options = options };

	html_gather(&h);
	html_start(&h, "html", NULL);
	html_attribute(&h, "lang", "en");
	write_head(&h);
	write_body(&h);
	html_end(&h);
	return xml_out_finish(xml, err);
}

const struct format format_html = {
	.name = "html",
	.summary = "a page for people, in one file: verdict, containers, every rule with its evidence",
	.mime = "text/html; charset=utf-8",
	.explains = true,
	.write = write_report,
	.write_changes = write_report,   /* the page of the later audit, with what changed */
};
