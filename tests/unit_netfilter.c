/* SPDX-License-Identifier: Apache-2.0 */
/* Packet filters: what becomes of the rest, by the tables of the kernel and by the files that services load. */
#include "tests/unit.h"

#include "core/base/text.h"
#include "core/firewall/firewall_files.h"

#include <netinet/in.h>

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

static struct source *open_root(struct folder *folder)
{
	struct source *source = NULL;
	struct err err = { "" };

	if (source_open(&source, folder->path, &err) != 0)
		fail_msg("%s", err.text);
	return source;
}

/* "drop", "none" where no chain is there, "malformed: WHY", … */
static const char *rest(const struct netfilter *filter, enum filter_hook hook, enum filter_family family)
{
	const struct filter_chain *decides;
	enum filter_verdict verdict;

	if (filter->state != STATE_PRESENT)
		return arena_printf(filter->arena, "%s: %s", state_name(filter->state), filter->why);
	verdict = netfilter_otherwise(filter, hook, family, &decides);
	return !decides ? "none" : verdict == FILTER_UNKNOWN ? "unknown" : filter_verdict_name(verdict);
}

struct example {
	const char *text;
	const char *input, *input6;
};

/* ---- nft ---- */

static const struct netfilter *read_nft(struct folder *folder, struct source *source, const char *text)
{
	struct netfilter *filter = netfilter_new(folder->arena);
	struct file *file = arena_new_of(folder->arena, struct file);

	*file = (struct file){ .path = "/etc/nftables.conf", .data = text, .size = strlen(text) };
	netfilter_add_nft_file(filter, source, file);
	return filter;
}

#define HOOK "type filter hook input priority filter"

