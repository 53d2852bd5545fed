/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll snapshot: an audit of which all is kept that it reads, to be replayed elsewhere. */
#include "cli/host.h"
#include "cli/reports.h"
#include "cli/verbs.h"
#include "cli/waivers.h"

#include "core/base/text.h"
#include "core/source/snapshot.h"

#include <errno.h>

enum { TOLD_MOST = 10 };   /* rules that are named */

static const struct subject_filter usual = { .host = true, .containers = true }, all = { .host = true, .containers = true, .sandboxes = true };

static struct audit *audit_of(const struct subject *host, const struct loaded *loaded, const struct options *o, const struct in_force *waivers)
{
	const struct audit_plan plan = {
		.host = host, .policies = loaded->policies, .n_policies = loaded->n, .subjects = waivers ? usual : all, .workers = o->jobs,
	};
	struct audit *audit = audit_run(&plan);

	if (waivers)
		waivers_put(audit, waivers, &plan, true);
	audit->duration_ms = 0;
	return audit;
}

/* ---- what other profiles ask ---- */

static const char **profiles_of(const struct loaded *loaded, struct arena *arena)
{
	const char **names = NULL;
	size_t n = 0;

	for (size_t i = 0; i < loaded->n; i++) {
		for (size_t k = 0; k < loaded->benchmarks[i]->n_profiles; k++) {
			const char *name = loaded->benchmarks[i]->profiles[k]->short_id;
			size_t at = 0;

			while (at < n && !streq(names[at], name))
				at++;
			if (at == n)
				arena_push(arena, names, n) = name;
		}
	}
	arena_push(arena, names, n) = NULL;
	return names;
}

/* Every rule is selected by some profile, and a profile may set other values: what each of them asks is added to what is known. */
static int ask_the_rest(const struct subject *host, const struct loaded *loaded, const struct options *o, struct err *err)
{
	source_settle(host->source);
	for (const char **name = profiles_of(loaded, o->arena); *name; name++) {
		auto_loaded struct loaded again = { 0 };
		auto_audit struct audit *audit = NULL;
		struct options options = *o;
		int rc;

		options.profile = *name;
		rc = benchmarks_load(&again, &options, TEXTS_FOR_VERDICT, err);
		if (rc < 0)
			return rc;
		audit = audit_of(host, &again, o, NULL);
	}
	return 0;
}

/* ---- that it says the same ---- */

/* Without the names, reasons are others. */
static bool is_same(const struct result *a, const struct result *b, bool redacted)
{
	return a->rule == b->rule && a->outcome == b->outcome && (redacted || a->reason == b->reason || (a->reason && b->reason && streq(a->reason, b->reason)));
}

/* The results of two audits of the same rules that are not the same, and the first ids of their rules. */
static size_t differences(const struct audit *was, const struct audit *is, bool redacted, struct buffer *ids)
{
	size_t n = was->n_subjects != is->n_subjects;

	for (size_t i = 0; i < was->n_subjects && i < is->n_subjects; i++) {
		const struct subject_results *a = &was->subjects[i], *b = &is->subjects[i];

		n += a->n != b->n;
		for (size_t k = 0; k < a->n && k < b->n; k++) {
			if (is_same(&a->results[k], &b->results[k], redacted))
				continue;
			if (n++ < TOLD_MOST)
				buffer_word(ids, a->results[k].rule->item.short_id, strlen(a->results[k].rule->item.short_id));
		}
	}
	return n;
}

/* Replays what was written, and says what is said otherwise: nothing should be. Returns the exit status. */
static int prove(const struct audit *was, const struct audit *is, const struct options *o)
{
	struct buffer ids = { .arena = o->arena };
	size_t n = differences(was, is, o->redact, &ids);
	struct err err;

	if (!n)
		return EXIT_CLEAN;
	err_set(&err, EIO, "%s: %zu results are others when it is replayed: %s%s", o->arguments[0], n, ids.text ? ids.text : "of other subjects",
		n > TOLD_MOST ? " …" : "");
	complain(&err);
	return EXIT_UNDETERMINED;
}

/* ---- the verb ---- */

