#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an ordinary user is told of containers: he sees the namespaces, root directories and programs of his own processes alone, of all others the
mounts, the maps of users and the numbers. Fewer answers than root gets, and the same containers.

Another point: what is a rootless engine's own, and what only calls itself so.
"""
import json
import os
import pathlib
import shutil
import subprocess

import captures
import live
from live import Cannot, Live
from made_up import CONTAINER, ID, Root
from roster import entry_of, is_called, listed
from tap import DATA, PLIMSOLL, TOP, Scratch, done, plimsoll, point, skip

ALL = "000001ffffffffff"
OWN_ROOT = {"own": CONTAINER, "inner": 1}


def members(pid, entries):
    return (entry_of(pid, entries) or {}).get("processes")


def wrong(entries, wanted):
    """`wanted` gives the processes of the entry that each is in, or None."""
    return [f"{pid}: in {members(pid, entries)}, wanted {pids}" for pid, pids in wanted.items() if members(pid, entries) != pids]


def conmon(root, pid, name, uid=0):
    return root.add(pid, 1, name="conmon", uid=uid, words=("conmon", "-c", f"{pid:064x}", "-n", name), cgroup=f"/libpod_parent/conmon{pid}")


# ---- as an ordinary user sees it ----

def check_own(name, folder):
    """Of root's container the processes are his by their number; a session of root's in it is not."""
    root = Root(folder)
    monitor = conmon(root, 100, "hard")
    init = root.add(101, monitor, **OWN_ROOT, root=101, uid=1000, cgroup=f"/libpod_parent/libpod-{ID}")
    session = root.add(102, monitor, own=CONTAINER, inner=7, root=101, mount=101, cgroup="/libpod_parent/elsewhere")
    plain = root.add(103, 1, uid=1000)
    mounts = root.add(104, 1, uid=1000, own={"mnt": 9})
    root.deny(2, monitor, session)
    entries = root.listed()
    entry = entry_of(init, entries) or {}
    point(name, is_called(entry, "hard") + ([f"a {entry['kind']}"] if entry.get("kind") != "container" else []) +
          wrong(entries, {init: [init, session], plain: None, mounts: [mounts]}))


def check_apart(name, folder):
    """Monitors and sandboxes that have the host's root directory: each stays what it is, and runs in none of the others."""
    root = Root(folder)
    nspawn = root.add(110, 1, name="systemd-nspawn", words=("systemd-nspawn", "-M", "m3"), cgroup="/machine.slice/systemd-nspawn@m3.service/supervisor")
    machine = root.add(111, nspawn, **OWN_ROOT, root=111, cgroup="/machine.slice/systemd-nspawn@m3.service/payload")
    lxc = root.add(112, 1, name="lxc-start", words=("[lxc monitor] /var/lib/lxc l1",), own={"mnt": 9}, cgroup="/lxc.monitor.l1")
    payload = root.add(113, lxc, own={**CONTAINER, "mnt": 11}, inner=1, root=113, cgroup="/lxc.payload.l1")
    bwrap = root.add(114, 1, name="bwrap")
    inner = root.add(115, bwrap, name="bwrap", own={**CONTAINER, "mnt": 12}, inner=1)
    shell = root.add(116, inner, own={**CONTAINER, "mnt": 12}, inner=2, mount=inner)
    browser = root.add(117, 1, own={"pid": 31}, inner=1)
    tab = root.add(118, browser, own={"pid": 31}, inner=2)
    other = root.add(119, 1, own={"pid": 32}, inner=1)
    service = root.add(120, 1, own={"mnt": 33}, cgroup="/system.slice/journald.service")
    pause = root.add(121, 1, uid=1000, name="catatonit", own={"mnt": 34, "user": 35}, cgroup="/user.slice/podman-pause-1f.scope")
    root.deny(2, *range(110, 122))
    entries = root.listed()
    parents = [f"{pid} runs in {entry_of(pid, entries)['parent']}" for pid in (machine, payload, inner, browser, other)
               if entry_of(pid, entries) and entry_of(pid, entries)["parent"]]
    point(name, parents + wrong(entries, {
        nspawn: None, lxc: None, bwrap: None, service: None, pause: None, machine: [machine], payload: [payload], inner: [inner, shell],
        browser: [browser, tab], other: [other]}))


