#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tailorings, --set, --rule and --skip: what is judged then, what is said of what is not, and every mistake with its place.

What a tailoring selects and sets is compared with what oscap makes of the same two files.
"""
import fnmatch
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
import tap  # noqa: E402
from tap import SMALL, Scratch, clean_environment, complaint, equal, is_true, plimsoll, point, skip, small_root, write  # noqa: E402

KERNEL = tap.TOP / "benchmarks/kernel.xml"
ROOT = tap.TOP / "tests/roots/kernel/weak-x86_64"
SSG = pathlib.Path("/usr/share/xml/scap/ssg/content/ssg-debian11-xccdf.xml")
SCHEMA = "/usr/share/openscap/schemas/xccdf/1.2/xccdf_1.2.xsd"
DUMP = tap.BUILD / "tests" / "dump_policy"
NS = "{http://checklists.nist.gov/xccdf/1.2}"
OURS = "xccdf_org.plimsoll_"
FIXED = clean_environment(SOURCE_DATE_EPOCH="1790000000")

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<xccdf:Tailoring xmlns:xccdf="http://checklists.nist.gov/xccdf/1.2" id="xccdf_scap-workbench_tailoring_default">
  <xccdf:benchmark href="{href}"/>
  <xccdf:version time="2026-11-26T12:00:00">1</xccdf:version>
"""
TAIL = "</xccdf:Tailoring>\n"


def profile(name, extends, *lines, title="Ours"):
    """As SCAP Workbench writes it, a thing a line: the first line of `lines` is the ninth of a file with one profile."""
    base = f' extends="{extends}"' if extends else ""
    return (f'  <xccdf:Profile id="{name}"{base}>\n'
            f'    <xccdf:title xmlns:xhtml="http://www.w3.org/1999/xhtml" xml:lang="en-US" override="true">{title}</xccdf:title>\n'
            '    <xccdf:description xmlns:xhtml="http://www.w3.org/1999/xhtml" xml:lang="en-US" override="true">Ours.\n</xccdf:description>\n'
            + "".join(f"    {line}\n" for line in lines) + "  </xccdf:Profile>\n")


def select(idref, selected):
    return f'<xccdf:select idref="{idref}" selected="{"true" if selected else "false"}"/>'


def set_value(idref, text):
    return f'<xccdf:set-value idref="{idref}">{text}</xccdf:set-value>'


def document(*profiles, href="kernel.xml"):
    return HEAD.format(href=href) + "".join(profiles) + TAIL


def of_kernel(*lines, name="ours", extends="server", **more):
    return document(profile(f"{OURS}profile_{name}", f"{OURS}profile_{extends}" if extends else "", *lines), **more)


RULE, VALUE = OURS + "rule_", OURS + "value_"
CHANGED = of_kernel(select(RULE + "sysctl.kernel.kptr_restrict", False), select(RULE + "cpu.spectre_v2", False),
                    set_value(VALUE + "ptrace_scope", "3"),
                    f'<xccdf:refine-value idref="{VALUE}kptr_restrict" selector="strict"/>',
                    f'<xccdf:refine-rule idref="{RULE}sysctl.kernel.dmesg_restrict" weight="7" severity="high"/>')


def audit(*args, root=ROOT, **more):
    return plimsoll("audit", "--root", root, *args, env=FIXED, **more)


def report_of(*args, **more):
    return json.loads(audit(*args, "-f", "json", **more).out)


def results(report):
    return {r["rule"]: r for s in report["subjects"] for r in s["results"]}


# ---- what it does ----

