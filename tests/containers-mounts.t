#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real containers whose mounts are not where one expects them: a second /proc, a part of it, a directory by another of its names, an engine that
listens where it likes, mounts that only some of the processes see, and open directories that bear a harmless name."""
import json
import os
import pathlib
import sys
import time

import live
from live import Cannot, Live
from tap import SLOWER, done, plimsoll, point, skip

AUDIT = ("audit", "-b", "container", "-p", "paranoid", "-s", "containers", "-f", "json")


class Case:
    def __init__(self, name, wanted, start):
        self.name, self.wanted, self.start, self.pid = name, wanted, start, None


CASES = []


def case(name, fails="", passes=""):
    """The function starts the container and gives the pid of its first process (or name and pid)."""
    def register(start):
        CASES.append(Case(name, {**{rule: "fail" for rule in fails.split()}, **{rule: "pass" for rule in passes.split()}}, start))
        return start
    return register


def folders(l, name, *paths):
    """A root directory of its own with some more places to mount on."""
    root = l.rootfs(name)
    for path in paths:
        (root / path).mkdir(parents=True, exist_ok=True)
    return root


def inside(pid, program):
    """Python code that runs in the mount namespace of the process, as root of the host."""
    live.must(sys.executable, "-c", "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
              f"assert libc.setns(os.open('/proc/{pid}/ns/mnt', os.O_RDONLY), 0) == 0\n"
              "def mount(*a):\n    if libc.mount(*a) != 0: raise SystemExit(os.strerror(ctypes.get_errno()))\n" + program)


# ---- procfs and sysfs ----

@case("a second /proc and /sys", "proc-sys-writable proc-core-pattern proc-masked proc-readonly sys-writable escape-path")
def _(l):
    def change(config):
        config["root"]["path"] = str(folders(l, "second", "p", "s"))
        config["mounts"] += [{"destination": "/p", "type": "proc", "source": "proc", "options": []},
                             {"destination": "/s", "type": "sysfs", "source": "sysfs", "options": []}]
    return l.start_runc("second", change)


@case("a second /proc of processes alone", "", "proc-sys-writable proc-core-pattern proc-masked proc-readonly sys-writable")
def _(l):
    def change(config):
        config["root"]["path"] = str(folders(l, "subset", "p"))
        config["mounts"].append({"destination": "/p", "type": "proc", "source": "proc", "options": ["subset=pid"]})
    return l.start_runc("subset", change)


@case("nothing masked where only processes are to be seen", "", "proc-sys-writable proc-core-pattern proc-readonly")
def _(l):
    def change(config):
        next(m for m in config["mounts"] if m["destination"] == "/proc")["options"] = ["subset=pid"]
        config["linux"].update(maskedPaths=[], readonlyPaths=[])
    return l.start_runc("unmasked", change)


@case("a part of /proc", "proc-sys-writable proc-core-pattern mount.host-proc mount.host-path escape-path", "proc-masked proc-readonly")
def _(l):
    return l.start_podman("part", "-v", "/proc/sys/kernel:/k")


@case("a part of /proc that is of its own network", "", "proc-sys-writable proc-core-pattern escape-path")
def _(l):
    name, pid = l.start_podman("own")
    inside(pid, "os.makedirs('/n', exist_ok=True)\nmount(b'/proc/sys/net', b'/n', None, 4096, None)\n"
           "mount(None, b'/n', None, 4096 | 32, None)\n")
    return name, pid


@case("a mask that shows what it is to hide", "drift.masks proc-masked", "drift.read-only-paths")
def _(l):
    name, pid = l.start_podman("mask")
    inside(pid, "mount(b'proc', b'/tmp', b'proc', 0, None)\nmount(b'/tmp/keys', b'/proc/keys', None, 4096, None)\nlibc.umount2(b'/tmp', 2)\n")
    return name, pid


# ---- directories of the host ----

@case("a directory with two names", "mount.ssh mount.host-path")
def _(l):
    other = pathlib.Path(f"/q{os.getpid()}")   # the shorter of the two
    other.mkdir()
    pathlib.Path("/root/.ssh").mkdir(exist_ok=True)
    live.must("mount", "--bind", "/root/.ssh", other)
    l.undo.append(lambda: (live.run("umount", other), other.rmdir()))
    return l.start_podman("names", "-v", "/root/.ssh:/k")


@case("a directory in no usual place", "mount.host-path mount.host-path-writable", "mount.host-root mount.sensitive")
def _(l):
    odd = pathlib.Path(f"/plimsoll-odd-{os.getpid()}")
    odd.mkdir()
    l.undo.append(odd.rmdir)
    return l.start_podman("odd", "-v", f"{odd}:/k")


def listen(l, path, name):
    """A process of that name listens there: what it is made of nobody asks."""
    path.parent.mkdir(exist_ok=True)
    l.spawn(sys.executable, "-c", "import socket, time\n"
            f"open('/proc/self/comm', 'w').write('{name}')\ns = socket.socket(socket.AF_UNIX)\ns.bind('{path}')\ns.listen()\ntime.sleep(1000)\n")
    live.wait_for(path.exists)
    live.wait_for(lambda: f" {path}\n" in pathlib.Path("/proc/net/unix").read_text(encoding="utf-8"))


@case("the socket of an engine by a name of its own", "mount.engine-socket escape-path")
def _(l):
    listen(l, l.path / "eng/api", "dockerd")
    return l.start_podman("socket", "-v", f"{l.path}/eng/api:/run/x")


@case("a directory with the socket of an engine", "mount.engine-socket escape-path")
def _(l):
    listen(l, l.path / "dir/api", "containerd")
    return l.start_podman("socketdir", "-v", f"{l.path}/dir:/d:ro")


@case("a directory where something listens by an engine's name", "mount.engine-socket escape-path")
def _(l):
    listen(l, l.path / "named/docker.sock", "something")
    return l.start_podman("socketname", "-v", f"{l.path}/named:/d")


@case("the socket of something else", "mount.host-path", "mount.engine-socket escape-path")
def _(l):
    listen(l, l.path / "other/api", "nginx")
    return l.start_podman("othersocket", "-v", f"{l.path}/other:/d:ro")


# ---- control groups ----

def cgroup_v1():
    top = pathlib.Path("/sys/fs/cgroup/memory")
    if not (top / "release_agent").exists():
        raise Cannot("this machine has no control groups of version 1")
    return top


@case("the top of a hierarchy of control groups", "cgroup-writable mount.cgroup mount.host-path")
def _(l):
    return l.start_podman("cgrouptop", "--cgroupns", "private", "-v", f"{cgroup_v1()}:/c")


@case("the control group of somebody else", "cgroup-writable mount.cgroup mount.host-path")
def _(l):
    group = cgroup_v1() / f"plimsoll-{os.getpid()}"
    group.mkdir()
    l.undo.append(group.rmdir)
    return l.start_podman("cgroupother", "--cgroupns", "private", "-v", f"{group}:/c")


# ---- what only some of its processes see ----

@case("another process has its own mounts", "", "host-cwd host-fd mount.kernel-filesystems")
def _(l):
    return l.start_podman("inner", "--privileged", runtime="wrapper", command=(
        "sh", "-c", "unshare -m sh -c 'exec sleep 1000 3</etc 4</tmp' & exec sleep 1000"))


@case("another process has mounted what the first one does not see", "mount.kernel-filesystems")
def _(l):
    name, pid = l.start_podman("innermounts", "--privileged", runtime="wrapper", command=(
        "sh", "-c", "unshare -m sh -c 'mkdir /d; /bin/busybox mount -t debugfs d /d; exec sleep 1000' & exec sleep 1000"))
    live.wait_for(lambda: any(" /d " in pathlib.Path(f"/proc/{p}/mountinfo").read_text(encoding="utf-8") for p in live.below(l, name)))
    return name, pid


# ---- open directories ----

@case("a directory with the name of shared memory", "host-fd escape-path")
def _(l):
    shared = pathlib.Path(f"/dev/shm/plimsoll-{os.getpid()}")
    shared.mkdir()
    l.undo.append(shared.rmdir)
    return l.start_runc("shm", descriptor=str(shared))


# ---- judging ----

def seconds_of(name):
    begun = time.monotonic()
    run = plimsoll(*AUDIT[:-4], "-s", name, "-f", "json", timeout=60 * SLOWER)
    spent = time.monotonic() - begun
    return spent, {r["rule"].removeprefix("container."): r["result"] for s in json.loads(run.text)["subjects"] for r in s["results"]}


def check_stacked(l):
    """8,000 mounts on one point: the kernel needs less than a second to list them, and nobody needs longer to look at them."""
    name = "8,000 stacked mounts are looked at in their time"
    try:
        full, pid = l.start_runc("stacked")
        plain = min(seconds_of(full)[0] for _ in range(3))
        inside(pid, "for i in range(8000):\n    mount(b'none', b'/proc', b'tmpfs', 0, b'size=4k')\n")
    except Cannot as why:
        skip(name, str(why))
        return
    begun = time.monotonic()
    pathlib.Path(f"/proc/{pid}/mountinfo").read_bytes()
    listing = time.monotonic() - begun
    spent, got = min((seconds_of(full) for _ in range(3)), key=lambda one: one[0])
    print(f"# {listing:.2f} s to list them; an audit takes {spent:.2f} s, and {plain:.2f} s without them")
    point(name, ([f"{spent:.1f} s, and {plain:.1f} s without them"] if spent > plain + listing * 2 + SLOWER else []) +
          [f"{rule}: {got[rule]}" for rule in ("proc-masked", "mount.host-root") if got[rule] not in ("pass", "unknown")])


def check_case(c, subjects):
    got = subjects.get(c.pid)
    if not got:
        return ["it is not judged"]
    return [f"{rule}: {got[rule]['result']} ({got[rule]['reason']}), wanted {wanted}" for rule, wanted in c.wanted.items()
            if got[rule]["result"] != wanted]


def main():
    with Live() as machine:
        for c in CASES:
            try:
                got = c.start(machine)
                c.pid = got[1] if isinstance(got, tuple) else got
            except Cannot as why:
                skip(c.name, str(why))
        started = [c for c in CASES if c.pid]
        if started:
            run = plimsoll(*AUDIT, timeout=60 * SLOWER)
            subjects = {s["pid"]: {r["rule"].removeprefix("container."): r for r in s["results"]} for s in json.loads(run.text)["subjects"]}
            for c in started:
                point(c.name, check_case(c, subjects))
        check_stacked(machine)
    done()


main()
