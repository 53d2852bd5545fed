#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""plimsoll fix: what it prints is valid in its language, mends what it says, changes nothing the second time, and lets no name of anybody break out of it.

Scripts are run in a copy of a root; what asks a running system (systemctl, augenrules, modprobe …) does nothing there.
"""
import json
import os
import pathlib
import pty
import random
import re
import shlex
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
import captures  # noqa: E402
import live  # noqa: E402
from fixes import hindrance, run_scripts  # noqa: E402
from live import Cannot, Live  # noqa: E402
from roots import Changed, Roots, execute  # noqa: E402
from tap import PLIMSOLL, TOP, Scratch, complaint, done, equal, has, is_true, plimsoll, point, skip, write  # noqa: E402

try:
    import yaml
except ImportError:
    yaml = None

PARTS = "sysctl", "modprobe", "cmdline", "kconfig", "patch", "daemon-json", "run", "compose", "kubernetes"
FORMATS = ("sh", "text", "json", "ansible", "fragment", *PARTS)
APPLETS = "find", "sed", "ln", "touch", "ls", "grep"
STUBS = "modprobe", "sshd", "visudo", "augenrules", "systemctl", "systemd-tmpfiles", "pwconv", "update-grub", "apt-get"

# By what this boot left in sysfs, in /proc/cpuinfo and in the kernel's log, and for usercopy_fallback by the kernel's configuration, too
BOOTED = {"memory.slab-unmerged", "memory.auto-init-alloc", "cmdline.init_on_free", "cmdline.kfence.sample_interval", "cmdline.page_alloc.shuffle", "cmdline.tsx",
          "cmdline.slab_common.usercopy_fallback", "memory.page-alloc-shuffle", "memory.auto-init-free"}
CLANG = {"kconfig.CFI_CLANG", "kconfig.CFI_PERMISSIVE"}   # an option of kernels that Clang compiled

# What a script did and the root does not show: {rule: why}
LIVE = "what is loaded or running now goes by no file"
PACKAGE = "no package was installed"
STILL = {
    "module.cramfs": LIVE, "module.sctp": LIVE, "module.ksmbd": LIVE, "module.test-drivers": LIVE,
    "service.cron": LIVE, "audit.started": LIVE, "account.unshadowed": "pwconv was not run",
    "net.send-redirects": "an interface that is there keeps its value", "net.accept-redirects": "the same", "net.accept-redirects6": "the same",
    "audit.failure-told": "augenrules was not run", "audit.backlog": "augenrules was not run", "audit.time-zone": "the root has no /etc/localtime",
    "pam.minlen": "an argument in /etc/pam.d goes over the file", "account.timeout": "another file of /etc/profile.d sets it to 0",
    "update.automatic": "the package is not installed",
    "memory.nx-huge-pages": "the module's parameter is of now", "memory.ksm-off": "pages that are shared stay so",
    "device.userfaultfd-private": "a root holds no device nodes",
    "containerd.config-files": "its file is another", "kube-proxy.kubeconfig": "its file is another", "etcd.data-directory": "its directory is another",
    "boot.ima-policy": "the kernel is built without IMA", "boot.protections-on": "update-grub was not run", "audit.installed": PACKAGE,
    "sudo.installed": PACKAGE, "log.rotation": PACKAGE, "integrity.checker-installed": PACKAGE, "integrity.checker-scheduled": LIVE, "audit.received": LIVE,
    "sudo.authenticate": "a line for one user says so", "update.lists-dated": "a line of a source says so",
    "docker.content-trust": "another file sets it to 0", "docker.audit.data-root": "the root's data lie in /data",
}


def fix(root, benchmark, *options, **more):
    return plimsoll("fix", "--root", root, "-b", TOP / f"benchmarks/{benchmark}.xml", *options, **more)


def said(text):
    """The remarks as one line."""
    return re.sub(r"\n# +", " ", text)


def items(text, apart=False):
    """{rule: lines} of the items that are carried out, or of those that are set apart."""
    sign = "#: " if apart else ""
    return re.findall(rf"^{sign}outcome '(\S+)' ", text, re.M)


# ---- valid ----

def valid(scratch):
    listed = [("host", "weak"), ("host", "debian-12"), ("kernel", "weak-x86_64"), ("kernel", "weak-arm64"), ("docker", "weak")]
    paths, wrong = [], []
    for benchmark, name in listed:
        run = fix(Roots(benchmark).copy(name, scratch / f"{benchmark}-{name}"), benchmark, "-p", "paranoid")
        paths.append(write(scratch / f"{benchmark}-{name}.sh", run.out))
        wrong += [f"{name}: {run}"] if run.status or run.err else []
        whole = re.sub("^#: ", "", run.text, flags=re.M)
        paths.append(write(scratch / f"{benchmark}-{name}-all.sh", re.sub(r"\n# ==== SET APART.*", "", whole)))
    point("sh: the plan is written, and nothing on stderr", wrong)
    for shell in "bash", "dash":
        if has(shell):
            point(f"sh: {shell} -n, also with what is set apart", [f"{p.name}: {r.stderr}" for p in paths for r in [execute([shell, "-n", p])] if r.returncode or r.stderr])
        else:
            skip(f"sh: {shell} -n", f"{shell} is not installed")
    if has("shellcheck"):
        run = execute(["shellcheck", *[p for p in paths if not p.name.endswith("-all.sh")]])
        point("sh: shellcheck finds nothing", [run.stdout + run.stderr] if run.returncode else [])
    else:
        skip("sh: shellcheck finds nothing", "shellcheck is not installed")


def described(scratch):
    """Every item says what it is for."""
    text = fix(Roots("host").copy("weak", scratch / "described"), "host", "-p", "paranoid").text
    blocks = re.split(r"^# ---- ", text, flags=re.M)[1:]
    wrong = [b.splitlines()[0] for b in blocks if not re.search("^# (high|medium|low|info) ", b, re.M) or "# found " not in b or "# may break" not in b]
    point("every item says its severity, what was found and what it may break", wrong)
    is_true("what runs was not looked at, and that is said", "not looked at whether something that runs depends on" in said(text))
    apart = items(text, apart=True)
    point("what may lock somebody out is set apart", [r for r in ("ssh.password-login", "ssh.root-login", "audit.immutable") if r not in apart])
    point("nothing is both", sorted(set(apart) & set(items(text))))
    failed = re.search(r"^# (\d+) of (\d+) rules can only be mended by hand\.$", text, re.M)
    is_true("how many are left to hands is told", failed and int(failed[1]) == len(re.findall("^# by hand ", text, re.M)), str(failed))
    marked = re.findall(r"^\s*printf '%s\\n' (\S.*)", text, re.M)
    point("files of drop-ins say who wrote them", [m for m in marked if re.search(r">/etc/(sysctl|modprobe|sudoers|ssh/sshd_config)\.d/", m)
                                                   and not m.startswith("'# written by plimsoll fix, rule ")])


# ---- it mends ----

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


def next_boot(root):
    """The command line that GRUB would make of the one there, with its drop-ins."""
    script = 'GRUB_CMDLINE_LINUX=$(cat proc/cmdline); for f in etc/default/grub.d/*.cfg; do . "./$f"; done; printf "%s\\n" "$GRUB_CMDLINE_LINUX"'
    root.write("proc/cmdline", subprocess.run(["sh", "-c", script], cwd=root.path, capture_output=True, text=True, check=True).stdout)


def mends(scratch):
    for benchmark, name in [("kernel", "weak-x86_64"), *((b, "weak") for b in ("host", "docker", "podman", "crio", "containerd", "kubernetes-node"))]:
        what = f"{benchmark}/{name}"
        if hindrance():
            skip(f"{what}: the script mends what it says", hindrance())
            continue
        root = prepared(benchmark, name, scratch / f"mend-{benchmark}")
        before, script = root.roots.audit(root.path), fix(root.path, benchmark, "-p", "paranoid").text
        active = items(script)
        point(f"{what}: run twice, the script fails nowhere and changes nothing more", run_scripts(root, [("the plan", script)], applets=APPLETS, stubs=STUBS))
        if benchmark == "kernel":
            next_boot(root)
        after = root.roots.audit(root.path)
        live_state = {r for r in active if r.startswith("cpu.")} | BOOTED
        left = {r: after.reasons[r] for r in active if after.verdicts.get(r) != "pass" and r not in live_state}
        point(f"{what}: what it did passes ({len(active)} rules)", [f"{r}: {why}" for r, why in left.items() if r not in STILL])
        point(f"{what}: every exception is one", sorted(r for r in STILL if r in active and r not in left))
        point(f"{what}: nothing got worse", [f"{r}: {v}, {after.reasons[r]}" for r, v in after.own_verdicts.items() if v != before.own_verdicts[r] and v in ("fail", "error", "unknown")
                                                 and not r.startswith("agreement.")])   # of the command line with a boot that was another


def nobody_reads(scratch):
    """A drop-in that no main file includes is no remedy."""
    text = fix(Roots("host").copy("weak", scratch / "unread"), "host", "-p", "paranoid", "-r", "ssh.*").text
    is_true("a drop-in that sshd does not read is set apart", "ssh.x11-forwarding" in items(text, apart=True) and "ssh.x11-forwarding" not in items(text) and "nobody reads this file" in said(text))


def refused(scratch):
    """A drop-in that sshd or sudo does not take is taken back, so that the next start finds one."""
    if hindrance():
        skip("a file that the program refuses does not stay", hindrance())
        return
    root = prepared("host", "weak", scratch / "refused")
    for rule, stub, path in ("ssh.x11-forwarding", "sshd", "etc/ssh/sshd_config.d/00-plimsoll-X11Forwarding.conf"), ("sudo.use-pty", "visudo", "etc/sudoers.d/zz-plimsoll-use_pty"):
        script = fix(root.path, "host", rule).text
        good = run_scripts(root, [(rule, script)], applets=APPLETS, stubs=STUBS)
        kept = root.file(path).exists()
        bad = run_scripts(root, [(rule, script)], applets=APPLETS, stubs=STUBS, failing=(stub,))
        point(f"{rule}: a file that {stub} refuses does not stay", [] if not good and kept and bad and not root.file(path).exists() else [str(good), str(kept), str(bad)])


# What a script calls that would reach the running kernel, systemd or a registry of packages
SYSTEM = "sysctl", "modprobe", "systemctl", "systemd-tmpfiles", "augenrules", "auditctl", "service", "update-grub", "grubby", "apt-get", "dnf", "zypper", "apk", "pwconv", "dpkg"
NAMESPACE = """set -e
mount --bind "$1" "$1"
mount --bind "$1/etc" /etc
mount -o remount,bind,ro /
status=0
PATH="$1/bin:$PATH" sh "$1/script" >"$1/said" 2>&1 || status=$?
"$2" audit -b "$3" -b "$4" -p paranoid -f json -o "$1/report.json" || :
exit "$status"
"""


def listing(folder):
    return {str(p.relative_to(folder)): (p.read_bytes(), p.stat().st_mode) for p in sorted(folder.rglob("*")) if p.is_file() and not p.is_symlink()}


def own_etc(scratch):
    """The script of this very host, as far as it stays in /etc, run twice with the tools that are here, on a copy in a mount namespace of its own."""
    what = "in a copy of this host's /etc"
    if os.geteuid() != 0 or not has("unshare") or subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode:
        skip(what, "it needs root and mount namespaces")
        return
    judged = "-b", TOP / "benchmarks/host.xml", "-b", TOP / "benchmarks/kernel.xml", "-p", "paranoid", "-s", "host"
    items_of_all = {i["rule"]: i["script"] for i in json.loads(plimsoll("fix", *judged, "-f", "json").text)["items"] if i["kind"] == "script" and not i["set_apart"]}
    rules = [r for r, s in items_of_all.items() if not re.search(r"(?<![\w.])/(?!etc/|dev/null|bin/false)\w|\bfind /|/home/|pam-auth-update", s)]
    write(scratch / "script", plimsoll("fix", *judged, "-f", "sh", *rules).text)
    shutil.copytree("/etc", scratch / "etc", symlinks=True)
    for stub in SYSTEM:
        write(scratch / f"bin/{stub}", "#!/bin/sh\nexit 0\n", 0o755)
    kept, changed = listing(pathlib.Path("/etc")), {}
    for turn in "first", "second":
        run = subprocess.run(["unshare", "-m", "--propagation", "private", "sh", "-c", NAMESPACE, "sh", scratch, PLIMSOLL, judged[1], judged[3]],
                             capture_output=True, text=True, check=False)
        told = run.stderr + (scratch / "said").read_text(encoding="utf-8")
        changed[turn] = listing(scratch / "etc")
        point(f"{what}, the {turn} time: {len(rules)} rules, and nothing fails", [told] if run.returncode or told else [])
    is_true(f"{what}: files were written", len(changed["first"]) > len(kept) + 10, f"{len(changed['first'])} {len(kept)}")
    point(f"{what}: the second time nothing is changed", [p for p in changed["first"] if changed["first"][p] != changed["second"].get(p)])
    point(f"{what}: the host's own is as it was", [p for p in kept if kept[p] != listing(pathlib.Path("/etc")).get(p)])
    verdicts = {r["rule"]: (r["result"], r["reason"]) for s in json.loads((scratch / "report.json").read_text(encoding="utf-8"))["subjects"] for r in s["results"]}
    alone = [r for r in rules if not re.search("|".join(SYSTEM), items_of_all[r])]
    point(f"{what}: audited there, what no running system has to be told passes ({len(alone)} rules)",
          [f"{r}: {verdicts[r]}" for r in alone if verdicts[r][0] != "pass" and not re.search("not installed|no pam_", verdicts[r][1])])


PAM = """set -e
mount --bind "$1" "$1"
for folder in etc usr/share/pam-configs var/lib/pam var/cache/debconf; do mount --bind "$1/$folder" "/$folder"; done
mount -o remount,bind,ro /
sh "$1/script" >"$1/said" 2>&1
"$2" audit -b "$3" -p paranoid -s host -r 'pam.*' -f json -o "$1/report.json" || :
"""


def stacks(scratch):
    """Profiles of PAM are put into the stacks by pam-auth-update itself, in copies: nobody is locked out of a stack that is not one."""
    what = "profiles of PAM"
    if os.geteuid() != 0 or not has("unshare") or not has("pam-auth-update") or subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode:
        skip(what, "it needs root, mount namespaces and pam-auth-update")
        return
    for folder in "etc", "usr/share/pam-configs", "var/lib/pam", "var/cache/debconf":
        shutil.copytree(f"/{folder}", scratch / folder, symlinks=True)
    text = plimsoll("fix", "-b", TOP / "benchmarks/host.xml", "-p", "paranoid", "-s", "host", "-f", "sh", "pam.lockout", "pam.history").text
    write(scratch / "script", re.sub("^#: ", "", text, flags=re.M) + "\nexit \"$failed\"\n")
    turns = []
    for turn in "first", "second":
        run = subprocess.run(["unshare", "-m", "--propagation", "private", "sh", "-c", PAM, "sh", scratch, PLIMSOLL, TOP / "benchmarks/host.xml"],
                             capture_output=True, text=True, check=False)
        told = run.stderr + (scratch / "said").read_text(encoding="utf-8")
        turns.append(listing(scratch / "etc/pam.d"))
        point(f"{what}: pam-auth-update takes them the {turn} time", [told] if run.returncode or told else [])
    equal(f"{what}: the second time nothing is changed", turns[1], turns[0])
    verdicts = {r["rule"]: (r["result"], r["reason"]) for r in json.loads((scratch / "report.json").read_text(encoding="utf-8"))["subjects"][0]["results"]}
    wanted = "pam.lockout", "pam.history", "pam.history-count", "pam.history-root", "pam.permit", "pam.unix"
    point(f"{what}: audited there, the rules of them pass, and nobody comes in without a proof", [f"{r}: {verdicts[r]}" for r in wanted if verdicts[r][0] != "pass"])
    auth = (scratch / "etc/pam.d/common-auth").read_text(encoding="utf-8")
    is_true(f"{what}: who gives the right password passes over the counting and the refusal", re.search(r"\[success=2 default=ignore\]\s+pam_unix\.so", auth), auth)
    order = [auth.find(word) for word in ("pam_faillock.so preauth", "pam_unix.so", "pam_faillock.so authfail", "pam_deny.so")]
    point(f"{what}: first it is asked whether the account is locked, last the failure is counted", [auth] if -1 in order or order != sorted(order) else [])


# ---- kconfig ----

def kconfig(scratch):
    for name in "weak-x86_64", "weak-arm64":
        root = Roots("kernel").copy(name, scratch / f"kconfig-{name}")
        config = next((root / "boot").glob("config-*"))
        options = "-b", TOP / "benchmarks/kernel.xml", "-p", "paranoid"
        fragment = plimsoll("fix", "--kconfig", config, *options, "-f", "kconfig").text
        wanted = dict(re.findall(r"^(?:# )?(CONFIG_\w+)(?:=| is not set)(.*)$", fragment, re.M))
        lines = [line for line in config.read_text(encoding="utf-8").splitlines() if not (m := re.match(r"(?:# )?(CONFIG_\w+)", line)) or m[1] not in wanted]
        merged = write(scratch / f"merged-{name}", "\n".join(lines) + "\n" + "\n".join(re.findall(r"^(?:# )?CONFIG_.*$", fragment, re.M)) + "\n")
        rules = re.findall(r"^# ---- (kconfig\S+)$", fragment, re.M)
        report = json.loads(plimsoll("audit", "--kconfig", merged, *options, "-f", "json").text)
        verdicts = {r["rule"]: (r["result"], r["reason"]) for r in report["subjects"][0]["results"]}
        point(f"{name}: what the Kconfig fragment sets passes ({len(rules)} rules)", [f"{r}: {verdicts[r]}" for r in rules if verdicts[r][0] != "pass" and r not in CLANG])
        is_true(f"{name}: there is a fragment", len(wanted) > 50, str(len(wanted)))


# ---- daemon.json ----

TABBED = '{\n\t"icc": true,\n\t"log-driver": "json-file",\n\t"storage-opts": [\n\t\t"size=10G"\n\t],\n\t"debug": true,\n\t"labels": ["a=b"],\n\t"experimental": true\n}'


def daemon_json(scratch):
    if not has("patch"):
        skip("daemon.json: the patch applies", "patch is not installed")
        return
    for what, text in ("as it is", ...), ("not there", None), ("empty", ""), ("indented by tabs, no line break at the end", TABBED), ("with other keys", '{\n    "bip": "10.9.0.1/24",\n    "debug": true\n}\n'):
        root = Changed(Roots("docker"), scratch / f"json-{what[:5]}", "alpine")
        if text is None:
            root.remove("etc/docker/daemon.json")
        elif text is not ...:
            root.write("etc/docker/daemon.json", text)
        run = fix(root.path, "docker", "-p", "paranoid", "-f", "daemon-json")
        rules = [r for r, part in re.findall(r"^# ---- (docker\S+)$.*?^# (part|not part) ", run.text, re.M | re.S) if part == "part"]
        patched = subprocess.run(["patch", "-p1", "-d", root.path], input=run.out, capture_output=True, check=False)
        report = root.roots.audit(root.path)
        wrong = [f"{r}: {report.verdicts.get(r)} {report.reasons.get(r)}" for r in rules if report.verdicts.get(r) != "pass"]
        wrong += [f"patch: {patched.stdout.decode()} {patched.stderr.decode()}"] if patched.returncode or b"fuzz" in patched.stdout else []
        point(f"daemon.json {what}: the patch applies, and {len(rules)} rules pass", wrong if rules else ["there is no part"])
        kept = json.loads(root.file("etc/docker/daemon.json").read_text(encoding="utf-8"))
        if text and text is not ...:
            given = json.loads(text)
            point(f"daemon.json {what}: other keys are kept", [k for k in ("bip", "labels") if kept.get(k) != given.get(k)])
    root = Changed(Roots("docker"), scratch / "json-broken", "alpine")
    root.write("etc/docker/daemon.json", "[1]\n")
    text = fix(root.path, "docker", "-f", "daemon-json", "docker.icc").text
    is_true("daemon.json that is no object: no patch", "+++" not in text, text[-300:])


# ---- by name ----

MENDED = "pass", "notapplicable"   # what is taken out is not there to be judged

# What a command does not mend by itself: {rule: why}
NOT_BY_NAME = {
    "account.password-hash": "its owner has yet to change it", "account.password-hash-strong": "the same",
    "account.max-days": "a file is another item", "account.min-days": "the same", "account.warn-days": "the same", "account.inactive": "the same",
    "account.home-missing": "a home is made by a module of PAM",
    "account.home-owner": "two accounts have one home",
    "account.dot-files": "one belongs to somebody else",
}
ROOTED = {"chage": "--root", "passwd": "--root", "usermod": "--root", "gpasswd": "--root"}
PLACED = "chown", "chmod", "runuser"


def as_in(root, line):
    """The command on the root in place of /; none where it is about something else."""
    words = shlex.split(line.replace("$(date +%Y-%m-%d)", "2026-11-01"))
    if words[0] in ROOTED:
        return [words[0], ROOTED[words[0]], root, *words[1:]] if has(words[0]) else None
    if words[:1] == ["runuser"]:
        words = words[4:]
    if words[0] not in PLACED:
        return None
    if words[0] == "chown":   # names are those of the root
        return ["chroot", root, "/bin/busybox", *words]
    return [words[0], *words[1:-1], f"{root}{words[-1]}"]


def by_name(scratch):
    """Commands about accounts and files that were found, done by the real tools in a copy."""
    if hindrance() or not all(has(tool) for tool in ROOTED):
        skip("commands by name mend what they say", hindrance() or "the tools of shadow are not here")
        return
    for benchmark in "host", "docker", "containerd":
        root = Changed(Roots(benchmark), scratch / benchmark, "weak", laid_out=True)
        if benchmark == "host":   # gpasswd refuses a group that stands there twice
            lines = root.file("etc/group").read_text(encoding="utf-8").splitlines()
            root.write("etc/group", "\n".join(line for i, line in enumerate(lines) if line.split(":")[0] not in [o.split(":")[0] for o in lines[:i]]) + "\n")
        else:
            for name in "passwd", "group":
                before = root.file(f"etc/{name}").read_text(encoding="utf-8") if root.file(f"etc/{name}").exists() else ""
                root.write(f"etc/{name}", ("root:x:0:0::/root:/bin/sh\n" if name == "passwd" else "root:x:0:\n") + before)
        text = fix(root.path, benchmark, "-p", "paranoid").text
        write(root.file("bin/busybox"), pathlib.Path(shutil.which("busybox")).read_bytes(), 0o755)
        blocks = re.findall(r"^#: \(\n#: set -e\n((?:#: .*\n)+?)#: \)\n#: outcome '(\S+)'", text, re.M)
        done, wrong = [], []
        for block, rule in blocks:
            commands = [line.removeprefix("#: ") for line in block.splitlines()]
            if not all(c.split()[0] in NAMED for c in commands) or not all(as_in(root.path, c) for c in commands):
                continue
            for line in commands:
                run = subprocess.run(as_in(root.path, line), capture_output=True, text=True, check=False)
                wrong += [f"{rule}: {line}: {run.stderr}"] if run.returncode else []
            done.append(rule)
        root.remove("bin/busybox")
        report = root.roots.audit(root.path)
        left = [f"{r}: {report.reasons[r]}" for r in done if report.verdicts[r] not in MENDED and r not in NOT_BY_NAME]
        point(f"{benchmark}: commands by name are understood by the tools ({len(done)} rules)", wrong if done else ["there is none"])
        point(f"{benchmark}: and mend what they say", left + [f"{r} is no exception" for r in done if report.verdicts[r] in MENDED and r in NOT_BY_NAME])


# ---- patches ----

# What a patch did and the root does not show: {rule: why}
HALF = "the accounts that are there are another item"
UNPATCHED = {
    "account.max-days": HALF, "account.min-days": HALF, "account.warn-days": HALF, "account.inactive": HALF, "account.hash-rounds": HALF,
    "account.umask": "files of /etc/profile.d say another", "account.umask-private": "files of /etc/profile.d say another",
    "pam.lockout-count": "no stack has the module", "pam.lockout-time": "no stack has the module", "pam.lockout-root": "no stack has the module",
}
PATCHED = [("host", "weak"), ("host", "fedora-41"), ("kubernetes-node", "kubeadm"), ("containerd", "weak"), ("podman", "weak")]


def apply(path, text):
    run = subprocess.run(["patch", "-p1", "--no-backup-if-mismatch", "-d", path], input=text.encode(), capture_output=True, check=False)
    said = run.stdout.decode() + run.stderr.decode()
    return [said] if run.returncode or "fuzz" in said or "FAILED" in said else []


def offline(benchmark, name, path):
    """As it is for the next boot: nothing runs, so that files alone are judged."""
    root = Changed(Roots(benchmark), path, name)
    shutil.rmtree(root.file("proc"), ignore_errors=True)
    if name == "kubeadm":   # fewer good lines, and more to do
        root.replace("var/lib/kubelet/config.yaml", "    enabled: false\n", "    enabled: true   # for now\n")
        root.replace("var/lib/kubelet/config.yaml", "rotateCertificates: true\n", "readOnlyPort: 10255\nfeatureGates:\n  RotateKubeletServerCertificate: false\n  Other: true\n")
        root.replace("etc/kubernetes/manifests/kube-apiserver.yaml", "--authorization-mode=Node,RBAC", "--authorization-mode=AlwaysAllow")
        root.replace("etc/kubernetes/manifests/kube-apiserver.yaml", "    - --secure-port=6443\n", "    - --secure-port=6443\n    - \"--token-auth-file=/tokens\"\n")
    return root


def parts_of(text):
    """[(rules, patch, whether it is set apart)]"""
    found, rules, lines = [], [], []
    for line in [*text.splitlines(), "# ---- end"]:
        if line.startswith("# ---- "):
            if lines:
                found.append((rules, "\n".join(line.removeprefix("#: ") for line in lines) + "\n", lines[0].startswith("#: ")))
                rules, lines = [], []
            rules = [*rules, line.split()[2]]
        elif line and not line.startswith("# "):
            lines.append(line)
    return found


def patches(scratch):
    if not has("patch"):
        skip("patches apply and mend", "patch is not installed")
        return
    for benchmark, name in PATCHED:
        root = offline(benchmark, name, scratch / f"{benchmark}-{name}")
        options = "-p", "paranoid", "-f", "patch"
        text = fix(root.path, benchmark, *options).text
        parts = parts_of(text)
        before = root.roots.audit(root.path)
        wrong, kept = [], []
        for rules, diff, apart in parts:
            if not apart:
                wrong += apply(root.path, diff)
                kept += rules
        report = root.roots.audit(root.path)
        wrong += [f"{r}: {report.reasons[r]}" for r in kept if report.verdicts.get(r) not in MENDED and r not in UNPATCHED]
        wrong += [f"{r} is no exception" for r in kept if report.verdicts.get(r) in MENDED and r in UNPATCHED and name == "weak"]
        point(f"{benchmark}/{name}: the patches apply without fuzz and mend {len(kept)} rules", wrong)
        point(f"{benchmark}/{name}: nothing got worse by them", [f"{r}: {v}, {report.reasons[r]}" for r, v in report.own_verdicts.items()
                                                                  if v != before.own_verdicts[r] and v in ("fail", "error", "unknown")])
        wrong, n = [], 0
        for index, (rules, diff, apart) in enumerate(parts):
            if not apart:
                continue
            other = Changed.__new__(Changed)
            other.roots, other.path = root.roots, scratch / f"{benchmark}-{name}-{index}"
            shutil.copytree(root.path, other.path, symlinks=True)
            wrong += apply(other.path, diff)
            one = root.roots.audit(other.path)
            wrong += [f"{r}: {one.reasons[r]}" for r in rules if one.verdicts.get(r) not in MENDED and r not in UNPATCHED]
            n += len(rules)
            shutil.rmtree(other.path)
        point(f"{benchmark}/{name}: each that is set apart applies on top of them, and mends ({n} rules)", wrong)
        left = [rules for rules, diff, apart in parts_of(fix(root.path, benchmark, *options).text) if not apart and not set(rules) <= set(UNPATCHED)]
        point(f"{benchmark}/{name}: the next plan has no patch any more", left)


MUTATED = [("host", "weak", "etc/fstab"), ("host", "weak", "etc/login.defs"), ("host", "weak", "etc/audit/auditd.conf"),
           ("kubernetes-node", "kubeadm", "var/lib/kubelet/config.yaml"), ("kubernetes-node", "kubeadm", "etc/kubernetes/manifests/kube-apiserver.yaml"),
           ("containerd", "weak", "opt/c.toml")]


def mutated(scratch):
    """Files that are written otherwise: the patch of whatever is not refused applies, and no other line is touched by it."""
    if not has("patch"):
        skip("mutated files: patches apply", "patch is not installed")
        return
    dice = random.Random(20261126)
    for benchmark, name, path in MUTATED:
        root = offline(benchmark, name, scratch / f"{benchmark}-{path.replace('/', '-')}")
        if not root.file(path).exists():
            root.write(path, "")
        original = root.file(path).read_text(encoding="utf-8").splitlines(True)
        wrong, made = [], 0
        for _ in range(25):
            lines = list(original)
            for _ in range(dice.randrange(1, 6)):
                at = dice.randrange(len(lines) + 1)
                old = dice.choice(original) if original else "\n"
                change = dice.choice(("take", "double", "cut", "indent", "sign", "join"))
                if change == "take" and at < len(lines):
                    del lines[at]
                elif change == "double":
                    lines.insert(at, old)
                elif change == "cut":
                    lines.insert(at, old[:dice.randrange(len(old) + 1)])
                elif change == "indent":
                    lines.insert(at, " " * dice.randrange(6) + old.lstrip())
                elif change == "sign":
                    lines.insert(at, dice.choice("[]{}-:=#\t \"'\\@+\n") + old)
                elif at < len(lines):
                    lines[at] = lines[at].rstrip("\n")
            text = "".join(lines)
            root.write(path, text)
            run = fix(root.path, benchmark, "-p", "paranoid", "-f", "patch")
            wrong += [repr(run)] if run.status or run.err else []
            for rules, diff, apart in parts_of(run.text):
                if apart or f"+++ b/{path}\n" not in diff:
                    continue
                made += 1
                wrong += [f"{text!r}: {w}" for w in apply(root.path, diff)]
        point(f"mutated {path}: {made} patches apply", wrong if made else ["there is none"])


UNFIT = [("with a sign that a terminal acts on", "UMASK\t022\n# \x1b[31mred\n"), ("with line breaks of another system", "UMASK 022\r\nPASS_MAX_DAYS 9999\r\n"),
         ("with signs that turn the direction", "# \u202e\nPASS_MAX_DAYS 9999\n")]


def unfit_files(scratch):
    """What a terminal would act on is in no patch; a name of an account is in no command."""
    for what, text in UNFIT:
        root = Changed(Roots("host"), scratch / f"unfit-{what[5:12]}", "weak")
        root.write("etc/login.defs", text)
        run = fix(root.path, "host", "-f", "patch", "account.max-days")
        is_true(f"a file {what}: no patch", "+++" not in run.text and "No patch of /etc/login.defs" in said(run.text) and "\x1b" not in run.text and "\r" not in run.text, run.text[-800:])


# ---- Ansible ----

def unsafe_loader():
    class Loader(yaml.SafeLoader):
        pass
    Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))
    return Loader


def ansible(scratch):
    root = prepared("host", "weak", scratch / "ansible")
    text = fix(root.path, "host", "-p", "paranoid", "-f", "ansible").text
    script = fix(root.path, "host", "-p", "paranoid").text
    if yaml is None:
        skip("ansible: it is YAML", "python3-yaml is not installed")
    else:
        blocks = yaml.load(text, Loader=unsafe_loader())
        equal("ansible: a block for every item of the script", sorted(b["tags"][0] for b in blocks), sorted(items(script) + items(script, apart=True)))
        point("ansible: what is set apart is done only where it is asked for",
              [b["name"] for b in blocks if ("never" in b["tags"]) != (b["tags"][0] in items(script, apart=True)) or ("never" in b["tags"] and len(b["tags"]) > 2)])
        files = {t["ansible.builtin.copy"]["dest"]: t["ansible.builtin.copy"]["content"] for b in blocks for t in b["block"] if "ansible.builtin.copy" in t}
        equal("ansible: a file has the same lines", files["/etc/sysctl.d/99-zz-plimsoll-kernel.sysrq.conf"], "# written by plimsoll fix, rule process.sysrq\nkernel.sysrq = 0\n")
    tasks = write(scratch / "playbook/tasks.yml", text)
    book = write(scratch / "playbook/site.yml", "- hosts: localhost\n  gather_facts: false\n  tasks:\n    - ansible.builtin.import_tasks: tasks.yml\n")
    if not has("ansible-playbook"):
        skip("ansible: ansible-playbook --syntax-check", "ansible-core is not installed")
        return
    env = dict(os.environ, HOME=str(scratch), LC_ALL="C.UTF-8")
    run = subprocess.run(["ansible-playbook", "-i", "localhost,", "-c", "local", "--syntax-check", book], capture_output=True, text=True, env=env, check=False)
    point("ansible: ansible-playbook --syntax-check", [run.stdout + run.stderr] if run.returncode else [])
    is_true("ansible: the tasks were read", tasks.exists())
    if not has("ansible-lint"):
        skip("ansible: ansible-lint", "ansible-lint is not installed")
        return
    write(book, "---\n- name: Mend\n  hosts: localhost\n  gather_facts: true\n  become: true\n  tasks:\n    - name: The plan\n      ansible.builtin.import_tasks: tasks.yml\n")
    # how lists are indented and how long a line is; titles begin as what they are about is written, "sshd"
    run = subprocess.run(["ansible-lint", "--offline", "--nocolor", "-q", "-p", "-x", "yaml[indentation],yaml[line-length],name[casing]", "site.yml"], cwd=book.parent,
                         capture_output=True, text=True, env=env, check=False)
    point("ansible: ansible-lint finds nothing", [run.stdout[-3000:] + run.stderr[-1000:]] if run.returncode else [])


# ---- containers ----

def container_formats(scratch):
    root = scratch / "captured"
    captures.build(root)
    for kind in "run", "compose", "kubernetes", "fragment", "sh", "ansible":
        run = fix(root, "container", "-p", "paranoid", "-f", kind)
        point(f"containers, {kind}: it is written", [] if run.status == 0 and not run.err and len(run.out) > 2000 else [repr(run)])
        path = write(scratch / f"containers.{kind}", run.out)
        if kind in ("run", "sh") and has("dash"):
            point(f"containers, {kind}: dash -n", [r.stderr for r in [execute(["dash", "-n", path])] if r.returncode])
        if kind in ("compose", "kubernetes") and yaml:
            documents = list(yaml.safe_load_all(run.text))
            if kind == "compose":
                services = documents[0]["services"]
                wrong = [] if any(s.get("cap_drop") == ["ALL"] and s.get("read_only") is True for s in services.values()) else ["no service drops ALL"]
            else:
                wrong = [d for d in documents if d["kind"] != "Pod" or not d["spec"]["containers"][0]["name"]]
                wrong += [] if any(d["spec"]["containers"][0].get("securityContext", {}).get("allowPrivilegeEscalation") is False for d in documents) else ["nothing forbids new privileges"]
            point(f"containers, {kind}: it is YAML that says what is wanted", wrong)


def live_container(scratch):
    """A container that is made anew as it is told passes what it failed."""
    del scratch
    with Live() as machine:
        try:
            weak, _ = machine.start_podman("fixweak", "--privileged", "--pid=host", "--ipc=host", "--pids-limit=0", runtime="wrapper")
            command = ("fix", "-b", TOP / "benchmarks/container.xml", "-p", "paranoid", "-s", weak)
            text = plimsoll(*command, "-f", "run").text
            rules = re.findall(rf"^# ---- (container\S+), container {weak}$", text, re.M)
            options = re.findall(r"^\t(--\S+) \\$", text, re.M)
            made, _ = machine.start_podman("fixmade", *[o for o in options if not o.startswith("--userns=auto")], "--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024")
        except Cannot as why:
            skip("a container that is started with the options printed", str(why))
            return
        report = json.loads(plimsoll("audit", "-b", TOP / "benchmarks/container.xml", "-p", "paranoid", "-s", made, "-f", "json").text)
        verdicts = {r["rule"]: (r["result"], r["reason"]) for r in report["subjects"][0]["results"]}
        # what this machine's kernel and engine give no container, and what the engine's defaults and not its options say
        hopeless = {"container.lsm-confined", "container.selinux.type", "container.selinux.user-role", "container.selinux.categories", "container.ns.user",
                    "container.user-namespace", "container.user-map.overlap", "container.user-map.width", "container.seccomp.risky-calls"}
        is_true("a weak container fails enough", {"container.privileged", "container.ns.pid", "container.limit.memory"} <= set(rules), str(rules))
        point(f"a container that is started with the options printed passes what the weak one failed ({len(rules)} rules)",
              [f"{r}: {verdicts.get(r)}" for r in rules if verdicts.get(r, ("",))[0] not in ("pass", "notapplicable") and r not in hopeless])


# ---- in use ----

def in_use(scratch):
    del scratch
    rule = "sysctl.user.max_user_namespaces"
    sleeper = None
    if has("unshare"):
        sleeper = subprocess.Popen(["unshare", "-U", "sleep", "1000"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        found = sleeper and live.wait_for(lambda: sleeper.poll() is None and os.readlink(f"/proc/{sleeper.pid}/ns/user") != os.readlink("/proc/self/ns/user"))
    except (OSError, Cannot):
        found = False
    if not found or os.geteuid() != 0:
        skip("a process in a user namespace is seen", "no user namespace can be made here")
    else:
        text = plimsoll("fix", "-b", TOP / "benchmarks/kernel.xml", rule).text
        if "cannot be seen which user namespace is the host's" in said(text):
            skip("a process in a user namespace is seen", "the host's cannot be told from it here")
        else:
            is_true("a process in a user namespace is seen", re.search(r"^# careful +In use now: \d+ process", text, re.M) and items(text, apart=True) == [rule], text[-1500:])
    if sleeper:
        sleeper.kill()
        sleeper.wait()


# ---- hostile ----

NAMES = ["$(touch CANARY)", "`touch CANARY`", "'; touch CANARY; '", "\";touch CANARY;\"", "a\ntouch CANARY\n", "\\'; touch CANARY #", "*", "-rf", "{{ lookup('pipe', 'touch CANARY') }}",
         "x\x1b[31m", "a: b\n- c", "!!python/object", "&a", "# x", "\u202e\u2028touch CANARY"]


def hostile_report(scratch, names):
    """A report of containers that are called so."""
    root = scratch / "hostile-root"
    if not root.exists():
        captures.build(root)
    path = scratch / "hostile.json"
    plimsoll("audit", "--root", root, "-b", TOP / "benchmarks/container.xml", "-p", "paranoid", "-s", "containers", "-f", "json", "-o", path)
    report = json.loads(path.read_text(encoding="utf-8"))
    report["host"]["hostname"] = "h\ntouch CANARY\n$(touch CANARY)"
    for subject, name in zip(report["subjects"] * 2, names):
        subject["name"] = subject["image"] = subject["pod"] = name
        for result in subject["results"]:
            result["reason"] = name
            for evidence in result["evidence"]:
                evidence.update(value=name, origin=name, why=name if evidence["why"] else None)
    path.write_text(json.dumps(report), encoding="utf-8")
    return path, report


def hostile(scratch):
    path, report = hostile_report(scratch, NAMES)
    folder = scratch / "cage"
    folder.mkdir()
    for engine in "podman", "docker":
        write(folder / f"bin/{engine}", "#!/bin/sh\nfor word; do printf '%s\\0' \"$word\"; done >>words\n", 0o755)
    for kind in "sh", "run":
        text = plimsoll("fix", path, "-b", TOP / "benchmarks/container.xml", "-f", kind)
        write(folder / "script", text.out)
        run = subprocess.run(["sh", "./script"], cwd=folder, env={"PATH": f"{folder}/bin:{os.environ['PATH']}"}, capture_output=True, text=True, check=False)
        point(f"hostile names, {kind}: the script runs and nothing else does", [run.stderr] if run.returncode or run.stderr or text.status else
              [p.name for p in folder.iterdir() if p.name not in ("bin", "script", "words")])
        is_true(f"hostile names, {kind}: nothing raw is written", "\x1b" not in text.text and "\u202e" not in text.text)
    words = (folder / "words").read_bytes().decode().split("\0")
    harmless = [n for n in NAMES[:len(report["subjects"])] if n.isprintable()]
    point("hostile names: each is one word", [n for n in harmless if f"--name={n}" not in words])
    for kind in "ansible", "compose", "kubernetes", "fragment":
        run = plimsoll("fix", path, "-b", TOP / "benchmarks/container.xml", "-f", kind)
        wrong = [repr(run)] if run.status else [line for line in run.text.splitlines() if line.startswith("touch CANARY")]
        if kind != "fragment" and yaml and not wrong:
            documents = list(yaml.load_all(run.text, Loader=unsafe_loader()))
            if kind == "compose":
                wrong = [n for n in harmless if n not in documents[0]["services"]]
        point(f"hostile names, {kind}: they stay what they are", wrong)


# What a fix calls for each account or file that was found
NAMED = "passwd", "chage", "gpasswd", "usermod", "chown", "chmod", "runuser", "mkhomedir_helper"


def hostile_accounts(scratch):
    """Names of accounts, groups and homes, of the system and of a report that somebody wrote, stand in a command as one quoted word or not at all."""
    dice = random.Random(20261126)
    signs = "ab/-_.$`'\"\\;|&<>(){}[]*?!~#%= \t\n\r\x1b\x07\u202e\u00e9,:"
    names = [*NAMES, "{value}", "{name}", "x{place}", *("".join(dice.choice(signs) for _ in range(dice.randrange(1, 12))) for _ in range(300))]
    saved = scratch / "saved.json"
    root = Changed(Roots("host"), scratch / "root", "weak")
    lines = "".join(f"{n}:x:{3000 + i}:{3000 + i}::/home/{n}:/bin/sh\n" for i, n in enumerate(names) if n and not set(n) & set(":\n"))
    root.write("etc/passwd", root.file("etc/passwd").read_text(encoding="utf-8") + lines)
    root.write("etc/shadow", root.file("etc/shadow").read_text(encoding="utf-8") + re.sub(r"^([^:\n]*):.*$", r"\1::19000:0:99999:7:::", lines, flags=re.M))
    root.write("etc/group", root.file("etc/group").read_text(encoding="utf-8") + "".join(f"{n}:!:{5000 + i}:{n}\n" for i, n in enumerate(names) if n and not set(n) & set(":\n")))
    plimsoll("audit", "--root", root.path, "-b", TOP / "benchmarks/host.xml", "-p", "paranoid", "-f", "json", "-o", saved)
    report = json.loads(saved.read_text(encoding="utf-8"))
    texts = {"the system's": fix(root.path, "host", "-p", "paranoid").text}
    for turn in range(3):
        for result in report["subjects"][0]["results"]:
            for evidence in result["evidence"]:
                evidence.update(value=dice.choice(names) if evidence["state"] == "present" else None, origin=dice.choice(names), name=f"x of {dice.choice(names)}")
        saved.write_text(json.dumps(report), encoding="utf-8")
        texts[f"report {turn}'s"] = plimsoll("fix", saved).text
    for what, text in texts.items():
        folder = scratch / re.sub(r"\W", "", what)
        for stub in NAMED:
            write(folder / f"bin/{stub}", "#!/bin/sh\nprintf '%s\\0' \"$@\" >>words\n", 0o755)
        commands = [line.removeprefix("#: ") for line in text.splitlines() if re.match(rf"#: ({'|'.join(NAMED)}) ", line)]
        write(folder / "script", "\n".join(commands) + "\n")
        run = subprocess.run(["sh", "./script"], cwd=folder, env={"PATH": f"{folder}/bin:/usr/bin:/bin"}, capture_output=True, text=True, check=False)
        left = [p.name for p in folder.iterdir() if p.name not in ("bin", "script", "words")]
        point(f"{what} hostile names: {len(commands)} commands run, and nothing else does", [run.stderr, *left] if run.returncode or run.stderr or left or len(commands) < 5 else [])
        words = (folder / "words").read_bytes().decode().split("\0")
        point(f"{what} hostile names: every word is a plain one", [w for w in words if not re.fullmatch(r"[\w.,:/+=@%-]*", w, re.A)])
        loose = [line for line in text.splitlines() if "CANARY" in line and not line.startswith("# ")]
        point(f"{what} hostile names: those of a script are in remarks alone", loose)
        is_true(f"{what} hostile names: nothing raw is written", not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", text))
    for kind in FORMATS:
        for run in fix(root.path, "host", "-p", "paranoid", "-f", kind), plimsoll("fix", saved, "-f", kind):
            wrong = [repr(run)] if run.status or run.err else []
            wrong += ["a raw sign"] if re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", run.text) else []
            if kind == "json" and not wrong:
                wrong = [] if json.loads(run.text)["schema"] == "plimsoll/fix/1" else ["another schema"]
            if kind == "ansible" and yaml and not wrong:
                wrong = [b["name"] for b in yaml.load(run.text, Loader=unsafe_loader()) if "CANARY" in json.dumps(b)]
            point(f"hostile names, {kind}: it is written, and nothing raw in it", wrong)


def hostile_value(scratch):
    """A value that is a script is put into none."""
    text = (TOP / "benchmarks/host.xml").read_text(encoding="utf-8")
    start = text.index('<Value id="xccdf_org.plimsoll_value_kptr_restrict"')
    end = text.index("</Value>", start)
    for value in "1' ; touch CANARY ; '", "1\n2", "$(touch CANARY)", "`touch CANARY`", "1\\":
        changed = text[:start] + re.sub(r"(<value[^>]*>)[^<]*<", lambda m, v=value: m[1] + v + "<", text[start:end]) + text[end:]
        path = write(scratch / "hostile.xml", changed)
        ElementTree.fromstring(changed)
        run = plimsoll("fix", "--root", TOP / "tests/roots/host/debian-12", "-b", path, "process.kptr-restrict")
        point(f"a value of a benchmark that is {value!r} stands in no script",
              [repr(run)] if run.status not in (0, 2) or items(run.text) or [line for line in run.text.splitlines() if "CANARY" in line and not line.startswith("#")] else [])


# ---- the command ----

def on_terminal(*arguments):
    """What stands on a terminal of 100 columns."""
    master, slave = pty.openpty()
    process = subprocess.Popen([PLIMSOLL, *map(str, arguments)], stdout=slave, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=dict(os.environ, TERM="dumb", LC_ALL="C"))
    os.close(slave)
    text = b""
    try:
        while part := os.read(master, 65536):
            text += part
    except OSError:   # the other end is closed
        pass
    process.wait()
    os.close(master)
    return text.decode().replace("\r\n", "\n")


def for_people(scratch):
    root = Roots("host").copy("weak", scratch / "people")
    options = "--root", root, "-b", TOP / "benchmarks/host.xml", "-p", "paranoid"
    shown, piped = on_terminal("fix", *options), plimsoll("fix", *options).text
    is_true("on a terminal it is a text, into a pipe a script", shown.startswith("this system") and piped.startswith("#!/bin/sh\n"), shown[:200])
    equal("on a terminal a script where it is asked for", on_terminal("fix", *options, "-f", "sh").split("\n")[0], "#!/bin/sh")
    plan = json.loads(plimsoll("fix", *options, "-f", "json").text)
    rules = {i["rule"] for i in plan["items"]}
    point("the text names every rule", sorted(r for r in rules if not re.search(rf"^  (high|medium|low|info) +{re.escape(r)}( |$)", shown, re.M)))
    scripts = [(i["rule"], i["script"] or i["words"]) for i in plan["items"] if i["kind"] in ("script", "cmdline")]
    told = {*items(piped), *items(piped, True)}
    point("JSON: the same items as the script, which says the same thing once", [r for r, s in scripts if r not in told and s not in [o for other, o in scripts if other in told]])
    point("JSON: none is missing", sorted(told - {r for r, _ in scripts}))
    equal("JSON: the counts are those of the items", plan["counts"]["by_hand"], sum(i["kind"] == "by-hand" for i in plan["items"]))
    equal("JSON: what is set apart", plan["counts"]["set_apart"], sum(i["set_apart"] for i in plan["items"] if i["kind"] != "by-hand"))
    point("JSON: an item says what it does", [i["rule"] for i in plan["items"] if not {"script": i["script"], "cmdline": i["words"], "patch": i["changes"], "by-hand": i["by_hand"]}[i["kind"]]])
    patch = plimsoll("fix", *options, "-f", "patch").text
    point("JSON: its patches are those of the patch", [p["path"] for p in plan["patches"] if p["diff"] and p["diff"] not in patch])
    one = on_terminal("fix", *options, "process.sysrq")
    is_true("one rule is told with all of it", "found" in one and "may break" in one and "sysctl -p" in one, one)


def command(scratch):
    root = Roots("host").copy("weak", scratch / "command")
    saved = scratch / "saved.json"
    plimsoll("audit", "--root", root, "-b", "host", "-o", f"json={saved}")
    run, direct = plimsoll("fix", saved), fix(root, "host")
    equal("a saved report: the same rules", set(items(run.text) + items(run.text, True)), set(items(direct.text) + items(direct.text, True)))
    is_true("a saved report: it was not looked at what is in use", "this is of an earlier audit" in said(run.text) and run.status == 0)
    equal("one rule by name", items(fix(root, "host", "process.sysrq").text), ["process.sysrq"])
    equal("of a saved report, too", items(plimsoll("fix", saved, "process.sysrq").text), ["process.sysrq"])
    equal("one that passes or is not in the profile, by name", items(fix(root, "host", "-p", "workstation", "module.cramfs").text), ["module.cramfs"])
    point("a rule that there is not", complaint(fix(root, "host", "no.such-rule"), "there is no rule 'no.such-rule'"))
    point("a format that there is not", complaint(fix(root, "host", "-f", "puppet"), "sh", "ansible", "kubernetes"))
    point("a format that is no plan", complaint(fix(root, "host", "-f", "junit"), "there is no format 'junit'"))
    point("a plan is no report", complaint(plimsoll("audit", "--root", root, "-f", "sh"), "there is no format 'sh'"))
    point("every format of nothing", [f"{k}: {r}" for k in FORMATS for r in [fix(root, "host", "-r", "no.such-rule", "-f", k)] if r.status or r.err])
    waivers = write(scratch / "waivers.conf", "[waiver]\ncheck = process.sysrq\nexpires = 2027-01-31\nowner = ops@example.org\nreason = the console is watched\n")
    dated = dict(os.environ, SOURCE_DATE_EPOCH="1795392000", LC_ALL="C")
    text = fix(root, "host", "--waivers", waivers, env=dated).text
    is_true("what is accepted is left out", "process.sysrq" not in items(text) and "process.aslr" in items(text))
    is_true("unless it is named", "is accepted until 2027-01-31" in said(fix(root, "host", "--waivers", waivers, "process.sysrq", env=dated).text))
    wrong = []
    for kind in FORMATS:
        first, again = (fix(root, "host", "-f", kind, env=dated) for _ in range(2))
        wrong += [kind] if first.out != again.out else []
    point("the same bytes again", wrong)


def main():
    with Scratch() as scratch:
        for part in (valid, described, mends, nobody_reads, refused, own_etc, stacks, kconfig, daemon_json, by_name, patches, mutated, unfit_files, ansible, container_formats, live_container, in_use, hostile, hostile_accounts, hostile_value, for_people, command):
            folder = pathlib.Path(scratch) / part.__name__
            folder.mkdir()
            part(folder)
            shutil.rmtree(folder, ignore_errors=True)
    done()


assert PLIMSOLL
main()
