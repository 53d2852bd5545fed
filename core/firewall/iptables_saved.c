/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tables as iptables-save(8) writes them and people write them for iptables-restore(8): a table counts when its COMMIT is there. A line that is
 * wrong keeps all of it from being loaded.
 */
#include "core/firewall/netfilter_condition.h"

#include "core/base/text.h"

enum { WORDS_MOST = 128 };

struct reading {
	struct netfilter *filter;
	const struct file *file;
	const char *scope;
	enum filter_family family;
	unsigned line;
	bool in_filter;
	bool in_table;
};

struct words {
	const char *list[WORDS_MOST];
	size_t n;
};

static void wrong(struct reading *r, enum state state, const char *what)
{
	const char *path = text_safe(r->filter->arena, r->file->path, strlen(r->file->path), 512);

	if (r->filter->state != STATE_PRESENT)
		return;
	r->filter->state = state;
	r->filter->why = r->line ? arena_printf(r->filter->arena, "%s:%u: %s", path, r->line, what) : arena_printf(r->filter->arena, "%s: %s", path, what);
}

/* Words are separated by white space; quotes of both kinds hold one together, and a backslash keeps a quote within. */
static void split(struct reading *r, const char *text, struct words *words)
{
	for (;;) {
		struct buffer word = { .arena = r->filter->arena };
		char quote = '\0';

		text += strspn(text, " \t\r");
		if (!*text)
			return;
		if (words->n == WORDS_MOST) {
			wrong(r, STATE_MALFORMED, "the line has too many words");
			return;
		}
		for (; *text && (quote || !strchr(" \t\r", *text)); text++) {
			if (quote ? *text == quote : *text == '"' || *text == '\'') {
				quote = quote ? '\0' : *text;
			} else {
				text += quote && text[0] == '\\' && text[1];
				buffer_add(&word, text, 1);
			}
		}
		if (quote)
			wrong(r, STATE_MALFORMED, "a text has no end");
		words->list[words->n++] = word.text ? word.text : "";
	}
}

static const char *word(const struct words *words, size_t i)
{
	return i < words->n ? words->list[i] : "";
}

/* ---- chains ---- */

static bool is_base(const char *name, enum filter_hook *hook)
{
	static const char *const names[FILTER_HOOKS] = { "INPUT", "FORWARD", "OUTPUT" };

	for (int i = 0; i < FILTER_HOOKS; i++) {
		if (streq(names[i], name)) {
			*hook = (enum filter_hook)i;
			return true;
		}
	}
	return false;
}

static void set_policy(struct reading *r, const char *name, const char *policy)
{
	struct filter_chain *chain = netfilter_chain(r->filter, r->scope, name);

	chain->base = is_base(name, &chain->hook);
	chain->family[r->family] = true;
	if (!chain->base) {
		chain->n = 0;                /* a chain of a user's is emptied */
		return;
	}
	chain->policy = streq(policy, "DROP") ? FILTER_DROP : FILTER_ACCEPT;
	if (!streq(policy, "DROP") && !streq(policy, "ACCEPT"))
		wrong(r, STATE_MALFORMED, "the policy of a chain is not understood");
}

/* ---- rules ---- */

/* What a condition takes; `not` where a ! stands before it, or before its value. */
static enum filter_meets meets(const char *option, const char *value, bool not)
{
	if (list_has("-p --protocol", " ", option))
		return condition_of_protocol(value, not);
	if (list_has("-s -d --source --destination --src --dst", " ", option))
		return condition_of_address(value, not);
	if (list_has("-i -o --in-interface --out-interface", " ", option))
		return not ? MEETS_MOST : streq(value, "+") ? MEETS_ALL : MEETS_FEW;
	if (list_has("-m --match", " ", option))
		return list_has("comment tcp udp state conntrack multiport limit addrtype pkttype", " ", value) ? MEETS_ALL : MEETS_FEW;
	if (list_has("--ctstate --state", " ", option))
		return condition_of_state(value, not);
	if (list_has("--dport --sport --dports --sports --ports --destination-port --source-port --destination-ports --source-ports", " ", option))
		return condition_of_port(value, not);
	if (list_has("--limit --limit-burst", " ", option))
		return MEETS_MOST;
	if (list_has("--dst-type --pkt-type", " ", option))
		return not || list_has("LOCAL UNICAST host unicast", " ", value) ? MEETS_MOST : MEETS_FEW;
	return streq(option, "--comment") ? MEETS_ALL : MEETS_FEW;
}

