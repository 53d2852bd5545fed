/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing a snapshot. The directory it goes to may lie in one that everybody can write: all is made below a directory that nobody else can enter, by
 * its descriptor, and that it is the one which took the name is looked at in the end.
 */
#include "core/base/rows.h"
#include "core/source/redact.h"
#include "core/source/snapshot_private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <sys/random.h>

enum { NAME_LONGEST = 200, DEPTH_MOST = 64, TRIES = 100 };

struct writing {
	struct arena *arena, *scratch;
	const struct source *source;
	const struct snapshot_plan *plan;
	const char *root;        /* as it is written */
	int top;                 /* the directory beside */
	struct fact **facts;
	size_t n;
	struct buffer manifest;
	struct snapshot_sum *sum;
	struct err *err;
	const struct fact *last;     /* whose contents were written */
	const char *last_at;
};

static int failed(const struct writing *w, const char *what)
{
	int code = errno;

	return err_set(w->err, code, "%s: %s", what, strerror(code));
}

/* ---- what is written ---- */

static int by_name(const void *a, const void *b)
{
	const struct fact *x = *(struct fact *const *)a, *y = *(struct fact *const *)b;
	int order = strcmp(x->name, y->name);

	return order ? order : (int)x->kind - (int)y->kind;
}

static bool has_file(const struct fact *fact)
{
	if (fact_is_list(fact->kind) || fact->kind == FACT_STAT || fact->kind == FACT_TARGET || manifest_is_short(fact))
		return false;
	return fact->file->state == STATE_PRESENT || fact->file->size;
}

static void sort(struct writing *w)
{
	if (w->n)
		qsort(w->facts, w->n, sizeof(struct fact *), by_name);
}

/* The first of each name, sorted. */
static int gather(struct writing *w, const struct facts *facts)
{
	w->facts = arena_array_of(w->arena, struct fact *, facts->used + 1);
	for (size_t i = 0; i < facts->n_slots; i++) {
		if (!facts->slots[i] || facts->slots[i]->missing)
			continue;
		w->facts[w->n++] = facts->slots[i];
		for (const struct fact *f = facts->slots[i]; f; f = f->later) {
			w->sum->files += has_file(f);
			w->sum->bytes += has_file(f) ? f->file->size : 0;
		}
	}
	sort(w);
	if (w->sum->files > SNAPSHOT_FILES || w->sum->bytes > SNAPSHOT_BYTES)
		return err_set(w->err, EFBIG, "the snapshot would have %zu files and %zu bytes, and no more than %d and %d are written", w->sum->files,
			       w->sum->bytes, SNAPSHOT_FILES, SNAPSHOT_BYTES);
	return 0;
}

/* In their order, so that the same snapshot gets the same names. */
static void redact(struct writing *w, struct redaction *redaction)
{
	const char *left = redaction_left(redaction);

	for (size_t i = 0; i < w->n; i++)
		w->facts[i] = redact_fact(redaction, w->facts[i]);
	sort(w);
	w->root = redact_text(redaction, w->root);
	snprintf(w->sum->left, sizeof(w->sum->left), "%s", left ? left : "");
}

/* ---- files ---- */

static int write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		data += n;
		size -= (size_t)n;
	}
	return 0;
}

/* The name can be that of a file below DIR/files. */
static bool is_placeable(const char *name)
{
	size_t n, depth = 0;

	if (!*name || strlen(name) >= PATH_MAX / 2 || name[0] == '/' || name[strlen(name) - 1] == '/' || strstr(name, "//"))
		return false;
	for (const char *at = name, *part; (part = list_next(&at, "/", &n)); depth++)
		if (n > NAME_LONGEST || (part[0] == '.' && (n == 1 || (n == 2 && part[1] == '.'))))
			return false;
	return depth <= DEPTH_MOST;
}

