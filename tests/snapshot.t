#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Snapshots of roots: they say what the root says, a snapshot of a snapshot is the same, a broken one is refused with its place, and nothing is written
where it should not be. Of the running host: snapshot-live.t."""
import base64
import os
import pathlib
import re
import shutil
import signal
import stat
import subprocess

import captures
from roots import Roots, give_manifest
from tap import SMALL, Scratch, clean_environment, complaint, done, equal, is_true, plimsoll, point, skip, small_root, write

FIXED = clean_environment(SOURCE_DATE_EPOCH="1795392000")
ROOTS = {"host": ("weak", "hardened", "fedora-41", "alpine", "broken-rpm"), "docker": ("weak",), "kernel": ("hardened-x86_64",)}


def tree(folder):
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None for p in sorted(pathlib.Path(folder).rglob("*"))}


def audit(root, *more):
    run = plimsoll("audit", "--root", root, "-f", "json", *more, env=FIXED)
    return run.out, run.status


# ---- the same again ----

def comes_back(folder, name, root, *more):
    """What the root says its snapshot says, and what that says its own."""
    first, second = folder / "first", folder / "second"
    run = plimsoll("snapshot", "--root", root, first, "-o", f"json={folder}/said.json", *more, env=FIXED)
    wrong = [] if run.status == 0 and not run.err else [repr(run)]
    if not wrong:
        before, said = audit(root, *more), (folder / "said.json").read_bytes()
        wrong += ["the report of the recording run is another one than an audit's"] * (before[0] != said)
        wrong += ["the snapshot says something else"] * (audit(first, *more) != before)
        again = plimsoll("snapshot", "--root", first, second, *more, env=FIXED)
        wrong += [repr(again)] * (again.status != 0 or again.err != b"")
        wrong += ["a snapshot of the snapshot is another one"] * (not wrong and tree(first) != tree(second))
    point(f"{name}: a snapshot says the same, and a snapshot of it is the same", wrong)
    for made in (first, second):
        shutil.rmtree(made, ignore_errors=True)


def all_roots(folder):
    for benchmark, names in ROOTS.items():
        roots = Roots(benchmark)
        for name in names:
            comes_back(folder, f"{benchmark}/{name}", roots.copy(name, folder / f"{benchmark}-{name}"), "-b", benchmark, "-p", "paranoid")
    captured = folder / "captured"
    captures.build(captured)
    comes_back(folder, "the captured containers", captured)


HOSTILE = ("with space", "line\nbreak", "\x1b[31mred", "back\\slash", "#", "=", "a" * 250, b"\xff\xfe".decode("utf-8", "surrogateescape"), "-r", "$(id)")


def hostile_names(folder):
    """Names that directories may have, and that a line of text cannot hold as they are."""
    root = Roots("host").copy("weak", folder / "hostile")
    for name in HOSTILE:
        write(root / "etc/sudoers.d" / name.replace("/", "_"), f"u{len(name)} ALL=(ALL) NOPASSWD: ALL\n")
        os.symlink(name, root / "etc/systemd/system" / f"{name[:200]}.service")
    comes_back(folder, "hostile names", root, "-b", "host", "-p", "paranoid")
    run = plimsoll("snapshot", "--root", root, folder / "named", "-b", "host", env=FIXED)
    text = (folder / "named/manifest").read_bytes()
    equal("... and the manifest is printable ASCII", (run.status, re.findall(rb"[^\n\t\x20-\x7e]", text)), (0, []))


# ---- what it does not hold ----

def not_asked(snapshot):
    """Another benchmark asks what nobody asked: that is no pass, and the machine at hand does not answer in its place."""
    run = plimsoll("audit", "--root", snapshot, "-b", "kernel", "-p", "paranoid", "-f", "json", "-r", "sysctl.dev.*", env=FIXED)
    results = set(re.findall(r'"result": "(\w+)"', run.text))
    reasons = re.findall(r'"reason": "([^"]*)"', run.text)
    equal("what was not asked is unknown", results, {"unknown"})
    is_true("... and the reason says why", reasons and all("the snapshot does not hold it" in r for r in reasons), repr(reasons[:3]))


# ---- broken ----

def refused(name, snapshot, folder, change, *parts):
    copy = folder / "broken"
    shutil.copytree(snapshot, copy, symlinks=True)
    change(copy)
    point(name, complaint(plimsoll("audit", "-b", SMALL, "--root", copy), *parts))
    shutil.rmtree(copy)


def edit(pattern, text, count=1):
    def change(copy):
        path = copy / "manifest"
        old = path.read_text()
        new = re.sub(pattern, text, old, count=count, flags=re.M)
        assert new != old, pattern
        path.write_text(new)
    return change


def number_of(snapshot, pattern):
    return next(i for i, line in enumerate((snapshot / "manifest").read_text().splitlines(), 1) if re.search(pattern, line))


def content(path, data):
    def change(copy):
        (copy / path).write_bytes(data)
    return change


def replaced(path, by):
    def change(copy):
        (copy / path).unlink()
        by(copy / path)
    return change


def broken(folder, snapshot):
    kptr = number_of(snapshot, r"^read proc/sys/kernel/kptr_restrict ")
    at = f"manifest:{kptr}: "
    last = len((snapshot / "manifest").read_text().splitlines())
    line = r"^(read proc/sys/kernel/kptr_restrict .*)$"
    file = "files/proc/sys/kernel/kptr_restrict"
    for name, change, *parts in (
            ("cut off", edit(r"^end \d+\n", ""), f"manifest:{last}: ", "cut off"),
            ("cut off within a line", lambda copy: (copy / "manifest").write_bytes((copy / "manifest").read_bytes()[:-3]), "manifest:", "cut off"),
            ("a line that is gone", edit(line + r"\n", ""), f"manifest:{last - 1}: ", "some are missing"),
            ("a line twice", edit(line, r"\1\n\1"), f"manifest:{kptr + 1}: ", "twice"),
            ("a word that is no question", edit("^read proc/sys/kernel/kptr", "raed proc/sys/kernel/kptr"), at, "'raed'"),
            ("a word that is no state", edit(line, r"\1 perhaps"), at, "'perhaps'"),
            ("a size that is no number", edit(line.replace(".*)", ".*size=)\\d+"), r"\1many"), at, "size="),
            ("a size that is another one", edit(line.replace(".*)", ".*size=)\\d+"), r"\g<1>77"), at, "77"),
            ("an escape that is none", edit(line, r"\1 # \\xzz"), at, "reason"),
            ("contents that were changed in length", content(file, b"12345\n"), at, "6 bytes"),
            ("contents that are gone", lambda copy: (copy / file).unlink(), at, file),
            ("contents that are a link", replaced(file, lambda p: p.symlink_to("dmesg_restrict")), at, file),
            ("contents that are a FIFO", replaced(file, os.mkfifo), at, file),
            ("contents elsewhere", edit(line, r"\1 file=../../../etc/passwd"), at, "../../../etc/passwd"),
            ("another version", edit("^plimsoll-snapshot 1$", "plimsoll-snapshot 2"), "manifest:1: ", "another version"),
            ("a head that is edited", edit("^live no$", "live maybe"), "manifest:2: ", "'live yes'"),
            ("a time that is none", edit(r"^taken \d+$", "taken today"), "manifest:5: ", "'taken'"),
            ("something behind the end", edit(r"^(end \d+)\n", r"\1\nread x absent\n"), f"manifest:{last}: ", "follows"),
            ("more entries than there are", edit(r"^(list \S+ entries=)\d+", r"\g<1>99999", 1), "manifest:", "an entry"),
    ):
        refused(f"refused, with its line: {name}", snapshot, folder, change, *parts)


# ---- roots with a manifest ----

def told_roots(folder):
    """Owners and modes are what the manifest says, whoever unpacked the files; where it says what cannot be it is refused with its line."""
    root = folder / "told"
    for path in "etc/shadow", "etc/passwd", "etc/ssh/sshd_config", "opt/with space":
        write(root / path, "root:*:0:0:::\n", 0o777)
    os.symlink("etc/passwd", root / "link")
    if os.geteuid() == 0:
        os.chown(root / "etc/passwd", 7, 7)

    def manifest(*lines):
        write(folder / "told.manifest", "".join(f"{line}\n" for line in ("plimsoll-root 1", "", "# why", *lines)))

    manifest("stat etc/shadow mode=0100640 owner=0:42", "stat opt/with\\x20space mode=0104755 owner=5:6", "stat dev/kvm mode=020660 owner=0:104 device=2792",
             "read etc/gshadow denied errno=13 # Permission denied", "stat link mode=0120777 owner=9:9", "list etc/cron.d entries=1", "\t- job")
    run = plimsoll("snapshot", "--root", root, folder / "told-snapshot", "-b", "host", "-p", "paranoid", env=FIXED)
    lines = (folder / "told-snapshot/manifest").read_text().splitlines() if run.status == 0 else []
    wanted = (r"stat etc/shadow mode=0100640 owner=0:42 ", r"read etc/passwd mode=0100644 owner=0:0 ", r"stat dev/kvm mode=020660 owner=0:104 .*device=2792",
              r"read etc/gshadow denied errno=13 # Permission denied", r"list etc/cron.d entries=1")
    point("a root's manifest is what counts, and no owner of a file", [w for w in wanted if not any(re.match(w, line) for line in lines)] or [repr(run)] * (run.status != 0))
    run = plimsoll("audit", "--root", root, "-b", "host", "-p", "paranoid", "-r", "search.setuid", "-f", "json")
    is_true("... also where all files are searched", "/opt/with space (4755, 5:6)" in run.text, run)
    for name, line, *parts in (
            ("a file that is not there", "stat etc/nowhere mode=0100644 owner=0:0", "No such file"), ("another type", "stat etc mode=0100644 owner=0:0", "a directory"),
            ("no type", "stat etc/shadow mode=0640 owner=0:42", "type"), ("no mode", "stat etc/shadow owner=0:42", "mode="), ("a word that is none", "raed x absent", "'raed'"),
            ("contents of its own", "read etc/passwd mode=0100644 owner=0:0 size=14", "the root itself"), ("what a process is asked", "pin proc/1/stat data=x", "nobody asks"),
            ("what is said twice", "read x absent\nread x absent", "twice"), ("one file twice", "stat etc/shadow mode=0100640 owner=0:42\nstat ./etc/shadow mode=0100600 owner=0:42", "same file"),
            ("a way out", "stat ../../../../../../etc/hostname mode=0100644 owner=0:0", "manifest:4: ")):
        manifest(line)
        point(f"a root's manifest is refused with its line: {name}", complaint(plimsoll("audit", "-b", "host", "--root", root), "told.manifest:", *parts))
    manifest()
    write(root / "manifest", "plimsoll-root 1\nstat etc/passwd mode=0100600 owner=77:77\n")
    run = plimsoll("audit", "-b", "host", "-p", "paranoid", "--root", root, "-r", "file.*", "-f", "json")
    is_true("a file of a root does not speak for its owners and modes", run.status in (1, 3) and "77:77" not in run.text and '"77"' not in run.text, run)
    shutil.copy(folder / "told-snapshot/manifest", root / "manifest")
    point("... nor does one that pretends that all of it is a snapshot", complaint(plimsoll("audit", "-b", "host", "--root", root), "manifest:1: ", "holds a system"))


def made_by_script(folder):
    """Plain files that have their owners and modes, and the same with a manifest that the script made of them, get the same verdicts."""
    name = "a manifest made of plain files says what they say"
    if os.geteuid() != 0:
        skip(name, "only root can give files to others")
        return
    plain = Roots("host").lay_out("weak", folder / "plain")
    os.mkfifo(plain / "etc/fifo")
    made = pathlib.Path(shutil.copytree(plain, folder / "made-of-it", symlinks=True, ignore=shutil.ignore_patterns("fifo")))
    give_manifest(plain)
    shutil.move(f"{plain}.manifest", f"{made}.manifest")
    for path in made.rglob("*"):
        os.lchown(path, 3, 3)
        if not path.is_symlink():
            path.chmod(0o777)
    point(name, [f"{a} {b}" for a, b in zip(verdicts(plain, "-b", "host", "-p", "paranoid"), verdicts(made, "-b", "host", "-p", "paranoid")) if a != b])
    is_true("... and what a copy lost is there", "stat etc/fifo mode=010644" in pathlib.Path(f"{made}.manifest").read_text())


# ---- where it is written ----

def modes(snapshot):
    wrong = []
    for path in [snapshot, *snapshot.rglob("*")]:
        mode = stat.S_IMODE(path.lstat().st_mode)
        if mode != (0o700 if path.is_dir() else 0o600):
            wrong.append(f"{path}: {mode:04o}")
    point("nobody else can read what was written", wrong)


def places(folder, root):
    def snapshot(where, *more):
        return plimsoll("snapshot", "--root", root, "-b", SMALL, where, *more, env=FIXED)

    full, empty, file, link = (folder / name for name in ("full", "empty", "file", "link"))
    write(full / "there", "")
    empty.mkdir()
    write(file, "kept\n")
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    link.symlink_to(elsewhere)
    point("a directory that is not empty is left alone", complaint(snapshot(full), str(full), "not empty"))
    point("a file is left alone", complaint(snapshot(file), str(file), "no directory"))
    point("a symbolic link is not followed", complaint(snapshot(link), str(link), "symbolic link"))
    point("a directory that has no parent", complaint(snapshot(folder / "no/where"), "no"))
    point("below what is recorded nothing is written", complaint(snapshot(root / "inside"), "in the root that is recorded"))
    point("no directory is named", complaint(plimsoll("snapshot", "--root", root), "one directory"))
    equal("nothing was written", (sorted(p.name for p in full.iterdir()), file.read_text(), list(elsewhere.iterdir()), (root / "inside").exists()),
          (["there"], "kept\n", [], False))
    run = snapshot(empty)
    equal("an empty directory is taken", (run.status, run.said), (0, ""))
    is_true("what was written is told", re.fullmatch(rf"{re.escape(str(empty))}: \d+ answers, \d+ files, \d+\.\d MB\n", run.text), run.text)
    equal("-q says nothing", snapshot(folder / "quiet", "-q").out, b"")
    equal("nothing is left beside", [p.name for p in folder.iterdir() if p.name.startswith(".")], [])
    return empty


def no_room(folder, root):
    """A file system that is full: the error is told, and nothing stays."""
    small = folder / "small"
    small.mkdir()
    run = plimsoll("snapshot", "--root", root, "-b", "host", "dir", wrapper=["unshare", "-m", "sh", "-c",
                   f"mount -t tmpfs -o size=64k none {small} && cd {small} && \"$@\"; s=$?; ls -A; exit $s", "sh"])
    if "mount" in run.said or "unshare" in run.said:
        skip("a full disk is told, and nothing is left", "nothing can be mounted here")
        return
    equal("a full disk is told, and nothing is left", (run.status, run.text, "No space left" in run.said), (2, "", True))


def interrupted(folder, root):
    """It is whole, or it is not there, and nothing lies beside it."""
    if not shutil.which("strace") or subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], check=False).returncode:
        skip("a recording that is told to end", "strace is not there, or may not look")
        return
    for sent in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
        signal.signal(sent, signal.SIG_DFL)   # a test that runs in the background may have been told to ignore some
    for call, when in ("mkdirat", 1), ("mkdirat", 3), ("fsync", 1), ("renameat", 1):
        for sent in "TERM", "INT", "HUP":
            place = folder / f"{call}-{when}-{sent}"
            place.mkdir()
            inject = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:signal={sent}:when={when}")
            run = plimsoll("snapshot", "--root", root, "-b", SMALL, place / "made", wrapper=inject, env=FIXED)
            left = os.listdir(place)
            whole = left == ["made"] and (place / "made/manifest").exists()
            point(f"SIG{sent} at {call} {when}: all or nothing", [] if run.status not in (0, 2, None) and (whole or not left) else [run, left])
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    inject = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=mkdirat", "-e", "inject=mkdirat:signal=HUP:when=1")
    unleaked = dict(FIXED, ASAN_OPTIONS="detect_leaks=0")   # which does not work while another program traces
    equal("a signal that is ignored ends nothing", plimsoll("snapshot", "--root", root, "-b", SMALL, folder / "ignored", wrapper=inject, env=unleaked).status, 0)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


# ---- without names ----

NAMES = ("web7.corp.example", "web7", "corp.example", "alice", "Alice Liddell", "bob7", "wonderers", "carol", "dave99", "initech.test",
         "initrode.test", "0123456789abcdef0123456789abcdef")
ADDRESSES = ("203.0.114.77", "192.168.77.12", "2a01:4f8:c2c:1::7", "fe80::5054:ff:fe12:3456", "52:54:00:12:34:56", "4D7200CB:0016", "203.0.114.88",
             "52-54-00-12-34-56", "52:54:00:aa:bb:cc", "enx525400123456")
HASHES = ("saltsaltsalt", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQ", "Ge5XJ5yVYv9hM", "DEADBEEF00112233")
STAYS = ("127.0.0.1", "0.0.0.0", "255.255.255.0", "1.2.3.4", "1.2.3.4-5", "suitestays", "daemon", "rounds=7777", "j9T", "admin_space_left")


def named_root(path):
    """Of a host whose names stand in all places."""
    root = Roots("host").copy("weak", path)
    hashes = [f"$6$rounds=7777${HASHES[0]}${HASHES[1]}", f"$y$j9T${HASHES[0]}${HASHES[1]}", HASHES[2]]
    add = {
        "etc/passwd": "alice:x:1000:1000:Alice Liddell,room 7,,:/home/alice:/bin/bash\nbob7:x:1001:1001:Bob:/home/bob7:/bin/sh\n"
                      "admin:x:1002:1002::/home/admin:/bin/sh\n",
        "etc/group": "wonderers:x:1005:alice,bob7\nalice:x:1000:\n",
        "etc/shadow": f"alice:{hashes[0]}:19000:0:99999:7:::\nbob7:{hashes[1]}:19000:0:99999:7:::\ncarol:{hashes[2]}:19000:0:99999:7:::\n",
        "etc/subuid": "carol:100000:65536\n",
        "etc/sudoers": f"alice ALL=(ALL) NOPASSWD: ALL\nUser_Alias A = alice,bob7\nDefaults@{ADDRESSES[0]} !lecture\n",
        "etc/audit/auditd.conf": "admin_space_left = 50\n",
        "etc/ssh/sshd_config": f"AllowUsers alice@{ADDRESSES[1]} bob7\nListenAddress {ADDRESSES[0]}\nListenAddress [{ADDRESSES[2]}]:22\nListenAddress 0.0.0.0\n",
        "etc/hosts": f"127.0.0.1 localhost web7\n{ADDRESSES[0]} {NAMES[0]} web7\n{ADDRESSES[2]} {NAMES[0]} web7.initrode.test\nff02::1 all\n255.255.255.0 mask\n",
        "etc/fstab": f"//{ADDRESSES[1]}/x /mnt cifs user=alice 0 0\n{ADDRESSES[3]}:/x /net nfs ro 0 0\n",
        "proc/cmdline": f"root=/dev/vda ip={ADDRESSES[0]}::{ADDRESSES[1]}:255.255.255.0:web7:eth0:off BOOTIF=01-{ADDRESSES[4].replace(':', '-')} mac={ADDRESSES[4]} "
                        f"systemd.machine_id={NAMES[-1]}\n",
        f"boot/loader/entries/{NAMES[-1]}-6.1.conf": "title x\nlinux /vmlinuz\noptions quiet\n",
        "boot/grub/grub.cfg": f"password_pbkdf2 alice grub.pbkdf2.sha512.10000.{HASHES[3]}{HASHES[3]}.{HASHES[3]}\n",
        "var/lib/dpkg/status": "\nPackage: x\nStatus: install ok installed\nVersion: 1.2.3.4\n",
        "etc/sudoers.d/notes": "# \\talice\\u0020alice %2Falice \\040alice \\\\talice WEB7 Web7.Corp.Example 203.0.114.88-203.0.114.99 enx525400123456\n"
                               "# MAC=52:54:00:12:34:56:52:54:00:aa:bb:cc:08:00 1.2.3.4-5\n"
                               "# -----BEGIN PGP SIGNED MESSAGE-----\n# suitestays\n# -----BEGIN PGP SIGNATURE-----\n# -----END PGP SIGNATURE-----\n",
        "etc/issue": "alice\0bob7 at web7\n",
        "etc/resolv.conf": f"search initech.test local\nnameserver {ADDRESSES[0]}\n",
        "proc/1/net/tcp": f"   9: {ADDRESSES[5]} 00000000:0000 0A 0 0 0 0 0 12345\n",
    }
    for name, text in add.items():
        old = (root / name).read_text(encoding="utf-8", errors="surrogateescape") if (root / name).exists() else ""
        write(root / name, (old.rstrip("\n") + " " if name == "proc/cmdline" else old) + text)
    for name, text in (("etc/machine-id", NAMES[-1] + "\n"), ("proc/sys/kernel/hostname", NAMES[0] + "\n"), ("etc/hostname", NAMES[0] + "\n"),
                       ("etc/sudoers.d/alice-extra", "alice ALL=(ALL) ALL\n"), ("home/alice/.rhosts", f"{NAMES[0]} alice\n"), ("home/bob7/.netrc", "machine x\n"),
                       ("home/dave99/.netrc", "machine x\n")):
        write(root / name, text)
    return root


def occurrences(snapshot, words, alone=True):
    """In contents and in names of files, by themselves or as a part of something."""
    begin, end = (rb"(?<![A-Za-z0-9])", rb"(?![A-Za-z0-9])") if alone else (b"", b"")
    for path in sorted(snapshot.rglob("*")):
        data = os.fsencode(path.relative_to(snapshot)) + b"\n" + (path.read_bytes() if path.is_file() else b"")
        for word in words:
            if re.search(begin + re.escape(word.encode()) + end, data, re.I):
                yield f"{path.relative_to(snapshot)}: {word}"


def verdicts(root, *more):
    return re.findall(r'"rule": "([^"]*)"[^{}]*?"result": "(\w+)"', plimsoll("audit", "--root", root, "-f", "json", *more, env=FIXED).text)


def without_names(folder):
    root, options = named_root(folder / "named-root"), ("-b", "host", "-p", "paranoid")
    whole, bare, again = (folder / name for name in ("whole", "bare", "again"))
    plimsoll("snapshot", "--root", root, whole, *options, env=FIXED)
    run = plimsoll("snapshot", "--redact", "--root", root, bare, "-o", f"json={folder}/bare.json", *options, env=FIXED)
    equal("names are taken out, and no result is another one", (run.status, [line for line in run.said.splitlines() if "not replaced" not in line]), (0, []))
    equal("... which the report says, too", verdicts(bare, *options), verdicts(root, *options))
    every = (*NAMES, *ADDRESSES, *HASHES)
    held = {line.rsplit(": ", 1)[1] for line in occurrences(whole, every, alone=False)}
    point("they stand in what is not redacted", sorted(set(every) - held))
    point("none of them is left, neither in contents nor in names nor in the report",
          [*occurrences(bare, every, alone=False), *(w for w in every if w.lower() in (folder / "bare.json").read_text().lower())])
    kept = {line.rsplit(": ", 1)[1] for line in occurrences(whole, STAYS)}
    equal("what means the same everywhere stays", ({line.rsplit(": ", 1)[1] for line in occurrences(bare, STAYS)}, len(kept) > 4), (kept, True))
    is_true("a name that is a word of the system, too, stays and is told", re.search(r"not replaced.*\badmin\b", run.said), run.said)
    plimsoll("snapshot", "--redact", "--root", whole, again, *options, "-q", env=FIXED)
    equal("a snapshot can be redacted later: the same", {k: v for k, v in tree(again).items() if k != "manifest"},
          {k: v for k, v in tree(bare).items() if k != "manifest"})


# ---- without keys ----

def decoded(snapshot):
    """What the blocks of PEM hold."""
    for path in snapshot.rglob("*"):
        for body in re.findall(rb"(?s)-----BEGIN [A-Z ]+-----(.*?)-----END", path.read_bytes()) if path.is_file() else ():
            body = re.sub(rb"(?m)^[A-Za-z-]+:.*$", b"", body)
            yield path, base64.b64decode(re.sub(rb"\s", b"", body), validate=True)


def without_keys(folder):
    name = "without names certificates keep their times, and keys are none"
    root = Roots("docker").copy("hardened", folder / "keys-root")
    write(root / "etc/hostname", "web7\n")
    subject = ["-subj", "/C=DE/O=Initech/CN=web7", "-addext", "subjectAltName=DNS:web7.corp.example,IP:203.0.114.77", "-days", "30000"]
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "key.pem", "-out", folder / "cert.pem", *subject],
                          capture_output=True, check=False) if shutil.which("openssl") else None
    if not made or made.returncode:
        skip(name, "openssl makes no certificate here")
        return
    places = root / "etc/docker", root / "srv/docker/swarm/certificates"
    for path in places[0] / "ca.pem", places[0] / "server.pem", places[1] / "swarm-node.crt", places[1] / "swarm-root-ca.crt":
        write(path, (folder / "cert.pem").read_text())
    key = (folder / "key.pem").read_text().split("\n")
    write(places[1] / "swarm-node.key", "\n".join([key[0], "kek-version: 7", "raft-dek: c2VjcmV0", "", *key[1:]]))
    bare, whole, options = folder / "keys-bare", folder / "keys-whole", ("-b", "docker", "-p", "paranoid")
    run = plimsoll("snapshot", "--redact", "--root", root, bare, *options, env=FIXED)
    equal("... and no result is another one", (run.status, run.said, verdicts(bare, *options) == verdicts(root, *options)), (0, "", True))
    plimsoll("snapshot", "--root", root, whole, *options, env=FIXED)
    words = (b"web7", b"Initech", bytes([203, 0, 114, 77]), *(data[40:60] for _, data in decoded(whole) if len(data) > 1000))
    is_true("they stand in what is not redacted", all(any(w in data for _, data in decoded(whole)) for w in words) and len(words) > 3)
    wrong = [f"{path}: {word}" for path, data in decoded(bare) for word in words if word in data]
    wrong += [str(p) for p in bare.rglob("*") if p.is_file() and b"c2VjcmV0" in p.read_bytes()]
    dates = [subprocess.run(["openssl", "x509", "-noout", "-dates", "-in", p], capture_output=True, check=False).stdout
             for p in (folder / "cert.pem", bare / "files/etc/docker/ca.pem")]
    point(name, wrong + [f"other times: {dates}"] * (not dates[0] or dates[0] != dates[1]))


with Scratch() as scratch:
    all_roots(scratch)
    hostile_names(scratch)
    small = small_root(scratch / "root")
    made = places(scratch, small)
    modes(made)
    not_asked(made)
    plimsoll("snapshot", "--root", small, "-b", SMALL, "-b", "docker", scratch / "more")
    broken(scratch, scratch / "more")
    told_roots(scratch)
    made_by_script(scratch)
    interrupted(scratch, small)
    no_room(scratch, scratch / "host-weak")
    without_names(scratch)
    without_keys(scratch)
done()
