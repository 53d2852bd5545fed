/* SPDX-License-Identifier: Apache-2.0 */
#include "core/running/listener.h"

#include "core/base/text.h"
#include "core/source/pin.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>

enum {
	TABLE_LIMIT = 64 << 20,      /* bytes; a line is 150 for each connection */
	DESCRIPTORS_MOST = 200000,   /* looked at to find whose the sockets are */
	TCP_LISTEN = 0x0A, UNCONNECTED = 0x07, UNIX_LISTENS = 0x10000,
};

/* ---- lines ---- */

/* The kernel prints each four bytes of an address as a number of this machine. */
static bool parse_address(const char *hex, struct listener *l)
{
	size_t digits = strspn(hex, "0123456789abcdefABCDEF");

	if (digits != 8 && digits != 32)
		return false;
	l->six = digits == 32;
	for (size_t i = 0; i < digits / 8; i++) {
		char part[9] = "";
		uint32_t number;

		memcpy(part, hex + 8 * i, 8);
		number = (uint32_t)strtoul(part, NULL, 16);
		memcpy(l->address + 4 * i, &number, sizeof(number));
	}
	return true;
}

static enum listener_scope scope_of(const struct listener *l)
{
	static const uint8_t zero[16], one[16] = { [15] = 1 }, mapped[12] = { [10] = 0xff, [11] = 0xff };
	const uint8_t *four = l->six ? l->address + 12 : l->address;
	bool is_four = !l->six || memcmp(l->address, mapped, sizeof(mapped)) == 0;

	if (is_four)
		return memcmp(four, zero, 4) == 0 ? SCOPE_EVERYWHERE : four[0] == 127 ? SCOPE_LOOPBACK : SCOPE_ADDRESS;
	if (memcmp(l->address, zero, 16) == 0)
		return SCOPE_EVERYWHERE;
	return memcmp(l->address, one, 16) == 0 ? SCOPE_LOOPBACK : SCOPE_ADDRESS;
}

/* "   0: 0100007F:0019 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12345 …" */
static bool parse_inet(const char *line, struct listener *l, unsigned *state)
{
	char address[33], rest[33];
	unsigned port;

	if (sscanf(line, " %*u: %32[0-9A-Fa-f]:%x %32[0-9A-Fa-f]:%*x %x %*s %*s %*s %*u %*u %" SCNu64, address, &port, rest, state, &l->inode) != 5 ||
	    !parse_address(address, l))
		return false;
	l->port = port;
	l->scope = scope_of(l);
	return true;
}

/* "0000000000000000: 00000002 00000000 00010000 0001 01 24137 /run/systemd/private" */
static bool parse_unix(const char *line, size_t size, struct listener *l, struct arena *arena)
{
	unsigned flags;
	int path = 0;

	if (sscanf(line, "%*x: %*x %*x %x %*x %*x %" SCNu64 " %n", &flags, &l->inode, &path) != 2 || !(flags & UNIX_LISTENS))
		return false;
	l->path = path && (size_t)path < size ? text_safe(arena, line + path, size - (size_t)path, 256) : "";
	l->scope = SCOPE_LOOPBACK;
	return true;
}

/* ---- tables ---- */

struct reading {
	struct source *source;
	struct arena *arena;
	struct listeners *all;
	unsigned low, high;          /* the ports that clients are given */
};

static const struct file *read_table(const struct reading *r, const char *name)
{
	const struct file *file = source_read(r->source, arena_printf(r->arena, "proc/1/net/%s", name), TABLE_LIMIT);

	if (file->state == STATE_PRESENT)
		return file;
	return source_read(r->source, arena_printf(r->arena, "proc/net/%s", name), TABLE_LIMIT);
}

static void take_line(struct reading *r, const char *protocol, const struct text_line *line)
{
	struct listener l = { .protocol = protocol };
	unsigned state = 0;

	if (streq(protocol, "unix")) {
		if (parse_unix(line->text, line->size, &l, r->arena))
			arena_push(r->arena, r->all->list, r->all->n) = l;
		return;
	}
	if (!parse_inet(line->text, &l, &state) || state != (streq(protocol, "tcp") ? TCP_LISTEN : UNCONNECTED))
		return;
	l.ephemeral = streq(protocol, "udp") && l.port >= r->low && l.port <= r->high;
	arena_push(r->arena, r->all->list, r->all->n) = l;
}

/* Without IPv6 there is no table of it; without any of IPv4 nothing is known. */
static void take_table(struct reading *r, const char *protocol, const char *name, bool needed)
{
	const struct file *file = read_table(r, name);
	struct text_line line;
	const char *rest;

	if (file->state != STATE_PRESENT) {
		if ((file->state == STATE_ABSENT && !needed) || r->all->state != STATE_PRESENT)
			return;
		r->all->state = file->state == STATE_ABSENT ? STATE_UNAVAILABLE : file->state;
		r->all->why = file->state == STATE_ABSENT ? "sockets can be seen only of a system that runs" : file->why;
		r->all->origin = file->path;
		return;
	}
	rest = file->data;
	text_next_line(&line, &rest);   /* the heading */
	while (text_next_line(&line, &rest))
		take_line(r, protocol, &line);
}