def applies(scratch):
    path = write(scratch / "t.xml", CHANGED)
    plain, ours = report_of("-b", "kernel"), report_of("-b", "kernel", "--tailoring", path)
    gone = set(results(plain)) - set(results(ours))
    equal("what the tailoring deselects is not judged", gone, {"sysctl.kernel.kptr_restrict", "cpu.spectre_v2"})
    equal("... and nothing else is", set(results(ours)) - set(results(plain)), set())
    equal("... and it is listed, by what took it away", {k: v for k, v in ours["benchmarks"][0]["notselected"].items() if k != "profile"}, {
        "tailoring": sorted(set(results(plain)) - set(results(ours)), key=list(results(plain)).index), "rule": [], "skip": []})
    equal("... and it is counted", (plain["counts"]["notselected"], ours["counts"]["notselected"], ours["subjects"][0]["counts"]["notselected"]),
          (0, 2, 2))
    dmesg = results(ours)["sysctl.kernel.dmesg_restrict"]
    equal("refine-rule holds", (dmesg["weight"], dmesg["severity"]), (7, "high"))
    benchmark = ours["benchmarks"][0]
    equal("the report says what is not as the profile has it", (benchmark["profile"], benchmark["values"], benchmark["tailoring"]["extends"],
                                                                benchmark["tailoring"]["href"], benchmark["tailoring"]["version"]),
          ("ours", [{"id": "kptr_restrict", "value": "2"}, {"id": "ptrace_scope", "value": "3"}], "server", str(path), "1"))
    equal("without one it has neither", (plain["benchmarks"][0]["values"], plain["benchmarks"][0]["tailoring"]), ([], None))
    text = audit("-b", "kernel", "--tailoring", path).text
    is_true("the text report tells it in a line", "2 not selected, by --rule, --skip or a tailoring" in " ".join(text.split()), text[:600])
    listed = plimsoll("list", "profiles", "-b", "kernel", "--tailoring", path).text
    line = [x for x in listed.splitlines() if x.split()[1] == "ours"]
    is_true("list profiles shows its profile", line and "374 rules  Ours" in line[0] and "(default)" in line[0] and str(path) in line[0], listed)
    is_true("... beside those of the benchmark", " server " in listed, listed)
    point("validate knows a tailoring", [] if plimsoll("validate", path).text == f"{path}: valid: 1 profiles for kernel\n" else [plimsoll("validate", path)])
    value = [x for x in plimsoll("list", "values", "-b", "kernel", "--tailoring", path).text.splitlines() if x.split()[0] == "3"]
    is_true("list values shows what it sets", len(value) == 1)
    for rules in (["sysctl.kernel.yama.ptrace_scope"], ["cpu.meltdown", "sysctl.kernel.yama.ptrace_scope"]):
        is_true("explain fills it in", "at least 3" in plimsoll("explain", "-b", "kernel", "--tailoring", path, *rules).text, " ".join(rules))
    set_to = plimsoll("explain", "-b", "kernel", "--set", "ptrace_scope=2", "cpu.meltdown", "sysctl.kernel.yama.ptrace_scope").text
    is_true("... and what --set sets, also of the second rule", "at least 2" in set_to)


def other_forms(scratch):
    """Forms that the standard has and Workbench does not write."""
    first = profile(f"{OURS}profile_a", f"{OURS}profile_server", select(RULE + "cpu.spectre_v2", False))
    second = profile(f"{OURS}profile_b", f"{OURS}profile_a", select(RULE + "cpu.meltdown", False), title="Second")
    forms = {
        "without a title it has that of the base": (f'  <xccdf:Profile id="{OURS}profile_ours" extends="{OURS}profile_server"/>\n', [], "376 rules  Server"),
        "by the id of the profile that it extends it stands in its place": (
            profile(f"{OURS}profile_server", f"{OURS}profile_server", select(RULE + "cpu.spectre_v2", False), title="Shadow"), [], "375 rules  Shadow"),
        "without a base it starts from the benchmark": (profile(f"{OURS}profile_a", "", select(RULE + "cpu.spectre_v2", True)), [], "1 rules"),
        "one may extend another of the file": (first + second, ["-p", "b"], "374 rules  Second"),
    }
    for name, (profiles, args, wanted) in forms.items():
        path = write(scratch / "form.xml", document(profiles))
        run = plimsoll("list", "profiles", "-b", "kernel", "--tailoring", path, *args)
        is_true(name, any(wanted in line and str(path) in line for line in run.text.splitlines()), repr(run))
    path = write(scratch / "form.xml", CHANGED.replace("xmlns:xccdf", "xmlns").replace("xccdf:", ""))
    is_true("in the default namespace", "374 rules  Ours" in plimsoll("list", "profiles", "-b", "kernel", "--tailoring", path).text)


