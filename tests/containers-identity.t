#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whose a process is and what it is called, where somebody would have it otherwise, in roots of made-up processes: a container that hides behind a
helper's or a service's name, a user or a container that claims to be another, a parent that leads the reader into a trap.
"""
import json
import os
import pathlib

import captures
from made_up import CONTAINER, HOST_PID, ID, Root
from roster import AUDIT, PATIENCE, entry_of, is_called, not_believed
from tap import SLOWER, Scratch, done, plimsoll, point


def check_names_of_helpers(name, folder):
    """In the host's pid namespace, in a cgroup below its own that is called as a runtime's helper is."""
    root = Root(folder)
    monitor = root.add(100, 1, name="conmon", words=("conmon", "-c", ID, "-n", "payroll"))
    pids = {below: root.add(101 + i, monitor, own={**HOST_PID, "mnt": 10 + i}, root=100 + i, cgroup=f"/libpod_parent/libpod-{i:x}{ID[1:]}{below}")
            for i, below in enumerate(("", "/lxc.monitor.x", f"/libpod-conmon-{ID}.scope", "/conmon", "/supervisor"))}
    pids["/lxc.monitor.y"] = root.add(120, monitor, own={**HOST_PID, "mnt": 20}, root=120, cgroup="/lxc.monitor.y")
    pids["without a monitor"] = root.add(121, 1, own={**HOST_PID, "mnt": 21}, root=121, cgroup="/lxc.monitor.z")
    nspawn = root.add(122, 1, own={**CONTAINER, "mnt": 22}, inner=1, root=122, cgroup="/machine.slice/machine-web.scope/payload/supervisor")
    entries = root.listed()
    point(name, [f"{below}: not found" for below, pid in pids.items() if not entry_of(pid, entries)] +
          [f"{below}: {entry_of(pid, entries)['kind']}" for below, pid in pids.items()
           if below != "without a monitor" and (entry_of(pid, entries) or {}).get("kind") not in ("container", None)] +
          is_called(entry_of(nspawn, entries), "web"))


def check_names_of_services(name, folder):
    """What a container in the host's pid namespace starts is its own, in whatever cgroup."""
    root = Root(folder)
    monitor = root.add(100, 1, name="conmon", words=("conmon", "-c", ID, "-n", "payroll"))
    init = root.add(101, monitor, own=HOST_PID, root=101, cgroup=f"/libpod_parent/libpod-{ID}")
    service = root.add(102, init, own={**HOST_PID, "mnt": 20}, root=101, cgroup="/system.slice/cron.service")
    chrooted = root.add(103, init, root=103, cgroup="/system.slice/cron.service")
    honest = root.add(104, 1, own={"mnt": 21}, cgroup="/system.slice/cron.service")
    entries = root.listed()
    found = {what: entry_of(pid, entries) for what, pid in (("a 'service'", service), ("a chroot", chrooted))}
    point(name, [f"{what}: not found" for what, entry in found.items() if not entry] +
          [f"{what}: neither of the container nor in it" for what, entry in found.items()
           if entry and init not in entry["processes"] and entry["parent"] != ID] +
          (["a service of the host is taken for more"] if entry_of(honest, entries) else []))


def check_half_made(name, folder):
    """What a runtime still is before it becomes the container's program, for the moment that takes, and not for longer."""
    root = Root(folder)
    captures.put(root.path / "proc/uptime", "100.00 90.00\n")
    monitor = root.add(100, 1, name="conmon")
    ready = root.add(101, monitor, own=CONTAINER, inner=1, root=101, cgroup=f"/libpod_parent/libpod-{ID}")
    words = {"half made": ("runc:[2:INIT]", 9990), "before it was renamed": ("runc:[1:CHILD]", 9990), "by crun": ("crun", 9990),
             "waiting since long": ("runc:[2:INIT]", 9000), "of another name": ("runc-like", 9990)}
    pids = {what: root.add(102 + i, monitor, own={kind: n + 10 * i + 10 for kind, n in CONTAINER.items()}, inner=1, root=102 + i, name=comm, start=start,
                           cgroup=f"/libpod_parent/libpod-{i:x}{ID[1:]}") for i, (what, (comm, start)) in enumerate(words.items())}
    session = root.add(110, monitor, own=CONTAINER, inner=7, root=101, name="runc:[2:INIT]", start=9990, cgroup=f"/libpod_parent/libpod-{ID}", caps="000001ffffffffff")
    entries = root.listed()
    wanted = {"waiting since long", "of another name"}
    point(name, [f"{what}: {'not found' if what in wanted else 'taken for one'}" for what, pid in pids.items() if bool(entry_of(pid, entries)) != (what in wanted)] +
          (["a session that is half made counts"] if session in (entry_of(ready, entries) or {"processes": [session]})["processes"] else []))
    (root.path / "proc/uptime").unlink()
    point(f"{name}: where nobody says what time it is, all count", [f"{what}: not found" for what, pid in pids.items() if not entry_of(pid, root.listed())])


