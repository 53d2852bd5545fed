#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Containers in roots of captured processes, as they were and with one thing changed: each rule is judged by it.

What a live container cannot show on every machine (security modules, limits that need more rights, an old or changed runtime) is here. Another
point: what a captured root does not hold is never passed.
"""
import gzip
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import captures
from changed import SEEN, Root, check_changes, edits, expect, judge, results
from tap import DATA, TOP, Scratch, done, point

ENGINE_PATHS = ("/usr/sbin/runc", "/usr/bin/conmon")


def limit_changed(name, soft, hard):
    def change(root):
        text = (root.proc / "limits").read_text(encoding="ascii").splitlines()
        for i, line in enumerate(text):
            if line.startswith(name):
                text[i] = f"{name:<26}{soft:<21}{hard:<21}"
        (root.proc / "limits").write_text("\n".join(text) + "\n", encoding="ascii")
    return change


def engine_programs(mode):
    def change(root):
        for path in ENGINE_PATHS:
            file = root.path / path[1:]
            captures.put(file, "")
            file.chmod(mode)
    return change


def installed(changelog=None, files=None, **versions):
    """Packages by the record of dpkg; what the changelog of runc names; where the files of a package are."""
    def change(root):
        captures.put(root.path / "var/lib/dpkg/status", "".join(
            f"Package: {name.replace('_', '.')}\nStatus: install ok installed\nVersion: {version}\n\n" for name, version in versions.items()))
        for name in versions:
            text = changelog if name == "runc" else "nothing\n"
            if text is not None:
                captures.put(root.path / f"usr/share/doc/{name}/changelog.Debian.gz", gzip.compress(text.encode("ascii")))
        for path, name in (files or {}).items():
            captures.put(root.path / path[1:], "")
            captures.put(root.path / f"var/lib/dpkg/info/{name}.list", f"/.\n{path}\n/usr/share/doc\n")
    return change


MENDED = "runc (1.1.5+ds1-1+deb12u2) x; urgency=high\n\n  * CVE-2024-21626, CVE-2025-31133, CVE-2025-52565, CVE-2025-52881\n"
PODMAN = "5.4.2+ds1-2"


def host_mounts(root):
    """Its namespace of mounts is the host's; what it is shows by its cgroup and its other root directory."""
    root.relink("ns/mnt", "mnt:[4026531832]")


# ---- the bundle says otherwise ----

def bundle(change):
    """The file of podman-default's bundle, changed."""
    def edit(root):
        ident = re.search(r"libpod-([0-9a-f]{64})", (root.proc / "cgroup").read_text()).group(1)
        path = root.path / f"var/lib/containers/storage/overlay-containers/{ident}/userdata/config.json"
        config = json.loads(path.read_text())
        change(config)
        path.write_text(json.dumps(config))
    return edit


def cgroup_file(controller, name, text):
    def edit(root):
        path = re.search(rf"(?m)^\d+:[^:]*\b{controller}\b[^:]*:(.*)$", (root.proc / "cgroup").read_text()).group(1)
        top = re.search(rf"(?m)^\S+ \S+ \S+ / (\S+) .* - cgroup cgroup \S*\b{controller}\b", (root.path / "proc/self/mountinfo").read_text()).group(1)
        captures.put(root.path / f"{top}{path}/{name}".lstrip("/"), text)
    return edit


def cpus(online):
    return lambda root: captures.put(root.path / "sys/devices/system/cpu/online", online)


def quota(asked, live, online="0-7\n"):
    return edits(bundle(lambda config: config["linux"].setdefault("resources", {}).update(cpu={"quota": asked, "period": 100000})), cpus(online),
                 cgroup_file("cpu", "cpu.cfs_quota_us", live), cgroup_file("cpu", "cpu.cfs_period_us", "100000\n"))


def read_only(destination):
    def change(config):
        config["mounts"].append({"destination": destination, "type": "bind", "source": "/srv/data", "options": ["rbind", "ro"]})
    return bundle(change)