/* Makes the directories of a path and the file. Returns a descriptor, or -1 and errno. */
static int create(const struct writing *w, const char *path)
{
	char *part = arena_strdup(w->scratch, path);

	for (char *slash = strchr(part, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdirat(w->top, part, 0700) < 0 && errno != EEXIST)
			return -1;
		*slash = '/';
	}
	return openat(w->top, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* The name cannot be had here, and another one can. */
static bool is_about_name(int code)
{
	return code == EEXIST || code == ENOTDIR || code == EISDIR || code == ENAMETOOLONG || code == EINVAL;
}

/* A file for the contents of a fact: where its name says, else where there is room. */
static int create_any(const struct writing *w, const struct fact *fact, const char **at)
{
	bool named = fact->kind != FACT_CALL && is_placeable(fact->name);
	int fd;

	*at = manifest_place(w->arena, fact->name);
	fd = named ? create(w, *at) : -1;
	if (named && (fd >= 0 || !is_about_name(errno)))
		return fd;
	*at = arena_printf(w->arena, "%s/%zu", fact->kind == FACT_CALL ? "calls" : "other", w->sum->files);
	return create(w, *at);
}

/* What was read of the same name in two ways, as of /proc/1/mountinfo, is written once. */
static bool is_written(const struct writing *w, const struct fact *fact)
{
	return w->last && streq(w->last->name, fact->name) && w->last->file->size == fact->file->size &&
	       memcmp(w->last->file->data, fact->file->data, fact->file->size) == 0;
}

static int write_contents(struct writing *w, const struct fact *fact, const char **at)
{
	auto_close int fd = -1;

	if (is_written(w, fact)) {
		*at = w->last_at;
		return 0;
	}
	w->sum->files++;
	fd = create_any(w, fact, at);
	if (fd < 0 || write_all(fd, fact->file->data, fact->file->size) < 0)
		return failed(w, *at);
	w->sum->bytes += fact->file->size;
	w->last = fact;
	w->last_at = *at;
	return 0;
}

static int write_fact(struct writing *w, const struct fact *fact)
{
	const char *at = NULL;
	int rc = has_file(fact) ? write_contents(w, fact, &at) : 0;

	if (rc == 0)
		manifest_add(&w->manifest, fact, at);
	w->sum->facts++;
	arena_reset(w->scratch);
	return rc;
}

static int write_manifest(struct writing *w)
{
	auto_close int fd = openat(w->top, MANIFEST_NAME, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	struct buffer head = { .arena = w->arena };

	buffer_printf(&head, MANIFEST_MAGIC "live %s\nordinary %s\nroot ", source_is_live(w->source) ? "yes" : "no",
		      source_is_ordinary(w->source) ? "yes" : "no");
	text_escape(&head, w->root, strlen(w->root), "");
	buffer_printf(&head, "\ntaken %" PRId64 "\nprocess %d\n\n", w->plan->taken, source_own_pid(w->source));
	buffer_printf(&w->manifest, "end %zu\n", w->sum->facts);
	if (fd < 0 || write_all(fd, head.text, head.size) < 0 || write_all(fd, w->manifest.text, w->manifest.size) < 0 || fsync(fd) < 0)
		return failed(w, MANIFEST_NAME);
	return 0;
}

static const int ends[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT };

/* Signals that end a program wait until nothing is left beside: they are looked for here, and delivered later. Those that are ignored (nohup) stay so. */
static void hold_signals(sigset_t *before)
{
	struct sigaction action;
	sigset_t held;

	sigemptyset(&held);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		if (sigaction(ends[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			sigaddset(&held, ends[i]);
	pthread_sigmask(SIG_BLOCK, &held, before);
}

static bool is_told_to_end(void)
{
	sigset_t told;
	bool is = false;

	sigpending(&told);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		is = is || sigismember(&told, ends[i]) > 0;
	return is;
}

static int write_facts(struct writing *w)
{
	w->sum->files = w->sum->bytes = 0;   /* so far they were those to come */
	for (size_t i = 0; i < w->n; i++) {
		for (const struct fact *fact = w->facts[i]; fact; fact = fact->later) {
			int rc = is_told_to_end() ? err_set(w->err, EINTR, "%s", strerror(EINTR)) : write_fact(w, fact);

			if (rc < 0)
				return rc;
		}
	}
	return write_manifest(w);
}

/* ---- the directory ---- */

/* All below a directory that this file made, by its descriptor: its name may be another one's by now. */
static void remove_contents(int directory)
{
	auto_arena struct arena *scratch = arena_new();
	struct directory names = { .state = STATE_PRESENT };

	source_names(scratch, directory, &names);
	for (size_t i = 0; i < names.n; i++) {
		const char *name = names.entries[i].name;
		auto_close int below = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

		if (below >= 0)
			remove_contents(below);
		unlinkat(directory, name, below >= 0 ? AT_REMOVEDIR : 0);
	}
}

/* A directory beside the one that is wanted. Returns its descriptor, or -errno. */
static int make_beside(int parent, const char *base, char *name, size_t size)
{
	for (int i = 0; i < TRIES; i++) {
		uint32_t number = 0;
		int fd;

		if (getrandom(&number, sizeof(number), 0) < 0)
			return -errno;
		snprintf(name, size, ".%.180s.%08" PRIx32, base, number);
		if (mkdirat(parent, name, 0700) < 0) {
			if (errno == EEXIST)
				continue;
			return -errno;
		}
		fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		return fd < 0 ? -errno : fd;
	}
	return -EEXIST;
}

/* In a directory that others may write, a name may lead elsewhere by now. */
static bool is_still(int parent, const char *name, int fd)
{
	struct stat named, opened;

	return fstatat(parent, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && fstat(fd, &opened) == 0 && named.st_dev == opened.st_dev &&
	       named.st_ino == opened.st_ino && opened.st_uid == geteuid();
}

/* Nothing is recorded into what is recorded: a snapshot below a captured root would be part of the next one. */
static bool is_below_root(const struct source *source, int directory)
{
	struct stat root, here, above;
	int at = openat(directory, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool below = false;

	if (source->live || source->fd < 0 || fstat(source->fd, &root) < 0 || at < 0 || fstat(at, &here) < 0) {
		auto_close_(&at);
		return false;
	}
	for (int depth = 0; depth < PATH_MAX && !below; depth++) {
		int up = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);

		below = here.st_dev == root.st_dev && here.st_ino == root.st_ino;
		close(at);
		at = up;
		if (at < 0 || fstat(at, &above) < 0 || (above.st_dev == here.st_dev && above.st_ino == here.st_ino))
			break;
		here = above;
	}
	auto_close_(&at);
	return below;
}

static int write_beside(struct writing *w, int parent, const char *base)
{
	char name[NAME_MAX + 1];
	int rc;

	w->top = make_beside(parent, base, name, sizeof(name));
	if (w->top < 0)
		return err_set(w->err, -w->top, "a directory beside it cannot be made: %s", strerror(-w->top));
	rc = write_facts(w);
	if (rc == 0 && !is_still(parent, name, w->top))
		rc = err_set(w->err, EPERM, "somebody put another directory in its place");
	if (rc == 0 && renameat(parent, name, parent, base) < 0)
		rc = err_set(w->err, errno, "%s", errno == ENOTEMPTY || errno == EEXIST ? "is not empty" : strerror(errno));
	else if (rc == 0 && !is_still(parent, base, w->top))
		rc = err_set(w->err, EPERM, "somebody put another directory in its place");
	if (rc < 0) {
		remove_contents(w->top);
		unlinkat(parent, name, AT_REMOVEDIR);   /* of an empty one alone */
	}
	close(w->top);
	return rc;
}

static int write_undisturbed(struct writing *w, int parent, const char *base)
{
	sigset_t before;
	int rc;

	hold_signals(&before);
	rc = write_beside(w, parent, base);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

static bool is_empty(int parent, const char *name)
{
	auto_arena struct arena *scratch = arena_new();
	struct directory names = { .state = STATE_PRESENT };
	auto_close int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0)
		source_names(scratch, fd, &names);
	return fd >= 0 && !names.n;
}

/* Why it cannot be made there, or NULL; a file or a link is never taken for a directory. */
static const char *objection(const struct source *source, int parent, const char *base)
{
	struct stat st;

	if (streq(base, "/") || streq(base, ".") || streq(base, ".."))
		return "names no directory that can be made";
	if (fstatat(parent, base, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		if (!S_ISDIR(st.st_mode))
			return S_ISLNK(st.st_mode) ? "is there, and a symbolic link" : "is there, and no directory";
		if (!is_empty(parent, base))
			return "is not empty";
	}
	return is_below_root(source, parent) ? "lies in the root that is recorded" : NULL;
}

/* Where the directory is to be made. Returns a descriptor, or -errno. */
static int open_parent(const struct source *source, const char *directory, const char **base, struct arena *arena, struct err *err)
{
	char *folder = dirname(arena_strdup(arena, directory));
	auto_close int parent = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *why;

	*base = basename(arena_strdup(arena, directory));
	if (parent < 0)
		return err_set(err, errno, "%s: %s", folder, strerror(errno));
	why = objection(source, parent, *base);
	return why ? err_set(err, EINVAL, "%s", why) : take_fd(&parent);
}

int snapshot_check(const struct source *source, const char *directory, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	const char *base;
	auto_close int parent = open_parent(source, directory, &base, arena, err);

	return parent < 0 ? err_wrap(err, parent, "%s", directory) : 0;
}

int snapshot_write(struct source *source, const struct snapshot_plan *plan, struct snapshot_sum *sum, struct err *err)
{
	auto_arena struct arena *arena = arena_new(), *scratch = arena_new();
	struct writing w = {
		.arena = arena, .scratch = scratch, .source = source, .plan = plan, .root = source_root(source), .manifest = { .arena = arena }, .sum = sum,
		.err = err,
	};
	struct redaction *redaction = redaction_new(source, arena);   /* what it asks is in the snapshot in any case: names can be taken out later */
	const char *base;
	auto_close int parent = open_parent(source, plan->directory, &base, arena, err);
	int rc = parent;

	*sum = (struct snapshot_sum){ 0 };
	if (rc >= 0)
		rc = gather(&w, &source->facts);
	if (rc >= 0 && plan->redact)
		redact(&w, redaction);
	if (rc >= 0)
		rc = write_undisturbed(&w, parent, base);
	return rc < 0 ? err_wrap(err, rc, "%s", plan->directory) : 0;
}
