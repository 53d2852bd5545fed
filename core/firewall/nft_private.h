/* SPDX-License-Identifier: Apache-2.0 */
/* The words and statements of a rule set of nft(8), for what makes chains of them. Nobody else includes this. */
#ifndef CORE_NFT_PRIVATE_H
#define CORE_NFT_PRIVATE_H

#include "core/firewall/netfilter_condition.h"

enum { STATEMENT_WORDS = 256 };   /* of a statement that is looked at; the rest of a longer one is a condition */

enum nft_token_kind { TOKEN_WORD, TOKEN_STRING, TOKEN_OPEN, TOKEN_CLOSE, TOKEN_END, TOKEN_EOF };

struct nft_token {
	enum nft_token_kind kind;
	const char *text;        /* of words and strings */
};

struct nft_variable {
	const char *name, *value;   /* value NULL: more than one word */
};

/* A set while it is read. */
struct nft_reading {
	struct netfilter *filter;
	struct source *source;
	struct arena *arena;
	struct nft_variable *variables;
	size_t n_variables;
	unsigned depth;
	size_t files, bytes;
	const char **dormant;    /* scopes of tables that are switched off */
	size_t n_dormant;
	/* the file that is being read */
	const struct file *file;
	const char *at;
	unsigned line;
};

/* A statement: what stands before the end of its line or before its braces. */
struct nft_statement {
	const char *words[STATEMENT_WORDS];
	size_t n;
	bool cut;                /* it has more */
	enum nft_token_kind end;
};

/* The first thing that is wrong stays: the state of the filter, and "FILE:LINE: what". */
void nft_wrong(struct nft_reading *r, enum state state, const char *what);
bool nft_is_good(const struct nft_reading *r);

struct nft_token nft_next(struct nft_reading *r);

/* From behind an opening brace to behind the one that closes it. */
void nft_skip_block(struct nft_reading *r);

/* "define NAME = value", from behind the first word. */
void nft_define(struct nft_reading *r);
void nft_undefine(struct nft_reading *r, const char *name);

/* To the end of the statement, or to the brace that begins or ends a block. What stands in the braces of a rule is one word: "{ tcp, udp }". */
struct nft_statement nft_statement(struct nft_reading *r, bool is_rule);

/* The step that the rule from that word on is. False where it is none that matters. */
bool nft_step(struct nft_reading *r, const struct nft_statement *s, size_t i, struct filter_step *step);

/* A word of the statement, "" behind its end. A text in quotes has one in front. */
const char *nft_word(const struct nft_statement *s, size_t i);

#endif
