#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How the daemons of engines put their files, drop-ins and variables together: what is in force is what counts, wherever it stands."""
import json

from engine_cases import Cases, service
from tap import Scratch, done

FD = "[Service]\nExecStart=/usr/bin/dockerd -H fd://\n"
CONTAINERD = "etc/containerd/config.toml"
CRI = '[plugins."io.containerd.grpc.v1.cri"]\n'
RUNTIME = '[plugins."io.containerd.cri.v1.runtime"]\n'
KUBELET = "etc/systemd/system/kubelet.service"
KUBELET_FILE = "kind: KubeletConfiguration\napiVersion: kubelet.config.k8s.io/v1beta1\n"


def containerd_cri(containerd):
    """Without a word a container has no seccomp profile; where CRI is off there is nobody whom it could concern."""
    rule = "containerd.seccomp-unset"
    for name, text, wanted in (
            ("nothing", "", "fail"), ("nothing in the plugin", CRI, "fail"), ("an empty profile", CRI + 'unset_seccomp_profile = ""\n', "fail"),
            ("unconfined", CRI + 'unset_seccomp_profile = "unconfined"\n', "fail"), ("its own", CRI + 'unset_seccomp_profile = "runtime/default"\n', "pass"),
            ("its own in 2.0", "version = 3\n" + RUNTIME + 'unset_seccomp_profile = "runtime/default"\n', "pass"),
            ("a file", CRI + 'unset_seccomp_profile = "localhost//etc/p.json"\n', "pass"), ("a beginning of one", CRI + 'unset_seccomp_profile = "localhost/"\n', "fail"),
            ("CRI off", 'disabled_plugins = ["cri"]\n', "notapplicable"), ("CRI off in 2", 'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n', "notapplicable"),
            ("another plugin off", 'disabled_plugins = ["aufs"]\n', "fail")):
        containerd.expect(name, rule, {CONTAINERD: text}, wanted)
    containerd.expect("no file", rule, {}, "fail")
    containerd.expect("CRI off by an import", rule, {CONTAINERD: 'imports = ["/o.toml"]\n', "o.toml": 'disabled_plugins = ["cri"]\n'}, "notapplicable")


def containerd_files(containerd):
    """An import may or may not take away what the file above it said, by the release and by what it says."""
    imports = 'imports = ["/o.toml"]\n'
    tcp, off = '[grpc]\ntcp_address = "0.0.0.0:1"\n', '[grpc]\ntcp_address = ""\n'
    for name, above, below, wanted in (("nothing", "", "", "pass"), ("an address", "", tcp, "fail"), ("an empty address over one", tcp, off, "fail"),
                                       ("an address over an empty one", off, tcp, "fail"), ("an empty one alone", "", off, "pass")):
        containerd.expect(f"an import with {name}", "containerd.tcp-socket", {CONTAINERD: imports + above, "o.toml": below}, wanted)
    loose, other = "disable_apparmor = true\n", "sandbox_image = 'x'\n"
    for name, version, wanted in ("that either release may read", "version = 2\n", "fail"), ("of 2.0", "version = 3\n", "fail"):
        containerd.expect(f"an import over a table of a file {name}", "containerd.apparmor",
                          {CONTAINERD: version + imports + CRI + loose, "o.toml": version + CRI + other}, wanted)
    good = CRI + 'unset_seccomp_profile = "runtime/default"\n'
    for name, version, wanted in ("that either release may read", "version = 2\n", "fail"), ("of 2.0", "version = 3\n", "pass"):
        containerd.expect(f"an import that may drop a profile, of a file {name}", "containerd.seccomp-unset",
                          {CONTAINERD: version + imports + good, "o.toml": version + CRI + other}, wanted)
    server = '[plugins."io.containerd.server.v1.grpc-tcp"]\naddress = "0.0.0.0:1"\n'
    containerd.expect("an address of the server plugin", "containerd.tcp-socket", {CONTAINERD: "version = 4\n" + server}, "fail")
    metrics = '[plugins."io.containerd.server.v1.metrics"]\naddress = ":1"\n'
    containerd.expect("measurements of the server plugin", "containerd.metrics-address", {CONTAINERD: "version = 4\n" + metrics}, "fail")
    containerd.expect("a file of conf.d where there is no other", "containerd.tcp-socket", {"etc/containerd/conf.d/x.toml": tcp}, "fail")
    containerd.expect("a file of conf.d that nobody imports", "containerd.tcp-socket", {CONTAINERD: "", "etc/containerd/conf.d/x.toml": tcp}, "pass")
    containerd.expect("an import by a relative path", "containerd.tcp-socket", {CONTAINERD: 'imports = ["sub/*.toml"]\n', "etc/containerd/sub/x.toml": tcp}, "fail")
    containerd.expect("imports in capital letters", "containerd.tcp-socket", {CONTAINERD: 'Imports = ["/o.toml"]\n', "o.toml": tcp}, "fail")


