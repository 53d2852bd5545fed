/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mounts of a container: a service of it, or whoever may call unshare(2) there, has a mount namespace of its own with other mounts than
 * the first process sees. Each namespace is read once, through one of the processes in it.
 */
#include "core/subject_private.h"

#include "core/text.h"

#include <errno.h>
#include <inttypes.h>
#include <time.h>

enum { MOUNTS_MOST = 8192, NAMESPACES_MOST = 64, SECONDS_MOST = 2 };

struct reading {
	struct subject *subject;
	size_t room;             /* how many mounts may still be read */
	time_t begun;
};

static time_t seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return t.tv_sec;
}

static int64_t count_lines(const struct file *file)
{
	int64_t n = 0;

	for (const char *at = file->data; (at = memchr(at, '\n', (size_t)(file->data + file->size - at))); at++)
		n++;
	return n;
}

static void refuse(const struct reading *r, struct file *file, int64_t n)
{
	file->state = STATE_BROKEN;
	file->code = EFBIG;
	file->why = arena_printf(r->subject->arena, "%" PRId64 " mounts, and no more than %d are read", n, MOUNTS_MOST);
	file->data = NULL;
	file->size = 0;
}

/*
 * The time to list mounts that are stacked on each other grows with the square of their number: 20,000, which an ordinary user can make,
 * take 14 seconds. So they are counted first, where the kernel can (Linux 6.11); elsewhere the reading ends when it has taken too long.
 */
static void read_mountinfo(const struct reading *r, struct pin *pin, struct file *file)
{
	struct arena *arena = r->subject->arena;
	int64_t n = pin_count_mounts(pin);

	file->path = arena_printf(arena, "/%s/mountinfo", pin->path);
	if (n > (int64_t)r->room) {
		refuse(r, file, n);
		return;
	}
	*file = pin_read(pin, arena, "mountinfo", MOUNTINFO_LIMIT);
	n = file->state == STATE_PRESENT ? count_lines(file) : 0;
	if (n > (int64_t)r->room)
		refuse(r, file, n);
}

static struct mounts *read_table(struct reading *r, struct pin *pin, uint64_t ns)
{
	struct arena *arena = r->subject->arena;
	struct file *file = arena_new_of(arena, struct file);
	struct mounts *mounts;

	read_mountinfo(r, pin, file);
	mounts = mounts_parse(arena, file);
	mounts->ns = ns;
	if (file->state == STATE_PRESENT && !file->size) {
		mounts->state = STATE_BROKEN;
		mounts->why = "its root directory is no mount point, and no mount can be seen from there";
	}
	r->room -= mounts->n;
	mounts_locate(arena, mounts, r->subject->host->mounts);
	return mounts;
}

static void add_table(struct subject *s, struct mounts *mounts)
{
	arena_push(s->arena, s->tables, s->n_tables) = mounts;
}

/* In place of a table that was not read. */
static void add_gap(struct subject *s, const struct process *p, uint64_t ns, const char *why)
{
	struct mounts *mounts = arena_new_of(s->arena, struct mounts);
	struct file *file = arena_new_of(s->arena, struct file);

	*file = (struct file){ .path = arena_printf(s->arena, "/proc/%d/mountinfo", p->pid), .state = STATE_BROKEN, .why = why };
	*mounts = (struct mounts){ .file = file, .state = file->state, .why = why, .ns = ns };
	add_table(s, mounts);
}

static void read_other(struct reading *r, const struct process *p)
{
	struct subject *s = r->subject;
	auto_pin struct pin pin = { .fd = -1 };
	int rc = process_pin(s->all->processes, p, s->arena, &pin);
	struct mounts *mounts;

	if (rc == -ESRCH)
		return;
	if (rc < 0) {
		add_gap(s, p, p->ns[NS_MNT], arena_strdup(s->arena, strerror(-rc)));
		return;
	}
	mounts = read_table(r, &pin, p->ns[NS_MNT]);
	/* one that has ended has no mounts any more, also while it waits for its parent to notice */
	if (!pin.gone && mounts->file->code != EINVAL)
		add_table(s, mounts);
}

static void read_others(struct reading *r)
{
	struct subject *s = r->subject;

	for (size_t i = 0; i < s->container->n_members; i++) {
		const struct process *p = s->container->members[i];

		if (!p->ns[NS_MNT] || subject_mounts_of(s, p))
			continue;
		if (s->n_tables >= NAMESPACES_MOST || seconds() - r->begun > SECONDS_MOST) {
			add_gap(s, p, 0, arena_printf(s->arena, "its processes are in more mount namespaces than the %zu that were read",
						      s->n_tables));
			return;
		}
		read_other(r, p);
	}
}

void subject_read_mounts(struct subject *s)
{
	struct reading r = { s, MOUNTS_MOST, seconds() };
	uint64_t ns = s->container->init->ns[NS_MNT];

	add_table(s, read_table(&r, s->pin, ns));
	s->mounts = s->tables[0];
	if (ns)
		read_others(&r);
}

const struct mounts *subject_mounts_of(const struct subject *s, const struct process *p)
{
	if (p == s->container->init)
		return s->mounts;
	for (size_t i = 0; i < s->n_tables; i++)
		if (s->tables[i]->ns && s->tables[i]->ns == p->ns[NS_MNT])
			return s->tables[i];
	return NULL;
}

static bool shows_host_root(const struct mount *m)
{
	for (size_t i = 0; i < m->n_host_paths; i++)
		if (streq(m->host_paths[i].path, "/"))
			return true;
	return false;
}

bool subject_stands_on(const struct subject *s, const struct mount *m)
{
	const struct mount *top = mount_serving(s->mounts, "/");

	if (streq(m->target, "/"))
		return !shows_host_root(m);
	return top && top->device == m->device && path_is_below(m->root, top->root) && !shows_host_root(top);
}
