/* SPDX-License-Identifier: Apache-2.0 */
/* From the command line, the environment and the configuration to the options of a verb. */
#include "cli/options.h"

#include "cli/config_file.h"
#include "core/base/text.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>

static void add_given(struct options *o, const struct option_row *row, const char *value, enum layer layer, const char *where)
{
	arena_push(o->arena, o->given, o->n_given) = (struct given){ row, value, layer, where };
}

/* ---- the command line ---- */

/* What may be meant: an option of other commands, or the nearest one of this. */
static const char *unknown_words(const struct options *o, const struct verb *verb, const char *names, const char *given)
{
	struct buffer words = { .arena = o->arena };
	bool any = false;

	for (const struct verb *const *v = verbs; *v; v++) {
		if (!starts_with(given, "--") || !option_find(given + 2, (*v)->bit))
			continue;
		buffer_printf(&words, "%s%s", any ? ", " : ", which these commands take: ", (*v)->name);
		any = true;
	}
	if (!any)
		return nearest_hint(o->arena, names, given);
	if (verb->bit == VERB_REPORT && option_find(given + 2, VERB_AUDIT))
		buffer_puts(&words, "; an earlier report is shown as it was judged, and is not judged anew");
	return words.text;
}

static int misuse(const struct options *o, const struct verb *verb, int code, char **argv, struct err *err)
{
	const char *given = argv[optind - 1], *names = option_names(o->arena, verb->bit, "--");
	char letter[3] = { '-', (char)optopt, '\0' };

	if (!starts_with(given, "--"))
		given = letter;
	if (code == ':')
		return err_set(err, EINVAL, "%s: %s needs a value", verb->name, given);
	if (code == '?' && strchr(given, '=') && optopt == 0) {
		const char *name = arena_strndup(o->arena, given, strcspn(given, "="));

		if (list_has(names, " ", name))
			return err_set(err, EINVAL, "%s: %s takes no value", verb->name, name);
	}
	given = arena_strndup(o->arena, given, strcspn(given, "="));
	return err_set(err, EINVAL, "%s: unknown option %s%s", verb->name, given, unknown_words(o, verb, names, given));
}

struct getopt_tables {
	struct option *longs;
	const struct option_row **rows;   /* by index of `longs` */
	struct buffer letters;
	int n;
};

static struct getopt_tables tables_for(struct arena *arena, const struct verb *verb)
{
	struct getopt_tables t = { .letters = { .arena = arena } };
	size_t rows = 0;

	while (option_rows[rows].name)
		rows++;
	t.longs = arena_array_of(arena, struct option, rows + 1);
	t.rows = arena_array_of(arena, const struct option_row *, rows + 1);
	buffer_puts(&t.letters, ":");
	for (const struct option_row *row = option_rows; row->name; row++) {
		if (!(row->verbs & verb->bit))
			continue;
		t.rows[t.n] = row;
		t.longs[t.n++] = (struct option){ row->name, row->argument ? required_argument : no_argument, NULL, 0 };
		if (row->letter)
			buffer_printf(&t.letters, "%c%s", row->letter, row->argument ? ":" : "");
	}
	return t;
}

int options_parse(struct options *o, const struct verb *verb, int argc, char **argv, struct err *err)
{
	struct getopt_tables t = tables_for(o->arena, verb);
	int code, index = 0;

	opterr = 0;
	optind = 1;
	while ((code = getopt_long(argc, argv, t.letters.text, t.longs, &index)) != -1) {
		const struct option_row *row;

		if (code == '?' || code == ':')
			return misuse(o, verb, code, argv, err);
		for (int i = 0; code && i < t.n; i++)
			if (t.rows[i]->letter == code)
				index = i;
		row = t.rows[index];
		add_given(o, row, optarg, LAYER_COMMAND_LINE, arena_printf(o->arena, "--%s", row->name));
		o->help |= streq(row->name, "help");
		o->version |= streq(row->name, "version");
	}
	o->arguments = (const char *const *)argv + optind;
	o->n_arguments = (size_t)(argc - optind);
	return 0;
}