def capitals(docker, containerd, crio, podman, kubernetes):
    """Parsers of TOML in Go take a key in any capital letters; dockerd refuses it, and the kubelet takes it from a drop-in alone."""
    containerd.expect("a key in capitals", "containerd.tcp-socket", {CONTAINERD: '[GRPC]\nTCP_Address = "0.0.0.0:1"\n'}, "fail")
    crio.expect("a key in capitals", "crio.seccomp-profile", {"etc/crio/crio.conf": '[crio.runtime]\nSeccomp_Profile = "unconfined"\n'}, "fail")
    crio.expect("a good key in capitals over a bad one", "crio.seccomp-profile",
                {"etc/crio/crio.conf": '[crio.runtime]\nseccomp_profile = "unconfined"\nSeccomp_Profile = ""\n'}, "fail")
    podman.expect("a key in capitals", "podman.privileged-default", {"etc/containers/containers.conf": "[Containers]\nPrivileged = true\n"}, "fail")
    podman.expect("a registry in capitals", "podman.registries-insecure",
                  {"etc/containers/registries.conf": '[[Registry]]\nLocation = "r"\nInsecure = true\n'}, "fail")
    for key, wanted in ("hosts", "fail"), ("Hosts", "error"):
        docker.expect(f"the key {key}", "docker.tcp-socket-tls",
                      {"etc/systemd/system/docker.service": service("ExecStart=/usr/bin/dockerd"), "etc/docker/daemon.json": json.dumps({key: ["tcp://0.0.0.0:2375"]})}, wanted)
    start = {KUBELET: service("ExecStart=/usr/bin/kubelet --config=/k.yaml --config-dir=/k.d"), "k.yaml": KUBELET_FILE}
    for key, wanted in ("readOnlyPort", "fail"), ("ReadOnlyPort", "error"), ("readonlyport", "error"):
        kubernetes.expect(f"the key {key} in a drop-in", "kubelet.read-only-port", {**start, "k.d/x.conf": KUBELET_FILE + key + ": 10255\n"}, wanted)


