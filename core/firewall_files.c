/* SPDX-License-Identifier: Apache-2.0 */
#include "core/firewall_files.h"

#include "core/text.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* The unit is started at boot: wanted or required by a target, or in a runlevel of OpenRC. */
static bool is_started(struct source *source, struct arena *arena, const char *service)
{
	static const char *const places[] = {
		"etc/systemd/system/multi-user.target.wants/%s.service", "etc/systemd/system/sysinit.target.wants/%s.service",
		"etc/systemd/system/basic.target.wants/%s.service", "etc/systemd/system/network-pre.target.wants/%s.service",
		"etc/runlevels/default/%s", "etc/runlevels/boot/%s", "etc/runlevels/sysinit/%s",
	};

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		struct buffer path = { .arena = arena };
		const char *mark = strstr(places[i], "%s");

		buffer_add(&path, places[i], (size_t)(mark - places[i]));
		buffer_puts(&path, service);
		buffer_puts(&path, mark + 2);
		if (source_stat(source, path.text)->state == STATE_PRESENT)
			return true;
	}
	return false;
}

static struct firewall_file *add(struct firewall_files *files, struct arena *arena, const char *name, const struct file *file)
{
	struct firewall_file *f = &arena_push(arena, files->list, files->n);

	*f = (struct firewall_file){ .name = name, .origin = file->path, .state = file->state, .why = file->why };
	if (file->state == STATE_ABSENT) {
		f->state = STATE_BROKEN;
		f->why = "it is started at boot, and its file is not there";
	}
	return f;
}

/* The value of NAME=value or NAME="value", the last one; NULL where there is none. */
static const char *assigned(struct arena *arena, const struct file *file, const char *name)
{
	const char *value = NULL;
	size_t size = strlen(name), n;

	if (file->state != STATE_PRESENT)
		return NULL;
	for (const char *at = file->data, *line; (line = list_next(&at, "\n", &n));) {
		while (n && (*line == ' ' || *line == '\t')) {
			line++;
			n--;
		}
		if (n > size && strncmp(line, name, size) == 0 && line[size] == '=') {
			line += size + 1;
			n -= size + 1;
			value = arena_strndup(arena, line + (*line == '"'), strcspn(line + (*line == '"'), "\"\n# "));
		}
	}
	return value;
}

static const char *verdict(const char *word)
{
	static const char *const known[][2] = {
		{ "ACCEPT", "accept" }, { "DROP", "drop" }, { "REJECT", "reject" }, { "accept", "accept" }, { "drop", "drop" }, { "reject", "reject" },
		{ "%%REJECT%%", "reject" }, { "default", "reject" },
	};

	for (size_t i = 0; word && i < ARRAY_LEN(known); i++)
		if (streq(word, known[i][0]))
			return known[i][1];
	return NULL;
}

/* ---- the services ---- */

static void add_ufw(struct firewall_files *files, struct source *source, struct arena *arena)
{
	static const char *const names[FILTER_HOOKS] = { "DEFAULT_INPUT_POLICY", "DEFAULT_FORWARD_POLICY", "DEFAULT_OUTPUT_POLICY" };
	const struct file *set = source_read(source, "etc/ufw/ufw.conf", 65536), *defaults = source_read(source, "etc/default/ufw", 65536);
	const char *enabled = assigned(arena, set, "ENABLED"), *six = assigned(arena, defaults, "IPV6");
	struct firewall_file *f;

	if (set->state == STATE_ABSENT || (set->state == STATE_PRESENT && (!enabled || !streq(enabled, "yes"))))
		return;
	f = add(files, arena, "ufw", set->state == STATE_PRESENT ? defaults : set);
	for (int hook = 0; hook < FILTER_HOOKS; hook++) {
		f->otherwise[FAMILY_IP][hook] = verdict(assigned(arena, defaults, names[hook]));
		f->otherwise[FAMILY_IP6][hook] = six && streq(six, "no") ? NULL : f->otherwise[FAMILY_IP][hook];
	}
}

/* The zone that interfaces get without another word; its target says what becomes of the rest. */
static void add_firewalld(struct firewall_files *files, struct source *source, struct arena *arena)
{
	const struct file *set, *zone;
	struct firewall_file *f;
	const char *name, *target, *end;

	if (!is_started(source, arena, "firewalld"))
		return;
	set = source_read(source, "etc/firewalld/firewalld.conf", 65536);
	name = assigned(arena, set, "DefaultZone");
	name = name ? text_safe(arena, name, strcspn(name, "/"), 64) : "public";
	zone = source_read(source, arena_printf(arena, "etc/firewalld/zones/%s.xml", name), 65536);
	if (zone->state == STATE_ABSENT)
		zone = source_read(source, arena_printf(arena, "usr/lib/firewalld/zones/%s.xml", name), 65536);
	f = add(files, arena, "firewalld", zone);
	if (zone->state != STATE_PRESENT)
		return;
	target = strstr(zone->data, "<zone");
	end = target ? strchr(target, '>') : NULL;
	target = target ? strstr(target, "target=\"") : NULL;
	target = target && end && target < end ? target + strlen("target=\"") : "default";
	target = verdict(arena_strndup(arena, target, strcspn(target, "\"")));
	for (int family = 0; family < FILTER_FAMILIES; family++)
		f->otherwise[family][HOOK_INPUT] = f->otherwise[family][HOOK_FORWARD] = target;
}