/* ---- the environment ---- */

/* "fail-on": PLIMSOLL_FAIL_ON */
static char *variable_of(struct arena *arena, const struct option_row *row)
{
	char *name = arena_printf(arena, "PLIMSOLL_%s", row->name);

	for (char *c = name; *c; c++)
		*c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
	return name;
}

/* Nothing of it counts where the program has more rights than who calls it. */
static void add_environment(struct options *o, const struct verb *verb)
{
	for (const struct option_row *row = option_rows; row->name; row++) {
		const char *name = variable_of(o->arena, row), *value = secure_getenv(name);
		size_t n;

		if (!value || !*value || row->only_given || !(row->verbs & verb->bit) || option_find(row->name, VERB_ANY) != row)
			continue;
		if (!option_repeats(row))
			add_given(o, row, value, LAYER_ENVIRONMENT, name);
		for (const char *at = value, *line; option_repeats(row) && (line = list_next(&at, "\n", &n));)
			add_given(o, row, arena_strndup(o->arena, line, n), LAYER_ENVIRONMENT, name);
	}
}

/* ---- what counts ---- */

const struct given **option_winners(const struct options *o, const struct option_row *row)
{
	enum layer highest = LAYER_DEFAULT;
	const struct given **list = NULL;
	size_t n = 0;

	for (size_t i = 0; i < o->n_given; i++)
		if (o->given[i].row == row && o->given[i].layer > highest)
			highest = o->given[i].layer;
	for (size_t i = 0; i < o->n_given; i++) {
		const struct given *g = &o->given[i];

		if (g->row != row || g->layer != highest)
			continue;
		if (g->value && !*g->value && (g->layer == LAYER_FILE || g->layer == LAYER_FILE_VERB))
			n = 0;
		else if (n && g->value && !option_repeats(row))
			list[n - 1] = g;
		else
			arena_push(o->arena, list, n) = g;
	}
	arena_push(o->arena, list, n) = NULL;
	return list;
}

const char *option_where(const struct options *o, const char *name, size_t i)
{
	for (const struct option_row *row = option_rows; row->name; row++) {
		const struct given **winners = streq(row->name, name) ? option_winners(o, row) : NULL;

		for (size_t k = 0; winners && winners[k]; k++)
			if (k == i)
				return winners[k]->where;
	}
	return name;
}

enum layer option_layer(const struct options *o, const char *name)
{
	enum layer highest = LAYER_DEFAULT;

	for (size_t i = 0; i < o->n_given; i++)
		if (streq(o->given[i].row->name, name) && o->given[i].layer > highest)
			highest = o->given[i].layer;
	return highest;
}

static int settle_row(struct options *o, const struct option_row *row, struct err *err)
{
	for (const struct given **g = option_winners(o, row); *g; g++) {
		int rc;

		o->settling = (*g)->layer;
		rc = option_take(o, row, (*g)->value, err);
		if (rc < 0)
			return err_wrap(err, rc, "%s", (*g)->where);
	}
	return 0;
}

static int settle_config(struct options *o, struct err *err)
{
	const char *variable = secure_getenv("PLIMSOLL_CONFIG");
	int rc = settle_row(o, option_find("config", VERB_ANY), err);

	if (!o->config && variable && *variable)
		o->config = variable;
	return rc;
}

static bool is_configured(const struct verb *verb)
{
	const struct option_row *row = option_find("config", VERB_ANY);

	return row->verbs & verb->bit;
}

int options_settle(struct options *o, const struct verb *verb, struct err *err)
{
	int rc = 0;

	if (is_configured(verb)) {
		rc = settle_config(o, err);
		if (rc == 0)
			rc = config_read_all(o, verb, err);
		add_environment(o, verb);
	}
	for (const struct option_row *row = option_rows; row->name && rc == 0; row++)
		if (!streq(row->name, "config"))
			rc = settle_row(o, row, err);
	return rc;
}
