/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a manifest: that of a snapshot, or of a captured root. It may come from anybody: no path in it leads out, and nothing is read without a bound. */
#include "core/base/rows.h"
#include "core/source/snapshot_private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>

enum { MANIFEST_LIMIT = 256 << 20, CONTENTS_LIMIT = 128 << 20 };

struct loading {
	struct source *source;
	struct arena *scratch;
	const char *manifest;    /* its path */
	struct recorded *recorded;
	const char *at, *end;    /* the rest of the manifest */
	size_t line;             /* number of the line taken last */
	size_t bytes;            /* of contents so far */
	const struct fact *last;
	struct err *err;
};

static int wrong(const struct loading *l, const char *why)
{
	return err_set(l->err, EBADMSG, "%s:%zu: %s", l->manifest, l->line, why);
}

/* The next line, without its end. False: there is none that has one. */
static bool next_line(struct loading *l, const char **text, size_t *size)
{
	const char *end = l->at < l->end ? memchr(l->at, '\n', (size_t)(l->end - l->at)) : NULL;

	l->line++;
	if (!end)
		return false;
	*text = l->at;
	*size = (size_t)(end - l->at);
	l->at = end + 1;
	return true;
}

/* ---- the head ---- */

/* The value of the next line, which begins with the word; NULL: it does not. */
static char *head_value(struct loading *l, const char *word)
{
	const char *text;
	size_t size, n = strlen(word);

	if (!next_line(l, &text, &size) || size <= n || memcmp(text, word, n) != 0 || text[n] != ' ')
		return NULL;
	return arena_strndup(l->source->arena, text + n + 1, size - n - 1);
}

static bool head_boolean(struct loading *l, const char *word, bool *value)
{
	const char *text = head_value(l, word);

	*value = text && streq(text, "yes");
	return text && (*value || streq(text, "no"));
}

static bool head_number(struct loading *l, const char *word, int64_t *value)
{
	const char *text = head_value(l, word);

	return text && text_integer(text, value) && *value >= 0;
}

static int load_head(struct loading *l)
{
	struct recorded *r = l->recorded;
	int64_t pid = 0;
	const char *text;
	size_t size;

	l->line = 1;             /* the magic word */
	if (!head_boolean(l, "live", &r->live))
		return wrong(l, "wanted 'live yes' or 'live no'");
	if (!head_boolean(l, "ordinary", &r->ordinary))
		return wrong(l, "wanted 'ordinary yes' or 'ordinary no'");
	text = head_value(l, "root");
	l->source->root = text ? text_unescape(l->source->arena, text, strlen(text), &size) : NULL;
	if (!l->source->root)
		return wrong(l, "wanted 'root' and a directory");
	if (!head_number(l, "taken", &r->taken))
		return wrong(l, "wanted 'taken' and seconds since the epoch");
	if (!head_number(l, "process", &pid) || pid > INT32_MAX)
		return wrong(l, "wanted 'process' and its number");
	r->pid = (int)pid;
	return next_line(l, &text, &size) && !size ? 0 : wrong(l, "wanted an empty line");
}

/* ---- answers ---- */

