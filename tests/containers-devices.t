#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a container can do with the devices of the host, shown on real ones: a node is found wherever it is, and a device policy is judged by what it
lets be opened, in version 1 of control groups by its rules and in version 2 by following its programs.
"""
import ctypes
import json
import os
import pathlib
import struct

import live
from live import Cannot, Live
from tap import SLOWER, done, plimsoll, point, skip

PARANOID = ("audit", "-b", "container", "-p", "paranoid", "-s", "containers", "-s", "sandboxes", "-f", "json")

CASES = []


def case(name, fails="", passes="", unknown="", says=""):
    """`says` is a part of the evidence of what fails."""
    def register(start):
        CASES.append((name, {"fail": fails.split(), "pass": passes.split(), "unknown": unknown.split()}, says, start))
        return start
    return register


def disk():
    """A disk of this machine that is of some size, with its node: path, major and minor number."""
    for line in pathlib.Path("/proc/partitions").read_text(encoding="ascii").splitlines()[2:]:
        node = pathlib.Path("/dev") / line.split()[3]
        if node.is_block_device():
            number = node.stat().st_rdev
            return str(node), os.major(number), os.minor(number)
    raise Cannot("this machine has no disk")


def allow(config, *rules):
    """What the runtime allows beyond its own rules."""
    config["linux"].setdefault("resources", {}).setdefault("devices", [{"allow": False, "access": "rwm"}])
    for kind, major, minor, access in rules:
        rule = {"allow": True, "type": kind, "access": access}
        rule.update({name: number for name, number in (("major", major), ("minor", minor)) if number is not None})
        config["linux"]["resources"]["devices"].append(rule)


ALL = "device-nodes block-devices device-policy escape-path"


# ---- nodes ----

@case("a disk that was handed in", ALL + " cap.mknod", "privileged", says="→ may open the disk")
def _(l):
    return l.start_podman("disk", "--device", disk()[0])[1]


@case("a disk outside /dev", ALL, "privileged", says="has the disk /opt/d, block")
def _(l):
    return l.start_podman("outside", "--device", f"{disk()[0]}:/opt/d")[1]


@case("a disk with a name that begins with a dot", ALL, "privileged", says="has the disk /dev/.d, block")
def _(l):
    return l.start_podman("dot", "--device", f"{disk()[0]}:/dev/.d")[1]


@case("a disk outside /dev, behind a node that is none", ALL, says="has the disk /opt/d, block")
def _(l):
    return l.start_podman("behind", "--device", "/dev/kmsg", "--device", f"{disk()[0]}:/opt/d")[1]


@case("a disk's node in a volume", ALL, says="has the disk /v/deep/er/d, block")
def _(l):
    _node, major, minor = disk()
    volume = l.path / "volume"
    volume.mkdir()
    live.must("mount", "-t", "tmpfs", "-o", "dev", "tmpfs", volume)
    l.undo.append(lambda: live.run("umount", "-l", volume))
    (volume / "deep/er").mkdir(parents=True)
    os.mknod(volume / "deep/er/d", 0o60600, os.makedev(major, minor))

    def change(config):
        config["mounts"].append({"destination": "/v", "type": "bind", "source": str(volume), "options": ["rbind"]})
        allow(config, ("b", major, minor, "r"))
    return l.start_runc("volume", change)[1]


@case("a disk's node that is bound to a path", ALL, says="has the disk /opt/d, block")
def _(l):
    node, major, minor = disk()

    def change(config):
        config["mounts"].append({"destination": "/opt/d", "type": "bind", "source": node, "options": ["bind"]})
        config["root"]["readonly"] = False
        config["root"]["path"] = str(l.rootfs("bound"))
        allow(config, ("b", major, minor, "rw"))
    return l.start_runc("bound", change)[1]


@case("a disk behind a flood of other nodes", "block-devices escape-path device-nodes", "cap.mknod", says="→ may open the disk")
def _(l):
    pid = l.start_podman("flood", "--cap-drop", "MKNOD", "--device", disk()[0])[1]
    for n in range(600):
        os.mknod(f"/proc/{pid}/root/dev/{n:03d}", 0o20600, os.makedev(200, n))
    return pid


@case("a disk's node that the policy keeps shut", "device-nodes", "block-devices device-policy cap.mknod escape-path")
def _(l):
    node = disk()[0]
    return l.start_runc("shut", lambda config: config["mounts"].append(
        {"destination": "/dev/d", "type": "bind", "source": node, "options": ["bind"]}))[1]


@case("a node that holds no disk", "device-nodes", "block-devices device-policy cap.mknod escape-path")
def _(l):
    return l.start_podman("kmsg", "--device", "/dev/kmsg")[1]


# ---- rules ----

@case("a rule for all disks", "block-devices device-policy cap.mknod escape-path", "device-nodes privileged", says="holds CAP_MKNOD → may make and open the disk")
def _(l):
    return l.start_podman("rule", "--device-cgroup-rule", "b *:* rwm")[1]


@case("a rule for all disks, for one who can make no node", "device-policy", "device-nodes block-devices cap.mknod escape-path", says="b *:* rwm")
def _(l):
    return l.start_podman("nomknod", "--cap-drop", "MKNOD", "--device-cgroup-rule", "b *:* rwm")[1]


@case("a rule for a disk that is not there", "device-policy cap.mknod", "device-nodes escape-path", says="b 4000:1 rwm")
def _(l):
    return l.start_podman("nodisk", "--device-cgroup-rule", "b 4000:1 rwm")[1]


@case("a rule for memory", "device-policy", "escape-path", says="c 1:1 rw")
def _(l):
    return l.start_podman("memory", "--device-cgroup-rule", "c 1:1 rw")[1]


@case("a rule for all character devices", "device-policy", "escape-path", says="c *:* rwm")
def _(l):
    return l.start_podman("characters", "--device-cgroup-rule", "c *:* rwm")[1]


@case("making nodes without opening them", "", "device-policy cap.mknod device-nodes block-devices escape-path")
def _(l):
    return l.start_podman("making", "--cap-add", "MKNOD")[1]


# ---- programs ----

# struct bpf_insn: code, registers (destination in the lower half), offset, number
def instruction(code, to=0, of=0, skip_=0, number=0):
    return struct.pack("<BBhi", code, of << 4 | to, skip_, number)


def load(to, at):
    return instruction(0x61, to, 1, at)


def unless(register, number, skip_):
    return instruction(0x55, register, 0, skip_, number)


def end(answer):
    return instruction(0xb7, 0, 0, 0, answer) + instruction(0x95)


START = load(2, 0) + instruction(0x54, 2, 0, 0, 0xffff) + load(4, 4) + load(5, 8)
BLOCK, CHARACTER = 1, 2
NULL_ALONE = START + unless(2, CHARACTER, 4) + unless(4, 1, 3) + unless(5, 3, 2) + end(1) + end(0)


def one_major(major):
    return START + unless(2, BLOCK, 3) + unless(4, major, 2) + end(1) + end(0)


def below(major):
    """By a comparison that is not followed."""
    return START + instruction(0x25, 4, 0, 2, major) + end(1) + end(0)


def bpf(command, attributes):
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(attributes.ljust(128, b"\0"), 128)
    got = libc.syscall(321 if os.uname().machine == "x86_64" else 280, command, buffer, 128)
    if got < 0:
        raise Cannot(f"bpf: {os.strerror(ctypes.get_errno())}")
    return got


def attach(group, code):
    """BPF_PROG_LOAD and BPF_PROG_ATTACH of a program of type cgroup_device, for all that is in the group."""
    if struct.pack("=H", 1) != struct.pack("<H", 1) or os.uname().machine not in ("x86_64", "aarch64"):
        raise Cannot("the number of the call is not known here")
    text, licence = ctypes.create_string_buffer(code, len(code)), ctypes.create_string_buffer(b"GPL")
    program = bpf(5, struct.pack("<IIQQ", 15, len(code) // 8, ctypes.addressof(text), ctypes.addressof(licence)))
    directory = os.open(group, os.O_RDONLY | os.O_DIRECTORY)
    try:
        bpf(8, struct.pack("<IIII", directory, program, 6, 2))
    finally:
        os.close(directory)
        os.close(program)


def unified(pid):
    """Its control group of version 2."""
    path = next(line[3:] for line in pathlib.Path(f"/proc/{pid}/cgroup").read_text(encoding="ascii").splitlines() if line.startswith("0::"))
    for top in ("/sys/fs/cgroup/unified", "/sys/fs/cgroup"):
        if pathlib.Path(top, "cgroup.controllers").exists() and path != "/":
            return f"{top}{path}"
    raise Cannot("it has no control group of version 2 of its own")


def open_container(l, name, code):
    """Privileged, but for a program."""
    pid = l.start_podman(name, "--privileged", runtime="wrapper")[1]
    attach(unified(pid), code)
    return pid


@case("a program that keeps all but one device shut", "device-nodes privileged", "device-policy cap.mknod block-devices")
def _(l):
    return open_container(l, "program", NULL_ALONE)


@case("a program that opens the disks of one driver", ALL + " cap.mknod", says="b {major}:* rwm")
def _(l):
    return open_container(l, "driver", one_major(disk()[1]))


@case("a program that opens a driver without disks", "device-policy", says="b 4000:* rwm")
def _(l):
    return open_container(l, "nodriver", one_major(4000))


@case("a program that is not followed, and a bundle that asks for everything", "device-policy cap.mknod", says="open")
def _(l):
    pid = l.start_runc("unfollowed", lambda config: allow(config, (None, None, None, "rwm")) or config["process"]["capabilities"]["bounding"].append("CAP_MKNOD"))[1]
    attach(unified(pid), below(8))
    return pid


@case("a program that is not followed, and no bundle", unknown="device-policy")
def _(l):
    parent = l.spawn("unshare", "-m", "-u", "-i", "-n", "-p", "--fork", "--root", l.rootfs("unbundled"), "/bin/sleep", "1000")
    pid = live.wait_for(lambda: live.descendant(parent, "sleep"))
    top = next((t for t in ("/sys/fs/cgroup/unified", "/sys/fs/cgroup") if pathlib.Path(t, "cgroup.controllers").exists()), None)
    if not top:
        raise Cannot("control groups of version 2 are not mounted")
    group = pathlib.Path(top, f"plimsoll-devices-{os.getpid()}")
    group.mkdir()
    l.undo.insert(0, lambda: live.wait_for(lambda: removed(group), 5))
    for process in (parent, pid):   # unshare itself is in the new namespace of mounts, too
        (group / "cgroup.procs").write_text(str(process), encoding="ascii")
    attach(str(group), below(8))
    return pid


def removed(group):
    """Once the last process is gone."""
    try:
        group.rmdir()
    except OSError:
        return False
    return True


@case("a process that was moved out of the group with the policy", "device-policy cap.mknod cgroup-stray", "privileged", says="open")
def _(l):
    name, pid = l.start_podman("moved", command=("sh", "-c", "sleep 1000 & exec sleep 1000"))
    other = live.wait_for(lambda: [p for p in live.children_of_init(name, l) if p != pid])[0]
    top = pathlib.Path("/sys/fs/cgroup/devices/cgroup.procs")
    if not top.exists():
        raise Cannot("the policy is not that of version 1")
    top.write_text(str(other), encoding="ascii")
    return pid


# ---- who has no power over them ----

@case("an ordinary user's sandbox", "", "privileged device-policy block-devices cap.mknod")
def _(l):
    """Every capability in a user namespace of his own, no filter, no device policy."""
    parent = l.spawn("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "bwrap", "--bind", l.rootfs("sandbox"), "/", "--proc", "/proc",
                     "--dev", "/dev", "--unshare-all", "/bin/sleep", "1000")
    return live.wait_for(lambda: live.descendant(parent, "sleep"))


# ---- judging ----

def check_case(name, wanted, says, pid, subjects, listed):
    entry = next((e for e in listed if pid in e["processes"]), None)
    subject = next((s for s in subjects if entry and s.get("pid") == entry["pid"]), None)
    if not subject:
        point(name, ["it is not found"])
        return
    outcome = {r["rule"].removeprefix("container."): r for r in subject["results"]}
    findings = [f"{rule}: {outcome[rule]['result']} ({outcome[rule]['reason']}), wanted {result}" for result, rules in wanted.items() for rule in rules
                if outcome[rule]["result"] != result]
    evidence = " ".join(str(e["value"]) for rule in wanted["fail"] for e in outcome[rule]["evidence"])
    if says and says not in evidence:
        findings.append(f"{says!r} is not in the evidence: {evidence}")
    point(name, findings)


with Live() as machine:
    started = []
    for one in CASES:
        try:
            started.append((one, one[-1](machine)))
        except Cannot as why:
            skip(one[0], str(why))
    if started:
        judged = json.loads(plimsoll(*PARANOID, timeout=60 * SLOWER).text)["subjects"]
        containers = json.loads(plimsoll("containers", "--all", "-f", "json", timeout=60 * SLOWER).text)["containers"]
        for (label, results, evidence_, _start), number in started:
            check_case(label, results, evidence_.replace("{major}", str(disk()[1]) if "{major}" in evidence_ else ""), number, judged, containers)
done()