def memory(limit, *machine):
    return edits(cgroup_file("memory", "memory.limit_in_bytes", limit),
                 *(lambda root, text=text: captures.put(root.path / "proc/meminfo", text) for text in machine))


def processes(limit, most):
    def edit(root):
        captures.put(root.path / "proc/sys/kernel/pid_max", "4194304\n")
        captures.put(root.path / "proc/sys/kernel/threads-max", most)
    return edits(cgroup_file("pids", "pids.max", limit), edit)


def threads_not_captured(root):
    """Field 20 of stat says how many there are."""
    head, tail = (root.proc / "stat").read_text().rsplit(")", 1)
    fields = tail.split()
    fields[17] = "3"
    (root.proc / "stat").write_text(f"{head}) {' '.join(fields)}\n")


def thread(status=None, namespaces=None):
    """Another thread of the process: its status with these edits."""
    def edit(root):
        threads_not_captured(root)
        text = (root.proc / "status").read_text()
        for name, value in (status or {}).items():
            text = re.sub(rf"(?m)^{name}:\t.*$", f"{name}:\t{value}", text)
        captures.put(root.proc / "task" / str(root.pid) / "status", (root.proc / "status").read_bytes())
        captures.put(root.proc / "task/77777/status", text)
        for kind in ("mnt", "net", "ipc", "uts", "cgroup"):
            captures.link(root.proc / "task/77777/ns" / kind, (namespaces or {}).get(kind) or os.readlink(root.proc / "ns" / kind))
    return edit


def lines(**values):
    def edit(root):
        text = (root.proc / "status").read_text()
        for name, value in values.items():
            text = re.sub(rf"(?m)^{name}:\t.*$", f"{name}:\t{value}", text)
        (root.proc / "status").write_text(text)
    return edit


def mounts_of_thread(more):
    return lambda root: captures.put(root.proc / "task/77777/mountinfo", (root.proc / "mountinfo").read_text() + more)


def disk_group(root):
    captures.put(root.path / "etc/group", "root:x:0:\ndisk:x:6:\n")


NO_ROOT_GROUP = lines(Gid="7\t7\t7\t7", Groups="7 ")
ALL = "000001ffffffffff"
GIGABYTES = "MemTotal:        4194304 kB\nSwapTotal:             0 kB\n"