def schema_says(scratch):
    path = write(scratch / "t.xml", CHANGED)
    if not tap.has("xmllint") or not os.path.exists(SCHEMA):
        skip("the tailoring of this test is XCCDF by its schema", "xmllint or the schema of openscap is not installed")
        return
    run = subprocess.run(["xmllint", "--nonet", "--noout", "--schema", SCHEMA, path], capture_output=True, text=True, check=False)
    equal("the tailoring of this test is XCCDF by its schema", (run.returncode, run.stderr.strip()), (0, f"{path} validates"))


# ---- which profile, which benchmark ----

def chooses(scratch):
    two = write(scratch / "two.xml", document(profile(f"{OURS}profile_a", f"{OURS}profile_server"),
                                              profile(f"{OURS}profile_b", f"{OURS}profile_workstation")))
    one = write(scratch / "one.xml", CHANGED)
    point("of several profiles one has to be chosen", complaint(audit("--tailoring", two), "several profiles", "--profile", "a b"))
    equal("-p chooses it", report_of("-b", "kernel", "--tailoring", two, "-p", "b")["benchmarks"][0]["profile"], "b")
    equal("... by its full id, too", report_of("-b", "kernel", "--tailoring", two, "-p", f"{OURS}profile_a")["benchmarks"][0]["profile"], "a")
    equal("the only one is taken", report_of("-b", "kernel", "--tailoring", one)["benchmarks"][0]["profile"], "ours")
    point("a profile of the benchmark is not what the tailoring has", complaint(audit("-b", "kernel", "--tailoring", one, "-p", "server"),
                                                                              "no profile 'server'", "ours", "one.xml"))
    both = report_of("-b", "kernel", "-b", "host", "--tailoring", one, "-p", "workstation")
    equal("other benchmarks keep to -p", [b["profile"] for b in both["benchmarks"]], ["ours", "workstation"])
    point("-p that nothing has", complaint(audit("-b", "kernel", "-b", "host", "--tailoring", one, "-p", "srver"), "'srver'"))
    everywhere = {b["id"]: b["profile"] for b in report_of("--tailoring", one)["benchmarks"]}
    equal("of all installed benchmarks only one is changed", [k for k, v in everywhere.items() if v == "ours"], ["kernel"])


def finds_benchmark(scratch):
    copy = shutil.copy(SMALL, scratch / "copied.xml")
    base = f"{OURS}profile_everything"
    good = profile(f"{OURS}profile_ours", base, select(RULE + "good", False))
    by_id = document(good, href="nowhere.xml").replace('href="nowhere.xml"', f'href="nowhere.xml" id="{OURS}benchmark_small"')
    cases = {"by the id that it gives": by_id, "by the file name that it gives": document(good, href="/some/where/copied.xml"),
             "by what its profiles name": document(good, href="unknown.xml"),
             "without a word about it": document(good).replace('  <xccdf:benchmark href="kernel.xml"/>\n', "")}
    for name, text in cases.items():
        path = write(scratch / "which.xml", text)
        found = {b["id"]: b["profile"] for b in report_of("-b", "kernel", "-b", copy, "--tailoring", path, root=scratch / "small")["benchmarks"]}
        equal(f"its benchmark is found {name}", found, {"kernel": "server", "small": "ours"})
    foreign = write(scratch / "foreign.xml", document(profile("xccdf_a_profile_b", "", select("xccdf_a_rule_c", True)), href="ssg.xml"))
    point("for none of them", complaint(audit("--tailoring", foreign), "foreign.xml", "'ssg.xml'", "kernel", "--benchmark"))
    point("... says validate, too", complaint(plimsoll("validate", foreign), "foreign.xml", "'ssg.xml'"))
    first, second = write(scratch / "first.xml", CHANGED), write(scratch / "second.xml", CHANGED)
    point("two for one benchmark", complaint(audit("--tailoring", first, "--tailoring", second), "second.xml", "kernel", "first.xml"))


# ---- mistakes ----

