/* SPDX-License-Identifier: Apache-2.0 */
/* Which domains a policy makes permissive: of every form that the compiler of policies writes, cut off anywhere, and with any byte changed. */
#include "tests/unit.h"

#include "checks/selinux_policy.h"

#include "core/base/text.h"

#define PERMISSIVE "container_init_t container_t svirt_lxc_net_t"   /* the last is another name of the one before */

static const int versions[] = { 24, 27, 28, 29, 33 };

struct policy {
	char *data;
	size_t size;
};

static struct policy load(struct arena *arena, int version)
{
	struct policy policy = { .data = arena_alloc(arena, 4096) };
	auto_fclose FILE *file = fopen(arena_printf(arena, "%s/tests/data/selinux-policy/policy.%d", getenv("abs_top_srcdir"), version), "r");

	assert_non_null(file);
	policy.size = fread(policy.data, 1, 4096, file);
	assert_in_range(policy.size, 1000, 4000);
	return policy;
}

static void all_forms(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		struct policy policy = load(*state, versions[i]);
		const char *text = selinux_policy_permissive(*state, policy.data, policy.size);

		assert_non_null(text);
		assert_string_equal(text, PERMISSIVE);
	}
}

/* Version 35 has one bitmap more, behind that of the permissive types; there is no compiler for it here. */
static void newest(void **state)
{
	enum { VERSION_AT = 16, ABILITIES_AT = 32, NODE = 12, HEAD = 12 };
	struct policy policy = load(*state, 33);
	size_t behind = ABILITIES_AT + 2 * (HEAD + NODE);
	const unsigned char empty[HEAD] = { 64 };

	memmove(policy.data + behind + HEAD, policy.data + behind, policy.size - behind);
	memcpy(policy.data + behind, empty, HEAD);
	policy.data[VERSION_AT] = 35;
	assert_string_equal(selinux_policy_permissive(*state, policy.data, policy.size + HEAD), PERMISSIVE);
	policy.data[VERSION_AT] = 36;
	assert_null(selinux_policy_permissive(*state, policy.data, policy.size + HEAD));
	policy.data[VERSION_AT] = 23;
	assert_null(selinux_policy_permissive(*state, policy.data, policy.size + HEAD));
}

/* What stands behind the types is not read; of less than them nothing is told. */
static void cut_off(void **state)
{
	struct policy policy = load(*state, 33);
	size_t whole = 0;

	for (size_t size = 0; size <= policy.size; size++) {
		auto_free char *part = xmalloc(size + 1);   /* of its own, so that a sanitizer sees its end */
		const char *text;

		memcpy(part + 1, policy.data, size);
		text = selinux_policy_permissive(*state, part + 1, size);
		if (text && !whole)
			whole = size;
		if (text)
			assert_string_equal(text, PERMISSIVE);
		else
			assert_int_equal(whole, 0);
	}
	assert_in_range(whole, policy.size / 2, policy.size - 1);
}

static void changed(void **state)
{
	struct policy policy = load(*state, 33);

	for (size_t at = 0; at < policy.size; at++) {
		for (int bit = 0; bit < 8; bit++) {
			policy.data[at] ^= (char)(1 << bit);
			selinux_policy_permissive(*state, policy.data, policy.size);
			policy.data[at] ^= (char)(1 << bit);
		}
	}
	assert_string_equal(selinux_policy_permissive(*state, policy.data, policy.size), PERMISSIVE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(all_forms), test_with_arena(newest), test_with_arena(cut_off), test_with_arena(changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
