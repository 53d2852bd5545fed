/* SPDX-License-Identifier: Apache-2.0 */
/* Unit files: the syntax, drop-ins, other names, and what starts a service where there is no systemd. */
#include "tests/unit.h"

#include "core/boot/unit.h"

struct host {
	struct folder *folder;
	struct source *source;
	struct arena *arena;
	struct units *units;
};

/* What was written so far. */
static struct host read_host(struct folder *folder)
{
	struct host host = { .folder = folder, .arena = folder->arena };
	struct err err;

	assert_int_equal(source_open(&host.source, folder->path, &err), 0);
	host.units = units_read(host.source, source_arena(host.source));
	return host;
}

static void host_free(struct host *host)
{
	source_free(host->source);
}

#define auto_host __attribute__((cleanup(host_free)))

static void link_to(struct folder *folder, const char *target, const char *name)
{
	assert_int_equal(symlink(target, folder_path(folder, name)), 0);
}

static void vendor(struct folder *folder, const char *name, const char *text)
{
	folder_puts(folder, arena_printf(folder->arena, "usr/lib/systemd/system/%s", name), text);
}

static void etc(struct folder *folder, const char *name, const char *text)
{
	folder_puts(folder, arena_printf(folder->arena, "etc/systemd/system/%s", name), text);
}

static void assert_setting(const struct host *host, const char *unit, const char *key, const char *value)
{
	const struct unit *loaded = unit_load(host->units, host->arena, unit);
	const struct unit_setting *setting = unit_setting(loaded, "Service", key);

	if (!value)
		assert_null(setting);
	else
		assert_string_equal(setting ? setting->value : "not set", value);
}

static void assert_start(const struct host *host, const char *unit, enum unit_start start)
{
	struct unit_boot boot = unit_boot(host->units, host->arena, unit);

	assert_int_equal(boot.state, STATE_PRESENT);
	if (boot.start != start)
		fail_msg("%s: start %d, not %d (%s)", unit, (int)boot.start, (int)start, boot.why);
}

static void test_syntax(void **state)
{
	vendor(*state, "x.service",
	       "No=section\n[Unit]\nDescription = a = b \n# User=comment\n; User=comment\n[Service]\nnothing\n=empty\n"
	       "User=one\\\n# between\n ; also between\n two\\\nthree\nGroup=\\\n\nHome=/a\\");
	auto_host struct host host = read_host(*state);
	const struct unit *unit = unit_load(host.units, host.arena, "x");

	assert_string_equal(unit->name, "x.service");
	assert_string_equal(unit_setting(unit, "Unit", "Description")->value, "a = b");
	assert_null(unit_setting(unit, "Unit", "No"));
	assert_setting(&host, "x", "User", "one  two three");
	assert_int_equal(unit_setting(unit, "Service", "User")->line, 9);
	assert_setting(&host, "x", "Group", NULL);
	assert_setting(&host, "x", "Home", "/a");
}

static void test_bytes(void **state)
{
	static const char text[] = "[Service]\nUser=a\0b\n\0\0\nGroup=\xff\xfe\n[\n[]\n]\n";
	auto_host struct host host = { 0 };

	folder_write(*state, "usr/lib/systemd/system/x.service", text, sizeof(text));
	host = read_host(*state);
	assert_setting(&host, "x", "User", "a");
	assert_setting(&host, "x", "Group", "\xff\xfe");
}

static void test_reset(void **state)
{
	const struct unit_setting *s;
	size_t at = 0;

	vendor(*state, "x.service", "[Service]\nExecStart=/bin/one\n");
	etc(*state, "x.service.d/10.conf", "[Service]\nExecStart=\nExecStart=/bin/two\nExecStart=/bin/three\n");
	auto_host struct host host = read_host(*state);
	const struct unit *unit = unit_load(host.units, host.arena, "x");

	s = unit_next(unit, "Service", "ExecStart", &at);
	assert_string_equal(s->value, "/bin/two");
	assert_string_equal(s->origin, "/etc/systemd/system/x.service.d/10.conf");
	assert_string_equal(unit_next(unit, "Service", "ExecStart", &at)->value, "/bin/three");
	assert_null(unit_next(unit, "Service", "ExecStart", &at));
}

