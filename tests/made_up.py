# SPDX-License-Identifier: Apache-2.0
"""Roots of made-up processes: as little of each as tells what it is."""
import json
import os
import pathlib
import re

import captures
from roster import judged, listed

ID = "".join(f"{i:02x}" for i in range(32))
OWN = 4026540000
CONTAINER = {"mnt": 1, "pid": 2, "net": 3, "ipc": 4, "uts": 5}
HOST_PID = {"mnt": 1, "net": 3, "ipc": 4, "uts": 5}


def capabilities(mask):
    return "".join(f"Cap{s}:\t{mask}\n" for s in ("Inh", "Prm", "Eff", "Bnd", "Amb"))


class Root:
    def __init__(self, folder):
        self.path = pathlib.Path(folder)
        captures.add_host(folder, captures.parse(captures.CAPTURES / "host-self.txt")[0]["mountinfo"])
        captures.add_process(folder, captures.CAPTURES / "host-kthreadd.txt")
        self.host = {p.name: os.readlink(p) for p in (self.path / "proc/2/ns").iterdir()}
        self.mount, self.mark = re.search(r"(?m)^(\d+) \d+ (\S+ \S+) / ", (self.path / "proc/1/mountinfo").read_text()).groups()

    def add(self, pid, ppid=0, *, cgroup="/", own=None, root=None, inner=None, uid=0, start=None, name="sleep", words=(), exe=None, mount=None,
            caps="00000000a80425fb"):
        """`own` gives the namespaces that are not the host's, by kind; `inner` is its number in its own pid namespace, `mount` that of its root."""
        proc = self.path / "proc" / str(pid)
        for kind, target in self.host.items():
            number = (own or {}).get(kind)
            captures.link(proc / "ns" / kind, f"{kind}:[{OWN + number}]" if number else target)
        captures.put(proc / "stat", f"{pid} ({name}) S {ppid} {pid} {pid} 0 -1 4194560 " + "0 " * 12 + f"{start or pid * 10} 0 0 0\n")
        captures.put(proc / "status", f"Name:\t{name}\nPid:\t{pid}\nPPid:\t{ppid}\nUid:" + f"\t{uid}" * 4 + "\nGid:\t0\t0\t0\t0\n"
                     f"NStgid:\t{pid}" + (f"\t{inner}" if inner else "") + f"\n{capabilities(caps)}NoNewPrivs:\t0\nSeccomp:\t2\n")
        captures.put(proc / "cgroup", f"0::{cgroup}\n")
        captures.put(proc / "cmdline", "".join(f"{w}\0" for w in words or (name,)))
        captures.put(proc / "uid_map", f"         0       {uid}          1\n" if "user" in (own or {}) else "         0          0 4294967295\n")
        number = mount or (pid if "mnt" in (own or {}) else self.mount)
        captures.put(proc / "mountinfo", f"{number} 1 {f'0:{root} /' if root else self.mark} / rw - overlay overlay rw\n")
        if exe:
            captures.link(proc / "exe", exe)
        captures.put(proc / "root.stat", f"{root}:2\n" if root else (self.path / "proc/2/root.stat").read_text())
        return pid

    def deny(self, *pids):
        """What an ordinary user does not see of another's process."""
        for pid in pids:
            proc = self.path / "proc" / str(pid)
            for link in [*(proc / "ns").iterdir(), *proc.glob("exe")]:
                link.unlink()
                captures.link(link, "errno:EACCES")
            (proc / "root.stat").unlink()
        return pids[-1]

    def bundle(self, **more):
        """root's podman container of that id, as its store has it."""
        store = self.path / "var/lib/containers/storage/overlay-containers"
        captures.put(store / "containers.json", json.dumps([{"id": ID, "names": ["payroll"], "metadata": '{"image-name": "bank"}'}]))
        captures.put(store / ID / "userdata/config.json", json.dumps({"ociVersion": "1.0.0", "process": {}, "linux": {
            "seccomp": {"defaultAction": "SCMP_ACT_ERRNO", **more}}}))
        return f"/var/lib/containers/storage/overlay-containers/{ID}/userdata"

    def listed(self):
        return listed("--root", self.path)

    def judged(self, pid):
        return judged(pid, "--root", self.path)
