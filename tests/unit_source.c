/* SPDX-License-Identifier: Apache-2.0 */
/* The door to what is audited: what became of a look-up, in a root where everything stands that can go wrong. */
#include "tests/unit.h"

#include "core/source/source.h"

#include <dirent.h>
#include <sys/wait.h>
#include <time.h>

enum { LIMIT = 4096 };

static struct source *open_root(struct folder *folder)
{
	struct source *source = NULL;
	struct err err = { "" };

	if (source_open(&source, folder->path, &err) != 0)
		fail_msg("%s", err.text);
	assert_false(source_is_live(source));
	assert_string_equal(source_root(source), folder->path);
	return source;
}

/* What a state other than present comes with. */
static void assert_no_value(const struct file *file)
{
	assert_non_null(file->why);
	assert_true(strlen(file->why) > 3);
	assert_null(file->data);
	assert_int_equal(file->size, 0);
}

static void assert_read(struct source *source, const char *path, enum state state, const char *part)
{
	const struct file *file = source_read(source, path, LIMIT);

	assert_int_equal(file->path[0], '/');
	assert_string_equal(file->path + 1, path);
	if (file->state != state)
		fail_msg("%s is %s (%s), not %s", path, state_name(file->state), file->why ? file->why : "",
			state_name(state));
	if (state == STATE_PRESENT) {
		assert_string_equal(file->data, part);
		assert_int_equal(file->size, strlen(part));
		return;
	}
	assert_no_value(file);
	if (part)
		assert_holds(file->why, part);
}

static void link_to(struct folder *folder, const char *target, const char *name)
{
	assert_int_equal(symlink(target, folder_path(folder, name)), 0);
}

/* ---- files ---- */

static void test_plain(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;

	folder_puts(folder, "etc/a", "text\n");
	folder_puts(folder, "etc/empty", "");
	folder_write(folder, "etc/nul", "a\0b", 3);
	source = open_root(folder);
	assert_read(source, "etc/a", STATE_PRESENT, "text\n");
	assert_read(source, "etc/empty", STATE_PRESENT, "");
	assert_int_equal(source_read(source, "etc/nul", LIMIT)->size, 3);
	assert_memory_equal(source_read(source, "etc/nul", LIMIT)->data, "a\0b", 4);
	assert_int_equal(source_read(source, "etc/a", LIMIT)->stat.st_size, 5);
}

static void test_not_there(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;

	folder_puts(folder, "etc/a", "x");
	source = open_root(folder);
	assert_read(source, "etc/b", STATE_ABSENT, NULL);
	assert_read(source, "none/such/path", STATE_ABSENT, NULL);
	assert_read(source, "etc/a/b", STATE_BROKEN, "ot a directory");
	assert_read(source, "etc/a/", STATE_BROKEN, "ot a directory");
	assert_read(source, "", STATE_BROKEN, "directory");
}

static void test_name_too_long(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = open_root(folder);
	char name[6000];

	memset(name, 'a', sizeof(name));
	name[300] = '\0';
	assert_read(source, name, STATE_BROKEN, NULL);
	memset(name, '/', sizeof(name) - 1);
	name[0] = 'a';
	name[sizeof(name) - 1] = '\0';
	assert_read(source, name, STATE_BROKEN, NULL);
}

static void test_wrong_kind(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	struct timespec start, end;

	assert_int_equal(mkfifo(folder_path(folder, "etc/fifo"), 0644), 0);
	assert_int_equal(mknod(folder_path(folder, "etc/socket"), S_IFSOCK | 0644, 0), 0);
	assert_int_equal(mkdir(folder_path(folder, "etc/dir"), 0755), 0);
	link_to(folder, "fifo", "etc/to-fifo");
	source = open_root(folder);
	clock_gettime(CLOCK_MONOTONIC, &start);
	assert_read(source, "etc/fifo", STATE_BROKEN, "FIFO");
	assert_read(source, "etc/to-fifo", STATE_BROKEN, "FIFO");
	assert_read(source, "etc/socket", STATE_BROKEN, "socket");
	assert_read(source, "etc/dir", STATE_BROKEN, "directory");
	clock_gettime(CLOCK_MONOTONIC, &end);
	assert_in_range(end.tv_sec - start.tv_sec, 0, 1);
}

