#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What plimsoll fix prints mends what it says, and changes nothing the second time.

Scripts are run in a copy of a root; what asks a running system (systemctl, augenrules, modprobe …) does nothing there.
"""
import json
import os
import pathlib
import random
import re
import shlex
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
from fixes import fix, hindrance, items, NAMED, prepared, run_scripts, said  # noqa: E402
from roots import Changed, Roots  # noqa: E402
from tap import PLIMSOLL, TOP, Scratch, done, equal, has, is_true, plimsoll, point, skip, write  # noqa: E402

APPLETS = "find", "sed", "ln", "touch", "ls", "grep"
STUBS = "modprobe", "sshd", "visudo", "augenrules", "systemctl", "systemd-tmpfiles", "pwconv", "update-grub", "apt-get"

# By what this boot left in sysfs, in /proc/cpuinfo and in the kernel's log, and for usercopy_fallback by the kernel's configuration, too
BOOTED = {"memory.slab-unmerged", "memory.auto-init-alloc", "cmdline.init_on_free", "cmdline.kfence.sample_interval", "cmdline.page_alloc.shuffle", "cmdline.tsx",
          "cmdline.slab_common.usercopy_fallback", "memory.page-alloc-shuffle", "memory.auto-init-free"}

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


def main():
    with Scratch() as scratch:
        for part in (mends, nobody_reads, refused, own_etc, stacks, by_name, patches, mutated, unfit_files):
            folder = pathlib.Path(scratch) / part.__name__
            folder.mkdir()
            part(folder)
            shutil.rmtree(folder, ignore_errors=True)
    done()


assert PLIMSOLL
main()
