#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every captured container is found and named, and nothing else is taken for one: expected.tsv is the answer key."""
import csv
import json
import pathlib

import captures
from tap import clean_environment, Scratch, done, equal, is_true, plimsoll, point

HOSTILE = captures.CAPTURES / "hostile"


def rows(path):
    with open(path, newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def found_in(root):
    run = plimsoll("containers", "--all", "--format", "json", "--root", root)
    if run.status != 0:
        raise SystemExit(f"plimsoll containers: {run.status}: {run.err}")
    return json.loads(run.text)["containers"], run.text


def entries_with(entries, pid):
    return [e for e in entries if pid in e["processes"]]


# ---- one row of the answer key ----

# Seen only by its cgroup, which names no runtime; seen by nothing that would name it.
ALSO_RIGHT = {"runc-kubecgroup": {"kubernetes"}, "unshare-user": {"unknown"}, "nested-inner-runc": {"runc", "unknown"},
              "nested-inner-unshare": {"unknown"}, "nested2-inner-unshare": {"unknown"}, "sd-pid1": {"unknown"},
              "sd-flatpakstyle-bwrap": {"flatpak"}}
WITHOUT_THE_OUTER = {"nested2-inner-unshare"}   # the container it runs in was not captured: its cgroup makes it that one
WITHOUT_A_NAME = {"sd-pid1"}   # the supervisor that names it was not captured


def wrong_name(row, entry):
    wanted = row["id_or_name"].split(" ")[0].split(",")[0]
    if wanted in ("-", "in", "") or row["capture"] in WITHOUT_A_NAME:
        return []
    parts = wanted.split("/")
    names = {entry["id"], entry["name"]}
    good = any(p in names for p in parts) or any(entry["id"].startswith(p) for p in parts if len(p) == 12)
    return [] if good else [f"{wanted} is called {entry['id']} / {entry['name']}"]


def wrong_runtime(row, entry):
    wanted = row["runtime"].split(" ")[0]
    if wanted == "-" or entry["runtime"] == wanted or entry["runtime"] in ALSO_RIGHT.get(row["capture"], ()):
        return []
    return [f"runtime {entry['runtime']}, wanted {wanted}"]


def check_found(row, entries, pid, kinds):
    mine = entries_with(entries, pid)
    if len(mine) != 1:
        return [f"process {pid} is in {len(mine)} entries"]
    entry, findings = mine[0], []
    if entry["kind"] not in kinds:
        findings.append(f"is a {entry['kind']}")
    findings += wrong_runtime(row, entry) + wrong_name(row, entry)
    if row["init"] == "yes" and entry["pid"] != pid and "nested" not in row["class"]:
        findings.append(f"its first process is taken to be {entry['pid']}")
    if "rootless" in row["runtime"] and row["class"].startswith("container") and not entry["rootless"]:
        findings.append("is not said to be rootless")
    if "nested" in row["class"] and not entry["parent"]:
        findings.append("has no parent")
    return findings


def check_row(row, entries, pids):
    kind, pid = row["class"], pids[row["capture"]]
    if kind in ("container", "container (nested)"):
        return check_found(row, entries, pid, {"container"})
    if row["capture"] in WITHOUT_THE_OUTER:
        return [] if len(entries_with(entries, pid)) == 1 else ["is not found"]
    if kind in ("sandbox", "sandbox (nested)", "app-sandbox"):
        return check_found(row, entries, pid, {"sandbox"})
    if kind == "sandbox-or-container":
        return check_found(row, entries, pid, {"sandbox", "container"})
    mine = entries_with(entries, pid)
    if kind in ("host", "helper", "kthread"):
        inside = [e for e in mine if not row["capture"].startswith("sd-")]
        return [f"is in {e['id']} ({e['runtime']})" for e in inside] + \
               [f"makes an entry of its own: {e['id']}" for e in mine if e["pid"] == pid]
    if kind == "container member":
        return [] if any("cl-sd" in (e["id"], e["name"]) or "sd-pid1" and e["pid"] == pids["sd-pid1"] for e in mine) \
            else ["is not a member of cl-sd"]
    if kind in ("service-sandbox", "chroot-like"):
        return [f"is taken for a container: {e['id']}" for e in mine if e["kind"] == "container" and e["pid"] == pid]
    return [f"class {kind} is not known to this test"]


# ---- the paths alone ----

RUNTIMES = {"kube": "kubernetes", "containerd-cri": "containerd", "nspawn": "systemd-nspawn", "machine": "systemd-nspawn"}
NOT_CONTAINERS = {"none", "helper", "vm", ""}


def process_of_path(root, number, path):
    """A process that has namespaces of its own and stands in that cgroup."""
    proc = pathlib.Path(root) / "proc" / str(number)
    captures.put(proc / "stat", f"{number} (sleep) S 0 {number} {number} 0 -1 4194560 " + "0 " * 12 + f"{number * 10} 0 0 0\n")
    captures.put(proc / "status", f"Name:\tsleep\nPid:\t{number}\nPPid:\t0\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n"
                 f"NStgid:\t{number}\t1\n" + "".join(f"Cap{s}:\t00000000a80425fb\n" for s in ("Inh", "Prm", "Eff", "Bnd", "Amb"))
                 + "NoNewPrivs:\t0\nSeccomp:\t2\n")
    captures.put(proc / "cgroup", f"0::{path}\n")
    captures.put(proc / "uid_map", "         0          0 4294967295\n")
    captures.put(proc / "mountinfo", f"{number} 1 0:{number} / / rw - overlay overlay rw\n")
    captures.put(proc / "root.stat", f"{number}:2\n")
    for k, kind in enumerate(("mnt", "pid", "net", "ipc", "uts")):
        captures.link(proc / "ns" / kind, f"{kind}:[{4026540000 + number * 8 + k}]")
    for kind, inode in (("user", 4026531837), ("cgroup", 4026531835), ("time", 4026531834)):
        captures.link(proc / "ns" / kind, f"{kind}:[{inode}]")


def check_path(row, entries, number):
    mine = [e for e in entries if e["pid"] == number]
    runtime, kind = row["runtime"], mine[0] if mine else None
    if runtime in NOT_CONTAINERS:
        # namespaces of its own make it a container all the same, but of no runtime that the path would name
        return [f"is called {e['runtime']} by its path" for e in mine if e["runtime"] != "unknown"]
    if not mine:
        return ["is not found"]
    findings = []
    if kind["runtime"] != RUNTIMES.get(runtime, runtime):
        findings.append(f"runtime {kind['runtime']}")
    deeper = (row["deeper"] or "").split(":")
    if kind["id"] not in [row["id"]] + deeper:
        findings.append(f"id {kind['id']}, wanted {row['id']}")
    if (kind["pod"] or "") != (row["pod"] or ""):
        findings.append(f"pod {kind['pod']}, wanted {row['pod']}")
    return findings


def check_paths(directory):
    root = f"{directory}/paths"
    captures.add_host(root, captures.parse(captures.CAPTURES / "host-self.txt")[0]["mountinfo"])
    captures.add_process(root, captures.CAPTURES / "host-kthreadd.txt")
    table = rows(captures.CAPTURES / "cgroup-paths.tsv")
    for i, row in enumerate(table):
        process_of_path(root, 1000 + i, row["path"])
    entries, _ = found_in(root)
    for i, row in enumerate(table):
        point(f"cgroup path {row['path'][:100]}", check_path(row, entries, 1000 + i))


# ---- hostile processes ----

def check_hostile(directory):
    """A process in podman-default's namespaces that chose its name, arguments and groups: no line of it is believed, none is printed raw."""
    root = f"{directory}/hostile"
    pids = captures.build(root)
    base = pathlib.Path(root) / "proc" / str(pids["podman-default"])
    stat = (HOSTILE / "stat").read_bytes()
    number = int(stat.split()[0])
    proc = pathlib.Path(root) / "proc" / str(number)
    for name in ("cgroup", "uid_map", "gid_map", "root.stat"):
        captures.put(proc / name, (base / name).read_bytes())
    captures.put(proc / "mountinfo", (base / "mountinfo").read_bytes() + (HOSTILE / "mountinfo.tail").read_bytes())
    captures.put(proc / "stat", stat)
    captures.put(proc / "comm", (HOSTILE / "comm").read_bytes())
    captures.put(proc / "cmdline", (HOSTILE / "cmdline").read_bytes())
    captures.put(proc / "status", (HOSTILE / "status.groups-trimmed").read_bytes())
    for kind in ("mnt", "pid", "net", "ipc", "uts", "user", "cgroup", "time"):
        captures.link(proc / "ns" / kind, (base / "ns" / kind).readlink())
    entries, text = found_in(root)
    mine = entries_with(entries, number)
    is_true("a hostile process is a member of the container it is in", len(mine) == 1 and mine[0]["name"] == "cl-default", f"{mine}")
    is_true("no byte of it is printed raw", not any(ord(c) < 32 and c != "\n" for c in text))
    shown = plimsoll("containers", "--all", "--root", root)
    is_true("nor in the table", shown.status == 0 and not any(ord(c) < 32 and c != "\n" for c in shown.text))


with Scratch() as scratch:
    everything = f"{scratch}/all"
    pid_of = captures.build(everything)
    found, bytes_once = found_in(everything)
    for line in rows(captures.CAPTURES / "expected.tsv"):
        point(f"{line['capture']}: {line['class']}", check_row(line, found, pid_of))
    infra = [e for e in found if e["pid"] in (pid_of["pod-infra"], pid_of["pod-member1"], pid_of["pod-member2-sharepid"])]
    is_true("the containers of a pod are in one pod", len(infra) == 3 and len({e["pod"] for e in infra}) == 1 and infra[0]["pod"],
            f"{[(e['id'], e['pod']) for e in infra]}")
    equal("the same root gives the same bytes", found_in(everything)[1], bytes_once)
    reports = {jobs: plimsoll("audit", "-s", "containers", "-s", "sandboxes", "-f", "json", "-j", jobs, "--root", everything,
                              env=clean_environment(SOURCE_DATE_EPOCH="1")) for jobs in (1, 2, 16)}
    point("however many threads judge, the report has the same bytes",
          [f"{jobs} jobs: {run}" for jobs, run in reports.items() if run.out != reports[1].out or len(run.out) < 1000])
    check_paths(scratch)
    check_hostile(scratch)
done()