def directories(crio, kubernetes):
    """Directories of drop-ins are walked with all that lies below them."""
    loose = '[crio.runtime]\nseccomp_profile = "unconfined"\n'
    strict = loose.replace("unconfined", "")
    folder = "etc/crio/crio.conf.d/"
    for name, files, wanted in (("nothing", {"README": "# nothing\n"}, "pass"), ("a file", {"x.conf": loose}, "fail"), ("a file of any name", {"x": loose}, "fail"),
                                ("a hidden file", {".x": loose}, "fail"), ("a file in a directory", {"sub/x.conf": loose}, "fail"),
                                ("a file in a directory of a directory", {"a/b/x.conf": loose}, "fail"),
                                ("a directory before a file", {"10/x.conf": loose, "20.conf": strict}, "pass"),
                                ("a directory behind a file", {"20.conf": strict, "30/x.conf": loose}, "fail"),
                                ("directories in each other without end", {"/".join("abcdefghijkl") + "/x.conf": loose}, "unknown")):
        crio.expect(f"drop-ins, {name}", "crio.seccomp-profile", {folder + path: text for path, text in files.items()}, wanted)
    start = {KUBELET: service("ExecStart=/usr/bin/kubelet --config=/k.yaml --config-dir=/k.d"), "k.yaml": KUBELET_FILE}
    loose, null = KUBELET_FILE + "authentication: {anonymous: {enabled: true}}\n", KUBELET_FILE + "authentication: null\n"
    for name, files, wanted in (("nothing", {"x.yaml": loose}, "pass"), ("a file", {"x.conf": loose}, "fail"), ("a file without a stem", {".conf": loose}, "fail"),
                                ("a file in a directory", {"sub/x.conf": loose}, "fail"), ("a file and one that takes it back", {"1.conf": loose, "2.conf": null}, "pass")):
        kubernetes.expect(f"drop-ins, {name}", "kubelet.anonymous-auth", {**start, **{"k.d/" + path: text for path, text in files.items()}}, wanted)
    alone = {KUBELET: service("ExecStart=/usr/bin/kubelet --config-dir=/k.d"), "k.d/x.conf": KUBELET_FILE}
    kubernetes.expect("drop-ins without a file leave the defaults of flags", "kubelet.anonymous-auth", alone, "fail")


def variables(crio):
    """Some of CRI-O's variables are not called as their flags are, and lists are parted by commas."""
    unit, start = "etc/systemd/system/crio.service", "ExecStart=/usr/bin/crio"
    wide = {"etc/crio/crio.conf": '[crio.api]\nstream_address = "0.0.0.0"\n'}
    for name, lines, wanted in (("nothing", (), "fail"), ("TLS", ("Environment=CONTAINER_ENABLE_TLS=true",), "pass"), ("TLS as 1", ("Environment=CONTAINER_ENABLE_TLS=1",), "pass"),
                                ("an empty word for TLS", ("Environment=CONTAINER_ENABLE_TLS=",), "fail"), ("no TLS", ("Environment=CONTAINER_ENABLE_TLS=false",), "fail"),
                                ("a variable that is none", ("Environment=CONTAINER_STREAM_ENABLE_TLS=true",), "fail")):
        crio.expect(f"variables, {name}", "crio.stream-address", {unit: service(*lines, start), **wide}, wanted)
    tls = {"etc/crio/crio.conf": '[crio.api]\nstream_address = "0.0.0.0"\nstream_enable_tls = true\n'}
    crio.expect("variables, no TLS over a file", "crio.stream-address", {unit: service("Environment=CONTAINER_ENABLE_TLS=0", start), **tls}, "fail")
    for words, wanted in ("CHOWN,KILL", "pass"), ("CHOWN, KILL", "pass"), ("CHOWN,SYS_ADMIN", "fail"), ("SYS_ADMIN", "fail"):
        crio.expect(f"capabilities {words} by a variable", "crio.default-capabilities", {unit: service(f'"Environment=CONTAINER_DEFAULT_CAPABILITIES={words}"'.replace('"Environment=', 'Environment="'), start)}, wanted)
        crio.expect(f"capabilities {words} by a flag", "crio.default-capabilities", {unit: service(f'{start} "--default-capabilities={words}"')}, wanted)


UNITS = "etc/systemd/system/"
LOOSE = "[containers]\nprivileged = true\n"
STRICT = "[containers]\nprivileged = false\n"


