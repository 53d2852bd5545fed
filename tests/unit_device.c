/* SPDX-License-Identifier: Apache-2.0 */
/* Rules and programs over devices: what they are understood to let through, and that what is not understood is said to be so. */
#include "tests/unit.h"

#include "checks/device.h"
#include "core/base/text.h"

#include <linux/bpf.h>
#include <sys/syscall.h>

/* ---- programs as a kernel gave them back, in hexadecimal digits ---- */

/* What crun 1.8.1 lets every container open; what follows differs. */
#define CRUN_USUAL \
	"611200000000000054020000ffff0000611300000000000074030000100000006114040000000000611508000000000055020400020000005504030005000000" \
	"5505020002000000b700000001000000950000000000000055020300020000005504020088000000b70000000100000095000000000000005502040002000000" \
	"55040300050000005505020001000000b7000000010000009500000000000000550204000200000055040300010000005505020009000000b700000001000000" \
	"9500000000000000550204000200000055040300010000005505020005000000b700000001000000950000000000000055020400020000005504030005000000" \
	"5505020000000000b7000000010000009500000000000000550204000200000055040300010000005505020007000000b7000000010000009500000000000000" \
	"550204000200000055040300010000005505020008000000b7000000010000009500000000000000550204000200000055040300010000005505020003000000" \
	"b70000000100000095000000000000005502050001000000bc3100000000000054010000010000005d31020000000000b7000000010000009500000000000000" \
	"5502050002000000bc3100000000000054010000010000005d31020000000000b7000000010000009500000000000000"

static const char crun_privileged[] = CRUN_USUAL
	"b7000000010000009500000000000000";
static const char crun_default[] = CRUN_USUAL
	"b7000000000000009500000000000000";
static const char crun_disk[] = CRUN_USUAL
	"550204000100000055040300030100005505020000000000b7000000010000009500000000000000b7000000000000009500000000000000";
static const char crun_all_disks[] = CRUN_USUAL
	"5502020001000000b7000000010000009500000000000000b7000000000000009500000000000000";

/* systemd 252, for a service with DeviceAllow= of some groups of devices. */
static const char systemd_logind[] =
	"611200000000000054020000ffff0000611300000000000074030000100000006114040000000000611508000000000055020300020000005504020001000000"
	"550501000300000005004b0000000000550203000200000055040200010000005505010005000000050047000000000055020300020000005504020001000000"
	"5505010007000000050043000000000055020300020000005504020001000000550501000800000005003f000000000055020300020000005504020001000000"
	"550501000900000005003b0000000000550203000200000055040200050000005505010000000000050037000000000055020300020000005504020005000000"
	"5505010002000000050033000000000055020300020000005504020000000000550501000000000005002f000000000055020300010000005504020000000000"
	"550501000000000005002b0000000000bc3100000000000054010000060000005d31030000000000550202000200000055040100880000000500250000000000"
	"bc3100000000000054010000020000005d31030000000000550202000200000055040100fc00000005001f0000000000bc310000000000005401000006000000"
	"5d31030000000000550202000200000055040100070000000500190000000000bc3100000000000054010000060000005d310300000000005502020002000000"
	"55040100040000000500130000000000bc3100000000000054010000060000005d310300000000005502020002000000550401000d00000005000d0000000000"
	"bc3100000000000054010000060000005d31030000000000550202000200000055040100050000000500070000000000bc310000000000005401000002000000"
	"5d3102000000000055020100010000000500020000000000b7000000000000000500010000000000b7000000010000009500000000000000";

static struct device_program program_of(struct arena *arena, const char *digits)
{
	size_t n = strlen(digits) / 2;
	unsigned char *bytes = arena_alloc(arena, n);

	for (size_t i = 0; i < n; i++) {
		const char pair[] = { digits[2 * i], digits[2 * i + 1], '\0' };

		bytes[i] = (unsigned char)strtoul(pair, NULL, 16);
	}
	return (struct device_program){ (const struct bpf_insn *)bytes, n / sizeof(struct bpf_insn) };
}

/* All that they let through, as one text; "not followed". */
static const char *summary(struct arena *arena, const struct device_programs *programs)
{
	struct buffer text = { .arena = arena };
	struct device_rule *rules;
	size_t n;

	if (!device_programs_rules(programs, arena, &rules, &n))
		return "not followed";
	for (size_t i = 0; i < n; i++)
		buffer_printf(&text, "%s%s", i ? ", " : "", device_rule_text(arena, &rules[i]));
	return text.text ? text.text : "";
}

