/* SPDX-License-Identifier: Apache-2.0 */
/* The stack of PAM modules of a service. */
#include "tests/unit_config.h"

#include "core/access/pam.h"
#include "core/base/text.h"

static const struct pam_stack *read_stack(struct folder *folder, struct source **source, const char *service, const char *type)
{
	*source = root_open(folder);
	return pam_read(*source, folder->arena, service, type);
}

/* "control module; …" */
static void assert_stack(struct folder *folder, const struct pam_stack *stack, const char *wanted)
{
	struct buffer out = { .arena = folder->arena };

	buffer_puts(&out, "");
	for (size_t i = 0; i < stack->n; i++)
		buffer_printf(&out, "%s%s %s", out.size ? "; " : "", stack->list[i].control, stack->list[i].name);
	assert_string_equal(out.text, wanted);
}

static void test_lines(void **state)
{
	auto_source struct source *source = NULL;
	const struct pam_stack *s;

	folder_puts(*state, "etc/pam.d/login",
		    "#%PAM-1.0\nAUTH  Required /lib/security/pam_env.so # x\n-auth optional pam_x.so\nauth [success=1 default=ignore] \\\n"
		    "\tpam_unix.so nullok minlen=8 minlen=9 [query=select \\] x]\naccount required pam_unix.so\n# auth required \\\nauth required pam_deny.so\n");
	s = read_stack(*state, &source, "login", "auth");
	assert_int_equal(s->state, STATE_PRESENT);
	assert_string_equal(s->path, "/etc/pam.d/login");
	assert_no_fault(&s->faults);
	assert_stack(*state, s, "required pam_env.so; optional pam_x.so; [success=1 default=ignore] pam_unix.so; required pam_deny.so");
	assert_string_equal(s->list[2].origin, "/etc/pam.d/login:4");
	assert_string_equal(pam_argument(&s->list[2], "nullok"), "");
	assert_string_equal(pam_argument(&s->list[2], "minlen"), "9");
	assert_string_equal(pam_argument(&s->list[2], "query"), "select ] x");
	assert_null(pam_argument(&s->list[2], "min"));
	assert_null(pam_argument(&s->list[0], "nullok"));
}

static void test_includes(void **state)
{
	auto_source struct source *source = NULL;
	const struct pam_stack *s;

	folder_puts(*state, "etc/pam.d/su", "auth sufficient pam_rootok.so\nauth include common\n@include all\nauth substack other-auth\n");
	folder_puts(*state, "etc/pam.d/common", "auth required a.so\naccount required b.so\n");
	folder_puts(*state, "etc/pam.d/all", "account required c.so\nauth required d.so\n");
	folder_puts(*state, "usr/lib/pam.d/other-auth", "auth required e.so\n");
	s = read_stack(*state, &source, "su", "auth");
	assert_no_fault(&s->faults);
	assert_stack(*state, s, "sufficient pam_rootok.so; required a.so; required d.so; required e.so");
	assert_stack(*state, pam_read(source, ((struct folder *)*state)->arena, "su", "account"), "required c.so");
}

static void test_other(void **state)
{
	auto_source struct source *source = NULL;
	struct arena *arena = ((struct folder *)*state)->arena;

	folder_puts(*state, "etc/pam.d/x", "auth required a.so\n");
	folder_puts(*state, "etc/pam.d/other", "password required pam_deny.so\n");
	assert_stack(*state, read_stack(*state, &source, "x", "password"), "required pam_deny.so");
	assert_int_equal(pam_read(source, arena, "y", "auth")->state, STATE_ABSENT);
	assert_true(pam_is_used(source));
}

static unsigned by_argument(const struct pam_module *module, const void *context)
{
	(void)context;
	return pam_argument(module, "y") ? PAM_SAYS_YES : pam_argument(module, "i") ? PAM_SAYS_NOTHING : PAM_SAYS_NO;
}