def podman_process(variables, uid=0):
    return {"proc/900/cmdline": "/usr/bin/podman\0system\0service\0", "proc/900/comm": "podman\n", "proc/900/cgroup": "0::/system.slice/podman.service\n",
            "proc/900/status": f"Name:\tpodman\nUid:\t{uid}\t{uid}\t{uid}\t{uid}\n", "proc/900/environ": variables, "@proc/900/exe": "/usr/bin/podman",
            "@proc/900/root": "/", "@proc/900/cwd": "/srv", "srv/.keep": ""}


def podman_environments(podman):
    """The environment of whoever starts containers names other files."""
    rule, start = "podman.privileged-default", "ExecStart=/usr/bin/podman system service"
    name, top = "Environment=CONTAINERS_CONF=/o.conf", "Environment=CONTAINERS_CONF_OVERRIDE=/o.conf"
    system = {"etc/containers/containers.conf": STRICT}
    for what, unit, lines, wanted in (
            ("nothing", "podman.service", (), "pass"), ("its service", "podman.service", (name,), "fail"), ("its service on top", "podman.service", (top,), "fail"),
            ("another unit", "web.service", (name,), "fail"), ("a unit of a user", "web.service", (name, "User=bob"), "pass"),
            ("a unit of root by name", "web.service", (name, "User=root"), "fail"), ("a file of variables", "web.service", ("EnvironmentFile=/e",), "fail"),
            ("a file of variables that is gone", "web.service", ("EnvironmentFile=/none",), "unknown"), ("a relative path", "web.service", ("Environment=CONTAINERS_CONF=o.conf",), "unknown"),
            ("an empty word", "web.service", ("Environment=CONTAINERS_CONF=",), "pass"), ("what systemd was given", "web.service", ("PassEnvironment=CONTAINERS_CONF",), "unknown"),
            ("a file that is gone", "web.service", ("Environment=CONTAINERS_CONF=/none.conf",), "pass")):
        podman.expect(f"variables of {what}", rule, {UNITS + unit: service(*lines, start), "o.conf": LOOSE, "e": "CONTAINERS_CONF=/o.conf\n", **system}, wanted)
    other = {UNITS + "web.service": service(name, "ExecStart=/usr/bin/httpd")}
    podman.expect("variables of a unit that starts something else", rule, {**other, "o.conf": LOOSE}, "pass")
    podman.expect("a good file for a unit, and a bad one of the system", rule,
                  {UNITS + "podman.service": service(name, start), "o.conf": STRICT, "etc/containers/containers.conf": LOOSE}, "fail")
    podman.expect("a default of systemd", rule, {UNITS + "podman.service": service(start), "etc/systemd/system.conf": "[Manager]\nDefaultEnvironment=CONTAINERS_CONF=/o.conf\n",
                                                "o.conf": LOOSE}, "fail")
    for what, text, wanted in (("nothing", "LANG=C\n", "pass"), ("a file", 'CONTAINERS_CONF="/o.conf"\n', "fail"), ("a file on top", "export CONTAINERS_CONF_OVERRIDE=/o.conf\n", "fail"),
                               ("a comment", "#CONTAINERS_CONF=/o.conf\n", "pass")):
        podman.expect(f"variables of logins, {what}", rule, {"etc/environment": text, "o.conf": LOOSE}, wanted)
    for what, text, uid, wanted in (("nothing", "A=1\0", 0, "pass"), ("a file", "A=1\0CONTAINERS_CONF=/o.conf\0", 0, "fail"), ("a relative path", "CONTAINERS_CONF=../o.conf\0", 0, "fail"),
                                    ("a file of a user", "CONTAINERS_CONF=/o.conf\0", 1000, "pass")):
        podman.expect(f"variables of a process, {what}", rule, {**podman_process(text, uid), "o.conf": LOOSE}, wanted)
    unseen = podman_process("")
    del unseen["proc/900/environ"]
    podman.expect("variables of a process that are not to be seen", rule, unseen, "unknown")
    registry = '[[registry]]\nlocation = "r"\ninsecure = true\n'
    for variable in "CONTAINERS_REGISTRIES_CONF", "REGISTRIES_CONFIG_PATH", "CONTAINERS_REGISTRIES_CONF_OVERRIDE":
        podman.expect(f"registries by {variable}", "podman.registries-insecure", {UNITS + "podman.service": service(f"Environment={variable}=/o.conf", start), "o.conf": registry}, "fail")
    storage = '[storage.options]\nignore_chown_errors = "true"\n'
    podman.expect("storage by a variable", "podman.storage-chown-errors", {UNITS + "podman.service": service("Environment=CONTAINERS_STORAGE_CONF=/o.conf", start), "o.conf": storage}, "fail")