static const char *summary_of(struct arena *arena, struct device_program program)
{
	struct device_programs programs = { &program, 1 };

	return summary(arena, &programs);
}

#define USUAL "c 136:* rwm, c 5:2 rwm, c 5:1 rwm, c 5:0 rwm, c 1:9 rwm, c 1:5 rwm, c 1:7 rwm, c 1:8 rwm, c 1:3 rwm"

static void test_captured(void **state)
{
	struct arena *arena = *state;

	assert_string_equal(summary_of(arena, program_of(arena, crun_default)), USUAL ", b *:* m, c *:* m");
	assert_string_equal(summary_of(arena, program_of(arena, crun_disk)), "b 259:0 rw, " USUAL ", b *:* m, c *:* m");
	assert_string_equal(summary_of(arena, program_of(arena, crun_all_disks)), "b *:* rwm, " USUAL ", c *:* m");
	assert_string_equal(summary_of(arena, program_of(arena, crun_privileged)), "b *:* rwm, c *:* rwm");
	assert_string_equal(summary_of(arena, program_of(arena, systemd_logind)),
			    "b *:* r, b 0:0 rwm, c 5:* rw, c 136:* rw, c 252:* r, c 7:* rw, c 4:* rw, c 13:* rw, c 1:3 rwm, c 1:5 rwm, c 1:7 rwm, "
			    "c 1:8 rwm, c 1:9 rwm, c 5:0 rwm, c 5:2 rwm, c 0:0 rwm");
}

static int allows(struct device_program program, const char *rule)
{
	struct device_programs programs = { &program, 1 };
	struct device_rule r;

	assert_true(device_rule_parse(&r, rule));
	return device_programs_allow(&programs, &(struct device){ r.type, (uint32_t)r.major, (uint32_t)r.minor }, r.access);
}

static void test_single_devices(void **state)
{
	struct arena *arena = *state;
	struct device_program disk = program_of(arena, crun_disk);

	assert_int_equal(allows(disk, "b 259:0 r"), 1);
	assert_int_equal(allows(disk, "b 259:0 rw"), 1);
	assert_int_equal(allows(disk, "b 259:1 r"), 0);
	assert_int_equal(allows(disk, "b 8:0 m"), 1);
	assert_int_equal(allows(disk, "c 259:0 r"), 0);
	assert_int_equal(allows(disk, "c 136:7 rw"), 1);
	assert_int_equal(allows(disk, "c 1:1 r"), 0);
}

/* ---- programs written here ---- */

#define LOAD(to, field)      { BPF_LDX | BPF_MEM | BPF_W, (to), 1, offsetof(struct bpf_cgroup_dev_ctx, field), 0 }
#define MOVE(to, n)          { BPF_ALU64 | BPF_MOV | BPF_K, (to), 0, 0, (n) }
#define COPY(to, from)       { BPF_ALU | BPF_MOV | BPF_X, (to), (from), 0, 0 }
#define AND(to, n)           { BPF_ALU | BPF_AND | BPF_K, (to), 0, 0, (n) }
#define SHIFT(to, n)         { BPF_ALU | BPF_RSH | BPF_K, (to), 0, 0, (n) }
#define UNLESS(reg, n, skip) { BPF_JMP | BPF_JNE | BPF_K, (reg), 0, (skip), (n) }
#define IF(op, reg, n, skip) { BPF_JMP | (op) | BPF_K, (reg), 0, (skip), (n) }
#define EXIT                 { BPF_JMP | BPF_EXIT, 0, 0, 0, 0 }
#define RETURN(n)            MOVE(0, n), EXIT
#define START                LOAD(2, access_type), AND(2, 0xffff), LOAD(3, access_type), SHIFT(3, 16), LOAD(4, major), LOAD(5, minor)

#define PROGRAM(...) \
	((struct device_program){ (const struct bpf_insn[]){ __VA_ARGS__ }, sizeof((const struct bpf_insn[]){ __VA_ARGS__ }) / sizeof(struct bpf_insn) })

