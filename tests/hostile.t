#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What cannot be read is no pass, and nothing that is read can crash, hang or deceive the audit.

First the running system, as root and as an ordinary user. Then two roots, a good and a bad one: every file of them in turn becomes
something that it should not be.
"""
import concurrent.futures
import contextlib
import json
import os
import pathlib
import random
import re
import shutil
import sys
import time
import zlib
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
import tap  # noqa: E402
from tap import is_true, plimsoll, point, skip  # noqa: E402

KERNEL = tap.TOP / "benchmarks" / "kernel.xml"
XCCDF = "{http://checklists.nist.gov/xccdf/1.2}"
OURS = "{urn:plimsoll:check:1}"
SECONDS = 5 * tap.SLOWER
RESULTS = ("pass", "fail", "error", "unknown", "notapplicable", "notchecked", "informational")
SECRET = "plimsoll-canary-7d1f0c"
ENVIRONMENT = tap.clean_environment(SOURCE_DATE_EPOCH="1795392000")


# ---- what the benchmark says ----

def checks_of_rules():
    """For each rule its check elements."""
    rules = {}
    for rule in ElementTree.parse(KERNEL).iter(XCCDF + "Rule"):
        rules[rule.get("id").split("_rule_")[1]] = [e for e in rule.iter() if e.tag.startswith(OURS)]
    return rules


CHECKS = checks_of_rules()


def absence_passes(rule):
    """The benchmark itself says that not being there is good; under a "not", also that it is bad."""
    elements = CHECKS[rule]
    inverted = any(e.tag == OURS + "not" for e in elements)
    return any(e.get("absent") == "pass" or e.get("exists") == "false" or e.get("missing") == "pass" or
               (inverted and (e.get("absent") == "fail" or e.get("exists") == "true")) for e in elements)


# ---- one audit ----

class Report:
    def __init__(self, run, took=0.0):
        self.run, self.took, self.rules, self.others = run, took, {}, b""
        try:
            self.rules = {r["rule"]: r for r in json.loads(run.out)["subjects"][0]["results"]}
        except (ValueError, KeyError, IndexError) as wrong:
            self.broken = f"no report: {wrong}: {run}"
        else:
            self.broken = None

    def result(self, rule):
        return self.rules[rule]["result"] if rule in self.rules else "missing"

    def wrong(self):
        """What no report may show, whatever was audited."""
        found = []
        if self.run.status not in (0, 1, 3) or self.run.err:
            found.append(f"crash or refusal: {self.run}")
        if self.took > SECONDS or self.run.status is None:
            found.append(f"took {self.took:.1f} s")
        if self.broken:
            return found + [self.broken]
        for rule, r in self.rules.items():
            if r["result"] not in RESULTS:
                found.append(f"{rule}: {r['result']} is no result")
            if r["result"] != "pass" and not r["reason"]:
                found.append(f"{rule}: {r['result']} without a reason")
            if r["result"] == "pass":
                found += unread_pass(r)
        return found


def unread_pass(result):
    """A pass rests on something that was read, or on an absence that the benchmark calls good."""
    states = [e["state"] for e in result["evidence"]]
    if "present" in states or ("absent" in states and absence_passes(result["rule"])):
        return []
    return [f"{result['rule']}: passes on nothing that was read: {result['evidence']}"]


def audit(*args, benchmark=KERNEL, **more):
    start = time.monotonic()
    run = plimsoll("audit", "-b", benchmark, "-p", "paranoid", "-vv", *args, timeout=4 * SECONDS, env=ENVIRONMENT, **more)
    return Report(run, time.monotonic() - start)


def without_texts(path):
    """The kernel benchmark without what only explains: thousands of audits need not read that."""
    tree = ElementTree.parse(KERNEL)
    for rule in tree.iter(XCCDF + "Rule"):
        for child in list(rule):
            if child.tag[len(XCCDF):] in ("rationale", "description", "warning", "reference", "ident", "fixtext", "fix"):
                rule.remove(child)
    tree.write(path)
    return path


class Attacked:
    """A copy of one of the roots, what an audit says of it untouched, and what may be in no report."""

    def __init__(self, name, scratch):
        self.root = copied(name, scratch)
        self.benchmark = without_texts(self.root.parent / "kernel.xml")
        self.secrets = [SECRET.encode(), *shadow_lines()]
        self.before = self.audit()

    def audit(self, *formats):
        """In JSON, and in these formats, too: what leaks would show in any."""
        others = {name: self.root.parent / f"report.{name}" for name in formats}
        report = audit("--root", self.root, "-o", "json=-", *(f"-o{name}={path}" for name, path in others.items()), benchmark=self.benchmark)
        report.others = b"".join(path.read_bytes() for path in others.values() if path.exists())
        return report


# ---- the running system ----

def running():
    as_is = audit("-f", "json")
    point("the running system: every pass rests on something read", as_is.wrong())
    is_true("... and there are passes", any(as_is.result(rule) == "pass" for rule in as_is.rules))
    name = "an ordinary user gets no pass that root does not get"
    wrapper = tap.as_user()
    if os.geteuid() != 0:
        skip(name, "not root")
        return
    if wrapper is None or not tap.user_can_run():
        skip(name, "no way to be an ordinary user who reaches the program")
        return
    user = audit("-f", "json", wrapper=wrapper)
    point("an ordinary user: every pass rests on something read", user.wrong())
    point(name, [f"{rule}: pass for the user, {as_is.result(rule)} for root ({as_is.rules[rule]['reason']})"
                 for rule in user.rules if user.result(rule) == "pass" and as_is.result(rule) != "pass"])
    point("an ordinary user never gets another answer than root, only fewer", [
        f"{rule}: {user.result(rule)} for the user ({user.rules[rule]['reason']}), {as_is.result(rule)} for root ({as_is.rules[rule]['reason']})"
        for rule in user.rules if user.result(rule) not in ("unknown", "error", as_is.result(rule))])


# ---- roots with one thing replaced ----

def links_out(path, root):
    return os.path.join("../" * 20, str(root.parent / "secret").lstrip("/"))


def noise(path):
    return random.Random(str(path)).randbytes(4096)


REPLACEMENTS = {
    "a directory": lambda p, root: p.mkdir(),
    "a FIFO": lambda p, root: os.mkfifo(p),
    "a socket": lambda p, root: make_socket(p),
    "an empty file": lambda p, root: p.write_bytes(b""),
    "10 MB of x": lambda p, root: p.write_bytes(b"x" * (10 << 20)),
    "binary noise": lambda p, root: p.write_bytes(noise(p.relative_to(root))),
    "NUL bytes": lambda p, root: p.write_bytes(bytes(64)),
    "a dangling symlink": lambda p, root: p.symlink_to("nowhere"),
    "a symlink to itself": lambda p, root: p.symlink_to(p.name),
    "a symlink to /etc/shadow": lambda p, root: p.symlink_to("/etc/shadow"),
    "a symlink to a file outside, absolute": lambda p, root: p.symlink_to(root.parent / "secret"),
    "a symlink to a file outside, upwards": lambda p, root: p.symlink_to(links_out(p, root)),
    "a magic symlink": lambda p, root: p.symlink_to("/proc/self/fd/0"),
    "nothing": lambda p, root: None,
}
LINKS = tuple(kind for kind in REPLACEMENTS if "symlink" in kind) + ("nothing",)


def make_socket(path):
    """A socket by a short name: its address has room for 107 bytes."""
    import socket
    here = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.bind(f"/proc/self/fd/{here}/{path.name}")
    finally:
        os.close(here)


# What a rule looks at without reading it: owner, type, mode, or that it is there.
def only_looked_at(rule, origin):
    return any(e.tag == OURS + "file" and "/" + e.get("path").lstrip("/") == origin for e in CHECKS[rule])


# That it is there says it all; what is in it does not matter.
SEEN_BY_BEING_THERE = {"/run/reboot-required"}

# An empty list of modules is what a kernel without modules has.
GOOD_WHEN_EMPTY = {"/proc/modules"}


def is_for_any_cpu(rule, origin, kind):
    """Without /proc/cpuinfo a root is a kernel that may come to run on a CPU of any maker: what is for those of one applies."""
    return origin == "/proc/cpuinfo" and kind in LINKS and any(e.get("cpu") for e in CHECKS[rule])


def reads(result, origin):
    return any(e["state"] == "present" and e["origin"] == origin for e in result["evidence"])


def still_rests(result, origin, kind):
    """Whether a pass that once read the replaced file may stand: on another file, or on a good absence."""
    if only_looked_at(result["rule"], origin):
        return True
    if kind == "an empty file" and origin in GOOD_WHEN_EMPTY:
        return True
    if reads(result, origin):
        return False
    if any(e["state"] == "present" for e in result["evidence"]):
        return True
    return absence_passes(result["rule"]) and any(e["state"] == "absent" and (kind in LINKS or e["origin"] != origin) for e in result["evidence"])


def changes(before, after, origin, kind):
    found = after.wrong()
    if after.broken:
        return found
    for rule, r in after.rules.items():
        was = before.rules[rule]
        if r["result"] != "pass":
            continue
        if was["result"] != "pass" and not only_looked_at(rule, origin) and not (kind in LINKS and absence_passes(rule)) \
                and not is_for_any_cpu(rule, origin, kind):
            found.append(f"{rule}: was {was['result']}, has become pass: {r['evidence']}")
        if was["result"] == "pass" and reads(was, origin) and not still_rests(r, origin, kind):
            found.append(f"{rule}: still passes: {r['evidence']}")
    return found


def leaks(report, secrets):
    return [f"a byte of a file outside the root is in the report: {s!r}" for s in secrets if s in report.run.out + report.others]


def shadow_lines():
    """What of this system's /etc/shadow would show in a report, as far as it may be read."""
    try:
        lines = pathlib.Path("/etc/shadow").read_bytes().splitlines()
    except OSError:
        lines = []
    return [line for line in lines if len(line) > 8]