/* Devices are made for root alone, and not in every container. */
static bool make_device(struct folder *folder)
{
	return mknod(folder_path(folder, "dev/zero"), S_IFCHR | 0644, 1 << 8 | 5) == 0;
}

static void test_device(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;

	assert_true(make_device(folder));
	source = open_root(folder);
	assert_read(source, "dev/zero", STATE_BROKEN, "character device");
}

static void test_size(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	char text[LIMIT + 2];

	memset(text, 'x', sizeof(text));
	text[LIMIT + 1] = '\0';
	folder_write(folder, "etc/over", text, LIMIT + 1);
	text[LIMIT] = '\0';
	folder_write(folder, "etc/just", text, LIMIT);
	source = open_root(folder);
	assert_read(source, "etc/just", STATE_PRESENT, text);
	assert_read(source, "etc/over", STATE_BROKEN, "larger than the 4096 bytes");
}

/* The files of /proc say they have no bytes. */
static void test_size_untold(void **state)
{
	auto_source struct source *source = NULL;
	struct err err;

	(void)state;
	assert_int_equal(source_open(&source, "/proc/self", &err), 0);
	assert_int_equal(source_read(source, "status", LIMIT)->state, STATE_PRESENT);
	assert_true(source_read(source, "status", LIMIT)->size > 100);
	assert_int_equal(source_read(source, "limits", 100)->state, STATE_BROKEN);
	assert_holds(source_read(source, "limits", 100)->why, "larger");
}

/* Not on every file system. */
static bool make_sparse(struct folder *folder)
{
	return truncate(folder_puts(folder, "etc/sparse", "x"), INT64_C(10) << 30) == 0;
}

/* Found too large by its size alone: read, it would take minutes. */
static void test_sparse(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	struct timespec start, end;
	const struct file *file;

	assert_true(make_sparse(folder));
	source = open_root(folder);
	clock_gettime(CLOCK_MONOTONIC, &start);
	file = source_read(source, "etc/sparse", SOURCE_LIMIT);
	clock_gettime(CLOCK_MONOTONIC, &end);
	assert_int_equal(file->state, STATE_BROKEN);
	assert_holds(file->why, "larger");
	assert_null(file->data);
	assert_in_range(end.tv_sec - start.tv_sec, 0, 1);
}

/* ---- links ---- */

static void test_links_inside(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;

	folder_puts(folder, "usr/lib/os-release", "inside");
	link_to(folder, "../usr/lib/os-release", "etc/relative");
	link_to(folder, "/usr/lib/os-release", "etc/absolute");
	link_to(folder, "usr/lib", "lib");
	link_to(folder, "nothing", "etc/dangling");
	source = open_root(folder);
	assert_read(source, "etc/relative", STATE_PRESENT, "inside");
	assert_read(source, "etc/absolute", STATE_PRESENT, "inside");
	assert_read(source, "lib/os-release", STATE_PRESENT, "inside");
	assert_read(source, "etc/dangling", STATE_ABSENT, NULL);
}

/* A link that would lead out ends at the root's own top. */
static void test_links_outside(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	char *secret, *name;
	struct err err;

	secret = folder_puts(folder, "outside/secret", "secret");
	name = arena_printf(folder->arena, "../../..%s", secret);
	folder_puts(folder, "root/etc/hostname", "inside");
	link_to(folder, secret, "root/absolute");
	link_to(folder, "../outside/secret", "root/relative");
	link_to(folder, "../../outside/secret", "root/etc/deeper");
	link_to(folder, "../../../../../../../../etc/hostname", "root/climbs");
	link_to(folder, "..", "root/up");
	assert_int_equal(source_open(&source, folder_path(folder, "root"), &err), 0);
	assert_read(source, "absolute", STATE_ABSENT, NULL);
	assert_read(source, "relative", STATE_ABSENT, NULL);
	assert_read(source, "etc/deeper", STATE_ABSENT, NULL);
	assert_read(source, "climbs", STATE_PRESENT, "inside");
	assert_read(source, "up/outside/secret", STATE_ABSENT, NULL);
	assert_read(source, "../outside/secret", STATE_ABSENT, NULL);
	assert_read(source, name, STATE_ABSENT, NULL);
}

