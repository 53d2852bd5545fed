/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would mend the failures of an audit: a plan for a person to read, made of the <fix> elements of the rules. It is data; nothing here, and
 * nothing that a format writes of it, is carried out.
 */
#ifndef CORE_FIX_PLAN_H
#define CORE_FIX_PLAN_H

#include "core/audit/audit.h"
#include "core/base/err.h"
#include "core/fix/fix_edit.h"

/* By the system of the <fix> element. */
enum fix_kind {
	FIX_SCRIPT,              /* urn:xccdf:fix:script:sh; urn:plimsoll:fix:package and :each are made into one */
	FIX_CMDLINE,             /* urn:plimsoll:fix:cmdline: words for the kernel command line */
	FIX_KCONFIG,             /* urn:plimsoll:fix:kconfig: options of a kernel that is built anew */
	FIX_DAEMON_JSON,         /* urn:plimsoll:fix:daemon-json: a JSON merge patch (RFC 7396) for the daemon's file */
	FIX_EDIT,                /* urn:plimsoll:fix:edit: changes of files that have no drop-ins */
	FIX_CONTAINER,           /* urn:plimsoll:fix:run, :compose, :kubernetes: how the container is to be started instead */
	FIX_BY_HAND,             /* the rule has none of them: its fixtext is all there is */
	FIX_KINDS,
};

/* The note of what disruption="high" sets apart; what that is, the warnings of the rule say. */
#define FIX_NOTE_DISRUPTIVE "It cannot be taken back easily, or may lock somebody out: see what it may break."

/* A file that has no drop-ins. */
struct fix_target {
	const char *path;                  /* "/etc/docker/daemon.json" */
	enum state state;                  /* ABSENT: is to be made; NOT_GIVEN: nobody looked */
	const char *why, *text;            /* why: unless present or absent */
	const char *after;                 /* FIX_EDIT: with the changes of all items that are not set apart */
};

struct fix_change {
	struct fix_target *target;
	struct fix_edit edit;
};

struct fix_item {
	enum fix_kind kind;
	const struct subject_results *subject;
	const struct policy *policy;
	const struct rule *rule;
	const struct result *result;       /* NULL: asked for by name, and not judged */
	enum severity severity;
	const char *text;                  /* values filled in, as written; NULL where it is by hand, and of a container */
	struct fix_change *changes;        /* FIX_EDIT */
	size_t n_changes;
	const char *then;                  /* FIX_EDIT: what is to be done once it is changed; or NULL */
	bool reboot;                       /* takes effect at the next boot */
	bool set_apart;                    /* not without thinking about it: `notes` says why */
	const char **notes;                /* a sentence each */
	size_t n_notes;
};

struct fix_plan {
	struct fix_item *items;            /* in the order in which they are to be done; those that are set apart stand behind the others */
	size_t n;
	size_t of[FIX_KINDS];
	size_t apart;
	const char *not_looked;            /* why nobody looked whether something that runs depends on what is changed; NULL: it was looked at */
	struct fix_target daemon_json;     /* the file that patches of FIX_DAEMON_JSON are for */
	struct fix_target **targets;       /* those of FIX_EDIT */
	size_t n_targets;
	struct arena *arena;
};

/* Rules asked for by name, whether they fail or not; ended by NULL. Empty: every rule that fails. */
struct fix_request {
	const char *const *rules;          /* globs over short ids */
	const char *not_looked;            /* why the system is not to be looked at; NULL: audit->host is the running one */
};

/* Returns 0, or -ENOENT with a sentence where a rule is not known. The audit must outlive the plan. Freed by fix_plan_free(). */
int fix_plan_of(struct fix_plan **ret, const struct audit *audit, const struct fix_request *request, struct err *err);
void fix_plan_free(struct fix_plan *plan);

/* The text of the rule's <fix> of that system, with the policy's values; NULL where it has none. */
const char *fix_text(struct arena *arena, const struct policy *policy, const struct rule *rule, const char *system);

#define auto_fix_plan __attribute__((cleanup(fix_plan_free_)))
static inline void fix_plan_free_(struct fix_plan **plan)
{
	fix_plan_free(*plan);
}

#endif