@contextlib.contextmanager
def in_place_of(root, relative, kind):
    """Another thing stands at the path for a while."""
    path, kept = root / relative, root.parent / "kept"
    path.rename(kept)
    REPLACEMENTS[kind](path, root)
    yield
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)
    kept.rename(path)


# In the bad root only what could turn a failure into a pass.
FEWER = ("a directory", "an empty file", "10 MB of x", "binary noise", "a dangling symlink", "a symlink to a file outside, upwards", "nothing")


def attack(attacked, relative, kinds):
    """Every replacement of one file; says what went wrong."""
    origin, found = "/" + str(relative), []
    for kind in kinds:
        with in_place_of(attacked.root, relative, kind):
            report = attacked.audit(*(("text", "junit") if "outside" in kind or "shadow" in kind else ()))
        wrong = changes(attacked.before, report, origin, kind) + leaks(report, attacked.secrets)
        found += [f"{origin} is {kind}: {w}" for w in wrong]
    return found


# The newest kernel is the newest directory of modules that holds any: with another one gone, this one is it.
COUNTS_WHAT_IS_THERE = {"boot.kernel-current"}
FOLDER_KINDS = ("a directory", "a FIFO", "an empty file", "a dangling symlink", "a symlink to itself", "a symlink to a file outside, upwards",
                "nothing")


