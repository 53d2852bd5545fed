#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every rule of the benchmarks of engines has a root below tests/roots/BENCHMARK where it passes and one where it fails.

absent is a system without the engine; hardened and weak are set up well and badly, as a running daemon shows it; the others are laid out as distributions install the
engine; broken-* hold files that nobody can understand. `tests/engine-roots.t --update` writes the expected verdicts anew from what the program says.
"""
import sys

from roots import Report, Roots, execute, told
from tap import PLIMSOLL, Scratch, done, equal, point, skip

BENCHMARKS = ("containerd", "crio", "docker", "kubernetes-node", "podman")

# Rules that no root can decide, with the reason.
LIVE_ONLY = {}


def check(benchmark, scratch):
    roots = Roots(benchmark)
    copies = {name: roots.place(name, scratch / benchmark) for name in roots.names()}
    reports = {name: roots.audit(copy) for name, copy in copies.items()}
    if sys.argv[1:] == ["--update"]:
        roots.update(reports)
        return
    if any("built without TOML" in (reason or "") for report in reports.values() for reason in report.reasons.values()):
        skip(f"{benchmark}: the roots", "built without TOML")
        return
    roots.check_each(reports)
    roots.check_coverage(reports, LIVE_ONLY.get(benchmark, {}))
    roots.check_again(reports, copies)
    absent = reports["absent"]
    point(f"{benchmark}: nothing applies where it is not there", [f"{rule}: {result}" for rule, result in absent.verdicts.items()
                                                                  if result != "notapplicable"])


def check_alone(benchmark):
    """One engine does not make another apply. Docker brings a containerd."""
    root = Roots(benchmark).folder / "hardened"
    for other in BENCHMARKS:
        if other != benchmark and (benchmark, other) != ("docker", "containerd"):
            verdicts = Roots(other).audit(root).verdicts
            point(f"{benchmark} alone: nothing of {other} applies", [f"{rule}: {result}" for rule, result in verdicts.items() if result != "notapplicable"]
                  if verdicts else ["no verdicts"])


def check_once():
    """Whoever is root through a group is told once, whichever of the two benchmarks was asked."""
    run = execute([PLIMSOLL, "audit", "-f", "json", "-s", "host", "-p", "paranoid", "-b", "docker", "-b", "host", "-r", "docker.group-members",
                   "-r", "account.engine-groups", "--root", Roots("docker").folder / "weak"])
    verdicts = Report(run).verdicts
    equal("members of docker's group are one finding", verdicts, {"docker.group-members": "notapplicable", "account.engine-groups": "fail"})


def check_data_root(scratch):
    """dockerd closes its data root when it starts: until then only what lies in an open one is a finding."""
    roots = Roots("docker")
    root = roots.copy("debian-12", scratch / "data")
    folder = root / "var/lib/docker"
    (folder / ".keep").unlink()
    told(root, "var/lib/docker", 0o755)
    equal("an empty open data root, and no dockerd", roots.verdict(root, "docker.data-root"), "pass")
    (folder / "volumes").mkdir()
    equal("the same with something in it", roots.verdict(root, "docker.data-root"), "fail")


def main():
    with Scratch() as scratch:
        for benchmark in BENCHMARKS:
            check(benchmark, scratch)
        for benchmark in BENCHMARKS if sys.argv[1:] != ["--update"] else ():
            check_alone(benchmark)
        if sys.argv[1:] != ["--update"]:
            check_once()
            check_data_root(scratch)
    if sys.argv[1:] != ["--update"]:
        done()


main()
