/* SPDX-License-Identifier: Apache-2.0 */
/* Where the kernel puts the memory of a crashed program, and whether a helper that it starts for that can be trusted. */
#include "checks/checks.h"
#include "checks/sysctl.h"

#include "core/base/text.h"

enum { PARENTS = 64 };   /* directories above a path, at most */

/* What is wrong with a path that the kernel will use as root; or that it could not be seen. */
struct flaw {
	const char *what;              /* NULL: nothing is wrong */
	const struct file *unseen;     /* not NULL: this could not be looked at, so nothing is known */
};

/* Only root may change what stands in the directory, or the sticky bit keeps others' hands off root's entries. */
static struct flaw judge_directory(const struct file *d, struct arena *arena, const char *name)
{
	if (d->state != STATE_PRESENT)
		return (struct flaw){ .unseen = d };
	if (!S_ISDIR(d->stat.st_mode))
		return (struct flaw){ .what = arena_printf(arena, "%s is not a directory", name) };
	if (d->stat.st_uid != 0)
		return (struct flaw){ .what = arena_printf(arena, "%s belongs to user %u", name, (unsigned)d->stat.st_uid) };
	if ((d->stat.st_mode & 022) && !(d->stat.st_mode & S_ISVTX))
		return (struct flaw){ .what = arena_printf(arena, "%s can be written by others than root", name) };
	return (struct flaw){ 0 };
}

static bool same_directory(const struct file *a, const struct file *b)
{
	return a->state == STATE_PRESENT && b->state == STATE_PRESENT && a->stat.st_dev == b->stat.st_dev &&
	       a->stat.st_ino == b->stat.st_ino;
}

/* The directory and what lies above it on disk: where a symbolic link led elsewhere, ".." tells of the real parents. */
static struct flaw judge_upward(const struct subject *subject, struct arena *arena, const char *directory)
{
	const struct file *root = source_stat(subject->source, "."), *d;
	const char *name = streq(directory, ".") ? "/" : arena_printf(arena, "/%s", directory);
	char *at = arena_printf(arena, "%s/.", directory);

	for (size_t i = 0; i < PARENTS; i++) {
		struct flaw flaw;

		d = source_stat(subject->source, at);
		flaw = judge_directory(d, arena, name);
		if (flaw.what || flaw.unseen || same_directory(d, root))
			return flaw;
		if (i == 0)
			name = arena_printf(arena, "a directory above %s", name);
		at = arena_printf(arena, "%s/..", at);
	}
	return (struct flaw){ .what = "it lies too deep below the root" };
}

/* A link among the directories of the path: whoever owns it chooses where the path leads. */
static struct flaw judge_link(const struct subject *subject, struct arena *arena, const char *directory)
{
	const struct file *d = source_stat(subject->source, directory);

	if (d->state != STATE_PRESENT)
		return (struct flaw){ .unseen = d };
	if (S_ISLNK(d->stat.st_mode) && d->stat.st_uid != 0)
		return (struct flaw){ .what = arena_printf(arena, "%s is a link of user %u", d->path,
							   (unsigned)d->stat.st_uid) };
	return judge_upward(subject, arena, directory);
}

/* Every directory that the path names, and those above wherever it leads. */
static struct flaw judge_directories(const struct subject *subject, struct arena *arena, const char *path)
{
	struct flaw flaw = judge_upward(subject, arena, ".");

	for (const char *slash = path; !flaw.what && !flaw.unseen && (slash = strchr(slash, '/')); slash++)
		flaw = judge_link(subject, arena, arena_strndup(arena, path, (size_t)(slash - path)));
	return flaw;
}

static struct flaw judge_helper(const struct subject *subject, struct arena *arena, const char *path)
{
	const struct file *f = source_stat(subject->source, path);
	mode_t mode = f->stat.st_mode;

	if (f->state == STATE_ABSENT)
		return (struct flaw){ .what = "the helper is not there" };
	if (f->state != STATE_PRESENT)
		return (struct flaw){ .unseen = f };
	if (S_ISLNK(mode))
		return (struct flaw){ .what = "the helper is a symbolic link, which may lead anywhere" };
	if (!S_ISREG(mode))
		return (struct flaw){ .what = "the helper is not a regular file" };
	if (f->stat.st_uid != 0)
		return (struct flaw){ .what = arena_printf(arena, "the helper belongs to user %u",
							   (unsigned)f->stat.st_uid) };
	if (mode & 022)
		return (struct flaw){ .what = "the helper can be written by others than root" };
	return judge_directories(subject, arena, path);
}

