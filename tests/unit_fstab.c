/* SPDX-License-Identifier: Apache-2.0 */
/* What the next boot mounts: fstab, units before and after it, and what the words among the options come to. */
#include "tests/unit.h"

#include "core/boot/fstab.h"
#include "core/boot/unit.h"

#include <libmount/libmount.h>
#include <sys/mount.h>

struct root {
	struct source *source;
	const struct fstab *fstab;
};

static struct root read_root(struct folder *folder)
{
	struct root root = { NULL, NULL };
	struct err err = { "" };

	if (source_open(&root.source, folder->path, &err) != 0)
		fail_msg("%s", err.text);
	root.fstab = fstab_with_units(fstab_read(root.source, folder->arena), units_read(root.source, folder->arena), folder->arena, NULL);
	return root;
}

/* The entry that holds for a directory, or NULL. */
static const struct fstab_entry *entry_at(const struct fstab *fstab, const char *target)
{
	for (size_t i = 0; i < fstab->n; i++)
		if (strcmp(fstab->list[i].mount.target, target) == 0 && fstab_holds(fstab, &fstab->list[i]))
			return &fstab->list[i];
	return NULL;
}

static void assert_entry(const struct fstab *fstab, const char *target, const char *options, const char *idle, const char *origin)
{
	const struct fstab_entry *e = entry_at(fstab, target);

	assert_non_null(e);
	assert_string_equal(e->options, options);
	assert_string_equal(e->origin, origin);
	if (!idle)
		assert_null(e->idle);
	else
		assert_string_equal(e->idle, idle);
}

/* What mount(8) itself makes of the words. */
static void test_flags_of_libmount(void **state)
{
	static const char *const words[] = { "user", "users", "owner", "group", "exec", "noexec", "suid", "nosuid", "dev", "nodev", "ro", "rw", "defaults",
					     "noauto", "nouser", "user=x", "NOSUID", "errors=remount-ro" };
	static const struct {
		unsigned long theirs;
		unsigned ours;
	} flags[] = { { MS_RDONLY, MOUNT_RO }, { MS_NOSUID, MOUNT_NOSUID }, { MS_NODEV, MOUNT_NODEV }, { MS_NOEXEC, MOUNT_NOEXEC } };
	size_t n = ARRAY_LEN(words);

	for (size_t i = 0; i < n * n * n; i++) {
		const char *options = arena_printf(*state, "%s,%s,%s", words[i % n], words[i / n % n], words[i / n / n]);
		unsigned long said = 0;
		unsigned wanted = 0;

		assert_int_equal(mnt_optstr_get_flags(options, &said, mnt_get_builtin_optmap(MNT_LINUX_MAP)), 0);
		for (size_t k = 0; k < ARRAY_LEN(flags); k++)
			wanted |= said & flags[k].theirs ? flags[k].ours : 0;
		if (mount_flags(options) != wanted)
			fail_msg("%s: %#x, libmount says %#x", options, mount_flags(options), wanted);
	}
}

static void test_flags(void **state)
{
	(void)state;
	assert_int_equal(mount_flags("rw,relatime"), 0);
	assert_int_equal(mount_flags("nosuid,nodev,noexec,ro"), MOUNT_NOSUID | MOUNT_NODEV | MOUNT_NOEXEC | MOUNT_RO);
	assert_int_equal(mount_flags("user"), MOUNT_NOSUID | MOUNT_NODEV | MOUNT_NOEXEC);
	assert_int_equal(mount_flags("user,exec"), MOUNT_NOSUID | MOUNT_NODEV);
	assert_int_equal(mount_flags("exec,user"), MOUNT_NOSUID | MOUNT_NODEV | MOUNT_NOEXEC);
	assert_int_equal(mount_flags("owner,suid"), MOUNT_NODEV);
	assert_int_equal(mount_flags("noexec,defaults"), MOUNT_NOEXEC);
	assert_int_equal(mount_flags("defaults,noexec"), MOUNT_NOEXEC);
	assert_int_equal(mount_flags("xnodev,nodev2,errors=remount-ro"), 0);
	assert_int_equal(mount_flags(""), 0);
}

