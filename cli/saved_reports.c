/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/saved_reports.h"

#include "core/audit/waiver.h"
#include "core/base/text.h"
#include "reports/saved.h"

#include <errno.h>

struct search {
	struct saved_reports *saved;
	const struct options *options;
};

static bool is_wanted(const struct benchmark *b, const struct saved_benchmark *wanted)
{
	return streq(b->short_id, wanted->id) && streq(b->version ? b->version : "", wanted->version ? wanted->version : "");
}

static int try_file(const struct search *s, const char *path, const struct saved_benchmark *wanted, struct policy **policy, struct err *err)
{
	const struct policy_choice choice = { .profile = wanted->profile, .no_profile = !wanted->profile };
	struct loaded *loaded = &s->saved->loaded;
	struct benchmark *b;
	int rc = benchmark_read(&b, path, &registry, err);

	if (rc < 0)
		return rc;
	if (!is_wanted(b, wanted) || (wanted->profile && !benchmark_profile(b, wanted->profile))) {
		benchmark_free(b);
		return 0;
	}
	rc = policy_make(policy, b, &registry, &choice, err);
	if (rc < 0) {
		benchmark_free(b);
		return rc;
	}
	loaded->policies = arena_room(s->options->arena, loaded->policies, loaded->n, sizeof(*loaded->policies));
	loaded->benchmarks = arena_room(s->options->arena, loaded->benchmarks, loaded->n, sizeof(*loaded->benchmarks));
	loaded->policies[loaded->n] = *policy;
	loaded->benchmarks[loaded->n++] = b;
	return 0;
}

/*
 * Those that --benchmark names, then the installed one of that name, or that for waivers. Not the file that the report names: whoever wrote it would have that opened.
 */
static int find_policy(void *with, const struct saved_benchmark *wanted, struct policy **policy, struct err *err)
{
	const struct search *s = with;
	struct err ignored;
	const char *path;
	int rc = 0;

	for (size_t i = 0; i < s->options->benchmarks.n && rc == 0 && !*policy; i++) {
		rc = benchmark_locate(s->options->arena, s->options->benchmarks.list[i], &path, err);
		if (rc == 0)
			rc = try_file(s, path, wanted, policy, err);
	}
	if (rc < 0)
		return rc;
	path = streq(wanted->id, WAIVERS_BENCHMARK) ? benchmark_of_waivers(s->options->arena) : NULL;
	if (!*policy && path)
		try_file(s, path, wanted, policy, &ignored);
	if (!*policy && !strchr(wanted->id, '/') && !strchr(wanted->id, '.') && benchmark_locate(s->options->arena, wanted->id, &path, &ignored) == 0)
		try_file(s, path, wanted, policy, &ignored);
	return 0;
}

int saved_reports_read(struct saved_reports *saved, const struct options *o, const char *const *paths, size_t n, struct err *err)
{
	struct search search = { saved, o };
	const struct saved_library library = { find_policy, &search };
	int rc = 0;

	saved->audits = arena_array_of(o->arena, struct audit *, n + 1);
	while (saved->n < n && rc == 0) {
		rc = saved_read(&saved->audits[saved->n], paths[saved->n], &library, err);
		saved->n += rc == 0;
	}
	if (rc == 0)
		saved->whole = saved->n == 1 ? saved->audits[0] : saved_join(saved->audits, saved->n);
	return rc;
}

int saved_reports_read_baseline(struct saved_reports *saved, const struct options *o, struct err *err)
{
	int rc = o->baseline ? saved_reports_read(saved, o, &o->baseline, 1, err) : 0;

	return rc < 0 ? err_wrap(err, rc, "--baseline") : rc;
}

int saved_reports_compare(const struct saved_reports *baseline, struct audit *audit, struct diff **diff, struct err *err)
{
	int rc = baseline->n ? diff_of(diff, baseline->audits[0], audit, err) : 0;

	audit->changes = *diff;
	return rc < 0 ? err_wrap(err, rc, "--baseline") : rc;
}

void saved_reports_release(struct saved_reports *saved)
{
	if (saved->n > 1)
		audit_free(saved->whole);
	for (size_t i = 0; i < saved->n; i++)
		audit_free(saved->audits[i]);
	benchmarks_release(&saved->loaded);
}
