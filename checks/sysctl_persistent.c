/* SPDX-License-Identifier: Apache-2.0 */
/* A kernel parameter as the next boot sets it, and as it is now. */
#include "checks/checks.h"
#include "checks/sysctl.h"

#include "core/base/text.h"
#include "core/boot/sysctl_conf.h"
#include "core/source/paths.h"

#include <fnmatch.h>

struct look {
	const struct subject *subject;
	const struct sysctl_conf *conf;
	struct items *items;
};

static struct item *add_value(struct items *items, const char *name, const char *origin, const char *value)
{
	struct item *item = items_add_text(items, name, origin, value);

	if (text_integer(item->text, &item->number))
		item->type = ITEM_INTEGER;
	return item;
}

/* The running value, as an item of no list. */
static const struct item *live_item(const struct look *look, const char *name)
{
	struct items scratch = { .arena = look->items->arena };

	return sysctl_item(look->subject, name, &scratch);
}

static bool out_of_sight(const struct item *item)
{
	return item->state == STATE_UNAVAILABLE || item->state == STATE_NOT_GIVEN;
}

/* ---- one parameter ---- */

static void add_idle_note(const struct look *look, const char *key, struct item *item)
{
	const struct sysctl_entry *idle = sysctl_conf_find_idle(look->conf, key);

	if (idle)
		item->why = arena_printf(look->items->arena, "%s sets it to %s, but systemd does not read that file", idle->origin,
					 text_safe(look->items->arena, idle->value, strlen(idle->value), 64));
}

/* What holds after the next boot; nothing is said where only the running kernel knows. */
static void add_next(const struct look *look, const char *name, const char *preset, bool seen)
{
	struct arena *arena = look->items->arena;
	const char *key = sysctl_key(arena, name), *shown = arena_printf(arena, "%s at the next boot", name);
	const struct sysctl_entry *entry = sysctl_conf_find(look->conf, key);

	if (entry && entry->state == STATE_PRESENT)
		add_value(look->items, shown, entry->origin, entry->value);
	else if (entry)
		items_add_state(look->items, shown, entry->origin, entry->state, "%s", entry->why);
	else if (preset)
		add_idle_note(look, key, add_value(look->items, shown, "the kernel's own default", preset));
	else if (!seen)
		items_add_state(look->items, shown, "/etc/sysctl.d", STATE_UNAVAILABLE,
				"no file sets it, and with what the kernel starts is not known");
}

static void add_interfaces(const struct look *look, const char *name)
{
	struct arena *arena = look->items->arena;
	const char *part = strstr(name, ".conf."), *rest = part ? strchr(part + strlen(".conf."), '.') : NULL;
	char *folder = rest ? sysctl_key(arena, arena_strndup(arena, name, (size_t)(part - name) + strlen(".conf"))) : NULL;
	const struct directory *dir = folder ? source_list(look->subject->source, arena_printf(arena, "proc/sys/%s", folder)) : NULL;

	for (size_t i = 0; dir && i < dir->n; i++) {
		const char *interface = dir->entries[i].name;

		if (streq(interface, "all") || streq(interface, "default") || streq(interface, "lo"))
			continue;
		sysctl_item(look->subject, arena_printf(arena, "%s/%s/%s", folder, text_safe(arena, interface, strlen(interface), 64),
							rest + 1), look->items);
	}
}

/* "eth0" or "eth?" of "net/ipv4/conf/eth?/rp_filter", where the rest fits the key, of which `from` is the interface's place; NULL where it does not. */
static const char *interface_of(struct arena *arena, const char *entry, const char *key, const char *from)
{
	const char *own = entry, *end, *rest = strchr(from, '/');

	for (const char *c = key; own && c < from; c++)
		if (*c == '/' && (own = strchr(own, '/')))
			own++;
	end = own ? strchr(own, '/') : NULL;
	if (!end || end == own || !rest || fnmatch(end, rest, FNM_PATHNAME) != 0 ||
	    fnmatch(arena_strndup(arena, entry, (size_t)(own - entry)), arena_strndup(arena, key, (size_t)(from - key)), FNM_PATHNAME) != 0)
		return NULL;
	return arena_strndup(arena, own, (size_t)(end - own));
}

/* A later line is for every interface. */
static bool is_covered(const struct look *look, size_t i, const char *key, const char *from)
{
	for (size_t k = i + 1; k < look->conf->n; k++) {
		const struct sysctl_entry *e = &look->conf->list[k];
		const char *own = e->key && e->value ? interface_of(look->items->arena, e->key, key, from) : NULL;

		if (own && streq(own, "*"))
			return true;
	}
	return false;
}

