#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real containers, started here: each is found, and judged as it was made.

A case is a container with the rules that must fail on it and some that must pass; every rule of the benchmark has to be seen failing on one
container and passing on another, here or in tests/containers-roots.t.
"""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

import live
from live import Cannot, Live
from tap import PLIMSOLL, SLOWER, TOP, done, is_true, plimsoll, point, skip

PARANOID = ("audit", "-b", "container", "-p", "paranoid", "-s", "containers", "-s", "sandboxes", "-f", "json")

DEFAULT_FAILS = ("ns.user ns.cgroup cap.minimal cap.net-raw no-new-privileges host-root-user user-namespace root-group "
                 "rootfs-readonly limit.memory limit.swap limit.cpu seccomp.risky-calls")
DEFAULT_PASSES = ("ns.pid ns.net ns.ipc ns.uts ns.mnt ns.peer privileged cap.escape cap.default cap.bounding cap.ambient cap.inheritable seccomp "
                  "seccomp.filters seccomp.allow-all host-groups mount.engine-socket mount.host-root mount.sensitive mount.engine-storage "
                  "mount.home mount.propagation mount.kernel-filesystems proc-masked proc-readonly proc-sys-writable sys-writable "
                  "cgroup-writable release-agent sysctls device-policy device-nodes block-devices device-fd limit.pids host-fd exec-wider "
                  "exec-root abstract-sockets environment-secrets sshd nested-engine executable-deleted drift.capabilities drift.seccomp "
                  "drift.masks drift.limits hooks cgroup-stray setuid-reach file-capability-reach mount.ssh mount.log mount.host-path-writable "
                  "mount.nosuid-nodev mount.host-path mount.service-account-token mount.volume-types oom-killed pids-hit "
                  "cap.mknod rlimit.nofile escape-path")


class Case:
    def __init__(self, name, fails="", passes="", runtime=None, kind="container", **facts):
        self.facts = facts
        self.name, self.fails, self.passes, self.runtime, self.kind = name, fails.split(), passes.split(), runtime, kind
        self.pid = None


CASES = []


def case(*arguments, **more):
    """The function starts the container and gives the pid of its first process (or name and pid)."""
    def register(start):
        CASES.append((Case(*arguments, **more), start))
        return start
    return register


# ---- podman ----

@case("default", DEFAULT_FAILS, DEFAULT_PASSES, "podman")
def _(l):
    return l.start_podman("default")


@case("hardened", "", "rootfs-readonly cap.minimal cap.net-raw no-new-privileges host-root-user root-group limit.memory limit.cpu "
      "limit.swap limit.pids escape-path", "podman")
def _(l):
    return l.start_podman("hardened", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user", "1000:1000",
                          "--memory", "64m", "--memory-swap", "64m", "--cpus", "0.5", "--pids-limit", "32")


@case("privileged", "privileged cap.escape cap.default cap.bounding cap.mknod seccomp seccomp.filters proc-masked proc-readonly "
      "proc-sys-writable sys-writable cgroup-writable release-agent device-policy device-nodes block-devices escape-path", "ns.pid ns.net", "podman")
def _(l):
    return l.start_podman("privileged", "--privileged", runtime="wrapper")


@case("host-pid", "ns.pid", "ns.net ns.ipc", "podman")
def _(l):
    return l.start_podman("hostpid", "--pid", "host")


@case("host-net", "ns.net abstract-sockets", "ns.pid mount.sensitive", "podman")
def _(l):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"\0plimsoll-test-{os.getpid()}")
    listener.listen()
    l.undo.append(listener.close)
    return l.start_podman("hostnet", network="host")


@case("host-ipc-uts", "ns.ipc ns.uts", "ns.pid ns.net", "podman")
def _(l):
    return l.start_podman("hostipc", "--ipc", "host", "--uts", "host")


@case("host-root", "mount.host-root mount.engine-socket mount.sensitive mount.host-path mount.host-path-writable escape-path", "ns.pid privileged", "podman")
def _(l):
    return l.start_podman("hostroot", "-v", "/:/host")


@case("host-run", "mount.engine-socket mount.host-path", "mount.host-root ns.pid", "podman")
def _(l):
    return l.start_podman("hostrun", "-v", "/run:/hostrun")


@case("service-socket", "mount.service-socket mount.host-path", "mount.engine-socket mount.host-root", "podman")
def _(l):
    pathlib.Path("/run/dbus").mkdir(exist_ok=True)
    return l.start_podman("servicesocket", "-v", "/run/dbus:/bus:ro")


@case("mounts", "mount.home mount.ssh mount.log mount.host-path-writable mount.host-path mount.service-account-token mount.engine-storage mount.nosuid-nodev",
      "mount.host-root mount.engine-socket", "podman")
def _(l):
    token = l.path / "token"
    token.mkdir()
    pathlib.Path("/var/lib/docker").mkdir(exist_ok=True)
    pathlib.Path("/root/.ssh").mkdir(exist_ok=True)
    return l.start_podman("mounts", "-v", "/home:/h", "-v", "/root/.ssh:/k", "-v", "/var/log:/l", "-v", "/var/lib/docker:/d",
                          "-v", f"{token}:/run/secrets/kubernetes.io/serviceaccount:ro")


@case("propagation", "mount.propagation", "mount.host-root", "podman")
def _(l):
    shared = l.path / "shared"
    shared.mkdir()
    live.must("mount", "-t", "tmpfs", "tmpfs", shared)
    l.undo.append(lambda: live.run("umount", "-l", shared))
    live.must("mount", "--make-shared", shared)
    return l.start_podman("propagation", "-v", f"{shared}:/shared:rshared")


@case("sys-admin", "cap.escape cap.default cap.bounding escape-path", "privileged release-agent device-policy", "podman")
def _(l):
    return l.start_podman("sysadmin", "--cap-add", "SYS_ADMIN")


@case("no-seccomp", "seccomp seccomp.filters", "privileged cap.default", "podman")
def _(l):
    return l.start_podman("noseccomp", "--security-opt", "seccomp=unconfined")


@case("allow-all", "seccomp.allow-all seccomp.risky-calls", "seccomp seccomp.filters", "podman")
def _(l):
    profile = l.path / "allow.json"
    profile.write_text('{"defaultAction": "SCMP_ACT_ALLOW"}', encoding="ascii")
    return l.start_podman("allowall", "--security-opt", f"seccomp={profile}")


@case("user-namespace", "user-map.overlap", "ns.user user-namespace host-root-user cap.escape root-group user-map.width", "podman")
def _(l):
    return l.start_podman("userns", "--uidmap", "0:200000:65536")


@case("the-same-users", "user-map.overlap", "ns.user", "podman")
def _(l):
    return l.start_podman("userns2", "--uidmap", "0:200100:65536")


@case("own-cgroup-namespace", "", "ns.cgroup", "podman")
def _(l):
    return l.start_podman("cgroupns", "--cgroupns", "private")


@case("joined", "ns.peer", "ns.net", "podman")
def _(l):
    name, _pid = l.start_podman("joinee")
    return l.start_podman("joined", network=f"container:{name}")


@case("devices", "device-nodes", "block-devices device-policy", "podman")
def _(l):
    return l.start_podman("devices", "--device", "/dev/kmsg")


@case("open-disk", "device-fd block-devices", "", "podman")
def _(l):
    disk = next((str(d) for d in pathlib.Path("/dev").iterdir() if d.is_block_device()), None)
    if not disk:
        raise Cannot("this machine has no disk")
    return l.start_podman("opendisk", "--privileged", runtime="wrapper", command=("sh", "-c", f"exec sleep 1000 < {disk}"))


@case("groups", "host-groups", "", "podman")
def _(l):
    return l.start_podman("groups", "--group-add", "6")   # disk


@case("sysctl", "sysctls", "", "podman")
def _(l):
    return l.start_podman("sysctl", "--sysctl", "net.ipv4.ip_forward=1")


@case("names", "environment-secrets sshd nested-engine", "", "podman")
def _(l):
    return l.start_podman("names", "-e", "DB_PASSWORD=not-printed", command=(
        "sh", "-c", "(printf sshd > /proc/self/comm; while :; do sleep 9; done) & sh -c 'printf dockerd > /proc/self/comm; while :; do sleep 9; done'"))


@case("deleted", "executable-deleted tmpfs-noexec", "", "podman")
def _(l):
    return l.start_podman("deleted", "--tmpfs", "/t:exec", command=(
        "sh", "-c", "cat /bin/busybox > /t/busybox; chmod +x /t/busybox; /t/busybox sleep 1000 & sleep 1; rm /t/busybox; exec sleep 1000"))


@case("out-of-memory", "oom-killed pids-hit", "limit.memory", "podman")
def _(l):
    return l.start_podman("oom", "--memory", "16m", "--memory-swap", "16m", "--pids-limit", "5", command=(
        "sh", "-c", "sh -c 'x=xxxxxxxxxxxxxxxx; while :; do x=$x$x; done'; (for i in 1 2 3 4 5 6 7; do sleep 1000 & done); exec sleep 1000"))


@case("sessions", "exec-root", "host-fd", "podman")
def _(l):
    name, pid = l.start_podman("sessions", "--user", "1000:1000")
    l.podman_exec(name, "--user", "0")
    return name, pid


@case("privileged-session", "exec-wider cap.escape cap.default", "privileged ns.pid ns.net", "podman")
def _(l):
    """The container is a plain one; what was started in it later is not."""
    name, pid = l.start_podman("widened", runtime="wrapper")
    l.podman_exec(name, "--privileged", runtime="wrapper")
    return name, pid


@case("entered", "exec-wider", "", "podman")
def _(l):
    name, pid = l.start_podman("entered")
    l.spawn("nsenter", "-t", str(pid), "-m", "-p", "/bin/sleep", "1000")
    live.wait_for(lambda: len(live.children_of_init(name, l)) > 1)
    return name, pid


@case("a-directory-left-open", "host-cwd exec-wider", "", "podman")
def _(l):
    """A process that entered the container's mounts and kept its working directory."""
    name, pid = l.start_podman("cwd")
    l.spawn("python3", "-c",
            "import ctypes, os, time\n"
            f"here, there = os.open('/etc', os.O_RDONLY), os.open('/proc/{pid}/ns/mnt', os.O_RDONLY)\n"
            "libc = ctypes.CDLL(None)\n"
            "assert libc.setns(there, 0) == 0\n"
            "os.fchdir(here)\n"
            "time.sleep(1000)\n")
    live.wait_for(lambda: len(live.children_of_init(name, l)) > 1)
    return name, pid


