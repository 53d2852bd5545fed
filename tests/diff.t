#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What changed between two reports: plimsoll diff, --baseline and --fail-on new."""
import copy
import json

import captures
from tap import DATA, Scratch, clean_environment, complaint, done, equal, is_true, plimsoll, point

ROOT = DATA.parent / "roots/host/debian-12"
FIXED = clean_environment(SOURCE_DATE_EPOCH="1790000000")
WAIVER = {"rule": "x", "subject": None, "host": None, "owner": "ops@example.org", "reason": "until the move", "expires": "2027-01-31",
          "ticket": None, "found": None, "where": "w:1"}


class Reports:
    """Two reports that are alike but for what is changed in the later one."""

    def __init__(self, scratch, report):
        self.scratch, self.report, self.n = scratch, report, 0

    def write(self, report):
        self.n += 1
        path = self.scratch / f"report-{self.n}.json"
        path.write_text(json.dumps(report))
        return path

    def diff(self, change, *args, before=None):
        later = copy.deepcopy(self.report)
        change(later)
        earlier = copy.deepcopy(self.report)
        if before:
            before(earlier)
        return plimsoll("diff", *args, self.write(earlier), self.write(later))

    def changes(self, change, before=None):
        run = self.diff(change, "-f", "json", before=before)
        return run.status, [(c["change"], c["rule"]) for c in json.loads(run.text)["changes"]], json.loads(run.text)


def by_result(report, wanted, subject=0):
    return next(r for r in report["subjects"][subject]["results"] if r["result"] == wanted and not r["waived"])


def becomes(old, new, **more):
    def change(report):
        by_result(report, old).update({"result": new, **more})
    return change


def transitions(reports):
    for old, new, kind, status in (("pass", "fail", "regressed", 1), ("pass", "unknown", "regressed", 1), ("pass", "error", "regressed", 1),
                                   ("notapplicable", "fail", "regressed", 1), ("unknown", "fail", "regressed", 1), ("fail", "pass", "improved", 0),
                                   ("unknown", "pass", "improved", 0), ("fail", "unknown", "other", 0), ("fail", "notapplicable", "other", 0),
                                   ("pass", "notapplicable", "other", 0), ("notapplicable", "pass", "other", 0)):
        rule = by_result(reports.report, old)["rule"]
        got = reports.changes(becomes(old, new))
        equal(f"{old} to {new}: {kind}", got[:2], (status, [(kind, rule)]))
    rule = by_result(reports.report, "fail")["rule"]
    accepted = becomes("fail", "fail", waived=WAIVER)
    equal("a failure that is waived is neither better nor worse", reports.changes(accepted)[:2], (0, [("other", rule)]))
    equal("a waiver that has run out is worse", reports.changes(lambda r: None, before=accepted)[:2], (1, [("regressed", rule)]))
    equal("nothing changed: nothing is told, exit status 0", reports.changes(lambda r: None)[:2], (0, []))


def rules_and_subjects(reports):
    def without(result):
        def change(report):
            report["subjects"][0]["results"].remove(by_result(report, result))
        return change

    for result, status in (("fail", 1), ("pass", 0)):
        rule = by_result(reports.report, result)["rule"]
        got = reports.changes(lambda r: None, before=without(result))
        equal(f"a new rule that says {result}", (got[0], got[1], got[2]["new_rules"]), (status, [("new", rule)] if status else [], [rule]))
    rule = by_result(reports.report, "fail")["rule"]
    got = reports.changes(without("fail"))
    equal("a rule that failed and is gone is no improvement", (got[0], got[1], got[2]["gone_rules"]), (0, [("other", rule)], [rule]))
    is_true("... and the verdict says so", "1 rule is gone" in reports.diff(without("fail")).text)


def order(reports):
    def change(report):
        for wanted, severity in (("pass", "low"), ("pass", "high"), ("pass", "medium")):
            by_result(report, wanted).update(result="fail", severity=severity)
        by_result(report, "unknown")["result"] = "pass"

    def severities(report):
        return [(c["change"], c["severity"]) for c in report["changes"]]

    got = severities(reports.changes(change)[2])
    equal("worse first, the severe ones before the others, better last", [s for _, s in got[:3]], ["high", "medium", "low"])
    equal("... better last", got[-1][0], "improved")


def containers(scratch):
    root = scratch / "captured"
    captures.build(root)
    path = scratch / "containers.json"
    plimsoll("audit", "--root", root, "-s", "containers", "-o", f"json={path}", env=FIXED)
    reports = Reports(scratch, json.loads(path.read_text()))
    subjects = reports.report["subjects"]
    at = next(i for i, s in enumerate(subjects) if s["name"] and any(r["result"] == "fail" for r in s["results"]) and
              sum(s["name"] == o["name"] for o in subjects) == 1)
    label = subjects[at]["name"]
    equal("a container that was made anew under its name is the same", reports.changes(lambda r: r["subjects"][at].update(id="f" * 64))[:2], (0, []))
    got = reports.changes(lambda r: r["subjects"][at].update(id="f" * 64, name="another"))
    failing = sum(r["result"] == "fail" for r in subjects[at]["results"])
    equal("a new container counts with what it fails; the old one is gone", (got[0], len(got[1]), got[2]["new_subjects"], got[2]["gone_subjects"]),
          (1, failing, ["another"], [label]))
    got = reports.changes(lambda r: r["subjects"].pop(at))
    equal("a container that is gone is no regression", (got[0], got[1], got[2]["gone_subjects"]), (0, [], [label]))


