#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""More of what starts containers, each really started here: found, called by its name, and judged by the program that made it."""
import json

from live import Cannot, Live
from tap import SLOWER, done, plimsoll, point, skip

PARANOID = ("audit", "-b", "container", "-p", "paranoid", "-s", "containers", "-s", "sandboxes", "-f", "json")

CASES = []


def case(name, runtime, kind="container", fails="", passes="", named=True):
    def register(start):
        CASES.append((name, runtime, kind, fails.split(), passes.split(), named, start))
        return start
    return register


@case("crun", "crun", fails="seccomp", passes="ns.pid ns.mnt ns.ipc ns.uts no-new-privileges privileged cap.escape mount.host-root", named=False)
def _(l):
    return l.start_crun("crun")[1]


@case("firejail", "firejail", "sandbox", passes="ns.pid ns.net")
def _(l):
    return l.start_firejail("jail")[1]


@case("buildah", "buildah", passes="ns.pid ns.mnt privileged cap.escape", named=False)
def _(l):
    return l.start_buildah("oci")


@case("podman", "podman", passes="ns.pid")
def _(l):
    return l.start_podman("versions")[1]


def entry_of(listed, pid):
    return next((e for e in listed if pid in e["processes"]), None)


def check_case(name, runtime, kind, fails, passes, named, entry, judged):
    if not entry:
        point(name, ["it is not found"])
        return
    findings = [f"{what} {entry[what]}, wanted {wanted}" for what, wanted in (("runtime", runtime), ("kind", kind)) if entry[what] != wanted]
    if named and not (entry["name"] or "").startswith("plimsoll-"):
        findings.append(f"it is called {entry['name']}")
    outcome = {r["rule"].removeprefix("container."): r for s in judged if s.get("pid") == entry["pid"] for r in s["results"]}
    for rules, wanted in ((fails, "fail"), (passes, "pass")):
        findings += [f"{rule}: {outcome[rule]['result']} ({outcome[rule]['reason']}), wanted {wanted}" for rule in rules if outcome[rule]["result"] != wanted]
    point(f"{name}: found, and judged as it was made", findings)
    check_programs(name, runtime, outcome["runtime.version"])


def check_programs(name, runtime, result):
    """crun is not judged by the flaws of runc, nor the other way round."""
    said = " ".join(f"{e['value'] or ''} {e.get('why') or ''}" for e in result["evidence"])
    own, other = {"crun": ("crun", ": runc"), "podman": ("runc", ": crun"), "buildah": ("runc", ": crun")}.get(runtime, ("no OCI runtime", "CVE"))
    point(f"{name}: judged by the programs that run it", [said] if own not in said or other in said else [])


with Live() as machine:
    started = []
    for one in CASES:
        try:
            started.append((one, one[-1](machine)))
        except Cannot as why:
            skip(f"{one[0]}: found, and judged as it was made", str(why))
    if started:
        subjects = json.loads(plimsoll(*PARANOID, timeout=60 * SLOWER).text)["subjects"]
        containers = json.loads(plimsoll("containers", "--all", "-f", "json", timeout=60 * SLOWER).text)["containers"]
        for one, pid in started:
            check_case(*one[:-1], entry_of(containers, pid), subjects)
done()
