/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rule sets of nft(8): what tells of chains is read, and of rules which packets they take. The rest is passed over by its braces.
 */
#include "core/firewall/nft_private.h"

#include "core/base/text.h"

#include <fnmatch.h>

enum {
	INCLUDES_MOST = 16,      /* deep; as in nft */
	FILES_MOST = 256,
	BYTES_MOST = 16 << 20,
};

/* ---- rules ---- */

static void add_rule(struct nft_reading *r, const char *scope, const char *chain, const struct nft_statement *s, size_t from)
{
	struct filter_step step;

	if (s->n > from && nft_step(r, s, from, &step))
		netfilter_step(r->filter, netfilter_chain(r->filter, scope, chain), step);
}

/* ---- chains ---- */

/* "type filter hook input priority 0": of other types nothing is said. */
static void read_hook(struct nft_reading *r, const char *scope, const char *name, const struct nft_statement *s)
{
	struct filter_chain *chain = netfilter_chain(r->filter, scope, name);
	const char *family = scope + strlen("nftables ");
	size_t at = 0;

	while (at < s->n && !streq(s->words[at], "hook"))
		at++;
	if (streq(nft_word(s, 1), "filter") && filter_hook_of(nft_word(s, at + 1)) != FILTER_HOOKS) {
		chain->base = !starts_with(family, "other ");
		chain->hook = filter_hook_of(nft_word(s, at + 1));
		chain->family[FAMILY_IP] = !starts_with(family, "ip6 ");
		chain->family[FAMILY_IP6] = !starts_with(family, "ip ");
	}
}

static void read_policy(struct nft_reading *r, const char *scope, const char *name, const char *policy)
{
	struct filter_chain *chain = netfilter_chain(r->filter, scope, name);

	if (!streq(policy, "accept") && !streq(policy, "drop"))
		nft_wrong(r, STATE_MALFORMED, "the policy of a chain is not understood");
	chain->policy = streq(policy, "drop") ? FILTER_DROP : FILTER_ACCEPT;
}

/* From behind the opening brace of a chain. */
static void read_chain(struct nft_reading *r, const char *scope, const char *name)
{
	netfilter_chain(r->filter, scope, name);
	while (nft_is_good(r)) {
		struct nft_statement s = nft_statement(r, true);

		if (streq(nft_word(&s, 0), "type"))
			read_hook(r, scope, name, &s);
		else if (streq(nft_word(&s, 0), "policy"))
			read_policy(r, scope, name, nft_word(&s, 1));
		else if (streq(nft_word(&s, 0), "include"))
			nft_wrong(r, STATE_BROKEN, "a file that is included within a chain is not followed");
		else if (!list_has("comment flags devices device", " ", nft_word(&s, 0)))
			add_rule(r, scope, name, &s, 0);
		if (s.end == TOKEN_CLOSE)
			break;
		if (s.end == TOKEN_EOF)
			nft_wrong(r, STATE_MALFORMED, "a brace is not closed");
	}
	if (nft_is_good(r))
		nft_next(r);
}

/* ---- tables ---- */

static void remove_chains(struct netfilter *filter, const char *scope, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < filter->n; i++) {
		const struct filter_chain *chain = &filter->list[i];

		if (!streq(chain->scope, scope) || (name && !streq(chain->name, name)))
			filter->list[kept++] = *chain;
	}
	filter->n = kept;
}

static void flush_chains(struct netfilter *filter, const char *scope, const char *name)
{
	for (size_t i = 0; i < filter->n; i++)
		if (streq(filter->list[i].scope, scope) && (!*name || streq(filter->list[i].name, name)))
			filter->list[i].n = 0;
}

/* A table with "flags dormant" filters nothing. */
static bool says_dormant(const struct nft_statement *s)
{
	for (size_t i = 1; i < s->n; i++)
		if (list_has(s->words[i], ",", "dormant"))
			return true;
	return false;
}

