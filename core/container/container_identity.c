/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who a container is. In the order of trust: a runtime's state file that names its first process by number and start time, the command
 * line of the monitor that watches it, the cgroup. What an ordinary user says, or a process in another container, is a claim: it names nothing
 * but what is that user's own.
 */
#include "core/container/container_private.h"

#include "core/base/text.h"

#include <limits.h>

/* ---- the monitor's command line ---- */

/* The value of "-n VALUE", "--name VALUE" or "--name=VALUE". */
static const char *option(const char **arguments, const char *name)
{
	size_t n = strlen(name);

	for (; *arguments; arguments++) {
		if (streq(*arguments, "--"))
			return NULL;
		if (streq(*arguments, name))
			return arguments[1];
		if (starts_with(name, "--") && starts_with(*arguments, name) && (*arguments)[n] == '=')
			return *arguments + n + 1;
	}
	return NULL;
}

static const char *safe(struct arena *arena, const char *text)
{
	return text && *text ? text_safe(arena, text, strlen(text), 256) : NULL;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The bundle's configuration as a path of the source; NULL for a directory that no path can name. */
static const char *config_in(struct arena *arena, const char *directory)
{
	return strlen(directory) < PATH_MAX ? relative(arena_printf(arena, "%s/config.json", directory)) : NULL;
}

static void by_conmon(struct arena *arena, struct container *c, const char **arguments)
{
	const char *id = option(arguments, "-c"), *bundle = option(arguments, "-b");

	if (!id)
		id = option(arguments, "--cid");
	if (!bundle)
		bundle = option(arguments, "--bundle");
	c->id = id ? safe(arena, id) : c->id;
	c->name = safe(arena, option(arguments, "-n"));
	if (bundle)
		c->bundle = config_in(arena, bundle);
}

/* One shim may watch all containers of a pod: its -id is the pod's, and the bundles lie side by side; it runs in one of them. */
static void by_shim(struct arena *arena, struct container *c, const char **arguments, struct pin *pin)
{
	const char *id = option(arguments, "-id"), *namespace = option(arguments, "-namespace"), *slash;
	auto_arena struct arena *scratch = arena_new();
	struct file cwd = pin_link(pin, scratch, "cwd");

	if (!c->id)
		c->id = safe(arena, id);
	if (namespace && streq(namespace, "moby"))
		c->runtime = "docker";
	slash = cwd.state == STATE_PRESENT ? strrchr(cwd.data, '/') : NULL;
	if (slash && c->id)
		c->bundle = config_in(arena, arena_printf(scratch, "%.*s/%s", (int)(slash - cwd.data), cwd.data, c->id));
	else if (namespace && c->id)
		c->bundle = config_in(arena, arena_printf(scratch, "run/containerd/io.containerd.runtime.v2.task/%s/%s", namespace, c->id));
}

static void by_nspawn(struct arena *arena, struct container *c, const char **arguments)
{
	static const char *const names[] = { "-M", "--machine" }, *const directories[] = { "-D", "--directory", "-i", "--image" };
	const char *name = NULL;

	for (size_t i = 0; i < ARRAY_LEN(names) && !name; i++)
		name = option(arguments, names[i]);
	for (size_t i = 0; i < ARRAY_LEN(directories) && !name; i++) {
		name = option(arguments, directories[i]);
		name = name ? base_name(name) : NULL;
	}
	c->name = safe(arena, name);
}

/* "[lxc monitor] /var/lib/lxc NAME", all in one argument. */
static void by_lxc(struct arena *arena, struct container *c, const char **arguments)
{
	const char *title = arguments[0], *space = title ? strrchr(title, ' ') : NULL;

	if (space && starts_with(title, "[lxc monitor]"))
		c->name = safe(arena, space + 1);
	else if (option(arguments, "-n"))
		c->name = safe(arena, option(arguments, "-n"));
}

static void read_monitor(struct container *c, struct pin *pin, struct arena *scratch)
{
	const struct status *status = c->monitor->status;
	struct status now;
	struct file file;

	if (!status) {
		file = pin_read(pin, scratch, "status", STATUS_LIMIT);
		status = file.state == STATE_PRESENT && status_parse(&now, scratch, file.data) ? &now : NULL;
	}
	c->monitor_uid = status ? (int64_t)status->uid[ID_REAL] : -1;
	c->monitor_seccomp = status ? status->seccomp : 0;
	c->monitor_filters = status ? status->seccomp_filters : 0;
}

static void by_arguments(struct arena *arena, struct container *c, const char **arguments, struct pin *pin)
{
	const char *watcher = c->monitor->comm;

	if (starts_with(watcher, "conmon"))
		by_conmon(arena, c, arguments);
	else if (starts_with(watcher, "containerd-shim"))
		by_shim(arena, c, arguments, pin);
	else if (starts_with(watcher, "systemd-nspawn"))
		by_nspawn(arena, c, arguments);
	else if (streq(watcher, "firejail"))
		c->name = safe(arena, option(arguments, "--name"));
	else if (starts_with(watcher, "lxc"))
		by_lxc(arena, c, arguments);
}

/* In another container, or another root directory, a path means another file than it does here. */
static void by_monitor(struct unit_table *table, struct container *c)
{
	auto_arena struct arena *scratch = arena_new();
	bool elsewhere = process_has_own_root(table->processes, c->monitor);
	auto_pin struct pin pin;

	if (process_pin(table->processes, c->monitor, scratch, &pin) < 0)
		return;
	read_monitor(c, &pin, scratch);
	by_arguments(table->arena, c, process_arguments(&pin, scratch), &pin);
	if (c->name || c->id) {
		c->witness = WITNESS_MONITOR;
		c->claimed = c->monitor_uid != 0 || c->monitor->container || elsewhere;
	}
	if (elsewhere)
		c->bundle = NULL;
}

/* ---- names and images ---- */

/* The ordinary user of this host whose word a claim is; 0: it is none, -1: nobody's here. */
static int64_t claimant(const struct container *c)
{
	if (!c->claimed)
		return 0;
	return c->monitor_uid > 0 ? c->monitor_uid : c->owner > 0 ? c->owner : -1;
}

static void take_named(struct container *c, const struct oci_named *named)
{
	if (!named)
		return;
	c->name = c->name ? c->name : named->name;
	c->image = c->image ? c->image : named->image;
}

/*
 * ".../overlay-containers/ID/userdata/config.json" lies in a store of containers/storage. Without a bundle the host's own is meant, and nobody but
 * the host says what is in there.
 */
static void by_store(struct unit_table *table, struct container *c)
{
	const char *end = c->bundle ? strstr(c->bundle, "-containers/") : NULL;
	const char *store = "var/lib/containers/storage/overlay-containers", *file;
	int64_t owner = claimant(c);

	if (owner < 0 || (owner > 0 && !end))
		return;
	if (end)
		store = arena_strndup(table->arena, c->bundle, (size_t)(end - c->bundle) + strlen("-containers"));
	file = arena_printf(table->arena, "%s/containers.json", store);
	take_named(c, states_store_find(table->states, file, (uint32_t)owner, c->id));
	file = arena_printf(table->arena, "%s/volatile-containers.json", store);
	if (!c->image)
		take_named(c, states_store_find(table->states, file, (uint32_t)owner, c->id));
	if (!c->bundle && strlen(c->id) == 64)
		c->bundle = arena_printf(table->arena, "%s/%s/userdata/config.json", store, c->id);
}

static void by_docker(struct unit_table *table, struct container *c)
{
	struct oci_named named;
	const char *path = arena_printf(table->arena, "var/lib/docker/containers/%s/config.v2.json", c->id);

	if (c->claimed)
		return;
	if (oci_docker_parse(&named, table->arena, source_read(table->processes->source, path, OCI_LIMIT)))
		take_named(c, &named);
	if (!c->bundle)
		c->bundle = arena_printf(table->arena, "run/docker/containerd/daemon/io.containerd.runtime.v2.task/moby/%s/config.json", c->id);
}

/* The first of these annotations that is there. */
static const char *annotation(const struct container *c, const char *const *names, size_t n)
{
	const char *value = NULL;

	for (size_t i = 0; i < n && !value; i++)
		value = oci_annotation(c->config, names[i]);
	return value && *value ? value : NULL;
}

static void by_annotations(struct container *c)
{
	static const char *const names[] = { "io.kubernetes.cri.container-name", "io.kubernetes.container.name", "io.kubernetes.cri-o.Name" };
	static const char *const images[] = { "io.kubernetes.cri.image-name", "io.kubernetes.cri-o.ImageName" };
	static const char *const pods[] = { "io.kubernetes.cri.sandbox-id", "io.kubernetes.cri-o.SandboxID" };

	c->name = c->name ? c->name : annotation(c, names, ARRAY_LEN(names));
	c->image = c->image ? c->image : annotation(c, images, ARRAY_LEN(images));
	c->pod = c->pod ? c->pod : annotation(c, pods, ARRAY_LEN(pods));
}

/* ---- the bundle ---- */

/* A user may name any file as his bundle: one that is not his own is not read into a report. */
static struct file read_bundle(const struct unit_table *table, const struct container *c, struct arena *scratch)
{
	if (!c->bundle)
		return (struct file){ .state = STATE_UNAVAILABLE, .why = "no OCI bundle of it was found" };
	if (!c->claimed)
		return *source_read(table->processes->source, c->bundle, OCI_LIMIT);
	if (claimant(c) < 0)
		return (struct file){ .state = STATE_UNAVAILABLE, .why = "who names its bundle runs in a container himself" };
	return user_files_read(states_user_files(table->states), scratch, c->bundle, (uint32_t)claimant(c));
}

static void read_config(const struct unit_table *table, struct container *c)
{
	auto_arena struct arena *scratch = arena_new();
	struct file file = read_bundle(table, c, scratch);
	struct oci_config *config = arena_new_of(table->arena, struct oci_config);
	struct err err;

	/* that of another place or another engine may be there */
	c->config_state = file.state == STATE_ABSENT ? STATE_UNAVAILABLE : file.state;
	c->config_why = file.why ? arena_strdup(table->arena, file.why) : NULL;
	if (file.state != STATE_PRESENT)
		return;
	if (oci_config_parse(config, table->arena, &file, &err) < 0) {
		c->config_state = STATE_MALFORMED;
		c->config_why = arena_strdup(table->arena, err.text);
	} else {
		c->config = config;
	}
}

/* ---- all together ---- */

/* Who runs in another container, or owns that part of the tree (systemd gives it to him), made the names in it. */
static void by_cgroup(struct arena *arena, struct container *c)
{
	const struct cgroup_identity *cgroup = &c->init->cgroup;
	bool nested = c->parent && c->parent->init->cgroup.id && cgroup->id && streq(c->parent->init->cgroup.id, cgroup->id);

	if (cgroup->class != CGROUP_CONTAINER && cgroup->class != CGROUP_APPLICATION)
		return;
	c->claimed = c->parent || cgroup->user > 0 || c->owner > 0;
	if (nested && !cgroup->inner_id) {
		c->name = cgroup_name_below(arena, c->init->cgroup_text, cgroup->id);
		return;   /* it stands in the cgroup of the container it runs in, or in one that was made there */
	}
	c->id = nested ? cgroup->inner_id : cgroup->id;
	c->runtime = nested ? cgroup->inner_runtime : cgroup->runtime;
	c->pod = nested ? NULL : cgroup->pod;
	c->witness = WITNESS_CGROUP;
	if (strlen(c->id) != 64)
		c->name = c->id;
}

/* The first line of uid_map. False where it could not be read. */
static bool read_mapping(struct pin *pin, struct arena *scratch, unsigned long mapping[3])
{
	struct file file = pin_read(pin, scratch, "uid_map", STATUS_LIMIT);

	return file.state == STATE_PRESENT && sscanf(file.data, "%lu %lu %lu", &mapping[0], &mapping[1], &mapping[2]) == 3;
}

/* The rootless engines map one id, the user's own, to root, and the others from his range; -1 where it is another map. */
static int64_t mapped_owner(struct pin *pin, struct arena *scratch)
{
	unsigned long mapping[3];

	if (!read_mapping(pin, scratch, mapping))
		return -1;
	return mapping[0] == 0 && mapping[1] != 0 && mapping[2] == 1 ? (int64_t)mapping[1] : -1;
}

/* Its users are not the host's: 1, or are: 0; -1: not known. Also where the namespace is not to be seen the map is, and nobody but root maps all. */
static int maps_users(const struct unit_table *table, const struct process *p)
{
	auto_arena struct arena *scratch = arena_new();
	auto_pin struct pin pin = { .fd = -1 };
	unsigned long mapping[3];

	if (p->ns[NS_USER] && table->processes->host_ns[NS_USER])
		return process_has_own(table->processes, p, NS_USER);
	if (process_pin(table->processes, p, scratch, &pin) < 0 || !read_mapping(&pin, scratch, mapping))
		return -1;
	return !(mapping[0] == 0 && mapping[1] == 0 && mapping[2] == UINT32_MAX);
}

static int is_rootless(const struct unit_table *table, const struct container *c)
{
	int maps = c->kind == CONTAINER ? maps_users(table, c->init) : 0;

	if (maps == 0 || (maps > 0 && (c->monitor_uid > 0 || c->owner > 0)))
		return maps;
	return c->owner >= 0 || c->monitor_uid == 0 ? 0 : -1;
}

/* Of a live namespace the kernel knows it. */
int64_t container_owner(const struct unit_table *table, const struct process *init)
{
	auto_arena struct arena *scratch = arena_new();
	auto_pin struct pin pin = { .fd = -1 };
	int64_t owner;

	if (!process_has_own(table->processes, init, NS_USER))
		return init->ns[NS_USER] ? 0 : -1;
	if (process_pin(table->processes, init, scratch, &pin) < 0)
		return -1;
	owner = pin_user_owner(&pin);
	return owner >= 0 ? owner : mapped_owner(&pin, scratch);
}

void container_identify(struct unit_table *table, struct container *c)
{
	if (c->witness == WITNESS_NONE)
		by_cgroup(table->arena, c);
	if (c->monitor)
		by_monitor(table, c);
	if (c->id && c->witness == WITNESS_CGROUP)
		states_confirm(table->states, c);
	if (!c->runtime)
		c->runtime = "unknown";
	if (c->id && streq(c->runtime, "docker"))
		by_docker(table, c);
	else if (c->id && list_has("podman cri-o buildah runc crun kubernetes", " ", c->runtime))
		by_store(table, c);
	read_config(table, c);
	if (c->config)
		by_annotations(c);
	c->rootless = is_rootless(table, c);
	if (!c->id)
		c->id = c->name ? c->name : arena_printf(table->arena, "pid-%d", c->init->pid);
}