static void test_link_loop(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;

	link_to(folder, "b", "etc/a");
	link_to(folder, "a", "etc/b");
	link_to(folder, "self", "etc/self");
	source = open_root(folder);
	assert_read(source, "etc/a", STATE_BROKEN, NULL);
	assert_read(source, "etc/self", STATE_BROKEN, NULL);
	assert_read(source, "etc/self/x", STATE_BROKEN, NULL);
}

/* /proc/self/exe and its like lead to where no path says. */
static void test_magic_link(void **state)
{
	auto_source struct source *source = NULL;
	struct err err;

	(void)state;
	assert_int_equal(source_open(&source, "/proc/self", &err), 0);
	assert_false(source_is_live(source));
	assert_read(source, "exe", STATE_BROKEN, NULL);
	assert_read(source, "root/etc/passwd", STATE_BROKEN, NULL);
	assert_read(source, "cwd/x", STATE_BROKEN, NULL);
	assert_int_equal(source_read(source, "comm", LIMIT)->state, STATE_PRESENT);
}

/* ---- rights ---- */

/* A user who is not root, and can get at the folder. */
static bool become_ordinary(struct folder *folder)
{
	if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
		return false;
	return access(folder->path, R_OK | X_OK) == 0;
}

/* What a process of its own says, with the rights it gave away. */
static int status_of(int (*child)(struct folder *), struct folder *folder)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(child(folder));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int ordinary_child(struct folder *folder)
{
	return become_ordinary(folder) ? 0 : 1;
}

/* 0 when all was as it should be. */
static int denied_child(struct folder *folder)
{
	static const char *const denied[] = { "etc/secret", "shut/file" };
	auto_source struct source *source = NULL;
	struct err err;

	if (!become_ordinary(folder) || source_open(&source, folder->path, &err) != 0)
		return 6;
	for (size_t i = 0; i < ARRAY_LEN(denied); i++) {
		const struct file *file = source_read(source, denied[i], LIMIT);

		if (file->state != STATE_DENIED || file->data || !file->why)
			return 1;
	}
	if (source_list(source, "shut")->state != STATE_DENIED || source_list(source, "shut")->n)
		return 2;
	if (source_stat(source, "etc/secret")->state != STATE_PRESENT)
		return 3;
	if (source_stat(source, "shut/file")->state != STATE_DENIED)
		return 4;
	return source_read(source, "etc/open", LIMIT)->state == STATE_PRESENT ? 0 : 5;
}

static void test_denied(void **state)
{
	struct folder *folder = *state;
	int status;

	folder_puts(folder, "etc/open", "x");
	assert_int_equal(chmod(folder_puts(folder, "etc/secret", "x"), 0), 0);
	folder_puts(folder, "shut/file", "x");
	assert_int_equal(chmod(folder_path(folder, "shut"), 0), 0);
	status = status_of(denied_child, folder);
	assert_int_equal(chmod(folder_path(folder, "shut"), 0755), 0);
	assert_int_equal(status, 0);
}

/* ---- absent, or not looked at ---- */

static void test_anchors_missing(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;

	folder_puts(folder, "etc/a", "x");
	source = open_root(folder);
	assert_read(source, "etc/b", STATE_ABSENT, NULL);
	assert_read(source, "boot/config-6.1", STATE_ABSENT, NULL);
	assert_read(source, "proc/cmdline", STATE_UNAVAILABLE, "/proc");
	assert_read(source, "proc/sys/kernel/kptr_restrict", STATE_UNAVAILABLE, "/proc/sys");
	assert_read(source, "sys/kernel/mm/ksm/run", STATE_UNAVAILABLE, "/sys/kernel");
	assert_int_equal(source_list(source, "proc/sys/kernel")->state, STATE_UNAVAILABLE);
	assert_int_equal(source_stat(source, "sys/module/kvm")->state, STATE_UNAVAILABLE);
}