/* From behind the opening brace of a table. */
static void read_table(struct nft_reading *r, const char *scope)
{
	while (nft_is_good(r)) {
		struct nft_statement s = nft_statement(r, false);
		const char *first = nft_word(&s, 0);

		if (streq(first, "chain") && s.end == TOKEN_OPEN)
			read_chain(r, scope, nft_word(&s, 1));
		else if (streq(first, "chain"))
			netfilter_chain(r->filter, scope, nft_word(&s, 1));
		else if (s.end == TOKEN_OPEN)
			nft_skip_block(r);
		else if (streq(first, "include"))
			nft_wrong(r, STATE_BROKEN, "a file that is included within a table is not followed");
		if (streq(first, "flags") && says_dormant(&s))
			arena_push(r->arena, r->dormant, r->n_dormant) = scope;
		if (s.end == TOKEN_CLOSE)
			break;
		if (s.end == TOKEN_EOF)
			nft_wrong(r, STATE_MALFORMED, "a brace is not closed");
	}
	if (nft_is_good(r))
		nft_next(r);
}

/* ---- commands ---- */

/* The scope of "[FAMILY] TABLE" at *at, which moves behind it. */
static const char *scope_at(struct nft_reading *r, const struct nft_statement *s, size_t *at)
{
	const char *family = "ip";

	if (list_has("ip ip6 inet arp bridge netdev", " ", nft_word(s, *at)))
		family = nft_word(s, (*at)++);
	if (list_has("arp bridge netdev", " ", family))
		family = "other";
	return arena_printf(r->arena, "nftables %s %s", family, nft_word(s, (*at)++));
}

static void run_add(struct nft_reading *r, const struct nft_statement *s, size_t at, bool first)
{
	const char *what = nft_word(s, at++), *scope = scope_at(r, s, &at), *chain;
	struct filter_chain *c;

	if (streq(what, "table") && s->end == TOKEN_OPEN) {
		read_table(r, scope);
	} else if (streq(what, "chain") && s->end == TOKEN_OPEN) {
		read_chain(r, scope, nft_word(s, at));
	} else if (streq(what, "chain")) {
		netfilter_chain(r->filter, scope, nft_word(s, at));
	} else if (streq(what, "rule")) {
		chain = nft_word(s, at++);
		if (list_has("position handle index", " ", nft_word(s, at)))
			nft_wrong(r, STATE_BROKEN, "a rule is put between others, which is not followed");
		add_rule(r, scope, chain, s, at);
		c = netfilter_find(r->filter, scope, chain);
		if (first && c && c->n) {
			struct filter_step step = c->steps[--c->n];

			netfilter_step_first(r->filter, c, step);
		}
	} else if (s->end == TOKEN_OPEN) {
		nft_skip_block(r);
	}
}

static void run_delete(struct nft_reading *r, const struct nft_statement *s)
{
	size_t at = 2;
	const char *what = nft_word(s, 1), *scope;

	if (list_has("table chain", " ", what)) {
		scope = scope_at(r, s, &at);
		remove_chains(r->filter, scope, streq(what, "table") ? NULL : nft_word(s, at));
	} else if (streq(what, "rule")) {
		nft_wrong(r, STATE_BROKEN, "a rule is deleted again, which is not followed");
	}
}

static void run_flush(struct nft_reading *r, const struct nft_statement *s)
{
	size_t at = 2;
	const char *what = nft_word(s, 1), *scope;

	if (streq(what, "ruleset")) {
		if (s->n > 2)
			nft_wrong(r, STATE_BROKEN, "the rules of one family are flushed, which is not followed");
		r->filter->n = 0;
	} else if (list_has("table chain", " ", what)) {
		scope = scope_at(r, s, &at);
		flush_chains(r->filter, scope, streq(what, "table") ? "" : nft_word(s, at));
	}
}

static void run_statement(struct nft_reading *r, const struct nft_statement *s)
{
	const char *first = nft_word(s, 0);

	if (list_has("add create insert", " ", first))
		run_add(r, s, 1, streq(first, "insert"));
	else if (list_has("table chain rule", " ", first))
		run_add(r, s, 0, false);
	else if (list_has("delete destroy", " ", first))
		run_delete(r, s);
	else if (streq(first, "flush"))
		run_flush(r, s);
	else if (list_has("replace rename", " ", first))
		nft_wrong(r, STATE_BROKEN, "a rule or chain is replaced or renamed, which is not followed");
	else if (streq(first, "undefine"))
		nft_undefine(r, nft_word(s, 1));
	else if (s->end == TOKEN_OPEN)
		nft_skip_block(r);
}

/* ---- files ---- */

static void read_file(struct nft_reading *r, const struct file *file);

