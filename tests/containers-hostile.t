#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a container does to mislead, to stop or to use the auditor: and that the auditor itself enters nothing, runs nothing and writes nothing."""
import json
import os
import pathlib
import re
import resource
import select
import shutil
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ElementTree

import captures
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

# All that may be called; whatever else is done leaves a trace. Some only in a certain way: see IN_A_WAY.
HARMLESS = set("""
access arch_prctl brk capget clock_getres clock_gettime clock_nanosleep close close_range dup dup2 dup3 epoll_create1 eventfd2 exit exit_group
faccessat faccessat2 fadvise64 fcntl fgetxattr fstat fstatfs futex get_robust_list getcpu getcwd getdents64 getegid geteuid getgid getpgrp getpid
getppid getpriority getrandom getresgid getresuid getrlimit getrusage getsid gettid gettimeofday getuid getxattr lgetxattr listmount listxattr lseek
lstat madvise membarrier mincore mmap mprotect mremap munmap nanosleep newfstatat poll ppoll prctl pread64 preadv prlimit64 read readahead readlink
readlinkat readv restart_syscall rseq rt_sigaction rt_sigprocmask rt_sigreturn sched_getaffinity sched_getparam sched_getscheduler sched_yield select
pselect6 set_robust_list set_tid_address sigaltstack stat statfs statmount statx sysinfo syslog time times uname
fsopen fsconfig fsmount getsockname recvfrom recvmsg
""".split())
# The kernel is asked for its audit rules and packet filter, and told nothing.
QUESTIONS = r"^\(\d+(<[^>]*>)?, \[?\{nlmsg_len=\d+, nlmsg_type=(0x3e8 |AUDIT_GET,|AUDIT_GET_FEATURE,|AUDIT_LIST_RULES,|NFNL_SUBSYS_NFTABLES<<8\|NFT_MSG_GET)"
IN_A_WAY = {
    "socket": r"^\(AF_NETLINK, SOCK_RAW(\|SOCK_CLOEXEC)?, NETLINK_(AUDIT|NETFILTER)\)|^\(AF_INET6?, SOCK_RAW(\|SOCK_CLOEXEC)?, IPPROTO_RAW\)",
    "bind": r"\{sa_family=AF_NETLINK, ", "sendto": QUESTIONS, "setsockopt": r"SOL_SOCKET, SO_RCVTIMEO", "getsockopt": r"IP6?T_SO_GET_(INFO|ENTRIES)",
    "bpf": r"\((BPF_PROG_QUERY|BPF_PROG_GET_FD_BY_ID|BPF_OBJ_GET_INFO_BY_FD),",
    "clone": r"CLONE_THREAD", "clone3": r"CLONE_THREAD",
    "ioctl": r"\(\d+(<[^>]*>)?, (_IOC\((_IOC_NONE|_IOC_READ), 0xb7|NS_GET_|NS_MNT_GET_|TCGETS|TIOCGWINSZ)",
}
OPENING = ("open", "openat", "openat2", "creat")
WRITING = re.compile(r"O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)")
# of the report, which is written as a file without a name in its folder, linked beside its place and renamed
REPORTING = {"fchmod", "fchown", "fdatasync", "fsync", "ftruncate", "linkat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "write", "writev", "pwrite64"}
CALL = re.compile(r"^(?:\d+ +)?([a-z0-9_]+)\((.*)")


def is_of_report(rest, report):
    """It names the report, what is beside it, or a file without a name in its folder."""
    folder = re.escape(os.path.dirname(report))
    return report in rest or re.search(rf'<{folder}/#\d+|^AT_FDCWD[^,]*, "{folder}", [A-Z_|]*O_TMPFILE', rest) is not None


def is_offence(line, report):
    """A line of strace -f -y that shows more than looking."""
    match = CALL.match(line)
    if not match:
        return False   # a signal, an exit, the end of a call that began before
    name, rest = match.groups()
    if name in HARMLESS:
        return False
    if name in IN_A_WAY:
        return not re.search(IN_A_WAY[name], f"({rest}")
    if name in OPENING:
        return name == "creat" or bool(WRITING.search(rest) and not is_of_report(rest, report))
    if name in REPORTING:
        return not is_of_report(rest, report) and not (name in ("write", "writev") and re.match(r"[12](<|,)", rest))
    return True


OFFENCES = """
execve("/bin/true", ["true"], 0x7ffd)
execveat(3, "", ["true"], 0x7ffd, AT_EMPTY_PATH)
fork()
vfork()
clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD)
setns(3</proc/1/ns/mnt>, CLONE_NEWNS)
unshare(CLONE_NEWNS)
chroot("/x")
pivot_root("/x", "/y")
ptrace(PTRACE_SEIZE, 1, NULL, 0)
process_vm_readv(1, [], 0, [], 0, 0)
process_vm_writev(1, [], 0, [], 0, 0)
pidfd_getfd(3, 4, 0)
pidfd_send_signal(3, SIGKILL, NULL, 0)
kill(1, SIGKILL)
tgkill(1, 1, SIGKILL)
socket(AF_UNIX, SOCK_STREAM, 0)
connect(5, {sa_family=AF_UNIX, sun_path="/run/docker.sock"}, 110)
socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_TCP)
socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_ROUTE)
sendto(5, "x", 1, 0, NULL, 0)
sendto(5<socket:[1]>, [{nlmsg_len=32, nlmsg_type=AUDIT_SET, nlmsg_flags=NLM_F_REQUEST}], 32, 0, {sa_family=AF_NETLINK, nl_pid=0}, 12)
sendto(5<socket:[1]>, [{nlmsg_len=32, nlmsg_type=AUDIT_ADD_RULE, nlmsg_flags=NLM_F_REQUEST}], 32, 0, {sa_family=AF_NETLINK, nl_pid=0}, 12)
sendto(5<socket:[1]>, [{nlmsg_len=20, nlmsg_type=NFNL_SUBSYS_NFTABLES<<8|NFT_MSG_NEWRULE, nlmsg_flags=NLM_F_REQUEST}], 20, 0, {sa_family=AF_NETLINK}, 12)
setsockopt(5, SOL_IP, IPT_SO_SET_REPLACE, "x", 1)
bind(5, {sa_family=AF_UNIX, sun_path=@"x"}, 4)
mount("none", "/x", "tmpfs", 0, NULL)
move_mount(3, "", AT_FDCWD, "/x", 0)
open_tree(AT_FDCWD, "/x", OPEN_TREE_CLONE)
mount_setattr(3, "", 0, {}, 32)
umount2("/x", MNT_DETACH)
open("/etc/x", O_RDWR)
openat(AT_FDCWD</root>, "/etc/x", O_WRONLY|O_APPEND)
openat(AT_FDCWD</root>, "/etc", O_WRONLY|O_CLOEXEC|O_TMPFILE, 0600)
openat2(3</etc>, "x", {flags=O_RDONLY|O_CREAT, mode=0600, resolve=RESOLVE_IN_ROOT}, 24)
creat("/etc/x", 0600)
write(7</etc/x>, "x", 1)
pwrite64(7</etc/x>, "x", 1, 0)
ftruncate(7</etc/x>, 0)
truncate("/etc/x", 0)
fallocate(7</etc/x>, 0, 0, 1)
copy_file_range(3, NULL, 4, NULL, 1, 0)
sendfile(4, 3, NULL, 1)
splice(3, NULL, 4, NULL, 1, 0)
unlink("/etc/x")
unlinkat(AT_FDCWD</root>, "/etc/x", 0)
rename("/etc/x", "/etc/y")
renameat2(AT_FDCWD</root>, "/etc/x", AT_FDCWD</root>, "/etc/y", 0)
mkdir("/x", 0700)
mkdirat(AT_FDCWD</root>, "/x", 0700)
rmdir("/x")
mknodat(AT_FDCWD</root>, "/x", S_IFCHR|0600, makedev(0x1, 0x3))
link("/x", "/y")
linkat(AT_FDCWD</root>, "/x", AT_FDCWD</root>, "/y", 0)
symlink("/x", "/y")
symlinkat("/x", AT_FDCWD</root>, "/y")
chmod("/x", 0777)
fchmodat(AT_FDCWD</root>, "/x", 0777)
fchownat(AT_FDCWD</root>, "/x", 0, 0, 0)
setxattr("/x", "user.x", "x", 1, 0)
utimensat(AT_FDCWD</root>, "/x", NULL, 0)
bpf(BPF_PROG_LOAD, {prog_type=BPF_PROG_TYPE_CGROUP_DEVICE}, 128)
bpf(BPF_PROG_ATTACH, {target_fd=3}, 16)
ioctl(3</dev/vda>, BLKDISCARD, [0, 1])
init_module(0x1, 1, "")
finit_module(3, "", 0)
kexec_load(0, 0, NULL, 0)
reboot(LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_RESTART)
sethostname("x", 1)
settimeofday({tv_sec=0, tv_usec=0}, NULL)
setuid(0)
""".strip().splitlines()


def check_offences():
    point("what a trace has to be free of is seen in one", [line for line in OFFENCES if not is_offence(f"4242 {line} = 0", "/var/tmp/report.json")])


def check_trace(name, l):
    """Of a whole audit with containers, and of the list of them: nothing executed, no namespace or process entered, nothing written but the report."""
    if SANITIZED:
        raise Cannot("a sanitized program runs processes of its own")
    if not shutil.which("strace"):
        raise Cannot("strace is not installed")
    l.start_podman("traced", "-v", "/run:/hostrun")
    trace, report = l.path / "trace", l.path / "report.json"
    for command in (("audit", "-p", "paranoid", "-s", "containers", "-s", "sandboxes", "-s", "host", "-o", f"json={report}"), ("audit", "-f", "junit"),
                    ("containers", "--all"), ("containers", "-f", "json")):
        run = plimsoll(*command, wrapper=("strace", "-f", "-y", "-s", "200", "-o", trace), timeout=PATIENCE)
        if run.status is None or not trace.exists():
            raise Cannot("strace does not work here")
        lines = trace.read_text(encoding="utf-8", errors="replace").splitlines()
        seen = {match.group(1) for match in map(CALL.match, lines) if match}
        found = [line for line in lines[1:] if is_offence(line, str(report))]
        if "execve(" not in lines[0] or not {"openat2", "readlinkat"} <= seen or run.status not in (0, 1, 3):
            found.append(f"this is no trace of it: {run}")
        point(f"{name}: {' '.join(command[:2])}", found)


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


def start_stuck(l, *arguments):
    """The number of a process that tests/stuck_root starts."""
    process = subprocess.Popen([str(BUILD / "tests/stuck_root"), *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    l.undo.append(lambda: (process.kill(), process.wait(10)))
    line = process.stdout.readline().strip() if select.select([process.stdout], [], [], 30)[0] else ""
    if not line:
        raise Cannot("a FUSE file system cannot be mounted here")
    pid = int(line)
    l.undo.append(lambda: os.kill(pid, 9))
    return pid


def expect_in_time(name, pid, wanted):
    """Nobody waits, and the rules say what is wanted."""
    begun = time.monotonic()
    run = plimsoll(*AUDIT, timeout=PATIENCE)
    spent = time.monotonic() - begun
    findings = [] if run.status in (1, 3) and spent < 5 * SLOWER else [f"{spent:.1f} s", f"{run}"]
    got = next((s for s in json.loads(run.text or "{}").get("subjects", []) if s["pid"] == pid), None)
    if not got:
        findings.append("it is not found")
    else:
        outcomes = {r["rule"].removeprefix("container."): r["result"] for r in got["results"]}
        findings += [f"{rule}: {outcomes[rule]}" for rule in wanted if outcomes[rule] != wanted[rule]]
    point(name, findings)


def check_stuck(name, l):
    """A root directory that never answers: whoever looks into it waits for ever, and cannot be killed."""
    folder = l.path / "stuck"
    folder.mkdir()
    expect_in_time(name, start_stuck(l, folder), {"device-nodes": "unknown", "setuid-reach": "unknown"})


def check_stuck_file(name, l):
    """The same of a single file, among those that are looked at one by one; the one beside it is seen."""
    programs = l.path / "half-stuck/usr/bin"
    programs.mkdir(parents=True)
    (programs / "stuck").touch()
    (programs / "su").touch()
    (programs / "su").chmod(0o4755)
    expect_in_time(name, start_stuck(l, l.path / "half-stuck", programs / "stuck"), {"setuid-reach": "fail"})


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


# What stands in the container's root in place of /dev and of the folder of programs: where one follows it from outside, it leads to the host's, or to the
# auditor's own files.
LINKS = {"to the host": ("/dev", "/usr/bin"), "through the auditor": ("/proc/self/cgroup", "/proc/self/root/usr/bin"), "to an open file": ("/proc/self/fd", "/proc/self/cwd")}


def check_links(name, l, kind):
    dev, programs = LINKS[kind]
    root = l.rootfs(f"links-{kind.replace(' ', '-')}")
    (root / "dev").rmdir()
    (root / "dev").symlink_to(dev)
    (root / "usr").mkdir()
    (root / "usr/bin").symlink_to(programs)
    (root / "sbin").symlink_to(programs)
    (root / "magic").symlink_to("/proc/self/cgroup")
    if not any(p.lstat().st_mode & 0o4000 for p in pathlib.Path("/usr/bin").iterdir()):
        raise Cannot("no program of this host has set-user-ID")
    pid = start_in(l, root)
    got = judged(pid)
    point(name, ["it is not found"] if not got else [f"{rule}: {got[rule]['result']} ({got[rule]['reason']})" for rule, wanted in (
        ("device-nodes", "unknown"), ("setuid-reach", "pass"), ("file-capability-reach", "pass")) if got[rule]["result"] != wanted])


def start_in(l, root):
    parent = l.spawn("unshare", "-m", "-u", "-i", "-n", "-p", "-C", "--fork", "sh", "-c",
                     f"mount --bind {root} {root} && exec chroot --userspec=1000:1000 {root} /bin/sleep 1000")
    return live.wait_for(lambda: live.descendant(parent, "sleep"))


def check_fifos(name, l):
    """Whoever opens one for reading waits for a writer that never comes."""
    root = l.rootfs("fifos")
    pid = start_in(l, root)
    (root / "dev").rmdir()
    (root / "usr").mkdir()
    for path in ("dev", "usr/bin", "sbin", "etc/fifo", "root/fifo"):
        os.mkfifo(root / path)
        (root / path).chmod(0o4755)
    begun = time.monotonic()
    got = judged(pid)
    spent = time.monotonic() - begun
    point(name, ([f"{spent:.1f} s"] if spent > 5 * SLOWER else []) + (["it is not found"] if not got else [
        f"{rule}: {got[rule]['result']} ({got[rule]['reason']})" for rule, wanted in (("device-nodes", "unknown"), ("setuid-reach", "pass"))
        if got[rule]["result"] != wanted]))


# Of a captured root, so that no file of this machine has to be put aside: what is read of a process, of its control group and of its runtime.
FIFOS = {"proc/{pid}/status": "cap.default", "proc/{pid}/mountinfo": "mount.host-root", "proc/{pid}/cgroup": "limit.pids",
         "sys/fs/cgroup/devices/{cgroup}/devices.list": "device-policy", "{bundle}": "drift.seccomp", "var/lib/dpkg/status": "runtime.version"}


def check_recorded_fifos(name, l):
    root = l.path / "recorded"
    captures.add_host(root, captures.parse(captures.CAPTURES / "host-self.txt")[0]["mountinfo"])
    captures.add_process(root, captures.CAPTURES / "host-kthreadd.txt")
    captures.add_state(root)
    pid = captures.add_process(root, captures.CAPTURES / "podman-default.txt")
    group = re.search(r"devices:/(.*)", (root / f"proc/{pid}/cgroup").read_text()).group(1)
    bundle = next(root.glob("var/lib/containers/storage/overlay-containers/*/userdata/config.json")).relative_to(root)
    findings = []
    for path, rule in FIFOS.items():
        target = root / path.format(pid=pid, cgroup=group, bundle=bundle)
        before = target.read_bytes() if target.exists() else None
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        os.mkfifo(target)
        run = plimsoll(*AUDIT, "--root", root, timeout=20 * SLOWER)
        subjects = json.loads(run.text)["subjects"] if run.status in (1, 3) else []
        outcome = {r["rule"].removeprefix("container."): r["result"] for x in subjects if x["pid"] == pid for r in x["results"]}
        if outcome.get(rule) not in ("unknown", "error"):
            findings.append(f"{path}: {rule}: {outcome.get(rule, run)}")
        target.unlink()
        if before is not None:
            target.write_bytes(before)
    point(name, findings)


SOCKET = "ffff88{number:010x}: 00000002 00000000 00010000 0001 01 {number} /run/user/1000/a-socket-of-somebody-{number}.sock\n"


def spent_on_sockets(root, number):
    """The processor seconds of an audit that meets a table of so many sockets, and the run."""
    table = captures.NO_SOCKETS + "".join(SOCKET.format(number=n) for n in range(number))
    for process in ("1", "self"):
        (root / f"proc/{process}/net").mkdir(parents=True, exist_ok=True)
        (root / f"proc/{process}/net/unix").write_text(table)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = plimsoll(*AUDIT, "--root", root, timeout=PATIENCE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, run


def check_sockets(name, l):
    """A user can make as many sockets as there are descriptors: the table of them is read in one go, not measured anew for each."""
    root = l.path / "sockets"
    captures.add_host(root, captures.parse(captures.CAPTURES / "host-self.txt")[0]["mountinfo"])
    captures.add_process(root, captures.CAPTURES / "host-kthreadd.txt")
    captures.add_process(root, captures.CAPTURES / "podman-default.txt")
    few, _ = spent_on_sockets(root, 12500)
    many, run = spent_on_sockets(root, 100000)
    point(name, [] if run.status in (1, 3) and many < 20 * few else [f"{many:.2f} s of processor time, {few:.2f} s for an eighth of them", f"{run}"])


DEEP = [f"{i:02d}" + "x" * 238 for i in range(19)]   # 4,560 bytes and a slash each


def check_deep_group(name, l):
    """The path of a control group is cut without a word behind 4,095 bytes: then it is that of a group above, or of none."""
    pid = start_in(l, l.rootfs("deep"))
    top = next((t for t in ("/sys/fs/cgroup/pids", "/sys/fs/cgroup/unified", "/sys/fs/cgroup") if pathlib.Path(t, "cgroup.procs").exists()), None)
    if not top:
        raise Cannot("control groups are not mounted")
    folders = [os.open(top, os.O_RDONLY | os.O_DIRECTORY)]
    names = [f"plimsoll-{os.getpid()}", *DEEP]

    def leave():
        live.wait_for(lambda: not pathlib.Path(f"/proc/{pid}/ns/mnt").exists(), 5)
        for folder, below in reversed(list(zip(folders, names))):
            live.wait_for(lambda at=folder, what=below: removed(at, what), 5)
        for folder in folders:
            os.close(folder)
    l.undo.insert(0, leave)   # after the process has been killed
    try:
        for below in names:
            os.mkdir(below, dir_fd=folders[-1])
            folders.append(os.open(below, os.O_RDONLY | os.O_DIRECTORY, dir_fd=folders[-1]))
        procs = os.open("cgroup.procs", os.O_WRONLY, dir_fd=folders[-1])
        os.write(procs, str(pid).encode("ascii"))
        os.close(procs)
    except OSError as why:
        raise Cannot(f"no control group that deep can be made: {why}") from None
    longest = max(len(line.split(":", 2)[2]) for line in pathlib.Path(f"/proc/{pid}/cgroup").read_text(encoding="ascii").splitlines())
    begun = time.monotonic()
    got = judged(pid)
    spent = time.monotonic() - begun
    point(name, ([f"{spent:.1f} s"] if spent > 5 * SLOWER else []) + ([f"its path has only {longest} bytes"] if longest < 4000 else []) +
          (["it is not found"] if not got else [f"limit.pids: {got['limit.pids']['result']}"] if got["limit.pids"]["result"] == "pass" else []) +
          ([f"ns.pid: {got['ns.pid']['result']}"] if got and got["ns.pid"]["result"] != "pass" else []))


def removed(folder, name):
    try:
        os.rmdir(name, dir_fd=folder)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


# ---- names, in every format ----

NAMES = r"""
import ctypes, os, socket, sys, time
libc = ctypes.CDLL(None, use_errno=True)
evil = 'e\x1b[2Jv\nil\x9b\u202e'
folder = os.path.join(sys.argv[1], evil)
os.mkdir(folder)
socket.sethostname('ho\nst\x1b[2J')
if libc.mount(b'so\x1b[2J\nurce', folder.encode(), b'tmpfs', 0, None): raise SystemExit('mount')
os.chdir(folder)
program = os.path.join(folder, evil)
with open(program, 'wb') as out, open('/bin/busybox' if len(sys.argv) < 3 else sys.argv[2], 'rb') as busybox: out.write(busybox.read())
os.chmod(program, 0o4755)
opened = os.open(folder, os.O_RDONLY)
os.set_inheritable(opened, True)
child = os.fork()
if child:
    time.sleep(1000)
libc.prctl(15, evil.encode()[:15], 0, 0, 0)
fd = os.open(program, os.O_RDONLY)
os.set_inheritable(fd, True)
os.execve(program, ['sleep', 'Cap\x1b[2JEff:\t0\n', '1000'] if len(sys.argv) < 3 else ['sleep', '1000'],
          {'DB_PASS\x1b[2JWORD': 'x', 'API_TOKEN\nCapEff:': 'y', evil + '_SECRET': 'z'})
"""


def check_formats(name, l):
    """A process whose every name holds escape sequences and line breaks: none reaches a terminal, a parser or another line."""
    busybox = l.rootfs("names") / "bin/busybox"
    parent = l.spawn("unshare", "-m", "-u", "-i", "-n", "-p", "--fork", sys.executable, "-c", NAMES, str(l.path), str(busybox))
    first = live.wait_for(lambda: next(iter(live.children(parent)), None))
    live.wait_for(lambda: [p for p in live.children(first) if live.arguments(p) == ["sleep", "1000"]])
    l.undo.append(lambda: live.run("umount", "-l", l.path))
    listed = [line.split()[0] for line in plimsoll("list", "formats").text.splitlines()]
    shows = {"json": json.loads, "junit": ElementTree.fromstring}
    for form in listed:
        run = plimsoll("audit", "-b", "container", "-p", "paranoid", "-s", "sandboxes", "-f", form, timeout=PATIENCE)
        if form == "csv":
            run.out = run.out.replace(b"\r\n", b"\n")   # RFC 4180 ends lines so
        check_bytes(f"{name}: audit, {form}", run, shows.get(form), (0, 1, 2, 3) if form == "nagios" else (0, 1, 3))
    for form in ("json", "table"):
        run = plimsoll("containers", "--all", *(("-f", "json") if form == "json" else ()), timeout=PATIENCE)
        check_bytes(f"{name}: containers, {form}", run, shows.get(form))
    got = judged(first, "-s", "sandboxes")
    said = json.dumps(got)
    point(f"{name}: and they are shown, in other words", [] if got and "x1b[2J" in said else [said[:300]])


def check_bytes(name, run, parse, statuses=(0, 1, 3)):
    text = run.out.decode("utf-8", "surrogateescape")
    findings = [f"{text[max(0, i - 30):i + 10]!r}" for i, c in enumerate(text)
                if (ord(c) < 32 and c != "\n") or 0x7f <= ord(c) < 0xa0 or c in "\u202e\u2028\u2029" or 0xd800 <= ord(c) < 0xe000]
    if run.status not in statuses or not text:
        findings.append(f"{run}")
    try:
        if parse:
            parse(run.out)
    except (ValueError, ElementTree.ParseError) as why:
        findings.append(str(why))
    point(name, findings[:5])


def check_host_name(name, l):
    """A host's own, in a root that somebody else made."""
    root = l.path / "named"
    captures.add_host(root, captures.parse(captures.CAPTURES / "host-self.txt")[0]["mountinfo"])
    captures.add_process(root, captures.CAPTURES / "host-kthreadd.txt")
    captures.add_process(root, captures.CAPTURES / "podman-default.txt")
    for path in ("proc/sys/kernel/hostname", "etc/hostname", "etc/os-release"):
        captures.put(root / path, b"PRETTY_NAME=ho\x1b[2Jst\x9b\xff<&>\"'\n" if path == "etc/os-release" else b"ho\x1b[2Jst\x9b\xff<&>\"'\n")
    for form, parse in (("text", None), ("json", json.loads), ("junit", ElementTree.fromstring)):
        check_bytes(f"{name}: {form}", plimsoll("audit", "-b", "container", "-f", form, "--root", root), parse)


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

FORKS = 1000   # a second
# Beside other tests most containers are theirs: every tenth time all of them, else those that this one starts, by how their ids begin.
NARROW = ("audit", "-b", "container", "-p", "paranoid", "-s", "plimsoll-stable", "-s", "plimsoll-storm", "-f", "json")


def start_fork_storm(l):
    """At a higher priority, so that the audits wait for it and not the other way round."""
    process = subprocess.Popen([str(BUILD / "tests/fork_storm"), str(FORKS)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        os.setpriority(os.PRIO_PROCESS, process.pid, -10)
    except OSError:
        pass
    l.undo.append(lambda: (process.kill(), process.wait(10)))
    return process


class ContainerStorm(threading.Thread):
    """A few at a time: some of them end while an audit looks at them. One that is still being made has all the rights of what makes it."""

    def __init__(self, l):
        super().__init__()
        self.live, self.stop, self.made, self.ended = l, threading.Event(), {}, 0

    def run(self):
        number = 0
        while not self.stop.is_set() or self.made:
            if self.stop.is_set() or len(self.made) > 3:
                pid = next(iter(self.made))
                live.run("runc", "delete", "-f", self.made[pid])
                del self.made[pid]
                self.ended += 1
                continue
            number += 1
            try:
                name, pid = self.live.start_runc(f"storm{number}")
                self.made[pid] = name
            except Cannot:
                time.sleep(0.2)


def differences(subjects, stable, storm, before):
    """Those that stay are judged as in quiet times. Those of the storm are made as they are, and may end half-way: then it is not known, but never something else."""
    for pid in stable:
        if pid not in subjects:
            yield f"{pid} is not found"
    for pid, subject in subjects.items():
        if pid not in stable and (pid not in storm or subject["id"] != storm[pid]):
            continue
        for r in subject["results"]:
            wanted = before[pid if pid in stable else stable[0]][r["rule"].removeprefix("container.")]
            if r["result"] != wanted and (pid in stable or r["result"] != "unknown"):
                yield f"{r['rule']} of {subject['id']}: {r['result']} ({r['reason']}), wanted {wanted}"


def check_churn(name, l):
    """Processes and containers come and go: those that stay are judged as in quiet times, and no audit fails."""
    stable = [l.start_runc(f"stable{i}")[1] for i in range(3)]
    before = {pid: {rule: r["result"] for rule, r in judged(pid).items()} for pid in stable}
    findings, audits, seen, storm, forks = [], 0, 0, ContainerStorm(l), start_fork_storm(l)
    storm.start()
    end = time.monotonic() + CHURN_SECONDS
    while time.monotonic() < end and not findings:
        made = dict(storm.made)
        run = plimsoll(*(NARROW if audits % 10 and made else AUDIT), timeout=PATIENCE)
        audits += 1
        if run.status in (0, 1, 3):
            subjects = {s["pid"]: s for s in json.loads(run.text)["subjects"]}
            seen += sum(pid in subjects for pid in made)
            findings += differences(subjects, stable, made, before)
        elif "plimsoll-storm" not in run.said:   # there was none at this moment
            findings.append(f"{run}")
    storm.stop.set()
    storm.join()
    forks.terminate()
    number, milliseconds = (int(word) for word in forks.communicate(timeout=30)[0].split())
    rate = 1000 * number / milliseconds
    print(f"# {audits} audits, {number} processes ({rate:.0f} a second) and {storm.ended} containers came and went in {milliseconds / 1000:.1f} s; "
          f"those were seen {seen} times")
    point(name, findings)
    full = f"{name}: {FORKS} processes a second for {CHURN_SECONDS} s"
    if rate < 0.95 * FORKS:
        skip(full, f"the machine, busy with other tests, made only {rate:.0f} a second")
    else:
        point(full, [f"{milliseconds / 1000:.1f} s"] if milliseconds < 950 * CHURN_SECONDS and not findings else [])


with Live() as machine:
    check_offences()
    attempt("nothing is entered, run or written but the report", check_trace, machine)
    attempt("a status of 700 KB is read to its end", check_groups, machine)
    attempt("20,000 mounts are counted, and not listed", check_mounts, machine)
    attempt("a root directory that never answers stops nobody", check_stuck, machine)
    attempt("a file that never answers stops nobody", check_stuck_file, machine)
    attempt("arguments and environment that read empty hide no process", check_hidden_words, machine)
    attempt("a process whose first thread has ended is judged by another", check_first_thread, machine)
    for target in LINKS:
        attempt(f"links in a container's root lead nowhere: {target}", check_links, machine, target)
    attempt("no FIFO in a container's root is waited for", check_fifos, machine)
    attempt("no FIFO in place of a file of a root is waited for, or passed", check_recorded_fifos, machine)
    attempt("a table of 100,000 sockets takes no time that grows with its square", check_sockets, machine)
    attempt("a control group whose path is cut is none that has no limit", check_deep_group, machine)
    attempt("hostile names are printed harmlessly", check_formats, machine)
    attempt("a hostile name of the host is printed harmlessly", check_host_name, machine)
    attempt("a cgroup with another container's name takes nothing from it", check_claim, machine)
    attempt("processes and containers that come and go change no verdict", check_churn, machine)
done()
