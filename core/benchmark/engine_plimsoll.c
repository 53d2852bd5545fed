/* SPDX-License-Identifier: Apache-2.0 */
#include "core/benchmark/engine_plimsoll.h"

#include "core/base/text.h"
#include "core/benchmark/benchmark.h"
#include "core/benchmark/engine_plimsoll_program.h"
#include "core/benchmark/xml.h"
#include "core/subject/cpu.h"

#include <errno.h>

enum { DEEPEST = 16 };

struct loading {
	const struct engine_context *context;
	struct program *program;
	struct err *err;
};

/* ---- load ---- */

static const struct {
	const char *name;
	enum node_kind kind;
	enum operator operator;
} combinations[] = {
	{ "all-of", NODE_COMBINE, OPERATOR_AND },
	{ "any-of", NODE_COMBINE, OPERATOR_OR },
	{ "first-of", NODE_COMBINE, OPERATOR_FIRST },
	{ "not", NODE_NOT, OPERATOR_AND },
};

static const char *names_of_checks(const struct loading *l)
{
	struct buffer names = { .arena = l->context->arena };

	for (const struct check *const *c = l->context->registry->checks; *c; c++)
		buffer_printf(&names, "%s ", (*c)->name);
	buffer_puts(&names, "all-of any-of first-of not");
	return names.text;
}

static const char *names_of_attributes(const struct loading *l, const struct check *check)
{
	struct buffer names = { .arena = l->context->arena };

	for (const struct param *p = check->params; p->name; p++)
		buffer_printf(&names, "%s ", p->name);
	for (enum expect_op op = 0; op < EXPECT_OPS; op++)
		buffer_printf(&names, "%s ", expect_op_name(op));
	buffer_puts(&names, "absent otherwise kernel arch cpu");
	return names.text;
}

static int param_index(const struct check *check, const char *name)
{
	for (int i = 0; check->params[i].name; i++)
		if (streq(check->params[i].name, name))
			return i;
	return -1;
}

static int load_absent(struct loading *l, struct node *node, const struct xml *xml, const char *text)
{
	static const enum outcome outcomes[] = { OUTCOME_PASS, OUTCOME_FAIL, OUTCOME_NOTAPPLICABLE };

	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
		if (streq(text, outcome_name(outcomes[i]))) {
			node->absent = outcomes[i];
			return 0;
		}
	}
	return xml_fail(l->context->path, xml, l->err, "absent is pass, fail or notapplicable, not '%s'", text);
}

/* The words are those that the host is told by; a misspelt one would never apply. */
static int load_words(struct loading *l, const struct xml *xml, const char *name, const char *known, const char *text)
{
	size_t n, words = 0;

	for (const char *at = text, *w; (w = list_next(&at, " ", &n)); words++) {
		const char *word = arena_strndup(l->context->arena, w, n);

		if (!list_has(known, " ", word))
			return xml_fail(l->context->path, xml, l->err, "%s: '%s' is none that is known%s", name, word,
					nearest_hint(l->context->arena, known, word));
	}
	return words ? 1 : xml_fail(l->context->path, xml, l->err, "%s names nothing", name);
}

/* kernel=, arch= and cpu=. Returns 1 where the attribute was one, 0 where not, or -errno. */
static int load_guard(struct loading *l, struct node *node, const struct xml *xml, const char *name, const char *text)
{
	static const char architectures[] = "x86_64 x86_32 arm64 arm riscv ppc64le ppc64 ppc s390x s390 loongarch64 mips64 mips sparc64 parisc64 alpha";

	if (streq(name, "arch")) {
		node->arch = text;
		return load_words(l, xml, name, architectures, text);
	}
	if (streq(name, "cpu")) {
		node->cpu = text;
		return load_words(l, xml, name, CPU_VENDORS, text);
	}
	if (!streq(name, "kernel"))
		return 0;
	node->kernel = text;
	if (kernel_version_within("6.0", text) < 0)
		return xml_fail(l->context->path, xml, l->err, "kernel=\"%s\" is not a comparison like \"&gt;= 6.6\"", text);
	return 1;
}

static int load_attribute(struct loading *l, struct node *node, const struct xml *xml,
			  const struct xml_attribute *attribute)
{
	struct attribute a = { .op = EXPECT_OPS };
	int rc;

	a.name = arena_strdup(l->context->arena, attribute->name);
	a.text = arena_strdup(l->context->arena, attribute->value);
	rc = load_guard(l, node, xml, a.name, a.text);
	if (rc)
		return rc < 0 ? rc : 0;
	if (streq(a.name, "absent"))
		return load_absent(l, node, xml, a.text);
	if (streq(a.name, "otherwise")) {
		node->otherwise = OUTCOME_NOTAPPLICABLE;
		return streq(a.text, "notapplicable") ? 0 : xml_fail(l->context->path, xml, l->err, "otherwise is notapplicable, not '%s'",
								     a.text);
	}
	a.param = param_index(node->check, a.name);
	a.op = expect_op_of(a.name);
	if (a.param < 0 && a.op == EXPECT_OPS)
		return xml_fail(l->context->path, xml, l->err, "%s has no attribute '%s'%s", node->check->name, a.name,
				nearest_hint(l->context->arena, names_of_attributes(l, node->check), a.name));
	if (a.param < 0 && node->n_expects++ == EXPECTS)
		return xml_fail(l->context->path, xml, l->err, "%s has more than %d comparisons", node->check->name, EXPECTS);
	arena_push(l->context->arena, node->attributes, node->n_attributes) = a;
	return 0;
}

