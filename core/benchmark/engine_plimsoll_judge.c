/* SPDX-License-Identifier: Apache-2.0 */
/* Our check language at work: observing, comparing, combining; and saying in words what is looked at. */
#include "core/benchmark/engine_plimsoll_program.h"
#include "core/subject/cpu.h"

#include "core/base/text.h"

/* ---- judge ---- */

static enum outcome outcome_of_state(const struct node *node, enum state state)
{
	switch (state) {
	case STATE_ABSENT:
		for (size_t i = 0; i < node->n_expects; i++)
			if (node->expects[i].op == EXPECT_EXISTS)
				return node->expects[i].number ? OUTCOME_FAIL : OUTCOME_PASS;
		return node->absent;
	case STATE_INAPPLICABLE:
		return OUTCOME_NOTAPPLICABLE;
	case STATE_MALFORMED:
		return OUTCOME_ERROR;
	default:
		return OUTCOME_UNKNOWN;
	}
}

static enum outcome judge_item(const struct node *node, const struct item *item)
{
	enum outcome outcome = OUTCOME_PASS;

	if (item->state != STATE_PRESENT)
		return outcome_of_state(node, item->state);
	for (size_t i = 0; i < node->n_expects; i++)
		outcome = outcome_and(outcome, expect_judge(&node->expects[i], item));
	return outcome == OUTCOME_FAIL ? node->otherwise : outcome;
}

static bool is_out_of_sight(enum state state)
{
	return state == STATE_UNAVAILABLE || state == STATE_NOT_GIVEN;
}

/* The first piece of evidence, from `first` on, with that outcome; of unknowns, the first that is there. */
static size_t decisive_from(const struct evidences *evidence, size_t first, enum outcome outcome)
{
	size_t out_of_sight = evidence->n;

	for (size_t i = first; i < evidence->n; i++) {
		if (evidence->list[i].outcome != outcome)
			continue;
		if (outcome != OUTCOME_UNKNOWN || !is_out_of_sight(evidence->list[i].state))
			return i;
		if (out_of_sight == evidence->n)
			out_of_sight = i;
	}
	return out_of_sight < evidence->n ? out_of_sight : first;
}

/* What the reader should look at in a value: the words of a set that are at fault. */
static const char *remark_on(struct arena *arena, const struct node *node, const struct item *item, enum outcome outcome)
{
	const char *remark = NULL;

	if (item->state != STATE_PRESENT)
		return item->why;
	if (outcome == OUTCOME_ERROR)
		return "cannot be compared with that";
	for (size_t i = 0; i < node->n_expects && outcome == OUTCOME_FAIL && !remark; i++)
		remark = expect_offenders(arena, &node->expects[i], item);
	return remark ? remark : item->why;
}

static enum outcome judge_test(const struct node *node, const struct subject *subject, struct evidences *evidence)
{
	struct items items = { .arena = evidence->arena };
	enum outcome outcome = OUTCOME_INFORMATIONAL;
	size_t first = evidence->n;

	node->check->observe(subject, &node->params, &items);
	for (size_t i = 0; i < items.n; i++) {
		const struct item *item = &items.list[i];
		enum outcome one = judge_item(node, item);

		arena_push(evidence->arena, evidence->list, evidence->n) = (struct evidence){
			.name = item->name, .origin = item->origin, .state = item->state,
			.value = item->state == STATE_PRESENT ? item->text : NULL,
			.why = remark_on(evidence->arena, node, item, one),
			.expected = node->expected, .outcome = one,
		};
		outcome = outcome_and(outcome, one);
	}
	evidence->decisive = decisive_from(evidence, first, outcome);
	return items.n ? outcome : OUTCOME_ERROR;
}

/* A guard that cannot be judged makes the node unknown, one that does not hold makes it not applicable. */
static enum outcome guard_says(enum outcome outcome, const struct subject *subject, const char *what, const char *is,
			       const char *wanted, struct evidences *evidence)
{
	struct arena *arena = evidence->arena;
	enum state state = is ? STATE_INAPPLICABLE : source_root(subject->source) ? STATE_BROKEN : STATE_NOT_GIVEN;

	evidence->decisive = evidence->n;
	arena_push(arena, evidence->list, evidence->n) = (struct evidence){
		.name = what, .origin = "the audited kernel", .state = state, .expected = wanted, .outcome = outcome,
		.why = is ? arena_printf(arena, "the %s is %s", what, is) : arena_printf(arena, "the %s is not known", what),
	};
	return outcome;
}

/* PASS where the guards let the node be judged. */
static enum outcome judge_guards(const struct node *node, const struct subject *subject, struct evidences *evidence)
{
	const struct kernel *kernel = subject->kernel;
	const struct cpu *cpu;

