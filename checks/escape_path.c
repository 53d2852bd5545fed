/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ways from a container to the host: facts that are each known from another check, joined to chains that a person can follow. A chain counts
 * only when every link of it holds; a link that could not be read leaves it open.
 */
#include "checks/checks.h"
#include "checks/container.h"
#include "checks/device.h"
#include "checks/escape.h"
#include "checks/seccomp.h"

#include "core/base/text.h"

/* ---- links ---- */

static const struct status *status_of(const struct view *v, size_t i)
{
	return v->subject->container->members[i]->status;
}

/* What of it was not looked at may hold anything. */
static bool is_unread(const struct process *p)
{
	return !p->status || p->threads_why;
}

/* Held by any process, or to be had by executing a program, in the user namespace of the host: each by its own. */
static struct link capability(const struct view *v, enum capability bit)
{
	const struct container *c = v->subject->container;
	enum truth truth = c->init->ns_denied ? UNKNOWN : NO;
	bool held = true;

	for (size_t i = 0; i < c->n_members && truth != YES; i++) {
		const struct process *p = c->members[i];
		int host = is_in_host_user_namespace(v->subject, p);

		if (p->status && host != 0 && caps_have(status_usable(p->status), bit)) {
			truth = host == 1 ? YES : UNKNOWN;
			held = caps_have(p->status->caps[CAP_EFFECTIVE] | p->status->caps[CAP_PERMITTED], bit);
		} else if (host != 0 && is_unread(p)) {
			truth = UNKNOWN;
		}
	}
	return link_of(truth, arena_printf(v->scratch, "%s %s", held ? "holds" : "by executing a program gets", capability_name(v->scratch, bit)));
}

static struct link host_root(const struct view *v)
{
	bool root = false, unread = v->subject->container->init->ns_denied;

	for (size_t i = 0; i < v->subject->container->n_members; i++) {
		const struct status *s = status_of(v, i);

		root = root || (s && s->uid[ID_EFFECTIVE] == 0);
		unread = unread || is_unread(v->subject->container->members[i]);
	}
	return link_of(root ? YES : unread ? UNKNOWN : NO, "is root of the host");
}

static struct link shares(const struct view *v, enum namespace kind)
{
	int host = container_in_host(v->subject->all->processes, v->subject->container, kind, NULL);

	return link_of(host == 1 ? YES : host == 0 ? NO : UNKNOWN, arena_printf(v->scratch, "is in the host's %s namespace", namespace_name(kind)));
}

/*
 * No filter, or one that lets the call pass: what the engine resolved the profile to stands in the bundle. What a filter that is not the
 * container's does, nobody tells.
 */
static struct link may_call(const struct view *v, const char *call)
{
	const struct container *c = v->subject->container;
	const char *text = arena_printf(v->scratch, "may call %s", call);
	bool unread = false;
	int own;

	for (size_t i = 0; i < c->n_members; i++) {
		const struct status *s = status_of(v, i);

		if (s && s->seccomp == 0)
			return link_of(YES, text);
		unread = unread || is_unread(c->members[i]) || seccomp_filtering(v->subject, s, &own) < FILTERING_STRICT;
	}
	if (unread || !c->config || !c->config->has_seccomp)
		return link_of(UNKNOWN, text);
	return link_of(oci_list_has(&c->config->seccomp_risky, call) ? YES : NO, text);
}

/* What another check, with its first parameter, says of the container: present and that text, or any text where `text` is NULL. */
static enum truth seen(const struct view *v, const struct check *check, const char *show, const char *text, const char **shown)
{
	struct params params = { .check = check, .values = { show } };
	struct items items = { .arena = v->scratch };
	enum truth truth = NO;

	check->observe(v->subject, &params, &items);
	for (size_t i = 0; i < items.n; i++) {
		const struct item *item = &items.list[i];

		if (item->state == STATE_PRESENT && (!text || streq(item->text, text))) {
			*shown = item->text;
			return YES;
		}
		if (item->state != STATE_PRESENT && item->state != STATE_ABSENT && item->state != STATE_INAPPLICABLE)
			truth = UNKNOWN;
	}
	return truth;
}

/* A label that is enforced keeps a process from mounting, whatever its capabilities are; one process without such a label is enough. */
static struct link unconfined(const struct view *v)
{
	struct params params = { .check = &check_label, .values = { "confined" } };
	struct items items = { .arena = v->scratch };
	enum truth truth = NO;

	check_label.observe(v->subject, &params, &items);
	for (size_t i = 0; i < items.n && truth != YES; i++) {
		const struct item *item = &items.list[i];

		if (item->state == STATE_INAPPLICABLE || (item->state == STATE_PRESENT && !streq(item->text, "confined")))
			truth = YES;
		else if (item->state != STATE_PRESENT)
			truth = UNKNOWN;
	}
	return link_of(truth, "no security module confines it");
}

/* A parameter of the host's kernel; `otherwise` where this kernel has no such parameter. */
static enum truth parameter_is(const struct view *v, const char *path, const char *value, enum truth otherwise)
{
	const struct file *file = source_read(v->subject->source, path, 4096);