static void test_anchor_of_sys_itself(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;

	folder_puts(folder, "etc/a", "x");
	source = open_root(folder);
	assert_int_equal(source_list(source, "sys/module")->state, STATE_UNAVAILABLE);
	assert_int_equal(source_stat(source, "sys/hypervisor")->state, STATE_UNAVAILABLE);
}

static void test_anchors_there(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;

	folder_puts(folder, "proc/version", "x");
	folder_puts(folder, "sys/kernel/notes", "x");
	source = open_root(folder);
	assert_read(source, "proc/cmdline", STATE_ABSENT, NULL);
	assert_read(source, "proc/sys/kernel/kptr_restrict", STATE_UNAVAILABLE, "/proc/sys");
	assert_read(source, "sys/kernel/mm/ksm/run", STATE_ABSENT, NULL);
	assert_read(source, "sys/devices/system/cpu/smt/active", STATE_UNAVAILABLE, "/sys/devices");
	assert_int_equal(source_list(source, "sys/kernel/mm")->state, STATE_ABSENT);
	folder_puts(folder, "proc/sys/vm/swappiness", "x");
	assert_read(source, "proc/sys/kernel/yama/ptrace_scope", STATE_ABSENT, NULL);
}

/* ---- memory ---- */

static void test_read_once(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	const struct file *first, *absent;

	folder_puts(folder, "etc/a", "before");
	source = open_root(folder);
	first = source_read(source, "etc/a", LIMIT);
	absent = source_read(source, "etc/b", LIMIT);
	folder_puts(folder, "etc/a", "after");
	folder_puts(folder, "etc/b", "after");
	assert_ptr_equal(source_read(source, "etc/a", LIMIT), first);
	assert_ptr_equal(source_read(source, "etc/b", LIMIT), absent);
	assert_string_equal(first->data, "before");
	assert_int_equal(absent->state, STATE_ABSENT);
	/* the path is one thing, what is asked of it another */
	assert_int_equal(source_stat(source, "etc/a")->stat.st_size, 5);
	assert_int_equal(source_list(source, "etc/a")->state, STATE_BROKEN);
}

static void test_many(void **state)
{
	enum { MANY = 5000 };
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	const struct file **files = arena_array_of(folder->arena, const struct file *, MANY);
	char name[32];

	folder_puts(folder, "etc/4999", "last");
	source = open_root(folder);
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "etc/%d", i);
		files[i] = source_read(source, name, LIMIT);
	}
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "etc/%d", i);
		assert_ptr_equal(source_read(source, name, LIMIT), files[i]);
		assert_int_equal(files[i]->state, i == MANY - 1 ? STATE_PRESENT : STATE_ABSENT);
	}
}

/* ---- directories, owners ---- */

static void test_list(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	const struct directory *dir;

	folder_puts(folder, "d/b", "x");
	folder_puts(folder, "d/a/x", "x");
	folder_puts(folder, "d/.hidden", "x");
	link_to(folder, "b", "d/c");
	assert_int_equal(mkdir(folder_path(folder, "empty"), 0755), 0);
	source = open_root(folder);
	dir = source_list(source, "d");
	assert_int_equal(dir->state, STATE_PRESENT);
	assert_string_equal(dir->path, "/d");
	assert_int_equal(dir->n, 4);
	assert_string_equal(dir->entries[0].name, ".hidden");
	assert_string_equal(dir->entries[1].name, "a");
	assert_string_equal(dir->entries[2].name, "b");
	assert_string_equal(dir->entries[3].name, "c");
	assert_int_equal(dir->entries[1].type, DT_DIR);
	assert_int_equal(dir->entries[2].type, DT_REG);
	assert_int_equal(dir->entries[3].type, DT_LNK);
	assert_ptr_equal(source_list(source, "d"), dir);
	dir = source_list(source, "empty");
	assert_int_equal(dir->state, STATE_PRESENT);
	assert_int_equal(dir->n, 0);
	assert_int_equal(source_list(source, "none")->state, STATE_ABSENT);
	assert_int_equal(source_list(source, "d/b")->state, STATE_BROKEN);
	assert_non_null(source_list(source, "d/b")->why);
}

