/* SPDX-License-Identifier: Apache-2.0 */
#include "core/logging/auditctl.h"

#include "core/base/text.h"

#include <ctype.h>

unsigned auditctl_access(const char *letters)
{
	unsigned access = 0;

	for (; *letters; letters++) {
		switch (tolower((unsigned char)*letters)) {
		case 'r':
			access |= ACCESS_READ;
			break;
		case 'w':
			access |= ACCESS_WRITE;
			break;
		case 'x':
			access |= ACCESS_EXECUTE;
			break;
		case 'a':
			access |= ACCESS_ATTRIBUTE;
			break;
		default:
			return 0;
		}
	}
	return access;
}

/* ---- conditions ---- */

static const char operators[] = "=<>!&";

/* A condition taken apart: "auid>=1000". */
struct field {
	const char *name;
	size_t name_size;
	const char *op;
	size_t op_size;
	const char *value;
	size_t value_size;
};

static struct field field_of(const char *text, size_t size)
{
	struct field f = { .name = text };

	while (f.name_size < size && !strchr(operators, text[f.name_size]))
		f.name_size++;
	f.op = text + f.name_size;
	while (f.name_size + f.op_size < size && strchr(operators, f.op[f.op_size]))
		f.op_size++;
	f.value = f.op + f.op_size;
	f.value_size = size - f.name_size - f.op_size;
	return f;
}

static bool is_part(const char *part, size_t size, const char *text)
{
	return strlen(text) == size && strncmp(part, text, size) == 0;
}

static bool one_of(const char *part, size_t size, const char *list)
{
	return list_has_part(list, " ", part, size);
}

/* A value that can be written in several ways, in one of them. */
static const char *one_value(struct arena *arena, const struct field *f)
{
	bool is_user = one_of(f->name, f->name_size, "auid loginuid uid euid suid fsuid obj_uid sessionid");

	if (is_user && one_of(f->value, f->value_size, "-1 4294967295"))
		return "unset";
	if (is_part(f->name, f->name_size, "success") && one_of(f->value, f->value_size, "yes no"))
		return *f->value == 'y' ? "1" : "0";
	if (is_part(f->name, f->name_size, "exit") && one_of(f->value, f->value_size, "-1 -13"))
		return f->value_size == 2 ? "-EPERM" : "-EACCES";
	return arena_strndup(arena, f->value, f->value_size);
}

