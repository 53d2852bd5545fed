#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a container does to mislead, to stop or to use the auditor: and that the auditor itself enters nothing, runs nothing and writes nothing."""
import json
import os
import pathlib
import re
import select
import shutil
import subprocess
import sys
import threading
import time

import live
from live import Cannot, Live
from tap import BUILD, SANITIZED, SLOWER, done, plimsoll, point, skip

AUDIT = ("audit", "-b", "container", "-p", "paranoid", "-s", "containers", "-f", "json")
CHURN_SECONDS = 30
PATIENCE = 60 * SLOWER   # seconds; beside other tests that start containers


def judged(pid, *more):
    run = plimsoll(*AUDIT, *more, timeout=PATIENCE)
    if run.status not in (0, 1, 3):
        raise SystemExit(f"audit: {run}")
    for subject in json.loads(run.text)["subjects"]:
        if subject["pid"] == pid:
            return {r["rule"].removeprefix("container."): r for r in subject["results"]}
    return None


def attempt(name, test, *arguments):
    try:
        test(name, *arguments)
    except Cannot as why:
        skip(name, str(why))


# ---- the auditor itself ----

FORBIDDEN = re.compile(r"\b(execveat|setns|ptrace|connect|process_vm_readv|pidfd_getfd|mount|umount2|kill|unlink|rename|mkdir)\(")
WRITING = re.compile(r"\bopen(at|at2)?\(.*O_(WRONLY|RDWR|CREAT|TRUNC)")


def check_trace(name, l):
    """Of a whole audit with containers: nothing executed, no namespace or process entered, nothing written but the report."""
    if SANITIZED:
        raise Cannot("a sanitized program runs processes of its own")
    if not shutil.which("strace"):
        raise Cannot("strace is not installed")
    l.start_podman("traced", "-v", "/run:/hostrun")
    trace = l.path / "trace"
    run = plimsoll("audit", "-o", f"json={l.path}/report.json", wrapper=("strace", "-f", "-s", "200", "-o", trace))
    if run.status is None or not trace.exists():
        raise Cannot("strace does not work here")
    lines = trace.read_text(encoding="utf-8", errors="replace").splitlines()
    found = [line for line in lines if FORBIDDEN.search(line) and "report.json" not in line]
    found += [line for line in lines if WRITING.search(line) and "report.json" not in line]
    found += [line for line in lines[1:] if "execve(" in line]
    point(name, found)


# ---- too much of something ----

def check_groups(name, l):
    """65,000 groups make a status of 700 KB, whose capabilities come last."""
    def change(config):
        config["process"]["user"]["additionalGids"] = list(range(100000, 165000))
    _, pid = l.start_runc("groups", change)
    size = len(pathlib.Path(f"/proc/{pid}/status").read_bytes())
    begun = time.monotonic()
    got = judged(pid)
    spent = time.monotonic() - begun
    point(name, [f"{rule}: {got[rule]['result']} {got[rule]['reason']}" for rule, wanted in (
        ("cap.default", "pass"), ("no-new-privileges", "pass"), ("seccomp", "fail"), ("host-groups", "unknown")) if got[rule]["result"] != wanted]
        + ([f"{spent:.1f} s"] if spent > 5 * SLOWER else []) + ([f"status has only {size} bytes"] if size < 400000 else []))


MOUNTS = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
assert libc.setns(os.open('/proc/{pid}/ns/mnt', os.O_RDONLY), 0) == 0
for i in range({n}):
    if libc.mount(b'none', b'/tmp', b'tmpfs', 0, b'size=4k') != 0: raise SystemExit(os.strerror(ctypes.get_errno()))
