/* SPDX-License-Identifier: Apache-2.0 */
#include "core/container/oci.h"

#include "core/base/text.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>

enum { NAME_LIMIT = 512, LIST_LIMIT = 4096 };

static inline void decref_(json_t **json)
{
	json_decref(*json);
}

#define auto_json __attribute__((cleanup(decref_)))

static json_t *parse(const struct file *file)
{
	return file->state == STATE_PRESENT ? json_loadb(file->data, file->size, 0, NULL) : NULL;
}

static const char *text_of(struct arena *arena, const json_t *json)
{
	return json_is_string(json) ? text_safe(arena, json_string_value(json), json_string_length(json), NAME_LIMIT) : NULL;
}

static const char *member(struct arena *arena, const json_t *object, const char *name)
{
	return text_of(arena, json_object_get(object, name));
}

/* Follows a dotted path of members. */
static const json_t *at(const json_t *json, const char *path)
{
	char name[64];
	size_t n;

	for (const char *rest = path, *w; json && (w = list_next(&rest, ".", &n));) {
		snprintf(name, sizeof(name), "%.*s", (int)n, w);
		json = json_object_get(json, name);
	}
	return json;
}

static void add(struct oci_list *list, struct arena *arena, const char *word)
{
	if (word && list->n < LIST_LIMIT)
		arena_push(arena, list->list, list->n) = word;
}

static struct oci_list words_of(struct arena *arena, const json_t *array)
{
	struct oci_list list = { 0 };
	const json_t *value;
	size_t i;

	json_array_foreach (array, i, value)
		add(&list, arena, text_of(arena, value));
	return list;
}

bool oci_list_has(const struct oci_list *list, const char *word)
{
	for (size_t i = 0; i < list->n; i++)
		if (streq(list->list[i], word))
			return true;
	return false;
}

/* ---- state ---- */

/* runc keeps the bundle as a label "bundle=/path". */
static const char *bundle_label(struct arena *arena, const json_t *labels)
{
	const json_t *value;
	size_t i;

	json_array_foreach (labels, i, value)
		if (json_is_string(value) && starts_with(json_string_value(value), "bundle="))
			return arena_strdup(arena, json_string_value(value) + strlen("bundle="));
	return NULL;
}

static int pid_of(const json_t *number)
{
	json_int_t pid = json_integer_value(number);

	return pid > 0 && pid <= INT_MAX ? (int)pid : 0;
}

bool oci_state_parse(struct oci_state *state, struct arena *arena, const struct file *file)
{
	auto_json json_t *json = parse(file);
	const json_t *bundle = at(json, "bundle");

	*state = (struct oci_state){ 0 };
	if (json_object_get(json, "init_process_pid")) {
		state->id = member(arena, json, "id");
		state->pid = pid_of(at(json, "init_process_pid"));
		state->start = (uint64_t)json_integer_value(at(json, "init_process_start"));
		state->bundle = bundle_label(arena, at(json, "config.labels"));
		state->rootless = json_is_true(at(json, "rootless"));
		state->no_pivot_root = json_is_true(at(json, "config.no_pivot_root"));
	} else {
		state->pid = pid_of(at(json, "pid"));
		state->start = (uint64_t)json_integer_value(at(json, "process-start-time"));
		state->bundle = json_is_string(bundle) ? arena_strdup(arena, json_string_value(bundle)) : NULL;
	}
	return state->pid > 0;
}

/* ---- configuration ---- */

static uint64_t mask_of(const json_t *names)
{
	const json_t *value;
	uint64_t mask = 0;
	size_t i;

	json_array_foreach (names, i, value) {
		int bit = json_is_string(value) ? capability_bit(json_string_value(value)) : -1;

		mask |= bit >= 0 ? UINT64_C(1) << bit : 0;
	}
	return mask;
}

static void take_caps(struct oci_config *config, const json_t *caps)
{
	static const char *const names[CAP_SETS] = {
		[CAP_INHERITABLE] = "inheritable", [CAP_PERMITTED] = "permitted", [CAP_EFFECTIVE] = "effective",
		[CAP_BOUNDING] = "bounding", [CAP_AMBIENT] = "ambient",
	};

	config->has_caps = json_is_object(caps);
	for (int set = 0; set < CAP_SETS; set++)
		config->caps[set] = mask_of(json_object_get(caps, names[set]));
}

/* Calls that the engines' own profiles allow only with a capability: mounting, tracing, loading code into the kernel, opening by handle. Sorted. */
static const char *const risky[] = {
	"acct", "add_key", "bpf", "delete_module", "finit_module", "fsconfig", "fsmount", "fsopen", "fspick", "init_module", "ioperm", "iopl",
	"kcmp", "kexec_file_load", "kexec_load", "mount", "mount_setattr", "move_mount", "open_by_handle_at", "open_tree", "perf_event_open",
	"pivot_root", "process_vm_writev", "quotactl", "reboot", "request_key", "setns", "swapon", "umount2", "unshare", "userfaultfd", "vm86",
};

