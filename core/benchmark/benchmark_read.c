/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The XCCDF reader. The document streams through libxml2's SAX interface; only the element that is being read (one Rule, Value
 * or Profile) stands as a small tree. Memory does not grow with the rest of a data stream, unless its bytes are to be kept.
 */
#include "core/benchmark/benchmark_reading.h"

#include "core/base/text.h"
#include "core/benchmark/xml.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

enum {
	BENCHMARK_LIMIT = 256 << 20,    /* bytes of a document */
	TAG_LIMIT = 256 << 10,          /* bytes between < and >; the parser's time grows with the square of the attributes in it */
	DEEPEST = 256,                  /* levels of elements */
};

/* ---- Benchmark ---- */

static int open_benchmark(struct reading *r, const struct xml *node)
{
	struct benchmark *b = r->benchmark;
	int rc = xml_check_attributes(r->path, node, "id Id resolved style style-href", r->err);

	if (rc < 0)
		return rc;
	b->id = xml_copy(r->arena, node, "id");
	if (!b->id)
		return xml_fail(r->path, node, r->err, "Benchmark has no id");
	b->short_id = benchmark_short_id(b->id);
	b->title = b->description = b->version = "";
	return 0;
}

static int read_benchmark_child(struct reading *r, const struct xml *node)
{
	struct benchmark *b = r->benchmark;
	const char *name = node->name;

	if (streq(name, "title"))
		b->title = xml_text(r->arena, node);
	else if (streq(name, "description"))
		b->description = xml_text(r->arena, node);
	else if (streq(name, "version"))
		b->version = xml_text(r->arena, node);
	else if (!reading_is_ignored(name) && !streq(name, "reference") && !streq(name, "plain-text"))
		return reading_unknown_element(r, node, "Benchmark", "status title description notice front-matter rear-matter reference "
				       "plain-text platform version metadata model Profile Value Group Rule TestResult");
	return 0;
}

/* ---- building an element ---- */

/* The value of an attribute as the parser hands it over: between two pointers, its ampersands still written as references. */
static char *attribute_value(struct arena *arena, const char *start, const char *end)
{
	static const char ampersand[] = "&#38;";
	char *copy = arena_strndup(arena, start, (size_t)(end - start));

	for (char *at = copy; (at = strstr(at, ampersand)); at++)
		memmove(at + 1, at + sizeof(ampersand) - 1, strlen(at + sizeof(ampersand) - 1) + 1);
	return copy;
}

/* SAX2 gives five pointers an attribute: local name, prefix, namespace, start and end of the value. */
static void add_attributes(struct arena *arena, struct xml *node, int n, const xmlChar **attributes)
{
	node->attributes = arena_array_of(arena, struct xml_attribute, (size_t)n + 1);
	for (int i = 0; i < n; i++, attributes += 5)
		if (!attributes[2])
			node->attributes[node->n_attributes++] = (struct xml_attribute){
				(const char *)attributes[0],
				attribute_value(arena, (const char *)attributes[3], (const char *)attributes[4]) };
}

static struct xml *node_below(struct reading *r, struct xml *parent)
{
	struct xml *node = arena_new_of(r->scratch, struct xml);

	node->parent = parent;
	if (parent && parent->last_child)
		parent->last_child->next = node;
	else if (parent)
		parent->children = node;
	if (parent)
		parent->last_child = node;
	return node;
}

static struct xml *element(struct reading *r, const xmlChar *name, const xmlChar *uri, int n, const xmlChar **attributes)
{
	struct xml *node = node_below(r, r->open);

	node->name = (const char *)name;
	node->space = uri ? (const char *)uri : "";
	node->line = (unsigned)r->parser->input->line;
	add_attributes(r->scratch, node, n, attributes);
	return node;
}

/* ---- one element after the other ---- */

static void stop(struct reading *r, int rc)
{
	if (r->rc == 0)
		r->rc = rc;
	xmlStopParser(r->parser);
}

static int take_element(struct reading *r, const struct xml *node)
{
	const char *name = node->name;

	if (streq(name, "Profile"))
		return reading_profile(r, node);
	if (r->tailoring)
		return reading_tailoring_child(r, node);
	if (streq(name, "Rule"))
		return reading_rule(r, node);
	if (streq(name, "Value"))
		return reading_value(r, node);
	if (!r->group)
		return read_benchmark_child(r, node);
	if (reading_item_child(r, r->group, node) || list_has("rationale warning reference", " ", name))
		return 0;
	return reading_unknown_element(r, node, "Group",
				       "title description warning reference rationale requires conflicts Value Group Rule");
}

int reading_tolerate(struct reading *r, int rc)
{
	if (rc >= 0 || !r->listener)
		return rc;
	r->told++;
	r->listener->tell(r->listener->with, r->err->text);
	return 0;
}

static void close_element(struct reading *r)
{
	int rc = reading_tolerate(r, take_element(r, r->open));

	r->open = NULL;
	arena_reset(r->scratch);
	if (rc < 0)
		stop(r, rc);
}

