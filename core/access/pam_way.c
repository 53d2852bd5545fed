/* SPDX-License-Identifier: Apache-2.0 */
/* The ways through a stack, as _pam_dispatch_aux() of libpam takes them. */
#include "core/access/pam.h"

#include "core/base/text.h"

#include <ctype.h>

/* What the stack thinks so far. SPOILT: the answer that was taken over is no yes, and holds; only a reset leads out of that. */
enum standing { UNDECIDED, YES, SPOILT, NO, STANDINGS };

/* The standings that are reached in one place, each with the module whose yes it goes back to. */
struct reached {
	const struct pam_module *by[STANDINGS];
};

enum action { IGNORE, OK, DONE, BAD, DIE, RESET, JUMP };

struct move {
	enum action action;
	unsigned jump;
};

struct walk {
	const struct pam_stack *stack;
	pam_answers answers;
	const void *context;
	struct reached *at;                     /* before each step */
	struct reached (*substacks)[STANDINGS]; /* what one comes to, by what it began with */
};

/* One run through the steps of one level. */
struct level {
	struct walk *walk;
	size_t end;
	enum standing entry;
	const struct pam_module *by;
	struct reached exit;
};

static const struct pam_module nobody;

/* ---- controls ---- */

/* A word is short for these (pam.conf(5)). */
static const struct {
	const char *word, *actions;
} words[] = {
	{ "required", "[success=ok new_authtok_reqd=ok ignore=ignore default=bad]" },
	{ "requisite", "[success=ok new_authtok_reqd=ok ignore=ignore default=die]" },
	{ "optional", "[success=ok new_authtok_reqd=ok default=ignore]" },
	{ "sufficient", "[success=done new_authtok_reqd=done default=ignore]" },
};

static bool take_action(const char **at, struct move *move)
{
	static const struct {
		const char *name;
		enum action action;
	} actions[] = { { "ignore", IGNORE }, { "ok", OK }, { "done", DONE }, { "bad", BAD }, { "die", DIE }, { "reset", RESET } };
	char *end;
	unsigned long number;

	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		if (starts_with(*at, actions[i].name)) {
			*at += strlen(actions[i].name);
			*move = (struct move){ .action = actions[i].action };
			return true;
		}
	}
	if (!isdigit((unsigned char)**at))
		return false;
	number = strtoul(*at, &end, 10);
	*at = end;
	*move = (struct move){ .action = number ? JUMP : IGNORE, .jump = number < 1000000 ? (unsigned)number : 1000000 };
	return true;
}

/* What the control makes of one code. One that is not understood makes everything bad, as what it does not name. */
static struct move move_of(const char *control, const char *code)
{
	static const char blank[] = " \t";
	struct move named = { BAD, 0 }, preset = { BAD, 0 }, move;
	bool is_named = false, has_preset = false;
	const char *at = control;

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (streq(control, words[i].word))
			at = words[i].actions;
	if (*at != '[')
		return preset;
	for (at++, at += strspn(at, blank); *at && *at != ']'; at += strspn(at, blank)) {
		const char *name = at;
		size_t n = strcspn(at, " \t=]");

		at += n;
		at += strspn(at, blank);
		if (*at != '=')
			return (struct move){ BAD, 0 };
		at += 1 + strspn(at + 1, blank);
		if (!take_action(&at, &move))
			return (struct move){ BAD, 0 };
		if (n == strlen(code) && starts_with(name, code)) {
			named = move;
			is_named = true;
		} else if (!has_preset && n == strlen("default") && starts_with(name, "default")) {
			preset = move;
			has_preset = true;
		}
	}
	return is_named ? named : preset;
}

/* ---- steps ---- */

static void arrive(struct reached *to, enum standing standing, const struct pam_module *by)
{
	if (!to->by[standing])
		to->by[standing] = by;
}

/* The step behind this one and, where it begins a substack, behind that. */
static size_t next_step(const struct pam_stack *stack, size_t i, size_t end)
{
	size_t next = i + 1;

	while (next < end && stack->steps[next].level > stack->steps[i].level)
		next++;
	return next;
}

static void go_on(struct level *level, size_t i, enum standing standing, const struct pam_module *by)
{
	arrive(i < level->end ? &level->walk->at[i] : &level->exit, standing, by);
}

