#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Containers that are not what their first process looks like: another thread, a process that was put in or moved out, a filter that came from
somewhere else, a limit that is none, a bundle that says something else. Each is judged by all of it, and the evidence names who it was.
"""
import ctypes
import json
import os
import pathlib
import subprocess
import sys

import live
from live import Cannot, Live
from tap import SLOWER, done, plimsoll, point, skip

AUDIT = ("audit", "-b", "container", "-p", "paranoid", "-s", "containers", "-s", "sandboxes", "-f", "json")


class Case:
    def __init__(self, name, fails, passes, evidence, unknown):
        self.name, self.evidence = name, evidence
        self.wanted = {rule: outcome for rules, outcome in ((fails, "fail"), (passes, "pass"), (unknown, "unknown")) for rule in rules.split()}
        self.pid, self.facts = None, {}


CASES = []


def case(name, fails="", passes="", evidence=None, unknown=""):
    """The function starts the container and gives a process of it. `evidence`: what the report says of a rule, {pid} being that process."""
    def register(start):
        CASES.append((Case(name, fails, passes, evidence or {}, unknown), start))
        return start
    return register


# ---- programs that run inside ----

BEGIN = """
import ctypes, os, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)
class Code(ctypes.Structure): _fields_ = [('code', ctypes.c_ushort), ('t', ctypes.c_ubyte), ('f', ctypes.c_ubyte), ('k', ctypes.c_uint)]
class Program(ctypes.Structure): _fields_ = [('n', ctypes.c_ushort), ('at', ctypes.POINTER(Code))]
class Head(ctypes.Structure): _fields_ = [('version', ctypes.c_uint), ('pid', ctypes.c_int)]
class Data(ctypes.Structure): _fields_ = [('effective', ctypes.c_uint), ('permitted', ctypes.c_uint), ('inheritable', ctypes.c_uint)]
def drop(keep):
    for bit in range(64):
        if not keep >> bit & 1: libc.prctl(24, bit, 0, 0, 0)
def hold(permitted, effective=None):
    effective = permitted if effective is None else effective
    data = (Data * 2)(Data(effective & 0xffffffff, permitted & 0xffffffff, 0), Data(effective >> 32, permitted >> 32, 0))
    assert libc.capset(ctypes.byref(Head(0x20080522, 0)), data) == 0
def allow_everything():
    assert libc.prctl(38, 1, 0, 0, 0) == 0
    assert libc.prctl(22, 2, ctypes.byref(Program(1, (Code * 1)(Code(6, 0, 0, 0x7fff0000)))), 0, 0) == 0
def first_gives_up():
    '''What this thread keeps, the others do not notice: the C library would tell them of setuid(), the kernel does not.'''
    drop(0)
    allow_everything()
    assert libc.syscall(117, 1000, 1000, 1000) == 0   # setresuid
    hold(0)
def say_when_done():
    libc.prctl(15, b'ready', 0, 0, 0)
    time.sleep(1000)
"""


def start_inside(l, body, alone=False, **more):
    """A container of the kernel's alone that runs the host's Python. Its pid, once it is ready; what started it may be taken away."""
    if os.uname().machine != "x86_64":
        raise Cannot("the numbers of system calls are those of x86_64")
    parent = l.spawn("unshare", "-m", "-p", "-i", "-u", "-n", "-C", "--fork", sys.executable, "-c", BEGIN + body, **more)
    pid = live.wait_for(lambda: live.descendant(parent, "ready"))
    if alone:
        os.kill(parent, 9)
        l.undo.append(lambda: os.kill(pid, 9))
        live.wait_for(lambda: not namespace(parent, "mnt"))
    return pid


def namespace(pid, kind):
    try:
        return os.readlink(f"/proc/{pid}/ns/{kind}")
    except OSError:
        return None


def filtered():
    """From here on: a filter that lets everything pass, as a supervisor may have one."""
    space = {}
    exec(BEGIN, space)   # noqa: S102
    libc, program, code = space["libc"], space["Program"], space["Code"]
    rules = (code * 1)(code(6, 0, 0, 0x7fff0000))
    if libc.prctl(22, 2, ctypes.byref(program(1, rules)), 0, 0) != 0:
        os._exit(1)


# ---- threads ----

THREAD = "threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()\n"


@case("threads", "cap.default cap.escape cap.permitted seccomp no-new-privileges host-root-user", "ns.pid ns.net",
      {"seccomp": "/task/", "host-root-user": "/task/", "cap.default": "/task/", "no-new-privileges": "/task/"})
def _(l):
    """The first thread has no capability, a user's number, a filter; another is as it was begun."""
    return start_inside(l, THREAD + "first_gives_up()\nsay_when_done()", alone=True)