CHANGES = [
    # each thread has capabilities, users, filters and namespaces of its own
    ("cap.default", "pass", thread()),
    ("cap.default", "fail", thread({"CapEff": ALL, "CapPrm": ALL})),
    ("cap.escape", "fail", thread({"CapPrm": ALL})),
    ("cap.escape", "pass", edits(lambda root: root.relink("ns/user", "user:[4026539999]"), thread({"CapPrm": ALL}))),
    ("cap.default", "unknown", threads_not_captured),
    ("cap.default", "fail", edits(threads_not_captured, lambda root: root.edit("status", "CapEff:\t00000000a80425fb", f"CapEff:\t{ALL}"))),
    ("seccomp", "fail", thread({"Seccomp": "0", "Seccomp_filters": "0"})),
    ("seccomp", "unknown", threads_not_captured),
    ("no-new-privileges", "fail", edits(lambda root: root.edit("status", "NoNewPrivs:\t0", "NoNewPrivs:\t1"), thread({"NoNewPrivs": "0"}))),
    ("host-root-user", "pass", lambda root: root.edit("status", "Uid:\t0\t0\t0\t0", "Uid:\t7\t7\t7\t7")),
    ("host-root-user", "fail", edits(lambda root: root.edit("status", "Uid:\t0\t0\t0\t0", "Uid:\t7\t7\t7\t7"), thread({"Uid": "7\t0\t7\t7"}))),
    ("root-group", "pass", NO_ROOT_GROUP),
    ("root-group", "fail", edits(NO_ROOT_GROUP, thread({"Gid": "7\t0\t7\t7"}))),
    ("host-groups", "pass", edits(NO_ROOT_GROUP, disk_group, thread({"Groups": "7 8 "}))),
    ("host-groups", "fail", edits(NO_ROOT_GROUP, disk_group, thread({"Groups": "7 6 "}))),
    ("ns.mnt", "fail", thread({"CapBnd": ALL}, {"mnt": "mnt:[4026531832]"})),
    ("ns.mnt", "pass", thread({"CapBnd": ALL})),
    ("mount.kernel-filesystems", "fail", edits(thread({"CapBnd": ALL}, {"mnt": "mnt:[4026539992]"}), mounts_of_thread(
        "901 97 0:8 / /d rw - debugfs debugfs rw\n"))),
    ("mount.kernel-filesystems", "pass", edits(thread({"CapBnd": ALL}, {"mnt": "mnt:[4026539992]"}), mounts_of_thread(""))),
    # a limit that the machine cannot reach is none
    ("limit.memory", "pass", memory("2147483648\n", GIGABYTES)),
    ("limit.memory", "fail", memory("4294967296\n", GIGABYTES)),
    ("limit.memory", "unknown", memory("2147483648\n")),
    ("limit.pids", "pass", processes("2048\n", "30000\n")),
    ("limit.pids", "fail", processes("30000\n", "30000\n")),
    ("limit.cpu", "fail", edits(quota(800000, "800000\n"), cgroup_file("cpu", "cpu.shares", "200000\n"))),
    ("limit.cpu", "pass", edits(quota(800000, "800000\n"), cgroup_file("cpu", "cpu.shares", "512\n"))),
    ("limit.cpu", "pass", edits(quota(800000, "700000\n"), cgroup_file("cpu", "cpu.shares", "1024\n"))),
    # what was asked for
    ("drift.cpu", "fail", quota(50000, "60000\n")),
    ("drift.cpu", "fail", quota(50000, "-1\n")),
    ("drift.cpu", "pass", quota(50000, "50000\n")),
    ("drift.cpu", "pass", quota(900000, "900000\n")),
    ("drift.namespaces", "pass", None),
    ("drift.namespaces", "fail", lambda root: root.relink("ns/ipc", "ipc:[4026531839]")),
    ("drift.namespaces", "unknown", lambda root: root.relink("ns/ipc", "errno:EACCES")),
    ("drift.namespaces", "pass", edits(lambda root: root.relink("ns/ipc", "ipc:[4026531839]"), bundle(lambda config: config["linux"].update(
        namespaces=[{**n, "path": "/proc/1/ns/ipc"} if n["type"] == "ipc" else n for n in config["linux"]["namespaces"]])))),
    ("drift.mounts", "pass", None),
    ("drift.mounts", "fail", lambda root: root.append("mountinfo", "900 97 254:0 /srv/data /data rw,relatime - ext4 /dev/vda rw\n")),
    ("drift.mounts", "pass", edits(read_only("/data"), lambda root: root.append(
        "mountinfo", "900 97 254:0 /srv/data /data ro,relatime - ext4 /dev/vda rw\n"))),
    ("drift.mounts", "fail", edits(read_only("/data"), lambda root: root.append(
        "mountinfo", "900 97 254:0 /srv/data /data rw,relatime - ext4 /dev/vda rw\n"))),
    ("drift.mounts", "pass", edits(read_only("/var/run/data"), lambda root: root.append(
        "mountinfo", "900 97 254:0 /srv/other /run/data/below rw,relatime - ext4 /dev/vda rw\n"))),
    # the path itself, mounted over what masked it
    ("drift.masks", "fail", edits(lambda root: captures.put(root.path / "proc/keys", ""), lambda root: root.append(
        "mountinfo", "900 77 0:43 /keys /proc/keys rw - proc proc rw\n"))),
    ("ns.mnt", "fail", host_mounts),
    ("ns.mnt", "pass", None),
    ("oom-score", "fail", lambda root: root.edit("oom_score_adj", "0", "-900")),
    ("oom-score", "pass", None),
    ("mount.volume-types", "fail", lambda root: root.append(
        "mountinfo", "900 97 0:99 / /data rw,relatime - nfs4 server:/export rw,vers=4.2\n")),
    ("mount.volume-types", "pass", None),
    ("rlimit.nofile", "fail", limit_changed("Max open files", "unlimited", "unlimited")),
    ("rlimit.nofile", "pass", None),
    ("rlimit.nproc", "fail", limit_changed("Max processes", "unlimited", "unlimited")),
    ("rlimit.nproc", "pass", None),
    ("rlimit.memlock", "fail", limit_changed("Max locked memory", "unlimited", "unlimited")),
    ("rlimit.memlock", "pass", None),
    ("rlimit.sigpending", "fail", limit_changed("Max pending signals", "unlimited", "unlimited")),
    ("rlimit.sigpending", "pass", None),
    ("rlimit.core", "pass", limit_changed("Max core file size", "0", "0")),
    ("rlimit.core", "fail", None),
    ("rlimit.rtprio", "fail", limit_changed("Max realtime priority", "99", "99")),
    ("rlimit.rtprio", "pass", None),
    ("runtime.version", "pass", installed(runc="1.3.3+ds1-2", podman=PODMAN)),
    ("runtime.version", "pass", installed(runc="1.2.8-1", podman="6:5.2.5-1")),
    ("runtime.version", "fail", installed(runc="1.3.2+ds1-2", podman=PODMAN, changelog="nothing\n")),
    # a candidate of a release is older than the release
    ("runtime.version", "fail", installed(runc="1.4.0~rc.2-1", podman=PODMAN, changelog="nothing\n")),
    ("runtime.version", "pass", installed(runc="1.4.0~rc.3-1", podman=PODMAN, changelog="nothing\n")),
    # an old release that the distribution mended, in its own changelog's words; in part; and where nobody says
    ("runtime.version", "pass", installed(runc="1.1.5+ds1-1+deb12u2", podman=PODMAN, changelog=MENDED)),
    ("runtime.version", "fail", installed(runc="1.1.5+ds1-1+deb12u1", podman=PODMAN, changelog="runc\n  * CVE-2024-21626: x\n")),
    ("runtime.version", "unknown", installed(runc="1.1.5+ds1-1+deb12u1", podman=PODMAN)),
    ("runtime.version", "unknown", installed(runc="1.1.5-1", podman=PODMAN, changelog="runc\n# For older changelog entries, run 'apt-get changelog runc'\n")),
    # the engine's own
    ("runtime.version", "fail", installed(runc="1.3.3+ds1-2", podman="4.3.1+ds1-8+deb12u1+b3")),
    ("runtime.version", "unknown", installed(runc="1.3.3+ds1-2")),
    # the program that runs is not that of the package
    ("runtime.version", "pass", installed(runc="1.3.3+ds1-2", podman=PODMAN, files={"/usr/sbin/runc": "runc"})),
    ("runtime.version", "unknown", installed(runc="1.3.3+ds1-2", podman=PODMAN, files={"/usr/local/sbin/runc": "other"})),
    ("runtime.version", "unknown", None),
    ("runtime.binary", "fail", engine_programs(0o777)),
    ("runtime.binary", "pass", engine_programs(0o755)),
    ("no-new-privileges", "fail", None),
    ("no-new-privileges", "pass", lambda root: root.edit("status", "NoNewPrivs:\t0", "NoNewPrivs:\t1")),
    ("cap.escape", "pass", None),
    ("cap.escape", "fail", lambda root: root.edit("status", "CapBnd:\t00000000a80425fb", "CapBnd:\t00000000a82425fb")),
    # half a file is none
    ("cap.escape", "unknown", lambda root: root.edit("status", "CapBnd:", "CapXnd:")),
    ("no-new-privileges", "unknown", lambda root: root.edit("status", "CapEff:\t00000000a80425fb\n", "")),
    ("proc-sys-writable", "pass", None),
    ("proc-sys-writable", "fail", lambda root: root.edit("mountinfo", "/sys /proc/sys ro,", "/sys /proc/sys rw,")),
    ("proc-sys-writable", "error", lambda root: root.edit("mountinfo", " - overlay overlay", " overlay")),
    ("mount.engine-socket", "fail", lambda root: root.append(
        "mountinfo", "901 97 254:0 /run/docker.sock /var/run/x.sock rw,relatime - ext4 /dev/vda rw\n")),
    ("mount.engine-socket", "fail", lambda root: root.append(
        "mountinfo", "901 97 254:0 /opt/x/docker.sock /x.sock rw,relatime - ext4 /dev/vda rw\n")),
    ("mount.engine-socket", "fail", lambda root: root.append(
        "mountinfo", "901 97 254:0 /run/user/1234/podman /x rw,relatime - ext4 /dev/vda rw\n")),
    ("mount.engine-socket", "pass", lambda root: root.append(
        "mountinfo", "901 97 254:0 /run/user/1234/other /x rw,relatime - ext4 /dev/vda rw\n")),
    ("mount.engine-socket", "fail", lambda root: root.append(
        "mountinfo", "901 97 254:0 /run/user /x rw,relatime - ext4 /dev/vda rw\n")),
    # hidden below another mount, and still in reach of whoever may unmount
    ("mount.host-root", "fail", lambda root: root.append(
        "mountinfo", "902 97 254:0 / /mnt rw - ext4 /dev/vda rw\n903 97 0:98 / /mnt rw - tmpfs tmpfs rw\n")),
]


