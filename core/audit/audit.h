/* SPDX-License-Identifier: Apache-2.0 */
/* One run: policies × subjects → results, counts and scores. What a format writes is all in here. */
#ifndef CORE_AUDIT_H
#define CORE_AUDIT_H

#include "core/audit/score.h"
#include "core/benchmark/policy.h"
#include "core/benchmark/result.h"
#include "core/subject/subject.h"

/* What a report says of a host. Plain data, as all that formats look at: it was read just now, or out of an earlier report. */
struct host_facts {
	const char *name, *os, *kernel, *arch;   /* or NULL */
	const char *root;                 /* "/", or the directory that the system was captured in; NULL: it was judged by single files */
	int64_t started;                  /* of its audit, in seconds since the epoch */
	bool live;                        /* the running system */
	bool ordinary;                    /* by an ordinary user: root can see more */
	bool looked;                      /* containers were looked for */
	const char *containers_why;       /* why it is not known which there are; or NULL */
	size_t ended;                     /* containers that ended while they were read, and so are not among the subjects */
};

/* The same of a container. */
struct container_facts {
	const char *kind;                 /* "container" or "sandbox" */
	const char *label;                /* how the terminal calls it: container_label() */
	const char *runtime, *image, *pod, *parent;   /* parent: the id of the one that it runs in; or NULL */
	int64_t pid;
	int rootless;                     /* 1, 0, or -1: not known */
	bool claimed;                     /* what names it was said by somebody who is not root on the host */
};

/* All results of one subject, benchmark after benchmark, in document order. */
struct subject_results {
	unsigned kind;                    /* SUBJECT_HOST or SUBJECT_CONTAINER */
	const char *id, *name;            /* of the subject */
	const struct host_facts *host;    /* the one that it is, or runs on */
	const struct container_facts *facts;   /* of a container, or NULL */
	const struct container *container;   /* while it runs; NULL: a host, or out of an earlier report */
	struct result *results;
	const struct policy **policies;   /* by result: whose rule it is */
	size_t n;
	size_t taken_away;                /* rules that the profile selects, and a tailoring, --rule or --skip took away */
	struct counts counts;
	double score;                     /* headline; -1: nothing counts */
	struct score (*models)[SCORE_MODELS];   /* by benchmark */
};

/* Which of the selected rules are judged: short ids that match any of `only` (if there is one) and none of `skip`. */
struct rule_filter {
	const char *const *only, *const *skip;   /* globs; NULL, or ended by NULL */
};

bool rule_filter_passes(const struct rule_filter *filter, const char *id);

/* Notes of each rule of the policy whether it is judged, and what leaves it out. audit_run() does that for all of its plan. */
void policy_leave_out(struct policy *policy, const struct rule_filter *filter);

/* Which subjects are judged. */
struct subject_filter {
	bool host, containers, sandboxes;
	const char *const *ids;          /* and these containers or sandboxes, by id, its beginning, or name; NULL, or ended by NULL */
};

struct diff;
struct fix_plan;

struct audit {
	int64_t started;                  /* seconds since the epoch */
	double duration_ms;               /* of reading and judging */
	const struct host_facts *hosts;   /* one; several where reports of several are written as one */
	size_t n_hosts;
	const struct subject *host;       /* while it is looked at; NULL: out of an earlier report */
	const struct containers *containers;   /* all that were found, also those that are not judged; NULL: not looked for */
	const struct diff *changes;       /* since an earlier audit (core/audit/diff.h); NULL: it was compared with none */
	const struct fix_plan *fixes;     /* what would mend it (core/fix/fix_plan.h); NULL: nobody asked */
	struct policy **policies;         /* one per benchmark */
	size_t n_policies;
	struct subject_results *subjects;
	size_t n_subjects;
	struct counts counts;
	double score;
	bool complete;                    /* nothing selected is unknown or error */
	struct arena *arena;
};

/* What an audit works on; all borrowed. */
struct audit_plan {
	const struct subject *host;
	struct policy **policies;
	size_t n_policies;
	struct rule_filter rules;
	struct subject_filter subjects;
	unsigned workers;                /* threads that share the containers (core/base/work.h) */
	bool roster;                     /* containers are wanted though no rule may be for them */
};

/* How many rules the filter leaves of those that are selected for the subjects asked for, whether there are such subjects or not. */
size_t audit_rules(const struct audit_plan *plan);

/*
 * Judge the selected rules of every policy: those that say multiple="true" on each container, the others on the host. Containers are looked
 * for when a policy has a rule for them. Freed by audit_free().
 */
struct audit *audit_run(const struct audit_plan *plan);

/* Counts and scores anew what the results say: after a failure was waived. */
void audit_count(struct audit *audit);
void audit_free(struct audit *audit);

/* How many failed results, without waived ones, are of this severity or a higher one. */
size_t audit_failures(const struct audit *audit, enum severity at_least);

/* The headline of one of its hosts, with what runs on it: 0 to 100, or -1 where nothing counts. */
double audit_host_score(const struct audit *audit, const struct host_facts *host);

/* What is asked of an audit. */
struct demands {
	enum severity fail_on;   /* no failure of this severity or a higher one; SEVERITIES: any may fail */
	bool fail_on_new;        /* instead: nothing that is worse than in the baseline */
	double min_score;        /* -1: any will do */
};

enum verdict {
	VERDICT_CLEAN,
	VERDICT_FINDINGS,        /* it is not as asked */
	VERDICT_UNDETERMINED,    /* it is, but nobody can say of all that was selected */
};

enum verdict audit_verdict(const struct audit *audit, const struct demands *demands);

#define auto_audit __attribute__((cleanup(audit_free_)))
static inline void audit_free_(struct audit **audit)
{
	audit_free(*audit);
}

#endif