	if (file->state == STATE_ABSENT)
		return otherwise;
	if (file->state != STATE_PRESENT)
		return UNKNOWN;
	return streq(text_trim(arena_strdup(v->scratch, file->data)), value) ? YES : NO;
}

/* Of a function that answers 1, 0 or -1: not known. */
static enum truth truth_of(int answer)
{
	return answer < 0 ? UNKNOWN : answer ? YES : NO;
}

static enum truth not(enum truth truth)
{
	return truth == YES ? NO : truth == NO ? YES : UNKNOWN;
}

/* Either of two ways; what holds is told, else what may. */
static struct link either(struct link a, struct link b)
{
	return a.holds == YES ? a : b.holds == YES || a.holds == NO ? b : a;
}

static struct link both(const struct view *v, struct link a, struct link b)
{
	enum truth truth = a.holds == NO || b.holds == NO ? NO : a.holds == YES && b.holds == YES ? YES : UNKNOWN;

	return link_of(truth, arena_printf(v->scratch, "%s → %s", a.text, b.text));
}

/* ---- chains ---- */

static void add_chain(const struct view *v, const char *name, const struct link *links, size_t n, const char *end)
{
	struct buffer text = { .arena = v->scratch };
	const char *open = NULL, *origin;

	for (size_t i = 0; i < n; i++)
		if (links[i].holds == NO)
			return;
	for (size_t i = 0; i < n; i++) {
		if (links[i].holds == UNKNOWN)
			open = links[i].text;
		buffer_printf(&text, "%s%s", i ? " → " : "", links[i].text);
	}
	origin = arena_printf(v->scratch, "/proc/%d", v->subject->container->init->pid);
	if (open)
		items_add_state(v->items, name, origin, STATE_BROKEN, "the path %s → %s may be open: not known is \"%s\"", text.text, end, open);
	else
		items_add_text(v->items, name, origin, arena_printf(v->scratch, "%s → %s", text.text, end));
}

#define CHAIN(v, name, end, ...) \
	do { \
		const struct link links_[] = { __VA_ARGS__ }; \
		add_chain((v), (name), links_, ARRAY_LEN(links_), (end)); \
	} while (0)

static void by_mounts(const struct view *v)
{
	struct link owner = either(host_root(v), capability(v, CAPABILITY_DAC_OVERRIDE));

	CHAIN(v, "engine-socket", "asks the engine for a container with the host's files", mount_that(v, shows_socket, "has an engine's socket by"),
	      owner);
	CHAIN(v, "system-bus", "has systemd run a program as root of the host", mount_that(v, shows_bus, "has a socket of the host's services by"),
	      host_root(v));
	CHAIN(v, "host-files", "changes what the host runs as root", mount_that(v, shows_commanding_files, "writes to the host's"), owner);
	CHAIN(v, "host-root", "changes any file of the host", mount_that(v, shows_writable_root, "has the host's root directory"), owner);
	CHAIN(v, "setuid", "leaves a set-user-ID program there that any user of the host runs as root",
	      host_root(v), shares(v, NS_USER), mount_that(v, takes_setuid, "writes to the host's"));
	CHAIN(v, "core-pattern", "names a program in core_pattern that the kernel runs as root of the host", host_root(v), writable_sysctl(v));
}

static void by_capabilities(const struct view *v)
{
	struct link modules = both(v, link_of(is_there(source_stat(v->subject->source, "proc/modules")), "the kernel has modules"),
				   link_of(not(parameter_is(v, "proc/sys/kernel/modules_disabled", "1", NO)), "loads more of them"));
	struct link traceable = link_of(not(parameter_is(v, "proc/sys/kernel/yama/ptrace_scope", "3", NO)), "processes may be traced");

	CHAIN(v, "module", "runs its own code in the kernel", capability(v, CAPABILITY_SYS_MODULE), modules,
	      either(may_call(v, "finit_module"), may_call(v, "init_module")));
	CHAIN(v, "read-search", "opens any file of that disk by a handle, the host's /etc/shadow too", capability(v, CAPABILITY_DAC_READ_SEARCH),
	      may_call(v, "open_by_handle_at"), mount_that(v, is_on_host_disk, "has a part of a disk of the host,"));
	CHAIN(v, "ptrace", "puts its own code into a process of the host", shares(v, NS_PID), capability(v, CAPABILITY_SYS_PTRACE), traceable);
	CHAIN(v, "remount", "makes the mount writable and changes any file of the host", mount_that(v, shows_root, "has the host's root directory"),
	      capability(v, CAPABILITY_SYS_ADMIN), may_call(v, "mount"), unconfined(v));
}

/*
 * A hierarchy of version 1 needs no controller but a name, so that a host may have mounted none and the kernel mounts one all the same;
 * cgroup_no_v1=named forbids it. See admin-guide/kernel-parameters.
 */
