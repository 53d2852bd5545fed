/* SPDX-License-Identifier: Apache-2.0 */
/* What several formats read of an audit. */
#include "reports/view.h"

#include "core/audit/waiver.h"
#include "core/base/text.h"

#include <inttypes.h>
#include <math.h>
#include <time.h>

const char *view_tool_version(void)
{
	return PACKAGE_VERSION;
}

const char *view_safe(struct arena *arena, const char *text, size_t limit)
{
	size_t size = text ? strlen(text) : 0;

	if (!text || (size <= limit && text_is_plain(text, size)))
		return text;
	return text_safe(arena, text, size, limit);
}

const char *view_text(struct arena *arena, const struct policy *policy, const char *text)
{
	if (text && strchr(text, SUB_MARK))
		text = policy_text(arena, policy, text);
	return view_safe(arena, text, VIEW_TEXT_MAX);
}

/* ---- groups ---- */

static const struct selectable *outermost(const struct selectable *item)
{
	const struct selectable *group = item->parent;

	while (group && group->parent)
		group = group->parent;
	return group;
}

/* Neighbours nearly always share their section, so the search starts from the last one. */
static struct section *section_for(struct arena *arena, struct sections *sections, const struct policy *policy,
				   const struct selectable *group)
{
	for (size_t i = sections->n; i-- > 0;)
		if (sections->list[i].group == group && sections->list[i].policy == policy)
			return &sections->list[i];
	arena_push(arena, sections->list, sections->n) = (struct section){ .policy = policy, .group = group };
	return &sections->list[sections->n - 1];
}

struct sections sections_of(struct arena *arena, const struct subject_results *subject)
{
	struct sections sections = { 0 };

	for (size_t i = 0; i < subject->n; i++) {
		const struct result *result = &subject->results[i];
		struct section *s = section_for(arena, &sections, subject->policies[i], outermost(&result->rule->item));

		arena_push(arena, s->results, s->n) = result;
	}
	return sections;
}

size_t section_count(const struct section *section, enum outcome outcome)
{
	size_t n = 0;

	for (size_t i = 0; i < section->n; i++)
		n += result_is(section->results[i], outcome);
	return n;
}

/* ---- evidence ---- */

const struct evidence *result_evidence(const struct result *result)
{
	return result->decisive < result->n_evidence ? &result->evidence[result->decisive] : NULL;
}

bool result_is_negated(const struct result *result)
{
	const struct evidence *e = result_evidence(result);

	return result->outcome == OUTCOME_FAIL && e && e->outcome != OUTCOME_FAIL;
}

const char *view_waiver(struct arena *arena, const struct waiver *w)
{
	const char *ticket = w->ticket && *w->ticket ? arena_printf(arena, " (%s)", w->ticket) : "";

	return view_safe(arena, arena_printf(arena, "until %s by %s: %s%s", w->expires, w->owner, w->reason, ticket), VIEW_TEXT_MAX);
}

const char *view_found(struct arena *arena, const struct evidence *evidence, size_t limit)
{
	const char *said = evidence->state == STATE_PRESENT ? evidence->value : evidence->why;

	said = said && *said ? view_safe(arena, said, limit) : "empty";
	return evidence->state == STATE_PRESENT ? said : arena_printf(arena, "%s (%s)", said, state_name(evidence->state));
}

const char *view_wanted(struct arena *arena, const struct result *result, const struct evidence *evidence, size_t limit)
{
	const char *expected = evidence->expected ? view_safe(arena, evidence->expected, limit) : "";

	return *expected && result_is_negated(result) ? arena_printf(arena, "not: %s", expected) : expected;
}

const char *view_result(const struct result *result)
{
	return result->outcome == OUTCOME_FAIL && result->waiver ? "waived" : outcome_name(result->outcome);
}

/* ---- subjects ---- */

const char *view_host(struct arena *arena, const struct host_facts *host)
{
	return host->name && *host->name ? view_safe(arena, host->name, VIEW_TEXT_MAX) : "localhost";
}

const char *view_subject(struct arena *arena, const struct subject_results *subject)
{
	if (subject->kind == SUBJECT_HOST || !subject->facts)
		return "host";
	return view_safe(arena, subject->facts->label, VIEW_TEXT_MAX);
}

bool evidence_speaks(const struct result *result, const struct evidence *evidence)
{
	const struct evidence *decisive = result_evidence(result);

	return evidence->outcome == result->outcome || !decisive || decisive->outcome != result->outcome;
}

const char *evidence_said(const struct evidence *e)
{
	const char *said = e->state == STATE_PRESENT && !(e->why && e->outcome == OUTCOME_FAIL) ? e->value : e->why;

	return said && *said ? said : "empty";
}

/* ---- places ---- */

char *view_uri(struct arena *arena, const char *path)
{
	struct buffer uri = { .arena = arena };

	buffer_puts(&uri, "");
	for (const char *c = path; *c; c++) {
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-._~+,@=", *c))
			buffer_add(&uri, c, 1);
		else
			buffer_printf(&uri, "%%%02X", (unsigned char)*c);
	}
	return uri.text;
}

/* ---- sentences ---- */

char *sentence_of_evidence(struct arena *arena, const struct evidence *e, bool negated)
{
	struct buffer text = { .arena = arena };
	const char *said = e->state == STATE_PRESENT ? e->value : e->why;

	buffer_puts(&text, *e->name ? e->name : "it");
	buffer_printf(&text, e->state == STATE_PRESENT ? " = %s" : ": %s", said && *said ? said : "empty");
	if (e->state != STATE_PRESENT)
		buffer_printf(&text, " (%s)", state_name(e->state));
	if (e->expected)
		buffer_printf(&text, "; wanted %s%s", negated ? "not: " : "", e->expected);
	if (e->origin)
		buffer_printf(&text, "; from %s", e->origin);
	return text.text;
}

/* ---- numbers ---- */

char *view_time(struct arena *arena, int64_t seconds)
{
	time_t at = (time_t)seconds;
	struct tm tm;
	char text[32];

	if (!gmtime_r(&at, &tm) || tm.tm_year < -1900 || tm.tm_year > 8099) {
		at = 0;
		gmtime_r(&at, &tm);
	}
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	return arena_strdup(arena, text);
}

char *view_fixed(struct arena *arena, double number, int digits)
{
	int64_t scale = digits == 1 ? 10 : digits == 2 ? 100 : 1000;
	int64_t scaled = number > 0 && number < 1e12 ? llround(number * (double)scale) : 0;

	return arena_printf(arena, "%" PRId64 ".%0*" PRId64, scaled / scale, digits, scaled % scale);
}

char *view_short(struct arena *arena, double number)
{
	char *text = view_fixed(arena, number, 3), *end = text + strlen(text);

	while (end[-1] == '0')
		*--end = '\0';
	if (end[-1] == '.')
		end[-1] = '\0';
	return text;
}
