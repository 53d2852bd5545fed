#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The configuration: what wins over what, what is refused, and that plimsoll config tells where a value comes from."""
import json
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
import tap  # noqa: E402
from tap import SMALL, Scratch, clean_environment, complaint, equal, is_true, plimsoll, point, skip, small_root, write  # noqa: E402

OPTIONS_ONLY_GIVEN = ("root", "kconfig", "cmdline", "sysctl", "config", "help", "version")


def variables(**more):
    return clean_environment(PLIMSOLL_CONFIG=None, **more)


def shown(scratch, text, command="audit", env=None, name="plimsoll.conf"):
    """The values that hold, by option, and where they come from."""
    path = write(scratch / name, text)
    run = plimsoll("config", command, "--config", path, "-f", "json", env=env)
    if run.status:
        raise RuntimeError(run.said)
    return {o["option"]: o for o in json.loads(run.out)["options"]}


def pair(option):
    return option["value"], option["where"]


# ---- what wins ----

def precedence(scratch):
    conf = str(scratch / "plimsoll.conf")
    all_, verb, env = "[all]\nfail-on = medium\n", "[audit]\nfail-on = high\n", clean_environment(PLIMSOLL_FAIL_ON="info")
    equal("what is built in", pair(shown(scratch, "")["fail-on"]), ("low", "default"))
    equal("[all] over what is built in", pair(shown(scratch, all_)["fail-on"]), ("medium", f"{conf}:2"))
    equal("the section of the command over [all]", pair(shown(scratch, verb + all_)["fail-on"]), ("high", f"{conf}:2"))
    equal("the environment over the section", pair(shown(scratch, all_ + verb, env=env)["fail-on"]), ("info", "PLIMSOLL_FAIL_ON"))
    equal("an empty variable says nothing", pair(shown(scratch, all_, env=clean_environment(PLIMSOLL_FAIL_ON=""))["fail-on"]), ("medium", f"{conf}:2"))
    equal("the later line of a section", pair(shown(scratch, all_ + "fail-on = none\n")["fail-on"]), ("none", f"{conf}:3"))
    equal("another command's section says nothing", pair(shown(scratch, "[report]\nformat = json\n")["format"]), ("text", "default"))
    equal("an empty value takes back", pair(shown(scratch, all_ + "fail-on =\n")["fail-on"]), ("low", "default"))
    equal("... in its own section", pair(shown(scratch, all_ + "[audit]\nfail-on =\n")["fail-on"]), ("low", "default"))
    words = shown(scratch, "[all]\nskip = a\nskip = b\n[all]\nskip = c\n")["skip"]
    equal("lines of a repeatable option are joined", pair(words), (["a", "b", "c"], [f"{conf}:2", f"{conf}:3", f"{conf}:5"]))
    equal("... from an empty one on", shown(scratch, "[all]\nskip = a\nskip =\nskip = c\n")["skip"]["value"], ["c"])
    equal("... and replaced by the section of the command", shown(scratch, "[all]\nskip = a\n[audit]\nskip = b\n")["skip"]["value"], ["b"])
    lines = shown(scratch, "[all]\nskip = a\n", env=clean_environment(PLIMSOLL_SKIP="x y\nz"))["skip"]
    equal("a variable has a value a line", pair(lines), (["x y", "z"], ["PLIMSOLL_SKIP", "PLIMSOLL_SKIP"]))
    formats = "[all]\nformat = json\n"
    equal("[all] and the environment mean the report's format", [shown(scratch, formats, c)["format"]["value"] for c in ("audit", "report", "containers")],
          ["json", "json", "text"])
    equal("... the section of containers its own", shown(scratch, "[containers]\nformat = json\nall = yes\n", "containers")["format"]["value"], "json")
    equal("layout", shown(scratch, "# c\n; c\n\n  [ all ]\r\n\tfail-on=high\t\r\n")["fail-on"]["value"], "high")
    equal("no line end at the end", shown(scratch, "[all]\nprofile = a = b # c")["profile"]["value"], "a = b # c")


