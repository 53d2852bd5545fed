/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that run a daemon of Kubernetes within themselves, so that no process has its name: k3s and rke2, which tell the kubelet what
 * their own command line and configuration file say of it, and the kubelite of MicroK8s, which reads a file of flags for each.
 *
 * Sources: "K3s agent configuration" and "Configuration file" of docs.k3s.io and docs.rke2.io, pkg/daemons/agent of k3s-io/k3s; "Configuring
 * services" of microk8s.io, the args of canonical/microk8s. k3s overwrites its own command line, for it may hold a password of a database: its unit
 * tells it then. Up to 1.31 it gives the kubelet flags, later it writes a directory of configuration files.
 */
#include "core/daemon/daemon_private.h"

#include "core/base/text.h"
#include "core/boot/unit.h"
#include "core/process/process.h"

enum { FILE_LIMIT = 1 << 20 };

static const struct daemon_carrier carriers[] = {
	{ .program = "k3s", .kind = "kubelet", .processes = "k3s-server k3s-agent k3s", .units = "k3s.service k3s-agent.service",
	  .data = "/var/lib/rancher/k3s", .config = "/etc/rancher/k3s/config.yaml", .data_variable = "K3S_DATA_DIR",
	  .config_variable = "K3S_CONFIG_FILE" },
	{ .program = "rke2", .kind = "kubelet", .units = "rke2-server.service rke2-agent.service", .data = "/var/lib/rancher/rke2",
	  .config = "/etc/rancher/rke2/config.yaml", .data_variable = "RKE2_DATA_DIR", .config_variable = "RKE2_CONFIG_FILE" },
	{ .program = "kubelite", .kind = "kubelet", .processes = "kubelite", .flag = "kubelet-args-file", .file = "/var/snap/microk8s/current/args/kubelet" },
	{ .program = "kubelite", .kind = "kube-proxy", .processes = "kubelite", .flag = "proxy-args-file",
	  .file = "/var/snap/microk8s/current/args/kube-proxy" },
	{ .program = "kubelite", .kind = "kube-apiserver", .processes = "kubelite", .flag = "apiserver-args-file",
	  .file = "/var/snap/microk8s/current/args/kube-apiserver", .control = true },
	{ .program = "kubelite", .kind = "kube-scheduler", .processes = "kubelite", .flag = "scheduler-args-file",
	  .file = "/var/snap/microk8s/current/args/kube-scheduler", .control = true },
	{ .program = "kubelite", .kind = "kube-controller-manager", .processes = "kubelite", .flag = "controller-manager-args-file",
	  .file = "/var/snap/microk8s/current/args/kube-controller-manager", .control = true },
};

const struct daemon_carrier *daemon_carrier_next(const struct daemon_carrier *before)
{
	const struct daemon_carrier *next = before ? before + 1 : carriers;

	return next < carriers + ARRAY_LEN(carriers) ? next : NULL;
}

static void trouble(struct daemon *daemon, const char *where, enum state state, const char *why)
{
	if (daemon->state != STATE_PRESENT)
		return;
	daemon->state = state == STATE_ABSENT ? STATE_BROKEN : state;
	daemon->where = where;
	daemon->why = why;
}

static void add_argument(struct daemon_finder *f, struct daemon *daemon, const char *argument)
{
	arena_push(f->arena, daemon->arguments, daemon->n) = argument;
}

/* ---- k3s and rke2 ---- */

/* What its configuration files say, of which the last holds; "kubelet-arg+" adds to what stands before. */
struct carrier_config {
	const char *data;
	bool protects;               /* the kernel's parameters are to be those that the kubelet wants */
	const char **arguments;
	size_t n;
};

