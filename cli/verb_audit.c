/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll audit: read, judge, report. The four calls in order are run_audit(). */
#include "cli/locate.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "cli/verbs.h"

#include "core/audit.h"
#include "core/text.h"
#include "reports/formats.h"

#include <errno.h>
#include <time.h>

/* ---- what is audited ---- */

static int give_files(struct source *source, const struct options *o, struct err *err)
{
	int rc = 0;

	if (o->kconfig)
		rc = source_give(source, KERNEL_GIVEN_KCONFIG, o->kconfig, err);
	if (o->cmdline && rc == 0)
		rc = source_give(source, KERNEL_GIVEN_CMDLINE, o->cmdline, err);
	if (o->sysctl && rc == 0)
		rc = source_give(source, KERNEL_GIVEN_SYSCTL, o->sysctl, err);
	return rc;
}

static int open_source(struct source **source, const struct options *o, struct err *err)
{
	int rc;

	if (!o->kconfig && !o->cmdline && !o->sysctl)
		return source_open(source, o->root ? o->root : "/", err);
	if (o->root)
		return err_set(err, EINVAL, "--root and --kconfig, --cmdline or --sysctl exclude each other");
	*source = source_of_files();
	rc = give_files(*source, o, err);
	if (rc < 0)
		source_free(*source);
	return rc;
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

/* When the audit starts. SOURCE_DATE_EPOCH sets it, and the duration to 0, for reports that are the same to the byte. */
static int64_t start_time(void)
{
	const char *fixed = getenv("SOURCE_DATE_EPOCH");
	int64_t seconds;

	return fixed && text_integer(fixed, &seconds) && seconds >= 0 ? seconds : (int64_t)time(NULL);
}

/* ---- where the reports go ---- */

struct target {
	const struct format *format;
	const char *path;
};

static int format_of(const struct format **format, struct arena *arena, const char *name, struct err *err)
{
	struct buffer names = { .arena = arena };

	*format = format_find(name);
	if (*format)
		return 0;
	for (const struct format *const *f = formats; *f; f++)
		buffer_printf(&names, "%s ", (*f)->name);
	return err_set(err, EINVAL, "there is no format '%s'%s; there are: %s", name, nearest_hint(arena, names.text, name),
		       names.text);
}

/* "json=report.json" or "report.json"; the part before "=" is a format only when it is a plain word. */
static int target_of(struct target *target, const struct options *o, const char *given, struct err *err)
{
	const char *equals = strchr(given, '='), *name = o->format ? o->format : "text";

	target->path = given;
	if (equals && !memchr(given, '/', (size_t)(equals - given))) {
		name = arena_strndup(o->arena, given, (size_t)(equals - given));
		target->path = equals + 1;
	}
	if (!*target->path)
		return err_set(err, EINVAL, "--output: '%s' names no file", given);
	return format_of(&target->format, o->arena, name, err);
}

static int write_report(const struct target *target, const struct audit *audit, const struct options *o, struct err *err)
{
	struct terminal t = terminal_of_stdout(o);
	bool to_stdout = streq(target->path, "-");
	struct format_options options = {
		.color = to_stdout ? t.color : o->color == COLOR_ALWAYS, .unicode = t.unicode,
		.width = to_stdout ? t.width : 80, .height = to_stdout ? t.height : 0,
		.verbose = o->verbose, .fail_on = o->fail_on, .named_benchmarks = o->benchmarks.n > 0,
	};
	struct output output;
	int rc = output_open(&output, target->path, err);

	if (rc < 0)
		return rc;
	rc = target->format->write(audit, &options, output.stream, err);
	if (rc < 0) {
		output_abandon(&output);
		return err_wrap(err, rc, "%s", output.path);
	}
	return output_commit(&output, err);
}

static int write_reports(const struct audit *audit, const struct target *targets, size_t n, const struct options *o,
			 struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = write_report(&targets[i], audit, o, err);
	return rc;
}

static enum texts texts_for(const struct target *targets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (targets[i].format->explains)
			return TEXTS_ALL;
	return TEXTS_FOR_VERDICT;
}

/* Every name is looked up before anything is read: a misspelt format costs no audit. */
static int plan_reports(struct target **targets, size_t *n, const struct options *o, struct err *err)
{
	int rc = 0;

	*targets = arena_array_of(o->arena, struct target, o->outputs.n + 1);
	for (*n = 0; *n < o->outputs.n && rc == 0; ++*n)
		rc = target_of(&(*targets)[*n], o, o->outputs.list[*n], err);
	if (rc == 0 && *n == 0 && !o->quiet)
		rc = target_of(&(*targets)[(*n)++], o, "-", err);
	if (rc == 0 && o->format)
		rc = format_of(&(const struct format *){ NULL }, o->arena, o->format, err);
	return rc;
}

/* ---- the verdict ---- */

static int exit_status(const struct audit *audit, const struct options *o)
{
	if (o->fail_on != SEVERITIES && audit_failures(audit, o->fail_on) > 0)
		return EXIT_FINDINGS;
	if (o->min_score >= 0 && audit->score >= 0 && audit->score < o->min_score)
		return EXIT_FINDINGS;
	if (!audit->complete || (o->min_score >= 0 && audit->score < 0))
		return EXIT_UNDETERMINED;
	return EXIT_CLEAN;
}

static int nothing_judged(const struct options *o, const struct loaded *loaded, struct err *err)
{
	struct buffer names = { .arena = o->arena }, globs = { .arena = o->arena };

	for (size_t i = 0; i < o->only.n; i++)
		buffer_printf(&globs, " --rule %s", o->only.list[i]);
	for (size_t i = 0; i < o->skip.n; i++)
		buffer_printf(&globs, " --skip %s", o->skip.list[i]);
	if (globs.text)
		return err_set(err, ENOENT, "no selected rule is left by%s; 'plimsoll list rules' shows what is selected", globs.text);
	for (size_t i = 0; i < loaded->n; i++)
		for (size_t k = 0; k < loaded->benchmarks[i]->n_profiles; k++)
			buffer_printf(&names, " %s", loaded->benchmarks[i]->profiles[k]->short_id);
	return err_set(err, ENOENT, "no rule is selected; choose a profile with --profile:%s", names.text ? names.text : " there is none");
}

/* "host", "containers", or the name or id of a container. */
static struct subject_filter subjects_asked_for(const struct options *o)
{
	struct subject_filter filter = { .host = !o->subjects.n, .containers = !o->subjects.n };

	for (size_t i = 0; i < o->subjects.n; i++) {
		filter.host = filter.host || streq(o->subjects.list[i], "host");
		filter.containers = filter.containers || streq(o->subjects.list[i], "containers");
	}
	filter.ids = o->subjects.list;
	return filter;
}

/* A name that is no container's is a mistake, or a container that is gone: no audit of it is no pass. */
static int missing_subject(const struct audit *audit, const struct options *o, struct err *err)
{
	for (size_t i = 0; i < o->subjects.n; i++) {
		const char *word = o->subjects.list[i];
		bool found = streq(word, "host") || streq(word, "containers");

		for (size_t k = 0; k < audit->n_subjects && !found; k++)
			found = audit->subjects[k].container && container_is_called(audit->subjects[k].container, word);
		if (!found)
			return err_set(err, ENOENT, "--subject: there is no running container '%s'; 'plimsoll containers' lists them", word);
	}
	return 0;
}

static size_t results_of(const struct audit *audit)
{
	size_t n = 0;

	for (size_t i = 0; i < audit->n_subjects; i++)
		n += audit->subjects[i].n;
	return n;
}

static int judge_and_report(const struct subject *host, const struct loaded *loaded, const struct target *targets, size_t n,
			    const struct options *o, double started)
{
	const struct audit_plan plan = {
		.host = host, .policies = loaded->policies, .n_policies = loaded->n,
		.rules = { o->only.list, o->skip.list }, .subjects = subjects_asked_for(o),
	};
	auto_audit struct audit *audit = audit_run(&plan);
	struct err err;

	audit->duration_ms = getenv("SOURCE_DATE_EPOCH") ? 0 : now_ms() - started;
	if (missing_subject(audit, o, &err) < 0)
		return complain(&err);
	if (results_of(audit) == 0 && !(audit->containers && plan.subjects.containers)) {
		nothing_judged(o, loaded, &err);
		return complain(&err);
	}
	if (write_reports(audit, targets, n, o, &err) < 0)
		return complain(&err);
	return exit_status(audit, o);
}

static int run_audit(const struct options *o)
{
	double started = now_ms();
	auto_loaded struct loaded loaded = { 0 };
	auto_subject struct subject *host = NULL;
	struct source *source = NULL;
	struct target *targets;
	struct err err;
	size_t n;

	if (o->n_arguments) {
		err_set(&err, EINVAL, "audit takes no arguments, but '%s' is given", o->arguments[0]);
		return complain(&err);
	}
	if (plan_reports(&targets, &n, o, &err) < 0 || benchmarks_load(&loaded, o, texts_for(targets, n), &err) < 0 ||
	    open_source(&source, o, &err) < 0)
		return complain(&err);
	host = subject_host(source, start_time());
	return judge_and_report(host, &loaded, targets, n, o, started);
}

const struct verb verb_audit = {
	.bit = VERB_AUDIT,
	.name = "audit",
	.arguments = "",
	.summary = "audit this host; report to the terminal",
	.about = "Reads the state of the kernel and the system, judges it by the benchmarks, and\n"
		 "writes a report. Nothing is executed and nothing is changed. Root sees most; an\n"
		 "ordinary user gets fewer answers, never wrong ones.\n\n"
		 "Exit status:\n"
		 "  0  nothing at or above --fail-on failed, and every rule was determined\n"
		 "  1  a rule at or above --fail-on failed, or the score is under --min-score\n"
		 "  2  no audit: wrong usage, unreadable benchmark, output that cannot be written\n"
		 "  3  nothing failed, but some selected rule could not be determined",
	.run = run_audit,
};
