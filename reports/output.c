/* SPDX-License-Identifier: Apache-2.0 */
/* Writing to a file without losing an error. */
#include "reports/output.h"

#include <errno.h>

static void remember(struct output *output)
{
	output->error = errno ? errno : EIO;
}

void output_write(struct output *output, const char *data, size_t size)
{
	if (output->error || !size)
		return;
	errno = 0;
	if (fwrite(data, 1, size, output->file) != size)
		remember(output);
}

void output_puts(struct output *output, const char *text)
{
	output_write(output, text, strlen(text));
}

int output_finish(struct output *output, struct err *err)
{
	errno = 0;
	if (!output->error && (fflush(output->file) != 0 || ferror(output->file)))
		remember(output);
	if (!output->error)
		return 0;
	return err_set(err, output->error, "the report could not be written: %s", strerror(output->error));
}
