/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/reports.h"

#include "cli/output.h"
#include "cli/terminal.h"
#include "cli/verbs.h"
#include "core/base/text.h"
#include "reports/formats.h"

#include <errno.h>

typedef int write_fn(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err);

/* NULL: the format has none. */
static write_fn *writer_of(const struct format *format, enum report what)
{
	return what == REPORT_AUDIT ? format->write : what == REPORT_ROSTER ? format->write_roster
	     : what == REPORT_CHANGES ? format->write_changes : format->write_fixes;
}

/* A plan that goes into a file or a pipe is a script; on a terminal somebody reads it. */
static const char *default_format(const struct options *o, enum report what)
{
	if (o->format)
		return o->format;
	return what == REPORT_FIXES && (o->outputs.n || !terminal_of_stdout(o).is_terminal) ? "sh" : "text";
}

static int format_of(const struct format **format, enum report what, struct arena *arena, const char *name, struct err *err)
{
	struct buffer names = { .arena = arena };

	*format = format_find(name);
	if (*format && writer_of(*format, what))
		return 0;
	for (const struct format *const *f = formats; *f; f++)
		if (writer_of(*f, what))
			buffer_word(&names, (*f)->name, strlen((*f)->name));
	return err_set(err, EINVAL, "there is no format '%s'%s; there are: %s", name, nearest_hint(arena, names.text, name),
		       names.text);
}

/* "json=report.json" or "report.json"; the part before "=" is a format only when it is a plain word. Returns the name of the format. */
static const char *split_target(const struct options *o, enum report what, const char *given, const char **path)
{
	const char *equals = strchr(given, '=');

	*path = given;
	if (!equals || memchr(given, '/', (size_t)(equals - given)))
		return default_format(o, what);
	*path = equals + 1;
	return arena_strndup(o->arena, given, (size_t)(equals - given));
}

static bool is_format(const char *name, enum report what)
{
	const struct format *format = format_find(name);

	return format && writer_of(format, what);
}

/* A file that is named like a format holds that, or its name would mislead whoever reads it. */
static int target_of(struct target *target, enum report what, const struct options *o, const char *given, struct err *err)
{
	const char *name = split_target(o, what, given, &target->path), *dot = strrchr(given, '.');

	if (!*target->path)
		return err_set(err, EINVAL, "--output: '%s' names no file", given);
	if (target->path == given && is_format(given, what))
		return err_set(err, EINVAL, "--output: '%s' is a format, not a file: use -f %s or -o %s=FILE (or ./%s for a file of that name)",
			       given, given, given, given);
	if (target->path == given && !o->format && dot && !streq(dot + 1, name) && is_format(dot + 1, what))
		return err_set(err, EINVAL, "--output: '%s' would be written as %s: use -o %s=%s, or -f %s if that is meant", given, name, dot + 1, given, name);
	return format_of(&target->format, what, o->arena, name, err);
}

static struct format_options format_options_of(const struct options *o, bool to_stdout)
{
	struct terminal t = terminal_of_stdout(o);

	return (struct format_options){
		.color = to_stdout ? t.color : o->color == COLOR_ALWAYS, .unicode = t.unicode,
		.width = to_stdout ? t.width : 80, .height = to_stdout ? t.height : 0,
		.verbose = o->verbose, .fail_on = o->fail_on, .fail_on_new = o->fail_on_new, .min_score = o->min_score, .named_benchmarks = o->benchmarks.n > 0,
		.benchmarks = o->benchmarks.list,
	};
}

static int write_report(const struct target *target, enum report what, const struct audit *audit, const struct options *o, struct err *err)
{
	const struct format_options options = format_options_of(o, streq(target->path, "-"));
	struct output output;
	int rc = output_open(&output, target->path, err);

	if (rc < 0)
		return rc;
	rc = writer_of(target->format, what)(audit, &options, output.stream, err);
	if (rc < 0) {
		output_abandon(&output);
		err_wrap(err, rc, "%s", output.path);
	} else {
		rc = output_commit(&output, err);
	}
	if (rc == -EPIPE && streq(target->path, "-"))   /* as in "plimsoll audit | head": whoever reads has seen enough */
		*err->text = '\0';
	return rc;
}

/* What is asked to go to standard output, as far as that can be said of options that may be wrong; NULL: nothing. */
static const struct format *format_on_stdout(const struct options *o)
{
	const char *path;

	for (size_t i = 0; i < o->outputs.n; i++) {
		const char *name = split_target(o, REPORT_AUDIT, o->outputs.list[i], &path);

		if (streq(path, "-"))
			return format_find(name);
	}
	return o->outputs.n || o->quiet ? NULL : format_find(o->format ? o->format : "text");
}

int reports_status(const struct audit *audit, const struct options *o, int status)
{
	const struct format *format = format_on_stdout(o);
	const struct format_options options = format_options_of(o, true);

	return format && format->statuses ? format->statuses->of(audit, &options) : status;
}

int reports_complain(const struct options *o, const struct err *err)
{
	const struct format *format = format_on_stdout(o);
	int status = complain(err);

	if (!format || !format->statuses)
		return status;
	status = format->statuses->without_audit(err->text, stdout);
	fflush(stdout);   /* stderr has it, whether this can be written or not */
	return status;
}

int reports_write(const struct audit *audit, const struct targets *targets, const struct options *o, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < targets->n && rc == 0; i++)
		rc = write_report(&targets->list[i], targets->what, audit, o, err);
	return rc;
}

int reports_take(const struct targets *targets, size_t n_benchmarks, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < targets->n && rc == 0; i++)
		if (targets->list[i].format->takes)
			rc = targets->list[i].format->takes(n_benchmarks, err);
	return rc;
}

enum texts reports_texts(const struct targets *targets)
{
	for (size_t i = 0; i < targets->n; i++)
		if (targets->list[i].format->explains)
			return TEXTS_ALL;
	return TEXTS_FOR_VERDICT;
}

/* What is written later would replace what was written first. */
static int check_places(const struct targets *targets, struct err *err)
{
	for (size_t i = 0; i < targets->n; i++)
		for (size_t k = 0; k < i; k++)
			if (output_is_same(targets->list[k].path, targets->list[i].path))
				return err_set(err, EINVAL, "--output: '%s' is named twice", targets->list[i].path);
	return 0;
}

int reports_spare(const struct targets *targets, const char *const *inputs, size_t n, struct err *err)
{
	for (size_t i = 0; i < targets->n; i++)
		for (size_t k = 0; k < n; k++)
			if (!streq(inputs[k], "-") && output_is_same(inputs[k], targets->list[i].path))
				return err_set(err, EINVAL, "--output: '%s' is what is read, too", targets->list[i].path);
	return 0;
}

int reports_plan(struct targets *targets, enum report what, const struct options *o, struct err *err)
{
	int rc = 0;

	*targets = (struct targets){ what, arena_array_of(o->arena, struct target, o->outputs.n + 1), 0 };
	while (targets->n < o->outputs.n && rc == 0) {
		rc = target_of(&targets->list[targets->n], what, o, o->outputs.list[targets->n], err);
		targets->n++;
	}
	if (rc == 0 && targets->n == 0 && !o->quiet)
		rc = target_of(&targets->list[targets->n++], what, o, "-", err);
	if (rc == 0)
		rc = check_places(targets, err);
	if (rc == 0 && o->format)
		rc = format_of(&(const struct format *){ NULL }, what, o->arena, o->format, err);
	return rc;
}