/* What files set for interfaces by their name, or by a glob: that of all does not undo it. */
static void add_next_interfaces(const struct look *look, const char *name)
{
	struct arena *arena = look->items->arena;
	const char *key = sysctl_key(arena, name), *part = strstr(key, "/conf/"), *from = part ? part + strlen("/conf/") : NULL;

	for (size_t i = 0; from && i < look->conf->n; i++) {
		const struct sysctl_entry *e = &look->conf->list[i];
		const char *own = e->key && e->value && e->state == STATE_PRESENT ? interface_of(arena, e->key, key, from) : NULL;

		if (!own || list_has("all default lo", " ", own))
			continue;
		if (strpbrk(e->key, "*?[") ? !is_covered(look, i, key, from) : sysctl_conf_find(look->conf, e->key) == e)
			add_value(look->items, arena_printf(arena, "%s at the next boot", text_safe(arena, e->key, strlen(e->key), 128)), e->origin, e->value);
	}
}

/* "NAME=VALUE": the parameter has this value, now where that can be seen, and after the next boot. */
static bool has_value(const struct look *look, const char *condition)
{
	struct arena *arena = look->items->arena;
	const char *equals = strchr(condition, '='), *name, *wanted;
	const struct sysctl_entry *entry;
	const struct item *live;

	if (!equals)
		return false;
	name = arena_strndup(arena, condition, (size_t)(equals - condition));
	wanted = equals + 1;
	live = live_item(look, name);
	entry = sysctl_conf_find(look->conf, sysctl_key(arena, name));
	if (!entry || entry->state != STATE_PRESENT || !streq(entry->value, wanted))
		return false;
	return out_of_sight(live) || (live->state == STATE_PRESENT && streq(live->text, wanted));
}

static void observe_one(const struct look *look, const struct params *params, const char *name)
{
	const char *unless = params_get(params, "unless");
	const struct item *live = live_item(look, name);
	struct item *item;

	if (live->state == STATE_ABSENT) {
		items_add_state(look->items, name, live->origin, STATE_INAPPLICABLE, "the kernel has no such parameter");
		return;
	}
	if (unless && has_value(look, unless)) {
		items_add_state(look->items, name, live->origin, STATE_INAPPLICABLE, "%s", unless);
		return;
	}
	add_next(look, name, params_get(params, "default"), !out_of_sight(live));
	if (params_true(params, "interfaces"))
		add_next_interfaces(look, name);
	if (out_of_sight(live))
		return;
	item = sysctl_item(look->subject, name, look->items);
	item->name = arena_printf(look->items->arena, "%s now", name);
	if (params_true(params, "interfaces"))
		add_interfaces(look, name);
}

/* ---- all that is set ---- */

static const char parameters[] = "kernel parameters";

/* The kernel shows lists of numbers with tabs between them. */
static bool same_value(struct arena *arena, const char *a, const char *b)
{
	struct buffer one = { .arena = arena }, other = { .arena = arena };
	int64_t x, y;
	size_t n;

	if (text_integer(a, &x) && text_integer(b, &y))
		return x == y;
	for (const char *at = a, *w; (w = list_next(&at, " \t", &n));)
		buffer_word(&one, w, n);
	for (const char *at = b, *w; (w = list_next(&at, " \t", &n));)
		buffer_word(&other, w, n);
	return streq(one.text ? one.text : "", other.text ? other.text : "");
}

/* Some are only there to be written to, such as vm.compact_memory. */
static bool can_be_read(const struct look *look, const char *key)
{
	const struct file *file = source_stat(look->subject->source, arena_printf(look->items->arena, "proc/sys/%s", key));

	return file->state == STATE_PRESENT && (file->stat.st_mode & 0444);
}

/* As people write it: with dots, unless a part of the name holds one. */
static const char *dotted(struct arena *arena, const char *key)
{
	char *name = text_safe(arena, key, strlen(key), 256);

	for (char *c = strchr(name, '.') ? NULL : strchr(name, '/'); c; c = strchr(c, '/'))
		*c = '.';
	return name;
}

static void compare_entry(const struct look *look, const struct sysctl_entry *entry, const char *key)
{
	struct items *items = look->items;
	const char *name = dotted(items->arena, key);
	const struct file *file;
	const char *now;

	if (sysctl_conf_find(look->conf, key) != entry || !can_be_read(look, key))
		return;
	file = source_read(look->subject->source, arena_printf(items->arena, "proc/sys/%s", key), 65536);

	if (file->state != STATE_PRESENT) {
		items_add_file_state(items, name, file);
		return;
	}
	now = text_trim(arena_strdup(items->arena, file->data));
	if (!same_value(items->arena, entry->value, now))
		items_add_text(items, parameters, entry->origin,
			       arena_printf(items->arena, "%s: %s now, but %s after the next boot", name, text_safe(items->arena, now, strlen(now), 128),
					    text_safe(items->arena, entry->value, strlen(entry->value), 128)));
}