static bool has_attribute(const struct node *node, const char *name)
{
	for (size_t i = 0; i < node->n_attributes; i++)
		if (streq(node->attributes[i].name, name))
			return true;
	return false;
}

static int load_test(struct loading *l, struct node *node, const struct xml *xml)
{
	const char *path = l->context->path;

	node->absent = OUTCOME_ERROR;
	node->otherwise = OUTCOME_FAIL;
	node->params.check = node->check;
	for (size_t i = 0; i < xml->n_attributes; i++) {
		int rc = load_attribute(l, node, xml, &xml->attributes[i]);

		if (rc < 0)
			return rc;
	}
	node->expects = arena_array_of(l->context->arena, struct expect, node->n_expects + 1);
	for (const struct param *p = node->check->params; p->name; p++)
		if (p->required && !has_attribute(node, p->name))
			return xml_fail(path, xml, l->err, "%s needs the attribute '%s'", node->check->name, p->name);
	if (!node->n_expects)
		return xml_fail(path, xml, l->err, "%s says nothing about what is expected", node->check->name);
	if (node->absent == OUTCOME_ERROR && !has_attribute(node, "exists"))
		return xml_fail(path, xml, l->err, "%s must say absent=\"pass\", \"fail\" or \"notapplicable\"", node->check->name);
	if (xml_first(xml))
		return xml_fail(path, xml_first(xml), l->err, "%s holds no elements", node->check->name);
	return 0;
}

static int load_node(struct loading *l, struct node **ret, const struct xml *xml, unsigned depth);

static int load_combination(struct loading *l, struct node *node, const struct xml *xml, unsigned depth)
{
	struct node **tail = &node->children;
	size_t n = 0;
	int rc = xml_check_attributes(l->context->path, xml, "kernel arch cpu", l->err);

	for (size_t i = 0; i < xml->n_attributes && rc >= 0; i++)
		rc = load_guard(l, node, xml, xml->attributes[i].name, arena_strdup(l->context->arena, xml->attributes[i].value));
	for (const struct xml *child = xml_first(xml); child && rc >= 0; child = xml_next(child), tail = &(*tail)->next, n++) {
		rc = load_node(l, tail, child, depth + 1);
		if (rc < 0)
			return rc;
	}
	if (rc < 0)
		return rc;
	if (n < 1 || (node->kind == NODE_NOT && n > 1))
		return xml_fail(l->context->path, xml, l->err, "%s holds %s", xml->name,
				n ? "more than one element" : "nothing");
	return 0;
}

static int load_node(struct loading *l, struct node **ret, const struct xml *xml, unsigned depth)
{
	struct node *node = arena_new_of(l->context->arena, struct node);
	const char *name = xml->name;

	*ret = node;
	node->line = xml->line;
	if (depth > DEEPEST)
		return xml_fail(l->context->path, xml, l->err, "nested deeper than %d levels", DEEPEST);
	if (!streq(xml->space, PLIMSOLL_SYSTEM))
		return xml_fail(l->context->path, xml, l->err, "'%s' is not in the namespace " PLIMSOLL_SYSTEM, name);
	for (size_t i = 0; i < ARRAY_LEN(combinations); i++) {
		if (streq(combinations[i].name, name)) {
			node->kind = combinations[i].kind;
			node->operator = combinations[i].operator;
			return load_combination(l, node, xml, depth);
		}
	}
	node->check = check_find(l->context->registry->checks, name);
	if (!node->check)
		return xml_fail(l->context->path, xml, l->err, "there is no check '%s'%s", name,
				nearest_hint(l->context->arena, names_of_checks(l), name));
	return load_test(l, node, xml);
}

static int load(const struct engine_context *context, const struct xml *check, void **ret, struct err *err)
{
	struct program *program = arena_new_of(context->arena, struct program);
	struct loading l = { .context = context, .program = program, .err = err };

	*ret = program;
	for (const struct xml *child = xml_first(check); child; child = xml_next(child)) {
		if (xml_is(child, XCCDF_NAMESPACE, "check-export")) {
			struct export export = { xml_copy(context->arena, child, "export-name"),
						 xml_copy(context->arena, child, "value-id"), child->line };

			if (!export.name || !export.value_id)
				return xml_fail(context->path, child, err, "check-export needs value-id and export-name");
			arena_push(context->arena, program->exports, program->n_exports) = export;
		} else if (xml_is(child, XCCDF_NAMESPACE, "check-content")) {
			const struct xml *content = xml_first(child);
			int rc;

			if (!content || xml_next(content) || program->root)
				return xml_fail(context->path, child, err, "check-content holds one element");
			rc = load_node(&l, &program->root, content, 0);
			if (rc < 0)
				return rc;
		} else if (!xml_is(child, XCCDF_NAMESPACE, "check-import")) {
			return xml_fail(context->path, child, err, "a check of ours holds check-content, not %s", child->name);
		}
	}
	if (!program->root)
		return xml_fail(context->path, check, err, "the check has no check-content");
	return 0;
}