/* ---- whose they are ---- */

static int by_inode(const void *left, const void *right)
{
	const struct listener *const *a = left, *const *b = right;

	return (*a)->inode < (*b)->inode ? -1 : (*a)->inode > (*b)->inode;
}

struct owning {
	struct listener **wanted;    /* by inode */
	size_t n, found;
	size_t looked;
	struct arena *arena;
};

/* The process holds the socket of that number. */
static void claim(struct owning *o, uint64_t inode, int pid, struct pin *pin, struct arena *scratch)
{
	struct listener key = { .inode = inode }, *wanted = &key, **hit;
	struct file exe;

	hit = bsearch(&wanted, o->wanted, o->n, sizeof(*o->wanted), by_inode);
	if (!hit || (*hit)->pid)
		return;
	(*hit)->pid = pid;
	o->found++;
	exe = pin_link(pin, scratch, "exe");
	if (exe.state == STATE_PRESENT)
		(*hit)->program = text_safe(o->arena, exe.data, exe.size, 256);
}

static void look_into(struct owning *o, struct source *source, int pid, struct arena *scratch)
{
	auto_pin struct pin pin = { .fd = -1 };
	struct directory fds;

	if (pin_open(&pin, source, arena_printf(scratch, "proc/%d", pid)) < 0)
		return;
	fds = pin_list(&pin, scratch, "fd");
	for (size_t i = 0; i < fds.n && o->found < o->n && o->looked < DESCRIPTORS_MOST; i++, o->looked++) {
		struct file link = pin_link(&pin, scratch, arena_printf(scratch, "fd/%s", fds.entries[i].name));
		uint64_t inode;

		if (link.state == STATE_PRESENT && sscanf(link.data, "socket:[%" SCNu64 "]", &inode) == 1)
			claim(o, inode, pid, &pin, scratch);
	}
}

/* Of Unix sockets, which are many and say by their path whose they are, the owner is not looked for. */
void listeners_find_owners(struct listeners *all, struct source *source, struct arena *arena)
{
	const struct directory *proc = source_list(source, "proc");
	auto_arena struct arena *scratch = arena_new();
	auto_free struct listener **wanted = xmalloc((all->n + 1) * sizeof(*wanted));
	struct owning o = { .wanted = wanted, .arena = arena };

	for (size_t i = 0; i < all->n; i++)
		if (all->list[i].inode && !all->list[i].path)
			wanted[o.n++] = &all->list[i];
	if (o.n)
		qsort(wanted, o.n, sizeof(*wanted), by_inode);
	for (size_t i = 0; i < proc->n && o.found < o.n && o.looked < DESCRIPTORS_MOST; i++) {
		if (!isdigit((unsigned char)*proc->entries[i].name))
			continue;
		look_into(&o, source, atoi(proc->entries[i].name), scratch);
		arena_reset(scratch);
	}
}

struct listeners *listeners_read(struct source *source, struct arena *arena)
{
	static const struct {
		const char *protocol, *name;
		bool needed;
	} tables[] = {
		{ "tcp", "tcp", true }, { "tcp", "tcp6", false }, { "udp", "udp", true }, { "udp", "udp6", false }, { "raw", "raw", false },
		{ "raw", "raw6", false }, { "unix", "unix", false },
	};
	struct listeners *all = arena_new_of(arena, struct listeners);
	struct reading r = { .source = source, .arena = arena, .all = all, .low = 32768, .high = 60999 };
	const struct file *range = source_read(source, "proc/sys/net/ipv4/ip_local_port_range", 4096);

	all->state = STATE_PRESENT;
	all->origin = "/proc/net";
	if (range->state == STATE_PRESENT)
		sscanf(range->data, "%u %u", &r.low, &r.high);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		take_table(&r, tables[i].protocol, tables[i].name, tables[i].needed);
	return all;
}

static void *read_listeners(struct source *source, struct arena *arena)
{
	return listeners_read(source, arena);
}

const struct listeners *subject_listeners(const struct subject *subject)
{
	static const struct host_table table = { read_listeners };

	return subject_table(subject, &table);
}

static void *read_owned(struct source *source, struct arena *arena)
{
	struct listeners *all = listeners_read(source, arena);

	listeners_find_owners(all, source, arena);
	return all;
}

const struct listeners *subject_owned_listeners(const struct subject *subject)
{
	static const struct host_table table = { read_owned };

	return subject_table(subject, &table);
}

const char *listener_address(const struct listener *l, struct arena *arena)
{
	char text[INET6_ADDRSTRLEN] = "";

	if (l->path)
		return l->path;
	inet_ntop(l->six ? AF_INET6 : AF_INET, l->address, text, sizeof(text));
	return arena_strdup(arena, text);
}

const char *listener_port(const struct listener *l, struct arena *arena)
{
	if (l->path)
		return arena_printf(arena, "unix%s%s", *l->path == '/' ? "" : "/", l->path);
	if (l->ephemeral)
		return "udp/ephemeral";
	return arena_printf(arena, "%s/%u", l->protocol, l->port);
}
