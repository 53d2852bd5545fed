/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the release of the distribution still gets fixes. */
#include "checks/checks.h"

#include "core/base/text.h"

#include <time.h>

/* The last month of support without a contract, as announced by November 2026; Debian's with its LTS. */
static const struct release {
	const char *id, *version;    /* of os-release(5); the version up to its first or second part */
	int year, month;
} releases[] = {
	{ "debian", "10", 2024, 6 }, { "debian", "11", 2026, 8 }, { "debian", "12", 2028, 6 }, { "debian", "13", 2030, 6 },
	{ "devuan", "4", 2026, 8 }, { "devuan", "5", 2028, 6 }, { "devuan", "6", 2030, 6 },
	{ "ubuntu", "18.04", 2023, 5 }, { "ubuntu", "20.04", 2025, 5 }, { "ubuntu", "22.04", 2027, 4 }, { "ubuntu", "24.04", 2029, 4 },
	{ "ubuntu", "24.10", 2025, 7 }, { "ubuntu", "25.04", 2026, 1 }, { "ubuntu", "25.10", 2026, 7 }, { "ubuntu", "26.04", 2031, 4 },
	{ "rhel", "7", 2024, 6 }, { "rhel", "8", 2029, 5 }, { "rhel", "9", 2032, 5 }, { "rhel", "10", 2035, 5 },
	{ "centos", "7", 2024, 6 }, { "centos", "8", 2024, 5 }, { "centos", "9", 2027, 5 }, { "centos", "10", 2030, 5 },
	{ "almalinux", "8", 2029, 5 }, { "almalinux", "9", 2032, 5 }, { "almalinux", "10", 2035, 5 },
	{ "rocky", "8", 2029, 5 }, { "rocky", "9", 2032, 5 }, { "rocky", "10", 2035, 5 },
	{ "ol", "7", 2024, 12 }, { "ol", "8", 2029, 7 }, { "ol", "9", 2032, 6 },
	{ "fedora", "40", 2025, 5 }, { "fedora", "41", 2025, 12 }, { "fedora", "42", 2026, 5 }, { "fedora", "43", 2026, 12 },
	{ "alpine", "3.17", 2024, 11 }, { "alpine", "3.18", 2025, 5 }, { "alpine", "3.19", 2025, 11 }, { "alpine", "3.20", 2026, 4 },
	{ "alpine", "3.21", 2026, 11 }, { "alpine", "3.22", 2027, 5 }, { "alpine", "3.23", 2027, 11 },
	{ "opensuse-leap", "15.4", 2023, 12 }, { "opensuse-leap", "15.5", 2024, 12 }, { "opensuse-leap", "15.6", 2026, 4 },
	{ "opensuse-leap", "16.0", 2027, 10 },
	{ "sles", "12.5", 2024, 10 }, { "sles", "15.5", 2024, 12 }, { "sles", "15.6", 2025, 12 }, { "sles", "15.7", 2031, 7 },
	{ "amzn", "2", 2026, 6 }, { "amzn", "2023", 2029, 6 },
};

/* Those that have no releases. */
static const char rolling[] = "arch archarm manjaro cachyos endeavouros opensuse-tumbleweed opensuse-microos gentoo void nixos kali alpine-edge";

/* The value of a key, without its quotes; NULL where it is not given. */
static const char *value_of(struct arena *arena, const struct file *file, const char *key)
{
	size_t n = strlen(key);

	for (const char *line = file->data; line && *line; line = strchr(line, '\n'), line += line != NULL) {
		char *text;
		size_t size;

		if (strncmp(line, key, n) != 0 || line[n] != '=')
			continue;
		text = text_trim(arena_strndup(arena, line + n + 1, strcspn(line + n + 1, "\n")));
		size = strlen(text);
		if (size > 1 && strchr("\"'", *text) && text[size - 1] == *text)
			text = arena_strndup(arena, text + 1, size - 2);
		return text;
	}
	return NULL;
}

/* "12" is of the release 12, "3.20.3" of 3.20, "9.5" of 9. */
static bool is_of(const char *version, const char *release)
{
	size_t n = strlen(release);

	return strncmp(version, release, n) == 0 && (version[n] == '\0' || version[n] == '.');
}

/* The month is over, UTC; of a day, the day. */
static int64_t end_of(int year, int month, int day)
{
	struct tm next = { .tm_year = year - 1900, .tm_mon = day ? month - 1 : month, .tm_mday = day ? day + 1 : 1 };

	return (int64_t)timegm(&next);
}

static void add(const struct subject *subject, const char *origin, const char *name, int64_t end, struct items *items)
{
	char date[32] = "";
	time_t last = (time_t)end - 1;
	struct tm tm;

	strftime(date, sizeof(date), "%Y-%m-%d", gmtime_r(&last, &tm));
	items_add_text(items, arena_printf(items->arena, "%s, until %s", name, date), origin, subject->now < end ? "supported" : "ended");
}

static void observe_release(const struct subject *subject, const struct file *file, struct items *items)
{
	struct arena *arena = items->arena;
	const char *id = value_of(arena, file, "ID"), *version = value_of(arena, file, "VERSION_ID"), *end = value_of(arena, file, "SUPPORT_END");
	const char *name;
	int year, month, day;

	id = id ? id : "linux";
	name = arena_printf(arena, "%s %s", id, version ? version : "(no version)");
	name = text_safe(arena, name, strlen(name), 128);
	if (end && sscanf(end, "%4d-%2d-%2d", &year, &month, &day) == 3) {
		add(subject, file->path, name, end_of(year, month, day), items);
		return;
	}
	if (list_has(rolling, " ", id) || (streq(id, "debian") && !version)) {
		items_add_text(items, arena_printf(arena, "%s, without releases", name), file->path, "supported");
		return;
	}
	for (size_t i = 0; version && i < ARRAY_LEN(releases); i++) {
		if (!streq(releases[i].id, id) || !is_of(version, releases[i].version))
			continue;
		add(subject, file->path, name, end_of(releases[i].year, releases[i].month, 0), items);
		return;
	}
	items_add_state(items, name, file->path, STATE_UNAVAILABLE, "when its support ends is not known here");
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct file *file = source_read(subject->source, "etc/os-release", SOURCE_LIMIT);

	(void)params;
	if (file->state == STATE_ABSENT)
		file = source_read(subject->source, "usr/lib/os-release", SOURCE_LIMIT);
	if (file->state == STATE_PRESENT)
		observe_release(subject, file, items);
	else
		items_add_state(items, "os-release", file->path, file->state == STATE_ABSENT ? STATE_UNAVAILABLE : file->state, "%s", file->why);
}

const struct check check_release_support = {
	.name = "release-support",
	.summary = "whether the distribution's release still gets fixes",
	.reference =
		"`supported` or `ended`, by SUPPORT_END of os-release(5), else by the dates that the distributions announced, as far as "
		"they were known in November 2026: of Debian with its LTS, of the others without an extension that is paid for (Ubuntu Pro, "
		"ELS, LTSS). What has no releases is supported. Unavailable for releases that are not known.",
	.subjects = SUBJECT_HOST,
	.observe = observe,
};