@case("stray", "cgroup-stray", "", "podman")
def _(l):
    name, pid = l.start_podman("stray", command=("sh", "-c", "sleep 1000 & exec sleep 1000"))
    other = live.wait_for(lambda: [p for p in live.children_of_init(name, l) if p != pid])[0]
    for procs in [*pathlib.Path("/sys/fs/cgroup").glob("*/cgroup.procs"), pathlib.Path("/sys/fs/cgroup/cgroup.procs")]:
        try:
            procs.write_text(str(other), encoding="ascii")
        except OSError:
            pass
    return name, pid


@case("unmasked", "drift.masks drift.read-only-paths proc-masked", "", "podman")
def _(l):
    name, pid = l.start_podman("unmasked")
    subprocess.run(["python3", "-c",
                    "import ctypes, os, sys\n"
                    "libc = ctypes.CDLL(None, use_errno=True)\n"
                    f"fd = os.open('/proc/{pid}/ns/mnt', os.O_RDONLY)\n"
                    "assert libc.setns(fd, 0) == 0, os.strerror(ctypes.get_errno())\n"
                    "for path in ('/proc/keys', '/proc/acpi', '/proc/timer_list', '/proc/irq', '/proc/bus'): libc.umount2(path.encode(), 2)\n"], check=False)
    return name, pid


