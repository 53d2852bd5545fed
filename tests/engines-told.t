#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a daemon of an engine is told in ways that are easily overlooked: none of them may make a rule pass that the plain way fails."""
import json

from engine_cases import Cases, service
from tap import Scratch, done

UNIT = "etc/systemd/system/docker.service"
JSON = "etc/docker/daemon.json"
K3S = "etc/systemd/system/k3s.service"
FD = "[Service]\nExecStart=/usr/bin/dockerd -H fd://\n"
OPEN = "tcp://0.0.0.0:2375"


def programs(docker, podman):
    """The words of a unit tell the daemon something only where the daemon is what it starts."""
    rule = "docker.tcp-socket-tls"
    for name, command, wanted, *parts in (
            ("the plain way", f"/usr/bin/dockerd -H {OPEN}", "fail"),
            ("a shell", f"/bin/sh -c 'exec dockerd -H {OPEN}'", "unknown", "starts /bin/sh"),
            ("a script", "/usr/local/bin/start-docker", "unknown", "docker.service:2", "starts /usr/local/bin/start-docker"),
            ("env", f"/usr/bin/env A=1 dockerd -H {OPEN}", "fail"),
            ("env with options", "/usr/bin/env -S dockerd", "unknown", "starts /usr/bin/env"),
            ("nice and ionice", f"/usr/bin/nice -n -5 /usr/bin/ionice -c2 -n 0 /usr/bin/dockerd -H {OPEN}", "fail"),
            ("another name for the program", "@/usr/bin/dockerd /bin/sh -H fd://", "pass"),
            ("the daemon's name for another program", f"@/bin/sh dockerd -c 'dockerd -H {OPEN}'", "unknown", "starts /bin/sh"),
    ):
        docker.expect(name, rule, {UNIT: service("ExecStart=" + command)}, wanted, *parts)


    other = "etc/systemd/system/engine.service"
    docker.expect("a unit of another name", rule, {other: service(f"ExecStart=/usr/bin/dockerd -H {OPEN}")}, "fail")
    docker.expect("a unit of another name beside the usual one", rule, {UNIT: FD, other: service("ExecStart=/usr/bin/dockerd-old -H " + OPEN)}, "pass")
    docker.expect("a socket of it", rule, {other: FD, "etc/systemd/system/engine.socket": "[Socket]\nListenStream=2375\n"}, "fail")
    podman.expect("a unit that starts a container", "podman.api-tcp", {"etc/systemd/system/web.service": service("ExecStart=/usr/bin/podman run web tcp://0.0.0.0:1")}, "pass")


def carriers(k3s):
    rule, arguments = "kubelet.anonymous-auth", "--kubelet-arg anonymous-auth=true"
    start = "/usr/local/bin/k3s server"
    k3s.expect("the default", rule, {K3S: service("ExecStart=" + start)}, "pass")
    k3s.expect("the plain way", rule, {K3S: service(f"ExecStart={start} {arguments}")}, "fail")
    k3s.expect("an argument with dashes", rule, {K3S: service(f"ExecStart={start} --kubelet-arg=--anonymous-auth=true")}, "fail")
    k3s.expect("a shell", rule, {K3S: service(f"ExecStart=/bin/sh -c '{start} {arguments}'")}, "unknown", "starts /bin/sh")
    k3s.expect("a unit of another name", rule, {"etc/systemd/system/k3s-lab.service": service(f"ExecStart={start} {arguments}")}, "fail")
    k3s.expect("a shell in a unit of another name", rule, {"etc/systemd/system/lab.service": service(f"ExecStart=/bin/sh -c '{start} {arguments}'")}, "unknown")
    k3s.expect("another command of it", rule, {"etc/systemd/system/k3s-save.service": service("ExecStart=/usr/local/bin/k3s etcd-snapshot save")}, "notapplicable")
    other = {"etc/other.yaml": "kubelet-arg: [anonymous-auth=true]\n", "etc/k3s.env": "K3S_CONFIG_FILE=/etc/other.yaml\n"}
    k3s.expect("a configuration file by the environment", rule, {K3S: service("Environment=K3S_CONFIG_FILE=/etc/other.yaml", "ExecStart=" + start), **other}, "fail")
    k3s.expect("the same by a file", rule, {K3S: service("EnvironmentFile=/etc/k3s.env", "ExecStart=" + start), **other}, "fail")
    named = {**other, "etc/default/k3s": other["etc/k3s.env"]}
    k3s.expect("the same by a file of the unit's name", rule, {K3S: service("EnvironmentFile=-/etc/default/%N", "ExecStart=" + start), **named}, "fail")
    k3s.expect("the same by env", rule, {K3S: service("ExecStart=/usr/bin/env K3S_CONFIG_FILE=/etc/other.yaml " + start), **other}, "fail")
    running = {"proc/900/cmdline": "/usr/local/bin/k3s\0server\0", "proc/900/comm": "k3s-server\n", "proc/900/cgroup": "0::/user.slice\n",
               "proc/900/status": "Uid:\t0\t0\t0\t0\n", "@proc/900/exe": "/usr/local/bin/k3s", "@proc/900/root": "/", "@proc/900/cwd": "/"}
    k3s.expect("the same of a process", rule, {**running, "proc/900/environ": "A=1\0K3S_CONFIG_FILE=/etc/other.yaml\0", **other}, "fail")