# ---- nothing captured, nothing passed ----

NOT_CAPTURED = "host-fd device-fd environment-secrets device-nodes proc-masked runtime.binary"


def check_not_captured(scratch):
    subject = Root(scratch / "bare", "podman-priv").judged()
    point("what the root does not hold is not passed",
          [f"{rule}: {results(subject)[rule]['result']}" for rule in NOT_CAPTURED.split() if results(subject)[rule]["result"] == "pass"])
    root = Root(scratch / "empty", "podman-default")
    for name in ("status", "mountinfo", "uid_map", "limits"):
        (root.proc / name).write_bytes(b"")
    passed = [r["rule"] for s in judge(root.path) for r in s["results"] if r["result"] == "pass"]
    allowed = ("ns.", "seccomp.", "drift.", "hooks", "sysctls", "cgroup-stray", "identity", "abstract-sockets", "sshd", "nested-engine",
               "oom-score", "executable-deleted", "identified")
    point("of a process whose files are empty, only links, bundle and cgroup pass", [p for p in passed if not p.removeprefix("container.").startswith(allowed)])


# ---- machines with a security module ----

def machine(scratch, name):
    root = scratch / name
    subprocess.run([sys.executable, str(TOP / "tests/captures-root"), "--vm", str(DATA / f"captures-vm-{name}"), str(root)], check=True)
    subjects = judge(root)
    by_pid = {s["pid"]: s for s in subjects}
    kinds = {}
    for folder in sorted((DATA / f"captures-vm-{name}" / "containers").iterdir()):
        pid = int(next(line for line in (folder / "status").read_text().splitlines() if line.startswith("Pid:")).split()[1])
        kinds[folder.name] = by_pid[pid]
    return root, kinds