static bool is_xccdf(const xmlChar *name, const xmlChar *uri, const char *wanted)
{
	return uri && streq((const char *)uri, XCCDF_NAMESPACE) && (!wanted || streq((const char *)name, wanted));
}

/* Long texts of a Rule, which no verdict needs. */
static bool only_explains(const struct reading *r, const xmlChar *name)
{
	static const char *const names[] = { "rationale", "warning", "reference", "description", "question" };

	for (size_t i = 0; r->for_verdict && !r->open->parent && i < ARRAY_LEN(names); i++)
		if (streq(names[i], (const char *)name))
			return true;
	return false;
}

static const char *root_of(const struct reading *r)
{
	return r->tailoring ? "Tailoring" : "Benchmark";
}

static bool is_stepped_over(const struct reading *r, const xmlChar *name, const xmlChar *uri)
{
	if (!r->inside)
		return r->done || !is_xccdf(name, uri, root_of(r));
	if (r->open)
		return only_explains(r, name);
	return !is_xccdf(name, uri, NULL) || streq((const char *)name, "TestResult") || reading_is_ignored((const char *)name);
}

/* Benchmark and Group are gone into: only their attributes are read. */
static int enter(struct reading *r, const struct xml *node)
{
	int rc = r->inside ? reading_open_group(r, node) : r->tailoring ? reading_open_tailoring(r, node) : open_benchmark(r, node);

	r->inside = true;
	arena_reset(r->scratch);
	return rc;
}

static const char *attribute_of(struct reading *r, const char *name, int n, const xmlChar **attributes)
{
	for (int i = 0; i < n; i++, attributes += 5)
		if (!attributes[2] && streq((const char *)attributes[0], name))
			return attribute_value(r->arena, (const char *)attributes[3], (const char *)attributes[4]);
	return "";
}

/* References inside texts, also in those that are not kept, are looked up when all Values are known. */
static void note_reference(struct reading *r, const xmlChar *name, const xmlChar *uri, int n, const xmlChar **attributes)
{
	if (r->open && is_xccdf(name, uri, "sub"))
		arena_push(r->arena, r->subs, r->n_subs) =
			(struct idref){ attribute_of(r, "idref", n, attributes), (unsigned)r->parser->input->line };
	else if (r->inside && !r->open && is_xccdf(name, uri, "plain-text"))
		arena_push(r->arena, r->plain_texts, r->n_plain_texts) = attribute_of(r, "id", n, attributes);
}

static void on_start(void *with, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int n_namespaces,
		     const xmlChar **namespaces, int n_attributes, int n_defaulted, const xmlChar **attributes)
{
	struct reading *r = with;
	struct xml *node;
	int rc;

	(void)prefix;
	(void)n_namespaces;
	(void)namespaces;
	(void)n_defaulted;
	if (++r->depth > DEEPEST) {
		stop(r, err_set(r->err, EINVAL, "%s:%d: elements are nested deeper than %d levels", r->path, r->parser->input->line, DEEPEST));
		return;
	}
	note_reference(r, name, uri, n_attributes, attributes);
	if (r->stepping || is_stepped_over(r, name, uri)) {
		/* what stands around the Benchmark of a data stream is gone into, and not built */
		r->stepping += r->inside || r->done;
		return;
	}
	node = element(r, name, uri, n_attributes, attributes);
	if (r->open || (r->inside && (r->tailoring || !is_xccdf(name, uri, "Group")))) {
		r->open = node;
		return;
	}
	rc = enter(r, node);
	if (rc < 0)
		stop(r, rc);
}

static void on_end(void *with, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct reading *r = with;

	(void)name;
	(void)prefix;
	(void)uri;
	r->depth--;
	if (r->stepping) {
		r->stepping--;
	} else if (r->open && r->open->parent) {
		r->open = r->open->parent;
	} else if (r->open) {
		close_element(r);
	} else if (r->inside && r->group) {
		r->group = r->group->parent;
	} else if (r->inside) {
		r->inside = false;
		r->done = true;
	}
}

static void on_text(void *with, const xmlChar *text, int size)
{
	struct reading *r = with;

	if (r->open && !r->stepping)
		node_below(r, r->open)->text = arena_strndup(r->scratch, (const char *)text, (size_t)size);
}

static void on_doctype(void *with, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	struct reading *r = with;

	(void)name;
	(void)external;
	(void)system;
	stop(r, err_set(r->err, EINVAL, "%s:%d: a document with a DOCTYPE is refused", r->path, r->parser->input->line));
}

static void on_parser_error(void *with, xmlError *error)
{
	struct reading *r = with;

	if (!r->parser_said && error->level >= XML_ERR_ERROR && error->code != XML_ERR_USER_STOP) {
		const char *message = error->message ? error->message : "not well-formed";

		r->parser_said = arena_printf(r->arena, "%s:%d: %.*s", r->path, error->line, (int)strcspn(message, "\n"), message);
	}
}

