/* SPDX-License-Identifier: Apache-2.0 */
/* The programs that run a container: who can change them, and what they are. */
#include "checks/checks.h"
#include "checks/container.h"
#include "checks/path_trust.h"
#include "checks/runtime.h"

#include "core/base/text.h"

/* Programs of the runtimes that start as root whenever a container is made; a container that rewrites one becomes root. */
static const char *const programs[] = { "/usr/sbin/runc", "/usr/bin/runc", "/usr/bin/crun", "/usr/local/sbin/runc", "/usr/local/bin/crun",
					"/usr/bin/conmon", "/usr/bin/containerd-shim-runc-v2" };

const char *runtime_executable(const struct subject *subject, const struct process *process, struct arena *arena)
{
	auto_pin struct pin pin = { .fd = -1 };
	struct file link;

	if (process && process->exe && process->exe->state == STATE_PRESENT)
		return process->exe->data;
	if (!process || process_pin(subject->all->processes, process, arena, &pin) < 0)
		return NULL;
	link = pin_link(&pin, arena, "exe");
	return link.state == STATE_PRESENT ? link.data : NULL;
}

static void add_writable(const struct subject *subject, struct items *items)
{
	const char *monitor = runtime_executable(subject, subject->container->monitor, items->arena);
	size_t found = monitor ? 1 : 0;

	if (monitor)
		path_trust(subject->source, monitor, "program", items);
	for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
		if ((monitor && streq(monitor, programs[i])) || source_stat(subject->source, programs[i] + 1)->state != STATE_PRESENT)
			continue;
		path_trust(subject->source, programs[i], "program", items);
		found++;
	}
	if (!found)
		items_add_state(items, "program", "/usr/sbin/runc", STATE_UNAVAILABLE, "no program of its runtime is known");
	else if (!items->n)
		items_add_none(items, "program", monitor ? monitor : "/usr/sbin/runc", "the runtime's programs are root's alone to change");
}

/* ---- what made it ---- */

/* Each keeps a directory per container, of its own name, and a file in it that the other has not. */
static const char *by_state(const struct subject *subject, struct arena *arena)
{
	static const struct {
		const char *runtime, *format;
	} places[] = {
		{ "runc", "run/runc/%s/state.json" }, { "crun", "run/crun/%s/status" }, { "runc", "run/docker/runtime-runc/moby/%s/state.json" },
		{ "runc", "run/containerd/runc/k8s.io/%s/state.json" }, { "runc", "run/containerd/runc/default/%s/state.json" },
		{ "crun", "run/containerd/runc/k8s.io/%s/status" }, { "runc", "run/runc/buildah-%s/state.json" }, { "crun", "run/crun/buildah-%s/status" },
	};
	const char *id = subject->container->id;

	if (strchr(id, '/'))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		const char *percent = strstr(places[i].format, "%s");
		const char *path = arena_printf(arena, "%.*s%s%s", (int)(percent - places[i].format), places[i].format, id, percent + 2);

		if (source_stat(subject->source, path)->state == STATE_PRESENT)
			return places[i].runtime;
	}
	return NULL;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* conmon's "-r /usr/bin/crun" or "--runtime=…". */
static const char *by_monitor(const struct subject *subject, struct arena *arena)
{
	const struct process *monitor = subject->container->monitor;
	auto_pin struct pin pin = { .fd = -1 };

	if (!monitor || !starts_with(monitor->comm, "conmon") || process_pin(subject->all->processes, monitor, arena, &pin) < 0)
		return NULL;
	for (const char **word = process_arguments(&pin, arena); *word && !streq(*word, "--"); word++) {
		if ((streq(*word, "-r") || streq(*word, "--runtime")) && word[1])
			return word[1];
		if (starts_with(*word, "--runtime="))
			return *word + strlen("--runtime=");
	}
	return NULL;
}

/* There is a shim for each kind of runtime; that of runc also starts crun where it was told to, which then shows in the state. */
static const char *by_shim(const char *program)
{
	return program && starts_with(base_name(program), "containerd-shim-runc") ? "runc" : NULL;
}

/* As a shell of root finds it. */
static const char *installed_program(const struct subject *subject, struct arena *arena, const char *name)
{
	static const char *const folders[] = { "usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin" };

	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		if (source_stat(subject->source, arena_printf(arena, "%s/%s", folders[i], name))->state == STATE_PRESENT)
			return arena_printf(arena, "/%s/%s", folders[i], name);
	return NULL;
}

const char *runtime_low_level(const struct subject *subject, struct arena *arena, const char **path)
{
	const struct container *c = subject->container;
	const char *said = by_monitor(subject, arena), *name = by_state(subject, arena);

	/* what the monitor was told to start may be a script that starts another */
	if (!name && said)
		name = text_safe(arena, base_name(said), strlen(base_name(said)), 64);
	if (!name && list_has("runc crun", " ", c->runtime))
		name = c->runtime;
	if (!name && c->monitor && starts_with(c->monitor->comm, "containerd-shim"))
		name = by_shim(runtime_executable(subject, c->monitor, arena));
	if (said && name && streq(base_name(said), name) && *said == '/')
		*path = said;
	else
		*path = name ? installed_program(subject, arena, name) : NULL;
	return name;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *flaws = params_get(params, "flaws");

	if (streq(params_get(params, "show"), "writable"))
		add_writable(subject, items);
	else
		runtime_add_flaws(subject, flaws ? flaws : "", items);
}

const struct check check_runtime = {
	.name = "runtime",
	.summary = "the programs that run a container: who can change them, and which known ways out they have",
	.reference = "writable lists the container's monitor (/proc/PID/exe of conmon, the shim, …) and the installed low-level runtimes where they or a directory above "
		     "them are not root's alone to change. flaws lists those of a list that the programs which run this very container have: runc or crun, by "
		     "the state it keeps or what conmon was told to start, and its engine (containerd by its shim, docker, podman, CRI-O). Each is a word "
		     "PROGRAM:NAME=SINCE..MENDED,MENDED: the first release that has it, which may be left out, and the first of each branch that has not. The "
		     "version is that of the package of Debian or a derivative whose list of files holds the program. A distribution mends a release without "
		     "raising its number, and says so in the package's changelog: where that names the flaw it is mended, where it does not it is open, where "
		     "there is none it is unknown; the projects' own packages (docker-ce, containerd.io) need none. A program that no package holds is unknown.",
	.subjects = SUBJECT_CONTAINER,
	.params = {
		{ "show", PARAM_WORD, REQUIRED, "what is shown", "writable flaws" },
		{ "flaws", PARAM_STRING, OPTIONAL, "the known flaws, separated by spaces", NULL },
		{ 0 },
	},
	.observe = observe,
};