/* In a ruleset of nft(8): the policy of the chain on a hook, in a table of that family. 1: found, 0: no such chain, -1: not understood. */
static int nft_policy(struct arena *arena, const char *text, const char *hook, const char **policy)
{
	const char *pattern = arena_printf(arena, "hook\\s+%s\\s+(?:device\\s+\\S+\\s+)?priority\\s+[^;{}]+;(?:\\s*policy\\s+(\\w+)\\s*;)?", hook);
	PCRE2_SIZE at;
	int code, rc;
	pcre2_code *regex = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, 0, &code, &at, NULL);
	pcre2_match_data *match = regex ? pcre2_match_data_create_from_pattern(regex, NULL) : NULL;

	rc = match ? pcre2_match(regex, (PCRE2_SPTR)text, strlen(text), 0, 0, match, NULL) : PCRE2_ERROR_NOMEMORY;
	if (rc > 0) {
		const PCRE2_SIZE *found = pcre2_get_ovector_pointer(match);
		const char *word = rc > 1 ? arena_strndup(arena, text + found[2], found[3] - found[2]) : "accept";

		*policy = verdict(word);
	}
	pcre2_match_data_free(match);
	pcre2_code_free(regex);
	return rc > 0 ? (*policy ? 1 : -1) : rc == PCRE2_ERROR_NOMATCH ? 0 : -1;
}

static void add_nftables(struct firewall_files *files, struct source *source, struct arena *arena)
{
	static const char *const hooks[FILTER_HOOKS] = { "input", "forward", "output" };
	static const char *const places[] = { "etc/nftables.conf", "etc/sysconfig/nftables.conf", "etc/nftables.nft" };
	const struct file *file = NULL;
	struct firewall_file *f;

	if (!is_started(source, arena, "nftables"))
		return;
	for (size_t i = 0; i < ARRAY_LEN(places) && (!file || file->state == STATE_ABSENT); i++)
		file = source_read(source, places[i], SOURCE_LIMIT);
	f = add(files, arena, "nftables", file);
	for (int hook = 0; hook < FILTER_HOOKS && f->state == STATE_PRESENT; hook++) {
		const char *policy = NULL;
		int rc = nft_policy(arena, file->data, hooks[hook], &policy);

		f->otherwise[FAMILY_IP][hook] = f->otherwise[FAMILY_IP6][hook] = policy;
		if (rc < 0 || (rc == 0 && strstr(file->data, "include"))) {
			f->state = STATE_BROKEN;
			f->why = rc < 0 ? "the policy of a chain is not understood" : "the chains are in files that it includes";
		}
	}
}

/* ":INPUT DROP [0:0]" below "*filter", as iptables-save(8) writes it. */
static void add_saved(struct firewall_files *files, struct arena *arena, const char *name, const struct file *file, enum filter_family family)
{
	static const char *const chains[FILTER_HOOKS] = { ":INPUT ", ":FORWARD ", ":OUTPUT " };
	struct firewall_file *f = add(files, arena, name, file);
	bool filter = false;
	size_t n;

	if (file->state != STATE_PRESENT)
		return;
	for (const char *at = file->data, *line; (line = list_next(&at, "\n", &n));) {
		if (*line == '*')
			filter = n == 7 && strncmp(line, "*filter", 7) == 0;
		for (int hook = 0; hook < FILTER_HOOKS && filter; hook++) {
			size_t size = strlen(chains[hook]);

			if (strncmp(line, chains[hook], size) == 0)
				f->otherwise[family][hook] = verdict(arena_strndup(arena, line + size, strcspn(line + size, " \n")));
		}
	}
}

static void add_iptables(struct firewall_files *files, struct source *source, struct arena *arena)
{
	static const struct {
		const char *service, *name, *path;
		enum filter_family family;
	} known[] = {
		{ "netfilter-persistent", "iptables", "etc/iptables/rules.v4", FAMILY_IP },
		{ "netfilter-persistent", "ip6tables", "etc/iptables/rules.v6", FAMILY_IP6 },
		{ "iptables", "iptables", "etc/sysconfig/iptables", FAMILY_IP },
		{ "ip6tables", "ip6tables", "etc/sysconfig/ip6tables", FAMILY_IP6 },
		{ "iptables", "iptables", "etc/iptables/rules-save", FAMILY_IP },
		{ "ip6tables", "ip6tables", "etc/iptables/rules6-save", FAMILY_IP6 },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		const struct file *file;

		if (!is_started(source, arena, known[i].service))
			continue;
		file = source_read(source, known[i].path, SOURCE_LIMIT);
		if (file->state != STATE_ABSENT)
			add_saved(files, arena, known[i].name, file, known[i].family);
	}
}

struct firewall_files *firewall_files_read(struct source *source, struct arena *arena)
{
	struct firewall_files *files = arena_new_of(arena, struct firewall_files);

	add_ufw(files, source, arena);
	add_firewalld(files, source, arena);
	add_nftables(files, source, arena);
	add_iptables(files, source, arena);
	return files;
}