static void test_dropins(void **state)
{
	vendor(*state, "a-b-c.service", "[Service]\nUser=file\n");
	vendor(*state, "service.d/10-type.conf", "[Service]\nUser=type\nGroup=type\nNice=1\n");
	vendor(*state, "a-.service.d/20-short.conf", "[Service]\nUser=short\nGroup=short\n");
	vendor(*state, "a-b-.service.d/30.conf", "[Service]\nUser=longer\n");
	vendor(*state, "a-b-c.service.d/30.conf", "[Service]\nUser=full\n");
	auto_host struct host host = read_host(*state);

	assert_setting(&host, "a-b-c", "User", "full");
	assert_setting(&host, "a-b-c", "Group", "short");
	assert_setting(&host, "a-b-c", "Nice", "1");
}

static void test_masked_dropin(void **state)
{
	vendor(*state, "x.service", "[Service]\nUser=file\n");
	vendor(*state, "x.service.d/10.conf", "[Service]\nUser=dropin\n");
	link_to(*state, "/dev/null", "etc/systemd/system/x.service.d/10.conf");
	auto_host struct host host = read_host(*state);

	assert_setting(&host, "x", "User", "file");
}

static void test_names(void **state)
{
	vendor(*state, "real.service", "[Service]\nUser=real\n");
	vendor(*state, "t@.service", "[Service]\nUser=%i\n");
	link_to(*state, "real.service", "usr/lib/systemd/system/alias.service");
	etc(*state, "alias.service.d/x.conf", "[Service]\nGroup=by-alias\n");
	etc(*state, "t@one.service.d/x.conf", "[Service]\nGroup=one\n");
	link_to(*state, "/dev/null", "etc/systemd/system/masked.service");
	vendor(*state, "masked.service", "[Service]\n");
	vendor(*state, "empty.service", "[Service]\n");
	etc(*state, "empty.service", "");
	link_to(*state, "/usr/lib/systemd/system/gone.service", "etc/systemd/system/gone.service");
	auto_host struct host host = read_host(*state);

	assert_string_equal(unit_load(host.units, host.arena, "alias")->name, "real.service");
	assert_setting(&host, "real", "Group", "by-alias");
	assert_setting(&host, "t@one", "Group", "one");
	assert_setting(&host, "t@two", "Group", NULL);
	assert_true(unit_load(host.units, host.arena, "masked")->masked);
	assert_true(unit_load(host.units, host.arena, "empty")->masked);
	assert_int_equal(unit_load(host.units, host.arena, "gone")->state, STATE_ABSENT);
	assert_int_equal(unit_load(host.units, host.arena, "none")->state, STATE_ABSENT);
	assert_int_equal(unit_load(host.units, host.arena, "@")->state, STATE_ABSENT);
	assert_int_equal(unit_load(host.units, host.arena, ".service")->state, STATE_ABSENT);
	assert_int_equal(unit_load(host.units, host.arena, "a@b@c.service")->state, STATE_ABSENT);
}

/* A link in /etc takes back what /usr wants. */
static void test_masked_want(void **state)
{
	vendor(*state, "default.target", "[Unit]\n");
	vendor(*state, "x.service", "[Service]\n");
	vendor(*state, "y.service", "[Service]\n");
	link_to(*state, "../x.service", "usr/lib/systemd/system/default.target.wants/x.service");
	link_to(*state, "../y.service", "usr/lib/systemd/system/default.target.wants/y.service");
	link_to(*state, "/dev/null", "etc/systemd/system/default.target.wants/x.service");
	auto_host struct host host = read_host(*state);

	assert_start(&host, "x", START_NEVER);
	assert_start(&host, "y", START_BOOT);
}