static const struct example nft_examples[] = {
	{ "", "none", "none" },
	{ "table inet filter {\n\tchain input {\n\t\t" HOOK "; policy drop;\n\t}\n}\n", "drop", "drop" },
	{ "table ip filter { chain input { " HOOK "; policy drop; } }", "drop", "none" },
	{ "table filter { chain input { " HOOK "; policy drop; } }", "drop", "none" },
	{ "table ip6 filter { chain input { " HOOK "; policy drop; } }", "none", "drop" },
	{ "table inet f { chain input { type filter hook input priority 0\n policy drop\n } }", "drop", "drop" },
	{ "table inet f { chain input { type filter hook input priority -10 ; } }", "accept", "accept" },
	/* comments, also where they hold a rule set */
	{ "# table inet f { chain i { " HOOK "; policy drop; } }\ntable inet f {\n chain i { " HOOK "; # policy drop;\n }\n}\n", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; tcp dport 22 accept comment \"# } policy accept;\" } }", "drop", "drop" },
	/* variables */
	{ "define p = drop\ntable inet f { chain i { " HOOK "; policy $p; } }", "drop", "drop" },
	{ "define nets = {\n 10.0.0.0/8, # x\n 192.168.0.0/16\n}\ndefine p = accept\ntable inet f { chain i { " HOOK "; policy $p; ip saddr $nets drop; } }", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy $unknown; } }", "malformed", "malformed" },
	/* several tables: the strictest decides; other types and families filter nothing */
	{ "table inet a { chain i { " HOOK "; } }\ntable inet b { chain i { " HOOK "; policy drop; } }", "drop", "drop" },
	{ "table ip nat { chain i { type nat hook input priority 100; policy drop; } }", "none", "none" },
	{ "table bridge f { chain i { " HOOK "; policy drop; } }\ntable netdev n { chain i { type filter hook ingress device eth0 priority 0; policy drop; } }",
	  "none", "none" },
	{ "table inet f { chain i { policy drop; tcp dport 1 accept } }", "none", "none" },
	/* the last rule, the first rule */
	{ "table inet f { chain i { " HOOK "; ct state established accept; counter packets 5 bytes 10 log prefix \"x\" flags all reject with icmpx admin-prohibited } }",
	  "reject", "reject" },
	{ "table inet f { chain i { " HOOK "; policy drop; accept; drop } }", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; iif lo accept\n\t\tip saddr 0.0.0.0/0 counter accept } }", "accept", "drop" },
	{ "table inet f { chain i { " HOOK "; policy drop; ip saddr 0.0.0.0/0 counter accept } }", "accept", "drop" },
	{ "table inet f { chain i { " HOOK "; policy accept; ip saddr 0.0.0.0/0 drop } }", "drop", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; ip6 saddr ::/0 accept } }", "drop", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; meta nfproto ipv4 accept } }", "accept", "drop" },
	{ "table inet f { chain i { " HOOK "; policy accept; meta nfproto ipv6 drop } }", "accept", "drop" },
	/* conditions that most packets meet let these in, and keep nobody out */
	{ "table inet f { chain i { " HOOK "; policy drop; meta l4proto { icmp, tcp, udp } accept } }", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; meta l4proto { icmp, ipv6-icmp } accept } }", "drop", "drop" },
	{ "table inet f { chain i { " HOOK "; policy accept; meta l4proto { tcp, udp } drop } }", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; meta l4proto @known accept } }", "unknown", "unknown" },
	{ "table inet f { chain i { " HOOK "; policy drop; ip protocol tcp accept } }", "accept", "drop" },
	{ "table inet f { chain i { " HOOK "; policy drop; ip6 nexthdr != icmpv6 accept } }", "drop", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; iifname \"*\" accept } }", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; iifname != \"lo\" accept } }", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; iifname { \"lo\", \"br0\" } accept } }", "drop", "drop" },
	{ "table inet f { chain i { " HOOK "; policy drop; ct state new,established accept } }", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; ct state { established, related, new } accept } }", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; ct state established, related accept } }", "drop", "drop" },
	{ "table inet f { chain i { " HOOK "; policy drop; ct state != invalid accept } }", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; ct state new tcp dport 22 accept } }", "drop", "drop" },
	{ "table inet f { chain i { " HOOK "; policy drop; ct state new tcp dport 0-65535 accept } }", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; tcp dport != 22 accept } }", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; limit rate 10/second burst 5 packets accept } }", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy accept; limit rate over 10 mbytes/second drop } }", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; ip saddr { 0.0.0.0/1, 128.0.0.0/1 } accept } }", "accept", "drop" },
	{ "table inet f { chain i { " HOOK "; policy drop; ip saddr != 192.0.2.1 accept } }", "accept", "drop" },
	{ "table inet f { chain i { " HOOK "; policy drop; ip saddr 10.0.0.0/8 accept } }", "drop", "drop" },
	{ "table inet f { chain i { " HOOK "; policy drop; fib daddr type local accept } }", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; ct state vmap { established : accept, related : accept, invalid : drop } } }", "drop", "drop" },
	{ "table inet f { chain i { " HOOK "; policy drop; ct state vmap { established : accept, new : accept } } }", "accept", "accept" },
	{ "table inet f { chain a { accept }\nchain i { " HOOK "; policy drop; meta l4proto vmap { tcp : jump a } } }", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; ct state vmap @what } }", "unknown", "unknown" },
	{ "table inet f { chain i { " HOOK "; policy drop; tcp dport vmap @services; iifname vmap @zones; ip saddr @admins accept; tcp dport @ports accept } }", "drop", "drop" },
	{ "table inet f { chain i { " HOOK "; policy drop; ip saddr != @admins accept } }", "accept", "drop" },
	{ "table inet f { chain a { tcp dport 22 accept }\nchain i { " HOOK "; policy drop; meta l4proto tcp jump a } }", "drop", "drop" },
	{ "table inet f { chain i { " HOOK "; policy accept; meta l4proto tcp return; drop } }", "accept", "accept" },
	{ "table inet f { chain a { meta l4proto tcp return; drop }\nchain i { " HOOK "; policy accept; jump a } }", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; meta mark set 1 accept } }", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; tcp dport { 22, 80 } accept; tcp dport vmap { 1 : accept, 2 : drop } } }", "drop", "drop" },
	{ "table inet f { chain i { " HOOK "; policy drop; queue num 1 bypass } }", "queue", "queue" },
	/* jumps */
	{ "table inet f { chain a { accept; }\n chain i { " HOOK "; policy drop; jump a; } }", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy accept; jump a; }\n chain a { tcp dport 22 accept; goto b }\n chain b { drop; } }", "drop", "drop" },
	{ "table inet f { chain i { " HOOK "; policy accept; jump a; }\n chain a { ip daddr 10.0.0.1 return; drop; } }", "accept", "drop" },
	{ "table inet f { chain i { " HOOK "; policy accept; jump a; }\n chain a { tcp dport vmap { 22 : return }; drop; } }", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; jump a; }\n chain a { return; accept; } }", "drop", "drop" },
	{ "table inet f { chain i { " HOOK "; policy accept; iif eth0 jump a; }\n chain a { drop; } }", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; jump a; }\n chain a { jump i; } }", "unknown", "unknown" },
	{ "table inet f { chain i { " HOOK "; policy drop; jump nowhere; } }", "unknown", "unknown" },
	/* what is taken away again */
	{ "table inet f { chain i { " HOOK "; policy drop; } }\nflush ruleset\n", "none", "none" },
	{ "table inet f { chain i { " HOOK "; policy drop; } }\ndelete table inet f\ntable inet f { chain i { " HOOK "; } }", "accept", "accept" },
	{ "table inet f { chain i { " HOOK "; policy drop; accept } }\nflush chain inet f i\n", "drop", "drop" },
	{ "table inet f { flags dormant; chain i { " HOOK "; policy drop; } }", "none", "none" },
	{ "table inet f { chain i { " HOOK "; policy drop; } }\ntable inet f { flags owner, dormant\n }", "none", "none" },
	{ "table inet f { chain i { " HOOK "; policy drop; } }\ndelete rule inet f i handle 4", "broken", "broken" },
	/* commands */
	{ "add table inet f\nadd chain inet f i { " HOOK " ; policy drop ; }\nadd rule inet f i tcp dport { 22, 80 } accept\n", "drop", "drop" },
	{ "add table inet f; add chain inet f i { " HOOK "; policy drop; }; add rule inet f i drop; insert rule inet f i accept;", "accept", "accept" },
	{ "table inet f { set s { type ipv4_addr; flags interval; elements = { 1.2.3.4 } }\n counter c { }\n chain i { " HOOK "; policy drop; } }", "drop", "drop" },
	{ "table inet f { chain i { " HOOK " \\\n ; policy drop; } }", "drop", "drop" },
	/* what nobody can read */
	{ "table inet f { chain i { " HOOK "; policy drop; ", "malformed", "malformed" },
	{ "}", "malformed", "malformed" },
	{ "table inet f { chain i { " HOOK "; policy drop; log prefix \"x } }\n", "malformed", "malformed" },
	{ "table inet f { chain i { " HOOK "; policy maybe; } }", "malformed", "malformed" },
	{ "define x\ntable inet f { }", "malformed", "malformed" },
	{ "include \"/etc/nowhere.nft\"\n", "malformed", "malformed" },
	{ "include \"./here.nft\"\n", "broken", "broken" },
	{ "include \"/etc/none.d/*.nft\"\n", "none", "none" },
};