struct means {
	const struct loaded *loaded;
	const struct in_force *waivers;
	const struct targets *targets;
};

static void tell(const struct options *o, const struct targets *targets, const struct snapshot_sum *sum)
{
	if (*sum->left && !o->quiet)
		fprintf(stderr, "plimsoll: not replaced, because they are also words of the system: %s\n", text_safe(o->arena, sum->left, strlen(sum->left), TEXT_MAX));
	for (size_t i = 0; i < targets->n; i++)
		if (streq(targets->list[i].path, "-"))
			return;
	if (!o->quiet)
		printf("%s: %zu answers, %zu files, %.1f MB\n", text_safe(o->arena, o->arguments[0], strlen(o->arguments[0]), TEXT_MAX), sum->facts, sum->files,
		       (double)sum->bytes / 1e6);
}

/* The report is that of the very run; where names are taken out, that of the snapshot. */
static int replay(const struct audit *was, const struct means *m, const struct options *o)
{
	auto_subject struct subject *host = NULL;
	auto_audit struct audit *is = NULL;
	struct err err;

	if (host_open_snapshot(&host, o->arguments[0], &err) < 0)
		return complain(&err);
	is = audit_of(host, m->loaded, o, m->waivers);
	if (reports_write(o->redact ? is : was, m->targets, o, &err) < 0)
		return complain(&err);
	return prove(was, is, o);
}

static int record(const struct subject *host, const struct means *m, const struct options *o)
{
	const struct snapshot_plan plan = { .directory = o->arguments[0], .taken = host->now, .redact = o->redact };
	auto_audit struct audit *audit = audit_of(host, m->loaded, o, m->waivers);
	struct snapshot_sum sum;
	struct err err;
	int status;

	if (ask_the_rest(host, m->loaded, o, &err) < 0 || snapshot_write(host->source, &plan, &sum, &err) < 0)
		return complain(&err);
	status = replay(audit, m, o);
	if (status != EXIT_NO_AUDIT)
		tell(o, m->targets, &sum);
	return end_output(status);
}

static int run_snapshot(const struct options *o)
{
	auto_loaded struct loaded loaded = { 0 };
	auto_in_force struct in_force waivers = { 0 };
	auto_subject struct subject *host = NULL;
	struct targets targets;
	struct options quiet = *o;
	struct err err;

	if (o->n_arguments != 1) {
		err_set(&err, EINVAL, "snapshot needs one directory, which is made");
		return complain(&err);
	}
	quiet.quiet = !o->format;   /* no report but those that are asked for */
	if (reports_plan(&targets, REPORT_AUDIT, &quiet, &err) < 0 || benchmarks_load(&loaded, o, reports_texts(&targets), &err) < 0 ||
	    waivers_load(&waivers, &loaded, o, reports_texts(&targets), &err) < 0 || host_open_to_record(&host, o, &err) < 0 ||
	    snapshot_check(host->source, o->arguments[0], &err) < 0)
		return complain(&err);
	return record(host, &(struct means){ &loaded, &waivers, &targets }, o);
}

const struct verb verb_snapshot = {
	.bit = VERB_SNAPSHOT,
	.name = "snapshot",
	.arguments = "DIR",
	.summary = "record what an audit reads, to replay it elsewhere",
	.about = "Audits this host and its containers by all profiles and writes down what was\n"
		 "read and what the kernel said: plain files below DIR, and DIR/manifest, a text\n"
		 "that lists every answer. 'plimsoll audit --root DIR' judges it on any machine,\n"
		 "as any user, and reports the very same as a run at that time and place: the\n"
		 "host, the time and the root directory of its report are those recorded.\n\n"
		 "DIR must not exist, or be empty. It can be entered by its owner alone, and holds\n"
		 "what the audit saw: password hashes, keys, command lines and environments.\n\n"
		 "Exit status:\n"
		 "  0  it is written, and says the same when it is replayed\n"
		 "  2  it is not written: wrong usage, an unreadable benchmark, no room\n"
		 "  3  it is written, and some results are others when it is replayed",
	.run = run_snapshot,
};
