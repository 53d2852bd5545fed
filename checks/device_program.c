/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The programs of a control group of version 2 that decide over devices. runc, crun, systemd and lxc all write the same kind: they load type,
 * access, major and minor number and compare them with constants. That much is followed here, and nothing else: what a program does beyond it
 * leaves the answer open. Because the numbers are only ever compared for equality, all numbers that no comparison names are treated
 * alike, and what a program lets through can be told completely.
 */
#include "checks/device.h"

#include "core/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/syscall.h>

/* ---- following a program ---- */

enum { REGISTERS = 11, STEPS_MOST = 20000, CLASSES_MOST = 2048 };

/* No device has it: it stands for every number that is not named. */
#define UNNAMED UINT32_MAX

enum kind { PLAIN, CONTEXT, MAJOR, MINOR, UNSET };

struct cell {
	uint64_t value;
	enum kind kind;
};

/* The numbers that a run compared the device's with. */
struct named {
	struct arena *arena;
	uint32_t *majors, *minors;
	size_t n_majors, n_minors;
};

struct machine {
	struct cell r[REGISTERS];
	struct bpf_cgroup_dev_ctx context;
	struct named *named;     /* or NULL */
};

static void note(struct named *named, enum kind kind, uint32_t number)
{
	if (named && kind == MAJOR)
		arena_push(named->arena, named->majors, named->n_majors) = number;
	else if (named)
		arena_push(named->arena, named->minors, named->n_minors) = number;
}

static bool load(struct machine *m, const struct bpf_insn *i)
{
	static const uint8_t sizes[] = { [BPF_W >> 3] = 4, [BPF_H >> 3] = 2, [BPF_B >> 3] = 1, [BPF_DW >> 3] = 8 };
	size_t size = sizes[BPF_SIZE(i->code) >> 3];
	struct cell *to = &m->r[i->dst_reg];

	if (BPF_MODE(i->code) != BPF_MEM || m->r[i->src_reg].kind != CONTEXT || i->off < 0)
		return false;
	if (i->off == offsetof(struct bpf_cgroup_dev_ctx, major) && size == 4) {
		*to = (struct cell){ m->context.major, MAJOR };
	} else if (i->off == offsetof(struct bpf_cgroup_dev_ctx, minor) && size == 4) {
		*to = (struct cell){ m->context.minor, MINOR };
	} else if ((size_t)i->off + size <= sizeof(m->context.access_type)) {
		uint32_t whole = m->context.access_type;
		uint16_t half;

		memcpy(&half, (const char *)&m->context.access_type + (i->off & 2), sizeof(half));
		*to = (struct cell){ size == 4 ? whole : size == 2 ? half : ((const uint8_t *)&m->context.access_type)[i->off], PLAIN };
	} else {
		return false;
	}
	return true;
}

static bool compute(uint64_t *a, uint64_t b, uint8_t op, unsigned bits)
{
	switch (op) {
	case BPF_ADD: *a += b; break;
	case BPF_SUB: *a -= b; break;
	case BPF_OR:  *a |= b; break;
	case BPF_AND: *a &= b; break;
	case BPF_XOR: *a ^= b; break;
	case BPF_LSH: *a <<= b & (bits - 1); break;
	case BPF_RSH: *a >>= b & (bits - 1); break;
	default:      return false;
	}
	return true;
}

static bool calculate(struct machine *m, const struct bpf_insn *i)
{
	bool wide = BPF_CLASS(i->code) == BPF_ALU64;
	struct cell b = BPF_SRC(i->code) == BPF_X ? m->r[i->src_reg] : (struct cell){ (uint64_t)(int64_t)i->imm, PLAIN };
	struct cell *a = &m->r[i->dst_reg];

	if (i->off || b.kind == UNSET)
		return false;
	if (BPF_OP(i->code) == BPF_MOV) {
		if (!wide && b.kind == CONTEXT)
			return false;
		*a = b;
	} else if (a->kind != PLAIN || b.kind != PLAIN) {
		return false;
	} else if (!wide) {
		a->value = (uint32_t)a->value;
		b.value = (uint32_t)b.value;
	}
	if (BPF_OP(i->code) != BPF_MOV && !compute(&a->value, b.value, BPF_OP(i->code), wide ? 64 : 32))
		return false;
	if (!wide)
		a->value = (uint32_t)a->value;
	return true;
}

/* Taken: 1, not: 0, not understood: -1. */
static int branch(struct machine *m, const struct bpf_insn *i)
{
	struct cell a = m->r[i->dst_reg];
	struct cell b = BPF_SRC(i->code) == BPF_X ? m->r[i->src_reg] : (struct cell){ (uint64_t)(int64_t)i->imm, PLAIN };
	uint8_t op = BPF_OP(i->code);

	if (a.kind == PLAIN && (b.kind == MAJOR || b.kind == MINOR)) {
		struct cell swapped = a;

		a = b;
		b = swapped;
	}
	if (b.kind != PLAIN || a.kind == UNSET || a.kind == CONTEXT)
		return -1;
	if (BPF_CLASS(i->code) == BPF_JMP32) {
		a.value = (uint32_t)a.value;
		b.value = (uint32_t)b.value;
	}
	if (a.kind != PLAIN && b.value == UNNAMED)
		return -1;
	if (a.kind != PLAIN && b.value < UNNAMED)
		note(m->named, a.kind, (uint32_t)b.value);
	if (op == BPF_JEQ)
		return a.value == b.value;
	if (op == BPF_JNE)
		return a.value != b.value;
	if (op == BPF_JSET && a.kind == PLAIN)
		return (a.value & b.value) != 0;
	return -1;
}