static void assert_example(const struct example *e, const char *got, const char *wanted)
{
	if (strncmp(got, wanted, strlen(wanted)) != 0)
		fail_msg("%s\n%s, wanted %s", e->text, got, wanted);
}

static void test_nft(void **state)
{
	auto_source struct source *source = open_root(*state);

	for (size_t i = 0; i < ARRAY_LEN(nft_examples); i++) {
		const struct netfilter *filter = read_nft(*state, source, nft_examples[i].text);

		assert_example(&nft_examples[i], rest(filter, HOOK_INPUT, FAMILY_IP), nft_examples[i].input);
		assert_example(&nft_examples[i], rest(filter, HOOK_INPUT, FAMILY_IP6), nft_examples[i].input6);
	}
}

static void test_nft_place(void **state)
{
	auto_source struct source *source = open_root(*state);
	const struct netfilter *filter = read_nft(*state, source, "# a\n\ntable inet f {\n\tchain i {\n\t\t" HOOK ";\n\t\tpolicy reject;\n\t}\n}\n");

	assert_starts_with(filter->why, "/etc/nftables.conf:6: ");
}

static void test_nft_includes(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;

	folder_puts(folder, "etc/nftables.d/b.nft", "table inet f { chain i { accept; } }\n");
	folder_puts(folder, "etc/nftables.d/a.nft", "table inet f { chain i { " HOOK "; policy drop; } }\n");
	folder_puts(folder, "etc/nftables.d/.c.nft", "}\n");
	folder_puts(folder, "etc/loop.nft", "include \"/etc/loop.nft\"\n");
	folder_puts(folder, "etc/twice.nft", "include \"/etc/twice.nft\"\ninclude \"/etc/twice.nft\"\n");
	assert_int_equal(mkfifo(folder_path(folder, "etc/fifo.nft"), 0600), 0);
	folder_write(folder, "etc/nul.nft", "table\0", 6);
	source = open_root(folder);
	assert_string_equal(rest(read_nft(folder, source, "include \"/etc/nftables.d/*.nft\"\n"), HOOK_INPUT, FAMILY_IP), "accept");
	assert_string_equal(rest(read_nft(folder, source, "include \"nftables.d/a.nft\"\n"), HOOK_INPUT, FAMILY_IP), "drop");
	assert_starts_with(rest(read_nft(folder, source, "include \"/etc/loop.nft\"\n"), HOOK_INPUT, FAMILY_IP), "malformed");
	assert_starts_with(rest(read_nft(folder, source, "include \"/etc/twice.nft\"\n"), HOOK_INPUT, FAMILY_IP), "malformed");
	assert_starts_with(rest(read_nft(folder, source, "include \"/etc/fifo.nft\"\n"), HOOK_INPUT, FAMILY_IP), "broken");
	assert_starts_with(rest(read_nft(folder, source, "include \"/etc/nul.nft\"\n"), HOOK_INPUT, FAMILY_IP), "malformed");
}

/* Every beginning of a good set, and a set with any byte turned into another, is read without harm and within bounds. */
static void test_nft_hostile(void **state)
{
	static const char text[] = "define p = { a, b }\ntable inet f { set s { type x; }\n chain i { " HOOK "; policy drop; ct state { new } log prefix \"x\" accept\n reject }\n}\n"
				   "add rule inet f i jump j; flush table inet f; delete chain inet f i; include \"x\"; undefine p\n";
	struct folder *folder = *state;
	auto_source struct source *source = open_root(folder);

	for (size_t n = 0; n < sizeof(text); n++) {
		static const char others[] = "{};\"\\$#\n =";

		(void)rest(read_nft(folder, source, arena_strndup(folder->arena, text, n)), HOOK_INPUT, FAMILY_IP);
		for (size_t i = 0; i < sizeof(others) - 1; i++) {
			char *copy = arena_strdup(folder->arena, text);

			copy[n] = others[i];
			(void)rest(read_nft(folder, source, copy), HOOK_INPUT, FAMILY_IP);
		}
	}
}

/* ---- iptables-save ---- */

