/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials in the environment of a container: their names only, never their values. */
#include "checks/checks.h"
#include "checks/container.h"
#include "core/source/redact.h"

#include <ctype.h>

enum { NAME_MOST = 128, ITEMS_MOST = 20 };

/* MYSQL_PASSWORD_FILE names a file: that is the good way. */
static bool names_a_file(const char *name)
{
	size_t n = strlen(name);

	return n > 5 && (streq(name + n - 5, "_FILE") || streq(name + n - 5, "_PATH"));
}

static void look_at(const char *entry, const struct file *file, struct items *items)
{
	char name[NAME_MOST];
	const char *equals = strchr(entry, '=');
	size_t n = equals ? (size_t)(equals - entry) : 0;

	if (!n || n >= sizeof(name) || !equals[1])
		return;
	for (size_t i = 0; i < n; i++)
		name[i] = (char)toupper((unsigned char)entry[i]);
	name[n] = '\0';
	if (sounds_secret(name, n) && !names_a_file(name) && items->n < ITEMS_MOST)
		items_add_text(items, "variable", file->path, arena_strndup(items->arena, entry, n));
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct file *file = subject_read(subject, "environ", 1 << 20);

	(void)params;
	if (file->state != STATE_PRESENT) {
		items_add_file_state(items, "variable", file);
		return;
	}
	if (!file->size) {
		/* a process can make it read so, see containers that hide theirs by userfaultfd(2) */
		items_add_state(items, "variable", file->path, STATE_BROKEN, "it reads empty");
		return;
	}
	for (const char *at = file->data; at < file->data + file->size; at += strlen(at) + 1)
		look_at(at, file, items);
	if (!items->n)
		items_add_none(items, "variable", file->path, "no variable is named like a credential");
}

const struct check check_environment = {
	.name = "environment",
	.summary = "variables of a container that are named like credentials",
	.reference = "The names, never the values, in /proc/PID/environ of the first process that hold PASSWORD, SECRET, TOKEN, API_KEY and the like and are not "
		     "empty; those that name a file (…_FILE) are left out. What a program changed of its environment after its start is not seen.",
	.subjects = SUBJECT_CONTAINER,
	.params = { { 0 } },
	.observe = observe,
};
