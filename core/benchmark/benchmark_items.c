/* SPDX-License-Identifier: Apache-2.0 */
/* Rule, Value, Profile and Group elements of a benchmark, each from a small tree. */
#include "core/benchmark/benchmark_reading.h"

#include "core/base/text.h"
#include "core/benchmark/xml.h"

#include <errno.h>

/* ---- what all items share ---- */

#define ITEM_ATTRIBUTES "id selected weight cluster-id abstract extends hidden prohibitChanges Id "

static double number_attribute(struct arena *arena, const struct xml *node, const char *name, double otherwise)
{
	char *text = xml_copy(arena, node, name), *end;
	double number = text ? strtod(text, &end) : otherwise;

	return text && (*end || end == text || !(number >= 0) || number > 1e9) ? -1 : number;
}

/* Words that Debian's and NIST's documents use in elements that say nothing we need. */
bool reading_is_ignored(const char *name)
{
	return list_has("status dc-status question metadata platform impact-metric signature profile-note front-matter rear-matter "
			"notice platform-specification model reference-text", " ", name);
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

static int read_item(struct reading *r, struct selectable *item, const struct xml *node)
{
	item->id = xml_copy(r->arena, node, "id");
	if (!item->id) {
		item->id = item->short_id = "";
		r->unnamed = true;
		return xml_fail(r->path, node, r->err, "%s has no id", node->name);
	}
	item->short_id = benchmark_short_id(item->id);
	item->cluster_id = xml_copy(r->arena, node, "cluster-id");
	item->selected = xml_boolean(node, "selected", true);
	item->line = node->line;
	item->title = item->description = "";
	item->weight = number_attribute(r->arena, node, "weight", 1.0);
	if (xml_get(node, "extends"))
		return xml_fail(r->path, node, r->err, "%s extends another item, which plimsoll does not resolve", item->short_id);
	if (item->weight < 0)
		return reading_tolerate(r, xml_fail(r->path, node, r->err, "the weight of %s is not a number from 0 up", item->short_id));
	return 0;
}

/* True when the element was one that Rules and Groups share. */
bool reading_item_child(struct reading *r, struct selectable *item, const struct xml *child)
{
	const char *name = child->name;

	if (streq(name, "title")) {
		if (!*item->title)
			item->title = xml_text(r->arena, child);
	} else if (streq(name, "description")) {
		if (!*item->description)
			item->description = xml_text(r->arena, child);
	} else if (streq(name, "requires")) {
		arena_push(r->arena, item->needs, item->n_needs) = xml_copy(r->arena, child, "idref");
	} else if (streq(name, "conflicts")) {
		arena_push(r->arena, item->conflicts, item->n_conflicts) = xml_copy(r->arena, child, "idref");
	} else {
		return false;
	}
	return true;
}

int reading_unknown_element(struct reading *r, const struct xml *node, const char *where, const char *allowed)
{
	const char *name = node->name;

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

static int read_check(struct reading *r, struct condition *condition, const struct xml *node)
{
	int rc = xml_check_attributes(r->path, node, "system negate id selector multi-check", r->err);

	if (rc < 0)
		return rc;
	condition->line = node->line;
	condition->negate = xml_boolean(node, "negate", false);
	condition->system = xml_copy(r->arena, node, "system");
	condition->selector = xml_copy(r->arena, node, "selector");
	if (!condition->selector)
		condition->selector = "";
	if (!condition->system)
		return xml_fail(r->path, node, r->err, "check has no system");
	condition->engine = engine_for(r->registry, condition->system);
	return condition->engine ? condition->engine->load(&r->context, node, &condition->program, r->err) : 0;
}

static int read_condition(struct reading *r, struct condition **ret, const struct xml *node, unsigned depth);

static int read_complex_check(struct reading *r, struct condition *condition, const struct xml *node, unsigned depth)
{
	char *operator = xml_copy(r->arena, node, "operator");
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
	condition->line = node->line;
	for (const struct xml *child = xml_first(node); child; child = xml_next(child), tail = &(*tail)->next) {
		rc = read_condition(r, tail, child, depth + 1);
		if (rc < 0)
			return rc;
	}
	if (!condition->children)
		return xml_fail(r->path, node, r->err, "complex-check holds no check");
	return 0;
}

static int read_condition(struct reading *r, struct condition **ret, const struct xml *node, unsigned depth)
{
	struct condition *condition = arena_new_of(r->arena, struct condition);

	if (depth > 32)
		return xml_fail(r->path, node, r->err, "complex-check is nested deeper than 32 levels");
	*ret = condition;
	if (xml_is(node, XCCDF_NAMESPACE, "check"))
		return read_check(r, condition, node);
	if (xml_is(node, XCCDF_NAMESPACE, "complex-check"))
		return read_complex_check(r, condition, node, depth);
	return reading_unknown_element(r, node, "complex-check", "check complex-check");
}

static int read_severity(struct reading *r, const struct xml *node, enum severity *severity)
{
	char *name = xml_copy(r->arena, node, "severity");

	if (!name)
		return 0;
	*severity = severity_of(name);
	if (*severity == SEVERITIES)
		return xml_fail(r->path, node, r->err, "'%s' is no severity%s", name,
				nearest_hint(r->arena, "unknown info low medium high", name));
	return 0;
}

/* -1 where there is no such attribute, -2 where its word is wrong. */
static int role_of(struct arena *arena, const struct xml *node)
{
	static const char *const names[] = { "full", "unscored", "unchecked" };
	char *name = xml_copy(arena, node, "role");

	for (int i = 0; name && i < 3; i++)
		if (streq(names[i], name))
			return i;
	return name ? -2 : -1;
}

static void read_fix(struct reading *r, struct rule *rule, const struct xml *node)
{
	char *system = xml_copy(r->arena, node, "system"), *disruption = xml_copy(r->arena, node, "disruption");

	arena_push(r->arena, rule->fixes, rule->n_fixes) = (struct fix){
		.system = system ? system : "",
		.text = xml_script(r->arena, node),
		.reboot = xml_boolean(node, "reboot", false),
		.disruptive = disruption && streq(disruption, "high"),
	};
}

static int read_rule_check(struct reading *r, struct rule *rule, const struct xml *node)
{
	struct condition **tail = &rule->conditions;

	while (*tail)
		tail = &(*tail)->next;
	return read_condition(r, tail, node, 0);
}

static int read_rule_child(struct reading *r, struct rule *rule, const struct xml *node)
{
	const char *name = node->name;

	if (reading_item_child(r, &rule->item, node))
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
			(struct reference){ xml_copy(r->arena, node, "href"), xml_text(r->arena, node) };
	else if (streq(name, "ident"))
		arena_push(r->arena, rule->idents, rule->n_idents) =
			(struct ident){ xml_copy(r->arena, node, "system"), xml_text(r->arena, node) };
	else if (!reading_is_ignored(name))
		return reading_unknown_element(r, node, "Rule",
				       "title description warning question reference metadata rationale platform requires "
				       "conflicts ident impact-metric profile-note fixtext fix check complex-check");
	return 0;
}

int reading_rule(struct reading *r, const struct xml *node)
{
	struct rule *rule = arena_new_of(r->arena, struct rule);
	int role, rc = reading_tolerate(r, xml_check_attributes(r->path, node, "severity " ITEM_ATTRIBUTES "role multiple", r->err));

	if (rc == 0)
		rc = read_item(r, &rule->item, node);
	if (rc == 0)
		rc = reading_tolerate(r, read_severity(r, node, &rule->severity));
	if (rc < 0)
		return rc;
	role = role_of(r->arena, node);
	if (role == -2)
		rc = reading_tolerate(r, xml_fail(r->path, node, r->err, "role is full, unscored or unchecked"));
	rule->role = role < 0 ? ROLE_FULL : (enum role)role;
	rule->multiple = xml_boolean(node, "multiple", false);
	for (const struct xml *child = xml_first(node); child && rc == 0; child = xml_next(child))
		rc = reading_tolerate(r, read_rule_child(r, rule, child));
	/* listed even when it is wrong: its condition has to be released, and references to it are no second mistake */
	rule->item.index = r->benchmark->n_rules;
	arena_push(r->arena, r->benchmark->rules, r->benchmark->n_rules) = rule;
	append(r, &rule->item);
	return rc;
}

/* ---- Value ---- */

static void add_limit(struct reading *r, struct value *value, enum limit_kind kind, const struct xml *node, const struct xml *text)
{
	char *selector = xml_copy(r->arena, node, "selector");

	arena_push(r->arena, value->limits, value->n_limits) = (struct value_limit){ kind, selector ? selector : "", xml_script(r->arena, text) };
}

/* True when the element says what the value may be. Choices that are only proposed bind nobody. */
static bool read_limit(struct reading *r, struct value *value, const struct xml *node)
{
	static const struct {
		const char *name;
		enum limit_kind kind;
	} kinds[] = { { "lower-bound", LIMIT_LOWER }, { "upper-bound", LIMIT_UPPER }, { "match", LIMIT_MATCH } };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (streq(kinds[i].name, node->name)) {
			add_limit(r, value, kinds[i].kind, node, node);
			return true;
		}
	}
	if (!streq(node->name, "choices"))
		return false;
	for (const struct xml *choice = xml_first(node); choice && xml_boolean(node, "mustMatch", false); choice = xml_next(choice))
		if (streq(choice->name, "choice"))
			add_limit(r, value, LIMIT_CHOICE, node, choice);
	return true;
}

static int read_value_child(struct reading *r, struct value *value, const struct xml *child)
{
	const char *name = child->name;

	if (streq(name, "title")) {
		value->title = xml_text(r->arena, child);
	} else if (streq(name, "description")) {
		value->description = xml_text(r->arena, child);
	} else if (streq(name, "value") || streq(name, "complex-value")) {
		char *selector = xml_copy(r->arena, child, "selector");

		arena_push(r->arena, value->choices, value->n_choices) =
			(struct value_choice){ selector ? selector : "", xml_script(r->arena, child) };
	} else if (!read_limit(r, value, child) && !reading_is_ignored(name) &&
		   !list_has("warning reference default complex-default source", " ", name)) {
		return reading_tolerate(r, reading_unknown_element(r, child, "Value", "title description value default match lower-bound "
								 "upper-bound choices"));
	}
	return 0;
}

int reading_value(struct reading *r, const struct xml *node)
{
	struct value *value = arena_new_of(r->arena, struct value);
	size_t told = r->told;
	int rc = reading_tolerate(r, xml_check_attributes(r->path, node, ITEM_ATTRIBUTES "operator type interactive interfaceHint", r->err));

	if (rc < 0)
		return rc;
	value->id = xml_copy(r->arena, node, "id");
	r->unnamed |= !value->id;
	if (!value->id)
		return xml_fail(r->path, node, r->err, "Value has no id");
	value->short_id = benchmark_short_id(value->id);
	value->title = value->description = "";
	value->type = xml_copy(r->arena, node, "type");
	if (!value->type)
		value->type = "string";
	value->line = node->line;
	for (const struct xml *child = xml_first(node); child; child = xml_next(child)) {
		rc = read_value_child(r, value, child);
		if (rc < 0)
			return rc;
	}
	arena_push(r->arena, r->benchmark->values, r->benchmark->n_values) = value;
	if (value->n_choices)
		return 0;
	arena_push(r->arena, value->choices, value->n_choices) = (struct value_choice){ "", "" };
	return told < r->told ? 0 : xml_fail(r->path, node, r->err, "Value %s has no value", value->short_id);
}

/* ---- Profile ---- */

static int read_setting(struct reading *r, struct profile *profile, const struct xml *node)
{
	static const struct {
		const char *name, *attributes;
	} kinds[] = {
		[SETTING_SELECT] = { "select", "idref selected" },
		[SETTING_SET_VALUE] = { "set-value", "idref" },
		[SETTING_REFINE_VALUE] = { "refine-value", "idref selector operator" },
		[SETTING_REFINE_RULE] = { "refine-rule", "idref weight selector severity role" },
	};
	struct setting setting = { .line = node->line, .severity = SEVERITIES };
	size_t kind = 0;
	int rc;

	while (kind < ARRAY_LEN(kinds) && !streq(node->name, kinds[kind].name))
		kind++;
	if (kind == ARRAY_LEN(kinds))
		return reading_unknown_element(r, node, "Profile", "title description select set-value refine-value refine-rule");
	rc = xml_check_attributes(r->path, node, kinds[kind].attributes, r->err);
	if (rc == 0)
		rc = read_severity(r, node, &setting.severity);
	if (rc < 0)
		return rc;
	setting.kind = (enum setting_kind)kind;
	setting.idref = xml_copy(r->arena, node, "idref");
	setting.selected = xml_boolean(node, "selected", true);
	setting.text = kind == SETTING_SET_VALUE ? xml_script(r->arena, node) : xml_copy(r->arena, node, "selector");
	setting.role = role_of(r->arena, node);
	setting.weight = xml_get(node, "weight") ? number_attribute(r->arena, node, "weight", 1) : -1;
	if (!setting.idref)
		return xml_fail(r->path, node, r->err, "%s has no idref", kinds[kind].name);
	if (setting.role == -2 || (xml_get(node, "weight") && setting.weight < 0))
		return xml_fail(r->path, node, r->err, "%s has a wrong role or weight", kinds[kind].name);
	arena_push(r->arena, profile->settings, profile->n_settings) = setting;
	return 0;
}

int reading_profile(struct reading *r, const struct xml *node)
{
	struct profile *profile = arena_new_of(r->arena, struct profile);
	int rc = reading_tolerate(r, xml_check_attributes(r->path, node, "id prohibitChanges abstract note-tag extends Id", r->err));

	if (rc < 0)
		return rc;
	profile->id = xml_copy(r->arena, node, "id");
	r->unnamed |= !profile->id;
	if (!profile->id)
		return xml_fail(r->path, node, r->err, "Profile has no id");
	profile->short_id = benchmark_short_id(profile->id);
	profile->extends = xml_copy(r->arena, node, "extends");
	profile->abstract = xml_boolean(node, "abstract", false);
	profile->line = node->line;
	profile->title = profile->description = "";
	for (const struct xml *child = xml_first(node); child && rc == 0; child = xml_next(child)) {
		if (streq(child->name, "title"))
			profile->title = xml_text(r->arena, child);
		else if (streq(child->name, "description"))
			profile->description = xml_text(r->arena, child);
		else if (!reading_is_ignored(child->name) && !streq(child->name, "reference"))
			rc = reading_tolerate(r, read_setting(r, profile, child));
	}
	arena_push(r->arena, r->benchmark->profiles, r->benchmark->n_profiles) = profile;
	return rc;
}

/* ---- Group ---- */

int reading_open_group(struct reading *r, const struct xml *node)
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