@case("raised", "drift.limits", "", "podman")
def _(l):
    name, pid = l.start_podman("raised", "--memory", "64m", "--pids-limit", "32")
    groups = [line.split(":", 2) for line in pathlib.Path(f"/proc/{pid}/cgroup").read_text(encoding="ascii").splitlines()]
    for _number, controllers, path in groups:
        limit = pathlib.Path(f"/sys/fs/cgroup/{controllers or '.'}{path}/pids.max")
        if limit.exists():
            limit.write_text("64\n", encoding="ascii")
    return name, pid


# ---- runc ----

@case("runc", "seccomp", "no-new-privileges ns.pid", "runc")
def _(l):
    return l.start_runc("plain")


@case("runc-capabilities", "cap.inheritable cap.ambient user-map.width", "", "runc")
def _(l):
    def change(config):
        caps = ["CAP_KILL", "CAP_AUDIT_WRITE"]
        config["process"]["capabilities"] = {name: caps for name in ("bounding", "effective", "permitted", "inheritable", "ambient")}
        config["linux"]["namespaces"].append({"type": "user"})
        config["linux"]["uidMappings"] = config["linux"]["gidMappings"] = [{"containerID": 0, "hostID": 300000, "size": 100000}]
    return l.start_runc("caps", change)


@case("runc-one-user", "", "user-map.width", "runc")
def _(l):
    def change(config):
        config["process"]["capabilities"] = {}
        config["linux"]["namespaces"].append({"type": "user"})
        config["linux"]["uidMappings"] = config["linux"]["gidMappings"] = [{"containerID": 0, "hostID": 300000, "size": 1}]
        config["mounts"] = [m for m in config["mounts"] if m["destination"] != "/dev/pts"]
    return l.start_runc("oneuser", change)