def mistakes(scratch):
    bad = {
        "a DOCTYPE": (CHANGED.replace('<xccdf:Tailoring', '<!DOCTYPE x [<!ENTITY a "b">]>\n<xccdf:Tailoring', 1), 2, ["DOCTYPE"]),
        "a rule that is not there": (of_kernel(select(RULE + "cpu.meltdow", True)), 9, ["'xccdf_org.plimsoll_rule_cpu.meltdow'", "did you mean 'cpu.meltdown'?"]),
        "a rule of another author": (of_kernel(select("xccdf_org.example_rule_cpu.spectre_v2", True)), 9, [f"did you mean '{RULE}cpu.spectre_v2'?"]),
        "a value that is not there": (of_kernel(set_value(VALUE + "ptrace_scop", "1")), 9, ["did you mean 'ptrace_scope'?"]),
        "a refined value that is not there": (of_kernel(f'<xccdf:refine-value idref="{VALUE}x" selector="strict"/>'), 9, ["no Value has the id"]),
        "a refined rule that is not there": (of_kernel(f'<xccdf:refine-rule idref="{RULE}nonsense" weight="1"/>'), 9, ["no Rule, Group or cluster"]),
        "a base that is not there": (of_kernel(select(RULE + "cpu.spectre_v2", True), extends="srver"), 5, ["'xccdf_org.plimsoll_profile_srver'", "did you mean 'server'?"]),
        "a circle": (document(profile(f"{OURS}profile_a", f"{OURS}profile_b", select(RULE + "cpu.spectre_v2", True)),
                              profile(f"{OURS}profile_b", f"{OURS}profile_a")), 5, ["in a circle"]),
        "a value of the wrong type": (of_kernel(set_value(VALUE + "ptrace_scope", "much")), 9, ["ptrace_scope cannot be 'much'", "a number"]),
        "an unknown element": (of_kernel("<xccdf:slect idref='x'/>"), 9, ["'slect'", "did you mean 'select'?"]),
        "an unknown attribute": (of_kernel(f"<xccdf:select idref='{RULE}cpu.spectre_v2' slected='true'/>"), 9, ["'slected'", "'selected'"]),
        "a boolean that is none": (of_kernel(f"<xccdf:select idref='{RULE}cpu.spectre_v2' selected='maybe'/>"), 9, ["true or false"]),
        "no idref": (of_kernel("<xccdf:select selected='true'/>"), 9, ["no idref"]),
        "a wrong weight": (of_kernel(f"<xccdf:refine-rule idref='{RULE}cpu.spectre_v2' weight='-1'/>"), 9, ["weight"]),
        "a wrong severity": (of_kernel(f"<xccdf:refine-rule idref='{RULE}cpu.spectre_v2' severity='dire'/>"), 9, ["dire"]),
        "an element beside the profiles": (CHANGED.replace("  <xccdf:Profile ", "  <xccdf:Rule id='x'/>\n  <xccdf:Profile ", 1), 5, ["Tailoring has no element 'Rule'"]),
        "no id": (CHANGED.replace(' id="xccdf_scap-workbench_tailoring_default"', ""), 2, ["Tailoring has no id"]),
        "no time": (CHANGED.replace(' time="2026-11-26T12:00:00"', ""), 4, ["no time"]),
        "no href": (CHANGED.replace(' href="kernel.xml"', ""), 3, ["no href"]),
        "two profiles of one id": (document(*[profile(f"{OURS}profile_a", f"{OURS}profile_server")] * 2), 10, ["given twice"]),
        "a tag that is not closed": (CHANGED.replace("</xccdf:Profile>", ""), 15, [""]),
        "no profile": (document(), 0, ["no Profile"]),
    }
    for name, (text, line, parts) in bad.items():
        path = write(scratch / "bad.xml", text)
        where = f"bad.xml:{line}: " if line else "bad.xml: "
        point(f"refused: {name}", complaint(audit("-b", "kernel", "--tailoring", path), where, *parts))
        point(f"validate: {name}", complaint(plimsoll("validate", path, "-b", "kernel"), where, *parts))
    path = write(scratch / "bad.xml", of_kernel(select(RULE + "one", True), set_value(VALUE + "two", "1"), "<xccdf:three/>"))
    said = plimsoll("validate", path).said
    point("validate tells every mistake that it can read on behind", [f"no line {n}: {said}" for n in (11,) if f"bad.xml:{n}:" not in said])
    path = write(scratch / "bad.xml", of_kernel(select(RULE + "one", True), set_value(VALUE + "two", "1"), select(RULE + "cpu.meltdown", True)))
    said = plimsoll("validate", path).said
    point("... and every reference", [f"no line {n}: {said}" for n in (9, 10) if f"bad.xml:{n}:" not in said])
    for name, text in (("a benchmark", pathlib.Path(SMALL).read_text()), ("nothing of XCCDF", "<a/>"), ("an empty file", "")):
        path = write(scratch / "other.xml", text)
        point(f"{name} is no tailoring", complaint(audit("--tailoring", path), "other.xml"))
    point("validate of neither", complaint(plimsoll("validate", write(scratch / "other.xml", "<a/>")), "no XCCDF 1.2 Benchmark and no Tailoring"))
    point("a file that is not there", complaint(audit("--tailoring", scratch / "none.xml"), "none.xml", "No such file"))
    cut = [n for n in range(0, len(CHANGED) - 1, 61)
           if complaint(audit("-b", "kernel", "--tailoring", write(scratch / "cut.xml", CHANGED[:n])), "cut.xml")]
    equal("cut off anywhere it is refused", cut, [])
    run = plimsoll("list", "profiles", "-b", "kernel", "--tailoring", write(scratch / "esc\x1b[2J.xml", of_kernel().replace("Ours", "\u202ebad")))
    is_true("what it says is made safe", run.status == 0 and b"\x1b" not in run.out and "\u202e" not in run.text, repr(run))