"""


def check_mounts(name, l):
    """20,000 mounts on one point take the kernel 14 seconds to list: they are counted first, and not listed."""
    _, pid = l.start_runc("mounts")
    try:
        done_ = subprocess.run([sys.executable, "-c", MOUNTS.format(pid=pid, n=20000)], capture_output=True, timeout=60, check=False, text=True)
    except subprocess.TimeoutExpired:
        raise Cannot("20,000 mounts take too long to make here") from None
    if done_.returncode:
        raise Cannot(f"20,000 mounts cannot be made here: {done_.stderr.strip()[-100:]}")
    begun = time.monotonic()
    got = judged(pid)
    spent = time.monotonic() - begun
    if got["mount.host-root"]["reason"] and "no more than" not in got["mount.host-root"]["reason"]:
        raise Cannot("this kernel does not count mounts (before 6.11)")
    point(name, ([f"{spent:.1f} s"] if spent > 5 * SLOWER else []) +
          [f"{rule}: {got[rule]['result']}" for rule in ("mount.host-root", "proc-masked", "rootfs-readonly") if got[rule]["result"] != "unknown"] +
          [f"{rule}: {got[rule]['result']}" for rule in ("ns.pid", "cap.default") if got[rule]["result"] != "pass"])


def check_stuck(name, l):
    """A root directory that never answers: whoever looks into it waits for ever, and cannot be killed."""
    folder = l.path / "stuck"
    folder.mkdir()
    process = subprocess.Popen([str(BUILD / "tests/stuck_root"), str(folder)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    l.undo.append(lambda: (process.kill(), process.wait(10)))
    line = process.stdout.readline().strip() if select.select([process.stdout], [], [], 30)[0] else ""
    if not line:
        raise Cannot("a FUSE file system cannot be mounted here")
    pid = int(line)
    l.undo.append(lambda: os.kill(pid, 9))
    begun = time.monotonic()
    run = plimsoll(*AUDIT, timeout=PATIENCE)
    spent = time.monotonic() - begun
    findings = [] if run.status in (1, 3) and spent < 5 * SLOWER else [f"{spent:.1f} s", f"{run}"]
    got = next((s for s in json.loads(run.text or "{}").get("subjects", []) if s["pid"] == pid), None)
    if not got:
        findings.append("it is not found")
    else:
        outcomes = {r["rule"].removeprefix("container."): r["result"] for r in got["results"]}
        findings += [f"{rule}: {outcomes[rule]}" for rule in ("device-nodes", "setuid-reach") if outcomes[rule] != "unknown"]
    point(name, findings)


HIDDEN = """
import ctypes, os, threading, time
def hide():
    libc = ctypes.CDLL(None, use_errno=True)
    libc.munmap.argtypes = [ctypes.c_ulong, ctypes.c_ulong]
    with open('/proc/self/stat') as stat:
        fields = stat.read().rsplit(')', 1)[1].split()
    first, last = int(fields[45]) & ~4095, int(fields[48])
    libc.munmap(first, last - first)
{body}
"""


def check_hidden_words(name, l):
    """A process that unmapped its arguments and its environment: both read empty, and it is no kernel thread for that."""
    parent = l.spawn("unshare", "-m", "-p", "-i", "-u", "-n", "--fork", sys.executable, "-c", HIDDEN.format(body="hide()\ntime.sleep(1000)"),
                     env={**os.environ, "DB_PASSWORD": "x"})
    pid = live.wait_for(lambda: next(iter(live.children(parent)), None))
    live.wait_for(lambda: not pathlib.Path(f"/proc/{pid}/environ").read_bytes() and not pathlib.Path(f"/proc/{pid}/cmdline").read_bytes())
    got = judged(pid, "-s", "sandboxes")
    point(name, ["it is not found"] if not got else [f"{rule}: {got[rule]['result']}" for rule, wanted in (
        ("environment-secrets", "unknown"), ("ns.pid", "pass"), ("executable-deleted", "pass")) if got[rule]["result"] != wanted])


def check_first_thread(name, l):
    """The first thread ends, another runs on: /proc/PID is that of a zombie without namespaces, and the process is found and judged all the same."""
    body = "threading.Thread(target=time.sleep, args=(1000,)).start()\nctypes.CDLL(None).pthread_exit(None)"
    parent = l.spawn("unshare", "-m", "-p", "-i", "-u", "-n", "--fork", sys.executable, "-c", HIDDEN.format(body=body))
    pid = live.wait_for(lambda: next(iter(live.children(parent)), None))
    live.wait_for(lambda: "State:\tZ" in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    got = judged(pid, "-s", "sandboxes")
    point(name, ["it is not found"] if not got else [f"{rule}: {got[rule]['result']} ({got[rule]['reason']})" for rule, wanted in (
        ("ns.pid", "pass"), ("ns.net", "pass"), ("cap.default", "fail"), ("executable-deleted", "pass"), ("environment-secrets", "pass"))
        if got[rule]["result"] != wanted])


def check_links(name, l):
    """Links in the container's root that lead to the host's /dev and /usr/bin where one follows them from outside."""
    root = l.rootfs("links")
    (root / "dev").rmdir()
    (root / "dev").symlink_to("/dev")
    (root / "usr").mkdir()
    (root / "usr/bin").symlink_to("/usr/bin")
    (root / "sbin").symlink_to("/usr/bin")
    if not any(p.lstat().st_mode & 0o4000 for p in pathlib.Path("/usr/bin").iterdir()):
        raise Cannot("no program of this host has set-user-ID")
    parent = l.spawn("unshare", "-m", "-u", "-i", "-n", "-p", "-C", "--fork", "sh", "-c",
                     f"mount --bind {root} {root} && exec chroot {root} /bin/sleep 1000")
    pid = live.wait_for(lambda: live.descendant(parent, "sleep"))
    got = judged(pid)
    point(name, ["it is not found"] if not got else [f"{rule}: {got[rule]['result']} ({got[rule]['reason']})" for rule, wanted in (
        ("device-nodes", "unknown"), ("setuid-reach", "pass")) if got[rule]["result"] != wanted])


# ---- false names ----

def check_claim(name, l):
    """A process with namespaces of its own moves into a cgroup that bears another container's id."""
    full, pid = l.start_podman("victim")
    line = next(x for x in pathlib.Path(f"/proc/{pid}/cgroup").read_text(encoding="ascii").splitlines() if ":pids:" in x or x.startswith("0::"))
    controllers, path = line.split(":", 2)[1:]
    base = pathlib.Path("/sys/fs/cgroup") / (controllers or ".")
    ident = re.search("[0-9a-f]{64}", path)
    if not ident:
        raise Cannot("podman makes no cgroup here")
    fake = base / f"plimsoll-{os.getpid()}" / f"libpod-{ident.group()}"
    try:
        fake.mkdir(parents=True)
    except OSError as why:
        raise Cannot(f"no cgroup can be made: {why}") from None
    liar = start_liar(l)
    l.undo.insert(0, lambda: [os.rmdir(d) for d in (fake, fake.parent)])
    (fake / "cgroup.procs").write_text(str(liar), encoding="ascii")
    listed = json.loads(plimsoll("containers", "-f", "json", timeout=PATIENCE).text)["containers"]
    mine = next(e for e in listed if pid in e["processes"])
    other = next((e for e in listed if liar in e["processes"]), None)
    point(name, ([f"the container is called {mine['name']}"] if mine["name"] != full else []) +
          (["the liar is a part of it"] if liar in mine["processes"] else []) +
          (["the liar is not found"] if not other else [f"the liar is called {other['name']}"] if other["name"] == full else []))


