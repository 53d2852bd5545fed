/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll validate: the mistakes in a benchmark, a tailoring, a waiver file or a configuration, with file and line. */
#include "cli/config_file.h"
#include "cli/tailor.h"
#include "cli/verbs.h"
#include "cli/waivers.h"

#include "core/base/text.h"
#include "core/config/own_file.h"

#include <errno.h>
#include <sys/stat.h>

struct telling {
	size_t n;
};

static void tell(void *with, const char *mistake)
{
	struct telling *telling = with;
	struct err err;

	telling->n++;
	err_set(&err, EINVAL, "%s", mistake);
	complain(&err);
}

/* A value that only some profile sets is only wrong under that profile. */
static void try_profiles(const struct benchmark *b, struct telling *telling)
{
	struct policy *policy;
	struct err err;

	if (policy_new(&policy, b, &registry, NULL, &err) < 0) {
		tell(telling, err.text);
		return;
	}
	policy_free(policy);
	for (size_t i = 0; i < b->n_profiles; i++) {
		if (policy_new(&policy, b, &registry, b->profiles[i]->id, &err) < 0)
			tell(telling, err.text);
		else
			policy_free(policy);
	}
}

/* Each of its profiles is applied to the benchmark that it is for. */
static void try_tailoring(struct tailoring *t, const struct loaded *loaded, const struct options *o, struct telling *telling)
{
	const struct benchmark_listener listener = { tell, telling };
	const struct benchmark *b = tailoring_benchmark(t, loaded->benchmarks, loaded->n);
	struct err err;

	if (!b) {
		tailoring_no_benchmark(t, loaded, o->arena, &err);
		tell(telling, err.text);
		return;
	}
	if (tailoring_join(t, b, &listener, &err) < 0)
		tell(telling, err.text);
	for (size_t i = 0; i < t->document.n_profiles && !telling->n; i++) {
		const struct policy_choice choice = { .profile = t->document.profiles[i]->id, .tailoring = t };
		struct policy *policy;

		if (policy_make(&policy, b, &registry, &choice, &err) < 0)
			tell(telling, err.text);
		else
			policy_free(policy);
	}
	if (!telling->n)
		printf("%s: valid: %zu profiles for %s\n", text_safe(o->arena, t->document.path, strlen(t->document.path), TEXT_MAX),
		       t->document.n_profiles, text_safe(o->arena, b->short_id, strlen(b->short_id), TEXT_MAX));
}

/* The benchmarks that a tailoring may be for: those named with --benchmark, else all that are installed. */
static int validate_tailoring(const struct options *o, const char *path, struct telling *telling)
{
	const struct benchmark_listener listener = { tell, telling };
	auto_loaded struct loaded loaded = { 0 };
	auto_tailoring struct tailoring *t = NULL;
	struct err err;
	int rc = tailoring_read(&t, path, &listener, &err);

	if (rc == -ENOMSG)
		return rc;
	if (rc < 0 || (!telling->n && benchmarks_load(&loaded, o, TEXTS_FOR_VERDICT, &err) < 0))
		tell(telling, err.text);
	else if (!telling->n)
		try_tailoring(t, &loaded, o, telling);
	return 0;
}

static bool validate(const struct options *o, const char *path)
{
	struct telling telling = { 0 };
	const struct benchmark_listener listener = { tell, &telling };
	struct benchmark *b = NULL;
	struct err err;
	int rc = benchmark_read_all(&b, path, &registry, &listener, &err);

	if (rc == -ENOMSG && validate_tailoring(o, path, &telling) == 0)
		return telling.n == 0;
	if (rc == -ENOMSG)
		err_set(&err, EINVAL, "%s: holds no XCCDF 1.2 Benchmark and no Tailoring", path);
	if (rc < 0)
		tell(&telling, err.text);
	if (b && !telling.n)
		try_profiles(b, &telling);
	if (b && !telling.n)
		printf("%s: valid: %zu rules, %zu profiles, %zu values\n", text_safe(o->arena, path, strlen(path), TEXT_MAX), b->n_rules,
		       b->n_profiles, b->n_values);
	benchmark_free(b);
	return telling.n == 0;
}

/* The name of the first section, "" where it is none: waivers and a configuration begin with one, XML with an element. NULL: it is XML, or cannot be read. */
static const char *first_section(const struct options *o, const char *path)
{
	char start[4096] = "";
	auto_fclose FILE *file = NULL;
	struct own_lines lines;
	struct own_line line;
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) || !(file = fopen(path, "re")))
		return NULL;
	start[fread(start, 1, sizeof(start) - 1, file)] = '\0';
	lines = own_lines_of(o->arena, path, start);
	if (!own_lines_next(&lines, &line) || line.kind != OWN_SECTION)
		return NULL;
	return line.name ? line.name : "";
}

static bool is_of_configuration(const char *section)
{
	const struct verb *verb = verb_find(section);

	return streq(section, CONFIG_ALL) || (verb && config_has_section(verb) && verb->bit != VERB_WAIVER);
}

static bool validate_configuration(const struct options *o, const char *path)
{
	struct options read = options_default(o->arena);
	struct err err;

	read.config = path;
	if (config_read_all(&read, &verb_audit, &err) < 0) {
		complain(&err);
		return false;
	}
	printf("%s: valid: a configuration\n", text_safe(o->arena, path, strlen(path), TEXT_MAX));
	return true;
}

static bool validate_waivers(const struct options *o, const char *path)
{
	struct waivers w = waivers_new(o, waivers_complain, NULL);
	struct rule_names *names;
	struct err err;

	if (waivers_rule_names(&names, NULL, o, &err) < 0) {
		complain(&err);
		return false;
	}
	waivers_add(&w, path, false);
	waivers_read(&w, names);
	if (!w.mistakes)
		printf("%s: valid: %zu waivers\n", text_safe(o->arena, path, strlen(path), TEXT_MAX), w.n);
	return !w.mistakes;
}

static int run_validate(const struct options *o)
{
	int status = EXIT_CLEAN;
	struct err err;

	if (!o->n_arguments) {
		err_set(&err, EINVAL, "validate needs a file");
		return complain(&err);
	}
	for (size_t i = 0; i < o->n_arguments; i++) {
		const char *section = first_section(o, o->arguments[i]);

		if (!(!section ? validate : is_of_configuration(section) ? validate_configuration : validate_waivers)(o, o->arguments[i]))
			status = EXIT_NO_AUDIT;
	}
	return end_output(status);
}

const struct verb verb_validate = {
	.bit = VERB_VALIDATE,
	.name = "validate",
	.arguments = "FILE...",
	.summary = "every mistake in a benchmark, tailoring or waiver file",
	.completes = "<file>",
	.about = "Reads XCCDF 1.2 benchmarks as an audit would, and applies each of their\n"
		 "profiles; XCCDF 1.2 tailorings, each for the benchmark that it names, among\n"
		 "those that are installed or given with --benchmark; waiver files, which begin\n"
		 "with [waiver]; and configurations, of which the first mistake is told.\n"
		 "Exit status: 0 when all are valid, else 2.",
	.run = run_validate,
};
