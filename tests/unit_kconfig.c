/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel build configurations: every kind of line, packed or not, whole or cut at any byte. */
#include "tests/unit.h"

#include "core/base/text.h"
#include "core/process/kconfig.h"

#include <zlib.h>

#define HEADER_NEW "#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 6.12.43 Kernel Configuration\n#\n"
#define HEADER_OLD "#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86_64 4.18.0-80.el8.x86_64 Kernel Configuration\n#\n"
#define END_MARK   "# end of Kernel hacking\n"

/* ---- making ---- */

static struct kconfig *parse(struct arena *arena, const char *text, size_t size)
{
	struct kconfig *k = arena_new_of(arena, struct kconfig);

	kconfig_parse(k, arena, arena_strndup(arena, text, size), size, false);
	return k;
}

static struct kconfig *parse_text(struct arena *arena, const char *text)
{
	return parse(arena, text, strlen(text));
}

/*
 * Parses a copy of the bytes in memory that ends behind their NUL, so that the sanitizers see a read past it. The caller frees
 * `held`.
 */
static struct kconfig *parse_tight(struct arena *arena, char **held, const char *text, size_t size)
{
	struct kconfig *k = arena_new_of(arena, struct kconfig);

	*held = xmalloc(size + 1);
	memcpy(*held, text, size);
	(*held)[size] = '\0';
	kconfig_parse(k, arena, *held, size, false);
	return k;
}

enum { SYMBOLS = 200 };

/* A name and a value for each symbol; all kinds of values come up. */
static char *symbol_name(struct arena *arena, int i)
{
	return arena_printf(arena, "%s_%d%s", i % 3 ? "DRIVER" : "SECURITY", i, i % 2 ? "_SUPPORT" : "");
}

static char *symbol_line(struct arena *arena, int i)
{
	char *name = symbol_name(arena, i);

	switch (i % 6) {
	case 0:
		return arena_printf(arena, "# CONFIG_%s is not set\n", name);
	case 1:
		return arena_printf(arena, "CONFIG_%s=m\n", name);
	case 2:
		return arena_printf(arena, "CONFIG_%s=\"text of \\\"%d\\\" = y # not a comment\"\n", name, i);
	case 3:
		return arena_printf(arena, "CONFIG_%s=%d\n", name, i * 1000);
	case 4:
		return arena_printf(arena, "CONFIG_%s=0x%x\n", name, i * 4096);
	default:
		return arena_printf(arena, "CONFIG_%s=y\n", name);
	}
}

static const char *const closing_old[] = { "SBITMAP", "STRING_SELFTEST" };

/* What every name of the synthetic configuration is called, the closing ones of the old style at the end. */
static char **all_names(struct arena *arena, bool old, size_t *n)
{
	char **names = arena_array_of(arena, char *, SYMBOLS + 8);

	for (*n = 0; *n < SYMBOLS; (*n)++)
		names[*n] = symbol_name(arena, (int)*n);
	for (size_t i = 0; old && i < ARRAY_LEN(closing_old); i++)
		names[(*n)++] = arena_strdup(arena, closing_old[i]);
	return names;
}

/* As a kernel from 5.3 on writes it: each menu ends with a mark, Kernel hacking last. */
static char *whole_new(struct arena *arena)
{
	struct buffer out = { .arena = arena };

	buffer_puts(&out, HEADER_NEW);
	for (int i = 0; i < SYMBOLS; i++) {
		if (i % 40 == 0)
			buffer_printf(&out, "\n#\n# %s\n#\n", i == 160 ? "Kernel hacking" : i == 120 ? "Library routines" : "A menu");
		buffer_puts(&out, symbol_line(arena, i));
		if (i % 40 == 39 && i < 160)
			buffer_printf(&out, "# end of %s\n", i == 159 ? "Library routines" : "A menu");
	}
	buffer_puts(&out, END_MARK);
	return out.text;
}