@case("no-thread-has-more", "", "cap.default cap.escape host-root-user no-new-privileges ns.pid seccomp")
def _(l):
    return start_inside(l, "first_gives_up()\n" + THREAD + "say_when_done()", alone=True)


@case("the-first-thread-has-ended", "cap.default seccomp host-root-user no-new-privileges", "ns.pid ns.net", {"seccomp": "/task/"})
def _(l):
    """The process is looked at through one of the others, which gave up everything; a third has it all."""
    return start_inside(l, """
def give_up():
    first_gives_up()
    given.set()
    time.sleep(1000)
given = threading.Event()
threading.Thread(target=give_up, daemon=True).start()
""" + THREAD + """
given.wait(10)
libc.prctl(15, b'ready', 0, 0, 0)
libc.pthread_exit(None)
""", alone=True)


@case("a-thread-elsewhere", "ns.net", "ns.ipc ns.pid", {"ns.net": "/task/"})
def _(l):
    """One thread went back to the host's network."""
    host = os.open("/proc/2/ns/net", os.O_RDONLY)
    l.undo.append(lambda: os.close(host))
    return start_inside(l, f"""
def leave():
    assert libc.setns({host}, 0x40000000) == 0
    gone.set()
    time.sleep(1000)
gone = threading.Event()
threading.Thread(target=leave, daemon=True).start()
gone.wait(10)
say_when_done()
""", pass_fds=(host,))


@case("more-threads-than-are-looked-at", "", "ns.pid", {"cap.default": "threads"}, "cap.default cap.escape host-root-user no-new-privileges")
def _(l):
    """Nothing bad is among those that were seen; it is not known of the others."""
    pid = start_inside(l, "first_gives_up()\nthreading.stack_size(65536)\nfor i in range(2100): " + THREAD + "say_when_done()", alone=True)
    if len(os.listdir(f"/proc/{pid}/task")) < 2100:
        raise Cannot("2,100 threads cannot be started here")
    return pid


@case("permitted-only", "cap.escape cap.permitted", "cap.bounding cap.ambient cap.inheritable cap.default")
def _(l):
    """Nothing is effective, and all of it can be made so without anybody's help."""
    return start_inside(l, "drop(0)\nhold(1 << 16 | 1 << 21, 0)\nsay_when_done()", alone=True)


# ---- processes that are elsewhere ----

@case("entered-from-the-host", "cap.escape user-namespace ns.user ns.net ns.pid ns.ipc exec-wider cgroup-stray limit.pids", "ns.mnt",
      {"ns.user": "/proc/{other}/ns/user", "user-namespace": "/proc/{other}/uid_map"})
def _(l):
    """A container with users of its own, and a process of the host that joined its mounts alone: it is root of the host."""
    _name, pid = l.start_podman("userns", "--uidmap", "0:210000:65536")
    other = l.spawn("nsenter", "-t", str(pid), "-m", "/bin/sleep", "1000")
    live.wait_for(lambda: namespace(other, "mnt") == namespace(pid, "mnt"))
    return pid, {"other": other}


@case("session-with-default-capabilities", "ns.net ns.pid ns.ipc ns.uts exec-wider", "cap.default cap.bounding")
def _(l):
    """What gives it away is where it is, and that no filter holds it."""
    _name, pid = l.start_podman("narrow")
    other = l.spawn(sys.executable, "-c", BEGIN + f"assert libc.setns(os.open('/proc/{pid}/ns/mnt', os.O_RDONLY), 0) == 0\n"
                    "drop(0xa80425fb)\nhold(0xa80425fb)\nsay_when_done()")
    live.wait_for(lambda: live.comm(other) == "ready")
    return pid


@case("plain-session", "", "exec-wider exec-root ns.pid ns.net cgroup-stray limit.pids seccomp cap.escape")
def _(l):
    name, pid = l.start_podman("session")
    l.podman_exec(name)
    return pid


@case("users-of-its-own-inside", "cap.default", "cap.escape")
def _(l):
    """A process inside has made a user namespace: it holds everything there, and nothing over the host."""
    def change(config):
        config["process"]["args"] = ["sh", "-c", "unshare -U -r sleep 1000 & exec sleep 1000"]
    _name, pid = l.start_runc("inner-users", change)
    live.wait_for(lambda: [p for p in live.children(pid) if namespace(p, "user") not in (None, namespace(pid, "user"))])
    return pid


