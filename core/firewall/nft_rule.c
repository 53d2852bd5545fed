/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of nft(8): which packets they take, and what becomes of those. */
#include "core/firewall/nft_private.h"

#include "core/base/text.h"

struct rule {
	const struct nft_statement *s;
	size_t at;
	struct filter_condition condition;
};

static const char *word(const struct rule *rule, size_t i)
{
	return nft_word(rule->s, rule->at + i);
}

/* How many words a part of a rule has that lets every packet on; 0 where it is none. */
static size_t words_of_statement(const struct rule *rule)
{
	const char *w = word(rule, 0);
	size_t n = 1;

	if (streq(w, "counter"))
		return streq(word(rule, 1), "packets") ? 5 : streq(word(rule, 1), "name") ? 3 : 1;
	if (streq(w, "comment"))
		return 2;
	if (streq(w, "notrack") || streq(w, "continue"))
		return 1;
	if ((streq(w, "meta") || streq(w, "ct")) && streq(word(rule, 2), "set"))
		return 4;
	if (!streq(w, "log"))
		return 0;
	while (list_has("prefix group level snaplen queue-threshold flags", " ", word(rule, n)))
		n += streq(word(rule, n), "flags") && streq(word(rule, n + 1), "tcp") ? 3 : 2;
	return n;
}

/* ---- conditions ---- */

/* What stands on the right of a condition. */
struct values {
	const char *text;        /* a word, those of a list, or a set in braces */
	bool not;                /* != */
	bool is_map;             /* vmap: a verdict for each value */
};

/* From `i` on, counted from the rule's word; moves the rule behind it. */
static struct values take_values(struct nft_reading *r, struct rule *rule, size_t i)
{
	struct values v = { .text = "" };

	v.not = streq(word(rule, i), "!");
	v.is_map = streq(word(rule, i), "vmap");
	i += v.not || v.is_map || streq(word(rule, i), "in");
	while (streq(word(rule, i), "="))       /* != and == are two words each */
		i++;
	do
		v.text = arena_printf(r->arena, "%s %s", v.text, word(rule, i));
	while (*word(rule, i) && word(rule, i)[strlen(word(rule, i)) - 1] == ',' && *word(rule, ++i));
	rule->at += i + 1;
	v.text++;
	while (*v.text == ' ' || *v.text == '"')
		v.text++;
	return v;
}

/* Whether a list of values may hold most packets: of ports, addresses and interfaces those are meant that it mentions. */
static bool is_broad(enum filter_meets (*of)(const char *, bool))
{
	return of == condition_of_protocol || of == condition_of_state;
}

/* What the right side says; what lies in a set with a name is not seen here. */
static void meet(struct rule *rule, const struct values *v, enum filter_meets (*of)(const char *, bool))
{
	if (*v->text == '@' && !is_broad(of)) {
		condition_add(&rule->condition, v->not ? MEETS_MOST : MEETS_FEW);
	} else if (*v->text == '@') {
		rule->condition.doubtful = true;
		condition_add(&rule->condition, MEETS_MOST);
	} else {
		condition_add(&rule->condition, of(v->text, v->not));
	}
}

static enum filter_meets of_interface(const char *value, bool not)
{
	return not ? MEETS_MOST : streq(value, "*") ? MEETS_ALL : MEETS_FEW;
}

static enum filter_meets of_type(const char *value, bool not)
{
	return not || list_has("host unicast local", " ", value) ? MEETS_MOST : MEETS_FEW;
}

/* Only packets of that family go on. */
static void meet_family(struct rule *rule, const struct values *v)
{
	bool four = list_has("ipv4 ip", " ", v->text), six = list_has("ipv6 ip6", " ", v->text);

	if (four || six)
		rule->condition.except |= four == v->not ? 1u << FAMILY_IP : 1u << FAMILY_IP6;
	else
		condition_add(&rule->condition, MEETS_FEW);
}

/* "limit rate over 10/second burst 5 packets", "limit name x": up to there, or from there on, packets are taken. */
static void skip_limit(struct rule *rule)
{
	size_t n = 3;

	if (streq(word(rule, 1), "rate")) {
		n += list_has("over until", " ", word(rule, 2));
		n += strstr(word(rule, n), "bytes/") != NULL;
	}
	if (streq(word(rule, n), "burst"))
		n += 3;
	rule->at += n;
	condition_add(&rule->condition, MEETS_MOST);
}