def check_circle(name, folder):
    """A process enters the mounts of its grandparent, and is the first of a pid namespace there: each of two units runs in the other."""
    root = Root(folder)
    root.add(101, 1, own={"mnt": 1}, root=101)
    root.add(102, 101, own={"mnt": 2}, root=102)
    root.add(103, 102, own={"mnt": 1, "pid": 3}, inner=1, root=101)
    root.add(104, 103, own={"mnt": 4}, root=104, cgroup=f"/docker-{ID}.scope")
    run = plimsoll("containers", "--all", "-f", "json", "--root", root.path, timeout=10 * SLOWER)
    entries = json.loads(run.text or '{"containers": []}')["containers"]
    point(name, ([] if run.status == 0 else [f"{run}"]) + [f"{pid}: not found" for pid in range(101, 105) if not entry_of(pid, entries)])


def check_pid_namespaces(name, folder):
    """Several that have nothing but pid namespaces of their own, and one that entered a container's."""
    root = Root(folder)
    monitor = root.add(100, 1, name="conmon", cgroup="/libpod_parent/conmon", words=("conmon", "-c", ID, "-n", "payroll"))
    init = root.add(101, monitor, own=CONTAINER, inner=1, root=101, cgroup=f"/libpod_parent/libpod-{ID}")
    alone = [root.add(110 + i, 1, own={"pid": 10 + i}, inner=1) for i in range(2)]
    entered = root.add(120, 1, own={"pid": CONTAINER["pid"]}, inner=7)
    entries = root.listed()
    wanted = {init: {init, entered}, alone[0]: {alone[0]}, alone[1]: {alone[1]}}
    point(name, [f"{pid}: {(entry_of(pid, entries) or {}).get('processes')}" for pid, members in wanted.items()
                 if set((entry_of(pid, entries) or {}).get("processes", ())) != members])


def check_liar(name, folder, liar):
    """`liar` adds what claims to be root's container and gives the pid."""
    root = Root(folder)
    pid = liar(root, root.bundle())
    point(name, not_believed(entry_of(pid, root.listed()), root.judged(pid)))


def conmon_in_container(root, bundle):
    monitor = root.add(100, 1, name="conmon", words=("conmon", "-c", "f" * 64, "-n", "outer"))
    outer = root.add(101, monitor, own=CONTAINER, inner=1, root=101, cgroup=f"/libpod_parent/libpod-{'f' * 64}")
    fake = root.add(102, outer, own=CONTAINER, inner=2, root=101, cgroup=f"/libpod_parent/libpod-{'f' * 64}", name="conmon",
                    words=("conmon", "-c", ID, "-n", "liar", "-b", bundle))
    return root.add(103, fake, own={**CONTAINER, "mnt": 11, "pid": 12}, inner=1, root=103, cgroup=f"/libpod_parent/libpod-{'f' * 64}")


def conmon_in_chroot(root, bundle):
    fake = root.add(102, 1, root=101, name="conmon", words=("conmon", "-c", ID, "-n", "liar", "-b", bundle))
    return root.add(103, fake, own=CONTAINER, inner=1, root=103)


def conmon_of_user(root, bundle):
    fake = root.add(102, 1, uid=1000, name="conmon", words=("conmon", "-c", ID, "-n", "liar", "-b", bundle))
    return root.add(103, fake, own={**CONTAINER, "user": 6}, uid=1000, inner=1, root=103)