def takes_effect(scratch):
    """Of a real audit: the exit status and the rules tell."""
    root = small_root(scratch / "small")
    conf = write(scratch / "effect.conf", f"[all]\nbenchmark = {SMALL}\nprofile = everything\n[audit]\nformat = json\nskip = bad.*\nfail-on = none\n")

    def run(*args, env=None, config=conf):
        return plimsoll("audit", "--root", root, *(["--config", config] if config else []), *args, env=env)

    def rules(given):
        return sorted(r["rule"] for s in json.loads(given.out)["subjects"] for r in s["results"])

    base = rules(run())
    is_true("what is configured holds", not [r for r in base if r.startswith("bad.")] and "good" in base, base)
    equal("what it takes away is counted", json.loads(run().out)["counts"]["notselected"], 4)
    equal("--skip replaces that of a file", [r for r in rules(run("--skip", "good")) if r.startswith("bad.")], ["bad.high", "bad.info", "bad.low", "bad.medium"])
    equal("-p over a file", json.loads(run("-p", "clean").out)["benchmarks"][0]["profile"], "clean")
    equal("the environment over a file", json.loads(run(env=clean_environment(PLIMSOLL_PROFILE="clean")).out)["benchmarks"][0]["profile"], "clean")
    equal("-p over the environment", json.loads(run("-p", "low", env=clean_environment(PLIMSOLL_PROFILE="clean")).out)["benchmarks"][0]["profile"], "low")
    equal("-f over a file", run("-f", "text").out[:1] != b"{", True)
    statuses = [run("--skip", "x").status, run("--skip", "x", "--fail-on", "low").status,
                run("--skip", "x", env=clean_environment(PLIMSOLL_FAIL_ON="low")).status]
    equal("fail-on: file, command line, environment", statuses, [3, 1, 1])
    equal("PLIMSOLL_CONFIG is --config", rules(run(config=None, env=clean_environment(PLIMSOLL_CONFIG=str(conf)))), base)
    other = write(scratch / "other.conf", f"[all]\nbenchmark = {SMALL}\nprofile = clean\nformat = json\n")
    equal("--config over PLIMSOLL_CONFIG", json.loads(run(config=other, env=clean_environment(PLIMSOLL_CONFIG=str(conf))).out)["benchmarks"][0]["profile"], "clean")
    verbose = write(scratch / "v.conf", f"[all]\nbenchmark = {SMALL}\nprofile = everything\nverbose = 2\n")
    fixed = clean_environment(SOURCE_DATE_EPOCH="1790000000")
    equal("flags: verbose = 2 is -vv", run(config=verbose, env=fixed).out, run("-vv", "--skip", "none", "-f", "text", "--fail-on", "low", env=fixed).out)
    quiet = write(scratch / "q.conf", f"[all]\nbenchmark = {SMALL}\nprofile = everything\nquiet = yes\n")
    equal("flags: quiet = yes", run(config=quiet).out, b"")
    equal("... taken back by a variable", run(config=quiet, env=clean_environment(PLIMSOLL_QUIET="no")).out != b"", True)
    special = write(scratch / "s.conf", "[all]\nset = ptrace_scope=3\n")
    equal("a value for a benchmark that is not among those named is passed over", run("-b", SMALL, "-p", "clean", config=special).status, 0)
    point("... but not where it stands beside them", complaint(run("-b", SMALL, "-p", "clean", "--set", "ptrace_scope=3", config=special), "ptrace_scope"))
    wrong = write(scratch / "w.conf", "[all]\n\nset = ptrace_scop=3\n")
    point("what only the benchmarks can tell is told with file and line", complaint(run(config=wrong), "w.conf:3: ", "did you mean 'ptrace_scope'?"))
    wrong = write(scratch / "w.conf", "[all]\nset = ptrace_scope=x\n")
    point("... a value that it does not take, too", complaint(run(config=wrong), "w.conf:2: ", "it is a number"))
    wrong = write(scratch / "w.conf", f"[all]\nbenchmark = {SMALL}\nprofile = evrything\n")
    point("... and a profile", complaint(run(config=wrong), "w.conf:3: ", "'evrything'"))


# ---- mistakes ----

