/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll: finds the verb and runs it. */
#include "cli/reports.h"
#include "cli/verbs.h"

#include "core/base/text.h"

#include <libxml/parser.h>
#include <signal.h>

static int unknown_verb(struct arena *arena, const char *name)
{
	struct buffer names = { .arena = arena };
	struct err err;

	for (const struct verb *const *v = verbs; *v; v++)
		buffer_printf(&names, "%s ", (*v)->name);
	err_set(&err, 0, "unknown command '%s'%s; 'plimsoll --help' lists them", name, nearest_hint(arena, names.text, name));
	return complain(&err);
}

static int show_version(void)
{
	puts("plimsoll " PACKAGE_VERSION);
	return end_output(EXIT_CLEAN);
}

static int run(struct arena *arena, int argc, char **argv)
{
	struct options options = options_default(arena);
	const struct verb *verb = verb_find(argv[1]);
	struct err err, ignored;

	if (streq(argv[1], "--help") || streq(argv[1], "-h") || streq(argv[1], "help")) {
		if (argc > 2 && !verb_find(argv[2]))
			return unknown_verb(arena, argv[2]);
		options_help(stdout, argc > 2 ? verb_find(argv[2]) : NULL);
		return end_output(EXIT_CLEAN);
	}
	if (streq(argv[1], "--version") || streq(argv[1], "-V") || streq(argv[1], "version"))
		return show_version();
	if (!verb)
		return unknown_verb(arena, argv[1]);
	if (options_parse(&options, verb, argc - 1, argv + 1, &err) < 0) {
		options_settle(&options, verb, &ignored);   /* as far as it was understood: the format says how to complain */
		return reports_complain(&options, &err);
	}
	if (options.version)
		return show_version();
	if (options.help) {
		options_help(stdout, verb);
		return end_output(EXIT_CLEAN);
	}
	if (options_settle(&options, verb, &err) < 0)
		return reports_complain(&options, &err);
	return verb->run(&options);
}

int main(int argc, char **argv)
{
	auto_arena struct arena *arena = arena_new();
	int status;

	/* a write that fails says so by its error */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (argc < 2) {
		options_help(stderr, NULL);
		return EXIT_NO_AUDIT;
	}
	status = run(arena, argc, argv);
	xmlCleanupParser();
	return status;
}
