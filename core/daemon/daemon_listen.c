/* SPDX-License-Identifier: Apache-2.0 */
/* Where a daemon takes requests. */
#include "core/daemon/daemon_private.h"

#include "core/base/text.h"

#include <arpa/inet.h>
#include <inttypes.h>

enum { TABLE_LIMIT = 16 << 20, SWARM_CONTROL = 2377, SWARM_GOSSIP = 7946 };

struct listening {
	const struct subject *subject;
	const struct daemon_set *set;
	const struct daemon *daemon;
	struct saids *saids;
};

/* ---- how TCP is guarded ---- */

static const char *setting_text(const struct listening *l, const struct setting_query *query)
{
	struct saids saids = { .arena = l->saids->arena };

	daemon_setting(l->daemon, query, &saids);
	for (size_t i = 0; i < saids.n; i++)
		if (saids.list[i].state == STATE_PRESENT)
			return saids.list[i].text;
	return "";
}

/* dockerd's tlsverify implies tls. */
static const char *tcp_guard(const struct listening *l)
{
	static const struct setting_query verify = { .flags = "tlsverify", .type = SETTING_BOOLEAN, .pointers = "/tlsverify" };
	static const struct setting_query tls = { .flags = "tls", .type = SETTING_BOOLEAN, .pointers = "/tls" };

	if (!streq(l->daemon->kind->name, "dockerd"))
		return "plain";
	if (streq(setting_text(l, &verify), "true"))
		return "mutual-tls";
	return streq(setting_text(l, &tls), "true") ? "tls" : "plain";
}

static void say(const struct listening *l, const char *origin, const char *text)
{
	arena_push(l->saids->arena, l->saids->list, l->saids->n) = (struct said){
		.name = "listens", .origin = origin, .state = STATE_PRESENT, .text = text,
	};
}

static bool is_said(const struct listening *l, const char *address)
{
	for (size_t i = 0; i < l->saids->n; i++)
		if (l->saids->list[i].text && starts_with(l->saids->list[i].text, address))
			return true;
	return false;
}

static void say_tcp(const struct listening *l, const char *origin, const char *address)
{
	if (!is_said(l, arena_printf(l->saids->arena, "%s ", address)))
		say(l, origin, arena_printf(l->saids->arena, "%s %s", address, tcp_guard(l)));
}

/* ---- what it is told ---- */

/* "/run/docker.sock", "2375", "127.0.0.1:2375" of ListenStream=. */
static void say_stream(const struct listening *l, const char *stream, const char *origin)
{
	if (*stream == '/' || *stream == '@')
		say(l, origin, arena_printf(l->saids->arena, "unix://%s", starts_with(stream, "%t/") ? stream + 2 : stream));
	else if (starts_with(stream, "%t/"))
		say(l, origin, arena_printf(l->saids->arena, "unix:///run/%s", stream + 3));
	else
		say_tcp(l, origin, arena_printf(l->saids->arena, "tcp://%s%s", strspn(stream, "0123456789") == strlen(stream) ? "*:" : "", stream));
}

static void say_handed_over(const struct listening *l, const struct said *said)
{
	bool any = false;

	for (size_t k = 0; k < l->set->n_sockets; k++) {
		const struct unit_command *socket = l->set->sockets[k];

		any = any || socket->n_listen;
		for (size_t i = 0; i < socket->n_listen; i++)
			say_stream(l, socket->listen[i], socket->listen_origins[i]);
		if (!socket->unread)
			continue;
		say(l, socket->unread, NULL);
		l->saids->list[l->saids->n - 1].state = socket->unread_state;
		l->saids->list[l->saids->n - 1].why = socket->unread_why;
	}
	if (!any)
		say(l, said->origin, said->text);
}

static void take_address(const struct listening *l, const struct said *said, const char *address)
{
	if (starts_with(address, "fd://"))
		say_handed_over(l, said);
	else if (starts_with(address, "tcp://"))
		say_tcp(l, said->origin, address);
	else if (strstr(address, "://"))
		say(l, said->origin, address);
	else if (*address == '/' || *address == '@')
		say(l, said->origin, arena_printf(l->saids->arena, "unix://%s", address));
	else
		say_tcp(l, said->origin, arena_printf(l->saids->arena, "tcp://%s", address));   /* "0.0.0.0:2375", ":2375" */
}

static void take_said(const struct listening *l, const struct said *said)
{
	const char *word;
	size_t n;

	if (said->state != STATE_PRESENT) {
		arena_push(l->saids->arena, l->saids->list, l->saids->n) = *said;
		return;
	}
	for (const char *at = said->text; (word = list_next(&at, " ", &n));)
		take_address(l, said, arena_strndup(l->saids->arena, word, n));
}

/* ---- what it does ---- */

/* The inodes of the sockets that it has open, as " 123 456 ". */
static const char *own_sockets(const struct listening *l, struct pin *pin, struct directory *fds)
{
	struct buffer inodes = { .arena = l->saids->arena };

	*fds = pin_list(pin, l->saids->arena, "fd");
	buffer_puts(&inodes, " ");
	for (size_t i = 0; i < fds->n; i++) {
		struct file link = pin_link(pin, l->saids->arena, arena_printf(l->saids->arena, "fd/%s", fds->entries[i].name));
		uint64_t inode;

		if (link.state == STATE_PRESENT && sscanf(link.data, "socket:[%" SCNu64 "]", &inode) == 1)
			buffer_printf(&inodes, "%" PRIu64 " ", inode);
	}
	return inodes.text;
}

