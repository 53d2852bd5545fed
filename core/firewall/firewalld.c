/* SPDX-License-Identifier: Apache-2.0 */
/* firewalld(1): the zone that interfaces get without another word, those that are bound to a zone, and policies between zones. */
#include "core/firewall/firewall_files.h"

#include "core/base/text.h"
#include "core/source/paths.h"

/* ---- as much of XML as zones need ---- */

struct tag {
	const char *name;
	size_t name_size;
	const char *end;         /* behind its > */
};

/* The next start tag from *at on; comments and instructions are passed over. */
static bool next_tag(const char **at, struct tag *tag)
{
	for (const char *c = *at; (c = strchr(c, '<'));) {
		const char *end;

		if (starts_with(c, "<!--")) {
			end = strstr(c + 4, "-->");
			if (!end)
				return false;
			c = end + 3;
			continue;
		}
		c++;
		if (*c == '?' || *c == '!' || *c == '/')
			continue;
		tag->name = c;
		tag->name_size = strcspn(c, " \t\r\n/>");
		for (end = c; *end && *end != '>'; end++) {
			if (*end == '"' || *end == '\'') {
				end = strchr(end + 1, *end);
				if (!end)
					return false;
			}
		}
		tag->end = *end ? end + 1 : end;
		*at = tag->end;
		return *end == '>';
	}
	return false;
}

static bool is_tag(const struct tag *tag, const char *name)
{
	return tag->name_size == strlen(name) && strncmp(tag->name, name, tag->name_size) == 0;
}

/* The value of an attribute, or NULL. */
static const char *attribute(struct arena *arena, const struct tag *tag, const char *name)
{
	const char *at = tag->name + tag->name_size;

	while (at < tag->end) {
		size_t size;
		char quote;

		at += strspn(at, " \t\r\n/");
		size = strcspn(at, " \t\r\n=/>");
		if (at + size >= tag->end || !size)
			return NULL;
		quote = at[size] == '=' ? at[size + 1] : '\0';
		if (quote != '"' && quote != '\'')
			return NULL;
		if (size == strlen(name) && strncmp(at, name, size) == 0)
			return arena_strndup(arena, at + size + 2, strcspn(at + size + 2, quote == '"' ? "\"" : "'"));
		at = strchr(at + size + 2, quote);
		if (!at)
			return NULL;
		at++;
	}
	return NULL;
}

/* ---- zones ---- */

/* What a zone or policy of a file does with the rest, and what is bound to it. */
struct zone {
	const struct file *file;
	const char *target;      /* NULL: the file is none */
	const char *bound;       /* interfaces and addresses, separated by spaces; "" */
	const char *ingress, *egress;   /* of a policy */
};

static struct zone read_zone(struct arena *arena, const struct file *file)
{
	struct zone zone = { .file = file, .bound = "", .ingress = "", .egress = "" };
	struct buffer bound = { .arena = arena };
	struct tag tag;

	for (const char *at = file->state == STATE_PRESENT ? file->data : ""; next_tag(&at, &tag);) {
		const char *name = attribute(arena, &tag, is_tag(&tag, "source") ? "address" : "name");

		if (is_tag(&tag, "zone") || is_tag(&tag, "policy"))
			zone.target = attribute(arena, &tag, "target") ? attribute(arena, &tag, "target") : "default";
		else if ((is_tag(&tag, "interface") || is_tag(&tag, "source")) && name && !streq(name, "lo"))
			buffer_word(&bound, name, strlen(name));
		else if (is_tag(&tag, "ingress-zone") && name)
			zone.ingress = name;
		else if (is_tag(&tag, "egress-zone") && name)
			zone.egress = name;
		if (is_tag(&tag, "rule"))
			at = strstr(at, "</rule>") ? strstr(at, "</rule>") : at;   /* a source in a rule binds nothing */
	}
	zone.bound = bound.text ? bound.text : "";
	return zone;
}

static enum filter_verdict verdict_of(const char *target)
{
	return streq(target, "ACCEPT") ? FILTER_ACCEPT : streq(target, "DROP") ? FILTER_DROP : FILTER_REJECT;
}

static void add_chain(struct netfilter *filter, const char *name, enum filter_hook hook, enum filter_verdict verdict)
{
	struct filter_chain *chain = netfilter_chain(filter, "firewalld", name);

	*chain = (struct filter_chain){
		.scope = chain->scope, .name = chain->name, .shown = chain->shown, .base = true, .hook = hook, .family = { true, true }, .policy = verdict,
	};
}

/* One chain for each hook that a zone stands for; what firewalld does with packets that leave the host is none of its zones' business. */
static struct netfilter *filter_of(struct arena *arena, const struct zone *zone, const char *name)
{
	struct netfilter *filter = netfilter_new(arena);

