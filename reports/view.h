/* SPDX-License-Identifier: Apache-2.0 */
/* What several formats read of an audit: its texts made safe, its results by group, its numbers in any locale the same. */
#ifndef REPORTS_VIEW_H
#define REPORTS_VIEW_H

#include "core/audit/audit.h"

/* Bytes of a text in a report, more than any item holds. */
enum { VIEW_TEXT_MAX = 32768 };

/* The text as text_safe() makes it, which is itself where nothing is to be done; NULL stays NULL. */
const char *view_safe(struct arena *arena, const char *text, size_t limit);

/* A text of a benchmark: <sub> elements filled in with the policy's values, made safe; NULL stays NULL. */
const char *view_text(struct arena *arena, const struct policy *policy, const char *text);

/* The host's name, made safe; "localhost" where it has none. */
const char *view_host(struct arena *arena, const struct host_facts *host);

/* How a person calls the subject: "host", or the container. Made safe. */
const char *view_subject(struct arena *arena, const struct subject_results *subject);

/* What was seen, made safe: the value, or why there is none. */
const char *view_found(struct arena *arena, const struct evidence *evidence, size_t limit);

/* What was wanted of it, made safe; "" where the benchmark does not say. */
const char *view_wanted(struct arena *arena, const struct result *result, const struct evidence *evidence, size_t limit);

/* "waived" for a failure that is, else outcome_name(). */
const char *view_result(const struct result *result);

/* The results of one subject under one benchmark that share their outermost group. */
struct section {
	const struct policy *policy;
	const struct selectable *group;     /* NULL: rules outside any group */
	const struct result **results;
	size_t n;
};

struct sections {
	struct section *list;
	size_t n;
};

/* In the order in which their first results stand. */
struct sections sections_of(struct arena *arena, const struct subject_results *subject);

/* How many results of the section have the outcome; a waived failure has none. */
size_t section_count(const struct section *section, enum outcome outcome);

/* The evidence that decided the result; NULL where there is none. */
const struct evidence *result_evidence(const struct result *result);

/*
 * A failure though no single comparison failed: the rule turns a comparison round (<not>, negate="true"), and what its
 * evidence names as expected is what must not be.
 */
bool result_is_negated(const struct result *result);

/* "until 2027-01-31 by ops@example.org: the reason (TICKET)", made safe. */
const char *view_waiver(struct arena *arena, const struct waiver *waiver);
/* "kernel.kptr_restrict = 0; wanted at least 1; from /proc/sys/kernel/kptr_restrict", not made safe. `negated`: result_is_negated(). */
char *sentence_of_evidence(struct arena *arena, const struct evidence *evidence, bool negated);

/* Evidence that speaks for the outcome; where a comparison was turned round, none does and all of it is shown. */
bool evidence_speaks(const struct result *result, const struct evidence *evidence);

/* The value, or the reason why there is none; "empty" where there is nothing to show. */
const char *evidence_said(const struct evidence *evidence);

/* "2026-11-23T18:22:00", UTC; a time that no calendar holds is shown as 1970. */
char *view_time(struct arena *arena, int64_t seconds);

/* A number from 0 up with that many digits (1 to 3) behind a point. */
char *view_fixed(struct arena *arena, double number, int digits);

/* A path as a reference of an URI: what may not stand in one is written as %XX. */
char *view_uri(struct arena *arena, const char *path);

/* The same without zeros at its end: "3", "0.25". */
char *view_short(struct arena *arena, double number);

/* The version of this program. */
const char *view_tool_version(void);

#endif
