#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""plimsoll fix: what it prints is valid in its language, says what it depends on, and is told to people as to programs."""
import json
import os
import pathlib
import pty
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
import captures  # noqa: E402
import live  # noqa: E402
from fixes import fix, FORMATS, items, prepared, said, scripts, unsafe_loader  # noqa: E402
from live import Cannot, Live  # noqa: E402
from roots import Changed, Roots, execute  # noqa: E402
from tap import PLIMSOLL, TOP, Scratch, clean_environment, complaint, done, equal, has, is_true, plimsoll, point, skip, write  # noqa: E402

try:
    import yaml
except ImportError:
    yaml = None

CLANG = {"kconfig.CFI_CLANG", "kconfig.CFI_PERMISSIVE"}   # an option of kernels that Clang compiled


# ---- valid ----

def valid(scratch):
    listed = [("host", "weak"), ("host", "debian-12"), ("kernel", "weak-x86_64"), ("kernel", "weak-arm64"), ("docker", "weak")]
    paths, wrong = [], []
    for benchmark, name in listed:
        run = fix(Roots(benchmark).copy(name, scratch / f"{benchmark}-{name}"), benchmark, "-p", "paranoid")
        paths.append(write(scratch / f"{benchmark}-{name}.sh", run.out))
        wrong += [f"{name}: {run}"] if run.status or run.err else []
        whole = re.sub("^#: ", "", run.text, flags=re.M)
        paths.append(write(scratch / f"{benchmark}-{name}-all.sh", re.sub(r"\n# ==== SET APART.*", "", whole)))
    point("sh: the plan is written, and nothing on stderr", wrong)
    for shell in "bash", "dash":
        if has(shell):
            point(f"sh: {shell} -n, also with what is set apart", [f"{p.name}: {r.stderr}" for p in paths for r in [execute([shell, "-n", p])] if r.returncode or r.stderr])
        else:
            skip(f"sh: {shell} -n", f"{shell} is not installed")
    if has("shellcheck"):
        run = execute(["shellcheck", *[p for p in paths if not p.name.endswith("-all.sh")]])
        point("sh: shellcheck finds nothing", [run.stdout + run.stderr] if run.returncode else [])
    else:
        skip("sh: shellcheck finds nothing", "shellcheck is not installed")


def described(scratch):
    """Every item says what it is for."""
    text = fix(Roots("host").copy("weak", scratch / "described"), "host", "-p", "paranoid").text
    blocks = re.split(r"^# ---- ", text, flags=re.M)[1:]
    wrong = [b.splitlines()[0] for b in blocks if not re.search("^# (high|medium|low|info) ", b, re.M) or "# found " not in b or "# may break" not in b]
    point("every item says its severity, what was found and what it may break", wrong)
    is_true("what runs was not looked at, and that is said", "something that runs depends on what is changed was not checked: " in said(text))
    apart = items(text, apart=True)
    point("what may lock somebody out is set apart",
          [r for r in ("ssh.password-login", "ssh.root-login", "audit.immutable", "audit.loginuid-immutable", "sudo.authenticate", "account.rhosts", "net.rp-filter", "ssh.rsa-size",
                       "module.bluetooth", "module.squashfs", "module.udf") if r not in apart])
    point("nothing is both", sorted(set(apart) & set(items(text))))
    failed = re.search(r"^# Rules that can only be mended by hand: (\d+) of (\d+)\.$", text, re.M)
    is_true("how many are left to hands is told", failed and int(failed[1]) == len(re.findall("^# by hand ", text, re.M)), str(failed))
    marked = re.findall(r"^\s*printf '%s\\n' (\S.*)", text, re.M)
    point("files of drop-ins say who wrote them", [m for m in marked if re.search(r">/etc/(sysctl|modprobe|sudoers|ssh/sshd_config)\.d/", m)
                                                   and not m.startswith("'# written by plimsoll fix, rule ")])


# ---- kconfig ----

