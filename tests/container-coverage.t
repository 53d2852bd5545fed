#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every known fact about containers and engines is judged by a rule of some benchmark, or docs/container-coverage.md says why not."""
import csv
import re
import xml.etree.ElementTree as ElementTree

from tap import DATA, TOP, done, equal, point

NS = "{http://checklists.nist.gov/xccdf/1.2}"
BENCHMARKS = ("container", "containerd", "crio", "docker", "kubernetes-node", "podman")
DOCUMENT = TOP / "docs" / "container-coverage.md"
# How an ident names a row: by its system, and the text after what is the same in all of them.
SYSTEMS = {
    "urn:plimsoll:fact:oci-runtime": ("oci-runtime", ""),
    "https://kubernetes.io/docs/concepts/security/pod-security-standards/": ("pss", ""),
    "https://www.cisecurity.org/benchmark/docker": ("cis-docker", "CIS Docker 1.6.0 "),
    "https://www.cisecurity.org/benchmark/kubernetes": ("cis-k8s", "CIS Kubernetes 1.12 "),
    "https://media.defense.gov/kubernetes-hardening-guide": ("nsa-k8s", ""),
}


def read_rows():
    with open(DATA / "container-checks.tsv", encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [(row["family"], row["id"]) for row in table]


def read_idents(rules):
    """{row: [rules]} and the idents that are none."""
    found, strange = {}, []
    for rule in rules:
        short = rule.get("id").split("_rule_")[1]
        for ident in rule.iter(NS + "ident"):
            if ident.get("system") == "urn:plimsoll:part-of":
                continue
            family, prefix = SYSTEMS.get(ident.get("system"), (None, ""))
            if family and ident.text.startswith(prefix):
                found.setdefault((family, ident.text[len(prefix):]), []).append(short)
            else:
                strange.append(f"{short}: {ident.get('system')} {ident.text}")
    return found, strange


def read_document():
    """[(row, rules or None, text)]"""
    lines = []
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and not line.startswith("|---") and cells[0] != "family":
            listed = re.fullmatch(r"`[^`]+`(, `[^`]+`)*", cells[-1])
            lines.append((tuple(cells[:2]), re.findall("`([^`]+)`", cells[-1]) if listed else None, cells[-1]))
    return lines


def name(row):
    return " ".join(row)


def compare_rules(idents, listed):
    """Rows of the table that say something else than the rules' idents do."""
    return ([f"{name(row)}: {rules} in the document, {idents.get(row, 'no rule')} by ident"
             for row, rules in sorted(listed.items()) if sorted(rules) != sorted(idents.get(row, []))] +
            [f"{name(row)}: {idents[row]} by ident, not in the document" for row in sorted(set(idents) - set(listed))])


def main():
    rows = read_rows()
    of = {name_: list(ElementTree.parse(TOP / "benchmarks" / f"{name_}.xml").iter(NS + "Rule")) for name_ in BENCHMARKS}
    rules = [rule for name_ in BENCHMARKS for rule in of[name_]]
    idents, strange = read_idents(rules)
    document = read_document()
    listed = {row: rules_ for row, rules_, _ in document if rules_ is not None}
    reasons = {row: text for row, rules_, text in document if rules_ is None}
    known = {rule.get("id").split("_rule_")[1] for rule in rules}
    families = "|".join(sorted({short.split(".")[0] for short in known}))

    point("the table of facts holds each row once", [name(row) for row in sorted(set(rows)) if rows.count(row) > 1] if rows else ["it is empty"])
    point("every ident is of a system that is known here", strange)
    point("every ident is a row of the table", [f"{name(row)}: {idents[row]}" for row in sorted(set(idents) - set(rows))])
    point("no rule names a row twice", [f"{name(row)}: {short}" for row, shorts in sorted(idents.items()) for short in sorted(set(shorts))
                                        if shorts.count(short) > 1])
    point("every row is a rule's ident, or has a reason", [name(row) for row in rows if row not in idents and row not in reasons])
    point("no row has both", [name(row) for row in rows if row in idents and row in reasons])
    point("no reason is empty", [name(row) for row, text in reasons.items() if not text])
    point("every row of the document is a row of the table", [name(row) for row, _, _ in document if row not in rows])
    point("no row stands in the document twice", sorted({name(row) for row, _, _ in document if sum(row == other for other, _, _ in document) > 1}))
    point("the rules in the document are those by ident", compare_rules(idents, listed))
    point("rules that a reason mentions exist", [f"{name(row)}: {short}" for row, text in reasons.items()
                                                 for short in re.findall(rf"`((?:{families})\.[^`*]+)`", text) if short not in known])
    point("every rule of the benchmark container is judged once per container",
          [rule.get("id") for rule in of["container"] if rule.get("multiple") != "true"])
    point("no rule of another benchmark is", [rule.get("id") for name_ in BENCHMARKS[1:] for rule in of[name_] if rule.get("multiple")])
    point("every id is there once", sorted(short for short in known if sum(rule.get("id").endswith(f"_rule_{short}") for rule in rules) > 1))
    equal("what is not covered is the smaller part", len(reasons) < len(idents), True)
    done()


main()
