/* SPDX-License-Identifier: Apache-2.0 */
/* What a daemon is told: systemd's words, units with drop-ins, flags as Go reads them, and which place is in force. */
#include "tests/unit.h"

#include "core/base/text.h"
#include "core/boot/unit.h"
#include "core/daemon/daemon_private.h"

static char *words(struct arena *arena, const char *text, const struct unit_command *variables)
{
	struct buffer out = { .arena = arena };
	const char **list = NULL;
	size_t n = 0;

	unit_words(arena, text, variables, &list, &n);
	buffer_puts(&out, "");
	for (size_t i = 0; i < n; i++)
		buffer_printf(&out, "[%s]", list[i]);
	return out.text;
}

static void test_words(void **state)
{
	const char *variables[] = { "A=one", "B=two  'three four'", "A=last", "E=" };
	const struct unit_command unit = { .variables = variables, .n_variables = ARRAY_LEN(variables) };

	assert_string_equal(words(*state, " a  \"b c\" 'd \\e' f\\ g h\"i\"j\t", NULL), "[a][b c][d \\e][f g][hij]");
	assert_string_equal(words(*state, "x $A ${A}y $B \"$B\" ${B} $E ${E} $NONE", &unit), "[x][last][lasty][two][three four][$B][two  'three four'][]");
	assert_string_equal(words(*state, "$$A %% %i ${open $", &unit), "[$A][%][%i][${open][$]");
	assert_string_equal(words(*state, "'open", NULL), "[open]");
	assert_string_equal(words(*state, "", NULL), "");
	assert_string_equal(words(*state, "\\", NULL), "[\\]");
}

static void test_unit(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	const struct units *units;
	struct unit_command *u;
	struct err err;

	folder_puts(folder, "usr/lib/systemd/system/d.service", "[Service]\nEnvironmentFile=-/etc/default/d\n# ExecStart=/no\nExecStart=-/usr/bin/d a \\\n  $O\nUser=u\n");
	folder_puts(folder, "usr/lib/systemd/system/d.service.d/20.conf", "[Service]\nExecStart=\nExecStart=/usr/bin/d b $O\n");
	folder_puts(folder, "etc/systemd/system/d.service.d/20.conf", "[Service]\nEnvironment=\"P=p q\" R=r\n");
	folder_puts(folder, "run/systemd/system/d.service.d/10.conf", "[Service]\nUser=\n[Socket]\nListenStream=1\nListenStream=\nListenStream=2\n");
	folder_puts(folder, "etc/default/d", "; no\nO='x y'\n O2 = z \n");
	folder_puts(folder, "usr/lib/systemd/system/e.service", "[Service]\nEnvironmentFile=/etc/default/e*\nEnvironment=O=unit\nExecStart=/usr/bin/e $O\n");
	folder_puts(folder, "usr/lib/systemd/system/service.d/all.conf", "[Service]\nNice=1\n");
	folder_puts(folder, "etc/default/e1", "O=file\n");
	assert_int_equal(symlink("/dev/null", folder_path(folder, "etc/systemd/system/masked.service")), 0);
	assert_int_equal(source_open(&source, folder->path, &err), 0);
	units = units_list(source, folder->arena);
	u = unit_command_read(source, folder->arena, units, "d.service");
	assert_int_equal(u->state, STATE_PRESENT);
	assert_int_equal(u->n_files, 4);
	assert_string_equal(u->files[1], "/run/systemd/system/d.service.d/10.conf");
	assert_string_equal(u->files[2], "/etc/systemd/system/d.service.d/20.conf");
	assert_string_equal(u->files[3], "/usr/lib/systemd/system/service.d/all.conf");
	assert_string_equal(u->origin, "/usr/lib/systemd/system/d.service:4");
	assert_int_equal(u->n, 4);
	assert_string_equal(u->arguments[0], "/usr/bin/d");
	assert_string_equal(u->arguments[3], "y");
	assert_int_equal(u->n_variables, 4);
	assert_null(u->user);
	assert_int_equal(u->n_listen, 1);
	assert_string_equal(u->listen[0], "2");
	assert_string_equal(unit_command_read(source, folder->arena, units, "e.service")->arguments[1], "file");
	assert_string_equal(u->listen_origins[0], "/run/systemd/system/d.service.d/10.conf:6");
	assert_null(u->unread);
	assert_int_equal(unit_command_read(source, folder->arena, units, "masked.service")->state, STATE_ABSENT);
	assert_int_equal(unit_command_read(source, folder->arena, units, "none.service")->state, STATE_ABSENT);
}

/* Of a file of variables, the value of A. */
static char *variable(struct folder *folder, const char *text)
{
	auto_source struct source *source = NULL;
	const struct unit_command *u;
	struct daemon daemon;
	const char *value;
	struct err err;

	folder_puts(folder, "usr/lib/systemd/system/f@.service", "[Service]\nEnvironmentFile=%E/%p-%i\nExecStart=/x\n");
	folder_puts(folder, "etc/f-1", text);
	assert_int_equal(source_open(&source, folder->path, &err), 0);
	u = unit_command_read(source, folder->arena, units_list(source, folder->arena), "f@1.service");
	assert_null(u->unread);
	daemon = (struct daemon){ .variables = u->variables, .n_variables = u->n_variables };
	value = daemon_variable(&daemon, "A");
	return arena_strdup(folder->arena, value ? value : "(none)");
}

