/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of rule files share. Nobody else includes this. */
#ifndef CORE_AUDITCTL_PRIVATE_H
#define CORE_AUDITCTL_PRIVATE_H

#include "core/logging/auditctl.h"

/* What a line tells auditctl(8) to do. */
struct auditctl_command {
	enum state state;        /* malformed: auditctl refuses it; broken: it does what is not followed here */
	const char *why;         /* "FILE:LINE: what" */
	struct auditctl_rule rule;   /* to be added, unless its list is NULL */
	bool prepend;            /* in front of the others */
	struct auditctl_settings settings;
	bool deletes_all;        /* -D */
	bool ignores;            /* -i or -c: later lines that are wrong are passed over */
};

/* What it gives lies in the arena. `origin` must live as long. */
struct auditctl_command auditctl_parse(struct arena *arena, const char *origin, const char *text);

/* For a snapshot, and from one, or from what was kept in this run. False: nothing was. */
void auditctl_keep(const struct auditctl *rules, struct source *source);
bool auditctl_recall(struct auditctl *rules, struct source *source, struct arena *arena);

#endif
