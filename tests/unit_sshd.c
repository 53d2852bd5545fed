/* SPDX-License-Identifier: Apache-2.0 */
/* sshd_config with Include and Match, and the defaults of the releases of OpenSSH. */
#include "tests/unit_config.h"

#include "core/access/sshd.h"
#include "core/base/text.h"

static const struct sshd *read_sshd(struct folder *folder, struct source **source, const char *config)
{
	if (config)
		folder_puts(folder, "etc/ssh/sshd_config", config);
	*source = root_open(folder);
	return table_read(folder, *source, &sshd_table);
}

/* The settings of a keyword in their order: "value|match|origin; …" */
static void assert_settings(struct folder *folder, const struct sshd *sshd, const char *keyword, const char *wanted)
{
	struct buffer out = { .arena = folder->arena };

	buffer_puts(&out, "");
	for (size_t i = 0; i < sshd->n; i++)
		if (streq(sshd->list[i].keyword, keyword))
			buffer_printf(&out, "%s%s|%s|%s", out.size ? "; " : "", sshd->list[i].value, sshd->list[i].match ? sshd->list[i].match : "",
				      sshd->list[i].origin);
	assert_string_equal(out.text, wanted);
}

static void test_lines(void **state)
{
	auto_source struct source *source = NULL;
	const struct sshd *s = read_sshd(*state, &source, "# Port 1\n\tpermitrootlogin=No\nBanner \"/etc/is sue\" # x\n"
							  "ChallengeResponseAuthentication no\nMaxAuthTries = 3\nAllowUsers a\\ b 'c' \"d\"\nsubsystem x y\n");

	assert_no_fault(&s->faults);
	assert_true(s->installed);
	assert_settings(*state, s, "PermitRootLogin", "No||/etc/ssh/sshd_config:2");
	assert_settings(*state, s, "Banner", "/etc/is sue||/etc/ssh/sshd_config:3");
	assert_settings(*state, s, "KbdInteractiveAuthentication", "no||/etc/ssh/sshd_config:4");
	assert_settings(*state, s, "MaxAuthTries", "3||/etc/ssh/sshd_config:5");
	assert_settings(*state, s, "AllowUsers", "a b c d||/etc/ssh/sshd_config:6");
	assert_settings(*state, s, "subsystem", "x y||/etc/ssh/sshd_config:7");
}

/* Of a quote, an equals sign and white space around a keyword. */
static void test_keywords(void **state)
{
	auto_source struct source *source = NULL;
	const struct sshd *s = read_sshd(*state, &source, "\"PermitRootLogin\" yes\n=Banner a\n\"UsePAM\"no\nMax\"Sessions\" 1\n== GatewayPorts yes\n"
							  "\"TCPKeepAlive no\nStrictModes\t= no\n\"\" UseDNS yes\nX11Forwarding = = no\n"
							  "\"Match\" User bob\nBanner b\n");

	assert_no_fault(&s->faults);
	assert_settings(*state, s, "PermitRootLogin", "yes||/etc/ssh/sshd_config:1");
	assert_settings(*state, s, "Banner", "a||/etc/ssh/sshd_config:2; b|User bob|/etc/ssh/sshd_config:11");
	assert_settings(*state, s, "UsePAM", "no||/etc/ssh/sshd_config:3");
	assert_settings(*state, s, "MaxSessions", "1||/etc/ssh/sshd_config:4");
	assert_settings(*state, s, "GatewayPorts", "");
	assert_settings(*state, s, "TCPKeepAlive", "");
	assert_settings(*state, s, "StrictModes", "no||/etc/ssh/sshd_config:7");
	assert_settings(*state, s, "UseDNS", "yes||/etc/ssh/sshd_config:8");
	assert_settings(*state, s, "X11Forwarding", "= no||/etc/ssh/sshd_config:9");
}

static void test_unknown_keyword(void **state)
{
	auto_source struct source *source = NULL, *other = NULL;
	const struct sshd *s = read_sshd(*state, &source, "DebianBanner no\nPermitRootLogn no\n\fPort 22\n");

	assert_int_equal(s->faults.n, 2);
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/ssh/sshd_config:2", "knows no PermitRootLogn");
	folder_write(*state, "usr/sbin/sshd", "...permitrootlogn", sizeof("...permitrootlogn"));
	assert_no_fault(&read_sshd(*state, &other, "PermitRootLogn no\n")->faults);
}

