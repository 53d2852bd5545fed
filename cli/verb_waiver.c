/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll waiver: accepted failures are written, shown, and checked. */
#include "cli/host.h"
#include "cli/saved_reports.h"
#include "cli/verbs.h"
#include "cli/waivers.h"

#include "core/base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>

/* What the waivers are held against: a report, or this system as it is now. */
struct against {
	struct saved_reports saved;
	struct loaded loaded;
	struct subject *host;
	struct audit *audit;             /* freed here unless it is the saved one */
	const struct waiver_use *uses;
};

static void release(struct against *a)
{
	if (!a->saved.n)
		audit_free(a->audit);
	saved_reports_release(&a->saved);
	subject_free(a->host);
	benchmarks_release(&a->loaded);
}

#define auto_against __attribute__((cleanup(release)))

static const char *safe(const struct options *o, const char *text)
{
	return text_safe(o->arena, text, strlen(text), TEXT_MAX);
}

/* ---- reading ---- */

static int read_report(struct against *a, const struct options *o, struct err *err)
{
	int rc = saved_reports_read(&a->saved, o, o->reports.list, o->reports.n, err);

	a->audit = rc == 0 ? a->saved.whole : NULL;
	return rc;
}

/* All benchmarks: what is part of another failure depends on that one, too. */
static int audit_now(struct against *a, const struct options *o, struct err *err)
{
	struct audit_plan plan = { .subjects = { .host = true, .containers = true }, .workers = o->jobs };
	int rc = host_open(&a->host, o, err);

	if (rc < 0)
		return rc;
	plan.host = a->host;
	plan.policies = a->loaded.policies;
	plan.n_policies = a->loaded.n;
	a->audit = audit_run(&plan);
	return 0;
}

static void hold_against(struct against *a, const struct waivers *w)
{
	a->uses = waivers_apply(a->audit, &(struct waiving){ .waivers = w, .now = host_now() });
}

/* ---- list ---- */

static const char *days_words(struct arena *arena, int64_t left)
{
	if (left < 0)
		return arena_printf(arena, "over for %" PRId64 " day%s", -left, left == -1 ? "" : "s");
	return left ? arena_printf(arena, "%" PRId64 " day%s left", left, left == 1 ? "" : "s") : "its last day";
}

/* "covers 3 failures: web, db, build-1" */
static const char *use_words(struct arena *arena, const struct waiver_use *use)
{
	struct buffer out = { .arena = arena };

	if (use->state == WAIVER_IDLE)
		return "not judged here";
	if (use->state == WAIVER_STALE)
		return arena_printf(arena, "stale: %s", use->why);
	buffer_printf(&out, use->state == WAIVER_EXPIRED ? "expired: %zu failure%s count%s again:" : "covers %zu failure%s:", use->failures,
		      use->failures == 1 ? "" : "s", use->failures == 1 ? "s" : "");
	for (size_t i = 0; i < use->n_subjects && i < ARRAY_LEN(use->subjects); i++)
		buffer_printf(&out, "%s %s", i ? "," : "", use->subjects[i]);
	if (use->n_subjects > ARRAY_LEN(use->subjects))
		buffer_printf(&out, " and %zu more", use->n_subjects - ARRAY_LEN(use->subjects));
	return out.text;
}

static void show(const struct options *o, const struct waiver *w, const struct waiver_use *use)
{
	printf("%s  %s%s%s  until %s, %s  %s\n", w->rule, w->subject ? w->subject : "host", w->host ? " on " : "", w->host ? w->host : "", w->expires,
	       days_words(o->arena, use->days_left), w->owner);
	printf("    %s%s%s%s\n", w->reason, w->ticket ? " (" : "", w->ticket ? w->ticket : "", w->ticket ? ")" : "");
	if (w->found)
		printf("    only as long as %s is found\n", w->found);
	printf("    %s\n    %s\n", safe(o, use_words(o->arena, use)), safe(o, w->where));
}