/* The names that fit in a directory; no star may stand in the directory's own. */
static void include_pattern(struct nft_reading *r, const char *path)
{
	const char *slash = strrchr(path, '/'), *folder = arena_strndup(r->arena, path, slash ? (size_t)(slash - path) : 0);
	const struct directory *dir = source_list(r->source, folder);

	if (strpbrk(folder, "*?[") || (dir->state != STATE_PRESENT && dir->state != STATE_ABSENT)) {
		nft_wrong(r, STATE_BROKEN, arena_printf(r->arena, "%s, which it includes, cannot be listed", text_safe(r->arena, path, strlen(path), 256)));
		return;
	}
	for (size_t i = 0; i < dir->n && nft_is_good(r); i++)
		if (fnmatch(slash ? slash + 1 : path, dir->entries[i].name, FNM_PERIOD) == 0)
			read_file(r, source_read(r->source, arena_printf(r->arena, "%s/%s", folder, dir->entries[i].name), SOURCE_LIMIT));
}

/* Relative paths are looked for below /etc. */
static void include(struct nft_reading *r, const char *name)
{
	const char *path;

	if (*name != '"' || !name[1] || starts_with(name, "\"./") || starts_with(name, "\"../")) {
		nft_wrong(r, STATE_BROKEN, "what it includes cannot be found");
		return;
	}
	name++;
	path = *name == '/' ? name + strspn(name, "/") : arena_printf(r->arena, "etc/%s", name);
	if (strpbrk(path, "*?["))
		include_pattern(r, path);
	else
		read_file(r, source_read(r->source, path, SOURCE_LIMIT));
}

/* "add rule", "insert rule", "rule": its braces are sets. */
static bool begins_rule(struct nft_reading r)
{
	struct nft_token token = nft_next(&r);

	if (token.kind == TOKEN_WORD && list_has("add insert create", " ", token.text))
		token = nft_next(&r);
	return token.kind == TOKEN_WORD && streq(token.text, "rule");
}

static void read_command(struct nft_reading *r)
{
	struct nft_statement s = nft_statement(r, begins_rule(*r));

	if (streq(nft_word(&s, 0), "include"))
		include(r, nft_word(&s, 1));
	else
		run_statement(r, &s);
	if (s.end == TOKEN_CLOSE)
		nft_wrong(r, STATE_MALFORMED, "a brace closes nothing");
}

static void read_commands(struct nft_reading *r)
{
	while (nft_is_good(r)) {
		struct nft_reading ahead = *r;
		struct nft_token first = nft_next(&ahead);

		if (first.kind == TOKEN_EOF)
			return;
		if (first.kind == TOKEN_WORD && list_has("define redefine", " ", first.text)) {
			nft_next(r);
			nft_define(r);
		} else {
			read_command(r);
		}
	}
}

static void read_file(struct nft_reading *r, const struct file *file)
{
	const struct file *outer = r->file;
	const char *at = r->at;
	unsigned line = r->line;

	if (!nft_is_good(r))
		return;
	if (file->state != STATE_PRESENT || memchr(file->data, '\0', file->size) || r->depth == INCLUDES_MOST || r->files == FILES_MOST ||
	    r->bytes + file->size > BYTES_MOST) {
		const char *path = text_safe(r->arena, file->path, strlen(file->path), 256);

		nft_wrong(r, file->state == STATE_PRESENT || file->state == STATE_ABSENT ? STATE_MALFORMED : file->state,
		      file->state != STATE_PRESENT ? arena_printf(r->arena, "%s: %s", path, file->why) : arena_printf(r->arena, "%s: too many files, or no text", path));
		return;
	}
	r->depth++;
	r->files++;
	r->bytes += file->size;
	r->file = file;
	r->at = file->data;
	r->line = 1;
	read_commands(r);
	if (!nft_is_good(r))
		return;
	r->depth--;
	r->file = outer;
	r->at = at;
	r->line = line;
}

void netfilter_add_nft_file(struct netfilter *filter, struct source *source, const struct file *file)
{
	struct nft_reading r = { .filter = filter, .source = source, .arena = filter->arena, .file = file, .at = "", .line = 1 };

	read_file(&r, file);
	for (size_t i = 0; i < filter->n; i++)
		for (size_t k = 0; k < r.n_dormant; k++)
			if (streq(filter->list[i].scope, r.dormant[k]))
				filter->list[i].base = false;
}