def environments(docker):
    """The variables of a command line come from more places than the unit's Environment=."""
    rule, use = "docker.tcp-socket-tls", "ExecStart=/usr/bin/dockerd -H fd:// $A"
    manager = "etc/systemd/system.conf"
    default = {manager: f"[Manager]\nDefaultEnvironment='A=-H {OPEN}'\n"}
    away = "UnsetEnvironment=A"
    lines = {"etc/options": f'A="--icc=false \\\n -H {OPEN}"\n'}
    docker.expect("a file in which a line goes on", rule, {UNIT: service("EnvironmentFile=/etc/options", use), **lines}, "fail")
    docker.expect("a file whose name nobody knows", rule, {UNIT: service("EnvironmentFile=-/etc/%H", use)}, "unknown", "/etc/%H")
    docker.expect("a variable of nobody", rule, {UNIT: service(use)}, "pass")
    docker.expect("systemd's default", rule, {UNIT: service(use), **default}, "fail")
    docker.expect("systemd's default in a drop-in", rule, {UNIT: service(use), manager + ".d/x.conf": default[manager]}, "fail")
    docker.expect("the unit over systemd's default", rule, {UNIT: service("Environment=A=", use), **default}, "pass")
    docker.expect("an own variable of systemd", rule, {UNIT: service("PassEnvironment=B A", use)}, "unknown", "docker.service:2", "A is that of systemd")
    docker.expect("the same over the default", rule, {UNIT: service("PassEnvironment=A", use), manager: "[Manager]\nDefaultEnvironment=A=\n"}, "unknown")
    docker.expect("the same under the unit's", rule, {UNIT: service("PassEnvironment=A", "Environment=A=", use)}, "pass")
    docker.expect("the same that nobody uses", rule, {UNIT: service("PassEnvironment=HTTP_PROXY AB", use)}, "pass")
    docker.expect("the same, taken away", rule, {UNIT: service("PassEnvironment=A", away, use)}, "pass")
    verify = ("Environment=A=--tlsverify", f"ExecStart=/usr/bin/dockerd -H {OPEN} $A")
    for name, words, wanted in (("nothing", "", "pass"), ("it", "A", "fail"), ("another", "AB A=x", "pass"), ("it with its value", "B A=--tlsverify", "fail")):
        docker.expect(f"unset is {name}", rule, {UNIT: service("UnsetEnvironment=" + words, *verify)}, wanted)


def sockets(docker):
    """systemd hands over the descriptors of every socket that starts the service."""
    rule, usual = "docker.tcp-socket-tls", {UNIT: FD, "etc/systemd/system/docker.socket": "[Socket]\nListenStream=/run/docker.sock\n"}
    path, install = "etc/systemd/system/docker-tcp.socket", "[Install]\nWantedBy=sockets.target\n"
    tcp = f"[Socket]\nListenStream=2375\nService=docker.service\n{install}"
    enabled = {"@etc/systemd/system/sockets.target.wants/docker-tcp.socket": "/" + path}
    docker.expect("its own socket", rule, usual, "pass")
    docker.expect("a second socket", rule, {**usual, path: tcp, **enabled}, "fail")
    docker.expect("a second socket, by the name without a suffix", rule, {**usual, path: tcp.replace("docker.service", "docker"), **enabled}, "fail")
    docker.expect("a second socket without an install section", rule, {**usual, path: tcp.replace(install, "")}, "fail")
    docker.expect("a second socket that is not enabled", rule, {**usual, path: tcp}, "pass")
    docker.expect("a socket of another service", rule, {**usual, path: tcp.replace("Service=docker.service", "Service=other.service"), **enabled}, "pass")
    docker.expect("a socket of the service of its own name", rule, {**usual, path: tcp.replace("Service=docker.service\n", ""), **enabled}, "pass")
    docker.expect("a second socket of a group", "docker.group-members", {
        **usual, path: tcp.replace("2375", "/run/docker-ci.sock\nSocketGroup=ci"), **enabled, "etc/group": "root:x:0:\nci:x:900:bob\n",
        "etc/passwd": "root:x:0:0::/root:/bin/sh\nbob:x:1000:1000::/home/bob:/bin/sh\n"}, "fail")