def roots_own(podman, crio):
    """root has files of its own, which newer releases put on top and older ones read instead, or not at all."""
    rule, own = "podman.privileged-default", "root/.config/containers/"
    for name, files, wanted in (("a bad file", {own + "containers.conf": LOOSE}, "fail"), ("a bad drop-in", {own + "containers.conf.d/x.conf": LOOSE}, "fail"),
                                ("a good file over a bad one", {own + "containers.conf": STRICT, "etc/containers/containers.conf": LOOSE}, "fail"),
                                ("a good file", {own + "containers.conf": STRICT}, "pass"), ("a file of a user", {"home/bob/.config/containers/containers.conf": LOOSE}, "pass")):
        podman.expect(f"root's own, {name}", rule, files, wanted)
    modes = {"etc/containers/registries.conf.d/x.conf": "unqualified-search-registries = ['r']\nshort-name-mode = 'enforcing'\n"}
    podman.expect("short names of the system", "podman.short-names", modes, "pass")
    podman.expect("root's own file in their place", "podman.short-names", {**modes, own + "registries.conf": "unqualified-search-registries = ['r']\n"}, "fail")
    reject, anything = '{"default": [{"type": "reject"}]}', '{"default": [{"type": "insecureAcceptAnything"}]}'
    docker = '{"default": [{"type": "reject"}], "transports": {"docker": {"": [{"type": "insecureAcceptAnything"}]}}}'
    for name, system, root, wanted in (("none", None, None, "fail"), ("of the system", reject, None, "pass"), ("root's own", reject, anything, "fail"), ("root's own alone", None, reject, "fail"),
                                       ("root's own, as good", reject, reject, "pass"), ("for all registries", docker, None, "fail")):
        files = {path: text for path, text in (("etc/containers/policy.json", system), (own + "policy.json", root)) if text}
        podman.expect(f"a policy, {name}", "podman.policy-default", files, wanted)
    named = {"etc/crio/crio.conf": '[crio.image]\nsignature_policy = "/p.json"\n', "etc/containers/policy.json": reject}
    crio.expect("the policy of the system", "crio.policy-default", {"etc/containers/policy.json": reject}, "pass")
    crio.expect("root's own policy", "crio.policy-default", {"etc/containers/policy.json": reject, own + "policy.json": anything}, "fail")
    for name, text, wanted in ("as good", reject, "pass"), ("that takes all", anything, "fail"), ("that takes all registries", docker, "fail"):
        crio.expect(f"a policy by its file, {name}", "crio.policy-default", {**named, "p.json": text}, wanted)
    crio.expect("a policy by a variable", "crio.policy-default",
                {UNITS + "crio.service": service("Environment=CONTAINER_SIGNATURE_POLICY=/p.json", "ExecStart=/usr/bin/crio"), "p.json": anything, "etc/containers/policy.json": reject}, "fail")
    registry = '[[registry]]\nlocation = "r"\ninsecure = true\n'
    crio.expect("registries by a variable", "crio.registries-insecure",
                {UNITS + "crio.service": service("Environment=CONTAINER_REGISTRIES_CONF=/o.conf", "ExecStart=/usr/bin/crio"), "o.conf": registry}, "fail")
    crio.expect("root's own registries", "crio.registries-insecure", {own + "registries.conf.d/x.conf": registry}, "fail")