static int open_beneath(const struct loading *l, const char *path)
{
	return source_open_in(l->source, l->source->fd, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY,
			      RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
}

static int load_contents(struct loading *l, const struct manifest_line *line, struct file *file)
{
	auto_close int fd = open_beneath(l, line->at);
	struct stat st;
	ssize_t size;
	char *data;

	if (fd < 0)
		return wrong(l, arena_printf(l->scratch, "%s: %s", line->at, strerror(errno)));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return wrong(l, arena_printf(l->scratch, "%s: is no regular file", line->at));
	size = source_slurp(l->source->arena, fd, (size_t)st.st_size, CONTENTS_LIMIT, &data);
	if (size < 0)
		return wrong(l, arena_printf(l->scratch, "%s: %s", line->at, strerror((int)-size)));
	if ((size_t)size != line->size)
		return wrong(l, arena_printf(l->scratch, "%s has %zd bytes, and not %zu", line->at, size, line->size));
	l->bytes += line->size;
	if (l->bytes > SNAPSHOT_BYTES)
		return wrong(l, "the contents are larger than any that are written");
	file->data = data;
	file->size = line->size;
	return 0;
}

static int load_entries(struct loading *l, const struct manifest_line *line, struct directory *directory)
{
	if (line->size > SOURCE_LIMIT_ENTRIES)
		return wrong(l, "more entries than are read of any directory");
	for (size_t i = 0; i < line->size; i++) {
		struct entry entry;
		const char *text, *why;
		size_t size;

		why = next_line(l, &text, &size) ? manifest_take_entry(l->source->arena, text, size, &entry) : "an entry of a list is missing";
		if (why)
			return wrong(l, why);
		arena_push(l->source->arena, directory->entries, directory->n) = entry;
	}
	return 0;
}

static int load_list(struct loading *l, const struct manifest_line *line, const char *path, struct fact *fact)
{
	fact->directory = arena_new_of(l->source->arena, struct directory);
	*fact->directory = (struct directory){ .path = path, .state = line->file.state, .why = line->file.why };
	return load_entries(l, line, fact->directory);
}

static int load_file(struct loading *l, const struct manifest_line *line, const char *path, struct fact *fact)
{
	bool call = line->kind == FACT_CALL || line->kind == FACT_PIN_CALL;

	fact->file = arena_new_of(l->source->arena, struct file);
	*fact->file = line->file;
	fact->file->path = path;
	if (line->elsewhere)
		return load_contents(l, line, fact->file);
	if (line->file.state != STATE_PRESENT && !line->file.size && !call)
		fact->file->data = NULL;
	return 0;
}

static int load_answer(struct loading *l, const struct manifest_line *line, struct fact *fact)
{
	const char *path = line->kind == FACT_CALL ? fact->name : arena_printf(l->source->arena, "/%s", fact->name);

	return fact_is_list(line->kind) ? load_list(l, line, path, fact) : load_file(l, line, path, fact);
}

/* Names come in their order, which a line that was put in by hand may break. */
static bool is_in_order(const struct loading *l, const struct manifest_line *line)
{
	int order = l->last ? strcmp(l->last->name, line->name) : -1;

	if (order != 0)
		return order < 0;
	return l->last->kind < line->kind || (l->last->kind == line->kind && line->kind >= FACT_PIN_READ);
}

static int load_fact(struct loading *l, const char *text, size_t size)
{
	struct manifest_line line;
	const char *why = manifest_take(l->source->arena, text, size, &line);
	struct fact *fact;
	int rc;

	if (why)
		return wrong(l, why);
	if (!is_in_order(l, &line))
		return wrong(l, "it is not in the order of the names, or stands there twice");
	fact = facts_add(&l->source->facts, line.kind, line.name);
	rc = load_answer(l, &line, fact);
	l->last = fact;
	arena_reset(l->scratch);
	return rc;
}

static int load_facts(struct loading *l)
{
	const char *text;
	size_t size;

	while (next_line(l, &text, &size)) {
		int64_t n;
		int rc;

		if (size > 4 && starts_with(text, "end ")) {
			text = arena_strndup(l->scratch, text + 4, size - 4);
			if (!text_integer(text, &n) || n != (int64_t)l->source->facts.n)
				return wrong(l, "the number of answers above is another one: some are missing, or were added");
			return l->at == l->end ? 0 : wrong(l, "something follows the end");
		}
		rc = load_fact(l, text, size);
		if (rc < 0)
			return rc;
	}
	return wrong(l, "the end is missing: it was cut off");
}

/* ---- a captured root ---- */

static const struct stat *told_stat(const struct manifest_line *line)
{
	bool stats = line->kind == FACT_STAT || line->kind == FACT_TARGET;

	return stats && line->file.state == STATE_PRESENT ? &line->file.stat : NULL;
}

/* A file that is there: its owner and mode are remembered by the file itself. Returns 1: it is not there, and need not be, as git keeps none of that type. */
static int tell_of(struct loading *l, const struct manifest_line *line)
{
	struct source *source = l->source;
	const struct stat *said = told_stat(line);
	auto_close int fd = source_open_in(source, source->fd, line->name, O_PATH | (line->kind == FACT_STAT ? O_NOFOLLOW : 0), RESOLVE_IN_ROOT);
	struct stat st;

	if (!(said->st_mode & S_IFMT))
		return wrong(l, "mode= is missing, or has no type of a file, as 0100644 has");
	if (fd < 0 && errno == ENOENT && !S_ISREG(said->st_mode))
		return 1;
	if (fd < 0 || fstat(fd, &st) < 0)
		return wrong(l, strerror(errno));
	if ((st.st_mode & S_IFMT) != (said->st_mode & S_IFMT))
		return wrong(l, arena_printf(l->scratch, "mode= has another type than the file, which is %s", kind_of_file(st.st_mode)));
	arena_push(source->arena, source->told, source->n_told) = (struct told){ st.st_dev, st.st_ino, said->st_mode, said->st_uid, said->st_gid };
	return 0;
}

/* What git and an archive do not keep, as a device or a socket, is there all the same. */
static int add_fact(struct loading *l, const struct manifest_line *line)
{
	struct fact *fact;

	if (facts_find(&l->source->facts, line->kind, line->name))
		return wrong(l, "it stands there twice");
	fact = facts_add(&l->source->facts, line->kind, line->name);
	return load_answer(l, line, fact);
}

static int load_told(struct loading *l, const char *text, size_t size)
{
	struct manifest_line line;
	const char *why = manifest_take(l->source->arena, text, size, &line);
	int rc;

	if (why)
		return wrong(l, why);
	if (line.kind > FACT_CALL)
		return wrong(l, "nobody asks that of a captured root");
	if (line.elsewhere)
		return wrong(l, "contents lie in the root itself");
	rc = told_stat(&line) ? tell_of(l, &line) : 1;
	if (rc != 1)
		return rc;
	rc = add_fact(l, &line);
	if (rc < 0 || !told_stat(&line))
		return rc;
	line.kind = line.kind == FACT_STAT ? FACT_TARGET : FACT_STAT;   /* no link leads there, and none from there */
	return add_fact(l, &line);
}

static int finish_told(struct loading *l)
{
	struct source *source = l->source;

	if (source->n_told)
		qsort(source->told, source->n_told, sizeof(*source->told), told_order);
	for (size_t i = 1; i < source->n_told; i++)
		if (told_order(&source->told[i - 1], &source->told[i]) == 0)
			return wrong(l, "two lines above are of the same file");
	source->tells = true;
	return 0;
}

static int load_root(struct loading *l)
{
	const char *text;
	size_t size;
	int rc = 0;

	l->line = 1;             /* the magic word */
	while (rc == 0 && next_line(l, &text, &size))
		rc = size && *text != '#' ? load_told(l, text, size) : 0;
	if (rc == 0 && l->at < l->end)
		return wrong(l, "the last line has no end");
	return rc < 0 ? rc : finish_told(l);
}

/* ---- all of it ---- */

/* A manifest that begins with this line, "WORD 1\n", is open at its second one in the end. Returns 1, 0: there is none, or -errno with a sentence. */
static int read_manifest(struct loading *l, int fd, const char *magic)
{
	const size_t word = strcspn(magic, " ") + 1;
	char head[sizeof(MANIFEST_MAGIC)] = "", *text;
	struct stat st;
	ssize_t size;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || pread(fd, head, sizeof(head) - 1, 0) < 0 || strncmp(head, magic, word) != 0)
		return 0;
	l->line = 1;
	if (!starts_with(head, magic))
		return wrong(l, arena_printf(l->scratch, "another version of plimsoll wrote it; this one reads %.*s", (int)strcspn(magic, "\n"), magic));
	size = source_slurp(l->scratch, fd, 0, MANIFEST_LIMIT, &text);
	if (size < 0)
		return err_set(l->err, (int)-size, "%s: %s", l->manifest, strerror((int)-size));
	l->at = text + strcspn(text, "\n") + 1;
	l->end = text + size;
	return 1;
}