def mistakes(scratch):
    bad = {
        "[all]\n\nfail-no = high": (3, "'fail-no'", "did you mean 'fail-on'?"), "[audit]\nfail-no = high": (2, "did you mean 'fail-on'?"),
        "[al]\nfail-on = high": (1, "[al]", "did you mean 'all'?"), "[audti]": (1, "did you mean 'audit'?"), "[config]": (1, "no section"),
        "[]": (1, "no section"), "[all": (1, "[NAME]"), "fail-on = high": (1, "no section", "[all]"), "[all]\nfail-on": (2, "KEY = VALUE"),
        "[all]\n= high": (2, "there is no option ''"), "[list]\nfail-on = high": (2, "no option of the command list"),
        "[all]\nfail-on = hgh": (2, "fail-on: ", "'hgh'", "high"), "[all]\nformat = jsn": (2, "did you mean 'json'?"),
        "[containers]\nformat = junit": (2, "'junit'", "text json"), "[all]\ncolor = maybe": (2, "auto always never"),
        "[all]\njobs = 0": (2, "1 to 16"), "[all]\nmin-score = 101": (2, "0 to 100"), "[all]\nverbose = 3": (2, "0, 1 or 2"),
        "[all]\nquiet = perhaps": (2, "yes nor no"), "[all]\nset = x": (2, "VALUE=TEXT"), "[all]\nb = kernel": (2, "no option 'b'"),
        "[all]\nFail-On = high": (2, "did you mean 'fail-on'?"), "[all]\ntailoring = t.xml": (2, "does not begin with a /"),
        "[all]\nbenchmark = x.xml": (2, "does not begin"), "[all]\nbenchmark = a/b": (2, "does not begin"), "[all]\noutput = report": (2, "does not begin"),
        "[all]\noutput = json=r.json": (2, "does not begin"), "[all]\n\x1b[2J = 1": (2, "\\x1b"), "[all]\n" + "x" * 5000: (2, "KEY = VALUE"),
        "[containers]\nfail-on = low": (2, "command containers"),
    }
    for text, (line, *parts) in bad.items():
        path = write(scratch / "bad.conf", text)
        name = repr(text)[:60]
        point(f"refused: {name}", complaint(plimsoll("config", "--config", path), f"bad.conf:{line}: ", *parts))
        point(f"... whatever command runs: {name}", complaint(plimsoll("list", "formats", "--config", path), f"bad.conf:{line}: "))
    for option in OPTIONS_ONLY_GIVEN:
        path = write(scratch / "bad.conf", f"[all]\n{option} = /x\n")
        point(f"{option} is not read from a file, with a reason",
              complaint(plimsoll("config", "--config", path), "bad.conf:2: ", f"'{option}'", "on the command line only: "))
    equal("... nor from the environment", plimsoll("validate", SMALL, env=clean_environment(PLIMSOLL_ROOT="/nowhere", PLIMSOLL_HELP="1")).status, 0)
    point("validate tells it, too", complaint(plimsoll("validate", write(scratch / "bad.conf", "[all]\nfail-no = high\n")), "bad.conf:2: ", "did you mean 'fail-on'?"))
    is_true("... and that a good one is one", "valid: a configuration" in plimsoll("validate", write(scratch / "good.conf", "# ours\n[audit]\nfail-on = high\n")).text)
    good = "[all]\nbenchmark = kernel\nbenchmark = /x/y.xml\noutput = json=/x\noutput = -\noutput = text=-\ncolor = never\njobs = 2\nmin-score = 50\n"
    equal("good ones are not", plimsoll("config", "--config", write(scratch / "good.conf", good)).status, 0)
    for name, value, why in (("PLIMSOLL_FAIL_ON", "hgh", "'hgh'"), ("PLIMSOLL_JOBS", "0", "1 to 16"), ("PLIMSOLL_FORMAT", "jsn", "did you mean 'json'?"),
                             ("PLIMSOLL_COLOR", "\x1b", "\\x1b"), ("PLIMSOLL_SET", "x", "VALUE=TEXT")):
        point(f"refused: {name}={value!r}", complaint(plimsoll("audit", env=clean_environment(**{name: value})), f"{name}: ", why))
    run = plimsoll("audit", "--help", env=clean_environment(PLIMSOLL_CONFIG="/nowhere"))
    equal("--help is given all the same", (run.status, run.err), (0, b""))
    run = plimsoll("completion", "bash", env=clean_environment(PLIMSOLL_CONFIG="/nowhere"))
    equal("... and what no file can change", (run.status, run.err), (0, b""))
    point("config of what is no command", complaint(plimsoll("config", "audti"), "did you mean 'audit'?"))
    point("config as junit", complaint(plimsoll("config", "-f", "junit"), "--format", "text json"))