def link_called_conmon(root, bundle):
    """sudo by a link of that name: its arguments are its caller's."""
    fake = root.add(102, 1, name="conmon", words=("conmon", "-c", ID, "-n", "payroll", "-b", bundle))
    captures.link(root.path / "proc/102/exe", "/usr/bin/sudo")
    return root.add(103, fake, own=CONTAINER, inner=1, root=103)


def cgroup_of_user(root, _bundle):
    """In the part of the tree that is his, with whatever name; set-user-ID programs make namespaces without one of users."""
    return root.add(103, 1, own=CONTAINER, inner=1, root=103, cgroup=f"/user.slice/user-1000.slice/user@1000.service/x.slice/libpod-{ID}.scope")


def users_of_user(root, _bundle):
    return root.add(103, 1, own={**CONTAINER, "user": 6}, uid=1000, inner=1, root=103, cgroup=f"/libpod_parent/libpod-{ID}")


def cgroup_in_container(root, _bundle):
    monitor = root.add(100, 1, name="conmon", words=("conmon", "-c", "f" * 64, "-n", "outer"))
    outer = root.add(101, monitor, own=CONTAINER, inner=1, root=101, cgroup=f"/libpod_parent/libpod-{'f' * 64}")
    return root.add(103, outer, own={**CONTAINER, "mnt": 11, "pid": 12}, inner=1, root=103, cgroup=f"/libpod_parent/libpod-{ID}")


LIARS = {
    "the monitor of a container is a process of another": conmon_in_container,
    "the monitor of a container has another root directory": conmon_in_chroot,
    "the monitor of a container is an ordinary user's": conmon_of_user,
    "the monitor of a container is another program": link_called_conmon,
    "its cgroup is an ordinary user's": cgroup_of_user,
    "its users are an ordinary user's": users_of_user,
    "its cgroup was made in a container": cgroup_in_container,
}


def check_same_id(name, folder):
    """Root's word goes before a better witness of a user's; two runtimes may use a name twice."""
    root = Root(folder)
    root.bundle()
    first = root.add(101, 1, own=CONTAINER, inner=1, root=101, cgroup=f"/libpod_parent/libpod-{ID}", start=2000)
    fake = root.add(102, 1, uid=1000, name="conmon", words=("conmon", "-c", ID, "-n", "payroll"))
    liar = root.add(103, fake, own={"mnt": 11, "pid": 12, "user": 6}, uid=1000, inner=1, root=103, start=1000)
    lxc = root.add(104, 1, own={"mnt": 21, "pid": 22}, inner=1, root=104, cgroup="/lxc.payload.web")
    nspawn = root.add(105, 1, own={"mnt": 31, "pid": 32}, inner=1, root=105, cgroup="/machine.slice/machine-web.scope")
    entries = root.listed()
    point(name, is_called(entry_of(first, entries), "payroll") + is_called(entry_of(liar, entries), None) +
          is_called(entry_of(lxc, entries), "web") + is_called(entry_of(nspawn, entries), "web"))


def check_no_plain_bundle(name, folder):
    """Paths that no file can have, and one that is too long for any."""
    for i, words in enumerate((("-b", "/"), ("-b", ""), ("-b", "//"), ("-b", "/../.."), ("-b", "/" + "x" * 100000), ("--bundle", "\x1b[2J\n"))):
        root = Root(f"{folder}/{i}")
        root.add(102, 1, name="conmon", uid=1000 * (i % 2), words=("conmon", "-c", ID, "-n", "a", *words))
        root.add(103, 102, own=CONTAINER, inner=1, root=103)
        root.add(104, 1, name="containerd-shim", uid=1000 * (i % 2), words=("shim", "-id", "b", "-namespace", words[1]))
        captures.link(root.path / "proc/104/cwd", "/" if i < 3 else "/x")
        root.add(105, 104, own={"mnt": 11, "pid": 12}, inner=1, root=105)
        run = plimsoll(*AUDIT, "--root", root.path, timeout=PATIENCE)
        if run.status not in (0, 1, 3) or "\x1b" in run.text or len(json.loads(run.text)["subjects"]) != 2:
            point(name, [f"{ascii(words)[:100]}: {run}"])
            return
    point(name)


