#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Benchmarks that others wrote: each profile of the SCAP Security Guide is what oscap makes of the same file.

oscap judges every profile of each XCCDF file, alone in a folder, so that it finds no OVAL and only resolves. Of a data stream it
resolves two profiles of the benchmark that it takes out of it; the other profiles have to be those of that benchmark by our own reading.
"""
import concurrent.futures
import json
import os
import pathlib
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
import tap  # noqa: E402
from tap import equal, plimsoll, point, skip  # noqa: E402

CONTENT = pathlib.Path("/usr/share/xml/scap/ssg/content")
NS = "{http://checklists.nist.gov/xccdf/1.2}"
DUMP = tap.BUILD / "tests" / "dump_policy"
NO_ENGINE = "no engine for check system "


class Profile:
    def __init__(self, title):
        self.title, self.rules, self.values = title, set(), {}


def unescaped(text):
    return text.replace("\\\\", "\0").replace("\\n", "\n").replace("\\t", "\t").replace("\0", "\\")


def ours(path):
    """Every profile by id, as our reader resolves it."""
    run = subprocess.run([DUMP, path], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    profiles = {}
    if run.returncode:
        raise RuntimeError(f"dump_policy {path}: {run.stderr}")
    for line in run.stdout.splitlines():
        kind, name, *text = line.split("\t")
        if kind == "profile":
            profile = profiles[name] = Profile(unescaped(text[0]))
        elif kind == "rule":
            profile.rules.add(name)
        else:
            profile.values[name] = unescaped(text[0])
    return profiles


def oscap(*args, status=(0,)):
    run = subprocess.run(["oscap", *map(str, args)], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if run.returncode not in status:
        raise RuntimeError(f"oscap {' '.join(map(str, args))}: status {run.returncode}: {run.stderr[-400:]}")
    return run.stdout


def titles_by_oscap(path):
    lines = [line for line in oscap("info", "--profiles", path).splitlines() if line.startswith("xccdf_")]
    return dict(line.split(":", 1) for line in lines)


def by_oscap(path, profile, scratch):
    """The rules that oscap selects, and the values that it sets; the file stands alone, so nothing is looked at."""
    results = scratch / f"{profile}.results"
    oscap("xccdf", "eval", "--skip-valid", "--profile", profile, "--results", results, path, status=(0, 2))
    rules, values = set(), {}
    for test in ElementTree.parse(results).iter(NS + "TestResult"):
        rules = {r.get("idref") for r in test.iter(NS + "rule-result") if r.find(NS + "result").text != "notselected"}
        values = {v.get("idref"): v.text or "" for v in test.iter(NS + "set-value")}
    results.unlink()
    return rules, values


def differences(profile, rules, values):
    wrong = [f"only oscap selects {r}" for r in sorted(rules - profile.rules)]
    wrong += [f"only plimsoll selects {r}" for r in sorted(profile.rules - rules)]
    wrong += [f"{v}: {profile.values.get(v)!r}, oscap says {values.get(v)!r}" for v in sorted(profile.values.keys() | values.keys())
              if profile.values.get(v) != values.get(v)]
    if not rules or not values:
        wrong.append("oscap resolves nothing")
    return wrong


def alone(path, folder):
    """A copy that stands in a folder of its own."""
    folder.mkdir(parents=True)
    return pathlib.Path(shutil.copy(path, folder / "benchmark.xml"))


def compare(copy, profiles, chosen, scratch, name):
    """Points: for each chosen profile, what differs."""
    return [(f"{name}: {p.split('_profile_')[1]}: the rules and values that oscap resolves", differences(profiles[p], *by_oscap(copy, p, scratch)))
            for p in chosen]


def xccdf(path, scratch):
    copy = alone(path, scratch / path.stem)
    profiles = ours(path)
    points = [(f"{path.name}: ids and titles of the profiles", said_of_titles(path, profiles))]
    return points + compare(copy, profiles, sorted(profiles), copy.parent, path.name)


def said_of_titles(path, profiles):
    got, wanted = {name: p.title for name, p in profiles.items()}, titles_by_oscap(path)
    return [] if got == wanted and wanted else [f"got {got}", f"wanted {wanted}"]


def data_stream(path, scratch):
    folder = scratch / path.stem
    folder.mkdir()
    oscap("ds", "sds-split", path, folder)
    part = next(p for p in sorted(folder.iterdir()) if p.name.endswith("xccdf.xml") or p.name.endswith("xccdf-1.2.xml"))
    copy = alone(part, folder / "alone")
    shown, wanted = ours(path), ours(part)
    points = [(f"{path.name}: ids and titles of the profiles", said_of_titles(path, shown))]
    points.append((f"{path.name}: every profile is that of the benchmark inside", [
        p for p in sorted(shown.keys() | wanted.keys()) if p not in shown or p not in wanted or vars(shown[p]) != vars(wanted[p])]))
    profiles = sorted(shown)
    return points + compare(copy, shown, sorted({profiles[0], profiles[-1]}), folder, path.name)


def careful(work, path, scratch):
    try:
        return work(path, scratch)
    except (RuntimeError, OSError, ElementTree.ParseError, StopIteration) as wrong:
        return [(f"{path.name}: can be compared", [repr(wrong)])]


# ---- what the program says of them ----

def loads(path):
    run = plimsoll("validate", path)
    point(f"{path.name}: is valid", [] if run.status == 0 and not run.err else [run])


def listed(path):
    """The command line shows what the reader resolves."""
    for name, profile in sorted(ours(path).items())[:2]:
        short = name.split("_profile_")[1]
        run = plimsoll("list", "rules", "-b", path, "-p", short)
        equal(f"{path.name}: list rules -p {short}", sorted(line.split()[0] for line in run.text.splitlines()),
              sorted(r.split("_rule_")[1] for r in profile.rules))
    run = plimsoll("list", "profiles", "-b", path)
    equal(f"{path.name}: list profiles", [line.split()[1:3] for line in run.text.splitlines()],
          [[name.split("_profile_")[1], str(len(p.rules))] for name, p in ours(path).items()])


def systems_of(path):
    """The check systems of every rule."""
    return {rule.get("id").split("_rule_")[1]: [c.get("system") for c in rule.iter(NS + "check")]
            for rule in ElementTree.parse(path).iter(NS + "Rule")}


def audited(path):
    """No engine of ours knows OVAL or OCIL: every rule says so, and none gets a verdict."""
    run = plimsoll("audit", "-b", path, "-p", "standard", "-f", "json")
    report = json.loads(run.out) if run.status in (0, 1, 3) else None
    if not point(f"{path.name}: an audit works", [] if report and not run.err else [run]):
        return
    results = report["subjects"][0]["results"]
    systems = systems_of(path)
    point(f"{path.name}: ... and gives notchecked for every rule, with the check's system", [
        f"{r['rule']}: {r['result']}: {r['reason']}; its checks are of {systems[r['rule']]}" for r in results
        if r["result"] != "notchecked" or r["reason"] not in ([NO_ENGINE + s for s in systems[r["rule"]]] or ["the rule has no check"])
    ] + ([] if results else ["no rule"]))
    equal(f"{path.name}: ... exit status 0: nothing failed, nothing was in doubt", run.status, 0)
    equal(f"{path.name}: ... and no score", report["score"], None)


def main():
    files = sorted(CONTENT.glob("ssg-*-xccdf.xml"))
    streams = sorted(CONTENT.glob("ssg-*-ds*.xml"))
    if not files:
        skip("the SCAP Security Guide", "the packages ssg-debian and ssg-debderived are not installed")
        tap.done()
        return
    for path in files + streams:
        loads(path)
    for path in files[:1] + streams[-1:]:
        audited(path)
    if not os.access(DUMP, os.X_OK):
        skip("the SCAP Security Guide as oscap resolves it", "tests/dump_policy is not built")
    else:
        for path in files:
            listed(path)
        if not tap.has("oscap"):
            skip("the SCAP Security Guide as oscap resolves it", "oscap is not installed")
        else:
            with tap.Scratch() as scratch, concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
                work = [(xccdf, f) for f in files] + [(data_stream, f) for f in streams]
                for points in pool.map(lambda each: careful(*each, scratch), work):
                    for name, wrong in points:
                        point(name, wrong)
    tap.done()


main()
