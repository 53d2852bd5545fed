#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The shipped benchmarks: valid for judges that others wrote, and complete for those who read them."""
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
import tap  # noqa: E402
from tap import equal, plimsoll, point, skip  # noqa: E402

SCHEMA = "/usr/share/openscap/schemas/xccdf/1.2/xccdf_1.2.xsd"
NS = "{http://checklists.nist.gov/xccdf/1.2}"
FILES = sorted((tap.TOP / "benchmarks").glob("*.xml")) + sorted((tap.TOP / "benchmarks/own").glob("*.xml")) + sorted(tap.BENCHMARKS.glob("*.xml"))
SHIPPED = [f for f in FILES if f.parent.name == "benchmarks" and f.parent.parent == tap.TOP]
SCHEMATRON_SECONDS = 60   # what validating with the schematron rules may take; more, and it is left out


def judged(name, *command):
    """A judge's command: passes with exit status 0; what it said otherwise."""
    run = subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return point(name, [] if run.returncode == 0 else [f"exit status {run.returncode}", *run.stdout.splitlines()[:20], *run.stderr.splitlines()[:20]])


def schematron(path):
    name = f"{path.name}: oscap xccdf validate, with schematron"
    start = time.monotonic()
    try:
        run = subprocess.run(["oscap", "xccdf", "validate", str(path)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                             timeout=SCHEMATRON_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        skip(name, f"takes longer than {SCHEMATRON_SECONDS} s")
        return
    said = [line for line in (run.stdout + run.stderr).splitlines() if line.strip()]
    point(name, [] if run.returncode == 0 else [f"exit status {run.returncode}", *said[:20]])
    print(f"# took {time.monotonic() - start:.1f} s", *(line for line in said if line.startswith("Warning")), sep="\n# ")


def validators():
    for path in FILES:
        name = f"{path.name}: valid by the XCCDF 1.2 schema"
        if not tap.has("xmllint"):
            skip(name, "xmllint is not installed")
        elif not os.path.exists(SCHEMA):
            skip(name, "the schemas of openscap-common are not installed")
        else:
            judged(name, "xmllint", "--nonet", "--noout", "--schema", SCHEMA, path)
        name = f"{path.name}: oscap xccdf validate"
        if tap.has("oscap"):
            judged(name, "oscap", "xccdf", "validate", "--skip-schematron", path)
            schematron(path)
        else:
            skip(name, "oscap is not installed")
        run = plimsoll("validate", path)
        point(f"{path.name}: plimsoll validate", [] if run.status == 0 and not run.err else [run])


# ---- what a schema does not ask for ----

def text_of(element):
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def complete(benchmark, name):
    rules = list(benchmark.iter(NS + "Rule"))
    point(f"{name}: there are rules", [] if rules else ["none"])
    for part in ("title", "rationale", "fixtext", "warning", "reference"):
        point(f"{name}: every rule has a {part}", [r.get("id") for r in rules if not text_of(r.find(NS + part))])
    point(f"{name}: every rule has a severity and a weight", [r.get("id") for r in rules if r.get("severity") not in ("info", "low", "medium", "high")
                                                              or not re.fullmatch(r"\d+\.\d+", r.get("weight") or "")])
    point(f"{name}: every reference has an address", [r.get("id") for r in rules for e in r.iter(NS + "reference")
                                                      if not re.match(r"https://[^ ]+$", e.get("href") or "")])
    point(f"{name}: every rule has one check, of ours", [r.get("id") for r in rules if len(r.findall(NS + "check") + r.findall(NS + "complex-check")) != 1
                                                         or any(c.get("system") != "urn:plimsoll:check:1" for c in r.iter(NS + "check"))])
    titles = [text_of(r.find(NS + "title")) for r in rules]
    point(f"{name}: no two rules with one title", sorted({t for t in titles if titles.count(t) > 1}))
    point(f"{name}: no title ends in a full stop", [t for t in titles if t.endswith(".")])
    point(f"{name}: every profile and every group has a title", [e.get("id") for tag in ("Profile", "Group") for e in benchmark.iter(NS + tag)
                                                                 if not text_of(e.find(NS + "title"))])
    point(f"{name}: no element that should say something is empty", [
        f"{e.tag[len(NS):]} in {r.get('id')}" for r in rules for e in r.iter()
        if e.tag.startswith(NS) and e.tag[len(NS):] in ("title", "rationale", "fixtext", "warning", "reference", "ident", "fix", "description", "value")
        and not text_of(e)])


def ids(benchmark, name):
    kinds = {"Benchmark": "benchmark", "Rule": "rule", "Group": "group", "Value": "value", "Profile": "profile"}
    wrong = [e.get("id") for tag, kind in kinds.items() for e in benchmark.iter(NS + tag)
             if not re.fullmatch(rf"xccdf_org\.plimsoll_{kind}_[A-Za-z0-9][A-Za-z0-9._-]*", e.get("id") or "")]
    point(f"{name}: every id has the form of its kind", wrong)
    all_ids = [e.get("id") for tag in kinds for e in benchmark.iter(NS + tag)]
    point(f"{name}: no id twice", sorted({i for i in all_ids if all_ids.count(i) > 1}))
    shorts = [e.get("id").split("_rule_")[1] for e in benchmark.iter(NS + "Rule")]
    point(f"{name}: no two rules differ by case only", sorted({s for s in shorts if [t.lower() for t in shorts].count(s.lower()) > 1}))
    equal(f"{name}: the benchmark has the name of its file", benchmark.get("id").split("_benchmark_")[1], name.removesuffix(".xml"))


def lines(path):
    wrong = [f"line {n} is empty" for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if not line.strip()]
    wrong += [f"line {n} ends in white space" for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if line != line.rstrip()]
    point(f"{path.name}: no line is empty or ends in white space", wrong)


def rules_of(path, profile):
    return {line.split()[0] for line in plimsoll("list", "rules", "-b", path, "-p", profile).text.splitlines()}


def nesting(path):
    chosen = {p: rules_of(path, p) for p in ("workstation", "server", "container-host", "paranoid")}
    point("every profile selects rules", [p for p, rules in chosen.items() if not rules])
    point("workstation lies within server", sorted(chosen["workstation"] - chosen["server"]))
    point("server lies within paranoid", sorted(chosen["server"] - chosen["paranoid"]))
    point("container-host lies within server", sorted(chosen["container-host"] - chosen["server"]))
    for less, more in (("workstation", "server"), ("server", "paranoid"), ("container-host", "server")):
        point(f"{more} asks for more than {less}", [] if chosen[more] - chosen[less] else ["it does not"])
    everything = {e.get("id").split("_rule_")[1] for e in ElementTree.parse(path).iter(NS + "Rule")}
    point("every rule is in paranoid", sorted(everything - chosen["paranoid"]))
    run = plimsoll("list", "rules", "-b", path)
    equal("the default is server", {line.split()[0] for line in run.text.splitlines()}, chosen["server"])


def main():
    validators()
    for path in SHIPPED:
        benchmark = ElementTree.parse(path).getroot()
        complete(benchmark, path.name)
        ids(benchmark, path.name)
        lines(path)
    nesting(tap.TOP / "benchmarks" / "kernel.xml")
    tap.done()


main()
