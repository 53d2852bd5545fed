/* SPDX-License-Identifier: Apache-2.0 */
/* Which devices a container's control group lets it open. */
#include "checks/cgroup.h"
#include "checks/checks.h"
#include "checks/container.h"
#include "checks/device.h"

#include "core/base/text.h"

#include <errno.h>

enum { RULES_SHOWN = 8 };

static struct device_policy not_known(enum state state, const char *origin, const char *why)
{
	return (struct device_policy){ .state = state, .origin = origin, .why = why };
}

/* ---- version 1 ---- */

/* The kernel writes the one line "a *:* rwm" where everything is allowed but for exceptions, and does not show the exceptions. */
static struct device_policy read_list(const struct subject *subject, struct arena *arena, const struct cgroup_place *place)
{
	const struct file *file = cgroup_file(subject, arena, place, "devices.list");
	struct device_policy policy = { .state = file->state, .why = file->why, .origin = file->path };

	if (file->state == STATE_ABSENT)
		return not_known(STATE_UNAVAILABLE, file->path, "the control group does not show it");
	if (file->state != STATE_PRESENT)
		return policy;
	if (streq(place->path, "/"))
		policy.open = true;
	for (const char *line = file->data; *line && !policy.open; line += strcspn(line, "\n"), line += *line == '\n') {
		struct device_rule rule;

		if (!device_rule_parse(&rule, line))
			return not_known(STATE_MALFORMED, file->path, "a line of it is no rule over devices");
		policy.open = rule.type == 'a' && rule.major == DEVICE_ANY && rule.minor == DEVICE_ANY && (rule.access & DEVICE_READ);
		arena_push(arena, policy.rules, policy.n) = rule;
	}
	return policy;
}

/* ---- version 2 ---- */

/* What the runtime was asked for, in its order: a rule that denies everything takes back those before it, other denials are passed over. */
static bool take_bundle(const struct oci_config *config, struct arena *arena, struct device_policy *policy)
{
	for (size_t i = 0; i < config->devices.n; i++) {
		const char *text = config->devices.list[i];
		bool allow = starts_with(text, "allow ");
		struct device_rule rule;
		bool all;

		if (!device_rule_parse(&rule, text + strlen(allow ? "allow " : "deny ")))
			return false;
		all = rule.type == 'a' && rule.major == DEVICE_ANY && rule.minor == DEVICE_ANY;
		if (all) {
			policy->n = 0;
			policy->open = allow && (rule.access & (DEVICE_READ | DEVICE_WRITE));
		}
		if (allow)
			arena_push(arena, policy->rules, policy->n) = rule;
	}
	return true;
}

/* A program is in force, and says less than what can be followed: it is taken to do what root wrote into the bundle. */
static struct device_policy by_bundle(const struct subject *subject, struct arena *arena, const char *origin, const char *why)
{
	const struct container *c = subject->container;
	struct device_policy policy = { .state = STATE_PRESENT };

	if (!c->config || c->claimed || !take_bundle(c->config, arena, &policy))
		return not_known(STATE_BROKEN, origin, why);
	policy.origin = arena_printf(arena, "/%s", c->bundle);
	return policy;
}

/* A privileged container of crun has a program, too: one that lets everything pass. */
static bool opens_all(const struct device_policy *policy, char type)
{
	for (size_t i = 0; i < policy->n; i++) {
		const struct device_rule *rule = &policy->rules[i];

		if (rule->type == type && rule->major == DEVICE_ANY && rule->minor == DEVICE_ANY && (rule->access & DEVICE_READ))
			return true;
	}
	return false;
}

static struct device_policy read_programs(const struct subject *subject, struct arena *arena, const struct cgroup_place *place)
{
	const char *path = arena_printf(arena, "/%s%s", place->top, place->path);
	struct device_policy policy = { .state = STATE_PRESENT };
	int rc;

	policy.origin = arena_printf(arena, "bpf(2), device programs of %s", path);
	if (!source_is_live(subject->source))
		return not_known(STATE_UNAVAILABLE, policy.origin, "only the running kernel tells");
	rc = device_programs_read(&policy.programs, subject->source, arena, path);
	if (rc == -EOPNOTSUPP)
		return by_bundle(subject, arena, policy.origin, "there are programs, and the kernel does not show what they do");
	if (rc < 0)
		return not_known(rc == -EPERM || rc == -EACCES ? STATE_DENIED : STATE_BROKEN, policy.origin, strerror(-rc));
	if (policy.programs.n && !device_programs_rules(&policy.programs, arena, &policy.rules, &policy.n))
		return by_bundle(subject, arena, policy.origin, "there are programs, and what they do cannot be followed");
	policy.open = !policy.programs.n || (opens_all(&policy, 'b') && opens_all(&policy, 'c'));
	return policy;
}