static json_t *json_of(const struct options *o, const struct waiver *w, const struct waiver_use *use)
{
	static const char *const states[] = {
		[WAIVER_IDLE] = "idle", [WAIVER_IN_FORCE] = "in-force", [WAIVER_EXPIRED] = "expired", [WAIVER_STALE] = "stale",
	};
	json_t *subjects = json_array();

	for (size_t i = 0; i < use->n_subjects && i < ARRAY_LEN(use->subjects); i++)
		json_array_append_new(subjects, json_string(safe(o, use->subjects[i])));
	return json_pack("{s:s, s:s, s:s?, s:s, s:I, s:s, s:s, s:s?, s:s?, s:s, s:s, s:I, s:I, s:o, s:s?}", "rule", w->rule, "target", w->subject ? w->subject : "host",
			 "host", w->host, "expires", w->expires, "days_left", (json_int_t)use->days_left, "owner", w->owner, "reason", w->reason,
			 "ticket", w->ticket, "found", w->found, "where", safe(o, w->where), "state", states[use->state],
			 "failures", (json_int_t)use->failures, "n_subjects", (json_int_t)use->n_subjects, "subjects", subjects,
			 "why", use->why ? safe(o, use->why) : NULL);
}

/* A register of what is accepted. */
static int show_json(const struct options *o, const struct waivers *w, const struct waiver_use *uses)
{
	json_t *array = json_array(), *all;
	int rc;

	for (size_t i = 0; i < w->n; i++)
		json_array_append_new(array, json_of(o, &w->list[i], &uses[i]));
	all = json_pack("{s:s, s:o}", "schema", "plimsoll/waivers/1", "waivers", array);
	rc = all ? json_dumpf(all, stdout, JSON_INDENT(1)) : -1;
	json_decref(all);
	puts("");
	return end_output(rc < 0 || w->mistakes ? EXIT_NO_AUDIT : EXIT_CLEAN);
}

static int show_text(const struct options *o, const struct waivers *w, const struct waiver_use *uses)
{
	for (size_t i = 0; i < w->n; i++)
		show(o, &w->list[i], &uses[i]);
	if (!w->n && !w->mistakes)
		printf("no waivers%s\n", o->waivers.n ? "" : ": neither in " WAIVERS_FILE " nor in " WAIVERS_DIRECTORY);
	return end_output(w->mistakes ? EXIT_NO_AUDIT : EXIT_CLEAN);
}

static int list_waivers(const struct options *o)
{
	auto_against struct against a = { 0 };
	struct waivers waivers;
	struct err err;

	if (o->n_arguments > 1) {
		err_set(&err, EINVAL, "waiver list takes no arguments, but '%s' is given; --waivers names files, --report a report", o->arguments[1]);
		return complain(&err);
	}
	if (o->format && !list_has("text json", " ", o->format)) {
		err_set(&err, EINVAL, "--format: '%s' is none of: text json%s", o->format, nearest_hint(o->arena, "text json", o->format));
		return complain(&err);
	}
	if (benchmarks_load(&a.loaded, o, TEXTS_FOR_VERDICT, &err) < 0 || waivers_read_named(&waivers, o, &a.loaded, &err) < 0)
		return complain(&err);
	if (waivers.n && (o->reports.n ? read_report(&a, o, &err) : audit_now(&a, o, &err)) < 0)
		return complain(&err);
	if (waivers.n)
		hold_against(&a, &waivers);
	return o->format && streq(o->format, "json") ? show_json(o, &waivers, a.uses) : show_text(o, &waivers, a.uses);
}

/* ---- check ---- */

/* By days alone: what they cover is not known without a report. */
static void show_days(const struct options *o, const struct waivers *w)
{
	for (size_t i = 0; i < w->n; i++) {
		int64_t left = waiver_days_left(&w->list[i], host_now());

		if (left <= WAIVER_DAYS_NOTED)
			printf("%s: %s: %s (%s)\n", safe(o, w->list[i].where), w->list[i].rule, days_words(o->arena, left), w->list[i].owner);
	}
}

