#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Configuration of engines that nobody should have to read: bounded in time and memory, told with a reason, and never a pass."""
import json
import os
import resource

from tap import SANITIZED, SLOWER, Scratch, done, equal, is_true, plimsoll, point, skip, write

SECONDS = 2 * SLOWER
MEMORY = 512 << 20


def limit_memory():
    if not SANITIZED:   # a sanitizer maps terabytes
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def root_of(path, unit, exec_start, program):
    write(path / f"usr/lib/systemd/system/{unit}", f"[Service]\nExecStart={exec_start}\n")
    write(path / program, "", 0o755)
    return path


def docker(path, options=""):
    return root_of(path, "docker.service", f"/usr/bin/dockerd {options}", "usr/bin/dockerd")


def cpu_seconds():
    """Of all programs that were run and have ended: what else the machine does is not counted."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def judge(root, benchmark, rule):
    """The result, its reason, and what is wrong with how it came about."""
    begun = cpu_seconds()
    run = plimsoll("audit", "-b", benchmark, "-p", "paranoid", "-s", "host", "-r", rule, "-f", "json", "--root", root, preexec_fn=limit_memory)
    took = cpu_seconds() - begun
    try:
        result = json.loads(run.text)["subjects"][0]["results"][0]
    except (ValueError, LookupError):
        return "none", "", [repr(run)]
    return result["result"], result["reason"], [f"it took {took:.1f} seconds of the processor"] if took > SECONDS else []


def expect(name, root, wanted, *parts, benchmark="docker", rule="docker.icc"):
    result, reason, wrong = judge(root, benchmark, rule)
    if result != wanted:
        wrong.append(f"{result}, wanted {wanted}")
    wrong += [f"the reason does not say {part!r}: {reason}" for part in parts if part not in (reason or "")]
    point(f"{name}: {wanted}", wrong)


def files(scratch):
    """Of dockerd's own file."""
    path = "etc/docker/daemon.json"
    root = docker(scratch / "large")
    write(root / path, "")
    os.truncate(root / path, 100 << 20)
    expect("a file of 100 MB", root, "unknown", "/etc/docker/daemon.json", "larger than")
    root = docker(scratch / "fifo")
    (root / "etc/docker").mkdir(parents=True)
    os.mkfifo(root / path)
    expect("a FIFO", root, "unknown", "FIFO")
    root = docker(scratch / "folder")
    (root / path).mkdir(parents=True)
    expect("a directory", root, "unknown", "directory")
    write(scratch / "outside.json", '{"icc": false}\n')
    root = docker(scratch / "link")
    (root / "etc/docker").mkdir(parents=True)
    (root / path).symlink_to(scratch / "outside.json")
    expect("a link out of the root", root, "fail")
    root = docker(scratch / "dots", "--config-file /../../../../../../outside.json")
    expect("dots out of the root", root, "unknown", "not there")
    for name, text, where in (("a comma too many", '{\n  "icc": false,\n}\n', ":3:1: "), ("a key twice", '{"icc": false,\n"icc": true}\n', ":2:"),
                              ("bytes that are no text", b'{"icc": "\xff\xfe"}', ":1:"), ("an end too early", '{"icc":', ":1:"),
                              ("depth", "[" * 3000000, ":1:")):
        root = docker(scratch / name.replace(" ", "-"))
        write(root / path, text)
        expect(name, root, "error", "/etc/docker/daemon.json" + where)
    root = docker(scratch / "other")
    write(root / path, "[1, 2]\n")
    expect("a list where a table belongs", root, "fail")


