#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the running kernel's audit system records, asked of a real one: rules for a file of this test are added by auditctl(8), seen, and deleted
again one by one. Nothing else is touched but the switch -e where it is off."""
import contextlib
import json
import os
import subprocess

from tap import Scratch, as_user, done, equal, has, plimsoll, point, skip, user_can_run, write

KEY = "plimsoll-test"
BENCHMARK = """<Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2" id="xccdf_t_benchmark_b"><status>draft</status><title>t</title><version>1</version>
%s</Benchmark>
"""
RULE = """<Rule id="xccdf_t_rule_%s" selected="true"><title>t</title><check system="urn:plimsoll:check:1"><check-content>
<audit-rule xmlns="urn:plimsoll:check:1" where="kernel" %s absent="fail"/></check-content></check></Rule>
"""


def auditctl(*words):
    return subprocess.run(["auditctl", *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)


def status():
    return dict(line.split(None, 1) for line in auditctl("-s").stdout.splitlines() if " " in line)


@contextlib.contextmanager
def added(*words):
    """A rule, as long as it is needed: -w is deleted by -W, -a and -A by -d."""
    made = auditctl(*words)
    if made.returncode != 0:
        raise RuntimeError(f"auditctl {words}: {made.stderr}")
    try:
        yield
    finally:
        auditctl("-W" if words[0] == "-w" else "-d", *words[1:])


@contextlib.contextmanager
def switched_on(before):
    if before == "0":
        auditctl("-e", "1")
    try:
        yield
    finally:
        if before == "0":
            auditctl("-e", "0")


def why_not():
    """Why this kernel cannot be asked, or None."""
    if os.geteuid() != 0:
        return "only root may add audit rules"
    if not has("auditctl"):
        return "auditctl is not installed"
    enabled = status().get("enabled")
    if enabled is None:
        return "the kernel does not let its audit rules be read here"
    if enabled == "2":
        return "the audit rules are locked until the next boot"
    if auditctl("-l").stdout.strip() != "No rules":
        return "the host has audit rules of its own"
    return None


class Asked:
    """One audit of the benchmark."""

    def __init__(self, benchmark, wrapper=()):
        self.run = plimsoll("audit", "-b", benchmark, "-s", "host", "-f", "json", wrapper=wrapper)
        self.results = {r["rule"]: r for r in json.loads(self.run.text)["subjects"][0]["results"]}

    def says(self, name, rule, result, reason=""):
        got = self.results[rule]
        bad = got["result"] != result or reason not in (got["reason"] or "")
        point(name, [f"{rule}: {got['result']}: {got['reason']}"] if bad else [])

    def value(self, rule):
        return self.results[rule]["evidence"][0]["value"]


def check_watch(benchmark, scratch, watched):
    Asked(benchmark).says("no rule: it is not recorded", "watch", "fail", "no rule records")
    with added("-w", watched, "-p", "wa", "-k", KEY):
        Asked(benchmark).says("a watch of the file is seen", "watch", "pass")
        Asked(benchmark).says("reading it is not recorded", "read", "fail")
        with added("-A", "never,exit", "-F", f"dir={scratch}"):
            Asked(benchmark).says("a rule never in front hides it", "watch", "fail", "stands in front")
        with added("-A", "never,exit", "-F", f"dir={scratch}", "-F", "auid=4000000000"):
            asked = Asked(benchmark)
            asked.says("a rule never for one user does not", "watch", "pass")
            point("and the value says so", [] if "takes out" in asked.value("watch") else [asked.value("watch")])
        with added("-a", "never,exit", "-F", f"dir={scratch}"):
            Asked(benchmark).says("a rule never behind it does nothing", "watch", "pass")
    with added("-w", scratch, "-p", "rwxa", "-k", KEY):
        Asked(benchmark).says("a watch of the directory is one of the file", "watch", "pass")
        Asked(benchmark).says("and of all that lies below it", "below", "pass")
    with added("-a", "always,exit", "-F", "arch=b64", "-F", f"path={watched}", "-F", "perm=wa", "-k", KEY):
        Asked(benchmark).says("one for programs of 64 bits alone is half of it", "watch", "fail", "no rule records")
    with added("-a", "always,exit", "-F", "arch=b64", "-S", "chmod", "-F", f"path={watched}", "-k", KEY):
        Asked(benchmark).says("one for a single system call is not enough", "watch", "fail", "no rule records")
    Asked(benchmark).says("a file that is not there needs no rule", "gone", "notapplicable")


def check_calls(benchmark):
    """acct(2) is called by hardly anybody."""
    with added("-a", "always,exit", "-F", "arch=b64", "-S", "acct", "-F", "auid>=1000", "-F", "auid!=unset", "-k", KEY):
        Asked(benchmark).says("a rule for a system call is seen", "call", "pass")
        Asked(benchmark).says("but not for programs of 32 bits", "call32", "fail", "acct (b32)")
    with added("-a", "always,exit", "-F", "arch=b64", "-S", "acct", "-F", "auid>=1000", "-F", "auid!=unset", "-F", "uid=5", "-k", KEY):
        Asked(benchmark).says("a condition that nobody asked for makes it too narrow", "call", "fail")
    with added("-a", "always,exit", "-F", "arch=b64", "-C", "uid!=euid", "-S", "acct", "-k", KEY):
        Asked(benchmark).says("a comparison of fields is understood", "compared", "pass")
    with added("-a", "always,exit", "-F", "arch=b64", "-C", "uid=euid", "-S", "acct", "-k", KEY):
        Asked(benchmark).says("and its opposite is not the same", "compared", "fail")


def check_user(benchmark):
    if not user_can_run():
        skip("an ordinary user is told that he may not know", "he cannot reach the program")
        return
    os.chmod(benchmark, 0o644)
    os.chmod(benchmark.parent, 0o755)
    asked = Asked(benchmark, wrapper=as_user())
    asked.says("an ordinary user is told that he may not know", "watch", "unknown")
    equal("and nothing else is said", asked.run.said, "")


def check_all(scratch):
    watched = write(scratch / "watched", "")
    before = status()
    seen = ' matches="^recorded"'
    call = 'syscalls="acct" fields="auid&gt;=1000 auid!=unset"' + seen
    benchmark = write(scratch / "b.xml", BENCHMARK % "".join(RULE % rule for rule in (
        ("watch", f'paths="{watched}" access="wa"' + seen), ("read", f'paths="{watched}" access="r"' + seen),
        ("below", f'paths="{scratch}/"' + seen), ("gone", f'paths="{scratch}/gone"' + seen), ("call", call + ' abi="b64"'), ("call32", call + ' abi="b32"'),
        ("compared", 'syscalls="acct" abi="b64" fields="euid!=uid"' + seen), ("enabled", 'setting="enabled" is="1"'),
        ("failure", f'setting="failure" is="{before["failure"]}"'), ("backlog", f'setting="backlog" is="{before["backlog_limit"]}"'),
        ("daemon", f'setting="daemon" is="{"none" if before["pid"] == "0" else "registered"}"'))))
    if before["enabled"] == "0":
        with added("-w", watched, "-p", "wa", "-k", KEY):
            Asked(benchmark).says("what is switched off records nothing", "watch", "fail", "switched off")
    with switched_on(before["enabled"]):
        asked = Asked(benchmark)
        for setting in "enabled", "failure", "backlog", "daemon":
            asked.says(f"the setting {setting} is that of auditctl -s", setting, "pass")
        check_watch(benchmark, scratch, watched)
        check_calls(benchmark)
        check_user(benchmark)
    equal("nothing is left behind", auditctl("-l").stdout.strip(), "No rules")
    equal("and the switch is as it was", status()["enabled"], before["enabled"])


def main():
    reason = why_not()
    if reason:
        skip("the rules of a running kernel", reason)
    else:
        with Scratch() as scratch:
            check_all(scratch)
    done()


main()
