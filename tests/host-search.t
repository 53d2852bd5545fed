#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The search for files that stand out: what it finds in a root made for it, what it leaves out and why, and that it is never quiet about what it
could not look at. Mounts are made in a mount namespace of their own."""
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import threading
import time

from tap import PLIMSOLL, SANITIZED, SLOWER, Scratch, as_user, clean_environment, done, equal, has, is_true, plimsoll, point, skip, user_can_run, write

KINDS = "setuid setgid writable-file writable-directory no-user no-group foreign-program".split()
BENCHMARK = """<Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2" id="xccdf_t_benchmark_b"><status>draft</status><title>t</title><version>1</version>
%s</Benchmark>
"""
RULE = """<Rule id="xccdf_t_rule_%s" selected="true"><title>t</title><check system="urn:plimsoll:check:1"><check-content>
<files-search xmlns="urn:plimsoll:check:1" kind="%s" exists="false" %s/></check-content></check></Rule>
"""
OPEN, CLOSED = "open/", "closed/"


class Found:
    """What a search found, by kind, and how it was judged."""

    def __init__(self, text, err=""):
        try:
            results = json.loads(text)["subjects"][0]["results"]
        except (ValueError, KeyError, IndexError):
            results = []
        self.err = err
        self.results = {r["rule"]: r for r in results}

    def paths(self, kind):
        return [e["origin"] for e in self.results[kind]["evidence"] if e["name"] == "file" and e["state"] == "present"]

    def verdict(self, kind):
        return self.results[kind]["result"]

    def reasons(self, kind):
        return " ".join(e["why"] or e["value"] or "" for e in self.results[kind]["evidence"])


class Bench:
    def __init__(self, scratch):
        self.path = write(scratch / "b.xml", BENCHMARK % ("".join(RULE % (kind, kind, "") for kind in KINDS) + RULE % (
            "expected", "setuid", 'expected="/usr/bin/s* /usr/*/passwd"')))

    def run(self, root, wrapper=(), env=None, more=()):
        return plimsoll("audit", "-b", self.path, "--root", root, "-f", "json", *more, wrapper=wrapper, env=env)

    def search(self, root, wrapper=()):
        run = self.run(root, wrapper)
        return Found(run.text, run.said)


def put(path, mode=0o644, owner=0, group=0):
    write(path, "x")
    os.chown(path, owner, group)
    os.chmod(path, mode)


def folder(path, mode, owner=0, group=0):
    path.mkdir(parents=True, exist_ok=True)
    os.chown(path, owner, group)
    os.chmod(path, mode)
    return path


def base(root):
    folder(root, 0o755)
    write(root / "etc/passwd", "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n")
    write(root / "etc/group", "root:x:0:\nstaff:x:50:\nalice:x:1000:\n")
    write(root / "etc/subuid", "alice:100000:65536\n")
    write(root / "etc/subgid", "alice:100000:65536\n")
    return root


def main_root(root):
    base(root)
    put(root / "usr/bin/su", 0o4755)
    put(root / "usr/bin/passwd", 0o4755)
    put(root / "usr/bin/local/su", 0o4755)
    put(root / "usr/bin/noexec", 0o4644)
    put(root / "usr/bin/crontab", 0o2755, 0, 50)
    put(root / "usr/bin/locking", 0o2644)
    put(root / "usr/bin/of-root", 0o775)
    put(root / "usr/bin/of-alice", 0o755, 1000, 1000)
    put(root / "usr/local/lib/deep/of-staff.so", 0o664, 0, 50)
    put(root / "usr/share/bin/of-alice", 0o755, 1000, 1000)
    put(root / "home/alice/bin/own", 0o755, 1000, 1000)
    put(root / "srv/open", 0o666)
    folder(root / "srv/everybody", 0o777)
    folder(root / "tmp", 0o1777)
    put(root / "srv/nobody", 0o644, 4242, 4343)
    put(root / "home/alice/container", 0o644, 100005, 100005)
    put(root / "var/lib/docker/volumes/v/data", 0o4755, 999, 999)
    os.mkfifo(root / "srv/fifo")
    os.chmod(root / "srv/fifo", 0o666)
    (root / "srv/a").symlink_to("b")
    (root / "srv/b").symlink_to("a")
    (root / "srv/up").symlink_to("..")
    (root / "srv/out").symlink_to("/")
    put(root / "srv/line\nbreak\x1b[2J", 0o4755)
    return root


def check_found(bench, root):
    found = bench.search(root)
    equal("programs with set-user-ID", found.paths("setuid"),
          ["/srv/line\\nbreak\\x1b[2J", "/usr/bin/local/su", "/usr/bin/passwd", "/usr/bin/su", "/var/lib/docker/volumes/v/data"])
    equal("those that are not expected: a star stays within a directory", found.paths("expected"),
          ["/srv/line\\nbreak\\x1b[2J", "/usr/bin/local/su", "/var/lib/docker/volumes/v/data"])
    equal("programs with set-group-ID", found.paths("setgid"), ["/usr/bin/crontab"])
    equal("files that everybody may write", found.paths("writable-file"), ["/srv/open"])
    equal("directories that everybody may write", found.paths("writable-directory"), ["/srv/everybody"])
    equal("files of nobody; containers of a user have his numbers, those of an engine theirs", found.paths("no-user"), ["/srv/nobody"])
    equal("files of no group", found.paths("no-group"), ["/srv/nobody"])
    equal("programs and libraries that others than root can change", found.paths("foreign-program"),
          ["/usr/bin/of-alice", "/usr/local/lib/deep/of-staff.so"])
    fixed = clean_environment(SOURCE_DATE_EPOCH="1")
    texts = {re.sub(r'"duration_ms": *[0-9.]+', "", bench.run(root, env=fixed).text) for _ in range(5)}
    equal("five searches say the same, to the byte", len(texts), 1)


def acl_for(uid):
    """An access list in its stored form: the owner rwx, one user x, the group --x, the mask --x, others nothing."""
    entries = [(0x01, 7, 0xffffffff), (0x02, 1, uid), (0x04, 1, 0xffffffff), (0x10, 1, 0xffffffff), (0x20, 0, 0xffffffff)]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


def check_closed(bench, root):
    """Only root can reach it: nothing is told of it; all else is."""
    base(root)
    for name, mode, owner, group in (
            (CLOSED + "700", 0o700, 0, 0), (CLOSED + "744", 0o744, 0, 0), (CLOSED + "710-root", 0o710, 0, 0), (CLOSED + "750-root", 0o750, 0, 0),
            (OPEN + "711", 0o711, 0, 0), (OPEN + "710-staff", 0o710, 0, 50), (OPEN + "700-alice", 0o700, 1000, 0), (OPEN + "750-acl", 0o750, 0, 0)):
        where = root / name
        put(where / "deep/program", 0o4755)
        folder(where, mode, owner, group)
    folder(root / "closed", 0o755)
    expected = {str(pathlib.Path("/", OPEN, name, "deep/program")) for name in ("711", "710-staff", "700-alice")}
    try:
        os.setxattr(root / OPEN / "750-acl", "system.posix_acl_access", acl_for(1000))
        expected.add("/open/750-acl/deep/program")
    except OSError:
        shutil.rmtree(root / OPEN / "750-acl")
    equal("what only root can reach is left out, and nothing else", set(bench.search(root).paths("setuid")), expected)
    os.link(root / CLOSED / "700/deep/program", root / "open/link")
    is_true("a second name of it outside is told", "/open/link" in bench.search(root).paths("setuid"))
    write(root / "etc/group", "root:x:0:alice\nstaff:x:50:\nalice:x:1000:\n")
    found = bench.search(root).paths("setuid")
    is_true("the group of root with another member is no wall", {"/closed/710-root/deep/program", "/closed/750-root/deep/program"} <= set(found), str(found))


def check_deep(bench, root):
    """Longer paths than the kernel takes in one go; and one that is too long altogether."""
    base(root)
    folder(root / "srv", 0o755)
    name = "d" * 250

    def dig(levels):
        at = os.open(root / "srv", os.O_RDONLY)
        for _ in range(levels):
            try:
                os.mkdir(name, dir_fd=at)
            except FileExistsError:
                pass
            below = os.open(name, os.O_RDONLY, dir_fd=at)
            os.close(at)
            at = below
        os.close(os.open("program", os.O_CREAT | os.O_WRONLY, 0o755, dir_fd=at))
        os.chmod("program", 0o4755, dir_fd=at)
        os.close(at)

    dig(40)
    found = bench.search(root)
    equal("a program ten thousand characters deep is found", [len(path) > 10000 for path in found.paths("setuid")] or found.reasons("setuid"), [False])
    is_true("under a name that is cut", "bytes)" in "".join(found.paths("setuid")), found.reasons("setuid")[:200])
    equal("and the search is whole", found.verdict("writable-file"), "pass")
    dig(100)
    found = bench.search(root)
    equal("one too deep to be looked at leaves the rest unknown", found.verdict("writable-file"), "unknown")
    is_true("and says where", "could not be looked at" in found.reasons("writable-file"), found.reasons("writable-file")[:200])


def check_many(bench, root):
    base(root)
    for i in range(100):
        for k in range(100):
            (root / f"srv/{i}/{k}").mkdir(parents=True)
    put(root / "srv/99/99/program", 0o4755)
    began = time.monotonic()
    found = bench.search(root)
    took = time.monotonic() - began
    equal("ten thousand directories are searched", found.paths("setuid"), ["/srv/99/99/program"])
    is_true("and soon", took < 10 * SLOWER, f"{took:.1f} s")


def check_many_found(bench, root):
    base(root)
    for i in range(80):
        put(root / f"srv/{i:02}", 0o666)
    found = bench.search(root)
    equal("fifty files are named", found.paths("writable-file"), [f"/srv/{i:02}" for i in range(50)])
    is_true("and the others are counted", "and 30 more" in found.reasons("writable-file"), found.reasons("writable-file")[-200:])


def check_jobs(bench, root):
    """By the kernel: how often a thread was started."""
    name = "the search has as many threads as are asked for"
    if SANITIZED or not has("strace"):
        skip(name, "strace is not installed" if not SANITIZED else "a sanitizer has threads of its own")
        return
    base(root)
    put(root / "srv/program", 0o4755)
    log, wrong = root.parent / "strace", []
    for jobs in 1, 3, 5:
        run = bench.run(root, ("strace", "-f", "-o", log, "-e", "trace=clone,clone3"), more=("-j", str(jobs)))
        started = log.read_text(encoding="utf-8", errors="replace").count("CLONE_THREAD")
        if not run.out:
            skip(name, f"strace cannot follow the program here: {run.said[:100]}")
            return
        if started != jobs - 1:
            wrong.append(f"--jobs {jobs}: {started} threads beside the first")
    point(name, wrong)


def check_names(bench, root):
    base(root)
    put(root / "srv/nobody", 0o644, 4242, 4343)
    write(root / "etc/nsswitch.conf", "passwd: files ldap\ngroup: files\n")
    found = bench.search(root)
    equal("where users come from a directory, a number may have a name", [found.verdict("no-user"), found.verdict("no-group")], ["unknown", "fail"])
    os.unlink(root / "etc/passwd")
    found = bench.search(root)
    equal("without /etc/passwd nothing is known of numbers", [found.verdict("no-user"), found.verdict("setuid")], ["unknown", "pass"])


def check_user(bench, root):
    wrapper = as_user()
    if not wrapper or not user_can_run():
        skip("an ordinary user is told what he could not look at", "he cannot reach the program")
        return
    base(root)
    for place in (root, *list(root.parents)[:2]):
        if place != pathlib.Path("/tmp"):
            os.chmod(place, 0o755)
    put(root / "home/alice/program", 0o4755)
    folder(root / "home/alice", 0o700, 1000)
    found = bench.search(root, wrapper)
    equal("an ordinary user is told what he could not look at", found.verdict("setuid"), "unknown")
    is_true("by its name", "/home/alice: Permission denied" in found.reasons("setuid"), found.reasons("setuid"))


def check_race(bench, root):
    """A directory that turns into a link and back, again and again, while it is searched."""
    base(root)
    put(root / "secret/below/program", 0o4755)
    folder(root / "secret", 0o700)
    for i in range(50):
        (root / f"srv/{i}/flip/below").mkdir(parents=True)
    stop = threading.Event()

    def flip():
        while not stop.is_set():
            for i in range(50):
                here = root / f"srv/{i}"
                os.rename(here / "flip", here / "real")
                (here / "flip").symlink_to("../../secret")
                os.unlink(here / "flip")
                os.rename(here / "real", here / "flip")

    thread = threading.Thread(target=flip)
    thread.start()
    found = [path for _ in range(30) for path in bench.search(root).paths("setuid")]
    stop.set()
    thread.join()
    equal("a link in the place of a directory is not followed", found, [])


# ---- mounts ----

def in_namespace(script):
    return subprocess.run(["unshare", "--mount", "--propagation", "private", "sh", "-ec", script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False, env=clean_environment())


def check_mounts(bench, root):
    base(root)
    for name in "local", "twice", "proc", "image", "wall/mount":
        folder(root / name, 0o755)
    put(root / "srv/data/program", 0o4755)
    put(root / "srv/wall/program", 0o4755)
    folder(root / "srv/wall", 0o700)
    run = in_namespace(f"""
        mount -t tmpfs -o mode=755 none {root}/local
        cp -p {root}/srv/data/program {root}/local/program
        mount --bind {root}/srv/data {root}/twice
        mount --bind {root}/srv/wall/ {root}/wall/mount
        mount -t proc none {root}/proc
        mkdir {root}/local/below && mount -t tmpfs -o mode=755 none {root}/local/below
        cp -p {root}/srv/data/program {root}/local/below/program
        exec {PLIMSOLL} audit -b {bench.path} --root {root} -f json""")
    found = Found(run.stdout, run.stderr)
    if not found.results:
        skip("mounted file systems", run.stderr.strip())
        return
    equal("mounted file systems are searched, and a directory with two names once", found.paths("setuid"),
          ["/local/below/program", "/local/program", "/srv/data/program"])
    run = in_namespace(f"""
        mount --bind {root}/srv/wall {root}/wall/mount
        chmod 755 {root}/srv/wall
        exec {PLIMSOLL} audit -b {bench.path} --root {root} -f json""")
    equal("nor twice in another order", Found(run.stdout).paths("setuid"), ["/srv/data/program", "/srv/wall/program"])


def check_bind_of_closed(bench, root):
    """What only root can reach by one name, everybody can by another."""
    base(root)
    put(root / "root/data/program", 0o4755)
    folder(root / "root", 0o700)
    folder(root / "mnt", 0o755)
    run = in_namespace(f"mount --bind {root}/root/data {root}/mnt\nexec {PLIMSOLL} audit -b {bench.path} --root {root} -f json")
    found = Found(run.stdout)
    if found.results:
        equal("a way around a closed directory is found", found.paths("setuid"), ["/mnt/program"])
    else:
        skip("a way around a closed directory is found", run.stderr.strip())


def check_btrfs(bench, scratch):
    """A subvolume has a device number of its own, and is no mount."""
    if not has("mkfs.btrfs") or not has("btrfs"):
        skip("subvolumes of btrfs", "btrfs-progs is not installed")
        return
    root = base(scratch / "btrfs")
    folder(root / "mnt", 0o755)
    write(root / "program", "x")
    os.chmod(root / "program", 0o4755)
    run = in_namespace(f"""
        truncate -s 200M {scratch}/image && mkfs.btrfs -q {scratch}/image >&2 && mount -o loop {scratch}/image {root}/mnt >&2
        btrfs -q subvolume create {root}/mnt/sub >&2
        cp -p {root}/program {root}/mnt/sub/program
        exec {PLIMSOLL} audit -b {bench.path} --root {root} -f json""")
    found = Found(run.stdout)
    if found.results:
        equal("subvolumes of btrfs are searched", found.paths("setuid"), ["/mnt/sub/program", "/program"])
    else:
        skip("subvolumes of btrfs are searched", run.stderr.strip()[:300])


# ---- the live host, of which a small root plays the part ----

def live_root(root, bench):
    """A root in which the program runs: its libraries and a busybox."""
    base(root)
    listed = subprocess.run(["ldd", PLIMSOLL], stdout=subprocess.PIPE, text=True, check=False).stdout
    for library in re.findall(r"(/\S+) \(0x", listed):
        to = root / os.path.relpath(library, "/")
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(library, to)
    shutil.copy(PLIMSOLL, root / "plimsoll")
    shutil.copy(shutil.which("busybox"), root / "busybox")
    shutil.copy(bench.path, root / "b.xml")
    for name in "proc", "opt", "foreign":
        folder(root / name, 0o755)
    return root


def check_live(bench, root):
    if not has("busybox") or b"static" not in subprocess.run(["file", "-L", shutil.which("busybox") or "/"], stdout=subprocess.PIPE, check=False).stdout:
        skip("the live host", "there is no static busybox")
        return
    live_root(root, bench)
    audit = "/plimsoll audit -b /b.xml -s host -f json"
    inside = f"mount --bind {root} {root}\nmount -t proc none {root}/proc\nexec unshare --pid --fork chroot {root} /busybox sh -ec"
    run = in_namespace(f"{inside} '/busybox mount -t tmpfs -o mode=755 none /opt; /busybox cp -p /etc/passwd /opt/p; /busybox chmod 4755 /opt/p; {audit}'")
    found = Found(run.stdout, run.stderr)
    if not found.results:
        skip("the live host", run.stderr.strip()[:300])
        return
    equal("what is mounted on the live host is searched", found.paths("setuid"), ["/opt/p"])
    equal("all of it", found.verdict("writable-file"), "pass")
    run = in_namespace(f"{inside} '/busybox unshare -m /busybox sh -c \"/busybox mount -t tmpfs none /opt; {audit}\"; /busybox true'")
    found = Found(run.stdout, run.stderr)
    is_true("a sandbox with another file system than the host's is no view of the host",
            found.results and found.verdict("setuid") == "unknown" and "another view of /opt" in found.reasons("setuid"), found.err or str(found.results)[:300])


def main():
    if os.geteuid() != 0:
        skip("a search", "only root can make files of others")
        done()
        return
    with Scratch() as scratch:
        os.chmod(scratch, 0o755)
        bench = Bench(scratch)
        check_found(bench, main_root(scratch / "main"))
        for check in check_closed, check_deep, check_many, check_many_found, check_jobs, check_names, check_user, check_race, check_mounts, check_bind_of_closed:
            check(bench, scratch / check.__name__)
        check_btrfs(bench, scratch)
        check_live(bench, scratch / "live")
    point("all is cleared away")
    done()


main()
