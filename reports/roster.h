/* SPDX-License-Identifier: Apache-2.0 */
/* The table of containers: what a row says, and the two ways to write it. */
#ifndef REPORTS_ROSTER_H
#define REPORTS_ROSTER_H

#include "reports/format.h"

/* Texts are safe for printing; NULL: not known. */
struct roster_row {
	const struct subject_results *subject;
	const struct container *container;
	size_t depth;                  /* of nesting: 0 runs on the host */
	const char *user;              /* of its first process as the host sees it: a name, or the number */
	int64_t uid;                   /* -1: not known */
	const char **shared;           /* names of the host's namespaces that it is in; ended by NULL */
	bool shared_known;
	uint64_t extra;                /* capabilities beyond the default set, effective in any process */
	bool caps_known;
	int own_users;                 /* it has a user namespace of its own: 1: they are no capabilities over the host; not: 0; not known: -1 */
	const char *seccomp;           /* "filter", "off", "strict": the weakest of its processes */
	const char *label;             /* of the active security module: "none" where there is none */
	const struct result *worst;    /* the most severe failure that is not waived, or NULL */
};

struct roster {
	struct roster_row *rows;       /* each below the one it runs in */
	size_t n;
};

/* Capabilities beyond the default set mean nothing where it is not known over whose users they are. */
static inline bool roster_caps_known(const struct roster_row *row)
{
	return row->caps_known && (!row->extra || row->own_users >= 0);
}

struct roster roster_of(struct arena *arena, const struct audit *audit);

/* As struct format wants them. */
int roster_text(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err);
int roster_json(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err);

#endif