static void test_lines(void **state)
{
	struct folder *folder = *state;
	struct root root;

	folder_puts(folder, "etc/fstab",
		    "# comment\n\nUUID=1-2 / ext4 errors=remount-ro 0 1\n/dev/sdb1\t/srv/my\\040files/ xfs user,dev,noatime\n"
		    "/dev/sr0 /media/cdrom0 udf,iso9660 user,noauto 0 0\n//s/x /srv/x cifs username=a,password=hunter2,vers=3\n"
		    "/dev/sdd //srv//./x2/ ext4 defaults,nodev\n/dev/sdc /later ext4 noauto,x-systemd.automount 0 0\nLABEL=s none swap sw 0 0\n");
	root = read_root(folder);
	assert_int_equal(root.fstab->n, 7);
	assert_null(root.fstab->unseen.why);
	assert_entry(root.fstab, "/", "errors=remount-ro", NULL, "/etc/fstab:3");
	assert_entry(root.fstab, "/srv/my files", "nosuid,noexec,noatime", NULL, "/etc/fstab:4");
	assert_entry(root.fstab, "/media/cdrom0", "nosuid,nodev,noexec,noauto", "noauto", "/etc/fstab:5");
	assert_true(entry_at(root.fstab, "/media/cdrom0")->by_hand);
	assert_entry(root.fstab, "/srv/x2", "nodev", NULL, "/etc/fstab:7");
	assert_entry(root.fstab, "/later", "noauto,x-systemd.automount", NULL, "/etc/fstab:8");
	/* no password gets any further */
	assert_string_equal(entry_at(root.fstab, "/srv/x")->mount.options, "username=a,password=(hidden),vers=3");
	assert_string_equal(entry_at(root.fstab, "/srv/x")->options, "username=a,password=(hidden),vers=3");
	source_free(root.source);
}

static void test_malformed(void **state)
{
	static const char *const wrong[] = { "/dev/sdb1\n", "word\n", "a /b c d e f g\n" };
	struct folder *folder = *state;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct root root;

		folder_puts(folder, "etc/fstab", arena_printf(folder->arena, "/dev/sda / ext4 defaults 0 1\n%s", wrong[i]));
		root = read_root(folder);
		assert_int_equal(root.fstab->n, 1);
		if (root.fstab->unseen.state != STATE_MALFORMED)
			fail_msg("taken for a line of fstab: %s", wrong[i]);
		assert_string_equal(root.fstab->unseen.origin, "/etc/fstab:2");
		source_free(root.source);
	}
}

/* What looks like another table that libmount knows is no line of that one here. */
static void test_not_mountinfo(void **state)
{
	struct folder *folder = *state;
	struct root root;

	folder_puts(folder, "etc/fstab", "22 27 0:21 / /proc rw - proc proc rw\n");
	root = read_root(folder);
	assert_null(entry_at(root.fstab, "/proc"));
	source_free(root.source);
}

static const char tmp_unit[] = "[Unit]\nDescription=x\n[Mount]\nWhat=tmpfs\nWhere=/tmp\nType=tmpfs\nOptions=mode=1777,nosuid,size=50%%\n";

static void test_units(void **state)
{
	struct folder *folder = *state;
	struct root root;

	folder_puts(folder, "usr/lib/systemd/systemd", "");
	folder_puts(folder, "usr/lib/systemd/system/tmp.mount", tmp_unit);
	root = read_root(folder);
	assert_entry(root.fstab, "/tmp", "nosuid,mode=1777,size=50%", "nothing that is started pulls it in", "/usr/lib/systemd/system/tmp.mount");
	assert_entry(root.fstab, "/dev/shm", "nosuid,nodev,mode=01777", NULL, "systemd itself");
	source_free(root.source);
	/* wanted */
	folder_puts(folder, "usr/lib/systemd/system/default.target", "[Unit]\nWants=local-fs.target\n");
	folder_puts(folder, "usr/lib/systemd/system/local-fs.target", "[Unit]\n");
	folder_path(folder, "etc/systemd/system/local-fs.target.wants/x");
	assert_int_equal(symlink("/usr/lib/systemd/system/tmp.mount", folder_path(folder, "etc/systemd/system/local-fs.target.wants/tmp.mount")), 0);
	root = read_root(folder);
	assert_entry(root.fstab, "/tmp", "nosuid,mode=1777,size=50%", NULL, "/usr/lib/systemd/system/tmp.mount");
	source_free(root.source);
	/* a drop-in changes it */
	folder_puts(folder, "etc/systemd/system/tmp.mount.d/options.conf", "[Mount]\nOptions=nodev,noexec\n[Install]\nOptions=suid\n");
	root = read_root(folder);
	assert_entry(root.fstab, "/tmp", "nodev,noexec", NULL, "/usr/lib/systemd/system/tmp.mount");
	source_free(root.source);
	/* a line of fstab goes before a unit of the vendor */
	folder_puts(folder, "etc/fstab", "tmpfs /tmp tmpfs nosuid\ntmpfs /dev/shm tmpfs noexec\n");
	root = read_root(folder);
	assert_entry(root.fstab, "/tmp", "nosuid", NULL, "/etc/fstab:1");
	assert_entry(root.fstab, "/dev/shm", "noexec", NULL, "/etc/fstab:2");
	source_free(root.source);
	/* a unit of the administrator before fstab */
	folder_puts(folder, "etc/systemd/system/tmp.mount", tmp_unit);
	root = read_root(folder);
	assert_entry(root.fstab, "/tmp", "nodev,noexec", NULL, "/etc/systemd/system/tmp.mount");
	source_free(root.source);
	/* and a mask before all */
	assert_int_equal(unlink(folder_path(folder, "etc/systemd/system/tmp.mount")), 0);
	assert_int_equal(symlink("/dev/null", folder_path(folder, "etc/systemd/system/tmp.mount")), 0);
	root = read_root(folder);
	assert_string_equal(entry_at(root.fstab, "/tmp")->idle, "masked");
	source_free(root.source);
}

