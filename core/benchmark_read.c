/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The XCCDF reader. The document streams through libxml2's SAX interface; only the element that is being read (one Rule, Value
 * or Profile) stands as a tree, and is freed when it was taken over. Memory does not grow with the rest of a data stream.
 */
#include "core/benchmark_reading.h"

#include "core/text.h"
#include "core/xml.h"

#include <errno.h>
#include <fcntl.h>
#include <libxml/SAX2.h>
#include <sys/stat.h>

enum { BENCHMARK_LIMIT = 256 << 20 };   /* bytes */

/* ---- Benchmark ---- */

static int open_benchmark(struct reading *r, xmlNode *node)
{
	struct benchmark *b = r->benchmark;
	int rc = xml_check_attributes(r->path, node, "id Id resolved style style-href", r->err);

	if (rc < 0)
		return rc;
	b->id = xml_attribute(r->arena, node, "id");
	if (!b->id)
		return xml_fail(r->path, node, r->err, "Benchmark has no id");
	b->short_id = benchmark_short_id(b->id);
	b->title = b->description = b->version = "";
	return 0;
}

static int read_benchmark_child(struct reading *r, const xmlNode *node)
{
	struct benchmark *b = r->benchmark;
	const char *name = (const char *)node->name;

	if (streq(name, "title"))
		b->title = xml_text(r->arena, node);
	else if (streq(name, "description"))
		b->description = xml_text(r->arena, node);
	else if (streq(name, "version"))
		b->version = xml_text(r->arena, node);
	else if (!reading_is_ignored(name) && !streq(name, "reference"))
		return reading_unknown_element(r, node, "Benchmark", "status title description notice front-matter rear-matter reference "
				       "plain-text platform version metadata model Profile Value Group Rule TestResult");
	return 0;
}

/* ---- one element after the other ---- */

static void stop(struct reading *r, int rc)
{
	if (r->rc == 0)
		r->rc = rc;
	xmlStopParser(r->parser);
}

/* A whole element: taken over, and its tree freed by the caller. */
static int take_element(struct reading *r, xmlNode *node)
{
	const char *name = (const char *)node->name;

	if (streq(name, "Rule"))
		return reading_rule(r, node);
	if (streq(name, "Value"))
		return reading_value(r, node);
	if (streq(name, "Profile"))
		return reading_profile(r, node);
	if (!r->group)
		return read_benchmark_child(r, node);
	if (reading_item_child(r, r->group, node) || list_has("rationale warning reference", " ", name))
		return 0;
	return reading_unknown_element(r, node, "Group",
				       "title description warning reference rationale requires conflicts Value Group Rule");
}

static bool is_xccdf(const xmlChar *name, const xmlChar *uri, const char *wanted)
{
	return uri && streq((const char *)uri, XCCDF_NAMESPACE) && (!wanted || streq((const char *)name, wanted));
}

/* Elements that are not built: those that say nothing we need, and in an audit the long texts of a Rule. */
static bool is_stepped_over(const struct reading *r, const xmlChar *name, const xmlChar *uri)
{
	if (!r->inside)
		return false;
	if (r->collecting)
		return r->for_verdict && r->collecting == 1 && is_xccdf(name, uri, NULL) &&
		       list_has("rationale warning reference description question", " ", (const char *)name);
	return !is_xccdf(name, uri, NULL) || streq((const char *)name, "TestResult") || reading_is_ignored((const char *)name);
}

static void on_start(void *with, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int n_namespaces,
		     const xmlChar **namespaces, int n_attributes, int n_defaulted, const xmlChar **attributes)
{
	xmlParserCtxt *parser = with;
	struct reading *r = parser->_private;
	int rc = 0;

	if (r->ignoring || r->done || is_stepped_over(r, name, uri)) {
		r->ignoring++;
		return;
	}
	xmlSAX2StartElementNs(with, name, prefix, uri, n_namespaces, namespaces, n_attributes, n_defaulted, attributes);
	if (r->collecting || (r->inside && !is_xccdf(name, uri, "Group"))) {
		r->collecting++;
	} else if (r->inside) {
		rc = reading_open_group(r, parser->node);
	} else if (is_xccdf(name, uri, "Benchmark")) {
		r->inside = true;
		rc = open_benchmark(r, parser->node);
	}
	if (rc < 0)
		stop(r, rc);
}

static void drop(xmlNode *node)
{
	xmlUnlinkNode(node);
	xmlFreeNode(node);
}

/* The element that was being built is complete. */
static void close_collected(struct reading *r, xmlNode *node)
{
	int rc = r->rc < 0 ? r->rc : take_element(r, node);

	if (rc < 0 && r->rc == 0 && r->listener)
		r->listener->tell(r->listener->with, r->err->text);
	else if (rc < 0)
		stop(r, rc);
}

static void on_end(void *with, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	xmlParserCtxt *parser = with;
	struct reading *r = parser->_private;
	xmlNode *node = parser->node;

	if (r->ignoring) {
		r->ignoring--;
		return;
	}
	if (r->done)
		return;
	xmlSAX2EndElementNs(with, name, prefix, uri);
	if (r->collecting) {
		if (--r->collecting)
			return;
		close_collected(r, node);
		drop(node);
	} else if (r->inside && r->group) {
		r->group = r->group->parent;
		drop(node);
	} else if (r->inside) {
		r->inside = false;
		r->done = true;
	} else {
		drop(node);   /* a sibling of the ancestors, in a data stream */
	}
}