/* runc lets all pass and takes away: a rule that denies stands before one that allows. */
static void test_denials(void **state)
{
	struct device_program program = PROGRAM(START, UNLESS(2, BPF_DEVCG_DEV_BLOCK, 4), UNLESS(4, 8, 3), UNLESS(5, 1, 2), RETURN(0), RETURN(1));

	assert_string_equal(summary_of(*state, program), "b *:* rwm, c *:* rwm");
	assert_int_equal(allows(program, "b 8:1 r"), 0);
	assert_int_equal(allows(program, "b 8:2 r"), 1);
}

/* A minor number whatever the major; a major that is only asked for where a minor fits. */
static void test_order_of_questions(void **state)
{
	struct device_program minor = PROGRAM(START, UNLESS(5, 7, 2), RETURN(1), RETURN(0));
	struct device_program both = PROGRAM(START, UNLESS(2, BPF_DEVCG_DEV_BLOCK, 4), UNLESS(5, 7, 3), UNLESS(4, 9, 2), RETURN(1), RETURN(0));

	assert_string_equal(summary_of(*state, minor), "b *:7 rwm, c *:7 rwm");
	assert_string_equal(summary_of(*state, both), "b 9:7 rwm");
}

/* Whoever may only read. */
static void test_access(void **state)
{
	struct device_program program = PROGRAM(START, COPY(1, 3), AND(1, DEVICE_READ), { BPF_JMP | BPF_JNE | BPF_X, 1, 3, 3, 0 },
						UNLESS(4, 8, 2), RETURN(1), RETURN(0));

	assert_string_equal(summary_of(*state, program), "b 8:* r, c 8:* r");
}

/* A device has to pass all of them. */
static void test_several(void **state)
{
	struct device_program list[] = {
		PROGRAM(START, UNLESS(2, BPF_DEVCG_DEV_BLOCK, 2), RETURN(1), RETURN(0)),
		PROGRAM(START, UNLESS(4, 8, 2), RETURN(1), RETURN(0)),
	};
	struct device_programs programs = { list, ARRAY_LEN(list) };

	assert_string_equal(summary(*state, &programs), "b 8:* rwm");
}

/* What goes beyond comparing with constants is not followed, so that nothing is taken to be closed that is open. */
static void test_not_followed(void **state)
{
	const struct device_program programs[] = {
		PROGRAM(START, IF(BPF_JGT, 4, 8, 2), RETURN(1), RETURN(0)),                  /* a range of numbers */
		PROGRAM(START, AND(4, 0xff), UNLESS(4, 8, 2), RETURN(1), RETURN(0)),         /* a part of a number */
		PROGRAM(START, IF(BPF_JSET, 5, 1, 2), RETURN(1), RETURN(0)),                 /* a bit of one */
		PROGRAM({ BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_lookup_elem }, EXIT),    /* a look-up in a table */
		PROGRAM({ BPF_LDX | BPF_MEM | BPF_W, 0, 1, 12, 0 }, EXIT),                   /* behind the end of what is known */
		PROGRAM(LOAD(0, major), EXIT),                                               /* a number as the answer */
		PROGRAM(EXIT),                                                               /* none */
		PROGRAM({ BPF_JMP | BPF_JA, 0, 0, -1, 0 }),                                  /* without an end */
		PROGRAM(MOVE(0, 1)),
		PROGRAM({ BPF_JMP | BPF_JA, 0, 0, 100, 0 }, EXIT),
		PROGRAM({ BPF_ALU64 | BPF_MOV | BPF_X, 0, 15, 0, 0 }, EXIT),
	};

	for (size_t i = 0; i < ARRAY_LEN(programs); i++)
		assert_string_equal(summary_of(*state, programs[i]), "not followed");
}

/* ---- rules ---- */