/* Of a snapshot there is nothing but what was recorded: where a system lies beside the manifest, whoever made that system may have put it there. */
static bool holds_system(const struct loading *l)
{
	static const char *const folders[] = { "etc", "usr", "proc", "bin", "lib" };

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		auto_close int fd = source_open_in(l->source, l->source->fd, folders[i], O_PATH | O_NOFOLLOW, RESOLVE_IN_ROOT);

		if (fd >= 0)
			return true;
	}
	return false;
}

static int load_snapshot(struct loading *l)
{
	int rc;

	if (holds_system(l))
		return wrong(l, "a snapshot does not lie in a directory that holds a system");
	l->recorded = arena_new_of(l->source->arena, struct recorded);
	rc = load_head(l);
	if (rc == 0)
		rc = load_facts(l);
	l->source->recorded = l->recorded;
	close(l->source->fd);
	l->source->fd = -1;
	return rc;
}

int snapshot_load(struct source *source, const char *directory, struct err *err)
{
	auto_arena struct arena *manifest = arena_new(), *scratch = arena_new();
	struct loading l = { .source = source, .scratch = manifest, .manifest = arena_printf(manifest, "%s/" MANIFEST_NAME, directory), .err = err };
	auto_close int within = open_beneath(&l, MANIFEST_NAME);
	size_t n = strlen(directory);
	int rc = read_manifest(&l, within, MANIFEST_MAGIC);

	l.scratch = scratch;
	if (rc != 0)
		return rc < 0 ? rc : load_snapshot(&l);
	while (n > 1 && directory[n - 1] == '/')
		n--;
	l.scratch = manifest;
	l.manifest = arena_printf(manifest, "%.*s" MANIFEST_BESIDE, (int)n, directory);
	auto_close int beside = open(l.manifest, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	rc = read_manifest(&l, beside, MANIFEST_ROOT_MAGIC);
	l.scratch = scratch;
	return rc <= 0 ? rc : load_root(&l);
}