def kconfig(scratch):
    for name in "weak-x86_64", "weak-arm64":
        root = Roots("kernel").copy(name, scratch / f"kconfig-{name}")
        config = next((root / "boot").glob("config-*"))
        options = "-b", TOP / "benchmarks/kernel.xml", "-p", "paranoid"
        fragment = plimsoll("fix", "--kconfig", config, *options, "-f", "kconfig").text
        wanted = dict(re.findall(r"^(?:# )?(CONFIG_\w+)(?:=| is not set)(.*)$", fragment, re.M))
        lines = [line for line in config.read_text(encoding="utf-8").splitlines() if not (m := re.match(r"(?:# )?(CONFIG_\w+)", line)) or m[1] not in wanted]
        merged = write(scratch / f"merged-{name}", "\n".join(lines) + "\n" + "\n".join(re.findall(r"^(?:# )?CONFIG_.*$", fragment, re.M)) + "\n")
        rules = re.findall(r"^# ---- (kconfig\S+)$", fragment, re.M)
        report = json.loads(plimsoll("audit", "--kconfig", merged, *options, "-f", "json").text)
        verdicts = {r["rule"]: (r["result"], r["reason"]) for r in report["subjects"][0]["results"]}
        point(f"{name}: what the Kconfig fragment sets passes ({len(rules)} rules)", [f"{r}: {verdicts[r]}" for r in rules if verdicts[r][0] != "pass" and r not in CLANG])
        is_true(f"{name}: there is a fragment", len(wanted) > 50, str(len(wanted)))


# ---- daemon.json ----

TABBED = '{\n\t"icc": true,\n\t"log-driver": "json-file",\n\t"storage-opts": [\n\t\t"size=10G"\n\t],\n\t"debug": true,\n\t"labels": ["a=b"],\n\t"experimental": true\n}'


def daemon_json(scratch):
    if not has("patch"):
        skip("daemon.json: the patch applies", "patch is not installed")
        return
    for what, text in ("as it is", ...), ("not there", None), ("empty", ""), ("indented by tabs, no line break at the end", TABBED), ("with other keys", '{\n    "bip": "10.9.0.1/24",\n    "debug": true\n}\n'):
        root = Changed(Roots("docker"), scratch / f"json-{what[:5]}", "alpine")
        if text is None:
            root.remove("etc/docker/daemon.json")
        elif text is not ...:
            root.write("etc/docker/daemon.json", text)
        run = fix(root.path, "docker", "-p", "paranoid", "-f", "daemon-json")
        rules = [r for r, part in re.findall(r"^# ---- (docker\S+)$.*?^# (part|not part) ", run.text, re.M | re.S) if part == "part"]
        patched = subprocess.run(["patch", "-p1", "-d", root.path], input=run.out, capture_output=True, check=False)
        report = root.roots.audit(root.path)
        wrong = [f"{r}: {report.verdicts.get(r)} {report.reasons.get(r)}" for r in rules if report.verdicts.get(r) != "pass"]
        wrong += [f"patch: {patched.stdout.decode()} {patched.stderr.decode()}"] if patched.returncode or b"fuzz" in patched.stdout else []
        point(f"daemon.json {what}: the patch applies, and {len(rules)} rules pass", wrong if rules else ["there is no part"])
        kept = json.loads(root.file("etc/docker/daemon.json").read_text(encoding="utf-8"))
        if text and text is not ...:
            given = json.loads(text)
            point(f"daemon.json {what}: other keys are kept", [k for k in ("bip", "labels") if kept.get(k) != given.get(k)])
    root = Changed(Roots("docker"), scratch / "json-broken", "alpine")
    root.write("etc/docker/daemon.json", "[1]\n")
    text = fix(root.path, "docker", "-f", "daemon-json", "docker.icc").text
    is_true("daemon.json that is no object: no patch", "+++" not in text, text[-300:])