static bool show_findings(const struct options *o, const struct waivers *w, const struct waiver_use *uses)
{
	bool any = false;

	for (size_t i = 0; i < w->n; i++) {
		bool found = uses[i].state == WAIVER_EXPIRED || uses[i].state == WAIVER_STALE;

		if (found || (uses[i].state == WAIVER_IN_FORCE && uses[i].days_left <= WAIVER_DAYS_NOTED))
			printf("%s: %s: %s: %s (%s)\n", safe(o, w->list[i].where), w->list[i].rule, days_words(o->arena, uses[i].days_left),
			       safe(o, use_words(o->arena, &uses[i])), w->list[i].owner);
		any = any || found;
	}
	return any;
}

static int check_waivers(const struct options *o)
{
	auto_against struct against a = { 0 };
	struct waivers waivers;
	bool found = false;
	struct err err;

	if (waivers_read_named(&waivers, o, NULL, &err) < 0 || (o->reports.n && read_report(&a, o, &err) < 0))
		return complain(&err);
	if (waivers.mistakes)
		return end_output(EXIT_NO_AUDIT);
	if (o->reports.n) {
		hold_against(&a, &waivers);
		found = show_findings(o, &waivers, a.uses);
	} else {
		show_days(o, &waivers);
	}
	printf("%zu waiver%s in %zu file%s, and no mistake\n", waivers.n, waivers.n == 1 ? "" : "s", waivers.n_files, waivers.n_files == 1 ? "" : "s");
	return end_output(found ? EXIT_FINDINGS : EXIT_CLEAN);
}

/* ---- prune ---- */

static int prune_waivers(const struct options *o)
{
	auto_against struct against a = { 0 };
	struct waivers waivers;
	struct err err;

	if (waivers_read_named(&waivers, o, NULL, &err) < 0 || (o->reports.n && read_report(&a, o, &err) < 0))
		return complain(&err);
	if (waivers.mistakes)
		return end_output(EXIT_NO_AUDIT);
	if (o->reports.n)
		hold_against(&a, &waivers);
	return waiver_prune(o, &waivers, a.uses);
}

/* ---- the verb ---- */

#define ACTIONS "add list check prune"

static int add_waiver(const struct options *o)
{
	struct err err;

	if (o->n_arguments == 2)
		return waiver_add(o, o->arguments[1]);
	err_set(&err, EINVAL, "waiver add needs one rule; 'plimsoll list rules' shows them");
	return complain(&err);
}

static const struct {
	const char *name;
	int (*run)(const struct options *o);
} actions[] = { { "add", add_waiver }, { "list", list_waivers }, { "check", check_waivers }, { "prune", prune_waivers } };

static int run_waiver(const struct options *o)
{
	const char *action = o->n_arguments ? o->arguments[0] : "";
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(actions); i++)
		if (streq(actions[i].name, action))
			return actions[i].run(o);
	err_set(&err, EINVAL, "waiver takes one of: " ACTIONS "%s", *action ? nearest_hint(o->arena, ACTIONS, action) : "");
	return complain(&err);
}

const struct verb verb_waiver = {
	.bit = VERB_WAIVER,
	.name = "waiver",
	.arguments = "ACTION",
	.summary = "failures that somebody has accepted, and until when",
	.completes = ACTIONS,
	.about = "add RULE    writes a waiver for the rule into a file of its own, in the\n"
		 "            directory that --waivers names or /etc/plimsoll/waivers.d; --owner,\n"
		 "            --reason and --expires are needed. No file that is there is changed\n"
		 "list        each waiver with the days that are left and what it covers, in the\n"
		 "            report that --report names, or on this system now\n"
		 "check FILE  every mistake in these files, or those in use, with file and line;\n"
		 "            with --report also those that are over or cover nothing\n"
		 "prune FILE  takes those that are over out of these files, or of those in use;\n"
		 "            with --report also those that cover nothing, by that report: of a\n"
		 "            file that several hosts share it takes reports of all of them.\n"
		 "            --dry-run changes nothing\n\n"
		 "The files are described in plimsoll-waivers(5).\n\n"
		 "Exit status:\n"
		 "  0  done\n"
		 "  1  check --report: a waiver is over and its failure counts again, or it covers\n"
		 "     nothing\n"
		 "  2  a file has a mistake, or could not be written or read",
	.run = run_waiver,
};
