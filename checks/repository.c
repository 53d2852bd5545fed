/* SPDX-License-Identifier: Apache-2.0 */
/* Where the host's packages come from. */
#include "checks/checks.h"

#include "core/base/text.h"
#include "core/packages/repository.h"

static const char *word_of(const struct repository *r, const char *field)
{
	if (streq(field, "packages"))
		return r->is_signed ? "signed" : "unsigned";
	if (streq(field, "metadata"))
		return r->metadata_signed ? "signed" : "unsigned";
	if (streq(field, "transport"))
		return r->encrypted ? "encrypted" : "plain";
	if (streq(field, "keys"))
		return r->scoped ? "own" : "any";
	if (streq(field, "dates"))
		return r->dated ? "checked" : "ignored";
	return "security";
}

static bool is_meant(const struct repository *r, const char *manager, const char *field)
{
	if (manager && !list_has(manager, " ", repository_kind_name(r->kind)))
		return false;
	return !streq(field, "security") || r->security;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct repositories *all = subject_repositories(subject);
	const char *field = params_get(params, "field"), *manager = params_get(params, "manager");
	bool any = false;

	for (size_t i = 0; i < all->n; i++) {
		const struct repository *r = &all->list[i];

		any = any || !manager || list_has(manager, " ", repository_kind_name(r->kind));
		if (is_meant(r, manager, field))
			items_add_text(items, arena_printf(items->arena, "%s: %s", repository_kind_name(r->kind), r->name), r->origin,
				       word_of(r, field));
	}
	if (all->state != STATE_PRESENT)
		items_add_state(items, "repositories", all->origin, all->state, "%s", all->why);
	else if (!items->n && (any || !manager))
		items_add_state(items, "repositories", all->origin, STATE_ABSENT, "none");
	else if (!items->n)
		items_add_state(items, "repositories", all->origin, STATE_INAPPLICABLE, "no repository of %s", manager);
}

const struct check check_repository = {
	.name = "repository",
	.summary = "the repositories that packages come from: signatures, keys, transport",
	.reference =
		"An item for each that is switched on in /etc/apt/sources.list and sources.list.d (lines and *.sources), /etc/yum.repos.d "
		"with the defaults of dnf.conf, /etc/zypp/repos.d with those of zypp.conf, /etc/apk/repositories and /etc/pacman.conf. "
		"`packages` is `signed` where a package that no known key vouches for is refused, else `unsigned` ([trusted=yes], "
		"gpgcheck=0, SigLevel = Optional); `metadata` the same of the list of packages (repo_gpgcheck of dnf); `transport` "
		"`encrypted` or `plain`; `keys` `own` where the repository is bound to keys of its own (Signed-By, gpgkey), else `any`; "
		"`dates` `ignored` where lists out of date are taken (check-valid-until=no). `security` gives an item for each from which "
		"fixes come: suites such as bookworm-security, repositories called update or baseos, Alpine's main. Absent where no "
		"repository fits, not applicable where no such manager has any.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "field", PARAM_WORD, REQUIRED, "what to look at", "packages metadata transport keys dates security" },
		{ "manager", PARAM_STRING, OPTIONAL, "only those of apt, dnf, zypper, apk or pacman", NULL },
	},
	.observe = observe,
};
