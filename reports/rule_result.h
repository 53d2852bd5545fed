/* SPDX-License-Identifier: Apache-2.0 */
/* The rule-result elements of XCCDF's TestResult. */
#ifndef REPORTS_RULE_RESULT_H
#define REPORTS_RULE_RESULT_H

#include "core/audit/audit.h"
#include "reports/xml.h"

/* A result, and the subject that it is about. */
struct judged {
	const struct result *result;
	const struct subject_results *subject;
	struct judged *next;
};

/* What one benchmark gave on one host and its containers, by rule. */
struct by_rule {
	const struct host_facts *host;
	const struct policy *policy;
	struct judged **first;    /* by rule index, in the order of subjects; NULL: the rule was not judged */
	struct tally *tallies;     /* by rule index */
	size_t containers;         /* that were judged */
};

struct by_rule by_rule_of(struct arena *arena, const struct audit *audit, const struct host_facts *host, const struct policy *policy);

/* A failure that somebody has accepted. */
bool rule_result_waived(const struct result *result);

/*
 * Writes the rule-results of the rule of that index: one per subject; one that tells why where there is none. A waived failure is informational here, and a
 * message tells of it.
 */
void rule_result_write(struct xml_out *xml, const struct by_rule *rules, size_t index);

/* Those that are waived alone, each with its override; mostly none. */
void rule_result_write_waived(struct xml_out *xml, const struct by_rule *rules, size_t index);

#endif