static void take_config(struct daemon_finder *f, struct daemon *daemon, struct carrier_config *config, const char *path)
{
	const struct document *d = document_read(f->source, f->arena, path + strspn(path, "/"), SYNTAX_YAML);
	const struct value *data, *protect, *profile, *values[2];

	if (d->state == STATE_ABSENT)
		return;
	if (d->state != STATE_PRESENT) {
		trouble(daemon, d->where, d->state, d->why);
		return;
	}
	data = value_member(d->root, "data-dir");
	protect = value_member(d->root, "protect-kernel-defaults");
	profile = value_member(d->root, "profile");   /* of rke2 */
	if (data && data->text)
		config->data = data->text;
	if (protect && protect->text)
		config->protects = streq(protect->text, "true");
	if (profile && profile->text && starts_with(profile->text, "cis"))
		config->protects = true;
	values[0] = value_member(d->root, "kubelet-arg");
	values[1] = value_member(d->root, "kubelet-arg+");
	if (values[0])
		config->n = 0;
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		if (values[i] && values[i]->text)
			arena_push(f->arena, config->arguments, config->n) = values[i]->text;
		for (const struct value *v = values[i] ? values[i]->first : NULL; v; v = v->next)
			if (v->text)
				arena_push(f->arena, config->arguments, config->n) = v->text;
	}
}

static void read_config(struct daemon_finder *f, struct daemon *daemon, struct carrier_config *config, const char *path)
{
	const char *folder = arena_printf(f->arena, "%s.d", path + strspn(path, "/"));
	const struct directory *dir = source_list(f->source, folder);

	take_config(f, daemon, config, path);
	if (dir->state != STATE_PRESENT && dir->state != STATE_ABSENT)
		trouble(daemon, dir->path, dir->state, dir->why);
	for (size_t i = 0; i < dir->n; i++)
		if (text_glob("*.yaml", dir->entries[i].name) || text_glob("*.yml", dir->entries[i].name))
			take_config(f, daemon, config, arena_printf(f->arena, "%s/%s", folder, dir->entries[i].name));
}

/* What it tells the kubelet by itself. The directory is there from the first start of a version that writes it on. */
static void add_own_arguments(struct daemon_finder *f, struct daemon *daemon, const char *data)
{
	const char *folder = arena_printf(f->arena, "%s/agent/etc/kubelet.conf.d", data);
	static const struct {
		const char *flag, *file;
	} older[] = {
		{ "client-ca-file", "client-ca.crt" }, { "tls-cert-file", "serving-kubelet.crt" },
		{ "tls-private-key-file", "serving-kubelet.key" }, { "pod-manifest-path", "pod-manifests" },
	};

	add_argument(f, daemon, "--read-only-port=0");
	add_argument(f, daemon, arena_printf(f->arena, "--kubeconfig=%s/agent/kubelet.kubeconfig", data));
	if (source_stat(f->source, folder + strspn(folder, "/"))->state != STATE_ABSENT) {
		add_argument(f, daemon, arena_printf(f->arena, "--config-dir=%s", folder));
		return;
	}
	add_argument(f, daemon, "--anonymous-auth=false");
	add_argument(f, daemon, "--authentication-token-webhook=true");
	add_argument(f, daemon, "--authorization-mode=Webhook");
	for (size_t i = 0; i < ARRAY_LEN(older); i++)
		add_argument(f, daemon, arena_printf(f->arena, "--%s=%s/agent/%s", older[i].flag, data, older[i].file));
}

/* From the command line, else the environment, or NULL. */
static const char *option(struct daemon_finder *f, const struct daemon *host, const char *flags, const char *variable)
{
	const char *value = daemon_flag(f->arena, host, flags);

	if (!value)
		value = daemon_variable(host, variable);
	return value && *value ? value : NULL;
}

/* `host` has the command line and environment of the carrier. Of an option that is given there and in a file only what is given there counts. */
static void tell_by_options(struct daemon_finder *f, const struct daemon_carrier *carrier, const struct daemon *host, struct daemon *daemon)
{
	struct carrier_config config = { .data = carrier->data };
	const char *named = option(f, host, "config c", carrier->config_variable), *data = option(f, host, "data-dir d", carrier->data_variable);
	const char *path = named ? named : carrier->config, **list = NULL, **protects = NULL;
	size_t n = daemon_flags(f->arena, host, "kubelet-arg", false, &list);

	read_config(f, daemon, &config, path);
	daemon->arguments = NULL;
	daemon->n = 0;
	add_own_arguments(f, daemon, data ? data : config.data);
	if (config.protects || daemon_flags(f->arena, host, "protect-kernel-defaults", true, &protects))
		add_argument(f, daemon, "--protect-kernel-defaults=true");
	if (!n) {
		list = config.arguments;
		n = config.n;
	}
	for (size_t i = 0; i < n; i++)
		add_argument(f, daemon, arena_printf(f->arena, "--%s", list[i] + (starts_with(list[i], "--") ? 2 : 0)));
	daemon->origin = arena_printf(f->arena, "%s, by %s and %s", carrier->program, host->origin, path);
}

