/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A container is mended by starting it anew. How is told as options of "podman run" or "docker run", as a Compose file that goes on top of its own, and
 * as a patch of a Kubernetes pod. The rules' lines: for run "--option=word", or "- --option" for one to be left out; for the other two
 * "path.to.key: value", where "key[]" is a list that the value is added to, and "pod." at the beginning is the pod rather than its container.
 */
#include "core/fix/fix_script.h"
#include "reports/fixes.h"

#include "core/base/text.h"
#include "reports/view.h"
#include "reports/yaml.h"

#include <errno.h>
#include <jansson.h>

struct option_list {
	const char **add, **leave_out;
	size_t n_add, n_leave_out;
};

static bool is_of(const struct fix_item *item, const struct subject_results *subject)
{
	return item->kind == FIX_CONTAINER && item->subject == subject;
}

static bool is_in(const char *const *list, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (streq(list[i], word))
			return true;
	return false;
}

/* Each line of the fixes of that system, of all items of the container. */
typedef void line_fn(struct arena *arena, void *with, const char *line);

static void each_line(struct fixes *f, const struct subject_results *subject, const char *system, line_fn *take, void *with)
{
	for (size_t i = 0; i < f->plan->n; i++) {
		const struct fix_item *item = &f->plan->items[i];
		const char *text = is_of(item, subject) ? fix_text(f->arena, item->policy, item->rule, system) : NULL;

		for (const char *line = text, *end; line && *line; line = *end ? end + 1 : end) {
			end = strchrnul(line, '\n');
			take(f->arena, with, text_trim(arena_strndup(f->arena, line, (size_t)(end - line))));
		}
	}
}

static void describe(struct fixes *f, const struct subject_results *subject, bool headed)
{
	const struct container_facts *facts = subject->facts;

	output_puts(&f->output, "\n");
	fixes_remark(f, "", arena_printf(f->arena, "==== container %s (%s, %s)", fixes_subject(f->arena, subject), facts->runtime ? facts->runtime : "unknown",
					 facts->image ? facts->image : "image not known"));
	for (size_t i = 0; i < f->plan->n && !headed; i++)
		if (is_of(&f->plan->items[i], subject))
			fixes_describe(f, &f->plan->items[i]);
	if (!headed)
		output_puts(&f->output, "\n");
}

static bool has_items(const struct fixes *f, const struct subject_results *subject)
{
	for (size_t i = 0; i < f->plan->n; i++)
		if (is_of(&f->plan->items[i], subject))
			return true;
	return false;
}

/* ---- run ---- */

static void take_option(struct arena *arena, void *with, const char *line)
{
	struct option_list *options = with;

	if (starts_with(line, "- ") && !is_in(options->leave_out, options->n_leave_out, line + 2))
		arena_push(arena, options->leave_out, options->n_leave_out) = line + 2;
	else if (starts_with(line, "--") && !is_in(options->add, options->n_add, line))
		arena_push(arena, options->add, options->n_add) = line;
}

static void put_run(struct fixes *f, const struct subject_results *subject)
{
	const struct container_facts *facts = subject->facts;
	const char *engine = facts->runtime && streq(facts->runtime, "docker") ? "docker" : "podman";
	const char *name = view_safe(f->arena, subject->name ? subject->name : subject->id, VIEW_TEXT_MAX);
	bool all_dropped;
	struct option_list options = { 0 };

	each_line(f, subject, "urn:plimsoll:fix:run", take_option, &options);
	all_dropped = is_in(options.add, options.n_add, "--cap-drop=ALL");
	for (size_t i = 0; i < options.n_leave_out; i++)
		fixes_remark(f, "without", options.leave_out[i]);
	fixes_remark(f, "", "With what else it was started with: ports, volumes, environment, command.");
	fixes_printf(f, "%s run --name=%s \\\n", engine, shell_quoted(f->arena, name));
	for (size_t i = 0; i < options.n_add; i++)
		if (!all_dropped || !starts_with(options.add[i], "--cap-drop=") || streq(options.add[i], "--cap-drop=ALL"))
			fixes_printf(f, "\t%s \\\n", shell_is_plain(options.add[i]) && !strchr(options.add[i], ' ')
							     ? options.add[i] : shell_quoted(f->arena, options.add[i]));
	fixes_printf(f, "\t%s\n", shell_quoted(f->arena, facts->image ? view_safe(f->arena, facts->image, VIEW_TEXT_MAX) : "IMAGE"));
}

int fixes_put_run(struct fixes *f, bool headed, struct err *err)
{
	(void)err;
	if (headed && f->plan->of[FIX_CONTAINER])
		output_puts(&f->output, "\n# ==== run: options of podman run and docker run ====\n");
	for (size_t i = 0; i < f->audit->n_subjects; i++)
		if (has_items(f, &f->audit->subjects[i])) {
			describe(f, &f->audit->subjects[i], headed);
			put_run(f, &f->audit->subjects[i]);
		}
	return 0;
}

/* ---- trees ---- */

static json_t *value_of(const char *text)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

	return value ? value : json_string(text);
}

static bool holds(const json_t *array, const json_t *value)
{
	for (size_t i = 0; i < json_array_size(array); i++)
		if (json_equal(json_array_get(array, i), value))
			return true;
	return false;
}

/* The last part of the path. */
static void set_last(json_t *table, const char *key, json_t *value)
{
	size_t n = strlen(key);
	bool is_list = n > 2 && streq(key + n - 2, "[]");
	char name[128];
	json_t *list;

	snprintf(name, sizeof(name), "%.*s", (int)(is_list ? n - 2 : n), key);
	if (!is_list) {
		json_object_set_new(table, name, value);
		return;
	}
	list = json_object_get(table, name);
	if (!list) {
		list = json_array();
		json_object_set_new(table, name, list);
	}
	if (holds(list, value))
		json_decref(value);
	else
		json_array_append_new(list, value);
}

