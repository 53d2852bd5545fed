/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mounts of a container: a service of it, or whoever may call unshare(2) there, has a mount namespace of its own with other mounts than
 * the first process sees. Each namespace is read once, through one of the processes in it.
 */
#include "core/subject/subject_private.h"

#include "core/base/text.h"

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
static void read_mountinfo(const struct reading *r, struct pin *pin, const char *folder, struct file *file)
{
	struct arena *arena = r->subject->arena;
	int64_t n = pin_count_mounts(pin, arena_printf(arena, "%sns/mnt", folder));
	const char *name = arena_printf(arena, "%smountinfo", folder);

	file->path = arena_printf(arena, "/%s/%s", pin->path, name);
	if (n > (int64_t)r->room) {
		refuse(r, file, n);
		return;
	}
	*file = pin_read(pin, arena, name, MOUNTINFO_LIMIT);
	n = file->state == STATE_PRESENT ? count_lines(file) : 0;
	if (n > (int64_t)r->room)
		refuse(r, file, n);
}

/* `folder` is "" for a process, "task/4243/" for a thread of it. */
static struct mounts *read_table(struct reading *r, struct pin *pin, const char *folder, uint64_t ns)
{
	struct arena *arena = r->subject->arena;
	struct file *file = arena_new_of(arena, struct file);
	struct mounts *mounts;

	read_mountinfo(r, pin, folder, file);
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

static struct mounts *table_of(const struct subject *s, uint64_t ns)
{
	for (size_t i = 0; i < s->n_tables; i++)
		if (s->tables[i]->ns == ns)
			return s->tables[i];
	return NULL;
}

static bool had_ended(const struct pin *pin, const struct mounts *mounts)
{
	/* also a zombie has no mounts any more */
	return pin->gone || mounts->file->code == ENOENT || mounts->file->code == EINVAL;
}

/* The namespace that a process is in, or a thread of it, unless it was read; false where no more are. */
static bool read_other(struct reading *r, const struct process *p, const struct odd_thread *thread)
{
	struct subject *s = r->subject;
	uint64_t ns = thread ? thread->ns[NS_MNT] : p->ns[NS_MNT];
	auto_pin struct pin pin = { .fd = -1 };
	struct mounts *mounts;
	int rc;

	if (!ns || table_of(s, ns))
		return true;
	if (s->n_tables >= NAMESPACES_MOST || seconds() - r->begun > SECONDS_MOST) {
		add_gap(s, p, 0, arena_printf(s->arena, "its processes are in more mount namespaces than the %zu that were read", s->n_tables));
		return false;
	}
	rc = process_pin(s->all->processes, p, s->arena, &pin);
	if (rc == -ESRCH)
		return true;
	if (rc < 0) {
		add_gap(s, p, ns, arena_strdup(s->arena, strerror(-rc)));
		return true;
	}
	mounts = read_table(r, &pin, thread ? arena_printf(s->arena, "task/%d/", thread->number) : "", ns);
	if (!had_ended(&pin, mounts))
		add_table(s, mounts);
	return true;
}

static void read_others(struct reading *r)
{
	const struct container *c = r->subject->container;
	bool more = true;

	for (size_t i = 0; i < c->n_members && more; i++) {
		const struct process *p = c->members[i];

		more = read_other(r, p, NULL);
		for (size_t k = 0; k < p->n_odd && more; k++)
			more = read_other(r, p, &p->odd[k]);
	}
}

void subject_read_mounts(struct subject *s)
{
	struct reading r = { s, MOUNTS_MOST, seconds() };
	uint64_t ns = s->container->init->ns[NS_MNT];

	add_table(s, read_table(&r, s->pin, "", ns));
	s->mounts = s->tables[0];
	if (ns)
		read_others(&r);
}

const struct mounts *subject_mounts_of(const struct subject *s, const struct process *p)
{
	return p == s->container->init ? s->mounts : p->ns[NS_MNT] ? table_of(s, p->ns[NS_MNT]) : NULL;
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