/* ---- together ---- */

/* The group of one of its processes; "" as the controller is version 2. */
static struct cgroup_place place_of(const struct subject *subject, struct arena *arena, const char *controller, const struct process *p)
{
	struct cgroup_place place = cgroup_find(subject, arena, controller);
	const char *path;
	int version;

	if (place.state != STATE_PRESENT || p == subject->container->init)
		return place;
	path = cgroup_path_of(arena, p->cgroup_text, controller, &version);
	place.path = path && version == place.version ? path : place.path;
	return place;
}

static struct device_policy policy_of(const struct subject *subject, struct arena *arena, const struct process *p)
{
	struct cgroup_place place = place_of(subject, arena, "devices", p);
	struct cgroup_place unified;
	struct device_policy list, programs;

	if (place.state != STATE_PRESENT)
		return not_known(place.state, arena_printf(arena, "/proc/%d/cgroup", p->pid), place.why);
	if (place.version == 2)
		return read_programs(subject, arena, &place);
	list = read_list(subject, arena, &place);
	if (list.state != STATE_PRESENT || !list.open || !source_is_live(subject->source))
		return list;
	/* where both versions are mounted, a device has to pass both */
	unified = place_of(subject, arena, "", p);
	if (unified.state != STATE_PRESENT || unified.version != 2)
		return list;
	programs = read_programs(subject, arena, &unified);
	return programs.state == STATE_PRESENT && !programs.programs.n && !programs.n ? list : programs;
}

static bool has_grave(const struct device_policy *policy)
{
	for (size_t i = 0; i < policy->n; i++)
		if (device_rule_is_grave(&policy->rules[i], NULL))
			return true;
	return policy->open;
}

/* The one that lets more be opened, as far as it matters; where one is not known it may be that one. */
static const struct device_policy *wider(const struct device_policy *a, const struct device_policy *b)
{
	if (a->state == STATE_PRESENT && a->open)
		return a;
	if (b->state == STATE_PRESENT && b->open)
		return b;
	if (a->state != STATE_PRESENT || b->state != STATE_PRESENT)
		return a->state != STATE_PRESENT ? a : b;
	return has_grave(b) && !has_grave(a) ? b : a;
}

/* Of the container's processes, those in other groups may open more than the first one: each is looked at once. */
static void *read_policy(const struct subject *subject)
{
	const struct container *c = subject->container;
	struct device_policy *policy = arena_new_of(subject->arena, struct device_policy);
	const char *seen = c->init->cgroup_text;

	*policy = policy_of(subject, subject->arena, c->init);
	for (size_t i = 0; i < c->n_members && seen; i++) {
		const struct process *p = c->members[i];
		struct device_policy other;

		if (!p->cgroup_text || streq(p->cgroup_text, seen) || streq(p->cgroup_text, c->init->cgroup_text) ||
		    !process_runs(subject->all->processes, p))
			continue;
		seen = p->cgroup_text;
		other = policy_of(subject, subject->arena, p);
		*policy = *wider(policy, &other);
	}
	return policy;
}

const struct device_policy *device_policy_of(const struct subject *subject)
{
	static const struct container_table table = { read_policy };

	return subject_own_table(subject, &table);
}

/* ---- questions ---- */

int device_policy_allows(const struct device_policy *policy, const struct device *device, unsigned any_of)
{
	static const unsigned accesses[] = { DEVICE_READ, DEVICE_WRITE, DEVICE_READ | DEVICE_WRITE, DEVICE_MAKE };
	int answer = 0;

	if (policy->state != STATE_PRESENT)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(accesses); i++) {
		bool allowed = policy->open && !policy->programs.n;
		int by_program;

		if (accesses[i] & ~any_of)
			continue;
		for (size_t k = 0; k < policy->n && !allowed && !policy->programs.n; k++)
			allowed = device_rule_fits(&policy->rules[k], device, accesses[i]);
		by_program = policy->programs.n ? device_programs_allow(&policy->programs, device, accesses[i]) : allowed;
		if (by_program == 1)
			return 1;
		answer = by_program < 0 ? -1 : answer;
	}
	return answer;
}

