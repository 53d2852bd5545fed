#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The profiles level1 and level2 hold what the levels of the CIS benchmark do: every rule is in those that its section is in, and no other is.

The sections of CIS Debian 12 and their levels are in tests/data/cis-debian-12.tsv; profiles are resolved by our own reader.
"""
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
from tap import BUILD, DATA, TOP, done, point  # noqa: E402

XCCDF = "{http://checklists.nist.gov/xccdf/1.2}"
SYSTEM = "https://www.cisecurity.org/benchmark/debian_linux"
IDENT = re.compile(r"CIS Debian 12 1\.1\.0 ([0-9]+(?:\.[0-9]+)+)")
BENCHMARKS = "host", "kernel"
PROFILES = {"level1": ("server", 1), "level2": ("server", 2), "level1-workstation": ("workstation", 1), "level2-workstation": ("workstation", 2)}


def read_levels():
    """{section: {kind of host: level, where it has one}}, and what is wrong with the table."""
    levels, wrong = {}, []
    for line in (DATA / "cis-debian-12.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        section, *fields = line.split("\t")
        if section in levels or len(fields) != 2 or not set(fields) <= {"1", "2", "-"} or fields == ["-", "-"]:
            wrong.append(line)
        levels[section] = {kind: int(field) for kind, field in zip(("server", "workstation"), fields) if field.isdigit()}
    return levels, wrong


def short(full):
    return re.sub("^xccdf_[^_]*_[a-z]*_", "", full)


def read_sections(benchmark):
    """{rule: sections} of all rules, and the idents of CIS that are none."""
    sections, strange = {}, []
    for rule in ElementTree.parse(benchmark).iter(XCCDF + "Rule"):
        sections[short(rule.get("id"))] = found = []
        for ident in rule.iter(XCCDF + "ident"):
            match = IDENT.fullmatch(ident.text)
            if ident.get("system") == SYSTEM and match:
                found.append(match.group(1))
            elif ident.get("system") == SYSTEM or "CIS Debian" in ident.text:
                strange.append(f"{short(rule.get('id'))}: {ident.get('system')} {ident.text}")
    return sections, strange


def read_profiles(benchmark):
    """{profile: its rules}"""
    run = subprocess.run([BUILD / "tests" / "dump_policy", benchmark], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
    profiles = {}
    for line in run.stdout.splitlines():
        kind, name, *_ = line.split("\t")
        if kind == "profile":
            rules = profiles[short(name)] = set()
        elif kind == "rule":
            rules.add(short(name))
    return profiles


def wanted(sections, levels, kind, level):
    return {rule for rule, listed in sections.items() if any(levels.get(s, {}).get(kind, 9) <= level for s in listed)}


def main():
    levels, wrong = read_levels()
    point("every line of the table is a section with its levels", wrong)
    for name in BENCHMARKS:
        benchmark = TOP / "benchmarks" / f"{name}.xml"
        sections, strange = read_sections(benchmark)
        point(f"{name}: every ident of CIS names the version and a section", strange)
        point(f"{name}: every section exists", [f"{rule}: {s}" for rule, listed in sections.items() for s in listed if s not in levels])
        point(f"{name}: no rule names a section twice", [rule for rule, listed in sections.items() if len(set(listed)) < len(listed)])
        point(f"{name}: the sections of a rule are of one level",
              [f"{rule}: {listed}" for rule, listed in sections.items() if len({str(levels.get(s)) for s in listed}) > 1])
        profiles = read_profiles(benchmark)
        for profile, (kind, level) in PROFILES.items():
            want, got = wanted(sections, levels, kind, level), profiles.get(profile, set())
            point(f"{name}: {profile} holds the {len(want)} rules of its sections",
                  [f"{rule} is missing" for rule in sorted(want - got)] + [f"{rule} is there" for rule in sorted(got - want)])
    done()


main()
