/* SPDX-License-Identifier: Apache-2.0 */
/* A saved report of any bytes: it is refused with a sentence, or written in every format, compared with itself and put together with itself. */
#include "tests/fuzz.h"

#include "core/audit/diff.h"
#include "reports/formats.h"
#include "reports/saved.h"

static int no_policy(void *with, const struct saved_benchmark *benchmark, struct policy **policy, struct err *err)
{
	(void)with;
	(void)benchmark;
	(void)policy;
	(void)err;
	return 0;
}

static void write_all(const struct audit *audit)
{
	const struct format_options options = { .min_score = -1, .verbose = 2, .width = 80 };

	for (const struct format *const *format = formats; *format; format++) {
		FILE *file = fopen("/dev/null", "we");
		struct err err = { "" };

		if (!file)
			abort();
		if ((*format)->write)
			(*format)->write(audit, &options, file, &err);
		if ((*format)->write_changes && audit->changes)
			(*format)->write_changes(audit, &options, file, &err);
		fclose(file);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct saved_library library = { no_policy, NULL };
	struct audit *one = NULL, *two = NULL, *both;
	struct diff *diff = NULL;
	struct err err = { "" };
	char path[64];
	int fd = fuzz_file(data, size, path, sizeof(path));

	if (saved_read(&one, path, &library, &err) < 0) {
		close(fd);
		if (!*err.text)
			abort();
		return 0;
	}
	if (saved_read(&two, path, &library, &err) < 0)
		abort();
	write_all(one);
	if (diff_of(&diff, one, two, &err) == 0) {
		two->changes = diff;
		write_all(two);
		diff_free(diff);
	}
	both = saved_join((struct audit *const[]){ one, two }, 2);
	write_all(both);
	audit_free(both);
	audit_free(one);
	audit_free(two);
	close(fd);
	return 0;
}