/* No tree is built, and nothing outside the document can be loaded: the handlers for that are not there. */
static const xmlSAXHandler handlers = {
	.initialized = XML_SAX2_MAGIC,
	.startElementNs = on_start,
	.endElementNs = on_end,
	.characters = on_text,
	.ignorableWhitespace = on_text,
	.cdataBlock = on_text,
	.internalSubset = on_doctype,
	.serror = (xmlStructuredErrorFunc)on_parser_error,
};

/* True when a tag is longer than any that a person writes. *open counts the bytes since the last < without its >. */
static bool tag_is_too_long(size_t *open, const char *piece, size_t size)
{
	for (const char *at = piece, *end = piece + size, *mark; at < end; at = mark + 1) {
		mark = memchr(at, *open ? '>' : '<', (size_t)(end - at));
		if (!mark) {
			*open += *open ? (size_t)(end - at) : 0;
			break;
		}
		*open = *open ? 0 : 1;
	}
	return *open > TAG_LIMIT;
}

/* Feeds the file to the parser piece by piece, so that it lies in memory as a whole only where it is kept. Returns 0, or -errno with a sentence. */
static int feed(struct reading *r, int fd)
{
	char piece[32768];
	size_t total = 0, open = 0;

	for (;;) {
		ssize_t n = read(fd, piece, sizeof(piece));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(r->err, errno, "%s: %s", r->path, strerror(errno));
		total += (size_t)n;
		if (total > BENCHMARK_LIMIT)
			return err_set(r->err, EFBIG, "%s: larger than the %d bytes read at most", r->path, BENCHMARK_LIMIT);
		if (tag_is_too_long(&open, piece, (size_t)n))
			return err_set(r->err, EINVAL, "%s:%d: a tag is longer than %d bytes", r->path, r->parser->input->line, TAG_LIMIT);
		if (r->keeps)
			buffer_add(&r->document, piece, (size_t)n);
		xmlParseChunk(r->parser, piece, (int)n, n == 0);
		if (n == 0 || r->rc < 0 || r->parser_said)
			return 0;
	}
}

static int parse(struct reading *r, int fd)
{
	xmlSAXHandler sax = handlers;
	int rc;

	r->parser = xmlCreatePushParserCtxt(&sax, r, NULL, 0, NULL);
	if (!r->parser)
		return err_set(r->err, ENOMEM, "%s: cannot be parsed", r->path);
	xmlCtxtUseOptions(r->parser, XML_PARSE_NONET);
	rc = feed(r, fd);
	if (rc == 0 && r->rc < 0)
		rc = r->rc;
	else if (rc == 0 && r->parser_said)
		rc = err_set(r->err, EINVAL, "%s", r->parser_said);
	else if (rc == 0 && !r->done)
		rc = err_set(r->err, ENOMSG, "%s: holds no XCCDF 1.2 %s", r->path, root_of(r));
	xmlFreeDoc(r->parser->myDoc);
	xmlFreeParserCtxt(r->parser);
	return rc;
}

static int open_file(const char *path, int *fd, size_t *size, struct err *err)
{
	struct stat st;

	*fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (*fd < 0 || fstat(*fd, &st) < 0)
		return err_set(err, errno, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, EINVAL, "%s: not a regular file", path);
	*size = (size_t)st.st_size;
	return 0;
}

/* Room for a file of that size at once: what grows leaves its earlier places behind in the arena. */
static struct buffer document_of(struct arena *arena, size_t size)
{
	size_t room = (size < BENCHMARK_LIMIT ? size : 0) + 1;

	return (struct buffer){ .arena = arena, .text = arena_alloc(arena, room), .room = room };
}

int reading_document(struct reading *r)
{
	auto_arena struct arena *scratch = arena_new();
	auto_close int fd = -1;
	size_t size = 0;
	int rc = open_file(r->path, &fd, &size, r->err);

	r->scratch = scratch;
	r->context = (struct engine_context){ .arena = r->arena, .path = r->path, .registry = r->registry };
	if (rc == 0 && r->keeps)
		r->document = document_of(r->arena, size);
	return rc < 0 ? rc : parse(r, fd);
}

static int read_file(struct benchmark **ret, const char *path, const struct registry *registry,
		     const struct reading *how, struct err *err)
{
	struct arena *arena = arena_new();
	struct benchmark *benchmark = arena_new_of(arena, struct benchmark);
	struct reading r = { .benchmark = benchmark, .arena = arena, .registry = registry, .listener = how->listener,
			     .for_verdict = how->for_verdict, .keeps = how->keeps, .err = err, .path = arena_strdup(arena, path) };
	int rc;

	benchmark->arena = arena;
	benchmark->path = r.path;
	rc = reading_document(&r);
	benchmark->document = r.document.text;
	benchmark->document_size = r.document.size;
	if (rc == 0 && !r.unnamed)
		rc = reading_check_references(&r);
	if (rc < 0)
		benchmark_free(benchmark);
	else
		*ret = benchmark;
	return rc;
}

int benchmark_read(struct benchmark **ret, const char *path, const struct registry *registry, struct err *err)
{
	return read_file(ret, path, registry, &(struct reading){ .keeps = true }, err);
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
