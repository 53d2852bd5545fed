#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A saved JSON report, written in another format, says what the audit itself said; a broken one is refused with its place."""
import json
import os
import re
import subprocess

import captures
from tap import DATA, SMALL, Scratch, clean_environment, complaint, done, equal, is_true, plimsoll, point, skip, write

ROOTS = DATA.parent / "roots"
FIXED = clean_environment(SOURCE_DATE_EPOCH="1790000000")


def formats():
    """All that write an audit."""
    return [line.split()[0] for line in plimsoll("list", "formats").text.splitlines() if line.split()]


def saved(scratch, root, *args):
    path = scratch / f"{root.parent.name}-{root.name}.json"
    plimsoll("audit", "--root", root, "-o", f"json={path}", *args, env=FIXED)
    return path


def comes_back(name, scratch, root, *args):
    """In every format, by every verbosity. A format that refuses the audit, as XCCDF does that of several benchmarks, refuses the report."""
    path, differing = saved(scratch, root, *args), []
    for kind in formats():
        for extra in ([], ["-v"], ["-vv"]):
            first = plimsoll("audit", "--root", root, "-f", kind, *args, *extra, env=FIXED)
            again = plimsoll("report", path, "-f", kind, *extra, *args, env=FIXED)
            status = first.status if kind == "nagios" else 0   # exits as a plug-in does
            refused = first.status == 2 and first.err.split(b": ")[-1] == again.err.split(b": ")[-1]
            if not refused and (again.status != status or again.err) or first.out != again.out:
                differing.append(f"{kind} {' '.join(extra)}: {again.status} {again.said[:200]}")
    point(f"{name}: a saved report in another format is the audit in that format", differing)
    return path


def containers_root(scratch):
    root = scratch / "captured"
    captures.build(root)
    return root


def texts_by_version(scratch, path):
    """The texts of another version are not those it was judged by."""
    report = json.loads(path.read_text())
    report["benchmarks"] = [dict(b, version="0.0.0") for b in report["benchmarks"]]
    other = scratch / "other-version.json"
    other.write_text(json.dumps(report))
    run, same = plimsoll("report", other, "-vv"), plimsoll("report", path, "-vv")
    titles = [r["title"] for s in report["subjects"] for r in s["results"] if r["result"] == "fail"][:5]
    point("a report of a benchmark that is not at hand is written with what it says itself",
          [f"status {run.status}"] * (run.status != 0) + [f"no {title}" for title in titles if title[:40] not in run.text])
    is_true("... and without reasons and fixes of another version", "fix " in same.text and "fix " not in run.text.replace("plimsoll fix ", ""))


def joined(scratch):
    """Two hosts in one document: a test suite names its host."""
    paths = [saved(scratch, ROOTS / "host" / name, "-b", "host") for name in ("weak", "hardened")]
    for path, host in zip(paths, ("one", "two")):
        report = json.loads(path.read_text())
        report["host"]["hostname"] = host
        path.write_text(json.dumps(report))
    run = plimsoll("report", *paths, "-f", "junit")
    suites = {line.split('name="')[1].split("/")[0] for line in run.text.splitlines() if "<testsuite " in line}
    equal("reports of two hosts are written as one document, by host", suites, {"one", "two"})
    text = plimsoll("report", *paths).text
    equal("text names every host, and each benchmark once", (text.splitlines()[0], text.count("\nbenchmark host ")), ("2 hosts: one, two", 1))
    scores = {host: f"{json.loads(path.read_text())['score']:.1f}" for path, host in zip(paths, ("one", "two"))}
    rows = dict((line.split()[0], line.split()[-1]) for line in text.split("\nHOSTS ", 1)[-1].splitlines()[1:3])
    equal("... with the score of each", rows, scores)
    failed = [r["rule"] for path in paths for s in json.loads(path.read_text())["subjects"] for r in s["results"] if r["result"] == "fail"]
    equal("... and says of each failure on which host it is", len([line for line in text.splitlines() if re.match(r"    on      (one|two)$", line)]), len(failed))
    page, table = (plimsoll("report", *paths, "-f", kind).text for kind in ("html", "markdown"))
    point("HTML and Markdown have them, too", [f"{kind}: {host} {score}" for host, score in scores.items() for kind, found in (
        ("html", re.search(rf'scope="row">{host}<.*?<td class="sum">{score}</td>', page, re.S)), ("markdown", re.search(rf"\| `{host}` \|.*\| {score} \|", table))) if not found])
    many = []
    for i in range(30):
        report["host"]["hostname"] = f"web{i:02}.a-rather-long-domain.example.org"
        many.append(write(scratch / f"many-{i}.json", json.dumps(report)))
    lines = plimsoll("report", *many).text.splitlines()
    is_true("the names of many are cut at three lines, none wider than 80 columns", lines[0].startswith("30 hosts: web00.") and lines[3].startswith("benchmark")
            and max(map(len, lines)) <= 80, lines[:5])
    is_true("... unless -v asks for all", "web29" in " ".join(plimsoll("report", *many, "-v").text.split("\nbenchmark")[0].split()))
    point("... but not as JSON, which is of one host", complaint(plimsoll("report", *paths, "-f", "json"), "one host"))