# ---- --set ----

VALUES = """<?xml version="1.0" encoding="UTF-8"?>
<Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2" id="xccdf_t_benchmark_values">
  <version>1</version>
  <Profile id="xccdf_t_profile_strict"><title>s</title><refine-value idref="xccdf_t_value_number" selector="strict"/></Profile>
  <Value id="xccdf_t_value_number" type="number"><value>1</value><value selector="strict">5</value>
    <lower-bound>0</lower-bound><lower-bound selector="strict">4</lower-bound><upper-bound>9.5</upper-bound></Value>
  <Value id="xccdf_t_value_word" type="string"><value>a</value>
    <choices mustMatch="true"><choice>a</choice><choice>b c</choice></choices></Value>
  <Value id="xccdf_t_value_hint" type="string"><value>a</value><choices><choice>a</choice></choices></Value>
  <Value id="xccdf_t_value_shape" type="string"><value>x1</value><match>^x[0-9]+$</match></Value>
  <Value id="xccdf_t_value_truth" type="boolean"><value>true</value></Value>
  <Rule id="xccdf_t_rule_r" severity="low"><title>It is <sub idref="xccdf_t_value_word"/>, number <sub idref="xccdf_t_value_number"/></title>
    <check system="urn:plimsoll:check:1"><check-export value-id="xccdf_t_value_number" export-name="n"/><check-content>
      <sysctl xmlns="urn:plimsoll:check:1" name="kernel.kptr_restrict" at-least="$n" absent="fail"/></check-content></check></Rule>
</Benchmark>
"""


def sets(scratch):
    path = write(scratch / "values.xml", VALUES)

    def run(*given, more=()):
        return audit("-b", path, *[x for g in given for x in ("--set", g)], *more, root=scratch / "small")

    good = ("number=9", "number=0", "word=b c", "hint=anything", "shape=x22", "truth=false", "xccdf_t_value_number=2", "shape=x1")
    point("what the value takes", [f"{g}: {run(g)}" for g in good if run(g).status not in (0, 1)])
    bad = {"number=x": "it is a number", "number=": "it is a number", "number=10": "at most 9.5", "number=-1": "at least 0", "number=inf": "a number",
           "number=nan": "a number", "word=c": "one of 'a', 'b c'", "shape=y": "matches ^x", "truth=2": "true or false", "numbr=1": "did you mean 'number'?",
           "number": "not VALUE=TEXT", "=1": "not VALUE=TEXT", "word=\x1b[2J": "\\x1b"}
    for given, why in bad.items():
        point(f"refused: --set {given!r}", complaint(run(given), "--set", why))
    point("bounds are those of the profile's selector", complaint(run("number=3", more=("-p", "strict")), "at least 4"))
    point("a tailoring keeps to them, too", complaint(
        audit("-b", path, "--tailoring", write(scratch / "t.xml", document(profile("xccdf_t_profile_x", "xccdf_t_profile_strict",
                                               set_value("xccdf_t_value_number", "3")), href="values.xml")), root=scratch / "small"),
        "t.xml:9: ", "at least 4"))
    report = json.loads(run("number=0", "word=b c", "number=1", more=("-f", "json")).out)
    equal("the last of a value holds; what is as in the profile is no change", report["benchmarks"][0]["values"], [{"id": "word", "value": "b c"}])
    result = report["subjects"][0]["results"][0]
    equal("the rule is judged by it, and named by it", (result["result"], result["title"]), ("pass", "It is b c, number 1"))
    equal("... the other way round", json.loads(run("number=2", more=("-f", "json")).out)["subjects"][0]["results"][0]["result"], "fail")
    both = report_of("--set", "kptr_restrict=2", "-b", "host", "-b", "kernel")
    equal("a value of several benchmarks is set in each", [b["values"] for b in both["benchmarks"]], [[{"id": "kptr_restrict", "value": "2"}]] * 2)


