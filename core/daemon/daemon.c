/* SPDX-License-Identifier: Apache-2.0 */
/* Which daemons are on the host: by the executables of its processes, else by units, manifests and programs. */
#include "core/daemon/daemon_private.h"

#include "core/base/text.h"
#include "core/boot/unit.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>

enum { KINDS_MOST = 16, SMALL_LIMIT = 65536 };

struct daemon_table {
	enum state state;            /* of the list of processes; UNAVAILABLE: the root holds none */
	const char *why;
	struct daemon_set sets[KINDS_MOST];
	const char *hidden[KINDS_MOST];   /* a process of that name whose executable cannot be seen */
	size_t n_nested[KINDS_MOST];
};

/* ---- processes ---- */

/* A link /proc/PID/exe leads to a program of that name. One that was replaced since is still the same daemon. */
static bool leads_to(const char *path, const char *program)
{
	static const char deleted[] = " (deleted)";
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t n = strlen(name);

	if (n > strlen(deleted) && streq(name + n - strlen(deleted), deleted))
		n -= strlen(deleted);
	return strlen(program) == n && strncmp(program, name, n) == 0;
}

static int kind_of_name(const char *name)
{
	for (int i = 0; daemon_kinds[i].name; i++)
		if (streq(daemon_kinds[i].name, name))
			return i;
	return -1;
}

static int kind_of_executable(const char *path)
{
	for (int i = 0; daemon_kinds[i].name; i++)
		if (leads_to(path, daemon_kinds[i].name))
			return i;
	return -1;
}

/* Fifteen characters are all that the kernel keeps of a command's name. */
static int kind_of_command(const char *comm)
{
	size_t n = strcspn(comm, "\n");

	for (int i = 0; daemon_kinds[i].name; i++)
		if (strnlen(daemon_kinds[i].name, 15) == n && strncmp(daemon_kinds[i].name, comm, n) == 0)
			return i;
	return -1;
}

static void take_process(struct daemon_finder *f, struct daemon_table *table, const char *number, const char *executable)
{
	int kind = kind_of_executable(executable);
	auto_pin struct pin pin = { .fd = -1 };
	struct daemon daemon = { .place = DAEMON_RUNS, .uid = -1, .pid = atoi(number) };
	struct daemon_set *set;
	struct file link;

	if (kind < 0 || pin_open(&pin, f->source, arena_printf(f->arena, "proc/%s", number)) < 0)
		return;
	link = pin_link(&pin, f->arena, "exe");   /* of the process that is pinned now */
	if (link.state != STATE_PRESENT || kind_of_executable(link.data) != kind)
		return;
	set = &table->sets[kind];
	daemon.kind = set->kind;
	if (!set->kind->in_containers && daemon_is_nested(f, &pin)) {
		table->n_nested[kind]++;
		return;
	}
	daemon.executable = link.data;
	if (daemon_examine(f, &daemon, &pin) == 0)
		arena_push(f->arena, set->list, set->n) = daemon;
}

/* One process may be several daemons. */
static void take_carrier(struct daemon_finder *f, struct daemon_table *table, const char *number, const char *executable)
{
	for (const struct daemon_carrier *c = daemon_carrier_next(NULL); c; c = daemon_carrier_next(c)) {
		auto_pin struct pin pin = { .fd = -1 };
		struct daemon daemon = { .place = DAEMON_RUNS, .uid = -1, .pid = atoi(number) };
		struct daemon_set *set;
		struct file link;

		if (!c->processes || !leads_to(executable, c->program) || pin_open(&pin, f->source, arena_printf(f->arena, "proc/%s", number)) < 0)
			continue;
		link = pin_link(&pin, f->arena, "exe");
		if (link.state != STATE_PRESENT || !leads_to(link.data, c->program))
			continue;
		set = &table->sets[kind_of_name(c->kind)];
		daemon.kind = set->kind;
		daemon.executable = link.data;
		if (daemon_examine(f, &daemon, &pin) == 0 && daemon_carried(f, c, &daemon, &pin))
			arena_push(f->arena, set->list, set->n) = daemon;
	}
}

static void note_hidden(struct daemon_finder *f, struct daemon_table *table, int kind, const char *number)
{
	if (!table->hidden[kind])
		table->hidden[kind] = arena_printf(f->arena, "process %s may be %s, and what it runs is not to be seen", number,
						   daemon_kinds[kind].name);
}

