# SPDX-License-Identifier: Apache-2.0
"""Roots below tests/roots/BENCHMARK: every rule of the benchmark has one where it passes and one where it fails.

A root is a snapshot that somebody sent (`plimsoll snapshot`), or plain files with NAME.manifest beside them (core/source/snapshot.h), which holds what git cannot
keep: owners, modes, devices, what could not be read. So neither who checks this out nor with which umask changes a verdict.
NAME.expected beside each root holds the verdict of every rule, so that a change of any shows in review. NAME.rpms, where there is one, is made into a
database of rpm (tests/rpmdb.py).

`python3 tests/roots.py DIR…` gives plain files, as an ordinary system has them, a manifest: owners and modes that are others than the usual ones, devices and
what else git does not keep, as they are now.
"""
import contextlib
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
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


OF_ROOT = "plimsoll-root 1"


def manifest_of(root):
    return pathlib.Path(f"{root}.manifest")


def in_manifest(path):
    return str(path).replace("\\", "\\\\").replace(" ", "\\x20")


def write_manifest(root, lines):
    manifest_of(root).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def untold(root, path):
    """The lines of a root's manifest without those of a path; none where the files speak for themselves."""
    if not manifest_of(root).exists():
        return []
    lines = manifest_of(root).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.split(" ")[:2] != ["stat", in_manifest(path)]]


def untell(root, path):
    """It is another file from now on, or none."""
    lines = untold(root, path)
    if lines:
        write_manifest(root, lines)


def told(root, path, mode, owner="0:0", more=""):
    """The root says of a file that its mode and owner are these. The type of one that is not there is in the mode."""
    full = mode if stat.S_IFMT(mode) else stat.S_IFMT(pathlib.Path(root, path).lstat().st_mode) | mode
    write_manifest(root, [*untold(root, path), f"stat {in_manifest(path)} mode=0{full:o} owner={owner}{more}"])


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
        """A copy, to be changed: also where what is copied may only be read."""
        to = pathlib.Path(shutil.copytree(self.folder / name, to, symlinks=True, copy_function=shutil.copyfile))
        for folder, _, _ in os.walk(to):
            os.chmod(folder, 0o755)
        if manifest_of(self.folder / name).exists():
            shutil.copyfile(manifest_of(self.folder / name), manifest_of(to))
        packages = self.folder / f"{name}.rpms"
        if packages.exists():
            rpmdb.make(packages, to)
        return to

    def lay_out(self, name, to):
        """A copy whose files have the owners and modes themselves, for what looks at files alone, or changes them. Owners are given by root alone."""
        to = self.copy(name, to)
        for folder, _, files in os.walk(to):
            for file in (os.path.join(folder, f) for f in files):
                if not os.path.islink(file):
                    os.chmod(file, 0o644)
        manifest = manifest_of(to)
        for line in manifest.read_text(encoding="utf-8").splitlines():
            if line.startswith("stat "):
                _, path, mode, owner = line.split(" ")
                path = to / path.replace("\\x20", " ")
                if os.geteuid() == 0:
                    os.lchown(path, *map(int, owner.partition("=")[2].split(":")))
                if not path.is_symlink():
                    path.chmod(stat.S_IMODE(int(mode.partition("=")[2], 8)))
        manifest.unlink()
        return to

    def place(self, name, folder):
        """Where the root can be audited: as it lies there, or a copy below the folder if there is something to be made of it first."""
        if (self.folder / f"{name}.rpms").exists():
            return self.copy(name, pathlib.Path(folder) / name)
        return self.folder / name

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
        stray = {f.stem for f in self.folder.iterdir() if f.is_file() and f.suffix in (".expected", ".rpms", ".manifest")} - set(reports)
        point("every expectation has a root", sorted(stray))
        point("what git does not keep of a root stands in its manifest", sorted(f.name for f in self.folder.glob("*.modes")))
        point("every root has a manifest", [name for name in reports if not (self.folder / name / "manifest").exists() and
                                            manifest_of(self.folder / name).read_text(encoding="utf-8").split("\n")[0] != OF_ROOT])

    def check_again(self, reports, copies):
        for name, report in reports.items():
            same = report.text and self.audit(copies[name]).masked() == report.masked()
            point(f"{name}: the same bytes again", [] if same else ["the two reports differ"])


class Changed:
    """A copy of a root that is changed a little and judged by a few rules. `laid_out`: see Roots.lay_out()."""

    def __init__(self, roots, to, copy_of, laid_out=False):
        self.roots, self.path = roots, (roots.lay_out if laid_out else roots.copy)(copy_of, to)

    def file(self, path):
        return self.path / path

    def write(self, path, text):
        self.remove(path)
        return write(self.file(path), text)

    def remove(self, path):
        untell(self.path, path)
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

    def says(self, path, mode, owner="0:0"):
        told(self.path, path, mode, owner)

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


# ---- a manifest for plain files ----

USUAL = {stat.S_IFDIR: 0o755, stat.S_IFREG: 0o644, stat.S_IFLNK: 0o777}


def said_of(root, path):
    """The line that the manifest has to have for a file, or None."""
    st = os.lstat(os.path.join(root, path))
    kind = stat.S_IFMT(st.st_mode)
    kept = kind in USUAL and not (kind == stat.S_IFDIR and not os.listdir(os.path.join(root, path)))
    if kept and stat.S_IMODE(st.st_mode) == USUAL[kind] and (st.st_uid, st.st_gid) == (0, 0):
        return None
    device = f" device={st.st_rdev}" if kind in (stat.S_IFCHR, stat.S_IFBLK) else ""
    return f"stat {in_manifest(path)} mode=0{st.st_mode:o} owner={st.st_uid}:{st.st_gid}{device}"


def give_manifest(root):
    paths = sorted(os.path.relpath(os.path.join(folder, name), root) for folder, folders, files in os.walk(root) for name in folders + files)
    lines = [line for path in paths if (line := said_of(root, path))]
    write_manifest(root, [OF_ROOT, *([""] if lines else []), *lines])


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        give_manifest(argument)