static int by_word(const void *word, const void *entry)
{
	return strcmp(word, *(const char *const *)entry);
}

static bool allows(const json_t *object, const char *name)
{
	const char *action = json_string_value(json_object_get(object, name));

	return action && (streq(action, "SCMP_ACT_ALLOW") || streq(action, "SCMP_ACT_LOG"));
}

/*
 * The runtimes leave out what a rule says again that is the default anyway. A rule with conditions on the arguments lets a call pass with some of
 * them, which may be the dangerous ones: so it can allow a call, and refuse none. Rules with "includes" never get into a bundle: the engine has
 * resolved them.
 */
static void apply_rule(const json_t *rule, bool by_default, bool allowed[ARRAY_LEN(risky)])
{
	bool lets = allows(rule, "action");
	const json_t *name;
	size_t i;

	if (lets == by_default || (!lets && json_array_size(json_object_get(rule, "args"))))
		return;
	json_array_foreach (json_object_get(rule, "names"), i, name) {
		const char *const *call = json_is_string(name) ? bsearch(json_string_value(name), risky, ARRAY_LEN(risky), sizeof(*risky), by_word) : NULL;

		if (call)
			allowed[call - risky] = lets;
	}
}

static void take_seccomp(struct oci_config *config, struct arena *arena, const json_t *seccomp)
{
	bool allowed[ARRAY_LEN(risky)], by_default = allows(seccomp, "defaultAction");
	const json_t *rule;
	size_t i;

	config->has_seccomp = json_is_object(seccomp);
	config->seccomp_default = member(arena, seccomp, "defaultAction");
	config->seccomp_listener = member(arena, seccomp, "listenerPath");
	memset(allowed, by_default, sizeof(allowed));
	json_array_foreach (json_object_get(seccomp, "syscalls"), i, rule)
		apply_rule(rule, by_default, allowed);
	for (i = 0; i < ARRAY_LEN(risky) && config->has_seccomp; i++)
		if (allowed[i])
			add(&config->seccomp_risky, arena, risky[i]);
}

static void take_hooks(struct oci_config *config, struct arena *arena, json_t *hooks)
{
	const char *kind;
	json_t *list;

	json_object_foreach (hooks, kind, list) {
		const json_t *hook;
		size_t i;

		json_array_foreach (list, i, hook)
			add(&config->hooks, arena, member(arena, hook, "path"));
	}
}

static void take_names(struct oci_list *list, struct arena *arena, json_t *object, bool values)
{
	const char *name;
	json_t *value;

	json_object_foreach (object, name, value) {
		add(list, arena, text_safe(arena, name, strlen(name), NAME_LIMIT));
		if (values)
			add(list, arena, json_is_string(value) ? text_of(arena, value) : "");
	}
}

static bool has_option(const json_t *mount, const char *wanted)
{
	const json_t *option;
	size_t i;

	json_array_foreach (json_object_get(mount, "options"), i, option)
		if (json_is_string(option) && list_has(wanted, " ", json_string_value(option)))
			return true;
	return false;
}

static void take_mounts(struct oci_config *config, struct arena *arena, const json_t *mounts)
{
	const json_t *mount;
	size_t i;

	json_array_foreach (mounts, i, mount) {
		const char *type = json_string_value(json_object_get(mount, "type")), *destination = member(arena, mount, "destination");

		if (!destination || config->n_mounts == LIST_LIMIT)
			continue;
		arena_push(arena, config->mounts, config->n_mounts) = (struct oci_mount){
			.destination = destination, .source = member(arena, mount, "source"),
			.bind = (type && streq(type, "bind")) || has_option(mount, "bind rbind"),
			.read_only = has_option(mount, "ro rro") && !has_option(mount, "rw rrw"),
		};
	}
}

static void take_namespaces(struct oci_config *config, struct arena *arena, const json_t *namespaces)
{
	static const struct {
		const char *type, *name;
	} kinds[] = {
		{ "pid", "pid" }, { "network", "net" }, { "mount", "mnt" }, { "ipc", "ipc" }, { "uts", "uts" }, { "user", "user" },
		{ "cgroup", "cgroup" }, { "time", "time" },
	};
	const json_t *one;
	size_t i;

	json_array_foreach (namespaces, i, one) {
		const char *type = json_string_value(json_object_get(one, "type")), *path = json_string_value(json_object_get(one, "path"));

		for (size_t k = 0; type && k < ARRAY_LEN(kinds); k++)
			if (streq(kinds[k].type, type) && (!path || !*path))
				add(&config->namespaces, arena, kinds[k].name);
	}
}