def attack_folder(attacked, relative):
    """A directory that becomes empty, a file, a link out, or nothing."""
    before, found = attacked.before, []
    for kind in FOLDER_KINDS:
        with in_place_of(attacked.root, relative, kind):
            report = attacked.audit()
        wrong = report.wrong() + leaks(report, attacked.secrets)
        wrong += [f"{rule}: was {before.result(rule)}, has become pass: {r['evidence']}" for rule, r in report.rules.items()
                  if r["result"] == "pass" and before.result(rule) != "pass" and not absence_passes(rule) and
                  not (rule in COUNTS_WHAT_IS_THERE and kind in (*LINKS, "a directory"))]
        found += [f"/{relative} is {kind}: {w}" for w in wrong]
    return found


def copied(name, scratch):
    root = scratch / name / "root"
    shutil.copytree(tap.TOP / "tests/roots/kernel" / name, root, symlinks=True, copy_function=shutil.copyfile)
    tap.write(root.parent / "secret", SECRET + "\n")
    return root


def replaced(name, scratch):
    """Each file and each directory that a rule looks at, or that holds one of them."""
    attacked = Attacked(name, scratch)
    root, before = attacked.root, attacked.before
    findings = [(f"{name} as it is", before.wrong() + ([] if before.rules else ["no rule"]))]
    origins = {e["origin"] for r in before.rules.values() for e in r["evidence"] if e["origin"].startswith("/")}
    holders = {str(parent) for origin in origins for parent in pathlib.PurePath(origin).parents}
    files = sorted(p.relative_to(root) for p in root.rglob("*") if p.is_file() and not p.is_symlink() and f"/{p.relative_to(root)}" in origins)
    folders = sorted(p.relative_to(root) for p in root.rglob("*") if p.is_dir() and not p.is_symlink())
    for relative in files:
        findings.append((f"{name}: /{relative} becomes something else", attack(attacked, relative, FEWER if name.startswith("weak") else REPLACEMENTS)))
    for relative in folders:
        if f"/{relative}" in origins | holders or f"/{relative.parent}" in origins:
            findings.append((f"{name}: the directory /{relative} becomes something else", attack_folder(attacked, relative)))
    after = attacked.audit()
    findings.append((f"{name} is as it was", [r for r in before.rules if before.result(r) != after.result(r)]))
    return findings, len(files)


