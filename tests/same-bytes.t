#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same input gives the same bytes: in every format and of every command that reports, whatever the locale, the time zone, the umask, the number of threads,
the size of the window, the directory and the home. A captured root with containers is what is looked at."""
import os
import shutil
import subprocess

import captures
import tap
from tap import Scratch, clean_environment, done, equal, plimsoll, point, skip

ROOTS = tap.TOP / "tests/roots"
OF_BENCHMARK = {"xccdf", "arf"}   # are of one benchmark
JOBS = ("1", "2", "7")


def locales(folder):
    """Where real ones are, made for this: a comma in numbers, and an i without a dot. None: nobody can make any."""
    if not shutil.which("localedef"):
        return None
    for name in "tr_TR", "de_DE":
        made = subprocess.run(["localedef", "-i", name, "-f", "UTF-8", folder / f"{name}.UTF-8"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if made.returncode not in (0, 1):
            return None
    return folder


def changes(folder):
    yield "another time zone", {"TZ": "Asia/Kathmandu"}
    yield "a time zone that is none", {"TZ": ":/etc/passwd"}
    yield "another window", {"COLUMNS": "213", "LINES": "7"}
    yield "another home and terminal", {"HOME": "/nowhere", "TERM": "xterm-256color"}
    place = locales(folder)
    for name in ("tr_TR", "de_DE") if place else ():
        yield f"the locale {name}", {"LC_ALL": f"{name}.UTF-8", "LANG": f"{name}.UTF-8", "LOCPATH": str(place)}


def commands(scratch):
    """(name, arguments, what they are given for each number of threads); OUT is the file that is written."""
    captured, weak = scratch / "captured", ROOTS / "host/weak"
    captures.build(captured)
    jobs = [("-j", n) for n in JOBS]
    for kind in (line.split()[0] for line in plimsoll("list", "formats").text.splitlines()):
        where = ("-b", "host", "--root", weak) if kind in OF_BENCHMARK else ("--root", captured)
        yield f"audit, {kind}", ("audit", *where, "-q", "-vv", "-o", f"{kind}=OUT"), jobs
    for kind in "text", "json":
        yield f"containers, {kind}", ("containers", "-a", "--root", captured, "-o", f"{kind}=OUT"), jobs
    old, new = scratch / "old.json", scratch / "new.json"
    plimsoll("audit", "-b", "host", "--root", weak, "-q", "-o", f"json={old}")
    plimsoll("audit", "-b", "host", "--root", ROOTS / "host/hardened", "-q", "-o", f"json={new}")
    for kind in "text", "json", "markdown", "html":
        yield f"diff, {kind}", ("diff", new, old, "-o", f"{kind}=OUT"), []
    for kind in "sh", "ansible":
        yield f"fix, {kind}", ("fix", old, "-o", f"{kind}=OUT"), []


def written(scratch, args, env, umask=0o022):
    out = scratch / "out"
    before = os.umask(umask)
    run = plimsoll(*[str(a).replace("OUT", str(out)) for a in args], env=env, timeout=120, cwd=scratch)
    os.umask(before)
    data = out.read_bytes() if out.exists() else repr(run).encode()
    out.unlink(missing_ok=True)
    return data


def main():
    fixed = clean_environment(SOURCE_DATE_EPOCH="1790000000", LC_ALL="C.UTF-8")
    with Scratch() as scratch:
        (scratch / "locales").mkdir()
        others = list(changes(scratch / "locales"))
        if len(others) < 5:
            skip("under other locales", "localedef is not installed, or has no sources")
        for name, args, jobs in commands(scratch):
            first = written(scratch, args, fixed)
            equal(f"{name}: something is written", len(first) > 100 and not first.startswith(b"status"), True)
            wrong = [f"{what}: {first_difference(first, other)}" for what, env in others if (other := written(scratch, args, {**fixed, **env})) != first]
            wrong += [f"{' '.join(more)}: another report" for more in jobs if written(scratch, [*args, *more], fixed) != first]
            wrong += [f"umask {mask:04o}: another report" for mask in (0, 0o777) if written(scratch, args, fixed, mask) != first]
            point(f"{name}: the same bytes", wrong)
    done()


def first_difference(a, b):
    i = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return f"{a[max(0, i - 40):i + 40]!r} is {b[max(0, i - 40):i + 40]!r}"


main()
