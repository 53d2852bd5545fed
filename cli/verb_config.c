/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll config: what holds for a command where nothing is said on its command line, and where that comes from. */
#include "cli/config_file.h"
#include "cli/verbs.h"

#include "core/base/text.h"

#include <errno.h>
#include <jansson.h>

static const char *safe(const struct options *o, const char *text)
{
	return text_safe(o->arena, text, strlen(text), TEXT_MAX);
}

static bool is_shown(const struct option_row *row, const struct verb *verb)
{
	return (row->verbs & verb->bit) && !row->only_given;
}

/* ---- text ---- */

static void show_row(const struct options *o, const struct option_row *row)
{
	const struct given **g = option_winners(o, row);

	if (!*g)
		printf("%-12s  %-32s  default\n", row->name, row->preset ? row->preset : "-");
	for (size_t i = 0; g[i]; i++)
		printf("%-12s  %-32s  %s\n", i ? "" : row->name, safe(o, g[i]->value), safe(o, g[i]->where));
}

static int show_text(const struct options *o, const struct verb *verb)
{
	printf("plimsoll %s, configured by:", verb->name);
	for (size_t i = 0; i < o->n_files; i++)
		printf(" %s", safe(o, o->files[i]));
	puts(o->n_files ? "" : " no configuration file");
	for (const struct option_row *row = option_rows; row->name; row++)
		if (is_shown(row, verb))
			show_row(o, row);
	return end_output(EXIT_CLEAN);
}

/* ---- JSON ---- */

/* A list where the option is repeatable. */
static json_t *json_of_row(const struct options *o, const struct option_row *row)
{
	const struct given **g = option_winners(o, row);
	json_t *values = json_array(), *where = json_array();
	size_t n = 0;

	for (; g[n]; n++) {
		json_array_append_new(values, json_string(safe(o, g[n]->value)));
		json_array_append_new(where, json_string(safe(o, g[n]->where)));
	}
	if (option_repeats(row))
		return json_pack("{s:s, s:o, s:o}", "option", row->name, "value", values, "where", where);
	json_decref(values);
	json_decref(where);
	return json_pack("{s:s, s:s?, s:s}", "option", row->name, "value", n ? safe(o, g[0]->value) : row->preset,
			 "where", n ? safe(o, g[0]->where) : "default");
}

static int show_json(const struct options *o, const struct verb *verb)
{
	json_t *files = json_array(), *list = json_array(), *all;
	int rc;

	for (size_t i = 0; i < o->n_files; i++)
		json_array_append_new(files, json_string(safe(o, o->files[i])));
	for (const struct option_row *row = option_rows; row->name; row++)
		if (is_shown(row, verb))
			json_array_append_new(list, json_of_row(o, row));
	all = json_pack("{s:s, s:s, s:o, s:o}", "schema", "plimsoll/config/1", "command", verb->name, "files", files, "options", list);
	rc = all ? json_dumpf(all, stdout, JSON_INDENT(1)) : -1;
	json_decref(all);
	puts("");
	return end_output(rc < 0 ? EXIT_NO_AUDIT : EXIT_CLEAN);
}

static const struct verb *verb_named(const char *name)
{
	const struct verb *const *v = verbs;

	while (*v && !(streq((*v)->name, name) && config_has_section(*v)))
		v++;
	return *v;
}

static int run_config(const struct options *o)
{
	const char *name = o->n_arguments ? o->arguments[0] : "audit";
	const struct verb *verb = verb_named(name);
	struct options shown = options_default(o->arena);
	struct buffer names = { .arena = o->arena };
	struct err err;

	for (const struct verb *const *v = verbs; *v; v++)
		if (config_has_section(*v))
			buffer_word(&names, (*v)->name, strlen((*v)->name));
	if (!verb || o->n_arguments > 1) {
		err_set(&err, EINVAL, "config takes one of: %s%s", names.text, nearest_hint(o->arena, names.text, name));
		return complain(&err);
	}
	if (o->format && !list_has("text json", " ", o->format)) {
		err_set(&err, EINVAL, "--format: '%s' is none of: text json", o->format);
		return complain(&err);
	}
	shown.config = o->config;
	if (options_settle(&shown, verb, &err) < 0)
		return complain(&err);
	return o->format && streq(o->format, "json") ? show_json(&shown, verb) : show_text(&shown, verb);
}

const struct verb verb_config = {
	.bit = VERB_CONFIG,
	.name = "config",
	.arguments = "[COMMAND]",
	.summary = "what is configured for a command, and where",
	.completes = "<command>",
	.about = "Shows the value of each option of COMMAND (default: audit) that is used when the\n"
		 "command line does not give it, and where it comes from: the file and line, the\n"
		 "environment variable, or \"default\". Files are read in this order:\n"
		 "/etc/plimsoll/plimsoll.conf, /etc/plimsoll/conf.d/*.conf.\n"
		 "plimsoll.conf(5) describes the files.\n"
		 "Exit status: 0 when all of it is valid, else 2.",
	.run = run_config,
};
