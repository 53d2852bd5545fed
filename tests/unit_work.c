/* SPDX-License-Identifier: Apache-2.0 */
/* Work shared among threads: each piece once, no worker twice at a time; and the memory that workers leave behind. */
#include "tests/unit.h"

#include "core/base/work.h"

#include <sched.h>
#include <stdatomic.h>

enum { PIECES = 1000 };

struct seen {
	atomic_uint times[PIECES];
	atomic_uint busy[WORKERS_MOST];
	atomic_bool clash;
	unsigned workers;
};

static void look(void *with, unsigned worker, unsigned i)
{
	struct seen *seen = with;

	if (worker >= seen->workers || atomic_fetch_add(&seen->busy[worker], 1))
		atomic_store(&seen->clash, true);
	sched_yield();
	atomic_fetch_add(&seen->times[i], 1);
	atomic_fetch_sub(&seen->busy[worker], 1);
}

static void test_each_once(void **state)
{
	static const unsigned counts[] = { 0, 1, 3, 4, 5, 8, 63, PIECES };

	(void)state;
	for (unsigned workers = 1; workers <= WORKERS_MOST; workers++) {
		for (size_t c = 0; c < ARRAY_LEN(counts); c++) {
			struct seen seen = { .workers = workers };

			work_share(workers, counts[c], look, &seen);
			assert_false(seen.clash);
			for (unsigned i = 0; i < PIECES; i++)
				assert_int_equal(seen.times[i], i < counts[c]);
		}
	}
}

static void test_processors(void **state)
{
	cpu_set_t all, one;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	assert_in_range(work_processors(), 1, WORKERS_MOST);
	CPU_ZERO(&one);
	for (int cpu = 0; cpu < CPU_SETSIZE && !CPU_COUNT(&one); cpu++)
		if (CPU_ISSET(cpu, &all))
			CPU_SET(cpu, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	assert_int_equal(work_processors(), 1);
	assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
}

/* What was made in one arena lies in the other after they are joined, whichever was empty, and more can be made. */
static void test_arenas_join(void **state)
{
	static const unsigned sizes[] = { 0, 1, 100, 20000 };

	(void)state;
	for (size_t a = 0; a < ARRAY_LEN(sizes); a++) {
		for (size_t b = 0; b < ARRAY_LEN(sizes); b++) {
			auto_arena struct arena *arena = arena_new();
			struct arena *other = arena_new();
			char *mine = sizes[a] ? arena_printf(arena, "%*d", (int)sizes[a], 1) : NULL;
			char *its = sizes[b] ? arena_printf(other, "%*d", (int)sizes[b], 2) : NULL;

			arena_join(arena, other);
			assert_string_equal(arena_strdup(arena, "more"), "more");
			if (mine)
				assert_true(strlen(mine) == sizes[a] && mine[sizes[a] - 1] == '1');
			if (its)
				assert_true(strlen(its) == sizes[b] && its[sizes[b] - 1] == '2');
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_once),
		cmocka_unit_test(test_processors),
		cmocka_unit_test(test_arenas_join),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