APPARMOR = {
    "default": {"lsm-confined": "pass", "privileged": "pass", "seccomp": "pass", "cap.default": "pass", "ns.pid": "pass", "limit.pids": "pass",
                "selinux.type": "notapplicable"},
    "complain": {"lsm-confined": "fail"},
    "privileged": {"lsm-confined": "fail", "cap.escape": "fail", "seccomp": "fail", "proc-sys-writable": "fail", "sys-writable": "fail"},
    "hardened": {"lsm-confined": "pass", "cap.minimal": "pass", "no-new-privileges": "pass", "rootfs-readonly": "pass", "host-root-user": "pass",
                 "limit.memory": "pass"},
    "hostns": {"ns.pid": "fail", "ns.net": "fail", "ns.ipc": "fail", "ns.uts": "fail", "seccomp": "fail"},
    "sysadmin": {"cap.escape": "fail", "mount.host-root": "fail", "lsm-confined": "fail"},
    "sock": {"mount.engine-socket": "fail"},
    "userns": {"ns.user": "pass", "user-namespace": "pass", "cap.escape": "pass", "host-root-user": "pass"},
}
SELINUX = {
    "default": {"lsm-confined": "pass", "selinux.type": "pass", "selinux.user-role": "pass", "selinux.categories": "pass"},
    "privileged": {"lsm-confined": "fail", "selinux.type": "fail", "cap.escape": "fail"},
}


