/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/terminal.h"

#include "core/base/text.h"

#include <strings.h>
#include <sys/ioctl.h>

static bool locale_is_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
	}
	return false;
}

static bool wants_color(const struct options *options, bool is_terminal)
{
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

	if (options->color != COLOR_AUTO)
		return options->color == COLOR_ALWAYS;
	return is_terminal && !(none && *none) && term && !streq(term, "dumb");
}

struct terminal terminal_of_stdout(const struct options *options)
{
	struct terminal t = { .is_terminal = isatty(STDOUT_FILENO), .unicode = locale_is_utf8(), .width = 80 };
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	int64_t width;

	t.color = wants_color(options, t.is_terminal);
	if (t.is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col) {
		t.width = size.ws_col;
		t.height = size.ws_row;
	} else if (columns && text_integer(columns, &width) && width >= 40 && width <= 1000) {
		t.width = (int)width;
	}
	return t;
}