	if (node->arch && !kernel->arch)
		return guard_says(OUTCOME_UNKNOWN, subject, "architecture", NULL, node->arch, evidence);
	if (node->kernel && !kernel->release)
		return guard_says(OUTCOME_UNKNOWN, subject, "kernel version", NULL, node->kernel, evidence);
	if (node->arch && !list_has(node->arch, " ", kernel->arch))
		return guard_says(OUTCOME_NOTAPPLICABLE, subject, "architecture", kernel->arch, node->arch, evidence);
	if (node->kernel && kernel_version_within(kernel->release, node->kernel) == 0)
		return guard_says(OUTCOME_NOTAPPLICABLE, subject, "kernel version", kernel->release, node->kernel, evidence);
	cpu = node->cpu ? cpu_of(subject) : NULL;
	if (cpu && !cpu->vendor && !cpu->is_any)
		return guard_says(OUTCOME_UNKNOWN, subject, "maker of the CPU", NULL, node->cpu, evidence);
	if (cpu && cpu->vendor && !list_has(node->cpu, " ", cpu->vendor))
		return guard_says(OUTCOME_NOTAPPLICABLE, subject, "maker of the CPU", cpu->vendor, node->cpu, evidence);
	return OUTCOME_PASS;
}

static enum outcome judge_node(const struct node *node, const struct subject *subject, struct evidences *evidence);

/* Of two unknowns the one that is there but could not be read speaks for both. */
static bool speaks_louder(const struct evidences *evidence, size_t other, size_t than)
{
	return other < evidence->n && than < evidence->n && evidence->list[other].outcome == OUTCOME_UNKNOWN &&
	       evidence->list[than].outcome == OUTCOME_UNKNOWN && !is_out_of_sight(evidence->list[other].state) &&
	       is_out_of_sight(evidence->list[than].state);
}

/*
 * What is there but could not be read decides, too: as unknown. Only where a state cannot be seen at all the next operand is asked.
 */
static bool decides_first(enum outcome outcome, const struct evidences *evidence)
{
	enum state state = evidence->decisive < evidence->n ? evidence->list[evidence->decisive].state : STATE_BROKEN;

	return outcome_decides_first(outcome) ||
	       (outcome == OUTCOME_UNKNOWN && !is_out_of_sight(state));
}

static enum outcome judge_combination(const struct node *node, const struct subject *subject, struct evidences *evidence)
{
	const struct node *child = node->children;
	enum outcome outcome = judge_node(child, subject, evidence);

	for (child = child->next; child; child = child->next) {
		size_t decisive = evidence->decisive;
		enum outcome other, both;

		if ((node->operator == OPERATOR_FIRST && decides_first(outcome, evidence)) ||
		    (node->operator == OPERATOR_OR && outcome == OUTCOME_PASS))
			break;
		other = judge_node(child, subject, evidence);
		both = outcome_combine(node->operator, outcome, other);
		if (both == outcome && !speaks_louder(evidence, evidence->decisive, decisive))
			evidence->decisive = decisive;
		outcome = both;
	}
	return outcome;
}

static enum outcome judge_node(const struct node *node, const struct subject *subject, struct evidences *evidence)
{
	enum outcome guards = judge_guards(node, subject, evidence);

	if (guards != OUTCOME_PASS)
		return guards;
	switch (node->kind) {
	case NODE_TEST:
		return judge_test(node, subject, evidence);
	case NODE_COMBINE:
		return judge_combination(node, subject, evidence);
	case NODE_NOT:
		return outcome_not(judge_node(node->children, subject, evidence));
	}
	return OUTCOME_ERROR;
}

enum outcome program_judge(const void *program, const struct subject *subject, struct evidences *evidence)
{
	return judge_node(((const struct program *)program)->root, subject, evidence);
}

/* ---- describe ---- */

/* What is looked at goes by itself; what is taken for granted needs its name. */
static void describe_param(const char *name, const char *value, struct buffer *out)
{
	if (value && starts_with(name, "default"))
		buffer_printf(out, " %s=%s", name, value);
	else if (value && !starts_with(name, "seen"))
		buffer_printf(out, " %s", value);
}

static void describe_test(const struct node *node, struct buffer *out)
{
	buffer_puts(out, node->check->name);
	for (size_t i = 0; node->check->params[i].name; i++)
		describe_param(node->check->params[i].name, node->params.values[i], out);
	buffer_printf(out, ": %s", node->expected);
	if (node->absent != OUTCOME_ERROR)
		buffer_printf(out, " (not there: %s)", outcome_name(node->absent));
	if (node->otherwise != OUTCOME_FAIL)
		buffer_puts(out, ", else this says nothing");
}

static void describe_node(const struct node *node, unsigned depth, struct buffer *out)
{
	static const char *const words[] = {
		[OPERATOR_AND] = "all of", [OPERATOR_OR] = "any of", [OPERATOR_FIRST] = "the first that can be seen of",
	};

	for (; node; node = node->next) {
		buffer_printf(out, "%*s", (int)(depth * 2), "");
		if (node->kind == NODE_TEST)
			describe_test(node, out);
		else
			buffer_puts(out, node->kind == NODE_NOT ? "not" : words[node->operator]);
		if (node->kernel)
			buffer_printf(out, " [kernel %s]", node->kernel);
		if (node->arch)
			buffer_printf(out, " [on %s]", node->arch);
		if (node->cpu)
			buffer_printf(out, " [with a CPU by %s]", node->cpu);
		buffer_puts(out, "\n");
		describe_node(node->children, depth + 1, out);
	}
}

void program_describe(const void *program, struct buffer *out)
{
	describe_node(((const struct program *)program)->root, 0, out);
}
