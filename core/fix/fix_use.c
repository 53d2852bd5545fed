/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands in the files that a fix writes tells what it takes away; the kernel's tables tell who has it now. A table that cannot be read is a note,
 * too: nobody looked is not the same as nobody uses it.
 */
#include "core/fix/fix_use.h"

#include "core/accounts/accounts.h"
#include "core/base/text.h"
#include "core/fix/fix_script.h"
#include "core/fix/fix_use_private.h"

/* ---- words ---- */

void look_note(struct look *l, const char *text)
{
	arena_push(l->plan->arena, l->item->notes, l->item->n_notes) = text;
}

bool look_was_read(struct look *l, enum state state, const char *path, const char *why)
{
	if (state == STATE_PRESENT || state == STATE_ABSENT)
		return true;
	look_note(l, arena_printf(l->plan->arena, "Not looked at whether it is in use: %s: %s.", path, why ? why : state_name(state)));
	return false;
}

void names_add(struct names *names, const char *name)
{
	if (names->n < NAMED_MOST)
		buffer_printf(&names->text, "%s%s", names->n ? ", " : "", name);
	names->n++;
}

const char *names_text(struct names *names)
{
	if (names->n > NAMED_MOST)
		buffer_printf(&names->text, " and %zu more", names->n - NAMED_MOST);
	return names->text.text;
}

/* ---- modules ---- */

