#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real daemons: a dockerd and a containerd that are started here are judged by what they are really told.

Other daemons may run on the machine: what is said of ours is told by its number.
"""
import json
import os
import shutil
import signal
import socket
import sys

from live import Cannot, Live, run, wait_for
from tap import done, equal, is_true, plimsoll, point, skip

FLAGS = ["--bridge=none", "--iptables=false", "--storage-driver=vfs", "--oom-score-adjust=0"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def folders(live, name):
    folder = live.path / name
    folder.mkdir()
    return folder, ["--data-root", folder / "data", "--exec-root", folder / "exec", "--pidfile", folder / "pid"]


def stop_gently(live, pid, folder):
    """So that it takes its containerd along."""
    live.undo.append(lambda: (os.kill(pid, signal.SIGTERM), wait_for(lambda: not (folder / "pid").exists())))


def audit(*benchmarks):
    options = [word for name in benchmarks for word in ("-b", name)]
    report = plimsoll("audit", *options, "-p", "paranoid", "-s", "host", "-f", "json")
    return {r["rule"]: r for r in json.loads(report.text)["subjects"][0]["results"]}


def said(results, rule, pid, *files):
    """[(value, origin)] of what is in force for our daemon."""
    return [(e["value"], e["origin"]) for e in results[rule]["evidence"] if e["state"] == "present" and
            (f"(pid {pid})" in e["name"] or e["origin"].startswith((f"/proc/{pid}/", *map(str, files))))]


def values(results, rule, pid, *files):
    return [value for value, _ in said(results, rule, pid, *files)]


# ---- dockerd ----

def start_dockerd(live):
    folder, where = folders(live, "engine")
    port, path = free_port(), folder / "odd/place.sock"
    path.parent.mkdir()
    config = folder / "own.json"
    config.write_text(json.dumps({"hosts": [f"unix://{path}", f"tcp://127.0.0.1:{port}"], "cgroup-parent": "/plimsoll-test", "userland-proxy": False,
                                  "experimental": False}, indent=4) + "\n", encoding="ascii")
    config.chmod(0o577)
    pid = live.spawn("dockerd", *where, "--config-file", config, *FLAGS, "--no-new-privileges", "--log-level", "warn")
    stop_gently(live, pid, folder)
    wait_for(path.exists, 30)
    wait_for(lambda: run("docker", "-H", f"unix://{path}", "version").returncode == 0, 30)
    return pid, config, path, port


def check_dockerd(live):
    decoy = live.spawn(sys.executable, "-c", "import time; time.sleep(1000)", "/usr/sbin/dockerd", "dockerd", "--tlsverify", "--debug", "--icc=true")
    pid, config, path, port = start_dockerd(live)
    results = audit("docker")
    mine = [e for r in results.values() for e in r["evidence"] if str(decoy) in e["origin"].split("/") or f"(pid {decoy})" in e["name"]]

    point("a process with dockerd in its arguments is none", [str(e) for e in mine])
    equal("an open TCP socket in a pretty-printed file is found", results["docker.tcp-socket-tls"]["result"], "fail")
    is_true("with the line where it stands", (f"tcp://127.0.0.1:{port} plain", f"{config}:2") in said(results, "docker.tcp-socket-tls", pid, config),
            str(results["docker.tcp-socket-tls"]))
    equal("a cgroup parent in the file is found", results["docker.cgroup-parent"]["result"], "fail")
    equal("with its line", said(results, "docker.cgroup-parent", pid, config), [("/plimsoll-test", f"{config}:6")])
    equal("an option on the command line alone counts", said(results, "docker.no-new-privileges", pid), [("true", f"/proc/{pid}/cmdline")])
    equal("also with its value in the next word", values(results, "docker.log-level", pid)[0], "warn")
    equal("and fails", results["docker.log-level"]["result"], "fail")
    equal("an option in the file alone counts", said(results, "docker.userland-proxy", pid, config), [("false", f"{config}:7")])
    equal("a file of mode 0577 fails", results["docker.daemon-json"]["result"], "fail")
    is_true("and its mode is told in octal", ("0577", str(config)) in said(results, "docker.daemon-json", pid, config))
    path.chmod(0o666)
    results = audit("docker")
    equal("a socket at an unusual path, open to all, fails", results["docker.api-socket"]["result"], "fail")
    is_true("and it is that socket", ("0666", str(path)) in said(results, "docker.api-socket", pid, path))
    is_true("its data root is the one that it uses", any(str(path.parent.parent / "data") == e["origin"] for e in results["docker.data-root"]["evidence"]))
    if "built without TOML" in json.dumps(results):
        skip("its containerd", "built without TOML")
    else:
        is_true("its containerd is found, too", any(str(path.parent.parent / "exec/containerd/containerd.sock") == e["origin"]
                                                    for e in results["docker.containerd-socket"]["evidence"]),
                str(results["docker.containerd-socket"]))
    config.write_text('{\n  "userland-proxy": false,\n  "userland-proxy": true\n}\n', encoding="ascii")
    results = audit("docker")
    is_true("a file that nobody can understand is no pass", results["docker.userland-proxy"]["result"] in ("error", "fail"))
    is_true("and is told with line and column", any(e["origin"].startswith(f"{config}:3:") and e["state"] == "malformed"
                                                    for e in results["docker.userland-proxy"]["evidence"]))


def check_handed_over(live):
    """What systemd hands over stands in no option of the daemon."""
    if not shutil.which("systemd-socket-activate"):
        raise Cannot("systemd-socket-activate is not installed")
    folder, where = folders(live, "activated")
    port = free_port()
    pid = live.spawn("systemd-socket-activate", "-l", f"127.0.0.1:{port}", "dockerd", *where, *FLAGS, "-H", "fd://")
    stop_gently(live, pid, folder)

    def connected():
        try:
            return socket.create_connection(("127.0.0.1", port), 1)
        except OSError:
            return None
    with wait_for(connected):
        wait_for((folder / "pid").exists, 30)
        wait_for(lambda: run("docker", "-H", f"tcp://127.0.0.1:{port}", "version").returncode == 0, 30)
        results = audit("docker")
    equal("a TCP socket that was handed over is found", results["docker.tcp-socket-tls"]["result"], "fail")
    is_true("by the kernel's table", (f"tcp://127.0.0.1:{port} plain", f"/proc/{pid}/net/tcp") in said(results, "docker.tcp-socket-tls", pid),
            str(results["docker.tcp-socket-tls"]))


# ---- containerd ----

def check_containerd(live):
    folder = live.path / "containerd"
    (folder / "conf.d").mkdir(parents=True)
    config, more, path = folder / "own.toml", folder / "conf.d/more.toml", folder / "c.sock"
    config.write_text(f'version = 2\nroot = "{folder}/root"\nstate = "{folder}/state"\nimports = ["conf.d/*.toml"]\n\n[grpc]\n  address = "/nowhere"\n', encoding="ascii")
    more.write_text('version = 2\n[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]\n  runtime_type = "io.containerd.runc.v2"\n'
                    "  privileged_without_host_devices = true\n", encoding="ascii")
    pid = live.spawn("containerd", "--config", config, "--address", path, "--log-level", "error")
    wait_for(path.exists, 30)
    path.chmod(0o666)
    results = audit("containerd")
    equal("containerd's socket by its command line, open to all, fails", results["containerd.socket"]["result"], "fail")
    is_true("and it is that socket", ("0666", str(path)) in said(results, "containerd.socket", pid, path), str(results["containerd.socket"]))
    if "built without TOML" in json.dumps(results):
        skip("the files that it imports", "built without TOML")
        return
    is_true("the configuration files are those that it reads", {str(config), str(more)} <= {e["origin"] for e in results["containerd.config-files"]["evidence"]},
            str(results["containerd.config-files"]))


# ---- podman ----

def check_podman(live):
    """Its service reads what its environment names, and listens where its command line says."""
    config, port = live.path / "own.conf", free_port()
    config.write_text("[Containers]\nenv_host = true\n", encoding="ascii")
    env = dict(os.environ, CONTAINERS_CONF=str(config))
    pid = live.spawn("podman", "--root", live.path / "root", "--runroot", live.path / "runroot", "--storage-driver", "vfs", "system", "service", "-t", "0",
                     f"tcp:127.0.0.1:{port}", env=env)
    wait_for(lambda: not socket.socket().connect_ex(("127.0.0.1", port)), 30)
    results = audit("podman")
    if "built without TOML" in json.dumps(results):
        skip("podman's files", "built without TOML")
        return
    equal("podman's file by its environment fails", results["podman.env-host"]["result"], "fail")
    is_true("and it is that file", (f"{config}:2") in {e["origin"] for e in results["podman.env-host"]["evidence"]}, str(results["podman.env-host"]))
    equal("podman's service by TCP fails", results["podman.api-tcp"]["result"], "fail")
    equal("and it is that address", values(results, "podman.api-tcp", pid), [f"tcp://127.0.0.1:{port} plain"])


# ---- control plane ----

def check_control_plane(live):
    """A component with mounts of its own: its paths are those of the host that are mounted there."""
    folder = live.path / "hidden"
    folder.mkdir()
    (folder / "policy.yaml").write_text("kind: Policy\nrules:\n- level: Metadata\n", encoding="ascii")
    program = live.path / "kube-apiserver"
    shutil.copy("/bin/dash", program)
    flags = ["--audit-policy-file=/mnt/policy.yaml", "--anonymous-auth", "--authorization-mode", "Node,RBAC", "--tls-cert-file=/nowhere/x"]
    pid = live.spawn("unshare", "--mount", "sh", "-c", 'mount --bind "$0" /mnt && exec "$@"', folder, program, "-c", "sleep 1000; :", *flags)
    wait_for(lambda: os.readlink(f"/proc/{pid}/exe") == str(program))
    results = audit("kubernetes-node")
    equal("a control plane's flags are read", said(results, "kube-apiserver.anonymous-auth", pid), [("true", f"/proc/{pid}/cmdline")])
    equal("a file that only its mount namespace shows is found on the host", said(results, "kube-apiserver.audit-policy", pid, folder),
          [("Metadata", f"{folder}/policy.yaml:3")])
    equal("lists are read", said(results, "kube-apiserver.authorization-rbac", pid), [("Node,RBAC", f"/proc/{pid}/cmdline")])


def main():
    if os.geteuid() != 0:
        skip("daemons of engines", "only root can start them")
        done()
        return
    for check in (check_dockerd, check_handed_over, check_containerd, check_podman, check_control_plane):
        with Live() as live:
            try:
                check(live)
            except Cannot as reason:
                skip(check.__name__, str(reason))
    done()


main()