def letters(docker):
    """Flags of one letter stand together."""
    rule = "docker.tcp-socket-tls"
    for words, wanted in (f"-DH {OPEN}", "fail"), (f"-DH{OPEN}", "fail"), (f"-DDH={OPEN}", "fail"), ("-DH fd://", "pass"), ("-D -H fd://", "pass"):
        docker.expect(f"'{words}'", rule, {UNIT: service("ExecStart=/usr/bin/dockerd " + words)}, wanted)
        docker.expect(f"'{words}'", "docker.log-level", {UNIT: service("ExecStart=/usr/bin/dockerd " + words)}, "fail")
    docker.expect("OpenRC's options", rule, {"etc/conf.d/docker": f'DOCKER_OPTS="-DH {OPEN}"\n'}, "fail")


def profiles(docker, crio, podman):
    """A seccomp profile is as good as what it does with a call that it does not list."""
    rule = "seccomp-profile"
    for action, wanted in ("SCMP_ACT_ERRNO", "pass"), ("SCMP_ACT_KILL_PROCESS", "pass"), ("SCMP_ACT_ALLOW", "fail"), ("SCMP_ACT_LOG", "fail"):
        profile = {"etc/p.json": json.dumps({"defaultAction": action, "syscalls": []})}
        docker.expect(f"a profile of {action}", "docker." + rule, {UNIT: FD, JSON: '{"seccomp-profile": "/etc/p.json"}', **profile}, wanted)
        crio.expect(f"a profile of {action}", "crio." + rule, {"etc/crio/crio.conf": '[crio.runtime]\nseccomp_profile = "/etc/p.json"\n', **profile}, wanted)
        podman.expect(f"a profile of {action}", "podman." + rule, {"etc/containers/containers.conf": '[containers]\nseccomp_profile = "/etc/p.json"\n',
                                                                  **profile}, wanted)
        podman.expect(f"its own profile of {action}", "podman." + rule, {"etc/containers/seccomp.json": profile["etc/p.json"]}, wanted)
    for text, files, wanted, *parts in (("builtin", {}, "pass"), ("", {}, "pass"), ("unconfined", {}, "fail"), ("/none.json", {}, "unknown", "/none.json"),
                                        ("/bad.json", {"bad.json": "{"}, "error", "/bad.json:1"), ("/list.json", {"list.json": "[]"}, "error", "defaultAction")):
        docker.expect(f"the profile '{text}'", "docker." + rule, {UNIT: FD, JSON: json.dumps({"seccomp-profile": text}), **files}, wanted, *parts)
    docker.expect("unconfined by a flag", "docker." + rule, {UNIT: service("ExecStart=/usr/bin/dockerd --seccomp-profile=unconfined")}, "fail")


