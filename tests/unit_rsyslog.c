/* SPDX-License-Identifier: Apache-2.0 */
/* What rsyslog does with messages, in both of its notations. */
#include "tests/unit_config.h"

#include "core/base/text.h"
#include "core/logging/rsyslog.h"

static const struct rsyslog *read_rsyslog(struct folder *folder, struct source **source, const char *text)
{
	folder_puts(folder, "etc/rsyslog.conf", text);
	*source = root_open(folder);
	return table_read(folder, *source, &rsyslog_table);
}

static void assert_facts(struct folder *folder, const struct rsyslog *r, enum rsyslog_kind kind, const char *wanted)
{
	struct buffer out = { .arena = folder->arena };

	buffer_puts(&out, "");
	for (size_t i = 0; i < r->n; i++)
		if (r->list[i].kind == kind)
			buffer_printf(&out, "%s%s at %s", out.size ? "; " : "", r->list[i].value, strrchr(r->list[i].origin, '/') + 1);
	assert_string_equal(out.text, wanted);
}

static void test_old_notation(void **state)
{
	auto_source struct source *source = NULL;
	const struct rsyslog *r;

	folder_puts(*state, "etc/rsyslog.d/20.conf", "$fileCreateMode 0600\n");
	folder_puts(*state, "etc/rsyslog.d/10.conf", "*.* @@loghost:514;RSYSLOG_Format\n& @other\n& stop\n*.* :omrelp:relay:2514\n"
						     "$ActionSendStreamDriverMode 1\n*.* @@safe\n*.* @udp\n$ActionSendStreamDriverMode 0\n*.* @@late\n");
	r = read_rsyslog(*state, &source,
			 "$ModLoad imtcp # x\n$InputTCPServerRun 514\n$FileCreateMode 0640\n$IncludeConfig /etc/rsyslog.d/*.conf\n"
			 "auth,authpriv.*\t\t/var/log/auth.log\n*.*;auth,authpriv.none -/var/log/syslog\n*.emerg :omusrmsg:*\nkern.* /dev/console\n"
			 ":msg,contains,\"[UFW \" /var/log/ufw.log\nif $programname == 'x' then /var/log/x.log\nmail.* |/run/pipe\n# *.* @@never\n");
	assert_no_fault(&r->faults);
	assert_facts(*state, r, RSYSLOG_CREATE_MODE, "0640 at rsyslog.conf:3; 0600 at 20.conf:1");
	assert_facts(*state, r, RSYSLOG_LISTEN, "InputTCPServerRun 514 at rsyslog.conf:2");
	assert_facts(*state, r, RSYSLOG_FORWARD, "@@loghost:514 at 10.conf:1; @other at 10.conf:2; :omrelp:relay:2514 at 10.conf:4; @@safe at 10.conf:6; "
						 "@udp at 10.conf:7; @@late at 10.conf:9");
	assert_facts(*state, r, RSYSLOG_PLAIN, "@@loghost:514 at 10.conf:1; @other at 10.conf:2; :omrelp:relay:2514 at 10.conf:4; @udp at 10.conf:7; "
					       "@@late at 10.conf:9");
	assert_facts(*state, r, RSYSLOG_FILE, "/var/log/auth.log at rsyslog.conf:5; /var/log/syslog at rsyslog.conf:6; /var/log/ufw.log at rsyslog.conf:9; "
					      "/var/log/x.log at rsyslog.conf:10");
}

static void test_new_notation(void **state)
{
	auto_source struct source *source = NULL;
	const struct rsyslog *r;

	folder_puts(*state, "etc/more.conf", "action(type=\"omfile\" File=\"/var/log/more\")\n");
	r = read_rsyslog(*state, &source,
			 "/* input(type=\"imudp\") */\nmodule(load=\"imudp\" TimeRequery=\"500\")\nmodule( load=\"builtin:omfile\" # x\n"
			 "  FileCreateMode=\"0600\" )\ninput(type=\"imudp\" port=[\"514\", \"515\"])\ninclude(file=\"/etc/more.conf\")\n"
			 "include(file=\"/etc/optional.conf\" mode=\"optional\")\nmodule(load=\"imjournal\" FileCreateMode=\"0644\")\n"
			 "template(name=\"t\" type=\"string\" string=\"%msg% \\\"input(type=\\\" \")\n"
			 "if re_match($msg, 'a(b') and $x == 'y' then {\n\taction(type=\"omfwd\" target=\"loghost\" port=\"514\")\n\tstop\n}\n"
			 "ruleset(name=\"r\") { action(type=\"omfile\" file=\"/var/log/r\" fileCreateMode=\"0644\") }\nlocal0.* action(type=\"omrelp\" target=\"h\")\n");
	assert_no_fault(&r->faults);
	assert_facts(*state, r, RSYSLOG_CREATE_MODE, "0600 at rsyslog.conf:3; 0644 at rsyslog.conf:14");
	assert_facts(*state, r, RSYSLOG_LISTEN, "imudp at rsyslog.conf:5");
	assert_facts(*state, r, RSYSLOG_FORWARD, "omfwd loghost at rsyslog.conf:11; omrelp h at rsyslog.conf:15");
	assert_facts(*state, r, RSYSLOG_FILE, "/var/log/more at more.conf:1; /var/log/r at rsyslog.conf:14");
}