@case("runc-setuid", "setuid-reach file-capability-reach hooks cap.regain", "", "runc")
def _(l):
    root = l.rootfs("setuid-root")
    program = root / "bin/other"
    program.write_bytes(b"#!/bin/sh\n")
    program.chmod(0o4755)
    plain = root / "bin/capable"
    plain.write_bytes(b"#!/bin/sh\n")
    plain.chmod(0o755)
    os.setxattr(plain, "security.capability", bytes.fromhex("0100000200040000000000000000000000000000"))
    hook = l.path / "hook"
    hook.write_text("#!/bin/sh\nexit 0\n", encoding="ascii")
    hook.chmod(0o777)

    def change(config):
        config["root"]["path"] = str(root)
        config["process"]["noNewPrivileges"] = False
        config["process"]["user"] = {"uid": 1000, "gid": 1000}
        config["hooks"] = {"poststart": [{"path": str(hook)}]}
    return l.start_runc("setuid", change)


@case("runc-worker", "setuid-reach cap.regain", "", "runc")
def _(l):
    """Root starts a process that is not: a set-user-ID file raises that one."""
    root = l.rootfs("worker-root")
    (root / "bin/other").write_bytes(b"#!/bin/sh\n")
    (root / "bin/other").chmod(0o4755)

    def change(config):
        config["root"]["path"] = str(root)
        config["process"]["noNewPrivileges"] = False
    name, pid = l.start_runc("worker", change)
    session = l.spawn("runc", "exec", "--user", "1000:1000", name, *live.SLEEP)   # one that is detached would hold our pipes
    live.wait_for(lambda: live.descendant(session, "sleep"))
    return name, pid


