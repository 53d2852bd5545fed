/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What rsyslog does with messages, as far as audits ask: with which mode it makes files, where it sends messages, from where it takes them, and
 * what it writes. Both notations, rsyslog.conf(5) and RainerScript, with $IncludeConfig and include() in their place.
 */
#ifndef CORE_RSYSLOG_H
#define CORE_RSYSLOG_H

#include "core/config/config.h"
#include "core/subject/subject.h"

enum rsyslog_kind {
	RSYSLOG_CREATE_MODE,   /* "0640" */
	RSYSLOG_FORWARD,       /* "@@loghost:514", "omfwd loghost" */
	RSYSLOG_PLAIN,         /* the same, of those that anybody on the way can read */
	RSYSLOG_LISTEN,        /* "imtcp" */
	RSYSLOG_FILE,          /* "/var/log/syslog" */
};

struct rsyslog_fact {
	enum rsyslog_kind kind;
	const char *value, *origin;
};

struct rsyslog {
	bool installed;
	struct rsyslog_fact *list;   /* in the order in which they are read */
	size_t n;
	struct faults faults;
};

/* Gives a struct rsyslog. */
extern const struct host_table rsyslog_table;

#endif