static struct link mounts_version_1(const struct view *v)
{
	const struct mounts *mounts = v->subject->host->mounts;
	const struct file *types = source_read(v->subject->source, "proc/filesystems", 65536);
	const struct cmdline *cmdline = v->subject->host->kernel->cmdline;
	const struct cmdline_param *without = cmdline_get(cmdline, "cgroup_no_v1");
	struct link link = link_of(UNKNOWN, "the kernel has cgroups of version 1");

	if (types->state == STATE_PRESENT && !list_has(types->data, "\t\n", "cgroup"))
		link.holds = NO;
	else if (types->state == STATE_PRESENT && cmdline->state == STATE_PRESENT)
		link.holds = without && without->value && list_has(without->value, ",", "named") ? NO : YES;
	for (size_t i = 0; i < mounts->n && link.holds != YES; i++)
		if (streq(mounts->list[i].type, "cgroup"))
			link.holds = YES;
	return link;
}

/* From its very top: mounted already, or to be mounted by whoever may. */
static void by_release_agent(const struct view *v)
{
	struct link have = mount_that(v, is_release_agent, "has a cgroup hierarchy of version 1 writable,");
	struct link mounts = both(v, both(v, mounts_version_1(v), may_call(v, "mount")), both(v, unconfined(v), shares(v, NS_CGROUP)));

	CHAIN(v, "release-agent", "names a program in release_agent that the kernel runs as root of the host",
	      capability(v, CAPABILITY_SYS_ADMIN), host_root(v), either(have, mounts));
}

/* A disk that the device policy lets be opened; and made, too, where that is asked for. */
static struct link disk_allowed(const struct view *v, bool make)
{
	const char *name;
	enum truth truth = truth_of(device_policy_disk(device_policy_of(v->subject), v->subject, v->scratch, make, &name));

	return link_of(truth, arena_printf(v->scratch, "may %sopen %s", make ? "make and " : "", name));
}

/* The check lists only those that may be opened. */
static struct link disk_node(const struct view *v)
{
	const char *node = "";
	enum truth has_node = seen(v, &check_device_node, "block", NULL, &node);

	return link_of(has_node, has_node == YES ? arena_printf(v->scratch, "has the disk %s", node) : "has a disk's node");
}

static void by_devices(const struct view *v)
{
	struct link allowed = disk_allowed(v, false);
	struct link node = allowed.holds == NO ? allowed : disk_node(v);
	struct link made = both(v, capability(v, CAPABILITY_MKNOD), disk_allowed(v, true));
	struct link disk = either(both(v, node, allowed), made);

	CHAIN(v, "disk", "reads and writes the host's disks", disk, either(host_root(v), capability(v, CAPABILITY_DAC_OVERRIDE)));
	CHAIN(v, "privileged", "mounts the host's disk", capability(v, CAPABILITY_SYS_ADMIN), disk, may_call(v, "mount"), unconfined(v));
}

static struct link commanding_socket(const struct view *v)
{
	const char *name = "";
	enum truth truth = seen(v, &check_socket, "command", NULL, &name);

	return link_of(truth, truth == YES ? arena_printf(v->scratch, "reaches the socket %s", name) : "reaches an abstract socket of a runtime");
}

static void by_handles(const struct view *v)
{
	const char *what = "";
	enum truth fd = seen(v, &check_file_descriptor, "directory", NULL, &what);
	enum truth cwd = fd == YES ? fd : seen(v, &check_file_descriptor, "cwd", NULL, &what);
	struct link open = link_of(cwd == YES ? YES : fd == UNKNOWN ? UNKNOWN : cwd, cwd == YES ? arena_printf(v->scratch, "has open %s", what) : "has a directory of the host open");

	CHAIN(v, "host-fd", "walks from there through the host's files", open, host_root(v));
	CHAIN(v, "abstract-socket", "commands it as root of the host", shares(v, NS_NET), host_root(v), commanding_socket(v));
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	auto_arena struct arena *scratch = arena_new();
	const struct view v = { subject, items, scratch };

	(void)params;
	by_mounts(&v);
	by_capabilities(&v);
	by_release_agent(&v);
	by_devices(&v);
	by_handles(&v);
	if (!items->n)
		items_add_none(items, "path", init_path(subject, items, ""), "none of the known paths is open");
}

const struct check check_escape_path = {
	.name = "escape-path",
	.summary = "the ways from a container to the host",
	.reference = "Joins what the other checks see to chains: an engine's socket, wherever it listens; the system bus and systemd's socket; the host's root "
		     "directory, and the files of it that say what runs as root; a directory of the host that "
		     "takes set-user-ID programs; a writable core_pattern, at whatever place; CAP_SYS_MODULE; CAP_DAC_READ_SEARCH with open_by_handle_at(2); "
		     "the host's processes with CAP_SYS_PTRACE; release_agent of a cgroup of version 1, mounted or yet to be; a disk that the device "
		     "policy lets be opened, with its node or CAP_MKNOD; a file descriptor that leads out; the abstract socket of a runtime. An item for each chain whose links all hold, \"A → B → C\"; a chain with a link that "
		     "could not be read is unknown, one with a missing link is not there.",
	.subjects = SUBJECT_CONTAINER,
	.params = { { 0 } },
	.observe = observe,
};
