/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/locate.h"

#include "checks/checks.h"
#include "cli/tailor.h"
#include "core/base/text.h"
#include "core/benchmark/engine_plimsoll.h"

#include <errno.h>
#include <glob.h>

static const struct engine *const engines[] = { &engine_plimsoll, NULL };

const struct registry registry = { .checks = checks, .engines = engines };

/* The directory of the running program, or NULL. */
static char *program_directory(struct arena *arena)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	if (n <= 0)
		return NULL;
	path[n] = '\0';
	slash = strrchr(path, '/');
	return slash ? arena_strndup(arena, path, (size_t)(slash - path)) : NULL;
}

/* Where benchmarks may be, ended by NULL. */
static const char **places(struct arena *arena)
{
	const char *beside = program_directory(arena), **list = arena_array_of(arena, const char *, 4);
	size_t n = 0;

	if (beside) {
		list[n++] = arena_printf(arena, "%s/benchmarks", beside);
		list[n++] = arena_printf(arena, "%s/../share/plimsoll/benchmarks", beside);
	}
	list[n] = BENCHMARK_DIR;
	return list;
}

const char **benchmarks_shipped(struct arena *arena)
{
	const char **found = arena_array_of(arena, const char *, 1);

	for (const char **place = places(arena); *place && !*found; place++) {
		glob_t files = { 0 };

		if (glob(arena_printf(arena, "%s/*.xml", *place), 0, NULL, &files) == 0) {
			found = arena_array_of(arena, const char *, files.gl_pathc + 1);
			for (size_t k = 0; k < files.gl_pathc; k++)
				found[k] = arena_strdup(arena, files.gl_pathv[k]);
		}
		globfree(&files);
	}
	return found;
}

const char *benchmark_of_waivers(struct arena *arena)
{
	for (const char **place = places(arena); *place; place++) {
		const char *path = arena_printf(arena, "%s/own/waivers.xml", *place);

		if (access(path, F_OK) == 0)
			return path;
	}
	return NULL;
}

/* "kernel" of "…/kernel.xml" */
static char *name_of(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	return arena_strndup(arena, name, strlen(name) - strlen(".xml"));
}

int benchmark_locate(struct arena *arena, const char *given, const char **path, struct err *err)
{
	struct buffer names = { .arena = arena };

	*path = given;
	if (strchr(given, '/') || text_glob("*.xml", given))
		return 0;
	for (const char **shipped = benchmarks_shipped(arena); *shipped; shipped++) {
		char *name = name_of(arena, *shipped);

		*path = *shipped;
		if (streq(name, given))
			return 0;
		buffer_printf(&names, " %s", name);
	}
	return err_set(err, ENOENT, "there is no benchmark '%s'%s; installed are:%s", given, nearest_hint(arena, names.text ? names.text : "", given),
		       names.text ? names.text : " none");
}

static int load_one(struct loaded *loaded, const struct options *options, const char *path, enum texts texts, struct err *err)
{
	struct benchmark *benchmark;
	int rc = texts == TEXTS_ALL ? benchmark_read(&benchmark, path, &registry, err)
				    : benchmark_read_for_verdict(&benchmark, path, &registry, err);

	if (rc < 0)
		return rc;
	arena_push(options->arena, loaded->benchmarks, loaded->n) = benchmark;
	return 0;
}

static int read_all(struct loaded *loaded, const struct options *options, enum texts texts, struct err *err)
{
	const char **shipped = benchmarks_shipped(options->arena);
	int rc = 0;

	for (size_t i = 0; i < options->benchmarks.n && rc == 0; i++) {
		const char *path;

		rc = benchmark_locate(options->arena, options->benchmarks.list[i], &path, err);
		if (rc == 0)
			rc = load_one(loaded, options, path, texts, err);
	}
	if (options->benchmarks.n)
		return rc;
	if (!*shipped)
		return err_set(err, ENOENT, "no benchmark is installed; name a file with --benchmark");
	for (; *shipped && rc == 0; shipped++)
		rc = load_one(loaded, options, *shipped, texts, err);
	return rc;
}

int benchmarks_load(struct loaded *loaded, const struct options *options, enum texts texts, struct err *err)
{
	int rc = read_all(loaded, options, texts, err);

	loaded->policies = arena_array_of(options->arena, struct policy *, loaded->n + 1);
	if (rc == 0)
		rc = tailorings_load(loaded, options, err);
	return rc < 0 ? rc : policies_make(loaded, options, err);
}

int benchmarks_load_waivers(struct loaded *loaded, const struct options *o, enum texts texts, struct err *err)
{
	const char *path = benchmark_of_waivers(o->arena);
	struct benchmark **benchmarks = arena_array_of(o->arena, struct benchmark *, loaded->n + 1);
	struct policy **policies = arena_array_of(o->arena, struct policy *, loaded->n + 1);
	struct loaded own = { 0 };
	int rc = path ? load_one(&own, o, path, texts, err) : err_set(err, ENOENT, "the benchmark own/waivers.xml is not installed");

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < loaded->n; i++) {
		benchmarks[i] = loaded->benchmarks[i];
		policies[i] = loaded->policies[i];
	}
	benchmarks[loaded->n] = own.benchmarks[0];
	loaded->benchmarks = benchmarks;
	loaded->policies = policies;
	loaded->n++;
	return policy_new(&policies[loaded->n - 1], own.benchmarks[0], &registry, NULL, err);
}

void benchmarks_release(struct loaded *loaded)
{
	for (size_t i = 0; i < loaded->n; i++) {
		policy_free(loaded->policies[i]);
		if (loaded->tailorings)
			tailoring_free(loaded->tailorings[i]);
		benchmark_free(loaded->benchmarks[i]);
	}
}
