#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The profiles level1 and level2 hold what the levels of the CIS benchmark do: every rule is in those that its section is in, and no other is.

The sections of each benchmark of CIS and their levels are in tests/data/cis-*.tsv; profiles are resolved by our own reader.
"""
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
from tap import BUILD, DATA, TOP, done, point  # noqa: E402

XCCDF = "{http://checklists.nist.gov/xccdf/1.2}"
SERVERS = {"level1": (0, 1), "level2": (0, 2)}                                                  # column of the table, and level
WORKSTATIONS = {"level1-workstation": (1, 1), "level2-workstation": (1, 2)}
DEBIAN = "cis-debian-12.tsv", "https://www.cisecurity.org/benchmark/debian_linux", "CIS Debian 12 1.1.0 ", SERVERS | WORKSTATIONS
DOCKER = "cis-docker.tsv", "https://www.cisecurity.org/benchmark/docker", "CIS Docker 1.6.0 ", SERVERS
KUBERNETES = "cis-kubernetes.tsv", "https://www.cisecurity.org/benchmark/kubernetes", "CIS Kubernetes 1.12 ", SERVERS
BENCHMARKS = {"host": DEBIAN, "kernel": DEBIAN, "docker": DOCKER, "container": DOCKER, "kubernetes-node": KUBERNETES}
MIXED = {"container.lsm-confined": "AppArmor is of the first level and SELinux of the second, and the rule asks for whichever is there"}
NEVER = 9


def read_levels(table, columns):
    """{section: the level by column}, and what is wrong with the table."""
    levels, wrong = {}, []
    for line in (DATA / table).read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        section, *fields = line.split("\t")
        if section in levels or len(fields) != columns or not set(fields) <= {"1", "2", "-"} or set(fields) == {"-"}:
            wrong.append(line)
        levels[section] = [int(field) if field.isdigit() else NEVER for field in fields]
    return levels, wrong


def short(full):
    return re.sub("^xccdf_[^_]*_[a-z]*_", "", full)


def read_sections(benchmark, system, prefix):
    """{rule: sections} of all rules, and the idents of this system that name none."""
    sections, strange = {}, []
    for rule in ElementTree.parse(benchmark).iter(XCCDF + "Rule"):
        sections[short(rule.get("id"))] = found = []
        for ident in rule.iter(XCCDF + "ident"):
            match = re.fullmatch(re.escape(prefix) + r"([0-9]+(?:\.[0-9]+)+)", ident.text)
            if ident.get("system") == system and match:
                found.append(match.group(1))
            elif ident.get("system") == system or ident.text.startswith(" ".join(prefix.split()[:2])):
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


def wanted(sections, levels, column, level):
    return {rule for rule, listed in sections.items() if any(s in levels and levels[s][column] <= level for s in listed)}


def check(name, table, system, prefix, profiles):
    benchmark = TOP / "benchmarks" / f"{name}.xml"
    levels, wrong = read_levels(table, 1 + max(column for column, _ in profiles.values()))
    point(f"{name}: every line of {table} is a section with its levels", wrong)
    sections, strange = read_sections(benchmark, system, prefix)
    point(f"{name}: every ident of CIS names the version and a section", strange)
    point(f"{name}: every section exists", [f"{rule}: {s}" for rule, listed in sections.items() for s in listed if s not in levels])
    point(f"{name}: no rule names a section twice", [rule for rule, listed in sections.items() if len(set(listed)) < len(listed)])
    point(f"{name}: the sections of a rule are of one level",
          [f"{rule}: {listed}" for rule, listed in sections.items() if len({str(levels.get(s)) for s in listed}) > 1 and rule not in MIXED])
    resolved = read_profiles(benchmark)
    for profile, (column, level) in profiles.items():
        want, got = wanted(sections, levels, column, level), resolved.get(profile, set())
        point(f"{name}: {profile} holds the {len(want)} rules of its sections",
              [f"{rule} is missing" for rule in sorted(want - got)] + [f"{rule} is there" for rule in sorted(got - want)])


def main():
    for name, row in BENCHMARKS.items():
        check(name, *row)
    done()


main()
