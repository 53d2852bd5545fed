# SPDX-License-Identifier: Apache-2.0
"""Roots below tests/roots/BENCHMARK: every rule of the benchmark has one where it passes and one where it fails.

NAME.rpms, where there is one, is made into a database of rpm (tests/rpmdb.py).
NAME.expected beside each root holds the verdict of every rule, so that a change of any shows in review; NAME.modes, where there is one, what git
cannot keep: lines "MODE UID:GID PATH".
"""
import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

import rpmdb
from tap import PLIMSOLL, TOP, equal, point, write

NOW = "1795392000"  # 2026-11-23: the end of a kernel's support and the age of a password depend on it


def own_result(result):
    """What a rule says for itself: a failure that is part of another one's is not counted, and still is one."""
    return "fail" if re.fullmatch(r"part of \S+, which fails", result["reason"] or "") else result["result"]


class Report:
    """What one audit said."""

    def __init__(self, run):
        self.status, self.text, self.errors = run.returncode, run.stdout, run.stderr
        try:
            results = json.loads(self.text)["subjects"][0]["results"]
        except (ValueError, KeyError, IndexError):
            results = []
        self.verdicts = {r["rule"]: r["result"] for r in results}
        self.own_verdicts = {r["rule"]: own_result(r) for r in results}
        self.reasons = {r["rule"]: r["reason"] for r in results}
        self.severities = {r["rule"]: r["severity"] for r in results}

    def masked(self):
        """The text without what may differ from run to run."""
        return re.sub(r'"(started|duration_ms)": *("[^"]*"|[0-9.e+-]+)', r'"\1": *', self.text)


def execute(command):
    return subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          check=False, env=dict(os.environ, SOURCE_DATE_EPOCH=NOW))


def expected_status(wanted, report):
    """1 for a failure above info, 3 where something could not be determined, else 0."""
    if any(result == "fail" and report.severities.get(rule) != "info" for rule, result in wanted.items()):
        return 1
    return 3 if {"unknown", "error"} & set(wanted.values()) else 0


def differences(report, wanted):
    for rule in sorted(set(report.verdicts) | set(wanted)):
        got = report.verdicts.get(rule, "not judged")
        if got != wanted.get(rule, "not expected"):
            yield f"{rule}: {got}, expected {wanted.get(rule, 'nothing: the rule is new')} ({report.reasons.get(rule)})"


def apply_modes(listing, top):
    for line in listing.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        mode, owner, path = line.split(None, 2)
        uid, gid = owner.split(":")
        if os.geteuid() == 0:
            os.chown(top / path, int(uid), int(gid), follow_symlinks=False)
        os.chmod(top / path, int(mode, 8))


