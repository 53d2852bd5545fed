/* SPDX-License-Identifier: Apache-2.0 */
#include "core/process/status.h"

#include "core/base/text.h"

/* By bit, as in <linux/capability.h> of Linux 5.9 and later. */
static const char *const names[] = {
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID",
	"CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW",
	"CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT",
	"CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD",
	"CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG",
	"CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
};

const char *capability_name(struct arena *arena, unsigned bit)
{
	return bit < ARRAY_LEN(names) ? names[bit] : arena_printf(arena, "CAP_%u", bit);
}

int capability_bit(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (streq(names[i], name))
			return (int)i;
	return -1;
}

char *capability_names(struct arena *arena, uint64_t mask)
{
	struct buffer out = { .arena = arena };

	buffer_puts(&out, "");
	for (unsigned bit = 0; bit < 64; bit++)
		if (mask >> bit & 1)
			buffer_word(&out, capability_name(arena, bit), strlen(capability_name(arena, bit)));
	return out.text;
}

/* ---- parsing ---- */

/*
 * Unsigned numbers up to the end of the line; returns how many there are, the first `room` of them in `list`, and in *zero whether one is 0. By
 * hand: there may be 65,536, and some C libraries' functions measure the whole rest of the text at each.
 */
static size_t numbers(const char *at, uint32_t *list, size_t room, bool *zero)
{
	size_t n = 0;

	for (;;) {
		unsigned long number = 0;

		while (*at == ' ' || *at == '\t')
			at++;
		if (*at < '0' || *at > '9')
			return n;
		for (; *at >= '0' && *at <= '9'; at++)
			number = number * 10 + (unsigned long)(*at - '0');
		if (n < room)
			list[n] = (uint32_t)number;
		*zero = *zero || number == 0;
		n++;
	}
}

static void parse_groups(struct status *status, struct arena *arena, const char *at)
{
	status->groups = arena_array_of(arena, uint32_t, STATUS_GROUPS);
	status->n_groups = numbers(at, status->groups, STATUS_GROUPS, &status->group_zero);
}

static bool parse_ids(uint32_t *ids, const char *at)
{
	bool zero = false;

	return numbers(at, ids, ID_KINDS, &zero) == ID_KINDS;
}

static void parse_pids(struct status *status, const char *at)
{
	uint32_t list[STATUS_LEVELS];
	bool zero = false;
	size_t n = numbers(at, list, STATUS_LEVELS, &zero);

	for (size_t i = 0; i < n && i < STATUS_LEVELS; i++)
		status->pids[i] = (int)list[i];
	status->n_pids = n < STATUS_LEVELS ? n : STATUS_LEVELS;
}

enum { SEEN_UID = 1, SEEN_GID = 2, SEEN_CAPS = 4 };   /* a bit more for each set of capabilities */

static unsigned parse_caps(struct status *status, const char *at)
{
	static const struct {
		const char *name;
		enum cap_set set;
	} rows[] = {
		{ "Inh:", CAP_INHERITABLE }, { "Prm:", CAP_PERMITTED }, { "Eff:", CAP_EFFECTIVE }, { "Bnd:", CAP_BOUNDING },
		{ "Amb:", CAP_AMBIENT },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *end;

		if (!starts_with(at, rows[i].name))
			continue;
		status->caps[rows[i].set] = strtoull(at + 4, &end, 16);
		return *end == '\n' && end > at + 5 ? (unsigned)SEEN_CAPS << rows[i].set : 0;
	}
	return 0;
}

/* A record counts only with its newline: a read may stop anywhere when the process ends. */
static unsigned parse_line(struct status *status, struct arena *arena, const char *line)
{
	if (starts_with(line, "Cap"))
		return parse_caps(status, line + 3);
	if (starts_with(line, "Uid:"))
		return parse_ids(status->uid, line + 4) ? SEEN_UID : 0;
	if (starts_with(line, "Gid:"))
		return parse_ids(status->gid, line + 4) ? SEEN_GID : 0;
	if (starts_with(line, "Groups:"))
		parse_groups(status, arena, line + 7);
	else if (starts_with(line, "NStgid:"))
		parse_pids(status, line + 7);
	else if (starts_with(line, "NoNewPrivs:"))
		status->no_new_privs = atoi(line + 11);
	else if (starts_with(line, "Seccomp:"))
		status->seccomp = atoi(line + 8);
	else if (starts_with(line, "Seccomp_filters:"))
		status->seccomp_filters = atoi(line + 16);
	return 0;
}