def pods(kubernetes):
    """A static pod's manifest names a command, or only words for that of the image."""
    def expect(name, kind, rule, container, wanted, *parts):
        manifest = {f"etc/kubernetes/manifests/{kind}.yaml": json.dumps({"kind": "Pod", "spec": {"containers": [container]}})}
        kubernetes.expect(f"a pod, {name}", f"{kind}.{rule}", manifest, wanted, *parts)

    rule, flags = "profiling", ["--v=2", "--profiling=false"]
    expect("the command", "kube-scheduler", rule, {"command": ["kube-scheduler"] + flags}, "pass")
    expect("a command and words", "kube-scheduler", rule, {"command": ["/usr/bin/kube-scheduler"], "args": flags}, "pass")
    expect("words alone", "kube-scheduler", rule, {"args": flags[1:]}, "pass")
    expect("words alone without it", "kube-scheduler", rule, {"args": flags[:1]}, "fail")
    expect("the command without it", "kube-scheduler", rule, {"command": ["kube-scheduler"]}, "fail")
    expect("a shell", "kube-scheduler", rule, {"command": ["/bin/sh", "-c", "exec kube-scheduler --profiling=true", flags[1]]}, "unknown", "starts /bin/sh")
    expect("nothing", "kube-scheduler", rule, {}, "error", "no command")
    etcd = {"command": ["etcd"]}
    expect("the default", "etcd", "auto-tls", etcd, "pass")
    expect("a variable", "etcd", "auto-tls", {**etcd, "env": [{"name": "ETCD_AUTO_TLS", "value": "true"}]}, "fail")
    expect("a variable of a secret", "etcd", "auto-tls", {**etcd, "env": [{"name": "ETCD_AUTO_TLS", "valueFrom": {"secretKeyRef": {}}}]}, "unknown", "no file")
    expect("another variable of a secret", "etcd", "auto-tls", {**etcd, "env": [{"name": "POD_IP", "valueFrom": {"fieldRef": {}}}]}, "pass")
    expect("variables of a secret", "etcd", "auto-tls", {**etcd, "envFrom": [{"secretRef": {"name": "x"}}]}, "unknown", "no file")


def running(docker):
    """What runs is judged by its own command line, also where a script started it."""
    rule = "docker.tcp-socket-tls"
    for words, wanted in ("-H\0fd://", "pass"), (f"-DH\0{OPEN}", "fail"):
        process = {"proc/900/cmdline": f"/usr/bin/dockerd\0{words}\0", "proc/900/comm": "dockerd\n", "proc/900/cgroup": "0::/system.slice/docker.service\n",
                   "proc/900/status": "Name:\tdockerd\nUid:\t0\t0\t0\t0\n", "@proc/900/exe": "/usr/bin/dockerd", "@proc/900/root": "/", "@proc/900/cwd": "/"}
        docker.expect(f"a script that started it with '{words}'", rule, {**process, UNIT: service("ExecStart=/usr/local/bin/start-docker")}, wanted)


def variables(crio):
    """CRI-O takes each flag from its environment, too."""
    rule, unit, start = "crio.seccomp-profile", "etc/systemd/system/crio.service", "ExecStart=/usr/bin/crio"
    loose = "[crio.runtime]\nseccomp_profile = 'unconfined'\n"
    for name, lines, files, wanted in (
            ("nothing", (), {}, "pass"), ("a variable", ("Environment=CONTAINER_SECCOMP_PROFILE=unconfined",), {}, "fail"),
            ("a variable over its file", ("Environment=CONTAINER_SECCOMP_PROFILE=",), {"etc/crio/crio.conf": loose}, "pass"),
            ("a file by a variable", ("Environment=CONTAINER_CONFIG=/o.conf",), {"o.conf": loose}, "fail"),
            ("a directory by a variable", ("Environment=CONTAINER_CONFIG_DIR=/o.d",), {"o.d/x.conf": loose}, "fail"),
            ("a variable of systemd", ("PassEnvironment=CONTAINER_SECCOMP_PROFILE",), {}, "unknown")):
        crio.expect(name, rule, {unit: service(*lines, start), **files}, wanted)