@case("runc-root", "", "setuid-reach file-capability-reach cap.regain", "runc")
def _(l):
    """Root of the container gains nothing by a set-user-ID file."""
    root = l.rootfs("root-root")
    (root / "bin/other").write_bytes(b"#!/bin/sh\n")
    (root / "bin/other").chmod(0o4755)

    def change(config):
        config["root"]["path"] = str(root)
        config["process"]["noNewPrivileges"] = False
    return l.start_runc("root", change)


@case("runc-filesystems", "mount.kernel-filesystems", "", "runc")
def _(l):
    def change(config):
        (pathlib.Path(config["root"]["path"]) / "k").mkdir(exist_ok=True)
        config["root"]["readonly"] = False
        config["mounts"].append({"destination": "/k", "type": "debugfs", "source": "debugfs", "options": []})
    return l.start_runc("debugfs", change)


@case("runc-open-directory", "host-fd escape-path", "", "runc")
def _(l):
    return l.start_runc("openfd", descriptor="/etc")


@case("runc-edited-bundle", "drift.capabilities drift.seccomp drift.no-new-privileges drift.rootfs", "", "runc")
def _(l):
    def change(config):
        config["process"]["noNewPrivileges"] = False
        config["root"]["readonly"] = False
    name, pid = l.start_runc("edited", change)
    path = l.path / "bundle-edited/config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["process"]["capabilities"]["bounding"] = []
    config["process"]["noNewPrivileges"] = config["root"]["readonly"] = True
    config["linux"]["seccomp"] = {"defaultAction": "SCMP_ACT_ERRNO"}
    path.write_text(json.dumps(config), encoding="utf-8")
    return name, pid


# ---- rootless, pods, docker, nested ----

@case("rootless", "", "ns.user host-root-user user-namespace cap.escape privileged escape-path", "podman", rootless=True)
def _(l):
    return l.start_rootless("rootless")


PODS = []


@case("pod", "", "ns.peer ns.pid ns.net privileged", "podman", in_pod=True)
def _(l):
    _name, pids, holder = l.start_pod("pod")
    PODS.append((pids, holder))
    return pids[0]


@case("docker", "no-new-privileges host-root-user rootfs-readonly limit.memory", "ns.pid ns.net ns.mnt privileged cap.escape cap.default seccomp "
      "proc-masked proc-sys-writable device-policy mount.engine-socket escape-path", "docker")
def _(l):
    return l.start_docker("docker")


@case("docker-hardened", "", "no-new-privileges host-root-user rootfs-readonly cap.minimal limit.memory limit.pids escape-path", "docker")
def _(l):
    return l.start_docker("dhardened", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user", "1000:1000", "--memory",
                          "64m", "--pids-limit", "32")


@case("docker-host-namespaces", "ns.pid ns.ipc ns.uts", "ns.mnt", "docker")
def _(l):
    return l.start_docker("dhost", "--pid", "host", "--ipc", "host", "--uts", "host")


@case("docker-socket", "mount.engine-socket escape-path", "privileged", "docker")
def _(l):
    l.docker()
    return l.start_docker("dsocket", "-v", f"{l.path}/docker/docker.sock:/var/run/docker.sock")


@case("docker-unconfined", "seccomp seccomp.filters cap.escape cap.default escape-path", "no-new-privileges", "docker")
def _(l):
    return l.start_docker("dopen", "--cap-add", "SYS_ADMIN", "--cap-add", "SYS_PTRACE", "--security-opt", "seccomp=unconfined",
                          "--security-opt", "no-new-privileges", "-v", "/:/host")


@case("nested", "", "ns.pid", "unshare", nested=True)
def _(l):
    """A container of the kernel's alone, with a root directory of its own, made inside one of podman's."""
    name, _pid = l.start_podman("nest", "--privileged", runtime="wrapper", command=(
        "sh", "-c", "mkdir /in; cp -a /bin /in; mkdir /in/proc; unshare -m -p -i -u -n -f chroot /in /bin/sleep 1000; true"))
    return live.wait_for(lambda: [p for p in live.below(l, name) if live.comm(p) == "sleep"])[0]


