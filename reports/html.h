/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the HTML page: private to the files reports/html*.c. What is shown of rules is gathered once (html_gather.c); each part of the page reads
 * that and writes its elements with the few functions at the end (html_element.c).
 */
#ifndef REPORTS_HTML_H
#define REPORTS_HTML_H

#include "reports/format.h"
#include "reports/xml.h"

/* Where a result stands on the page, in this order. */
enum html_kind { HTML_FAILED, HTML_OPEN, HTML_WAIVED, HTML_PASSED, HTML_OTHER, HTML_KINDS };

/* One result with whose it is. */
struct html_entry {
	const struct result *result;
	const struct policy *policy;
	size_t subject, group;           /* indexes */
	size_t benchmark;                /* index of the first policy with the same benchmark and profile: reports of several hosts have each their own */
	enum html_kind kind;
	size_t order;                    /* in the audit */
};

/* The results of a rule on any subjects that stand in the same place. */
struct html_finding {
	const struct html_entry *entries;
	size_t n;
	const char *id;                  /* short id of the rule; safe */
	enum severity severity;          /* of the entry that is most severe */
	size_t number;                   /* its anchor, from 1 */
	bool linked;                     /* something written so far leads there */
};

/* The rules of a benchmark that share their outermost group, on all subjects. */
struct html_group {
	const char *title, *benchmark;   /* safe */
	const char *id;                  /* of the group, or "" */
	size_t key;                      /* html_entry.benchmark */
	size_t n[HTML_KINDS];
	size_t containers;               /* how many of them are of containers */
	enum severity worst;             /* of those that failed */
};

/* What several rules refer to: listed once at the end of the page. */
struct html_source {
	const char *href, *text;         /* the text is safe */
	size_t n;                        /* how often */
	size_t number;                   /* its anchor, from 1; 0: it is referred to but once, and stands there */
};

struct html {
	struct xml_out *xml;
	struct arena *arena;
	const struct audit *audit;
	const struct format_options *options;
	const char **labels;             /* by subject: what it is called; safe */
	struct html_group *groups;
	size_t n_groups;
	bool *applies;                   /* by policy: some result of its benchmark is not notapplicable */
	struct html_finding *findings;   /* by kind, then severity, then weight, then the order of the audit */
	size_t n_findings;
	size_t explained;                /* of so many findings, the first ones, it is told why they matter and what they refer to */
	struct html_source *sources;     /* as they are met */
	size_t n_sources;
	size_t n_entries;
	size_t n_of[HTML_KINDS];         /* results */
	size_t failed_of[SEVERITIES];
};

/* Fills in all from `labels` on. */
void html_gather(struct html *h);

/* The finding that begins a kind, and how many of the kind there are. */
struct html_finding *html_findings(const struct html *h, enum html_kind kind, size_t *n);

/* How the kinds are called: over their rules, in the filter, and for the script. */
struct html_kind_words {
	const char *title, *label, *word;
};

extern const struct html_kind_words html_kinds[HTML_KINDS];

/* ---- parts of the page ---- */

void html_overview(struct html *h);
void html_changes(struct html *h);

/* "2 worse, 5 better", or "Nothing"; there must have been a comparison. */
const char *html_changes_counts(struct html *h);
void html_containers(struct html *h);
void html_worst(struct html *h);
void html_causes(struct html *h);
void html_waivers(struct html *h);
void html_filter(struct html *h);
void html_rules(struct html *h);
void html_sources(struct html *h);

/* What is neither good nor bad, by its reasons: what is in html_rules(), and how many rules that are. */
void html_others(struct html *h);
size_t html_count_others(const struct html *h);

/* Found, wanted and where, of a result: rows of a <dl>. At most so many observations, each cut to so many bytes; whether the others are told of. */
struct html_bounds {
	size_t most, bytes;
	bool rest;
};

void html_evidence(struct html *h, const struct result *result, struct html_bounds bounds);

/* Counts what the findings refer to: before anything is written. */
void html_gather_sources(struct html *h);

/* Fix, why, what to mind and what to read: rows of a <dl>. */
void html_fix(struct html *h, const struct html_entry *entry);
void html_explanation(struct html *h, const struct html_finding *finding);

/* Its rule is explained in full. */
bool html_is_explained(const struct html *h, const struct html_finding *finding);
void html_references(struct html *h, const struct html_entry *entry);

/* "web, db and 9 more", at most so many of them named. */
const char *html_subjects(struct html *h, const struct html_entry *const *entries, size_t n, size_t most);

/* "3 containers": whose results the entries of one rule are, or the name where there is one alone; "" for the only host. */
const char *html_spread(struct html *h, const struct html_entry *entries, size_t n);

/* data-s, where there are several subjects: a hexadecimal digit for four of them each, by their numbers; the script's filter reads it. */
void html_marks(struct html *h, const struct html_entry *entries, size_t n);

/* ---- elements ---- */

/* Each with a class, or NULL; up to html_end(). */
void html_start(struct html *h, const char *name, const char *class_name);
void html_end(struct html *h);

/* <dt>, <dd> or <br>, as it stands between < and >: nothing, or what begins next, ends it, and HTML lets its end be left out. */
void html_tag(struct html *h, const char *name);

/* Of the element just started by html_start(). */
void html_attribute(struct html *h, const char *name, const char *value);

/* Made safe, and cut to so many bytes; what is safe already stays as it is. */
void html_text(struct html *h, const char *text);
void html_cut(struct html *h, const char *text, size_t bytes);

/* An element with that text, and nothing else. */
void html_element(struct html *h, const char *name, const char *class_name, const char *format, ...) PRINTF_LIKE(4, 5);

/* <dt> and <dd>; nothing where there is no text. */
void html_row(struct html *h, const char *label, const char *text);

/* <dt>: what is said of it follows, as one <dd> or several. */
void html_term(struct html *h, const char *label);

/* A section of the page with its heading; ended by html_end(). */
void html_section(struct html *h, const char *id, const char *title, const char *remark);

/* A link to a finding, called by the rule's id. */
void html_link(struct html *h, struct html_finding *finding);

/* The word of a severity, and the same in its colour. */
const char *html_severity_name(enum severity severity);
void html_severity(struct html *h, enum severity severity);

/* Parts of one length side by side, in the colours of their kinds: a picture without words, for beside the numbers. */
void html_bar(struct html *h, const size_t *parts);

/* "2026-11-23 18:22:00 UTC" */
const char *html_time(struct html *h, int64_t at);

/* "74.3", or "none". */
const char *html_score(struct html *h, double score);

/* "s" unless there is one. */
const char *html_plural(size_t n);

/* "host", "11 containers", "host and 3 containers" */
const char *html_count_subjects(struct html *h, size_t hosts, size_t containers);

#endif