/* A jump beyond the last module of its stack is a no. */
static void jump(struct level *level, size_t i, unsigned n, enum standing standing, const struct pam_module *by)
{
	const struct pam_stack *stack = level->walk->stack;
	size_t to = i;

	while (n && next_step(stack, to, level->end) < level->end) {
		to = next_step(stack, to, level->end);
		n--;
	}
	go_on(level, next_step(stack, to, level->end), n ? NO : standing, by);
}

static enum standing weigh(enum standing standing, bool yes)
{
	if (standing == UNDECIDED)
		return yes ? YES : SPOILT;
	return standing == YES && !yes ? SPOILT : standing;
}

static void move_on(struct level *level, size_t i, enum standing standing, struct move move, bool yes)
{
	const struct pam_module *by = level->walk->at[i].by[standing];
	size_t next = next_step(level->walk->stack, i, level->end);
	enum standing now = weigh(standing, yes);

	switch (move.action) {
	case OK:
	case DONE:
		by = standing == UNDECIDED && yes ? &level->walk->stack->list[level->walk->stack->steps[i].module] : by;
		go_on(level, move.action == DONE && (now == YES || now == SPOILT) ? level->end : next, now, by);
		break;
	case BAD:
	case DIE:
		go_on(level, move.action == DIE ? level->end : next, NO, by);
		break;
	case RESET:
		go_on(level, next, level->entry, level->by);
		break;
	case JUMP:
		jump(level, i, move.jump, standing, by);
		break;
	default:
		go_on(level, next, standing, by);
		break;
	}
}

/* Which of the ways to say no a module takes depends on what is wrong. */
static const struct {
	enum pam_answer answer;
	const char *code;
} codes[] = {
	{ PAM_SAYS_YES, "success" }, { PAM_SAYS_NOTHING, "ignore" }, { PAM_SAYS_NO, "auth_err" }, { PAM_SAYS_NO, "user_unknown" },
	{ PAM_SAYS_NO, "authinfo_unavail" }, { PAM_SAYS_NO, "perm_denied" }, { PAM_SAYS_NO, "authtok_err" },
};

static void ask_module(struct level *level, size_t i)
{
	struct walk *walk = level->walk;
	const struct pam_module *module = &walk->stack->list[walk->stack->steps[i].module];
	unsigned answers = walk->answers(module, walk->context);

	for (size_t c = 0; c < ARRAY_LEN(codes); c++) {
		struct move move = move_of(module->control, codes[c].code);

		for (int s = 0; s < STANDINGS && (answers & codes[c].answer); s++)
			if (walk->at[i].by[s])
				move_on(level, i, (enum standing)s, move, codes[c].answer == PAM_SAYS_YES);
	}
}

static struct reached walk_level(struct walk *walk, size_t first, size_t end, enum standing entry, const struct pam_module *by);

/* What a substack comes to depends on nothing but its beginning, and is found out once. */
static void ask_substack(struct level *level, size_t i)
{
	struct walk *walk = level->walk;
	size_t next = next_step(walk->stack, i, level->end);

	for (int s = 0; s < STANDINGS; s++) {
		const struct pam_module *by = walk->at[i].by[s];
		struct reached *exit = &walk->substacks[i][s];
		bool known = false;

		for (int e = 0; e < STANDINGS; e++)
			known = known || exit->by[e];
		if (by && !known)
			*exit = walk_level(walk, i + 1, next, (enum standing)s, by);
		for (int e = 0; e < STANDINGS && by; e++)
			if (exit->by[e])
				go_on(level, next, (enum standing)e, exit->by[e]);
	}
}

static struct reached walk_level(struct walk *walk, size_t first, size_t end, enum standing entry, const struct pam_module *by)
{
	struct level level = { .walk = walk, .end = end, .entry = entry, .by = by };

	for (size_t i = first; i < end; i = next_step(walk->stack, i, end))
		walk->at[i] = (struct reached){ 0 };
	go_on(&level, first, entry, by);
	for (size_t i = first; i < end; i = next_step(walk->stack, i, end)) {
		if (walk->stack->steps[i].is_substack)
			ask_substack(&level, i);
		else
			ask_module(&level, i);
	}
	return level.exit;
}

const struct pam_module *pam_way(struct arena *arena, const struct pam_stack *stack, pam_answers answers, const void *context)
{
	size_t n = stack->n_steps + 1;
	struct walk walk = { .stack = stack, .answers = answers, .context = context };

	walk.at = arena_alloc(arena, n * sizeof(*walk.at));
	walk.substacks = arena_alloc(arena, n * sizeof(*walk.substacks));
	return walk_level(&walk, 0, stack->n_steps, UNDECIDED, &nobody).by[YES];
}