class Roots:
    def __init__(self, benchmark, profile="paranoid"):
        self.benchmark = TOP / "benchmarks" / f"{benchmark}.xml"
        self.profile = profile
        self.folder = TOP / "tests" / "roots" / benchmark

    def names(self):
        return sorted(p.name for p in self.folder.iterdir() if p.is_dir())

    def rules(self):
        prefix = "xccdf_org.plimsoll_rule_"
        return {rule.get("id")[len(prefix):] for rule in
                ElementTree.parse(self.benchmark).iter("{http://checklists.nist.gov/xccdf/1.2}Rule")}

    def command(self, *options):
        return [PLIMSOLL, "audit", "-p", self.profile, "-f", "json", "-s", "host", "-b", self.benchmark, *options]

    def audit(self, root, *options):
        return Report(execute(self.command("--root", root, *options)))

    def verdict(self, root, rule):
        return self.audit(root, "-r", rule).verdicts.get(rule)

    def rules_with(self, check):
        """Those in which the check stands."""
        prefix = "xccdf_org.plimsoll_rule_"
        return {rule.get("id")[len(prefix):] for rule in ElementTree.parse(self.benchmark).iter("{http://checklists.nist.gov/xccdf/1.2}Rule")
                if rule.find(".//{urn:plimsoll:check:1}" + check) is not None}

    def copy(self, name, to):
        """A copy with the modes of an ordinary system, whatever the umask of the checkout was, and those of NAME.modes."""
        top, to = self.folder / name, pathlib.Path(to)
        for folder, folders, files in os.walk(top):
            here = pathlib.Path(os.path.normpath(to / os.path.relpath(folder, top)))
            here.mkdir(parents=True, exist_ok=True)
            here.chmod(0o755)
            for entry in files + [f for f in folders if os.path.islink(os.path.join(folder, f))]:
                shutil.copyfile(os.path.join(folder, entry), here / entry, follow_symlinks=False)
                if not (here / entry).is_symlink():
                    (here / entry).chmod(0o644)
        packages = self.folder / f"{name}.rpms"
        if packages.exists():
            rpmdb.make(packages, to)
        listing = self.folder / f"{name}.modes"
        if listing.exists():
            apply_modes(listing, to)
        return to

    # ---- expectations ----

    def expectation_path(self, name):
        return self.folder / f"{name}.expected"

    def expectation(self, name):
        try:
            lines = self.expectation_path(name).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return {}
        return dict(line.split("\t") for line in lines)

    def update(self, reports):
        for name, report in reports.items():
            text = "".join(f"{rule}\t{result}\n" for rule, result in sorted(report.verdicts.items()))
            self.expectation_path(name).write_text(text, encoding="utf-8")

    # ---- points ----

    def check_each(self, reports):
        for name, report in reports.items():
            wanted = self.expectation(name)
            point(f"{name}: every verdict is the expected one", list(differences(report, wanted)))
            equal(f"{name}: the exit status", report.status, expected_status(wanted, report))
            equal(f"{name}: nothing on stderr", report.errors, "")
            if not name.startswith("broken-"):
                point(f"{name}: no error", [f"{rule}: {report.reasons[rule]}" for rule, result in report.verdicts.items()
                                            if result == "error"])

    def check_coverage(self, reports, live_only):
        """live_only: {rule: why no root can decide it}"""
        rules = self.rules()
        judged = set().union(*(report.verdicts for report in reports.values()))
        point(f"the {self.profile} profile judges every rule of the benchmark", sorted(rules - judged))
        for result in "pass", "fail":
            seen = {rule for report in reports.values() for rule, r in report.own_verdicts.items() if r == result}
            point(f"every rule has a root where its result is {result}", sorted(rules - seen - set(live_only)))
            point(f"no rule said to be live-only has a root where its result is {result}", sorted(seen & set(live_only)))
        point("every rule that is said to be live-only exists", sorted(set(live_only) - rules))
        stray = {f.stem for f in self.folder.iterdir() if f.suffix in (".expected", ".modes", ".rpms")} - set(reports)
        point("every expectation has a root", sorted(stray))

    def check_again(self, reports, copies):
        for name, report in reports.items():
            same = report.text and self.audit(copies[name]).masked() == report.masked()
            point(f"{name}: the same bytes again", [] if same else ["the two reports differ"])


class Changed:
    """A copy of a root that is changed a little and judged by a few rules."""

    def __init__(self, roots, to, copy_of):
        self.roots, self.path = roots, roots.copy(copy_of, to)

    def file(self, path):
        return self.path / path

    def write(self, path, text):
        self.remove(path)
        return write(self.file(path), text)

    def remove(self, path):
        with contextlib.suppress(FileNotFoundError):
            self.file(path).unlink()

    def link(self, path, to):
        self.remove(path)
        self.file(path).parent.mkdir(parents=True, exist_ok=True)
        self.file(path).symlink_to(to)

    def replace(self, path, old, new):
        text = self.file(path).read_text(encoding="utf-8")
        assert old in text, f"{path} does not hold {old}"
        self.file(path).write_text(text.replace(old, new), encoding="utf-8")

    def report(self, *rules):
        options = [o for rule in rules for o in ("-r", rule)]
        return self.roots.audit(self.path, *options)

    def judged(self, what, rule, wanted, reason=None):
        report = self.report(rule)
        got = report.verdicts.get(rule)
        wrong = [] if got == wanted else [f"{rule} is {got}, wanted {wanted}: {report.reasons.get(rule)}"]
        if reason and not re.search(reason, str(report.reasons.get(rule))):
            wrong.append(f"the reason is {report.reasons.get(rule)!r}, wanted {reason!r}")
        point(what, wrong)