static void on_text(void *with, const xmlChar *text, int size)
{
	const struct reading *r = ((xmlParserCtxt *)with)->_private;

	if (r->collecting && !r->ignoring)
		xmlSAX2Characters(with, text, size);
}

static void on_cdata(void *with, const xmlChar *text, int size)
{
	const struct reading *r = ((xmlParserCtxt *)with)->_private;

	if (r->collecting && !r->ignoring)
		xmlSAX2CDataBlock(with, text, size);
}

static void on_doctype(void *with, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	struct reading *r = ((xmlParserCtxt *)with)->_private;

	(void)name;
	(void)external;
	(void)system;
	stop(r, err_set(r->err, EINVAL, "%s:%d: a document with a DOCTYPE is refused", r->path, r->parser->input->line));
}

static void on_parser_error(void *with, xmlError *error)
{
	struct reading *r = ((xmlParserCtxt *)with)->_private;

	if (!r->parser_said && error->level >= XML_ERR_ERROR && error->code != XML_ERR_USER_STOP) {
		const char *message = error->message ? error->message : "not well-formed";

		r->parser_said = arena_printf(r->arena, "%s:%d: %.*s", r->path, error->line, (int)strcspn(message, "\n"), message);
	}
}

static void prepare(xmlParserCtxt *parser, struct reading *r)
{
	xmlSAXHandler *sax = parser->sax;

	parser->_private = r;
	r->parser = parser;
	sax->startElementNs = on_start;
	sax->endElementNs = on_end;
	sax->characters = on_text;
	sax->ignorableWhitespace = on_text;
	sax->cdataBlock = on_cdata;
	sax->comment = NULL;
	sax->processingInstruction = NULL;
	sax->internalSubset = on_doctype;
	sax->serror = (xmlStructuredErrorFunc)on_parser_error;
}

/* Feeds the file to the parser piece by piece, so that it never lies in memory as a whole. Returns 0, or -errno with a sentence. */
static int feed(struct reading *r, int fd)
{
	char piece[32768];
	size_t total = 0;

	for (;;) {
		ssize_t n = read(fd, piece, sizeof(piece));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(r->err, errno, "%s: %s", r->path, strerror(errno));
		total += (size_t)n;
		if (total > BENCHMARK_LIMIT)
			return err_set(r->err, EFBIG, "%s: larger than the %d bytes read at most", r->path, BENCHMARK_LIMIT);
		xmlParseChunk(r->parser, piece, (int)n, n == 0);
		if (n == 0 || r->rc < 0 || r->parser_said)
			return 0;
	}
}

static int parse(struct reading *r, int fd)
{
	xmlParserCtxt *parser = xmlCreatePushParserCtxt(NULL, NULL, NULL, 0, NULL);
	int rc;

	if (!parser)
		return err_set(r->err, ENOMEM, "%s: cannot be parsed", r->path);
	xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_COMPACT);
	prepare(parser, r);
	rc = feed(r, fd);
	if (rc == 0 && r->rc < 0)
		rc = r->rc;
	else if (rc == 0 && r->parser_said)
		rc = err_set(r->err, EINVAL, "%s", r->parser_said);
	else if (rc == 0 && !r->done)
		rc = err_set(r->err, EINVAL, "%s: holds no XCCDF 1.2 Benchmark", r->path);
	xmlFreeDoc(parser->myDoc);
	xmlFreeParserCtxt(parser);
	return rc;
}

static int open_file(const char *path, int *fd, struct err *err)
{
	struct stat st;

	*fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (*fd < 0 || fstat(*fd, &st) < 0)
		return err_set(err, errno, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, EINVAL, "%s: not a regular file", path);
	return 0;
}

static int read_file(struct benchmark **ret, const char *path, const struct registry *registry,
		     const struct reading *how, struct err *err)
{
	struct arena *arena = arena_new();
	struct benchmark *benchmark = arena_new_of(arena, struct benchmark);
	struct reading r = { .benchmark = benchmark, .arena = arena, .registry = registry, .listener = how->listener,
			     .for_verdict = how->for_verdict, .err = err, .path = arena_strdup(arena, path) };
	auto_close int fd = -1;
	int rc = open_file(path, &fd, err);

	benchmark->arena = arena;
	benchmark->path = r.path;
	r.context = (struct engine_context){ .arena = arena, .path = r.path, .registry = registry };
	if (rc == 0)
		rc = parse(&r, fd);
	if (rc == 0)
		rc = reading_check_references(&r);
	if (rc < 0)
		benchmark_free(benchmark);
	else
		*ret = benchmark;
	return rc;
}

int benchmark_read(struct benchmark **ret, const char *path, const struct registry *registry, struct err *err)
{
	return read_file(ret, path, registry, &(struct reading){ 0 }, err);
}

int benchmark_read_for_verdict(struct benchmark **ret, const char *path, const struct registry *registry, struct err *err)
{
	return read_file(ret, path, registry, &(struct reading){ .for_verdict = true }, err);
}

int benchmark_read_all(struct benchmark **ret, const char *path, const struct registry *registry,
		       const struct benchmark_listener *listener, struct err *err)
{
	return read_file(ret, path, registry, &(struct reading){ .listener = listener }, err);
}
