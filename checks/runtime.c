/* SPDX-License-Identifier: Apache-2.0 */
/* The program that runs a container: who can change it, and how old it is. */
#include "checks/checks.h"
#include "checks/container.h"
#include "checks/path_trust.h"

#include "core/text.h"

/* Programs of the runtimes that start as root whenever a container is made; a container that rewrites one becomes root. */
static const char *const programs[] = { "/usr/sbin/runc", "/usr/bin/runc", "/usr/bin/crun", "/usr/local/sbin/runc", "/usr/local/bin/crun",
					"/usr/bin/conmon", "/usr/bin/containerd-shim-runc-v2" };

static const char *monitor_program(const struct subject *subject, struct arena *arena)
{
	auto_pin struct pin pin = { .fd = -1 };
	struct file link;

	if (!subject->container->monitor || process_pin(subject->all->processes, subject->container->monitor, arena, &pin) < 0)
		return NULL;
	link = pin_link(&pin, arena, "exe");
	return link.state == STATE_PRESENT ? link.data : NULL;
}

static void add_writable(const struct subject *subject, struct items *items)
{
	const char *monitor = monitor_program(subject, items->arena);

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

/* A Debian version may begin with an epoch and end in "+ds1-1+deb12u1". */
static void add_version(const struct subject *subject, const char *package, struct items *items)
{
	const char *version = packages_version(subject_packages(subject), package), *colon = version ? strchr(version, ':') : NULL;

	if (version)
		items_add_version(items, package, "/var/lib/dpkg/status", colon ? colon + 1 : version);
	else
		items_add_state(items, package, "/var/lib/dpkg/status", STATE_UNAVAILABLE, "no package says which version of %s is installed",
				package);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *show = params_get(params, "show"), *package = params_get(params, "package");
	const char *runtime = subject->container->runtime;

	if (streq(show, "writable"))
		add_writable(subject, items);
	else if (!list_has("docker podman containerd cri-o kubernetes runc nerdctl buildah", " ", runtime))
		items_add_state(items, "version", "the container's identity", STATE_INAPPLICABLE, "%s does not run it", package ? package : "runc");
	else
		add_version(subject, package ? package : "runc", items);
}

const struct check check_runtime = {
	.name = "runtime",
	.summary = "the program that runs a container: who can change it, and its version",
	.reference = "writable lists the container's monitor (/proc/PID/exe of conmon, the shim, …) and the installed low-level runtimes where they or a directory above "
		     "them are not root's alone to change. version is that of an installed package (runc unless another is named) in the package database of "
		     "Debian and its derivatives; it says nothing of patches that a distribution applied without raising it.",
	.subjects = SUBJECT_CONTAINER,
	.params = {
		{ "show", PARAM_WORD, REQUIRED, "what is shown", "writable version" },
		{ "package", PARAM_STRING, OPTIONAL, "whose version; runc unless given", NULL },
		{ 0 },
	},
	.observe = observe,
};
