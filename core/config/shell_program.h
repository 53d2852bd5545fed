/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The programs that a line for a shell starts, as far as that is certain from its text: the words at the places of commands, those behind programs that
 * start another (env, nice, flock), and the scripts that are handed to an interpreter. What a variable stands for, and what a program or script does
 * by itself, is not known here.
 */
#ifndef CORE_SHELL_PROGRAM_H
#define CORE_SHELL_PROGRAM_H

#include "core/base/arena.h"

enum shell_use {
	SHELL_STARTS,            /* the word is a program or script: an absolute path, or a name that is looked for in PATH */
	SHELL_FOLDER,            /* all in that folder is started: run-parts */
	SHELL_PATH,              /* programs are looked for in these folders: a value of PATH */
};

struct shell_program {
	enum shell_use use;
	const char *word;
};

struct shell_programs {
	struct shell_program *list;
	size_t n;
	unsigned depth;          /* shells within shells; 0 to begin with */
	const char *folder;      /* where the shell stands, for what is named from there; NULL: not known */
	const char *doubt;       /* why there may be more than the list has, a clause; else NULL */
};

/* A word of a command; what the shell makes of a computed one is not known. */
struct shell_word {
	const char *text;
	bool computed, quoted;
};

/* Adds the programs of a text in the language of sh(1). */
void shell_programs_of_text(struct arena *arena, const char *text, struct shell_programs *programs);

/* Those of one command. */
void shell_programs_of_command(struct arena *arena, const struct shell_word *words, size_t n, struct shell_programs *programs);

#endif
