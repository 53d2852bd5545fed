#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The ways out of a container, link by link: a chain whose links all hold is reported with each of them; without any one of them it is not;
with one that could not be read the rule is unknown.

A chain is a captured container with the edits that open it; each link is an edit that breaks it, and one that hides it.
"""
import json
import pathlib
import re
import shutil
import socket

import captures
from tap import Scratch, done, plimsoll, point

CAPABILITIES = {"DAC_OVERRIDE": 1, "DAC_READ_SEARCH": 2, "SYS_MODULE": 16, "SYS_PTRACE": 19, "SYS_ADMIN": 21, "MKNOD": 27}
DISK = "900 97 254:0 {} {} {},relatime - ext4 /dev/vda rw\n"
UNREADABLE = "errno:EACCES"
DAEMON = 10032   # the pid of host-self.txt


class Root:
    def __init__(self, folder):
        self.path = folder
        captures.add_host(folder, captures.parse(captures.CAPTURES / "host-self.txt")[0]["mountinfo"])
        captures.add_process(folder, captures.CAPTURES / "host-kthreadd.txt")
        captures.add_state(folder)
        self.pid = captures.add_process(folder, captures.CAPTURES / "podman-default.txt")
        self.proc = folder / "proc" / str(self.pid)
        self.cgroup = re.search(r"devices:/(.*)", (self.proc / "cgroup").read_text()).group(1)
        for path in ("proc/sys/kernel/modules_disabled", "proc/sys/kernel/yama/ptrace_scope"):
            captures.put(folder / path, "0\n")
        captures.put(folder / "proc/modules", "")
        captures.put(folder / f"sys/fs/cgroup/devices/{self.cgroup}/devices.list", "c *:* m\n")
        captures.put(self.proc / "net/unix", captures.NO_SOCKETS)
        captures.put(folder / "proc/1/net/unix", captures.NO_SOCKETS)

    def judged(self):
        run = plimsoll("audit", "-b", "container", "-p", "paranoid", "-r", "container.escape-path", "-s", "containers", "-f", "json",
                       "--root", self.path)
        if run.status not in (0, 1, 3):
            raise SystemExit(f"audit of {self.path}: {run}")
        subject = next(s for s in json.loads(run.text)["subjects"] if s["pid"] == self.pid)
        return subject["results"][0]


# ---- edits ----

def file_is(path, text):
    def edit(root):
        target = root.path / path.format(pid=root.pid, cgroup=root.cgroup)
        if target.is_dir() and not target.is_symlink():
            target.rmdir()
        elif target.is_symlink() or target.exists():
            target.unlink()
        if text is not None and text.startswith("errno:"):
            captures.link(target, text)
        elif text is not None:
            captures.put(target, text)
    return edit


def hidden(path):
    return file_is(path, UNREADABLE)


def line_is(name, value):
    """A line of status."""
    def edit(root):
        path = root.proc / "status"
        text, n = re.subn(rf"(?m)^{name}:\t.*$", f"{name}:\t{value}", path.read_text())
        if n != 1:
            raise SystemExit(f"{path}: no {name}")
        path.write_text(text)
    return edit


def capabilities(*names, default=True):
    mask = sum(1 << CAPABILITIES[n] for n in names) | (0xa80425fb if default else 0)

    def edit(root):
        for name in ("CapPrm", "CapEff", "CapBnd"):
            line_is(name, f"{mask:016x}")(root)
    return edit


def without(bit):
    """Also without the capability that does as well as being root."""
    def edit(root):
        text = (root.proc / "status").read_text()
        for name in ("CapPrm", "CapEff", "CapBnd"):
            mask = int(re.search(rf"(?m)^{name}:\t(\w+)$", text).group(1), 16)
            line_is(name, f"{mask & ~(1 << CAPABILITIES[bit]):016x}")(root)
    return edit


def mounted(text):
    def edit(root):
        with open(root.proc / "mountinfo", "a", encoding="ascii") as stream:
            stream.write(text)
    return edit


def remounted(old, new, path="proc/{pid}/mountinfo"):
    def edit(root):
        target = root.path / path.format(pid=root.pid)
        text = target.read_text()
        if old not in text:
            raise SystemExit(f"{target}: no {old!r}")
        target.write_text(text.replace(old, new))
    return edit


def namespace(kind, inode):
    def edit(root):
        link = root.proc / "ns" / kind
        link.unlink()
        captures.link(link, UNREADABLE if inode is None else f"{kind}:[{inode}]")
    return edit


def engine_listens(root):
    path = root.path / "run/docker.sock"
    path.parent.mkdir(exist_ok=True)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


LISTENS = "0000: 00000002 00000000 00010000 0001 01 4711 /opt/e/api\n"


def daemon(name, descriptor="socket:[4711]"):
    """A process of the host, by that name, with a socket that listens."""
    def edit(root):
        captures.put(root.path / "proc/1/net/unix", captures.NO_SOCKETS + LISTENS)
        shutil.rmtree(root.path / f"proc/{DAEMON}", ignore_errors=True)
        captures.add_process(root.path, captures.CAPTURES / "host-self.txt", comm=name, descriptors={"7": descriptor})
    return edit


def hidden_descriptors(root):
    shutil.rmtree(root.path / f"proc/{DAEMON}/fd")
    captures.link(root.path / f"proc/{DAEMON}/fd", UNREADABLE)


def folder(path):
    return lambda root: (root.path / path).mkdir(parents=True, exist_ok=True)


def mode(path, bits):
    return lambda root: (root.path / path).chmod(bits)


def edits(*list_):
    def edit(root):
        for one in list_:
            one(root)
    return edit


NO_ROOT = edits(line_is("Uid", "1000\t1000\t1000\t1000"), without("DAC_OVERRIDE"))
ORDINARY = line_is("Uid", "1000\t1000\t1000\t1000")
HIDDEN_STATUS = file_is("proc/{pid}/status", "Name:\tsleep\n")
HIDDEN_MOUNTS = hidden("proc/{pid}/mountinfo")

def no_host_mounts(root):
    for name in ("self", "1"):
        (root.path / "proc" / name / "mountinfo").unlink()


def host_mounts(old, new):
    return edits(remounted(old, new, "proc/self/mountinfo"), remounted(old, new, "proc/1/mountinfo"))


def joined(number, namespaces, **lines):
    """Another process that is in the container's mount namespace, and for the rest where it came from."""
    def edit(root):
        other = root.path / "proc" / str(number)
        shutil.copytree(root.proc, other, symlinks=True)
        stat = (other / "stat").read_text()
        (other / "stat").write_text(re.sub(r"^\d+ \((.*)\) (.) \d+ ", rf"{number} (\1) \2 0 ", stat))
        text = (other / "status").read_text()
        for name, value in lines.items():
            text = re.sub(rf"(?m)^{name}:\t.*$", f"{name}:\t{value}", text)
        (other / "status").write_text(text)
        for kind, inode in namespaces.items():
            (other / "ns" / kind).unlink()
            captures.link(other / "ns" / kind, f"{kind}:[{inode}]")
    return edit