static void test_variables(void **state)
{
	assert_string_equal(variable(*state, "A=one two  \nB=x\n"), "one two");
	assert_string_equal(variable(*state, " A = x"), "x");
	assert_string_equal(variable(*state, "A=\"a \\\n b\nc\" 'd'\n"), "a  b\ncd");
	assert_string_equal(variable(*state, "A=a \\\n b\nB=x"), "a  b");
	assert_string_equal(variable(*state, "A=a\\ \\\"b \\  \n"), "a \"b  ");
	assert_string_equal(variable(*state, "A=\"a\\$b\\c\"\n"), "a$b\\c");
	assert_string_equal(variable(*state, "A=a'b'\n"), "a'b'");
	assert_string_equal(variable(*state, "# A=x\n;A=y\nno\nexport A=z\n"), "(none)");
	assert_string_equal(variable(*state, "A=x\nA=\n"), "");
	assert_string_equal(variable(*state, "A='x"), "x");
}

/* The values of a flag on a command line of words without quotes. */
static char *flags(struct arena *arena, const char *line, const char *names, bool boolean)
{
	static const struct daemon_kind kind = { .name = "d", .switches = "Dv" };
	struct daemon daemon = { .kind = &kind };
	struct buffer out = { .arena = arena };
	const char **list = NULL;
	size_t n;

	unit_words(arena, line, NULL, &daemon.arguments, &daemon.n);
	n = daemon_flags(arena, &daemon, names, boolean, &list);
	buffer_puts(&out, "");
	for (size_t i = 0; i < n; i++)
		buffer_printf(&out, "[%s]", list[i]);
	return out.text;
}

static void test_flags(void **state)
{
	assert_string_equal(flags(*state, "--host=a -H b -Hc -H=d --host e -host=f", "host H", false), "[a][b][c][d][e][f]");
	assert_string_equal(flags(*state, "--tls --tls=false x", "tls", true), "[true][false]");
	assert_string_equal(flags(*state, "--tlsverify --tlscert x --no-tls", "tls", true), "");
	assert_string_equal(flags(*state, "--label --tls --tls-x=1 --hostname=y", "host", false), "");
	assert_string_equal(flags(*state, "--client_ca_file=/x --client-ca-file /y", "client-ca-file", false), "[/x][/y]");
	assert_string_equal(flags(*state, "--root", "root", false), "[]");
	assert_string_equal(flags(*state, "--root= x", "root", false), "[]");
	assert_string_equal(flags(*state, "a -- --root=x", "root", false), "");
	assert_string_equal(flags(*state, "---root=x root=x", "root", false), "");
	assert_string_equal(flags(*state, "-DH a -DHb -vDH=c -D -H d", "host H", false), "[a][b][c][d]");
	assert_string_equal(flags(*state, "-DH D -D=false -HD --D", "debug D", true), "[true][false][true]");
	assert_string_equal(flags(*state, "--root --root=x", "root", false), "[--root=x]");
}

static char *setting(struct arena *arena, const struct daemon *daemon, const struct setting_query *query)
{
	static const char *const states[] = { [STATE_PRESENT] = "", [STATE_ABSENT] = "absent ", [STATE_INAPPLICABLE] = "not ", [STATE_MALFORMED] = "bad " };
	struct saids saids = { .arena = arena };
	struct buffer out = { .arena = arena };

	daemon_setting(daemon, query, &saids);
	for (size_t i = 0; i < saids.n; i++)
		buffer_printf(&out, "%s%s%s=%s", i ? "; " : "", states[saids.list[i].state], saids.list[i].name, saids.list[i].text ? saids.list[i].text : "");
	return out.text;
}

static void test_settings(void **state)
{
	static const struct setting_query icc = { .flags = "icc", .type = SETTING_BOOLEAN, .pointers = "/icc", .fallback = "true", .fallback_with_file = "maybe" };
	static const struct setting_query list = { .flags = "registry", .type = SETTING_LIST, .pointers = "/list /table/*/x" };
	static const char text[] = "{\"icc\": false, \"list\": [], \"table\": {\"a\": {\"x\": 1}, \"b\": {\"x\": [1, {}]}, \"c\": {\"x\": null}}}";
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	struct daemon_kind kind = { .name = "d" };
	struct daemon daemon = { .kind = &kind, .origin = "/proc/1/cmdline", .place = DAEMON_UNIT };
	struct document *document;
	struct err err;

	folder_puts(folder, "f.json", text);
	assert_int_equal(source_open(&source, folder->path, &err), 0);
	document = document_read(source, folder->arena, "f.json", SYNTAX_JSON);
	assert_string_equal(setting(folder->arena, &daemon, &icc), "--icc=true");
	assert_string_equal(setting(folder->arena, &daemon, &list), "absent --registry=");
	daemon.has_file = true;
	assert_string_equal(setting(folder->arena, &daemon, &icc), "--icc=maybe");
	daemon.documents = &document;
	daemon.n_documents = 1;
	daemon.config = document->root;
	assert_string_equal(setting(folder->arena, &daemon, &icc), "/icc=false");
	assert_string_equal(setting(folder->arena, &daemon, &list), "/table/a/x=1; /table/b/x=1 {…}");
	unit_words(folder->arena, "--icc=T --registry a --registry b", NULL, &daemon.arguments, &daemon.n);
	assert_string_equal(setting(folder->arena, &daemon, &icc), "--icc=true; not /icc=");
	assert_string_equal(setting(folder->arena, &daemon, &list), "--registry=a b; not /table/a/x=; not /table/b/x=");
	kind.refuses_conflicts = true;
	assert_string_equal(setting(folder->arena, &daemon, &icc), "--icc=true; bad /icc=");
	daemon.place = DAEMON_RUNS;
	assert_string_equal(setting(folder->arena, &daemon, &icc), "--icc=true; not /icc=");
	kind.file_alone = true;
	assert_string_equal(setting(folder->arena, &daemon, &icc), "/icc=false");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_arena(test_words), test_with_folder(test_unit), test_with_folder(test_variables), test_with_arena(test_flags), test_with_folder(test_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
