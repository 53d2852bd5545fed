/* SPDX-License-Identifier: Apache-2.0 */
#include "core/audit/waiver.h"

#include "core/base/text.h"

#include <ctype.h>
#include <time.h>

const struct waiver_key waiver_keys[] = {
	{ "check", "RULE|GLOB", true, "the id of the rule, or a glob with * and ?; 'plimsoll list rules' shows them", offsetof(struct waiver, rule) },
	{ "target", "host|path:GLOB|unit:GLOB|sysctl:GLOB|container:GLOB|image:GLOB|pod:GLOB|claimed:GLOB", false,
	  "what it is for: the host (the default); one file or directory, systemd unit or kernel parameter there (if anything else fails the rule as well, "
	  "that still counts); or containers by name or id, by image, or by the id of their pod. Where only an ordinary user or another container says "
	  "what a container is called, none of these matches it. claimed:GLOB does, by name or id: whoever may start such a container then chooses what "
	  "is waived", offsetof(struct waiver, subject) },
	{ "host", "GLOB", false, "only on hosts with such a name: that of the audited host, not of the one that runs the audit", offsetof(struct waiver, host) },
	{ "expires", "YYYY-MM-DD", true, "the last day on which it holds, in UTC", offsetof(struct waiver, expires) },
	{ "owner", "TEXT", true, "who answers for it: a person or a team, with an address", offsetof(struct waiver, owner) },
	{ "reason", "TEXT", true, "why the failure is accepted, in 15 characters or more", offsetof(struct waiver, reason) },
	{ "ticket", "TEXT", false, "where that was decided", offsetof(struct waiver, ticket) },
	{ "found", "TEXT", false,
	  "the only value that is accepted, as a report shows it under 'found', or absent: a failure with any other value is not covered",
	  offsetof(struct waiver, found) },
	{ NULL, NULL, false, NULL, 0 },
};

/* ---- days ---- */

/* The 30th of February would be made into the 2nd of March. */
bool waiver_day(const char *text, int64_t *day)
{
	struct tm given = { 0 }, made;
	time_t seconds;

	for (size_t i = 0; i < strlen("YYYY-MM-DD"); i++)
		if (i == 4 || i == 7 ? text[i] != '-' : !isdigit((unsigned char)text[i]))
			return false;
	if (text[10])
		return false;
	given.tm_year = atoi(text) - 1900;
	given.tm_mon = atoi(text + 5) - 1;
	given.tm_mday = atoi(text + 8);
	made = given;
	seconds = timegm(&made);
	*day = (int64_t)seconds / 86400;
	return given.tm_year >= 70 && made.tm_year == given.tm_year && made.tm_mon == given.tm_mon && made.tm_mday == given.tm_mday;
}

int64_t waiver_days_left(const struct waiver *waiver, int64_t now)
{
	int64_t day = 0;

	return waiver_day(waiver->expires, &day) ? day - now / 86400 : -1;
}

/* ---- subjects ---- */

static bool matches(const char *glob, const char *text)
{
	return text && text_glob(glob, text);
}

bool waiver_names(const struct waiver *waiver, const struct subject_results *s)
{
	const char *target = waiver->subject, *colon = target ? strchr(target, ':') : NULL;

	if (waiver->host && !matches(waiver->host, s->host->name ? s->host->name : ""))
		return false;
	if (!waiver_of_containers(waiver))
		return s->kind == SUBJECT_HOST;
	if (s->kind != SUBJECT_CONTAINER || !colon)
		return false;
	if (starts_with(target, "image:"))
		return matches(colon + 1, s->facts->image);
	if (starts_with(target, "pod:"))
		return matches(colon + 1, s->facts->pod);
	return matches(colon + 1, s->name) || matches(colon + 1, s->id);
}

bool waiver_is_for(const struct waiver *waiver, const struct subject_results *s)
{
	bool takes_claims = waiver->subject && starts_with(waiver->subject, "claimed:");

	return waiver_names(waiver, s) && (s->kind == SUBJECT_HOST || s->facts->claimed == takes_claims);
}