static const struct netfilter *read_saved(struct arena *arena, const char *text, enum filter_family family)
{
	struct netfilter *filter = netfilter_new(arena);
	struct file file = { .path = "/etc/iptables/rules", .data = text, .size = strlen(text) };

	netfilter_add_saved(filter, &file, family);
	return filter;
}

static const struct example saved_examples[] = {
	{ "", "none", NULL },
	{ "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n", "drop", NULL },
	{ "# Generated\n*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT\n-A INPUT -i lo -j ACCEPT\n"
	  "-A INPUT -j REJECT --reject-with icmp-host-prohibited\nCOMMIT\n", "reject", NULL },
	{ "*filter\n:INPUT DROP\n[5:300] -A INPUT -m comment --comment \"a -s 1.2.3.4 'b\" -j ACCEPT\nCOMMIT\n", "accept", NULL },
	{ "*filter\n:INPUT DROP\n-A INPUT -s 0.0.0.0/0 -p all -j ACCEPT\nCOMMIT\n", "accept", NULL },
	{ "*filter\n:INPUT ACCEPT\n-A INPUT -s 10.0.0.0/8 -j DROP\n-A INPUT -j LOG --log-prefix \"x \"\nCOMMIT\n", "accept", NULL },
	{ "*filter\n:INPUT ACCEPT\n-A INPUT -j DROP ! -s 10.0.0.0/8\nCOMMIT\n", "accept", NULL },
	{ "*filter\n:INPUT ACCEPT\n:own - [0:0]\n-A INPUT -j own\n-A own -p tcp -j RETURN\n-A own -j DROP\nCOMMIT\n", "accept", NULL },
	{ "*filter\n:INPUT ACCEPT\n:own - [0:0]\n-A INPUT -g own\n-A own -p tcp --dport 22 -j ACCEPT\n-A own -j DROP\nCOMMIT\n", "drop", NULL },
	{ "*filter\n-P INPUT DROP\n-A INPUT -p icmp -j ACCEPT\nCOMMIT\n", "drop", NULL },
	{ "*filter\n-P INPUT DROP\n-A INPUT -p tcp -j ACCEPT\nCOMMIT\n", "accept", NULL },
	{ "*filter\n-P INPUT DROP\n-A INPUT ! -p icmp -j ACCEPT\nCOMMIT\n", "accept", NULL },
	{ "*filter\n-P INPUT DROP\n-A INPUT -i + -s 0.0.0.0/0 -d 0/0 -j ACCEPT\nCOMMIT\n", "accept", NULL },
	{ "*filter\n-P INPUT DROP\n-A INPUT ! -i lo -j ACCEPT\nCOMMIT\n", "accept", NULL },
	{ "*filter\n-P INPUT DROP\n-A INPUT -i docker0 ! -o docker0 -j ACCEPT\nCOMMIT\n", "drop", NULL },
	{ "*filter\n-P INPUT DROP\n-A INPUT -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT\nCOMMIT\n", "accept", NULL },
	{ "*filter\n-P INPUT DROP\n-A INPUT -m conntrack ! --ctstate INVALID -j ACCEPT\nCOMMIT\n", "accept", NULL },
	{ "*filter\n-P INPUT DROP\n-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT\nCOMMIT\n", "drop", NULL },
	{ "*filter\n-P INPUT DROP\n-A INPUT -p tcp -m tcp --dport 1:65535 -j ACCEPT\nCOMMIT\n", "accept", NULL },
	{ "*filter\n-P INPUT DROP\n-A INPUT -p tcp --syn -m limit --limit 5/s --limit-burst 9 -j ACCEPT\nCOMMIT\n", "accept", NULL },
	{ "*filter\n-P INPUT DROP\n-A INPUT -m recent --rcheck --seconds 60 -j ACCEPT\nCOMMIT\n", "drop", NULL },
	{ "*filter\n-P INPUT DROP\n-A INPUT -m addrtype --dst-type LOCAL -j ACCEPT\nCOMMIT\n", "accept", NULL },
	{ "*filter\n-P INPUT ACCEPT\n-A INPUT -p tcp -j DROP\n-A INPUT -p udp -j DROP\nCOMMIT\n", "accept", NULL },
	{ "*filter\n-A INPUT -j DROP\n-I INPUT -j ACCEPT\nCOMMIT\n", "accept", NULL },
	{ "*filter\n-A INPUT -j DROP\n-F\nCOMMIT\n", "accept", NULL },
	{ "*filter\n:INPUT DROP\n-A INPUT -j NFQUEUE --queue-bypass\nCOMMIT\n", "queue", NULL },
	/* the policy of another table, and one that is not committed */
	{ "*nat\n:INPUT DROP\nCOMMIT\n*mangle\n:INPUT DROP\nCOMMIT\n", "none", NULL },
	{ "*filter\n:INPUT DROP\n", "malformed", NULL },
	{ ":INPUT DROP\nCOMMIT\n", "malformed", NULL },
	{ "*filter\n:INPUT MAYBE\nCOMMIT\n", "malformed", NULL },
	{ "*filter\n-A nowhere -j DROP\nCOMMIT\n", "malformed", NULL },
	{ "*filter\n-A INPUT -m comment --comment \"x -j DROP\nCOMMIT\n", "malformed", NULL },
	{ "*filter\n-D INPUT -j DROP\nCOMMIT\n", "broken", NULL },
	{ "*filter\n-I INPUT 3 -j DROP\nCOMMIT\n", "broken", NULL },
};

