/* SPDX-License-Identifier: Apache-2.0 */
/* The security label that confines a container's processes. */
#include "checks/label.h"

#include "checks/checks.h"
#include "checks/container.h"
#include "checks/selinux_policy.h"

#include "core/base/text.h"

#include <errno.h>

/* Types that the reference policy and container-selinux confine containers and virtual machines by. */
static const char container_types[] = "container_t container_init_t container_kvm_t container_engine_t container_userns_t container_device_t "
				      "container_logreader_t container_logwriter_t svirt_t svirt_lxc_net_t svirt_tcg_t svirt_kvm_net_t "
				      "svirt_qemu_net_t";

struct label {
	bool selinux;
	const char *fields[4];       /* SELinux: user, role, type, level; AppArmor: profile, mode */
};

/* "user:role:type:level" or "profile (mode)" or "unconfined". */
static struct label parse(struct arena *arena, const char *text)
{
	struct label label = { 0 };
	char *copy = arena_strdup(arena, text), *mode, *part;
	size_t n = 0, colons = 0;

	for (const char *c = text; *c; c++)
		colons += *c == ':';
	if (colons >= 2 && !strchr(text, ' ') && *text != '/') {
		label.selinux = true;
		while (n < 3 && (part = strsep(&copy, ":")))
			label.fields[n++] = part;
		label.fields[3] = copy ? copy : "";
		return label;
	}
	mode = strrchr(copy, '(');
	label.fields[0] = copy;
	label.fields[1] = "unconfined";
	if (mode && mode > copy && mode[-1] == ' ' && copy[strlen(copy) - 1] == ')') {
		mode[-1] = '\0';
		mode[strlen(mode) - 1] = '\0';
		label.fields[1] = mode + 1;
	}
	return label;
}

static bool is_confined(const struct label *label)
{
	if (label->selinux)
		return label->fields[2] && list_has(container_types, " ", label->fields[2]);
	return list_has("enforce kill", " ", label->fields[1]) && !streq(label->fields[0], "unconfined");
}

bool label_confines(struct arena *arena, const char *text)
{
	struct label label = parse(arena, text);

	return is_confined(&label);
}

/* SELinux only confines where it is enforcing. Adds an item where that is not known. */
static bool selinux_enforces(const struct subject *subject, struct items *items, bool *known)
{
	const struct file *file = source_read(subject->source, "sys/fs/selinux/enforce", 64);

	*known = file->state == STATE_PRESENT && (*file->data == '0' || *file->data == '1');
	if (!*known)
		items_add_state(items, "confined", file->path, file->state == STATE_PRESENT ? STATE_MALFORMED : STATE_BROKEN, "%s",
				file->why ? file->why : "neither 0 nor 1");
	return *known && *file->data == '1';
}

static void add_missing(const struct process *p, const char *show, const char *origin, struct items *items)
{
	if (p->label_code == EINVAL || p->label_code == EOPNOTSUPP)
		items_add_state(items, show, origin, STATE_INAPPLICABLE, "no security module labels processes: neither AppArmor nor SELinux is active");
	else
		items_add_state(items, show, origin, p->label_state == STATE_ABSENT ? STATE_UNAVAILABLE : p->label_state,
				"the label of process %d could not be read", p->pid);
}

/*
 * A domain may be permissive on its own. Who may not read the loaded policy cannot tell: that is every user on some machines, and no reason not to
 * know what the label says; the evidence says that it was not looked at.
 */
static void add_selinux(const struct subject *subject, const char *text, const struct label *label, const char *origin, struct items *items)
{
	const char *why;
	bool known, enforces = selinux_enforces(subject, items, &known);
	int permissive = known && enforces && is_confined(label) ? selinux_is_permissive(subject->source, label->fields[2], &why) : 0;

	if (!known)
		return;
	if (permissive > 0)
		items_add_text(items, "confined", origin, arena_printf(items->arena, "unconfined: %s, a permissive domain", text));
	else if (!enforces || !is_confined(label))
		items_add_text(items, "confined", origin, arena_printf(items->arena, "unconfined: %s", text));
	else if (permissive == 0)
		items_add_text(items, "confined", origin, "confined");
	else
		items_add_text(items, "confined",
			       arena_printf(items->arena, "%s; whether %s is permissive is not known: the loaded policy: %s", origin,
					    label->fields[2], why), "confined");
}

static void add_confined(const struct subject *subject, const char *text, const struct label *label, const char *origin, struct items *items)
{
	if (label->selinux)
		add_selinux(subject, text, label, origin, items);
	else
		items_add_text(items, "confined", origin, is_confined(label) ? "confined" : arena_printf(items->arena, "unconfined: %s", text));
}