def newer_podman(podman):
    """Podman 6 reads drop-ins of the vendor and of root, and the first main file alone."""
    share, etc, userns = "usr/share/containers/", "etc/containers/", '[containers]\nuserns = "auto"\n'
    for path in share + "containers.conf.d/x.conf", share + "containers.rootful.conf.d/x.conf", etc + "containers.rootful.conf.d/x.conf":
        podman.expect(f"Podman 6, {path}", "podman.privileged-default", {path: LOOSE}, "fail")
    podman.expect("Podman 6, a file of users' own", "podman.privileged-default", {etc + "containers.rootless.conf.d/x.conf": LOOSE}, "pass")
    podman.expect("Podman 6, the vendor's main file alone", "podman.userns", {share + "containers.conf": userns}, "pass")
    podman.expect("Podman 6, the vendor's main file under another", "podman.userns", {share + "containers.conf": userns, etc + "containers.conf": "[engine]\n"}, "fail")
    podman.expect("Podman 6, registries of the vendor", "podman.registries-insecure", {share + "registries.conf.d/x.conf": '[[registry]]\nlocation = "r"\ninsecure = true\n'}, "fail")
    podman.expect("Podman 6, storage", "podman.storage-chown-errors", {etc + "storage.conf.d/x.conf": '[storage.options]\nignore_chown_errors = "true"\n'}, "fail")


def appended(podman):
    """A list to which { append = true } belongs is added to by the files behind it."""
    rule, first, second = "podman.default-capabilities", "etc/containers/containers.conf", "etc/containers/containers.conf.d/x.conf"
    for name, above, below, wanted in (("replaced", '["SYS_ADMIN"]', '["CHOWN"]', "pass"), ("added to", '["SYS_ADMIN", {append=true}]', '["CHOWN"]', "fail"),
                                       ("added", '["SYS_ADMIN"]', '["CHOWN", {append=true}]', "fail"), ("replaced again", '["SYS_ADMIN", {append=true}]', '["CHOWN", {append=false}]', "pass"),
                                       ("good ones, added", '["KILL", {append=true}]', '["CHOWN"]', "pass")):
        podman.expect(f"a list, {name}", rule, {first: f"[containers]\ndefault_capabilities = {above}\n", second: f"[containers]\ndefault_capabilities = {below}\n"}, wanted)


def places(docker, kubernetes):
    """A unit may start its program in another directory, below another root, or with other files in the place of the host's."""
    rule, unit, path = "docker.tcp-socket-tls", UNITS + "docker.service", "etc/docker/daemon.json"
    loose, strict, start = json.dumps({"hosts": ["tcp://0.0.0.0:2375"]}), "{}", "ExecStart=/usr/bin/dockerd"
    for name, lines, files, wanted in (
            ("a relative path", ("WorkingDirectory=/srv", start + " --config-file=d.json"), {"srv/d.json": loose, "d.json": strict}, "fail"),
            ("a relative path, and no directory", (start + " --config-file=d.json",), {"srv/d.json": loose, "d.json": strict}, "pass"),
            ("a directory that need not be there", ("WorkingDirectory=-/srv", start + " --config-file=d.json"), {"srv/d.json": loose, "d.json": strict}, "fail"),
            ("a home that nobody knows", ("WorkingDirectory=~", start + " --config-file=d.json"), {"d.json": strict}, "unknown"),
            ("another root", ("RootDirectory=/srv", start), {"srv/" + path: loose, path: strict}, "fail"),
            ("its own root", ("RootDirectory=/", start), {"srv/" + path: loose, path: strict}, "pass"),
            ("another file in the place", ("BindPaths=/o.json:/etc/docker/daemon.json", start), {"o.json": loose, path: strict}, "unknown"),
            ("an empty file system in the place", ("TemporaryFileSystem=/etc/docker", start), {path: strict}, "unknown"),
            ("an image as its root", ("RootImage=/o.raw", start), {path: strict}, "unknown")):
        docker.expect(f"places, {name}", rule, {unit: service(*lines), **files}, wanted)
    socket = "[Socket]\nListenStream=/run/docker.sock\nSocketMode=%s\n"
    for mode, wanted in ("0660", "pass"), ("0666", "fail"), ("0662", "fail"), ("0664", "pass"):
        docker.expect(f"a socket of mode {mode}", "docker.group-members", {unit: FD, UNITS + "docker.socket": socket % mode, "etc/group": "root:x:0:\n",
                                                                          "etc/passwd": "root:x:0:0::/root:/bin/sh\n"}, wanted)
    kubernetes.expect("a relative path of the kubelet", "kubelet.anonymous-auth", {
        KUBELET: service("WorkingDirectory=/srv", "ExecStart=/usr/bin/kubelet --config=k.yaml"), "k.yaml": KUBELET_FILE,
        "srv/k.yaml": KUBELET_FILE + "authentication: {anonymous: {enabled: true}}\n"}, "fail")


