/* SPDX-License-Identifier: Apache-2.0 */
/* The only file that knows libaudit. */
#include "core/auditctl.h"

#include "core/text.h"

#include <errno.h>
#include <inttypes.h>

static struct auditctl *not_read(struct arena *arena, enum state state, const char *why)
{
	struct auditctl *rules = arena_new_of(arena, struct auditctl);

	*rules = (struct auditctl){ .origin = "the kernel's audit rules", .state = state, .why = why };
	return rules;
}

#ifdef HAVE_LIBAUDIT

#include <libaudit.h>
#include <poll.h>

enum { RULES_MOST = 65536, PATIENCE = 2000 };   /* replies; milliseconds for each */

/* ---- one rule ---- */

static const char *list_name(uint32_t flags)
{
	switch (flags & 0x0F) {
	case AUDIT_FILTER_USER:
		return "user";
	case AUDIT_FILTER_TASK:
		return "task";
	case AUDIT_FILTER_EXIT:
		return "exit";
	case AUDIT_FILTER_EXCLUDE:
		return "exclude";
	default:
		return "filesystem";
	}
}

/* "b64" or "b32". */
static const char *arch_name(uint32_t value)
{
	return value & 0x80000000U ? "b64" : "b32";   /* __AUDIT_ARCH_64BIT */
}

static const char *syscalls_of(struct arena *arena, const struct audit_rule_data *data, int machine)
{
	struct buffer names = { .arena = arena };
	bool all = true;

	for (int i = 0; i < AUDIT_BITMASK_SIZE - 1; i++)
		all = all && data->mask[i] == UINT32_MAX;
	if (all)
		return "all";
	for (int number = 0; number < AUDIT_BITMASK_SIZE * 32; number++) {
		const char *name = data->mask[number / 32] >> (number % 32) & 1 ? audit_syscall_to_name(number, machine) : NULL;

		if (name)
			buffer_word(&names, name, strlen(name));
	}
	return names.text;
}

static bool has_text(uint32_t field)
{
	return field == AUDIT_WATCH || field == AUDIT_DIR || field == AUDIT_FILTERKEY || field == AUDIT_EXE ||
	       (field >= AUDIT_SUBJ_USER && field <= AUDIT_SUBJ_CLR) || (field >= AUDIT_OBJ_USER && field <= AUDIT_OBJ_LEV_HIGH);
}

static const char *value_of(struct arena *arena, uint32_t field, uint32_t value)
{
	const char *name = field == AUDIT_EXIT && (int32_t)value < 0 ? audit_errno_to_name(-(int32_t)value) : NULL;

	if (name)
		return arena_printf(arena, "-%s", name);
	return field == AUDIT_EXIT ? arena_printf(arena, "%" PRId32, (int32_t)value) : arena_printf(arena, "%" PRIu32, value);
}

static void take_field(struct auditctl_rule *rule, struct buffer *fields, const struct audit_rule_data *data, uint32_t i, const char *text)
{
	uint32_t field = data->fields[i], value = data->values[i];
	const char *name = audit_field_to_name((int)field), *operator = audit_operator_to_symbol((int)data->fieldflags[i]);

	if (field == AUDIT_WATCH || field == AUDIT_DIR) {
		rule->path = text;
		rule->below = field == AUDIT_DIR;
	} else if (field == AUDIT_PERM) {
		rule->access = value & ACCESS_ALL;
	} else if (field == AUDIT_ARCH) {
		rule->arch = arch_name(value);
	} else if (field == AUDIT_FIELD_COMPARE) {
		buffer_printf(fields, "%s%s", fields->size ? " " : "",
			      value == AUDIT_COMPARE_UID_TO_EUID ? "euid!=uid" : arena_printf(fields->arena, "comparison:%" PRIu32, value));
	} else if (field != AUDIT_FILTERKEY) {
		buffer_printf(fields, "%s%s%s%s", fields->size ? " " : "", name ? name : "unknown-condition", operator ? operator : "=",
			      text ? text : value_of(fields->arena, field, value));
	}
}

static int machine_of(const struct audit_rule_data *data)
{
	for (uint32_t i = 0; i < data->field_count && i < AUDIT_MAX_FIELDS; i++)
		if (data->fields[i] == AUDIT_ARCH)
			return audit_elf_to_machine(data->values[i]);
	return audit_detect_machine();
}