static void test_stat(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;

	assert_int_equal(chmod(folder_puts(folder, "etc/a", "x"), 0640), 0);
	link_to(folder, "/etc/shadow", "etc/link");
	assert_int_equal(mkfifo(folder_path(folder, "etc/fifo"), 0600), 0);
	source = open_root(folder);
	assert_int_equal(source_stat(source, "etc/a")->state, STATE_PRESENT);
	assert_int_equal(source_stat(source, "etc/a")->stat.st_mode, S_IFREG | 0640);
	assert_int_equal(source_stat(source, "etc/a")->stat.st_uid, getuid());
	assert_true(S_ISLNK(source_stat(source, "etc/link")->stat.st_mode));
	assert_true(S_ISFIFO(source_stat(source, "etc/fifo")->stat.st_mode));
	assert_true(S_ISDIR(source_stat(source, "etc")->stat.st_mode));
	assert_int_equal(source_stat(source, "etc/none")->state, STATE_ABSENT);
	assert_int_equal(source_stat(source, "etc/a/b")->state, STATE_BROKEN);
}

/* ---- opening, and single files ---- */

static void test_link(void **state)
{
	auto_source struct source *source = NULL;

	link_to(*state, "/nowhere/else", "etc/link");
	link_to(*state, "errno:EACCES", "etc/denied");
	folder_puts(*state, "etc/plain", "x");
	source = open_root(*state);
	assert_string_equal(source_link(source, "etc/link")->data, "/nowhere/else");
	assert_int_equal(source_link(source, "etc/plain")->state, STATE_BROKEN);
	assert_int_equal(source_link(source, "etc/denied")->state, STATE_DENIED);
	assert_int_equal(source_link(source, "etc/none")->state, STATE_ABSENT);
	assert_ptr_equal(source_link(source, "etc/link"), source_link(source, "etc/link"));
}

static void test_descriptor(void **state)
{
	auto_source struct source *source = NULL;
	struct file file;
	char byte = 0;
	int fd;

	folder_puts(*state, "var/plain", "xyz");
	assert_int_equal(mkfifo(folder_path(*state, "var/fifo"), 0644), 0);
	link_to(*state, "../../../../../../../../etc/passwd", "var/out");
	source = open_root(*state);
	fd = source_descriptor(source, "var/plain", &file);
	assert_true(fd >= 0);
	assert_int_equal(file.state, STATE_PRESENT);
	assert_int_equal(pread(fd, &byte, 1, 1), 1);
	assert_int_equal(byte, 'y');
	close(fd);
	assert_true(source_descriptor(source, "var/fifo", &file) < 0);
	assert_int_equal(file.state, STATE_BROKEN);
	assert_true(source_descriptor(source, "var/out", &file) < 0);
	assert_int_equal(file.state, STATE_ABSENT);
}

static void test_open(void **state)
{
	struct folder *folder = *state;
	struct source *source = NULL;
	struct err err = { "" };

	assert_int_equal(source_open(&source, folder_path(folder, "none"), &err), -ENOENT);
	assert_holds(err.text, "none");
	assert_int_equal(source_open(&source, folder_puts(folder, "file", "x"), &err), -ENOTDIR);
	assert_null(source);
	source_free(NULL);
	assert_int_equal(source_open(&source, "/", &err), 0);
	assert_true(source_is_live(source));
	source_free(source);
	assert_int_equal(source_open(&source, "/tmp/..", &err), 0);
	assert_true(source_is_live(source));
	source_free(source);
}

static void test_given(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = source_of_files();
	char *config = folder_puts(folder, "my-config", "CONFIG_A=y\n");
	const struct file *file;
	struct err err;

	assert_null(source_root(source));
	assert_false(source_is_live(source));
	assert_int_equal(source_give(source, "proc/config.gz", config, &err), 0);
	file = source_read(source, "proc/config.gz", LIMIT);
	assert_int_equal(file->state, STATE_PRESENT);
	assert_string_equal(file->path, config);
	assert_string_equal(file->data, "CONFIG_A=y\n");
	assert_int_equal(file->size, 11);
	/* all else, also what stands on this machine: not absent, not given */
	assert_read(source, "proc/cmdline", STATE_NOT_GIVEN, NULL);
	assert_read(source, "etc/passwd", STATE_NOT_GIVEN, NULL);
	assert_int_equal(source_stat(source, "etc/passwd")->state, STATE_NOT_GIVEN);
	assert_int_equal(source_list(source, "etc")->state, STATE_NOT_GIVEN);
	assert_int_equal(source_list(source, "etc")->n, 0);
}