def refused(reports):
    def rename(report):
        report["host"]["hostname"] = "another"

    def other_profile(report):
        report["benchmarks"][0]["profile"] = "paranoid"

    def other_benchmark(report):
        for b in report["benchmarks"]:
            b["id"] = "x" + b["id"]
        for s in report["subjects"]:
            for r in s["results"]:
                r["benchmark"] = "x" + r["benchmark"]

    def fewer_benchmarks(report):
        gone = report["benchmarks"].pop()["id"]
        for s in report["subjects"]:
            s["results"] = [r for r in s["results"] if r["benchmark"] != gone]

    def no_host(report):
        report["subjects"] = []

    for name, change in (("of another host", rename), ("the later one by fewer benchmarks", fewer_benchmarks), ("the later one not of the host", no_host), ("by another profile", other_profile), ("without a common benchmark", other_benchmark)):
        run = reports.diff(change)
        point(f"not comparable: {name}: exit status 3", complaint(run, "not comparable", status=3))
    path = reports.write(reports.report)
    point("one file", complaint(plimsoll("diff", path), "two files"))
    point("three files", complaint(plimsoll("diff", path, path, path), "two files"))
    point("a file that is not there", complaint(plimsoll("diff", path, "/nowhere"), "/nowhere"))
    point("a format that cannot say it", complaint(plimsoll("diff", "-f", "junit", path, path), "junit", "text"))


def as_text(reports):
    rule = by_result(reports.report, "pass")["rule"]
    run = reports.diff(becomes("pass", "fail", reason="7, wanted 8"))
    lines = run.text.splitlines()
    point("the text names the rule with before and after", [f"no {w}" for w in (rule, "WORSE", "was", "fail: 7, wanted 8", "1 worse") if w not in run.text] +
          [f"wide: {line}" for line in lines if len(line) > 80])
    is_true("-q prints nothing", not reports.diff(becomes("pass", "fail"), "-q").out)
    hostile = "\x1b[31mred\r\nx"
    run = reports.diff(becomes("pass", "fail", reason=hostile, title=hostile))
    is_true("what is hostile is printed harmlessly", "\x1b" not in run.text and "\r" not in run.text)


def baseline(scratch, reports):
    earlier = scratch / "earlier.json"
    plimsoll("audit", "--root", ROOT, "-b", "host", "-o", f"json={earlier}", env=FIXED)
    audit = ["audit", "--root", ROOT, "-b", "host", "--baseline"]
    run = plimsoll(*audit, earlier, "--fail-on", "new", env=FIXED)
    is_true("--fail-on new: what failed before does not count", run.status in (0, 3) and "0 worse, 0 better" in run.text, f"{run}")
    report = json.loads(earlier.read_text())
    rule = by_result(report, "fail")["rule"]
    by_result(report, "fail")["result"] = "pass"
    better = reports.write(report)
    run = plimsoll(*audit, better, "--fail-on", "new", env=FIXED)
    is_true("... what is worse does", run.status == 1 and "1 worse" in run.text, f"{run}")
    now = json.loads(plimsoll(*audit, better, "-f", "json", env=FIXED).text)
    equal("the JSON report has the changes", [(c["change"], c["rule"]) for c in now["changes"]["changes"]], [("regressed", rule)])
    saved = scratch / "saved.json"
    plimsoll("audit", "--root", ROOT, "-b", "host", "-o", f"json={saved}", env=FIXED)
    equal("report --baseline says the same later", plimsoll("report", saved, "-b", "host", "--baseline", better, env=FIXED).out,
          plimsoll(*audit, better, env=FIXED).out)
    point("--fail-on new without a baseline", complaint(plimsoll("audit", "--root", ROOT, "--fail-on", "new"), "--baseline"))
    point("a baseline that is not there costs no audit", complaint(plimsoll(*audit, "/nowhere"), "--baseline", "/nowhere"))
    report["host"]["hostname"] = "another"
    point("a baseline of another host", complaint(plimsoll(*audit, reports.write(report)), "not comparable"))


with Scratch() as scratch:
    path = scratch / "first.json"
    plimsoll("audit", "--root", ROOT, "-o", f"json={path}", env=FIXED)
    reports = Reports(scratch, json.loads(path.read_text()))
    transitions(reports)
    rules_and_subjects(reports)
    order(reports)
    containers(scratch)
    refused(reports)
    as_text(reports)
    baseline(scratch, reports)
done()