/* True where a condition that is understood stood there, and the rule was moved behind it. */
static bool take_condition(struct nft_reading *r, struct rule *rule, struct values *v)
{
	static const struct {
		const char *first, *second;   /* words that may stand there */
		enum filter_meets (*of)(const char *, bool);
		unsigned except;
	} known[] = {
		{ "l4proto", NULL, condition_of_protocol, 0 }, { "ip", "protocol", condition_of_protocol, 1u << FAMILY_IP6 },
		{ "ip6", "nexthdr", condition_of_protocol, 1u << FAMILY_IP }, { "ct", "state", condition_of_state, 0 },
		{ "iif iifname oif oifname", NULL, of_interface, 0 }, { "pkttype", NULL, of_type, 0 },
		{ "ip", "saddr daddr", condition_of_address, 1u << FAMILY_IP6 }, { "ip6", "saddr daddr", condition_of_address, 1u << FAMILY_IP },
		{ "tcp udp th", "dport sport", condition_of_port, 0 },
	};
	size_t meta = streq(word(rule, 0), "meta");

	if (streq(word(rule, 0), "limit")) {
		skip_limit(rule);
		return true;
	}
	if (streq(word(rule, 0), "fib") && streq(word(rule, 1), "daddr") && streq(word(rule, 2), "type")) {
		*v = take_values(r, rule, 3);
		meet(rule, v, of_type);
		return true;
	}
	if (meta && list_has("nfproto protocol", " ", word(rule, 1))) {
		*v = take_values(r, rule, 2);
		meet_family(rule, v);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (!list_has(known[i].first, " ", word(rule, meta)) || (known[i].second && !list_has(known[i].second, " ", word(rule, meta + 1))))
			continue;
		*v = take_values(r, rule, meta + (known[i].second ? 2 : 1));
		rule->condition.except |= known[i].except;
		if (!v->is_map)
			meet(rule, v, known[i].of);
		else if (!is_broad(known[i].of))
			condition_add(&rule->condition, MEETS_FEW);
		return true;
	}
	return false;
}

/* ---- verdicts ---- */

static const struct {
	const char *word;
	enum filter_verdict verdict;
} verdicts[] = {
	{ "accept", FILTER_ACCEPT }, { "drop", FILTER_DROP }, { "reject", FILTER_REJECT }, { "queue", FILTER_QUEUE },
	{ "return", FILTER_RETURN }, { "jump", FILTER_JUMP }, { "goto", FILTER_GOTO },
};

static bool verdict_of(struct nft_reading *r, const char *verdict, const char *target, struct filter_step *step)
{
	for (size_t k = 0; k < ARRAY_LEN(verdicts); k++) {
		if (!streq(verdict, verdicts[k].word))
			continue;
		*step = (struct filter_step){ .verdict = verdicts[k].verdict, .target = arena_strdup(r->arena, target) };
		return true;
	}
	return false;
}

/* A map of verdicts counts as one that may leave the chain. */
static bool may_leave(const struct nft_statement *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (list_has("return goto vmap", " ", s->words[i]))
			return true;
	return s->cut;
}

/* "{ established : accept, new : jump own }": the verdict for what most packets are, if there is one. */
static bool step_of_map(struct nft_reading *r, const struct rule *rule, const char *map, struct filter_step *step)
{
	char *text = arena_strdup(r->arena, map), *entry;

	if (*map == '@' && rule->condition.meets != MEETS_FEW) {
		*step = (struct filter_step){ .verdict = FILTER_UNKNOWN, .partial = true, .except = rule->condition.except };
		return true;
	}
	while (rule->condition.meets != MEETS_FEW && (entry = strsep(&text, "{},\n"))) {
		char *key = text_trim(strsep(&entry, ":")), *verdict = entry ? text_trim(entry) : key + strlen(key), *target = verdict + strcspn(verdict, " \t");

		if (*target)
			*target++ = '\0';
		if (!list_has("new tcp udp", " ", key) || !verdict_of(r, verdict, target + strspn(target, " \t"), step))
			continue;
		step->partial = true;
		step->except = rule->condition.except;
		if (step->verdict == FILTER_ACCEPT || step->verdict == FILTER_JUMP || step->verdict == FILTER_GOTO)
			return true;
	}
	*step = (struct filter_step){ .verdict = FILTER_MAY_RETURN, .except = rule->condition.except };
	return true;
}

bool nft_step(struct nft_reading *r, const struct nft_statement *s, size_t i, struct filter_step *step)
{
	struct rule rule = { .s = s, .at = i };
	size_t n;

	while (rule.at < s->n) {
		struct values v = { .text = "" };

		if ((n = words_of_statement(&rule)) > 0)
			rule.at += n;
		else if (!take_condition(r, &rule, &v))
			break;
		else if (v.is_map)
			return step_of_map(r, &rule, v.text, step);
		if (rule.condition.meets == MEETS_FEW)
			break;
	}
	if (rule.condition.meets != MEETS_FEW && rule.at < s->n && verdict_of(r, word(&rule, 0), word(&rule, 1), step))
		return condition_step(&rule.condition, step);
	*step = (struct filter_step){ .verdict = FILTER_MAY_RETURN, .except = rule.condition.except };
	return may_leave(s);
}