def ansible(scratch):
    root = prepared("host", "weak", scratch / "ansible")
    text = fix(root.path, "host", "-p", "paranoid", "-f", "ansible").text
    script = fix(root.path, "host", "-p", "paranoid").text
    if yaml is None:
        skip("ansible: it is YAML", "python3-yaml is not installed")
    else:
        blocks = yaml.load(text, Loader=unsafe_loader())
        equal("ansible: a block for every item of the script", sorted(b["tags"][0] for b in blocks), sorted(items(script) + items(script, apart=True)))
        point("ansible: what is set apart is done only where it is asked for",
              [b["name"] for b in blocks if ("never" in b["tags"]) != (b["tags"][0] in items(script, apart=True)) or ("never" in b["tags"] and len(b["tags"]) > 2)])
        files = {t["ansible.builtin.copy"]["dest"]: t["ansible.builtin.copy"]["content"] for b in blocks for t in b["block"] if "ansible.builtin.copy" in t}
        equal("ansible: a file has the same lines", files["/etc/sysctl.d/99-zz-plimsoll-kernel.sysrq.conf"], "# written by plimsoll fix, rule process.sysrq\nkernel.sysrq = 0\n")
    tasks = write(scratch / "playbook/tasks.yml", text)
    book = write(scratch / "playbook/site.yml", "- hosts: localhost\n  gather_facts: false\n  tasks:\n    - ansible.builtin.import_tasks: tasks.yml\n")
    if not has("ansible-playbook"):
        skip("ansible: ansible-playbook --syntax-check", "ansible-core is not installed")
        return
    env = dict(os.environ, HOME=str(scratch), LC_ALL="C.UTF-8")
    run = subprocess.run(["ansible-playbook", "-i", "localhost,", "-c", "local", "--syntax-check", book], capture_output=True, text=True, env=env, check=False)
    point("ansible: ansible-playbook --syntax-check", [run.stdout + run.stderr] if run.returncode else [])
    is_true("ansible: the tasks were read", tasks.exists())
    if not has("ansible-lint"):
        skip("ansible: ansible-lint", "ansible-lint is not installed")
        return
    write(book, "---\n- name: Mend\n  hosts: localhost\n  gather_facts: true\n  become: true\n  tasks:\n    - name: The plan\n      ansible.builtin.import_tasks: tasks.yml\n")
    # how lists are indented and how long a line is; titles begin as what they are about is written, "sshd"
    run = subprocess.run(["ansible-lint", "--offline", "--nocolor", "-q", "-p", "-x", "yaml[indentation],yaml[line-length],name[casing]", "site.yml"], cwd=book.parent,
                         capture_output=True, text=True, env=env, check=False)
    point("ansible: ansible-lint finds nothing", [run.stdout[-3000:] + run.stderr[-1000:]] if run.returncode else [])


# ---- containers ----

def container_formats(scratch):
    root = scratch / "captured"
    captures.build(root)
    for kind in "run", "compose", "kubernetes", "fragment", "sh", "ansible":
        run = fix(root, "container", "-p", "paranoid", "-f", kind)
        point(f"containers, {kind}: it is written", [] if run.status == 0 and not run.err and len(run.out) > 2000 else [repr(run)])
        path = write(scratch / f"containers.{kind}", run.out)
        if kind in ("run", "sh") and has("dash"):
            point(f"containers, {kind}: dash -n", [r.stderr for r in [execute(["dash", "-n", path])] if r.returncode])
        if kind in ("compose", "kubernetes") and yaml:
            documents = list(yaml.safe_load_all(run.text))
            if kind == "compose":
                services = documents[0]["services"]
                wrong = [] if any(s.get("cap_drop") == ["ALL"] and s.get("read_only") is True for s in services.values()) else ["no service drops ALL"]
            else:
                wrong = [d for d in documents if d["kind"] != "Pod" or not d["spec"]["containers"][0]["name"]]
                wrong += [] if any(d["spec"]["containers"][0].get("securityContext", {}).get("allowPrivilegeEscalation") is False for d in documents) else ["nothing forbids new privileges"]
            point(f"containers, {kind}: it is YAML that says what is wanted", wrong)


