/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the terminal report: private to text.c and the files text_*.c. */
#ifndef REPORTS_TEXT_H
#define REPORTS_TEXT_H

#include "reports/format.h"
#include "reports/page.h"

enum {
	COLUMN_SEVERITY = 2, COLUMN_ID = 10,       /* of a finding's first line */
	COLUMN_LABEL = 4, COLUMN_TEXT = 12,        /* of the lines below it */
	LINES_MOST = 2, LINES_VERBOSE = 12,        /* of one value or text */
};

struct text_report {
	struct page page;
	struct arena *arena;
	const struct audit *audit;
	const struct format_options *options;
	bool *applies;           /* by policy: it has a result that is not notapplicable, or no policy has */
};

/* One result with whose it is. Results of the same rule on several containers are one finding: the first one's is shown. */
struct finding {
	const struct result *result;
	const struct policy *policy;
	const struct subject_results *subject;
	size_t order;            /* in the audit */
	const struct subject_results **also;   /* the other containers */
	size_t n_also;
};

struct findings {
	struct finding *list;
	size_t n;
};

static inline bool text_is_verbose(const struct text_report *text)
{
	return text->options->verbose > 0;
}

static inline const char *finding_id(const struct finding *finding)
{
	return finding->result->rule->item.short_id;
}

/* How many results the findings stand for. */
size_t findings_results(const struct findings *findings);

/* All results with the outcome, without waived failures: severe ones first, then heavy ones, then in the audit's order. */
struct findings findings_of(const struct text_report *text, enum outcome outcome);

/* What fails, and is accepted by somebody. */
struct findings findings_waived(const struct text_report *text);

/* The benchmark says something about this host: an engine that is not there is named once, and not rule by rule. */
bool text_applies(const struct text_report *text, const struct policy *policy);

/* What failed: the worst with found, wanted and fix, as many as the terminal holds; then a line for each other one. */
void text_failures(struct text_report *text, const struct findings *failed);

/* What is accepted, with who, why and until when, and what there is to note about waivers. */
void text_waived(struct text_report *text);

/* The name of a host. */
const char *text_host(const struct host_facts *host);

/* Of a report of several hosts: which they are, as far as there is room. */
void text_host_names(struct text_report *text);

/* And a row for each, with its score. */
void text_hosts(struct text_report *text);

/* The table by group: the host's, and a row for each container. */
void text_groups(struct text_report *text);

/* The results of an outcome by their reason: each reason once, with the rules it stands for. */
void text_causes(struct text_report *text, enum outcome outcome);

/* What changed since the baseline, if there is one. */
void text_changes(struct text_report *text);

/* Which rules --rule, --skip and tailorings took away. */
void text_left_out(struct text_report *text);

/* Every result of an outcome with what was found, or why it is not applicable. */
void text_details(struct text_report *text, enum outcome outcome, const char *title);

#endif
