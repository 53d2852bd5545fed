#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The packet filter of a running kernel, in a network namespace for each set of rules: nft(8), and both kinds of iptables(8)."""
import json
import os
import subprocess
import time

from tap import SLOWER, Scratch, as_user, done, equal, has, is_true, plimsoll, point, skip, user_can_run, write, PLIMSOLL, clean_environment

BENCHMARK = """<Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2" id="xccdf_t_benchmark_b"><status>draft</status><title>t</title><version>1</version>
%s</Benchmark>
"""
RULE = """<Rule id="xccdf_t_rule_%s" selected="true"><title>t</title><check system="urn:plimsoll:check:1"><check-content>
<firewall xmlns="urn:plimsoll:check:1" where="kernel" hook="%s" family="%s" exists="true"/></check-content></check></Rule>
"""
# As pid 1 of namespaces of its own: the packet filter of the host is that of its first process.
INSIDE = ["unshare", "--net", "--pid", "--fork", "--mount", "--mount-proc"]

CHAIN = "type filter hook input priority filter"
NFT = {
    "a policy": (f"table inet f {{ chain i {{ {CHAIN}; policy drop; tcp dport 22 accept; }} }}", "drop", "drop"),
    "a policy that accepts": (f"table inet f {{ chain i {{ {CHAIN}; policy accept; tcp dport 22 drop; }} }}", "accept", "accept"),
    "a last rule": (f"table inet f {{ chain i {{ {CHAIN}; ct state established accept; counter log prefix \"x\" reject with icmpx admin-prohibited; }} }}",
                    "reject", "reject"),
    "a first rule": (f"table inet f {{ chain i {{ {CHAIN}; policy drop; counter accept; drop; }} }}", "accept", "accept"),
    "a first rule that also marks": (f"table inet f {{ chain i {{ {CHAIN}; policy drop; meta mark set 1 accept; }} }}", "accept", "accept"),
    "IPv4 alone": (f"table ip f {{ chain i {{ {CHAIN}; policy drop; }} }}", "drop", None),
    "IPv6 alone": (f"table ip6 f {{ chain i {{ {CHAIN}; policy drop; }} }}", None, "drop"),
    "two tables": (f"table inet a {{ chain i {{ {CHAIN}; }} }}\ntable inet b {{ chain i {{ {CHAIN} + 1; policy drop; }} }}", "drop", "drop"),
    "a table that is switched off": (f"table inet f {{ flags dormant; chain i {{ {CHAIN}; policy drop; }} }}", None, None),
    "a jump to a chain that accepts": (f"table inet f {{ chain a {{ accept; }}\nchain i {{ {CHAIN}; policy drop; jump a; }} }}", "accept", "accept"),
    "a jump to a chain that drops": (f"table inet f {{ chain a {{ drop; }}\nchain i {{ {CHAIN}; goto a; }} }}", "drop", "drop"),
    "a chain that may be left": (f"table inet f {{ chain a {{ ip daddr 127.0.0.1 return; drop; }}\nchain i {{ {CHAIN}; jump a; }} }}", "accept", "drop"),
    "a map of verdicts": (f"table inet f {{ chain a {{ tcp dport vmap {{ 22 : return }}; drop; }}\nchain i {{ {CHAIN}; jump a; }} }}", "accept", "accept"),
    "a condition on a jump": (f"table inet f {{ chain a {{ drop; }}\nchain i {{ {CHAIN}; iifname lo jump a; }} }}", "accept", "accept"),
    "a program that decides": (f"table inet f {{ chain i {{ {CHAIN}; policy drop; queue num 1 bypass; }} }}", "queue", "queue"),
    "all of tcp and udp": (f"table inet f {{ chain i {{ {CHAIN}; policy drop; meta l4proto {{ tcp, udp }} accept; }} }}", "accept", "accept"),
    "all of ICMP": (f"table inet f {{ chain i {{ {CHAIN}; policy drop; meta l4proto {{ icmp, ipv6-icmp }} accept; }} }}", "drop", "drop"),
    "all of tcp dropped": (f"table inet f {{ chain i {{ {CHAIN}; meta l4proto tcp drop; }} }}", "accept", "accept"),
    "a set with a name": (f"table inet f {{ set s {{ type inet_proto; elements = {{ icmp, tcp }}; }}; chain i {{ {CHAIN}; policy drop; meta l4proto @s accept; }} }}", "accept", "accept"),
    "every interface but one": (f"table inet f {{ chain i {{ {CHAIN}; policy drop; iifname != \"lo\" accept; }} }}", "accept", "accept"),
    "one interface": (f"table inet f {{ chain i {{ {CHAIN}; policy drop; iifname \"lo\" accept; }} }}", "drop", "drop"),
    "new connections": (f"table inet f {{ chain i {{ {CHAIN}; policy drop; ct state new,established accept; }} }}", "accept", "accept"),
    "new connections in a set": (f"table inet f {{ chain i {{ {CHAIN}; policy drop; ct state {{ new, established }} accept; }} }}", "accept", "accept"),
    "old connections": (f"table inet f {{ chain i {{ {CHAIN}; policy drop; ct state {{ established, related }} accept; ct state established accept; }} }}", "drop", "drop"),
    "all but invalid ones": (f"table inet f {{ chain i {{ {CHAIN}; policy drop; ct state != invalid accept; }} }}", "accept", "accept"),
    "a map of states": (f"table inet f {{ chain i {{ {CHAIN}; policy drop; ct state vmap {{ established : accept, new : accept }}; }} }}", "accept", "accept"),
    "a good map of states": (f"table inet f {{ chain i {{ {CHAIN}; policy drop; ct state vmap {{ established : accept, invalid : drop }}; }} }}", "drop", "drop"),
    "all of IPv4": (f"table inet f {{ chain i {{ {CHAIN}; policy drop; meta nfproto ipv4 accept; }} }}", "accept", "drop"),
    "all of tcp over IPv4": (f"table inet f {{ chain i {{ {CHAIN}; policy drop; ip protocol tcp accept; }} }}", "accept", "drop"),
    "a rate": (f"table inet f {{ chain i {{ {CHAIN}; policy drop; limit rate 10/second accept; }} }}", "accept", "accept"),
    "every address but one": (f"table inet f {{ chain i {{ {CHAIN}; policy drop; ip saddr != 192.0.2.1 accept; }} }}", "accept", "drop"),
    "every port but one": (f"table inet f {{ chain i {{ {CHAIN}; policy drop; tcp dport != 22 accept; }} }}", "accept", "accept"),
    "another type": ("table ip f { chain i { type nat hook input priority 100; } }", None, None),
    "another family": ("table bridge f { chain i { type filter hook input priority 0; policy drop; } }", None, None),
}
TABLES = {
    "a policy": ("-P INPUT DROP", "drop"),
    "a last rule": ("-A INPUT -i lo -j ACCEPT\n-A INPUT -j REJECT", "reject"),
    "a first rule": ("-P INPUT DROP\n-A INPUT -m comment --comment open -j ACCEPT", "accept"),
    "all of tcp": ("-P INPUT DROP\n-A INPUT -p tcp -j ACCEPT", "accept"),
    "all of tcp dropped": ("-A INPUT -p tcp -j DROP", "accept"),
    "all of ICMP": ("-P INPUT DROP\n-A INPUT -p 1 -j ACCEPT", "drop"),
    "every interface": ("-P INPUT DROP\n-A INPUT -i + -j ACCEPT", "accept"),
    "every interface but one": ("-P INPUT DROP\n-A INPUT ! -i lo -j ACCEPT", "accept"),
    "new connections": ("-P INPUT DROP\n-A INPUT -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT", "accept"),
    "old connections": ("-P INPUT DROP\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", "drop"),
    "a port": ("-P INPUT DROP\n-A INPUT -p tcp -m tcp --dport 22 -m conntrack --ctstate NEW -j ACCEPT", "drop"),
    "a condition": ("-P INPUT DROP\n-A INPUT -p tcp --dport 22 -j ACCEPT", "drop"),
    "a chain that may be left": ("-N own\n-A own -p tcp -j RETURN\n-A own -j DROP\n-A INPUT -j own", "accept"),
    "a chain that drops": ("-N own\n-A own -j DROP\n-A INPUT -g own", "drop"),
    "a chain that accepts": ("-P INPUT DROP\n-N own\n-A own -j ACCEPT\n-A INPUT -j own", "accept"),
    "a rule that only logs": ("-P INPUT DROP\n-A INPUT -j LOG --log-prefix x", "drop"),
}


