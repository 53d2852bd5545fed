/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll validate: every mistake in a benchmark or a waiver file, with file and line. */
#include "cli/locate.h"
#include "cli/verbs.h"
#include "cli/waivers.h"

#include "core/text.h"

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

static bool validate(const struct options *o, const char *path)
{
	struct telling telling = { 0 };
	const struct benchmark_listener listener = { tell, &telling };
	struct benchmark *b = NULL;
	struct err err;

	if (benchmark_read_all(&b, path, &registry, &listener, &err) < 0)
		tell(&telling, err.text);
	if (b && !telling.n)
		try_profiles(b, &telling);
	if (b && !telling.n)
		printf("%s: valid: %zu rules, %zu profiles, %zu values\n", text_safe(o->arena, path, strlen(path), TEXT_MAX), b->n_rules,
		       b->n_profiles, b->n_values);
	benchmark_free(b);
	return telling.n == 0;
}

/* A waiver file begins with a section, XML with an element. */
static bool is_of_waivers(const char *path)
{
	char start[4096] = "";
	auto_fclose FILE *file = NULL;
	struct stat st;
	size_t n;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) || !(file = fopen(path, "re")))
		return false;
	n = fread(start, 1, sizeof(start) - 1, file);
	for (const char *line = start; n && *line; line += strcspn(line, "\n")) {
		line += strspn(line, " \t\r\n");
		if (*line != '#' && *line != ';')
			return *line == '[';
	}
	return false;
}

static bool validate_waivers(const struct options *o, const char *path)
{
	struct waivers w = { .arena = o->arena, .tell = waivers_complain };
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
	for (size_t i = 0; i < o->n_arguments; i++)
		if (!(is_of_waivers(o->arguments[i]) ? validate_waivers : validate)(o, o->arguments[i]))
			status = EXIT_NO_AUDIT;
	return end_output(status);
}

const struct verb verb_validate = {
	.bit = VERB_VALIDATE,
	.name = "validate",
	.arguments = "FILE...",
	.summary = "every mistake in a benchmark or waiver file, with file and line",
	.about = "Reads XCCDF 1.2 benchmarks as an audit would, and applies each of their\n"
		 "profiles; and waiver files, which begin with [waiver].\n"
		 "Exit status: 0 when all are valid, else 2.",
	.run = run_validate,
};