/* Without a default target what multi-user.target wants is started all the same. */
static void test_no_default(void **state)
{
	vendor(*state, "multi-user.target", "[Unit]\n");
	vendor(*state, "x.service", "[Service]\n");
	link_to(*state, "/usr/lib/systemd/system/x.service", "etc/systemd/system/multi-user.target.wants/x.service");
	auto_host struct host host = read_host(*state);

	assert_start(&host, "x", START_BOOT);
}

static void test_openrc(void **state)
{
	const char *origin;

	folder_puts(*state, "etc/init.d/crond", "#!/sbin/openrc-run\n");
	folder_puts(*state, "etc/init.d/ntpd", "#!/sbin/openrc-run\n");
	folder_puts(*state, "etc/init.d/sshd", "#!/sbin/openrc-run\n");
	folder_puts(*state, "etc/runlevels/more/.keep", "");
	link_to(*state, "/etc/init.d/crond", "etc/runlevels/default/crond");
	link_to(*state, "../more", "etc/runlevels/default/more");
	link_to(*state, "/etc/init.d/sshd", "etc/runlevels/more/sshd");
	link_to(*state, "/etc/init.d/ntpd", "etc/runlevels/shutdown/ntpd");
	auto_host struct host host = read_host(*state);

	assert_int_equal(units_init(host.units), INIT_OPENRC);
	assert_start(&host, "crond.service", START_BOOT);
	assert_start(&host, "sshd", START_BOOT);
	assert_start(&host, "ntpd", START_NEVER);
	assert_string_equal(unit_enabled(host.units, host.arena, "crond", &origin), "enabled");
	assert_string_equal(origin, "/etc/runlevels/default/crond");
	assert_string_equal(unit_enabled(host.units, host.arena, "ntpd", &origin), "disabled");
	assert_int_equal(unit_load(host.units, host.arena, "crond.socket")->state, STATE_ABSENT);
	assert_int_equal(unit_load(host.units, host.arena, "none")->state, STATE_ABSENT);
}

static void test_sysv(void **state)
{
	folder_puts(*state, "etc/init.d/cron", "#!/bin/sh\n");
	folder_puts(*state, "etc/init.d/ntp", "#!/bin/sh\n");
	link_to(*state, "../init.d/cron", "etc/rc2.d/S03cron");
	link_to(*state, "../init.d/ntp", "etc/rc2.d/K01ntp");
	link_to(*state, "../init.d/ntp", "etc/rc0.d/S01ntp");
	auto_host struct host host = read_host(*state);

	assert_int_equal(units_init(host.units), INIT_SYSV);
	assert_start(&host, "cron", START_BOOT);
	assert_start(&host, "ntp", START_NEVER);
}

/* systemd runs init scripts that have no unit. */
static void test_script_under_systemd(void **state)
{
	vendor(*state, "default.target", "[Unit]\n");
	folder_puts(*state, "etc/init.d/old", "#!/bin/sh\n");
	folder_puts(*state, "etc/init.d/off", "#!/bin/sh\n");
	link_to(*state, "../init.d/old", "etc/rc3.d/S01old");
	auto_host struct host host = read_host(*state);

	assert_int_equal(units_init(host.units), INIT_SYSTEMD);
	assert_start(&host, "old", START_BOOT);
	assert_start(&host, "off", START_NEVER);
}

static void test_nothing(void **state)
{
	auto_host struct host host = read_host(*state);

	assert_int_equal(units_init(host.units), INIT_UNKNOWN);
	assert_int_equal(unit_load(host.units, host.arena, "x")->state, STATE_ABSENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_syntax),
		test_with_folder(test_bytes),
		test_with_folder(test_reset),
		test_with_folder(test_dropins),
		test_with_folder(test_masked_dropin),
		test_with_folder(test_names),
		test_with_folder(test_masked_want),
		test_with_folder(test_no_default),
		test_with_folder(test_openrc),
		test_with_folder(test_sysv),
		test_with_folder(test_script_under_systemd),
		test_with_folder(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
