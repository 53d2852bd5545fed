/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets that a container listens on, and those of the host that it reaches. */
#include "checks/checks.h"
#include "checks/container.h"

#include "core/base/text.h"

enum { TABLE_LIMIT = 16 << 20, NAMES_MOST = 10 };

/* A line of /proc/net/tcp: "  0: 00000000:1F90 00000000:0000 0A …"; state 0A is LISTEN, of UDP 07 is unconnected. */
static int port_of(const char *line, const char *wanted_state)
{
	unsigned port;
	char state[3];

	if (sscanf(line, " %*u: %*[0-9A-Fa-f]:%x %*s %2s", &port, state) != 2 || !streq(state, wanted_state))
		return -1;
	return (int)port;
}

static bool add_ports(const struct subject *subject, const char *protocol, const char *name, struct buffer *words, struct items *items)
{
	const struct file *file = subject_read(subject, name, TABLE_LIMIT);
	const char *state = streq(protocol, "tcp") ? "0A" : "07";
	struct text_line line;

	if (file->state == STATE_ABSENT)
		return true;   /* a kernel without IPv6 */
	if (file->state != STATE_PRESENT) {
		items_add_file_state(items, "listening", file);
		return false;
	}
	for (const char *rest = file->data; text_next_line(&line, &rest);) {
		int port = port_of(line.text, state);
		char *word = port > 0 ? arena_printf(words->arena, "%s/%d", protocol, port) : NULL;

		if (word && !(words->text && list_has(words->text, " ", word)))
			buffer_printf(words, "%s%s", words->size ? " " : "", word);
	}
	return true;
}

static void add_listening(const struct subject *subject, struct items *items)
{
	static const char *const tables[][2] = { { "tcp", "net/tcp" }, { "tcp", "net/tcp6" }, { "udp", "net/udp" }, { "udp", "net/udp6" } };
	struct buffer words = { .arena = items->arena };

	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		if (!add_ports(subject, tables[i][0], tables[i][1], &words, items))
			return;
	items_add_set(items, "listening", init_path(subject, items, "net/tcp"), words.text ? words.text : "");
}

/* "ffff…: 00000002 00000000 00010000 0001 01 12345 @/containerd-shim/…": flags 00010000 say that it listens. */
static const char *abstract_listener(const char *line, struct arena *arena)
{
	unsigned flags;
	int at = 0;

	if (sscanf(line, "%*s %*x %*x %x %*x %*x %*u %n", &flags, &at) != 1 || !at || line[at] != '@' || !(flags & 0x10000))
		return NULL;
	return arena_strndup(arena, line + at, strcspn(line + at, "\n"));
}

/* Its server does what root in its network namespace asks for (CVE-2020-15257; LXC's command socket). */
static bool commands(const char *name)
{
	return strstr(name, "containerd-shim") || strstr(name, "/lxc/");
}

static void add_abstract(const struct subject *subject, bool commanding, struct items *items)
{
	const struct processes *all = subject->all->processes;
	uint64_t own = subject->container->init->ns[NS_NET], host = all->host_ns[NS_NET];
	const char *origin = init_path(subject, items, "net/unix");
	const struct file *file;
	struct text_line line;

	if (!own || !host) {
		items_add_state(items, "abstract", init_path(subject, items, "ns/net"), STATE_BROKEN, "its network namespace is not known");
		return;
	}
	if (own != host) {
		items_add_none(items, "abstract", origin, "it has a network namespace of its own");
		return;
	}
	file = subject_read(subject, "net/unix", TABLE_LIMIT);
	if (file->state != STATE_PRESENT) {
		items_add_file_state(items, "abstract", file);
		return;
	}
	for (const char *rest = file->data; items->n < NAMES_MOST && text_next_line(&line, &rest);) {
		const char *name = abstract_listener(line.text, subject->arena);

		if (name && (!commanding || commands(name)))
			items_add_text(items, "abstract", origin, name);
	}
	if (!items->n)
		items_add_none(items, "abstract", origin, commanding ? "no abstract socket of a runtime listens"
								     : "no abstract socket of the host listens");
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const char *show = params_get(params, "show");

	if (streq(show, "listening"))
		add_listening(subject, items);
	else
		add_abstract(subject, streq(show, "command"), items);
}

const struct check check_socket = {
	.name = "socket",
	.summary = "sockets that a container listens on or can reach on the host",
	.reference = "listening gives the ports of /proc/PID/net/tcp, tcp6, udp and udp6 that something listens on, as tcp/80. abstract lists the listening Unix sockets "
		     "without a path in /proc/PID/net/unix where the container shares the host's network namespace: file permissions do not guard them; command only those by which "
		     "containerd's shim and LXC take commands. See "
		     "unix(7).",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "show", PARAM_WORD, REQUIRED, "what is listed", "listening abstract command" }, { 0 } },
	.observe = observe,
};
