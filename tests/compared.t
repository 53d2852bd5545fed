#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What Lynis, oscap with the SCAP Security Guide, and plimsoll say of the same systems, fact by fact: tests/data/compared.tsv.

The columns plain, seeded, well and live are records, each of Lynis, oscap and plimsoll; the column roots holds oscap's word and ours of the roots debian-12,
hardened and weak below tests/roots/host, and is looked at anew each time. Where two of them differ the row says why. docs/compared.md is made from the
table. `tests/compared.t --update` writes the column roots and the document.
"""
import collections
import csv
import os
import pathlib
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
import tap  # noqa: E402
from roots import Roots  # noqa: E402
from tap import DATA, TOP, equal, point, skip  # noqa: E402

TABLE = DATA / "compared.tsv"
DOCUMENT = TOP / "docs" / "compared.md"
CONTENT = pathlib.Path("/usr/share/xml/scap/ssg/content")
VERSION = "0.1.65"
NS = "{http://checklists.nist.gov/xccdf/1.2}"
SYSTEMS = ("plain", "seeded", "well", "live")
ROOTS = ("debian-12", "hardened", "weak")
CLASSES = {
    "same": "say the same, or one of them alone asks",
    "blind": "one does not look where the setting stands, or not at all",
    "default": "one wants a right default to be written down",
    "parse": "one reads a file otherwise than the program does that the file is for",
    "runs": "one looks at what runs now, the other at what the files say",
    "scope": "one asks for something that this system does not have",
    "threshold": "they ask for different measures",
    "mended": "plimsoll was blind or wrong, and is mended",
    "covered": "no rule of its own: another rule tells",
    "choice": "no rule, for the reason given",
    "open": "no rule yet, though there should be one",
}
EXPLAINING = ("blind", "default", "parse", "runs", "scope", "threshold")
GOOD, BAD, DOUBT = {"ok", "pass"}, {"finding", "fail"}, {"error", "notchecked", "unknown"}
# What oscap cannot see of a root that is not its own, though it gives a verdict.
UNSEEN = {"sysctl_test", "uname_test", "dpkginfo_test", "partition_test", "systemdunitproperty_test", "systemdunitdependency_test",
          "environmentvariable58_test"}
# Whether the server of SSH is installed is told to oscap, as it cannot see the packages.
TOLD = "dpkginfo_test"


# ---- the table ----

def words(cell):
    return [] if cell == "-" else cell.split()


def read_table():
    with open(TABLE, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def write_table(rows):
    lines = ["\t".join(row) for row in [list(rows[0])] + [list(row.values()) for row in rows]]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def name(row):
    return f"{row['family']}: {row['fact']}"


def differ(verdicts):
    """Some find fault and some do not, of those that came to a verdict."""
    return len({v in BAD for v in verdicts if v != "-" and v not in DOUBT}) > 1


def places_of_difference(row):
    places = [s for s in SYSTEMS if differ(row[s].split("/"))]
    seen = [] if row["roots"] == "-" else zip(ROOTS, row["roots"].split())
    return places + [root for root, pair in seen if differ(pair.split("/"))]


def repeated(ids):
    return sorted(i for i, n in collections.Counter(ids).items() if n > 1)


def known_rules():
    prefix = "xccdf_org.plimsoll_rule_"
    return {rule.get("id")[len(prefix):] for file in sorted((TOP / "benchmarks").glob("*.xml")) for rule in ElementTree.parse(file).iter(NS + "Rule")}


def check_table(rows):
    known = known_rules()
    families = "|".join(sorted({k.split(".")[0] for k in known}))
    point("every fact stands in the table once", repeated(name(row) for row in rows) if rows else ["it is empty"])
    point("every class is known", [f"{name(row)}: {row['class']}" for row in rows if row["class"] not in CLASSES])
    point("every rule of plimsoll in it exists", [f"{name(row)}: {r}" for row in rows for r in words(row["plimsoll"]) if r not in known])
    point("so does every one that a reason names", [
        f"{name(row)}: {r}" for row in rows for r in re.findall(rf"`((?:{families})\.[^`*]+)`", row["why"]) if r not in known])
    point("no rule of the SCAP Security Guide stands there twice", repeated(r for row in rows for r in words(row["ssg"])))
    point("where the verdicts differ, the row says why", [
        f"{name(row)}: {', '.join(places_of_difference(row))}" for row in rows if places_of_difference(row) and row["why"] == "-"])
    point("without a rule of plimsoll's, the row says why not", [
        name(row) for row in rows if row["plimsoll"] == "-" and (row["why"] == "-" or row["class"] in ("same", "mended"))])
    point("what has a rule is not open", [name(row) for row in rows if row["class"] == "open" and row["plimsoll"] != "-"])
    point("no reason is given for a difference that is not there", [
        name(row) for row in rows if row["class"] in EXPLAINING and row["plimsoll"] != "-" and not places_of_difference(row)])


# ---- the document ----

def sign(verdict):
    return "+" if verdict in GOOD else "!" if verdict in BAD else "?" if verdict in DOUBT else "."


def cell(row, tool):
    ids = words(row[tool])
    if not ids:
        return ""
    at = ("lynis", "ssg", "plimsoll").index(tool)
    shown = ", ".join(f"`{i}`" for i in ids[:6]) + (f" and {len(ids) - 6} more" if len(ids) > 6 else "")
    return f"`{''.join(sign(row[s].split('/')[at]) for s in SYSTEMS)}` {shown}"


def reason(row, said):
    """A reason that stands above already is named by the fact of that row."""
    if row["why"] == "-":
        return "agree" if sum(row[t] != "-" for t in ("lynis", "ssg", "plimsoll")) > 1 else "asked by one alone"
    first = said.setdefault((row["family"], row["why"]), row["fact"])
    text = row["why"] if first == row["fact"] else f'as for "{first}".'
    return f"*{row['class']}*: {text}" if row["class"] != "same" else text


def summary(rows):
    seen = [row for row in rows if places_of_difference(row)]
    count = collections.Counter(row["class"] for row in rows)
    lines = [f"{len(rows)} facts are compared: {sum(len(words(r['ssg'])) for r in rows)} rules of the SCAP Security Guide, "
             f"{len({w.split(':')[0] for r in rows for w in words(r['lynis'])})} tests of Lynis and "
             f"{len({w for r in rows for w in words(r['plimsoll'])})} rules of plimsoll. Of {len(seen)} facts they say different things somewhere.",
             "", "| class | facts | they |", "|---|---|---|"]
    return lines + [f"| {c} | {count[c]} | {text} |" for c, text in CLASSES.items()]


def document(rows):
    lines = (DATA / "compared-head.md").read_text(encoding="utf-8").rstrip("\n").split("\n") + [""] + summary(rows)
    said = {}
    for family in dict.fromkeys(row["family"] for row in rows):
        lines += ["", f"## {family}", "", "| fact | Lynis | oscap | plimsoll | who is right, and why |", "|---|---|---|---|---|"]
        lines += ["| " + " | ".join([row["fact"], cell(row, "lynis"), cell(row, "ssg"), cell(row, "plimsoll"), reason(row, said)]) + " |"
                  for row in rows if row["family"] == family]
    return "\n".join(lines) + "\n"


def check_document(rows):
    wanted, got = document(rows).split("\n"), DOCUMENT.read_text(encoding="utf-8").split("\n") if DOCUMENT.exists() else []
    point("docs/compared.md is what the table makes of it", [f"line {i + 1}" for i in range(max(len(wanted), len(got))) if wanted[i:i + 1] != got[i:i + 1]][:5])


# ---- what oscap says of our roots ----

class Oval:
    """The kinds of tests that a definition rests on."""

    def __init__(self, path):
        tree = ElementTree.parse(path).getroot()
        self.definitions = {d.get("id"): d for d in tree.iter() if d.tag.endswith("}definition")}
        self.kinds = {t.get("id"): t.tag.split("}")[1] for t in tree.iter() if t.tag.endswith("_test")}

    def tests(self, definition, met=()):
        found = set()
        if definition not in self.definitions or definition in met:
            return found
        for part in self.definitions[definition].iter():
            if part.tag.endswith("}criterion"):
                found.add(self.kinds.get(part.get("test_ref")))
            elif part.tag.endswith("}extend_definition"):
                found |= self.tests(part.get("definition_ref"), (*met, definition))
        return found


def short(rule):
    return rule.get("id").split("_rule_", 1)[1]


def judged_by_oscap(xccdf, oval):
    """{rule: whether oscap can see what it asks for, in a root that is not its own}"""
    seen = {}
    for rule in ElementTree.parse(xccdf).iter(NS + "Rule"):
        ids = [ref.get("name") for ref in rule.iter(NS + "check-content-ref") if (ref.get("name") or "").startswith("oval:")]
        tests = set().union(*(oval.tests(i) for i in ids))
        unseen = UNSEEN - ({TOLD} if "sshd" in short(rule) or short(rule) == "disable_host_auth" else set())
        seen[short(rule)] = bool(tests) and not tests & unseen
    return seen


def prepared(scratch):
    """The content without its question for Debian 11, and with a server of SSH that is there."""
    for file in CONTENT.glob("ssg-debian11-*.xml"):
        shutil.copy(file, scratch / file.name)
    path = scratch / "ssg-debian11-xccdf.xml"
    text = re.sub(r'<(?:[\w.-]+:)?platform idref="[^"]*"\s*/>', "", path.read_text(encoding="utf-8"))
    text, n = re.subn(r'(_value_sshd_required".*?<(?:[\w.-]+:)?value>)0(<)', r"\g<1>2\2", text, count=1, flags=re.S)
    if not n:
        raise RuntimeError("the value sshd_required is not where it was")
    path.write_text(text, encoding="utf-8")
    return path


def say_of(root, xccdf, results):
    run = subprocess.run(["oscap", "xccdf", "eval", "--skip-valid", "--profile", "(all)", "--results", results, xccdf], stdin=subprocess.DEVNULL,
                         capture_output=True, text=True, check=False, env=dict(tap.clean_environment(), OSCAP_PROBE_ROOT=str(root)))
    if run.returncode not in (0, 2):
        raise RuntimeError(f"oscap: status {run.returncode}: {run.stderr[-300:]}")
    return {r.get("idref").split("_rule_", 1)[1]: r.find(NS + "result").text for r in ElementTree.parse(results).iter(NS + "rule-result")}


def worst(verdicts, order):
    return next((v for v in order if v in verdicts), "-")


def look(scratch, rows):
    """The column roots as it would be now."""
    xccdf = prepared(scratch)
    seen = judged_by_oscap(xccdf, Oval(scratch / "ssg-debian11-oval.xml"))
    told = {}
    for root in ROOTS:
        copy = Roots("host").lay_out(root, scratch / "roots" / root)
        # apart, because together what both benchmarks look at is one finding
        ours = Roots("host").audit(copy).verdicts | Roots("kernel").audit(copy).verdicts
        told[root] = (say_of(copy, xccdf, scratch / "results.xml"), ours)
    columns = []
    for row in rows:
        asked = [r for r in words(row["ssg"]) if seen.get(r)]
        columns.append("-" if not asked or row["plimsoll"] == "-" else " ".join(
            worst({oscap.get(r) for r in asked}, ("fail", "error", "notchecked", "pass")) + "/" +
            worst({ours.get(r) for r in words(row["plimsoll"])}, ("fail", "error", "unknown", "pass", "notapplicable"))
            for oscap, ours in told.values()))
    return columns


def why_not():
    if not tap.has("oscap"):
        return "oscap is not installed"
    if not (CONTENT / "ssg-debian11-oval.xml").exists():
        return "the package ssg-debian is not installed"
    version = ElementTree.parse(CONTENT / "ssg-debian11-xccdf.xml").getroot().findtext(NS + "version")
    if version != VERSION:
        return f"the SCAP Security Guide is of version {version}, the table of {VERSION}"
    return None if os.geteuid() == 0 else "the owners of files in the roots can be set by root alone"


def check_roots(rows):
    if why_not():
        skip("oscap and plimsoll say of our roots what the table says", why_not())
        return
    xccdf = ElementTree.parse(CONTENT / "ssg-debian11-xccdf.xml")
    there, listed = {short(r) for r in xccdf.iter(NS + "Rule")}, {r for row in rows for r in words(row["ssg"])}
    equal("the table has every rule of ssg-debian11, and no other", sorted(there ^ listed), [])
    with tap.Scratch() as scratch:
        columns = look(scratch, rows)
    point("oscap and plimsoll say of our roots what the table says", [
        f"{name(row)}: now {now}, in the table {row['roots']}" for row, now in zip(rows, columns) if now != row["roots"]])
    equal("oscap sees a good part of it", sum(c != "-" for c in columns) > 60, True)


def update(rows):
    if why_not():
        sys.exit(why_not())
    with tap.Scratch() as scratch:
        for row, column in zip(rows, look(scratch, rows)):
            row["roots"] = column
    write_table(rows)
    DOCUMENT.write_text(document(rows), encoding="utf-8")


def main():
    rows = read_table()
    if sys.argv[1:] == ["--update"]:
        update(rows)
        return
    check_table(rows)
    check_document(rows)
    check_roots(rows)
    tap.done()


main()
