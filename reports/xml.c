/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that writes XML. */
#include "reports/xml.h"

#include "core/base/arena.h"
#include "reports/output.h"

#include <errno.h>
#include <libxml/xmlwriter.h>

struct xml_out {
	struct output output;
	xmlTextWriter *writer;
	bool html;
	bool failed;              /* libxml2 refused something: out of memory, or elements that do not nest */
};

/* Claims to have written all even after a failure: libxml2 would print a message of its own. */
static int on_write(void *with, const char *data, int size)
{
	struct xml_out *out = with;

	output_write(&out->output, data, (size_t)size);
	return size;
}

static void note(struct xml_out *out, int rc)
{
	if (rc < 0)
		out->failed = true;
}

static struct xml_out *new_out(FILE *file)
{
	struct xml_out *out = xmalloc(sizeof(*out));
	xmlOutputBuffer *buffer;

	*out = (struct xml_out){ .output = { .file = file } };
	buffer = xmlOutputBufferCreateIO(on_write, NULL, out, NULL);
	if (buffer)
		out->writer = xmlNewTextWriter(buffer);
	if (!out->writer) {
		xmlOutputBufferClose(buffer);
		out->failed = true;
	}
	return out;
}

struct xml_out *xml_out_new(FILE *file)
{
	struct xml_out *out = new_out(file);

	note(out, xmlTextWriterSetIndent(out->writer, 1));
	note(out, xmlTextWriterStartDocument(out->writer, "1.0", "UTF-8", NULL));
	return out;
}

struct xml_out *xml_out_new_html(FILE *file)
{
	struct xml_out *out = new_out(file);

	out->html = true;
	note(out, xmlTextWriterWriteDTD(out->writer, (const xmlChar *)"html", NULL, NULL, NULL));
	xml_out_raw(out, "\n");
	return out;
}

void xml_out_start(struct xml_out *out, const char *name)
{
	note(out, xmlTextWriterStartElement(out->writer, (const xmlChar *)name));
}

void xml_out_end(struct xml_out *out)
{
	note(out, out->html ? xmlTextWriterFullEndElement(out->writer) : xmlTextWriterEndElement(out->writer));
}

void xml_out_end_void(struct xml_out *out)
{
	note(out, xmlTextWriterEndElement(out->writer));
}

void xml_out_attribute(struct xml_out *out, const char *name, const char *value)
{
	note(out, xmlTextWriterWriteAttribute(out->writer, (const xmlChar *)name, (const xmlChar *)value));
}

void xml_out_number(struct xml_out *out, const char *name, size_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%zu", value);
	xml_out_attribute(out, name, text);
}

void xml_out_text(struct xml_out *out, const char *text)
{
	note(out, xmlTextWriterWriteString(out->writer, (const xmlChar *)text));
}

void xml_out_raw(struct xml_out *out, const char *text)
{
	note(out, xmlTextWriterWriteRaw(out->writer, (const xmlChar *)text));
}

void xml_out_element(struct xml_out *out, const char *name, const char *text)
{
	xml_out_start(out, name);
	xml_out_text(out, text);
	xml_out_end(out);
}

void xml_out_empty(struct xml_out *out, const char *name)
{
	xml_out_start(out, name);
	xml_out_end_void(out);
}

int xml_out_finish(struct xml_out *out, struct err *err)
{
	int rc;

	note(out, xmlTextWriterEndDocument(out->writer));
	if (out->writer)
		note(out, xmlTextWriterFlush(out->writer));
	rc = output_finish(&out->output, err);
	if (rc == 0 && out->failed)
		return err_set(err, ENOMEM, "the report could not be written: libxml2 failed");
	return rc;
}

void xml_out_free(struct xml_out *out)
{
	if (!out)
		return;
	xmlFreeTextWriter(out->writer);
	free(out);
}
