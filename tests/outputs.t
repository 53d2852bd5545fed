#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where a report is written to: what is open already, links, one place named twice, what is read at the same time, several runs at once, interruptions.

That every format tells when it cannot be written is in formats.t.
"""
import json
import os
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
import tap  # noqa: E402
from tap import PLIMSOLL, SMALL, Scratch, clean_environment, complaint, done, equal, is_true, plimsoll, point, skip, small_root, write  # noqa: E402

RUNS = 8


def audit(folder, *args, **more):
    return plimsoll("audit", "-b", SMALL, "-p", "clean", "--root", folder / "root", *args, cwd=folder, **more)


def is_whole(path):
    try:
        return json.loads(path.read_text())["schema"] == "plimsoll/report/1"
    except (OSError, ValueError):
        return False


# ---- what is open already ----

DEV = "mount -t tmpfs none /dev && ln -s /proc/self/fd/1 /dev/stdout && ln -s /proc/self/fd /dev/fd && cd \"$1\" && shift && \"$@\"; status=$?; test -h /dev/stdout || exit 99; exit $status"


def descriptors(folder):
    with open(folder / "three", "wb") as third:
        os.set_inheritable(third.fileno(), True)
        equal("an open descriptor is written to", audit(folder, "-q", "-o", f"json=/proc/self/fd/{third.fileno()}", close_fds=False).status, 0)
    is_true("... and holds the report", is_whole(folder / "three"))
    point("one that is not open", complaint(audit(folder, "-o", "json=/dev/fd/777"), "/dev/fd/777"))
    command = ["audit", "-b", SMALL, "-p", "clean", "--root", folder / "root", "-o", "json=/dev/stdout"]
    run = plimsoll(*command, wrapper=["unshare", "-m", "sh", "-c", DEV, "sh", folder])
    if "mount" in run.said or "unshare" in run.said or run.status is None:
        skip("/dev/stdout is standard output, and stays what it is", "nothing can be mounted here")
        return
    equal("/dev/stdout is standard output, and stays what it is", (run.status, run.text[:30]), (0, '{"schema": "plimsoll/report/1"'))


# ---- one place ----

def named_twice(folder):
    for name, one, two in (("the same", "r", "r"), ("in other words", "r", "./r"), ("one that is not there yet", "new", "./new"), ("standard output", "-", "-"), ("by another link", "r", "hard")):
        write(folder / "r", "old")
        if one == "r" and two == "hard":
            os.link(folder / "r", folder / "hard")
        point(f"named twice: {name}", complaint(audit(folder, "-o", f"json={one}", "-o", f"text={two}"), two, "twice") + (
            [] if (folder / "r").read_text() == "old" and not (folder / "new").exists() else ["something was written"]))
        (folder / "r").unlink()
    equal("a device may be named as often as one likes", audit(folder, "-o", "json=/dev/null", "-o", "text=/dev/null").status, 0)


def read_at_the_same_time(folder):
    equal("a report to begin with", audit(folder, "-q", "-o", "json=saved").status, 0)
    os.symlink("saved", folder / "other-name")
    for args in (["report", "saved", "-o", "saved"], ["report", "saved", "-o", "json=./saved"], ["report", "other-name", "-f", "html", "-o", "saved"], ["diff", "saved", "saved", "-o", "saved"],
                 ["fix", "./saved", "-o", "saved"]):
        point(f"{' '.join(args)}: what is read is not written over", complaint(plimsoll(*args, cwd=folder), "saved", "is read") + (
            [] if is_whole(folder / "saved") else ["it is gone"]))
    equal("a baseline may be: it is the next one's", audit(folder, "--baseline", "saved", "-q", "-o", "json=saved").status, 0)
    is_true("... and is whole", is_whole(folder / "saved"))


# ---- links ----

def links(folder):
    (folder / "elsewhere").mkdir()
    write(folder / "elsewhere/report", "old", 0o640)
    os.symlink("elsewhere/report", folder / "latest")
    equal("a link is replaced", audit(folder, "-q", "-o", "json=latest").status, 0)
    equal("... and what it leads to left alone", ((folder / "latest").is_symlink(), is_whole(folder / "latest"), (folder / "elsewhere/report").read_text()), (False, True, "old"))
    point("a directory", complaint(audit(folder, "-o", "json=elsewhere"), "elsewhere", "directory"))
    (folder / "open").mkdir()
    (folder / "open").chmod(0o777)
    os.symlink("../elsewhere/report", folder / "open/latest")
    point("a link that anybody may have made", complaint(audit(folder, "-o", "text=open/latest"), "open/latest", "everybody can write") + (
        [] if (folder / "elsewhere/report").read_text() == "old" and (folder / "open/latest").is_symlink() else ["something was written"]))


# ---- at once, and not to the end ----

def at_once(folder):
    command = [PLIMSOLL, "audit", "-b", SMALL, "-p", "everything", "--root", folder / "root", "-q", "-o", f"json={folder}/together/report"]
    (folder / "together").mkdir()
    runs = [subprocess.Popen(command, stdin=subprocess.DEVNULL, env=clean_environment()) for _ in range(RUNS)]
    statuses = {run.wait(timeout=120) for run in runs}
    equal("several runs write the same file", (statuses, is_whole(folder / "together/report"), os.listdir(folder / "together")), ({1}, True, ["report"]))


def interrupted(folder):
    """At each step of what is done when the report is whole: there is the old one or the new one, and nothing else."""
    if not tap.has("strace") or subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], check=False).returncode:
        skip("a run that is told to end", "strace is not there, or may not look")
        return
    for sent in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
        signal.signal(sent, signal.SIG_DFL)   # a test that runs in the background may have been told to ignore some
    for call in "fsync", "linkat", "rename", "write":
        for sent in "TERM", "INT", "HUP":
            place = folder / f"{call}-{sent}"
            place.mkdir()
            write(place / "report", "old")
            wrapper = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:signal={sent}:when=1")
            run = audit(folder, "-q", "-o", f"json={place}/report", wrapper=wrapper)
            ended = run.status in (-getattr(signal, f"SIG{sent}"), 128 + getattr(signal, f"SIG{sent}"), 0)
            old = (place / "report").read_text() == "old"
            point(f"SIG{sent} at {call}: the old report or the new one, and nothing beside it", [] if ended and (old or is_whole(place / "report")) and os.listdir(place) == ["report"] else [
                run, os.listdir(place)])


with Scratch() as scratch:
    small_root(scratch / "root")
    for part in descriptors, named_twice, read_at_the_same_time, links, at_once, interrupted:
        place_ = scratch / part.__name__
        place_.mkdir()
        os.symlink(scratch / "root", place_ / "root")
        part(place_)
done()
