/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/subjects.h"

#include "core/base/text.h"

#include <errno.h>

struct subject_filter subjects_asked_for(const struct options *o)
{
	struct subject_filter filter = { .host = !o->subjects.n, .containers = !o->subjects.n };

	for (size_t i = 0; i < o->subjects.n; i++) {
		filter.host = filter.host || streq(o->subjects.list[i], "host");
		filter.containers = filter.containers || streq(o->subjects.list[i], "containers");
		filter.sandboxes = filter.sandboxes || streq(o->subjects.list[i], "sandboxes");
	}
	filter.ids = o->subjects.list;
	return filter;
}

int subjects_missing(const struct audit *audit, const struct options *o, struct err *err)
{
	for (size_t i = 0; i < o->subjects.n; i++) {
		const char *word = o->subjects.list[i];
		bool found = list_has("host containers sandboxes", " ", word);

		for (size_t k = 0; k < audit->n_subjects && !found; k++)
			found = audit->subjects[k].container && container_is_called(audit->subjects[k].container, word);
		if (!found)
			return err_set(err, ENOENT, "--subject: there is no running container '%s'; 'plimsoll containers' lists them", word);
	}
	return 0;
}
