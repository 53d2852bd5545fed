/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The XCCDF reader. The document is walked with libxml2's streaming reader, which holds one Rule, Value or Profile at a time
 * as a tree; memory does not grow with the part of a data stream that is not the benchmark.
 */
#include "core/benchmark.h"
#include "core/text.h"
#include "core/xml.h"

#include <errno.h>
#include <fcntl.h>
#include <libxml/xmlreader.h>
#include <sys/stat.h>

enum { BENCHMARK_LIMIT = 256 << 20 };   /* bytes */

struct reading {
	struct benchmark *benchmark;
	struct arena *arena;
	const struct registry *registry;
	struct engine_context context;
	xmlTextReader *reader;
	struct selectable *group;          /* the innermost open Group */
	struct selectable *last_top;       /* the last item outside any Group */
	struct err *err;
	const char *path;
	char *parser_said;
};

/* ---- what all items share ---- */

#define ITEM_ATTRIBUTES "id abstract cluster-id extends hidden prohibitChanges selected weight Id "

static double number_attribute(struct arena *arena, const xmlNode *node, const char *name, double otherwise)
{
	char *text = xml_attribute(arena, node, name), *end;
	double number = text ? strtod(text, &end) : otherwise;

	return text && (*end || end == text || !(number >= 0)) ? -1 : number;
}

/* Words that Debian's and NIST's documents use in elements that say nothing we need. */
static bool is_ignored(const char *name)
{
	return list_has("status dc-status question metadata platform impact-metric signature profile-note front-matter rear-matter "
			"notice plain-text platform-specification model reference-text", " ", name);
}

/* Appended to the open Group, or to the top level. */
static void append(struct reading *r, struct selectable *item)
{
	struct selectable **first = r->group ? &r->group->children : &r->benchmark->items;
	struct selectable **last = r->group ? &r->group->last_child : &r->last_top;

	item->parent = r->group;
	if (*last)
		(*last)->next = item;
	else
		*first = item;
	*last = item;
}

static int read_item(struct reading *r, struct selectable *item, const xmlNode *node)
{
	item->id = xml_attribute(r->arena, node, "id");
	if (!item->id)
		return xml_fail(r->path, node, r->err, "%s has no id", (const char *)node->name);
	item->short_id = benchmark_short_id(item->id);
	item->cluster_id = xml_attribute(r->arena, node, "cluster-id");
	item->selected = xml_boolean(node, "selected", true);
	item->line = (unsigned)xmlGetLineNo(node);
	item->title = item->description = "";
	item->weight = number_attribute(r->arena, node, "weight", 1.0);
	if (item->weight < 0)
		return xml_fail(r->path, node, r->err, "the weight of %s is not a number from 0 up", item->short_id);
	if (xmlHasProp(node, (const xmlChar *)"extends"))
		return xml_fail(r->path, node, r->err, "%s extends another item, which plimsoll does not resolve", item->short_id);
	return 0;
}

/* True when the element was one that Rules and Groups share. */
static bool read_item_child(struct reading *r, struct selectable *item, const xmlNode *child)
{
	const char *name = (const char *)child->name;

	if (streq(name, "title")) {
		if (!*item->title)
			item->title = xml_text(r->arena, child);
	} else if (streq(name, "description")) {
		if (!*item->description)
			item->description = xml_text(r->arena, child);
	} else if (streq(name, "requires")) {
		arena_push(r->arena, item->needs, item->n_needs) = xml_attribute(r->arena, child, "idref");
	} else if (streq(name, "conflicts")) {
		arena_push(r->arena, item->conflicts, item->n_conflicts) = xml_attribute(r->arena, child, "idref");
	} else {
		return false;
	}
	return true;
}

static int unknown_element(struct reading *r, const xmlNode *node, const char *where, const char *allowed)
{
	const char *name = (const char *)node->name;

	return xml_fail(r->path, node, r->err, "%s has no element '%s'%s", where, name, nearest_hint(r->arena, allowed, name));
}