/* A unit of the administrator that nobody wants is wanted by the line of fstab that it hides. */
static void test_unit_woken(void **state)
{
	struct folder *folder = *state;
	struct root root;

	folder_puts(folder, "etc/systemd/system/srv-my\\x20files.mount", "[Mount]\nWhat=/dev/sdb\nWhere=/srv/my files\nType=ext4\n");
	root = read_root(folder);
	assert_entry(root.fstab, "/srv/my files", "", "nothing that is started pulls it in", "/etc/systemd/system/srv-my\\x20files.mount");
	source_free(root.source);
	folder_puts(folder, "etc/fstab", "/dev/sdb /srv/my\\040files ext4 nodev\n");
	root = read_root(folder);
	assert_entry(root.fstab, "/srv/my files", "", NULL, "/etc/systemd/system/srv-my\\x20files.mount");
	source_free(root.source);
}

static void test_hostile_units(void **state)
{
	struct folder *folder = *state;
	struct root root;

	folder_puts(folder, "etc/systemd/system/.mount", "");
	folder_puts(folder, "etc/systemd/system/-.mount", "[Mount]\nWhat=/dev/sda\nOptions=ro\n");
	folder_puts(folder, "etc/systemd/system/a\\x.mount", "[Mount]\n");
	folder_puts(folder, "etc/systemd/system/b\\x4.mount", "[Mount\nOptions=x\n");
	folder_puts(folder, "etc/systemd/system/c\\xzz\x1b[31m.mount", "Options=nodev\n[Mount]\n= x\nOptions\n");
	assert_int_equal(mkfifo(folder_path(folder, "etc/systemd/system/d.mount"), 0600), 0);
	assert_int_equal(symlink("e.mount", folder_path(folder, "etc/systemd/system/e.mount")), 0);
	root = read_root(folder);
	assert_entry(root.fstab, "/", "ro", "nothing that is started pulls it in", "/etc/systemd/system/-.mount");
	assert_int_equal(root.fstab->unseen.state, STATE_BROKEN);
	for (size_t i = 0; i < root.fstab->n; i++)
		assert_null(strchr(root.fstab->list[i].mount.target, '\x1b'));
	source_free(root.source);
}

/* By the name of a directory only its own unit is looked for. */
static void test_one_unit(void **state)
{
	struct folder *folder = *state;
	struct root root = { NULL, NULL };
	const struct units *units;
	struct err err;

	folder_puts(folder, "usr/lib/systemd/systemd", "");
	folder_puts(folder, "etc/systemd/system/srv-my\\x20x\\x2dfiles.mount", "[Mount]\nWhat=/dev/sdb\nOptions=nodev\n");
	folder_puts(folder, "etc/systemd/system/tmp.mount", tmp_unit);
	assert_int_equal(source_open(&root.source, folder->path, &err), 0);
	units = units_read(root.source, folder->arena);
	root.fstab = fstab_with_units(fstab_read(root.source, folder->arena), units, folder->arena, "/srv/my x-files");
	assert_string_equal(entry_at(root.fstab, "/srv/my x-files")->options, "nodev");
	assert_null(entry_at(root.fstab, "/tmp"));
	root.fstab = fstab_with_units(root.fstab, units, folder->arena, "/tmp");
	assert_non_null(entry_at(root.fstab, "/srv/my x-files"));
	assert_non_null(entry_at(root.fstab, "/tmp"));
	assert_null(entry_at(fstab_with_units(root.fstab, units, folder->arena, "/"), "/"));
	source_free(root.source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flags),
		test_with_arena(test_flags_of_libmount),
		test_with_folder(test_lines),
		test_with_folder(test_malformed),
		test_with_folder(test_not_mountinfo),
		test_with_folder(test_units),
		test_with_folder(test_unit_woken),
		test_with_folder(test_hostile_units),
		test_with_folder(test_one_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