static const char *device_number(struct arena *arena, const json_t *number)
{
	return json_is_integer(number) && json_integer_value(number) >= 0
		? arena_printf(arena, "%lld", (long long)json_integer_value(number)) : "*";
}

/* What a rule leaves out stands for all. */
static void take_devices(struct oci_config *config, struct arena *arena, const json_t *rules)
{
	const json_t *rule;
	size_t i;

	json_array_foreach (rules, i, rule) {
		const char *type = member(arena, rule, "type"), *access = member(arena, rule, "access");

		type = type && streq(type, "u") ? "c" : type;   /* a character device by its other name */
		add(&config->devices, arena,
		    arena_printf(arena, "%s %c %s:%s %s", json_is_true(json_object_get(rule, "allow")) ? "allow" : "deny", type && *type ? *type : 'a',
				 device_number(arena, json_object_get(rule, "major")), device_number(arena, json_object_get(rule, "minor")),
				 access && *access ? access : "rwm"));
	}
}

static int64_t limit_of(const json_t *json, const char *path)
{
	const json_t *value = at(json, path);

	return json_is_integer(value) && json_integer_value(value) > 0 ? json_integer_value(value) : -1;
}

int oci_config_parse(struct oci_config *config, struct arena *arena, const struct file *file, struct err *err)
{
	auto_json json_t *json = parse(file);

	*config = (struct oci_config){ .memory = -1, .pids = -1, .cpu_quota = -1, .cpu_period = -1 };
	if (!json || !json_is_object(at(json, "process")))
		return err_set(err, EINVAL, "it is no OCI configuration");
	config->version = member(arena, json, "ociVersion");
	take_caps(config, at(json, "process.capabilities"));
	config->no_new_privileges = json_is_true(at(json, "process.noNewPrivileges"));
	config->root_readonly = json_is_true(at(json, "root.readonly"));
	config->root_path = text_of(arena, at(json, "root.path"));
	config->masked = words_of(arena, at(json, "linux.maskedPaths"));
	config->readonly = words_of(arena, at(json, "linux.readonlyPaths"));
	config->memory = limit_of(json, "linux.resources.memory.limit");
	config->pids = limit_of(json, "linux.resources.pids.limit");
	config->cpu_quota = limit_of(json, "linux.resources.cpu.quota");
	config->cpu_period = limit_of(json, "linux.resources.cpu.period");
	take_devices(config, arena, at(json, "linux.resources.devices"));
	take_seccomp(config, arena, at(json, "linux.seccomp"));
	take_hooks(config, arena, json_object_get(json, "hooks"));
	take_names(&config->annotations, arena, json_object_get(json, "annotations"), true);
	take_names(&config->sysctls, arena, json_object_get(json_object_get(json, "linux"), "sysctl"), false);
	take_mounts(config, arena, at(json, "mounts"));
	take_namespaces(config, arena, at(json, "linux.namespaces"));
	return 0;
}

const char *oci_annotation(const struct oci_config *config, const char *name)
{
	for (size_t i = 0; i + 1 < config->annotations.n; i += 2)
		if (streq(config->annotations.list[i], name))
			return config->annotations.list[i + 1];
	return NULL;
}

/* ---- stores ---- */

/* The image's name stands in JSON inside a string. */
static const char *image_in(struct arena *arena, const json_t *metadata)
{
	auto_json json_t *json = NULL;

	if (json_is_string(metadata))
		json = json_loadb(json_string_value(metadata), json_string_length(metadata), 0, NULL);
	return member(arena, json, "image-name");
}

size_t oci_store_parse(struct oci_named **list, struct arena *arena, const struct file *file)
{
	auto_json json_t *json = parse(file);
	const json_t *entry;
	size_t i, n = 0;

	json_array_foreach (json, i, entry) {
		struct oci_named named = {
			.id = member(arena, entry, "id"),
			.name = text_of(arena, json_array_get(json_object_get(entry, "names"), 0)),
			.image = image_in(arena, json_object_get(entry, "metadata")),
		};

		if (named.id)
			arena_push(arena, *list, n) = named;
	}
	return n;
}

bool oci_docker_parse(struct oci_named *named, struct arena *arena, const struct file *file)
{
	auto_json json_t *json = parse(file);
	const char *name = member(arena, json, "Name");

	*named = (struct oci_named){ member(arena, json, "ID"), name && *name == '/' ? name + 1 : name,
				     text_of(arena, at(json, "Config.Image")) };
	return named->id != NULL;
}