def live_container(scratch):
    """A container that is made anew as it is told passes what it failed."""
    del scratch
    with Live() as machine:
        try:
            weak, _ = machine.start_podman("fixweak", "--privileged", "--pid=host", "--ipc=host", "--pids-limit=0", runtime="wrapper")
            command = ("fix", "-b", TOP / "benchmarks/container.xml", "-p", "paranoid", "-s", weak)
            text = plimsoll(*command, "-f", "run").text
            rules = re.findall(rf"^# ---- (container\S+), container {weak}$", text, re.M)
            options = re.findall(r"^\t(--\S+) \\$", text, re.M)
            made, _ = machine.start_podman("fixmade", *[o for o in options if not o.startswith("--userns=auto")], "--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024")
        except Cannot as why:
            skip("a container that is started with the options printed", str(why))
            return
        report = json.loads(plimsoll("audit", "-b", TOP / "benchmarks/container.xml", "-p", "paranoid", "-s", made, "-f", "json").text)
        verdicts = {r["rule"]: (r["result"], r["reason"]) for r in report["subjects"][0]["results"]}
        # what this machine's kernel and engine give no container, and what the engine's defaults and not its options say
        hopeless = {"container.lsm-confined", "container.selinux.type", "container.selinux.user-role", "container.selinux.categories", "container.ns.user",
                    "container.user-namespace", "container.user-map.overlap", "container.user-map.width", "container.seccomp.risky-calls"}
        is_true("a weak container fails enough", {"container.privileged", "container.ns.pid", "container.limit.memory"} <= set(rules), str(rules))
        point(f"a container that is started with the options printed passes what the weak one failed ({len(rules)} rules)",
              [f"{r}: {verdicts.get(r)}" for r in rules if verdicts.get(r, ("",))[0] not in ("pass", "notapplicable") and r not in hopeless])


# ---- in use ----