static void assert_way(struct folder *folder, const char *lines, const char *wanted)
{
	auto_source struct source *source = NULL;
	const struct pam_module *by;

	folder_puts(folder, "etc/pam.d/w", lines);
	by = pam_way(folder->arena, read_stack(folder, &source, "w", "auth"), by_argument, NULL);
	if (wanted)
		assert_string_equal(by ? by->name : "none", wanted);
	else
		assert_null(by);
}

static void test_ways(void **state)
{
	folder_puts(*state, "etc/pam.d/in", "auth [success=done default=1] a.so y\nauth requisite b.so\n");
	assert_way(*state, "", NULL);
	assert_way(*state, "auth required a.so\n", NULL);
	assert_way(*state, "auth required a.so i\n", NULL);
	assert_way(*state, "auth optional a.so\nauth Required b.so y\n", "b.so");
	assert_way(*state, "auth [success=1 default=ignore] a.so\nauth requisite b.so\nauth required c.so y\n", NULL);
	assert_way(*state, "auth [success=1 default=ignore] a.so y\nauth requisite b.so\nauth required c.so y\n", "c.so");
	assert_way(*state, "auth [success=2 default=ignore] a.so y\nauth requisite b.so\nauth required c.so y\n", NULL);
	assert_way(*state, "auth [success=9 default=ignore] a.so y\nauth required c.so y\n", NULL);
	assert_way(*state, "auth [default=done] a.so\nauth required c.so y\n", NULL);
	assert_way(*state, "auth [default=reset] a.so\nauth required c.so y\n", "c.so");
	assert_way(*state, "auth [Success=ok] a.so y\n", NULL);
	assert_way(*state, "auth whatever a.so y\n", NULL);
	assert_way(*state, "auth substack in\n", "a.so");
	assert_way(*state, "auth substack in\nauth required c.so\n", NULL);
	assert_way(*state, "auth include in\nauth required c.so\n", "a.so");
	assert_way(*state, "auth [success=1 default=ignore] a.so y\nauth substack in\nauth required c.so y\n", "c.so");
}

static void test_too_long(void **state)
{
	auto_source struct source *source = NULL;

	folder_puts(*state, "etc/pam.d/a", TEN_OF(TEN_OF(TEN_OF("auth required a.so\n"))));
	folder_puts(*state, "etc/pam.d/b", TEN_OF("auth include a\n"));
	assert_fault(&read_stack(*state, &source, "b", "auth")->faults, STATE_BROKEN, "/etc/pam.d/a:1", "more than 2000 modules");
}

static void test_unused(void **state)
{
	auto_source struct source *source = NULL;

	assert_int_equal(read_stack(*state, &source, "login", "auth")->state, STATE_INAPPLICABLE);
	assert_false(pam_is_used(source));
}

static void test_broken(void **state)
{
	auto_source struct source *source = NULL;
	struct folder *folder = *state;
	const struct pam_stack *s;

	folder_puts(folder, "etc/pam.d/a", "auth\nauth required\nauth [x pam.so\nauth required pam.so [y\nauth include\nauth include gone\n@include\n");
	s = read_stack(folder, &source, "a", "auth");
	assert_int_equal(s->n, 0);
	assert_int_equal(s->faults.n, 7);
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/pam.d/a:1", "no control");
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/pam.d/a:2", "no module");
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/pam.d/a:3", "bracket");
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/pam.d/a:4", "bracket");
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/pam.d/a:5", "no file");
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/pam.d/a:6", "there is no gone");
	folder_puts(folder, "etc/pam.d/b", TEN_OF("@include b\n"));
	assert_fault(&pam_read(source, folder->arena, "b", "auth")->faults, STATE_MALFORMED, "/etc/pam.d/b:1", "circle");
	assert_int_equal(mkfifo(folder_path(folder, "etc/pam.d/c"), 0600), 0);
	assert_fault(&pam_read(source, folder->arena, "c", "auth")->faults, STATE_BROKEN, "/etc/pam.d/c", "FIFO");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_lines),
		test_with_folder(test_includes),
		test_with_folder(test_other),
		test_with_folder(test_ways),
		test_with_folder(test_too_long),
		test_with_folder(test_unused),
		test_with_folder(test_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