static const char *one_form(struct arena *arena, const char *text, size_t size)
{
	struct field f = field_of(text, size);
	const char *name = is_part(f.name, f.name_size, "loginuid") ? "auid" : arena_strndup(arena, f.name, f.name_size);

	return arena_printf(arena, "%s%.*s%s", name, (int)f.op_size, f.op, one_value(arena, &f));
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *sorted(struct arena *arena, const char *fields)
{
	struct buffer out = { .arena = arena };
	const char **list = NULL;
	size_t n = 0, size;

	for (const char *at = fields, *w; (w = list_next(&at, " ", &size));)
		arena_push(arena, list, n) = one_form(arena, w, size);
	if (n)
		qsort(list, n, sizeof(*list), by_text);
	for (size_t i = 0; i < n; i++)
		buffer_word(&out, list[i], strlen(list[i]));
	return out.text ? out.text : "";
}

void auditctl_add(struct auditctl *rules, struct arena *arena, const struct auditctl_rule *rule)
{
	struct auditctl_rule *added = &arena_push(arena, rules->list, rules->n);
	size_t size = rule->path ? strlen(rule->path) : 0;

	*added = *rule;
	while (size > 1 && rule->path[size - 1] == '/')
		size--;
	if (rule->path)
		added->path = text_safe(arena, rule->path, size, TEXT_MAX);
	if (!added->access)
		added->access = ACCESS_ALL;
	if (!added->syscalls)
		added->syscalls = "all";
	added->fields = sorted(arena, rule->fields ? rule->fields : "");
}

/* The least number that "auid>=1000" or "auid>999" lets in; -1 where it says something else. */
static int64_t least_login(const struct field *f)
{
	int64_t number = 0;

	if (!is_part(f->name, f->name_size, "auid") || !one_of(f->op, f->op_size, ">= >") || !f->value_size || f->value_size > 10)
		return -1;
	for (size_t i = 0; i < f->value_size; i++) {
		if (!isdigit((unsigned char)f->value[i]))
			return -1;
		number = number * 10 + (f->value[i] - '0');
	}
	return number + (f->op_size == 1);
}

/* The least number that any of the conditions lets in; -1: they say nothing of it. */
static int64_t least_login_of(const char *fields)
{
	int64_t least = -1;
	size_t size;

	for (const char *at = fields, *w; (w = list_next(&at, " ", &size));) {
		struct field f = field_of(w, size);
		int64_t number = least_login(&f);

		least = number > least ? number : least;
	}
	return least;
}

/* Each of the rule's conditions holds for all that is wanted. */
static bool takes_all(const struct auditctl_rule *rule, const char *allowed)
{
	int64_t wanted = least_login_of(allowed);
	size_t size;

	for (const char *at = rule->fields, *w; (w = list_next(&at, " ", &size));) {
		struct field f = field_of(w, size);
		int64_t least = least_login(&f);

		if (!list_has_part(allowed, " ", w, size) && (least < 0 || least > wanted))
			return false;
	}
	return true;
}

/* One of the rule's conditions holds for nothing that is wanted: it is about processes that nobody logged in for. */
static bool takes_none(const struct auditctl_rule *rule, const char *allowed)
{
	return list_has(rule->fields, " ", "auid=unset") && list_has(allowed, " ", "auid!=unset");
}

/*
 * A condition that nearly everything meets: root, users by a range, calls that work or do not. Whoever is left out by such a rule is most of those that
 * the records are for.
 */
static bool is_sweeping(const struct field *f)
{
	bool is_range = one_of(f->op, f->op_size, ">= > <= < !=");

	if (one_of(f->name, f->name_size, "success exit"))
		return true;
	if (one_of(f->name, f->name_size, "uid euid suid fsuid gid egid sgid fsgid"))
		return is_range || one_of(f->value, f->value_size, "0 root");
	return is_part(f->name, f->name_size, "auid") && is_range;
}

static bool takes_most(const struct auditctl_rule *rule)
{
	size_t size;

	for (const char *at = rule->fields, *w; (w = list_next(&at, " ", &size));) {
		struct field f = field_of(w, size);

		if (!is_sweeping(&f))
			return false;
	}
	return true;
}

/* ---- paths ---- */

/* What two paths have in common that are the same file: /usr/bin and /bin on most systems, /var/run and /run. */
static const char *short_path(const struct auditctl *rules, const char *path)
{
	static const char *const twins[] = { "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib64" };

	if (starts_with(path, "/var/run/"))
		return path + strlen("/var");
	for (size_t i = 0; rules->merged && i < ARRAY_LEN(twins); i++)
		if (starts_with(path, twins[i]) && path[strlen(twins[i])] == '/')
			return path + strlen("/usr");
	return path;
}

/* `path` is `above` (which has no slash at its end), or lies below it. */
static bool lies_below(const char *path, const char *above)
{
	size_t size = strlen(above);

	return streq(above, "/") || (strncmp(path, above, size) == 0 && (path[size] == '/' || path[size] == '\0'));
}

enum cover { COVERS_NONE, COVERS_PART, COVERS_ALL };

/* How much of a path a rule is about. */
static enum cover cover_path(const struct auditctl *rules, const struct auditctl_rule *rule, const char *wanted)
{
	const char *path = wanted, *own;
	size_t size = strlen(path);
	bool below = size > 1 && path[size - 1] == '/';

	if (!rule->path)
		return COVERS_ALL;
	own = short_path(rules, rule->path);
	path = short_path(rules, wanted);
	size = strlen(path) - below;
	if (strlen(own) == size && strncmp(own, path, size) == 0)
		return !below || rule->below ? COVERS_ALL : COVERS_PART;
	if (rule->below && lies_below(path, own))
		return COVERS_ALL;
	return below && strncmp(own, path, size) == 0 && own[size] == '/' ? COVERS_PART : COVERS_NONE;
}

/* ---- what is recorded ---- */

enum { NARROW, WIDE, ABIS };

/* What was found of one wish so far. */
struct hunt {
	const struct auditctl *rules;
	const struct auditctl_wanted *wanted;
	struct auditctl_answer answer;
	unsigned got[ABIS];          /* of a path: the access that is recorded for programs of each kind */
};

/* A rule without an architecture has the numbers of the machine's own system calls. */
static bool is_of_arch(const struct hunt *h, const struct auditctl_rule *rule, const char *arch)
{
	if (rule->arch)
		return streq(rule->arch, arch);
	return streq(rule->syscalls, "all") || streq(h->wanted->native, arch);
}

static enum cover cover_call(const struct hunt *h, const struct auditctl_rule *rule)
{
	if (!is_of_arch(h, rule, h->wanted->arch) || (!streq(rule->syscalls, "all") && !list_has(rule->syscalls, " ", h->wanted->syscall)))
		return COVERS_NONE;
	return rule->path ? COVERS_PART : COVERS_ALL;
}

/* All system calls, those of both kinds of program. */
static enum cover cover_access(const struct hunt *h, const struct auditctl_rule *rule)
{
	enum cover cover = cover_path(h->rules, rule, h->wanted->path);

	if (cover == COVERS_ALL && (rule->arch || !streq(rule->syscalls, "all") || (rule->path && (rule->access & h->wanted->access) != h->wanted->access)))
		return rule->path && !(rule->access & h->wanted->access) ? COVERS_NONE : COVERS_PART;
	return cover;
}

static void meet_never(struct hunt *h, const struct auditctl_rule *rule)
{
	enum cover cover = h->wanted->path ? cover_access(h, rule) : cover_call(h, rule);

	if (cover == COVERS_NONE || takes_none(rule, h->wanted->fields))
		return;
	if (cover == COVERS_ALL && (takes_all(rule, h->wanted->fields) || takes_most(rule)))
		h->answer.hides = rule;
	else if (!h->answer.exempts)
		h->answer.exempts = rule;
}

/* Several rules may record a part of the access each: one for programs of 64 bits, one for those of 32; one for writing, one for the rest. */
static void meet_watch(struct hunt *h, const struct auditctl_rule *rule)
{
	bool all = true;

	if (cover_path(h->rules, rule, h->wanted->path) != COVERS_ALL || !streq(rule->syscalls, "all"))
		return;
	for (int abi = NARROW; abi < ABIS; abi++) {
		const char *arch = abi == WIDE ? "b64" : "b32";
		bool exists = abi == NARROW || streq(h->wanted->native, "b64");

		if (is_of_arch(h, rule, arch))
			h->got[abi] |= rule->path ? rule->access : ACCESS_ALL;
		all = all && (!exists || (h->got[abi] & h->wanted->access) == h->wanted->access);
	}
	if (all)
		h->answer.records = rule;
}

static void meet_always(struct hunt *h, const struct auditctl_rule *rule)
{
	if (!takes_all(rule, h->wanted->fields))
		return;
	if (h->wanted->path)
		meet_watch(h, rule);
	else if (cover_call(h, rule) == COVERS_ALL)
		h->answer.records = rule;
}

struct auditctl_answer auditctl_find(const struct auditctl *rules, const struct auditctl_wanted *wanted)
{
	struct hunt h = { .rules = rules, .wanted = wanted };

	for (size_t i = 0; i < rules->n && !h.answer.records && !h.answer.hides; i++) {
		const struct auditctl_rule *rule = &rules->list[i];

		if (!streq(rule->list, "exit"))
			continue;
		if (rule->always)
			meet_always(&h, rule);
		else
			meet_never(&h, rule);
	}
	return h.answer;
}

/* ---- all of it switched off ---- */

/* The records of system calls are of this type (AUDIT_SYSCALL). */
enum { TYPE_SYSCALL = 1300 };

/* "msgtype=SYSCALL", "msgtype>=1300": what an unknown name stands for may be anything but equal. */
static bool drops_calls(const struct field *f)
{
	bool is_number = f->value_size && isdigit((unsigned char)*f->value), is_call = is_part(f->value, f->value_size, "SYSCALL");
	long type = is_number ? strtol(f->value, NULL, 10) : TYPE_SYSCALL;

	if (is_part(f->op, f->op_size, "="))
		return (is_number || is_call) && type == TYPE_SYSCALL;
	if (is_part(f->op, f->op_size, "!="))
		return !((is_number || is_call) && type == TYPE_SYSCALL);
	if (!is_number && !is_call)
		return true;
	return is_part(f->op, f->op_size, ">") ? TYPE_SYSCALL > type : is_part(f->op, f->op_size, ">=") ? TYPE_SYSCALL >= type
	     : is_part(f->op, f->op_size, "<") ? TYPE_SYSCALL < type : TYPE_SYSCALL <= type;
}

/* The kernel drops what a rule on this list fits, whatever its action says (auditctl(8)). */
static bool excludes_calls(const struct auditctl_rule *rule)
{
	size_t size;

	for (const char *at = rule->fields, *w; (w = list_next(&at, " ", &size));) {
		struct field f = field_of(w, size);

		if (!is_part(f.name, f.name_size, "msgtype") || !drops_calls(&f))
			return false;
	}
	return true;
}

const struct auditctl_rule *auditctl_off_switch(const struct auditctl *rules)
{
	for (size_t i = 0; i < rules->n; i++) {
		const struct auditctl_rule *rule = &rules->list[i];

		if (streq(rule->list, "exclude") && excludes_calls(rule))
			return rule;
		if (streq(rule->list, "task") && rule->always && !*rule->fields)
			break;
		if (streq(rule->list, "task") && !rule->always && !*rule->fields)
			return rule;
	}
	return NULL;
}
