/* SPDX-License-Identifier: Apache-2.0 */
/* What standard output is able to show. */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "cli/options.h"

struct terminal {
	bool is_terminal, color, unicode;
	int width, height;          /* in characters; height 0 where it is no terminal */
};

/*
 * Colour: --color, else NO_COLOR (not empty: no), else yes on a terminal that is not "dumb". Unicode: the locale's
 * name says UTF-8. Width: of the terminal, else COLUMNS, else 80.
 */
struct terminal terminal_of_stdout(const struct options *options);

#endif