static void test_saved(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(saved_examples); i++)
		assert_example(&saved_examples[i], rest(read_saved(*state, saved_examples[i].text, FAMILY_IP6), HOOK_INPUT, FAMILY_IP6), saved_examples[i].input);
	assert_string_equal(rest(read_saved(*state, saved_examples[1].text, FAMILY_IP6), HOOK_INPUT, FAMILY_IP), "none");
	assert_string_equal(rest(read_saved(*state, saved_examples[1].text, FAMILY_IP), HOOK_FORWARD, FAMILY_IP), "drop");
	assert_string_equal(rest(read_saved(*state, saved_examples[1].text, FAMILY_IP), HOOK_OUTPUT, FAMILY_IP), "accept");
}

/* ---- the tables of the kernel ---- */

/* A table of three chains with nothing but their policies, as the kernel gives it; the last entry is the one that ends it. */
struct blob {
	unsigned char data[4096];
	size_t size;
	unsigned begin[NF_INET_NUMHOOKS];
	bool six;
};

static void add_entry(struct blob *b, const char *target, int verdict)
{
	size_t head = b->six ? sizeof(struct ip6t_entry) : sizeof(struct ipt_entry), size = *target == 'E' ? sizeof(struct xt_error_target) : sizeof(struct xt_standard_target);
	struct xt_standard_target standard = { .verdict = verdict };

	size = (size + 7) & ~(size_t)7;
	if (b->six) {
		struct ip6t_entry e = { .target_offset = (uint16_t)head, .next_offset = (uint16_t)(head + size) };

		memcpy(b->data + b->size, &e, sizeof(e));
	} else {
		struct ipt_entry e = { .target_offset = (uint16_t)head, .next_offset = (uint16_t)(head + size) };

		memcpy(b->data + b->size, &e, sizeof(e));
	}
	standard.target.u.target_size = (uint16_t)size;
	snprintf(standard.target.u.user.name, sizeof(standard.target.u.user.name), "%s", target);
	memcpy(b->data + b->size + head, &standard, sizeof(standard));
	b->size += head + size;
}

static struct blob blob_of(bool six, int input)
{
	struct blob b = { .six = six };

	memset(b.begin, 0xff, sizeof(b.begin));
	b.begin[NF_INET_LOCAL_IN] = 0;
	add_entry(&b, "", -input - 1);
	b.begin[NF_INET_FORWARD] = (unsigned)b.size;
	add_entry(&b, "REJECT", 0);
	add_entry(&b, "", -NF_ACCEPT - 1);
	b.begin[NF_INET_LOCAL_OUT] = (unsigned)b.size;
	add_entry(&b, "", -NF_ACCEPT - 1);
	add_entry(&b, "ERROR", 0);
	return b;
}

static int read_blob(struct netfilter *filter, const struct blob *b, size_t size)
{
	auto_free unsigned char *copy = xmalloc(size + 1);   /* of the exact size: reading behind it is seen */
	struct legacy_entries entries = { .data = copy, .size = size, .begin = b->begin, .six = b->six };

	memcpy(copy, b->data, size);
	return netfilter_add_entries(filter, &entries);
}

static void test_entries(void **state)
{
	for (int six = 0; six < 2; six++) {
		enum filter_family family = six ? FAMILY_IP6 : FAMILY_IP;
		struct blob drop = blob_of(six, NF_DROP);
		struct netfilter *filter = netfilter_new(*state);

		assert_int_equal(read_blob(filter, &drop, drop.size), 0);
		assert_string_equal(rest(filter, HOOK_INPUT, family), "drop");
		assert_string_equal(rest(filter, HOOK_FORWARD, family), "reject");
		assert_string_equal(rest(filter, HOOK_OUTPUT, family), "accept");
		assert_string_equal(rest(filter, HOOK_INPUT, six ? FAMILY_IP : FAMILY_IP6), "none");
	}
}

/* Cut anywhere, and with any byte wrong: an error or an answer, and no byte outside of it is read. */
static void test_entries_hostile(void **state)
{
	struct blob good = blob_of(false, NF_DROP);

	for (size_t n = 0; n < good.size; n++) {
		struct netfilter *filter = netfilter_new(*state);

		if (n % 8 || read_blob(filter, &good, n) == 0)
			assert_true(n % 8 || n > good.begin[NF_INET_LOCAL_OUT]);
	}
	for (size_t n = 0; n < good.size; n++) {
		for (unsigned value = 1; value < 256; value <<= 1) {
			struct blob b = good;
			struct netfilter *filter = netfilter_new(*state);

			b.data[n] ^= (unsigned char)value;
			if (read_blob(filter, &b, b.size) == 0)
				(void)rest(filter, HOOK_INPUT, FAMILY_IP);
		}
	}
}