static const char unit_text[] = "[Service]\nEnvironment=\"SSHD_OPTS=-o UsePAM=no\" \"MORE=-4Do Banner=none -g 5\"\nEnvironmentFile=-/etc/ssh.env\n"
				"ExecStart=/usr/sbin/sshd -D -o 'PermitRootLogin no' -f /etc/ssh/other $SSHD_OPTS $MORE\n";

static void test_unit(void **state)
{
	static const char from[] = "/etc/systemd/system/ssh.service:4 with /etc/ssh.env";
	auto_source struct source *source = NULL;
	const struct sshd *s;

	folder_puts(*state, "etc/systemd/system/ssh.service", unit_text);
	folder_puts(*state, "usr/lib/systemd/systemd", "");
	folder_puts(*state, "etc/ssh.env", "SSHD_OPTS=\"-o UsePAM=yes\"\n");
	folder_puts(*state, "etc/default/ssh", "SSHD_OPTS='-o PermitRootLogin=maybe'\n");
	folder_puts(*state, "etc/ssh/other", "PermitRootLogin yes\nUsePAM no\n");
	s = read_sshd(*state, &source, "PermitRootLogin maybe\n");
	assert_no_fault(&s->faults);
	assert_int_equal(s->n_servers, 0);
	assert_settings(*state, s, "PermitRootLogin", arena_printf(((struct folder *)*state)->arena, "no||%s; yes||/etc/ssh/other:1", from));
	assert_settings(*state, s, "UsePAM", arena_printf(((struct folder *)*state)->arena, "yes||%s; no||/etc/ssh/other:2", from));
	assert_settings(*state, s, "Banner", arena_printf(((struct folder *)*state)->arena, "none||%s", from));
	assert_settings(*state, s, "LoginGraceTime", arena_printf(((struct folder *)*state)->arena, "5||%s", from));
}

static void test_units(void **state)
{
	auto_source struct source *source = NULL, *other = NULL;
	const struct sshd *s;

	folder_puts(*state, "usr/lib/systemd/systemd", "");
	folder_puts(*state, "etc/systemd/system/ssh.service", "[Service]\nExecStart=/usr/sbin/sshd -D\n");
	folder_puts(*state, "etc/systemd/system/sshd@.service", "[Service]\nExecStart=-/usr/sbin/sshd -i -o PermitRootLogin=yes\n");
	s = read_sshd(*state, &source, "PermitRootLogin no\nUsePAM yes\nMatch User bob\nUsePAM no\n");
	assert_no_fault(&s->faults);
	assert_int_equal(s->n_files, 1);
	assert_settings(*state, s, "PermitRootLogin", "no||/etc/ssh/sshd_config:1; yes|sshd@.service|/etc/systemd/system/sshd@.service:2; "
						      "no|sshd@.service|/etc/ssh/sshd_config:1");
	assert_settings(*state, s, "UsePAM", "yes||/etc/ssh/sshd_config:2; no|User bob|/etc/ssh/sshd_config:4; yes|sshd@.service|/etc/ssh/sshd_config:2; "
					     "no|sshd@.service and User bob|/etc/ssh/sshd_config:4");
	folder_puts(*state, "etc/systemd/system/sshd.service", "[Service]\nEnvironmentFile=/etc/gone\nExecStart=/bin/sh -c 'exec sshd'\n");
	s = read_sshd(*state, &other, NULL);
	assert_fault(&s->faults, STATE_BROKEN, "/etc/systemd/system/sshd.service:3", "what that hands to sshd");
	assert_fault(&s->faults, STATE_BROKEN, "/etc/gone", "");
}

static void put_process(struct folder *folder, const char *pid, const char *arguments, size_t size)
{
	folder_write(folder, arena_printf(folder->arena, "proc/%s/cmdline", pid), arguments, size);
	assert_int_equal(symlink("/usr/sbin/sshd", folder_path(folder, arena_printf(folder->arena, "proc/%s/exe", pid))), 0);
}