/* As 4.18 writes it: no end marks, the library last. */
static char *whole_old(struct arena *arena)
{
	struct buffer out = { .arena = arena };

	buffer_puts(&out, HEADER_OLD);
	for (int i = 0; i < SYMBOLS; i++) {
		if (i % 40 == 0)
			buffer_printf(&out, "\n#\n# %s\n#\n", i == 120 ? "Kernel hacking" : i == 160 ? "Library routines" : "A menu");
		buffer_puts(&out, symbol_line(arena, i));
	}
	buffer_puts(&out, "CONFIG_SBITMAP=y\n# CONFIG_STRING_SELFTEST is not set\n");
	return out.text;
}

/* Packed as gzip(1) does. */
static char *packed(struct arena *arena, const char *text, size_t size, size_t *packed_size)
{
	z_stream z = { .next_in = (Bytef *)text, .avail_in = (uInt)size };
	char *out = arena_alloc(arena, size + 1024);

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)size + 1024;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	*packed_size = size + 1024 - z.avail_out;
	deflateEnd(&z);
	return out;
}

/* The configuration of a root whose one file this is. */
static struct kconfig *read_at(struct folder *folder, const char *path, const void *data, size_t size,
	struct source **source)
{
	struct err err;

	folder_write(folder, path, data, size);
	assert_int_equal(source_open(source, folder->path, &err), 0);
	return kconfig_read(*source, "6.12.43");
}

static void assert_value(const struct kconfig *k, const char *name, const char *value)
{
	const char *is = kconfig_get(k, name);

	if (!value && is)
		fail_msg("%s is \"%s\", and should not be there", name, is);
	if (value && (!is || !streq(is, value)))
		fail_msg("%s is \"%s\", and should be \"%s\"", name, is ? is : "(not there)", value);
}

/* Nothing may differ from the full one; what is not there may be believed only from a whole file. */
static void assert_no_lie(const struct kconfig *cut, const struct kconfig *full, char *const *names, size_t n, size_t at)
{
	for (size_t i = 0; i < n; i++) {
		const char *there = kconfig_get(full, names[i]), *here = kconfig_get(cut, names[i]);

		assert_non_null(there);
		if (here && !streq(here, there))
			fail_msg("cut at %zu, %s is \"%s\", in the full one \"%s\"", at, names[i], here, there);
		if (!here && cut->state == STATE_PRESENT && cut->whole)
			fail_msg("cut at %zu, %s is reported as absent", at, names[i]);
	}
}

/* ---- lines ---- */

static void test_lines(void **state)
{
	struct kconfig *k = parse_text(*state, HEADER_NEW "CONFIG_A=y\nCONFIG_B=m\n# CONFIG_C is not set\nCONFIG_D=n\n"
		"CONFIG_E=\"a b\"\n"
				       "CONFIG_F=\"\"\nCONFIG_G=-5\nCONFIG_H=0x1F\n\n# a comment\n# CONFIG_I was here\n"
				"#CONFIG_J=y\nCONFIG_K_9=\n"
				       "CONFIG_L=\"\nCONFIG_M=\"a\"\"b\"\nCONFIG_4KSTACKS=y\n# CONFIG_N is not set yet\n"
				"#  CONFIG_O is not set\n"
				       "# CONFIG_ is not set\nCONFIG_lower=y\n" KCONFIG_FILLER END_MARK);

	assert_int_equal(k->state, STATE_PRESENT);
	assert_true(k->whole);
	assert_value(k, "A", "y");
	assert_value(k, "B", "m");
	assert_value(k, "C", "n");
	assert_value(k, "D", "n");
	assert_value(k, "E", "a b");
	assert_value(k, "F", "");
	assert_value(k, "G", "-5");
	assert_value(k, "H", "0x1F");
	assert_value(k, "I", NULL);
	assert_value(k, "J", NULL);
	assert_value(k, "K_9", "");
	assert_value(k, "L", "\"");
	assert_value(k, "M", "a\"\"b");
	assert_value(k, "4KSTACKS", "y");
	assert_value(k, "N", NULL);
	assert_value(k, "O", NULL);
	assert_value(k, "", NULL);
	assert_value(k, "lower", "y");
	assert_value(k, "CONFIG_A", NULL);
	assert_value(k, "a", NULL);
}

/* Of several lines about one symbol the last counts, as for make. */
static void test_last_wins(void **state)
{
	struct kconfig *k = parse_text(*state, HEADER_NEW "CONFIG_A=y\n# CONFIG_A is not set\n# CONFIG_B is not set\n"
		"CONFIG_B=y\n" END_MARK);

	assert_value(k, "A", "n");
	assert_value(k, "B", "y");
}

