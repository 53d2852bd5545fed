/* SPDX-License-Identifier: Apache-2.0 */
#include "core/benchmark/check.h"

#include <assert.h>

const char *params_get(const struct params *params, const char *name)
{
	const struct param *p = params->check->params;
	size_t i = 0;

	while (p[i].name && !streq(p[i].name, name))
		i++;
	assert(p[i].name);
	return params->values[i];
}

bool params_true(const struct params *params, const char *name)
{
	const char *value = params_get(params, name);

	return value && streq(value, "true");
}

const struct check *check_find(const struct check *const *checks, const char *name)
{
	while (*checks && !streq((*checks)->name, name))
		checks++;
	return *checks;
}
