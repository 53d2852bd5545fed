# SPDX-License-Identifier: Apache-2.0
"""Roots made of captured processes: what `plimsoll --root` reads in place of a live /proc.

A capture is a text file: "@@ NAME" starts the text of /proc/PID/NAME, "@errno WHY" stands for a failed read, "@link NAME ->
TARGET" for a readlink, "@stat root dev:ino DEV:INO" for the stat of /proc/PID/root. In a root, a failed read is a symbolic link to
"errno:NAME", a link is a symbolic link with the very text, and the stat is a file root.stat.
"""
import os
import pathlib
import re

from tap import DATA

CAPTURES = DATA / "captures"
ERRNO = {"Invalid argument": "EINVAL", "Permission denied": "EACCES", "No such process": "ESRCH", "Operation not permitted": "EPERM"}
NO_SOCKETS = "Num       RefCount Protocol Flags    Type St Inode Path\n"   # net/unix where nothing listens
ONE_ARGUMENT = "[lxc monitor]"   # a title that the process wrote over its arguments


def parse(path):
    """The files (name -> bytes, or a str with the errno's name), links and root's stat of one capture."""
    files, links, stat, name, body = {}, {}, None, None, []

    def finish():
        if name:
            files[name] = content(name, b"".join(body))

    for line in path.read_bytes().splitlines(keepends=True):
        if line.startswith(b"@@ "):
            finish()
            name, body = line[3:].decode().strip(), []
        elif line.startswith(b"@link "):
            finish()
            name = None
            link, target = line[6:].decode("utf-8", "surrogateescape").rstrip("\n").split(" -> ", 1)
            links[link] = target
        elif line.startswith(b"@stat root "):
            finish()
            name, stat = None, line.split()[-1].decode()
        elif name:
            body.append(line)
    finish()
    return files, links, stat


def content(name, body):
    """As the kernel gave it: the capture put a line break behind what had none, and spaces for the NULs of cmdline."""
    if body.startswith(b"@errno "):
        return ERRNO[body[7:].decode().strip()]
    if name == "cmdline":
        words = body.rstrip(b"\n").rstrip(b" ")
        return words + b"\0" if words.startswith(ONE_ARGUMENT.encode()) else words.replace(b" ", b"\0") + b"\0" if words else b""
    return re.sub(rb"\n\n$", b"\n", body)


def put(path, data):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8", "surrogateescape"))


def link(path, target):
    path.parent.mkdir(parents=True, exist_ok=True)
    os.symlink(target, path)


def replace(path, target):
    """By a link: a failed read."""
    path.unlink()
    link(path, target)


def add_process(root, capture, comm=None, descriptors=None):
    """Of another name, and with some of its descriptors, where these are given."""
    files, links, stat = parse(capture)
    links.update({f"fd/{number}": target for number, target in (descriptors or {}).items()})
    if comm:
        files["stat"] = re.sub(rb"\(.*\)", f"({comm})".encode(), files["stat"])
    pid = re.search(rb"^Pid:\t(\d+)", files["status"], re.M).group(1).decode()
    proc = pathlib.Path(root) / "proc" / pid
    for name, text in files.items():
        if isinstance(text, str):
            link(proc / name, f"errno:{text}")
        else:
            put(proc / name, text)
    for name, target in links.items():
        if not target:
            continue   # a kernel thread has no program
        link(proc / name, target)
    if stat:
        put(proc / "root.stat", stat + "\n")
    return int(pid)


def add_host(root, mountinfo):
    root = pathlib.Path(root)
    put(root / "proc/1/mountinfo", mountinfo)
    put(root / "proc/self/mountinfo", mountinfo)
    put(root / "proc/sys/kernel/osrelease", "6.18.0\n")
    put(root / "proc/sys/kernel/cap_last_cap", "40\n")
    put(root / "proc/sys/kernel/hostname", "captured\n")


STATE = {   # where the runtimes keep what was captured
    "podman-default.config.json":
        "var/lib/containers/storage/overlay-containers/{podman-default}/userdata/config.json",
    "podman-priv.config.json": "var/lib/containers/storage/overlay-containers/{podman-priv}/userdata/config.json",
    "podman-containers.json": "var/lib/containers/storage/overlay-containers/containers.json",
    "podman-default.runc-state.trimmed.json": "run/runc/{podman-default}/state.json",
    "runc-plain.state.json": "run/runc/cl-runc/state.json",
    "runc-plain.config.json": "opt/cl/runcb/config.json",
    "crun-nocgroup.status.json": "run/crun/cl-crun2/status",
    "crun-cgroup2.status.json": "run/crun/cl-crun3/status",
    "ctr.config.json": "run/containerd/io.containerd.runtime.v2.task/default/cl-ctr/config.json",
    "ctr.runc-state.json": "run/containerd/runc/default/cl-ctr/state.json",
    "lxc.config": "var/lib/lxc/cl-lxc/config",
}


def add_state(root):
    def id_of(match):
        cgroup = parse(CAPTURES / f"{match.group(1)}.txt")[0]["cgroup"].decode()
        return re.search(r"libpod-([0-9a-f]{64})", cgroup).group(1)

    for name, place in STATE.items():
        put(pathlib.Path(root) / re.sub(r"\{(.*?)\}", id_of, place), (CAPTURES / "oci" / name).read_bytes())


def build(root):
    """All captures in one root. Returns pid by name of the capture."""
    add_host(root, parse(CAPTURES / "host-self.txt")[0]["mountinfo"])
    add_state(root)
    return {capture.stem: add_process(root, capture) for capture in sorted(CAPTURES.glob("*.txt"))}