def mistakes(scratch, path):
    text = path.read_text()
    report = json.loads(text)

    def changed(change):
        copy = json.loads(text)
        change(copy)
        return json.dumps(copy)

    def set_in(name, value):
        return lambda r: r["subjects"][0]["results"][3].update({name: value})

    bad = {
        "nothing": ("", ":1"), "no JSON": ("{\n\n!", ":3"), "another object": ('{"schema": "other/1"}', "schema"), "a list": ("[]", "schema"),
        "no subject id": (changed(lambda r: r["subjects"][0].pop("id")), "subjects[0]"),
        "an unknown kind": (changed(lambda r: r["subjects"][0].update(kind="moon")), "subjects[0]"),
        "an unknown result": (changed(set_in("result", "maybe")), "results[3]"), "a result that is a number": (changed(set_in("result", 3)), "results[3]"),
        "an unknown severity": (changed(set_in("severity", "dire")), "results[3]"), "no rule": (changed(set_in("rule", None)), "results[3]"),
        "a benchmark that it does not name": (changed(set_in("benchmark", "other")), "results[3]"),
        "a weight that no sum bears": (changed(set_in("weight", 1e308)), "results[3]"), "a weight below nothing": (changed(set_in("weight", -1)), "results[3]"),
        "a newer schema": (changed(lambda r: r.update(schema="plimsoll/report/2")), "plimsoll/report/2"),
        "no subjects": (changed(lambda r: r.pop("subjects")), "subjects"), "subjects that are an object": (changed(lambda r: r.update(subjects={})), "subjects"),
        "no results": (changed(lambda r: r["subjects"][0].pop("results")), "subjects[0].results"), "a host that is a list": (changed(lambda r: r.update(host=[])), "host"),
        "no benchmarks": (changed(lambda r: r.update(benchmarks=None)), "benchmarks"),
        "a result that is said twice": (text.replace('"result": ', '"result": "pass", "result": ', 1), "duplicate"),
        "evidence without a state": (changed(set_in("evidence", [{}])), "state"),
    }
    for name, (body, where) in bad.items():
        broken = scratch / "broken.json"
        broken.write_text(body)
        point(f"refused, with its place: {name}", complaint(plimsoll("report", broken), where))
    point("a report that is not there", complaint(plimsoll("report", scratch / "none.json"), "none.json"))
    point("no report named", complaint(plimsoll("report"), "needs the file"))
    unharmed = []
    for what in (["evidence"], ["idents"], ["waived"], ["title"], ["reason"], ["weight"], ["decisive"]):
        for value in (None, [], {}, "x", -1, 1e300, True, [None], [[]]):
            broken = scratch / "broken.json"
            broken.write_text(changed(set_in(what[0], value)))
            run = plimsoll("report", broken, "-f", "text")
            if run.status not in (0, 2):
                unharmed.append(f"{what[0]} = {value!r}: {run}")
    point("members of any type are read or refused", unharmed)
    cut = []
    for size in range(0, len(text), max(1, len(text) // 97)):
        (scratch / "cut.json").write_text(text[:size])
        run = plimsoll("report", scratch / "cut.json")
        if run.status != 2:
            cut.append(f"{size} bytes: {run.status}")
    point("a report that is cut off anywhere is refused", cut)
    hostile = json.loads(text)
    hostile["subjects"][0].update(kind="container", name="\x1b[31mred\u0000", runtime="\x1b[31m", pid=1)
    hostile["subjects"][0]["results"][3].update(rule="\x1b[31mrule", title="\x1b]0;t\x07")
    (scratch / "hostile.json").write_text(json.dumps(hostile))
    raw = [kind for kind in formats() if b"\x1b" in plimsoll("report", scratch / "hostile.json", "-f", kind).out]
    point("what is hostile in a saved report is printed harmlessly in every format", raw)
    run = subprocess.run([os.environ.get("PLIMSOLL") or str(DATA.parent.parent / "build/plimsoll"), "report", "-"], input=text.encode(),
                         stdout=subprocess.PIPE, env=FIXED, check=False)
    is_true("- is standard input", run.returncode == 0 and run.stdout)
    return report


with Scratch() as scratch:
    for name in ("weak", "rhel-9", "broken-settings"):
        comes_back(f"host {name}", scratch, ROOTS / "host" / name)
    path = comes_back("kernel weak", scratch, ROOTS / "kernel/weak-x86_64", "-b", "kernel")
    comes_back("containers", scratch, containers_root(scratch))
    texts_by_version(scratch, path)
    joined(scratch)
    mistakes(scratch, path)
done()
