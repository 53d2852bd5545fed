/* SPDX-License-Identifier: Apache-2.0 */
/* The files of the OpenSSH server: what it reads its configuration from, and its keys. */
#include "checks/checks.h"

#include "checks/mode.h"
#include "core/access/sshd.h"
#include "core/base/text.h"

/* Where no HostKey line names one (servconf.c, fill_default_server_options()). */
static const char usual_keys[] = "/etc/ssh/ssh_host_rsa_key /etc/ssh/ssh_host_ecdsa_key /etc/ssh/ssh_host_ed25519_key /etc/ssh/ssh_host_dsa_key";

static void show_config(const struct sshd *sshd, const char *field, struct items *items)
{
	for (size_t i = 0; i < sshd->n_files; i++)
		items_add_mode_of(items, sshd->files[i], field);
}

static const char *key_names(const struct sshd *sshd, struct arena *arena)
{
	struct buffer names = { .arena = arena };

	for (size_t i = 0; i < sshd->n; i++)
		if (streq(sshd->list[i].keyword, "HostKey"))
			buffer_word(&names, sshd->list[i].value, strlen(sshd->list[i].value));
	return names.text ? names.text : usual_keys;
}

static void show_keys(const struct subject *subject, const struct sshd *sshd, const char *suffix, const char *field, struct items *items)
{
	size_t n;

	for (const char *at = key_names(sshd, items->arena), *w; (w = list_next(&at, " ", &n));) {
		const char *path = arena_printf(items->arena, "%.*s%s", (int)n, w, suffix);
		const struct file *file = source_stat(subject->source, path + strspn(path, "/"));

		if (file->state != STATE_ABSENT)
			items_add_mode_of(items, file, field);
	}
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct sshd *sshd = subject_table(subject, &sshd_table);
	const char *which = params_get(params, "which"), *field = params_get(params, "field");

	if (!sshd->installed)
		items_add_state(items, which, "/etc/ssh", STATE_INAPPLICABLE, "no OpenSSH server is installed");
	else if (streq(which, "configuration"))
		show_config(sshd, field, items);
	else
		show_keys(subject, sshd, streq(which, "public-key") ? ".pub" : "", field, items);
	if (sshd->installed && !faults_show(&sshd->faults, which, items) && !items->n)
		items_add_state(items, which, "/etc/ssh", STATE_ABSENT, "there is none");
}

const struct check check_sshd_file = {
	.name = "sshd-file",
	.summary = "who owns and may use the files of the OpenSSH server",
	.reference = "configuration is sshd_config and every file that it includes, followed to where symbolic links lead; private-key and "
		     "public-key are the host keys that HostKey names, or the usual ones in /etc/ssh. Not applicable where no OpenSSH server is "
		     "installed. The values are as in `file`.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "which", PARAM_WORD, REQUIRED, "which files", "configuration private-key public-key" },
		{ "field", PARAM_WORD, REQUIRED, "what to look at", "owner group mode" },
		{ 0 },
	},
	.bits = mode_bits,
	.observe = observe,
};
