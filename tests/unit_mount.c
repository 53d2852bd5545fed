/* SPDX-License-Identifier: Apache-2.0 */
/* Which mount serves a path, what a mount shows of the host and under which names, and that none of it takes longer for thousands of mounts. */
#include "tests/unit.h"

#include "core/base/text.h"
#include "core/process/mount.h"

#include <time.h>

static struct mounts *parse(struct arena *arena, const char *text)
{
	struct file *file = arena_new_of(arena, struct file);
	struct mounts *mounts;

	*file = (struct file){ .path = "/proc/9/mountinfo", .data = text, .size = strlen(text) };
	mounts = mounts_parse(arena, file);
	assert_int_equal(mounts->state, STATE_PRESENT);
	return mounts;
}

static int serving(const struct mounts *mounts, const char *path)
{
	const struct mount *m = mount_serving(mounts, path);

	return m ? m->id : -1;
}

#define TREE \
	"10 1 0:10 / / rw - overlay overlay rw\n" \
	"11 10 0:11 / /proc rw - proc proc rw\n" \
	"12 11 0:11 /sys /proc/sys ro - proc proc rw\n" \
	"13 12 0:11 /sys/net /proc/sys/net rw - proc proc rw\n" \
	"14 11 0:12 / /proc/acpi ro - tmpfs tmpfs ro\n" \
	"15 10 0:13 / /sys ro - sysfs sysfs rw\n"

static void test_serving(void **state)
{
	struct mounts *mounts = parse(*state, TREE);

	assert_int_equal(serving(mounts, "/"), 10);
	assert_int_equal(serving(mounts, "/etc/passwd"), 10);
	assert_int_equal(serving(mounts, "/proc"), 11);
	assert_int_equal(serving(mounts, "/process"), 10);
	assert_int_equal(serving(mounts, "/proc/kcore"), 11);
	assert_int_equal(serving(mounts, "/proc/sys"), 12);
	assert_int_equal(serving(mounts, "/proc/sys/kernel/core_pattern"), 12);
	assert_int_equal(serving(mounts, "/proc/sys/net/ipv4"), 13);
	assert_int_equal(serving(mounts, "/proc/acpi/x"), 14);
	assert_int_equal(mount_of_id(mounts, 14)->id, 14);
	assert_null(mount_of_id(mounts, 16));
}

/* What is mounted on a directory hides all that was mounted there and below before. */
static void test_stacked(void **state)
{
	struct mounts *mounts = parse(*state, TREE "20 11 0:20 / /proc rw - tmpfs tmpfs rw\n21 20 0:11 / /proc rw - proc proc rw\n"
					      "22 10 0:22 / / rw - tmpfs tmpfs rw\n");

	assert_int_equal(serving(mounts, "/proc/sys"), 22);
	mounts = parse(*state, TREE "20 11 0:20 / /proc rw - tmpfs tmpfs rw\n21 20 0:11 / /proc rw - proc proc rw\n");
	assert_int_equal(serving(mounts, "/proc/sys/net"), 21);
	assert_ptr_equal(mount_of_id(mounts, 11)->top, mount_of_id(mounts, 21));
	assert_ptr_equal(mount_of_id(mounts, 12)->top, mount_of_id(mounts, 12));
}

/* No kernel gives such a table, but a captured root may hold any. */
static void test_circles(void **state)
{
	static const char *const tables[] = {
		"10 1 0:10 / / rw - tmpfs t rw\n11 12 0:11 / /a rw - tmpfs t rw\n12 11 0:11 / /a rw - tmpfs t rw\n",
		"10 10 0:10 / / rw - tmpfs t rw\n10 10 0:11 / / rw - tmpfs t rw\n",
		"10 11 0:10 / / rw - tmpfs t rw\n11 10 0:11 / / rw - tmpfs t rw\n",
		"10 1 0:10 / /x rw - tmpfs t rw\n11 10 0:10 / /x rw - tmpfs t rw\n11 11 0:10 / /x rw - tmpfs t rw\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		serving(parse(*state, tables[i]), "/a/b/c");
		serving(parse(*state, tables[i]), "/x");
	}
}

static void assert_place(struct arena *arena, const struct mounts *mounts, int id, const char *wanted, const char *place)
{
	const char *got = mount_place(arena, mounts, mount_of_id(mounts, id), wanted);

	if (!place)
		assert_null(got);
	else if (!got)
		fail_msg("mount %d does not show %s", id, wanted);
	else
		assert_string_equal(got, place);
}

static void test_place(void **state)
{
	struct mounts *mounts = parse(*state, TREE
		"30 10 0:30 / /p rw - proc proc rw\n31 10 0:11 /sys/kernel /k rw - proc proc rw\n"
		"32 30 0:11 /version /p/kcore ro - proc proc rw\n33 10 0:33 / /h rw - proc proc rw\n34 33 0:34 / /h rw - tmpfs tmpfs rw\n");

	assert_place(*state, mounts, 11, "/kcore", "/proc/kcore");
	assert_place(*state, mounts, 11, "/sys", NULL);
	assert_place(*state, mounts, 12, "/sys", "/proc/sys");
	assert_place(*state, mounts, 12, "/sys/kernel/core_pattern", "/proc/sys/kernel/core_pattern");
	assert_place(*state, mounts, 13, "/sys", "/proc/sys/net");
	assert_place(*state, mounts, 13, "/sys/kernel", NULL);
	assert_place(*state, mounts, 30, "/sys", "/p/sys");
	assert_place(*state, mounts, 30, "/", "/p");
	assert_place(*state, mounts, 30, "/kcore", NULL);
	assert_place(*state, mounts, 32, "/kcore", NULL);
	assert_place(*state, mounts, 31, "/sys/kernel/core_pattern", "/k/core_pattern");
	assert_place(*state, mounts, 33, "/sys", NULL);
}

