/* SPDX-License-Identifier: Apache-2.0 */
/* A kernel parameter under /proc/sys. */
#include "checks/sysctl.h"

#include "checks/checks.h"
#include "core/base/text.h"

/* net.ipv4.conf.all.forwarding → proc/sys/net/ipv4/conf/all/forwarding. A slashed name may hold dots: net/ipv4/conf/eth0.1/… */
static char *sysctl_path(struct arena *arena, const char *name)
{
	char *path = arena_printf(arena, "proc/sys/%s", name);

	if (!strchr(name, '/'))
		for (char *c = path; *c; c++)
			if (*c == '.')
				*c = '/';
	return path;
}

/* What follows "name =" in the output of `sysctl -a`; NULL if no line has the name. */
static const char *find_given(const struct file *file, const char *name)
{
	size_t n = strlen(name);

	for (const char *line = file->data; line && *line; line = strchr(line, '\n'), line += line != NULL) {
		const char *equals;

		if (strncmp(line, name, n) != 0)
			continue;
		equals = line + n + strspn(line + n, " ");
		if (*equals == '=')
			return equals + 1;
	}
	return NULL;
}

/*
 * A list says that a name does not exist only if it is all that root's `sysctl -a` prints. These are in any kernel's: the first can
 * be read by root alone (kernel/pid.c, mode 0600), the others stand for the folders, the last near the end of the list.
 */
static const char *missing_mark(const struct file *file)
{
	static const char *const marks[] = { "kernel.cad_pid", "fs.file-max", "net.core.somaxconn", "vm.watermark_scale_factor" };

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (!find_given(file, marks[i]))
			return marks[i];
	return NULL;
}

static struct item *item_of_given(struct items *items, const struct file *file, const char *name)
{
	const char *given = find_given(file, name), *missing;
	struct item *item;

	if (given) {
		item = items_add_text(items, name, file->path, text_trim(arena_strndup(items->arena, given, strcspn(given, "\n"))));
		if (text_integer(item->text, &item->number))
			item->type = ITEM_INTEGER;
		return item;
	}
	if (!strchr(file->data, '='))
		return items_add_state(items, name, file->path, STATE_MALFORMED, "it holds no line \"name = value\"");
	missing = missing_mark(file);
	if (missing)
		return items_add_state(items, name, file->path, STATE_NOT_GIVEN,
				       "not listed, in what is not all of root's sysctl -a: it lacks %s", missing);
	return items_add_state(items, name, file->path, STATE_ABSENT, "not listed there");
}

struct item *sysctl_item(const struct subject *subject, const char *name, struct items *items)
{
	const struct file *given = source_root(subject->source) ? NULL : source_read(subject->source, KERNEL_GIVEN_SYSCTL, 0);

	if (!given)
		return items_add_value_file(items, name, source_read(subject->source, sysctl_path(items->arena, name), 65536));
	if (given->state != STATE_PRESENT)
		return items_add_state(items, name, "sysctl -a", given->state, "no list of sysctl values was given");
	return item_of_given(items, given, name);
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	sysctl_item(subject, params_get(params, "name"), items);
}

const struct check check_sysctl = {
	.name = "sysctl",
	.summary = "a kernel parameter under /proc/sys",
	.reference = "The running value, read from /proc/sys: an integer where the file holds one number, else a string. It says nothing "
		     "of what a restart brings. In an audit of single files it is looked up in what `sysctl -a` printed; a name that is "
		     "missing there is known to be absent only if the list is all that root gets. Documented in the kernel's "
		     "admin-guide/sysctl and networking/ip-sysctl.",
	.subjects = SUBJECT_HOST | SUBJECT_CONTAINER,
	.params = {
		{ "name", PARAM_STRING, REQUIRED, "dotted name; slashed where a part of it holds a dot", NULL },
	},
	.observe = observe,
};
