/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/yaml.h"

#include "core/base/text.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <yaml.h>

enum { COLUMNS = 120 };

static int on_write(void *with, unsigned char *data, size_t size)
{
	output_write(with, (const char *)data, size);
	return 1;
}

/* Words that YAML 1.1 takes for something else than a text. */
static bool is_plain(const char *text)
{
	static const char words[] = "y n yes no on off true false null";
	size_t n = 0;

	if (!isalpha((unsigned char)*text) && *text != '/')
		return false;
	for (; text[n]; n++)
		if (!isalnum((unsigned char)text[n]) && !strchr("_./-", text[n]))
			return false;
	for (const char *at = words, *word; (word = list_next(&at, " ", &n));)
		if (strlen(text) == n && strncasecmp(word, text, n) == 0)
			return false;
	return true;
}

static bool is_template(const char *text)
{
	return strstr(text, "{{") || strstr(text, "{%") || strstr(text, "{#");
}

static bool put_text(yaml_emitter_t *emitter, const char *text)
{
	yaml_scalar_style_t style = is_plain(text) ? YAML_PLAIN_SCALAR_STYLE : strchr(text, '\n') ? YAML_LITERAL_SCALAR_STYLE
								       : YAML_SINGLE_QUOTED_SCALAR_STYLE;
	bool tagged = is_template(text);
	yaml_event_t event;

	return yaml_scalar_event_initialize(&event, NULL, tagged ? (const yaml_char_t *)"!unsafe" : NULL, (const yaml_char_t *)text, (int)strlen(text),
					    !tagged && style == YAML_PLAIN_SCALAR_STYLE, !tagged, style) &&
	       yaml_emitter_emit(emitter, &event);
}

static bool put_plain(yaml_emitter_t *emitter, const char *text)
{
	yaml_event_t event;

	return yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text, (int)strlen(text), 1, 1, YAML_PLAIN_SCALAR_STYLE) &&
	       yaml_emitter_emit(emitter, &event);
}

static bool put_value(yaml_emitter_t *emitter, const json_t *value, int depth);

static bool put_object(yaml_emitter_t *emitter, const json_t *value, int depth)
{
	const char *key;
	json_t *member;
	yaml_event_t event;
	bool good = yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE) && yaml_emitter_emit(emitter, &event);

	json_object_foreach ((json_t *)value, key, member)
		good = good && put_text(emitter, key) && put_value(emitter, member, depth + 1);
	return good && yaml_mapping_end_event_initialize(&event) && yaml_emitter_emit(emitter, &event);
}

static bool put_array(yaml_emitter_t *emitter, const json_t *value, int depth)
{
	yaml_event_t event;
	bool good = yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE) && yaml_emitter_emit(emitter, &event);

	for (size_t i = 0; i < json_array_size(value) && good; i++)
		good = put_value(emitter, json_array_get(value, i), depth + 1);
	return good && yaml_sequence_end_event_initialize(&event) && yaml_emitter_emit(emitter, &event);
}

static bool put_value(yaml_emitter_t *emitter, const json_t *value, int depth)
{
	char number[32];

	if (depth > 32)
		return false;
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return put_object(emitter, value, depth);
	case JSON_ARRAY:
		return put_array(emitter, value, depth);
	case JSON_STRING:
		return put_text(emitter, json_string_value(value));
	case JSON_INTEGER:
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		return put_plain(emitter, number);
	case JSON_REAL:
		snprintf(number, sizeof(number), "%g", json_real_value(value));
		return put_plain(emitter, number);
	default:
		return put_plain(emitter, json_is_null(value) ? "null" : json_is_true(value) ? "true" : "false");
	}
}

int yaml_put(struct output *output, const json_t *value, struct err *err)
{
	yaml_emitter_t emitter;
	yaml_event_t event;
	bool good = value && yaml_emitter_initialize(&emitter);

	if (!good)
		return err_set(err, ENOMEM, "a value cannot be made into YAML");
	yaml_emitter_set_output(&emitter, on_write, output);
	yaml_emitter_set_width(&emitter, COLUMNS);
	good = yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING) && yaml_emitter_emit(&emitter, &event) &&
	       yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1) && yaml_emitter_emit(&emitter, &event) &&
	       put_value(&emitter, value, 0) &&
	       yaml_document_end_event_initialize(&event, 1) && yaml_emitter_emit(&emitter, &event) &&
	       yaml_stream_end_event_initialize(&event) && yaml_emitter_emit(&emitter, &event);
	yaml_emitter_delete(&emitter);
	return good ? 0 : err_set(err, EINVAL, "a value cannot be made into YAML");
}
