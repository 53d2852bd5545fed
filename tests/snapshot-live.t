#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A snapshot of this host with real containers says the same when it is replayed: here, on another machine as far as one can be made, as anybody."""
import json
import os
import pathlib
import pwd
import shutil
import subprocess

from live import Cannot, Live
from tap import SLOWER, Scratch, as_user, clean_environment, done, equal, is_true, plimsoll, point, skip, user_can_run

FIXED = clean_environment(SOURCE_DATE_EPOCH="1795392000")
FORMATS = ("json", "text", "junit")
PATIENCE = 180 * SLOWER   # seconds; the search of all file systems is part of it
NAME, SECRET = "plimsoll-redacted-host", "correct-horse-battery"


def outputs(folder, name):
    return [word for kind in FORMATS for word in ("-o", f"{kind}={folder}/{name}.{kind}")]


def start_all(live):
    """(what, reason) of those that this machine cannot run."""
    def hostile(config):
        config["process"].update(args=["sh", "-c", "cd /tmp; printf 'a\\033[31m\\n' > /proc/self/comm; sleep 1000; true"], cwd="/tmp")
        config["hostname"] = "h"

    def telling(config):
        """In what it runs, where, and as whom."""
        words = f"{NAME}.corp.test http://203.0.114.77/ \\n{NAME} 52:54:00:12:34:56"
        config["process"].update(args=["sh", "-c", f"sleep 1000; : {words}"], cwd="/tmp")
        config["process"]["env"] += [f"HOST_OF={NAME}", f"DB_PASSWORD={SECRET}", f"api_token=x{SECRET}"]
        config["hostname"] = NAME
        config["mounts"].append({"destination": f"/mnt/{NAME}", "type": "tmpfs", "source": f"of-{NAME}"})

    kinds = {
        "runc": lambda: live.start_runc("snap"),
        "runc, with a hostile name": lambda: live.start_runc("snap-hostile", hostile),
        "runc, with names": lambda: live.start_runc(f"snap-{NAME}", telling),
        "bubblewrap": live.start_bwrap,
        "unshare": lambda: live.start_unshare("-p", "-m", "-u", "--mount-proc"),
        "crun": lambda: live.start_crun("snap-crun"),
        "lxc": live.start_lxc,
        "nspawn": live.start_nspawn,
        "podman": lambda: live.start_podman("snap"),
        "podman, privileged": lambda: live.start_podman("snap-all", "--privileged"),
    }
    cannot = []
    for what, start in kinds.items():
        try:
            start()
        except Cannot as reason:
            cannot.append((what, reason))
    return cannot, len(kinds)


OTHERS = {
    "the containers are told": ("containers", "-a", "-f", "json"),
    "sandboxes are judged": ("audit", "-s", "sandboxes", "-f", "json"),
    "containers are judged by another profile": ("audit", "-p", "paranoid", "-b", "container", "-s", "containers", "-f", "json"),
}

def own_words():
    """What tells this host from others, but its name: its addresses as the kernel writes them, its machine, its people and their full names."""
    words = [SECRET, "203.0.114.77", "52:54:00:12:34:56"]
    words += [line.split()[0] for line in text_of("/proc/net/if_inet6").splitlines() if not line.startswith(("0" * 31, "ff"))]
    words += [path.read_text().strip() for path in pathlib.Path("/sys/class/net").glob("*/address") if path.read_text().strip().strip("0:f")]
    words += [text_of(path).strip() for path in ("/etc/machine-id", "/proc/sys/kernel/random/boot_id")]
    words += [user.pw_name for user in pwd.getpwall() if 1000 <= user.pw_uid < 60000 and len(user.pw_name) > 5]
    return [word for word in words if len(word) > 5]


def text_of(path):
    try:
        return pathlib.Path(path).read_text()
    except OSError:
        return ""


def redacted(folder, whole):
    """Of this host under a name that stands nowhere else. What is wrong."""
    shell = f"hostname {NAME}.corp.test; exec \"$@\""
    wrapper = ["unshare", "--uts", "--mount", "sh", "-c", shell, "sh"]
    if os.geteuid() != 0 or subprocess.run([*wrapper, "true"], stderr=subprocess.DEVNULL, check=False).returncode:
        wrapper = []
    bare = folder / "bare"
    run = plimsoll("snapshot", "--redact", bare, "-q", env=FIXED, wrapper=wrapper, timeout=PATIENCE)
    wrong = [] if run.status == 0 else [repr(run)]
    names = [NAME, "corp.test"] if wrapper else []
    wrong += [f"left: {word} in {path}" for word, path in held(bare, [*names, *own_words()]).items()]
    return wrong, held(whole, own_words())


def held(snapshot, words):
    """Which of the words stand in it, and where."""
    found = {}
    for path in snapshot.rglob("*"):
        data = os.fsencode(path.relative_to(snapshot)) + (path.read_bytes() if path.is_file() else b"")
        found |= {word: path for word in words if word.encode() in data}
    return found


