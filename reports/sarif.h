/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files of the SARIF report share; nobody else includes this. */
#ifndef REPORTS_SARIF_H
#define REPORTS_SARIF_H

#include "core/audit/audit.h"
#include "reports/json_out.h"

/*
 * What GitHub takes of one run, by its documentation: 25,000 results, of which it shows 5,000, and as many rules; 100 locations of a result and
 * 10 tags of a rule; 1,024 characters of a description.
 */
enum {
	SARIF_RESULTS_MOST = 25000,
	SARIF_LOCATIONS_MOST = 100,
	SARIF_DESCRIPTION_MAX = 960,
	SARIF_TEXT_MAX = 4096,
};

/* Rules of one policy in this run. */
struct sarif_rules {
	const struct policy *policy;
	size_t *numbers;             /* by rule index: 1 + where it stands in the run's list; 0: it has no result */
};

/* One run: a host. */
struct sarif {
	struct json_out *out;
	struct arena *arena;         /* of one value: reset behind it */
	const struct audit *audit;
	const struct host_facts *host;
	const struct sarif_rules *rules;   /* by policy of the audit */
};

/* The name of the host, made safe. */
const char *sarif_host(const struct sarif *s);

/* A text of any kind as SARIF's message: what looks like a link in one is none. */
json_t *sarif_message(const struct sarif *s, const char *text, size_t limit);

/* "error", "warning" or "note" */
const char *sarif_level(enum severity severity);

/* Where a rule stands in the list of the run. */
size_t sarif_rule_index(const struct sarif *s, const struct policy *policy, const struct rule *rule);

/* Appends to an array, which becomes NULL where that fails. Takes the value over. */
void sarif_append(json_t **array, json_t *value);

/* Results of the first rank are the worst. */
enum { SARIF_RANKS = 9 };
unsigned sarif_rank(const struct result *result);

json_t *sarif_result(const struct sarif *s, const struct subject_results *subject, size_t i);

/* That a result could not be determined, as the tool's own word. */
json_t *sarif_notification(const struct sarif *s, const struct subject_results *subject, size_t i);

#endif
