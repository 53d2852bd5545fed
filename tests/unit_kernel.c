/* SPDX-License-Identifier: Apache-2.0 */
/* Which kernel it is: release, architecture, and the guards that rules put on both. */
#include "tests/unit.h"

#include "core/process/kernel.h"

static void test_within(void **state)
{
	static const struct {
		const char *release, *guard;
		int within;
	} cases[] = {
		{ "6.6", ">= 6.6", 1 }, { "6.6.1", ">= 6.6", 1 }, { "6.5.99", ">= 6.6", 0 }, { "6.10", ">= 6.6", 1 },
		{ "6.6", "> 6.6", 0 },
		{ "6.6.1", "> 6.6", 1 }, { "6.6", "<= 6.6", 1 }, { "6.6.1", "<= 6.6", 0 }, { "6.6", "< 6.6", 0 },
		{ "6.5.99", "< 6.6", 1 },
		{ "6.6", "= 6.6", 1 }, { "6.6.0", "= 6.6", 1 }, { "6.6.1", "= 6.6", 0 }, { "6.1.0-28-amd64", ">= 6.1", 1 },
		{ "6.1.0-28-amd64", "< 6.1.1", 1 }, { "6.1.0-28-amd64", "= 6.1", 1 },
		{ "4.18.0-553.el8.x86_64", ">= 4.18 < 5", 1 },
		{ "5.10", ">= 5.10 < 6.2", 1 }, { "6.2", ">= 5.10 < 6.2", 0 }, { "6.1.99", ">= 5.10 < 6.2", 1 },
		{ "5.9", ">= 5.10 < 6.2", 0 },
		{ "6.1", "< 5 >= 6", 0 }, { "6.1", ">= 6 < 5", 0 }, { "6.18.0-rc3", ">= 6.18", 1 },
		{ "6.6", ">=6.6", 1 }, { "6.6", "  >=   6.6  ", 1 }, { "6.6", ">=5<7", 1 }, { "6.6", ">= 6.6-rc1", 1 },
		/* a guard that cannot be read, wherever the mistake is */
		{ "6.6", "", -1 }, { "6.6", " ", -1 }, { "6.6", "6.6", -1 }, { "6.6", ">=", -1 }, { "6.6", ">= x", -1 },
		{ "6.6", "=> 6.6", -1 },
		{ "6.6", "== 6.6", -1 }, { "6.6", "=< 6.6", -1 }, { "6.6", "<> 6.6", -1 }, { "6.6", "!= 6.6", -1 },
		{ "6.6", ">== 6.6", -1 },
		{ "6.6", ">> 6.6", -1 }, { "6.6", "~ 6.6", -1 }, { "6.6", ">= 6.6 x", -1 }, { "6.6", ">= 6.6 6.7", -1 },
		{ "6.6", "< 5 x", -1 },
		{ "6.6", "< 5 >=", -1 }, { "6.6", ">= -6", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int within = kernel_version_within(cases[i].release, cases[i].guard);

		if (within != cases[i].within)
			fail_msg("\"%s\" within \"%s\": %d, not %d", cases[i].release, cases[i].guard, within,
				cases[i].within);
	}
}

static void test_arch_names(void **state)
{
	static const char *const names[][2] = {
		{ "x86_64", "x86_64" }, { "i386", "x86_32" }, { "i486", "x86_32" }, { "i586", "x86_32" },
		{ "i686", "x86_32" }, { "aarch64", "arm64" },
		{ "arm64", "arm64" }, { "armv7l", "arm" }, { "armv6l", "arm" }, { "armv8l", "arm" }, { "arm", "arm" },
		{ "riscv64", "riscv" },
		{ "riscv32", "riscv" }, { "riscv", "riscv" }, { "s390x", "s390x" }, { "ppc64le", "ppc64le" }, { "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_string_equal(kernel_arch_name(names[i][0]), names[i][1]);
}

/* ---- from files ---- */

static struct kernel *kernel_of(struct folder *folder, struct source **source)
{
	struct err err;

	folder_puts(folder, "proc/sys/kernel/threads-max", "1\n");
	assert_int_equal(source_open(source, folder->path, &err), 0);
	return kernel_read(*source);
}

static void test_release_of_osrelease(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	struct kernel *k;

	folder_puts(folder, "proc/sys/kernel/osrelease", "6.1.0-28-amd64\n");
	folder_puts(folder, "proc/version", "Linux version 5.0.0 (someone@somewhere) #1 SMP\n");
	k = kernel_of(folder, &source);
	assert_string_equal(k->release, "6.1.0-28-amd64");
	assert_string_equal(k->release_origin, "/proc/sys/kernel/osrelease");
	assert_null(k->arch);
}

static void test_release_of_version(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	struct kernel *k;

	folder_puts(folder, "proc/version", "Linux version 6.12.43+deb13-amd64 (debian-kernel@lists.debian.org) (gcc 14) #1 SMP\n");
	k = kernel_of(folder, &source);
	assert_string_equal(k->release, "6.12.43+deb13-amd64");
	assert_string_equal(k->release_origin, "/proc/version");
}

/* What is no version number does not become one, and hides none that is there. */
static void test_release_garbage(void **state)
{
	static const char *const garbage[] = { "", "\n", "version six\n", "../../etc/passwd\n", "\x1b[2J\n" };

	for (size_t i = 0; i < ARRAY_LEN(garbage); i++) {
		struct folder *folder = *state;
		auto_source struct source *source = NULL;
		struct kernel *k;

		folder_puts(folder, "proc/sys/kernel/osrelease", garbage[i]);
		k = kernel_of(folder, &source);
		assert_null(k->release);
		assert_int_equal(k->kconfig->state, STATE_ABSENT);
	}
}

static void test_release_with_nul(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;

	folder_write(folder, "proc/sys/kernel/osrelease", "6.1\0.0\n", 7);
	assert_null(kernel_of(folder, &source)->release);
}

/* An audit of single files: all there is to know stands in the header of the configuration. */
static void test_release_and_arch_of_kconfig(void **state)
{
	static const struct {
		const char *header, *line, *release, *arch;
	} cases[] = {
		{ "# Linux/x86 6.12.43 Kernel Configuration", "CONFIG_X86_64=y", "6.12.43", "x86_64" },
		{ "# Linux/x86_64 6.18.0-rc3 Kernel Configuration", "CONFIG_X86_64=y", "6.18.0-rc3", "x86_64" },
		{ "# Linux/x86 6.12.43 Kernel Configuration", "# CONFIG_X86_64 is not set", "6.12.43", "x86_32" },
		{ "# Linux/i386 6.12.43 Kernel Configuration", "# CONFIG_X86_64 is not set", "6.12.43", "x86_32" },
		{ "# Linux/arm64 6.12.0-55.40.1.el10_0.aarch64 Kernel Configuration", "CONFIG_A=y",
			"6.12.0-55.40.1.el10_0.aarch64", "arm64" },
		{ "# Linux/riscv 6.8.12 Kernel Configuration", "CONFIG_A=y", "6.8.12", "riscv" },
		{ "# no header", "CONFIG_X86_64=y", NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct folder *folder = *state;
		auto_source struct source *source = source_of_files();
		char *text = arena_printf(folder->arena, "#\n%s\n#\n%s\n" KCONFIG_FILLER "# end of Kernel hacking\n", cases[i].header,
			cases[i].line);
		struct kernel *k;
		struct err err;

		assert_int_equal(source_give(source, KERNEL_GIVEN_KCONFIG, folder_puts(folder, "config", text), &err), 0);
		k = kernel_read(source);
		assert_int_equal(k->kconfig->state, STATE_PRESENT);
		assert_int_equal(k->cmdline->state, STATE_NOT_GIVEN);
		if (!cases[i].release) {
			assert_null(k->release);
			assert_null(k->arch);
			continue;
		}
		assert_string_equal(k->release, cases[i].release);
		assert_string_equal(k->release_origin, arena_printf(folder->arena, "%s/config", folder->path));
		assert_string_equal(k->arch, cases[i].arch);
	}
}

/* A header that says x86 and a configuration cut before X86_64: that it is 32 bits wide is not known. */
static void test_arch_of_cut_kconfig(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = source_of_files();
	static const char text[] = "#\n# Linux/x86 6.12.43 Kernel Configuration\n#\nCONFIG_CC_IS_GCC=y\n";
	struct err err;

	assert_int_equal(source_give(source, KERNEL_GIVEN_KCONFIG, folder_puts(folder, "config", text), &err), 0);
	assert_null(kernel_read(source)->arch);
}

static void test_arch_of_proc(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	struct kernel *k;

	folder_puts(folder, "proc/sys/kernel/arch", "aarch64\n");
	folder_puts(folder, "proc/sys/kernel/osrelease", "6.12.43\n");
	folder_puts(folder, "boot/config-6.12.43", "#\n# Linux/x86 6.12.43 Kernel Configuration\n#\nCONFIG_X86_64=y\n"
		KCONFIG_FILLER "# end of Kernel hacking\n");
	k = kernel_of(folder, &source);
	assert_string_equal(k->arch, "arm64");
	assert_string_equal(k->kconfig->origin, "/boot/config-6.12.43");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_within),
		cmocka_unit_test(test_arch_names),
		test_with_folder(test_release_of_osrelease),
		test_with_folder(test_release_of_version),
		test_with_folder(test_release_garbage),
		test_with_folder(test_release_with_nul),
		test_with_folder(test_release_and_arch_of_kconfig),
		test_with_folder(test_arch_of_cut_kconfig),
		test_with_folder(test_arch_of_proc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
