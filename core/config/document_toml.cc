/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TOML by toml++, for which no C library of all distributions serves: the one file of C++, a thin layer that hands each value to
 * build_add(). No exception leaves it.
 */
#include "core/config/document_build.h"

#include <stdexcept>

/* What the library takes for granted and a text of no table of TOML breaks is a mistake of that text, not the end of the audit. */
#undef NDEBUG
[[noreturn]] static void taken_for_granted()
{
	throw std::logic_error("the text is no TOML");
}

#define TOML_ASSERT(expr) ((expr) ? static_cast<void>(0) : taken_for_granted())
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <cctype>
#include <exception>
#include <sstream>
#include <string>
#include <string_view>

namespace {

/* As enum value_kind of core/config/document.h, which is C. */
enum kind { KIND_NULL, KIND_BOOLEAN, KIND_INTEGER, KIND_REAL, KIND_STRING, KIND_LIST, KIND_TABLE };

place_in_file place_of(const toml::source_position &at)
{
	return { static_cast<unsigned>(at.line), static_cast<unsigned>(at.column) };
}

template <typename T> std::string printed(const T &value)
{
	std::ostringstream out;

	out << value;
	return out.str();
}

bool add(document_build *build, value *into, raw_value raw, const toml::node &node);

bool add_members(document_build *build, value *into, int depth, const toml::node &node)
{
	if (const toml::table *table = node.as_table()) {
		for (const auto &[key, member] : *table) {
			raw_value raw = {};

			raw.key = key.str().data();
			raw.key_size = key.str().size();
			raw.depth = depth;
			if (!add(build, into, raw, member))
				return false;
		}
	} else if (const toml::array *array = node.as_array()) {
		for (const toml::node &entry : *array) {
			raw_value raw = {};

			raw.depth = depth;
			if (!add(build, into, raw, entry))
				return false;
		}
	}
	return true;
}

/* Its kind, and its text where it is a scalar. */
kind kind_of(const toml::node &node, std::string &text)
{
	if (node.is_table())
		return KIND_TABLE;
	if (node.is_array())
		return KIND_LIST;
	if (const auto *s = node.as_string()) {
		text = s->get();
		return KIND_STRING;
	}
	if (const auto *b = node.as_boolean()) {
		text = b->get() ? "true" : "false";
		return KIND_BOOLEAN;
	}
	if (const auto *i = node.as_integer()) {
		text = std::to_string(i->get());
		return KIND_INTEGER;
	}
	if (const auto *f = node.as_floating_point()) {
		text = printed(f->get());
		return KIND_REAL;
	}
	if (const auto *d = node.as_date())
		text = printed(d->get());
	else if (const auto *t = node.as_time())
		text = printed(t->get());
	else if (const auto *dt = node.as_date_time())
		text = printed(dt->get());
	return KIND_STRING;
}

/* The recursion ends where build_add() refuses. */
bool add(document_build *build, value *into, raw_value raw, const toml::node &node)
{
	std::string text;
	value *v;

	raw.kind = kind_of(node, text);
	if (raw.kind < KIND_LIST) {
		raw.text = text.data();
		raw.text_size = text.size();
	}
	raw.at = place_of(node.source().begin);
	v = build_add(build, into, &raw);
	return v && add_members(build, v, raw.depth + 1, node);
}

/*
 * Keys of a thousand parts become a thousand tables in each other, which the library takes apart by recursion: more parts than any
 * program has are refused before it sees them. What stands in quotes is one part, a comment none.
 */
bool has_long_key(const char *data, size_t size, place_in_file *at)
{
	enum { PARTS_MOST = 16 };
	unsigned dots = 0;
	char quote = 0;

	*at = { 1, 1 };
	for (size_t i = 0; i < size; i++, at->column++) {
		char c = data[i];

		if (c == '\n') {
			*at = { at->line + 1, 0 };
			quote = 0;
			dots = 0;
		} else if (quote) {
			if (c == quote && !(quote == '"' && data[i - 1] == '\\'))
				quote = quote == '#' ? quote : 0;
		} else if (c == '"' || c == '\'' || c == '#') {
			quote = c;
		} else if (c == '.') {
			if (++dots == PARTS_MOST)
				return true;
		} else if (c != ' ' && c != '\t' && c != '_' && c != '-' && !isalnum(static_cast<unsigned char>(c))) {
			dots = 0;
		}
	}
	return false;
}

}

extern "C" bool document_parse_toml(document_build *build, const char *data, size_t size)
{
	place_in_file at;

	if (has_long_key(data, size, &at))
		return build_fail(build, at, "a key of more than 16 parts");
	try {
		toml::parse_result result = toml::parse(std::string_view(data, size));

		if (!result) {
			std::string what(result.error().description());

			return build_fail(build, place_of(result.error().source().begin), what.c_str());
		}
		return add(build, nullptr, raw_value{}, result.table());
	} catch (const std::exception &e) {
		return build_fail(build, { 1, 1 }, e.what());
	} catch (...) {
		return build_fail(build, { 1, 1 }, "the parser gave up");
	}
}