/* A process whose executable is not shown is one of those that are asked for, if it is called so: better to say that nobody knows. */
static void take_hidden(struct daemon_finder *f, struct daemon_table *table, struct pin *proc, const char *number)
{
	struct file comm = pin_read(proc, f->scratch, arena_printf(f->scratch, "%s/comm", number), SMALL_LIMIT);
	int kind = comm.state == STATE_PRESENT ? kind_of_command(comm.data) : -1;

	if (kind >= 0)
		note_hidden(f, table, kind, number);
	if (comm.state != STATE_PRESENT)
		return;
	for (const struct daemon_carrier *c = daemon_carrier_next(NULL); c; c = daemon_carrier_next(c))
		if (c->processes && list_has(c->processes, " ", arena_strndup(f->scratch, comm.data, strcspn(comm.data, "\n"))))
			note_hidden(f, table, kind_of_name(c->kind), number);
}

static void find_processes(struct daemon_finder *f, struct daemon_table *table)
{
	const struct directory *list = source_list(f->source, "proc");
	auto_pin struct pin proc = { .fd = -1 };
	size_t n = 0;
	bool saw_init = false;

	table->state = list->state;
	table->why = list->why;
	if (list->state != STATE_PRESENT || pin_open(&proc, f->source, "proc") < 0)
		return;
	for (size_t i = 0; i < list->n; i++) {
		const char *number = list->entries[i].name;
		struct file link;

		if (!isdigit((unsigned char)*number))
			continue;
		n++;
		saw_init = saw_init || streq(number, "1");
		arena_reset(f->scratch);
		link = pin_link(&proc, f->scratch, arena_printf(f->scratch, "%s/exe", number));
		if (link.state == STATE_PRESENT) {
			take_process(f, table, number, link.data);
			take_carrier(f, table, number, link.data);
		} else if (link.state == STATE_DENIED) {
			take_hidden(f, table, &proc, number);
		}
	}
	if (!n) {
		table->state = STATE_UNAVAILABLE;
		table->why = "the root holds no processes";
	} else if (!saw_init && source_is_live(f->source)) {   /* proc(5), hidepid= */
		table->state = STATE_DENIED;
		table->why = "the processes of others are not to be seen";
	}
}

bool daemon_is_of_unit(struct daemon_finder *f, const struct daemon *daemon, const char *unit)
{
	const struct file *cgroup = source_read(f->source, arena_printf(f->arena, "proc/%d/cgroup", daemon->pid), SMALL_LIMIT);
	const char *at = cgroup->state == STATE_PRESENT ? strstr(cgroup->data, arena_printf(f->arena, "/%s", unit)) : NULL;

	return at && strchr("\n/", at[strlen(unit) + 1]) && !strstr(cgroup->data, "/user@");
}

/* ---- what does not run ---- */

static const char *find_program(struct daemon_finder *f, const char *name)
{
	static const char *const folders[] = { "usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin", "bin", "sbin", "opt/bin" };

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		const char *path = arena_printf(f->arena, "%s/%s", folders[i], name);

		if (source_stat(f->source, path)->state != STATE_ABSENT)
			return arena_printf(f->arena, "/%s", path);
	}
	return NULL;
}

static struct daemon from_unit(const struct daemon_set *set, const struct daemon_start *start)
{
	const struct unit_command *u = set->unit;
	bool as_root = !u->user || streq(u->user, "root") || streq(u->user, "0");
	struct daemon daemon = {
		.kind = set->kind, .place = DAEMON_UNIT, .uid = as_root ? 0 : -1, .label = set->unit_name,
		.origin = u->origin ? u->origin : u->n_files ? u->files[0] : u->unread,
		.arguments = start->arguments, .n = start->n, .executable = start->program,
		.variables = start->variables, .n_variables = start->n_variables, .directory = u->directory, .root = u->root ? u->root : "", .moved = u->moved,
	};

	if (u->unread) {
		daemon.state = u->unread_state == STATE_ABSENT ? STATE_BROKEN : u->unread_state;
		daemon.where = u->unread;
		daemon.why = u->unread_state == STATE_ABSENT ? "it is not there, though the unit names it" : u->unread_why;
	} else if (start->why) {
		daemon.state = STATE_UNAVAILABLE;
		daemon.where = u->origin;
		daemon.why = start->why;
	}
	return daemon;
}