def check_states_of_user(name, folder):
    """His runtime directory holds the state of his sandbox among what is too large, too deep or none; that of root's is no matter of his."""
    user = os.getuid() or 1000
    root = Root(folder)
    mine = root.add(101, 1, own={**CONTAINER, "user": 6}, uid=user, inner=1, root=101)
    roots = root.add(102, 1, own={"mnt": 11, "pid": 12}, inner=1, root=102)
    place = root.path / f"run/user/{user}/runc"
    for ident, pid in (("mine", mine), ("payroll", roots)):
        captures.put(place / ident / "state.json", json.dumps({"id": ident, "init_process_pid": pid, "init_process_start": pid * 10}))
    for ident, text in (("deep", "[" * 100000), ("deeper", '{"init_process_pid":' + '{"a":' * 100000), ("large", " " * (2 << 20)),
                        ("number", '{"init_process_pid": 4294967397, "init_process_start": 1010}'), ("odd", '{"init_process_pid": "101"}'),
                        ("\x1b[2J", '["init_process_pid"]'), ("a" * 200, "")):
        captures.put(place / ident / "state.json", text)
    (place / "none").symlink_to("mine")
    for path in place.rglob("*") if os.getuid() == 0 else ():
        os.chown(path, user, user, follow_symlinks=False)
    entries = root.listed()
    got = root.judged(mine)
    point(name, [f"{pid}: {(entry_of(pid, entries) or {}).get('id')}" for pid, ident in ((mine, "mine"), (roots, f"pid-{roots}"))
                 if (entry_of(pid, entries) or {}).get("id") != ident] +
          ([f"identified: {got['identified']['result']}"] if not got or got["identified"]["result"] != "fail" else []))


def check_conditions(name, folder):
    """A filter that allows a call with some arguments is not one that refuses it; one that refuses it with some is none, either."""
    always = [{"index": 0, "value": 0, "op": "SCMP_CMP_GE"}]
    cases = (
        ("SCMP_ACT_ERRNO", [{"names": ["bpf", "mount"], "action": "SCMP_ACT_ALLOW", "args": always}], "bpf mount"),
        ("SCMP_ACT_ERRNO", [{"names": ["bpf"], "action": "SCMP_ACT_ALLOW", "args": always}, {"names": ["bpf"], "action": "SCMP_ACT_ERRNO"}], "bpf"),
        ("SCMP_ACT_ERRNO", [{"names": ["bpf"], "action": "SCMP_ACT_ERRNO"}, {"names": ["read"], "action": "SCMP_ACT_ALLOW"}], ""),
        ("SCMP_ACT_ERRNO", [{"names": ["personality", "clone", "socket"], "action": "SCMP_ACT_ALLOW", "args": always}], ""),
    )
    findings = []
    for i, (default, rules, wanted) in enumerate(cases):
        root = Root(f"{folder}/{i}")
        root.bundle(defaultAction=default, syscalls=rules)
        pid = root.add(101, 1, own=CONTAINER, inner=1, root=101, cgroup=f"/libpod_parent/libpod-{ID}")
        got = root.judged(pid)["seccomp.risky-calls"]
        if got["result"] != ("fail" if wanted else "pass") or (wanted and not got["reason"].startswith(wanted)):
            findings.append(f"case {i}: {got['result']}: {got['reason']}")
    point(name, findings)


def made_up(scratch):
    number = 0

    def folder():
        nonlocal number
        number += 1
        return scratch / str(number)

    check_names_of_helpers("a helper's name below a container's cgroup hides nothing", folder())
    check_names_of_services("a service's cgroup hides nothing that a container started", folder())
    check_half_made("a container that is being made is not there yet", folder())
    check_circle("two units that run in each other come to an end", folder())
    check_pid_namespaces("sandboxes with pid namespaces alone are told apart, and one that entered a container's is its", folder())
    for name, liar in LIARS.items():
        check_liar(f"{name}: nothing of root's is believed of it", folder(), liar)
    check_same_id("of several with the same id the right one has it", folder())
    check_no_plain_bundle("bundles at impossible paths", folder())
    check_states_of_user("state files of a user name what is his, and no more, whatever stands beside them", folder())
    check_conditions("system calls that are allowed with some arguments count as allowed", folder())


with Scratch() as top:
    made_up(pathlib.Path(top))
done()