# ---- files ----

def files(scratch):
    path = scratch / "f.conf"
    point("a file that is not there", complaint(plimsoll("config", "--config", scratch / "none.conf"), "none.conf", "No such file"))
    point("a folder", complaint(plimsoll("config", "--config", scratch), "not a regular file"))
    os.mkfifo(scratch / "fifo")
    point("a pipe is not waited for", complaint(plimsoll("config", "--config", scratch / "fifo", timeout=20), "not a regular file"))
    point("a NUL byte", complaint(plimsoll("config", "--config", write(path, b"[all]\nfail-on = high\0\n")), "NUL"))
    point("a file without end", complaint(plimsoll("config", "--config", write(path, b"#" * (1 << 19))), "larger than"))
    equal("bytes that are no UTF-8 are shown safely", plimsoll("config", "--config", write(path, b"[all]\nskip = \xff\xfe\x1b[2J\n")).text.count("\\x1b"), 1)
    equal("/dev/null is none", plimsoll("config", "--config", "/dev/null").text.splitlines()[0], "plimsoll audit, configured by: no configuration file")
    for mode, good in ((0o644, True), (0o600, True), (0o664, False), (0o646, False), (0o666, False)):
        run = plimsoll("config", "--config", write(path, "[all]\n", mode))
        point(f"mode {mode:o} is {'read' if good else 'refused'}", [] if good and run.status == 0 else [run] if good else complaint(run, "f.conf", "write", f"{mode:o}"))
    link = scratch / "link.conf"
    link.symlink_to(path)
    point("a link is judged by what it leads to", complaint(plimsoll("config", "--config", link), "link.conf", "write"))
    if os.geteuid() != 0:
        skip("a file of another user", "only root can make one")
        return
    os.chown(write(path, "[all]\n"), 12345, 0)
    point("a file of another user is refused", complaint(plimsoll("config", "--config", path), "f.conf", "user 12345"))


INSIDE = """set -e
mount -t tmpfs none /etc/plimsoll 2>/dev/null || { mkdir /etc/plimsoll && mount -t tmpfs none /etc/plimsoll; }
cp -r "$1/etc/." /etc/plimsoll/
shift
"$@"
"""


def installed(scratch):
    """In a mount namespace of its own, where /etc/plimsoll is what this test makes of it."""
    there = os.path.isdir("/etc/plimsoll")
    probe = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False) if tap.has("unshare") else None
    if os.geteuid() != 0 or not probe or probe.returncode != 0:
        skip("/etc/plimsoll", "a mount namespace of our own cannot be made here")
        return
    work = scratch / "installed"
    base = write(work / "etc/plimsoll.conf", "[all]\nfail-on = high\nskip = a\n")

    def run(*args):
        script = write(scratch / "inside", INSIDE if there else OVERLAY)
        return plimsoll(*args, env=variables(), wrapper=["unshare", "-m", "--propagation", "private", "sh", script, work])

    def values():
        return {o["option"]: o for o in json.loads(run("config", "-f", "json").out)["options"]}

    equal("plimsoll.conf is read", pair(values()["fail-on"]), ("high", "/etc/plimsoll/plimsoll.conf:2"))
    write(work / "etc/conf.d/20-b.conf", "[all]\nfail-on = none\nskip = c\n")
    write(work / "etc/conf.d/10-a.conf", "[all]\nfail-on = info\nskip = b\n")
    write(work / "etc/conf.d/.hidden.conf", "nonsense\n")
    write(work / "etc/conf.d/notes.txt", "nonsense\n")
    write(work / "etc/conf.d/30-c.conf.bak", "nonsense\n")
    equal("then conf.d by name", (pair(values()["fail-on"]), values()["skip"]["value"]), (("none", "/etc/plimsoll/conf.d/20-b.conf:2"), ["a", "b", "c"]))
    equal("... alone, too", (base.unlink(), values()["skip"]["value"])[1], ["b", "c"])
    equal("--config replaces all of it", run("config", "--config", "/dev/null").text.splitlines()[0], "plimsoll audit, configured by: no configuration file")
    for name, path in (("a drop-in", "etc/conf.d/10-a.conf"), ("the folder of drop-ins", "etc/conf.d"), ("the folder itself", "etc")):
        mode = (work / path).stat().st_mode
        (work / path).chmod(mode | 0o002)
        point(f"{name} that others may write", complaint(run("list", "formats"), "/etc/plimsoll" + path[3:], "write"))
        (work / path).chmod(mode)
    base.symlink_to("nowhere")
    point("a link that leads nowhere", complaint(run("list", "formats"), "/etc/plimsoll/plimsoll.conf", "No such file"))
    base.unlink()
    write(work / "etc/conf.d/10-a.conf", "[all]\nnonsense = 1\n")
    point("a mistake in a drop-in", complaint(run("list", "formats"), "/etc/plimsoll/conf.d/10-a.conf:2: "))
    shutil.rmtree(work / "etc")
    (work / "etc").mkdir()
    equal("an empty folder", run("config").text.splitlines()[0], "plimsoll audit, configured by: no configuration file")


