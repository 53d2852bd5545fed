/* SPDX-License-Identifier: Apache-2.0 */
/* Services that a fix stops: whether they run, who is connected to them, and what is mounted by their help. */
#include "core/fix/fix_use_private.h"
#include "core/process/mount.h"
#include "core/running/listener.h"

#include <ctype.h>

enum { TABLE_LIMIT = 64 << 20, PORTS_MOST = 64 };

struct service {
	struct names running;            /* processes of its control group */
	unsigned ports[PORTS_MOST];      /* of TCP that they listen on */
	size_t n_ports;
};

/* systemd gives a unit a control group of its name, and what it starts may make more below. */
static bool is_of_unit(struct look *l, int pid, const char *unit)
{
	const struct file *cgroup = source_read(l->source, arena_printf(l->plan->arena, "proc/%d/cgroup", pid), 64 << 10);
	const char *at = cgroup->state == STATE_PRESENT ? strstr(cgroup->data, unit) : NULL;
	size_t n = strlen(unit);

	return at && at > cgroup->data && at[-1] == '/' && (at[n] == '\n' || at[n] == '/' || !at[n]);
}

static void see_service(struct look *l, const char *unit, struct service *s)
{
	const struct directory *proc = source_list(l->source, "proc");
	const struct listeners *listeners;

	for (size_t i = 0; i < proc->n; i++) {
		int pid = isdigit((unsigned char)*proc->entries[i].name) ? atoi(proc->entries[i].name) : 0;

		if (pid && is_of_unit(l, pid, unit))
			names_add(&s->running, arena_printf(l->plan->arena, "%s (pid %d)", unit, pid));
	}
	if (!s->running.n)
		return;
	listeners = subject_owned_listeners(l->audit->host);
	for (size_t i = 0; i < listeners->n && s->n_ports < PORTS_MOST; i++)
		if (streq(listeners->list[i].protocol, "tcp") && listeners->list[i].pid && is_of_unit(l, listeners->list[i].pid, unit))
			s->ports[s->n_ports++] = listeners->list[i].port;
}

static bool has_port(const struct service *s, unsigned port)
{
	for (size_t i = 0; i < s->n_ports; i++)
		if (s->ports[i] == port)
			return true;
	return false;
}

/* State 01 is established; proc_pid_net(5). */
static size_t count_connections(struct look *l, const struct service *s, const char *table)
{
	const struct file *file = source_read(l->source, arena_printf(l->plan->arena, "proc/1/net/%s", table), TABLE_LIMIT);
	const char *rest = file->state == STATE_PRESENT ? file->data : "";
	struct text_line line;
	size_t n = 0;

	while (text_next_line(&line, &rest)) {
		unsigned port, state;

		if (sscanf(line.text, " %*u: %*32[0-9A-Fa-f]:%x %*32[0-9A-Fa-f]:%*x %x", &port, &state) == 2 && state == 1 && has_port(s, port))
			n++;
	}
	return n;
}

static void look_at_service(struct look *l, const char *unit)
{
	struct service s = { .running = { .text = { .arena = l->plan->arena } } };
	size_t n;

	see_service(l, unit, &s);
	if (!s.running.n)
		return;
	n = count_connections(l, &s, "tcp") + count_connections(l, &s, "tcp6");
	if (n)
		fix_set_apart(l->plan->arena, l->item, arena_printf(l->plan->arena, "In use now: %s has %zu connection%s.", unit, n, n == 1 ? "" : "s"));
	else
		look_note(l, arena_printf(l->plan->arena, "It runs now and will be stopped: %s.", names_text(&s.running)));
}

/* File systems that are reached by the help of a service. */
static void look_at_mounts(struct look *l, const char *unit)
{
	static const struct {
		const char *unit, *type;
	} needed[] = { { "rpcbind.service", "nfs" }, { "rpcbind.socket", "nfs" }, { "autofs.service", "autofs" } };
	auto_arena struct arena *scratch = arena_new();
	struct names found = { .text = { .arena = l->plan->arena } };
	const struct mounts *mounts = NULL;

	for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
		if (!streq(needed[i].unit, unit))
			continue;
		mounts = mounts_read(l->source, scratch);
		for (size_t k = 0; mounts->state == STATE_PRESENT && k < mounts->n; k++)
			if (streq(mounts->list[k].type, needed[i].type) && !streq(mounts->list[k].source ? mounts->list[k].source : "", "systemd-1"))
				names_add(&found, text_safe(l->plan->arena, mounts->list[k].target, strlen(mounts->list[k].target), 256));
	}
	if (found.n)
		fix_set_apart(l->plan->arena, l->item, arena_printf(l->plan->arena, "In use now: what is mounted needs %s: %s.", unit, names_text(&found)));
}

void look_at_services(struct look *l)
{
	static const char loop[] = "for u in ";
	const char *start = strstr(l->item->text, loop), *at, *unit;
	char *units;
	size_t n;

	if (!start || !strstr(start, "systemctl disable --now"))
		return;
	start += strlen(loop);
	units = arena_strndup(l->plan->arena, start, strcspn(start, ";\n"));
	for (at = units; (unit = list_next(&at, " ", &n));) {
		const char *name = arena_strndup(l->plan->arena, unit, n);

		look_at_service(l, name);
		look_at_mounts(l, name);
	}
}