def in_use(scratch):
    del scratch
    rule = "sysctl.user.max_user_namespaces"
    sleeper = None
    if has("unshare"):
        sleeper = subprocess.Popen(["unshare", "-U", "sleep", "1000"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        found = sleeper and live.wait_for(lambda: sleeper.poll() is None and os.readlink(f"/proc/{sleeper.pid}/ns/user") != os.readlink("/proc/self/ns/user"))
    except (OSError, Cannot):
        found = False
    if not found or os.geteuid() != 0:
        skip("a process in a user namespace is seen", "no user namespace can be made here")
    else:
        text = plimsoll("fix", "-b", TOP / "benchmarks/kernel.xml", rule).text
        if "cannot be seen which user namespace is the host's" in said(text):
            skip("a process in a user namespace is seen", "the host's cannot be told from it here")
        else:
            is_true("a process in a user namespace is seen", re.search(r"^# careful +In use now: \d+ process", text, re.M) and items(text, apart=True) == [rule], text[-1500:])
    if sleeper:
        sleeper.kill()
        sleeper.wait()


# ---- the command ----

def on_terminal(*arguments):
    """What stands on a terminal of 100 columns."""
    master, slave = pty.openpty()
    process = subprocess.Popen([PLIMSOLL, *map(str, arguments)], stdout=slave, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=dict(os.environ, TERM="dumb", LC_ALL="C"))
    os.close(slave)
    text = b""
    try:
        while part := os.read(master, 65536):
            text += part
    except OSError:   # the other end is closed
        pass
    process.wait()
    os.close(master)
    return text.decode().replace("\r\n", "\n")


def for_people(scratch):
    root = Roots("host").copy("weak", scratch / "people")
    options = "--root", root, "-b", TOP / "benchmarks/host.xml", "-p", "paranoid"
    shown, piped = on_terminal("fix", *options), plimsoll("fix", *options).text
    is_true("on a terminal it is a text, into a pipe a script", shown.startswith("this system") and piped.startswith("#!/bin/sh\n"), shown[:200])
    equal("on a terminal a script where it is asked for", on_terminal("fix", *options, "-f", "sh").split("\n")[0], "#!/bin/sh")
    plan = json.loads(plimsoll("fix", *options, "-f", "json").text)
    rules = {i["rule"] for i in plan["items"]}
    point("the text names every rule", sorted(r for r in rules if not re.search(rf"^  (high|medium|low|info) +{re.escape(r)}( |$)", shown, re.M)))
    scripts = [(i["rule"], i["script"] or i["words"]) for i in plan["items"] if i["kind"] in ("script", "cmdline")]
    told = {*items(piped), *items(piped, True)}
    point("JSON: the same items as the script, which says the same thing once", [r for r, s in scripts if r not in told and s not in [o for other, o in scripts if other in told]])
    point("JSON: none is missing", sorted(told - {r for r, _ in scripts}))
    equal("JSON: the counts are those of the items", plan["counts"]["by_hand"], sum(i["kind"] == "by-hand" for i in plan["items"]))
    equal("JSON: what is set apart", plan["counts"]["set_apart"], sum(i["set_apart"] for i in plan["items"] if i["kind"] != "by-hand"))
    point("JSON: an item says what it does", [i["rule"] for i in plan["items"] if not {"script": i["script"], "cmdline": i["words"], "patch": i["changes"], "by-hand": i["by_hand"]}[i["kind"]]])
    patch = plimsoll("fix", *options, "-f", "patch").text
    point("JSON: its patches are those of the patch", [p["path"] for p in plan["patches"] if p["diff"] and p["diff"] not in patch])
    one = on_terminal("fix", *options, "process.sysrq")
    long = fix(root, "host", "-f", "text", "process.kptr-restrict", env=clean_environment(COLUMNS="50")).text
    is_true("a command is one line, however long", re.search(r"^ +printf .*kptr_restrict = 1' >/etc/sysctl\.d/\S+$", long, re.M), long)
    is_true("-v tells of each what one alone is told with", "may break" in fix(root, "host", "-f", "text", "-v").text)
    is_true("one rule is told with all of it", "found" in one and "may break" in one and "sysctl -p" in one, one)


def command(scratch):
    root = Roots("host").copy("weak", scratch / "command")
    saved = scratch / "saved.json"
    plimsoll("audit", "--root", root, "-b", "host", "-o", f"json={saved}")
    run, direct = plimsoll("fix", saved), fix(root, "host")
    equal("a saved report: the same rules", set(items(run.text) + items(run.text, True)), set(items(direct.text) + items(direct.text, True)))
    is_true("a saved report: it was not looked at what is in use", "planned from an earlier audit" in said(run.text) and run.status == 0)
    equal("one rule by name", items(fix(root, "host", "process.sysrq").text), ["process.sysrq"])
    equal("of a saved report, too", items(plimsoll("fix", saved, "process.sysrq").text), ["process.sysrq"])
    equal("one that passes or is not in the profile, by name", items(fix(root, "host", "-p", "workstation", "module.cramfs").text), ["module.cramfs"])
    point("a rule that there is not", complaint(fix(root, "host", "no.such-rule"), "there is no rule 'no.such-rule'"))
    point("a format that there is not", complaint(fix(root, "host", "-f", "puppet"), "sh", "ansible", "kubernetes"))
    point("a format that is no plan", complaint(fix(root, "host", "-f", "junit"), "there is no format 'junit'"))
    point("a plan is no report", complaint(plimsoll("audit", "--root", root, "-f", "sh"), "there is no format 'sh'"))
    point("every format of nothing", [f"{k}: {r}" for k in FORMATS for r in [fix(root, "host", "-r", "no.such-rule", "-f", k)] if r.status or r.err])
    waivers = write(scratch / "waivers.conf", "[waiver]\ncheck = process.sysrq\nexpires = 2027-01-31\nowner = ops@example.org\nreason = the console is watched\n")
    dated = dict(os.environ, SOURCE_DATE_EPOCH="1795392000", LC_ALL="C")
    text = fix(root, "host", "--waivers", waivers, env=dated).text
    is_true("what is accepted is left out", "process.sysrq" not in items(text) and "process.aslr" in items(text))
    is_true("unless it is named", "is accepted until 2027-01-31" in said(fix(root, "host", "--waivers", waivers, "process.sysrq", env=dated).text))
    wrong = []
    for kind in FORMATS:
        first, again = (fix(root, "host", "-f", kind, env=dated) for _ in range(2))
        wrong += [kind] if first.out != again.out else []
    point("the same bytes again", wrong)


def main():
    with Scratch() as scratch:
        for part in (valid, described, kconfig, daemon_json, ansible, container_formats, live_container, in_use, for_people, command):
            folder = pathlib.Path(scratch) / part.__name__
            folder.mkdir()
            part(folder)
            shutil.rmtree(folder, ignore_errors=True)
    done()


assert PLIMSOLL
main()
