#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""File systems and who may write to what decides over them: one change to a root at a time, and what it does to the verdict.

Also what no root can hold (a FIFO, a link out of it, a file of 100 MB), and what a running system adds (a mount namespace of its own).
"""
import os
import pathlib
import shutil
import sys
import time

sys.dont_write_bytecode = True
from roots import Changed, Report, Roots, execute  # noqa: E402
import tap  # noqa: E402
from tap import Scratch, done, equal, point, skip, write  # noqa: E402

ROOTS = Roots("host")
SECONDS = 10 * tap.SLOWER


def change(scratch, name, copy_of="hardened"):
    return Changed(ROOTS, pathlib.Path(scratch) / name, copy_of)


# ---- mounts, now and after the next boot ----

HOME_NOW = "33 27 254:2 / /home rw,nosuid,nodev,relatime shared:23 - ext4 /dev/mapper/vg0-home rw\n"
HOME_NEXT = "/dev/mapper/vg0-home   /home           ext4    defaults,nosuid,nodev 0 2\n"


def mounts(scratch):
    root = change(scratch, "next-boot")
    root.replace("etc/fstab", HOME_NEXT, HOME_NEXT.replace(",nodev", ""))
    root.judged("an option that is there now, but not in fstab", "fs.home-nodev", "fail", "next boot.*without the option")
    root.judged("which is a finding of its own", "fs.mounts-lasting", "fail", "/home: nosuid,nodev now, but nosuid after the next boot")
    root = change(scratch, "now")
    root.replace("proc/1/mountinfo", HOME_NOW, HOME_NOW.replace(",nodev", ""))
    root.judged("an option that is in fstab, but not there now", "fs.home-nodev", "fail", "ext4 on /home, option nodev: mounted without")
    root.judged("which is a finding of its own, too", "fs.mounts-lasting", "fail", "/home: nosuid now, but nosuid,nodev after the next boot")
    root.replace("proc/1/mountinfo", HOME_NOW.replace(",nodev", ""), "")
    root.judged("not mounted now", "fs.home-separate", "fail", "nothing is mounted on /home")
    root.judged("not mounted now, by the comparison", "fs.mounts-lasting", "fail", "/home: mounted at the next boot, but not now")
    root.judged("not mounted now, the options of the next boot count", "fs.home-nodev", "pass")
    root = change(scratch, "by-hand")
    root.replace("etc/fstab", HOME_NEXT, "")
    root.judged("mounted by hand", "fs.home-separate", "fail", "/home at the next boot: nothing mounts it")
    root.judged("mounted by hand, by the comparison", "fs.mounts-lasting", "fail", "/home: mounted now, but not after the next boot")
    root.judged("mounted by hand, the options of now count", "fs.home-nodev", "pass")
    root.replace("proc/1/mountinfo", HOME_NOW, HOME_NOW.replace("ext4 /dev/mapper/vg0-home", "zfs pool/home"))
    root.judged("ZFS mounts by itself", "fs.home-separate", "pass")
    root.judged("ZFS mounts by itself, by the comparison", "fs.mounts-lasting", "pass")


def more_mounts(scratch):
    root = change(scratch, "bind")
    root.replace("proc/1/mountinfo", HOME_NOW, HOME_NOW.replace("254:2 / ", "254:1 /srv/home "))
    root.judged("a bind mount is no file system of its own", "fs.home-separate", "fail", "a part of the file system around it")
    root = change(scratch, "stacked")
    root.replace("proc/1/mountinfo", HOME_NOW, HOME_NOW + "60 33 0:60 / /home rw,relatime - tmpfs tmpfs rw\n")
    root.judged("of stacked mounts the one on top counts", "fs.home-nodev", "fail", "tmpfs on /home, option nodev")
    root.replace("proc/1/mountinfo", "60 33 0:60 / /home rw,relatime - tmpfs tmpfs rw\n", "60 33 0:60 / /home rw,relatime - autofs systemd-1 rw\n")
    root.judged("one that waits to be used has no options yet", "fs.home-nodev", "pass")
    root = change(scratch, "linked")
    shutil.rmtree(root.file("var/tmp"))
    root.link("var/tmp", "../tmp")
    root.replace("etc/fstab", "/dev/mapper/vg0-vartmp /var/tmp        ext4    defaults,nosuid,nodev,noexec 0 2\n", "")
    for rule in "fs.var-tmp-separate", "fs.var-tmp-noexec":
        root.judged(f"{rule}: /var/tmp is a link to /tmp", rule, "pass")
    root.replace("etc/systemd/system/tmp.mount", ",noexec", "")
    root.judged("fs.var-tmp-noexec: what /tmp lacks, its link lacks", "fs.var-tmp-noexec", "fail", "tmpfs on /tmp at the next boot")
    root = change(scratch, "units")
    root.link("etc/systemd/system/tmp.mount", "/dev/null")
    root.judged("a masked unit mounts nothing", "fs.tmp-separate", "fail", "not mounted: /etc/systemd/system/tmp.mount: masked")
    root = change(scratch, "unit-off")
    root.remove("etc/systemd/system/local-fs.target.wants/tmp.mount")
    root.judged("nor does one that nobody wants", "fs.tmp-separate", "fail", "nothing that is started pulls it in")
    root = change(scratch, "denied")
    root.link("etc/fstab", "errno:EACCES")
    for rule in "fs.home-separate", "fs.home-nodev", "fs.table-no-passwords", "fs.mounts-lasting", "fs.removable-nodev":
        root.judged(f"{rule}: fstab that cannot be read", rule, "unknown", "^/etc/fstab: Permission denied")
    root = change(scratch, "no-table")
    shutil.rmtree(root.file("proc/1"))
    root.judged("in an offline root fstab decides", "fs.home-nodev", "pass")
    root.judged("what only a running system shows is unknown there", "fs.mounts-lasting", "unknown", "mountinfo: not there")


def swaps(scratch):
    root = change(scratch, "swap")
    root.write("sys/block/dm-6/dm/uuid", "LVM-abc\n")
    root.judged("swap on a bare logical volume", "fs.swap-encrypted", "fail", "plain")
    root.write("sys/block/dm-6/slaves/dm-0/dm/uuid", "CRYPT-LUKS2-0123-disk\n")
    root.judged("swap on a logical volume on an encrypted disk", "fs.swap-encrypted", "pass")
    root.write("sys/block/dm-6/slaves/sdb/size", "1\n")
    root.judged("and on another disk that is not", "fs.swap-encrypted", "fail", "plain")
    root.write("proc/swaps", "Filename Type Size Used Priority\n/dev/zram0 partition 1 0 100\n")
    root.judged("swap in memory", "fs.swap-encrypted", "pass")
    root.write("proc/swaps", "Filename Type Size Used Priority\n/swapfile file 1 0 100\n")
    root.judged("a file whose disk cannot be told", "fs.swap-encrypted", "unknown", "/proc/swaps: on what it lies")
    root.write("proc/swaps", "Filename Type Size Used Priority\n")
    root.judged("no swap", "fs.swap-encrypted", "notapplicable")
    root.remove("proc/swaps")
    root.judged("offline, made by crypttab", "fs.swap-encrypted", "pass")
    root.remove("etc/crypttab")
    root.judged("offline, made by who knows what", "fs.swap-encrypted", "unknown")
    root.replace("etc/fstab", "/dev/mapper/swap ", "/dev/sda3 ")
    root.judged("offline, a bare partition", "fs.swap-encrypted", "fail", "/dev/sda3|plain")


# ---- who may write ----

def writers(scratch):
    rule = "fs.table-trusted"
    root = change(scratch, "writers")
    top = root.path
    for path, mode, owner, wanted, reason in (
            ("etc/fstab", 0o664, (0, 0), "pass", None), ("etc/fstab", 0o664, (0, 6), "fail", "group 6"), ("etc/fstab", 0o646, (0, 0), "fail", "everyone"),
            ("etc/fstab", 0o600, (7, 0), "fail", "user 7"), ("etc", 0o777, (0, 0), "fail", r"everyone \(by /etc\)"), ("etc", 0o1777, (0, 0), "pass", None),
            ("etc", 0o755, (7, 0), "fail", "user 7"), (".", 0o775, (0, 6), "fail", r"group 6 \(by /\)")):
        root.says(path, mode, "%d:%d" % owner)
        root.judged(f"{path} with mode {mode:04o}, user {owner[0]} and group {owner[1]}", rule, wanted, reason)
        root.says(path, 0o644 if path == "etc/fstab" else 0o755)
    text = (top / "etc/fstab").read_text(encoding="utf-8")
    root.write("srv/conf/fstab", text)
    root.link("etc/fstab", "../srv/conf/fstab")
    root.judged("a link to a file of root", rule, "pass")
    root.says("srv/conf", 0o777)
    root.judged("a link into a directory for all", rule, "fail", r"everyone \(by /srv/conf\)")
    root.says("srv/conf", 0o755)
    root.says("etc/fstab", 0o777, "7:7")
    root.judged("a link of somebody else", rule, "fail", "user 7")
    root.link("etc/fstab", "fstab")
    root.judged("a link to itself", rule, "unknown", "symbolic links")
    root = change(scratch, "null")
    root.says("dev/null", 0o020666)
    root.link("etc/systemd/system/masked.mount", "/dev/null")
    root.judged("a masked unit: everybody writes to /dev/null, and nobody changes it", rule, "pass")


# ---- hostile ----

ASKED = ("fs.home-separate", "fs.home-nodev", "fs.table-no-passwords", "module.udf", "process.aslr", "net.syncookies", "boot.loader-password", "boot.single-user-password",
         "process.sysctl-settled")
FILES = {"etc/fstab": ASKED[:3], "etc/modprobe.d/00-x.conf": ["module.udf"], "etc/sysctl.d/zz-x.conf": ["process.aslr", "net.syncookies", "process.sysctl-settled"],
         "boot/grub/grub.cfg": ["boot.loader-password"], "etc/systemd/system/rescue.service": ["boot.single-user-password"],
         "lib/modules/6.1.0-28-amd64/modules.dep": ["module.udf"], "proc/modules": ["module.udf"], "proc/swaps": ["fs.swap-encrypted"],
         "proc/1/mountinfo": ["fs.home-separate", "fs.home-nodev"]}


def put_fifo(path):
    os.mkfifo(path)


def put_large(path):
    with open(path, "wb") as file:
        file.truncate(100 << 20)


def put_loop(path):
    path.symlink_to(path.name)


def put_folder(path):
    path.mkdir()


def hostile(scratch):
    (scratch / "secret").write_text("CANARY=hunter2\nkernel.randomize_va_space = 2\n", encoding="utf-8")
    for what, put in ("a FIFO", put_fifo), ("a file of 100 MB", put_large), ("a link to itself", put_loop), ("a directory", put_folder):
        for number, (path, rules) in enumerate(FILES.items()):
            if put is put_folder and path.endswith(".service"):
                continue   # systemd takes no notice of it
            root = change(scratch, f"{put.__name__}{number}")
            root.remove(path)
            put(root.file(path))
            begun = time.monotonic()
            report = root.report(*rules)
            took = time.monotonic() - begun
            wrong = [f"{rule} is {report.verdicts.get(rule)}: {report.reasons.get(rule)}" for rule in rules if report.verdicts.get(rule) not in ("unknown", "error")]
            point(f"{path} is {what}: nothing passes, and soon", wrong + ([f"took {took:.1f} s"] if took > SECONDS else []))
            shutil.rmtree(root.path)
    root = change(scratch, "leads-out")
    for path in FILES:
        root.link(path, os.path.relpath(scratch / "secret", root.file(path).parent))
    report = ROOTS.audit(root.path)
    point("no link leads out of the root", ["the file outside was read"] if "CANARY" in report.text or "hunter2" in report.text else [])


def many_files(scratch):
    root = change(scratch, "many")
    for i in range(3000):
        write(root.file(f"etc/sysctl.d/{i}.conf"), "kernel.randomize_va_space = 2\n")
        write(root.file(f"etc/modprobe.d/{i}.conf"), "install udf /bin/false\n")
    begun = time.monotonic()
    report = root.report("process.aslr", "module.udf")
    took = time.monotonic() - begun
    point("thousands of files: unknown, and soon", [f"{k}: {v}" for k, v in report.verdicts.items() if v != "unknown"] + ([f"took {took:.1f} s"] if took > SECONDS else []))
    root = change(scratch, "escapes")
    write(root.file("etc/sysctl.d/zz-\x1b[31m.conf"), "kernel.sysrq\x1b[31m = 1\nkernel.randomize_va_space = \x1b[31m\n")
    write(root.file("etc/modprobe.d/00-\x1b[31m.conf"), "install udf \x1b[31m\n")
    root.link("etc/systemd/system/tmp.mount", "\x1b[31m")
    report = ROOTS.audit(root.path, "-f", "text")
    point("no control character gets into a report", ["one does"] if "\x1b" in report.text else [])


# ---- on the running system ----

def running(scratch):
    """In mount and process namespaces of its own, so that process 1 has the table that the test makes."""
    names = ["/var/tmp, mounted now and in fstab", "/var/tmp, in fstab only", "/var/tmp, mounted now only"]
    space = ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c"]
    reason = None if os.geteuid() == 0 else "only root may mount"
    if not reason and (not tap.has("unshare") or execute([*space, "mount -t tmpfs tmpfs /var/tmp"]).returncode != 0):
        reason = "no namespaces or mounts are allowed here"
    if not reason and (os.path.realpath(tap.PLIMSOLL).startswith("/var/tmp/") or not os.path.exists("/etc/fstab")):
        reason = "the program lies below /var/tmp, or there is no /etc/fstab"
    table = write(scratch / "fstab", pathlib.Path("/etc/fstab").read_text(encoding="utf-8") if os.path.exists("/etc/fstab") else "")
    line = "\ntmpfs /var/tmp tmpfs nosuid,nodev 0 0\n"
    bind, mount = f"mount --bind {table} /etc/fstab && ", "mount -t tmpfs -o nosuid,noexec tmpfs /var/tmp && "
    for name, text, before, wanted in zip(names, (line, line, ""), (bind + mount, bind, bind + mount),
                                          (("pass", "pass", "fail", "fail"), ("fail", "pass", "pass", "fail"), ("fail", "pass", "fail", "pass"))):
        if reason:
            skip(name, reason)
            continue
        kept = table.read_text(encoding="utf-8").replace(line, "")
        table.write_text(kept + text, encoding="utf-8")
        rules = [f"fs.var-tmp-{aspect}" for aspect in ("separate", "nosuid", "nodev", "noexec")]
        run = execute([*space, before + 'exec "$@"', "sh", *ROOTS.command(*[o for rule in rules for o in ("-r", rule)])])
        report = Report(run)
        equal(name, tuple(report.verdicts.get(rule) for rule in rules), wanted)


def main():
    with Scratch() as scratch:
        for part in mounts, more_mounts, swaps, writers, many_files, running, hostile:
            folder = scratch / part.__name__
            folder.mkdir()
            part(folder)
    done()


main()