def services(podman):
    """Podman's service is told its address on the command line, by whatever unit."""
    for name, unit, words, wanted in (
            ("none", "podman.service", "system service", "pass"), ("TCP", "podman.service", "system service tcp://0.0.0.0:8080", "fail"),
            ("TCP without slashes", "podman.service", "--log-level=info system service -t 0 tcp:0.0.0.0:8080", "fail"),
            ("a file", "podman.service", "system service unix:///run/x.sock", "pass"), ("TCP by another unit", "api.service", "system service --time=0 tcp://0.0.0.0:8080", "fail"),
            ("a file by another unit", "api.service", "system service --time 0 unix:/run/x.sock", "pass"), ("a container's", "web.service", "run web tcp://0.0.0.0:8080", "pass")):
        podman.expect(f"the service's address, {name}", "podman.api-tcp", {UNITS + unit: service("ExecStart=/usr/bin/podman " + words)}, wanted)
    podman.expect("the service's address by a shell", "podman.api-tcp", {UNITS + "api.service": service("ExecStart=/bin/sh -c 'podman system service tcp:0.0.0.0:1'")}, "unknown")
    podman.expect("the service's address of a process", "podman.api-tcp",
                  {**podman_process(""), "proc/900/cmdline": "podman\0system\0service\0tcp:0.0.0.0:8080\0"}, "fail")


def registries(containerd):
    """containerd takes hosts.toml from where it is told, from several directories."""
    rule, host = "containerd.registries-insecure", "[host.'https://r']\nskip_verify = true\n"
    path = "[plugins.'io.containerd.%s'.registry]\nconfig_path = '%s'\n"
    for name, plugin, value, where, wanted in (
            ("no directory", "grpc.v1.cri", "", "o/x", "pass"), ("another directory", "grpc.v1.cri", "/o", "o/x", "fail"), ("the same in 2.0", "cri.v1.images", "/o", "o/x", "fail"),
            ("the second of two", "grpc.v1.cri", "/n:/o", "o/x", "fail"), ("neither of two", "grpc.v1.cri", "/n:/m", "o/x", "pass")):
        containerd.expect(f"registries, {name}", rule, {CONTAINERD: path % (plugin, value), where + "/hosts.toml": host}, wanted)