static void test_entries_begin(void **state)
{
	struct blob b = blob_of(true, NF_DROP);

	b.begin[NF_INET_FORWARD] += 8;
	assert_int_equal(read_blob(netfilter_new(*state), &b, b.size), -EBADMSG);
	b.begin[NF_INET_FORWARD] = UINT32_MAX;
	assert_int_equal(read_blob(netfilter_new(*state), &b, b.size), -EBADMSG);
}

/* ---- services ---- */

static const struct firewall_files *read_files(struct folder *folder, struct source **source)
{
	*source = open_root(folder);
	return firewall_files_read(*source, folder->arena);
}

static void start(struct folder *folder, const char *service)
{
	const char *program = strcmp(service, "nftables") == 0 ? "nft -f /etc/nftables.conf" : strcmp(service, "ufw") == 0 ? "ufw-init" : service;

	folder_puts(folder, "usr/lib/systemd/system/default.target", "[Unit]\n");
	folder_puts(folder, "usr/lib/systemd/system/multi-user.target", "[Unit]\n");
	folder_puts(folder, arena_printf(folder->arena, "usr/lib/systemd/system/%s.service", service),
		    arena_printf(folder->arena, "[Service]\nExecStart=/usr/sbin/%s -x\n", program));
	folder_puts(folder, arena_printf(folder->arena, "etc/systemd/system/default.target.wants/%s.service", service), "");
}

static void test_not_started(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL, *masked = NULL;

	folder_puts(folder, "etc/nftables.conf", "table inet f { chain i { " HOOK "; policy drop; } }\n");
	folder_puts(folder, "usr/lib/systemd/system/nftables.service", "[Service]\n");
	assert_int_equal(read_files(folder, &source)->n, 0);
	start(folder, "nftables");
	assert_int_equal(symlink("/dev/null", folder_path(folder, "etc/systemd/system/nftables.service")), 0);
	assert_int_equal(read_files(folder, &masked)->n, 0);
}

static void test_unit_names_file(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	const struct firewall_files *files;

	start(folder, "nftables");
	folder_puts(folder, "usr/lib/systemd/system/nftables.service", "[Service]\nExecStart=/sbin/nft -f /etc/sysconfig/nftables.conf\n");
	folder_puts(folder, "etc/nftables.conf", "table inet f { chain i { " HOOK "; policy drop; } }\n");
	folder_puts(folder, "etc/sysconfig/nftables.conf", "table inet f { chain i { " HOOK "; } }\n");
	files = read_files(folder, &source);
	assert_int_equal(files->n, 1);
	assert_string_equal(files->list[0].origin, "/etc/sysconfig/nftables.conf");
	assert_string_equal(rest(files->list[0].filter, HOOK_INPUT, FAMILY_IP), "accept");
}

/* What is put into a drop-in of nftables.service, and what is loaded then; NULL: it is no service that loads rules. */
static void test_drop_ins(void **state)
{
	static const struct {
		const char *text, *origin, *rest;
	} drop_ins[] = {
		{ "", "/etc/nftables.conf", "drop" },
		{ "ExecStart=\n", NULL, NULL },
		{ "ExecStart=\nExecStart=/bin/true\n", NULL, NULL },
		{ "ExecStart=\nExecStart=/usr/sbin/nft -c -f /etc/nftables.conf\n", NULL, NULL },
		{ "ExecStart=\nExecStart=/usr/sbin/nft -cf /etc/nftables.conf\n", NULL, NULL },
		{ "ExecStart=\nExecStart=-/usr/sbin/nft -f /etc/other.conf\n", "/etc/other.conf", "accept" },
		{ "ExecStart=\nExecStart=/usr/sbin/nft --file=/etc/other.conf\n", "/etc/other.conf", "accept" },
		{ "ExecStart=\nExecStart=/usr/sbin/nft -f '/etc/other.conf'\n", "/etc/other.conf", "accept" },
		{ "ExecStart=/usr/sbin/nft -nf/etc/other.conf\n", "/etc/other.conf", "accept" },
		{ "ExecStartPre=/usr/sbin/nft -f /etc/other.conf\n", "/etc/nftables.conf", "drop" },
		{ "ExecStartPost=/usr/sbin/nft flush ruleset\n", "/etc/nftables.conf", "none" },
		{ "ExecStart=\nExecStart=/usr/sbin/nft -f -\n", "?", NULL },
		{ "ExecStart=\nExecStart=/usr/sbin/nft add table x\n", "?", NULL },
		{ "ExecStart=\nExecStart=/opt/load-rules\n", "?", NULL },
	};
	struct folder *folder = *state;

	start(folder, "nftables");
	folder_puts(folder, "etc/nftables.conf", "flush ruleset\ntable inet f { chain i { " HOOK "; policy drop; } }\n");
	folder_puts(folder, "etc/other.conf", "flush ruleset\ntable inet f { chain i { " HOOK "; } }\n");
	for (size_t i = 0; i < ARRAY_LEN(drop_ins); i++) {
		auto_source struct source *source = NULL;
		const struct firewall_files *files;

		folder_puts(folder, "etc/systemd/system/nftables.service.d/x.conf", arena_printf(folder->arena, "[Service]\n%s", drop_ins[i].text));
		files = read_files(folder, &source);
		if (files->n != (drop_ins[i].origin ? 1 : 0))
			fail_msg("%s: %zu", drop_ins[i].text, files->n);
		if (!files->n)
			continue;
		assert_int_equal(files->list[0].doubtful, !drop_ins[i].rest);
		assert_int_equal(files->n_services, drop_ins[i].rest ? 1 : 0);
		if (!drop_ins[i].rest)
			continue;
		assert_string_equal(files->list[0].origin, drop_ins[i].origin);
		assert_string_equal(rest(files->list[0].filter, HOOK_INPUT, FAMILY_IP), drop_ins[i].rest);
	}
}