static void test_give_refuses(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = source_of_files();
	struct err err = { "" };

	assert_int_equal(source_give(source, "a", folder_path(folder, "none"), &err), -ENOENT);
	assert_holds(err.text, "none");
	assert_int_equal(source_give(source, "a", folder->path, &err), -EINVAL);
	assert_holds(err.text, "directory");
	assert_int_equal(mkfifo(folder_path(folder, "fifo"), 0644), 0);
	assert_int_equal(source_give(source, "a", folder_path(folder, "fifo"), &err), -EINVAL);
	assert_holds(err.text, "FIFO");
	assert_read(source, "a", STATE_NOT_GIVEN, NULL);
}

static void test_state_names(void **state)
{
	static const char *const names[] = { "present", "absent", "inapplicable", "denied", "broken", "unavailable",
		"malformed",
					     "not given" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		assert_string_equal(state_name((enum state)i), names[i]);
}

/* ---- what this machine lacks ---- */

static void test_nothing(void **state)
{
	(void)state;
}

/* The test, or one that does nothing and whose name tells the harness to count it as skipped. */
static struct CMUnitTest only_if(bool possible, struct CMUnitTest test, const char *skipped)
{
	return possible ? test : (struct CMUnitTest){ .name = skipped, .test_func = test_nothing };
}

struct lacks {
	bool device, sparse, proc, ordinary;
};

static struct lacks look_around(void)
{
	struct lacks lacks = { true, true, true, true };
	void *state;

	if (folder_setup(&state) < 0)
		return lacks;
	lacks.device = !make_device(state);
	lacks.sparse = !make_sparse(state);
	lacks.proc = access("/proc/self/exe", F_OK) < 0;
	lacks.ordinary = status_of(ordinary_child, state) != 0;
	folder_teardown(&state);
	return lacks;
}

int main(void)
{
	const struct lacks lacks = look_around();
	const struct CMUnitTest tests[] = {
		test_with_folder(test_plain),
		test_with_folder(test_not_there),
		test_with_folder(test_name_too_long),
		test_with_folder(test_wrong_kind),
		only_if(!lacks.device, (struct CMUnitTest)test_with_folder(test_device),
			"test_device # SKIP devices cannot be made here"),
		test_with_folder(test_size),
		only_if(!lacks.proc, (struct CMUnitTest)cmocka_unit_test(test_size_untold),
			"test_size_untold # SKIP /proc is not mounted"),
		only_if(!lacks.sparse, (struct CMUnitTest)test_with_folder(test_sparse),
			"test_sparse # SKIP the file system holds no sparse file of 10 GB"),
		test_with_folder(test_links_inside),
		test_with_folder(test_links_outside),
		test_with_folder(test_link_loop),
		only_if(!lacks.proc, (struct CMUnitTest)cmocka_unit_test(test_magic_link),
			"test_magic_link # SKIP /proc is not mounted"),
		only_if(!lacks.ordinary, (struct CMUnitTest)test_with_folder(test_denied),
			"test_denied # SKIP no ordinary user can get at the temporary folder"),
		test_with_folder(test_anchors_missing),
		test_with_folder(test_anchor_of_sys_itself),
		test_with_folder(test_anchors_there),
		test_with_folder(test_read_once),
		test_with_folder(test_many),
		test_with_folder(test_list),
		test_with_folder(test_stat),
		test_with_folder(test_link),
		test_with_folder(test_descriptor),
		test_with_folder(test_open),
		test_with_folder(test_given),
		test_with_folder(test_give_refuses),
		cmocka_unit_test(test_state_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