enum { OPEN = DEVICE_READ | DEVICE_WRITE };

static bool may_use(const struct device_policy *policy, const struct device *device, bool make)
{
	return device_policy_allows(policy, device, OPEN) == 1 && (!make || device_policy_allows(policy, device, DEVICE_MAKE) == 1);
}

/* By the rules alone, where it is not known which disks the host has: one for all block devices is for its disks, too. */
static int any_disk(const struct device_policy *policy, struct arena *arena, const char **name)
{
	int answer = policy->open;

	*name = "every device";
	for (size_t i = 0; i < policy->n && answer != 1; i++) {
		const struct device_rule *rule = &policy->rules[i];

		if (rule->type == 'c' || !(rule->access & OPEN))
			continue;
		*name = arena_printf(arena, "devices by the rule \"%s\"", device_rule_text(arena, rule));
		answer = rule->major == DEVICE_ANY && rule->minor == DEVICE_ANY ? 1 : -1;
	}
	return answer;
}

/* /proc/partitions has a line "major minor blocks name" for each disk of some size. */
int device_policy_disk(const struct device_policy *policy, const struct subject *subject, struct arena *arena, bool make, const char **name)
{
	const struct file *disks = source_read(subject->source, "proc/partitions", SOURCE_LIMIT);

	if (policy->state != STATE_PRESENT) {
		*name = "a disk";
		return -1;
	}
	if (disks->state != STATE_PRESENT)
		return any_disk(policy, arena, name);
	for (const char *line = disks->data; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		struct device device = { .type = 'b' };
		char word[64];

		if (sscanf(line, "%u %u %*u %63s", &device.major, &device.minor, word) != 3 || !may_use(policy, &device, make))
			continue;
		*name = policy->open ? "every device" : arena_printf(arena, "the disk %s, %u:%u", text_safe(arena, word, strlen(word), 64),
								     device.major, device.minor);
		return 1;
	}
	*name = "a disk";
	return 0;
}

/* ---- the check ---- */

static void add_grave(const struct device_policy *policy, const struct subject *subject, struct items *items)
{
	const struct file *majors = source_read(subject->source, "proc/devices", SOURCE_LIMIT);
	size_t shown = 0;

	for (size_t i = 0; i < policy->n && shown < RULES_SHOWN; i++)
		if (device_rule_is_grave(&policy->rules[i], majors->state == STATE_PRESENT ? majors->data : NULL)) {
			items_add_text(items, "devices", policy->origin, device_rule_text(items->arena, &policy->rules[i]));
			shown++;
		}
	if (!shown)
		items_add_text(items, "devices", policy->origin, "restricted");
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct device_policy *policy = device_policy_of(subject);

	(void)params;
	note_unseen_members(subject, items, "devices");
	if (policy->state != STATE_PRESENT)
		items_add_state(items, "devices", policy->origin, policy->state, "%s", policy->why);
	else if (policy->open)
		items_add_text(items, "devices", policy->origin, "open");
	else
		add_grave(policy, subject, items);
}

const struct check check_device_policy = {
	.name = "device-policy",
	.summary = "which devices a container's control group lets it open",
	.reference = "\"open\": every device; else each rule that opens what holds the host, \"b 254:0 rwm\", \"b *:* rw\" (disks, as block devices or past their "
		     "driver; memory and ports; all character devices), and \"restricted\" where there is none. Version 1: devices.list. Version 2, which has no "
		     "such file: the programs in force for the cgroup and those above it are read back from the kernel (bpf(2), BPF_PROG_QUERY and "
		     "BPF_OBJ_GET_INFO_BY_FD; CAP_SYS_ADMIN), and what they let through is found by following them for every number they name and for one "
		     "they do not. A program of another kind than runc, crun, systemd and lxc attach is not followed: then what the bundle's "
		     "linux.resources.devices asked for is shown, unless an ordinary user wrote it; else it is unknown. Where both versions are mounted a device "
		     "has to pass both. Of processes in several "
		     "groups the one counts that may open more.",
	.subjects = SUBJECT_CONTAINER,
	.params = { { 0 } },
	.observe = observe,
};