def mask(*names):
    return f"{sum(1 << CAPABILITIES[n] for n in names) | 0xa80425fb:016x}"


HOST_PID, HOST_USER = {"pid": "4026531836"}, {"user": "4026531837"}
NO_FILTER = line_is("Seccomp", "0")
OWN_USERS = namespace("user", "4026539999")
UNKNOWN_USERS = namespace("user", None)
CONFINED = file_is("proc/{pid}/attr/current", "containers-default (enforce)\n")
HIDDEN_LABEL = hidden("proc/{pid}/attr/current")


def no_bundle(root):
    for config in root.path.glob("var/lib/containers/storage/overlay-containers/*/userdata/config.json"):
        config.unlink()


def filtered(*calls):
    """The filter as it was captured, and without these calls."""
    def edit(root):
        line_is("Seccomp", "2")(root)
        for path in root.path.glob("var/lib/containers/storage/overlay-containers/*/userdata/config.json"):
            config = json.loads(path.read_text())
            for entry in config["linux"].get("seccomp", {}).get("syscalls", []):
                entry["names"] = [n for n in entry["names"] if n not in calls] or ["getpid"]
            path.write_text(json.dumps(config))
    return edit


# chain: what its report names, what opens it, and of each link: (what breaks it, what hides it)
FILTERED = filtered("mount", "finit_module", "init_module", "open_by_handle_at")
FILTER_UNKNOWN = edits(line_is("Seccomp", "2"), no_bundle)
DEVICES = "sys/fs/cgroup/devices/{cgroup}/devices.list"
NO_VERSION_1 = host_mounts(" - cgroup ", " - tmpfs ")
ALL_DEVICES = file_is(DEVICES, "a *:* rwm\n")
PARTITIONS = "major minor  #blocks  name\n\n"
FDINFO = "pos:\t0\nflags:\t0100000\nmnt_id:\t{}\nino:\t1\n"


