/* SPDX-License-Identifier: Apache-2.0 */
/* Where packages come from, apt's configuration, and the boot loader's entries: each with what is wrong in it. */
#include "tests/unit.h"

#include "core/boot/boot_entry.h"
#include "core/packages/apt_config.h"
#include "core/packages/repository.h"

static struct source *open_root(struct folder *folder)
{
	struct source *source = NULL;
	struct err err;

	assert_int_equal(source_open(&source, folder->path, &err), 0);
	return source;
}

/* ---- repositories ---- */

static const struct repositories *read_repositories(struct folder *folder, struct source **source)
{
	*source = open_root(folder);
	return repositories_read(*source, folder->arena);
}

static void test_apt_lines(void **state)
{
	auto_source struct source *source = NULL;
	const struct repositories *all;

	folder_puts(*state, "etc/apt/sources.list",
		    "deb http://a.example/debian bookworm main contrib # comment\n  deb-src http://a.example/debian bookworm main\n\n"
		    "deb [arch=amd64 trusted=yes] https://b.example ./\ndeb [ signed-by=/k.gpg , check-valid-until=no ] https://c.example s-security main\n"
		    "deb cdrom:[Debian 12 _Bookworm_]/ bookworm main\n# deb http://off.example x main\ndeb [allow-weak=yes] http://d.example x\n");
	all = read_repositories(*state, &source);
	assert_int_equal(all->state, STATE_PRESENT);
	assert_int_equal(all->n, 5);
	assert_string_equal(all->list[0].name, "http://a.example/debian bookworm main contrib");
	assert_string_equal(all->list[0].origin, "/etc/apt/sources.list:1");
	assert_true(all->list[0].is_signed && all->list[0].dated && !all->list[0].encrypted && !all->list[0].scoped && !all->list[0].security);
	assert_false(all->list[1].is_signed);
	assert_true(all->list[2].scoped && !all->list[2].dated && all->list[2].security && all->list[2].encrypted);
	assert_true(all->list[3].encrypted && all->list[3].is_signed);
	assert_true(all->list[4].is_signed && !all->list[4].metadata_signed);
}

static void test_apt_sources(void **state)
{
	auto_source struct source *source = NULL;
	const struct repositories *all;

	folder_puts(*state, "etc/apt/sources.list.d/x.sources",
		    "# comment\nTypes: deb deb-src\nURIs: https://a.example https://b.example\nSuites: s s-security\nComponents: main\n"
		    "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQ==\n\n\nTypes: deb-src\nURIs: x\nSuites: y\n\n"
		    "Types: deb\nURIs: http://off.example\nSuites: s\nEnabled: no\n\nTypes: deb\nTrusted: yes\nURIs: http://bad.example\nSuites: s");
	folder_puts(*state, "etc/apt/sources.list.d/x.disabled", "deb http://no.example x\n");
	all = read_repositories(*state, &source);
	assert_int_equal(all->n, 5);
	assert_true(all->list[0].scoped && all->list[1].security);
	assert_false(all->list[4].is_signed);
}

static void test_apt_broken(void **state)
{
	static const struct {
		const char *path, *text, *part;
	} broken[] = {
		{ "etc/apt/sources.list", "deb http://a.example s main\ndep http://a.example s\n", "/etc/apt/sources.list:2: " },
		{ "etc/apt/sources.list", "deb [trusted=yes http://a.example s\n", "list:1: a bracket" },
		{ "etc/apt/sources.list", "\n\ndeb http://a.example\n", "list:3: a source" },
		{ "etc/apt/sources.list", "deb\n", "list:1: " },
		{ "etc/apt/sources.list.d/x.sources", "Types: deb\nURIs\n", "x.sources:2: " },
	};

	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		auto_source struct source *source = NULL;
		const struct repositories *all;

		folder_puts(*state, "etc/apt/sources.list", "");
		folder_puts(*state, broken[i].path, broken[i].text);
		all = read_repositories(*state, &source);
		assert_int_equal(all->state, STATE_MALFORMED);
		assert_holds(all->why, broken[i].part);
	}
}

static void test_dnf(void **state)
{
	auto_source struct source *source = NULL;
	const struct repositories *all;

	folder_puts(*state, "etc/dnf/dnf.conf", "[main]\ngpgcheck=1\nsslverify = yes\n");
	folder_puts(*state, "etc/yum.repos.d/a.repo",
		    "# comment\n[one]\nname=x\nbaseurl=https://a.example/\n  https://b.example/\ngpgkey=file:///k\n[off]\nenabled=0\ngpgcheck=0\n"
		    "[two]\nbaseurl = http://a.example/\ngpgcheck = no\nrepo_gpgcheck=1\n[three]\nmetalink=https://m.example\nsslverify=False\n");
	folder_puts(*state, "etc/yum.repos.d/b.repo.rpmsave", "[no]\n");
	all = read_repositories(*state, &source);
	assert_int_equal(all->n, 3);
	assert_true(all->list[0].is_signed && !all->list[0].metadata_signed && all->list[0].encrypted && all->list[0].scoped);
	assert_string_equal(all->list[0].origin, "/etc/yum.repos.d/a.repo:2");
	assert_true(!all->list[1].is_signed && all->list[1].metadata_signed);
	assert_false(all->list[2].encrypted);
}