/* ---- Rule ---- */

static const struct engine *engine_for(const struct registry *registry, const char *system)
{
	for (const struct engine *const *e = registry->engines; *e; e++)
		if (streq((*e)->system, system))
			return *e;
	return NULL;
}

static int read_check(struct reading *r, struct condition *condition, xmlNode *node)
{
	int rc = xml_check_attributes(r->path, node, "system negate id selector multi-check", r->err);

	if (rc < 0)
		return rc;
	condition->line = (unsigned)xmlGetLineNo(node);
	condition->negate = xml_boolean(node, "negate", false);
	condition->system = xml_attribute(r->arena, node, "system");
	condition->selector = xml_attribute(r->arena, node, "selector");
	if (!condition->selector)
		condition->selector = "";
	if (!condition->system)
		return xml_fail(r->path, node, r->err, "check has no system");
	condition->engine = engine_for(r->registry, condition->system);
	return condition->engine ? condition->engine->load(&r->context, node, &condition->program, r->err) : 0;
}

static int read_condition(struct reading *r, struct condition **ret, xmlNode *node, unsigned depth);

static int read_complex_check(struct reading *r, struct condition *condition, xmlNode *node, unsigned depth)
{
	char *operator = xml_attribute(r->arena, node, "operator");
	struct condition **tail = &condition->children;
	int rc = xml_check_attributes(r->path, node, "operator negate", r->err);

	if (rc < 0)
		return rc;
	if (!operator || (!streq(operator, "AND") && !streq(operator, "OR")))
		return xml_fail(r->path, node, r->err, "complex-check needs operator=\"AND\" or \"OR\"");
	condition->is_complex = true;
	condition->selector = "";
	condition->negate = xml_boolean(node, "negate", false);
	condition->operator = streq(operator, "AND") ? OPERATOR_AND : OPERATOR_OR;
	condition->line = (unsigned)xmlGetLineNo(node);
	for (xmlNode *child = xml_first(node); child; child = xml_next(child), tail = &(*tail)->next) {
		rc = read_condition(r, tail, child, depth + 1);
		if (rc < 0)
			return rc;
	}
	if (!condition->children)
		return xml_fail(r->path, node, r->err, "complex-check holds no check");
	return 0;
}

static int read_condition(struct reading *r, struct condition **ret, xmlNode *node, unsigned depth)
{
	struct condition *condition = arena_new_of(r->arena, struct condition);

	if (depth > 32)
		return xml_fail(r->path, node, r->err, "complex-check is nested deeper than 32 levels");
	*ret = condition;
	if (xml_is(node, XCCDF_NAMESPACE, "check"))
		return read_check(r, condition, node);
	if (xml_is(node, XCCDF_NAMESPACE, "complex-check"))
		return read_complex_check(r, condition, node, depth);
	return unknown_element(r, node, "complex-check", "check complex-check");
}

static int read_severity(struct reading *r, const xmlNode *node, enum severity *severity)
{
	char *name = xml_attribute(r->arena, node, "severity");

	if (!name)
		return 0;
	*severity = severity_of(name);
	if (*severity == SEVERITIES)
		return xml_fail(r->path, node, r->err, "'%s' is no severity%s", name,
				nearest_hint(r->arena, "unknown info low medium high", name));
	return 0;
}

/* -1 where there is no such attribute, -2 where its word is wrong. */
static int role_of(struct arena *arena, const xmlNode *node)
{
	static const char *const names[] = { "full", "unscored", "unchecked" };
	char *name = xml_attribute(arena, node, "role");

	for (int i = 0; name && i < 3; i++)
		if (streq(names[i], name))
			return i;
	return name ? -2 : -1;
}

static void read_fix(struct reading *r, struct rule *rule, const xmlNode *node)
{
	char *system = xml_attribute(r->arena, node, "system");

	arena_push(r->arena, rule->fixes, rule->n_fixes) = (struct fix){
		.system = system ? system : "",
		.text = xml_script(r->arena, node),
		.reboot = xml_boolean(node, "reboot", false),
	};
}