static void test_running(void **state)
{
	static const char plain[] = "/usr/sbin/sshd\0-D\0-oBanner=/a b\0-f\0/etc/ssh/other", session[] = "sshd: bob [priv]";
	static const char title[] = "sshd: /usr/sbin/sshd -D -o PermitRootLogin yes -o UsePAM=no [listener] 0 of 10-100 startups";
	auto_source struct source *source = NULL;
	const struct sshd *s;

	put_process(*state, "7", title, sizeof(title));
	put_process(*state, "8", session, sizeof(session));
	put_process(*state, "9", plain, sizeof(plain));
	folder_puts(*state, "etc/ssh/other", "MaxSessions 3\n");
	s = read_sshd(*state, &source, "PermitRootLogin no\n");
	assert_no_fault(&s->faults);
	assert_int_equal(s->n_servers, 2);
	assert_settings(*state, s, "PermitRootLogin", "no||/etc/ssh/sshd_config:1; yes|the server that runs (pid 7)|/proc/7/cmdline; "
						      "no|the server that runs (pid 7)|/etc/ssh/sshd_config:1");
	assert_settings(*state, s, "UsePAM", "no|the server that runs (pid 7)|/proc/7/cmdline");
	assert_settings(*state, s, "Banner", "/a b|the server that runs (pid 9)|/proc/9/cmdline");
	assert_settings(*state, s, "MaxSessions", "3|the server that runs (pid 9)|/etc/ssh/other:1");
}

static void test_include_and_match(void **state)
{
	auto_source struct source *source = NULL;
	const struct sshd *s;

	folder_puts(*state, "etc/ssh/d/20.conf", "UsePAM no\nMatch User bob\nX11Forwarding no\nInclude inner.conf\n");
	folder_puts(*state, "etc/ssh/d/10.conf", "UsePAM yes\n");
	folder_puts(*state, "etc/ssh/d/.x.conf", "UsePAM hidden\n");
	folder_puts(*state, "etc/ssh/inner.conf", "Banner none\nMatch Address 10.0.0.0/8\nBanner /a\nMatch all\nBanner /b\n");
	s = read_sshd(*state, &source, "Include /etc/ssh/d/*.conf nowhere.conf\nX11Forwarding yes\nMatch Group x\nX11Forwarding no\nMatch All\n"
				       "X11Forwarding later\n");
	assert_no_fault(&s->faults);
	assert_int_equal(s->n_files, 4);
	assert_settings(*state, s, "UsePAM", "yes||/etc/ssh/d/10.conf:1; no||/etc/ssh/d/20.conf:1");
	assert_settings(*state, s, "X11Forwarding", "no|User bob|/etc/ssh/d/20.conf:3; yes||/etc/ssh/sshd_config:2; "
						    "no|Group x|/etc/ssh/sshd_config:4; later|All|/etc/ssh/sshd_config:6");
	assert_settings(*state, s, "Banner", "none|User bob|/etc/ssh/inner.conf:1; /a|User bob and Address 10.0.0.0/8|/etc/ssh/inner.conf:3; "
					     "/b|User bob|/etc/ssh/inner.conf:5");
}

static void test_command_line(void **state)
{
	auto_source struct source *source = NULL;
	const struct sshd *s;

	folder_puts(*state, "etc/default/ssh", "SSHD_OPTS='-o PermitRootLogin=no -4 -oBanner=none -f /etc/ssh/other'\n");
	folder_puts(*state, "etc/sysconfig/sshd", "OPTIONS=\"$MORE\"\n");
	folder_puts(*state, "etc/crypto-policies/back-ends/opensshserver.config", "CRYPTO_POLICY='-oCiphers=aes256-ctr -oMACs=x'\n");
	folder_puts(*state, "etc/ssh/other", "PermitRootLogin yes\n");
	s = read_sshd(*state, &source, "PermitRootLogin maybe\n");
	assert_settings(*state, s, "PermitRootLogin", "no||/etc/default/ssh:1; yes||/etc/ssh/other:1");
	assert_settings(*state, s, "Banner", "none||/etc/default/ssh:1");
	assert_settings(*state, s, "Ciphers", "aes256-ctr||/etc/crypto-policies/back-ends/opensshserver.config:1");
	assert_fault(&s->faults, STATE_BROKEN, "/etc/sysconfig/sshd:1", "only a shell");
}

static void test_no_such_config(void **state)
{
	auto_source struct source *source = NULL;
	const struct sshd *s;

	folder_puts(*state, "etc/default/ssh", "SSHD_OPTS=-f/etc/ssh/none\n");
	folder_puts(*state, "usr/sbin/sshd", "");
	s = read_sshd(*state, &source, "PermitRootLogin no\n");
	assert_settings(*state, s, "PermitRootLogin", "");
	assert_fault(&s->faults, STATE_BROKEN, "/etc/ssh/none", "not there");
}

