/* SPDX-License-Identifier: Apache-2.0 */
/* Versions of packages compared, each family by its own rules. */
#include "core/packages/packages.h"

#include "core/base/text.h"

#include <ctype.h>

static bool is_digit(char c)
{
	return isdigit((unsigned char)c);
}

static bool is_letter(char c)
{
	return isalpha((unsigned char)c);
}

/* Two numbers of any length at the front of *a and *b, which go past them. */
static int compare_numbers(const char **a, const char **b)
{
	size_t n, m;
	int order;

	*a += strspn(*a, "0");
	*b += strspn(*b, "0");
	n = strspn(*a, "0123456789");
	m = strspn(*b, "0123456789");
	order = n != m ? (n < m ? -1 : 1) : strncmp(*a, *b, n);
	*a += n;
	*b += m;
	return order;
}

/* "EPOCH:REST": the epoch as a number, and the rest. Without a colon it is 0. */
static const char *cut_epoch(const char *version, unsigned long *epoch)
{
	size_t n = strspn(version, "0123456789");

	*epoch = 0;
	if (!n || version[n] != ':')
		return version;
	*epoch = strtoul(version, NULL, 10);
	return version + n + 1;
}

/* ---- dpkg: deb-version(7) ---- */

/* A tilde sorts before the end of a part, letters before all else. */
static int order_of(char c)
{
	return c == '~' ? -1 : is_digit(c) || !c ? 0 : is_letter(c) ? c : c + 256;
}

/* `a` and `b` end where a part ends. */
static int compare_dpkg_part(const char *a, const char *b)
{
	while (*a || *b) {
		int order;

		while ((*a && !is_digit(*a)) || (*b && !is_digit(*b))) {
			order = order_of(*a) - order_of(*b);
			if (order)
				return order;
			a += *a != '\0';
			b += *b != '\0';
		}
		order = compare_numbers(&a, &b);
		if (order)
			return order;
	}
	return 0;
}

enum { PART_MOST = 256 };

/* Up to the last dash, and behind it. */
static void split(const char *version, char first[PART_MOST], char last[PART_MOST])
{
	const char *dash = strrchr(version, '-');

	snprintf(first, PART_MOST, "%.*s", dash ? (int)(dash - version) : (int)strlen(version), version);
	snprintf(last, PART_MOST, "%s", dash ? dash + 1 : "");
}

static int compare_split(const char *a, const char *b, int (*part)(const char *, const char *), bool release_optional)
{
	char first_a[PART_MOST], first_b[PART_MOST], last_a[PART_MOST], last_b[PART_MOST];
	unsigned long epoch_a, epoch_b;
	int order;

	split(cut_epoch(a, &epoch_a), first_a, last_a);
	split(cut_epoch(b, &epoch_b), first_b, last_b);
	if (epoch_a != epoch_b)
		return epoch_a < epoch_b ? -1 : 1;
	order = part(first_a, first_b);
	if (order || (release_optional && (!*last_a || !*last_b)))
		return order;
	return part(last_a, last_b);
}

/* ---- rpm and pacman: rpm-version(7) ---- */

static const char *skip_separators(const char *at)
{
	while (*at && !is_digit(*at) && !is_letter(*at) && *at != '~' && *at != '^')
		at++;
	return at;
}

/* A tilde sorts before everything, also the end; a caret before everything but the end. 2: neither has one. */
static int compare_marks(const char **a, const char **b)
{
	for (const char *mark = "~^"; *mark; mark++) {
		if (**a != *mark && **b != *mark)
			continue;
		if (**a != *mark)
			return *mark == '^' && !**a ? -1 : 1;
		if (**b != *mark)
			return *mark == '^' && !**b ? 1 : -1;
		(*a)++;
		(*b)++;
		return 0;
	}
	return 2;
}

static int compare_letters(const char **a, const char **b)
{
	size_t n = 0, m = 0;
	int order;

	while (is_letter((*a)[n]))
		n++;
	while (is_letter((*b)[m]))
		m++;
	order = strncmp(*a, *b, n < m ? n : m);
	order = order ? order : n < m ? -1 : n > m;
	*a += n;
	*b += m;
	return order;
}

static int compare_rpm_part(const char *a, const char *b)
{
	while (*a || *b) {
		int order;

		a = skip_separators(a);
		b = skip_separators(b);
		order = compare_marks(&a, &b);
		if (order == 0)
			continue;
		if (order != 2)
			return order;
		if (!*a || !*b)
			break;
		if (is_digit(*a) != is_digit(*b))
			return is_digit(*a) ? 1 : -1;   /* a number is newer than a word */
		order = is_digit(*a) ? compare_numbers(&a, &b) : compare_letters(&a, &b);
		if (order)
			return order;
	}
	return *a ? 1 : *b ? -1 : 0;
}

/* ---- apk: "1.2.3a_rc1_p2-r4" ---- */

/* Those before the version itself, and behind it. */
static const char *const apk_suffixes[] = { "alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p" };
enum { APK_PLAIN = 4 };

static int apk_suffix(const char **at)
{
	if (**at != '_')
		return APK_PLAIN;
	(*at)++;
	for (int i = 0; i < (int)ARRAY_LEN(apk_suffixes); i++) {
		size_t n = strlen(apk_suffixes[i]);

		if (n && strncmp(*at, apk_suffixes[i], n) == 0 && !is_letter((*at)[n])) {
			*at += n;
			return i;
		}
	}
	while (is_letter(**at))
		(*at)++;
	return APK_PLAIN;
}

/* Behind the first number one with a leading zero is compared as a decimal fraction: 1.05 lies between 1.0 and 1.1. */
static int compare_fractions(const char **a, const char **b)
{
	size_t n = strspn(*a, "0123456789"), m = strspn(*b, "0123456789");
	int order;

	if (**a != '0' && **b != '0')
		return compare_numbers(a, b);
	order = strncmp(*a, *b, n < m ? n : m);
	order = order ? order : n < m ? -1 : n > m;
	*a += n;
	*b += m;
	return order;
}

static int compare_apk(const char *a, const char *b)
{
	int order = compare_numbers(&a, &b), suffix_a, suffix_b;

	while (!order && *a == '.' && *b == '.') {
		a++;
		b++;
		order = compare_fractions(&a, &b);
	}
	if (order || *a == '.' || *b == '.')
		return order ? order : *a == '.' ? 1 : -1;
	if (is_letter(*a) || is_letter(*b)) {
		if (*a != *b)
			return (is_letter(*a) ? *a : 0) - (is_letter(*b) ? *b : 0);
		a++;
		b++;
	}
	while (*a == '_' || *b == '_') {
		suffix_a = apk_suffix(&a);
		suffix_b = apk_suffix(&b);
		order = suffix_a != suffix_b ? suffix_a - suffix_b : compare_numbers(&a, &b);
		if (order)
			return order;
	}
	a += strcspn(a, "-");   /* "~hash" of a commit says nothing of order */
	b += strcspn(b, "-");
	a += starts_with(a, "-r") ? 2 : 0;
	b += starts_with(b, "-r") ? 2 : 0;
	return compare_numbers(&a, &b);
}

/* ---- any ---- */

int package_version_compare(enum package_manager manager, const char *a, const char *b)
{
	switch (manager) {
	case PACKAGES_DPKG:
		return compare_split(a, b, compare_dpkg_part, false);
	case PACKAGES_APK:
		return compare_apk(a, b);
	case PACKAGES_RPM:
	case PACKAGES_PACMAN:
		break;
	}
	return compare_split(a, b, compare_rpm_part, true);
}