static int read_rule_check(struct reading *r, struct rule *rule, xmlNode *node)
{
	struct condition **tail = &rule->conditions;

	while (*tail)
		tail = &(*tail)->next;
	return read_condition(r, tail, node, 0);
}

static int read_rule_child(struct reading *r, struct rule *rule, xmlNode *node)
{
	const char *name = (const char *)node->name;

	if (read_item_child(r, &rule->item, node) || is_ignored(name))
		return 0;
	if (streq(name, "check") || streq(name, "complex-check"))
		return read_rule_check(r, rule, node);
	if (streq(name, "rationale"))
		rule->rationale = xml_text(r->arena, node);
	else if (streq(name, "fixtext"))
		rule->fixtext = xml_text(r->arena, node);
	else if (streq(name, "fix"))
		read_fix(r, rule, node);
	else if (streq(name, "warning"))
		arena_push(r->arena, rule->warnings, rule->n_warnings) = xml_text(r->arena, node);
	else if (streq(name, "reference"))
		arena_push(r->arena, rule->references, rule->n_references) =
			(struct reference){ xml_attribute(r->arena, node, "href"), xml_text(r->arena, node) };
	else if (streq(name, "ident"))
		arena_push(r->arena, rule->idents, rule->n_idents) =
			(struct ident){ xml_attribute(r->arena, node, "system"), xml_text(r->arena, node) };
	else
		return unknown_element(r, node, "Rule",
				       "title description warning question reference metadata rationale platform requires "
				       "conflicts ident impact-metric profile-note fixtext fix check complex-check");
	return 0;
}

static int read_rule(struct reading *r, xmlNode *node)
{
	struct rule *rule = arena_new_of(r->arena, struct rule);
	int role, rc = xml_check_attributes(r->path, node, ITEM_ATTRIBUTES "role severity multiple", r->err);

	if (rc == 0)
		rc = read_item(r, &rule->item, node);
	if (rc == 0)
		rc = read_severity(r, node, &rule->severity);
	if (rc < 0)
		return rc;
	role = role_of(r->arena, node);
	if (role == -2)
		return xml_fail(r->path, node, r->err, "role is full, unscored or unchecked");
	rule->role = role < 0 ? ROLE_FULL : (enum role)role;
	rule->multiple = xml_boolean(node, "multiple", false);
	for (xmlNode *child = xml_first(node); child && rc == 0; child = xml_next(child))
		rc = read_rule_child(r, rule, child);
	rule->item.index = r->benchmark->n_rules;
	arena_push(r->arena, r->benchmark->rules, r->benchmark->n_rules) = rule;
	if (rc == 0)
		append(r, &rule->item);
	return rc;
}

/* ---- Value ---- */

static int read_value(struct reading *r, xmlNode *node)
{
	struct value *value = arena_new_of(r->arena, struct value);
	int rc = xml_check_attributes(r->path, node, ITEM_ATTRIBUTES "operator type interactive interfaceHint", r->err);

	if (rc < 0)
		return rc;
	value->id = xml_attribute(r->arena, node, "id");
	if (!value->id)
		return xml_fail(r->path, node, r->err, "Value has no id");
	value->short_id = benchmark_short_id(value->id);
	value->title = value->description = "";
	value->line = (unsigned)xmlGetLineNo(node);
	for (xmlNode *child = xml_first(node); child; child = xml_next(child)) {
		const char *name = (const char *)child->name;

		if (streq(name, "title")) {
			value->title = xml_text(r->arena, child);
		} else if (streq(name, "description")) {
			value->description = xml_text(r->arena, child);
		} else if (streq(name, "value") || streq(name, "complex-value")) {
			char *selector = xml_attribute(r->arena, child, "selector");

			arena_push(r->arena, value->choices, value->n_choices) =
				(struct value_choice){ selector ? selector : "", xml_script(r->arena, child) };
		} else if (!is_ignored(name) && !list_has("warning reference default complex-default match lower-bound upper-bound "
							   "choices source", " ", name)) {
			return unknown_element(r, child, "Value", "title description value default match lower-bound upper-bound choices");
		}
	}
	if (!value->n_choices)
		return xml_fail(r->path, node, r->err, "Value %s has no value", value->short_id);
	arena_push(r->arena, r->benchmark->values, r->benchmark->n_values) = value;
	return 0;
}

