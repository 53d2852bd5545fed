/* SPDX-License-Identifier: Apache-2.0 */
/* The waivers that a verb works with: found, read, and applied. */
#ifndef CLI_WAIVERS_H
#define CLI_WAIVERS_H

#include "cli/locate.h"
#include "cli/options.h"
#include "core/audit/waiver.h"

#define WAIVERS_FILE "/etc/plimsoll/waivers.conf"
#define WAIVERS_DIRECTORY "/etc/plimsoll/waivers.d"

/* What is in force for an audit. */
struct in_force {
	struct waivers waivers;
	struct loaded own;       /* the benchmark by which plimsoll tells of them; nothing where there are none */
};

/* None yet, by the days that the options allow. `tell` as in struct waivers. */
struct waivers waivers_new(const struct options *options, void (*tell)(void *with, const char *mistake), void *with);

/* The files that --waivers names, or else those in their usual places. */
void waivers_find(struct waivers *waivers, const struct options *options);

/* Says each mistake on stderr, as waivers.tell. */
void waivers_complain(void *with, const char *mistake);

/* What waivers may name: the rules of `loaded` (NULL: of what --benchmark names) and all shipped ones. Returns 0, or -errno with a sentence. */
int waivers_rule_names(struct rule_names **names, const struct loaded *loaded, const struct options *options, struct err *err);

/* Reads them for an audit by these benchmarks. Returns 0, or -errno with the first mistake. */
int waivers_load(struct in_force *in_force, const struct loaded *loaded, const struct options *options, enum texts texts, struct err *err);

/* To the audit of this plan. `told`: also as results of its own. */
void waivers_put(struct audit *audit, const struct in_force *in_force, const struct audit_plan *plan, bool told);
void in_force_release(struct in_force *in_force);

#define auto_in_force __attribute__((cleanup(in_force_release)))

/* Reads those that the arguments behind the action name, or those in use; every mistake is said. Returns 0, or -errno with a sentence. */
int waivers_read_named(struct waivers *waivers, const struct options *options, const struct loaded *loaded, struct err *err);

/* plimsoll waiver add: writes a waiver for the rule, made of the options, into a file of its own. Returns the exit status. */
int waiver_add(const struct options *options, const char *rule);

/*
 * plimsoll waiver prune: takes those that are over out of their files, and where `uses` tells what became of each by a report, also those that cover
 * nothing. Returns the exit status.
 */
int waiver_prune(const struct options *options, const struct waivers *waivers, const struct waiver_use *uses);

#endif