/* The options of an OpenRC service; nothing where there is none. */
static void take_options(struct daemon_finder *f, struct daemon *daemon)
{
	const char *path = daemon->kind->options_file, *variable = daemon->kind->options_variable;
	const struct file *file = path ? source_read(f->source, path, SMALL_LIMIT) : NULL;
	struct unit_command variables = { 0 };
	bool complete = true;
	char *text, *line;

	if (!file || file->state == STATE_ABSENT)
		return;
	daemon->origin = file->path;
	if (file->state != STATE_PRESENT) {
		daemon->state = file->state;
		daemon->where = file->path;
		daemon->why = file->why;
		return;
	}
	text = arena_strdup(f->arena, file->data);
	while ((line = strsep(&text, "\n"))) {
		line += strspn(line, " \t");
		if (starts_with(line, variable) && line[strlen(variable)] == '=') {
			variables.n = 0;
			complete = unit_words(f->arena, line, NULL, &variables.arguments, &variables.n);
		}
	}
	if (variables.n)
		complete = complete && unit_words(f->arena, variables.arguments[0] + strlen(variable) + 1, NULL, &daemon->arguments, &daemon->n);
	if (!complete) {
		daemon->state = STATE_BROKEN;
		daemon->where = file->path;
		daemon->why = "it is longer than what is looked at";
	}
}

static struct daemon alone(struct daemon_finder *f, const struct daemon_set *set, const char *program)
{
	struct daemon daemon = {
		.kind = set->kind, .place = DAEMON_ALONE, .uid = 0, .label = set->kind->name, .origin = program, .executable = program,
		.directory = "/", .root = "",
	};

	take_options(f, &daemon);
	return daemon;
}

static bool same_arguments(const struct daemon *a, const struct daemon *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!streq(a->arguments[i], b->arguments[i]))
			return false;
	return true;
}

/* What the next start brings, where that is another command line than what runs. */
static void compare_unit(struct daemon_finder *f, struct daemon_set *set)
{
	const struct daemon_start start = daemon_start_of(f->arena, set->unit, set->kind->name);
	struct daemon next = from_unit(set, &start);
	bool of_unit = false;

	for (size_t i = 0; i < set->n; i++) {
		if (same_arguments(&set->list[i], &next) && next.state == STATE_PRESENT)
			return;
		of_unit = of_unit || daemon_is_of_unit(f, &set->list[i], set->unit_name);
	}
	if (!of_unit)
		set->unit_differs = "the process that runs was not started by this unit";
	else if (start.why && !set->unit->unread)
		set->unit_differs = start.why;
	else
		arena_push(f->arena, set->list, set->n) = next;
}

/* Or would, if it could be read. That a directory of units cannot be looked at says nothing where there is no program. */
static bool tells_arguments(const struct unit_command *unit, bool has_program)
{
	return unit->state == STATE_PRESENT && (unit->n || (unit->unread && (unit->n_files || has_program)));
}

/* Nothing of it runs: what a start would bring. */
static void find_dormant(struct daemon_finder *f, struct daemon_table *table, struct daemon_set *set)
{
	const struct daemon_start start = daemon_start_of(f->arena, set->unit, set->kind->name);
	struct daemon daemon = { .kind = set->kind };
	const char *program = find_program(f, set->kind->name);
	size_t kind = (size_t)(set->kind - daemon_kinds);

	if (daemon_read_pod(f, &daemon)) {
		arena_push(f->arena, set->list, set->n) = daemon;
	} else if (tells_arguments(set->unit, program)) {
		arena_push(f->arena, set->list, set->n) = from_unit(set, &start);
	} else if (program) {
		arena_push(f->arena, set->list, set->n) = alone(f, set, program);
	} else if (daemon_carrier_dormant(f, &daemon)) {
		arena_push(f->arena, set->list, set->n) = daemon;
	} else if (table->hidden[kind]) {
		set->state = STATE_DENIED;
		set->why = table->hidden[kind];
	} else {
		set->state = STATE_INAPPLICABLE;
		set->why = arena_printf(f->arena, table->n_nested[kind] ? "%s runs here in containers only" : "%s is not here", set->kind->name);
	}
}

/* A socket starts the service of its own name, or the one that it names. */
static bool is_socket_of(struct daemon_finder *f, const struct daemon_set *set, struct arena *arena, const char *name)
{
	const struct unit *socket = unit_load(f->units, arena, name);
	const struct unit_setting *service = unit_setting(socket, "Socket", "Service");
	const char *stem = arena_strndup(arena, socket->name, strlen(socket->name) - strlen(".socket")), *enabled, *origin;

	if (socket->masked || streq(socket->name, set->kind->socket))
		return false;
	if (!streq(unit_full_name(arena, service ? service->value : stem), set->unit_name))
		return false;
	enabled = unit_enabled(f->units, arena, name, &origin);
	return enabled && !streq(enabled, "disabled");
}

static void find_sockets(struct daemon_finder *f, struct daemon_set *set)
{
	auto_arena struct arena *scratch = arena_new();
	const char *own = set->kind->socket, *name;

	if (!own)
		return;
	arena_push(f->arena, set->sockets, set->n_sockets) = unit_command_read(f->source, f->arena, f->units, own);
	for (size_t at = 0; (name = unit_next_name(f->units, ".socket", &at));) {
		arena_reset(scratch);
		if (is_socket_of(f, set, scratch, name))
			arena_push(f->arena, set->sockets, set->n_sockets) = unit_command_read(f->source, f->arena, f->units, name);
	}
}

