/* SPDX-License-Identifier: Apache-2.0 */
#include "core/benchmark/benchmark_document.h"

#include "core/benchmark/xml.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

static void free_doc(xmlDoc **doc)
{
	xmlFreeDoc(*doc);
}

static void free_buffer(xmlBuffer **buffer)
{
	xmlBufferFree(*buffer);
}

#define auto_doc     __attribute__((cleanup(free_doc)))
#define auto_buffer  __attribute__((cleanup(free_buffer)))

static bool is_xccdf(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && node->ns && streq((const char *)node->ns->href, XCCDF_NAMESPACE) &&
	       streq((const char *)node->name, name);
}

/* What stands behind the node in the document; its children count as behind it. */
static xmlNode *next_in_document(xmlNode *node)
{
	if (node->children && node->type == XML_ELEMENT_NODE)
		return node->children;
	while (node && !node->next)
		node = node->parent;
	return node ? node->next : NULL;
}

static xmlDoc *parse(const struct benchmark *b, struct err *err)
{
	xmlParserCtxt *parser = xmlNewParserCtxt();
	const xmlError *error;
	xmlDoc *doc = NULL;

	if (!parser) {
		err_set(err, ENOMEM, "%s: cannot be parsed", b->path);
		return NULL;
	}
	doc = xmlCtxtReadMemory(parser, b->document, (int)b->document_size, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	error = xmlCtxtGetLastError(parser);
	if (!doc && error && error->message)
		err_set(err, EINVAL, "%s:%d: %.*s", b->path, error->line, (int)strcspn(error->message, "\n"), error->message);
	else if (!doc)
		err_set(err, EINVAL, "%s: cannot be parsed", b->path);
	xmlFreeParserCtxt(parser);
	return doc;
}

/* The first Benchmark, in a document of its own that declares every namespace it uses. */
static xmlDoc *alone(xmlDoc *doc)
{
	xmlNode *node = xmlDocGetRootElement(doc);
	xmlDoc *own = xmlNewDoc((const xmlChar *)"1.0");

	while (node && !is_xccdf(node, "Benchmark"))
		node = next_in_document(node);
	node = node && own ? xmlDocCopyNode(node, own, 1) : NULL;
	if (!node) {
		xmlFreeDoc(own);
		return NULL;
	}
	xmlDocSetRootElement(own, node);
	/* else everything beyond ASCII is written as references */
	own->encoding = xmlStrdup((const xmlChar *)"UTF-8");
	return own;
}

static void drop(xmlNode *benchmark, const char *name)
{
	for (xmlNode *child = benchmark->children, *next; child; child = next) {
		next = child->next;
		if (!is_xccdf(child, name))
			continue;
		xmlUnlinkNode(child);
		xmlFreeNode(child);
	}
}

/* The last of this name in a text; the mark is the last child, so nothing but the end of the element stands behind it. */
static char *last(char *text, const char *mark)
{
	char *found = NULL;

	for (char *at = text; (at = strstr(at, mark)); at++)
		found = at;
	return found;
}

static int split(struct benchmark_document *ret, xmlDoc *doc, struct arena *arena)
{
	static const char mark[] = "<?results?>";
	auto_buffer xmlBuffer *buffer = xmlBufferCreate();
	xmlNode *benchmark = xmlDocGetRootElement(doc), *place = xmlNewDocPI(doc, (const xmlChar *)"results", NULL);
	char *text, *at;

	if (!buffer || !place)
		return -ENOMEM;
	xmlAddChild(benchmark, place);
	if (xmlNodeDump(buffer, doc, benchmark, 0, 0) < 0)
		return -ENOMEM;
	text = arena_strndup(arena, (const char *)xmlBufferContent(buffer), (size_t)xmlBufferLength(buffer));
	at = last(text, mark);
	if (!at)
		return -ENOMEM;
	*at = '\0';
	*ret = (struct benchmark_document){ text, at + strlen(mark) };
	return 0;
}

int benchmark_document(struct benchmark_document *ret, const struct benchmark *b, struct arena *arena, struct err *err)
{
	auto_doc xmlDoc *doc = NULL, *own = NULL;

	if (!b->document)
		return err_set(err, ENOENT, "the document of benchmark '%s' %s is not at hand; name its file with --benchmark", b->short_id,
			       b->version ? b->version : "");
	doc = parse(b, err);
	if (!doc)
		return -EINVAL;
	own = alone(doc);
	if (!own)
		return err_set(err, ENOMEM, "%s: its Benchmark cannot be copied", b->path);
	drop(xmlDocGetRootElement(own), "TestResult");
	drop(xmlDocGetRootElement(own), "signature");
	if (split(ret, own, arena) < 0)
		return err_set(err, ENOMEM, "%s: its Benchmark cannot be written", b->path);
	return 0;
}
