/* SPDX-License-Identifier: Apache-2.0 */
/* Paths: the ones that fit a pattern, the way that leads to one, and the files of several directories taken for one. */
#include "tests/unit.h"

#include "core/base/text.h"
#include "core/source/conf_files.h"
#include "core/source/trail.h"

static struct source *open_root(struct folder *folder)
{
	struct source *source = NULL;
	struct err err = { "" };

	if (source_open(&source, folder->path, &err) != 0)
		fail_msg("%s", err.text);
	return source;
}

static void link_to(struct folder *folder, const char *target, const char *name)
{
	assert_int_equal(symlink(target, folder_path(folder, name)), 0);
}

/* ---- patterns ---- */

static const char *joined(struct folder *folder, const char *const *list, size_t n)
{
	struct buffer all = { .arena = folder->arena };

	for (size_t i = 0; i < n; i++)
		buffer_word(&all, list[i], strlen(list[i]));
	return all.text ? all.text : "";
}

static void assert_fits(struct folder *folder, const char *pattern, const char *wanted)
{
	auto_source struct source *source = open_root(folder);
	struct paths paths = { .list = NULL };

	paths_match(source, folder->arena, pattern, &paths);
	assert_string_equal(joined(folder, paths.list, paths.n), wanted);
	assert_null(paths.unseen.why);
}

static void test_patterns(void **state)
{
	struct folder *folder = *state;

	folder_puts(folder, "boot/vmlinuz-1", "");
	folder_puts(folder, "boot/vmlinuz-2", "");
	folder_puts(folder, "boot/efi/EFI/debian/grub.cfg", "");
	folder_puts(folder, "boot/efi/EFI/BOOT/BOOTX64.EFI", "");
	folder_puts(folder, "boot/.hidden", "");
	link_to(folder, "vmlinuz-2", "boot/vmlinuz");
	assert_fits(folder, "/boot/vmlinuz*", "boot/vmlinuz boot/vmlinuz-1 boot/vmlinuz-2");
	assert_fits(folder, "boot/vmlinuz-[2-9]", "boot/vmlinuz-2");
	assert_fits(folder, "/boot/efi/EFI/*/grub.cfg", "boot/efi/EFI/BOOT/grub.cfg boot/efi/EFI/debian/grub.cfg");
	assert_fits(folder, "/boot/*idden", "");
	assert_fits(folder, "/boot/.*idden", "boot/.hidden");
	assert_fits(folder, "/nowhere/*", "");
	assert_fits(folder, "/nowhere/at//all", "nowhere/at/all");
	/* what is a file, or a link to one, holds nothing; it is not unseen */
	assert_fits(folder, "/boot/vmlinuz*/*", "");
	assert_fits(folder, "/", "");
	assert_fits(folder, "", "");
	assert_true(path_is_pattern("a?"));
	assert_false(path_is_pattern("a.b"));
}

static void test_pattern_of_many(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	struct paths paths = { .list = NULL };

	for (int i = 0; i < 4200; i++)
		folder_puts(folder, arena_printf(folder->arena, "many/%d", i), "");
	source = open_root(folder);
	paths_match(source, folder->arena, "many/*", &paths);
	assert_int_equal(paths.n, 4096);
	assert_int_equal(paths.unseen.state, STATE_BROKEN);
}

static void test_pattern_unseen(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	struct paths paths = { .list = NULL };

	link_to(folder, "loop", "loop");
	source = open_root(folder);
	paths_match(source, folder->arena, "loop/*", &paths);
	assert_int_equal(paths.n, 0);
	assert_int_equal(paths.unseen.state, STATE_BROKEN);
}

/* ---- the way to a path ---- */