# ---- others ----

@case("bwrap", "", "ns.pid ns.net ns.user", "bwrap")
def _(l):
    return l.start_bwrap("--unshare-user", "--uid", "1000", "--gid", "1000")


@case("bwrap-on-host-root", "", "", "bwrap", kind="sandbox")
def _(l):
    return l.start_bwrap(root="/")


@case("unshare", "", "", "unshare", kind="sandbox")
def _(l):
    return l.start_unshare("-Urmpf", "--mount-proc")


@case("nspawn", "", "ns.pid ns.net", "systemd-nspawn")
def _(l):
    return l.start_nspawn()


@case("lxc", "", "ns.pid ns.net", "lxc")
def _(l):
    return l.start_lxc()


@case("containerd", "seccomp", "no-new-privileges ns.pid", "containerd")
def _(l):
    return l.start_ctr()


# ---- what must not be taken for one ----

def check_others(l):
    """A process of the host, one in a mount namespace of its own with the host's root, a chroot."""
    plain = l.spawn("sleep", "1000")
    mounts = l.spawn("unshare", "-m", "sleep", "1000")
    inside = l.spawn("chroot", l.rootfs(), "/bin/sleep", "1000")
    time.sleep(0.3)
    run = plimsoll("containers", "-f", "json", timeout=60 * SLOWER)
    pids = {p for e in json.loads(run.text)["containers"] for p in e["processes"]}
    for name, pid in (("a process of the host", plain), ("one with mounts of its own", mounts), ("a chroot", inside)):
        is_true(f"{name} is no container", pid not in pids)


# ---- judging ----

def results_of(report, pid):
    for subject in report["subjects"]:
        if subject.get("pid") == pid:
            return subject
    return None


def process_in(report_processes, pid):
    return next((e for e in report_processes if pid in e["processes"]), None)


def wrong_facts(facts, entry):
    """What besides its runtime is told of it."""
    told = {"rootless": entry["rootless"], "in_pod": entry["pod"] is not None, "nested": entry["parent"] is not None}
    return [f"{name} is told to be {told[name]}" for name in told if told[name] != facts.get(name, False)]


def check_pod(roster):
    """Both are in one pod, and the one that holds it, too; each is a container of its own."""
    for pids, holder in PODS:
        entries = [process_in(roster, pid) for pid in (*pids, holder)]
        pods = {e and e["pod"] for e in entries}
        point("the containers of a pod are told apart and together",
              ([] if None not in pods and len(pods) == 1 else [f"pods {pods}"]) +
              ([] if len({e and e["id"] for e in entries}) == 3 else [f"ids {[e and e['id'] for e in entries]}"]))


def check_case(c, report, roster):
    entry = process_in(roster, c.pid)
    if not entry:
        return ["it is not found"]
    findings = []
    if entry["kind"] != c.kind:
        findings.append(f"it is taken for a {entry['kind']}")
    if c.runtime and entry["runtime"] != c.runtime:
        findings.append(f"runtime {entry['runtime']}, wanted {c.runtime}")
    findings += wrong_facts(c.facts, entry)
    subject = results_of(report, entry["pid"])
    if not subject:
        return findings + ["it is not judged"]
    outcome = {r["rule"].removeprefix("container."): r for r in subject["results"]}
    for rules, wanted in ((c.fails, "fail"), (c.passes, "pass")):
        for rule in rules:
            got = outcome[rule]["result"]
            if got != wanted:
                findings.append(f"{rule}: {got} ({outcome[rule]['reason']}), wanted {wanted}")
    findings += [f"{rule}: {r['result']}: {r['reason']}" for rule, r in outcome.items() if r["result"] in ("error", "unknown")
                 and not r["rule"].startswith(("container.seccomp.", "container.drift.", "container.hooks", "container.sysctls"))
                 and c.runtime in ("podman", "runc")]
    return findings


