/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/verbs.h"

#include "core/base/text.h"

#include <errno.h>

const struct verb *const verbs[] = { &verb_audit, &verb_report, &verb_diff, &verb_fix, &verb_containers, &verb_snapshot, &verb_list,
				    &verb_explain, &verb_validate, &verb_waiver, &verb_config, &verb_completion, NULL };

int complain(const struct err *err)
{
	auto_arena struct arena *arena = arena_new();

	if (!*err->text)
		return EXIT_NO_AUDIT;
	fprintf(stderr, "plimsoll: %s\n", text_safe(arena, err->text, strlen(err->text), sizeof(err->text) * 4));
	return EXIT_NO_AUDIT;
}

int end_output(int status)
{
	struct err err;

	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	if (!errno) {   /* an earlier write failed, and why is forgotten: the next one tells it again */
		clearerr(stdout);
		putchar('\n');
		fflush(stdout);
	}
	if (errno == EPIPE)
		return EXIT_NO_AUDIT;
	err_set(&err, EIO, "standard output: %s", strerror(errno ? errno : EIO));
	return complain(&err);
}

const struct verb *verb_find(const char *name)
{
	const struct verb *const *v = verbs;

	while (*v && !streq((*v)->name, name))
		v++;
	return *v;
}
