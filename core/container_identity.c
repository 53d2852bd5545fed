/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who a container is. In the order of trust: a runtime's state file that names its first process by number and start time, the command
 * line of the monitor that watches it, the cgroup. What a monitor of an ordinary user says is that user's claim.
 */
#include "core/container_private.h"

#include "core/text.h"

#include <errno.h>

/* ---- the runtimes' state files ---- */

struct state_entry {
	const char *runtime, *name;  /* of the directory */
	const char *path;
	bool parsed, valid;
	bool known;                  /* a cgroup names this id: no need to look for whom it is */
	struct oci_state state;
};

struct store {
	const char *path;
	struct oci_named *list;
	size_t n;
};

struct states {
	struct source *source;
	struct arena *arena;
	struct state_entry *list;
	size_t n;
	struct store *stores;
	size_t n_stores;
};

/* Directories with an entry per container, and the file in each; a "*" stands for any name (containerd's namespaces, users). */
static const struct {
	const char *runtime, *directory, *file;
} places[] = {
	{ "runc", "run/runc", "state.json" },
	{ "crun", "run/crun", "status" },
	{ "docker", "run/docker/runtime-runc/moby", "state.json" },
	{ "containerd", "run/containerd/runc/*", "state.json" },
	{ "runc", "run/user/*/runc", "state.json" },
	{ "crun", "run/user/*/crun", "status" },
};

static void list_place(struct states *states, const char *runtime, const char *directory, const char *file)
{
	const char *star = strchr(directory, '*');
	const char *path = star ? arena_strndup(states->arena, directory, (size_t)(star - directory) - 1) : directory;
	const struct directory *dir = source_list(states->source, path);

	for (size_t i = 0; dir->state == STATE_PRESENT && i < dir->n; i++) {
		const char *name = dir->entries[i].name;

		if (star)
			list_place(states, runtime, arena_printf(states->arena, "%s/%s%s", path, name, star + 1), file);
		else
			arena_push(states->arena, states->list, states->n) = (struct state_entry){
				.runtime = runtime, .name = name, .path = arena_printf(states->arena, "%s/%s/%s", path, name, file),
			};
	}
}

static bool id_in_cgroups(const struct unit_table *table, const char *id)
{
	for (size_t i = 0; i < table->n; i++)
		for (size_t k = 0; k < table->list[i].n; k++) {
			const char *seen = table->list[i].members[k]->cgroup.id;

			if (seen && streq(seen, id))
				return true;
		}
	return false;
}

struct states *states_read(const struct unit_table *table)
{
	struct states *states = arena_new_of(table->arena, struct states);

	states->source = table->processes->source;
	states->arena = table->arena;
	for (size_t i = 0; i < ARRAY_LEN(places); i++)
		list_place(states, places[i].runtime, places[i].directory, places[i].file);
	for (size_t i = 0; i < states->n; i++)
		states->list[i].known = strlen(states->list[i].name) == 64 && id_in_cgroups(table, states->list[i].name);
	return states;
}

static bool is_of(struct states *states, struct state_entry *entry, const struct process *init)
{
	if (!entry->parsed) {
		entry->parsed = true;
		entry->valid = oci_state_parse(&entry->state, states->arena, source_read(states->source, entry->path, OCI_LIMIT));
	}
	return entry->valid && entry->state.pid == init->pid && entry->state.start == init->start;
}

static const char *relative(const char *path)
{
	return path + strspn(path, "/");
}

static void take_state(struct states *states, const struct state_entry *entry, struct container *c)
{
	c->witness = WITNESS_STATE;
	c->id = entry->state.id ? entry->state.id : entry->name;
	c->state = &entry->state;
	if (!c->runtime || streq(c->runtime, "kubernetes"))
		c->runtime = entry->runtime;
	if (entry->state.bundle)
		c->bundle = arena_printf(states->arena, "%s/config.json", relative(entry->state.bundle));
}

bool states_match(struct states *states, const struct process *init, struct container *c)
{
	for (size_t i = 0; i < states->n; i++) {
		struct state_entry *entry = &states->list[i];

		if (entry->known || !is_of(states, entry, init))
			continue;
		take_state(states, entry, c);
		return true;
	}
	return false;
}

/* The entry of that name says that it is this container's. */
static bool confirm(struct states *states, struct container *c)
{
	for (size_t i = 0; i < states->n; i++) {
		struct state_entry *entry = &states->list[i];

		if (!streq(entry->name, c->id) || !is_of(states, entry, c->init))
			continue;
		take_state(states, entry, c);
		return true;
	}
	return false;
}

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
		c->bundle = arena_printf(arena, "%s/config.json", relative(bundle));
}