static void test_not_installed(void **state)
{
	auto_source struct source *source = NULL, *other = NULL;

	folder_puts(*state, "usr/sbin/cron", "");
	assert_false(read_sshd(*state, &source, "PermitRootLogin no\n")->installed);
	folder_puts(*state, "usr/sbin/sshd", "");
	assert_true(read_sshd(*state, &other, NULL)->installed);
}

static void test_broken(void **state)
{
	auto_source struct source *source = NULL;
	const struct sshd *s;

	folder_puts(*state, "etc/ssh/loop.conf", "Include loop*.conf loop.conf\nInclude loop.conf\n");
	assert_int_equal(mkfifo(folder_path(*state, "etc/ssh/fifo.conf"), 0600), 0);
	s = read_sshd(*state, &source, "Banner\nBanner \"x\nInclude fifo.conf\nInclude loop.conf\nMatch\n\\\n=\n");
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/ssh/sshd_config:1", "says nothing");
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/ssh/sshd_config:2", "quote");
	assert_fault(&s->faults, STATE_BROKEN, "/etc/ssh/fifo.conf", "FIFO");
	assert_fault(&s->faults, STATE_MALFORMED, "/etc/ssh/loop.conf:1", "circle");
	assert_true(s->n_files <= CONFIG_FILES_MOST);
	assert_int_equal(s->faults.n, CONFIG_FAULTS_MOST);
}

/* ---- defaults ---- */

static void assert_default(const char *keyword, const char *version, const char *wanted)
{
	const struct sshd_keyword *k = sshd_keyword_of(keyword);
	bool known;
	const char *value;

	assert_non_null(k);
	value = sshd_default(k, version, &known);
	assert_true(known);
	if (wanted)
		assert_string_equal(value ? value : "none", wanted);
	else
		assert_null(value);
}

static void test_defaults(void **state)
{
	bool known;

	(void)state;
	assert_default("permitrootlogin", NULL, "prohibit-password");
	assert_default("Skeyauthentication", NULL, "yes");
	assert_default("AllowUsers", NULL, NULL);
	assert_default("RequiredRSASize", "9.1", "1024");
	assert_default("RequiredRSASize", "8.9p1", NULL);
	assert_default("PerSourcePenalties", "10.0p2", "yes");
	assert_null(sshd_keyword_of("Nonsense"));
	assert_null(sshd_keyword_of(""));
	assert_null(sshd_default(sshd_keyword_of("Ciphers"), NULL, &known));
	assert_false(known);
	assert_null(sshd_default(sshd_keyword_of("MACs"), "6.6", &known));
	assert_false(known);
	assert_false(sshd_has(sshd_keyword_of("PerSourcePenalties"), "9.7p1"));
	assert_true(sshd_has(sshd_keyword_of("PerSourcePenalties"), "9.8p1"));
	assert_true(sshd_has(sshd_keyword_of("PerSourcePenalties"), NULL));
	assert_true(sshd_has(sshd_keyword_of("Ciphers"), "6.6"));
	assert_null(strstr(sshd_default(sshd_keyword_of("KexAlgorithms"), "8.2", &known), "sha1"));
	assert_holds(sshd_default(sshd_keyword_of("KexAlgorithms"), "8.1", &known), "group14-sha1");
	assert_holds(sshd_default(sshd_keyword_of("KexAlgorithms"), "10.0", &known), "mlkem768x25519-sha256");
	assert_null(strstr(sshd_default(sshd_keyword_of("KexAlgorithms"), "10.0", &known), "diffie"));
}

static void test_algorithms(void **state)
{
	assert_string_equal(sshd_algorithms(*state, "x,y", "a,b"), "x,y");
	assert_string_equal(sshd_algorithms(*state, "+x", "a,b"), "a,b,x");
	assert_string_equal(sshd_algorithms(*state, "-a*,c", "aa,b,ab"), "b");
	assert_string_equal(sshd_algorithms(*state, "-*", "a,b"), "");
	assert_string_equal(sshd_algorithms(*state, "^b", "a,b"), "b,a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_lines),
		test_with_folder(test_keywords),
		test_with_folder(test_unknown_keyword),
		test_with_folder(test_unit),
		test_with_folder(test_units),
		test_with_folder(test_running),
		test_with_folder(test_include_and_match),
		test_with_folder(test_command_line),
		test_with_folder(test_no_such_config),
		test_with_folder(test_not_installed),
		test_with_folder(test_broken),
		cmocka_unit_test(test_defaults),
		test_with_arena(test_algorithms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
