/* SPDX-License-Identifier: Apache-2.0 */
/* A setting of apt. */
#include "checks/checks.h"

#include "core/base/text.h"
#include "core/packages/apt_config.h"

#include <ctype.h>

static void add_value(const struct apt_setting *setting, const char *name, bool boolean, struct items *items)
{
	int flag = boolean ? apt_boolean(setting->value) : -1;
	struct item *item;

	if (flag >= 0) {
		items_add_integer(items, name, setting->origin, flag);
		return;
	}
	item = items_add_text(items, name, setting->origin, setting->value);
	if (text_integer(item->text, &item->number))
		item->type = ITEM_INTEGER;
}

static char *lower(struct arena *arena, const char *text)
{
	char *copy = arena_strdup(arena, text);

	for (char *c = copy; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy;
}

/* Every setting whose name fits, with the value that counts. */
static void add_all(const struct apt_config *config, const char *glob, bool boolean, struct items *items)
{
	const char *wanted = lower(items->arena, glob);

	for (size_t i = 0; i < config->n; i++) {
		const struct apt_setting *s = &config->list[i];

		if (text_glob(wanted, lower(items->arena, s->name)) && apt_config_find(config, s->name) == s)
			add_value(s, text_safe(items->arena, s->name, strlen(s->name), 256), boolean, items);
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct apt_config *config = subject_apt_config(subject);
	const char *names = params_get(params, "name");
	size_t n;

	if (config->state != STATE_PRESENT) {
		items_add_state(items, list_brief(items->arena, names), config->origin, config->state, "%s", config->why);
		return;
	}
	for (const char *at = names, *w; (w = list_next(&at, " \t\n", &n));) {
		const char *name = arena_strndup(items->arena, w, n);
		const struct apt_setting *setting = apt_config_find(config, name);

		if (strchr(name, '*'))
			add_all(config, name, params_true(params, "boolean"), items);
		else if (setting)
			add_value(setting, name, params_true(params, "boolean"), items);
	}
	if (!items->n)
		items_add_state(items, list_brief(items->arena, names), "/etc/apt/apt.conf.d", STATE_ABSENT, "not set");
}

const struct check check_apt_config = {
	.name = "apt-config",
	.summary = "a setting of apt",
	.reference =
		"Read from the files of /etc/apt/apt.conf.d in the order of their names and /etc/apt/apt.conf, with apt's own grammar: "
		"nested names, comments, #clear; of several values of a name the last counts. Of several names each that is set gives an "
		"item; absent where none is. A file that cannot be understood makes all an error, with its line, as it does for apt. Not "
		"applicable where there is no /etc/apt. See apt.conf(5).",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "name", PARAM_STRING, REQUIRED, "names such as APT::Periodic::Unattended-Upgrade, separated by spaces; with * and ? all that fit", NULL },
		{ "boolean", PARAM_BOOLEAN, OPTIONAL, "true: yes, on, true, with and enable are 1, their opposites 0", NULL },
	},
	.observe = observe,
};
