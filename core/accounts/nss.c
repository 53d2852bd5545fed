/* SPDX-License-Identifier: Apache-2.0 */
#include "core/accounts/nss.h"

#include "core/base/text.h"
#include "core/config/setting.h"

const char *nss_sources(struct source *source, struct arena *arena, const char *database, struct faults *faults)
{
	const struct settings *settings = settings_read(source, arena, setting_syntax_of("colon"), "/etc/nsswitch.conf|/usr/etc/nsswitch.conf");
	const struct setting *setting = settings_find(settings, NULL, database);

	for (size_t i = 0; i < settings->faults.n; i++)
		faults_add(arena, faults, settings->faults.list[i].state, settings->faults.list[i].origin, "%s", settings->faults.list[i].why);
	return setting ? setting->value : "files";
}

/* Distributions name sss in nsswitch.conf whether or not sssd serves anybody. */
static bool is_set_up(struct source *source, const char *name, size_t size)
{
	if (size != strlen("sss") || memcmp(name, "sss", size) != 0)
		return true;
	return source_stat(source, "etc/sssd/sssd.conf")->state != STATE_ABSENT || source_list(source, "etc/sssd/conf.d")->n > 0;
}

const char *nss_foreign(struct source *source, struct arena *arena, const char *database, struct faults *faults)
{
	static const char own[] = "files compat db altfiles extrausers systemd mymachines myhostname";
	const char *sources = nss_sources(source, arena, database, faults);
	struct buffer foreign = { .arena = arena };
	size_t n;

	for (const char *at = sources, *w; (w = list_next(&at, " \t", &n));) {
		if (*w == '[') {   /* "[NOTFOUND=return]" may hold spaces */
			at = strchr(w, ']') ? strchr(w, ']') + 1 : w + strlen(w);
			continue;
		}
		if (!list_has_part(own, " ", w, n) && is_set_up(source, w, n))
			buffer_word(&foreign, w, n);
	}
	return foreign.text;
}
