/* SPDX-License-Identifier: Apache-2.0 */
#include "core/firewall/firewall_files.h"

#include "core/base/text.h"
#include "core/boot/unit.h"
#include "core/firewall/firewall_start.h"
#include "core/source/paths.h"

/* ---- shell variables ---- */

const char *firewall_assigned(struct arena *arena, const struct file *file, const char *name)
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
			const char *begin = line + size + 1, *stop = *begin == '"' ? "\"\n" : *begin == '\'' ? "'\n" : "\n\t\r# ";

			begin += *begin == '"' || *begin == '\'';
			value = arena_strndup(arena, begin, strcspn(begin, stop));
		}
	}
	return value;
}

/* ---- the services ---- */

struct service {
	const char *name, *unit;
	const char *programs;        /* that its unit starts */
};

static const struct service ufw = { "ufw", "ufw", "ufw-init" }, firewalld = { "firewalld", "firewalld", "firewalld" },
			    nftables = { "nftables", "nftables", "nft nftables.sh" };
static const char restorers[] = "netfilter-persistent iptables-restore ip6tables-restore iptables-nft-restore ip6tables-nft-restore iptables-legacy-restore "
				"ip6tables-legacy-restore iptables.init ip6tables.init iptables ip6tables";

/* A service of which it is not known whether it loads anything. */
static void add_doubt(struct firewall_files *files, struct arena *arena, const char *service, const struct unseen *unseen)
{
	struct netfilter *filter = netfilter_new(arena);

	filter->state = unseen->state;
	filter->why = unseen->why;
	arena_push(arena, files->list, files->n) =
		(struct firewall_file){ .service = service, .origin = unseen->origin ? unseen->origin : "/etc", .filter = filter, .doubtful = true };
}

/* Started at boot, and it loads something. Where that cannot be told the list says so. */
static bool is_started(struct firewall_files *files, struct arena *arena, const struct units *units, const struct service *service)
{
	struct unit_boot boot = unit_boot(units, arena, service->unit);
	struct firewall_start start;

	if (boot.state != STATE_PRESENT && boot.state != STATE_ABSENT)
		add_doubt(files, arena, service->name, &(struct unseen){ boot.state, boot.origin, boot.why });
	if (boot.state != STATE_PRESENT || boot.start != START_BOOT)
		return false;
	start = firewall_start_of(units, arena, service->unit, service->programs);
	if (start.loads == LOADS_UNKNOWN)
		add_doubt(files, arena, service->name, &(struct unseen){ STATE_UNAVAILABLE, start.origin, start.why });
	return start.loads == LOADS_ITS_OWN || start.loads == LOADS_FILES;
}

static void add(struct firewall_files *files, const char *service, const char *origin, const struct netfilter *filter)
{
	arena_push(filter->arena, files->list, files->n) = (struct firewall_file){ .service = service, .origin = origin, .filter = filter };
}

/* A filter that could not be read. */
static struct netfilter *unread(struct arena *arena, const struct file *file)
{
	struct netfilter *filter = netfilter_new(arena);

	filter->state = file->state == STATE_ABSENT ? STATE_BROKEN : file->state;
	filter->why = file->state == STATE_ABSENT ? "its service is started at boot, and the file is not there" : file->why;
	return filter;
}

/* What ufw-init itself loads, as a table of iptables-restore: the chains that the files of rules fill, and the policies. */
static struct file ufw_frame(struct arena *arena, const char *six, const char *const policies[FILTER_HOOKS])
{
	static const char *const hooks[FILTER_HOOKS] = { "input", "forward", "output" }, *const upper[FILTER_HOOKS] = { "INPUT", "FORWARD", "OUTPUT" };
	static const char *const stages[] = { "before-logging", "before", "after", "after-logging", "reject", "track" };
	struct buffer text = { .arena = arena };

