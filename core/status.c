/* SPDX-License-Identifier: Apache-2.0 */
#include "core/status.h"

#include "core/text.h"

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
