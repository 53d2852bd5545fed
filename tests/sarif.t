#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""SARIF: valid for the schema of OASIS, within the limits of its readers, and the same as the JSON report of the same run.

The schema is other people's and not carried along: it is used where ../shared is. Sarif.Multitool, of the npm package @microsoft/sarif-multitool, is used where it is in
$PATH (the package's own wrapper loses quotes)."""
import collections
import copy
import json
import re
import sys

sys.dont_write_bytecode = True
import captures  # noqa: E402
import scap  # noqa: E402
import tap  # noqa: E402
from tap import SMALL, clean_environment, equal, is_true, plimsoll, point, skip  # noqa: E402

try:
    import jsonschema
except ImportError:
    jsonschema = None

FIXED = clean_environment(SOURCE_DATE_EPOCH="1790000000")
ROOTS = tap.TOP / "tests/roots"
SCHEMA = tap.TOP.parent / "shared/reference/schemas/sarif/sarif-schema-2.1.0.json"
EVIL = "\x1b[2J\u009b31m\u202e]]><script>&\"'\x7f\r\n\t\ufffe `x` | =cmd() {0} [a](javascript:b) end"
KINDS = {"pass": "pass", "fail": "fail", "error": "open", "unknown": "open", "notapplicable": "notApplicable", "notchecked": "review",
         "informational": "informational"}
LEVELS = {"high": "error", "medium": "warning", "low": "note", "info": "note", "unknown": "note"}
RANKS = ["error", "warning", "note", "open", "waived", "review", "informational", "pass", "notApplicable"]
WAIVER = {"rule": "bad.*", "subject": None, "host": None, "owner": "ops@example.org", "reason": "the runner needs it", "expires": "2027-01-31", "ticket": "OPS-42",
          "found": None, "where": "/etc/plimsoll/waivers.d/10.conf:4"}
RESULTS_MOST = 25000


def audit(scratch, name, *args):
    out, other = scratch / f"{name}.sarif", scratch / f"{name}.json"
    run = plimsoll("audit", "-q", "-o", f"sarif={out}", "-o", f"json={other}", *args, env=FIXED)
    if not point(f"{name}: is written", [] if run.status in (0, 1, 3) and not run.err else [run]):
        raise SystemExit(1)
    return json.loads(other.read_text()), out


def written(scratch, name, reports, *args):
    sources, out = [], scratch / f"{name}.sarif"
    for i, report in enumerate(reports):
        sources.append(scratch / f"{name}-{i}.json")
        sources[-1].write_text(json.dumps(report))
    run = plimsoll("report", *sources, "-o", f"sarif={out}", *args, env=FIXED)
    if not point(f"{name}: is written", [] if run.status == 0 and not run.err else [run]):
        raise SystemExit(1)
    return out


def valid(what, path):
    name = f"{what}: valid under the schema of SARIF 2.1.0"
    if not SCHEMA.exists():
        skip(name, "../shared is not there")
    elif not jsonschema:
        skip(name, "jsonschema for Python is not installed")
    else:
        wrong = jsonschema.Draft4Validator(json.loads(SCHEMA.read_text())).iter_errors(json.loads(path.read_text()))
        point(name, [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e, _ in zip(wrong, range(10))])


def taken_by_multitool(what, path):
    name = f"{what}: Sarif.Multitool finds no error, also by GitHub's rules"
    if not tap.has("Sarif.Multitool"):
        skip(name, "Sarif.Multitool is not in $PATH")
        return
    said = scap.run("Sarif.Multitool", "validate", path, "--rule-kind", "Sarif;Ghas", "--level", "Error").stdout
    point(name, [line for line in said.splitlines() if ": error " in line] + ([] if "Analysis completed" in said else [said[-400:]]))


def shown_as(result):
    waived = result["waived"] and result["result"] == "fail"
    return "waived" if waived else KINDS[result["result"]]


def rank(result):
    if result["suppressions"]:
        return RANKS.index("waived")
    return RANKS.index(result["level"] if result["kind"] == "fail" else result["kind"])


def same_as_json(what, run, report):
    """Every result by its rule, subject and kind; rules are complete and referred to rightly."""
    wanted = collections.Counter((r["rule"], None if s["kind"] == "host" else s["id"], shown_as(r)) for s in report["subjects"] for r in s["results"])
    got = collections.Counter((r["ruleId"], r["properties"].get("container"), "waived" if r["suppressions"] else r["kind"]) for r in run["results"])
    equal(f"{what}: the results are those of the JSON report", sorted(got.items(), key=str), sorted(wanted.items(), key=str))
    rules = run["tool"]["driver"]["rules"]
    point(f"{what}: every result refers to its rule", [r["ruleId"] for r in run["results"] if rules[r["ruleIndex"]]["id"] != r["ruleId"]])
    equal(f"{what}: no rule twice, none too many", sorted(r["id"] for r in rules), sorted({rule for rule, _, _ in wanted}))
    undetermined = sorted(r["rule"] for s in report["subjects"] for r in s["results"] if r["result"] in ("unknown", "error"))
    told = [n for n in run["invocations"][0]["toolExecutionNotifications"] if "associatedRule" in n]
    equal(f"{what}: what was not determined is told", sorted(n["associatedRule"]["id"] for n in told), undetermined)


def well_made(what, run):
    results, rules = run["results"], run["tool"]["driver"]["rules"]
    point(f"{what}: a level is for what fails", [f"{r['ruleId']}: {r['kind']} {r['level']}" for r in results if (r["level"] == "none") == (r["kind"] == "fail")])
    point(f"{what}: the level is that of the severity", [f"{r['ruleId']}: {r['level']}" for r in results if r["kind"] == "fail" and r["level"] != LEVELS[r["properties"]["severity"]]])
    equal(f"{what}: the worst stands first", [rank(r) for r in results], sorted(rank(r) for r in results))
    prints = [r["partialFingerprints"]["primaryLocationLineHash"] for r in results]
    point(f"{what}: no two results of one fingerprint", sorted({p for p in prints if prints.count(p) > 1})[:5] if len(prints) < 5000 else [])
    wrong = [f"{r['ruleId']}: {len(r['locations'])} locations" for r in results if not 1 <= len(r["locations"]) <= 100]
    for result in results:
        for location in result["locations"]:
            uri = location.get("physicalLocation", {}).get("artifactLocation", {}).get("uri", "x")
            if not re.fullmatch(r"(?!/)(?:[A-Za-z0-9/._~+,@=-]|%[0-9A-F]{2})+", uri):
                wrong.append(f"{result['ruleId']}: {uri!r}")
    point(f"{what}: every result has a location, every path is below the root", wrong)
    point(f"{what}: rules are described, within what readers take",
          [r["id"] for r in rules if not r["help"]["text"] or not 0 < len(r["shortDescription"]["text"]) <= 1024 or not 0 < len(r["fullDescription"]["text"]) <= 1024 or
           len(r["properties"]["tags"]) > 10 or not re.fullmatch(r"\d\.\d", r["properties"]["security-severity"])])


def judge(what, path, report):
    """Of one host."""
    document = json.loads(path.read_text())
    equal(f"{what}: one run", len(document["runs"]), 1)
    run = document["runs"][0]
    valid(what, path)
    taken_by_multitool(what, path)
    same_as_json(what, run, report)
    well_made(what, run)
    scap.clean(what, path, markup=())
    return run


def by_rule(run):
    return {r["ruleId"]: r for r in run["results"]}


def of_small(scratch):
    root = tap.small_root(scratch / "small")
    tap.write(root / "etc/hostname", "web01\n")
    report, path = audit(scratch, "every outcome", "--root", root, "-p", "everything", "-b", SMALL)
    run = judge("every outcome", path, report)
    results = by_rule(run)
    equal("each kind of outcome", {rule: (results[rule]["kind"], results[rule]["level"]) for rule in ("good", "nowhere", "foreign", "bad.high", "bad.medium", "bad.low", "bad.info",
                                                                                                    "unreadable", "senseless")},
          {"good": ("pass", "none"), "nowhere": ("notApplicable", "none"), "foreign": ("review", "none"), "bad.high": ("fail", "error"), "bad.medium": ("fail", "warning"),
           "bad.low": ("fail", "note"), "bad.info": ("fail", "note"), "unreadable": ("open", "none"), "senseless": ("open", "none")})
    bad = results["bad.high"]
    equal("a failure says why", bad["message"]["text"], "A bad value of high severity: fail (0, wanted 1)")
    where = bad["locations"][0]
    equal("... and where", (where["physicalLocation"], where["logicalLocations"]),
          ({"artifactLocation": {"uri": "proc/sys/kernel/dmesg_restrict", "uriBaseId": "ROOT"}}, [{"name": "web01", "fullyQualifiedName": "web01", "kind": "resource"}]))
    equal("paths are below the root that was audited", run["originalUriBaseIds"]["ROOT"]["uri"], f"file://{root}/")
    equal("a rule is as severe as GitHub calls it", [run["tool"]["driver"]["rules"][results[r]["ruleIndex"]]["properties"]["security-severity"] for r in ("bad.high", "bad.medium", "bad.low")],
          ["8.0", "5.5", "2.0"])
    notes = {n["associatedRule"]["id"]: n["level"] for n in run["invocations"][0]["toolExecutionNotifications"]}
    equal("an error is one, what could not be read is a warning", notes, {"unreadable": "warning", "senseless": "error"})
    only, path = audit(scratch, "one rule", "--root", root, "-p", "everything", "-b", SMALL, "-r", "good")
    judge("one rule", path, only)
    return report


def of_hosts(scratch):
    report, path = audit(scratch, "a weak host", "--root", ROOTS / "host/weak", "-b", "host")
    run = judge("a weak host", path, report)
    origins = {e["origin"] for s in report["subjects"] for r in s["results"] for e in r["evidence"] if e["origin"]}
    lines = {(m[1], int(m[2])) for o in origins if (m := re.fullmatch(r"/([A-Za-z0-9/._-]+):(\d+)", o))}
    seen = {(p["artifactLocation"]["uri"], p["region"]["startLine"]) for r in run["results"] for x in r["locations"] if (p := x.get("physicalLocation")) and "region" in p}
    is_true("a line of a file is a region of it", lines and lines <= seen, sorted(lines - seen)[:10])
    help_text = run["tool"]["driver"]["rules"][0]["help"]["text"]
    is_true("help says why, and how it is mended", "Fix: " in help_text and len(help_text) > 100, help_text)
    (scratch / "empty/etc").mkdir(parents=True)
    report, path = audit(scratch, "an empty root", "--root", scratch / "empty")
    judge("an empty root", path, report)


def of_containers(scratch):
    captures.build(scratch / "captured")
    report, path = audit(scratch, "containers", "--root", scratch / "captured", "-b", "container")
    run = judge("containers", path, report)
    names = {s["id"]: s["name"] for s in report["subjects"] if s["kind"] == "container"}
    point("a container is a place of its own, by its name", [r["ruleId"] for r in run["results"] if r["locations"][0]["logicalLocations"][0]["name"] !=
                                                            (names[r["properties"]["container"]] or r["properties"]["container"][:12])])
    later = copy.deepcopy(report)
    for i, subject in enumerate(later["subjects"]):
        if subject["kind"] == "container" and subject["name"]:
            subject.update(pid=subject["pid"] + 1000 + i, id=f"{i:064x}")
        for result in subject["results"]:
            result.update(evidence=[dict(e, value="another", origin="/proc/1/other") for e in result["evidence"]], reason="another")
    again = json.loads(written(scratch, "later", [later]).read_text())["runs"][0]
    equal("fingerprints are the same in a later run, with other pids, ids and values", sorted(r["partialFingerprints"]["primaryLocationLineHash"] for r in again["results"]),
          sorted(r["partialFingerprints"]["primaryLocationLineHash"] for r in run["results"]))
    return report


def merged(scratch, report):
    hosts = [dict(copy.deepcopy(report), host=dict(report["host"], hostname=name)) for name in ("one", "two")]
    path = written(scratch, "two hosts", hosts, "-b", SMALL)
    valid("two hosts", path)
    taken_by_multitool("two hosts", path)
    runs = json.loads(path.read_text())["runs"]
    equal("a run per host, each of its own category", [(r["invocations"][0]["machine"], r["automationDetails"]["id"]) for r in runs], [("one", "plimsoll/one/"), ("two", "plimsoll/two/")])
    for run, name in zip(runs, ("one", "two")):
        same_as_json(f"host {name}", run, report)


def waived(scratch, report):
    report = copy.deepcopy(report)
    for result in report["subjects"][0]["results"]:
        if result["rule"] in ("bad.high", "bad.low", "good"):
            result["waived"] = WAIVER
    path = written(scratch, "waived", [report], "-b", SMALL)
    results = by_rule(judge("waived", path, report))
    equal("a waived failure is suppressed, by whom, why and until when", results["bad.high"]["suppressions"],
          [{"kind": "external", "status": "accepted", "justification": "waived until 2027-01-31 by ops@example.org: the runner needs it (OPS-42)",
            "properties": {"owner": "ops@example.org", "reason": "the runner needs it", "expires": "2027-01-31", "ticket": "OPS-42"}}])
    equal("... and nothing else is", [results[r]["suppressions"] for r in ("good", "bad.medium")], [[], []])


def hostile(scratch, report):
    report = copy.deepcopy(report)
    report["host"] = {k: v if isinstance(v, (bool, dict)) else EVIL for k, v in report["host"].items()}
    for result in report["subjects"][0]["results"]:
        result["reason"] = EVIL
        result["evidence"] = [{"origin": "/" + EVIL, "state": s, "value": EVIL * 400, "expected": EVIL, "name": EVIL, "why": EVIL, "outcome": "fail"}
                              for s in ("present", "absent", "denied")] * 50
        result["waived"] = dict(WAIVER, owner=EVIL, reason=EVIL, expires=EVIL, ticket=EVIL)
    path = written(scratch, "hostile", [report], "-b", SMALL)
    judge("hostile", path, report)
    messages = [text for result in json.loads(path.read_text())["runs"][0]["results"] for text in (result["message"]["text"], result["locations"][0]["message"]["text"])]
    is_true("what looks like a link in a message is none", all("[a] (javascript:b)" in text and "](" not in text for text in messages))
    unknown = dict(report, benchmarks=[dict(b, version="77") for b in report["benchmarks"]])
    for result in unknown["subjects"][0]["results"]:
        result["title"] = EVIL
    judge("hostile, of a benchmark that is not at hand", written(scratch, "unknown", [unknown]), unknown)


def many(scratch, report):
    """More results than readers take: the worst stay, and it is said."""
    subject = next(s for s in report["subjects"] if s["kind"] == "container")
    results = [dict(r, evidence=r["evidence"][:1]) for r in subject["results"]]
    n = RESULTS_MOST // len(results) + 50
    more = dict(report, subjects=[dict(subject, id=f"{i:064x}", name=f"c{i}", results=results) for i in range(n)])
    path = written(scratch, "many", [more])
    run = json.loads(path.read_text())["runs"][0]
    equal("no more results than readers take", len(run["results"]), RESULTS_MOST)
    failed = n * sum(r["result"] == "fail" for r in results)
    equal("... the worst of them", sum(r["kind"] == "fail" for r in run["results"]), min(failed, RESULTS_MOST))
    told = [x["message"]["text"] for x in run["invocations"][0]["toolExecutionNotifications"] if "left out" in x["message"]["text"]]
    equal("... and how many are left out", told, [f"the last {n * len(results) - RESULTS_MOST} of {n * len(results)} results are left out: readers of this format take {RESULTS_MOST}"])


def baseline(scratch, report):
    """Of every result or of none: what it was in the baseline."""
    before, after = copy.deepcopy(report), copy.deepcopy(report)
    rules = {r["rule"]: r for r in after["subjects"][0]["results"]}
    earlier = {r["rule"]: r for r in before["subjects"][0]["results"]}
    earlier["bad.low"]["result"] = "pass"
    earlier["bad.info"]["reason"] = "7, wanted 1"
    earlier["good"]["result"] = "fail"
    earlier["bad.high"]["waived"] = WAIVER
    before["subjects"][0]["results"].remove(earlier["bad.medium"])
    old = scratch / "baseline.json"
    old.write_text(json.dumps(before))
    path = written(scratch, "baseline", [after], "-b", SMALL, "--baseline", old)
    valid("against a baseline", path)
    taken_by_multitool("against a baseline", path)
    states = {r["ruleId"]: r.get("baselineState") for r in json.loads(path.read_text())["runs"][0]["results"]}
    wanted = dict.fromkeys(rules, "unchanged") | {"bad.low": "new", "bad.info": "updated", "good": "updated", "bad.high": "updated", "bad.medium": "new"}
    equal("every result says what it was in the baseline", states, wanted)
    point("without one none does", [r["ruleId"] for r in json.loads(written(scratch, "no baseline", [after], "-b", SMALL).read_text())["runs"][0]["results"]
                                    if "baselineState" in r])
    captured = scratch / "captured"
    report, _ = audit(scratch, "captured for a baseline", "--root", captured, "-b", "container")
    fewer = copy.deepcopy(report)
    gone = fewer["subjects"].pop()
    for subject in fewer["subjects"]:
        if subject["kind"] == "container" and subject["name"]:
            subject["id"] = subject["id"][::-1]
    old.write_text(json.dumps(fewer))
    path = written(scratch, "containers, baseline", [report], "--baseline", old)
    states = {(r["properties"]["container"], r["baselineState"]) for r in json.loads(path.read_text())["runs"][0]["results"]}
    equal("a container that is new has new results, one made anew under its name has those of before",
          ({s for c, s in states if c == gone["id"]}, {s for c, s in states if c != gone["id"]}), ({"new"}, {"unchanged"}))


with tap.Scratch() as scratch_:
    small = of_small(scratch_)
    of_hosts(scratch_)
    contained = of_containers(scratch_)
    merged(scratch_, small)
    waived(scratch_, small)
    hostile(scratch_, small)
    baseline(scratch_, small)
    many(scratch_, contained)
tap.done()