/* ---- Profile ---- */

static int read_setting(struct reading *r, struct profile *profile, const xmlNode *node)
{
	static const struct {
		const char *name, *attributes;
	} kinds[] = {
		[SETTING_SELECT] = { "select", "idref selected" },
		[SETTING_SET_VALUE] = { "set-value", "idref" },
		[SETTING_REFINE_VALUE] = { "refine-value", "idref selector operator" },
		[SETTING_REFINE_RULE] = { "refine-rule", "idref weight selector severity role" },
	};
	struct setting setting = { .line = (unsigned)xmlGetLineNo(node), .severity = SEVERITIES };
	size_t kind = 0;
	int rc;

	while (kind < ARRAY_LEN(kinds) && !streq((const char *)node->name, kinds[kind].name))
		kind++;
	if (kind == ARRAY_LEN(kinds))
		return unknown_element(r, node, "Profile", "title description select set-value refine-value refine-rule");
	rc = xml_check_attributes(r->path, node, kinds[kind].attributes, r->err);
	if (rc == 0)
		rc = read_severity(r, node, &setting.severity);
	if (rc < 0)
		return rc;
	setting.kind = (enum setting_kind)kind;
	setting.idref = xml_attribute(r->arena, node, "idref");
	setting.selected = xml_boolean(node, "selected", true);
	setting.text = kind == SETTING_SET_VALUE ? xml_script(r->arena, node) : xml_attribute(r->arena, node, "selector");
	setting.role = role_of(r->arena, node);
	setting.weight = xmlHasProp(node, (const xmlChar *)"weight") ? number_attribute(r->arena, node, "weight", 1) : -1;
	if (!setting.idref)
		return xml_fail(r->path, node, r->err, "%s has no idref", kinds[kind].name);
	if (setting.role == -2 || (xmlHasProp(node, (const xmlChar *)"weight") && setting.weight < 0))
		return xml_fail(r->path, node, r->err, "%s has a wrong role or weight", kinds[kind].name);
	arena_push(r->arena, profile->settings, profile->n_settings) = setting;
	return 0;
}

static int read_profile(struct reading *r, xmlNode *node)
{
	struct profile *profile = arena_new_of(r->arena, struct profile);
	int rc = xml_check_attributes(r->path, node, "id prohibitChanges abstract note-tag extends Id", r->err);

	if (rc < 0)
		return rc;
	profile->id = xml_attribute(r->arena, node, "id");
	if (!profile->id)
		return xml_fail(r->path, node, r->err, "Profile has no id");
	profile->short_id = benchmark_short_id(profile->id);
	profile->extends = xml_attribute(r->arena, node, "extends");
	profile->abstract = xml_boolean(node, "abstract", false);
	profile->line = (unsigned)xmlGetLineNo(node);
	profile->title = profile->description = "";
	for (xmlNode *child = xml_first(node); child && rc == 0; child = xml_next(child)) {
		if (streq((const char *)child->name, "title"))
			profile->title = xml_text(r->arena, child);
		else if (streq((const char *)child->name, "description"))
			profile->description = xml_text(r->arena, child);
		else if (!is_ignored((const char *)child->name) && !streq((const char *)child->name, "reference"))
			rc = read_setting(r, profile, child);
	}
	arena_push(r->arena, r->benchmark->profiles, r->benchmark->n_profiles) = profile;
	return rc;
}

/* ---- Group and Benchmark ---- */