/* One shim may watch all containers of a pod: its -id is the pod's, and the bundles lie side by side; it runs in one of them. */
static void by_shim(struct arena *arena, struct container *c, const char **arguments, struct pin *pin)
{
	const char *id = option(arguments, "-id"), *namespace = option(arguments, "-namespace"), *slash;
	struct file cwd = pin_link(pin, arena, "cwd");

	if (!c->id)
		c->id = safe(arena, id);
	if (namespace && streq(namespace, "moby"))
		c->runtime = "docker";
	slash = cwd.state == STATE_PRESENT ? strrchr(cwd.data, '/') : NULL;
	if (slash && c->id)
		c->bundle = arena_printf(arena, "%.*s/%s/config.json", (int)(slash - relative(cwd.data)), relative(cwd.data), c->id);
	else if (namespace && c->id)
		c->bundle = arena_printf(arena, "run/containerd/io.containerd.runtime.v2.task/%s/%s/config.json", namespace, c->id);
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

static int64_t host_uid(struct pin *pin, struct arena *arena)
{
	struct file file = pin_read(pin, arena, "status", STATUS_LIMIT);
	struct status status;

	return file.state == STATE_PRESENT && status_parse(&status, arena, file.data) ? (int64_t)status.uid[ID_REAL] : -1;
}

static void by_monitor(struct unit_table *table, struct container *c)
{
	struct arena *arena = table->arena;
	const char *watcher = c->monitor->comm, **arguments;
	auto_pin struct pin pin;

	c->monitor_uid = -1;
	if (process_pin(table->processes, c->monitor, arena, &pin) < 0)
		return;
	c->monitor_uid = host_uid(&pin, arena);
	arguments = process_arguments(&pin, arena);
	if (starts_with(watcher, "conmon"))
		by_conmon(arena, c, arguments);
	else if (starts_with(watcher, "containerd-shim"))
		by_shim(arena, c, arguments, &pin);
	else if (starts_with(watcher, "systemd-nspawn"))
		by_nspawn(arena, c, arguments);
	else if (streq(watcher, "firejail"))
		c->name = safe(arena, option(arguments, "--name"));
	else if (starts_with(watcher, "lxc"))
		by_lxc(arena, c, arguments);
	if (c->name || c->id)
		c->witness = WITNESS_MONITOR;
	c->claimed = c->monitor_uid != 0;
}

/* ---- names and images ---- */

static const struct oci_named *store_find(struct states *states, const char *path, const char *id)
{
	struct store *store = NULL;

	for (size_t i = 0; i < states->n_stores; i++)
		if (streq(states->stores[i].path, path))
			store = &states->stores[i];
	if (!store) {
		store = &arena_push(states->arena, states->stores, states->n_stores);
		*store = (struct store){ .path = path };
		store->n = oci_store_parse(&store->list, states->arena, source_read(states->source, path, OCI_LIMIT));
	}
	for (size_t i = 0; i < store->n; i++)
		if (streq(store->list[i].id, id))
			return &store->list[i];
	return NULL;
}

static void take_named(struct container *c, const struct oci_named *named)
{
	if (!named)
		return;
	c->name = c->name ? c->name : named->name;
	c->image = c->image ? c->image : named->image;
}

/* ".../overlay-containers/ID/userdata/config.json" lies in a store of containers/storage. */
static void by_store(struct states *states, struct container *c)
{
	const char *end = c->bundle ? strstr(c->bundle, "-containers/") : NULL;
	const char *store = "var/lib/containers/storage/overlay-containers";

	if (end)
		store = arena_strndup(states->arena, c->bundle, (size_t)(end - c->bundle) + strlen("-containers"));
	take_named(c, store_find(states, arena_printf(states->arena, "%s/containers.json", store), c->id));
	if (!c->image)
		take_named(c, store_find(states, arena_printf(states->arena, "%s/volatile-containers.json", store), c->id));
	if (!c->bundle && strlen(c->id) == 64)
		c->bundle = arena_printf(states->arena, "%s/%s/userdata/config.json", store, c->id);
}

static void by_docker(struct states *states, struct container *c)
{
	struct oci_named named;
	const char *path = arena_printf(states->arena, "var/lib/docker/containers/%s/config.v2.json", c->id);

	if (oci_docker_parse(&named, states->arena, source_read(states->source, path, OCI_LIMIT)))
		take_named(c, &named);
	if (!c->bundle)
		c->bundle = arena_printf(states->arena, "run/docker/containerd/daemon/io.containerd.runtime.v2.task/moby/%s/config.json",
					 c->id);
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
static bool is_owners(const struct container *c, const struct file *file)
{
	return !c->claimed || file->stat.st_uid == c->monitor_uid;
}

static void read_config(struct states *states, struct container *c)
{
	const struct file *file = c->bundle ? source_read(states->source, c->bundle, OCI_LIMIT) : NULL;
	struct oci_config *config = arena_new_of(states->arena, struct oci_config);
	struct err err;

	c->config_state = file ? file->state : STATE_UNAVAILABLE;
	c->config_why = file ? file->why : "no OCI bundle of it was found";
	if (!file || file->state != STATE_PRESENT) {
		/* that of another place or another engine may be there */
		if (c->config_state == STATE_ABSENT)
			c->config_state = STATE_UNAVAILABLE;
	} else if (!is_owners(c, file)) {
		c->config_state = STATE_BROKEN;
		c->config_why = "its owner is not the user who runs the container";
	} else if (oci_config_parse(config, states->arena, file, &err) < 0) {
		c->config_state = STATE_MALFORMED;
		c->config_why = arena_strdup(states->arena, err.text);
	} else {
		c->config = config;
	}
}

/* ---- all together ---- */

static void by_cgroup(struct arena *arena, struct container *c)
{
	const struct cgroup_identity *cgroup = &c->init->cgroup;
	bool nested = c->parent && c->parent->init->cgroup.id && cgroup->id && streq(c->parent->init->cgroup.id, cgroup->id);

	if (cgroup->class != CGROUP_CONTAINER && cgroup->class != CGROUP_APPLICATION)
		return;
	if (nested && !cgroup->inner_id) {
		c->name = cgroup_name_below(arena, c->init->cgroup_text, cgroup->id);
		return;   /* it stands in the cgroup of the container it runs in, or in one that was made there */
	}
	c->id = nested ? cgroup->inner_id : cgroup->id;
	c->runtime = nested ? cgroup->inner_runtime : cgroup->runtime;
	c->pod = nested ? NULL : cgroup->pod;
	c->witness = WITNESS_CGROUP;
	c->claimed = nested;
	if (strlen(c->id) != 64)
		c->name = c->id;
}

/* Who made the user namespace is known of a live one. The rootless engines map one id, the user's own, to root, and the others from his range. */
static bool is_users_own(struct unit_table *table, const struct container *c)
{
	int64_t owner;
	unsigned long inside = 1, outside = 0, length = 0;
	auto_pin struct pin pin;
	struct file file;

	if (process_pin(table->processes, c->init, table->arena, &pin) < 0)
		return false;
	owner = pin_user_owner(&pin);
	if (owner >= 0)
		return owner > 0;
	file = pin_read(&pin, table->arena, "uid_map", STATUS_LIMIT);
	return file.state == STATE_PRESENT && sscanf(file.data, "%lu %lu %lu", &inside, &outside, &length) == 3 && inside == 0 &&
	       outside != 0 && length == 1;
}

static bool is_rootless(struct unit_table *table, const struct container *c)
{
	uint64_t host = table->processes->host_ns[NS_USER];

	if (c->kind != CONTAINER || !c->init->ns[NS_USER] || c->init->ns[NS_USER] == host)
		return false;
	return (c->monitor && c->monitor_uid > 0) || is_users_own(table, c);
}

void container_identify(struct unit_table *table, struct container *c)
{
	struct states *states = table->states;

	if (c->witness == WITNESS_NONE)
		by_cgroup(table->arena, c);
	if (c->monitor)
		by_monitor(table, c);
	if (c->id && c->witness == WITNESS_CGROUP)
		confirm(states, c);
	if (!c->runtime)
		c->runtime = "unknown";
	if (c->id && streq(c->runtime, "docker"))
		by_docker(states, c);
	else if (c->id && list_has("podman cri-o buildah runc crun kubernetes", " ", c->runtime))
		by_store(states, c);
	read_config(states, c);
	if (c->config)
		by_annotations(c);
	c->rootless = is_rootless(table, c);
	if (!c->id)
		c->id = c->name ? c->name : arena_printf(table->arena, "pid-%d", c->init->pid);
}
