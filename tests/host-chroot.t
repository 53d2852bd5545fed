#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A tree that debootstrap makes, judged from outside by --root and from inside by chroot(1): the same, but for what only a running system shows.

Inside, the program is the first process of namespaces of its own, with a /proc and a /sys, so that nothing of this machine but its kernel is seen.
What is known of files has to be the same item by item; a verdict may differ where an item of the running system is there on one side.
"""
import collections
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess

import tap
from live import Cannot, Live, must, run
from tap import done, equal, is_true, point, skip, write

MIRROR = os.environ.get("DEBIAN_MIRROR", "http://deb.debian.org/debian")
PACKAGES = "openssh-server,sudo,libpam-pwquality,rsyslog,auditd,systemd-sysv"
MOST_SECONDS = 600   # a mirror that answers slowly is none
BENCHMARKS = ("host", "kernel", "docker", "podman", "containerd", "crio", "kubernetes-node")
PLACE = "opt/plimsoll"   # in the tree

# Where what is seen of a running system comes from, and what stands in for it where none runs.
LIVE_ORIGINS = {
    r"/proc($|/)": "it is the kernel's",
    r"/sys($|/)": "it is the kernel's",
    r"netlink\(7\)$|the kernel's audit rules$": "the kernel is asked",
    r"syslog\(2\)$|/var/log/dmesg$": "the kernel's log, or a copy of it",
    r"the audited kernel$": "its release and architecture are those of the running one",
    r"/lib/modules$|/usr/lib/modules$": "whose modules count is told by the running kernel's release",
    r"the kernel's own default$": "the running kernel may have no such parameter",
}
# Rules whose items name a file, but compare it with what runs, or stand in for it.
LIVE_RULES = {
    "fs.mounts-lasting": "/etc/fstab against what is mounted",
    "fs.swap-encrypted": "what is used as swap",
    "process.sysctl-settled": "what sysctl.d says against what is set",
    "service.mail-local": "what listens, where something may",
    "time.not-a-server": "what listens, where something may",
    "docker.data-root-filesystem": "what is mounted there, or what the next boot mounts",
    "module.cramfs": "whether the running kernel has it, or any might",
    "firewall.input6": "no address of IPv6 has to be guarded where there is none",
    "firewall.output6": "no address of IPv6 has to be guarded where there is none",
}
LIVE_REASON = "no file sets it, and with what the kernel starts is not known"


def make_tree(live):
    if os.geteuid() != 0:
        raise Cannot("it needs root")
    if tap.SANITIZED or not os.stat(tap.TOP).st_mode & stat.S_IWUSR:
        raise Cannot("the ordinary build does it: one tree is enough to fetch")
    tree = live.path / "tree"
    # in namespaces of its own, so that nothing is left running or mounted where it is given up
    must("unshare", "--mount-proc", "--pid", "--fork", "--kill-child", "debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", tree, MIRROR, timeout=MOST_SECONDS)
    return tree


def add_program(tree):
    """With its libraries and loader."""
    place = tree / PLACE
    (place / "benchmarks").mkdir(parents=True)
    shutil.copy(tap.PLIMSOLL, place / "plimsoll")
    for path in re.findall(r"/\S+", must("ldd", tap.PLIMSOLL)):
        shutil.copy(path, place)   # follows links
    for name in BENCHMARKS:
        shutil.copy(tap.TOP / "benchmarks" / f"{name}.xml", place / "benchmarks")
    return next(p.name for p in place.iterdir() if p.name.startswith("ld-"))


def furnish(tree):
    """What would be read wrong by whoever takes this machine for the tree: absolute links, names and numbers of its own, engines."""
    write(tree / "etc/hostname", "tree\n")
    for path, line in (("etc/passwd", "daemon-of-the-tree:x:1:1::/home/a:/bin/bash\nalice:x:4242:4242::/home/alice:/bin/bash\n"),
                       ("etc/shadow", "alice:$y$j9T$abc$def:20000:0:99999:7:::\n"), ("etc/group", "alice:x:4242:\nsudo-of-the-tree:x:777:alice\n")):
        with open(tree / path, "a", encoding="ascii") as file:
            file.write(line)
    (tree / "home/alice").mkdir()
    os.chown(tree / "home/alice", 4242, 4242)
    write(tree / "home/alice/.netrc", "machine x login y\n")
    write(tree / "srv/sshd_config", "PermitRootLogin no\nMaxAuthTries 3\nInclude /srv/more.conf\n")
    write(tree / "srv/more.conf", "LogLevel VERBOSE\n")
    os.replace(tree / "etc/ssh/sshd_config", tree / "etc/ssh/sshd_config.distributed")
    (tree / "etc/ssh/sshd_config").symlink_to("/srv/sshd_config")
    write(tree / "srv/sudo", "Defaults use_pty\nDefaults logfile=/var/log/sudo.log\n%sudo-of-the-tree ALL=(ALL) ALL\n", 0o440)
    (tree / "etc/sudoers.d/link").symlink_to("/srv/sudo")
    write(tree / "etc/fstab", "UUID=1-2 / ext4 defaults 0 1\ntmpfs /tmp tmpfs nosuid,nodev 0 0\n")
    (tree / "etc/mtab").unlink(missing_ok=True)
    (tree / "etc/mtab").symlink_to("/proc/self/mounts")
    write(tree / "etc/sysctl.d/90-tree.conf", "kernel.kptr_restrict = 2\nnet.ipv4.tcp_syncookies = 0\n")
    write(tree / "etc/modprobe.d/tree.conf", "install cramfs /bin/false\nblacklist udf\n")
    for name in "dockerd", "containerd", "crio", "kubelet":
        write(tree / "usr/bin" / name, "#!/bin/sh\n", 0o755)
        write(tree / f"usr/lib/systemd/system/{'docker' if name == 'dockerd' else name}.service", f"[Service]\nExecStart=/usr/bin/{name}\n")
    write(tree / "etc/docker/daemon.json", '{ "data-root": "/srv/docker", "icc": false, "hosts": ["tcp://0.0.0.0:2375"] }\n')
    (tree / "srv/docker").mkdir(mode=0o710)
    write(tree / "etc/systemd/system/kubelet.service.d/10-tree.conf", "[Service]\nExecStart=\nExecStart=/usr/bin/kubelet --config=/srv/kubelet.yaml\n")
    write(tree / "srv/kubelet.yaml", "kind: KubeletConfiguration\nreadOnlyPort: 10255\n", 0o640)


def options(top):
    return ["-p", "paranoid", "-s", "host", "-f", "json", *(word for name in BENCHMARKS for word in ("-b", f"{top}/{PLACE}/benchmarks/{name}.xml"))]


def report(run_):
    try:
        return json.loads(run_.stdout)
    except ValueError:
        raise AssertionError(f"status {run_.returncode}: {run_.stderr[:400]}") from None


def inside(tree, loader):
    """Neither this machine's /dev nor its network, processes and names; its kernel's /proc and /sys cannot be had otherwise."""
    start = (f"mount -t proc proc {tree}/proc && mount --bind /sys {tree}/sys && cat {tree}/etc/hostname >/proc/sys/kernel/hostname && "
             f'exec chroot {tree} /{PLACE}/{loader} --library-path /{PLACE} /{PLACE}/plimsoll audit "$@"')
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--net", "--uts", "--ipc", "--", "sh", "-c", start, "sh", *options("")]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False, env=tap.clean_environment())


def is_live(item):
    return any(re.match(origin, item["origin"]) for origin in LIVE_ORIGINS) or item["why"] == LIVE_REASON


def of_files(result):
    """Items of files; how many files a search met depends on what is mounted there."""
    keys = ("name", "origin", "state", "value", "why", "expected")
    return collections.Counter(re.sub(r"among [0-9]+ files", "among N files", json.dumps([item[key] for key in keys]))
                               for item in result["evidence"] if not is_live(item))


def compare(within, without):
    other_items, unexplained, same = [], [], 0
    for rule, a in within.items():
        b = without[rule]
        ours, theirs = of_files(a), of_files(b)
        same += sum((ours & theirs).values())
        if rule in LIVE_RULES:
            continue
        other_items += [f"{rule}: only inside: {item}" for item in ours - theirs] + [f"{rule}: only outside: {item}" for item in theirs - ours]
        if a["result"] != b["result"] and not any(is_live(item) for item in a["evidence"] + b["evidence"]):
            unexplained.append(f"{rule}: {a['result']} inside ({a['reason']}), {b['result']} outside ({b['reason']})")
    point("what files say is the same from outside and from inside, item by item", other_items)
    point("a verdict differs only where something is seen of a running system alone", unexplained)
    return same


def passes_unseen(within, without):
    """Rules that pass from outside alone, with an item of the running system that was not seen."""
    found = []
    for rule, b in without.items():
        unseen = [item for item in b["evidence"] if item["state"] in ("unavailable", "denied", "broken")]
        if b["result"] == "pass" and within[rule]["result"] != "pass" and unseen:
            found.append(f"{rule}: {unseen[0]}")
    return found


def check_tree(live):
    tree = make_tree(live)
    loader = add_program(tree)
    furnish(tree)
    outside = report(run(tap.PLIMSOLL, "audit", "--root", tree, *options(tree), env=tap.clean_environment()))
    try:
        must("unshare", "--mount", "--pid", "--fork", "--net", "--uts", "--ipc", "sh", "-c", f"mount -t proc proc {tree}/proc")
    except Cannot as reason:
        raise Cannot(f"no namespaces can be made here: {reason}") from None
    here = report(inside(tree, loader))
    judge(here, outside)


def judge(here, outside):
    within, without = ({r["rule"]: r for r in rep["subjects"][0]["results"]} for rep in (here, outside))

    equal("the same rules", sorted(within), sorted(without))
    equal("the same system", [here["host"][key] for key in ("hostname", "os")], [outside["host"][key] for key in ("hostname", "os")])
    equal("which is the tree", [outside["host"]["hostname"], without["docker.data-root"]["evidence"][0]["name"]], ["tree", "owner of /srv/docker"])
    same = compare(within, without)
    point("no rule passes from outside because something could not be seen", passes_unseen(within, without))
    settled = [r for r in within if within[r]["result"] == without[r]["result"] != "unknown"]
    is_true(f"enough was compared ({same} items, {len(settled)} verdicts the same)", same >= 900 and len(settled) >= 500, "too little was known")
    stray = sorted((set(LIVE_RULES) - set(within)) | {r for r in LIVE_RULES if r in within and of_files(within[r]) == of_files(without[r])
                                                      and within[r]["result"] == without[r]["result"]})
    point("every rule that is said to look at what runs does so", stray)


def main():
    with Live() as live:
        try:
            check_tree(live)
        except Cannot as reason:
            skip("a tree of debootstrap is judged from outside as from inside", str(reason))
    done()


main()