/* The words of the module's line in /proc/modules (proc(5)): users, then names of modules; NULL: it is not loaded. */
static const char *loaded_module(struct arena *arena, const char *table, const char *module)
{
	char *name = arena_strdup(arena, module);
	size_t size = strlen(name);

	for (char *c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	for (const char *line = table; *line; line = *strchrnul(line, '\n') ? strchrnul(line, '\n') + 1 : "")
		if (strncmp(line, name, size) == 0 && line[size] == ' ')
			return arena_strndup(arena, line + size + 1, (size_t)(strchrnul(line, '\n') - line) - size - 1);
	return NULL;
}

static void look_at_module(struct look *l, const char *table, const char *module, struct names *idle)
{
	const char *rest = loaded_module(l->plan->arena, table, module);
	size_t size;
	long users;
	char *end;

	if (!rest)
		return;
	users = strtol(rest + strcspn(rest, " "), &end, 10);
	if (users <= 0) {
		names_add(idle, module);
		return;
	}
	end += strspn(end, " ");
	size = strcspn(end, " ");
	size -= size && end[size - 1] == ',';
	fix_set_apart(l->plan->arena, l->item,
		      arena_printf(l->plan->arena, "In use now: the module %s is loaded and has %ld user%s%s%s.", module, users, users == 1 ? "" : "s",
				   *end == '-' ? "" : ", among them ", *end == '-' ? "" : arena_strndup(l->plan->arena, end, size)));
}

/* "install NAME /bin/false", as the fixes for modules are written. */
static void look_at_modules(struct look *l, const struct fix_file *file)
{
	static const char word[] = "install ";
	struct names idle = { .text = { .arena = l->plan->arena } };
	const struct file *table;

	if (!starts_with(file->path, "/etc/modprobe.d/"))
		return;
	table = source_read(l->source, "proc/modules", SOURCE_LIMIT);
	if (!look_was_read(l, table->state, "/proc/modules", table->why) || table->state != STATE_PRESENT)
		return;
	for (const char *line = file->text; *line; line = strchr(line, '\n') + 1)
		if (starts_with(line, word)) {
			const char *name = line + sizeof(word) - 1;

			look_at_module(l, table->data, arena_strndup(l->plan->arena, name, strcspn(name, " \n")), &idle);
		}
	if (idle.n)
		look_note(l, arena_printf(l->plan->arena, "Loaded, and nothing uses it: %s.", names_text(&idle)));
}

/* ---- user namespaces ---- */

static const struct processes *processes_of(const struct look *l)
{
	return l->audit->containers ? l->audit->containers->processes : processes_read(l->source, l->audit->host->workers);
}

static void look_at_user_namespaces(struct look *l)
{
	const struct processes *all = processes_of(l);
	struct names found = { .text = { .arena = l->plan->arena } };

	if (!look_was_read(l, all->state, "/proc", all->why))
		return;
	if (!all->host_ns[NS_USER]) {
		look_was_read(l, STATE_DENIED, "/proc/1/ns/user", "it cannot be seen which user namespace is the host's");
		return;
	}
	for (size_t i = 0; i < all->n; i++) {
		const struct process *p = &all->list[i];

		if (p->ns[NS_USER] && p->ns[NS_USER] != all->host_ns[NS_USER] && p->comm)
			names_add(&found, arena_printf(l->plan->arena, "%s (pid %d)", text_safe(l->plan->arena, p->comm, strlen(p->comm), 64), p->pid));
	}
	if (found.n)
		fix_set_apart(l->plan->arena, l->item, arena_printf(l->plan->arena, "In use now: %zu process%s in a user namespace of its own: %s.",
								    found.n, found.n == 1 ? " runs" : "es run, each", names_text(&found)));
	if (all->partial)
		look_note(l, "Not all processes can be seen by this user.");
}

/* ---- forwarding ---- */

/* A bridge, a tunnel, or one end of a pair that leads into another network namespace. */
static bool carries_for_others(struct look *l, const char *name)
{
	static const char *const marks[] = { "bridge", "tun_flags" };

	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (source_stat_target(l->source, arena_printf(l->plan->arena, "sys/class/net/%s/%s", name, marks[i]))->state == STATE_PRESENT)
			return true;
	return starts_with(name, "veth") || starts_with(name, "wg") || starts_with(name, "cni");
}

static void look_at_forwarding(struct look *l)
{
	const struct directory *interfaces = source_list(l->source, "sys/class/net");
	struct names found = { .text = { .arena = l->plan->arena } };

	if (!look_was_read(l, interfaces->state, "/sys/class/net", interfaces->why))
		return;
	for (size_t i = 0; interfaces->state == STATE_PRESENT && i < interfaces->n; i++) {
		const char *name = interfaces->entries[i].name;

		if (carries_for_others(l, name))
			names_add(&found, text_safe(l->plan->arena, name, strlen(name), 64));
	}
	if (found.n)
		fix_set_apart(l->plan->arena, l->item,
			      arena_printf(l->plan->arena, "In use now: the host has interfaces that containers, machines or a tunnel are reached through: %s.",
					   names_text(&found)));
}

/* ---- logins ---- */

static bool has_keys(struct look *l, const struct account *account)
{
	const char *path = arena_printf(l->plan->arena, "%s/.ssh/authorized_keys", account->home);
	const struct file *keys;

	if (*path != '/')
		return false;
	keys = source_stat_target(l->source, path + 1);
	return keys->state == STATE_PRESENT && keys->stat.st_size > 0;
}

static void look_at_keys(struct look *l, bool root_too)
{
	const struct accounts *accounts = subject_table(l->audit->host, &accounts_table);

	for (size_t i = 0; i < accounts->n; i++)
		if (accounts->list[i].home && (root_too || accounts->list[i].uid != 0) && has_keys(l, &accounts->list[i]))
			return;
	fix_set_apart(l->plan->arena, l->item,
		      root_too ? "Nobody may get in any more: no account has a key in ~/.ssh/authorized_keys."
			       : "Nobody may get in any more: no account but root has a key in ~/.ssh/authorized_keys.");
}

/* ---- what a fix takes away ---- */

static bool has_line(const struct fix_file *file, const char *line)
{
	const char *at = strstr(file->text, line);

	return at && (at == file->text || at[-1] == '\n') && at[strlen(line)] == '\n';
}

static void look_at_file(struct look *l, const struct fix_file *file)
{
	look_at_modules(l, file);
	if (has_line(file, "user.max_user_namespaces = 0") || has_line(file, "kernel.unprivileged_userns_clone = 0"))
		look_at_user_namespaces(l);
	if (has_line(file, "net.ipv4.ip_forward = 0") || has_line(file, "net.ipv6.conf.all.forwarding = 0"))
		look_at_forwarding(l);
	look_at_programs(l, file);
	if (has_line(file, "PasswordAuthentication no"))
		look_at_keys(l, true);
	if (has_line(file, "PermitRootLogin no"))
		look_at_keys(l, false);
}

/* Modules that nobody signed, by the letters that proc(5) shows behind them: O and E. */
static void look_at_signatures(struct look *l)
{
	const struct file *table = source_read(l->source, "proc/modules", SOURCE_LIMIT);
	struct names found = { .text = { .arena = l->plan->arena } };

	if (!look_was_read(l, table->state, "/proc/modules", table->why) || table->state != STATE_PRESENT)
		return;
	for (const char *line = table->data; *line; line = *strchrnul(line, '\n') ? strchrnul(line, '\n') + 1 : "") {
		const char *end = strchrnul(line, '\n'), *taints = memchr(line, '(', (size_t)(end - line));

		if (taints && memchr(taints, 'E', (size_t)(end - taints)))
			names_add(&found, arena_strndup(l->plan->arena, line, strcspn(line, " ")));
	}
	if (found.n)
		fix_set_apart(l->plan->arena, l->item, arena_printf(l->plan->arena, "In use now: modules without a signature: %s.", names_text(&found)));
}

static void look_at_item(struct look *l)
{
	struct fix_script script;

	if (l->item->kind == FIX_CMDLINE && (strstr(l->item->text, "sig_enforce") || starts_with(l->item->text, "lockdown=")))
		look_at_signatures(l);
	look_at_words(l);
	if (l->item->kind == FIX_EDIT)
		look_at_places(l);
	if (l->item->kind != FIX_SCRIPT)
		return;
	look_at_services(l);
	if (strstr(l->item->text, "apparmor_restrict_unprivileged_userns = 1"))
		look_at_user_namespaces(l);
	script = fix_script_read(l->plan->arena, l->item->text);
	for (size_t i = 0; i < script.n_files; i++)
		look_at_file(l, &script.files[i]);
}

/* ---- all ---- */

void fix_look_for_use(struct fix_plan *plan, const struct audit *audit)
{
	struct look look = { .plan = plan, .audit = audit };

	if (plan->not_looked)
		return;
	look.source = audit->host->source;
	for (size_t i = 0; i < plan->n; i++) {
		look.item = &plan->items[i];
		look_at_item(&look);
	}
}