	buffer_puts(&text, "*filter\n");
	for (int h = 0; h < FILTER_HOOKS; h++) {
		bool reject = streq(policies[h], "REJECT");

		buffer_printf(&text, ":%s %s\n:ufw%s-user-%s -\n:ufw%s-skip-to-policy-%s -\n", upper[h], reject ? "DROP" : policies[h], six, hooks[h], six, hooks[h]);
		for (size_t i = 0; i < ARRAY_LEN(stages); i++)
			buffer_printf(&text, ":ufw%s-%s-%s -\n-A %s -j ufw%s-%s-%s\n", six, stages[i], hooks[h], upper[h], six, stages[i], hooks[h]);
		if (reject)
			buffer_printf(&text, "-A ufw%s-reject-%s -j REJECT\n", six, hooks[h]);
	}
	buffer_puts(&text, "COMMIT\n");
	return (struct file){ .path = "/etc/default/ufw", .data = text.text, .size = text.size };
}

/* The rules of users hang at the end of those that come before. */
static void hang_user_chains(struct netfilter *filter, const char *six, enum filter_family family)
{
	struct file frame = { .path = "/etc/default/ufw" };

	frame.data = arena_printf(filter->arena,
				  "*filter\n-A ufw%s-before-input -j ufw%s-user-input\n-A ufw%s-before-forward -j ufw%s-user-forward\n"
				  "-A ufw%s-before-output -j ufw%s-user-output\nCOMMIT\n", six, six, six, six, six, six);
	frame.size = strlen(frame.data);
	netfilter_add_saved(filter, &frame, family);
}

static void add_ufw_family(struct netfilter *filter, struct source *source, enum filter_family family, const char *const policies[FILTER_HOOKS])
{
	static const char *const names[] = { "before", "after", "user" };
	const char *six = family == FAMILY_IP6 ? "6" : "";
	struct file frame = ufw_frame(filter->arena, six, policies);

	netfilter_add_saved(filter, &frame, family);
	for (size_t i = 0; i < ARRAY_LEN(names) && filter->state == STATE_PRESENT; i++) {
		const struct file *file = source_read(source, arena_printf(filter->arena, "etc/ufw/%s%s.rules", names[i], six), SOURCE_LIMIT);

		if (file->state != STATE_PRESENT)
			*filter = *unread(filter->arena, file);
		else
			netfilter_add_saved(filter, file, family);
	}
	if (filter->state == STATE_PRESENT)
		hang_user_chains(filter, six, family);
}

static bool is_yes(const char *value)
{
	return value && (streq(value, "yes") || streq(value, "YES"));
}

static void add_ufw(struct firewall_files *files, struct source *source, struct arena *arena)
{
	static const char *const names[FILTER_HOOKS] = { "DEFAULT_INPUT_POLICY", "DEFAULT_FORWARD_POLICY", "DEFAULT_OUTPUT_POLICY" };
	static const char *const closed[FILTER_HOOKS] = { "DROP", "DROP", "DROP" };
	const struct file *set = source_read(source, "etc/ufw/ufw.conf", 65536), *defaults = source_read(source, "etc/default/ufw", 65536);
	const char *policies[FILTER_HOOKS];
	struct netfilter *filter = netfilter_new(arena);

	if (set->state == STATE_PRESENT && !is_yes(firewall_assigned(arena, set, "ENABLED")))
		return;
	if (set->state != STATE_PRESENT || defaults->state != STATE_PRESENT) {
		add(files, "ufw", set->state != STATE_PRESENT ? set->path : defaults->path, unread(arena, set->state != STATE_PRESENT ? set : defaults));
		return;
	}
	for (int i = 0; i < FILTER_HOOKS; i++) {
		policies[i] = firewall_assigned(arena, defaults, names[i]);
		policies[i] = policies[i] && list_has("ACCEPT DROP REJECT", " ", policies[i]) ? policies[i] : "ACCEPT";
	}
	add_ufw_family(filter, source, FAMILY_IP, policies);
	if (is_yes(firewall_assigned(arena, defaults, "IPV6"))) {
		add_ufw_family(filter, source, FAMILY_IP6, policies);
	} else {
		struct file frame = ufw_frame(arena, "6", closed);   /* all but the loopback is dropped */

		netfilter_add_saved(filter, &frame, FAMILY_IP6);
	}
	add(files, "ufw", defaults->path, filter);
}