static void test_header(void **state)
{
	static const struct {
		const char *line, *arch, *version;
	} cases[] = {
		{ "# Linux/x86 6.12.43 Kernel Configuration", "x86", "6.12.43" },
		{ "# Linux/x86_64 6.18.0-rc3 Kernel Configuration", "x86_64", "6.18.0-rc3" },
		{ "# Linux/arm64 6.12.0-55.40.1.el10_0.aarch64 Kernel Configuration", "arm64",
			"6.12.0-55.40.1.el10_0.aarch64" },
		{ "# Linux/riscv 6.8.12 Kernel Configuration", "riscv", "6.8.12" },
		{ "# Linux/x86  Kernel Configuration", NULL, NULL },
		{ "# Linux/x86 Kernel Configuration", NULL, NULL },
		{ "# Linux/x86 6.12.43 Kernel Configuratio", NULL, NULL },
		{ "# Linux/x86 6.12.43 Kernel Configuration!", NULL, NULL },
		{ "# Busybox version: 1.36.1", NULL, NULL },
		{ "# Linux/", NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct kconfig *k = parse_text(*state, arena_printf(*state,
			"#\n# Automatically generated file; DO NOT EDIT.\n%s\n#\n"
								    "CONFIG_A=y\n" KCONFIG_FILLER END_MARK, cases[i].line));

		assert_int_equal(k->state, STATE_PRESENT);
		assert_value(k, "A", "y");
		assert_int_equal(k->whole, cases[i].version != NULL);
		if (cases[i].version) {
			assert_string_equal(k->version, cases[i].version);
			assert_string_equal(k->arch, cases[i].arch);
		} else {
			assert_null(k->version);
			assert_non_null(k->cut_why);
		}
	}
}

static void test_no_final_newline(void **state)
{
	struct kconfig *k = parse_text(*state, HEADER_NEW KCONFIG_FILLER "CONFIG_A=y\n# end of Kernel hacking");

	assert_true(k->whole);
	k = parse_text(*state, HEADER_NEW KCONFIG_FILLER "CONFIG_A=y\n" END_MARK "CONFIG_B=yes");   /* or was it yesterday? */
	assert_value(k, "A", "y");
	assert_value(k, "B", NULL);
	assert_false(k->whole);
	k = parse_text(*state, HEADER_NEW KCONFIG_FILLER "CONFIG_A=y\n" END_MARK "# CONFIG_B is not set");
	assert_value(k, "B", NULL);
	assert_false(k->whole);
}

/* What distributions write behind the mark. */
static void test_behind_the_mark(void **state)
{
	struct kconfig *k = parse_text(*state, HEADER_NEW KCONFIG_FILLER "CONFIG_A=y\n" END_MARK "\nCONFIG_IO_URING_ZCRX=y\n");

	assert_true(k->whole);
	assert_value(k, "IO_URING_ZCRX", "y");
}

static void test_not_whole(void **state)
{
	struct kconfig *k = parse_text(*state, "CONFIG_X86_64=y\n");

	assert_int_equal(k->state, STATE_PRESENT);
	assert_value(k, "X86_64", "y");
	assert_value(k, "KASAN", NULL);
	assert_false(k->whole);
	assert_holds(k->cut_why, "header");
	k = parse_text(*state, HEADER_NEW KCONFIG_FILLER "CONFIG_X86_64=y\n");
	assert_false(k->whole);
	assert_holds(k->cut_why, "Kernel hacking");
	k = parse_text(*state, KCONFIG_FILLER END_MARK);
	assert_false(k->whole);
	k = parse_text(*state, HEADER_NEW "CONFIG_X86_64=y\n" END_MARK);
	assert_false(k->whole);
	assert_holds(k->cut_why, "shorter");
	k = parse_text(*state, HEADER_OLD KCONFIG_FILLER "CONFIG_X86_64=y\n");
	assert_false(k->whole);
	k = parse_text(*state, HEADER_OLD KCONFIG_FILLER "CONFIG_SBITMAP=y\nCONFIG_X86_64=y\n");
	assert_false(k->whole);
}

static void test_malformed(void **state)
{
	static const struct {
		const char *text;
		size_t size;
	} cases[] = {
		{ "", 0 }, { "\n", 1 }, { "\n\n\n", 3 }, { "\0", 1 }, { "#\n#\n", 4 },
		{ "CONFIG_A=y\nCONFIG_B=\0y\n", 23 }, { "CONFIG_A=y\n\0", 12 }, { "# a com\0ment\nCONFIG_A=y\n", 24 },
		{ "CONFIG_A\n", 9 }, { "CONFIG_=y\n", 10 }, { "CONFIG_A =y\n", 12 }, { " CONFIG_A=y\n", 12 },
		{ "config_A=y\n", 11 },
		{ "A=y\n", 4 }, { "<html>\n<body>\n", 14 }, { "CONFIG_A=y\nbogus\n", 17 },
		{ "\xef\xbb\xbf" "CONFIG_A=y\n", 14 },
		{ "C\0O\0N\0F\0I\0G\0_\0A\0=\0y\0\n\0", 22 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_free char *held = NULL;
		struct kconfig *k = parse_tight(*state, &held, cases[i].text, cases[i].size);

		if (k->state != STATE_MALFORMED)
			fail_msg("case %zu is %s", i, state_name(k->state));
		assert_non_null(k->why);
	}
}

/* Windows line ends: whatever is made of them, no value has a carriage return in it and no symbol is missed. */
static void test_carriage_returns(void **state)
{
	struct kconfig *k = parse_text(*state, "#\r\n# Linux/x86 6.12.43 Kernel Configuration\r\n#\r\nCONFIG_A=y\r\n"
		"# CONFIG_B is not set\r\n"
				       "# end of Kernel hacking\r\n");

	if (k->state == STATE_MALFORMED)
		return;
	if (kconfig_get(k, "A"))
		assert_value(k, "A", "y");
	if (k->whole)
		assert_value(k, "B", "n");
}

static void test_noise(void **state)
{
	unsigned seed = 1;
	char noise[4096];

	for (int round = 0; round < 500; round++) {
		size_t size = (size_t)round * 8;
		auto_free char *held = NULL;

		for (size_t i = 0; i < size; i++) {
			seed = seed * 1103515245 + 12345;
			noise[i] = (char)(seed >> 16);
		}
		if (round % 2)
			noise[0] = '\n';
		if (parse_tight(*state, &held, noise, size)->whole)
			fail_msg("noise of round %d is a whole configuration", round);
		arena_reset(*state);
	}
}

/* ---- cut ---- */

static void test_cut_new(void **state)
{
	struct arena *arena = *state, *scratch = arena_new();
	char *text = whole_new(arena);
	size_t n, size = strlen(text);
	char **names = all_names(arena, false, &n);
	const struct kconfig *full = parse(arena, text, size);

	assert_true(full->whole);
	for (size_t at = 0; at < size; at++) {
		auto_free char *held = NULL;
		const struct kconfig *cut = parse_tight(scratch, &held, text, at);

		assert_no_lie(cut, full, names, n, at);
		if (cut->state == STATE_PRESENT && cut->whole != (at == size - 1))
			fail_msg("cut at %zu of %zu it is %swhole", at, size, cut->whole ? "" : "not ");
		arena_reset(scratch);
	}
	arena_free(scratch);
}

/* The old style has no mark: believed from the first closing symbol on, where only the other closing ones can be missing. */
static void test_cut_old(void **state)
{
	struct arena *arena = *state, *scratch = arena_new();
	char *text = whole_old(arena);
	size_t n, size = strlen(text);
	char **names = all_names(arena, true, &n);
	const struct kconfig *full = parse(arena, text, size);

	assert_true(full->whole);
	for (size_t at = 0; at < size; at++) {
		auto_free char *held = NULL;
		const struct kconfig *cut = parse_tight(scratch, &held, text, at);

		assert_no_lie(cut, full, names, n - ARRAY_LEN(closing_old), at);
		if (cut->whole && cut->state == STATE_PRESENT)
			assert_value(cut, "SBITMAP", "y");
		for (size_t i = n - ARRAY_LEN(closing_old); i < n; i++)
			if (kconfig_get(cut, names[i]))
				assert_value(cut, names[i], kconfig_get(full, names[i]));
		arena_reset(scratch);
	}
	arena_free(scratch);
}

/* ---- packed ---- */

/* What came out is malformed, or says of every symbol what the full one says. */
static void assert_full_or_malformed(const struct kconfig *k, const struct kconfig *full, char *const *names, size_t n,
	const char *what)
{
	if (k->state == STATE_MALFORMED) {
		assert_non_null(k->why);
		return;
	}
	if (k->state != STATE_PRESENT || k->whole != full->whole)
		fail_msg("%s: %s, %swhole", what, state_name(k->state), k->whole ? "" : "not ");
	for (size_t i = 0; i < n; i++)
		assert_value(k, names[i], kconfig_get(full, names[i]));
}

static struct kconfig *read_packed(struct folder *folder, const char *data, size_t size, struct source **source)
{
	return read_at(folder, "proc/config.gz", data, size, source);
}

static void test_packed(void **state)
{
	struct folder *folder = *state;

	for (int old = 0; old < 2; old++) {
		char *text = old ? whole_old(folder->arena) : whole_new(folder->arena);
		size_t n, size;
		char **names = all_names(folder->arena, old, &n), *gz = packed(folder->arena, text, strlen(text), &size);
		const struct kconfig *full = parse_text(folder->arena, text), *k;
		auto_source struct source *source = NULL;

		k = read_packed(folder, gz, size, &source);
		assert_int_equal(k->state, STATE_PRESENT);
		assert_true(k->whole);
		assert_string_equal(k->version, full->version);
		assert_string_equal(k->origin, "/proc/config.gz");
		for (size_t i = 0; i < n; i++)
			assert_value(k, names[i], kconfig_get(full, names[i]));
	}
}

/* A good checksum shows that an old configuration is whole, whatever it ends with. */
static void test_packed_old_is_whole(void **state)
{
	struct folder *folder = *state;
	static const char text[] = HEADER_OLD KCONFIG_FILLER "CONFIG_A=y\n";
	auto_source struct source *source = NULL;
	size_t size;
	char *gz = packed(folder->arena, text, sizeof(text) - 1, &size);

	assert_true(read_packed(folder, gz, size, &source)->whole);
}

static void test_packed_cut(void **state)
{
	struct folder *folder = *state;

	for (int old = 0; old < 2; old++) {
		char *text = old ? whole_old(folder->arena) : whole_new(folder->arena);
		size_t size;
		char *gz = packed(folder->arena, text, strlen(text), &size);

		for (size_t at = 0; at < size; at++) {
			auto_source struct source *source = NULL;
			const struct kconfig *k = read_packed(folder, gz, at, &source);

			if (k->state != STATE_MALFORMED)
				fail_msg("cut at %zu of %zu it is %s", at, size, state_name(k->state));
		}
	}
}

static void test_packed_flipped(void **state)
{
	struct folder *folder = *state;

	for (int old = 0; old < 2; old++) {
		char *text = old ? whole_old(folder->arena) : whole_new(folder->arena);
		size_t n, size;
		char **names = all_names(folder->arena, old, &n), *gz = packed(folder->arena, text, strlen(text), &size);
		const struct kconfig *full = parse_text(folder->arena, text);

		for (size_t at = 0; at < size * 2; at++) {
			auto_source struct source *source = NULL;
			char kept = gz[at / 2];

			gz[at / 2] ^= (char)(at % 2 ? 0xFF : 1 << (at / 2 % 8));
			assert_full_or_malformed(read_packed(folder, gz, size, &source), full, names, n,
						 arena_printf(folder->arena, "byte %zu of %zu flipped", at / 2, size));
			gz[at / 2] = kept;
		}
	}
}

/* gzip allows several members in a file; garbage behind the last is no part of any. */
static void test_packed_members_and_garbage(void **state)
{
	struct folder *folder = *state;
	char *text = whole_new(folder->arena), *a, *b, *both;
	size_t n, half = 2000, a_size, b_size;
	char **names = all_names(folder->arena, false, &n);
	const struct kconfig *full = parse_text(folder->arena, text), *k;
	auto_source struct source *first = NULL, *second = NULL;

	a = packed(folder->arena, text, half, &a_size);
	b = packed(folder->arena, text + half, strlen(text) - half, &b_size);
	both = arena_alloc(folder->arena, a_size + b_size);
	memcpy(both, a, a_size);
	memcpy(both + a_size, b, b_size);
	k = read_packed(folder, both, a_size + b_size, &first);
	assert_full_or_malformed(k, full, names, n, "two members");
	memcpy(both + a_size, "garbage", 7);
	k = read_packed(folder, both, a_size + 7, &second);
	assert_int_equal(k->state, STATE_MALFORMED);
}

/* A megabyte that unpacks to a gigabyte. */
static void test_packed_bomb(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	size_t size = 64 << 20, gz_size;
	char *zeros = arena_alloc(folder->arena, size), *gz;
	const struct kconfig *k;

	memset(zeros, '\n', size);
	gz = packed(folder->arena, zeros, size, &gz_size);
	k = read_packed(folder, gz, gz_size, &source);
	assert_int_equal(k->state, STATE_MALFORMED);
	assert_non_null(k->why);
}

/* ---- places ---- */

static void test_places(void **state)
{
	static const char *const places[] = { "proc/config.gz", "boot/config-6.12.43", "lib/modules/6.12.43/config",
					      "usr/lib/modules/6.12.43/config" };
	struct folder *folder = *state;

	folder_puts(folder, "proc/version", "x");
	/* from the last to the first: each that comes is preferred to those that were there */
	for (size_t i = ARRAY_LEN(places); i-- > 0;) {
		char *text = arena_printf(folder->arena, HEADER_NEW "CONFIG_PLACE=%zu\n" END_MARK, i);
		auto_source struct source *source = NULL;
		struct kconfig *k = read_at(folder, places[i], text, strlen(text), &source);

		assert_int_equal(k->state, STATE_PRESENT);
		assert_string_equal(k->origin + 1, places[i]);
		assert_value(k, "PLACE", arena_printf(folder->arena, "%zu", i));
	}
}

static void test_nowhere(void **state)
{
	struct folder *folder = *state;
	struct err err;
	auto_source struct source *source = NULL;
	struct kconfig *k;

	folder_puts(folder, "proc/version", "x");
	folder_puts(folder, "boot/config-6.1", HEADER_NEW "CONFIG_A=y\n" END_MARK);
	assert_int_equal(source_open(&source, folder->path, &err), 0);
	k = kconfig_read(source, "6.12.43");
	assert_int_equal(k->state, STATE_ABSENT);
	assert_null(kconfig_get(k, "A"));
	assert_holds(k->origin, "/boot/config-6.12.43");
	k = kconfig_read(source, "../../etc/passwd");
	assert_int_equal(k->state, STATE_ABSENT);
	k = kconfig_read(source, NULL);
	assert_int_equal(k->state, STATE_ABSENT);
}

/* A place that could not be looked into is the reason, not that nothing was there. */
static void test_one_place_broken(void **state)
{
	struct folder *folder = *state;
	struct err err;
	auto_source struct source *source = NULL;
	struct kconfig *k;

	folder_puts(folder, "proc/version", "x");
	folder_puts(folder, "boot/config-6.12.43/a", "a directory stands there");
	assert_int_equal(source_open(&source, folder->path, &err), 0);
	k = kconfig_read(source, "6.12.43");
	assert_int_equal(k->state, STATE_BROKEN);
	assert_non_null(k->why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_lines),
		test_with_arena(test_last_wins),
		test_with_arena(test_header),
		test_with_arena(test_no_final_newline),
		test_with_arena(test_behind_the_mark),
		test_with_arena(test_not_whole),
		test_with_arena(test_malformed),
		test_with_arena(test_carriage_returns),
		test_with_arena(test_noise),
		test_with_arena(test_cut_new),
		test_with_arena(test_cut_old),
		test_with_folder(test_packed),
		test_with_folder(test_packed_old_is_whole),
		test_with_folder(test_packed_cut),
		test_with_folder(test_packed_flipped),
		test_with_folder(test_packed_members_and_garbage),
		test_with_folder(test_packed_bomb),
		test_with_folder(test_places),
		test_with_folder(test_nowhere),
		test_with_folder(test_one_place_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