@case("one-user-namespace-for-two", "ns.peer user-map.overlap", "ns.user", {"ns.peer": "user with"})
def _(l):
    root = l.rootfs()
    holder = l.spawn("unshare", "-U", "--map-root-user", "sleep", "1000")
    live.wait_for(lambda: live.comm(holder) == "sleep")
    pids = []
    for _i in range(2):
        parent = l.spawn("nsenter", "-t", str(holder), "-U", "unshare", "-m", "-p", "-i", "-u", "-n", "--fork", "--root", root, "/bin/sleep", "1000")
        pids.append(live.wait_for(lambda parent=parent: live.descendant(parent, "sleep")))
    return pids[0]


@case("one-time-namespace-for-two", "ns.peer", "ns.net", {"ns.peer": "time with"})
def _(l):
    holder = l.spawn("unshare", "-T", "--fork", "sleep", "1000")
    inside = live.wait_for(lambda: live.descendant(holder, "sleep"))
    if namespace(inside, "time") in (None, namespace(2, "time")):
        raise Cannot("this kernel has no time namespaces")
    pids = []
    for _i in range(2):
        parent = l.spawn("nsenter", "-t", str(inside), "-T", "unshare", "-m", "-p", "-i", "-u", "-n", "--fork", "--root", l.rootfs(), "/bin/sleep", "1000")
        pids.append(live.wait_for(lambda parent=parent: live.descendant(parent, "sleep")))
    if namespace(pids[0], "time") == namespace(2, "time"):
        raise Cannot("nsenter cannot join a time namespace here")
    return pids[0]


# ---- filters that are not the container's ----

@case("inherited-filter", "seccomp seccomp.filters", "", {"seccomp": "not the container's: 1, and the bundle asks for none"})
def _(l):
    return l.start_runc("inherited", before=filtered)[1]


@case("inherited-filter-without-a-bundle", "seccomp seccomp.filters privileged", "", {"seccomp": "as many as unshare"})
def _(l):
    parent = l.spawn("unshare", "-m", "-p", "-i", "-u", "-n", "-C", "--fork", "sleep", "1000", preexec_fn=filtered)
    return live.wait_for(lambda: live.descendant(parent, "sleep"))


@case("a-filter-of-its-own-besides", "", "seccomp seccomp.filters drift.seccomp")
def _(l):
    return l.start_podman("besides", before=filtered)[1]


# ---- control groups ----

def move(pid, path):
    try:
        pathlib.Path(path).write_text(str(pid), encoding="ascii")
    except OSError as why:
        raise Cannot(f"it cannot be moved: {why}") from None


@case("moved-out-of-one-hierarchy", "cgroup-stray limit.memory", "limit.pids", {"cgroup-stray": "(memory)"})
def _(l):
    name, pid = l.start_podman("moved", "--memory", "64m", "--memory-swap", "64m", command=("sh", "-c", "sleep 1000 & exec sleep 1000"))
    other = live.wait_for(lambda: [p for p in live.children_of_init(name, l) if p != pid])[0]
    if not os.path.exists("/sys/fs/cgroup/memory/cgroup.procs"):
        raise Cannot("there is but one hierarchy")
    move(other, "/sys/fs/cgroup/memory/cgroup.procs")
    return pid


@case("moved-out-of-all", "cgroup-stray limit.memory")
def _(l):
    """A container whose cgroup bears no id that anybody would know by its looks."""
    def change(config):
        config["process"]["args"] = ["sh", "-c", "sleep 1000 & exec sleep 1000"]
        config["linux"]["resources"] = {"memory": {"limit": 67108864}}
    _name, pid = l.start_runc("out", change)
    other = live.wait_for(lambda: live.children(pid))[0]
    for procs in [*pathlib.Path("/sys/fs/cgroup").glob("*/cgroup.procs"), pathlib.Path("/sys/fs/cgroup/cgroup.procs")]:
        try:
            procs.write_text(str(other), encoding="ascii")
        except OSError:
            pass
    return pid