def check_every_rule(judged, folder, missing):
    """A rule that never fails, or never passes, is no rule."""
    name = "every rule was seen to fail on one container and to pass on another"
    if missing:
        skip(name, f"could not be started: {' '.join(missing)}")
        return
    file = folder / "seen.json"
    subprocess.run([sys.executable, str(TOP / "tests/containers-roots.t")], env={**os.environ, "RULES_SEEN": str(file)},
                   stdout=subprocess.DEVNULL, check=False)
    seen = {rule: set(outcomes) for rule, outcomes in json.loads(file.read_text(encoding="ascii")).items()}
    for subject in judged["subjects"]:
        for r in subject["results"]:
            seen.setdefault(r["rule"], set()).add(r["result"])
    point(name, [f"{rule}: only {' '.join(sorted(outcomes))}" for rule, outcomes in sorted(seen.items()) if not {"pass", "fail"} <= outcomes])


def check_ordinary_user(judged, folder):
    """He gets fewer answers, never a better one."""
    name = "an ordinary user is told of no pass that root is not told of"
    shutil.copy(PLIMSOLL, folder / "plimsoll")
    shutil.copytree(TOP / "benchmarks", folder / "benchmarks", dirs_exist_ok=True)
    subprocess.run(["chmod", "-R", "a+rX", str(folder / "plimsoll"), str(folder / "benchmarks")], check=False)
    run = subprocess.run(["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", str(folder / "plimsoll"), *PARANOID],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
    if run.returncode not in (1, 3):
        skip(name, f"the program cannot be run as another user: {run.stderr.decode()[-100:]}")
        return
    # what root is told before and after: on a busy machine one may still be starting
    later = json.loads(plimsoll(*PARANOID, timeout=60 * SLOWER).text)
    full, again = ({s["pid"]: {r["rule"]: r["result"] for r in s["results"]} for s in report["subjects"] if "pid" in s} for report in (judged, later))
    mine = [s for s in json.loads(run.stdout)["subjects"] if s["pid"] in full and s["pid"] in again]
    findings = [f"{s['name']}: {r['rule']}: {full[s['pid']][r['rule']]} for root" for s in mine for r in s["results"]
                if r["result"] == "pass" and full[s["pid"]][r["rule"]] == again[s["pid"]][r["rule"]] == "fail"]
    point(name, findings if mine else ["he sees no container at all"])


def start_all(l):
    for c, start in CASES:
        try:
            got = start(l)
            c.pid = got[1] if isinstance(got, tuple) else got
        except Cannot as why:
            skip(f"{c.name}: found and judged as it was made", str(why))


with Live() as machine:
    start_all(machine)
    time.sleep(3)   # some change themselves first
    audit = plimsoll(*PARANOID, timeout=60 * SLOWER)
    table = plimsoll("containers", "--all", "-f", "json", timeout=60 * SLOWER)
    started = [c for c, _ in CASES if c.pid]
    if not started:
        skip("containers are found and judged", "none could be started")
    else:
        judged, listed = json.loads(audit.text), json.loads(table.text)["containers"]
        for c in started:
            point(f"{c.name}: found and judged as it was made", check_case(c, judged, listed))
        is_true("no value of a variable is printed", "not-printed" not in audit.text)
        point("names are those that were given",
              [c.name for c in started if c.runtime in ("podman", "lxc", "systemd-nspawn") and
               not any((e["name"] or "").startswith("plimsoll-") for e in listed if c.pid in e["processes"])])
        check_pod(listed)
        check_ordinary_user(judged, machine.path)
        check_every_rule(judged, machine.path, [c.name for c, _ in CASES if not c.pid and c.runtime in ("podman", "runc")])
    check_others(machine)
done()