bool status_parse(struct status *status, struct arena *arena, const char *text)
{
	/* ambient capabilities are missing before Linux 4.3 */
	const unsigned wanted = SEEN_UID | SEEN_GID | SEEN_CAPS << CAP_INHERITABLE | SEEN_CAPS << CAP_PERMITTED |
				SEEN_CAPS << CAP_EFFECTIVE | SEEN_CAPS << CAP_BOUNDING;
	unsigned seen = 0;

	*status = (struct status){ .no_new_privs = -1, .seccomp = -1, .seccomp_filters = -1 };
	for (const char *line = text, *end; (end = strchr(line, '\n')); line = end + 1)
		if (strchr("CUGNS", *line))
			seen |= parse_line(status, arena, line);
	return (seen & wanted) == wanted;
}

/* ---- threads ---- */

static void add_group(struct status *status, struct arena *arena, uint32_t gid, int number)
{
	size_t listed = status->n_groups < STATUS_GROUPS ? status->n_groups : STATUS_GROUPS;

	if (!status->groups)
		status->groups = arena_array_of(arena, uint32_t, STATUS_GROUPS);
	for (size_t i = 0; i < listed; i++)
		if (status->groups[i] == gid)
			return;
	if (listed < STATUS_GROUPS)
		status->groups[listed] = gid;
	status->n_groups++;
	status->thread[PART_GROUPS] = number;
}

static bool same_groups(const struct status *a, const struct status *b)
{
	size_t n = a->n_groups < STATUS_GROUPS ? a->n_groups : STATUS_GROUPS;

	return a->n_groups == b->n_groups && (n == 0 || memcmp(a->groups, b->groups, n * sizeof(*a->groups)) == 0) &&
	       memcmp(a->gid, b->gid, sizeof(a->gid)) == 0;
}

static void fold_groups(struct status *status, struct arena *arena, const struct status *thread, int number)
{
	if (same_groups(status, thread))
		return;
	for (size_t i = 0; i < thread->n_groups && i < STATUS_GROUPS; i++)
		add_group(status, arena, thread->groups[i], number);
	for (int kind = 0; kind < ID_KINDS; kind++)
		if (thread->gid[kind] != status->gid[kind])
			add_group(status, arena, thread->gid[kind], number);
	for (int kind = 0; kind < ID_KINDS; kind++)
		status->group_zero = status->group_zero || thread->gid[kind] == 0;
	if (thread->n_groups > STATUS_GROUPS && status->n_groups < thread->n_groups)
		status->n_groups = thread->n_groups;
	status->group_zero = status->group_zero || thread->group_zero;
}

static void fold_least(int *value, int other, int *number, int thread)
{
	if (other >= *value)
		return;
	*value = other;
	*number = thread;
}

void status_fold(struct status *status, struct arena *arena, const struct status *thread, int number)
{
	for (int set = 0; set < CAP_SETS; set++) {
		if (thread->caps[set] & ~status->caps[set])
			status->thread[PART_CAPABILITIES] = number;
		status->caps[set] |= thread->caps[set];
	}
	for (int kind = 0; kind < ID_KINDS; kind++) {
		if (thread->uid[kind] != 0 || status->uid[kind] == 0)
			continue;
		status->uid[kind] = 0;
		status->thread[PART_USERS] = number;
	}
	fold_groups(status, arena, thread, number);
	fold_least(&status->seccomp, thread->seccomp, &status->thread[PART_SECCOMP], number);
	fold_least(&status->seccomp_filters, thread->seccomp_filters, &status->thread[PART_SECCOMP], number);
	fold_least(&status->no_new_privs, thread->no_new_privs, &status->thread[PART_NO_NEW_PRIVS], number);
}

uint64_t status_usable(const struct status *s)
{
	bool root = s->uid[ID_REAL] == 0 || s->uid[ID_EFFECTIVE] == 0 || s->uid[ID_SAVED] == 0;
	uint64_t held = s->caps[CAP_EFFECTIVE] | s->caps[CAP_PERMITTED];

	return root && s->no_new_privs != 1 ? held | s->caps[CAP_BOUNDING] | s->caps[CAP_INHERITABLE] : held;
}