	if (zone->file->state != STATE_PRESENT || !zone->target) {
		filter->state = zone->file->state == STATE_PRESENT ? STATE_MALFORMED : zone->file->state == STATE_ABSENT ? STATE_BROKEN : zone->file->state;
		filter->why = zone->file->state == STATE_PRESENT ? arena_printf(arena, "%s: describes no zone", zone->file->path)
			    : zone->file->state == STATE_ABSENT ? "the zone has no file" : zone->file->why;
		return filter;
	}
	if (*zone->egress == '\0' || streq(zone->egress, "HOST"))
		add_chain(filter, arena_printf(arena, "%s, input", name), HOOK_INPUT, verdict_of(zone->target));
	if (!streq(zone->egress, "HOST"))
		add_chain(filter, arena_printf(arena, "%s, forward", name), HOOK_FORWARD, verdict_of(zone->target));
	return filter;
}

static const struct file *zone_file(struct source *source, struct arena *arena, const char *name)
{
	const struct file *file = source_read(source, arena_printf(arena, "etc/firewalld/zones/%s.xml", name), 65536);

	return file->state == STATE_ABSENT ? source_read(source, arena_printf(arena, "usr/lib/firewalld/zones/%s.xml", name), 65536) : file;
}

static void add_hole(struct firewall_files *files, struct arena *arena, const struct zone *zone, const char *name)
{
	arena_push(arena, files->list, files->n) = (struct firewall_file){
		.service = "firewalld", .origin = zone->file->path, .filter = filter_of(arena, zone, name), .hole = true,
		.of = text_safe(arena, *zone->bound ? zone->bound : name, strlen(*zone->bound ? zone->bound : name), 256),
	};
}

/* What an administrator bound to a zone that lets everything in; a policy that does so from anywhere. */
static void add_holes(struct firewall_files *files, struct source *source, struct arena *arena, const char *folder)
{
	const struct directory *dir = source_list(source, folder);

	for (size_t i = 0; i < dir->n; i++) {
		const char *name = dir->entries[i].name, *end = strrchr(name, '.');
		struct zone zone;

		if (!end || !streq(end, ".xml"))
			continue;
		zone = read_zone(arena, source_read(source, arena_printf(arena, "%s/%s", folder, name), 65536));
		name = text_safe(arena, name, (size_t)(end - name), 64);
		if (zone.file->state != STATE_PRESENT || !zone.target ||
		    (streq(zone.target, "ACCEPT") && (*zone.bound || streq(zone.ingress, "ANY"))))
			add_hole(files, arena, &zone, name);
	}
}

/* "zone=NAME" of a connection of NetworkManager, "ZONE=NAME" of an interface in sysconfig: a zone that it is bound to when it comes up. */
static void add_connections(struct firewall_files *files, struct source *source, struct arena *arena, const char *pattern, const char *key)
{
	struct paths paths = { .n = 0 };

	paths_match(source, arena, pattern, &paths);
	for (size_t i = 0; i < paths.n; i++) {
		const struct file *file = source_read(source, paths.list[i], 65536);
		const char *name = firewall_assigned(arena, file, key), *base = strrchr(paths.list[i], '/') + 1;
		struct zone zone = { .file = file, .bound = base, .ingress = "", .egress = "" };

		if (file->state == STATE_PRESENT && (!name || !*name))
			continue;
		if (file->state == STATE_PRESENT)
			zone = read_zone(arena, zone_file(source, arena, text_safe(arena, name, strcspn(name, "/"), 64)));
		zone.bound = base;
		if (zone.file->state != STATE_PRESENT || !zone.target || streq(zone.target, "ACCEPT"))
			add_hole(files, arena, &zone, name && *name ? text_safe(arena, name, strlen(name), 64) : base);
	}
	if (paths.unseen.why)
		add_hole(files, arena, &(struct zone){ .file = &(struct file){ .path = paths.unseen.origin, .state = paths.unseen.state, .why = paths.unseen.why }, .bound = pattern,
						       .ingress = "", .egress = "" }, pattern);
}

void firewalld_add(struct firewall_files *files, struct source *source, struct arena *arena)
{
	const struct file *set = source_read(source, "etc/firewalld/firewalld.conf", 65536);
	const char *name = firewall_assigned(arena, set, "DefaultZone");
	struct zone zone;

	name = name && *name ? text_safe(arena, name, strcspn(name, "/"), 64) : "public";
	zone = read_zone(arena, set->state == STATE_PRESENT || set->state == STATE_ABSENT ? zone_file(source, arena, name) : set);
	arena_push(arena, files->list, files->n) = (struct firewall_file){
		.service = "firewalld", .origin = zone.file->path, .filter = filter_of(arena, &zone, arena_printf(arena, "zone %s", name)),
	};
	add_holes(files, source, arena, "etc/firewalld/zones");
	add_holes(files, source, arena, "etc/firewalld/policies");
	add_connections(files, source, arena, "etc/NetworkManager/system-connections/*", "zone");
	add_connections(files, source, arena, "etc/sysconfig/network-scripts/ifcfg-*", "ZONE");
}