/* Whether the list of dotted names has the parameter. */
static bool is_excepted(const struct look *look, const char *except, const char *key)
{
	size_t n;

	for (const char *at = except ? except : "", *w; (w = list_next(&at, " \t\n", &n));)
		if (streq(sysctl_key(look->items->arena, arena_strndup(look->items->arena, w, n)), key))
			return true;
	return false;
}

/* The parameters that a line sets, one or those that its glob fits. */
static void compare_entries(const struct look *look, const struct sysctl_entry *entry, const char *except)
{
	static const char folder[] = "proc/sys/";
	struct paths paths = { .list = NULL };

	paths_match(look->subject->source, look->items->arena, arena_printf(look->items->arena, "%s%s", folder, entry->key), &paths);
	for (size_t i = 0; i < paths.n; i++)
		if (!is_excepted(look, except, paths.list[i] + strlen(folder)))
			compare_entry(look, entry, paths.list[i] + strlen(folder));
	if (paths.unseen.why)
		items_add_state(look->items, parameters, paths.unseen.origin, paths.unseen.state, "%s", paths.unseen.why);
}

static void observe_all(const struct look *look, const char *except)
{
	const struct directory *now = source_list(look->subject->source, "proc/sys/kernel");
	struct items *items = look->items;

	for (size_t i = 0; i < look->conf->n; i++) {
		const struct sysctl_entry *e = &look->conf->list[i];

		if (!e->key)
			items_add_state(items, parameters, e->origin, e->state, "%s", e->why);
		else if (is_excepted(look, except, e->key))
			continue;
		else if (e->state == STATE_MALFORMED)
			items_add_text(items, parameters, e->origin, arena_printf(items->arena, "%s: the line sets nothing", dotted(items->arena, e->key)));
		else if (now->state == STATE_PRESENT && e->value)
			compare_entries(look, e, except);
	}
	if (now->state != STATE_PRESENT)
		items_add_state(items, parameters, now->path, now->state == STATE_ABSENT ? STATE_UNAVAILABLE : now->state, "%s", now->why);
	else if (!items->n)
		items_add_state(items, parameters, "/etc/sysctl.d", STATE_ABSENT, "all that is set at boot has that value now");
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct look look = { subject, subject_table(subject, &sysctl_conf_table), items };
	const char *name = params_get(params, "name");

	if (name)
		observe_one(&look, params, name);
	else
		observe_all(&look, params_get(params, "except"));
}

const struct check check_sysctl_persistent = {
	.name = "sysctl-persistent",
	.summary = "a kernel parameter as the next boot sets it, and as it is now",
	.reference = "What the next boot sets is read from the files *.conf in /etc/sysctl.d, /run/sysctl.d, /usr/local/lib/sysctl.d, /usr/lib/sysctl.d "
		     "and /lib/sysctl.d: in the order of their names, a file hiding those of its name in the directories further back; then, where systemd "
		     "does not start the host, from /etc/sysctl.conf; then, where ufw is on, from the file that IPT_SYSCTL in /etc/default/ufw names. The last "
		     "assignment wins, and one of the very parameter before one by a glob; \"-name\" without a value shields it from globs, and takes a glob out. Where no file sets it, "
		     "default counts, else nothing is said of the next boot. The value now is an item of its own, where the running kernel can be seen; both "
		     "must be as expected. Not applicable where the running kernel has no such parameter. Without a name, an item for every parameter that has "
		     "another value now than the files give it, and for lines that set nothing; absent when there is none. See sysctl.d(5).",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "name", PARAM_STRING, OPTIONAL, "dotted name; slashed where a part of it holds a dot; without it, all that the files set", NULL },
		{ "default", PARAM_STRING, OPTIONAL, "what the kernel itself starts with", NULL },
		{ "unless", PARAM_STRING, OPTIONAL, "NAME=VALUE: not applicable where another parameter has this value, now and at the next boot", NULL },
		{ "except", PARAM_STRING, OPTIONAL, "without a name: parameters, separated by spaces, of which nothing is said", NULL },
		{ "interfaces", PARAM_BOOLEAN, OPTIONAL, "true: of net.*.conf.*.*, the value of every network interface, too: now, and where a file sets it by its name or a glob", NULL },
		{ 0 },
	},
	.observe = observe,
};