static void set_path(json_t *table, const char *path, json_t *value)
{
	for (const char *dot; (dot = strchr(path, '.')); path = dot + 1) {
		char name[128];
		json_t *next;

		snprintf(name, sizeof(name), "%.*s", (int)(dot - path), path);
		next = json_object_get(table, name);
		if (!json_is_object(next)) {
			next = json_object();
			json_object_set_new(table, name, next);
		}
		table = next;
	}
	set_last(table, path, value);
}

struct pod {
	json_t *pod, *container;
};

static void take_path(struct arena *arena, void *with, const char *line)
{
	struct pod *p = with;
	const char *colon = strstr(line, ": ");
	char *path;

	if (!colon)
		return;
	path = arena_strndup(arena, line, (size_t)(colon - line));
	if (starts_with(path, "pod."))
		set_path(p->pod, path + strlen("pod."), value_of(colon + 2));
	else
		set_path(p->container, path, value_of(colon + 2));
}

/* Where everything is dropped, no single one is. */
static void settle_drops(json_t *capabilities, const char *key)
{
	json_t *all = json_string("ALL");

	if (holds(json_object_get(capabilities, key), all)) {
		json_array_clear(json_object_get(capabilities, key));
		json_array_append(json_object_get(capabilities, key), all);
	}
	json_decref(all);
}

static const char *key_of(struct fixes *f, const struct subject_results *subject)
{
	return view_safe(f->arena, subject->name ? subject->name : subject->id, 256);
}

/* ---- Compose ---- */

int fixes_put_compose(struct fixes *f, bool headed, struct err *err)
{
	json_t *services = json_object(), *file;
	int rc = 0;

	for (size_t i = 0; i < f->audit->n_subjects; i++) {
		const struct subject_results *s = &f->audit->subjects[i];
		struct pod p = { json_object(), json_object() };

		if (has_items(f, s)) {
			if (!headed)
				describe(f, s, headed);
			each_line(f, s, "urn:plimsoll:fix:compose", take_path, &p);
			settle_drops(p.container, "cap_drop");
			json_object_set(services, key_of(f, s), p.container);
		}
		json_decref(p.pod);
		json_decref(p.container);
	}
	if (headed && json_object_size(services))
		output_puts(&f->output, "\n# ==== compose: on top of the file that is there, docker compose -f … -f … ====\n");
	file = json_pack("{s:o}", "services", services);
	if (json_object_size(services) || !headed)
		rc = yaml_put(&f->output, file, err);
	json_decref(file);
	return rc;
}

/* ---- Kubernetes ---- */

static int put_pod(struct fixes *f, const struct subject_results *subject, struct err *err)
{
	struct pod p = { json_object(), json_object() };
	json_t *pod;
	int rc;

	json_object_set_new(p.container, "name", json_string(key_of(f, subject)));
	each_line(f, subject, "urn:plimsoll:fix:kubernetes", take_path, &p);
	settle_drops(json_object_get(json_object_get(p.container, "securityContext"), "capabilities"), "drop");
	json_object_set_new(p.pod, "containers", json_pack("[o]", p.container));
	pod = json_pack("{s:s, s:s, s:{s:s}, s:o}", "apiVersion", "v1", "kind", "Pod", "metadata", "name",
			view_safe(f->arena, subject->facts->pod ? subject->facts->pod : key_of(f, subject), 256), "spec", p.pod);
	output_puts(&f->output, "---\n");
	rc = yaml_put(&f->output, pod, err);
	json_decref(pod);
	return rc;
}

int fixes_put_kubernetes(struct fixes *f, bool headed, struct err *err)
{
	int rc = 0;

	if (headed && f->plan->of[FIX_CONTAINER])
		output_puts(&f->output, "\n# ==== kubernetes: what the pod's template should say ====\n");
	for (size_t i = 0; i < f->audit->n_subjects && rc == 0; i++)
		if (has_items(f, &f->audit->subjects[i])) {
			if (!headed)
				describe(f, &f->audit->subjects[i], headed);
			rc = put_pod(f, &f->audit->subjects[i], err);
		}
	return rc;
}

/* ---- the formats ---- */

typedef int put_fn(struct fixes *f, bool headed, struct err *err);

static int write_as(put_fn *put, const char *how, const struct audit *audit, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct fixes f = { { .file = file }, arena, audit, audit->fixes };
	int rc;

	fixes_head(&f, how);
	rc = put(&f, false, err);
	if (rc < 0)
		return rc;
	return output_finish(&f.output, err);
}

static int write_run(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	(void)options;
	return write_as(fixes_put_run, "A container is mended by starting it anew.", audit, file, err);
}

static int write_compose(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	(void)options;
	return write_as(fixes_put_compose, "It goes on top of the file that is there: docker compose -f compose.yaml -f THIS config shows both.",
			audit, file, err);
}

static int write_kubernetes(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	(void)options;
	return write_as(fixes_put_kubernetes, "It belongs into the template of the deployment: a pod that runs takes few of these changes.", audit, file, err);
}

const struct format format_run = {
	.name = "run",
	.summary = "fixes for containers, as options of podman run and docker run",
	.mime = "text/x-shellscript", .explains = true, .write_fixes = write_run,
};

const struct format format_compose = {
	.name = "compose",
	.summary = "fixes for containers, as a Compose file to merge over the one in use",
	.mime = "application/yaml", .explains = true, .write_fixes = write_compose,
};

const struct format format_kubernetes = {
	.name = "kubernetes",
	.summary = "fixes for containers, as fields of a Kubernetes pod",
	.mime = "application/yaml", .explains = true, .write_fixes = write_kubernetes,
};
