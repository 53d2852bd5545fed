# SPDX-License-Identifier: Apache-2.0
"""Real containers for the live tests: started by the engines and tools that are installed, taken away again by id.

Every start_*() returns the host's pid of the container's first process, or raises Cannot with the reason: the test skips.
"""
import atexit
import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PROGRAMS = ("cat", "chmod", "chroot", "cp", "id", "ls", "mkdir", "ps", "rm", "sh", "sleep", "touch", "true", "unshare")
SLEEP = ("sleep", "1000")   # a container that a broken test leaves behind ends by itself


class Cannot(Exception):
    """This machine cannot run that kind of container."""


def run(*command, timeout=60, **more):
    return subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=timeout, check=False, text=True, **more)


def must(*command, **more):
    try:
        done = run(*command, **more)
    except FileNotFoundError:
        raise Cannot(f"{command[0]} is not installed") from None
    except subprocess.TimeoutExpired:
        raise Cannot(f"{command[0]} does not answer") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Cannot(f"{command[0]}: {said[-1][:160] if said else done.returncode}")
    return done.stdout.strip()


def wait_for(what, seconds=15):
    """What the function gives once it is not false."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        got = what()
        if got:
            return got
        time.sleep(0.05)
    raise Cannot("the container did not start in time")


def children(pid):
    """Of all its threads: a program in Go forks from any of them."""
    found = []
    try:
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text(encoding="ascii").split())
    except OSError:
        pass   # it has ended
    return found


def comm(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def descendant(pid, name):
    """The first process below `pid` of that name."""
    for child in children(pid):
        found = child if comm(child) == name else descendant(child, name)
        if found:
            return found
    return None


def ordinary_user():
    """The number of the first one of this machine, who is to be somebody else than the test is."""
    user = next((p.pw_uid for p in sorted(pwd.getpwall(), key=lambda p: p.pw_uid) if 1000 <= p.pw_uid < 60000), None)
    if os.geteuid() != 0 or user is None:
        raise Cannot("there is no ordinary user to be")
    return user


class Live:
    """Use as a context: what was started is gone at the end, also after an error."""

    def __init__(self):
        self.path = None
        self.undo = []

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="plimsoll-live-"))
        self.path.chmod(0o755)
        atexit.register(self.stop)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))   # which cleans up, as an end does
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        while self.undo:
            undo = self.undo.pop()
            try:
                undo()
            except (OSError, subprocess.SubprocessError, Cannot):
                pass
        if self.path and self.path.exists():
            shutil.rmtree(self.path, ignore_errors=True)

    # ---- what containers are made of ----

    def rootfs(self, name="rootfs"):
        """A root directory of busybox alone."""
        root = self.path / name
        if root.exists():
            return root
        busybox = shutil.which("busybox")
        if not busybox or b"ld-linux" in pathlib.Path(busybox).read_bytes()[:4096]:
            raise Cannot("busybox-static is not installed")
        for folder in ("bin", "dev", "etc", "proc", "sys", "tmp", "root", "run"):
            (root / folder).mkdir(parents=True)
        shutil.copy(busybox, root / "bin/busybox")
        for program in PROGRAMS:
            (root / "bin" / program).symlink_to("busybox")
        return root

    def spawn(self, *command, **more):
        """A process of the host that is killed at the end."""
        try:
            process = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, start_new_session=True, **more)
        except FileNotFoundError:
            raise Cannot(f"{command[0]} is not installed") from None

        def kill():
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait(10)
        self.undo.append(kill)
        return process.pid

    # ---- podman ----

    def podman_environment(self):
        conf = self.path / "containers.conf"
        if not conf.exists():
            conf.write_text('[containers]\ndefault_ulimits=["nofile=1024:1024","nproc=1024:1024"]\n', encoding="ascii")
        return {**os.environ, "CONTAINERS_CONF": str(conf)}

    def wrapper(self):
        """A runtime for --privileged where CAP_SYS_RESOURCE cannot be had: it takes that out of what was asked for."""
        path = self.path / "runc-wrapper"
        if not path.exists():
            path.write_text("#!/usr/bin/python3\n"
                            "import json, os, sys\n"
                            "a = sys.argv\n"
                            "for i, word in enumerate(a[:-1]):\n"
                            "    if word in ('--bundle', '-b', '--process'):\n"
                            "        path = a[i + 1] + ('' if word == '--process' else '/config.json')\n"
                            "        with open(path) as f: c = json.load(f)\n"
                            "        caps = c.get('process', c).get('capabilities', {})\n"
                            "        for name in caps: caps[name] = [x for x in caps[name] if x != 'CAP_SYS_RESOURCE']\n"
                            "        with open(path, 'w') as f: json.dump(c, f)\n"
                            f"os.execv('{shutil.which('runc', path=os.environ.get('PATH', '') + ':/usr/sbin')}', ['runc'] + a[1:])\n",
                            encoding="ascii")
            path.chmod(0o755)
        return path

    def podman(self, *arguments, **more):
        return must("podman", *arguments, env=self.podman_environment(), **more)

    def image(self):
        name = f"localhost/plimsoll-test-{os.getpid()}"
        if not getattr(self, "_image", None):
            archive = self.path / "image.tar"
            must("tar", "-C", self.rootfs(), "-cf", archive, ".")
            self.podman("import", "-q", archive, name)
            self._image = name
            self.undo.append(lambda: self.podman("rmi", "-f", name))
        return name

    def start_podman(self, name, *options, network="none", runtime="/usr/sbin/runc", command=SLEEP, before=None):
        """Named plimsoll-NAME-PID, in podman's default store. `before` is called in the process that becomes podman."""
        full = f"plimsoll-{name}-{os.getpid()}"
        if runtime == "wrapper":
            runtime = self.wrapper()
        image = self.image()
        network = () if network is None else ("--network", network)
        self.undo.append(lambda: run("podman", "rm", "-f", "-t", "0", full, env=self.podman_environment()))
        # conmon leaves a file "oom" in the folder it was started in
        self.podman("run", "-d", "--runtime", runtime, *network, "--name", full, *options, image, *command, cwd=self.path, preexec_fn=before)
        return full, int(self.podman("inspect", "--format", "{{.State.Pid}}", full))

    def podman_exec(self, name, *options, runtime="/usr/sbin/runc"):
        """A session that stays: returns when it runs."""
        before = set(children_of_init(name, self))
        self.spawn("podman", "--runtime", self.wrapper() if runtime == "wrapper" else runtime, "exec", *options, name, *SLEEP, env=self.podman_environment(), cwd=self.path)
        return wait_for(lambda: set(children_of_init(name, self)) - before)

    def start_rootless(self, name):
        """By the first ordinary user of the machine, with his one number."""
        user = ordinary_user()
        full, home, runtime = f"plimsoll-{name}-{os.getpid()}", self.path / "home", self.path / "user"
        image, archive = f"localhost/plimsoll-test-{os.getpid()}", self.path / "rootless.tar"
        for folder in (home, runtime):
            folder.mkdir(mode=0o700)
            os.chown(folder, user, user)
        must("tar", "-C", self.rootfs(), "-cf", archive, ".")
        archive.chmod(0o644)
        env = {"PATH": os.environ.get("PATH", "") + ":/usr/sbin", "HOME": str(home), "XDG_RUNTIME_DIR": str(runtime),
               "CONTAINERS_CONF": self.podman_environment()["CONTAINERS_CONF"]}
        podman = ("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "podman", "--storage-driver", "vfs", "--cgroup-manager",
                  "cgroupfs", "--events-backend", "file", "--runtime", shutil.which("runc", path=env["PATH"]) or "runc")
        more = {"env": env, "cwd": str(home)}
        self.undo.append(lambda: run(*podman, "system", "migrate", **more))   # ends the process that keeps his namespace
        must(*podman, "import", "-q", archive, image, **more)
        self.undo.append(lambda: run(*podman, "rm", "-f", "-t", "0", full, **more))
        must(*podman, "run", "-d", "--network", "none", "--name", full, image, *SLEEP, **more)
        return full, int(must(*podman, "inspect", "--format", "{{.State.Pid}}", full, **more))

    def start_pod(self, name):
        """A pod of two containers that share its network, ipc and host name. The pids of both and of the one that holds it."""
        pod = f"plimsoll-{name}-{os.getpid()}"
        infra = ("--infra-image", self.image(), "--infra-command", "sleep 1000")
        self.undo.append(lambda: run("podman", "pod", "rm", "-f", "-t", "0", pod, env=self.podman_environment()))
        self.podman("--runtime", "/usr/sbin/runc", "pod", "create", "--name", pod, "--network", "none", *infra, cwd=self.path)
        pids = [self.start_podman(f"{name}{i}", "--pod", pod, network=None)[1] for i in (1, 2)]
        holder = self.podman("pod", "inspect", "--format", "{{.InfraContainerID}}", pod)
        return pod, pids, int(self.podman("inspect", "--format", "{{.State.Pid}}", holder))

    # ---- docker ----

    def docker(self):
        """A daemon of its own, with its files here. The command that talks to it."""
        folder = self.path / "docker"
        socket = folder / "docker.sock"
        command = ("docker", "-H", f"unix://{socket}")
        if not folder.exists():
            folder.mkdir()
            ulimits = [word for name in ("nofile", "nproc") for word in ("--default-ulimit", f"{name}=1024:1024")]
            daemon = self.spawn("dockerd", "--data-root", folder / "root", "--exec-root", folder / "exec", "--pidfile", folder / "pid",
                                "-H", f"unix://{socket}", "--bridge=none", "--iptables=false", "--storage-driver=vfs",
                                "--oom-score-adjust=0", *ulimits)
            self.undo.append(lambda: (os.kill(daemon, signal.SIGTERM), wait_for(lambda: not (folder / "pid").exists())))
            wait_for(socket.exists, 30)
            wait_for(lambda: run(*command, "version").returncode == 0, 30)
            archive = self.path / "docker.tar"
            must("tar", "-C", self.rootfs(), "-cf", archive, ".")
            must(*command, "import", archive, "plimsoll-test")
        return command

    def start_docker(self, name, *options, command=SLEEP):
        docker, full = self.docker(), f"plimsoll-{name}-{os.getpid()}"
        self.undo.append(lambda: run(*docker, "rm", "-f", full))
        must(*docker, "run", "-d", "--network", "none", "--name", full, *options, "plimsoll-test", *command)
        return full, int(must(*docker, "inspect", "--format", "{{.State.Pid}}", full))

    # ---- others ----

    def start_runc(self, name, change=lambda config: None, descriptor=None, before=None):
        """Plain runc run; `change` may edit the configuration; a file or directory may be handed in open; `before` is called in the process that becomes runc."""
        full, bundle = f"plimsoll-{name}-{os.getpid()}", self.path / f"bundle-{name}"
        bundle.mkdir()
        must("runc", "spec", "-b", bundle)
        config = json.loads((bundle / "config.json").read_text(encoding="utf-8"))
        config["process"].update(terminal=False, args=list(SLEEP), rlimits=[])
        config["root"]["path"] = str(self.rootfs())
        change(config)
        (bundle / "config.json").write_text(json.dumps(config), encoding="utf-8")
        self.undo.append(lambda: run("runc", "delete", "-f", full))
        with open(bundle / "stderr", "wb") as said:
            options, more = [], {}
            if descriptor:
                opened = os.open(descriptor, os.O_RDONLY)
                os.dup2(opened, 3, inheritable=True)
                options, more = ["--preserve-fds", "1"], {"pass_fds": (3,)}
            done = subprocess.run(["runc", "run", "-d", "-b", str(bundle), *options, full], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=said, timeout=30, check=False, preexec_fn=before, **more)
        if done.returncode:
            raise Cannot("runc: " + (bundle / "stderr").read_text(encoding="utf-8", errors="replace").strip()[-160:])
        return full, json.loads(must("runc", "state", full))["pid"]

    def start_bwrap(self, *options, root=None):
        where = ("--bind", root or self.rootfs(), "/") if root != "/" else ("--ro-bind", "/", "/")
        pid = self.spawn("bwrap", *where, "--proc", "/proc", "--dev", "/dev", "--unshare-all", *options, *SLEEP)
        return wait_for(lambda: descendant(pid, "sleep"))

    def start_unshare(self, *options):
        pid = self.spawn("unshare", *options, "--fork", *SLEEP)
        return wait_for(lambda: descendant(pid, "sleep"))

    def start_nspawn(self):
        name = f"plimsoll-nspawn-{os.getpid()}"
        root = self.rootfs("nspawn")
        (root / "usr").mkdir(exist_ok=True)
        (root / "etc/os-release").write_text("ID=test\n", encoding="ascii")
        pid = self.spawn("systemd-nspawn", "-q", "-D", root, "-M", name, "--register=no", "--keep-unit", "--private-network", "-a", *SLEEP)
        return name, wait_for(lambda: descendant(pid, "sleep"))

    def start_lxc(self):
        name, folder = f"plimsoll-lxc-{os.getpid()}", self.path / "lxc"
        folder.mkdir()
        config = folder / "config"
        config.write_text(f"lxc.rootfs.path = dir:{self.rootfs('lxcroot')}\nlxc.uts.name = {name}\nlxc.net.0.type = empty\n"
                          "lxc.mount.auto = proc:mixed sys:ro\nlxc.autodev = 1\nlxc.apparmor.profile = unconfined\n", encoding="ascii")
        self.undo.append(lambda: run("lxc-stop", "-k", "-n", name))
        must("lxc-start", "-n", name, "-f", config, "-o", folder / "log", "-l", "ERROR", "--", "/bin/sleep", "1000")
        text = wait_for(lambda: re.search(r"PID:\s+(\d+)", run("lxc-info", "-n", name, "-p").stdout))
        return name, int(text.group(1))

    def start_ctr(self):
        """containerd with a place of its own, and one container of it."""
        name, folder = f"plimsoll-ctr-{os.getpid()}", self.path / "containerd"
        folder.mkdir()
        socket = folder / "containerd.sock"
        self.spawn("containerd", "--root", folder / "root", "--state", folder / "state", "--address", socket, "--log-level", "error")
        wait_for(socket.exists)
        ctr = ("ctr", "--address", socket)
        self.undo.append(lambda: (run(*ctr, "task", "kill", "-s", "KILL", name), time.sleep(0.5), run(*ctr, "task", "rm", "-f", name)))
        wait_for(lambda: run(*ctr, "version").returncode == 0)
        must(*ctr, "run", "-d", "--rootfs", self.rootfs("ctrroot"), name, "/bin/sleep", "1000")
        text = must(*ctr, "task", "ls")
        return name, int(re.search(rf"^{name}\s+(\d+)", text, re.M).group(1))


    def start_crun(self, name):
        """Plain crun run. It refuses a machine with both versions of control groups: there it is shown one with version 2 alone, and makes no group."""
        full, bundle = f"plimsoll-{name}-{os.getpid()}", self.path / f"bundle-{name}"
        bundle.mkdir()
        must("crun", "spec", "-b", bundle)
        config = json.loads((bundle / "config.json").read_text(encoding="utf-8"))
        config["process"].update(terminal=False, args=list(SLEEP), rlimits=[])
        config["root"]["path"] = str(self.rootfs())
        (bundle / "config.json").write_text(json.dumps(config), encoding="utf-8")
        self.undo.append(lambda: run("crun", "delete", "-f", full))
        start = f"crun --cgroup-manager=disabled run -d -b {bundle} {full}"
        with open(bundle / "said", "wb") as said:
            for command in (start, f"umount -R -l /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup && {start}"):
                if subprocess.run(["unshare", "-m", "sh", "-c", command], stdin=subprocess.DEVNULL, stdout=said, stderr=said, timeout=30,
                                  check=False).returncode == 0:
                    return full, json.loads(must("crun", "state", full))["pid"]
        raise Cannot("crun: " + (bundle / "said").read_text(encoding="utf-8", errors="replace").strip()[-160:])

    def start_firejail(self, name):
        full = f"plimsoll-{name}-{os.getpid()}"
        pid = self.spawn("firejail", "--noprofile", "--quiet", f"--name={full}", "--net=none", *SLEEP)
        return full, wait_for(lambda: descendant(pid, "sleep"))

    def start_buildah(self, isolation):
        """A step of a build that stays."""
        env, name = self.podman_environment(), f"plimsoll-build-{isolation}-{os.getpid()}"
        must("buildah", "from", "--name", name, self.image(), env=env)
        self.undo.append(lambda: run("buildah", "rm", name, env=env))
        runtime = shutil.which("runc", path=os.environ.get("PATH", "") + ":/usr/sbin") or "runc"
        seconds = str(100000 + os.getpid())   # by which it is told from all others
        parent = self.spawn("buildah", "run", "--isolation", isolation, "--runtime", runtime, name, "--", "sleep", seconds, env=env, cwd=str(self.path))
        found = wait_for(lambda: next((p for p in every_process() if arguments(p)[1:] == [seconds] and comm(p) == "sleep"), None))
        # it takes away what it made when its command ends, and leaves it behind when it is killed itself
        self.undo.append(lambda: (os.kill(found, signal.SIGKILL), wait_for(lambda: has_ended(parent))))
        return found


def every_process():
    return [int(entry.name) for entry in pathlib.Path("/proc").iterdir() if entry.name.isdigit()]


def has_ended(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def arguments(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace").rstrip("\0").split("\0")
    except OSError:
        return []


def below(live, name):
    """All processes whose pid namespace is that of the container's first process or one below it: those the container sees."""
    pid = int(live.podman("inspect", "--format", "{{.State.Pid}}", name))
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        todo += children(found[-1])
    return found


def children_of_init(name, live):
    """Processes in the container: by what the kernel says of the pid namespace of its first one."""
    pid = int(live.podman("inspect", "--format", "{{.State.Pid}}", name))
    here = os.readlink(f"/proc/{pid}/ns/mnt")
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.readlink(entry / "ns/mnt") == here:
                found.append(int(entry.name))
        except OSError:
            pass
    return found
