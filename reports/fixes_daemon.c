/* SPDX-License-Identifier: Apache-2.0 */
/* Docker's daemon.json has no drop-ins: what is wanted is merged with what it says (RFC 7396), and told as a patch for patch(1). */
#include "core/fix/fix_script.h"
#include "reports/fixes.h"

#include "core/base/text.h"

#include <errno.h>
#include <jansson.h>

enum { INDENT = 2, INDENT_MOST = 8 };

/* ---- the file as it should be ---- */

static json_t *merged(json_t *base, const json_t *patch)
{
	const char *key;
	json_t *member;

	if (!json_is_object(patch))
		return json_deep_copy(patch);
	if (!json_is_object(base))
		base = json_object();
	json_object_foreach ((json_t *)patch, key, member) {
		if (json_is_null(member))
			json_object_del(base, key);
		else if (json_is_object(member) && json_is_object(json_object_get(base, key)))
			merged(json_object_get(base, key), member);
		else
			json_object_set_new(base, key, merged(NULL, member));
	}
	return base;
}

/* How deep the file is indented: spaces, or -1 for tabs. */
static int indent_of(const char *text)
{
	for (const char *line = text; (line = strchr(line, '\n')); line++) {
		size_t n = strspn(line + 1, " ");

		if (line[1] == '\t')
			return -1;
		if (n)
			return n > INDENT_MOST ? INDENT_MOST : (int)n;
	}
	return INDENT;
}

static const char *dumped(struct arena *arena, const json_t *value, int indent)
{
	char *text = json_dumps(value, JSON_INDENT(indent < 0 ? 1U : (unsigned)indent) | JSON_PRESERVE_ORDER);
	struct buffer out = { .arena = arena };

	if (!text)
		return NULL;
	for (const char *line = text, *end; *line; line = *end ? end + 1 : end) {
		size_t depth = indent < 0 ? strspn(line, " ") : 0;

		end = strchrnul(line, '\n');
		for (size_t i = 0; i < depth; i++)
			buffer_puts(&out, "\t");
		buffer_add(&out, line + depth, (size_t)(end - line) - depth);
		buffer_puts(&out, "\n");
	}
	free(text);
	return out.text;
}

/* ---- the patch ---- */

/* What the items that are not set apart want, put together. */
static json_t *wanted(struct fixes *f)
{
	json_t *all = json_object();

	for (size_t i = 0; i < f->plan->n; i++) {
		const struct fix_item *item = &f->plan->items[i];
		json_t *patch;

		if (item->kind != FIX_DAEMON_JSON || !item->text)
			continue;
		fixes_describe(f, item);
		patch = json_loads(item->text, 0, NULL);
		fixes_remark(f, item->set_apart ? "not part" : "part", item->text);
		if (!item->set_apart && json_is_object(patch))
			json_object_update_recursive(all, patch);
		json_decref(patch);
	}
	return all;
}

/* The file as it is; NULL and a remark where it cannot be merged with. */
static json_t *present(struct fixes *f)
{
	const struct fix_target *target = &f->plan->daemon_json;
	json_t *now;

	if (target->state == STATE_ABSENT)
		return json_object();
	if (target->state != STATE_PRESENT || !shell_is_plain(target->path)) {
		fixes_remark(f, "no patch", arena_printf(f->arena, "What %s says now is not known (%s): merge the parts above with it by hand.", target->path,
							 target->why ? target->why : "its name is not one for a patch"));
		return NULL;
	}
	now = json_loads(target->text, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(now) || !target->text[strspn(target->text, " \t\r\n")])
		return now ? now : json_object();
	json_decref(now);
	fixes_remark(f, "no patch", arena_printf(f->arena, "%s is no JSON object: mend it first.", target->path));
	return NULL;
}

int fixes_put_daemon_json(struct fixes *f, bool headed, struct err *err)
{
	const struct fix_target *target = &f->plan->daemon_json;
	const char *after;
	json_t *all, *now;

	if (!f->plan->of[FIX_DAEMON_JSON])
		return 0;
	if (headed)
		fixes_printf(f, "\n# ==== a patch: patch -p1 -d / ====\n");
	all = wanted(f);
	output_puts(&f->output, "\n");
	now = present(f);
	if (now && json_object_size(all)) {
		now = merged(now, all);
		after = dumped(f->arena, now, indent_of(target->text ? target->text : ""));
		if (!after) {
			json_decref(now);
			json_decref(all);
			return err_set(err, ENOMEM, "%s cannot be made into JSON", target->path);
		}
		fixes_put_diff(f, "", target->path, target->text ? target->text : "", after);
	}
	json_decref(now);
	json_decref(all);
	return 0;
}

static int write_daemon_json(const struct audit *audit, const struct format_options *options, FILE *file, struct err *err)
{
	auto_arena struct arena *arena = arena_new();
	struct fixes f = { { .file = file }, arena, audit, audit->fixes };
	int rc;

	(void)options;
	fixes_head(&f, "For patch -p1 -d /; afterwards restart the daemon, which ends containers unless live-restore is on.");
	rc = fixes_put_daemon_json(&f, false, err);
	return rc < 0 ? rc : output_finish(&f.output, err);
}

const struct format format_daemon_json = {
	.name = "daemon-json",
	.summary = "fixes for Docker's daemon.json, as a patch of the present file",
	.mime = "text/x-diff", .explains = true, .write_fixes = write_daemon_json,
};
