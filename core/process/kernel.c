/* SPDX-License-Identifier: Apache-2.0 */
#include "core/process/kernel.h"

#include "core/base/text.h"

#include <errno.h>
#include <sys/utsname.h>

static char *word_of_file(struct source *source, struct arena *arena, const char *path)
{
	const struct file *file = source_read(source, path, 4096);
	char *text;

	if (file->state != STATE_PRESENT || memchr(file->data, '\0', file->size))
		return NULL;
	text = text_trim(text_safe(arena, file->data, strcspn(file->data, "\n"), 256));
	return *text ? text : NULL;
}

const char *kernel_release_read(struct source *source, struct arena *arena, const char **origin)
{
	const char *release = word_of_file(source, arena, "proc/sys/kernel/osrelease"), *version;

	*origin = "/proc/sys/kernel/osrelease";
	if (release)
		return release;
	version = word_of_file(source, arena, "proc/version");
	if (!version || !starts_with(version, "Linux version "))
		return NULL;
	*origin = "/proc/version";
	version += strlen("Linux version ");
	return arena_strndup(arena, version, strcspn(version, " "));
}

const char *kernel_arch_name(const char *machine)
{
	static const struct {
		const char *machine, *arch;
	} names[] = {
		{ "x86_64", "x86_64" }, { "i386", "x86_32" }, { "i486", "x86_32" }, { "i586", "x86_32" }, { "i686", "x86_32" },
		{ "aarch64", "arm64" }, { "arm64", "arm64" }, { "riscv64", "riscv" }, { "riscv32", "riscv" }, { "riscv", "riscv" },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (streq(names[i].machine, machine))
			return names[i].arch;
	return starts_with(machine, "arm") ? "arm" : machine;
}

static const char *arch_of_kconfig(const struct kconfig *kconfig)
{
	const char *wide = kconfig_get(kconfig, "X86_64");

	if (!kconfig->arch)
		return NULL;
	if (streq(kconfig->arch, "x86") && !wide && !kconfig->whole)
		return NULL;
	if (streq(kconfig->arch, "x86"))
		return wide && streq(wide, "y") ? "x86_64" : "x86_32";
	return kernel_arch_name(kconfig->arch);
}

static const struct file *ask_uname(struct source *source, const char *call, bool release)
{
	const struct file *known = source_recall(source, call);
	struct utsname name;
	const char *text = release ? name.release : name.machine;

	if (known)
		return known;
	if (uname(&name) < 0)
		return source_remember(source, call, STATE_BROKEN, strerror(errno), NULL, 0);
	return source_remember(source, call, STATE_PRESENT, NULL, text, strlen(text));
}

static const struct file *kernel_machine(struct source *source)
{
	return ask_uname(source, "uname(2), machine", false);
}

const struct file *kernel_own_release(struct source *source)
{
	return ask_uname(source, "uname(2), release", true);
}

static const char *read_arch(struct source *source, const struct kconfig *kconfig)
{
	const char *machine = word_of_file(source, source_arena(source), "proc/sys/kernel/arch");   /* since 6.1 */
	const struct file *own;

	if (machine)
		return kernel_arch_name(machine);
	own = source_is_live(source) ? kernel_machine(source) : NULL;
	return own && own->state == STATE_PRESENT ? kernel_arch_name(own->data) : arch_of_kconfig(kconfig);
}

struct kernel *kernel_read(struct source *source)
{
	struct kernel *kernel = arena_new_of(source_arena(source), struct kernel);

	kernel->release = kernel_release_read(source, source_arena(source), &kernel->release_origin);
	kernel->kconfig = kconfig_read(source, kernel->release);
	kernel->cmdline = cmdline_read(source, kernel->kconfig);
	kernel->arch = read_arch(source, kernel->kconfig);
	if (!kernel->release && kernel->kconfig->version) {
		kernel->release = kernel->kconfig->version;
		kernel->release_origin = kernel->kconfig->origin;
	}
	if (kernel->release && !version_valid(kernel->release))
		kernel->release = NULL;
	return kernel;
}

static bool compare(int order, const char *operator, size_t size)
{
	if (size == 2)
		return operator[0] == '>' ? order >= 0 : order <= 0;
	return operator[0] == '>' ? order > 0 : operator[0] == '<' ? order < 0 : order == 0;
}

int kernel_version_within(const char *release, const char *guard)
{
	int within = -1;

	for (const char *at = guard + strspn(guard, " "); *at; at += strspn(at, " ")) {
		const char *operator = at;
		size_t size = strspn(at, "<>=");

		if (!(size == 1 || (size == 2 && at[0] != '=' && at[1] == '=')))
			return -1;
		at += size;
		at += strspn(at, " ");
		if (!version_valid(at))
			return -1;
		if (within != 0)
			within = compare(version_compare(release, at), operator, size);
		at += strcspn(at, " <>=");
	}
	return within;
}