def check_machines(scratch):
    for name, wanted in (("apparmor", APPARMOR), ("selinux", SELINUX)):
        root, kinds = machine(scratch, name)
        for kind, rules in wanted.items():
            expect(f"{name}: {kind}", kinds[kind], rules)
        if name == "selinux":
            check_selinux(scratch, root, kinds)
        else:
            check_sessions(root, kinds)
            check_thread_label(root, kinds)


def put_in(root, pid, number, label=None, **lines):
    """A process of the container that was started from outside, as the first one but for its label and these lines of its status."""
    other = root / "proc" / str(number)
    shutil.copytree(root / "proc" / str(pid), other, symlinks=True)
    stat = (other / "stat").read_text()
    (other / "stat").write_text(re.sub(r"^\d+ (\(.*\)) (.) \d+ ", rf"{number} \1 \2 1 ", stat))
    text = (other / "status").read_text()
    for name, value in lines.items():
        text = re.sub(rf"(?m)^{name}:\t.*$", f"{name}:\t{value}", text)
    (other / "status").write_text(text)
    if label:
        (other / "attr/current").write_bytes(label)


def check_sessions(root, kinds):
    """What is put in beside the first process is held to what that one has."""
    def session(name, kind, wanted, label=None, **lines):
        pid = kinds[kind]["pid"]
        put_in(root, pid, 77000, label, **lines)
        expect(name, next(s for s in judge(root) if s["pid"] == pid), wanted)
        shutil.rmtree(root / "proc/77000")

    session("apparmor: a session like the first process", "default", {"exec-wider": "pass", "lsm-confined": "pass"})
    session("apparmor: a session without a label", "default", {"exec-wider": "fail", "lsm-confined": "fail"}, b"unconfined\n")
    session("apparmor: a session without a filter", "default", {"exec-wider": "fail", "seccomp": "fail"}, Seccomp="0", Seccomp_filters="0")
    session("apparmor: a session that may gain privileges", "hardened", {"exec-wider": "fail", "no-new-privileges": "fail"}, NoNewPrivs="0")
    session("apparmor: a session that may get more capabilities", "hardened", {"exec-wider": "fail"}, CapPrm="0000000000200000")
    session("apparmor: a session beside one that has no filter", "privileged", {"exec-wider": "pass"})


def check_thread_label(root, kinds):
    pid = kinds["default"]["pid"]
    proc = root / "proc" / str(pid)
    stat = (proc / "stat").read_text()
    head, tail = stat.rsplit(")", 1)
    fields = tail.split()
    fields[17] = "2"
    (proc / "stat").write_text(f"{head}) {' '.join(fields)}\n")
    for number, label in ((pid, None), (77777, b"unconfined\n")):
        captures.put(proc / f"task/{number}/status", (proc / "status").read_bytes())
        captures.put(proc / f"task/{number}/attr/current", label or (proc / "attr/current").read_bytes())
    expect("apparmor: a thread that left its label", next(s for s in judge(root) if s["pid"] == pid), {"lsm-confined": "fail", "cap.default": "pass"})
    (proc / "stat").write_text(stat)