def same(name, folder, run, first="was", again="is"):
    wrong = [] if run.status in (0, 1, 3) else [repr(run)]
    for kind in FORMATS:
        a, b = folder / f"{first}.{kind}", folder / f"{again}.{kind}"
        if not b.exists() or a.read_bytes() != b.read_bytes():
            shown = subprocess.run(["diff", a, b], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False).stdout.decode(errors="replace")
            wrong.append(f"{kind} differs: {shown[:1500]}")
    for path in folder.glob(f"{again}.*"):
        path.unlink()
    point(name, wrong)


def replay(folder, snapshot, *more, wrapper=()):
    return plimsoll("audit", "--root", snapshot, *more, *outputs(folder, "is"), env=FIXED, wrapper=wrapper, timeout=PATIENCE)


def elsewhere(folder, snapshot):
    """Other processes, an empty /sys, /run and /var, another host name, network and kernel release."""
    hide = "".join(f"mount -t tmpfs none {place};" for place in ("/sys", "/run", "/var") if not str(folder).startswith(place + "/"))
    shell = f"hostname elsewhere; {hide} exec \"$@\""
    wrapper = ["unshare", "--mount", "--pid", "--fork", "--mount-proc", "--uts", "--net", "--ipc", "setarch", "--uname-2.6", "sh", "-c", shell, "sh"]
    if os.geteuid() != 0 or subprocess.run([*wrapper, "true"], stderr=subprocess.DEVNULL, check=False).returncode:
        skip("on another machine: the same", "no namespaces can be made here")
        return
    same("on another machine, with other processes, files, kernel and name: the same", folder, replay(folder, snapshot, wrapper=wrapper))


def by_user(folder, snapshot):
    wrapper = as_user()
    if not wrapper or not user_can_run():
        skip("by an ordinary user: the same", "nobody else can run the program")
        return
    copy = folder / "copy"
    shutil.copytree(snapshot, copy)
    for path in [folder, copy, *copy.rglob("*")]:
        os.chown(path, 65534, 65534)
    same("by an ordinary user: the same", folder, replay(folder, copy, wrapper=wrapper))
    run = plimsoll("snapshot", folder / "mine", *outputs(folder, "was-mine"), env=FIXED, wrapper=wrapper, timeout=PATIENCE)
    report = json.loads((folder / "was-mine.json").read_text())
    equal("what an ordinary user records says that he did", (run.status, report["host"]["ordinary"]), (0, True))
    same("... and is the same for root", folder, replay(folder, folder / "mine"), first="was-mine")


def rows_of(out):
    """What is said of each container, by the number of its first process."""
    report = json.loads(out)
    return {row["pid"]: row for row in report.get("containers", report.get("subjects", []))}


def others():
    return {name: rows_of(plimsoll(*args, env=FIXED, timeout=PATIENCE).out) for name, args in OTHERS.items()}


def told_as_they_were(name, before, after, replayed):
    """Those of which the same was said before and after the recording: containers of other tests come and go meanwhile."""
    still = {pid: row for pid, row in before.items() if after.get(pid) == row}
    is_true(f"... and {name} as they were", still and all(replayed.get(pid) == row for pid, row in still.items()),
            f"{len(still)} stayed; different: {[pid for pid in still if replayed.get(pid) != still[pid]]}")


with Live() as containers, Scratch() as place:
    missing, n_kinds = start_all(containers)
    for what, reason in missing:
        skip(f"a container of {what}", reason)
    recorded = place / "snapshot"
    before = others()
    run = plimsoll("snapshot", recorded, *outputs(place, "was"), env=FIXED, timeout=PATIENCE)
    after = others()
    named, known = redacted(place, recorded)
    containers.stop()
    equal("a snapshot is recorded, and says of itself that every result is the same again", (run.status, run.said), (0, ""))
    print("# " + run.text.strip())
    report = json.loads((place / "was.json").read_text())
    found = [s for s in report["subjects"] if s["kind"] == "container"]
    is_true("the report of that very run has the containers", len(found) >= n_kinds - len(missing) - 1, f"{len(found)} of {n_kinds - len(missing)}")
    equal("... and is that of a live host", (report["host"]["live"], report["host"]["root"]), (True, "/"))
    same("replayed when the containers are gone, it says the same to the byte in every format", place, replay(place, recorded))
    same("... again, with one thread", place, replay(place, recorded, "-j", "1"))
    for name, args in OTHERS.items():
        told_as_they_were(name, before[name], after[name], rows_of(plimsoll(*args, "--root", recorded, env=FIXED).out))
    point("without names every result is the same, and no name is left", named)
    is_true("... of those that stand in what is not redacted", known)
    elsewhere(place, recorded)
    by_user(place, recorded)
done()
