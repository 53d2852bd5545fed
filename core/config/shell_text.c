/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a shell cut into commands and words (POSIX.1-2017, "Shell Command Language", 2.3 and 2.10). */
#include "core/config/shell_program.h"

#include "core/base/text.h"

enum { WORDS_MOST = 1000, TEXT_MOST = 1 << 16, DEEPEST = 8 };

struct reader {
	struct arena *arena;
	const char *at;
	struct shell_programs *programs;
	struct shell_word *words;    /* of the command that is being read */
	size_t n;
	bool target;                 /* the next word is a file that is written to or read from */
};

static const char keywords[] = "if then elif else fi do done while until time ! { }";

static void doubt(struct reader *r, const char *why)
{
	if (!r->programs->doubt)
		r->programs->doubt = why;
}

static void end_command(struct reader *r)
{
	if (r->n)
		shell_programs_of_command(r->arena, r->words, r->n, r->programs);
	r->n = 0;
	r->target = false;
}

/* Where what was opened ends: the bracket that closes it, those within quotes left out; NULL where none does. */
static const char *closing(const char *at, char open, char close)
{
	unsigned depth = 1;
	char quote = 0;

	for (; *at; at++) {
		if (*at == '\\' && at[1] && quote != '\'')
			at++;
		else if (quote ? *at == quote : *at == '"' || *at == '\'')
			quote = quote ? 0 : *at;
		else if (!quote && *at == open && open != close)
			depth++;
		else if (!quote && *at == close && --depth == 0)
			return at;
	}
	return NULL;
}

/* A command within a word: $(…), `…`, <(…). */
static void take_inner(struct reader *r, char open, char close)
{
	const char *end = closing(r->at, open, close);
	struct shell_programs inner = { .folder = r->programs->folder, .depth = r->programs->depth };

	if (!end) {
		doubt(r, "a bracket or quote of the line is never closed");
		r->at += strlen(r->at);
		return;
	}
	shell_programs_of_text(r->arena, arena_strndup(r->arena, r->at, (size_t)(end - r->at)), &inner);
	for (size_t i = 0; i < inner.n; i++)
		arena_push(r->arena, r->programs->list, r->programs->n) = inner.list[i];
	if (inner.doubt)
		doubt(r, inner.doubt);
	r->at = end + 1;
}

/* What begins with a dollar sign or a backquote: stays in the word as it is written. */
static void take_expansion(struct reader *r, struct buffer *text)
{
	const char *from = r->at, *end = NULL;
	char c = *r->at++;

	if (c == '`') {
		take_inner(r, '`', '`');
	} else if (*r->at == '(' && r->at[1] != '(') {
		r->at++;
		take_inner(r, '(', ')');
	} else if (*r->at == '(' || *r->at == '{') {
		end = closing(r->at + 1, *r->at, *r->at == '(' ? ')' : '}');
		if (!end)
			doubt(r, "a bracket or quote of the line is never closed");
		else if (memchr(r->at, '`', (size_t)(end - r->at)) || memmem(r->at, (size_t)(end - r->at), "$(", 2))
			doubt(r, "a variable has a value that is computed");
		r->at = end ? end + 1 : r->at + strlen(r->at);
	} else {
		r->at += strspn(r->at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
	}
	buffer_add(text, from, (size_t)(r->at - from));
}

/* Up to the quote that ends it. */
static void take_quoted(struct reader *r, struct shell_word *word, struct buffer *text)
{
	char quote = *r->at++;

	word->quoted = true;
	while (*r->at && *r->at != quote) {
		if (quote == '"' && (*r->at == '$' || *r->at == '`')) {
			word->computed = true;
			take_expansion(r, text);
			continue;
		}
		if (quote == '"' && *r->at == '\\' && r->at[1] && strchr("$`\"\\", r->at[1]))
			r->at++;
		buffer_add(text, r->at++, 1);
	}
	if (*r->at)
		r->at++;
	else
		doubt(r, "a bracket or quote of the line is never closed");
}

static void take_part(struct reader *r, struct shell_word *word, struct buffer *text)
{
	if (*r->at == '"' || *r->at == '\'') {
		take_quoted(r, word, text);
	} else if (*r->at == '$' || *r->at == '`') {
		word->computed = true;
		take_expansion(r, text);
	} else {
		if (*r->at == '\\' && r->at[1])
			r->at++;
		else if (strchr("*?[", *r->at) || (*r->at == '~' && !text->size))
			word->computed = true;
		buffer_add(text, r->at++, 1);
	}
}

static bool is_number(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

static void take_word(struct reader *r)
{
	struct shell_word word = { 0 };
	struct buffer text = { .arena = r->arena };

	buffer_puts(&text, "");
	while (*r->at && !strchr(" \t\n;&|()<>", *r->at))
		take_part(r, &word, &text);
	word.text = text.text;
	if (streq(word.text, "[") || streq(word.text, "[["))
		word.computed = false;
	if (r->target || (!word.quoted && (*r->at == '<' || *r->at == '>') && is_number(word.text))) {
		r->target = false;
		return;
	}
	if (!r->n && !word.quoted && list_has(keywords, " ", word.text))
		return;
	if (!r->n && !word.quoted && streq(word.text, "case")) {
		doubt(r, "it holds the word case");
		r->at += strlen(r->at);
		return;
	}
	if (r->n < WORDS_MOST)
		arena_push(r->arena, r->words, r->n) = word;
	else
		doubt(r, "it has more words than are looked at");
}

static void take_redirection(struct reader *r)
{
	bool here = r->at[0] == '<' && r->at[1] == '<' && r->at[2] != '<';

	r->at += strspn(r->at, "<>&|-");
	if (*r->at == '(') {
		r->at++;
		take_inner(r, '(', ')');
		return;
	}
	r->target = r->at[-1] != '-';
	if (here)
		doubt(r, "the text that a command reads is not looked at");
}

static void take_one(struct reader *r)
{
	if (*r->at == '\\' && r->at[1] == '\n')
		r->at += 2;
	else if (*r->at == ' ' || *r->at == '\t')
		r->at++;
	else if (*r->at == '#')
		r->at += strcspn(r->at, "\n");
	else if (*r->at == '<' || *r->at == '>')
		take_redirection(r);
	else if (*r->at == '&' && r->at[1] == '>')
		r->at++;
	else if (strchr("\n;&|()", *r->at))
		end_command(r), r->at++;
	else
		take_word(r);
}

void shell_programs_of_text(struct arena *arena, const char *text, struct shell_programs *programs)
{
	struct reader r = { .arena = arena, .at = text, .programs = programs };

	if (programs->depth == DEEPEST || strlen(text) > TEXT_MOST) {
		doubt(&r, "it is longer or deeper than what is looked at");
		return;
	}
	programs->depth++;
	while (*r.at)
		take_one(&r);
	end_command(&r);
	programs->depth--;
}