def check_permissive(root, pid):
    """The loaded policy may make a single type permissive; one that cannot be understood is not held against the label, and the evidence says so."""
    policy = root / "sys/fs/selinux/policy"
    compiled = (DATA / "selinux-policy/policy.33").read_bytes()
    none = compiled[:72] + bytes(8) + compiled[80:]   # the 64 bits of the second bitmap
    for name, data, wanted in (("a policy that makes its type permissive", compiled, "fail"), ("one that makes none so", none, "pass"),
                               ("half a policy", compiled[:200], "pass")):
        policy.write_bytes(data)
        subject = next(s for s in judge(root) if s["pid"] == pid)
        expect(f"selinux: {name}", subject, {"lsm-confined": wanted})
        origins = [e["origin"] for e in results(subject)["lsm-confined"]["evidence"]]
        point(f"selinux: {name}: the evidence says whether it was looked at",
              [f"{origins}"] if any("whether container_t is permissive is not known" in o for o in origins) != (name == "half a policy") else [])
    policy.unlink()


def check_host_label(root, pid):
    """A sandboxed program of the host may have any label: the host's level is no category that two containers share."""
    put_in(root, pid, 77000)
    (root / "proc/77000/cgroup").write_text("0::/user.slice/x.scope\n")
    (root / "proc/77000/root.stat").write_text((root / "proc/1/root.stat").read_text())
    for kind in ("mnt", "pid", "net", "ipc", "uts", "cgroup"):
        (root / "proc/77000/ns" / kind).unlink()
        captures.link(root / "proc/77000/ns" / kind, "mnt:[4026539999]" if kind == "mnt" else os.readlink(root / "proc/1/ns" / kind))
    expect("selinux: a sandbox with the same categories", next(s for s in judge(root) if s["pid"] == pid), {"selinux.categories": "pass"})
    shutil.rmtree(root / "proc/77000")


def check_selinux(scratch, root, kinds):
    """Not enforcing: no label confines. Another container with the same categories, another user: found."""
    (root / "sys/fs/selinux/enforce").write_text("0")
    expect("selinux: default, not enforcing", next(s for s in judge(root) if s["pid"] == kinds["default"]["pid"]), {"lsm-confined": "fail"})
    (root / "sys/fs/selinux/enforce").unlink()
    expect("selinux: default, whether it enforces is not known", next(s for s in judge(root) if s["pid"] == kinds["default"]["pid"]),
           {"lsm-confined": "unknown"})
    (root / "sys/fs/selinux/enforce").write_text("1")
    check_permissive(root, kinds["default"]["pid"])
    check_host_label(root, kinds["default"]["pid"])
    default, level = kinds["default"]["pid"], kinds["level"]["pid"]
    shutil.copy(root / f"proc/{level}/attr/current", root / f"proc/{default}/attr/current")
    expect("selinux: the same categories", next(s for s in judge(root) if s["pid"] == default), {"selinux.categories": "fail"})
    (root / f"proc/{default}/attr/current").write_bytes(b"unconfined_u:unconfined_r:container_t:s0:c9,c10\0")
    expect("selinux: another user", next(s for s in judge(root) if s["pid"] == default), {"selinux.user-role": "fail"})


with Scratch() as folder:
    check_changes(pathlib.Path(folder), CHANGES)
    check_not_captured(pathlib.Path(folder))
    check_machines(pathlib.Path(folder))
if os.environ.get("RULES_SEEN"):   # asked for by containers-live.t
    pathlib.Path(os.environ["RULES_SEEN"]).write_text(json.dumps({rule: sorted(seen) for rule, seen in SEEN.items()}), encoding="ascii")
done()