def replacing(scratch):
    names = ("hardened-x86_64", "weak-x86_64")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, (findings, n) in zip(names, pool.map(lambda each: replaced(each, scratch), names)):
            for what, wrong in findings:
                point(what, wrong)
            is_true(f"{name}: at least 30 files were replaced", n >= 30, n)


# ---- files cut short ----

def gzipped(data):
    made = zlib.compressobj(wbits=31)
    return made.compress(data) + made.flush()


def cuts(whole, is_gzip):
    """The content in its broken shapes, by what is wrong."""
    made = {f"cut at {i} of 10": whole[:len(whole) * i // 10] for i in range(10)}
    if is_gzip:
        made["cut before the last byte"] = whole[:-1]
        made["a checksum that is wrong"] = whole[:-8] + bytes(b ^ 0xff for b in whole[-8:])
        made["a broken middle"] = whole[:len(whole) // 2] + b"\0" * 64 + whole[len(whole) // 2 + 64:]
        made["a bomb of 1 GB"] = gzipped_zeros(1 << 30)
    else:
        made["cut within the last line"] = whole.rstrip()[:-2]
    return made


def said_in(evidence, content):
    """The symbol stands on a whole line of what is left of a plain configuration."""
    name = evidence["name"].encode()
    return re.search(rb"(?m)^(%s=.*|# %s is not set)\n" % (re.escape(name), re.escape(name)), content) is not None


def cut(attacked, where, whole, before):
    """One configuration in all its broken shapes."""
    is_gzip = where.endswith(".gz")
    path, wrong = tap.write(attacked.root / where, whole), []
    same = attacked.audit()
    wrong += [f"whole: {r}: {before.result(r)}, now {same.result(r)}" for r in before.rules if
              r.startswith("kconfig.") and same.result(r) != before.result(r)]
    for kind, content in cuts(whole, is_gzip).items():
        path.write_bytes(content)
        report = attacked.audit()
        wrong += [f"{kind}: {w}" for w in report.wrong()]
        for rule, r in report.rules.items():
            if r["result"] != "pass":
                continue
            if before.result(rule) != "pass":
                wrong.append(f"{kind}: {rule}: was {before.result(rule)}, has become pass: {r['evidence']}")
            wrong += [f"{kind}: {rule}: passes on what is not there: {e}" for e in r["evidence"] if e["state"] == "present" and
                      e["origin"] == f"/{where}" and (is_gzip or not said_in(e, content))]
    path.unlink()
    return wrong


def cutting(scratch):
    """A kernel's configuration that ends in the middle: nothing that was no pass becomes one."""
    for name in ("hardened-x86_64", "weak-x86_64"):
        attacked = Attacked(name, scratch / "cut")
        release = (attacked.root / "proc/sys/kernel/osrelease").read_text().strip()
        config = attacked.root / "boot" / f"config-{release}"
        data = config.read_bytes()
        config.unlink()
        for where, whole in ((f"boot/config-{release}", data), ("proc/config.gz", gzipped(data))):
            point(f"{name}: /{where} that is not whole is no evidence for what it does not say", cut(attacked, where, whole, attacked.before))


def gzipped_zeros(size):
    made = zlib.compressobj(9, wbits=31)
    block = b"\n" * (1 << 20)
    return b"".join(made.compress(block) for _ in range(size >> 20)) + made.flush()


# ---- what is read must not act on who reads the report ----

EVIL = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202eevil\u2066\x7f\r</testcase>]]><script>&\"'\u0085\ufffe\ud83d".encode("utf-8", "surrogatepass") + b"\xff\xc0\x80\x00\x08"


def raw_characters(text):
    """Control, bidirectional and not-characters that no report may hold as they are."""
    bad = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
    return sorted({hex(ord(c)) for c in bad.findall(text)})


def spoken(root, what):
    wrong = []
    for name in ("text", "json", "junit"):
        for locale in ("C", "C.UTF-8"):
            run = plimsoll("audit", "-b", KERNEL, "-p", "paranoid", "-vv", "--color", "never", "-f", name, "--root", root,
                           env=dict(ENVIRONMENT, LC_ALL=locale), timeout=4 * SECONDS)
            try:
                text = run.out.decode("utf-8")
            except UnicodeDecodeError as bad:
                wrong.append(f"{name}: no UTF-8: {bad}")
                continue
            if run.status not in (0, 1, 3) or run.err or not text:
                wrong.append(f"{name}: {run}")
            wrong += [f"{name}: {c} raw" for c in raw_characters(text)]
            if name == "json":
                json.loads(text)
            if name == "junit":
                ElementTree.fromstring(text)
                wrong += [f"{name}: markup of a file's content" for _ in [0] if "<script>" in text]
    point(f"{what}: nothing of it reaches a report raw", wrong)


def speaking(scratch):
    attacked = Attacked("hardened-x86_64", scratch / "speaking")
    root, before = attacked.root, attacked.before
    shown = [f for f in sorted(p for p in root.rglob("*") if p.is_file()) if any(
        reads(r, "/" + str(f.relative_to(root))) for r in before.rules.values())]
    kept = {f: f.read_bytes() for f in shown}
    for f in shown:
        f.write_bytes(EVIL.replace(b"\0", b""))
    spoken(root, "escape sequences in every file")
    for f, data in kept.items():
        f.write_bytes(data.rstrip(b"\n") + EVIL.replace(b"\0", b"") + b"\n")
    spoken(root, "escape sequences behind good content")
    for f, data in kept.items():
        f.write_bytes(data)
    name = "\x1b[2J\u202e\x9b31m\r"
    tap.write(root / "proc/modules", f"evil{name} 16384 0 - Live 0x0000000000000000 (POE)\n")
    for folder in ("sys/kernel/iommu_groups", "sys/module", "sys/kernel/livepatch", "sys/devices/system/cpu/vulnerabilities", "lib/modules"):
        (root / folder / ("dir" + name)).mkdir(parents=True)
    (root / "sys/kernel/security").mkdir(parents=True, exist_ok=True)
    tap.write(root / "sys/kernel/security/lsm", f"lockdown,{name},yama")
    tap.write(root / "proc/cmdline", f"quiet evil={name} slab_nomerge{name}\n")
    spoken(root, "escape sequences in names")
    for f in shown:
        f.unlink(missing_ok=True)
        f.symlink_to("/" + name)
    spoken(root, "escape sequences in symlinks")
    evil_root = scratch / f"root{name}"
    shutil.copytree(tap.TOP / "tests/roots/kernel/weak-x86_64", evil_root, symlinks=True)
    spoken(evil_root, "escape sequences in the root's own name")


def unreadable(scratch):
    """As an ordinary user: everything is there, nothing can be read."""
    name = "files that the user may not read"
    wrapper = tap.as_user()
    if wrapper is None or not tap.user_can_run():
        skip(name, "no way to be an ordinary user who reaches the program")
        return
    scratch.chmod(0o755)
    for how in ("files", "directories"):
        root = copied("weak-x86_64", scratch / f"unreadable-{how}")
        for p in (root.parent.parent, root.parent):
            p.chmod(0o755)
        for p in sorted(root.rglob("*"), reverse=True):
            if p.is_dir() == (how == "directories"):
                p.chmod(0)
        report = audit("--root", root, "-f", "json", wrapper=wrapper)
        wrong = report.wrong()
        for r in report.rules.values():
            for e in r["evidence"]:
                seen = e["state"] == "present" if how == "files" else e["state"] in ("present", "absent")
                listed = how == "files" and (e["origin"] in SEEN_BY_BEING_THERE or (root / e["origin"].lstrip("/")).is_dir())
                if seen and e["origin"].startswith("/") and not listed and not only_looked_at(r["rule"], e["origin"]):
                    wrong.append(f"{r['rule']}: {r['result']}: {e}")
            if r["result"] == "pass" and not any(e["state"] in ("present", "absent") for e in r["evidence"]):
                wrong.append(f"{r['rule']} passes: {r['evidence']}")
        point(f"{name}: {how} of mode 0", wrong)
        for p in root.rglob("*"):
            if p.is_dir():
                p.chmod(0o755)


def main():
    running()
    with tap.Scratch() as scratch:
        replacing(scratch)
        cutting(scratch)
        speaking(scratch)
        unreadable(scratch)
    tap.done()


main()