def filters():
    whole = report_of("-b", "kernel")
    n = len(results(whole))
    for args in (["--skip", "sysctl.*"], ["-r", "sysctl.*"], ["-r", "sysctl.*", "--skip", "*.k*"]):
        report = report_of("-b", "kernel", *args)
        equal(f"{' '.join(args)}: what is taken away is counted", report["counts"]["notselected"], n - len(results(report)))
        left = report["benchmarks"][0]["notselected"]
        wanted = {"tailoring": [], "rule": [], "skip": []}
        for rule in results(whole):
            skipped = "--skip" in args and fnmatch.fnmatchcase(rule, args[args.index("--skip") + 1])
            if skipped or ("-r" in args and not fnmatch.fnmatchcase(rule, args[args.index("-r") + 1])):
                wanted["skip" if skipped else "rule"].append(rule)
        equal(f"{' '.join(args)}: ... and listed, by what took it away", {k: sorted(left[k]) for k in wanted}, {k: sorted(v) for k, v in wanted.items()})
        known = sorted(line.split()[0] for line in plimsoll("list", "rules", "-b", "kernel", "-p", "paranoid").text.splitlines() if line)
        listed = sorted(set(sum(left.values(), [])) | set(results(report)))
        equal(f"{' '.join(args)}: every rule of the benchmark is judged or listed, with those that the profile does not select",
              ([r for r in known if r not in listed], bool(left["profile"])), ([], True))
    text = plimsoll("audit", "-b", "kernel", "--root", ROOT, "--skip", "cpu.spectre_v?", "-vv", env=FIXED).text
    is_true("text lists with -vv what was taken away", "by --skip: cpu.spectre_v1, cpu.spectre_v2" in " ".join(text.split("NOT SELECTED")[-1].split()), text[-600:])
    many = report_of("-r", "sysctl.kernel.*")
    equal("... of every benchmark", many["counts"]["notselected"] + sum(len(s["results"]) for s in many["subjects"]),
          sum(len(s["results"]) for s in report_of()["subjects"]))


