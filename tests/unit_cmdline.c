/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's grammar of its command line, and the three places a parameter can come from. */
#include "tests/unit.h"

#include "core/base/text.h"
#include "core/process/cmdline.h"

/* "name=value;" of every parameter; a parameter without "=" is the name alone. */
static char *shown(struct arena *arena, const struct cmdline *cmdline)
{
	struct buffer out = { .arena = arena };

	buffer_puts(&out, "");
	for (size_t i = 0; i < cmdline->n; i++) {
		const struct cmdline_param *p = &cmdline->params[i];

		buffer_printf(&out, p->value ? "%s=%s;" : "%s;", p->name, p->value);
	}
	return out.text;
}

static struct cmdline *parse(struct arena *arena, const char *line)
{
	struct cmdline *cmdline = arena_new_of(arena, struct cmdline);

	cmdline_parse(cmdline, arena, arena_strdup(arena, line), strlen(line), "here");
	return cmdline;
}

static void test_grammar(void **state)
{
	static const struct {
		const char *line, *params;
	} cases[] = {
		{ "", "" }, { " \t\n ", "" }, { "quiet", "quiet;" }, { "quiet\n", "quiet;" }, { "a b\tc\nd", "a;b;c;d;" },
		{ "root=/dev/sda1 ro", "root=/dev/sda1;ro;" }, { "a=", "a=;" }, { "a==", "a==;" }, { "a=b=c", "a=b=c;" },
		{ "=b", "" },                                                   /* no name */
		{ "init-on-alloc=1", "init_on_alloc=1;" }, { "a-b=c-d", "a_b=c-d;" },
		{ "module.sig-enforce", "module.sig_enforce;" },
		/* double quotes protect white space, around the value or around all of it */
		{ "a=\"b c\" d", "a=b c;d;" }, { "\"a=b c\" d", "a=b c;d;" }, { "a=\"\" d", "a=;d;" },
		{ "a=\"b", "a=b;" }, { "\"a=b", "a=b;" },
		{ "dyndbg=\"file a +p; file b +p\"", "dyndbg=file a +p; file b +p;" }, { "a=b\"c d\"e f", "a=b\"c d\"e;f;" },
		{ "\"a b\" c", "a b;c;" }, { "a=\"b=c d\"", "a=b=c d;" }, { "\"a=b\"=c d", "a=b\"=c;d;" },
		{ "a='b c'", "a='b;c';" },
		{ "a=\\\"b", "a=\\\"b;" },
		/* the rest is for init */
		{ "a -- nosmt b=c", "a;" }, { "-- a", "" }, { "a --", "a;" }, { "a --b c", "a;__b;c;" },
		{ "a --=b c", "a;__=b;c;" }, { "a - b", "a;_;b;" },
		{ "a \"--\" b", "a;" },
		/* case matters, and nothing is expanded */
		{ "NoSMT nosmt=$(x)", "NoSMT;nosmt=$(x);" }, { "a#b # c", "a#b;#;c;" }, { "\xff=\xfe", "\xff=\xfe;" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *is = shown(*state, parse(*state, cases[i].line));

		if (!streq(is, cases[i].params))
			fail_msg("<%s> was read as <%s>, not <%s>", cases[i].line, is, cases[i].params);
	}
}

static void test_get(void **state)
{
	const struct cmdline *c = parse(*state, "mitigations=off spectre-v2=on nosmt mitigations=auto,nosmt nosmt=force slub_nomerge a a=1 a");

	assert_string_equal(cmdline_get(c, "mitigations")->value, "auto,nosmt");
	assert_string_equal(cmdline_get(c, "mitigations")->origin, "here");
	assert_string_equal(cmdline_get(c, "spectre_v2")->value, "on");
	assert_string_equal(cmdline_get(c, "nosmt")->value, "force");
	assert_null(cmdline_get(c, "a")->value);
	assert_null(cmdline_get(c, "mitigation"));
	assert_null(cmdline_get(c, "mitigations2"));
	assert_null(cmdline_get(c, ""));
	assert_null(cmdline_get(c, "MITIGATIONS"));
	assert_null(cmdline_get(parse(*state, ""), "a"));
}

static void test_other_spellings(void **state)
{
	static const char *const names[][2] = { { "slub_nomerge", "slab_nomerge" }, { "slub_debug", "slab_debug" },
	{ "slub_merge", "slab_merge" } };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		for (int given = 0; given < 2; given++)
			for (int asked = 0; asked < 2; asked++) {
				const struct cmdline *c = parse(*state, arena_printf(*state, "%s=1 x", names[i][given]));

				assert_non_null(cmdline_get(c, names[i][asked]));
				assert_string_equal(cmdline_get(c, names[i][asked])->value, "1");
			}
	/* the last of both spellings */
	assert_string_equal(cmdline_get(parse(*state, "slub_debug=FZ slab_debug=-"), "slub_debug")->value, "-");
	assert_string_equal(cmdline_get(parse(*state, "slab_debug=- slub_debug=FZ"), "slab_debug")->value, "FZ");
	assert_null(cmdline_get(parse(*state, "slub_nomerge"), "slab_merge"));
}

/* Nothing behind the size is looked at, at any length. */
static void test_bounds(void **state)
{
	static const char line[] = "a=\"b c\" \"d=e\" f --";

	for (size_t size = 0; size < sizeof(line); size++) {
		struct cmdline cmdline = { 0 };
		auto_free char *exact = malloc(size ? size : 1);

		memcpy(exact, line, size);
		cmdline_parse(&cmdline, *state, exact, size, "here");
		assert_in_range(cmdline.n, 0, 4);
	}
}

/* ---- from files ---- */

struct given {
	const char *kconfig, *bootconfig, *cmdline;
};

/* What a root with these files says; NULL: no such file. */
static struct cmdline *read_given(struct folder *folder, struct source **source, const struct given *given)
{
	struct kconfig *kconfig = arena_new_of(folder->arena, struct kconfig);
	struct err err;

	folder_puts(folder, "proc/version", "x");
	if (given->kconfig) {
		kconfig->origin = "/proc/config.gz";
		kconfig_parse(kconfig, folder->arena, arena_strdup(folder->arena, given->kconfig), strlen(given->kconfig),
			false);
		assert_int_equal(kconfig->state, STATE_PRESENT);
	} else {
		kconfig->state = STATE_ABSENT;
	}
	if (given->bootconfig)
		folder_puts(folder, "proc/bootconfig", given->bootconfig);
	if (given->cmdline)
		folder_puts(folder, "proc/cmdline", given->cmdline);
	assert_int_equal(source_open(source, folder->path, &err), 0);
	return cmdline_read(*source, kconfig);
}

static void assert_given(struct folder *folder, const struct given *given, const char *params)
{
	auto_source struct source *source = NULL;
	struct cmdline *cmdline;
	char *is;

	folder_puts(folder, "proc/bootconfig", "");
	cmdline = read_given(folder, &source, given);
	is = shown(folder->arena, cmdline);
	assert_int_equal(cmdline->state, STATE_PRESENT);
	if (!streq(is, params))
		fail_msg("<%s> was read as <%s>, not <%s>", given->kconfig ? given->kconfig : given->bootconfig, is, params);
}

static void test_built_in(void **state)
{
	static const struct {
		const char *kconfig, *params;
	} cases[] = {
		{ "CONFIG_X86_64=y\n", "boot;" },
		{ "CONFIG_CMDLINE_BOOL=y\nCONFIG_CMDLINE=\"nosmt a=1\"\n", "nosmt;a=1;boot;" },
		{ "CONFIG_CMDLINE_BOOL=y\nCONFIG_CMDLINE=\"\"\n", "boot;" },
		/* Kconfig writes a backslash before a quote */
		{ "CONFIG_CMDLINE_BOOL=y\nCONFIG_CMDLINE=\"dyndbg=\\\"file a +p; nosmt\\\" b\"\n",
			"dyndbg=file a +p; nosmt;b;boot;" },
		{ "# CONFIG_CMDLINE_BOOL is not set\nCONFIG_CMDLINE=\"nosmt\"\n", "boot;" },
		{ "CONFIG_CMDLINE_BOOL=y\nCONFIG_CMDLINE=\"nosmt\"\n# CONFIG_CMDLINE_OVERRIDE is not set\n", "nosmt;boot;" },
		{ "CONFIG_CMDLINE_BOOL=y\nCONFIG_CMDLINE=\"nosmt\"\nCONFIG_CMDLINE_OVERRIDE=y\n", "nosmt;" },   /* x86 */
		{ "CONFIG_CMDLINE=\"nosmt\"\nCONFIG_CMDLINE_FORCE=y\n", "nosmt;" },                            /* arm64, riscv */
		{ "CONFIG_CMDLINE=\"nosmt\"\nCONFIG_CMDLINE_EXTEND=y\n", "nosmt;boot;" },
		/* the boot loader's is there: this is only what stands in when it gives none */
		{ "CONFIG_CMDLINE=\"nosmt\"\nCONFIG_CMDLINE_FROM_BOOTLOADER=y\n", "boot;" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_given(*state, &(struct given){ cases[i].kconfig, NULL, "boot\n" }, cases[i].params);
}

/* The last wins: what the boot loader gives stands behind what is built in. */
static void test_order_of_places(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	struct cmdline *c = read_given(folder, &source, &(struct given){ "CONFIG_CMDLINE_BOOL=y\n"
		"CONFIG_CMDLINE=\"a=built b=built c=built\"\n",
									 "kernel.b = \"config\"\nkernel.c = \"config\"\n", "c=boot\n" });

	assert_string_equal(cmdline_get(c, "a")->value, "built");
	assert_holds(cmdline_get(c, "a")->origin, "CONFIG_CMDLINE");
	assert_string_equal(cmdline_get(c, "b")->value, "config");
	assert_string_equal(cmdline_get(c, "b")->origin, "/proc/bootconfig");
	assert_string_equal(cmdline_get(c, "c")->value, "boot");
	assert_string_equal(cmdline_get(c, "c")->origin, "/proc/cmdline");
}

static void test_forced_without_boot_line(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	struct cmdline *c = read_given(folder, &source, &(struct given){ "CONFIG_CMDLINE=\"nosmt\"\n"
		"CONFIG_CMDLINE_FORCE=y\n", NULL, NULL });

	assert_int_equal(c->state, STATE_PRESENT);
	assert_non_null(cmdline_get(c, "nosmt"));
	assert_string_equal(c->origin, "/proc/config.gz");
}

static void test_bootconfig(void **state)
{
	static const struct {
		const char *bootconfig, *params;
	} cases[] = {
		{ "", "boot;" }, { "\n", "boot;" },
		{ "kernel.nosmt = \"\"\n", "nosmt;boot;" },
		{ "kernel.mitigations = \"auto,nosmt\"\n", "mitigations=auto,nosmt;boot;" },
		{ "kernel.console = \"ttyS0\", \"tty0\"\n", "console=ttyS0;console=tty0;boot;" },
		{ "kernel.module.sig-enforce = \"1\"\n", "module.sig_enforce=1;boot;" },
		{ "init.nosmt = \"\"\nftrace.tracer = \"function\"\n", "boot;" },
		{ "kernel.a = \"b c\"\n", "a=b c;boot;" },
		{ "kernel.a = 'b'\n", NULL },   /* /proc/bootconfig quotes with these only a value that holds the others */
		{ "garbage\nkernel.\nkernel.a\nkernel.b = \"1\"\n", "b=1;boot;" },
		{ "kernel.a = \"cut", "boot;" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct folder *folder = *state;
		auto_source struct source *source = NULL;
		struct cmdline *c = read_given(folder, &source, &(struct given){ "CONFIG_A=y\n", cases[i].bootconfig,
			"boot\n" });
		char *is = shown(folder->arena, c);

		assert_int_equal(c->state, STATE_PRESENT);
		if (cases[i].params && !streq(is, cases[i].params))
			fail_msg("<%s> was read as <%s>, not <%s>", cases[i].bootconfig, is, cases[i].params);
	}
}

static void assert_state(struct folder *folder, const void *data, size_t size, enum state expected)
{
	auto_source struct source *source = NULL;
	struct kconfig none = { .state = STATE_ABSENT };
	struct err err;
	struct cmdline *c;

	folder_puts(folder, "proc/version", "x");
	if (data)
		folder_write(folder, "proc/cmdline", data, size);
	assert_int_equal(source_open(&source, folder->path, &err), 0);
	c = cmdline_read(source, &none);
	if (c->state != expected)
		fail_msg("%zu bytes: %s, not %s", size, state_name(c->state), state_name(expected));
	if (expected != STATE_PRESENT)
		assert_non_null(c->why);
	assert_string_equal(c->origin, "/proc/cmdline");
}

static void test_states(void **state)
{
	assert_state(*state, NULL, 0, STATE_ABSENT);
	assert_state(*state, "", 0, STATE_MALFORMED);
	assert_state(*state, "\n", 1, STATE_PRESENT);   /* a kernel that was given nothing says so with a line break */
	assert_state(*state, "nosmt\n", 6, STATE_PRESENT);
	assert_state(*state, "nosmt\0x\n", 8, STATE_MALFORMED);
	assert_state(*state, "\0", 1, STATE_MALFORMED);
}

/* A bootconfig that is there and cannot be read may hold anything: no parameter can be called absent. */
static void test_unreadable_bootconfig(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	struct cmdline *c;

	folder_puts(folder, "proc/bootconfig/a", "a directory stands there");
	c = read_given(folder, &source, &(struct given){ "CONFIG_A=y\n", NULL, "nosmt\n" });
	assert_int_equal(c->state, STATE_BROKEN);
	assert_string_equal(c->origin, "/proc/bootconfig");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_grammar),
		test_with_arena(test_get),
		test_with_arena(test_other_spellings),
		test_with_arena(test_bounds),
		test_with_folder(test_built_in),
		test_with_folder(test_order_of_places),
		test_with_folder(test_forced_without_boot_line),
		test_with_folder(test_bootconfig),
		test_with_folder(test_states),
		test_with_folder(test_unreadable_bootconfig),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
