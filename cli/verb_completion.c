/* SPDX-License-Identifier: Apache-2.0 */
/* plimsoll completion: the script by which a shell completes the command line. */
#include "cli/completion.h"
#include "cli/verbs.h"

#include "core/base/text.h"

#include <errno.h>

static int run_completion(const struct options *o)
{
	const char *shell = o->n_arguments == 1 ? o->arguments[0] : "";
	struct err err;

	if (completion_write(stdout, shell))
		return end_output(EXIT_CLEAN);
	err_set(&err, EINVAL, "completion takes one of: %s%s", completion_shells, *shell ? nearest_hint(o->arena, completion_shells, shell) : "");
	return complain(&err);
}

const struct verb verb_completion = {
	.bit = VERB_COMPLETION,
	.name = "completion",
	.arguments = "SHELL",
	.summary = "the script by which bash, zsh or fish complete",
	.completes = "<shell>",
	.about = "Writes the completion script of bash, zsh or fish to standard output. 'make\n"
		 "install' puts it where the shell looks. Without that, in bash and zsh:\n"
		 "source <(plimsoll completion bash), or zsh; in fish:\n"
		 "plimsoll completion fish | source",
	.run = run_completion,
};
