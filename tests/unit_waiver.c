/* SPDX-License-Identifier: Apache-2.0 */
/* Waivers: days, what a file may say, and what they make of results. */
#include "tests/unit_fake.h"

#include "core/audit/audit.h"
#include "core/audit/waiver.h"

#define DAY  86400
#define NOW  (20780 * (int64_t)DAY)   /* 2026-11-23 */
#define FAILS   SEES("int:0")
#define PASSES  SEES("int:1")
#define UNKNOWN SEES("denied")

static const char document[] = XCCDF(
	RULE("a.bad", "severity=\"high\"", FAILS) RULE("a.worse", "severity=\"high\"", SEES("int:7")) RULE("a.good", "", PASSES)
	RULE("b.unknown", "", UNKNOWN) RULE("b.off", "selected=\"false\"", FAILS) RULE("c.absent", "", SEES("absent"))
	RULE("c.two", "", CHECK(FAKE("name=\"int:0 int:7 int:1\" is=\"1\" absent=\"fail\"")))
	RULE("c.turned", "", CHECK("<p:not>" FAKE("name=\"int:1\" is=\"1\" absent=\"fail\"") "</p:not>")) RULE("d.box", "multiple=\"true\"", FAILS));

/* What plimsoll tells by. */
static const char own[] = "<Benchmark xmlns=\"http://checklists.nist.gov/xccdf/1.2\" id=\"xccdf_t_benchmark_waivers\">"
	RULE("waiver.expired", "severity=\"medium\" weight=\"0\"", "") RULE("waiver.expiring", "severity=\"info\" weight=\"0\"", "")
	RULE("waiver.stale", "severity=\"info\" weight=\"0\"", "") "</Benchmark>";

/* ---- days ---- */