static int open_group(struct reading *r, xmlNode *node)
{
	struct selectable *group = arena_new_of(r->arena, struct selectable);
	int rc = xml_check_attributes(r->path, node, ITEM_ATTRIBUTES, r->err);

	group->is_group = true;
	if (rc == 0)
		rc = read_item(r, group, node);
	if (rc < 0)
		return rc;
	group->index = r->benchmark->n_groups;
	arena_push(r->arena, r->benchmark->groups, r->benchmark->n_groups) = group;
	append(r, group);
	r->group = group;
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
	else if (!is_ignored(name) && !streq(name, "reference"))
		return unknown_element(r, node, "Benchmark", "status title description notice front-matter rear-matter reference "
				       "plain-text platform version metadata model Profile Value Group Rule TestResult");
	return 0;
}

static xmlNode *expanded(struct reading *r)
{
	xmlNode *node = xmlTextReaderExpand(r->reader);

	if (!node)
		err_set(r->err, EINVAL, "%s", r->parser_said ? r->parser_said : r->path);
	return node;
}

/* One element inside the benchmark. Returns 1 when the reader has to step over its subtree, 0 to go in, or -errno. */
static int read_element(struct reading *r, const char *name)
{
	xmlNode *node;
	int rc;

	if (streq(name, "Group")) {
		node = xmlTextReaderCurrentNode(r->reader);
		rc = open_group(r, node);
		if (rc == 0 && xmlTextReaderIsEmptyElement(r->reader))
			r->group = r->group->parent;
		return rc;
	}
	if (is_ignored(name) || streq(name, "TestResult"))
		return 1;
	node = expanded(r);
	if (!node)
		return -EINVAL;
	if (streq(name, "Rule"))
		rc = read_rule(r, node);
	else if (streq(name, "Value"))
		rc = read_value(r, node);
	else if (streq(name, "Profile"))
		rc = read_profile(r, node);
	else if (!r->group)
		rc = read_benchmark_child(r, node);
	else if (read_item_child(r, r->group, node) || list_has("rationale warning reference", " ", name))
		rc = 0;
	else
		rc = unknown_element(r, node, "Group", "title description warning reference rationale requires conflicts Value Group Rule");
	return rc < 0 ? rc : 1;
}