/* ---- MicroK8s ---- */

/* The files name two directories of the snap by variables: /var/snap/microk8s/REVISION, where they are themselves, and its neighbour "common". */
static void tell_by_file(struct daemon_finder *f, const char *path, struct daemon *daemon)
{
	const struct file *file = source_read(f->source, path + strspn(path, "/"), FILE_LIMIT);
	const char *args = strstr(path, "/args/");
	const char *data = args ? arena_strndup(f->arena, path, (size_t)(args - path)) : "/var/snap/microk8s/current";
	const char *slash = strrchr(data, '/');
	const char *variables[] = {
		arena_printf(f->arena, "SNAP_DATA=%s", data), arena_printf(f->arena, "SNAP_COMMON=%.*s/common", (int)(slash ? slash - data : 0), data),
	};
	const struct unit_command known = { .variables = variables, .n_variables = ARRAY_LEN(variables) };
	char *text, *line;

	daemon->origin = file->path;
	daemon->arguments = NULL;
	daemon->n = 0;
	if (file->state != STATE_PRESENT) {
		trouble(daemon, file->path, file->state, file->why);
		return;
	}
	text = arena_strdup(f->arena, file->data);
	while ((line = strsep(&text, "\n")))
		if (*(line = text_trim(line)) != '#' && !unit_words(f->arena, line, &known, &daemon->arguments, &daemon->n))
			trouble(daemon, file->path, STATE_BROKEN, "it is longer than what is looked at");
}

/* ---- a process ---- */

/* "/usr/local/bin/k3s server" in one word, once it has overwritten its command line; else "server" is a word of its own. NULL: another command. */
static const char *node_command(const char *const *words, bool *hidden)
{
	static const char *const commands[] = { "server", "agent" };
	const char *space = words[0] ? strchr(words[0], ' ') : NULL, *dash = words[0] ? strrchr(words[0], '-') : NULL;

	*hidden = space != NULL;
	for (size_t i = 0; words[0] && i < ARRAY_LEN(commands); i++) {
		if (space && streq(space + 1, commands[i]))
			return commands[i];
		if (!space && ((words[1] && streq(words[1], commands[i])) || (dash && streq(dash + 1, commands[i]))))
			return commands[i];
	}
	return NULL;
}

/* ---- its units ---- */

/* Those that usually start it, then others that do: the installer names one by INSTALL_K3S_NAME. Ended by NULL. */
static const char **units_of(struct daemon_finder *f, const struct daemon_carrier *carrier)
{
	auto_arena struct arena *scratch = arena_new();
	const char **list = NULL, *name;
	size_t n = 0, size;

	for (const char *at = carrier->units; (name = list_next(&at, " ", &size));)
		arena_push(f->arena, list, n) = arena_strndup(f->arena, name, size);
	for (size_t at = 0; (name = unit_next_name(f->units, ".service", &at));) {
		arena_reset(scratch);
		if (!list_has(carrier->units, " ", name) && daemon_unit_starts(f, scratch, name, carrier->program, "server agent"))
			arena_push(f->arena, list, n) = name;
	}
	arena_push(f->arena, list, n) = NULL;
	return list;
}

/* What the unit tells the carrier; what keeps that from being known is the daemon's trouble. */
static void tell_by_unit(struct daemon_finder *f, const struct daemon_carrier *carrier, const struct unit_command *unit, struct daemon *host, struct daemon *daemon)
{
	const struct daemon_start start = daemon_start_of(f->arena, unit, carrier->program);

	host->arguments = start.arguments;
	host->n = start.n;
	host->variables = start.variables;
	host->n_variables = start.n_variables;
	host->origin = unit->origin ? unit->origin : unit->files[0];
	if (unit->unread)
		trouble(daemon, unit->unread, unit->unread_state, unit->unread_why);
	if (start.why)
		trouble(daemon, host->origin, STATE_UNAVAILABLE, start.why);
}