def pods(kubernetes):
    """The kubelet runs what any manifest in its directory says; of its containers the one that runs the daemon counts, with its variables put in."""
    def manifest(*containers):
        return json.dumps({"kind": "Pod", "spec": {"containers": list(containers)}})

    rule, usual = "kube-apiserver.anonymous-auth", "etc/kubernetes/manifests/"
    loose, strict = ({"name": "a", "command": ["kube-apiserver", f"--anonymous-auth={word}"]} for word in ("true", "false"))
    side = {"name": "s", "command": ["/pause"]}
    for name, path, text, wanted in (
            ("alone", "kube-apiserver.yaml", manifest(loose), "fail"), ("behind another", "kube-apiserver.yaml", manifest(side, loose), "fail"),
            ("good behind another", "kube-apiserver.yaml", manifest(side, strict), "pass"), ("in a file of another name", "zzz.yaml", manifest(loose), "fail"),
            ("in a hidden file", ".zzz.yaml", manifest(loose), "notapplicable"), ("of another program", "zzz.yaml", manifest(side), "notapplicable")):
        kubernetes.expect(f"pods, {name}", rule, {usual + path: text}, wanted)
    told = {KUBELET: service("ExecStart=/usr/bin/kubelet --config=/k.yaml"), "k.yaml": KUBELET_FILE + "staticPodPath: /srv/pods\n"}
    kubernetes.expect("pods in another directory", rule, {**told, "srv/pods/x.yaml": manifest(loose)}, "fail")
    flag = {KUBELET: service("ExecStart=/usr/bin/kubelet --pod-manifest-path=/srv/pods")}
    kubernetes.expect("pods in another directory by a flag", rule, {**flag, "srv/pods/x.yaml": manifest(loose)}, "fail")
    for name, word, variable, wanted in (("a variable", "$(X)", {"value": "--anonymous-auth=true"}, "fail"), ("part of a word", "--anonymous-auth=$(X)", {"value": "true"}, "fail"),
                                         ("an escaped one", "$$(X)", {"value": "--anonymous-auth=true"}, "pass"), ("another one", "$(Y)", {"value": "--anonymous-auth=true"}, "pass"),
                                         ("one of a secret", "$(X)", {"valueFrom": {"secretKeyRef": {}}}, "unknown")):
        container = {"command": strict["command"] + [word], "env": [{"name": "X", **variable}]}
        kubernetes.expect(f"pods, {name}", rule, {usual + "kube-apiserver.yaml": manifest(container)}, wanted)


def etcd_addresses(kubernetes):
    """Keys are of no use where etcd is asked without TLS."""
    keys = "--cert-file=/a --key-file=/b --peer-cert-file=/a --peer-key-file=/b"
    for flags, rule, wanted in (("", "serving", "pass"), ("--listen-client-urls=https://0.0.0.0:2379", "serving", "pass"), ("--listen-client-urls=http://127.0.0.1:2379", "serving", "pass"),
                                ("--listen-client-urls=https://1.2.3.4:2379,http://0.0.0.0:2379", "serving", "fail"), ("--listen-client-urls=http://127.0.0.1.evil:1", "serving", "fail"),
                                ("--listen-peer-urls=http://1.2.3.4:2380", "peer", "fail"), ("--listen-peer-urls=http://1.2.3.4:2380", "serving", "pass")):
        kubernetes.expect(f"etcd {flags or 'as it comes'}", f"etcd.{rule}-certificate", {UNITS + "etcd.service": service(f"ExecStart=/usr/bin/etcd {keys} {flags}")}, wanted)


def main():
    with Scratch() as scratch:
        docker = Cases(scratch, "docker", "usr/bin/dockerd")
        containerd = Cases(scratch, "containerd", "usr/bin/containerd")
        crio = Cases(scratch, "crio", "usr/bin/crio")
        podman = Cases(scratch, "podman", "usr/bin/podman")
        kubernetes = Cases(scratch, "kubernetes-node", "usr/bin/kubelet")
        containerd_cri(containerd)
        containerd_files(containerd)
        capitals(docker, containerd, crio, podman, kubernetes)
        directories(crio, kubernetes)
        variables(crio)
        podman_environments(podman)
        roots_own(podman, crio)
        newer_podman(podman)
        appended(podman)
        places(docker, kubernetes)
        services(podman)
        registries(containerd)
        pods(kubernetes)
        etcd_addresses(kubernetes)
    done()


main()