static void take_rule(struct auditctl *rules, struct arena *arena, const struct audit_rule_data *data, size_t size)
{
	struct auditctl_rule rule = { .origin = rules->origin, .list = list_name(data->flags), .always = data->action == AUDIT_ALWAYS };
	struct buffer fields = { .arena = arena };
	size_t at = 0, room = size - sizeof(*data);

	for (uint32_t i = 0; i < data->field_count && i < AUDIT_MAX_FIELDS; i++) {
		const char *text = NULL;

		if (has_text(data->fields[i])) {
			if (data->values[i] > room - at)
				return;
			text = text_safe(arena, data->buf + at, data->values[i], TEXT_MAX);
			at += data->values[i];
		}
		take_field(&rule, &fields, data, i, text);
	}
	rule.syscalls = rule.path ? NULL : syscalls_of(arena, data, machine_of(data));
	rule.fields = fields.text;
	auditctl_add(rules, arena, &rule);
}

/* ---- asking ---- */

/* The next answer: its type, or -errno. */
static int next_reply(int fd, struct audit_reply *reply)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	int rc;

	do
		rc = poll(&wait, 1, PATIENCE);
	while (rc < 0 && errno == EINTR);
	if (rc == 0)
		return -ETIMEDOUT;
	rc = audit_get_reply(fd, reply, GET_REPLY_NONBLOCKING, 0);
	if (rc <= 0)
		return rc < 0 ? rc : -EAGAIN;
	return reply->type == NLMSG_ERROR && reply->error->error ? reply->error->error : reply->type;
}

/* Returns 0, or -errno. */
static int read_rules(int fd, struct auditctl *rules, struct arena *arena)
{
	struct audit_reply reply;
	int type;

	if (audit_request_rules_list_data(fd) <= 0)
		return -EPERM;
	for (size_t i = 0; i < RULES_MOST; i++) {
		type = next_reply(fd, &reply);
		if (type < 0)
			return type;
		if (type == NLMSG_DONE)
			return 0;
		if (type == AUDIT_LIST_RULES && (size_t)reply.len >= NLMSG_LENGTH(sizeof(*reply.ruledata)))
			take_rule(rules, arena, reply.ruledata, (size_t)reply.len - NLMSG_HDRLEN);
	}
	return -EFBIG;
}

static int read_settings(int fd, struct auditctl_settings *settings, struct arena *arena)
{
	struct audit_reply reply;
	int type;

	if (audit_request_status(fd) <= 0)
		return -EPERM;
	do
		type = next_reply(fd, &reply);
	while (type >= 0 && type != AUDIT_GET);
	if (type < 0)
		return type;
	settings->enabled = arena_printf(arena, "%" PRIu32, reply.status->enabled);
	settings->failure = arena_printf(arena, "%" PRIu32, reply.status->failure);
	settings->backlog = arena_printf(arena, "%" PRIu32, reply.status->backlog_limit);
	return 0;
}

struct auditctl *auditctl_read_kernel(struct source *source, struct arena *arena)
{
	struct auditctl *rules = not_read(arena, STATE_PRESENT, NULL);
	int fd, rc;

	if (!source_is_live(source))
		return not_read(arena, STATE_UNAVAILABLE, "only the running kernel can be asked for its audit rules");
	fd = audit_open();
	if (fd < 0)
		return errno == EPROTONOSUPPORT || errno == EAFNOSUPPORT || errno == EINVAL
			? not_read(arena, STATE_ABSENT, "the kernel is built without auditing")
			: not_read(arena, STATE_BROKEN, arena_printf(arena, "netlink(7): %s", strerror(errno)));
	rc = read_settings(fd, &rules->settings, arena);
	if (rc == 0)
		rc = read_rules(fd, rules, arena);
	audit_close(fd);
	if (rc == 0)
		return rules;
	return not_read(arena, rc == -EPERM || rc == -ECONNREFUSED ? STATE_DENIED : STATE_BROKEN,
			arena_printf(arena, "the kernel's audit rules cannot be read: %s", strerror(-rc)));
}

#else

struct auditctl *auditctl_read_kernel(struct source *source, struct arena *arena)
{
	(void)source;
	return not_read(arena, STATE_UNAVAILABLE, "built without libaudit");
}

#endif