/* The unit that the process belongs to, or NULL. */
static const struct unit_command *unit_of(struct daemon_finder *f, const struct daemon_carrier *carrier, const struct daemon *daemon)
{
	for (const char **name = units_of(f, carrier); *name; name++)
		if (daemon_is_of_unit(f, daemon, *name))
			return unit_command_read(f->source, f->arena, f->units, *name);
	return NULL;
}

/* The environment of the process; a captured root need not hold it. */
static void read_variables(struct daemon_finder *f, struct daemon *host, struct daemon *daemon, struct pin *pin)
{
	struct file file = pin_read(pin, f->arena, "environ", FILE_LIMIT);

	if (file.state != STATE_PRESENT && file.state != STATE_UNAVAILABLE && file.state != STATE_ABSENT)
		trouble(daemon, file.path, file.state, file.why);
	if (file.state != STATE_PRESENT)
		return;
	host->variables = NULL;
	host->n_variables = 0;
	for (const char *at = file.data; at < file.data + file.size; at += strlen(at) + 1)
		arena_push(f->arena, host->variables, host->n_variables) = at;
}

static bool take_node(struct daemon_finder *f, const struct daemon_carrier *carrier, struct daemon *daemon, struct pin *pin)
{
	const char **words = process_arguments(pin, f->arena);
	struct daemon host = *daemon;
	bool hidden;
	const struct unit_command *unit;

	if (!node_command(words, &hidden))
		return false;
	unit = hidden ? unit_of(f, carrier, daemon) : NULL;
	if (unit && unit->n)
		tell_by_unit(f, carrier, unit, &host, daemon);
	else if (hidden)
		trouble(daemon, daemon->origin, STATE_UNAVAILABLE, "the process hides its command line, and no unit of it tells that");
	read_variables(f, &host, daemon, pin);
	tell_by_options(f, carrier, &host, daemon);
	return true;
}

bool daemon_carried(struct daemon_finder *f, const struct daemon_carrier *carrier, struct daemon *daemon, struct pin *pin)
{
	const struct daemon host = *daemon;
	const char *path;

	daemon->label = arena_printf(f->arena, "%s in %s (pid %d)", daemon->kind->name, carrier->program, daemon->pid);
	if (!carrier->flag)
		return take_node(f, carrier, daemon, pin);
	path = daemon_flag(f->arena, &host, "start-control-plane");
	if (carrier->control && path && streq(path, "false"))
		return false;
	path = daemon_flag(f->arena, &host, carrier->flag);
	if (!path)
		return false;
	tell_by_file(f, path, daemon);
	return true;
}

/* ---- what does not run ---- */

static bool starts_control_plane(struct daemon_finder *f)
{
	const struct file *file = source_read(f->source, "var/snap/microk8s/current/args/kubelite", FILE_LIMIT);

	return file->state != STATE_PRESENT || !strstr(file->data, "--start-control-plane=false");
}

static bool find_unit_of(struct daemon_finder *f, const struct daemon_carrier *carrier, struct daemon *daemon)
{
	for (const char **name = units_of(f, carrier); *name; name++) {
		const struct unit_command *unit = unit_command_read(f->source, f->arena, f->units, *name);
		struct daemon host = *daemon;

		if (unit->state != STATE_PRESENT || !(unit->n || unit->n_files))
			continue;
		daemon->label = *name;
		tell_by_unit(f, carrier, unit, &host, daemon);
		tell_by_options(f, carrier, &host, daemon);
		return true;
	}
	return false;
}

bool daemon_carrier_dormant(struct daemon_finder *f, struct daemon *daemon)
{
	const struct daemon_kind *kind = daemon->kind;

	for (const struct daemon_carrier *c = daemon_carrier_next(NULL); c; c = daemon_carrier_next(c)) {
		if (!streq(c->kind, kind->name))
			continue;
		*daemon = (struct daemon){ .kind = kind, .place = DAEMON_UNIT, .directory = "/", .root = "" };
		if (c->units && find_unit_of(f, c, daemon))
			return true;
		if (!c->file || source_stat(f->source, c->file + 1)->state == STATE_ABSENT || (c->control && !starts_control_plane(f)))
			continue;
		daemon->label = arena_printf(f->arena, "%s in %s", kind->name, c->program);
		tell_by_file(f, c->file, daemon);
		return true;
	}
	return false;
}