@case("below-its-own-group", "", "cgroup-stray limit.memory")
def _(l):
    """What a container does with its own group is its affair: the limit above holds for all of it."""
    name, pid = l.start_podman("below", "--memory", "64m", "--memory-swap", "64m", command=("sh", "-c", "sleep 1000 & exec sleep 1000"))
    other = live.wait_for(lambda: [p for p in live.children_of_init(name, l) if p != pid])[0]
    line = next(x for x in pathlib.Path(f"/proc/{pid}/cgroup").read_text(encoding="ascii").splitlines() if ":memory:" in x or x.startswith("0::"))
    controllers, path = line.split(":", 2)[1:]
    folder = pathlib.Path("/sys/fs/cgroup") / (controllers or ".") / path.lstrip("/") / "inner"
    try:
        folder.mkdir()
    except OSError as why:
        raise Cannot(f"no cgroup can be made: {why}") from None
    l.undo.append(folder.rmdir)
    l.undo.append(lambda: os.kill(other, 9))
    move(other, folder / "cgroup.procs")
    return pid


@case("limits-beyond-the-machine", "limit.memory limit.pids limit.cpu limit.swap", "drift.limits", {"limit.memory": "the machine has"})
def _(l):
    return l.start_podman("huge", "--memory", "4096g", "--memory-swap", "4096g", "--cpu-shares", "200000", "--pids-limit", "4000000")[1]


# ---- the bundle says something else ----

@case("bundle-with-more-namespaces", "drift.namespaces ns.net ns.ipc drift.cpu", "drift.mounts")
def _(l):
    def change(config):
        config["linux"]["namespaces"] = [n for n in config["linux"]["namespaces"] if n["type"] not in ("network", "ipc")]
        config["linux"]["resources"] = {"cpu": {"quota": 90000, "period": 100000}}
    _name, pid = l.start_runc("more", change)
    path = l.path / "bundle-more/config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["linux"]["namespaces"] += [{"type": "network"}, {"type": "ipc"}]
    config["linux"]["resources"]["cpu"]["quota"] = 10000
    path.write_text(json.dumps(config), encoding="utf-8")
    return pid


@case("mounted-later", "drift.mounts", "drift.namespaces", {"drift.mounts": "/opt of the host is mounted at /tmp"})
def _(l):
    """A directory of the host, put into the running container."""
    _name, pid = l.start_podman("later")
    done_ = subprocess.run([sys.executable, "-c", BEGIN + f"""
tree = libc.syscall(428, -100, b'/opt', 1)             # open_tree(…, OPEN_TREE_CLONE)
if tree < 0 or libc.setns(os.open('/proc/{pid}/ns/mnt', os.O_RDONLY), 0) != 0: sys.exit(os.strerror(ctypes.get_errno()))
if libc.syscall(429, tree, b'', -100, b'/tmp', 4) != 0: sys.exit(os.strerror(ctypes.get_errno()))   # move_mount
"""], capture_output=True, timeout=60, check=False, text=True)
    if done_.returncode:
        raise Cannot(f"nothing can be mounted there: {done_.stderr.strip()[-100:]}")
    return pid


# ---- judging ----

def shown(result):
    """Where it looked and what it saw, of all that decided."""
    return " ".join([result["reason"] or ""] + [f"{e['origin']} {e['value']} {e.get('why') or ''}" for e in result["evidence"]])


def check(c, report, roster):
    entry = next((e for e in roster if c.pid in e["processes"]), None)
    subject = entry and next((s for s in report["subjects"] if s.get("pid") == entry["pid"]), None)
    if not subject:
        return ["it is not judged"]
    outcome = {r["rule"].removeprefix("container."): r for r in subject["results"]}
    findings = [f"{rule}: {outcome[rule]['result']} ({outcome[rule]['reason']}), wanted {wanted}" for rule, wanted in c.wanted.items()
                if outcome[rule]["result"] != wanted]
    for rule, text in c.evidence.items():
        if text.format(**c.facts) not in shown(outcome[rule]):
            findings.append(f"{rule}: no {text.format(**c.facts)!r} in {shown(outcome[rule])}")
    return findings


def start_all(l):
    for c, start in CASES:
        try:
            got = start(l)
            c.pid, c.facts = got if isinstance(got, tuple) else (got, {})
        except Cannot as why:
            skip(f"{c.name}: judged by all that is in it", str(why))


with Live() as machine:
    start_all(machine)
    started = [c for c, _ in CASES if c.pid]
    if started:
        judged = json.loads(plimsoll(*AUDIT, timeout=60 * SLOWER).text)
        listed = json.loads(plimsoll("containers", "--all", "-f", "json", timeout=60 * SLOWER).text)["containers"]
        for c in started:
            point(f"{c.name}: judged by all that is in it", check(c, judged, listed))
done()
