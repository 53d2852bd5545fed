#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Live: what an ordinary user says of his sandboxes, by state files, bundles and a monitor of his own, and what a container says that wants to be
another or none at all. tests/containers-identity.t asks the same of made-up processes.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import live
from live import Cannot, Live
from roster import AUDIT, PATIENCE, entry_of, is_called, judged, listed, not_believed
from tap import SANITIZED, SLOWER, done, plimsoll, point, skip


ID = "e" * 64


# ---- an ordinary user ----

PARENT = """
import ctypes, os, time
libc = ctypes.CDLL(None, use_errno=True)
assert libc.unshare(0x30000000) == 0, os.strerror(ctypes.get_errno())
if os.fork() == 0:
    assert libc.unshare(0x00020000) == 0
time.sleep(1000)
"""


def start_monitored(l, *words):
    """A program of an ordinary user that is called conmon, and what it starts: with users, mounts and processes of its own. The latter's pid."""
    program, script = l.path / "conmon", l.path / "monitor.py"
    if not program.exists():
        shutil.copy(os.path.realpath(sys.executable), program)
        script.write_text(PARENT, encoding="ascii")
    user = live.ordinary_user()
    parent = l.spawn("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", program, script, *words)
    host = os.readlink("/proc/self/ns/mnt")
    return live.wait_for(lambda: next((p for p in live.children(parent) if os.readlink(f"/proc/{p}/ns/mnt") != host), None))


