/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A benchmark: an XCCDF 1.2 document (NIST IR 7275r4), as data. Read once by benchmark_read(); nothing in it changes
 * afterwards. What a profile makes of it is a policy (core/benchmark/policy.h).
 */
#ifndef CORE_BENCHMARK_H
#define CORE_BENCHMARK_H

#include "core/benchmark/check.h"
#include "core/benchmark/engine.h"
#include "core/benchmark/outcome.h"

/* What Rules and Groups have in common: XCCDF's selectableItemType. */
struct selectable {
	const char *id;             /* as in the document */
	const char *short_id;       /* what people see and type: after "_rule_", "_group_" */
	const char *cluster_id;     /* or NULL */
	const char *title, *description;
	bool is_group;
	bool selected;              /* before any profile */
	double weight;
	unsigned line;
	size_t index;               /* of the rule among all rules, of the group among all groups */
	struct selectable *parent, *children, *last_child, *next;   /* in document order */
	const char **needs;         /* each: ids separated by spaces, any of which must be selected */
	size_t n_needs;
	const char **conflicts;     /* ids that must not be selected */
	size_t n_conflicts;
};

struct reference {
	const char *href, *text;
};

struct ident {
	const char *system, *id;
};

struct fix {
	const char *system;         /* urn:xccdf:fix:script:sh, … */
	const char *text;
	bool reboot;                /* takes effect at the next boot */
	bool disruptive;            /* disruption="high" */
};

enum role { ROLE_FULL, ROLE_UNSCORED, ROLE_UNCHECKED };

/* A rule's condition: checks of any engine, combined by complex-check. */
struct condition {
	bool negate;
	bool is_complex;
	enum operator operator;     /* complex: how the children combine */
	struct condition *children, *next;
	const char *system;         /* check: whose language it is in */
	const char *selector;       /* check: which refine-rule picks it, or "" */
	const struct engine *engine;   /* check: NULL where no engine knows the system */
	void *program;              /* check: what the engine made of it */
	unsigned line;
};

struct rule {
	struct selectable item;     /* first: a rule is a selectable */
	enum severity severity;
	enum role role;
	bool multiple;              /* judged once per container, not on the host */
	const char *rationale, *fixtext;
	const char **warnings;      /* what following the rule may break */
	size_t n_warnings;
	struct reference *references;
	size_t n_references;
	struct ident *idents;
	size_t n_idents;
	struct fix *fixes;
	size_t n_fixes;
	struct condition *conditions;   /* alternatives for different systems and selectors; NULL: none */
};

struct value_choice {
	const char *selector;       /* "" for the default */
	const char *text;
};

enum limit_kind { LIMIT_LOWER, LIMIT_UPPER, LIMIT_MATCH, LIMIT_CHOICE };

/* What somebody who sets the value has to keep to. */
struct value_limit {
	enum limit_kind kind;       /* LIMIT_CHOICE: one of several that it must be */
	const char *selector;       /* as that of a choice */
	const char *text;
};

struct value {
	const char *id, *short_id, *title, *description;
	const char *type;           /* "number", "boolean" or "string" */
	struct value_choice *choices;
	size_t n_choices;
	struct value_limit *limits;
	size_t n_limits;
	unsigned line;
};

enum setting_kind { SETTING_SELECT, SETTING_SET_VALUE, SETTING_REFINE_VALUE, SETTING_REFINE_RULE };

/* One selector of a profile, in document order. */
struct setting {
	enum setting_kind kind;
	const char *idref;
	bool selected;              /* select */
	const char *text;           /* set-value: the value; refine-value and refine-rule: the selector, or NULL */
	double weight;              /* refine-rule: or -1 */
	enum severity severity;     /* refine-rule: or SEVERITIES */
	int role;                   /* refine-rule: an enum role, or -1 */
	unsigned line;
};

struct profile {
	const char *id, *short_id, *title, *description;
	const char *extends;        /* id, or NULL */
	const struct profile *base;    /* the profile of that id */
	bool abstract;
	struct setting *settings;
	size_t n_settings;
	unsigned line;
};

struct benchmark {
	const char *path;           /* of the file, as given */
	const char *document;       /* all of its bytes, ended by a NUL that is not counted; NULL: benchmark_read() did not read it */
	size_t document_size;
	const char *id, *short_id, *title, *description, *version;
	struct selectable *items;   /* the top level, in document order */
	struct rule **rules;        /* all, in document order */
	size_t n_rules;
	struct selectable **groups;
	size_t n_groups;
	struct value **values;
	size_t n_values;
	struct profile **profiles;
	size_t n_profiles;
	struct arena *arena;
};

/* What a benchmark may refer to: both tables end with NULL. */
struct registry {
	const struct check *const *checks;
	const struct engine *const *engines;
};

/*
 * Reads the first XCCDF 1.2 Benchmark of the file, also one inside a SCAP data stream. Refused, with one sentence
 * "FILE:LINE: what is wrong": any DOCTYPE, unknown elements and attributes, dangling references, cycles of profiles, and whatever
 * the engine of a check finds wrong in it. Returns 0, or -errno; -ENOMSG where there is no Benchmark in it.
 */
int benchmark_read(struct benchmark **ret, const char *path, const struct registry *registry, struct err *err);

/*
 * As benchmark_read(), without the texts of rules that only explain (description, rationale, warning, reference) and without the document: for
 * an audit whose reports do not show them.
 */
int benchmark_read_for_verdict(struct benchmark **ret, const char *path, const struct registry *registry, struct err *err);

/* Told of every mistake, one sentence each, so that reading can go on behind it. */
struct benchmark_listener {
	void (*tell)(void *with, const char *mistake);
	void *with;
};

/* As benchmark_read(), but a Rule, Value or Profile that is wrong is told of and left out. -errno only when nothing can be read. */
int benchmark_read_all(struct benchmark **ret, const char *path, const struct registry *registry,
		       const struct benchmark_listener *listener, struct err *err);
void benchmark_free(struct benchmark *benchmark);

/* By full or short id; NULL where there is none. */
const struct rule *benchmark_rule(const struct benchmark *benchmark, const char *id);
const struct value *benchmark_value(const struct benchmark *benchmark, const char *id);
const struct profile *benchmark_profile(const struct benchmark *benchmark, const char *id);

/* Whether the text may be the value where a profile refines it by the selector. Returns 0, or -EINVAL with a sentence. */
int value_accepts(const struct value *value, const char *selector, const char *text, struct err *err);

/* The part of an XCCDF id behind its type: "xccdf_org.plimsoll_rule_cmdline.nosmt" → "cmdline.nosmt". */
const char *benchmark_short_id(const char *id);

/*
 * The text with its <sub> elements, which the reader left as SUB_MARK id SUB_MARK, replaced by what `lookup` says of the id
 * (NULL: the short id).
 */
#define SUB_MARK '\x1a'
char *benchmark_text(struct arena *arena, const char *text, const char *(*lookup)(const void *, const char *id),
		     const void *with);

#endif