/* "0100007F:0947" or four such words: the address in the byte order of the machine, the port in that of a person. */
static const char *address_text(struct arena *arena, const char *words, unsigned port)
{
	char text[INET6_ADDRSTRLEN] = "";
	uint32_t parts[4];

	if (strlen(words) == 8 && sscanf(words, "%8" SCNx32, &parts[0]) == 1)
		inet_ntop(AF_INET, parts, text, sizeof(text));
	else if (sscanf(words, "%8" SCNx32 "%8" SCNx32 "%8" SCNx32 "%8" SCNx32, &parts[0], &parts[1], &parts[2], &parts[3]) == 4)
		inet_ntop(AF_INET6, parts, text, sizeof(text));
	return arena_printf(arena, strchr(text, ':') ? "tcp://[%s]:%u" : "tcp://%s:%u", text, port);
}

/* Ports of dockerd that are no API: its measurements, and what a swarm uses, which shows certificates both ways by itself. */
static bool is_other_port(const struct listening *l, unsigned port)
{
	static const struct setting_query query = { .flags = "metrics-addr", .pointers = "/metrics-addr" };
	const char *colon = strrchr(setting_text(l, &query), ':');

	return port == SWARM_CONTROL || port == SWARM_GOSSIP || (colon && strtoul(colon + 1, NULL, 10) == port);
}

static bool is_configured_port(const struct listening *l, unsigned port)
{
	for (size_t i = 0; i < l->saids->n; i++) {
		const char *text = l->saids->list[i].text, *colon = text ? strrchr(text, ':') : NULL;

		if (text && starts_with(text, "tcp://") && colon && strtoul(colon + 1, NULL, 10) == port)
			return true;
	}
	return false;
}

static void take_table(const struct listening *l, struct pin *pin, const char *name, const char *inodes)
{
	struct file file = pin_read(pin, l->saids->arena, name, TABLE_LIMIT);
	const char *rest = file.state == STATE_PRESENT ? file.data : "";

	for (struct text_line line; text_next_line(&line, &rest);) {
		char words[40], inode[32];
		unsigned port, state;

		/* sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode */
		if (sscanf(line.text, " %*u: %39[0-9A-Fa-f]:%x %*s %x %*s %*s %*s %*s %*s %31[0-9]", words, &port, &state, inode) != 4 || state != 0x0a)
			continue;
		if (strstr(inodes, arena_printf(l->saids->arena, " %s ", inode)) && !is_other_port(l, port) && !is_configured_port(l, port))
			say_tcp(l, file.path, address_text(l->saids->arena, words, port));
	}
}

/* What is open without being told: what systemd handed over. Only a live host shows it. */
static void take_open(const struct listening *l)
{
	auto_pin struct pin pin = { .fd = -1 };
	struct directory fds;
	const char *inodes;

	struct file exe;

	if (!l->daemon->pid || !streq(l->daemon->kind->name, "dockerd") || !source_is_live(l->subject->source) ||
	    pin_open(&pin, l->subject->source, arena_printf(l->saids->arena, "proc/%d", l->daemon->pid)) < 0)
		return;
	exe = pin_link(&pin, l->saids->arena, "exe");
	if (exe.state == STATE_PRESENT && !streq(exe.data, l->daemon->executable))
		return;   /* it has ended, and its number went to another process */
	inodes = own_sockets(l, &pin, &fds);
	if (fds.state != STATE_PRESENT) {
		say(l, fds.path, NULL);
		l->saids->list[l->saids->n - 1].state = fds.state;
		l->saids->list[l->saids->n - 1].why = fds.why;
		return;
	}
	take_table(l, &pin, "net/tcp", inodes);
	take_table(l, &pin, "net/tcp6", inodes);
}

/* podman-system-service(1): a word behind "system service", also without slashes: "tcp:0.0.0.0:8080". */
static const char *service_address(const struct listening *l)
{
	const struct daemon *d = l->daemon;
	size_t i = 0;

	while (i + 1 < d->n && !(streq(d->arguments[i], "system") && streq(d->arguments[i + 1], "service")))
		i++;
	for (i += 2; i < d->n; i++) {
		const char *word = d->arguments[i], *colon = strchr(word, ':');

		if (list_has("-t --time --cors", " ", word))
			i++;
		else if (*word != '-' && colon)
			return starts_with(colon, "://") ? word : arena_printf(l->saids->arena, "%.*s://%s", (int)(colon - word), word, colon + 1);
	}
	return NULL;
}

void daemon_addresses(const struct subject *subject, const struct daemon_set *set, const struct daemon *daemon, struct saids *saids)
{
	const struct daemon_kind *kind = daemon->kind;
	const struct setting_query query = {
		.flags = kind->listen_flags, .type = SETTING_LIST, .pointers = kind->listen_pointer, .fallback = kind->listen_default,
	};
	const struct listening l = { subject, set, daemon, saids };
	struct saids told = { .arena = saids->arena };
	const char *address = kind->many_uses && daemon->state == STATE_PRESENT ? service_address(&l) : NULL;

	if (address)
		take_address(&l, &(struct said){ .origin = daemon->origin, .text = address }, address);
	if (!kind->listen_flags || address)
		return;
	daemon_setting(daemon, &query, &told);
	for (size_t i = 0; i < told.n; i++)
		take_said(&l, &told.list[i]);
	take_open(&l);
}
