/* SPDX-License-Identifier: Apache-2.0 */
/* What stands for core/config/document_toml.cc where there is no C++ compiler or no toml++. */
#include "core/config/document_build.h"

bool document_parse_toml(struct document_build *build, const char *data, size_t size)
{
	(void)data;
	(void)size;
	build->document->state = STATE_UNAVAILABLE;
	build->document->why = "built without TOML";
	return false;
}