/* The options of conditions that are known; each has a value. */
static const char known_options[] = "-p --protocol -s -d --source --destination --src --dst -i -o --in-interface --out-interface -m --match --ctstate --state --dport --sport "
				    "--dports --sports --ports --destination-port --source-port --destination-ports --source-ports --limit --limit-burst --dst-type "
				    "--pkt-type --comment";

/* One condition from `at` on; returns where the next begins. */
static size_t take_condition(const struct words *words, size_t at, struct filter_condition *condition)
{
	bool not = streq(words->list[at], "!");
	const char *option = word(words, at += not), *value = word(words, at + 1);

	if (streq(option, "--syn")) {
		condition_add(condition, not ? MEETS_FEW : MEETS_MOST);
		return at + 1;
	}
	if (streq(option, "-c") || streq(option, "--set-counters"))
		return at + 3;
	if (streq(option, "--tcp-flags")) {
		condition_add(condition, !not && streq(word(words, at + 2), "SYN") ? MEETS_MOST : MEETS_FEW);
		return at + 3;
	}
	if (!list_has(known_options, " ", option)) {
		condition_add(condition, MEETS_FEW);
		return at + 1;
	}
	if (streq(value, "!")) {
		not = true;
		value = word(words, ++at + 1);
	}
	condition_add(condition, meets(option, value, not));
	return at + 2;
}

/* The conditions, and the word after -j or -g. A target's own options begin with two dashes. */
static struct filter_condition condition_of(const struct words *words, size_t at, const char **target, bool *is_goto)
{
	struct filter_condition condition = { .meets = MEETS_ALL };

	*target = NULL;
	while (at < words->n) {
		const char *w = words->list[at];

		if (!list_has("-j --jump -g --goto", " ", w)) {
			at = take_condition(words, at, &condition);
			continue;
		}
		*is_goto = streq(w, "-g") || streq(w, "--goto");
		*target = word(words, at + 1);
		at += 2;
		while (at < words->n && (words->list[at][0] != '-' || starts_with(words->list[at], "--")))
			at++;
	}
	return condition;
}

static bool step_of(struct reading *r, const struct words *words, size_t at, struct filter_step *step)
{
	static const struct {
		const char *word;
		enum filter_verdict verdict;
	} known[] = {
		{ "ACCEPT", FILTER_ACCEPT }, { "DROP", FILTER_DROP }, { "REJECT", FILTER_REJECT }, { "QUEUE", FILTER_QUEUE }, { "NFQUEUE", FILTER_QUEUE },
		{ "RETURN", FILTER_RETURN },
	};
	const char *target;
	bool is_goto = false;
	struct filter_condition condition = condition_of(words, at, &target, &is_goto);

	if (!target)
		return false;
	*step = (struct filter_step){ .verdict = is_goto ? FILTER_GOTO : FILTER_JUMP, .target = target };
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (streq(known[i].word, target))
			step->verdict = known[i].verdict;
	if (step->verdict == FILTER_JUMP && !netfilter_find(r->filter, r->scope, target))
		return false;                /* LOG and the like */
	return condition_step(&condition, step);
}