class Asked:
    def __init__(self, run):
        self.run = run
        try:
            results = json.loads(run.stdout)["subjects"][0]["results"]
        except (ValueError, KeyError, IndexError):
            results = []
        self.results = {r["rule"]: r for r in results}

    def value(self, rule):
        """What becomes of the rest; None where no chain is there, else the reason."""
        result = self.results.get(rule, {"result": "?", "reason": self.run.stderr})
        if result["result"] == "pass":
            return result["evidence"][0]["value"]
        return None if result["result"] == "fail" else f'{result["result"]}: {result["reason"]}'


def ask(scratch, script, wrapper=None):
    """Runs the commands in namespaces of their own, and then an audit."""
    write(scratch / "run.sh", f"set -e\nip link set lo up\n{script}\nexec {PLIMSOLL} audit -b {scratch}/b.xml -s host -f json\n")
    return Asked(subprocess.run([*(wrapper or INSIDE), "sh", str(scratch / "run.sh")], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                check=False, env=clean_environment()))


def why_not():
    if os.geteuid() != 0:
        return "only root may have a packet filter of his own"
    for program in "unshare", "ip":
        if not has(program):
            return f"{program} is not installed"
    made = subprocess.run([*INSIDE, "true"], stderr=subprocess.PIPE, text=True, check=False)
    return f"no namespaces: {made.stderr.strip()}" if made.returncode else None


