# SPDX-License-Identifier: Apache-2.0
"""What is found on a host, and how it is judged, as the tests of identity ask for it."""
import json

from tap import SLOWER, plimsoll

AUDIT = ("audit", "-b", "container", "-p", "paranoid", "-s", "containers", "-s", "sandboxes", "-f", "json")
PATIENCE = 60 * SLOWER


def listed(*more, **how):
    run = plimsoll("containers", "--all", "-f", "json", *more, timeout=PATIENCE, **how)
    if run.status != 0:
        raise SystemExit(f"plimsoll containers: {run}")
    return json.loads(run.text)["containers"]


def entry_of(pid, entries):
    found = [e for e in entries if pid in e["processes"]]
    return found[0] if len(found) == 1 else None


def judged(pid, *more, **how):
    """The rules' results by name, of the container whose first process that is."""
    run = plimsoll(*AUDIT, *more, timeout=PATIENCE, **how)
    if run.status not in (0, 1, 3):
        raise SystemExit(f"plimsoll audit: {run}")
    subject = next((s for s in json.loads(run.text)["subjects"] if s["pid"] == pid), None)
    return {r["rule"].removeprefix("container."): r for r in subject["results"]} if subject else None


def is_called(entry, name):
    return [] if entry and entry["name"] == name else [f"called {entry['name'] if entry else 'nothing: it is not found'}"]


def not_believed(entry, results):
    """Nothing of root's container is its."""
    if not entry or not results:
        return ["it is not found"]
    findings = [f"{key}: {entry[key]}" for key in ("name", "image") if entry[key] in ("payroll", "bank")]
    findings += [f"identified: {results['identified']['result']}"] if results["identified"]["result"] != "fail" else []
    return findings + [f"{rule}: {results[rule]['result']}" for rule in ("seccomp.allow-all", "drift.seccomp") if results[rule]["result"] == "pass"]