static int open_benchmark(struct reading *r)
{
	xmlNode *node = xmlTextReaderCurrentNode(r->reader);
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

/* ---- the walk ---- */

static void on_parser_error(void *with, xmlError *error)
{
	struct reading *r = with;

	if (!r->parser_said && error->level >= XML_ERR_ERROR) {
		const char *message = error->message ? error->message : "not well-formed";

		r->parser_said = arena_printf(r->arena, "%s:%d: %.*s", r->path, error->line, (int)strcspn(message, "\n"), message);
	}
}

static bool at_xccdf(struct reading *r, const char *name)
{
	const xmlChar *ns = xmlTextReaderConstNamespaceUri(r->reader);

	return ns && streq((const char *)ns, XCCDF_NAMESPACE) &&
	       (!name || streq((const char *)xmlTextReaderConstLocalName(r->reader), name));
}

/* Moves to the first Benchmark element. */
static int find_benchmark(struct reading *r)
{
	int rc;

	while ((rc = xmlTextReaderRead(r->reader)) == 1) {
		int type = xmlTextReaderNodeType(r->reader);

		if (type == XML_READER_TYPE_DOCUMENT_TYPE)
			return err_set(r->err, EINVAL, "%s:%d: a document with a DOCTYPE is refused", r->path,
				       xmlTextReaderGetParserLineNumber(r->reader));
		if (type == XML_READER_TYPE_ELEMENT && at_xccdf(r, "Benchmark"))
			return open_benchmark(r);
	}
	if (rc < 0)
		return err_set(r->err, EINVAL, "%s", r->parser_said ? r->parser_said : r->path);
	return err_set(r->err, EINVAL, "%s: holds no XCCDF 1.2 Benchmark", r->path);
}

static int walk(struct reading *r)
{
	int depth, rc = find_benchmark(r);

	if (rc < 0)
		return rc;
	depth = xmlTextReaderDepth(r->reader);
	rc = xmlTextReaderRead(r->reader);
	while (rc == 1 && xmlTextReaderDepth(r->reader) > depth) {
		int type = xmlTextReaderNodeType(r->reader), step = 0;

		if (type == XML_READER_TYPE_END_ELEMENT && at_xccdf(r, "Group"))
			r->group = r->group->parent;
		else if (type == XML_READER_TYPE_ELEMENT)
			step = at_xccdf(r, NULL) ? read_element(r, (const char *)xmlTextReaderConstLocalName(r->reader)) : 1;
		if (step < 0)
			return step;
		rc = step ? xmlTextReaderNext(r->reader) : xmlTextReaderRead(r->reader);
	}
	if (rc < 0 || r->parser_said)
		return err_set(r->err, EINVAL, "%s", r->parser_said ? r->parser_said : r->path);
	return 0;
}

/* ---- references inside the document ---- */

static int fail_at(struct reading *r, unsigned line, const char *format, ...) PRINTF_LIKE(3, 4);

static int fail_at(struct reading *r, unsigned line, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(r->arena, format, args);
	va_end(args);
	return err_set(r->err, EINVAL, "%s:%u: %s", r->path, line, text);
}

static bool has_cluster(const struct benchmark *b, const char *id)
{
	for (size_t i = 0; i < b->n_rules; i++)
		if (b->rules[i]->item.cluster_id && streq(b->rules[i]->item.cluster_id, id))
			return true;
	for (size_t i = 0; i < b->n_groups; i++)
		if (b->groups[i]->cluster_id && streq(b->groups[i]->cluster_id, id))
			return true;
	return false;
}

static const struct selectable *item_of(const struct benchmark *b, const char *id)
{
	const struct rule *rule = benchmark_rule(b, id);

	if (rule)
		return &rule->item;
	for (size_t i = 0; i < b->n_groups; i++)
		if (streq(b->groups[i]->id, id))
			return b->groups[i];
	return NULL;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int check_unique(struct reading *r)
{
	struct benchmark *b = r->benchmark;
	size_t n = 0;
	const char **ids = arena_array_of(r->arena, const char *, b->n_rules + b->n_groups + b->n_values + b->n_profiles + 1);

	for (size_t i = 0; i < b->n_rules; i++)
		ids[n++] = b->rules[i]->item.id;
	for (size_t i = 0; i < b->n_groups; i++)
		ids[n++] = b->groups[i]->id;
	for (size_t i = 0; i < b->n_values; i++)
		ids[n++] = b->values[i]->id;
	for (size_t i = 0; i < b->n_profiles; i++)
		ids[n++] = b->profiles[i]->id;
	qsort(ids, n, sizeof(*ids), by_text);
	for (size_t i = 1; i < n; i++) {
		const struct rule *twice;

		if (!streq(ids[i - 1], ids[i]))
			continue;
		for (size_t k = b->n_rules; k-- > 0;) {
			twice = b->rules[k];
			if (streq(twice->item.id, ids[i]))
				return fail_at(r, twice->item.line, "the id %s is given twice", ids[i]);
		}
		return err_set(r->err, EINVAL, "%s: the id %s is given twice", r->path, ids[i]);
	}
	return 0;
}

static int check_setting(struct reading *r, const struct setting *s)
{
	const struct benchmark *b = r->benchmark;

	switch (s->kind) {
	case SETTING_SELECT:
	case SETTING_REFINE_RULE:
		if (item_of(b, s->idref) || has_cluster(b, s->idref))
			return 0;
		return fail_at(r, s->line, "no Rule, Group or cluster has the id '%s'", s->idref);
	default:
		if (benchmark_value(b, s->idref))
			return 0;
		return fail_at(r, s->line, "no Value has the id '%s'", s->idref);
	}
}

static int check_profiles(struct reading *r)
{
	struct benchmark *b = r->benchmark;

	for (size_t i = 0; i < b->n_profiles; i++) {
		struct profile *p = b->profiles[i];

		if (p->extends) {
			p->base = benchmark_profile(b, p->extends);
			if (!p->base)
				return fail_at(r, p->line, "Profile %s extends '%s', which does not exist", p->short_id, p->extends);
		}
		for (size_t k = 0; k < p->n_settings; k++) {
			int rc = check_setting(r, &p->settings[k]);

			if (rc < 0)
				return rc;
		}
	}
	for (size_t i = 0; i < b->n_profiles; i++) {
		size_t steps = 0;

		for (const struct profile *p = b->profiles[i]; p; p = p->base)
			if (steps++ > b->n_profiles)
				return fail_at(r, b->profiles[i]->line, "Profile %s extends itself, in a circle", b->profiles[i]->short_id);
	}
	return 0;
}

static int check_item_references(struct reading *r, const struct selectable *item)
{
	size_t n;

	for (size_t i = 0; i < item->n_conflicts; i++)
		if (!item->conflicts[i] || !item_of(r->benchmark, item->conflicts[i]))
			return fail_at(r, item->line, "%s conflicts with something that does not exist", item->short_id);
	for (size_t i = 0; i < item->n_needs; i++)
		for (const char *at = item->needs[i], *w; at && (w = list_next(&at, " \t\n", &n));)
			if (!item_of(r->benchmark, arena_strndup(r->arena, w, n)))
				return fail_at(r, item->line, "%s requires '%.*s', which does not exist", item->short_id, (int)n, w);
	return 0;
}

static int check_references(struct reading *r)
{
	struct benchmark *b = r->benchmark;
	int rc = check_unique(r);

	if (rc == 0)
		rc = check_profiles(r);
	for (size_t i = 0; i < b->n_rules && rc == 0; i++)
		rc = check_item_references(r, &b->rules[i]->item);
	for (size_t i = 0; i < b->n_groups && rc == 0; i++)
		rc = check_item_references(r, b->groups[i]);
	return rc;
}

/* ---- the file ---- */

/* The whole file, so that what is parsed cannot change underneath. */
static int slurp(const char *path, char **data, size_t *size, struct err *err)
{
	auto_close int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return err_set(err, errno, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, EINVAL, "%s: not a regular file", path);
	if (st.st_size > BENCHMARK_LIMIT)
		return err_set(err, EFBIG, "%s: larger than the %d bytes read at most", path, BENCHMARK_LIMIT);
	*data = xmalloc((size_t)st.st_size);
	while (*size < (size_t)st.st_size) {
		ssize_t n = read(fd, *data + *size, (size_t)st.st_size - *size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(err, errno, "%s: %s", path, strerror(errno));
		if (n == 0)
			break;
		*size += (size_t)n;
	}
	return 0;
}

int benchmark_read(struct benchmark **ret, const char *path, const struct registry *registry, struct err *err)
{
	struct arena *arena = arena_new();
	struct benchmark *benchmark = arena_new_of(arena, struct benchmark);
	struct reading r = { .benchmark = benchmark, .arena = arena, .registry = registry, .err = err, .path = arena_strdup(arena, path) };
	auto_free char *data = NULL;
	size_t size = 0;
	int rc = slurp(path, &data, &size, err);

	benchmark->arena = arena;
	benchmark->path = r.path;
	r.context = (struct engine_context){ .arena = arena, .path = r.path, .registry = registry };
	if (rc == 0) {
		r.reader = xmlReaderForMemory(data, (int)size, NULL, NULL, XML_PARSE_NONET | XML_PARSE_COMPACT);
		if (r.reader) {
			xmlTextReaderSetStructuredErrorHandler(r.reader, (xmlStructuredErrorFunc)on_parser_error, &r);
			rc = walk(&r);
			xmlFreeTextReader(r.reader);
		} else {
			rc = err_set(err, ENOMEM, "%s: cannot be parsed", path);
		}
	}
	if (rc == 0)
		rc = check_references(&r);
	if (rc < 0)
		benchmark_free(benchmark);
	else
		*ret = benchmark;
	return rc;
}
