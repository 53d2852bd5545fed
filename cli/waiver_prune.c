/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll waiver prune: what is over goes out of its file, with the comment right above it. All else stays as it was written. */
#include "cli/host.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "cli/waivers.h"

#include "core/base/text.h"
#include "core/config/own_file.h"

#include <errno.h>

enum { BYTES_MOST = 16 << 20 };

struct pruning {
	const struct options *options;
	const struct waivers *waivers;
	const struct waiver_use *uses;   /* or NULL */
	size_t out;                      /* waivers that go */
	char **done;                     /* files that they were in */
	size_t files;
};

static const char *safe(const struct pruning *p, const char *text)
{
	return text_safe(p->options->arena, text, strlen(text), TEXT_MAX);
}

/* ---- which ---- */

/* NULL: it stays. */
static const char *why_out(const struct pruning *p, size_t i)
{
	const struct waiver *w = &p->waivers->list[i];

	if (waiver_days_left(w, host_now()) < 0)
		return arena_printf(p->options->arena, "over since %s", w->expires);
	if (p->uses && p->uses[i].state == WAIVER_STALE)
		return p->uses[i].why;
	return NULL;
}

/* The file has one that goes, whose section begins in that line; 0: in any. */
static bool goes(const struct pruning *p, const char *file, unsigned line)
{
	for (size_t i = 0; i < p->waivers->n; i++)
		if (streq(p->waivers->list[i].file, file) && (!line || p->waivers->list[i].line == line) && why_out(p, i))
			return true;
	return false;
}

/* ---- the text ---- */

/* What is left of a file while its lines go by. */
struct cutting {
	struct buffer left, above;   /* above: comments, whose section is still to come */
	bool out;                    /* the section goes */
	bool gap;                    /* an empty line was seen in it: comments behind it are not its own */
	bool between;                /* nor is what follows them */
};

static void settle_comments(struct cutting *c, bool stay)
{
	if (stay && c->above.size) {
		buffer_add(&c->left, c->above.text, c->above.size);
		c->between = true;
	}
	c->above.size = 0;
}

static void take_line(struct cutting *c, const char *line, size_t n, bool section_goes)
{
	size_t blank = strspn(line, " \t\r");
	char first = blank < n ? line[blank] : '\n';

	if (first == '#' || first == ';') {
		buffer_add(&c->above, line, n);
		return;
	}
	if (first == '[') {
		settle_comments(c, !section_goes);
		c->out = section_goes;
		c->gap = c->between = false;
	}
	settle_comments(c, !c->out || c->gap);
	c->gap = c->gap || first == '\n';
	if (!c->out || (c->between && first == '\n'))
		buffer_add(&c->left, line, n);
}

static struct buffer cut(const struct pruning *p, const char *file, const char *text)
{
	struct cutting c = { .left = { .arena = p->options->arena }, .above = { .arena = p->options->arena } };
	unsigned number = 1;

	buffer_puts(&c.left, "");
	buffer_puts(&c.above, "");
	for (size_t n; *text; text += n, number++) {
		n = strcspn(text, "\n");
		n += text[n] == '\n';
		take_line(&c, text, n, goes(p, file, number));
	}
	settle_comments(&c, !c.out || c.gap);
	return c.left;
}

/* ---- the file ---- */

static int replace(const char *path, const struct buffer *text, struct err *err)
{
	struct output output;
	int rc = output_open(&output, path, err);

	if (rc < 0)
		return rc;
	fwrite(text->text, 1, text->size, output.stream);
	return output_commit(&output, err);
}

/* A link stays one: what it leads to is written, once. A file in which nothing is left goes. */
static int prune_file(struct pruning *p, const char *file, struct err *err)
{
	auto_free char *real = realpath(file, NULL);
	struct buffer left;
	char *text;
	int rc;

	if (!real)
		return err_set(err, errno, "%s: %s", file, strerror(errno));
	for (size_t i = 0; i < p->files; i++)
		if (streq(p->done[i], real))
			return 0;
	arena_push(p->options->arena, p->done, p->files) = arena_strdup(p->options->arena, real);
	rc = own_file_read(p->options->arena, real, BYTES_MOST, &text, err);
	if (rc < 0)
		return rc;
	left = cut(p, file, text);
	if (p->options->dry_run)
		return 0;
	if (strspn(left.text, " \t\r\n") < left.size)
		return replace(real, &left, err);
	return unlink(file) < 0 ? err_set(err, errno, "%s: %s", file, strerror(errno)) : 0;
}

static void say_outs(struct pruning *p, const char *file)
{
	for (size_t i = 0; i < p->waivers->n; i++) {
		const struct waiver *w = &p->waivers->list[i];
		const char *why = streq(w->file, file) ? why_out(p, i) : NULL;

		if (!why)
			continue;
		p->out++;
		printf("%s: %s: %s (%s)\n", safe(p, w->where), w->rule, safe(p, why), w->owner);
	}
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

int waiver_prune(const struct options *o, const struct waivers *w, const struct waiver_use *uses)
{
	struct pruning p = { .options = o, .waivers = w, .uses = uses };
	struct err err;

	for (size_t i = 0; i < w->n_files; i++) {
		if (!goes(&p, w->files[i], 0))
			continue;
		if (prune_file(&p, w->files[i], &err) < 0)
			return complain(&err);
		say_outs(&p, w->files[i]);
	}
	if (p.out)
		printf("%zu waiver%s %s out of %zu file%s, and %zu %s left\n", p.out, plural(p.out),
		       o->dry_run ? "would be taken" : p.out == 1 ? "was taken" : "were taken", p.files, plural(p.files), w->n - p.out,
		       w->n - p.out == 1 ? "is" : "are");
	else
		printf("%zu waiver%s, and none to take out\n", w->n, plural(w->n));
	return end_output(EXIT_CLEAN);
}