static void add_rule(struct reading *r, const struct words *words, size_t at)
{
	bool first = list_has("-I --insert", " ", word(words, at));
	struct filter_chain *chain = netfilter_find(r->filter, r->scope, word(words, at + 1));
	struct filter_step step;
	size_t from = at + 2;

	if (!chain) {
		wrong(r, STATE_MALFORMED, "a rule is added to a chain that is not there");
		return;
	}
	if (first && word(words, from)[0] && word(words, from)[0] != '-' && word(words, from)[0] != '!') {
		if (!streq(word(words, from), "1"))
			wrong(r, STATE_BROKEN, "a rule is put between others, which is not followed");
		from++;
	}
	if (!step_of(r, words, from, &step))
		return;
	if (first)
		netfilter_step_first(r->filter, chain, step);
	else
		netfilter_step(r->filter, chain, step);
}

/* ---- lines ---- */

static void run(struct reading *r, const struct words *words, size_t at)
{
	const char *what = word(words, at), *name = word(words, at + 1);
	struct filter_chain *chain;

	if (list_has("-A --append -I --insert", " ", what)) {
		add_rule(r, words, at);
	} else if (list_has("-P --policy", " ", what)) {
		set_policy(r, name, word(words, at + 2));
	} else if (list_has("-N --new-chain", " ", what)) {
		netfilter_chain(r->filter, r->scope, name);
	} else if (list_has("-F --flush", " ", what)) {
		for (size_t i = 0; i < r->filter->n; i++) {
			chain = &r->filter->list[i];
			if (streq(chain->scope, r->scope) && (!*name || streq(chain->name, name)))
				chain->n = 0;
		}
	} else if (!list_has("-Z --zero -X --delete-chain", " ", what)) {
		wrong(r, STATE_BROKEN, arena_printf(r->filter->arena, "'%s' is not followed", text_safe(r->filter->arena, what, strlen(what), 64)));
	}
}

/* The chains of the hooks are there, whether the file names them or not. */
static void begin_table(struct reading *r, const char *name)
{
	static const char *const names[FILTER_HOOKS] = { "INPUT", "FORWARD", "OUTPUT" };

	r->in_table = true;
	r->in_filter = streq(name, "*filter");
	for (size_t i = 0; r->in_filter && i < ARRAY_LEN(names); i++)
		if (!netfilter_find(r->filter, r->scope, names[i]))
			set_policy(r, names[i], "ACCEPT");
}

static void read_line(struct reading *r, const char *line)
{
	struct words words = { .n = 0 };
	size_t at;

	/* a quote in a comment is none */
	if (line[strspn(line, " \t")] == '#')
		return;
	split(r, line, &words);
	if (!words.n)
		return;
	if (words.list[0][0] == '*') {
		begin_table(r, words.list[0]);
	} else if (streq(words.list[0], "COMMIT")) {
		r->in_filter = r->in_table = false;
	} else if (!r->in_table) {
		wrong(r, STATE_MALFORMED, "the line belongs to no table");
	} else if (r->in_filter && words.list[0][0] == ':') {
		set_policy(r, words.list[0] + 1, word(&words, 1));
	} else if (r->in_filter) {
		at = words.list[0][0] == '[';    /* counters in front of it */
		run(r, &words, at);
	}
}

void netfilter_add_saved(struct netfilter *filter, const struct file *file, enum filter_family family)
{
	struct reading r = { .filter = filter, .file = file, .family = family, .scope = family == FAMILY_IP6 ? "ip6tables filter" : "iptables filter" };

	if (file->state != STATE_PRESENT || memchr(file->data, '\0', file->size)) {
		wrong(&r, file->state == STATE_PRESENT ? STATE_MALFORMED : file->state, file->state == STATE_PRESENT ? "the file holds a NUL byte" : file->why);
		return;
	}
	for (const char *at = file->data, *end; *at && filter->state == STATE_PRESENT; at = *end ? end + 1 : end) {
		end = strchrnul(at, '\n');
		r.line++;
		read_line(&r, arena_strndup(filter->arena, at, (size_t)(end - at)));
	}
	if (r.in_table)
		wrong(&r, STATE_MALFORMED, "a table has no COMMIT, and is not loaded");
}
