/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Completion for shells, made from the tables of options and commands. What an option or a command takes is a list of words, or one of
 * these kinds: <file>, <directory>, <format>, <command>, <shell>, <subject>; and <rule>, <profile>, <value> and <benchmark>, for which the
 * shell asks 'plimsoll list'. Anything else is not completed.
 */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "cli/options.h"

/* The names of the shells, with spaces between. */
extern const char completion_shells[];

/* Writes the script for a shell. False: there is none of that name. */
bool completion_write(FILE *stream, const char *shell);

/* ---- for the files of the shells ---- */

void completion_zsh(FILE *stream, struct arena *arena);
void completion_fish(FILE *stream, struct arena *arena);

/* The words of what is taken, where they are known; else NULL. */
const char *completion_words(struct arena *arena, const char *values);

/* "rule" of "<rule>" where the shell asks 'plimsoll list' for them; else NULL. */
const char *completion_topic(struct arena *arena, const char *values);

/* A text in single quotes; `escaped` are characters to put a backslash before. */
char *completion_quoted(struct arena *arena, const char *text, const char *escaped, const char *quote);

#endif