def units(scratch):
    root = docker(scratch / "unit-fifo")
    (root / "etc/systemd/system/docker.service.d").mkdir(parents=True)
    os.mkfifo(root / "etc/systemd/system/docker.service.d/x.conf")
    expect("a drop-in that is a FIFO", root, "unknown", "x.conf", "FIFO")
    root = docker(scratch / "unit-denied", "--icc=false")
    (root / "usr/lib/systemd/system/docker.service").unlink()
    (root / "usr/lib/systemd/system/docker.service").symlink_to("errno:EACCES")
    expect("a unit that may not be read is not one that says nothing", root, "unknown", "docker.service", "Permission denied")
    root = docker(scratch / "unit-environment", "$OPTIONS")
    write(root / "etc/systemd/system/docker.service.d/x.conf", "[Service]\nEnvironmentFile=/etc/options\n")
    expect("an environment file that is gone", root, "unknown", "/etc/options")
    write(root / "etc/options", "OPTIONS=" + "--icc=false " * 50000 + "\n")
    result, _, wrong = judge(root, "docker", "docker.icc")
    point("a command line of fifty thousand words is read, or told to be too long", wrong + ([] if result in ("pass", "unknown") else [result]))
    for name, use in (("words", "$A " * 20000), ("one word", "--x=" + "${A}" * 20000)):
        root = docker(scratch / f"unit-{name.replace(' ', '-')}-of-variables", "--icc=false " + use)
        write(root / "etc/systemd/system/docker.service.d/x.conf", "[Service]\nEnvironment='A=" + "-D " * 20000 + "'\n")
        expect(f"a variable of 60 KB, 20,000 times as {name}", root, "unknown", "docker.service:2", "longer than")


def hidden(scratch):
    """A program that overwrites its command line says nothing by what is left of it."""
    root = scratch / "k3s"
    for name, text in ("cmdline", "/usr/local/bin/k3s server\0\0\0"), ("comm", "k3s-server\n"), ("cgroup", "0::/user.slice\n"), ("status", "Uid:\t0\t0\t0\t0\n"):
        write(root / "proc/900" / name, text)
    for name, target in ("exe", "/var/lib/rancher/k3s/data/x/bin/k3s"), ("root", "/"), ("cwd", "/"):
        (root / "proc/900" / name).symlink_to(target)
    expect("k3s hides its command line", root, "unknown", "hides its command line", benchmark="kubernetes-node", rule="kubelet.anonymous-auth")
    write(root / "proc/900/cmdline", "k3s\0kubectl\0get\0pods\0")
    expect("k3s is kubectl, too", root, "notapplicable", "not here", benchmark="kubernetes-node", rule="kubelet.anonymous-auth")


def processes(scratch):
    """What anybody can start by the name of a daemon does not end the audit."""
    root = docker(scratch / "process", "--icc=false")
    for name, text in (("cmdline", "/usr/bin/dockerd\0" + "--icc=false\0" * 501), ("comm", "dockerd\n"), ("cgroup", "0::/system.slice/docker.service\n"),
                       ("status", "Uid:\t0\t0\t0\t0\n"), ("environ", "A=b\0")):
        write(root / "proc/900" / name, text)
    for name, target in ("exe", "/usr/bin/dockerd"), ("root", "/"), ("cwd", "/"):
        (root / "proc/900" / name).symlink_to(target)
    expect("a daemon with more arguments than any has", root, "unknown", "more than 500 arguments")
    write(root / "proc/900/cmdline", "/usr/bin/dockerd\0--icc=false\0")
    write(root / "usr/lib/systemd/system/docker.service", "[Service]\nType=notify\nEnvironmentFile=/etc/gone\n")
    write(root / "proc/900/cgroup", "0::/user.slice\n")
    expect("a daemon that somebody started beside a unit that starts nothing, and lacks a file", root, "pass")


