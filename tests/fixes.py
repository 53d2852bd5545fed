# SPDX-License-Identifier: Apache-2.0
"""The scripts of a benchmark's fixes, run in a copy of a root, and what the tests of plimsoll fix share."""
import os
import pathlib
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

from roots import Changed, Roots, execute
from tap import TOP, plimsoll, write

try:
    import yaml
except ImportError:
    yaml = None

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


# ---- plimsoll fix ----

PARTS = "sysctl", "modprobe", "cmdline", "kconfig", "patch", "daemon-json", "run", "compose", "kubernetes"
FORMATS = ("sh", "text", "json", "ansible", "fragment", *PARTS)


def fix(root, benchmark, *options, **more):
    return plimsoll("fix", "--root", root, "-b", TOP / f"benchmarks/{benchmark}.xml", *options, **more)


def said(text):
    """The remarks as one line."""
    return re.sub(r"\n# +", " ", text)


def items(text, apart=False):
    """{rule: lines} of the items that are carried out, or of those that are set apart."""
    sign = "#: " if apart else ""
    return re.findall(rf"^{sign}outcome '(\S+)' ", text, re.M)


CRIO = """[crio.api]
stream_address = "0.0.0.0"
[crio.runtime]
seccomp_profile = "unconfined"
apparmor_profile = "unconfined"
additional_devices = ["/dev/sda"]
log_level = "warn"
[crio.metrics]
enable_metrics = true
metrics_host = "0.0.0.0"
"""


def prepared(benchmark, name, path):
    """What is to be done by hand before drop-ins are read at all."""
    root = Changed(Roots(benchmark), path, name, laid_out=True)
    if benchmark == "host":
        text = root.file("etc/ssh/sshd_config").read_text(encoding="utf-8")
        root.write("etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\n" + text)
        root.replace("etc/audit/rules.d/99-finalize.rules", "-e 0", "-e 1")
        (root.file("etc/aide/aide.conf.d")).mkdir(parents=True, exist_ok=True)
    if benchmark == "podman":
        root.write("usr/share/containers/seccomp.json", '{"defaultAction": "SCMP_ACT_ERRNO"}\n')
    if benchmark == "crio":   # flags go over every file
        root.write("proc/800/cmdline", "crio\0")
        root.write("etc/crio/crio.conf", CRIO)
    return root


def unsafe_loader():
    class Loader(yaml.SafeLoader):
        pass
    Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))
    return Loader


# What a fix calls for each account or file that was found
NAMED = "passwd", "chage", "gpasswd", "usermod", "chown", "chmod", "runuser", "mkhomedir_helper"