enum progress { ON, ENDED, LOST };

/* One instruction; *at is that of the next. */
static enum progress step(struct machine *m, const struct bpf_insn *i, int64_t *at)
{
	bool understood = false;
	int taken;

	++*at;
	switch (BPF_CLASS(i->code)) {
	case BPF_LDX:
		understood = load(m, i);
		break;
	case BPF_ALU:
	case BPF_ALU64:
		understood = calculate(m, i);
		break;
	case BPF_JMP:
	case BPF_JMP32:
		if (i->code == (BPF_JMP | BPF_EXIT))
			return ENDED;
		taken = i->code == (BPF_JMP | BPF_JA) ? 1 : branch(m, i);
		*at += taken > 0 ? i->off : 0;
		understood = taken >= 0;
		break;
	}
	return understood ? ON : LOST;
}

static int run(const struct device_program *p, const struct device *device, unsigned access, struct named *named)
{
	struct machine m = { .named = named };
	enum progress progress = ON;
	int64_t at = 0;

	m.context.access_type = access << 16 | (device->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
	m.context.major = device->major;
	m.context.minor = device->minor;
	for (size_t i = 0; i < REGISTERS; i++)
		m.r[i].kind = UNSET;
	m.r[1].kind = CONTEXT;
	for (size_t steps = 0; progress == ON; steps++) {
		const struct bpf_insn *i;

		if (at < 0 || (size_t)at >= p->n || steps >= STEPS_MOST)
			return -1;
		i = &p->code[at];
		progress = i->dst_reg < REGISTERS && i->src_reg < REGISTERS ? step(&m, i, &at) : LOST;
	}
	return progress == ENDED && m.r[0].kind == PLAIN ? (uint32_t)m.r[0].value != 0 : -1;
}

static int run_all(const struct device_programs *programs, const struct device *device, unsigned access, struct named *named)
{
	for (size_t i = 0; i < programs->n; i++) {
		int allowed = run(&programs->list[i], device, access, named);

		if (allowed != 1)
			return allowed;
	}
	return 1;
}

int device_programs_allow(const struct device_programs *programs, const struct device *device, unsigned access)
{
	return run_all(programs, device, access, NULL);
}

/* ---- all that they let through ---- */

struct survey {
	const struct device_programs *programs;
	struct arena *arena, *scratch;
	struct device_rule *rules;
	size_t n;
};

static int64_t number_of(uint32_t number)
{
	return number == UNNAMED ? (int64_t)DEVICE_ANY : (int64_t)number;
}

static struct device_rule *rule_of(struct survey *s, const struct device *device)
{
	int64_t major = number_of(device->major), minor = number_of(device->minor);

	for (size_t i = 0; i < s->n; i++)
		if (s->rules[i].type == device->type && s->rules[i].major == major && s->rules[i].minor == minor)
			return &s->rules[i];
	arena_push(s->arena, s->rules, s->n) = (struct device_rule){ device->type, major, minor, 0 };
	return &s->rules[s->n - 1];
}

struct classes {
	struct device *list;
	size_t n;
};

static void add_class(struct survey *s, struct classes *classes, char type, uint32_t major, uint32_t minor)
{
	for (size_t i = 0; i < classes->n; i++)
		if (classes->list[i].major == major && classes->list[i].minor == minor)
			return;
	arena_push(s->scratch, classes->list, classes->n) = (struct device){ type, major, minor };
}

/* From the device that nothing names on to each number that a run compared with. */
static bool survey(struct survey *s, char type, unsigned access)
{
	struct classes classes = { 0 };

	add_class(s, &classes, type, UNNAMED, UNNAMED);
	for (size_t i = 0; i < classes.n; i++) {
		struct named named = { .arena = s->scratch };
		struct device device = classes.list[i];
		int allowed = run_all(s->programs, &device, access, &named);

		if (allowed < 0 || classes.n > CLASSES_MOST)
			return false;
		if (allowed)
			rule_of(s, &device)->access |= access;
		for (size_t k = 0; k < named.n_majors; k++)
			add_class(s, &classes, type, named.majors[k], device.minor);
		for (size_t k = 0; k < named.n_minors; k++)
			add_class(s, &classes, type, device.major, named.minors[k]);
	}
	return true;
}

/* Said already by a rule for more devices. */
static bool is_covered(const struct survey *s, const struct device_rule *rule)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct device_rule *other = &s->rules[i];

		if (other != rule && other->type == rule->type && (other->major == DEVICE_ANY || other->major == rule->major) &&
		    (other->minor == DEVICE_ANY || other->minor == rule->minor) && (rule->access & ~other->access) == 0)
			return true;
	}
	return false;
}