/* Only a stream in mode 1 is encrypted; a driver alone changes nothing, and UDP has none. */
static void test_in_the_clear(void **state)
{
	auto_source struct source *source = NULL;
	const struct rsyslog *r;

	r = read_rsyslog(*state, &source,
			 "global(DefaultNetstreamDriver=\"gtls\")\n"
			 "action(type=\"omfwd\" target=\"a\" protocol=\"TCP\" StreamDriver=\"ossl\" streamdrivermode=\"1\")\n"
			 "action(type=\"omfwd\" target=\"b\" protocol=\"tcp\" StreamDriver=\"gtls\" StreamDriverMode=\"0\")\n"
			 "action(type=\"omfwd\" target=\"c\" protocol=\"tcp\" StreamDriver=\"gtls\")\n"
			 "action(type=\"omfwd\" target=\"d\" protocol=\"udp\" StreamDriverMode=\"1\")\n"
			 "action(type=\"omfwd\" target=\"e\" StreamDriverMode=\"1\")\n"
			 "action(type=\"omrelp\" target=\"f\" tls=\"on\")\naction(type=\"omrelp\" target=\"g\" tls=\"off\")\n"
			 "action(type=\"omgssapi\" target=\"h\")\n*.* :omgssapi:i\n*.* :omusrmsg:*\n");
	assert_no_fault(&r->faults);
	assert_facts(*state, r, RSYSLOG_PLAIN, "omfwd b at rsyslog.conf:3; omfwd c at rsyslog.conf:4; omfwd d at rsyslog.conf:5; omfwd e at rsyslog.conf:6; "
					       "omrelp g at rsyslog.conf:8");
}

static void test_broken(void **state)
{
	static const char *const texts[] = {
		"module(load=\"x\"", "module(load=\"x)\n*.* /x\n", "action(type=omfwd)\n", "input(\n", "module(=)\n", "module(a=[", "if (", "/*", "$", "'", "action(type=\"x\\",
	};
	struct folder *folder = *state;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		auto_source struct source *source = NULL;
		const struct rsyslog *r = read_rsyslog(folder, &source, texts[i]);

		assert_true(i > 5 && i != 10 ? !r->faults.n : r->faults.n > 0);
	}
}

static void test_comments(void **state)
{
	auto_source struct source *source = NULL;
	struct folder *folder = *state;
	struct buffer text = { .arena = folder->arena };
	const struct rsyslog *r;

	for (int i = 0; i < 200000; i++)
		buffer_puts(&text, i % 2 ? "#\n" : "/**/");
	buffer_puts(&text, "*.* @h\n");
	r = read_rsyslog(folder, &source, text.text);
	assert_facts(folder, r, RSYSLOG_FORWARD, "@h at rsyslog.conf:100001");
}

static void test_includes(void **state)
{
	auto_source struct source *source = NULL;
	const struct rsyslog *r;

	folder_puts(*state, "etc/rsyslog.d/a.conf", "$IncludeConfig /etc/rsyslog.d/\n");
	r = read_rsyslog(*state, &source, "$IncludeConfig /etc/rsyslog.d/\ninclude(file=\"/etc/gone.conf\")\n");
	assert_fault(&r->faults, STATE_MALFORMED, "/etc/rsyslog.d/a.conf:1", "circle");
	assert_fault(&r->faults, STATE_MALFORMED, "/etc/rsyslog.conf:2", "there is no /etc/gone.conf");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_old_notation),
		test_with_folder(test_new_notation),
		test_with_folder(test_in_the_clear),
		test_with_folder(test_broken),
		test_with_folder(test_comments),
		test_with_folder(test_includes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
