# SPDX-License-Identifier: Apache-2.0
"""The scripts of a benchmark's fixes, run in a copy of a root."""
import os
import pathlib
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

from roots import execute
from tap import write

XCCDF = "{http://checklists.nist.gov/xccdf/1.2}"
APPLETS = ("sh", "mkdir", "printf", "chmod", "chown", "rm", "sysctl", "true", "cat", "uname")


def values(benchmark, selector):
    """{id: text} of what the selector picks, else of the default."""
    found = {}
    for value in ElementTree.parse(benchmark).iter(XCCDF + "Value"):
        by_selector = {v.get("selector"): v.text for v in value.findall(XCCDF + "value")}
        found[value.get("id")] = by_selector.get(selector, by_selector[None])
    return found


def scripts(benchmark, selector=None):
    """Every rule that has a script, and the script, as the profile that picks this selector has it."""
    picked = values(benchmark, selector)
    for rule in ElementTree.parse(benchmark).iter(XCCDF + "Rule"):
        fix = rule.find(f"{XCCDF}fix[@system='urn:xccdf:fix:script:sh']")
        if fix is not None:
            yield (rule.get("id").split("_rule_")[1],
                   fix.text + "".join(picked[sub.get("idref")] + (sub.tail or "") for sub in fix.findall(XCCDF + "sub")))


def hindrance():
    """Why no script can be run here; None where one can."""
    busybox = shutil.which("busybox")
    if os.geteuid() != 0 or not busybox or b"dynamically" in subprocess.run(["ldd", busybox], capture_output=True, check=False).stdout:
        return "it needs root and a static busybox"
    return None


def run_scripts(root, listed, times=2, applets=(), stubs=("modprobe",), failing=()):
    """Runs all scripts as often; sysctl(8) finds a folder of plain files in place of /proc/sys. What went wrong.

    A chroot is no protection: what the stubs are called does nothing here."""
    applets = APPLETS + tuple(applets)
    write(root.file("bin/busybox"), pathlib.Path(shutil.which("busybox")).read_bytes(), 0o755)
    for applet in applets:
        root.link(f"bin/{applet}", "busybox")
    for stub in stubs:
        write(root.file(f"bin/{stub}"), f"#!/bin/sh\nexit {int(stub in failing)}\n", 0o755)   # a link to busybox would be the applet of that name
    write(root.file("dev/null"), "", 0o666)
    for path, text in ("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"), ("etc/group", "root:x:0:\n"):
        if not root.file(path).exists():
            write(root.file(path), text)
    wrong, before = [], None
    for _ in range(times):
        for rule, text in listed:
            write(root.file("dev/script"), "PATH=/bin\n" + text)   # one may be longer than an argument can be
            done = execute(["chroot", root.path, "/bin/sh", "/dev/script"])
            if done.returncode != 0 or done.stderr:
                wrong.append(f"{rule}: status {done.returncode}: {done.stderr}")
        listing = sorted((str(p), p.read_bytes()) for p in root.file("etc").rglob("*") if p.is_file() and not p.is_symlink())
        if before not in (None, listing):
            wrong.append("the second time the scripts made something else: " + ", ".join(sorted({p for p, _ in set(before) ^ set(listing)})[:5]))
        before = listing
    for leftover in (*(f"bin/{name}" for name in (*applets, *stubs, "busybox")), "dev/null", "dev/script"):
        root.remove(leftover)
    if not any(root.file("dev").iterdir()):
        root.file("dev").rmdir()
    return wrong