def comes_back(scratch):
    """A saved report in every format is what the audit wrote, with the benchmark at hand and without."""
    path = write(scratch / "t.xml", CHANGED)
    formats = [line.split()[0] for line in plimsoll("list", "formats").text.splitlines() if line.split()]
    for name, args in {"a tailoring": ["--tailoring", path], "--set": ["--set", "ptrace_scope=2"], "--skip": ["--skip", "cpu.*"],
                       "a tailoring without a base": ["--tailoring", write(scratch / "n.xml", of_kernel(select(RULE + "cpu.spectre_v2", True), extends=""))],
                       "all of it": ["--tailoring", path, "--set", "io_uring_disabled=2", "--skip", "cpu.*"]}.items():
        saved, wrong = scratch / "saved.json", []
        audit("-b", "kernel", *args, "-o", f"json={saved}")
        for kind in formats:
            for extra in ([], ["-vv"]):
                first = audit("-b", "kernel", *args, "-f", kind, *extra)
                again = plimsoll("report", saved, "-b", "kernel", "-f", kind, *extra, env=FIXED)
                if again.status != (first.status if kind == "nagios" else 0) or first.out != again.out:
                    wrong.append(f"{kind} {extra}: {again.status} {again.said[:300]}")
        point(f"{name}: a saved report is the audit", wrong)
        unknown = json.loads(saved.read_text())
        unknown["benchmarks"][0]["version"] = "0.0.0"
        write(scratch / "unknown.json", json.dumps(unknown))
        again = json.loads(plimsoll("report", scratch / "unknown.json", "-f", "json", env=FIXED).out)
        equal(f"{name}: ... also where the benchmark is not at hand", [again[k] for k in ("benchmarks", "counts")], [unknown[k] for k in ("benchmarks", "counts")])
    hostile = []
    for value in (None, [], {}, "x", -1, 1e300, [None], [{}], [{"id": "ptrace_scope"}], [{"id": 1, "value": 2}], {"extends": "no"}, {"extends": 3, "href": []}):
        for key in ("values", "tailoring", "notselected"):
            report = json.loads(saved.read_text())
            report["benchmarks"][0][key] = value
            run = plimsoll("report", write(scratch / "hostile.json", json.dumps(report)), "-f", "json", env=FIXED)
            if run.status not in (0, 2):
                hostile.append(f"{key} = {value!r}: {run}")
    for value in ({"skip": ["no-such"] * 3}, {"skip": [None, {}, 7, "\x1b[2J"]}, {"skip": ["cpu.spectre_v2"], "rule": ["cpu.spectre_v2"]}, {"rule": "x"}, {"other": ["x"]}):
        for version in ("0.0.0", None):
            report = json.loads(saved.read_text())
            report["benchmarks"][0]["notselected"] = value
            report["benchmarks"][0]["version"] = version or report["benchmarks"][0]["version"]
            run = plimsoll("report", write(scratch / "hostile.json", json.dumps(report)), "-f", "json", env=FIXED)
            if run.status != 0 or "\x1b" in run.text:
                hostile.append(f"notselected = {value!r}: {run}")
    report["benchmarks"][0]["notselected"] = {"skip": [f"r{i}" for i in range(20001)]}
    run = plimsoll("report", write(scratch / "hostile.json", json.dumps(report)), "-f", "json", env=FIXED)
    hostile += complaint(run, "more rules are left out than a benchmark has")
    for value in (None, [], -5, 1e30, "x", 2 ** 62):
        report = json.loads(saved.read_text())
        report["subjects"][0]["counts"]["notselected"] = value
        run = plimsoll("report", write(scratch / "hostile.json", json.dumps(report)), "-f", "text", env=FIXED)
        if run.status not in (0, 2):
            hostile.append(f"notselected = {value!r}: {run}")
    point("members of any type are read or refused", hostile)


# ---- oscap ----

def unescaped(text):
    return text.replace("\\\\", "\0").replace("\\n", "\n").replace("\\t", "\t").replace("\0", "\\")


def by_us(benchmark, tailoring):
    run = subprocess.run([DUMP, benchmark, tailoring], capture_output=True, text=True, check=False)
    rules, values = set(), {}
    for line in run.stdout.splitlines():
        kind, name, *text = line.split("\t")
        if kind == "rule":
            rules.add(name)
        elif kind == "value":
            values[name] = unescaped(text[0])
    return (rules, values) if run.returncode == 0 else (run.stderr, {})


def by_oscap(benchmark, tailoring, name, scratch):
    out = scratch / "oscap.results"
    run = subprocess.run(["oscap", "xccdf", "eval", "--skip-valid", "--tailoring-file", tailoring, "--profile", name, "--results", out, benchmark],
                         capture_output=True, text=True, check=False)
    if run.returncode not in (0, 2):
        return run.stderr, {}
    for test in ElementTree.parse(out).iter(NS + "TestResult"):
        return ({r.get("idref") for r in test.iter(NS + "rule-result") if r.find(NS + "result").text != "notselected"},
                {v.get("idref"): v.text or "" for v in test.iter(NS + "set-value")})
    return "no TestResult", {}