def check_inner(name, folder):
    """A container whose cgroup says nothing, and a process in it that made mounts of its own."""
    root = Root(folder)
    init = root.add(101, conmon(root, 100, "web"), **OWN_ROOT, root=101)
    inner = root.add(102, init, own={**CONTAINER, "mnt": 9}, inner=2, root=101)
    root.deny(2, init, inner)
    point(name, wrong(root.listed(), {init: [init, inner]}))


def check_rootless(name, folder):
    """The map of users is for everybody to read. Where even that is denied it is not known."""
    root = Root(folder)
    own = {**CONTAINER, "user": 6}
    pids = {
        "a user's": root.add(101, conmon(root, 100, "a", 1000), own=own, inner=1, root=101, uid=1000),
        "a user's, not read": root.add(103, conmon(root, 102, "b", 1000), own={**own, "mnt": 11}, inner=1, root=103, uid=1000),
        "root's": root.add(105, conmon(root, 104, "c"), own={**CONTAINER, "mnt": 12}, inner=1, root=105),
        "root's, with users of its own": root.add(107, conmon(root, 106, "d"), own={**own, "mnt": 13}, inner=1, root=107, uid=200000),
        "nobody's": root.add(108, 1, own={**own, "mnt": 14}, inner=1, root=108, uid=200000, cgroup=f"/docker-{ID}.scope"),
    }
    (folder / "proc/107/uid_map").write_text("0 200000 65536\n")
    (folder / "proc/108/uid_map").write_text("0 200000 65536\n")
    (folder / "proc/103/uid_map").unlink()
    root.deny(2, *pids.values())
    entries = root.listed()
    wanted = {"a user's": True, "a user's, not read": None, "root's": False, "root's, with users of its own": False, "nobody's": None}
    point(name, [f"{what}: {entry_of(pid, entries)['rootless']}" for what, pid in pids.items() if entry_of(pid, entries)["rootless"] != wanted[what]])
    shown = plimsoll("containers", "--root", root.path).text
    point("the table says what is not known of it", [] if shown.count("rootless: unknown") == 2 and shown.count("rootless ") == 1 else [shown])


def check_capabilities(name, folder):
    """Over whom they are is not known; none are none over anybody."""
    root = Root(folder)
    more = root.add(101, conmon(root, 100, "more"), **OWN_ROOT, root=101, caps=ALL)
    none = root.add(103, conmon(root, 102, "none"), own={**CONTAINER, "mnt": 11}, inner=1, root=103)
    root.deny(2, more, none)
    entries = root.listed()
    shown = plimsoll("containers", "--root", root.path).text
    row = next((line for line in shown.splitlines() if line.startswith("more ")), "")
    point(name, [f"{pid}: {got}" for pid, wanted in ((more, None), (none, [])) if (got := entry_of(pid, entries)["extra_capabilities"]) != wanted] +
          ([row] if "+" in row or row.count("?") != 2 else []))