def start_of_user(l):
    user = live.ordinary_user()
    parent = l.spawn("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "unshare", "-U", "-r", "-m", "-p", "--fork", "sleep", "1000")
    return live.wait_for(lambda: live.descendant(parent, "sleep"))


def runtime_directory(l):
    """/run/user/UID/runc, made for the test."""
    place = pathlib.Path(f"/run/user/{live.ordinary_user()}")
    if (place / "runc").exists():
        raise Cannot(f"{place}/runc is there already")
    made = place if not place.exists() else place / "runc"
    l.undo.append(lambda: shutil.rmtree(made))
    (place / "runc").mkdir(parents=True)
    give(made)
    return place / "runc"


def give(path):
    for at in (path, *path.rglob("*")):
        os.chown(at, live.ordinary_user(), live.ordinary_user(), follow_symlinks=False)


def start_time(pid):
    return int(pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[19])


def put_state(l, place, name, pid, bundle=None):
    """As runc would leave it; the bundle allows every system call."""
    bundle = bundle or l.path / f"bundle-{name}"
    bundle.mkdir(exist_ok=True)
    (bundle / "config.json").write_text(json.dumps({"ociVersion": "1.0.0", "process": {}, "linux": {
        "seccomp": {"defaultAction": "SCMP_ACT_ALLOW"}}}), encoding="ascii")
    (place / name).mkdir()
    (place / name / "state.json").write_text(json.dumps({
        "id": name, "init_process_pid": pid, "init_process_start": start_time(pid), "config": {"labels": [f"bundle={bundle}"]}}), encoding="ascii")
    give(place / name)
    give(bundle)
    return bundle


def check_user_states(name, l):
    """His file names his own sandbox, and nobody else's; a link in its place is not followed."""
    place, pids = runtime_directory(l), {}
    parent = l.spawn("unshare", "-m", "-p", "-i", "-u", "-n", "--fork", "sleep", "1000")
    pids["roots"] = live.wait_for(lambda: live.descendant(parent, "sleep"))
    pids["mine"], pids["linked"], pids["given"] = (start_of_user(l) for _ in range(3))
    for what, pid in pids.items():
        put_state(l, place, what, pid)
    real = place / "linked/state.json"
    real.rename(place / "linked/other")
    real.symlink_to("other")
    os.chown(place / "given/state.json", 0, 0)
    entries = listed()
    wanted = {"roots": f"pid-{pids['roots']}", "mine": "mine", "linked": f"pid-{pids['linked']}", "given": f"pid-{pids['given']}"}
    point(name, [f"{what}: called {(entry_of(pids[what], entries) or {}).get('id')}" for what, ident in wanted.items()
                 if (entry_of(pids[what], entries) or {}).get("id") != ident])
    got = judged(pids["mine"])
    point("what he says of his own is read, and is a claim", [f"{rule}: {got[rule]['result']}: {got[rule]['reason']}" for rule in (
        "identified", "seccomp.allow-all") if got[rule]["result"] != "fail"])


def spend(*arguments):
    """Seconds and MiB of a run."""
    begun = time.monotonic()
    code = ("import resource, subprocess, sys; r = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL);"
            "print(r.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)")
    run = plimsoll(*arguments, wrapper=(sys.executable, "-c", code), timeout=PATIENCE)
    status, size = map(int, run.text.split() or (-1, 0))
    return status, time.monotonic() - begun, size


def check_exhaustion(name, l):
    """Thousands of states, as large as they may be and as hard to parse, and larger ones."""
    place = runtime_directory(l)
    put_state(l, place, "mine", start_of_user(l))
    bombs = [b"[" * (1 << 20), b"[" + b"{}," * (340 << 10) + b"1]", b'{"init_process_pid": 1, "x": "' + b"y" * (1 << 19) + b'"}']
    for i in range(3000):
        (place / f"s{i}").mkdir()
        with open(place / f"s{i}/state.json", "wb") as stream:
            if i < 150:
                stream.truncate(8 << 20)
            elif i < 350:
                stream.write(bombs[i % 3])
            else:
                stream.write(b"{}")
    give(place)
    status, seconds, size = spend("containers", "--all")
    print(f"# {seconds:.1f} s, {size} MiB")
    point(name, ([] if status == 0 else [f"status {status}"]) + ([f"{seconds:.1f} s"] if seconds > 5 * SLOWER else []) +
          ([f"{size} MiB"] if size > 150 and not SANITIZED else []))


SILENT = """
import ctypes, os, sys, time
libc = ctypes.CDLL(None, use_errno=True)
assert libc.unshare(0x00020000) == 0 and libc.mount(None, b'/', None, 0x44000, None) == 0
fd = os.open('/dev/fuse', os.O_RDWR)
said = f'fd={fd},rootmode=40000,user_id=0,group_id=0,allow_other'.encode()
if libc.mount(b'fuse', sys.argv[1].encode(), b'fuse.silent', 0, said) != 0: raise SystemExit(os.strerror(ctypes.get_errno()))
print(os.getpid(), flush=True)
time.sleep(1000)
"""


def check_silent_bundle(name, l):
    """His bundle lies on a file system whose server never says a word."""
    place = l.path / "silent"
    place.mkdir()
    server = subprocess.Popen([sys.executable, "-c", SILENT, str(place)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    l.undo.append(lambda: (server.kill(), server.wait(10)))
    if not server.stdout.readline().strip():
        raise Cannot("a FUSE file system cannot be mounted here")
    pid = start_monitored(l, "-c", ID, "-n", "silent", "-b", str(place / "bundle"))
    run = plimsoll(*AUDIT, wrapper=("nsenter", "-t", str(server.pid), "-m"), timeout=20 * SLOWER)
    subject = next((s for s in json.loads(run.text or "{}").get("subjects", ()) if s["pid"] == pid), None)
    got = {r["rule"].removeprefix("container."): r for r in subject["results"]} if subject else None
    point(name, [f"{run}"] if not got else [f"{rule}: {got[rule]['result']}: {got[rule]['reason']}" for rule, wanted in (
        ("seccomp.allow-all", "unknown"), ("identified", "fail")) if got[rule]["result"] != wanted])


def check_bundle_of_root(name, l):
    """A user's monitor names the bundle of root's container, with its id, and one that is another user's by a link."""
    full, _pid = l.start_podman("victim")
    ident = l.podman("inspect", "--format", "{{.Id}}", full)
    bundle = f"/var/lib/containers/storage/overlay-containers/{ident}/userdata"
    if not pathlib.Path(bundle, "config.json").exists():
        raise Cannot("podman keeps its bundles elsewhere")
    link = l.path / "link"
    link.symlink_to(bundle)
    pids = [start_monitored(l, "-c", ID, "-n", "liar", "-b", where) for where in (bundle, link)]
    entries, findings = listed(), []
    for pid in pids:
        entry, got = entry_of(pid, entries), judged(pid)
        findings += [f"image {entry['image']}"] if entry["image"] else []
        findings += [f"{rule}: {got[rule]['result']}: {got[rule]['reason']}" for rule, wanted in (
            ("seccomp.allow-all", "unknown"), ("identified", "fail")) if got[rule]["result"] != wanted]
    point(name, findings)


# ---- containers ----

def check_moved(name, l):
    """A privileged container in the host's pid namespace moves into a cgroup of its own that is called as lxc's monitor is."""
    full, pid = l.start_podman("moved", "--privileged", "--pid", "host", runtime="wrapper")
    for line in pathlib.Path(f"/proc/{pid}/cgroup").read_text(encoding="ascii").splitlines():
        _number, controllers, path = line.split(":", 2)
        folder = pathlib.Path("/sys/fs/cgroup") / {"": "unified", "name=systemd": "systemd"}.get(controllers, controllers) / path.lstrip("/")
        if not folder.is_dir():
            folder = pathlib.Path("/sys/fs/cgroup") / path.lstrip("/")
        if re.search("/libpod-", path):
            move(l, folder / "lxc.monitor.x", pid)
    entry = entry_of(pid, listed())
    point(name, is_called(entry, full) + (["it is not judged"] if not judged(pid) else []))


def move(l, group, pid):
    try:
        group.mkdir()
        l.undo.append(group.rmdir)
        for name in ("cpuset.cpus", "cpuset.mems"):
            if (group / name).exists():
                (group / name).write_text((group.parent / name).read_text(encoding="ascii"), encoding="ascii")
        (group / "cgroup.procs").write_text(str(pid), encoding="ascii")
    except OSError as why:
        raise Cannot(f"a cgroup cannot be made here: {why}") from None


def check_monitor_inside(name, l):
    """A process in a container that is called conmon and names another one's bundle."""
    victim, _pid = l.start_podman("believed")
    ident = l.podman("inspect", "--format", "{{.Id}}", victim)
    start = (f"exec unshare -p -f sh -c 'printf conmon > /proc/self/comm; unshare -m sleep 1000 & wait' -c {'ab' * 32} -n {victim} "
             f"-b /var/lib/containers/storage/overlay-containers/{ident}/userdata")
    liar, _pid = l.start_podman("inside", "--privileged", runtime="wrapper", command=("sh", "-c", start))
    pid = live.wait_for(lambda: next((p for p in live.below(l, liar) if live.comm(p) == "sleep"), None))
    entry = entry_of(pid, listed())
    point(name, not_believed(entry, judged(pid)) + (["it has the other one's name"] if entry and entry["name"] == victim else []))


def check_entered(name, l):
    """Two sandboxes that have a pid namespace alone, and a process of the host that entered the pid namespace of a container alone."""
    _name, pid = l.start_podman("entered")
    parents = [l.spawn("unshare", "-p", *more, "--fork", "sleep", "1000") for more in ((), ("-n",))]
    entered = l.spawn("nsenter", "-t", str(pid), "-p", "sleep", "1000")
    alone = [live.wait_for(lambda p=p: live.descendant(p, "sleep")) for p in parents]
    inside = live.wait_for(lambda: live.descendant(entered, "sleep"))
    entries = listed()
    point(name, [f"{p}: {(entry_of(p, entries) or {}).get('processes')}" for p, members in (
        (pid, [pid, inside]), (alone[0], [alone[0]]), (alone[1], [alone[1]])) if (entry_of(p, entries) or {}).get("processes") != members])


def attempt(name, test, *arguments):
    try:
        test(name, *arguments)
    except Cannot as why:
        skip(name, str(why))


for title, check in (
        ("state files of a user name what is his", check_user_states),
        ("a user's state files exhaust nobody", check_exhaustion),
        ("a user's bundle that never answers stops nobody", check_silent_bundle),
        ("a user's monitor lends him no bundle of root's", check_bundle_of_root),
        ("a container that moved below a helper's name is found", check_moved),
        ("a monitor in a container is believed by nobody", check_monitor_inside),
        ("pid namespaces tell sandboxes and sessions apart", check_entered)):
    with Live() as machine:
        attempt(title, check, machine)
done()