def open_file(number, target, kind="040755 0:0\n"):
    """A directory of the host that was left open; or what else has that mode and device number."""
    def edit(root):
        captures.link(root.proc / f"fd/{number}", target)
        captures.put(root.proc / f"fdinfo/{number}", FDINFO.format(4000))
        captures.put(root.proc / f"type/fd/{number}", kind)
    return edit


def unlisted_files(root):
    shutil.rmtree(root.proc / "fd")


CHAINS = {
    "engine-socket": (
        "an engine's socket by /run/docker.sock at /mnt/x.sock → is root of the host → asks the engine",
        edits(engine_listens, mounted(DISK.format("/run/docker.sock", "/mnt/x.sock", "rw"))),
        {"socket": (file_is("run/docker.sock", None), hidden("run/docker.sock")),
         "mount": (remounted("/run/docker.sock /mnt/x.sock", "/run/other.sock /mnt/x.sock"), HIDDEN_MOUNTS),
         "place of the mount": (None, no_host_mounts),
         "owner": (NO_ROOT, HIDDEN_STATUS)}),
    "engine-socket of its own place": (
        "an engine's socket by /opt/e at /mnt/e → is root of the host → asks the engine",
        edits(daemon("dockerd"), mounted(DISK.format("/opt/e", "/mnt/e", "ro"))),
        {"listening": (file_is("proc/1/net/unix", captures.NO_SOCKETS), hidden("proc/1/net/unix")),
         "an engine": (daemon("nginx"), hidden_descriptors), "its descriptor": (daemon("dockerd", "socket:[4712]"), None),
         "mount": (remounted("/opt/e /mnt/e", "/opt/f /mnt/e"), HIDDEN_MOUNTS), "owner": (NO_ROOT, HIDDEN_STATUS)}),
    "system-bus": (
        "has a socket of the host's services by /run/dbus at /bus → is root of the host → has systemd run",
        edits(file_is("run/dbus/system_bus_socket", ""), mounted(DISK.format("/run/dbus", "/bus", "ro"))),
        {"bus": (file_is("run/dbus/system_bus_socket", None), hidden("run/dbus/system_bus_socket")),
         "mount": (remounted("/run/dbus /bus", "/run/other /bus"), HIDDEN_MOUNTS), "root": (ORDINARY, HIDDEN_STATUS)}),
    "system-bus by systemd's own socket": (
        "has a socket of the host's services by /run/systemd/private at /p → is root of the host → has systemd run",
        edits(file_is("run/systemd/private", ""), mounted(DISK.format("/run/systemd/private", "/p", "ro"))), {}),
    "host-files": (
        "writes to the host's /etc/cron.d at /c → is root of the host → changes what the host runs as root",
        mounted(DISK.format("/etc/cron.d", "/c", "rw")),
        {"mount": (remounted("/etc/cron.d /c", "/srv /c"), HIDDEN_MOUNTS), "writable": (remounted("/c rw", "/c ro"), None),
         "what is there": (remounted("/etc/cron.d /c", "/etc/resolv.conf /c"), None), "owner": (NO_ROOT, HIDDEN_STATUS)}),
    "host-files of root": (
        "writes to the host's /root at /r → is root of the host → changes what the host runs as root",
        mounted(DISK.format("/root", "/r", "rw")), {}),
    "host-root": (
        "the host's root directory / at /host → is root of the host → changes any file",
        mounted(DISK.format("/", "/host", "rw")),
        {"mount": (remounted("/ /host rw", "/srv /host rw"), HIDDEN_MOUNTS), "writable": (remounted("/ /host rw", "/ /host ro"), None),
         "owner": (NO_ROOT, HIDDEN_STATUS)}),
    "host-root from above": (
        "the host's root directory / inside what is at /top → is root of the host → changes any file",
        edits(host_mounts("254:0 / / rw", "254:0 /@ / rw"), mounted(DISK.format("/", "/top", "rw"))),
        {"mount": (remounted("/ /top rw", "/@other /top rw"), HIDDEN_MOUNTS), "writable": (remounted("/ /top rw", "/ /top ro"), None)}),
    "remount": (
        "the host's root directory / at /host → holds CAP_SYS_ADMIN → may call mount → no security module confines it → makes",
        edits(mounted(DISK.format("/", "/host", "ro")), capabilities("SYS_ADMIN"), NO_FILTER),
        {"mount": (remounted("/ /host ro", "/srv /host ro"), HIDDEN_MOUNTS), "capability": (capabilities(), HIDDEN_STATUS),
         "user namespace": (OWN_USERS, UNKNOWN_USERS), "system call": (FILTERED, FILTER_UNKNOWN), "label": (CONFINED, HIDDEN_LABEL)}),
    "setuid": (
        "is root of the host → is in the host's user namespace → writes to the host's /srv/data at /data → leaves a set-user-ID",
        edits(folder("srv/data"), mounted(DISK.format("/srv/data", "/data", "rw"))),
        {"root": (ORDINARY, HIDDEN_STATUS), "user namespace": (OWN_USERS, UNKNOWN_USERS),
         "mount": (remounted("/data rw", "/data ro"), HIDDEN_MOUNTS), "set-user-ID": (remounted("/data rw", "/data rw,nosuid"), None),
         "in reach": (mode("srv", 0o700), hidden("srv/data")),
         "the host's mount": (host_mounts("/ / rw", "/ / rw,nosuid"), no_host_mounts)}),
    "core-pattern": (
        "is root of the host → /proc/sys is writable → names a program in core_pattern",
        remounted("/sys /proc/sys ro", "/sys /proc/sys rw"),
        {"root": (ORDINARY, HIDDEN_STATUS), "writable": (remounted("/sys /proc/sys rw", "/sys /proc/sys ro"), HIDDEN_MOUNTS)}),
    "core-pattern elsewhere": (
        "is root of the host → /proc/sys/kernel/core_pattern is writable at /k/core_pattern → names a program in core_pattern",
        mounted("902 97 0:98 /sys/kernel /k rw,relatime - proc proc rw\n"),
        {"root": (ORDINARY, HIDDEN_STATUS), "writable": (remounted("/sys/kernel /k rw", "/sys/kernel /k ro"), HIDDEN_MOUNTS),
         "of that part": (remounted("/sys/kernel /k rw", "/sys/fs /k rw"), None),
         "all of procfs": (remounted("/sys/kernel /k rw,relatime - proc proc rw", "/ /k rw,relatime - proc proc rw,subset=pid"), None),
         "not covered": (mounted("903 902 0:99 / /k rw,relatime - tmpfs tmpfs rw\n"), None)}),
    "module": (
        "holds CAP_SYS_MODULE → the kernel has modules → loads more of them → may call finit_module → runs its own code",
        edits(capabilities("SYS_MODULE"), NO_FILTER),
        {"capability": (capabilities(), HIDDEN_STATUS), "user namespace": (OWN_USERS, UNKNOWN_USERS),
         "modules": (file_is("proc/modules", None), hidden("proc/modules")),
         "loading": (file_is("proc/sys/kernel/modules_disabled", "1\n"), hidden("proc/sys/kernel/modules_disabled")),
         "system call": (FILTERED, FILTER_UNKNOWN)}),
    "read-search": (
        "holds CAP_DAC_READ_SEARCH → may call open_by_handle_at → has a part of a disk of the host,",
        edits(capabilities("DAC_READ_SEARCH"), NO_FILTER),
        {"capability": (capabilities(), HIDDEN_STATUS), "user namespace": (OWN_USERS, UNKNOWN_USERS), "system call": (FILTERED, FILTER_UNKNOWN),
         "disk": (remounted(" - ext4 ", " - tmpfs "), HIDDEN_MOUNTS)}),
    "ptrace": (
        "is in the host's pid namespace → holds CAP_SYS_PTRACE → processes may be traced → puts its own code",
        edits(namespace("pid", "4026531836"), capabilities("SYS_PTRACE")),
        {"processes": (namespace("pid", "4026539998"), namespace("pid", None)), "capability": (capabilities(), HIDDEN_STATUS),
         "user namespace": (OWN_USERS, UNKNOWN_USERS),
         "yama": (file_is("proc/sys/kernel/yama/ptrace_scope", "3\n"), hidden("proc/sys/kernel/yama/ptrace_scope"))}),
    "ptrace by a process that was put in": (
        "is in the host's pid namespace → holds CAP_SYS_PTRACE → processes may be traced → puts its own code",
        edits(namespace("user", "4026539999"), joined(4242, HOST_PID | HOST_USER, CapEff=mask("SYS_PTRACE"), CapPrm=mask("SYS_PTRACE"))), {}),
    "module that any program may load": (
        "by executing a program gets CAP_SYS_MODULE → the kernel has modules → loads more of them → may call finit_module → runs its own code",
        edits(line_is("CapBnd", mask("SYS_MODULE")), NO_FILTER),
        {"root": (ORDINARY, HIDDEN_STATUS), "gaining": (line_is("NoNewPrivs", "1"), None), "user namespace": (OWN_USERS, UNKNOWN_USERS)}),
    "release-agent": (
        "holds CAP_SYS_ADMIN → is root of the host → has a cgroup hierarchy of version 1 writable,",
        edits(capabilities("SYS_ADMIN"), FILTERED, mounted("901 97 0:29 / /cg rw,relatime - cgroup cgroup rw,cpu\n")),
        {"capability": (capabilities(), HIDDEN_STATUS), "user namespace": (OWN_USERS, UNKNOWN_USERS), "root": (ORDINARY, None),
         "writable": (remounted("/ /cg rw", "/ /cg ro"), HIDDEN_MOUNTS), "from the top": (remounted("0:29 / /cg", "0:29 /x /cg"), None)}),
    "release-agent by mounting": (
        "holds CAP_SYS_ADMIN → is root of the host → the kernel has cgroups of version 1 → may call mount → no security module confines it → "
        "is in the host's cgroup namespace → names",
        edits(capabilities("SYS_ADMIN"), NO_FILTER),
        {"system call": (FILTERED, FILTER_UNKNOWN), "label": (CONFINED, HIDDEN_LABEL),
         "cgroup namespace": (namespace("cgroup", "4026539997"), namespace("cgroup", None)),
         "version 1": (edits(NO_VERSION_1, file_is("proc/filesystems", "nodev\tcgroup2\n")), NO_VERSION_1)}),
    "release-agent by mounting a hierarchy that has nothing but a name": (
        "holds CAP_SYS_ADMIN → is root of the host → the kernel has cgroups of version 1 → may call mount → no security module confines it → "
        "is in the host's cgroup namespace → names",
        edits(capabilities("SYS_ADMIN"), NO_FILTER, NO_VERSION_1, file_is("proc/filesystems", "nodev\tcgroup\nnodev\tcgroup2\n"),
              file_is("proc/cmdline", "quiet cgroup_no_v1=all\n")),
        {"version 1": (file_is("proc/filesystems", "nodev\tcgroup2\n"), hidden("proc/filesystems")),
         "named hierarchies": (file_is("proc/cmdline", "cgroup_no_v1=all,named\n"), hidden("proc/cmdline"))}),
    "disk": (
        "holds CAP_MKNOD → may make and open every device → is root of the host → reads and writes the host's disks",
        ALL_DEVICES,
        {"devices": (file_is(DEVICES, "c *:* m\n"), file_is(DEVICES, None)), "node": (None, without("MKNOD")), "owner": (NO_ROOT, HIDDEN_STATUS),
         "user namespace": (None, OWN_USERS), "disks of the host": (file_is("proc/partitions", PARTITIONS), None)}),
    "disk by its number": (
        "holds CAP_MKNOD → may make and open the disk vda, 254:0 → is root of the host → reads and writes the host's disks",
        edits(file_is(DEVICES, "c 1:3 rwm\nb 254:0 rwm\n"), file_is("proc/partitions", PARTITIONS + " 254        0   41943040 vda\n")),
        {"the very disk": (file_is(DEVICES, "c 1:3 rwm\nb 8:0 rwm\nc 254:0 rwm\n"), hidden(DEVICES)),
         "opening": (file_is(DEVICES, "b *:* m\n"), None), "making": (None, file_is(DEVICES, "b 254:0 rw\n")),
         "disks of the host": (file_is("proc/partitions", PARTITIONS + "   8       16   41943040 sdb\n"), hidden("proc/partitions"))}),
    "disk by a rule for all": (
        'holds CAP_MKNOD → may make and open devices by the rule "b *:* rwm" → is root of the host → reads',
        file_is(DEVICES, "c 1:3 rwm\nb *:* rwm\n"),
        {"devices": (file_is(DEVICES, "c *:* rwm\nb *:* m\n"), None)}),
    "privileged": (
        "holds CAP_SYS_ADMIN → holds CAP_MKNOD → may make and open every device → may call mount → no security module confines it → mounts the host's disk",
        edits(capabilities("SYS_ADMIN"), ALL_DEVICES, NO_FILTER),
        {"capability": (capabilities(), HIDDEN_STATUS), "devices": (file_is(DEVICES, "c *:* m\n"), file_is(DEVICES, None)),
         "system call": (FILTERED, FILTER_UNKNOWN), "label": (CONFINED, HIDDEN_LABEL)}),
    "host-fd": (
        "has open fd/5 of sleep",
        edits(open_file(5, "/etc"), file_is("proc/{pid}/cwd.stat", "99:1:97\n")),
        {"directory": (file_is("proc/{pid}/type/fd/5", "0100644 0:0\n"), None), "mount": (file_is("proc/{pid}/fdinfo/5", FDINFO.format(97)), None),
         "its mount": (None, hidden("proc/{pid}/fdinfo/5")), "what is open": (None, unlisted_files), "owner": (NO_ROOT, HIDDEN_STATUS)}),
    "host-fd with a harmless name": (
        "has open fd/2 of sleep",
        edits(open_file(2, "/dev/shm/x"), file_is("proc/{pid}/cwd.stat", "99:1:97\n")),
        {"directory": (file_is("proc/{pid}/type/fd/2", "0100644 0:0\n"), None), "mount": (file_is("proc/{pid}/fdinfo/2", FDINFO.format(97)), None)}),
    "host-fd by its working directory": (
        "has open cwd of sleep",
        edits(open_file(0, "/dev/null", "020666 1:3\n"), file_is("proc/{pid}/cwd.stat", "99:1:4000\n")),
        {"mount": (file_is("proc/{pid}/cwd.stat", "99:1:97\n"), file_is("proc/{pid}/cwd.stat", "99:1\n")), "owner": (NO_ROOT, HIDDEN_STATUS)}),
    "abstract-socket": (
        "is in the host's net namespace → is root of the host → reaches the socket @/containerd-shim/s.sock → commands it",
        edits(namespace("net", "4026531840"), lambda root: host_net(root), file_is(
            "proc/{pid}/net/unix", captures.NO_SOCKETS +
            "".join(f"0: 00000002 00000000 00010000 0001 01 1 @other{i}\n" for i in range(50)) +
            "0: 00000002 00000000 00010000 0001 01 1 @/containerd-shim/s.sock\n")),
        {"network": (namespace("net", "4026539996"), namespace("net", None)), "root": (ORDINARY, HIDDEN_STATUS),
         "socket": (file_is("proc/{pid}/net/unix", captures.NO_SOCKETS), hidden("proc/{pid}/net/unix"))}),
}