/* Where the distributions have the set of rules. */
static const struct file *nft_file(struct source *source)
{
	static const char *const places[] = { "etc/nftables.conf", "etc/sysconfig/nftables.conf", "etc/nftables.nft", "etc/nftables/rules/main.nft" };
	const struct file *file = NULL;

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		file = source_read(source, places[i], SOURCE_LIMIT);
		if (file->state != STATE_ABSENT)
			break;
	}
	return file;
}

/* The files that the unit names, one after the other; a set that cannot be read keeps the rest from being known. */
static void add_nftables(struct firewall_files *files, struct source *source, struct arena *arena, const struct units *units)
{
	struct firewall_start start = firewall_start_of(units, arena, nftables.unit, nftables.programs);
	struct netfilter *filter = netfilter_new(arena);
	const struct file *file = NULL, *last = NULL;

	for (size_t i = 0; i < (start.n ? start.n : 1) && filter->state == STATE_PRESENT; i++) {
		if (start.n && !start.files[i]) {
			filter->n = 0;
			continue;
		}
		file = start.n ? source_read(source, start.files[i] + strspn(start.files[i], "/"), SOURCE_LIMIT) : nft_file(source);
		last = file;
		if (file->state == STATE_PRESENT)
			netfilter_add_nft_file(filter, source, file);
		else
			filter = unread(arena, file);
	}
	add(files, nftables.name, last ? last->path : "/etc", filter);
}

/* A unit that names its file is asked once, not for each place where distributions have it. */
static bool is_first(const char *path)
{
	return starts_with(path, "etc/sysconfig/");
}

/* Where each distribution keeps the tables; a service without its file loads nothing. */
static void add_iptables(struct firewall_files *files, struct source *source, struct arena *arena, const struct units *units)
{
	static const struct {
		const char *service, *path;
		enum filter_family family;
	} known[] = {
		{ "netfilter-persistent", "etc/iptables/rules.v4", FAMILY_IP }, { "netfilter-persistent", "etc/iptables/rules.v6", FAMILY_IP6 },
		{ "iptables", "etc/sysconfig/iptables", FAMILY_IP }, { "ip6tables", "etc/sysconfig/ip6tables", FAMILY_IP6 },
		{ "iptables", "etc/iptables/iptables.rules", FAMILY_IP }, { "ip6tables", "etc/iptables/ip6tables.rules", FAMILY_IP6 },
		{ "iptables", "etc/iptables/rules-save", FAMILY_IP }, { "ip6tables", "etc/iptables/rules6-save", FAMILY_IP6 },
		{ "iptables", "var/lib/iptables/rules-save", FAMILY_IP }, { "ip6tables", "var/lib/ip6tables/rules-save", FAMILY_IP6 },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		const struct service service = { "iptables", known[i].service, restorers };
		struct netfilter *filter = netfilter_new(arena);
		struct firewall_start start;
		const struct file *file;

		if (!is_started(files, arena, units, &service))
			continue;
		start = firewall_start_of(units, arena, service.unit, service.programs);
		if (start.n && i > 1 && !is_first(known[i].path))
			continue;
		file = source_read(source, start.n ? start.files[0] + 1 : known[i].path, SOURCE_LIMIT);
		if (file->state == STATE_ABSENT)
			continue;
		netfilter_add_saved(filter, file, known[i].family);
		add(files, "iptables", file->path, filter);
	}
}

static void count_services(struct firewall_files *files, struct arena *arena)
{
	struct buffer services = { .arena = arena };

	for (size_t i = 0; i < files->n; i++) {
		const char *service = files->list[i].service;

		if (files->list[i].doubtful || (services.text && list_has(services.text, " ", service)))
			continue;
		buffer_word(&services, service, strlen(service));
		files->n_services++;
	}
	files->services = services.text ? services.text : "";
}

struct firewall_files *firewall_files_read(struct source *source, struct arena *arena)
{
	const struct units *units = units_read(source, arena);
	struct firewall_files *files = arena_new_of(arena, struct firewall_files);

	if (is_started(files, arena, units, &ufw))
		add_ufw(files, source, arena);
	if (is_started(files, arena, units, &firewalld))
		firewalld_add(files, source, arena);
	if (is_started(files, arena, units, &nftables))
		add_nftables(files, source, arena, units);
	add_iptables(files, source, arena, units);
	count_services(files, arena);
	return files;
}