def values(docker, containerd, crio, podman, kubernetes):
    """A value that is there, but empty, of another type, or no more than a beginning of a good one."""
    for rule, key, value, wanted in (
            ("userns-remap", "userns-remap", "default", "pass"), ("userns-remap", "userns-remap", "dockremap:dockremap", "pass"), ("userns-remap", "userns-remap", "1000:1000", "pass"),
            ("userns-remap", "userns-remap", "", "fail"), ("userns-remap", "userns-remap", "root", "fail"), ("userns-remap", "userns-remap", "0:0", "fail"),
            ("userns-remap", "userns-remap", "root:x", "fail"), ("userns-remap", "userns-remap", "rooted", "pass"),
            ("default-ulimits", "default-ulimits", {"nofile": {"Name": "nofile", "Soft": 64, "Hard": 64}}, "pass"),
            ("default-ulimits", "default-ulimits", {"nofile": {"Name": "nofile", "Soft": -1, "Hard": -1}}, "fail"),
            ("default-ulimits", "default-ulimits", {"core": {"Name": "core", "Soft": 0, "Hard": 0}}, "fail"),
            ("authorization-plugin", "authorization-plugins", ["own"], "pass"), ("authorization-plugin", "authorization-plugins", [""], "fail"),
            ("metrics-address", "metrics-addr", "127.0.0.1:9323", "pass"), ("metrics-address", "metrics-addr", "[::1]:9323", "pass"),
            ("metrics-address", "metrics-addr", "localhost:9323", "pass"), ("metrics-address", "metrics-addr", "127.0.0.1.evil:9323", "fail"),
            ("metrics-address", "metrics-addr", "localhost.evil:9323", "fail"), ("metrics-address", "metrics-addr", ":9323", "fail"),
            ("log-driver", "log-driver", "syslog", "pass"), ("log-driver", "log-driver", "", "fail"),
            ("icc", "icc", False, "pass"), ("icc", "icc", "false", "error"), ("no-new-privileges", "no-new-privileges", "true", "error"), ("live-restore", "live-restore", 1, "error")):
        docker.expect(f"{key} {json.dumps(value)}", "docker." + rule, {UNIT: FD, JSON: json.dumps({key: value})}, wanted)
    for words, wanted in ("nofile=64:64", "pass"), ("nofile=64", "pass"), ("nofile=-1", "fail"), ("nofile=64:-1", "fail"), ("core=0", "fail"):
        docker.expect(f"--default-ulimit {words}", "docker.default-ulimits", {UNIT: service("ExecStart=/usr/bin/dockerd --default-ulimit " + words)}, wanted)
    mirror = '[plugins."io.containerd.grpc.v1.cri".registry.mirrors.x]\nendpoint = ["%s"]\n'
    stream = '[plugins."io.containerd.grpc.v1.cri"]\nstream_server_address = "%s"\n'
    for benchmark, rule, path, text, good, bad in (
            (containerd, "containerd.metrics-address", "etc/containerd/config.toml", '[metrics]\naddress = "%s"\n', ("127.0.0.1:1", ""), ("127.0.0.1.evil:1", ":1")),
            (containerd, "containerd.stream-address", "etc/containerd/config.toml", stream, ("127.0.0.1",), ("127.evil", "")),
            (containerd, "containerd.registries-insecure", "etc/containerd/config.toml", mirror, ("https://r", "http://127.0.0.1:5000", "http://localhost/v2"),
             ("http://r", "HTTP://r", "http://127.0.0.1.evil", "http://localhost.evil", "http://localhost:x@evil")),
            (crio, "crio.stream-address", "etc/crio/crio.conf", '[crio.api]\nstream_address = "%s"\n', ("127.0.0.1", "::1"), ("127.evil", "")),
            (crio, "crio.metrics-address", "etc/crio/crio.conf", '[crio.metrics]\nenable_metrics = true\nmetrics_host = "%s"\n', ("localhost",), ("127.evil",)),
            (podman, "podman.userns", "etc/containers/containers.conf", '[containers]\nuserns = "%s"\n', ("auto", "auto:size=9"), ("autos", "host"))):
        for wanted, list_of in (("pass", good), ("fail", bad)):
            for value in list_of:
                benchmark.expect(f"{rule} '{value}'", rule, {path: text % value}, wanted)
    for kind, rule, flags, wanted in (
            ("kubelet", "kubelet.client-ca", "--client-ca-file=/ca", "pass"), ("kubelet", "kubelet.client-ca", "--client-ca-file=", "fail"),
            ("kubelet", "kubelet.streaming-timeout", "--streaming-connection-idle-timeout=5m", "pass"),
            ("kubelet", "kubelet.streaming-timeout", "--streaming-connection-idle-timeout=0h0m0s", "fail"),
            ("kubelet", "kubelet.rotate-server-certificate", "--rotate-server-certificates=true --feature-gates=RotateKubeletServerCertificate=False", "fail"),
            ("kube-proxy", "kube-proxy.metrics-address", "--metrics-bind-address=localhost:1", "pass"),
            ("kube-proxy", "kube-proxy.metrics-address", "--metrics-bind-address=localhost.evil:1", "fail"),
            ("kube-scheduler", "kube-scheduler.bind-address", "--bind-address=127.0.0.1", "pass"),
            ("kube-scheduler", "kube-scheduler.bind-address", "--bind-address=127.evil", "fail"),
            ("kube-apiserver", "kube-apiserver.client-ca", "--client-ca-file=", "fail"), ("kube-apiserver", "kube-apiserver.audit-log", "--audit-log-path=", "fail"),
            ("etcd", "etcd.serving-certificate", "--cert-file= --key-file=", "fail")):
        kubernetes.expect(f"{kind} {flags}", rule, {f"etc/systemd/system/{kind}.service": service(f"ExecStart=/usr/bin/{kind} {flags}")}, wanted)