def start_liar(l):
    parent = l.spawn("unshare", "-m", "-u", "-i", "-n", "-p", "-C", "--fork", "--root", l.rootfs("liar"), "/bin/sleep", "1000")
    return live.wait_for(lambda: live.descendant(parent, "sleep"))


# ---- while everything changes ----

def fork_storm(stop, counter):
    while not stop.is_set():
        begun = time.monotonic()
        for _ in range(100):
            pid = os.posix_spawn("/bin/true", ["true"], {})
            os.waitpid(pid, 0)
            counter[0] += 1
        time.sleep(max(0.0, 0.1 - (time.monotonic() - begun)))


def container_storm(l, stop, counter):
    number = 0
    while not stop.is_set():
        number += 1
        try:
            name, _pid = l.start_runc(f"storm{number}")
            live.run("runc", "delete", "-f", name)
            counter[0] += 1
        except Cannot:
            time.sleep(0.2)


def check_churn(name, l):
    """Processes and containers come and go: those that stay are judged as in quiet times, and no audit fails."""
    stable = [l.start_runc(f"stable{i}")[1] for i in range(3)]
    before = {pid: {rule: r["result"] for rule, r in judged(pid).items()} for pid in stable}
    stop, forks, containers, findings, audits = threading.Event(), [0], [0], [], 0
    storms = [threading.Thread(target=fork_storm, args=(stop, forks)), threading.Thread(target=container_storm, args=(l, stop, containers))]
    for storm in storms:
        storm.start()
    end = time.monotonic() + CHURN_SECONDS
    while time.monotonic() < end and not findings:
        run = plimsoll(*AUDIT, timeout=PATIENCE)
        audits += 1
        if run.status not in (0, 1, 3):
            findings.append(f"{run}")
            break
        subjects = {s["pid"]: s for s in json.loads(run.text)["subjects"]}
        for pid in stable:
            if pid not in subjects:
                findings.append(f"{pid} is not found")
                continue
            for r in subjects[pid]["results"]:
                wanted = before[pid][r["rule"].removeprefix("container.")]
                if r["result"] != wanted:
                    findings.append(f"{r['rule']} of {pid}: {r['result']} ({r['reason']}), was {wanted}")
    stop.set()
    for storm in storms:
        storm.join()
    print(f"# {audits} audits, {forks[0]} processes and {containers[0]} containers came and went in {CHURN_SECONDS} s")
    point(name, findings)


with Live() as machine:
    attempt("an audit enters nothing, runs nothing and writes nothing but its report", check_trace, machine)
    attempt("a status of 700 KB is read to its end", check_groups, machine)
    attempt("20,000 mounts are counted, and not listed", check_mounts, machine)
    attempt("a root directory that never answers stops nobody", check_stuck, machine)
    attempt("arguments and environment that read empty hide no process", check_hidden_words, machine)
    attempt("a process whose first thread has ended is judged by another", check_first_thread, machine)
    attempt("links in a container's root lead nowhere", check_links, machine)
    attempt("a cgroup with another container's name takes nothing from it", check_claim, machine)
    attempt("processes and containers that come and go change no verdict", check_churn, machine)
done()