def random_tailoring(tree, seed):
    """Selects and sets some of everything that the benchmark has."""
    dice = random.Random(seed)
    rules, groups = [r.get("id") for r in tree.iter(NS + "Rule")], [g.get("id") for g in tree.iter(NS + "Group")]
    profiles = [p.get("id") for p in tree.iter(NS + "Profile")]
    base, lines = dice.choice(profiles), []
    lines += [select(r, dice.random() < 0.5) for r in dice.sample(rules, min(60, len(rules)))]
    lines += [select(g, dice.random() < 0.5) for g in dice.sample(groups, min(6, len(groups)))]
    for value in dice.sample(list(tree.iter(NS + "Value")), min(12, len(list(tree.iter(NS + "Value"))))):
        texts = [v for v in value.findall(NS + "value")]
        selectors = [v.get("selector") for v in texts if v.get("selector")]
        if dice.random() < 0.5 and selectors:
            lines.append(f'<xccdf:refine-value idref="{value.get("id")}" selector="{dice.choice(selectors)}"/>')
        else:
            text = (dice.choice(texts).text or "").strip()
            lines.append(set_value(value.get("id"), text.replace("&", "&amp;").replace("<", "&lt;")))
    return f"xccdf_org.example_profile_p{seed}", profile(f"xccdf_org.example_profile_p{seed}", base, *lines)


def compared(scratch):
    if not os.access(DUMP, os.X_OK) or not tap.has("oscap"):
        skip("tailorings as oscap resolves them", "oscap is not installed, or tests/dump_policy is not built")
        return
    for source in (KERNEL, SSG):
        if not source.exists():
            skip(f"{source.name}: tailorings as oscap resolves them", "the package ssg-debian is not installed")
            continue
        folder = scratch / source.stem
        folder.mkdir()
        copy = shutil.copy(source, folder / source.name)
        tree = ElementTree.parse(copy)
        for seed in range(3):
            name, text = random_tailoring(tree, seed)
            path = write(folder / "t.xml", document(text, href=source.name))
            (rules, values), (theirs, set_to) = by_us(copy, path), by_oscap(copy, path, name, folder)
            wrong = [f"ours: {rules}, oscap: {theirs}"] if isinstance(rules, str) or isinstance(theirs, str) else \
                [f"only one selects {r}" for r in sorted(rules ^ theirs)]
            wrong += [f"{v}: {values.get(v)!r}, oscap {set_to[v]!r}" for v in set_to if values.get(v) != set_to[v]]
            point(f"{source.name}, tailoring {seed}: the rules and values that oscap resolves", wrong if theirs else ["oscap selects nothing"])
        info = subprocess.run(["oscap", "info", path], capture_output=True, text=True, check=False)
        is_true(f"{source.name}: oscap knows it for a tailoring", "Tailoring" in info.stdout and name in info.stdout, info.stdout + info.stderr)


def autotailor(scratch):
    if not tap.has("autotailor") or not SSG.exists():
        skip("what autotailor writes", "autotailor or ssg-debian is not installed")
        return
    out, tree = scratch / "auto.xml", ElementTree.parse(SSG)
    base = [p.get("id") for p in tree.iter(NS + "Profile")][0]
    rules = [r.get("id").split("_rule_")[1] for r in tree.iter(NS + "Rule")]
    value = [v for v in tree.iter(NS + "Value") if v.get("type") == "number"][0]
    run = subprocess.run(["autotailor", "-o", out, "-s", rules[0], "-u", rules[1], "-v", value.get("id").split("_value_")[1] + "=600",
                          SSG.with_name("ssg-debian11-ds.xml"), base], capture_output=True, text=True, check=False)
    checked = plimsoll("validate", out, "-b", SSG)
    point("what autotailor writes is a tailoring", [] if run.returncode == 0 and checked.status == 0 else [run.stderr, checked])
    ours, values = by_us(SSG, out)
    equal("... and does what it was told", (rules[0] in {r.split("_rule_")[1] for r in ours}, rules[1] in {r.split("_rule_")[1] for r in ours},
                                            values.get(value.get("id"))), (True, False, "600"))


with Scratch() as scratch_:
    small_root(scratch_ / "small")
    applies(scratch_)
    other_forms(scratch_)
    schema_says(scratch_)
    chooses(scratch_)
    finds_benchmark(scratch_)
    mistakes(scratch_)
    sets(scratch_)
    filters()
    comes_back(scratch_)
    compared(scratch_)
    autotailor(scratch_)
tap.done()