def api_server(kubernetes):
    """What stands in the files that the API server is told to read."""
    def expect(name, rule, flags, text, wanted, *parts):
        files = {"etc/systemd/system/kube-apiserver.service": service("ExecStart=/usr/bin/kube-apiserver " + flags)}
        kubernetes.expect(name, "kube-apiserver." + rule, {**files, **({"etc/f.yaml": text} if text else {})}, wanted, *parts)

    def authorizers(*types):
        return "authorizers:\n" + "".join(f"- type: {t}\n" for t in types)

    def encryption(*entries):
        return "resources:\n" + "".join(f"- resources: ['{name}']\n  providers: [{', '.join('{' + p + ': {}}' for p in providers.split())}]\n" for name, providers in entries)

    file, both = "--authorization-config=/etc/f.yaml", ("Node", "RBAC")
    for rule, types, wanted in (("mode", both, "pass"), ("node", both, "pass"), ("rbac", both, "pass"), ("mode", both + ("AlwaysAllow",), "fail"),
                                ("node", ("RBAC",), "fail"), ("rbac", ("Node", "Webhook"), "fail")):
        expect(f"authorizers {' '.join(types)} in a file", f"authorization-{rule}", file, authorizers(*types), wanted)
        expect(f"authorizers {' '.join(types)} by a flag", f"authorization-{rule}", "--authorization-mode=" + ",".join(types), None, wanted)
    expect("no authorizers", "authorization-mode", "", None, "fail")
    expect("a file of authorizers that is gone", "authorization-mode", file, None, "unknown", "/etc/f.yaml")
    expect("a file of authorizers that names none", "authorization-rbac", file, "kind: AuthorizationConfiguration\n", "fail")
    file = "--encryption-provider-config=/etc/f.yaml"
    for name, entries, wanted in (("secrets", [("secrets", "aescbc identity")], "pass"), ("secrets in clear", [("secrets", "identity aescbc")], "fail"),
                                  ("configmaps alone", [("configmaps", "aescbc")], "fail"), ("everything", [("*.*", "kms")], "pass"),
                                  ("secrets in clear before everything", [("secrets", "identity"), ("*.*", "kms")], "fail")):
        expect(f"encryption of {name}", "encryption", file, encryption(*entries), wanted)
        expect(f"encryption of {name}", "encryption-provider", file, encryption(*entries), wanted)
    expect("no encryption", "encryption", "", None, "fail")
    expect("encryption of configmaps in clear", "encryption-provider", file, encryption(("configmaps", "identity"), ("secrets", "kms")), "pass")
    file = "--audit-policy-file=/etc/f.yaml"
    for name, rules, wanted in (("none", "[]", "fail"), ("None", "[{level: None}]", "fail"), ("Metadata", "[{level: Metadata}]", "pass"),
                                ("None for one", "[{level: None, users: [x]}, {level: Request}]", "pass"), ("None for all", "[{level: None}, {level: Request}]", "fail")):
        expect(f"audit rules, {name}", "audit-policy", file, f"rules: {rules}\n", wanted)


def main():
    with Scratch() as scratch:
        docker = Cases(scratch, "docker", "usr/bin/dockerd")
        k3s = Cases(scratch, "kubernetes-node", "usr/local/bin/k3s")
        containerd = Cases(scratch, "containerd", "usr/bin/containerd")
        crio = Cases(scratch, "crio", "usr/bin/crio")
        podman = Cases(scratch, "podman", "usr/bin/podman")
        kubernetes = Cases(scratch, "kubernetes-node", "usr/bin/kube-apiserver")
        programs(docker, podman)
        carriers(k3s)
        environments(docker)
        letters(docker)
        sockets(docker)
        profiles(docker, crio, podman)
        pods(kubernetes)
        running(docker)
        variables(crio)
        values(docker, containerd, crio, podman, kubernetes)
        api_server(kubernetes)
    done()


main()