# /etc/plimsoll does not exist: it is made in a copy of /etc that lies over it, and only here.
OVERLAY = """set -e
copy=$(mktemp -d)
mount -t tmpfs none "$copy"
cp -a /etc/. "$copy/" 2>/dev/null || :
mkdir "$copy/plimsoll"
cp -a "$1/etc/." "$copy/plimsoll/"
chown -R 0:0 "$copy/plimsoll"
mount --bind "$copy" /etc
shift
exec "$@"
"""


def other_rights(scratch):
    """In a program that has more rights than who calls it, the environment is not heard."""
    wrapper = tap.as_user()
    if os.geteuid() != 0 or wrapper is None:
        skip("the environment in a program with more rights", "only root can make one")
        return
    copy = scratch / "plimsoll"
    shutil.copy(tap.PLIMSOLL, copy)
    os.symlink(tap.BUILD / "benchmarks", scratch / "benchmarks")
    copy.chmod(0o4755)
    scratch.chmod(0o755)
    run = subprocess.run([*wrapper, copy, "config", "--config", "/dev/null"], env=variables(PLIMSOLL_FAIL_ON="high"), capture_output=True, text=True, check=False)
    if run.returncode != 0 or "nosuid" in run.stderr:
        skip("the environment in a program with more rights", f"it cannot be run here: {run.stderr[:100]}")
        return
    is_true("in a program with more rights the environment is not heard", "PLIMSOLL_FAIL_ON" not in run.stdout, run.stdout)


def shows(scratch):
    path = write(scratch / "s.conf", "[audit]\nskip = a\nskip = b\nfail-on = high\n")
    lines = [line.split() for line in plimsoll("config", "audit", "--config", path).text.splitlines()]
    equal("config names the files", lines[0], ["plimsoll", "audit,", "configured", "by:", str(path)])
    is_true("... each value and its line", ["skip", "a", f"{path}:2"] in lines and ["b", f"{path}:3"] in lines and ["fail-on", "high", f"{path}:4"] in lines
            and ["color", "auto", "default"] in lines, lines)
    report = json.loads(plimsoll("config", "--config", path, "-f", "json").out)
    equal("as JSON, too", (report["schema"], report["command"], report["files"]), ("plimsoll/config/1", "audit", [str(path)]))
    helped = plimsoll("audit", "--help").text
    point("every option that it shows is one of the command", [o["option"] for o in report["options"] if f"--{o['option']}" not in helped])
    page = (tap.BUILD / "docs/plimsoll.conf.5")
    if page.exists():
        text = page.read_text().replace("\\-", "-")
        point("plimsoll.conf(5) has each of them", [o["option"] for o in report["options"] if f"\\fB{o['option']}\\fR = " not in text])
    if page.exists() and tap.has("mandoc"):
        lint = subprocess.run(["mandoc", "-T", "lint", "-W", "error", page], capture_output=True, text=True, check=False)
        equal("... and mandoc finds no error in it", (lint.returncode, lint.stdout), (0, ""))


with Scratch() as scratch_:
    precedence(scratch_)
    takes_effect(scratch_)
    mistakes(scratch_)
    files(scratch_)
    installed(scratch_)
    shows(scratch_)
with Scratch() as scratch_:
    other_rights(scratch_)
tap.done()