/* ---- bind ---- */

struct binding {
	const struct engine_context *context;
	const struct program *program;
	const struct bindings *values;
	struct err *err;
};

static int fail(const struct binding *b, const struct node *node, const char *attribute)
{
	char inner[sizeof(b->err->text)];

	memcpy(inner, b->err->text, sizeof(inner));
	return err_set(b->err, EINVAL, "%s:%u: %s %s: %.900s", b->context->path, node->line, node->check->name, attribute, inner);
}

/* The value that "$name" stands for; NULL: no export gives it. */
static const char *exported(const struct binding *b, const char *word, size_t size)
{
	for (size_t i = 0; i < b->program->n_exports; i++) {
		const char *name = b->program->exports[i].name;

		if (strlen(name) + 1 == size && memcmp(word + 1, name, size - 1) == 0)
			return b->values->value(b->values, b->program->exports[i].value_id);
	}
	err_set(b->err, ENOENT, "no check-export gives '%.*s'", (int)size, word);
	return NULL;
}

/* What the attribute says once "$name" is replaced by the exported value; in an attribute that begins so, each word that is one. */
static const char *resolved(const struct binding *b, const char *text)
{
	struct buffer all = { .arena = b->context->arena };
	size_t n;

	if (text[0] != '$' || !text[1])
		return text;
	for (const char *at = text, *word; (word = list_next(&at, " ", &n));) {
		const char *value = *word == '$' ? exported(b, word, n) : word;

		if (!value || n == strlen(text))
			return value;
		buffer_word(&all, value, *word == '$' ? strlen(value) : n);
	}
	return all.text;
}

static char *expected_text(struct arena *arena, const struct node *node)
{
	struct buffer out = { .arena = arena };

	for (size_t i = 0; i < node->n_expects; i++)
		buffer_printf(&out, "%s%s", i ? " and " : "", expect_text(arena, &node->expects[i]));
	return out.text;
}

static int check_param(const struct param *p, const char *text, struct err *err)
{
	if (p->type == PARAM_BOOLEAN && !streq(text, "true") && !streq(text, "false"))
		return err_set(err, EINVAL, "'%s' is neither true nor false", text);
	if (p->type == PARAM_WORD && !list_has(p->words, " ", text))
		return err_set(err, EINVAL, "'%s' is none of: %s", text, p->words);
	return *text ? 0 : err_set(err, EINVAL, "is empty");
}

static int bind_test(const struct binding *b, struct node *node)
{
	size_t n = 0;

	for (size_t i = 0; i < node->n_attributes; i++) {
		const struct attribute *a = &node->attributes[i];
		const char *text = resolved(b, a->text);
		int rc = -EINVAL;

		if (text && a->param >= 0) {
			rc = check_param(&node->check->params[a->param], text, b->err);
			node->params.values[a->param] = text;
		} else if (text) {
			expect_release(&node->expects[n]);
			rc = expect_parse(&node->expects[n++], a->op, text, node->check->bits, b->err);
		}
		if (rc < 0)
			return fail(b, node, a->name);
	}
	node->expected = expected_text(b->context->arena, node);
	return 0;
}

static int bind_node(const struct binding *b, struct node *node)
{
	for (; node; node = node->next) {
		int rc = node->kind == NODE_TEST ? bind_test(b, node) : bind_node(b, node->children);

		if (rc < 0)
			return rc;
	}
	return 0;
}

static int bind(const struct engine_context *context, void *program, const struct bindings *values, struct err *err)
{
	const struct binding b = { context, program, values, err };

	for (size_t i = 0; i < b.program->n_exports; i++) {
		const struct export *export = &b.program->exports[i];

		if (!values->value(values, export->value_id))
			return err_set(err, EINVAL, "%s:%u: check-export: no Value has the id '%s'", context->path, export->line,
				       export->value_id);
	}
	return bind_node(&b, b.program->root);
}

static void release_node(struct node *node)
{
	for (; node; node = node->next) {
		release_node(node->children);
		for (size_t i = 0; node->expects && i < node->n_expects; i++)
			expect_release(&node->expects[i]);
	}
}

static void release(void *program)
{
	release_node(((struct program *)program)->root);
}

const struct engine engine_plimsoll = {
	.system = PLIMSOLL_SYSTEM,
	.load = load,
	.bind = bind,
	.judge = program_judge,
	.describe = program_describe,
	.release = release,
};