static void test_parse(void **state)
{
	static const char *const good[] = { "a *:* rwm", "b 8:* rw", "c 1:3 m", "c 136:* rwm" };
	static const char *const bad[] = { "", "b", "b 8", "b 8:", "b 8:0", "b 8:0 x", "d 8:0 r", "b -1:0 r", "b  8:0 r" };
	struct device_rule rule;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(device_rule_parse(&rule, good[i]));
		assert_string_equal(device_rule_text(*state, &rule), good[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(device_rule_parse(&rule, bad[i]));
}

static void test_grave(void **state)
{
	static const char majors[] = "Character devices:\n  1 mem\n 21 sg\n248 bsg\n253 other\n\nBlock devices:\n253 bsg\n";
	static const struct {
		const char *rule;
		bool grave, usual;
	} cases[] = {
		{ "b 8:0 r", true, false },      { "b 8:0 m", false, true },      { "a *:* rwm", true, false }, { "c *:* m", false, true },
		{ "c *:* r", true, false },      { "c 1:1 r", true, false },      { "c 1:* r", true, false },   { "c 1:3 rwm", false, true },
		{ "c 1:11 rw", false, false },   { "c 21:0 rw", true, false },    { "c 248:0 r", true, false }, { "c 253:0 r", false, false },
		{ "c 10:229 rwm", false, true }, { "c 10:130 rw", false, false }, { "c 5:* rw", false, false }, { "c 136:* rw", false, true },
		{ "b 0:0 rwm", false, true },    { "c 0:0 rwm", false, true },
	};
	struct device_rule rule;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_true(device_rule_parse(&rule, cases[i].rule));
		assert_int_equal(device_rule_is_grave(&rule, majors), cases[i].grave);
		assert_int_equal(device_rule_is_usual(&rule), cases[i].usual);
	}
}

/* ---- programs that are read from this kernel ---- */

static int bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

/* Attaches the program to the cgroup; false where this kernel or this user cannot. */
static bool attach(const char *path, const struct device_program *program)
{
	union bpf_attr load = { .prog_type = BPF_PROG_TYPE_CGROUP_DEVICE, .insns = (uintptr_t)program->code, .insn_cnt = (uint32_t)program->n };
	union bpf_attr attach = { .attach_type = BPF_CGROUP_DEVICE, .attach_flags = BPF_F_ALLOW_MULTI };
	auto_close int group = open(path, O_RDONLY | O_DIRECTORY), code = -1;

	load.license = (uintptr_t)"GPL";
	code = bpf(BPF_PROG_LOAD, &load);
	attach.target_fd = (uint32_t)group;
	attach.attach_bpf_fd = (uint32_t)code;
	return group >= 0 && code >= 0 && bpf(BPF_PROG_ATTACH, &attach) == 0;
}

/* A group of version 2 that is there for the test; NULL where none can be made. */
static const char *make_group(struct arena *arena)
{
	static const char *const tops[] = { "/sys/fs/cgroup/unified", "/sys/fs/cgroup" };

	for (size_t i = 0; i < ARRAY_LEN(tops); i++) {
		const char *path = arena_printf(arena, "%s/plimsoll-unit-%d", tops[i], (int)getpid());

		if (access(arena_printf(arena, "%s/cgroup.controllers", tops[i]), F_OK) == 0 && mkdir(path, 0755) == 0)
			return path;
	}
	return NULL;
}

/* What a group above hands down is in force, too. */
static void test_live(void **state)
{
	struct device_program disk = PROGRAM(START, UNLESS(2, BPF_DEVCG_DEV_BLOCK, 3), UNLESS(4, 8, 2), RETURN(1), RETURN(0));
	struct device_program reading = PROGRAM(START, UNLESS(3, DEVICE_READ, 2), RETURN(1), RETURN(0));
	const char *group = make_group(*state), *below;
	auto_source struct source *source = NULL;
	struct device_programs programs;
	bool attached = false;
	int rc[3] = { -1, -1, -1 };
	const char *seen[3] = { "", "", "" };
	struct err err;

	assert_int_equal(source_open(&source, "/", &err), 0);
	if (!group)
		skip();
	below = arena_printf(*state, "%s/below", group);
	rc[0] = device_programs_read(&programs, source, *state, group);
	attached = programs.n == 0 && rc[0] == 0 && attach(group, &disk) && mkdir(below, 0755) == 0 && attach(below, &reading);
	if (attached) {
		rc[1] = device_programs_read(&programs, source, *state, arena_printf(*state, "%s/.", group));
		seen[1] = summary(*state, &programs);
		rc[2] = device_programs_read(&programs, source, *state, below);
		seen[2] = summary(*state, &programs);
	}
	rmdir(below);
	rmdir(group);
	if (!attached)
		skip();
	assert_int_equal(rc[1], 0);
	assert_string_equal(seen[1], "b 8:* rwm");
	assert_int_equal(rc[2], 0);
	assert_string_equal(seen[2], "b 8:* r");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_captured),
		test_with_arena(test_single_devices),
		test_with_arena(test_denials),
		test_with_arena(test_order_of_questions),
		test_with_arena(test_access),
		test_with_arena(test_several),
		test_with_arena(test_not_followed),
		test_with_arena(test_parse),
		test_with_arena(test_grave),
		test_with_arena(test_live),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
