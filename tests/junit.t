#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The JUnit report, judged by schemas and a reader that others wrote: of this host, of one rule, of a hostile root."""
import json
import re
import sys
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
import tap  # noqa: E402
from judges import counted, read_by_junitparser, valid_by_schemas  # noqa: E402
from tap import SMALL, equal, plimsoll, point  # noqa: E402

EVIL = "\x1b[2J\x9b31m\u202e]]></failure><script>&\"'\x7f\r\t\ufffe".encode("utf-8") + b"\xff\xc0\x80\x08 end\n"
AS = {"fail": "failure", "error": "error", "unknown": "error", "notapplicable": "skipped", "notchecked": "skipped", "informational": "skipped"}


def same_as_json(what, report, results):
    cases = {c.get("name").split()[0]: c for c in report.iter("testcase")}
    equal(f"{what}: a case for every result", sorted(cases), sorted(r["rule"] for r in results))
    wrong = []
    for r in results:
        kinds = [e.tag for e in cases[r["rule"]] if e.tag in ("failure", "error", "skipped")]
        if kinds != ([AS[r["result"]]] if r["result"] in AS else []):
            wrong.append(f"{r['rule']}: {r['result']} is shown as {kinds}")
    point(f"{what}: each case says what the JSON report says", wrong)


def well_made(what, path, report):
    names = [(s.get("name"), c.get("classname"), c.get("name")) for s in report.iter("testsuite") for c in s.iter("testcase")]
    point(f"{what}: no two cases of one name", sorted({n for n in names if names.count(n) > 1}))
    suites = [s.get("name") for s in report.iter("testsuite")]
    point(f"{what}: no two suites of one name", sorted({n for n in suites if suites.count(n) > 1}))
    told = [e for c in report.iter("testcase") for e in c if e.tag in ("failure", "error", "skipped")]
    point(f"{what}: message and body both say why", [f"{e.tag}: {e.attrib}" for e in told if e.tag != "skipped" and not (e.get("message") and (e.text or "").strip())])
    times = [e.get("time") for tag in ("testsuite", "testcase") for e in report.iter(tag)]
    point(f"{what}: times are seconds with three decimals", sorted({t for t in times if not re.fullmatch(r"\d+\.\d{3}", t or "")}))
    stamps = {s.get("timestamp") for s in report.iter("testsuite")}
    point(f"{what}: timestamps are without a zone", sorted(t for t in stamps if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", t or "")))
    data = path.read_bytes().decode("utf-8")
    raw = {hex(ord(c)) for c in re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]", data)}
    point(f"{what}: no control character, no stray markup", sorted(raw) + [t for t in ("<script", "]]>") if t in data])
    point(f"{what}: no file as large as consumers refuse", [] if len(data) < 10_000_000 else [len(data)])


def judge(what, scratch, *args):
    """One audit in both formats; every judge on the JUnit one."""
    xml, other = scratch / "report.xml", scratch / "report.json"
    run = plimsoll("audit", "-q", "-o", f"junit={xml}", "-o", f"json={other}", *args)
    if not point(f"{what}: is written", [] if run.status in (0, 1, 3) and not run.err else [run]):
        return
    try:
        report = ElementTree.parse(xml).getroot()
    except ElementTree.ParseError as wrong:
        point(f"{what}: is well-formed", [wrong])
        return
    valid_by_schemas(what, xml)
    read_by_junitparser(what, xml, report)
    counted(what, report)
    same_as_json(what, report, json.loads(other.read_text())["subjects"][0]["results"])
    well_made(what, xml, report)


def hostile(scratch):
    """Every value of a root, and its names, try to break out of the report."""
    root = scratch / "root"
    source = tap.TOP / "tests/roots/kernel/hardened-x86_64"
    for path in sorted(source.rglob("*")):
        if path.is_file() and path.name != "manifest":
            tap.write(root / path.relative_to(source), path.read_bytes().rstrip(b"\n") + EVIL)
    tap.write(root / "etc/hostname", EVIL)
    tap.write(root / "etc/os-release", b'PRETTY_NAME="' + EVIL.replace(b"\n", b"") + b'"\n')
    tap.write(root / "proc/modules", b"evil\x1b[2J]]> 16384 0 - Live 0x0 (POE)\n")
    tap.write(root / "proc/cmdline", b"quiet panic=" + b"x" * 100000 + b" slab_nomerge=\x1b]]>\n")
    return root


def empty(scratch):
    (scratch / "empty/etc").mkdir(parents=True)
    return scratch / "empty"


def main():
    with tap.Scratch() as scratch:
        judge("this host", scratch, "-p", "paranoid", "-b", "kernel")
        judge("this host, verbose", scratch, "-p", "paranoid", "-b", "kernel", "-vv")
        small = tap.small_root(scratch / "small")
        judge("a single rule", scratch, "-b", SMALL, "--root", small, "-p", "clean", "-r", "good")
        judge("a rule that does not apply", scratch, "-b", SMALL, "--root", small, "-p", "clean", "-r", "nowhere")
        judge("every outcome", scratch, "-b", SMALL, "--root", small, "-p", "everything")
        judge("two benchmarks", scratch, "-b", SMALL, "-b", "kernel", "--root", small, "-p", "everything")
        judge("an empty root", scratch, "-b", "kernel", "--root", empty(scratch))
        judge("a hostile root", scratch, "-b", "kernel", "-p", "paranoid", "-vv", "--root", hostile(scratch))
    tap.done()


main()
