/* SPDX-License-Identifier: Apache-2.0 */
/* Which sockets the host's programs listen on, and for whom. */
#include "checks/checks.h"

#include "core/base/text.h"
#include "core/running/listener.h"

static const char *scope_word(const struct listener *l)
{
	if (l->path)
		return *l->path == '@' ? "abstract" : "path";
	return l->scope == SCOPE_LOOPBACK ? "loopback" : l->scope == SCOPE_EVERYWHERE ? "everywhere" : "address";
}

/* "tcp/25", or "tcp/6000-6063" */
static bool is_port(const struct listener *l, const char *word, size_t n)
{
	unsigned low, high;
	char text[64];
	int parts;

	if (n >= sizeof(text))
		return false;
	memcpy(text, word, n);
	text[n] = '\0';
	if (!starts_with(text, l->protocol) || text[strlen(l->protocol)] != '/')
		return false;
	parts = sscanf(text + strlen(l->protocol) + 1, "%u-%u", &low, &high);
	return parts > 0 && l->port >= low && l->port <= (parts == 2 ? high : low);
}

static bool is_meant(const struct listener *l, const struct params *params, struct arena *arena)
{
	const char *ports = params_get(params, "port"), *scope = params_get(params, "scope");
	const char *port = listener_port(l, arena);
	bool found = !ports;
	size_t n;

	for (const char *at = ports, *w; at && !found && (w = list_next(&at, " \t\n", &n));)
		found = l->path ? text_glob(arena_strndup(arena, w, n), port) : is_port(l, w, n) || (strlen(port) == n && memcmp(port, w, n) == 0);
	if (!found || !scope)
		return found && (ports || !l->path);   /* Unix sockets only where they are asked for */
	return streq(scope, "outside") ? l->scope != SCOPE_LOOPBACK : streq(scope, scope_word(l));
}

static void add(const struct listener *l, const char *show, struct items *items)
{
	struct arena *arena = items->arena;
	const char *address = listener_address(l, arena), *origin = arena_printf(arena, "/proc/net/%s%s", l->protocol, l->six ? "6" : "");
	const char *port = l->ephemeral ? arena_printf(arena, "udp/%u", l->port) : listener_port(l, arena), *name;

	name = l->path ? port : arena_printf(arena, l->six ? "%s on [%s]" : "%s on %s", port, address);
	if (l->pid)
		name = arena_printf(arena, "%s, %s (pid %d)", name, l->program ? l->program : "of another user", l->pid);
	if (streq(show, "scope"))
		items_add_text(items, name, origin, scope_word(l));
	else if (streq(show, "address"))
		items_add_text(items, name, origin, address);
	else if (!streq(show, "program"))
		items_add_set(items, name, origin, listener_port(l, arena));
	else if (l->program)
		items_add_text(items, name, origin, l->program);
	else
		items_add_state(items, name, origin, STATE_DENIED, "which process holds it is not to be seen");
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct listeners *all = subject_listeners(subject);
	const char *show = params_get(params, "show"), *ports = params_get(params, "port");

	for (size_t i = 0; i < all->n; i++)
		if (is_meant(&all->list[i], params, items->arena))
			add(&subject_owned_listeners(subject)->list[i], show ? show : "port", items);
	if (all->state != STATE_PRESENT)
		items_add_state(items, "sockets", all->origin, all->state, "%s", all->why);
	else if (!items->n)
		items_add_state(items, ports ? list_brief(items->arena, ports) : "sockets", all->origin, STATE_ABSENT, "nothing listens there");
}

const struct check check_listen = {
	.name = "listen",
	.summary = "sockets that the host's programs listen on, and from where they can be reached",
	.reference =
		"Read from the tables of /proc/net of the first process: tcp, tcp6, udp, udp6, raw, raw6 and unix. An item for each socket: "
		"`port` is tcp/22, raw/1 (the number of the protocol), or unix/run/x.sock, and udp/ephemeral for a UDP socket on a port of "
		"the range that the kernel gives to clients (net.ipv4.ip_local_port_range), which mostly waits for an answer; `scope` "
		"loopback, address (one address of the host), everywhere, or of a Unix socket path or abstract; `address` the address or "
		"path; `program` the executable of the process that holds the socket, which is found among /proc/PID/fd and shown with "
		"every item where this user may see it. Unix sockets are left out unless port names them, with * and ?. `outside` as scope "
		"means all but loopback. Absent where no socket fits; unavailable of a system that does not run.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "show", PARAM_WORD, OPTIONAL, "the value of each item; port where it is left out", "port scope address program" },
		{ "port", PARAM_STRING, OPTIONAL, "only these: tcp/25, tcp/6000-6063, unix/run/*, separated by spaces", NULL },
		{ "scope", PARAM_WORD, OPTIONAL, "only those that can be reached so", "loopback address everywhere outside path abstract" },
	},
	.observe = observe,
};