/* Without a word dnf takes packages as they are, zypper does not. */
static void test_rpm_defaults(void **state)
{
	auto_source struct source *source = NULL;
	const struct repositories *all;

	folder_puts(*state, "etc/yum.repos.d/a.repo", "[fedora]\nbaseurl=https://a.example\n");
	folder_puts(*state, "etc/zypp/repos.d/b.repo", "[repo-update]\nbaseurl=http://a.example?ssl_verify=no\n[x]\ngpgcheck=0\n[y]\ngpgcheck=0\npkg_gpgcheck=1\n");
	all = read_repositories(*state, &source);
	assert_int_equal(all->n, 4);
	assert_false(all->list[0].is_signed || all->list[0].security);
	assert_true(all->list[1].is_signed && all->list[1].metadata_signed && all->list[1].security);
	assert_false(all->list[2].is_signed);
	assert_true(all->list[3].is_signed);
}

static void test_rpm_broken(void **state)
{
	auto_source struct source *source = NULL;
	const struct repositories *all;

	folder_puts(*state, "etc/yum.repos.d/a.repo", "gpgcheck=1\n[x]\n");
	all = read_repositories(*state, &source);
	assert_int_equal(all->state, STATE_MALFORMED);
	assert_string_equal(all->why, "/etc/yum.repos.d/a.repo:1: no section begins before it");
}

static void test_apk_and_pacman(void **state)
{
	auto_source struct source *source = NULL;
	const struct repositories *all;

	folder_puts(*state, "etc/apk/repositories", "# x\nhttps://a.example/v3.20/main\n@edge http://b.example/edge/testing\n\n/media/apks\n");
	folder_puts(*state, "etc/pacman.conf",
		    "[options]\nSigLevel = Required DatabaseOptional\n[core]\nServer = https://a.example\n[mine]\nSigLevel = Optional TrustAll\nServer = http://a\n"
		    "[strict]\nSigLevel = Required\n[never]\nSigLevel = PackageNever\n");
	all = read_repositories(*state, &source);
	assert_int_equal(all->n, 7);
	assert_true(all->list[0].security && all->list[0].encrypted && !all->list[1].encrypted && all->list[2].encrypted);
	assert_true(all->list[3].is_signed && !all->list[3].metadata_signed);
	assert_false(all->list[4].is_signed || all->list[4].encrypted);
	assert_true(all->list[5].is_signed && all->list[5].metadata_signed);
	assert_false(all->list[6].is_signed);
}

static void test_no_manager(void **state)
{
	auto_source struct source *source = NULL;

	assert_int_equal(read_repositories(*state, &source)->state, STATE_INAPPLICABLE);
}

/* ---- apt.conf ---- */

static const struct apt_config *read_apt(struct folder *folder, const char *text, struct source **source)
{
	folder_puts(folder, "etc/apt/apt.conf.d/50x", text);
	*source = open_root(folder);
	return apt_config_read(*source, folder->arena);
}

static void assert_apt(const struct apt_config *config, const char *name, const char *value)
{
	const struct apt_setting *setting = apt_config_find(config, name);

	assert_string_equal(setting ? setting->value : "not set", value);
}

static void test_apt_config(void **state)
{
	auto_source struct source *source = NULL;
	const struct apt_config *config = read_apt(*state,
		"A::B \"1\";A{B \"2\" ; C \"//no comment\";};\n/* A::B \"3\"; */ // A::B \"4\";\n#A::B \"5\";\nD { \"x\"; \"y\"; };\n"
		"E \"v\" { F bare; };\nG::H \"1\"; G::I \"2\";\n#clear G::H;\n;;\n", &source);

	assert_int_equal(config->state, STATE_PRESENT);
	assert_apt(config, "a::b", "2");
	assert_apt(config, "A::C", "//no comment");
	assert_apt(config, "E::F", "bare");
	assert_apt(config, "E", "v");
	assert_apt(config, "G::H", "not set");
	assert_apt(config, "G::I", "2");
	assert_string_equal(apt_config_find(config, "A::C")->origin, "/etc/apt/apt.conf.d/50x:1");
}