def check_verdicts(name, folder):
    """Where the namespace that would excuse it was not seen nothing is held against the container, and nothing is passed."""
    root = Root(folder)
    group = f"/libpod_parent/libpod-{ID}"
    mine = root.add(101, 1, **OWN_ROOT, root=101, caps=ALL, cgroup=group)
    other = root.add(103, 1, own={**CONTAINER, "mnt": 11}, inner=1, root=103)
    for pid, part, branch in ((mine, "sys/net", group), (other, "sys/vm", "/")):
        with open(folder / f"proc/{pid}/mountinfo", "a", encoding="ascii") as mounts:
            mounts.write(f"90 {pid} 0:50 / /proc rw - proc proc rw\n91 90 0:50 /sys /proc/sys ro - proc proc rw\n"
                         f"92 91 0:50 /{part} /proc/{part} rw - proc proc rw\n93 {pid} 0:51 {branch} /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n")
    for place in ("run", "proc/sys/net", "proc/sys/vm"):
        (folder / place).mkdir(parents=True)
    captures.link(folder / "run/crun", "errno:EACCES")
    root.deny(2, mine, other)
    wanted = {mine: {"cap.escape": "unknown", "cgroup-writable": "unknown", "proc-sys-writable": "unknown", "identified": "pass"},
              other: {"cap.escape": "unknown", "cgroup-writable": "fail", "proc-sys-writable": "fail", "identified": "unknown",
                      "runtime.version": "unknown"}}
    findings = []
    for pid, rules in wanted.items():
        got = root.judged(pid)
        findings += [f"{pid}: {rule}: {got[rule]['result']}: {got[rule]['reason']}" for rule, result in rules.items() if got[rule]["result"] != result]
    point(name, findings)


CAPTURED = {   # the members of the entry that each is in, by their names; its kind and name
    "hard": (["hard"], "container", "hard"), "his": (["his", "session"], "container", None), "m3": (["m3"], "container", "m3"),
    "l2": (["l2"], "container", "l2"), "rl": (["rl"], "container", "rl-slirp"), "bwrap-init": (["bwrap-init"], "sandbox", None),
}


def check_captured(name, folder):
    """Processes that an ordinary user really saw so."""
    pids = {path.stem: captures.add_process(folder, path) for path in sorted((DATA / "captures-user").glob("*.txt"))}
    entries = listed("--root", folder)
    findings = wrong(entries, {pids[what]: sorted(pids[m] for m in CAPTURED[what][0]) if what in CAPTURED else None
                               for what in pids if what != "session"})
    for what, (_, kind, called) in CAPTURED.items():
        entry = entry_of(pids[what], entries) or {"kind": None, "name": None, "parent": None, "rootless": None}
        findings += [f"{what}: {entry[key]}" for key, wanted in (("kind", kind), ("name", called), ("parent", None), ("rootless", what == "rl"))
                     if entry[key] != wanted]
    point(name, findings)


# ---- a rootless engine's own ----

USERS = {"mnt": 1, "user": 6}
SLIRP = {"mnt": 2, "user": 6}


def check_helpers(name, folder):
    root = Root(folder)
    pause = root.add(100, 1, uid=1000, name="podman pause", own=USERS, exe="/usr/bin/podman", mount=100)
    monitor = root.add(101, 1, uid=1000, name="conmon", words=("conmon", "-c", ID, "-n", "web"), own=USERS, exe="/usr/bin/conmon", mount=100)
    port = root.add(102, monitor, uid=1000, name="exe", own=USERS, exe="/usr/libexec/podman/rootlessport", mount=100)
    slirp = root.add(103, 1, uid=1000, name="slirp4netns", own=SLIRP, root=103, exe="/usr/bin/slirp4netns")
    init = root.add(104, monitor, own={**CONTAINER, "mnt": 3, "user": 7}, inner=1, root=104, uid=1000)
    shell = root.add(105, 1, uid=1000, name="sh", own=USERS, exe="/usr/bin/dash", mount=100)
    entries = root.listed()
    point(name, is_called(entry_of(init, entries), "web") +
          wrong(entries, {pause: None, monitor: None, port: None, slirp: None, init: [init], shell: [shell]}))


def check_pretenders(name, folder):
    root = Root(folder)
    pids = [
        root.add(100, 1, uid=1000, name="podman", own=USERS, exe="/usr/bin/sleep"),
        root.add(101, 1, uid=1000, name="slirp4netns", own=SLIRP, root=101, exe="/usr/bin/sleep"),
        root.add(102, 1, uid=1000, name="podman", own={"mnt": 3, "user": 8}, root=102, exe="/usr/bin/podman"),
        root.add(103, 1, uid=1000, name="conmon", own={"mnt": 4, "pid": 5, "user": 9}, inner=1, exe="/usr/bin/conmon"),
        root.add(104, 1, uid=1000, name="podmanx", own={"mnt": 6, "user": 10}, exe="/usr/bin/podmanx"),
    ]
    point(name, wrong(root.listed(), {pid: [pid] for pid in pids}))