bool device_programs_rules(const struct device_programs *programs, struct arena *arena, struct device_rule **rules, size_t *n)
{
	static const unsigned accesses[] = { DEVICE_READ, DEVICE_WRITE, DEVICE_READ | DEVICE_WRITE, DEVICE_MAKE };
	auto_arena struct arena *scratch = arena_new();
	struct survey s = { .programs = programs, .arena = scratch, .scratch = scratch };

	for (size_t i = 0; i < ARRAY_LEN(accesses); i++)
		if (!survey(&s, 'b', accesses[i]) || !survey(&s, 'c', accesses[i]))
			return false;
	*rules = NULL;
	*n = 0;
	for (size_t i = 0; i < s.n; i++)
		if (!is_covered(&s, &s.rules[i]))
			arena_push(arena, *rules, *n) = s.rules[i];
	return true;
}

/* ---- reading them ---- */

enum { PROGRAMS_MOST = 64, CODE_MOST = 1 << 20 };   /* bytes of code */

static int call(enum bpf_cmd command, union bpf_attr *attr)
{
	long rc = syscall(SYS_bpf, command, attr, sizeof(*attr));

	return rc < 0 ? -errno : (int)rc;
}

/* The numbers of those in force, also those that a group above hands down. Returns how many, or -errno. */
static int query(const char *path, uint32_t *ids)
{
	auto_close int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	union bpf_attr attr = { .query = { .attach_type = BPF_CGROUP_DEVICE, .query_flags = BPF_F_QUERY_EFFECTIVE } };
	int rc;

	if (fd < 0)
		return -errno;
	attr.query.target_fd = (uint32_t)fd;
	attr.query.prog_ids = (uintptr_t)ids;
	attr.query.prog_cnt = PROGRAMS_MOST;
	rc = call(BPF_PROG_QUERY, &attr);
	return rc < 0 ? rc : (int)attr.query.prog_cnt;
}

static int get_info(int fd, struct bpf_prog_info *info)
{
	union bpf_attr attr = { .info = { .bpf_fd = (uint32_t)fd, .info_len = sizeof(*info), .info = (uintptr_t)info } };

	return call(BPF_OBJ_GET_INFO_BY_FD, &attr);
}

/* Adds the length of the code, then the code as the kernel runs it. Length 0: it is not shown. */
static void add_code(struct buffer *data, uint32_t id)
{
	union bpf_attr attr = { .prog_id = id };
	struct bpf_prog_info info = { 0 };
	auto_close int fd = call(BPF_PROG_GET_FD_BY_ID, &attr);
	auto_free void *code = NULL;
	uint32_t size = 0;

	if (fd >= 0 && get_info(fd, &info) == 0 && info.xlated_prog_len && info.xlated_prog_len <= CODE_MOST) {
		size = info.xlated_prog_len;
		code = xmalloc(size);
		info = (struct bpf_prog_info){ .xlated_prog_len = size, .xlated_prog_insns = (uintptr_t)code };
		if (get_info(fd, &info) < 0 || !info.xlated_prog_insns || info.xlated_prog_len != size)
			size = 0;
	}
	buffer_add(data, (const char *)&size, sizeof(size));
	if (size)
		buffer_add(data, code, size);
}

static const struct file *ask(struct source *source, const char *name, const char *path)
{
	auto_arena struct arena *scratch = arena_new();
	struct buffer data = { .arena = scratch };
	uint32_t ids[PROGRAMS_MOST];
	int n = query(path, ids);

	for (int i = 0; i < n; i++)
		add_code(&data, ids[i]);
	if (n < 0)
		return source_remember(source, name, n == -EPERM || n == -EACCES ? STATE_DENIED : STATE_BROKEN, strerror(-n),
				       (const char *)&n, sizeof(n));
	return source_remember(source, name, STATE_PRESENT, NULL, data.text, data.size);
}

int device_programs_read(struct device_programs *programs, struct source *source, struct arena *arena, const char *path)
{
	const char *name = arena_printf(arena, "bpf(2), device programs of %s", path);
	const struct file *file = source_recall(source, name);
	uint32_t size;
	int code;

	*programs = (struct device_programs){ 0 };
	if (!file)
		file = ask(source, name, path);
	if (file->state != STATE_PRESENT) {
		code = -ENODATA;
		if (file->size == sizeof(code))
			memcpy(&code, file->data, sizeof(code));
		return code < 0 ? code : -ENODATA;
	}
	for (size_t at = 0; at + sizeof(size) <= file->size; at += size) {
		struct bpf_insn *copy;

		memcpy(&size, file->data + at, sizeof(size));
		at += sizeof(size);
		if (!size || size > file->size - at)
			return -EOPNOTSUPP;
		copy = arena_array_of(arena, struct bpf_insn, size / sizeof(*copy));
		memcpy(copy, file->data + at, size / sizeof(*copy) * sizeof(*copy));
		arena_push(arena, programs->list, programs->n) = (struct device_program){ copy, size / sizeof(*copy) };
	}
	return 0;
}