static void test_apt_config_broken(void **state)
{
	static const char *const broken[] = { "A \"1", "A {", "}", "A;", "A \"1\"", "\"x\" A;", "A { B \"1\" }", "#clear ;", "#clear A", "{", "A \"1\" B;" };

	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		auto_source struct source *source = NULL;
		const struct apt_config *config = read_apt(*state, broken[i], &source);

		if (config->state != STATE_MALFORMED)
			fail_msg("%s: %s", broken[i], state_name(config->state));
		assert_starts_with(config->why, "/etc/apt/apt.conf.d/50x:1: ");
	}
}

static void test_apt_boolean(void **state)
{
	(void)state;
	assert_int_equal(apt_boolean("Yes"), 1);
	assert_int_equal(apt_boolean("ENABLE"), 1);
	assert_int_equal(apt_boolean("2"), 1);
	assert_int_equal(apt_boolean("0"), 0);
	assert_int_equal(apt_boolean("without"), 0);
	assert_int_equal(apt_boolean("perhaps"), -1);
	assert_int_equal(apt_boolean(""), -1);
}

/* ---- boot entries ---- */

static void assert_entry(const struct boot_entries *all, size_t i, const char *origin, const char *name, const char *value)
{
	const struct cmdline_param *param = cmdline_get(all->list[i].cmdline, name);

	assert_string_equal(all->list[i].origin, origin);
	if (!value)
		assert_null(param);
	else
		assert_string_equal(param ? param->value : "not given", value);
}

static void test_boot_entries(void **state)
{
	auto_source struct source *source = NULL;
	const struct boot_entries *all;

	folder_puts(*state, "boot/loader/entries/a.conf", "title x\nlinux /vmlinuz-5.14\noptions $kernelopts lsm=yama,selinux\n");
	folder_puts(*state, "boot/loader/entries/b.conf.old", "options a=no\n");
	folder_puts(*state, "boot/grub2/grubenv", "# GRUB Environment Block\nkernelopts=root=/dev/x selinux=0 \n####\n");
	folder_puts(*state, "boot/grub/grub.cfg", "menuentry 'linux a=no' {\n\tlinux\t/vmlinuz root=/dev/y apparmor=0\n\tinitrd /i\n\tlinux\n}\n");
	folder_puts(*state, "boot/extlinux.conf", "LABEL lts\n  APPEND root=/dev/z quiet\n");
	folder_puts(*state, "etc/kernel/cmdline", "root=/dev/k ro\n");
	folder_puts(*state, "etc/default/grub", "#GRUB_CMDLINE_LINUX=\"a=no\"\nGRUB_CMDLINE_LINUX='one=1'\nGRUB_CMDLINE_LINUX_DEFAULT=\"two=2\"\n");
	folder_puts(*state, "etc/default/grub.d/x.cfg", "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT three=3\"\n");
	source = open_root(*state);
	all = boot_entries_read(source, source_arena(source));
	assert_int_equal(all->state, STATE_PRESENT);
	assert_int_equal(all->n, 6);
	assert_entry(all, 0, "/boot/loader/entries/a.conf:3", "selinux", "0");
	assert_entry(all, 0, "/boot/loader/entries/a.conf:3", "lsm", "yama,selinux");
	assert_entry(all, 1, "/boot/grub/grub.cfg:2", "apparmor", "0");
	assert_entry(all, 2, "/boot/grub/grub.cfg:4", "root", NULL);
	assert_entry(all, 3, "/boot/extlinux.conf:2", "root", "/dev/z");
	assert_entry(all, 4, "/etc/kernel/cmdline", "root", "/dev/k");
	assert_entry(all, 5, "/etc/default/grub.d/x.cfg:1", "one", "1");
	assert_entry(all, 5, "/etc/default/grub.d/x.cfg:1", "two", "2");
	assert_entry(all, 5, "/etc/default/grub.d/x.cfg:1", "three", "3");
}

static void test_no_boot_entries(void **state)
{
	auto_source struct source *source = open_root(*state);

	assert_int_equal(boot_entries_read(source, source_arena(source))->state, STATE_UNAVAILABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_apt_lines),
		test_with_folder(test_apt_sources),
		test_with_folder(test_apt_broken),
		test_with_folder(test_dnf),
		test_with_folder(test_rpm_defaults),
		test_with_folder(test_rpm_broken),
		test_with_folder(test_apk_and_pacman),
		test_with_folder(test_no_manager),
		test_with_folder(test_apt_config),
		test_with_folder(test_apt_config_broken),
		cmocka_unit_test(test_apt_boolean),
		test_with_folder(test_boot_entries),
		test_with_folder(test_no_boot_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