static void assert_trail(struct folder *folder, const char *path, enum state state, const char *end, const char *steps)
{
	auto_source struct source *source = open_root(folder);
	struct trail trail = trail_follow(source, folder->arena, path);
	struct buffer all = { .arena = folder->arena };

	for (size_t i = 0; i < trail.n; i++)
		buffer_word(&all, trail.steps[i]->path, strlen(trail.steps[i]->path));
	assert_null(trail.lost);
	assert_int_equal(trail.end->state, state);
	assert_string_equal(trail.path, end);
	assert_string_equal(all.text, steps);
}

static void test_trail(void **state)
{
	struct folder *folder = *state;

	folder_puts(folder, "var/lib/data/file", "");
	folder_puts(folder, "tmp/x", "");
	link_to(folder, "../tmp", "var/tmp");
	link_to(folder, "/var/lib", "lib");
	link_to(folder, "data/../data/file", "var/lib/again");
	link_to(folder, "../../../../../etc/passwd", "var/out");
	assert_trail(folder, "/tmp/x", STATE_PRESENT, "tmp/x", "/. /tmp /tmp/x");
	assert_trail(folder, "var/tmp", STATE_PRESENT, "tmp", "/. /var /var/tmp /tmp");
	assert_trail(folder, "/lib/again", STATE_PRESENT, "var/lib/data/file",
		     "/. /lib /var /var/lib /var/lib/again /var/lib/data /var/lib/data /var/lib/data/file");
	assert_trail(folder, "/lib/./data/..", STATE_PRESENT, "var/lib", "/. /lib /var /var/lib /var/lib/data");
	assert_trail(folder, "/", STATE_PRESENT, ".", "/.");
	assert_trail(folder, "/var/none/deeper", STATE_ABSENT, "var/none", "/. /var /var/none");
	/* a link cannot lead out: above the root is the root */
	assert_trail(folder, "/var/out", STATE_ABSENT, "etc", "/. /var /var/out /etc");
	assert_trail(folder, "/tmp/x/y", STATE_BROKEN, "tmp/x/y", "/. /tmp /tmp/x /tmp/x/y");
}

static void test_trail_lost(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	char *deep = arena_alloc(folder->arena, 3001);

	link_to(folder, "b", "a");
	link_to(folder, "a", "b");
	memset(deep, 'x', 3000);
	for (size_t i = 1; i < 3000; i += 2)
		deep[i] = '/';
	link_to(folder, deep, "deep");
	folder_puts(folder, "x/f", "");
	source = open_root(folder);
	assert_non_null(trail_follow(source, folder->arena, "/a").lost);
	assert_non_null(trail_follow(source, folder->arena, "/a/x").lost);
	assert_int_equal(trail_follow(source, folder->arena, "/deep").end->state, STATE_ABSENT);
	/* links that grow each other end, too */
	link_to(folder, "grow/grow/grow/x", "grow");
	assert_non_null(trail_follow(source, folder->arena, "/grow").lost);
}

static void test_link(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;

	folder_puts(folder, "file", "text");
	link_to(folder, "file", "link");
	link_to(folder, "errno:EACCES", "closed");
	source = open_root(folder);
	assert_string_equal(source_link(source, "link")->data, "file");
	assert_string_equal(source_link(source, "link")->data, "file");
	assert_int_equal(source_link(source, "file")->state, STATE_BROKEN);
	assert_int_equal(source_link(source, "none")->state, STATE_ABSENT);
}

/* ---- files of several directories ---- */