def check_services(name, folder):
    root = Root(folder)
    manager = "/user.slice/user-1000.slice/user@1000.service"
    pids = {path: root.add(100 + i, 1, own={"mnt": 1 + i}, cgroup=path) for i, path in enumerate((
        "/system.slice/systemd-udevd.service/udev", f"{manager}/app.slice/x.service/sub", "/system.slice/x.service", manager,
        f"{manager}/app.slice/app-x.scope", "/system.slice/x.service/y.scope", f"{manager}/x"))}
    found = {path: members(pid, root.listed()) is not None for path, pid in pids.items()}
    point(name, [f"{path}: {'found' if got else 'not found'}" for i, (path, got) in enumerate(found.items()) if got != (i >= 4)])


# ---- live ----

def as_user(user):
    return ("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups")


def check_live_user(name, l):
    """Root's container that runs as the first ordinary user's number, and what that one is told."""
    user = live.ordinary_user()
    full, pid = l.start_podman("his", "--user", str(user))
    shutil.copy(PLIMSOLL, l.path / "plimsoll")
    shutil.copytree(TOP / "benchmarks", l.path / "benchmarks")
    for path in (l.path, l.path / "plimsoll", l.path / "benchmarks", *(l.path / "benchmarks").iterdir()):
        path.chmod(0o755)
    run = subprocess.run([*as_user(user), str(l.path / "plimsoll"), "containers", "--all", "-f", "json"], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, check=False)
    if run.returncode:
        raise Cannot(f"the program cannot be run as another user: {run.stderr.decode()[-100:]}")
    if not pathlib.Path(f"/proc/{pid}/ns").exists():
        raise Cannot("the container ended by itself")
    entry = entry_of(pid, json.loads(run.stdout)["containers"])
    point(name, is_called(entry, full) + ([f"a {entry['kind']}"] if entry and entry["kind"] != "container" else []) +
          ([f"rootless: {entry['rootless']}"] if entry and entry["rootless"] is not False else []))


def check_live_pretender(name, l):
    """A program of an ordinary user's that is called as an engine's, and one that is root's."""
    user = live.ordinary_user()
    entries = {}
    for owner in (user, 0):
        program = l.path / str(owner) / "podman"
        program.parent.mkdir()
        shutil.copy(shutil.which("sleep"), program)
        os.chown(program, owner, owner)
        parent = l.spawn(*as_user(user), "unshare", "-U", "-r", "-m", program, "1000")
        live.wait_for(lambda p=parent: live.comm(p) == "podman")
        entries[owner] = parent
    found = listed()
    point(name, wrong(found, {entries[user]: [entries[user]], entries[0]: None}))


def attempt(title, check):
    try:
        with Live() as machine:
            check(title, machine)
    except Cannot as why:
        skip(title, str(why))


with Scratch() as top:
    for number, (sentence, made_up) in enumerate((
            ("a container whose processes have his number is one", check_own),
            ("what has the host's root directory is told apart", check_apart),
            ("what was captured as an ordinary user saw it is found as it was", check_captured),
            ("where what would excuse it is not seen the verdict is unknown", check_verdicts),
            ("a part of a container is its, where namespaces are not seen", check_inner),
            ("whether a container is rootless is told where it is known", check_rootless),
            ("capabilities are not counted where it is not known over whom", check_capabilities),
            ("a rootless engine's own programs are none, and what runs beside them is", check_helpers),
            ("what only calls itself an engine's is found", check_pretenders),
            ("what a service of the host moved further down is the service's", check_services))):
        made_up(sentence, pathlib.Path(top) / str(number))
attempt("live: an ordinary user finds the container that runs by his number", check_live_user)
attempt("live: a program that is called podman is a sandbox, and root's is not", check_live_pretender)
done()
