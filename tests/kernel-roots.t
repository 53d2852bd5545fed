#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every rule of the kernel benchmark has a root below tests/roots/kernel where it passes and one where it fails.

`tests/kernel-roots.t --update` writes the expected verdicts anew from what the program says. What git cannot keep (device nodes, an owner) is made here
in a copy of a root.
"""
import os
import shutil
import stat
import sys

from roots import Report, Roots, execute, told
from tap import Scratch, done, equal, skip, write

ROOTS = Roots("kernel")

# Rules that no root can decide, with the reason; live_view() sees both sides of them.
LIVE_ONLY = {"mount.proc-genuine": "compares what two instances of a running kernel's /proc show"}

# The one rule that contradicts others: its plugin needs gcc, and the CFI rules need clang.
CONTRADICTS = "kconfig.GCC_PLUGIN_LATENT_ENTROPY"


def statuses(copies, scratch):
    report = ROOTS.audit(copies["hardened-x86_64"], "--skip", CONTRADICTS)
    equal("the hardened root, but for the rule that contradicts others, exits with 0", report.status, 0)
    empty = os.path.join(scratch, "empty")
    os.makedirs(os.path.join(empty, "etc"))
    report = ROOTS.audit(empty)
    equal("an empty root exits with 3", report.status, 3)
    equal("in an empty root nothing is known", set(report.verdicts.values()) - {"notapplicable"}, {"unknown"})
    equal("in an empty root no rule but the live-only is not applicable",
          {rule for rule, result in report.verdicts.items() if result == "notapplicable"}, set(LIVE_ONLY))
    equal("a root that is not there exits with 2", ROOTS.audit(os.path.join(scratch, "nowhere")).status, 2)
    os.mkdir(os.path.join(scratch, "folder"))
    equal("a directory that holds no system exits with 2", ROOTS.audit(os.path.join(scratch, "folder")).status, 2)


def modes(scratch):
    root = ROOTS.copy("weak-x86_64", os.path.join(scratch, "modes"))
    for rule, folder in ("mount.debugfs", "debug"), ("mount.tracefs", "tracing"):
        for mode, wanted in (0o755, "fail"), (0o750, "fail"), (0o701, "fail"), (0o700, "pass"):
            told(root, f"sys/kernel/{folder}", mode)
            equal(f"{rule} with mode {mode:04o}", ROOTS.verdict(root, rule), wanted)


def vendors(scratch):
    """What is for the CPUs of one maker does not apply to those of another; a system for many machines is asked for both."""
    root = ROOTS.copy("weak-x86_64", os.path.join(scratch, "vendors"))
    path = os.path.join(root, "proc/cpuinfo")
    rules = "kconfig.MICROCODE_INTEL", "kconfig.MICROCODE_AMD", "kconfig.AMD_IOMMU", "kconfig.INTEL_IOMMU"
    no = "notapplicable"
    for text, wanted in (("vendor_id\t: GenuineIntel\n", ("fail", no, no, "fail")), ("vendor_id\t: AuthenticAMD\n", (no, "fail", "fail", no)),
                         ("processor\t: 0\nvendor_id\t: HygonGenuine\n", (no, no, "fail", no)), ("vendor_id\t:   Shanghai  \n", (no, no, no, "fail")),
                         ("vendor_id\t: Nobody\n", (no,) * 4), ("vendor_id\t:\n", ("unknown",) * 4), ("model name\t: vendor_id: GenuineIntel\n", ("unknown",) * 4),
                         ("", ("unknown",) * 4), (None, ("fail",) * 4)):
        if text is None:
            os.unlink(path)
        else:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        verdicts = ROOTS.audit(root).verdicts
        equal(f"a CPU of {text!r}", tuple(verdicts.get(rule) for rule in rules), wanted)
    config = os.path.join(root, "boot", sorted(os.listdir(os.path.join(root, "boot")))[0])
    report = Report(execute(ROOTS.command("--kconfig", config)))
    equal("a configuration alone", tuple(report.verdicts.get(rule) for rule in rules), ("fail",) * 4)


def device(root, name, number, mode=0o600, owner="0:0"):
    told(root, f"dev/{name}", stat.S_IFCHR | mode, owner, f" device={os.makedev(*number)}")


def devices(scratch):
    root = ROOTS.copy("hardened-x86_64", os.path.join(scratch, "devices"))
    for name, minor in ("mem", 1), ("kmem", 2), ("port", 4):
        device(root, name, (1, minor))
        equal(f"device.{name}-absent with the device", ROOTS.verdict(root, f"device.{name}-absent"), "fail")
    for mode, owner, wanted in (0o600, 0, "pass"), (0o660, 0, "fail"), (0o602, 0, "fail"), (0o600, 1000, "fail"):
        device(root, "userfaultfd", (10, 126), mode, f"{owner}:0")
        equal(f"device.userfaultfd-private with mode {mode:04o} and owner {owner}",
              ROOTS.verdict(root, "device.userfaultfd-private"), wanted)


def core_helper(scratch):
    root = ROOTS.copy("weak-arm64", os.path.join(scratch, "helper"))
    folder, helper = "usr/local/bin", "usr/local/bin/catch-crash"
    rule = "crash.core-pattern"
    equal("a helper that is not there", ROOTS.verdict(root, rule), "fail")
    write(root / helper, "")
    cases = ((helper, 0o755, 0, "pass"), (helper, 0o775, 0, "fail"), (helper, 0o755, 1000, "fail"),
             (folder, 0o777, 0, "fail"), (folder, 0o1777, 0, "pass"), (folder, 0o755, 1000, "fail"))
    told(root, helper, 0o755)
    for path, mode, owner, wanted in cases:
        told(root, path, mode, f"{owner}:0")
        equal(f"the helper for crashes, {path} with mode {mode:04o} and owner {owner}", ROOTS.verdict(root, rule), wanted)
        told(root, path, 0o755)


def live_view():
    """mount.proc-genuine, on the running kernel with mount and process namespaces of its own."""
    rule = "mount.proc-genuine"
    names = [f"{rule}, with {what}" for what in ("a /proc of the kernel's", "a tmpfs over a part of /proc", "a forged release")]
    fresh = "mount -t proc proc /proc && "
    over = "mount -t tmpfs tmpfs /proc/sys/kernel && "
    forge = "mount -t tmpfs tmpfs /proc/sys && mkdir /proc/sys/kernel && echo 1.2.3 >/proc/sys/kernel/osrelease && "
    space = ["unshare", "--mount", "--pid", "--fork", "sh", "-c"]
    reason = None if os.geteuid() == 0 else "only root may mount"
    if not reason and not shutil.which("unshare"):
        reason = "unshare is not installed"
    if not reason and execute([*space, fresh + over + "true"]).returncode != 0:
        reason = "no namespaces or mounts are allowed here"
    for name, before, wanted in zip(names, (fresh, fresh + over, fresh + forge), ("pass", "fail", "fail")):
        if reason:
            skip(name, reason)
        else:
            run = execute([*space, before + 'exec "$@"', "sh", *ROOTS.command("-r", rule)])
            equal(name, Report(run).verdicts.get(rule), wanted)


def main():
    with Scratch() as scratch:
        copies = {name: ROOTS.place(name, scratch / "roots") for name in ROOTS.names()}
        reports = {name: ROOTS.audit(copy) for name, copy in copies.items()}
        if sys.argv[1:] == ["--update"]:
            ROOTS.update(reports)
            return
        ROOTS.check_each(reports)
        ROOTS.check_coverage(reports, LIVE_ONLY)
        ROOTS.check_again(reports, copies)
        statuses(copies, scratch)
        modes(scratch)
        vendors(scratch)
        devices(scratch)
        core_helper(scratch)
        live_view()
    done()


main()
