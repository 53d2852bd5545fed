#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every rule of the kernel benchmark has a root below tests/roots/kernel where it passes and one where it fails.

NAME.expected beside each root holds the verdict of every rule, so that a change of any shows in review;
`tests/kernel-roots.t --update` writes them anew from what the program says. What git cannot keep (modes, device nodes, an
owner) is made here in a copy of a root.
"""
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

SOURCE = os.environ.get("abs_top_srcdir") or os.path.abspath(os.path.join(os.path.dirname(__file__), ".."))
PLIMSOLL = os.environ.get("PLIMSOLL") or os.path.join(SOURCE, "build", "plimsoll")
BENCHMARK = os.path.join(SOURCE, "benchmarks", "kernel.xml")
ROOTS = os.path.join(SOURCE, "tests", "roots", "kernel")
NOW = "1795392000"  # 2026-11-23: the end of a kernel's support depends on it

# Rules that no root can decide, with the reason; live_view() sees both sides of them.
LIVE_ONLY = {"mount.proc-genuine": "compares what two instances of a running kernel's /proc show"}

# The one rule that contradicts others: its plugin needs gcc, and the CFI rules need clang.
CONTRADICTS = "kconfig.GCC_PLUGIN_LATENT_ENTROPY"


class Tap:
    def __init__(self):
        self.count = 0

    def point(self, name, findings):
        """Passes where there are no findings; else lists them."""
        self.count += 1
        print(f"{'not ok' if findings else 'ok'} {self.count} - {name}")
        for finding in findings:
            print(f"# {finding}")

    def equal(self, name, got, wanted):
        self.point(name, [] if got == wanted else [f"got {got!r}, wanted {wanted!r}"])

    def skip(self, name, reason):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {reason}")


class Report:
    """What one audit said."""

    def __init__(self, run):
        self.status, self.text, self.errors = run.returncode, run.stdout, run.stderr
        try:
            results = json.loads(self.text)["subjects"][0]["results"]
        except (ValueError, KeyError, IndexError):
            results = []
        self.verdicts = {r["rule"]: r["result"] for r in results}
        self.reasons = {r["rule"]: r["reason"] for r in results}
        self.severities = {r["rule"]: r["severity"] for r in results}

    def masked(self):
        """The text without what may differ from run to run."""
        return re.sub(r'"(started|duration_ms)": *("[^"]*"|[0-9.e+-]+)', r'"\1": *', self.text)


def execute(command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          check=False, env=dict(os.environ, SOURCE_DATE_EPOCH=NOW))


def audit_command(*options):
    return [PLIMSOLL, "audit", "-p", "paranoid", "-f", "json", "-b", BENCHMARK, *options]


def audit(root, *options):
    return Report(execute(audit_command("--root", root, *options)))


def verdict(root, rule):
    return audit(root, "-r", rule).verdicts.get(rule)


def names_of_roots():
    return sorted(n for n in os.listdir(ROOTS) if os.path.isdir(os.path.join(ROOTS, n)))


def copy_root(name, to):
    """A copy with the modes of an ordinary system, whatever the umask of the checkout was."""
    top = os.path.join(ROOTS, name)
    for folder, folders, files in os.walk(top):
        here = os.path.normpath(os.path.join(to, os.path.relpath(folder, top)))
        os.makedirs(here, exist_ok=True)
        os.chmod(here, 0o755)
        for entry in files + [f for f in folders if os.path.islink(os.path.join(folder, f))]:
            target = os.path.join(here, entry)
            shutil.copyfile(os.path.join(folder, entry), target, follow_symlinks=False)
            if not os.path.islink(target):
                os.chmod(target, 0o644)
    return to


# ---- expectations ----

def expectation_path(name):
    return os.path.join(ROOTS, name + ".expected")


def expectation_text(verdicts):
    return "".join(f"{rule}\t{result}\n" for rule, result in sorted(verdicts.items()))


def expectation(name):
    try:
        with open(expectation_path(name), encoding="utf-8") as lines:
            return dict(line.rstrip("\n").split("\t") for line in lines)
    except FileNotFoundError:
        return {}


def differences(report, wanted):
    for rule in sorted(set(report.verdicts) | set(wanted)):
        got = report.verdicts.get(rule, "not judged")
        if got != wanted.get(rule, "not expected"):
            yield f"{rule}: {got}, expected {wanted.get(rule, 'nothing: the rule is new')} ({report.reasons.get(rule)})"


def expected_status(wanted, report):
    """1 for a failure above info, 3 where something could not be determined, else 0."""
    if any(result == "fail" and report.severities.get(rule) != "info" for rule, result in wanted.items()):
        return 1
    return 3 if {"unknown", "error"} & set(wanted.values()) else 0


def update(reports):
    for name, report in reports.items():
        with open(expectation_path(name), "w", encoding="utf-8") as out:
            out.write(expectation_text(report.verdicts))


# ---- points ----

def rules_of_benchmark():
    prefix = "xccdf_org.plimsoll_rule_"
    return {rule.get("id")[len(prefix):] for rule in
            ElementTree.parse(BENCHMARK).iter("{http://checklists.nist.gov/xccdf/1.2}Rule")}


def every_root(tap, reports):
    for name, report in reports.items():
        wanted = expectation(name)
        tap.point(f"{name}: every verdict is the expected one", list(differences(report, wanted)))
        tap.equal(f"{name}: the exit status", report.status, expected_status(wanted, report))
        tap.equal(f"{name}: nothing on stderr", report.errors, "")
        if not name.startswith("broken-"):
            tap.point(f"{name}: no error", [f"{rule}: {report.reasons[rule]}" for rule, result in report.verdicts.items()
                                            if result == "error"])


def coverage(tap, reports):
    rules = rules_of_benchmark()
    judged = set().union(*(report.verdicts for report in reports.values()))
    tap.point("the paranoid profile judges every rule of the benchmark", sorted(rules - judged))
    for result in "pass", "fail":
        seen = {rule for report in reports.values() for rule, r in report.verdicts.items() if r == result}
        tap.point(f"every rule has a root where its result is {result}", sorted(rules - seen - set(LIVE_ONLY)))
        tap.point(f"no rule said to be live-only has a root where its result is {result}", sorted(seen & set(LIVE_ONLY)))
    tap.point("every rule that is said to be live-only exists", sorted(set(LIVE_ONLY) - rules))
    stray = {f[:-len(".expected")] for f in os.listdir(ROOTS) if f.endswith(".expected")} - set(reports)
    tap.point("every expectation has a root", sorted(stray))


def again(tap, reports, copies):
    for name, report in reports.items():
        same = report.text and audit(copies[name]).masked() == report.masked()
        tap.point(f"{name}: the same bytes again", [] if same else ["the two reports differ"])


def statuses(tap, copies, scratch):
    report = audit(copies["hardened-x86_64"], "--skip", CONTRADICTS)
    tap.equal("the hardened root, but for the rule that contradicts others, exits with 0", report.status, 0)
    empty = os.path.join(scratch, "empty")
    os.mkdir(empty)
    report = audit(empty)
    tap.equal("an empty root exits with 3", report.status, 3)
    tap.equal("in an empty root nothing is known", set(report.verdicts.values()) - {"notapplicable"}, {"unknown"})
    tap.equal("in an empty root no rule but the live-only is not applicable",
              {rule for rule, result in report.verdicts.items() if result == "notapplicable"}, set(LIVE_ONLY))
    tap.equal("a root that is not there exits with 2", audit(os.path.join(scratch, "nowhere")).status, 2)


def modes(tap, scratch):
    root = copy_root("weak-x86_64", os.path.join(scratch, "modes"))
    for rule, folder in ("mount.debugfs", "debug"), ("mount.tracefs", "tracing"):
        for mode, wanted in (0o755, "fail"), (0o750, "fail"), (0o701, "fail"), (0o700, "pass"):
            os.chmod(os.path.join(root, "sys/kernel", folder), mode)
            tap.equal(f"{rule} with mode {mode:04o}", verdict(root, rule), wanted)


def can_make_devices(scratch):
    try:
        os.mknod(os.path.join(scratch, "null"), 0o600 | stat.S_IFCHR, os.makedev(1, 3))
        return True
    except OSError:
        return False


def devices(tap, scratch):
    if not can_make_devices(scratch):
        tap.skip("device nodes", "this user may not make any")
        return
    root = copy_root("hardened-x86_64", os.path.join(scratch, "devices"))
    for name, minor in ("mem", 1), ("kmem", 2), ("port", 4):
        os.mknod(os.path.join(root, "dev", name), 0o600 | stat.S_IFCHR, os.makedev(1, minor))
        tap.equal(f"device.{name}-absent with the device", verdict(root, f"device.{name}-absent"), "fail")
    fault = os.path.join(root, "dev/userfaultfd")
    os.mknod(fault, 0o600 | stat.S_IFCHR, os.makedev(10, 126))
    for mode, owner, wanted in (0o600, 0, "pass"), (0o660, 0, "fail"), (0o602, 0, "fail"), (0o600, 1000, "fail"):
        os.chmod(fault, mode)
        os.chown(fault, owner, 0)
        tap.equal(f"device.userfaultfd-private with mode {mode:04o} and owner {owner}",
                  verdict(root, "device.userfaultfd-private"), wanted)


def core_helper(tap, scratch):
    if os.geteuid() != 0:
        tap.skip("a helper for crashes", "the files of a test of an ordinary user do not belong to root")
        return
    root = copy_root("weak-arm64", os.path.join(scratch, "helper"))
    folder = os.path.join(root, "usr/local/bin")
    helper = os.path.join(folder, "catch-crash")
    rule = "crash.core-pattern"
    tap.equal("a helper that is not there", verdict(root, rule), "fail")
    os.makedirs(folder)
    with open(helper, "w", encoding="ascii"):
        pass
    for up in "usr", "usr/local", "usr/local/bin":
        os.chmod(os.path.join(root, up), 0o755)
    cases = ((helper, 0o755, 0, "pass"), (helper, 0o775, 0, "fail"), (helper, 0o755, 1000, "fail"),
             (folder, 0o777, 0, "fail"), (folder, 0o1777, 0, "pass"), (folder, 0o755, 1000, "fail"))
    for path, mode, owner, wanted in cases:
        os.chown(path, owner, 0)
        os.chmod(path, mode)
        name = os.path.relpath(path, root)
        tap.equal(f"the helper for crashes, {name} with mode {mode:04o} and owner {owner}", verdict(root, rule), wanted)
        os.chown(path, 0, 0)
        os.chmod(path, 0o755)


def live_view(tap):
    """mount.proc-genuine, on the running kernel with mount and process namespaces of its own."""
    rule = "mount.proc-genuine"
    names = [f"{rule}, with {what}" for what in ("a /proc of the kernel's", "a tmpfs over a part of /proc", "a forged release")]
    fresh = "mount -t proc proc /proc && "
    over = "mount -t tmpfs tmpfs /proc/sys/kernel && "
    forge = "mount -t tmpfs tmpfs /proc/sys && mkdir /proc/sys/kernel && echo 1.2.3 >/proc/sys/kernel/osrelease && "
    space = ["unshare", "--mount", "--pid", "--fork", "sh", "-c"]
    reason = None if os.geteuid() == 0 else "only root may mount"
    if not reason and not shutil.which("unshare"):
        reason = "unshare is not installed"
    if not reason and execute([*space, fresh + over + "true"]).returncode != 0:
        reason = "no namespaces or mounts are allowed here"
    for name, before, wanted in zip(names, (fresh, fresh + over, fresh + forge), ("pass", "fail", "fail")):
        if reason:
            tap.skip(name, reason)
        else:
            run = execute([*space, before + 'exec "$@"', "sh", *audit_command("-r", rule)])
            tap.equal(name, Report(run).verdicts.get(rule), wanted)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as scratch:
        copies = {name: copy_root(name, os.path.join(scratch, "roots", name)) for name in names_of_roots()}
        reports = {name: audit(copy) for name, copy in copies.items()}
        if sys.argv[1:] == ["--update"]:
            update(reports)
            return
        every_root(tap, reports)
        coverage(tap, reports)
        again(tap, reports, copies)
        statuses(tap, copies, scratch)
        modes(tap, scratch)
        devices(tap, scratch)
        core_helper(tap, scratch)
        live_view(tap)
    print(f"1..{tap.count}")


main()
