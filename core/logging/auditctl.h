/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of the kernel's audit system, as the files hold them that are loaded at boot (audit.rules(7), augenrules(8)), and as the
 * kernel has them right now (AUDIT_LIST_RULES and AUDIT_GET, linux/audit.h).
 *
 * The kernel walks its rules from the first to the last, and the first that fits an event decides: a rule "never" that stands in front of a
 * rule "always" takes from it what both fit.
 */
#ifndef CORE_AUDITCTL_H
#define CORE_AUDITCTL_H

#include "core/source/source.h"

enum { ACCESS_EXECUTE = 1, ACCESS_WRITE = 2, ACCESS_READ = 4, ACCESS_ATTRIBUTE = 8, ACCESS_ALL = 15 };

struct auditctl_rule {
	const char *origin;      /* "/etc/audit/rules.d/time.rules:3", or that of the kernel */
	const char *list;        /* "exit", "task", "user", "exclude", "filesystem", "io_uring" */
	bool always;             /* else never */
	const char *path;        /* what is watched, without a slash at its end; NULL: not bound to a path */
	bool below;              /* and all that lies below it */
	unsigned access;         /* of the path: ACCESS_* */
	const char *syscalls;    /* names, separated by spaces; "all", also of a rule that names none */
	const char *arch;        /* "b64", "b32"; NULL: not said, so that numbers of system calls are those of the machine's own */
	const char *fields;      /* the other conditions, sorted and separated by spaces: "auid!=unset auid>=1000"; "" for none */
};

/* How the audit system is set; NULL: not said. */
struct auditctl_settings {
	const char *enabled;     /* "0", "1", or "2": locked until the next boot */
	const char *failure;     /* "0" silent, "1" printk, "2" panic */
	const char *backlog;     /* records that may wait */
	const char *loginuid;    /* "immutable": the login of a process is never changed again; "mutable" */
	const char *daemon;      /* of the kernel alone: "registered" where somebody fetches the records, else "none" */
};

struct auditctl {
	const char *origin;
	enum state state;        /* absent: the audit system is not there, or has no rule files */
	const char *why;
	struct auditctl_rule *list;   /* in the order in which the kernel looks at them */
	size_t n;
	struct auditctl_settings settings;
	bool merged;             /* /bin is a link to /usr/bin: the same file has two paths */
};

/*
 * Those that are loaded at boot: augenrules(8) makes one file of those below /etc/audit/rules.d; where it is not used, /etc/audit/audit.rules
 * is read as it is. Never NULL; lies in the arena.
 */
struct auditctl *auditctl_read_files(struct source *source, struct arena *arena);

/* Those of the running kernel: unavailable in a root that is not the live host, denied without CAP_AUDIT_CONTROL. Never NULL. */
struct auditctl *auditctl_read_kernel(struct source *source, struct arena *arena);

/* Adds a rule behind the others; what the caller leaves out is set as the kernel would. Sorts the fields and gives each its one form. */
void auditctl_add(struct auditctl *rules, struct arena *arena, const struct auditctl_rule *rule);

/* What somebody wants to be recorded. */
struct auditctl_wanted {
	const char *path;        /* or NULL; with a slash at its end: it and all that lies below it */
	unsigned access;
	const char *syscall;     /* or NULL */
	const char *arch;        /* of the system call: "b64" or "b32" */
	const char *native;      /* that of the machine */
	const char *fields;      /* conditions that a rule may have and still record all that is wanted; "" for none */
};

struct auditctl_answer {
	const struct auditctl_rule *records;   /* NULL: it is not recorded, or not all of it */
	const struct auditctl_rule *hides;     /* a rule "never" in front that takes all of it, or NULL */
	const struct auditctl_rule *exempts;   /* one that takes a part of it, or NULL */
};

struct auditctl_answer auditctl_find(const struct auditctl *rules, const struct auditctl_wanted *wanted);

/* A rule that switches the records of all system calls off, and with them the watches ("-a never,task"), or NULL. */
const struct auditctl_rule *auditctl_off_switch(const struct auditctl *rules);

/* "wa" → ACCESS_WRITE | ACCESS_ATTRIBUTE; 0 for letters that are none of r, w, x, a. */
unsigned auditctl_access(const char *letters);

#endif
