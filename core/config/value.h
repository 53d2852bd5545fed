/* SPDX-License-Identifier: Apache-2.0 */
/* A word of a configuration file as the value that its program takes it for. */
#ifndef CORE_VALUE_H
#define CORE_VALUE_H

#include "core/source/item.h"

enum value_kind {
	VALUE_PLAIN,      /* a number where it is one, else as it stands */
	VALUE_TEXT,       /* as it stands */
	VALUE_WORD,       /* upper and lower case are the same: shown in lower case */
	VALUE_BOOLEAN,    /* yes or no, however it is spelt */
	VALUE_SET,        /* words separated by commas or spaces */
	VALUE_MODE,       /* an octal mode or mask, or a symbolic umask such as u=rwx,g=rx,o= */
	VALUE_SECONDS,    /* "2m", "1h 30min", a plain number of seconds; -1 for infinity */
	VALUE_BYTES,      /* 500M, 2G, by 1024 */
	VALUE_KINDS,
};

/* The names, separated by spaces, in the order of the table: for a parameter of a check. */
extern const char value_kind_words[];

/* VALUE_KINDS for a word that is none; VALUE_PLAIN for NULL. */
enum value_kind value_kind_of(const char *word);

/* Adds the item; what is not of its kind stays text, so that a comparison with it fails or makes no sense. */
struct item *items_add_value(struct items *items, const char *name, const char *origin, const char *text, enum value_kind kind);

/* "644", "0022", "u=rwx,g=rx,o=": the bits of a mode, or of a umask what it takes away. False where it is none. */
bool value_mode(const char *text, uint64_t *mask);

/* systemd.time(7) and sshd_config(5): units from seconds to years. */
bool value_seconds(const char *text, int64_t *seconds);

bool value_bytes(const char *text, int64_t *bytes);

#endif
