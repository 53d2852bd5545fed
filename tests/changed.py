# SPDX-License-Identifier: Apache-2.0
"""One captured container in a root, with one thing of it changed: what tests of single rules share."""
import json
import re
import shutil

import captures
from tap import plimsoll, point

KERNEL_PATHS = ("/proc/sys/kernel/core_pattern", "/proc/keys", "/proc/irq")

SEEN = {}   # outcomes by rule


def judge(root, *more):
    run = plimsoll("audit", "-b", "container", "-p", "paranoid", "-s", "containers", "-f", "json", "--root", root, *more)
    if run.status not in (0, 1, 3):
        raise SystemExit(f"audit of {root}: {run}")
    subjects = json.loads(run.text)["subjects"]
    for subject in subjects:
        for result in subject["results"]:
            SEEN.setdefault(result["rule"], set()).add(result["result"])
    return subjects


def results(subject):
    return {r["rule"].removeprefix("container."): r for r in subject["results"]}


def expect(name, subject, wanted):
    got = results(subject)
    point(name, [f"{rule}: {got[rule]['result']} ({got[rule]['reason']}), wanted {outcome}" for rule, outcome in wanted.items()
                 if got[rule]["result"] != outcome])


# ---- one capture with a change ----

class Root:
    """The host's reference, one captured container and its runtime's state."""

    def __init__(self, folder, capture):
        self.path = folder
        captures.add_host(folder, captures.parse(captures.CAPTURES / "host-self.txt")[0]["mountinfo"])
        captures.add_process(folder, captures.CAPTURES / "host-kthreadd.txt")
        captures.add_state(folder)
        self.pid = captures.add_process(folder, captures.CAPTURES / f"{capture}.txt")
        self.proc = folder / "proc" / str(self.pid)
        captures.put(folder / "proc/1/net/unix", captures.NO_SOCKETS)
        for path in KERNEL_PATHS:
            captures.put(folder / path[1:], "")

    def edit(self, name, old, new):
        path = self.proc / name
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
        if old not in text:
            raise SystemExit(f"{path}: no {old!r}")
        path.write_text(text.replace(old, new), encoding="utf-8", errors="surrogateescape")

    def relink(self, name, target):
        (self.proc / name).unlink()
        captures.link(self.proc / name, target)

    def append(self, name, text):
        with open(self.proc / name, "a", encoding="utf-8") as stream:
            stream.write(text)

    def host_mounts(self, old, new):
        """The host's own table."""
        for name in ("self", "1"):
            path = self.path / "proc" / name / "mountinfo"
            text = path.read_text(encoding="ascii")
            if old not in text:
                raise SystemExit(f"{path}: no {old!r}")
            path.write_text(text.replace(old, new, 1), encoding="ascii")

    def host_mount(self, text):
        self.host_mounts("\n", f"\n{text}\n")

    def add_member(self, mountinfo):
        """Another process of the container, with a mount namespace of its own that has one mount more."""
        pid = self.pid + 1
        proc = self.proc.with_name(str(pid))
        shutil.copytree(self.proc, proc, symlinks=True)
        text = (proc / "stat").read_text(encoding="ascii").replace(f"{self.pid} (", f"{pid} (", 1)
        (proc / "stat").write_text(re.sub(r"\) (.) \d+ ", rf") \1 {self.pid} ", text, 1), encoding="ascii")
        text = (proc / "status").read_text(encoding="ascii").replace(f"Pid:\t{self.pid}", f"Pid:\t{pid}")
        (proc / "status").write_text(re.sub(r"(?m)^(NS(?:tg|p)id):.*$", rf"\1:\t{pid}\t2", text), encoding="ascii")
        (proc / "ns/mnt").unlink()
        captures.link(proc / "ns/mnt", "mnt:[4026539990]")
        with open(proc / "mountinfo", "a", encoding="ascii") as stream:
            stream.write(mountinfo)
        return proc

    def id(self):
        return re.search("libpod-([0-9a-f]{64})", (self.proc / "cgroup").read_text(encoding="ascii")).group(1)

    def judged(self):
        return next(s for s in judge(self.path) if s["pid"] == self.pid)


def edits(*list_):
    def edit(root):
        for one in list_:
            one(root)
    return edit


def check_changes(scratch, changes):
    """(rule, outcome, edit or None) each."""
    for i, (rule, outcome, change) in enumerate(changes):
        root = Root(scratch / f"change{i}", "podman-default")
        if change:
            change(root)
        expect(f"{rule} is {outcome} {'with' if change else 'without'} change {i}", root.judged(), {rule: outcome})