static void test_restored_file(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	const struct firewall_files *files;

	start(folder, "iptables");
	folder_puts(folder, "etc/iptables/iptables.rules", "*filter\n:INPUT DROP\nCOMMIT\n");
	folder_puts(folder, "etc/my.rules", "*filter\n:INPUT ACCEPT\nCOMMIT\n");
	folder_puts(folder, "usr/lib/systemd/system/iptables.service", "[Service]\nExecStart=/usr/bin/iptables-restore -w /etc/my.rules\n");
	files = read_files(folder, &source);
	assert_int_equal(files->n, 1);
	assert_string_equal(files->list[0].origin, "/etc/my.rules");
	assert_string_equal(rest(files->list[0].filter, HOOK_INPUT, FAMILY_IP), "accept");
}

static void put_ufw(struct folder *folder, const char *policy, const char *six, const char *user_rule)
{
	static const char before[] = "*filter\n:ufw-before-input - [0:0]\n:ufw-not-local - [0:0]\n-A ufw-before-input -i lo -j ACCEPT\n-A ufw-before-input -j ufw-not-local\n"
				     "-A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN\n-A ufw-not-local -j DROP\nCOMMIT\n";

	start(folder, "ufw");
	folder_puts(folder, "etc/ufw/ufw.conf", "ENABLED=yes\n");
	folder_puts(folder, "etc/default/ufw", arena_printf(folder->arena, "IPV6=%s\nDEFAULT_INPUT_POLICY=\"%s\"\nDEFAULT_FORWARD_POLICY=DROP\n", six, policy));
	folder_puts(folder, "etc/ufw/before.rules", before);
	folder_puts(folder, "etc/ufw/after.rules", "*filter\n:ufw-after-input - [0:0]\n-A ufw-after-input -p udp --dport 137 -j ufw-skip-to-policy-input\nCOMMIT\n");
	folder_puts(folder, "etc/ufw/user.rules", arena_printf(folder->arena, "*filter\n:ufw-user-input - [0:0]\n%sCOMMIT\n", user_rule));
	for (const char *at = "before after user", *w; (w = at);) {
		size_t n = strcspn(w, " ");

		folder_puts(folder, arena_printf(folder->arena, "etc/ufw/%.*s6.rules", (int)n, w), "*filter\nCOMMIT\n");
		at = w[n] ? w + n + 1 : NULL;
	}
}

static void assert_ufw(struct folder *folder, const char *input, const char *input6)
{
	auto_source struct source *source = NULL;
	const struct firewall_files *files = read_files(folder, &source);

	assert_int_equal(files->n, 1);
	assert_string_equal(rest(files->list[0].filter, HOOK_INPUT, FAMILY_IP), input);
	assert_string_equal(rest(files->list[0].filter, HOOK_INPUT, FAMILY_IP6), input6);
	assert_string_equal(files->services, "ufw");
}

static void test_ufw(void **state)
{
	put_ufw(*state, "DROP", "yes", "-A ufw-user-input -p tcp --dport 22 -j ACCEPT\n");
	assert_ufw(*state, "drop", "drop");
	put_ufw(*state, "REJECT", "yes", "");
	assert_ufw(*state, "reject", "reject");
	/* packets for the host return from the chain that drops what is not for it */
	put_ufw(*state, "ACCEPT", "yes", "");
	assert_ufw(*state, "accept", "accept");
	/* without IPv6 all of it is dropped */
	put_ufw(*state, "ACCEPT", "no", "");
	assert_ufw(*state, "accept", "drop");
	put_ufw(*state, "DROP", "yes", "-A ufw-user-input -j ACCEPT\n");
	assert_ufw(*state, "accept", "drop");
}

static void test_ufw_off(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *off = NULL, *unread = NULL;
	const struct firewall_files *files;

	put_ufw(folder, "DROP", "yes", "");
	folder_puts(folder, "etc/ufw/ufw.conf", "# ENABLED=yes\nENABLED=no\n");
	assert_int_equal(read_files(folder, &off)->n, 0);
	folder_puts(folder, "etc/ufw/ufw.conf", "ENABLED=yes\n");
	assert_int_equal(unlink(folder_path(folder, "etc/ufw/before.rules")), 0);
	files = read_files(folder, &unread);
	assert_starts_with(rest(files->list[0].filter, HOOK_INPUT, FAMILY_IP), "broken");
}