/* Where the usual one is not there the program may be started by one of another name. */
static void find_unit(struct daemon_finder *f, struct daemon_set *set)
{
	auto_arena struct arena *scratch = arena_new();
	const char *name;

	set->unit_name = set->kind->unit;
	set->unit = unit_command_read(f->source, f->arena, f->units, set->unit_name);
	if (set->kind->many_uses || set->n || set->unit->n || set->unit->unread || !find_program(f, set->kind->name))
		return;
	for (size_t at = 0; (name = unit_next_name(f->units, ".service", &at));) {
		arena_reset(scratch);
		if (!daemon_unit_starts(f, scratch, name, set->kind->name, NULL))
			continue;
		set->unit_name = name;
		set->unit = unit_command_read(f->source, f->arena, f->units, name);
		return;
	}
}

/* "podman system service", whatever options stand before. */
static bool starts_service(const struct daemon_start *start)
{
	for (size_t i = 0; i + 1 < start->n; i++)
		if (streq(start->arguments[i], "system") && streq(start->arguments[i + 1], "service"))
			return true;
	return false;
}

/* Of a program that does many things any unit may start what takes requests, also beside its own. */
static void add_services(struct daemon_finder *f, struct daemon_set *set)
{
	auto_arena struct arena *scratch = arena_new();
	const char *name;

	for (size_t at = 0; (name = unit_next_name(f->units, ".service", &at));) {
		const struct unit *from = (arena_reset(scratch), unit_load(f->units, scratch, name));
		const struct unit_setting *command = unit_setting(from, "Service", "ExecStart");
		struct daemon_set other = { .kind = set->kind, .unit_name = name };
		struct daemon_start start;

		if (streq(name, set->unit_name) || from->masked || !command || !strstr(command->value, set->kind->name) || !strstr(command->value, "service"))
			continue;
		other.unit = unit_command_read(f->source, f->arena, f->units, name);
		start = daemon_start_of(f->arena, other.unit, set->kind->name);
		if (starts_service(&start) || (start.why && strstr(command->value, "system service")))
			arena_push(f->arena, set->list, set->n) = from_unit(&other, &start);
	}
}

static void complete(struct daemon_finder *f, struct daemon_table *table, struct daemon_set *set)
{
	size_t kind = (size_t)(set->kind - daemon_kinds);

	find_unit(f, set);
	find_sockets(f, set);
	if (set->n && tells_arguments(set->unit, true))
		compare_unit(f, set);
	else if (!set->n)
		find_dormant(f, table, set);
	if (set->kind->many_uses && set->state == STATE_PRESENT)
		add_services(f, set);
	if (table->hidden[kind] && set->state == STATE_PRESENT) {
		set->state = STATE_DENIED;
		set->why = table->hidden[kind];
	} else if (set->state == STATE_PRESENT && table->state != STATE_PRESENT && table->state != STATE_UNAVAILABLE && table->state != STATE_ABSENT) {
		set->state = table->state;
		set->why = table->why;
	}
	for (size_t i = 0; i < set->n; i++)
		daemon_read_config(f, &set->list[i]);
	if (streq(set->kind->name, "kubelet"))
		f->kubelets = set;
}

static void *read_table(struct source *source, struct arena *arena)
{
	auto_arena struct arena *scratch = arena_new();
	struct daemon_finder f = { .source = source, .arena = arena, .scratch = scratch, .units = units_list(source, arena) };
	struct daemon_table *table = arena_new_of(arena, struct daemon_table);

	for (size_t i = 0; daemon_kinds[i].name; i++) {
		assert(i < KINDS_MOST);
		table->sets[i].kind = &daemon_kinds[i];
	}
	find_processes(&f, table);
	for (size_t i = 0; daemon_kinds[i].name; i++)
		complete(&f, table, &table->sets[i]);
	return table;
}

const struct daemon_set *daemons_find(const struct subject *subject, const char *name)
{
	static const struct host_table kept = { read_table };
	const struct daemon_table *table = subject_table(subject, &kept);
	size_t i = 0;

	while (!streq(daemon_kinds[i].name, name)) {
		i++;
		assert(daemon_kinds[i].name);
	}
	return &table->sets[i];
}

const char *daemon_variable(const struct daemon *daemon, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = daemon->n_variables; i-- > 0;)
		if (strncmp(daemon->variables[i], name, n) == 0 && daemon->variables[i][n] == '=')
			return daemon->variables[i] + n + 1;
	return NULL;
}
