/* SPDX-License-Identifier: Apache-2.0 */
/* The only file that knows libaudit. */
#include "core/logging/auditctl_private.h"

#include "core/base/text.h"

#include <errno.h>
#include <inttypes.h>

static struct auditctl *not_read(struct arena *arena, enum state state, const char *why)
{
	struct auditctl *rules = arena_new_of(arena, struct auditctl);

	*rules = (struct auditctl){ .origin = "the kernel's audit rules", .state = state, .why = why };
	return rules;
}

/* /bin is a link to /usr/bin. */
static bool is_merged(struct source *source)
{
	return S_ISLNK(source_stat(source, "bin")->stat.st_mode);
}

#ifdef HAVE_LIBAUDIT

#include <libaudit.h>
#include <poll.h>

enum {
	RULES_MOST = 65536,      /* replies */
	STRAYS_MOST = 8,         /* before the one that is waited for */
	PATIENCE = 2000,         /* milliseconds for each */
};

/* ---- one rule ---- */

static const char *list_name(uint32_t flags)
{
	switch (flags & 0x0F) {          /* without AUDIT_FILTER_PREPEND */
	case AUDIT_FILTER_USER:
		return "user";
	case AUDIT_FILTER_TASK:
		return "task";
	case AUDIT_FILTER_EXIT:
		return "exit";
	case AUDIT_FILTER_EXCLUDE:
		return "exclude";
	case AUDIT_FILTER_FS:
		return "filesystem";
	default:
		return "io_uring";
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
	return names.text ? names.text : "none";
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

/* Names of the comparisons that rules of benchmarks ask for, in the order of the alphabet; the others have their number. */
static const char *comparison_of(struct arena *arena, uint32_t value, const char *operator)
{
	static const struct {
		uint32_t value;
		const char *left, *right;
	} known[] = {
		{ AUDIT_COMPARE_UID_TO_EUID, "euid", "uid" }, { AUDIT_COMPARE_GID_TO_EGID, "egid", "gid" },
		{ AUDIT_COMPARE_AUID_TO_EUID, "auid", "euid" }, { AUDIT_COMPARE_UID_TO_AUID, "auid", "uid" },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (known[i].value == value)
			return arena_printf(arena, "%s%s%s", known[i].left, operator, known[i].right);
	return arena_printf(arena, "comparison-%" PRIu32 "%s", value, operator);
}

static void take_field(struct auditctl_rule *rule, struct buffer *fields, const struct audit_rule_data *data, uint32_t i, const char *text)
{
	uint32_t field = data->fields[i], value = data->values[i];
	const char *name = audit_field_to_name((int)field), *operator = audit_operator_to_symbol((int)data->fieldflags[i]);

	operator = operator ? operator : "=";
	name = name ? name : "unknown-condition";
	if (field == AUDIT_WATCH || field == AUDIT_DIR) {
		rule->path = text;
		rule->below = field == AUDIT_DIR;
	} else if (field == AUDIT_PERM) {
		rule->access = value & ACCESS_ALL;
	} else if (field == AUDIT_ARCH && streq(operator, "=")) {
		rule->arch = arch_name(value);
	} else if (field == AUDIT_FIELD_COMPARE) {
		buffer_printf(fields, "%s%s", fields->size ? " " : "", comparison_of(fields->arena, value, operator));
	} else if (field != AUDIT_FILTERKEY) {
		buffer_printf(fields, "%s%s%s%s", fields->size ? " " : "", name, operator, text ? text : value_of(fields->arena, field, value));
	}
}

static int machine_of(const struct audit_rule_data *data)
{
	for (uint32_t i = 0; i < data->field_count && i < AUDIT_MAX_FIELDS; i++)
		if (data->fields[i] == AUDIT_ARCH)
			return audit_elf_to_machine(data->values[i]);
	return audit_detect_machine();
}

/* False: the answer is not what it says, and a rule "never" may be lost with it. */
static bool take_rule(struct auditctl *rules, struct arena *arena, const struct audit_rule_data *data, size_t size)
{
	struct auditctl_rule rule = { .origin = rules->origin, .list = list_name(data->flags), .always = data->action == AUDIT_ALWAYS };
	struct buffer fields = { .arena = arena };
	size_t at = 0, room = size - sizeof(*data);

	if (data->field_count > AUDIT_MAX_FIELDS)
		return false;
	for (uint32_t i = 0; i < data->field_count; i++) {
		const char *text = NULL;

		if (has_text(data->fields[i])) {
			if (data->values[i] > room - at)
				return false;
			text = text_safe(arena, data->buf + at, data->values[i], TEXT_MAX);
			at += data->values[i];
		}
		take_field(&rule, &fields, data, i, text);
	}
	rule.syscalls = syscalls_of(arena, data, machine_of(data));
	rule.fields = fields.text;
	auditctl_add(rules, arena, &rule);
	return true;
}

/* ---- asking ---- */

/* The next answer: its type, or -errno. Answers of anybody but the kernel are refused by libaudit. */
static int next_reply(int fd, struct audit_reply *reply)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	int rc;

	do
		rc = poll(&wait, 1, PATIENCE);
	while (rc < 0 && errno == EINTR);
	if (rc <= 0)
		return rc < 0 ? -errno : -ETIMEDOUT;
	rc = audit_get_reply(fd, reply, GET_REPLY_NONBLOCKING, 0);
	if (rc <= 0)
		return rc < 0 ? rc : -EAGAIN;
	return reply->type == NLMSG_ERROR && reply->error->error ? reply->error->error : reply->type;
}

/* The size of what an answer carries. */
static size_t payload(const struct audit_reply *reply)
{
	return reply->len > NLMSG_HDRLEN ? (size_t)reply->len - NLMSG_HDRLEN : 0;
}

/* The answer of that type; the acknowledgement of the request may come before it. Returns its size, or -errno. */
static ssize_t reply_of(int fd, int type, struct audit_reply *reply)
{
	for (int i = 0; i < STRAYS_MOST; i++) {
		int got = next_reply(fd, reply);

		if (got < 0)
			return got;
		if (got == type)
			return (ssize_t)payload(reply);
	}
	return -EBADMSG;
}

/* Returns 0, or -errno. */
static int read_rules(int fd, struct auditctl *rules, struct arena *arena)
{
	int rc = audit_request_rules_list_data(fd);
	struct audit_reply reply;

	if (rc <= 0)
		return rc < 0 ? rc : -EBADMSG;
	for (size_t i = 0; i < RULES_MOST; i++) {
		int type = next_reply(fd, &reply);

		if (type < 0)
			return type;
		if (type == NLMSG_DONE)
			return 0;
		if (type == AUDIT_LIST_RULES &&
		    (payload(&reply) < sizeof(*reply.ruledata) || !take_rule(rules, arena, reply.ruledata, payload(&reply))))
			return -EBADMSG;
	}
	return -EFBIG;
}

static int read_settings(int fd, struct auditctl_settings *settings, struct arena *arena)
{
	int rc = audit_request_status(fd);
	struct audit_reply reply;
	ssize_t size;

	if (rc <= 0)
		return rc < 0 ? rc : -EBADMSG;
	size = reply_of(fd, AUDIT_GET, &reply);
	if (size < 0)
		return (int)size;
	if ((size_t)size < offsetof(struct audit_status, lost))
		return -EBADMSG;
	settings->enabled = arena_printf(arena, "%" PRIu32, reply.status->enabled);
	settings->failure = arena_printf(arena, "%" PRIu32, reply.status->failure);
	settings->backlog = arena_printf(arena, "%" PRIu32, reply.status->backlog_limit);
	settings->daemon = reply.status->pid ? "registered" : "none";
	return 0;
}

/* Kernels before 3.13 have no features: there every login could be changed. */
static int read_features(int fd, struct auditctl_settings *settings)
{
	struct audit_reply reply;
	ssize_t size;

	settings->loginuid = "mutable";
	if (audit_request_features(fd) <= 0)
		return 0;
	size = reply_of(fd, AUDIT_GET_FEATURE, &reply);
	if (size < 0)
		return size == -EINVAL ? 0 : (int)size;
	if ((size_t)size < sizeof(*reply.features))
		return -EBADMSG;
	if (reply.features->features & AUDIT_FEATURE_TO_MASK(AUDIT_FEATURE_LOGINUID_IMMUTABLE))
		settings->loginuid = "immutable";
	return 0;
}

static int read_all(int fd, struct auditctl *rules, struct arena *arena)
{
	int rc = read_settings(fd, &rules->settings, arena);

	if (rc == 0)
		rc = read_features(fd, &rules->settings);
	return rc < 0 ? rc : read_rules(fd, rules, arena);
}

static struct auditctl *ask_kernel(struct source *source, struct arena *arena)
{
	struct auditctl *rules = not_read(arena, STATE_PRESENT, NULL);
	int fd, rc;

	rules->merged = is_merged(source);
	set_aumessage_mode(MSG_QUIET, DBG_NO);
	fd = audit_open();
	if (fd < 0)
		return errno == EPROTONOSUPPORT || errno == EAFNOSUPPORT || errno == EINVAL
			? not_read(arena, STATE_ABSENT, "the kernel is built without auditing")
			: not_read(arena, STATE_BROKEN, arena_printf(arena, "netlink(7): %s", strerror(errno)));
	rc = read_all(fd, rules, arena);
	audit_close(fd);
	if (rc == 0)
		return rules;
	return not_read(arena, rc == -EPERM || rc == -ECONNREFUSED ? STATE_DENIED : STATE_BROKEN,
			arena_printf(arena, "not readable: %s", strerror(-rc)));
}

#else

static struct auditctl *ask_kernel(struct source *source, struct arena *arena)
{
	(void)source;
	return not_read(arena, STATE_UNAVAILABLE, "built without libaudit");
}

#endif

struct auditctl *auditctl_read_kernel(struct source *source, struct arena *arena)
{
	struct auditctl *rules = not_read(arena, STATE_PRESENT, NULL);

	if (!source_is_live(source))
		return not_read(arena, STATE_UNAVAILABLE, "only the running kernel can be asked for its audit rules");
	rules->merged = is_merged(source);
	if (auditctl_recall(rules, source, arena))
		return rules;
	rules = ask_kernel(source, arena);
	if (source_keeps(source))
		auditctl_keep(rules, source);
	return rules;
}