/* Where the items of one look at the pattern go. */
struct report {
	const struct subject *subject;
	struct items *items;
	const char *pattern;        /* made safe for printing */
	const char *origin;
};

static void add(const struct report *r, const char *word, const char *why)
{
	items_add_text(r->items,
		       arena_printf(r->items->arena, "core_pattern \"%s\"%s%s", r->pattern, why ? ": " : "", why ? why : ""),
		       r->origin, word);
}

static void add_judged(const struct report *r, struct flaw flaw, const char *good, const char *bad)
{
	const struct file *f = flaw.unseen;

	if (!f)
		add(r, flaw.what ? bad : good, flaw.what);
	else
		items_add_state(r->items, arena_printf(r->items->arena, "core_pattern \"%s\"", r->pattern), f->path,
				f->state == STATE_ABSENT ? STATE_UNAVAILABLE : f->state, "%s: %s", f->path, f->why);
}

static void observe_pipe(const struct report *r)
{
	struct arena *arena = r->items->arena;
	char *helper = arena_strndup(arena, r->pattern + 1, strcspn(r->pattern + 1, " \t"));
	const char *path = helper + strspn(helper, "/");

	if (helper[0] != '/' || !*path)
		add(r, "pipe-unsafe", "the helper's path is not absolute");
	else if (strchr(helper, '%') || strchr(helper, '\\'))
		add(r, "pipe-unsafe", "the helper's path is not a fixed name");
	else
		add_judged(r, judge_helper(r->subject, arena, path), "pipe-safe", "pipe-unsafe");
}

/* "@/run/coredump.socket", or "@@/…" for the protocol that negotiates: since Linux 6.16; before, a file name like any. */
static void observe_socket(const struct report *r)
{
	const char *path = r->pattern + strspn(r->pattern, "@");

	if (path[0] != '/' || !path[strspn(path, "/")])
		add(r, "socket-unsafe", "the socket's path is not absolute");
	else
		add_judged(r, judge_directories(r->subject, r->items->arena, path + strspn(path, "/")), "socket",
			   "socket-unsafe");
}

static void observe_pattern(const struct report *r)
{
	const char *release = r->subject->kernel->release;
	struct items scratch = { .arena = r->items->arena };
	const struct item *pid;

	if (r->pattern[0] == '|') {
		observe_pipe(r);
	} else if (r->pattern[0] == '@' && (!release || version_compare(release, "6.16") >= 0)) {
		observe_socket(r);
	} else if (r->pattern[0] == '/') {
		add(r, "absolute-file", NULL);
	} else if (r->pattern[0]) {
		add(r, "file", "it is written where the program was at work");
	} else {
		pid = sysctl_item(r->subject, "kernel.core_uses_pid", &scratch);
		if (pid->state == STATE_PRESENT && pid->type == ITEM_INTEGER && pid->number == 0)
			add(r, "off", NULL);
		else
			add(r, "file", "kernel.core_uses_pid is not 0, so the file is named .PID");
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	struct items scratch = { .arena = items->arena };
	const struct item *pattern = sysctl_item(subject, "kernel.core_pattern", &scratch);
	struct report report = { subject, items, pattern->text, pattern->origin };

	(void)params;
	if (pattern->state == STATE_PRESENT)
		observe_pattern(&report);
	else
		items_add_state(items, "kernel.core_pattern", pattern->origin, pattern->state, "%s", pattern->why);
}

const struct check check_core_pattern = {
	.name = "core-pattern",
	.summary = "where the memory of a crashed program goes",
	.reference = "Read from kernel.core_pattern. The value is `file` for a name in the working directory of the "
		     "program, `absolute-file` for a path, `pipe-safe` or `pipe-unsafe` for a helper that the kernel "
		     "starts as root, `socket` or `socket-unsafe` for a socket that the kernel connects to (since 6.16), "
		     "and `off` where the pattern is empty and kernel.core_uses_pid is 0. A helper is safe when its path "
		     "is absolute and fixed, names a regular file of root's that nobody else can write, and every "
		     "directory that leads there, also behind symbolic links, belongs to root and cannot be written by "
		     "others unless it is sticky. A helper that is itself a symbolic link counts as unsafe. See core(5).",
	.subjects = SUBJECT_HOST,
	.params = { { 0 } },
	.observe = observe,
};
