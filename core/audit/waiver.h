/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Failures that somebody has accepted: who, why, and until when. What is waived is judged and shown all the same, and is counted neither as
 * failed nor as passed. The files are described in plimsoll-waivers(5), which is made from waiver_keys.
 *
 * A waiver hides findings, so everything here is strict: a file that others may write, a key that is not known, a rule that there is not, a
 * day that no calendar has - each is a mistake, and nothing is audited with one.
 */
#ifndef CORE_WAIVER_H
#define CORE_WAIVER_H

#include "core/audit/audit.h"

enum {
	WAIVER_REASON_LEAST = 15,    /* characters of a reason */
	WAIVER_DAYS_NOTED = 14,      /* a waiver that ends within so many days is told */
};

/* As written in a waiver file. */
struct waiver {
	const char *rule;            /* short id or glob */
	const char *subject;         /* "host", "container:GLOB", "path:GLOB", …; NULL: the host */
	const char *host;            /* glob of host names; NULL: any */
	const char *owner, *reason;
	const char *ticket;          /* or NULL */
	const char *found;           /* the value that is accepted, and no other; or NULL */
	const char *expires;         /* "2027-01-31": the last day, UTC */
	const char *where;           /* "/etc/plimsoll/waivers.d/10-db.conf:4" */
	const char *file;            /* that path, and the line of its [waiver]; NULL: out of an earlier report */
	unsigned line;
};

/* What a section may say. */
struct waiver_key {
	const char *name, *argument;
	bool required;
	const char *help;
	size_t at;                   /* of its text in struct waiver */
};

/* Ended by a row without a name. */
extern const struct waiver_key waiver_keys[];

/* Days since 1970 of "2027-01-31". False for anything else, also for a day that no calendar has. */
bool waiver_day(const char *text, int64_t *day);

/* How many days are left at that time, in seconds since 1970: 0 on the last day, below 0 where it is over. */
int64_t waiver_days_left(const struct waiver *waiver, int64_t now);

/* It is for the host, or for containers of such a name. */
bool waiver_names(const struct waiver *waiver, const struct subject_results *subject);

/* The same, and the name can be believed as far as the waiver asks: an ordinary user may call a container as he likes. */
bool waiver_is_for(const struct waiver *waiver, const struct subject_results *subject);

/* Its subject is a container, not the host. */
bool waiver_of_containers(const struct waiver *waiver);

/* What stands before the colon of a target. */
struct waiver_target {
	const char *kind;            /* "container", "path" */
	bool (*is_at)(const char *glob, const struct evidence *evidence);   /* of what was looked at on the host; NULL: it is about containers */
};

/* NULL: there is none of that name. */
const struct waiver_target *waiver_target_kind(const char *kind);

/* All kinds, each with `behind` behind it and `between` between them. */
const char *waiver_target_words(struct arena *arena, const char *behind, const char *between);

/* It is not for all that may fail a rule, but for a thing that its target names, or a pinned value. */
bool waiver_is_partial(const struct waiver *waiver);

/* What something is, or shows, that a waiver does not accept. */
struct waiver_other {
	const char *thing, *value;   /* one of them; or NULL */
};

/* What the evidence tells of is accepted: it is the thing that the target names, and shows the pinned value. *other is only set where not. */
bool waiver_accepts(const struct waiver *waiver, const struct evidence *evidence, struct waiver_other *other);

/* ---- reading ---- */

/* Rules that a waiver may name. */
struct rule_names;

/* Copies what it needs. */
struct rule_names *rule_names_new(struct arena *arena, struct benchmark *const *benchmarks, size_t n);

struct waivers {
	struct arena *arena;         /* in which all lies */
	void (*tell)(void *with, const char *mistake);   /* is told of each mistake, one sentence "FILE:LINE: …" */
	void *with;
	const char **files;          /* to be read, in this order */
	size_t n_files;
	int64_t today;               /* days since 1970 */
	unsigned days_most;          /* that the last day of a waiver may be away; 0: any */
	struct waiver *list;         /* those without a mistake, in the order of the files */
	size_t n;
	size_t mistakes;
};

/*
 * Adds the file, or what ends in .conf in the directory, by name. What is not there is a mistake unless it may be absent; so is whatever belongs to
 * another user than root and the one who runs this, or may be written by any other, and the directory that it lies in.
 */
void waivers_add(struct waivers *waivers, const char *path, bool may_be_absent);

/* Reads the files added. */
void waivers_read(struct waivers *waivers, const struct rule_names *names);

/* The same of a text; `path` is what mistakes name. */
void waivers_read_text(struct waivers *waivers, const struct rule_names *names, const char *path, const char *text);

/* ---- applying ---- */

enum waiver_state {
	WAIVER_IDLE,         /* nothing to say: its rules were not judged here, or could not be determined */
	WAIVER_IN_FORCE,     /* it covers failures */
	WAIVER_EXPIRED,      /* it did, and they count again */
	WAIVER_STALE,        /* nothing that it is for fails */
};

/* What became of a waiver. */
struct waiver_use {
	enum waiver_state state;
	int64_t days_left;
	size_t failures;         /* that it covers, or covered */
	size_t n_subjects;       /* that they are on */
	const char *subjects[3]; /* the first of them */
	const char *why;         /* stale: the reason, one clause */
};

/* The ids of the rules by which plimsoll tells of waivers. */
#define WAIVERS_BENCHMARK "waivers"
#define WAIVER_RULE_EXPIRED "waiver.expired"
#define WAIVER_RULE_EXPIRING "waiver.expiring"
#define WAIVER_RULE_STALE "waiver.stale"

struct waiving {
	const struct waivers *waivers;
	int64_t now;                      /* seconds since 1970; days are those of UTC */
	const struct policy *policy;      /* of the benchmark "waivers", whose rules tell of them among the host's results; NULL: nobody is told */
	struct rule_filter rules;         /* the audit's */
	bool some_subjects;               /* --subject left containers out */
};

/*
 * Waives what fails and is accepted, and counts anew. Of several waivers for one failure the one that lasts longest is named, of those the first. Where
 * none of them accepts all that fails, but each part is accepted by one, they are named together, until the first of them ends.
 * Returns what became of each, in the audit's arena. The audit borrows the waivers and the policy.
 */
const struct waiver_use *waivers_apply(struct audit *audit, const struct waiving *waiving);

#endif