def trees(scratch):
    """YAML and TOML."""
    kubelet = root_of(scratch / "kubelet", "kubelet.service", "/usr/bin/kubelet --config=/k.yaml", "usr/bin/kubelet")
    laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{c}: &{c} [{','.join(['*' + p] * 9)}]\n" for p, c in zip("abcdefghi", "bcdefghij"))
    for name, text, parts in (("a billion laughs", laughs, ("/k.yaml:", "more than 20000 values")), ("an alias of itself", "a: &a [*a]\n", ("/k.yaml:1:8",)),
                              ("depth", "[" * 200000, ("/k.yaml:1:",)), ("an open bracket", "a: [\nb: 1\n", ("/k.yaml:3:",)),
                              ("many anchors", "".join(f"a{i}: &a{i} 1\n" for i in range(9000)) + "x: *a0\nx: 1\n", ("a second time",)),
                              ("many keys", "".join(f"k{i}: 1\n" for i in range(19990)) + "k5: 1\n", ("a second time",))):
        write(kubelet / "k.yaml", text)
        expect("YAML: " + name, kubelet, "error", *parts, benchmark="kubernetes-node", rule="kubelet.anonymous-auth")
    containerd = root_of(scratch / "containerd", "containerd.service", "/usr/bin/containerd", "usr/bin/containerd")
    path = containerd / "etc/containerd/config.toml"
    write(path, "a = 1\n")
    if judge(containerd, "containerd", "containerd.log-level")[0] == "unknown":
        skip("TOML", "built without it")
        return
    deep = "a" + "= { b.c.d.e.f.g.h.i.j.k.l.m.n.o.p " * 250 + "= 1" + "}" * 250 + "\n"
    for name, text, parts in (("a key twice", "a = 1\na = 2\n", (":2:",)), ("a key of many parts", "a" + ".a" * 500000 + " = 1\n", (":1:", "parts")),
                              ("tables in each other", deep, (":1:",)), ("lists in each other", "a = " + "[" * 100000, (":1:",)),
                              ("bytes that are no text", b'a = "\xff"\n', (":1:",)), ("brackets alone", "[[[[\n", (":1:",)),
                              ("a bracket before a line's end", "a = 1\n[\n[\n", (":",))):
        write(path, text)
        expect("TOML: " + name, containerd, "error", "/etc/containerd/config.toml", *parts, benchmark="containerd", rule="containerd.log-level")
    write(path, 'imports = ["/etc/containerd/*.toml", "/etc/containerd/conf.d/*.toml", "conf.d/*"]\n[debug]\nlevel = "warn"\n')
    write(containerd / "etc/containerd/conf.d/a.toml", 'imports = ["/etc/containerd/config.toml", "a.toml"]\n[debug]\nlevel = "info"\n')
    expect("imports that lead in a circle", containerd, "pass", benchmark="containerd", rule="containerd.log-level")
    for i in range(3):
        write(containerd / f"etc/containerd/conf.d/a{i}.toml", "".join(f"k{i}_{j} = 1\n" for j in range(9000)))
    expect("more values than anybody has", containerd, "unknown", "more than 20000 values", benchmark="containerd", rule="containerd.log-level")
    for i in range(3):
        (containerd / f"etc/containerd/conf.d/a{i}.toml").unlink()
    for i in range(300):
        write(containerd / f"etc/containerd/conf.d/b{i}.toml", "")
    expect("three hundred imports", containerd, "unknown", "more than 256 files", benchmark="containerd", rule="containerd.log-level")


def names(scratch):
    """What stands in a file is shown as it is harmless."""
    root = docker(scratch / "names")
    write(root / "etc/docker/daemon.json", json.dumps({"log-driver": "\x1b[31mred\x07", "insecure-registries": ["<b>&\u202e"]}))
    run = plimsoll("audit", "-b", "docker", "-p", "paranoid", "-s", "host", "--root", root, "-v")
    is_true("control characters do not reach the terminal", b"\x1b[31mred" not in run.out and b"\x07" not in run.out and b"\xe2\x80\xae" not in run.out)
    equal("nothing on stderr", run.said, "")


def main():
    with Scratch() as scratch:
        files(scratch)
        units(scratch)
        hidden(scratch)
        processes(scratch)
        trees(scratch)
        names(scratch)
    done()


main()