static void test_conf_files(void **state)
{
	static const char *const directories[] = { "etc/x.d", "run/x.d", "usr/lib/x.d", "lib/x.d", NULL };
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	struct buffer all = { .arena = folder->arena };
	struct conf_files files;

	folder_puts(folder, "usr/lib/x.d/50-vendor.conf", "vendor");
	folder_puts(folder, "usr/lib/x.d/10-first.conf", "first");
	folder_puts(folder, "usr/lib/x.d/20-masked.conf", "masked");
	folder_puts(folder, "etc/x.d/50-vendor.conf", "admin");
	folder_puts(folder, "etc/x.d/99-note.txt", "no suffix");
	folder_puts(folder, "etc/x.d/.99-hidden.conf", "hidden");
	folder_puts(folder, "etc/x.d/30-dir.conf/below", "");
	folder_puts(folder, "run/x.d/50-vendor.conf", "run");
	folder_puts(folder, "elsewhere", "linked");
	link_to(folder, "/dev/null", "etc/x.d/20-masked.conf");
	link_to(folder, "../../elsewhere", "etc/x.d/90-link.conf");
	link_to(folder, "nowhere", "etc/x.d/91-dangling.conf");
	link_to(folder, "usr/lib", "lib");
	source = open_root(folder);
	files = conf_files_read(source, folder->arena, directories);
	for (size_t i = 0; i < files.n; i++)
		buffer_printf(&all, "%s=%s ", files.list[i].name, files.list[i].file->state == STATE_PRESENT ? files.list[i].file->data : "?");
	assert_string_equal(all.text, "10-first.conf=first 30-dir.conf=? 50-vendor.conf=admin 90-link.conf=linked ");
	assert_null(files.unseen.why);
}

static void test_too_many_conf_files(void **state)
{
	static const char *const directories[] = { "x.d", NULL };
	struct folder *folder = *state;
	auto_source struct source *source = NULL;

	for (int i = 0; i < 1001; i++)
		folder_puts(folder, arena_printf(folder->arena, "x.d/%d.conf", i), "");
	source = open_root(folder);
	assert_int_equal(conf_files_read(source, folder->arena, directories).unseen.state, STATE_BROKEN);
}

static void test_lines(void **state)
{
	struct arena *arena = *state;
	static const char text[] = "one\n  two\t\r\n\nthree \\\nand more\\\r\nof it\nlast\\";
	const struct file file = { .path = "/x", .state = STATE_PRESENT, .data = text, .size = strlen(text) };
	struct conf_lines lines = conf_lines_of(arena, &file, true);

	assert_string_equal(conf_lines_next(&lines), "one");
	assert_string_equal(conf_lines_next(&lines), "two");
	assert_string_equal(conf_lines_next(&lines), "");
	assert_string_equal(conf_lines_next(&lines), "three and moreof it");
	assert_int_equal(lines.line, 4);
	assert_string_equal(conf_lines_next(&lines), "last");
	assert_int_equal(lines.line, 7);
	assert_null(conf_lines_next(&lines));
	lines = conf_lines_of(arena, &file, false);
	for (int i = 0; i < 4; i++)
		conf_lines_next(&lines);
	assert_string_equal(conf_lines_next(&lines), "and more\\");
	lines = conf_lines_of(arena, &(struct file){ .state = STATE_ABSENT }, false);
	assert_null(conf_lines_next(&lines));
}

static void test_unread(void **state)
{
	struct arena *arena = *state;
	const struct file binary = { .path = "/b", .state = STATE_PRESENT, .data = "one\ntwo\0\n", .size = 9 };
	struct unseen unseen = { 0 };

	assert_true(conf_file_unread(arena, &binary, &unseen));
	assert_int_equal(unseen.state, STATE_MALFORMED);
	assert_string_equal(unseen.origin, "/b:2");
	assert_true(conf_file_unread(arena, &(struct file){ .path = "/c", .state = STATE_DENIED, .why = "no" }, &unseen));
	assert_int_equal(unseen.state, STATE_DENIED);
	assert_false(conf_file_unread(arena, &(struct file){ .path = "/d", .state = STATE_PRESENT, .data = "", .size = 0 }, &unseen));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_patterns),
		test_with_folder(test_pattern_of_many),
		test_with_folder(test_pattern_unseen),
		test_with_folder(test_trail),
		test_with_folder(test_trail_lost),
		test_with_folder(test_link),
		test_with_folder(test_conf_files),
		test_with_folder(test_too_many_conf_files),
		test_with_arena(test_lines),
		test_with_arena(test_unread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