static void add_field(const struct label *label, const char *show, const char *origin, struct items *items)
{
	static const struct {
		const char *show;
		bool selinux;
		int field;
	} rows[] = {
		{ "profile", false, 0 }, { "mode", false, 1 }, { "user", true, 0 }, { "role", true, 1 }, { "type", true, 2 },
		{ "categories", true, 3 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (!streq(rows[i].show, show))
			continue;
		if (rows[i].selinux != label->selinux)
			items_add_state(items, show, origin, STATE_INAPPLICABLE, "%s is not active",
					rows[i].selinux ? "SELinux" : "AppArmor");
		else
			items_add_text(items, show, origin, label->fields[rows[i].field] ? label->fields[rows[i].field] : "");
	}
}

/* Another container whose processes have the same categories: SELinux does not keep the two apart. */
static void add_peers(const struct subject *subject, const struct label *own, const char *origin, struct items *items)
{
	for (size_t i = 0; i < subject->all->n; i++) {
		const struct container *other = subject->all->list[i];
		bool same_pod = other->pod && subject->container->pod && streq(other->pod, subject->container->pod);
		struct label label;

		if (other->kind == SANDBOX)
			continue;   /* a program of the host, with a label of the host's */
		if (other == subject->container || same_pod || other->init->label_state != STATE_PRESENT)
			continue;
		label = parse(items->arena, other->init->label);
		if (label.selinux && streq(label.fields[3], own->fields[3]))
			items_add_text(items, "peer", origin, arena_printf(items->arena, "%s, as %s", own->fields[3],
									   container_label(items->arena, other)));
	}
	if (!items->n)
		items_add_none(items, "peer", origin, "no other container has the same categories");
}

static void observe_label(const struct subject *subject, const char *text, const char *show, const char *origin, struct items *items)
{
	struct label label = parse(items->arena, text);

	if (streq(show, "confined"))
		add_confined(subject, text, &label, origin, items);
	else if (!streq(show, "peer"))
		add_field(&label, show, origin, items);
	else if (label.selinux)
		add_peers(subject, &label, origin, items);
	else
		items_add_state(items, show, origin, STATE_INAPPLICABLE, "SELinux is not active");
}

static void observe_one(const struct subject *subject, const struct process *p, const char *show, struct items *items)
{
	const char *origin = process_file(items->arena, p, 0, "attr/current");

	if (p->label_state == STATE_PRESENT)
		observe_label(subject, p->label, show, origin, items);
	else
		add_missing(p, show, origin, items);
}

/* Those of its threads that have another label. */
static void observe_threads(const struct subject *subject, const struct process *p, const char *show, struct items *items)
{
	for (size_t i = 0; i < p->n_odd; i++)
		if (p->odd[i].label)
			observe_label(subject, p->odd[i].label, show, process_file(items->arena, p, p->odd[i].number, "attr/current"), items);
	if (p->threads_why && p->label_state == STATE_PRESENT)
		items_add_state(items, show, process_file(items->arena, p, 0, "task"), STATE_BROKEN, "of process %d: %s", p->pid, p->threads_why);
}

/* Whether the process's label was already looked at on another one. */
static bool seen_before(const struct container *c, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		const struct process *a = c->members[k], *b = c->members[i];

		if (a->label_state == b->label_state && a->label_code == b->label_code &&
		    (a->label_state != STATE_PRESENT || streq(a->label, b->label)))
			return true;
	}
	return false;
}

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct container *c = subject->container;
	const char *show = params_get(params, "show");

	if (streq(show, "peer")) {
		observe_one(subject, c->init, show, items);
		return;
	}
	for (size_t i = 0; i < c->n_members; i++) {
		if (!seen_before(c, i))
			observe_one(subject, c->members[i], show, items);
		observe_threads(subject, c->members[i], show, items);
	}
}

const struct check check_label = {
	.name = "label",
	.summary = "the AppArmor or SELinux label of a container's processes",
	.reference = "From /proc/PID/attr/current, of every process and thread whose label differs. confined gives \"confined\" where AppArmor "
		     "enforces a profile (mode enforce or kill), or SELinux is enforcing, the type is one that confines containers and the "
		     "loaded policy (/sys/fs/selinux/policy) does not make it a permissive one, else \"unconfined: LABEL\". Where the policy "
		     "cannot be read, or is of a newer form than version 35, a permissive type is not told from others; the evidence says so. "
		     "profile and mode are AppArmor's, user, role, type and categories SELinux's; peer names containers outside the pod with the "
		     "same categories. Not applicable where the kernel says that no module labels processes. See apparmor(7) and selinux(8).",
	.subjects = SUBJECT_CONTAINER,
	.params = { { "show", PARAM_WORD, REQUIRED, "what is shown", "confined profile mode user role type categories peer" }, { 0 } },
	.observe = observe,
};