static void test_firewalld(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *first = NULL, *second = NULL, *third = NULL;
	const struct firewall_files *files;

	start(folder, "firewalld");
	folder_puts(folder, "etc/firewalld/firewalld.conf", "# DefaultZone=trusted\nDefaultZone=home\n");
	folder_puts(folder, "usr/lib/firewalld/zones/home.xml", "<?xml version=\"1.0\"?>\n<!-- <zone target=\"ACCEPT\"> -->\n<zone>\n <short>Home</short>\n</zone>\n");
	folder_puts(folder, "usr/lib/firewalld/zones/trusted.xml", "<zone target=\"ACCEPT\"><short>Trusted</short></zone>\n");
	files = read_files(folder, &first);
	assert_int_equal(files->n, 1);
	assert_string_equal(rest(files->list[0].filter, HOOK_INPUT, FAMILY_IP6), "reject");
	folder_puts(folder, "etc/firewalld/firewalld.conf", "DefaultZone=trusted\n");
	folder_puts(folder, "etc/firewalld/zones/work.xml", "<zone target='ACCEPT'><interface name='eth0'/></zone>\n");
	folder_puts(folder, "etc/firewalld/zones/lo.xml", "<zone target='ACCEPT'><interface name='lo'/><rule><source address=\"10.0.0.0/8\"/><accept/></rule></zone>\n");
	folder_puts(folder, "etc/firewalld/policies/open.xml", "<policy target=\"ACCEPT\"><ingress-zone name=\"ANY\"/><egress-zone name=\"HOST\"/></policy>\n");
	files = read_files(folder, &second);
	assert_int_equal(files->n, 3);
	assert_string_equal(rest(files->list[0].filter, HOOK_INPUT, FAMILY_IP), "accept");
	assert_true(files->list[1].hole && files->list[2].hole);
	assert_string_equal(files->list[1].of, "eth0");
	assert_string_equal(rest(files->list[2].filter, HOOK_FORWARD, FAMILY_IP), "none");
	folder_puts(folder, "usr/lib/firewalld/zones/trusted.xml", "<zo\"ne");
	folder_puts(folder, "etc/firewalld/zones/work.xml", "<zone target=\"");
	files = read_files(folder, &third);
	assert_starts_with(rest(files->list[0].filter, HOOK_INPUT, FAMILY_IP), "malformed");
	assert_starts_with(rest(files->list[1].filter, HOOK_INPUT, FAMILY_IP), "malformed");
}

/* A connection of NetworkManager, or an interface in sysconfig, may name a zone of its own. */
static void test_firewalld_connections(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	const struct firewall_files *files;

	start(folder, "firewalld");
	folder_puts(folder, "usr/lib/firewalld/zones/public.xml", "<zone/>\n");
	folder_puts(folder, "usr/lib/firewalld/zones/trusted.xml", "<zone target=\"ACCEPT\"/>\n");
	folder_puts(folder, "etc/NetworkManager/system-connections/a.nmconnection", "[connection]\nid=a\nzone=trusted\n");
	folder_puts(folder, "etc/NetworkManager/system-connections/b.nmconnection", "[connection]\nid=b\nzone=public\n");
	folder_puts(folder, "etc/NetworkManager/system-connections/c.nmconnection", "[connection]\nid=c\n# zone=trusted\n");
	folder_puts(folder, "etc/sysconfig/network-scripts/ifcfg-eth0", "DEVICE=eth0\nZONE=nowhere\n");
	files = read_files(folder, &source);
	assert_int_equal(files->n, 3);
	assert_string_equal(rest(files->list[0].filter, HOOK_INPUT, FAMILY_IP), "reject");
	assert_string_equal(files->list[1].of, "a.nmconnection");
	assert_string_equal(rest(files->list[1].filter, HOOK_INPUT, FAMILY_IP), "accept");
	assert_string_equal(files->list[2].of, "ifcfg-eth0");
	assert_starts_with(rest(files->list[2].filter, HOOK_INPUT, FAMILY_IP), "broken");
}

static void test_services(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	const struct firewall_files *files;

	start(folder, "nftables");
	start(folder, "netfilter-persistent");
	start(folder, "firewalld");
	folder_puts(folder, "etc/nftables.conf", "");
	folder_puts(folder, "etc/iptables/rules.v4", "*filter\nCOMMIT\n");
	folder_puts(folder, "etc/iptables/rules.v6", "*filter\nCOMMIT\n");
	files = read_files(folder, &source);
	assert_string_equal(files->services, "firewalld nftables iptables");
	assert_int_equal(files->n_services, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_nft),
		test_with_folder(test_nft_place),
		test_with_folder(test_nft_includes),
		test_with_folder(test_nft_hostile),
		test_with_arena(test_saved),
		test_with_arena(test_entries),
		test_with_arena(test_entries_hostile),
		test_with_arena(test_entries_begin),
		test_with_folder(test_not_started),
		test_with_folder(test_unit_names_file),
		test_with_folder(test_drop_ins),
		test_with_folder(test_restored_file),
		test_with_folder(test_ufw),
		test_with_folder(test_ufw_off),
		test_with_folder(test_firewalld),
		test_with_folder(test_firewalld_connections),
		test_with_folder(test_services),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
