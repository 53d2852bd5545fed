/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every profile of a benchmark makes of it, or every one of a tailoring, for scripts to compare with another reader: after a line "profile ID TITLE" a line
 * "rule ID" for each selected rule and "value ID TEXT" for each value. Tabs in between; a text's own tabs, line breaks and backslashes are
 * written \t, \n and \\.
 */
#include "checks/checks.h"
#include "core/benchmark/engine_plimsoll.h"
#include "core/benchmark/policy.h"

static void put_text(const char *text)
{
	for (; *text; text++) {
		if (*text == '\\')
			fputs("\\\\", stdout);
		else if (*text == '\n')
			fputs("\\n", stdout);
		else if (*text == '\t')
			fputs("\\t", stdout);
		else
			putchar(*text);
	}
	putchar('\n');
}

static int dump_profile(const struct benchmark *b, const struct registry *registry, const struct tailoring *tailoring,
			const struct profile *profile)
{
	const struct policy_choice choice = { .profile = profile->id, .tailoring = tailoring };
	struct policy *policy;
	struct err err;

	if (policy_make(&policy, b, registry, &choice, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	printf("profile\t%s\t", profile->id);
	put_text(profile->title);
	for (size_t i = 0; i < b->n_rules; i++)
		if (policy->rules[i].selected)
			printf("rule\t%s\n", b->rules[i]->item.id);
	for (size_t i = 0; i < b->n_values; i++) {
		printf("value\t%s\t", b->values[i]->id);
		put_text(policy->values[i]);
	}
	policy_free(policy);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct engine *const engines[] = { &engine_plimsoll, NULL };
	const struct registry registry = { .checks = checks, .engines = engines };
	const struct benchmark *document;
	auto_tailoring struct tailoring *t = NULL;
	struct benchmark *b;
	struct err err;
	int status = 0;

	if (argc != 2 && argc != 3) {
		fprintf(stderr, "Usage: dump_policy FILE [TAILORING]\n");
		return 2;
	}
	if (benchmark_read(&b, argv[1], &registry, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 2;
	}
	if (argc == 3 && (tailoring_read(&t, argv[2], NULL, &err) < 0 || tailoring_join(t, b, NULL, &err) < 0)) {
		fprintf(stderr, "%s\n", err.text);
		status = 2;
	}
	document = t ? &t->document : b;
	for (size_t i = 0; i < document->n_profiles && status == 0; i++)
		status = dump_profile(b, &registry, t, document->profiles[i]);
	benchmark_free(b);
	return status;
}