/* ---- names of the host ---- */

/* "/a /b (/c)": those in brackets lie inside. */
static void assert_names(struct folder *folder, const char *host, const char *line, const char *wanted)
{
	struct mounts *mounts = parse(folder->arena, arena_printf(folder->arena, "50 1 0:50 / / rw - overlay overlay rw\n%s\n", line));
	struct buffer all = { .arena = folder->arena };
	auto_source struct source *source = NULL;
	struct err err = { "" };

	folder_puts(folder, "proc/1/mountinfo", host);
	assert_int_equal(source_open(&source, folder->path, &err), 0);
	mounts_locate(folder->arena, mounts, mounts_read(source, source_arena(source)));
	for (size_t i = 0; i < mounts->list[1].n_host_paths; i++) {
		const struct host_path *h = &mounts->list[1].host_paths[i];

		buffer_printf(&all, h->inside ? "%s(%s)" : "%s%s", i ? " " : "", h->path);
	}
	assert_string_equal(all.text ? all.text : "", wanted);
}

static void test_names(void **state)
{
	static const char plain[] = "1 0 8:1 / / rw - ext4 /dev/sda rw\n2 1 0:2 / /run rw - tmpfs tmpfs rw\n";

	assert_names(*state, plain, "51 50 8:1 /etc /k rw - ext4 /dev/sda rw", "/etc");
	assert_names(*state, plain, "51 50 8:1 / /k rw - ext4 /dev/sda rw", "/");
	assert_names(*state, plain, "51 50 0:2 /docker.sock /k rw - tmpfs tmpfs rw", "/run/docker.sock");
	assert_names(*state, plain, "51 50 0:9 / /k rw - tmpfs tmpfs rw", "");
}

static void test_several_names(void **state)
{
	static const char bound[] = "1 0 8:1 / / rw - ext4 /dev/sda rw\n2 1 8:1 /root/.ssh /tmp/q rw - ext4 /dev/sda rw\n";

	assert_names(*state, bound, "51 50 8:1 /root/.ssh/id /k rw - ext4 /dev/sda rw", "/root/.ssh/id /tmp/q/id");
	assert_names(*state, bound, "51 50 8:1 /root /k rw - ext4 /dev/sda rw", "/root (/tmp/q)");
}

/* The host's root is a subvolume: who has the top of the file system has the host's root in it. */
static void test_above_the_hosts(void **state)
{
	static const char subvolumes[] = "1 0 0:30 /@ / rw - btrfs /dev/sda rw\n2 1 0:30 /@home /home rw - btrfs /dev/sda rw\n";

	assert_names(*state, subvolumes, "51 50 0:30 / /top rw - btrfs /dev/sda rw", "(/) (/home)");
	assert_names(*state, subvolumes, "51 50 0:30 /@home/x /top rw - btrfs /dev/sda rw", "/home/x");
	assert_names(*state, subvolumes, "51 50 0:30 /@other /top rw - btrfs /dev/sda rw", "");
}

static void test_spreads(void **state)
{
	struct mounts *host = parse(*state, "1 0 8:1 / / rw shared:7 - ext4 d rw\n2 1 8:1 /a /a rw master:9 - ext4 d rw\n");
	struct mounts *mounts = parse(*state, "5 1 8:1 / / rw shared:7 - ext4 d rw\n6 5 8:1 / /b rw shared:9 - ext4 d rw\n"
					      "7 5 8:1 / /c rw shared:70 - ext4 d rw\n8 5 8:1 / /d rw master:7 - ext4 d rw\n");

	assert_true(mount_spreads_to(&mounts->list[0], host));
	assert_true(mount_spreads_to(&mounts->list[1], host));
	assert_false(mount_spreads_to(&mounts->list[2], host));
	assert_false(mount_spreads_to(&mounts->list[3], host));
}

/* ---- thousands ---- */

enum { MANY = 8000, LOOKS = 100 };

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* As many mounts, all on one directory or each on one of its own. */
static struct mounts *parse_many(struct arena *arena, const char *target, bool stacked)
{
	struct buffer text = { .arena = arena };

	buffer_puts(&text, "1 0 0:1 / / rw - tmpfs t rw\n");
	for (int i = 2; i < MANY; i++) {
		if (stacked)
			buffer_printf(&text, "%d %d 0:2 / %s rw - proc proc rw\n", i, i - 1, target);
		else
			buffer_printf(&text, "%d 1 0:2 / %s%d rw - proc proc rw\n", i, target, i);
	}
	return parse(arena, text.text);
}

/* One look at all of them for each that is met on the way would be 64 million steps, and that again for each path that is asked for. */
static void test_many(void **state)
{
	static const struct {
		const char *target;
		bool stacked;
	} shapes[] = { { "/proc", true }, { "/", true }, { "/x", false } };

	for (size_t s = 0; s < ARRAY_LEN(shapes); s++) {
		struct mounts *mounts = parse_many(*state, shapes[s].target, shapes[s].stacked);
		double begun = seconds();

		for (int i = 0; i < LOOKS; i++)
			assert_non_null(mount_serving(mounts, arena_printf(*state, "/proc/%d/x7/sys", i)));
		for (size_t i = 0; i < mounts->n; i++)
			mount_place(*state, mounts, &mounts->list[i], "/sys");
		if (seconds() - begun > 2)
			fail_msg("shape %zu took %.1f s", s, seconds() - begun);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_serving), test_with_arena(test_stacked), test_with_arena(test_circles), test_with_arena(test_place),
		test_with_folder(test_names), test_with_folder(test_several_names), test_with_folder(test_above_the_hosts),
		test_with_arena(test_spreads), test_with_arena(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
