/* SPDX-License-Identifier: Apache-2.0 */
#include "core/firewall/nft_private.h"

#include "core/base/text.h"

void nft_wrong(struct nft_reading *r, enum state state, const char *what)
{
	const char *path = text_safe(r->arena, r->file->path, strlen(r->file->path), 512);

	if (r->filter->state != STATE_PRESENT)
		return;
	r->filter->state = state;
	r->filter->why = arena_printf(r->arena, "%s:%u: %s", path, r->line, what);
}

bool nft_is_good(const struct nft_reading *r)
{
	return r->filter->state == STATE_PRESENT;
}

/* ---- tokens ---- */

static void skip_space(struct nft_reading *r)
{
	for (;;) {
		r->at += strspn(r->at, " \t\r");
		if (r->at[0] == '\\' && r->at[1] == '\n') {
			r->at += 2;
			r->line++;
		} else if (*r->at == '#') {
			r->at += strcspn(r->at, "\n");
		} else {
			return;
		}
	}
}

struct nft_token nft_next(struct nft_reading *r)
{
	struct nft_token token = { .kind = TOKEN_WORD };
	size_t n;

	skip_space(r);
	switch (*r->at) {
	case '\0':
		return (struct nft_token){ .kind = TOKEN_EOF };
	case '\n':
		r->line++;
		r->at++;
		return (struct nft_token){ .kind = TOKEN_END };
	case ';':
		r->at++;
		return (struct nft_token){ .kind = TOKEN_END };
	case '{':
		r->at++;
		return (struct nft_token){ .kind = TOKEN_OPEN };
	case '}':
		r->at++;
		return (struct nft_token){ .kind = TOKEN_CLOSE };
	case '"':
		n = strcspn(r->at + 1, "\"\n");
		if (r->at[1 + n] != '"')
			nft_wrong(r, STATE_MALFORMED, "a text has no end");
		token.kind = TOKEN_STRING;
		token.text = arena_strndup(r->arena, r->at + 1, n);
		r->at += 1 + n + (r->at[1 + n] == '"');
		return token;
	case '=':
		r->at++;
		token.text = "=";
		return token;
	default:
		n = strcspn(r->at, " \t\r\n;{}\"#=\\");
		n = n ? n : 1;
		token.text = arena_strndup(r->arena, r->at, n);
		r->at += n;
		return token;
	}
}

static enum nft_token_kind peek(struct nft_reading *r)
{
	struct nft_reading copy = *r;

	return nft_next(&copy).kind;
}

void nft_skip_block(struct nft_reading *r)
{
	for (unsigned depth = 1; depth && nft_is_good(r);) {
		enum nft_token_kind kind = nft_next(r).kind;

		depth += kind == TOKEN_OPEN;
		depth -= kind == TOKEN_CLOSE;
		if (kind == TOKEN_EOF)
			nft_wrong(r, STATE_MALFORMED, "a brace is not closed");
	}
}

/* ---- variables ---- */

static struct nft_variable *variable(struct nft_reading *r, const char *name)
{
	for (size_t i = 0; i < r->n_variables; i++)
		if (streq(r->variables[i].name, name))
			return &r->variables[i];
	return NULL;
}

/* "$policy" stands for its value where that is one word. */
static const char *expanded(struct nft_reading *r, const char *word)
{
	const struct nft_variable *v = *word == '$' ? variable(r, word + 1) : NULL;

	return v && v->value ? v->value : word;
}

/* A value in braces may go over lines. */
void nft_define(struct nft_reading *r)
{
	struct nft_token name = nft_next(r), equal = nft_next(r), value = nft_next(r);
	struct nft_variable *v;

	if (name.kind != TOKEN_WORD || equal.kind != TOKEN_WORD || !streq(equal.text, "=")) {
		nft_wrong(r, STATE_MALFORMED, "define wants a name, = and a value");
		return;
	}
	v = variable(r, name.text);
	if (!v) {
		v = &arena_push(r->arena, r->variables, r->n_variables);
		v->name = name.text;
	}
	v->value = value.kind == TOKEN_WORD || value.kind == TOKEN_STRING ? expanded(r, value.text) : NULL;
	for (;;) {
		if (value.kind == TOKEN_OPEN)
			nft_skip_block(r);
		if (value.kind == TOKEN_END || value.kind == TOKEN_EOF || peek(r) == TOKEN_CLOSE || !nft_is_good(r))
			return;
		value = nft_next(r);
		if (value.kind != TOKEN_END && value.kind != TOKEN_EOF)
			v->value = NULL;
	}
}

void nft_undefine(struct nft_reading *r, const char *name)
{
	struct nft_variable *v = variable(r, name);

	if (v)
		v->value = NULL;
}

/* ---- statements ---- */

struct nft_statement nft_statement(struct nft_reading *r, bool is_rule)
{
	struct nft_statement s = { .n = 0 };

	while (nft_is_good(r)) {
		struct nft_token token;

		if (peek(r) == TOKEN_CLOSE) {
			s.end = TOKEN_CLOSE;
			return s;
		}
		token = nft_next(r);
		if (token.kind == TOKEN_OPEN && is_rule) {
			const char *from = r->at;

			nft_skip_block(r);
			token = (struct nft_token){ .kind = TOKEN_WORD, .text = arena_printf(r->arena, "{%.*s", (int)(r->at - from), from) };
		}
		if (token.kind == TOKEN_OPEN || token.kind == TOKEN_END || token.kind == TOKEN_EOF) {
			s.end = token.kind;
			return s;
		}
		if (s.n == STATEMENT_WORDS)
			s.cut = true;
		else
			s.words[s.n++] = token.kind == TOKEN_WORD ? expanded(r, token.text) : arena_printf(r->arena, "\"%s", token.text);
	}
	s.end = TOKEN_EOF;
	return s;
}

const char *nft_word(const struct nft_statement *s, size_t i)
{
	return i < s->n ? s->words[i] : "";
}