def refused(name, asked):
    """The rules could not be set: this kernel lacks a part, or the test is wrong."""
    said = asked.run.stderr.strip()[:300]
    if any(part in said for part in ("not supported", "No such file", "does not exist", "No chain/target/match", "Extension")):
        skip(name, said.replace("\n", " "))
    else:
        point(name, [said or "no report"])


def check_none(scratch):
    asked = ask(scratch, "")
    equal("no rules: no chain is there", [asked.value("input.ip"), asked.value("input.ip6"), asked.value("forward.ip")], [None, None, None])


def check_nft(scratch):
    if not has("nft"):
        skip("sets of nft", "nft is not installed")
        return
    for name, (rules, four, six) in NFT.items():
        write(scratch / "set.nft", rules.replace("; } }", "; }; }") + "\n")
        asked = ask(scratch, f"nft -f {scratch}/set.nft")
        if not asked.results:
            refused(f"nft: {name}", asked)
            continue
        equal(f"nft: {name}", [asked.value("input.ip"), asked.value("input.ip6")], [four, six])
        equal(f"nft: {name}: the other hooks have no chain", [asked.value("forward.ip"), asked.value("output.ip6")], [None, None])


def check_tables(scratch, kind):
    for program, four in (f"iptables-{kind}", True), (f"ip6tables-{kind}", False):
        if not has(program):
            skip(f"sets of {program}", f"{program} is not installed")
            continue
        for name, (rules, wanted) in TABLES.items():
            asked = ask(scratch, "\n".join(f"{program} -w {rule}" for rule in rules.splitlines()))
            if not asked.results:
                refused(f"{program}: {name}", asked)
                continue
            got = [asked.value("input.ip"), asked.value("input.ip6")]
            equal(f"{program}: {name}", got[0 if four else 1], wanted)
            is_true(f"{program}: {name}: the other family has none", got[1 if four else 0] in (None, "accept"), str(got))


def check_both(scratch):
    """A packet has to get past both kinds of tables."""
    if not has("iptables-legacy") or not has("iptables-nft"):
        skip("both kinds of iptables at once", "they are not installed")
        return
    asked = ask(scratch, "iptables-nft -w -P INPUT ACCEPT\niptables-legacy -w -P INPUT DROP")
    if asked.results:
        equal("both kinds of iptables at once: the stricter decides", asked.value("input.ip"), "drop")
    else:
        refused("both kinds of iptables at once: the stricter decides", asked)


def check_elsewhere(scratch):
    """In another network namespace than the host's first process nothing is said of the host."""
    asked = ask(scratch, "", ["unshare", "--net"])
    got = asked.value("input.ip") or ""
    is_true("another network namespace is not the host's", got.startswith("unknown") and "network namespace" in got, got)


def check_many(scratch):
    """Ten thousand chains of a Kubernetes node."""
    if not has("nft"):
        skip("ten thousand chains", "nft is not installed")
        return
    chains = "".join(f"chain c{i} {{ tcp dport {i} accept; }}\n" for i in range(10000))
    write(scratch / "set.nft", f"table inet f {{\n{chains}chain i {{ {CHAIN}; policy drop; tcp dport 1 jump c1; }}\n}}\n")
    before = time.monotonic()
    asked = ask(scratch, f"nft -f {scratch}/set.nft\ndate +%s.%N >{scratch}/begun")
    took = time.time() - float((scratch / "begun").read_text())
    equal("ten thousand chains are read", asked.value("input.ip"), "drop")
    is_true("and in no time", took < 2 * SLOWER and time.monotonic() > before, f"{took:.2f} s")


def check_user(scratch):
    wrapper = as_user()
    if not user_can_run() or not wrapper:
        skip("an ordinary user is told that he may not know", "he cannot reach the program")
        return
    os.chmod(scratch, 0o755)
    run = plimsoll("audit", "-b", scratch / "b.xml", "-s", "host", "-f", "json", wrapper=wrapper)
    results = {r["rule"]: r for r in json.loads(run.text)["subjects"][0]["results"]}
    equal("an ordinary user is told that he may not know", results["input.ip"]["result"], "unknown")
    equal("and nothing else is said", run.said, "")


def main():
    reason = why_not()
    if reason:
        skip("the packet filter of a running kernel", reason)
        done()
        return
    with Scratch() as scratch:
        write(scratch / "b.xml", BENCHMARK % "".join(RULE % (f"{hook}.{family}", hook, family) for hook in ("input", "forward", "output") for family in ("ip", "ip6")))
        check_none(scratch)
        check_nft(scratch)
        check_tables(scratch, "nft")
        check_tables(scratch, "legacy")
        check_both(scratch)
        check_many(scratch)
        check_elsewhere(scratch)
        check_user(scratch)
    point("the rules of the host were left alone")
    done()


main()