static void test_days(void **state)
{
	static const struct {
		const char *text;
		int64_t day;             /* -1: none */
	} rows[] = {
		{ "1970-01-01", 0 }, { "2026-11-23", 20780 }, { "2024-02-29", 19782 }, { "2000-02-29", 11016 }, { "9999-12-31", 2932896 },
		{ "2026-02-29", -1 }, { "2026-02-30", -1 }, { "2026-13-01", -1 }, { "2026-00-10", -1 }, { "2026-10-00", -1 }, { "2026-10-32", -1 },
		{ "1969-12-31", -1 }, { "0000-01-01", -1 }, { "2026-1-1", -1 }, { "26-11-23", -1 }, { "2026/11/23", -1 }, { "2026-11-23 ", -1 },
		{ "2026-11-23T00:00", -1 }, { " 2026-11-23", -1 }, { "", -1 }, { "2026-11", -1 }, { "never", -1 }, { "+026-11-23", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t day = -1;

		if (waiver_day(rows[i].text, &day) != (rows[i].day >= 0))
			fail_msg("%s", rows[i].text);
		if (rows[i].day >= 0)
			assert_int_equal(day, rows[i].day);
	}
	assert_int_equal(waiver_days_left(&(struct waiver){ .expires = "2026-11-23" }, NOW), 0);
	assert_int_equal(waiver_days_left(&(struct waiver){ .expires = "2026-11-23" }, NOW + DAY - 1), 0);
	assert_int_equal(waiver_days_left(&(struct waiver){ .expires = "2026-11-23" }, NOW + DAY), -1);
	assert_true(waiver_days_left(&(struct waiver){ .expires = "soon" }, NOW) < 0);
}

/* ---- reading ---- */

struct told {
	struct buffer text;
};

static void on_mistake(void *with, const char *mistake)
{
	buffer_printf(&((struct told *)with)->text, "%s\n", mistake);
}

static struct waivers read_text(struct folder *folder, struct told *told, const char *text)
{
	auto_benchmark struct benchmark *b = fake_benchmark(folder, document);
	struct waivers w = { .arena = folder->arena, .tell = on_mistake, .with = told };

	*told = (struct told){ { .arena = folder->arena } };
	waivers_read_text(&w, rule_names_new(folder->arena, &b, 1), "w", text);
	return w;
}

#define REST "expires=2027-01-31\nowner=me\nreason=it is needed until then\n"
#define WAIVER(more) "[waiver]\n" more REST

static void test_reading(void **state)
{
	static const struct {
		const char *text, *mistake;   /* NULL: none */
	} rows[] = {
		{ WAIVER("check=a.bad\n"), NULL }, { "\n; a comment\n  # another\r\n" WAIVER("  check =\ta.bad \r\n"), NULL },
		{ WAIVER("check=a.*\ntarget=host\nhost=web?\nticket=#1 # 2\nfound=0 # not a comment\n"), NULL },
		{ WAIVER("check=xccdf_t_rule_a.bad\n"), NULL }, { WAIVER("check=d.box\ntarget=container:c*\n"), NULL }, { "", NULL }, { "# nothing\n", NULL },
		{ WAIVER("check=*\ntarget=image:x\n"), NULL }, { WAIVER("check=d.box\ntarget=claimed:x\n"), NULL },
		{ WAIVER("check=a.bad\ntarget=path:/srv/*\n"), NULL }, { WAIVER("check=a.bad\ntarget=unit:ssh.*\n"), NULL },
		{ WAIVER("check=a.bad\ntarget=sysctl:net.*\n"), NULL },
		{ WAIVER("check=a.bad\ntarget=pth:/srv\n"), "w:3: the target 'pth:/srv' is none of host, container:GLOB, image:GLOB, pod:GLOB, claimed:GLOB, path:GLOB, "
		  "unit:GLOB, sysctl:GLOB, did you mean 'path'?" }, { WAIVER("check=a.bad\ntarget=path:\n"), "w:3: the target 'path:' needs a name" },
		{ WAIVER("check=d.box\ntarget=path:/srv\n"), "w:1: d.box is judged on containers" }, { "[waiver\ncheck=a.bad\n" REST, "w:1: unknown section '[waiver'" },
		{ "[waiver]\ncheck=a.bad\n" "expires=2027-01-31\nowner=me\nreason=ääääääääääääääö\n", NULL },
		{ WAIVER(""), "w:1: the waiver that begins here has no check" },
		{ "[waiver]\ncheck=a.bad\nowner=me\nreason=it is needed until then\n", "w:1: the waiver that begins here has no expires" },
		{ "\n[waiver]\ncheck=a.bad\nexpires=2027-01-31\nreason=it is needed until then\n", "w:2: the waiver that begins here has no owner" },
		{ "[waiver]\ncheck=a.bad\nexpires=2027-01-31\nowner=me\n", "w:1: the waiver that begins here has no reason" },
		{ WAIVER("check=a.bd\n"), "w:2: there is no rule 'a.bd', did you mean 'a.bad'?" }, { WAIVER("check=z*\n"), "w:2: no rule matches 'z*'" },
		{ WAIVER("check=a.bad # mine\n"), "w:2: the check has a comment behind it" },
		{ WAIVER("check=a.bad\nticked=1\n"), "w:3: unknown key 'ticked', did you mean 'ticket'?" },
		{ WAIVER("check=a.bad\ncheck=a.good\n"), "w:3: 'check' is given twice" }, { WAIVER("check=\n"), "w:2: 'check' has no value" },
		{ WAIVER("check=a.bad\nnonsense\n"), "w:3: this is no '[waiver]'" }, { "owner=me\n" WAIVER("check=a.bad\n"), "w:1: 'owner' stands before" },
		{ "[waivers]\ncheck=a.bad\n" REST, "w:1: unknown section '[waivers]'" }, { WAIVER("check=a.bad\ntarget=box:x\n"), "w:3: the target 'box:x' is none" },
		{ WAIVER("check=a.bad\ntarget=host:x\n"), "w:3: the target host has no name; say host = x" },
		{ WAIVER("check=d.box\ntarget=image:\n"), "w:3: the target 'image:' needs a name" },
		{ WAIVER("check=d.box\ntarget=container\n"), "w:3: the target 'container' needs a name" },
		{ WAIVER("check=d.box\n"), "w:1: d.box is judged on containers" },
		{ WAIVER("check=a.bad\ntarget=container:x\n"), "w:1: a.bad is judged on the host" },
		{ "[waiver]\ncheck=a.bad\nexpires=2027-02-30\nowner=me\nreason=it is needed until then\n", "w:3: '2027-02-30' is not a date" },
		{ "[waiver]\ncheck=a.bad\nexpires=2027-01-31\nowner=me\nreason=fourteen bytes\n", "w:5: the reason is too short: 14 of" },
		{ WAIVER("check=a.bad\nticket=\x1b[2J\n"), "w:3: the ticket holds control characters" },
		{ WAIVER("check=a.bad\nhost=w\rb\n"), "w:3: the host holds control characters" },
		{ WAIVER("check=a.bad\nfound=\xff\n"), "w:3: the found holds control characters" },
		{ WAIVER("check=a.bad\nticket=\u202e\n"), "w:3: the ticket holds control characters" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct told told;
		struct waivers w = read_text(*state, &told, rows[i].text);

		if (rows[i].mistake && !told.text.text)
			fail_msg("no mistake was seen in:\n%s", rows[i].text);
		else if (rows[i].mistake)
			assert_starts_with(told.text.text, rows[i].mistake);
		else if (told.text.text)
			fail_msg("%s in:\n%s", told.text.text, rows[i].text);
		assert_int_equal(w.mistakes > 0, rows[i].mistake != NULL);
	}
}

/* 2026-11-23 is today: a year is long enough for whoever does not say otherwise. */
static void test_days_most(void **state)
{
	static const struct {
		unsigned most;
		const char *mistake;
	} rows[] = {
		{ 0, NULL }, { 69, NULL }, { 365, NULL },
		{ 68, "w:3: 2027-01-31 is 69 days away; a waiver may hold for 68 days at most (max-days)\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct folder *folder = *state;
		auto_benchmark struct benchmark *b = fake_benchmark(folder, document);
		struct told told = { { .arena = folder->arena } };
		struct waivers w = { .arena = folder->arena, .tell = on_mistake, .with = &told, .today = NOW / DAY, .days_most = rows[i].most };

		waivers_read_text(&w, rule_names_new(folder->arena, &b, 1), "w", WAIVER("check=a.bad\n"));
		assert_int_equal(w.n, rows[i].mistake ? 0 : 1);
		if (rows[i].mistake)
			assert_string_equal(told.text.text, rows[i].mistake);
	}
}

/* One broken waiver keeps no other from being checked, and each mistake is told with its line. */
static void test_all_mistakes(void **state)
{
	struct told told;
	struct waivers w = read_text(*state, &told, "[waiver]\ncheck=a.bd\nexpires=x\nowner=\nreason=why\n[waver]\n" WAIVER("check=a.bad\n") "zz=1\n[waiver]\n");

	assert_string_equal(told.text.text,
			    "w:2: there is no rule 'a.bd', did you mean 'a.bad'?\nw:3: 'x' is not a date of the form YYYY-MM-DD\nw:4: 'owner' has no value\n"
			    "w:5: the reason is too short: 3 of at least 15 characters\nw:6: unknown section '[waver]'; there is only [waiver]\n"
			    "w:6: the waiver that begins here has no check\nw:6: the waiver that begins here has no expires\n"
			    "w:6: the waiver that begins here has no owner\nw:6: the waiver that begins here has no reason\nw:12: unknown key 'zz'\n"
			    "w:13: the waiver that begins here has no check\nw:13: the waiver that begins here has no expires\n"
			    "w:13: the waiver that begins here has no owner\nw:13: the waiver that begins here has no reason\n");
	assert_int_equal(w.mistakes, 14);
	assert_int_equal(w.n, 0);
}

/* ---- applying ---- */

struct run {
	struct benchmark *benchmark, *own;
	struct policy *policy, *own_policy;
	struct source *source;
	struct fake_host host;
	struct audit *audit;
	struct waivers waivers;
};

static void run_audit(struct run *run, struct folder *folder, const char *host)
{
	struct audit_plan plan = { .n_policies = 1, .subjects = { .host = true } };

	run->benchmark = fake_benchmark(folder, document);
	run->own = fake_benchmark(folder, own);
	run->policy = fake_policy(run->benchmark, NULL);
	run->own_policy = fake_policy(run->own, NULL);
	run->source = source_of_files();
	plan.host = fake_host(&run->host, run->source, "6.12.43", "x86_64");
	plan.policies = &run->policy;
	run->audit = audit_run(&plan);
	((struct host_facts *)run->audit->hosts)->name = host;
}

static void release_run(struct run *run)
{
	audit_free(run->audit);
	source_free(run->source);
	policy_free(run->policy);
	policy_free(run->own_policy);
	benchmark_free(run->benchmark);
	benchmark_free(run->own);
}

#define auto_run __attribute__((cleanup(release_run)))

static const struct waiver_use *put(struct run *run, const struct waiver *list, size_t n)
{
	run->waivers = (struct waivers){ .list = (struct waiver *)list, .n = n };
	for (size_t i = 0; i < n; i++) {
		run->waivers.list[i].owner = "me";
		run->waivers.list[i].reason = "it is needed until then";
		run->waivers.list[i].where = i ? "w:9" : "w:1";
	}
	return waivers_apply(run->audit, &(struct waiving){ .waivers = &run->waivers, .now = NOW, .policy = run->own_policy });
}

static const struct result *result_of(const struct run *run, const char *id)
{
	const struct subject_results *s = &run->audit->subjects[0];

	for (size_t i = 0; i < s->n; i++)
		if (streq(s->results[i].rule->item.short_id, id))
			return &s->results[i];
	fail_msg("no result of %s", id);
	return NULL;
}

static void test_one(void **state)
{
	static const struct {
		const char *rule, *found, *expires, *host;
		enum waiver_state use;
		size_t waived;
	} rows[] = {
		{ "a.bad", NULL, "2027-01-31", NULL, WAIVER_IN_FORCE, 1 }, { "a.*", NULL, "2027-01-31", NULL, WAIVER_IN_FORCE, 2 },
		{ "a.b?d", NULL, "2027-01-31", "web*", WAIVER_IN_FORCE, 1 }, { "a.bad", NULL, "2027-01-31", "db*", WAIVER_IDLE, 0 },
		{ "a.bad", NULL, "2026-11-23", NULL, WAIVER_IN_FORCE, 1 }, { "a.bad", NULL, "2026-11-22", NULL, WAIVER_EXPIRED, 0 },
		{ "a.bad", NULL, "2026-11-22", "db*", WAIVER_IDLE, 0 }, { "a.good", NULL, "2027-01-31", NULL, WAIVER_STALE, 0 },
		{ "a.good", NULL, "2026-11-22", NULL, WAIVER_STALE, 0 }, { "a.good", NULL, "2027-01-31", "db*", WAIVER_IDLE, 0 },
		{ "b.unknown", NULL, "2027-01-31", NULL, WAIVER_IDLE, 0 }, { "b.off", NULL, "2027-01-31", NULL, WAIVER_IDLE, 0 },
		{ "a.bad", "0", "2027-01-31", NULL, WAIVER_IN_FORCE, 1 }, { "a.worse", "0", "2027-01-31", NULL, WAIVER_STALE, 0 },
		{ "a.worse", "0", "2026-11-22", NULL, WAIVER_STALE, 0 }, { "a.*", "0", "2027-01-31", NULL, WAIVER_IN_FORCE, 1 },
		{ "c.absent", "absent", "2027-01-31", NULL, WAIVER_IN_FORCE, 1 }, { "c.absent", "0", "2027-01-31", NULL, WAIVER_STALE, 0 },
		{ "c.two", "0", "2027-01-31", NULL, WAIVER_STALE, 0 }, { "c.two", NULL, "2027-01-31", NULL, WAIVER_IN_FORCE, 1 },
		{ "c.turned", "1", "2027-01-31", NULL, WAIVER_IN_FORCE, 1 }, { "c.turned", "0", "2027-01-31", NULL, WAIVER_STALE, 0 },
		{ "waiver.*", NULL, "2027-01-31", NULL, WAIVER_IDLE, 0 }, { "*", NULL, "2027-01-31", NULL, WAIVER_IN_FORCE, 5 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		auto_run struct run run = { 0 };
		struct waiver waiver = { .rule = rows[i].rule, .found = rows[i].found, .expires = rows[i].expires, .host = rows[i].host };
		const struct waiver_use *use;
		size_t failed;

		run_audit(&run, *state, "web1");
		failed = run.audit->counts.of[OUTCOME_FAIL];
		use = put(&run, &waiver, 1);
		if (use->state != rows[i].use || run.audit->counts.waived != rows[i].waived)
			fail_msg("row %zu, %s: state %d, %zu waived", i, rows[i].rule, use->state, run.audit->counts.waived);
		assert_int_equal(run.audit->counts.of[OUTCOME_FAIL], failed - rows[i].waived + (use->state == WAIVER_EXPIRED));
		assert_int_equal(result_of(&run, "waiver.expired")->outcome, use->state == WAIVER_EXPIRED ? OUTCOME_FAIL : OUTCOME_PASS);
		assert_int_equal(result_of(&run, "waiver.stale")->outcome, use->state == WAIVER_STALE ? OUTCOME_INFORMATIONAL : OUTCOME_PASS);
	}
}

/* Neither failed nor passed: out of the score, and out of what fails an audit. */
static void test_counting(void **state)
{
	struct waiver waiver = { .rule = "a.*", .expires = "2027-01-31" };
	auto_run struct run run = { 0 };

	run_audit(&run, *state, NULL);
	assert_true(run.audit->score > 14 && run.audit->score < 15);   /* one of seven */
	put(&run, &waiver, 1);
	assert_true(run.audit->score == 20);
	assert_int_equal(audit_failures(run.audit, SEVERITY_HIGH), 0);
	assert_true(result_of(&run, "a.bad")->waiver == &waiver);
	assert_int_equal(result_of(&run, "a.bad")->outcome, OUTCOME_FAIL);
	assert_null(result_of(&run, "a.good")->waiver);
	assert_int_equal(run.audit->n_policies, 2);
	assert_true(run.audit->subjects[0].models[0][SCORE_FLAT_UNWEIGHTED].maximum == 5);
}

/* The last day decides; of one day the first. What is over is shown only where nothing else covers. */
static void test_several(void **state)
{
	struct waiver list[] = {
		{ .rule = "a.bad", .expires = "2026-12-01" }, { .rule = "a.*", .expires = "2027-01-31" }, { .rule = "a.b*", .expires = "2027-01-31" },
		{ .rule = "a.bad", .expires = "2026-01-01" }, { .rule = "c.two", .expires = "2026-01-01" }, { .rule = "c.*", .expires = "2026-02-01" },
	};
	auto_run struct run run = { 0 };
	const struct waiver_use *use;

	run_audit(&run, *state, NULL);
	use = put(&run, list, ARRAY_LEN(list));
	assert_true(result_of(&run, "a.bad")->waiver == &list[1]);
	assert_null(result_of(&run, "c.two")->waiver);
	assert_int_equal(use[0].state, WAIVER_IN_FORCE);
	assert_int_equal(use[2].state, WAIVER_IN_FORCE);
	assert_int_equal(use[3].state, WAIVER_STALE);
	assert_string_equal(use[3].why, "it is over, and another one covers what it did");
	assert_int_equal(use[4].state, WAIVER_EXPIRED);
	assert_int_equal(use[5].state, WAIVER_EXPIRED);
	assert_int_equal(use[5].failures, 3);
	assert_int_equal(result_of(&run, "waiver.expired")->n_evidence, 2);
	assert_starts_with(result_of(&run, "waiver.expired")->reason, "2 waivers are over");
}

static void test_soon(void **state)
{
	static const struct {
		const char *expires;
		bool noted;
	} rows[] = { { "2026-12-07", true }, { "2026-11-23", true }, { "2026-12-08", false }, { "2026-11-22", false } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct waiver waiver = { .rule = "a.bad", .expires = rows[i].expires };
		auto_run struct run run = { 0 };

		run_audit(&run, *state, NULL);
		put(&run, &waiver, 1);
		if ((result_of(&run, "waiver.expiring")->outcome == OUTCOME_INFORMATIONAL) != rows[i].noted)
			fail_msg("%s", rows[i].expires);
	}
}

/* ---- containers ---- */

static void test_targets(void **state)
{
	static const struct container_facts facts = { .image = "docker.io/ci:1", .pod = "4ad2" }, claimed = { .image = "docker.io/ci:1", .claimed = true };
	static const struct host_facts host = { .name = "build-1" };
	static const struct {
		const char *target, *host;
		bool is_for, of_host, of_claimed;
	} rows[] = {
		{ NULL, NULL, false, true, false }, { "host", NULL, false, true, false }, { "host", "build*", false, true, false }, { "host", "web", false, false, false },
		{ "container:ci-*", NULL, true, false, false }, { "container:abc?", NULL, true, false, false }, { "container:ci", NULL, false, false, false },
		{ "container:ci-*", "build-?", true, false, false }, { "container:ci-*", "web*", false, false, false }, { "container:*", NULL, true, false, false },
		{ "image:docker.io/ci:*", NULL, true, false, false }, { "image:ci:*", NULL, false, false, false }, { "pod:4ad2", NULL, true, false, false },
		{ "claimed:ci-*", NULL, false, false, true }, { "claimed:x", NULL, false, false, false }, { "moon", NULL, false, false, false },
	};
	const struct subject_results box = { .kind = SUBJECT_CONTAINER, .id = "abcd", .name = "ci-7", .host = &host, .facts = &facts };
	const struct subject_results user = { .kind = SUBJECT_CONTAINER, .id = "abcd", .name = "ci-7", .host = &host, .facts = &claimed };
	const struct subject_results whole = { .kind = SUBJECT_HOST, .id = "host", .host = &host };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct waiver waiver = { .subject = rows[i].target, .host = rows[i].host };

		if (waiver_is_for(&waiver, &box) != rows[i].is_for || waiver_is_for(&waiver, &whole) != rows[i].of_host ||
		    waiver_is_for(&waiver, &user) != rows[i].of_claimed)
			fail_msg("row %zu: %s", i, rows[i].target ? rows[i].target : "none");
	}
}

/* ---- things on the host ---- */

static void test_things(void **state)
{
	static const struct {
		const char *target, *name, *origin;
		bool accepts;
	} rows[] = {
		{ "path:/srv/a", "/srv/a", "/srv/a", true }, { "path:/srv/*", "mode of /srv/a", "/srv/a", true }, { "path:/srv/a", "PermitRootLogin", "/srv/a:12", true },
		{ "path:/srv/a", "mode of /srv/a:12", "/srv/a:12", false }, { "path:/srv/a:12", "mode of /srv/a:12", "/srv/a:12", true },
		{ "path:/srv/a", "mode of /srv/b /srv/a", "/srv/b /srv/a", false }, { "path:/srv/a", "x", "syslog(2)", false }, { "path:*", "x", NULL, false },
		{ "path:/srv", "mode of /srv/a", "/srv/a", false }, { "path:/srv/a", "x", "/srv/a:", false }, { "path:/srv/a", "x", "/srv/a:1x", false },
		{ "unit:ssh.service", "ssh.service", "/etc/x", true }, { "unit:ssh.*", "ExecStart of ssh.service", "/etc/x:3", true },
		{ "unit:ssh.service", "ssh.socket starts ssh.service", "/etc/x", false }, { "unit:a.timer", "a.timer (wanted by timers.target)", "/etc/x", true },
		{ "unit:ssh.service", "PrivateTmp", "/lib/systemd/system/ssh.service:7", true }, { "unit:ssh", "ssh.service", "/etc/x", false },
		{ "unit:*", "umask", "/etc/profile", false }, { "unit:*", "umask", "reading /etc", false }, { "unit:*", "", "", false },
		{ "sysctl:kernel.kptr_restrict", "x", "/proc/sys/kernel/kptr_restrict", true }, { "sysctl:net.ipv4.conf.eth*", "net/ipv4/conf/eth0/rp_filter", "x", true },
		{ "sysctl:net/ipv4/conf/*/rp_filter", "net.ipv4.conf.all.rp_filter at the next boot", "/etc/sysctl.conf:3", true },
		{ "sysctl:kernel.*", "kernel.x", "/proc/sys/net/x", false }, { "sysctl:kernel.*", "mode of kernel.x", "/x", false },
		{ "host", "x", "y", true }, { NULL, "x", NULL, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct waiver waiver = { .subject = rows[i].target };
		const struct evidence evidence = { .name = rows[i].name, .origin = rows[i].origin, .state = STATE_PRESENT, .value = "0" };
		struct waiver_other other = { NULL };

		if (waiver_accepts(&waiver, &evidence, &other) != rows[i].accepts)
			fail_msg("row %zu: %s, %s of %s", i, rows[i].target, rows[i].name, rows[i].origin);
		assert_int_equal(waiver_of_containers(&waiver), false);
		assert_int_equal(waiver_is_partial(&waiver), rows[i].target && strchr(rows[i].target, ':'));
	}
}

/* "int:0" and "int:7" fail c.two. */
static void test_together(void **state)
{
	struct waiver list[] = {
		{ .rule = "c.two", .found = "0", .expires = "2027-01-31", .ticket = "T-1" }, { .rule = "c.*", .found = "7", .expires = "2026-12-31", .ticket = "T-1" },
		{ .rule = "c.two", .found = "7", .expires = "2026-12-30" }, { .rule = "c.two", .found = "8", .expires = "2027-01-31" },
	};
	auto_run struct run run = { 0 };
	const struct waiver_use *use;
	const struct waiver *both;

	run_audit(&run, *state, NULL);
	use = put(&run, list, ARRAY_LEN(list));
	both = result_of(&run, "c.two")->waiver;
	assert_non_null(both);
	assert_string_equal(both->rule, "c.two; c.*");
	assert_string_equal(both->found, "0; 7");
	assert_string_equal(both->ticket, "T-1");
	assert_string_equal(both->owner, "me");
	assert_string_equal(both->where, "w:1; w:9");
	assert_string_equal(both->expires, "2026-12-31");
	assert_int_equal(run.audit->counts.waived, 1);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(use[i].state, WAIVER_IN_FORCE);
	assert_int_equal(use[3].state, WAIVER_STALE);
	assert_string_equal(use[3].why, "what is found now is 0, not 8");
}

/* Where one of them is over the failure counts, and that one is told. */
static void test_together_over(void **state)
{
	struct waiver list[] = { { .rule = "c.two", .found = "0", .expires = "2027-01-31" }, { .rule = "c.two", .found = "7", .expires = "2026-11-22" } };
	auto_run struct run run = { 0 };
	const struct waiver_use *use;

	run_audit(&run, *state, NULL);
	use = put(&run, list, ARRAY_LEN(list));
	assert_null(result_of(&run, "c.two")->waiver);
	assert_int_equal(use[0].state, WAIVER_STALE);
	assert_int_equal(use[1].state, WAIVER_EXPIRED);
	assert_int_equal(use[1].failures, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_days), test_with_folder(test_reading), test_with_folder(test_all_mistakes), test_with_folder(test_one),
		test_with_folder(test_counting), test_with_folder(test_several), test_with_folder(test_soon), test_with_folder(test_targets),
		test_with_folder(test_days_most), test_with_folder(test_things), test_with_folder(test_together), test_with_folder(test_together_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