def host_net(root):
    """The host's is known by kthreadd alone."""
    host = root.path / "proc/2/ns/net"
    if host.is_symlink():
        host.unlink()
    captures.link(host, "net:[4026531840]")


# ---- judging ----

def items_of(result, chain):
    return [e for e in result["evidence"] if e["name"] == chain]


def judge(scratch, *edits_):
    """In a folder with a short name: the address of a socket has room for 107 characters."""
    judge.n += 1
    root = Root(scratch / str(judge.n))
    for edit in edits_:
        edit(root)
    return root.judged()


judge.n = 0


def check_chain(scratch, label, says, opened, links):
    chain = label.split(" ")[0]
    result = judge(scratch, opened)
    items = [e for e in items_of(result, chain) if e["state"] == "present"]
    wrong = [] if items and says in items[0]["value"] else [f"{result['result']}: {items_of(result, chain)}"]
    point(f"{label}: the chain is reported, and fails", wrong + ([] if result["result"] == "fail" else [result["result"]]))
    for name, (broken, hides) in links.items():
        if broken:
            result = judge(scratch, opened, broken)
            point(f"{label}: not without its link '{name}'", [str(e) for e in items_of(result, chain)])
        if hides:
            result = judge(scratch, opened, hides)
            items = items_of(result, chain)
            good = items and all(e["state"] != "present" for e in items) and result["result"] in ("unknown", "fail")
            point(f"{label}: not known without a look at '{name}'", [] if good else [f"{result['result']}: {items}"])


def check_apart(scratch):
    """What holds the capability has users of its own, and what is in the host's has not the capability: there is no such chain."""
    result = judge(scratch, capabilities("SYS_PTRACE"), OWN_USERS, joined(4242, HOST_PID | HOST_USER, CapEff=mask(), CapPrm=mask(), CapBnd=mask()))
    point("ptrace: not where the capability is held over another user namespace", [str(e) for e in items_of(result, "ptrace")])


def main():
    with Scratch() as folder_:
        scratch = pathlib.Path(folder_)
        check_apart(scratch)
        result = judge(scratch)
        point("the container as it was captured has no way out; what it has open was not captured",
              [str(e) for e in result["evidence"] if e["name"] != "host-fd" or e["state"] == "present"] +
              ([] if result["result"] == "unknown" else [result["result"]]))
        for label, (says, opened, links) in CHAINS.items():
            check_chain(scratch, label, says, opened, links)
    done()


main()
