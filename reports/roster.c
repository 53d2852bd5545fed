/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/roster.h"

#include "core/base/text.h"
#include "core/container/member.h"

#include <errno.h>
#include <inttypes.h>

/* What docker, podman and containerd give to a container that asks for nothing (moby's and containers/common's default lists). */
static const uint64_t default_capabilities = 0xa80425fb;

/* ---- one row ---- */

/* The name of a user of the host, by /etc/passwd; the number where there is none. */
static const char *user_name(struct arena *arena, struct source *source, uint32_t uid)
{
	const struct file *file = source_read(source, "etc/passwd", SOURCE_LIMIT);
	const char *line = file->state == STATE_PRESENT ? file->data : "";

	while (*line) {
		const char *end = strchrnul(line, '\n'), *password = memchr(line, ':', (size_t)(end - line));
		const char *number = password ? memchr(password + 1, ':', (size_t)(end - password - 1)) : NULL;

		if (number && number[1] >= '0' && number[1] <= '9' && strtoul(number + 1, NULL, 10) == uid)
			return text_safe(arena, line, (size_t)(password - line), 64);
		line = end + (*end == '\n');
	}
	return arena_printf(arena, "%" PRIu32, uid);
}

/* Shared by any of its processes. */
static void take_namespaces(struct roster_row *row, struct arena *arena, const struct processes *all)
{
	size_t n = 0;

	row->shared = arena_array_of(arena, const char *, NAMESPACES + 1);
	row->shared_known = true;
	for (int kind = 0; kind < NAMESPACES; kind++) {
		int host;

		if (kind == NS_TIME)
			continue;   /* as good as every container shares it */
		host = container_in_host(all, row->container, (enum namespace)kind, NULL);
		if (host < 0)
			row->shared_known = false;
		else if (host)
			row->shared[n++] = namespace_name((enum namespace)kind);
	}
}

static const char *seccomp_word(int mode)
{
	return mode == 2 ? "filter" : mode == 1 ? "strict" : mode == 0 ? "off" : NULL;
}

static void take_processes(struct roster_row *row)
{
	const struct container *c = row->container;
	int weakest = 3;

	row->caps_known = true;
	for (size_t i = 0; i < c->n_members; i++) {
		const struct status *s = c->members[i]->status;

		if (!s) {
			row->caps_known = false;
			continue;
		}
		row->caps_known = row->caps_known && !c->members[i]->threads_why;
		row->extra |= s->caps[CAP_EFFECTIVE] & ~default_capabilities;
		weakest = s->seccomp < weakest ? s->seccomp : weakest;
	}
	row->seccomp = row->caps_known && weakest < 3 ? seccomp_word(weakest) : NULL;
}

static const char *label_word(const struct process *init)
{
	if (init->label_state == STATE_PRESENT)
		return *init->label ? init->label : "none";
	return init->label_code == EINVAL ? "none" : NULL;
}

static const struct result *worst_of(const struct subject_results *s)
{
	const struct result *worst = NULL;

	for (size_t i = 0; i < s->n; i++) {
		const struct result *r = &s->results[i];

		if (!result_failed(r))
			continue;
		if (!worst || r->severity > worst->severity || (r->severity == worst->severity && r->weight > worst->weight))
			worst = r;
	}
	return worst;
}

static int owns_users(const struct audit *audit, const struct container *c)
{
	int shared = container_in_host(audit->containers->processes, c, NS_USER, NULL);

	return shared < 0 ? -1 : !shared;
}

static struct roster_row row_of(struct arena *arena, const struct audit *audit, const struct subject_results *s)
{
	struct roster_row row = { .subject = s, .container = s->container, .uid = -1 };
	const struct process *init = s->container->init;

	if (init->status) {
		row.uid = init->status->uid[ID_EFFECTIVE];
		row.user = user_name(arena, audit->host->source, init->status->uid[ID_EFFECTIVE]);
	}
	row.own_users = owns_users(audit, s->container);
	take_namespaces(&row, arena, audit->containers->processes);
	take_processes(&row);
	row.label = label_word(init);
	row.worst = worst_of(s);
	return row;
}

/* ---- all, as a tree ---- */

static bool is_listed(const struct audit *audit, const struct container *c)
{
	for (size_t i = 0; i < audit->n_subjects; i++)
		if (audit->subjects[i].container == c)
			return true;
	return false;
}

/* The nearest enclosing container that is in the table. */
static const struct container *above(const struct audit *audit, const struct container *c)
{
	const struct container *up = c->parent;

	while (up && !is_listed(audit, up))
		up = up->parent;
	return up;
}

static void add_below(struct roster *roster, struct arena *arena, const struct audit *audit, const struct container *parent,
		      size_t depth)
{
	for (size_t i = 0; i < audit->n_subjects; i++) {
		const struct subject_results *s = &audit->subjects[i];

		if (!s->container || above(audit, s->container) != parent)
			continue;
		arena_push(arena, roster->rows, roster->n) = row_of(arena, audit, s);
		roster->rows[roster->n - 1].depth = depth;
		add_below(roster, arena, audit, s->container, depth + 1);
	}
}

struct roster roster_of(struct arena *arena, const struct audit *audit)
{
	struct roster roster = { 0 };

	add_below(&roster, arena, audit, NULL, 0);
	return roster;
}
