#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command line: what is said, what it exits with, where a report goes and what becomes of the old one."""
import contextlib
import errno
import fcntl
import json
import os
import pty
import re
import resource
import signal
import stat
import struct
import subprocess
import sys
import termios
import threading
import unicodedata

sys.dont_write_bytecode = True
import tap  # noqa: E402
from tap import SMALL, clean_environment, complaint, equal, is_true, plimsoll, point, skip  # noqa: E402

VERBS = ("audit", "report", "diff", "fix", "containers", "snapshot", "list", "explain", "validate", "waiver", "config", "completion")
TOPICS = ("rules", "profiles", "values", "benchmarks", "checks", "formats")
FORMATS = ("text", "json", "junit", "html", "xccdf", "arf", "sarif", "csv", "markdown", "prometheus", "nagios")
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def audit(root, *args, profile="everything", **more):
    return plimsoll("audit", "-b", SMALL, "--root", root, "-p", profile, *args, **more)


def status_and_noise(run, status):
    """What is wrong with an audit that should have run: the status, anything on stderr."""
    wrong = []
    if run.status != status:
        wrong.append(f"exit status {run.status}, wanted {status}")
    if run.err:
        wrong.append(f"stderr: {run.said[:300]}")
    return wrong


def leftovers(folder, *wanted):
    return [f"left behind: {name}" for name in sorted(os.listdir(folder)) if name not in wanted]


# ---- help ----

def helps():
    run = plimsoll()
    wrong = [] if run.status == 2 and not run.out and b"Usage" in run.err else [run]
    point("no arguments: the help on stderr, exit status 2", wrong)
    for given in (["--help"], ["-h"], ["help"]):
        run = plimsoll(*given)
        missing = [f"does not name {verb}" for verb in VERBS if f"\n  {verb} " not in run.text]
        point(f"{' '.join(given)} lists the commands", status_and_noise(run, 0) + missing)
    for verb in VERBS:
        run = plimsoll(verb, "--help")
        wrong = status_and_noise(run, 0)
        if not run.text.startswith(f"Usage: plimsoll {verb}") or "--help" not in run.text:
            wrong.append("is no help")
        wrong += [f"wider than 80 columns: {line}" for line in run.text.splitlines() if len(line) > 80]
        point(f"{verb} --help", wrong)
        equal(f"help {verb} says the same", plimsoll("help", verb).out, run.out)
        equal(f"{verb} -h says the same", plimsoll(verb, "-h").out, run.out)
    text = plimsoll("audit", "--help").text
    options = ("benchmark", "profile", "rule", "skip", "root", "kconfig", "cmdline", "sysctl", "format", "output", "fail-on", "min-score",
               "jobs", "quiet", "verbose", "color", "help", "version")
    point("audit --help names every option", [f"--{o}" for o in options if f"--{o}" not in text])
    for given in ("--version", "-V", "version"):
        run = plimsoll(given)
        point(f"{given}", status_and_noise(run, 0) + ([] if re.fullmatch(r"plimsoll [0-9.]+\n", run.text) else [run.text]))
    point("help of an unknown command is an error", complaint(plimsoll("help", "audti"), "audti", "did you mean 'audit'"))


# ---- mistakes ----

def mistakes(root):
    known = [
        (["audti"], ["unknown command 'audti'", "did you mean 'audit'?"]),
        (["audit", "--fromat", "json"], ["unknown option --fromat", "did you mean '--format'?"]),
        (["audit", "-Z"], ["unknown option -Z"]),
        (["audit", "-qZ"], ["unknown option -Z"]),
        (["validate", "--root=/"], ["unknown option --root", "which these commands take: audit"]),
        (["report", "--tailoring", "x"], ["unknown option --tailoring", "not judged anew"]),
        (["report", "-r", "x"], ["unknown option -r"]),
        (["audit", "-f"], ["-f needs a value"]),
        (["audit", "--format"], ["--format needs a value"]),
        (["audit", "-f", "jsn"], ["'jsn'", "did you mean 'json'?"]),
        (["audit", "-o", "jsn=report"], ["'jsn'", "did you mean 'json'?"]),
        (["audit", "-o", "json="], ["json=", "no file"]),
        (["audit", "-o", "json"], ["'json' is a format", "-f json", "-o json=FILE", "./json"]),
        (["audit", "-o", "x/audit.html"], ["'x/audit.html' would be written as text", "-o html=x/audit.html", "-f text"]),
        (["fix", "-o", "plan.json"], ["would be written as sh", "-o json=plan.json"]),
        (["fix", "-o", "patch"], ["'patch' is a format", "-f patch"]),
        (["audit", "-f", "yaml"], ["there are: text json junit"]),
        (["audit", "--set", "ptrace_scop=1"], ["did you mean 'ptrace_scope'?"]),
        (["audit", "-b", "hots"], ["did you mean 'host'?"]),
        (["explain", "xyz"], ["no rule 'xyz'; 'plimsoll list rules' shows them"]),
        (["explain", "no-such.*"], ["no rule 'no-such.*'"]),
        (["waiver", "add", "cpu.nx", "--owner", "ops"], ["--expires", "--reason"]),
        (["report", tap.TOP / "README.md"], ["README.md:1: not valid JSON"]),
        (["audit", "-p", "srver"], ["'srver'", "did you mean 'server'?"]),
        (["list", "rules", "-p", "srver"], ["'srver'", "server"]),
        (["audit", "-b", "kernl"], ["'kernl'", "did you mean 'kernel'?"]),
        (["explain", "sysctl.kernel.kptr_restict"], ["did you mean 'sysctl.kernel.kptr_restrict'?"]),
        (["explain"], ["needs a rule"]),
        (["validate"], ["needs a file"]),
        (["list"], ["rules", "profiles", "benchmarks", "checks", "formats"]),
        (["list", "rule"], ["did you mean 'rules'?"]),
        (["list", "rules", "profiles"], ["list takes one of"]),
        (["audit", "something"], ["'something'"]),
        (["audit", "-r", "no.such.rule"], ["no.such.rule"]),
        (["audit", "--skip", "*"], ["--skip"]),
        (["audit", "--fail-on", "hgh"], ["--fail-on", "'hgh'", "did you mean 'high'?"]),
        (["list", "rules", "-f", "jsn"], ["--format", "'jsn'", "did you mean 'json'?"]),
        (["audit", "--fail-on", ""], ["--fail-on"]),
        (["audit", "--min-score", "101"], ["--min-score", "'101'"]),
        (["audit", "--jobs", "0"], ["--jobs", "'0'", "1 to 16"]),
        (["audit", "-j", "17"], ["--jobs", "'17'", "1 to 16"]),
        (["containers", "-jx"], ["--jobs", "'x'", "1 to 16"]),
        (["audit", "--min-score", "-1"], ["--min-score", "'-1'"]),
        (["audit", "--min-score", "nan"], ["--min-score", "'nan'"]),
        (["audit", "--min-score", "5x"], ["--min-score", "'5x'"]),
        (["audit", "--color", "maybe"], ["--color", "'maybe'", "auto"]),
        (["audit", "-b", "/nowhere.xml"], ["/nowhere.xml", os.strerror(errno.ENOENT)]),
        (["audit", "-b", "nowhere.xml"], ["nowhere.xml", os.strerror(errno.ENOENT)]),
        (["audit", "--root", "/nowhere"], ["/nowhere", os.strerror(errno.ENOENT)]),
        (["audit", "--root", SMALL], [SMALL, os.strerror(errno.ENOTDIR)]),
        (["audit", "--kconfig", "/nowhere"], ["/nowhere", os.strerror(errno.ENOENT)]),
        (["audit", "--cmdline", "/nowhere"], ["/nowhere", os.strerror(errno.ENOENT)]),
        (["audit", "--sysctl", "/nowhere"], ["/nowhere", os.strerror(errno.ENOENT)]),
        (["audit", "--kconfig", "/"], ["/: ", "a directory"]),
        (["audit", "--root", root, "--kconfig", SMALL], ["--root", "--kconfig"]),
        (["validate", "/nowhere.xml"], ["/nowhere.xml", os.strerror(errno.ENOENT)]),
        (["explain", "-b", "/nowhere.xml", "x"], ["/nowhere.xml", os.strerror(errno.ENOENT)]),
        (["list", "rules", "-b", "/nowhere.xml"], ["/nowhere.xml", os.strerror(errno.ENOENT)]),
        (["audit", "-b", SMALL], ["no rule is selected", "clean", "everything"]),
    ]
    for args, parts in known:
        shown = " ".join(map(str, args)).replace(str(root), "ROOT").replace(SMALL, "small.xml")
        point(f"refused: {shown}", complaint(plimsoll(*args), *parts))
    for args in (["config", "foo"], ["completion", "tcsh"], ["help", "foo"]):
        run = plimsoll(*args)
        point(f"{' '.join(args)}: no word is near", complaint(run) + [f"guesses: {run.said}"] * ("did you mean" in run.said))
    run = plimsoll("audit", "-f", "jsn")
    is_true("a list of formats ends with the last", run.said.endswith(" nagios\n"), run.said)
    run = plimsoll("audit", "--help=3")
    wrong = complaint(run, "--help")
    if "unknown option" in run.said:
        wrong.append(f"calls a known option unknown: {run.said}")
    point("refused: audit --help=3, which takes no value", wrong)
    run = plimsoll("audit", "-b", "evil\x1b[2J\n.xml")
    point("an escape sequence in an argument reaches stderr as text only",
          complaint(run, "\\x1b[2J") + (["raw ESC"] if b"\x1b" in run.err else []))


# ---- exit statuses ----

def statuses(root):
    cases = [
        (0, "clean", []), (0, "info", []), (1, "low", []), (1, "medium", []), (1, "high", []),
        (3, "unknown", []), (3, "error", []), (1, "everything", []),
        (1, "info", ["--fail-on", "info"]), (0, "low", ["--fail-on", "medium"]), (0, "medium", ["--fail-on", "high"]),
        (1, "high", ["--fail-on", "high"]), (0, "high", ["--fail-on", "none"]), (1, "medium", ["--fail-on", "medium"]),
        (1, "everything", ["--fail-on", "high"]), (3, "everything", ["--fail-on", "none"]), (3, "unknown", ["--fail-on", "info"]),
        (0, "medium", ["--fail-on", "none", "--min-score", "50"]), (1, "medium", ["--fail-on", "none", "--min-score", "50.1"]),
        (0, "clean", ["--min-score", "100", "--fail-on", "info", "-r", "good"]),
        (0, "clean", ["--min-score", "100"]), (1, "unknown", ["--fail-on", "none", "--min-score", "51"]),
        (3, "unknown", ["--fail-on", "none", "--min-score", "50"]), (0, "medium", ["--min-score", "0", "--fail-on", "high"]),
        (0, "medium", ["--skip", "bad.*"]), (1, "medium", ["--skip", "good"]), (0, "everything", ["-r", "good"]),
        (3, "everything", ["-r", "unread*"]), (1, "everything", ["-r", "good", "-r", "bad.h?gh"]),
        (3, "clean", ["-r", "nowhere", "--min-score", "1"]),
    ]
    for wanted, profile, options in cases:
        name = f"exit status {wanted}: profile {profile} {' '.join(options)}".rstrip()
        run = audit(root, *options, profile=profile)
        point(name, status_and_noise(run, wanted))
        quiet = audit(root, "-q", *options, profile=profile)
        point("... the same with -q, which prints nothing", status_and_noise(quiet, wanted) + ([quiet.text] if quiet.out else []))


def rules_of(run):
    return [r["rule"] for r in json.loads(run.out)["subjects"][0]["results"]]


def choosing(root):
    everything = ["good", "nowhere", "foreign", "bad.info", "bad.low", "bad.medium", "bad.high", "unreadable", "senseless"]
    equal("a profile's rules, in the order of the document", rules_of(audit(root, "-f", "json")), everything)
    equal("-r takes a glob", rules_of(audit(root, "-f", "json", "-r", "bad.*")), everything[3:7])
    equal("-r twice", rules_of(audit(root, "-f", "json", "-r", "good", "--rule=bad.low")), ["good", "bad.low"])
    equal("--skip wins over -r", rules_of(audit(root, "-f", "json", "-r", "bad.*", "--skip", "*.?o?", "--skip", "bad.h*")),
          ["bad.info", "bad.medium"])
    equal("-r selects only among the rules of the profile", rules_of(audit(root, "-f", "json", "-r", "bad.*", profile="low")), ["bad.low"])
    equal("list rules -r --skip", [line.split()[0] for line in plimsoll(
        "list", "rules", "-b", SMALL, "-p", "everything", "-r", "bad.*", "--skip", "*high").text.splitlines()], everything[3:6])


def verdicts(root):
    """The contract of the JSON report, on a root where every outcome is known."""
    report = json.loads(audit(root, "-f", "json").out)
    counts = dict(zip(("pass", "fail", "error", "unknown", "notapplicable", "notchecked", "informational", "notselected", "waived"), (1, 4, 1, 1, 1, 1, 0, 0, 0)))
    equal("counts of the whole", report["counts"], counts)
    equal("counts of the host", report["subjects"][0]["counts"], counts)
    equal("complete is false", report["complete"], False)
    equal("... and true of a clean audit", json.loads(audit(root, "-f", "json", profile="clean").out)["complete"], True)
    equal("the score is that of the model", report["score"], 14.3)
    keys = ("schema", "tool", "started", "duration_ms", "host", "benchmarks", "score", "complete", "counts", "subjects")
    equal("keys of the report", [k for k in keys if k not in report], [])
    keys = ("rule", "title", "severity", "weight", "result", "reason", "evidence", "idents", "waived")
    equal("keys of each result", [(r["rule"], k) for r in report["subjects"][0]["results"] for k in keys if k not in r], [])
    equal("keys of each piece of evidence", [(r["rule"], k) for r in report["subjects"][0]["results"] for e in r["evidence"]
                                             for k in ("origin", "state", "value", "expected") if k not in e], [])
    equal("whatever is no pass has a reason", [r["rule"] for r in report["subjects"][0]["results"] if r["result"] != "pass" and not r["reason"]], [])
    equal("the root is named", report["host"]["root"], str(root))


# ---- where a report goes ----

def valid(path, name):
    with open(path, "rb") as f:
        data = f.read()
    if name == "json":
        return json.loads(data)["schema"] == "plimsoll/report/1"
    if name == "html":
        return data.startswith(b"<!DOCTYPE html>") and data.rstrip().endswith(b"</html>")
    return data.startswith(b"<?xml") and data.rstrip().endswith(b"</testsuites>") if name == "junit" else b"SCORE" in data


def outputs(root, folder):
    folder.mkdir()
    run = audit(root, "-o", f"json={folder}/a.json", "-o", f"junit={folder}/a.xml", "--output", f"{folder}/a.txt", "-o", f"text={folder}/b.txt")
    point("three formats into four files from one run", status_and_noise(run, 1) + ([run.text] if run.out else []))
    wrong = [n for n, f in (("a.json", "json"), ("a.xml", "junit"), ("a.txt", "text"), ("b.txt", "text")) if not valid(folder / n, f)]
    point("... each in its format", wrong)
    point("... and no other file is left", leftovers(folder, "a.json", "a.xml", "a.txt", "b.txt"))
    run = audit(root, "-o", f"json={folder}/c.json", "-o", "-")
    point("- is standard output", status_and_noise(run, 1) + ([] if b"SCORE" in run.out else ["no report there"]))
    run = audit(root, "-q", "-o", f"json={folder}/c.json")
    point("-q does not keep a file from being written", status_and_noise(run, 1) + ([] if valid(folder / "c.json", "json") else ["no report"]))
    run = audit(root, "-f", "json", "-o", f"{folder}/d=e")
    is_true("only a plain word before = is a format", run.status == 1 and valid(folder / "d=e", "json"), run)
    run = audit(root, "-f", "junit", "-o", f"{folder}/f")
    is_true("-f is the format of an -o that names none", valid(folder / "f", "junit"), run)
    (folder / "a.json").write_text("old")
    (folder / "a.json").chmod(0o640)
    audit(root, "-o", f"json={folder}/a.json")
    equal("a report that was there keeps its mode", stat.S_IMODE((folder / "a.json").stat().st_mode), 0o640)
    is_true("... and is replaced", valid(folder / "a.json", "json"))
    run = audit(root, "-o", f"json={folder}/new", umask=0)
    equal("a new report is nobody's business but the owner's", stat.S_IMODE((folder / "new").stat().st_mode) & 0o077, 0)


def odd_places(root, folder):
    folder.mkdir()
    place = folder / "place"
    place.mkdir()
    point("an output that is a directory", complaint(audit(root, "-o", place), str(place), os.strerror(errno.EISDIR)))
    point("... leaves nothing behind", leftovers(folder, "place") + leftovers(place))
    point("an output in no directory", complaint(audit(root, "-o", folder / "no" / "report"), str(folder / "no" / "report"),
                                                 os.strerror(errno.ENOENT)))
    target, link = folder / "target", folder / "link"
    target.write_text("precious")
    link.symlink_to(target)
    run = audit(root, "-o", f"json={link}")
    wrong = status_and_noise(run, 1)
    if link.is_symlink() or not valid(link, "json"):
        wrong.append("the link is not replaced")
    if target.read_text() != "precious":
        wrong.append("the target is changed")
    point("an output that is a symlink: the link is replaced, its target untouched", wrong + leftovers(folder, "place", "target", "link"))
    link.unlink()
    link.symlink_to(folder / "nowhere")
    run = audit(root, "-o", f"json={link}")
    point("... so is a dangling one", status_and_noise(run, 1) + leftovers(folder, "place", "target", "link"))
    link.unlink()
    os.mkfifo(folder / "fifo")
    got = []
    reader = threading.Thread(target=lambda: got.append((folder / "fifo").read_bytes()))
    reader.start()
    run = audit(root, "-o", f"json={folder}/fifo")
    reader.join(10)
    is_true("a FIFO is written to", run.status == 1 and got and json.loads(got[0])["schema"], run)
    is_true("... and stays a FIFO", stat.S_ISFIFO((folder / "fifo").stat().st_mode))


@contextlib.contextmanager
def closed_to_user(folder):
    """A directory that an ordinary user may read, not write."""
    folder.mkdir()
    (folder / "report").write_text("old")
    folder.chmod(0o555)
    yield
    folder.chmod(0o755)


def unwritable(root, folder, scratch):
    name = "an unwritable directory"
    wrapper = tap.as_user()
    if wrapper is None or not tap.user_can_run():
        skip(name, "no way to be an ordinary user who reaches the program")
        return
    scratch.chmod(0o755)
    with closed_to_user(folder):
        run = plimsoll("audit", "-b", SMALL, "--root", root, "-p", "everything", "-o", f"json={folder}/report", wrapper=wrapper)
        point(name, complaint(run, f"{folder}/report", os.strerror(errno.EACCES)))
        equal("... the old report is still there", (folder / "report").read_text(), "old")
        point("... and nothing else", leftovers(folder, "report"))


def full_disk(root, folder):
    folder.mkdir()
    if not os.path.exists("/dev/full"):
        skip("/dev/full", "there is none")
        return
    for args in (["audit", "-b", SMALL, "--root", root, "-p", "clean"], ["list", "rules"], ["list", "checks"], ["explain", "cpu.meltdown"],
                 ["--help"], ["audit", "--help"], ["--version"], ["validate", SMALL]):
        with open("/dev/full", "wb") as full:
            run = plimsoll(*args, stdout=full)
        shown = " ".join(map(str, args)).replace(str(root), "ROOT").replace(SMALL, "small.xml")
        point(f"/dev/full as standard output of {shown}", complaint(run, os.strerror(errno.ENOSPC)))


def limited(root, folder, ignore):
    """A file that may not grow over a few bytes: as good as a full disk, for the temporary file only."""
    def setup():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN if ignore else signal.SIG_DFL)
    return audit(root, "-o", f"json={folder}/report", preexec_fn=setup, restore_signals=False)


def old_report(root, folder):
    for ignore in (True, False):
        place = folder / str(ignore)
        place.mkdir(parents=True)
        (place / "report").write_text("old")
        run = limited(root, place, ignore)
        point(f"writing fails halfway, SIGXFSZ {'ignored' if ignore else 'as the system sets it'}: exit status 2",
              complaint(run, f"{place}/report", os.strerror(errno.EFBIG)))
        equal("... the old report is kept", (place / "report").read_text(), "old")
        point("... and no temporary file", leftovers(place, "report"))


def pipes(root, folder):
    folder.mkdir()
    for args in (["audit", "-b", SMALL, "--root", root, "-p", "everything"], ["list", "rules"], ["explain", "cpu.meltdown"], ["--help"]):
        read, write = os.pipe()
        os.close(read)
        run = plimsoll(*args, stdout=write)
        os.close(write)
        shown = " ".join(map(str, args)).replace(str(root), "ROOT").replace(SMALL, "small.xml")
        equal(f"a pipe that nobody reads, {shown}: exit status 2, and nothing is said", (run.status, run.said), (2, ""))
    script = '"$1" list rules 2>"$2" | head -n 1'
    head = subprocess.run(["sh", "-c", script, "sh", tap.PLIMSOLL, folder / "err"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                          check=False)
    is_true("| head -n 1 shows one line", head.stdout.count(b"\n") == 1, head)
    said = (folder / "err").read_text()
    equal("... and stderr none", said, "")
    for closed in ("1", "2", "1 2", "0 1 2"):
        closing = " ".join(f"{fd}{'<' if fd == '0' else '>'}&-" for fd in closed.split())
        place = folder / closed.replace(" ", "")
        script = f'"$1" audit -b "$2" --root "$3" -p everything -q -o json="$4" {closing}'
        run = subprocess.run(["sh", "-c", script, "sh", tap.PLIMSOLL, SMALL, root, place], stdin=subprocess.DEVNULL, capture_output=True,
                             timeout=60, check=False)
        is_true(f"closed before the start: {closing}: the report is whole", run.returncode == 1 and valid(place, "json"), run)
    script = '"$1" audit -b "$2" --root "$3" -p everything >&-'
    run = subprocess.run(["sh", "-c", script, "sh", tap.PLIMSOLL, SMALL, root], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    equal("no standard output to report to: exit status 2", run.returncode, 2)


# ---- list, explain, validate ----

TOPICS = ("rules", "profiles", "values", "benchmarks", "checks", "formats")


def listing():
    for topic in TOPICS:
        run = plimsoll("list", topic, "-f", "json")
        report, words = json.loads(run.out), {line.split()[0] for line in plimsoll("list", topic).text.splitlines() if line and not line.startswith(" ")}
        first = [next(iter(element.values())) for element in report[topic]]
        equal(f"list {topic} as JSON: what stands in the lines", (report["schema"], set(first)), ("plimsoll/list/1", words))
    known = json.loads(plimsoll("list", "rules", "-b", "kernel", "-r", "cpu.spectre_v2", "-f", "json").out)["rules"]
    is_true("... a rule with what others call it", len(known) == 1 and known[0]["severity"] == "high" and known[0]["profile"] == "server" and known[0]["idents"], known)
    checks = plimsoll("list", "checks")
    for topic, wanted in (("rules", "sysctl.kernel.kptr_restrict "), ("profiles", "workstation "), ("benchmarks", "kernel "),
                          ("checks", "sysctl "), ("formats", "junit ")):
        run = plimsoll("list", topic)
        point(f"list {topic}", status_and_noise(run, 0) + ([] if wanted in run.text else [f"{wanted!r} is missing", run.text[:300]]))
    equal("list formats: all of them", [line.split()[0] for line in plimsoll("list", "formats").text.splitlines()], list(FORMATS))
    profiles = plimsoll("list", "profiles", "-b", SMALL).text.splitlines()
    equal("list profiles: name and number of rules", [line.split()[1:3] for line in profiles],
          [["clean", "3"], ["info", "4"], ["low", "4"], ["medium", "4"], ["high", "4"], ["unknown", "4"], ["error", "4"], ["everything", "9"]])
    for topic in ("profiles", "benchmarks"):
        columns = {line.index(" rules  ") for line in plimsoll("list", topic).text.splitlines() if not line.startswith(" ")}
        equal(f"list {topic}: the columns are straight", len(columns), 1)
    rules = plimsoll("list", "rules", "-b", SMALL, "-p", "low").text.splitlines()
    equal("list rules: id and severity", [line.split()[:2] for line in rules],
          [["good", "medium"], ["nowhere", "high"], ["foreign", "high"], ["bad.low", "low"]])
    counted = {line.split()[1]: int(line.split()[2]) for line in plimsoll("list", "profiles", "-b", "kernel").text.splitlines()}
    listed = {p: len(plimsoll("list", "rules", "-b", "kernel", "-p", p).text.splitlines()) for p in counted}
    equal("list profiles counts what list rules lists", counted, listed)
    known = {line.split()[0] for line in checks.text.splitlines() if line and not line.startswith(" ")}
    used = set(re.findall(r"<([a-z-]+) xmlns=\"urn:plimsoll:check:1\"", (tap.TOP / "benchmarks/kernel.xml").read_text()))
    equal("list checks names every check that the kernel benchmark uses", sorted(used - known - {"all-of", "any-of", "first-of", "not"}), [])


def explaining(root):
    run = plimsoll("explain", "-b", SMALL, "good")
    parts = ("A good value", "severity medium", "A value that is as it should be.", "Leave it.", "kernel.kptr_restrict", "at least 1")
    point("explain: title, severity, why, how, what", status_and_noise(run, 0) + [f"{p!r} is missing" for p in parts if p not in run.text])
    run = plimsoll("explain", "-b", SMALL, "good", "bad.low")
    point("explain several rules", status_and_noise(run, 0) + [p for p in ("A good value", "A bad value of low severity") if p not in run.text])
    pattern = plimsoll("explain", "-b", SMALL, "bad.*")
    equal("explain takes a pattern", pattern.out, plimsoll("explain", "-b", SMALL, "bad.info", "bad.low", "bad.medium", "bad.high").out)
    part = plimsoll("explain", "sysctl.kernel.kptr_restrict").text
    is_true("explain: the finding that a rule is part of", "Part of the finding\n  process.kptr-restrict\n" in part and "urn:plimsoll" not in part, part)
    is_true("explain: what a sign in a fix means is told", "Fix (run): options of docker run or podman run; those after - are left out\n  - --pid=host" in
            plimsoll("explain", "container.ns.pid").text)
    facts = [plimsoll("explain", "container.ns.pid", *more).text.count("urn:plimsoll:fact") for more in ([], ["-v"])]
    is_true("explain: names of our own tables only with -v", facts[0] == 0 and facts[1] > 0, facts)
    equal("explain by the whole id", plimsoll("explain", "-b", SMALL, "xccdf_org.plimsoll_rule_good").out, plimsoll("explain", "-b", SMALL, "good").out)
    rules = [line.split()[0] for line in plimsoll("list", "rules", "-p", "paranoid").text.splitlines()]
    run = plimsoll("explain", "-p", "paranoid", *rules)
    point("explain every rule of the kernel benchmark", status_and_noise(run, 0))
    equal("... each with why and how", (run.text.count("\nWhy\n"), run.text.count("\nHow to mend it\n")), (len(rules), len(rules)))
    run = plimsoll("validate", SMALL)
    point("validate a good benchmark", status_and_noise(run, 0) + ([] if SMALL in run.text else [run.text]))
    run = plimsoll("validate", SMALL, "/nowhere.xml")
    is_true("validate a good and a missing one", run.status == 2 and SMALL in run.text and "/nowhere.xml" in run.said, run)
    # by a short path: where this tree stands must not decide whether the command has room in a line
    here, name = os.path.split(SMALL)
    text = plimsoll("audit", "-b", name, "-p", "everything", "--root", root, cwd=here).text
    hint = re.search(r"Next: plimsoll (explain .*)$", text)
    run = plimsoll(*(hint.group(1).split() if hint else ["(the report names no next command)"]), cwd=here)
    point("the command that a report ends on works", status_and_noise(run, 0))


# ---- the terminal ----

def on_terminal(columns, env, *args):
    """The bytes that the program writes to a terminal of that width."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    got = []

    def read():
        while True:
            try:
                data = os.read(parent, 65536)
            except OSError:
                break
            if not data:
                break
            got.append(data)
    with subprocess.Popen([tap.PLIMSOLL, *map(str, args)], stdin=subprocess.DEVNULL, stdout=child, stderr=subprocess.PIPE, env=env) as process:
        os.close(child)
        reader = threading.Thread(target=read)
        reader.start()
        process.stderr.read()
        process.wait(60)
        reader.join(60)
    os.close(parent)
    return b"".join(got).decode("utf-8", "replace").replace("\r\n", "\n")


def columns_of(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in ESCAPE.sub("", line))


def too_wide(text, columns):
    """Lines over the width, but for the commands of a fix, which have to stay whole to be copied."""
    wide, heading = [], ""
    for line in text.splitlines():
        if line and not line.startswith((" ", "\x1b[0m ")):
            heading = ESCAPE.sub("", line)
        if columns_of(line) > columns and not heading.startswith("Fix"):
            wide.append(f"{columns_of(line)}: {line}")
    return wide


def terminal(root):
    for columns in (80, 120):
        for utf8 in (True, False):
            env = clean_environment(TERM="xterm", LC_ALL="C.UTF-8" if utf8 else "C")
            for args in (["audit"], ["audit", "-v"], ["audit", "-vv"], ["audit", "-b", SMALL, "--root", root, "-p", "everything"],
                         ["explain", "cpu.meltdown", "sysctl.kernel.kptr_restrict"], *(["list", topic] for topic in TOPICS)):
                text = on_terminal(columns, env, *args)
                name = f"{columns} columns, {'UTF-8' if utf8 else 'C'} locale, {' '.join(map(str, args[:2]))}"
                if str(root) in map(str, args):
                    name += " of a small root"
                wide = too_wide(text, columns)
                if not text.strip():
                    wide.append("nothing was printed")
                point(f"{name}: no line is wider", wide)
                is_true(f"{name}: in colour", "\x1b[" in text, text[:200])
                rest = ESCAPE.sub("", text)
                point(f"{name}: no other control character", sorted({repr(c) for c in rest if c != "\n" and unicodedata.category(c) == "Cc"}))
                if not utf8:
                    point(f"{name}: nothing but ASCII", sorted({repr(c) for c in rest if ord(c) > 126}))
    plain = clean_environment(TERM="xterm", LC_ALL="C.UTF-8")
    for name, env, args, colored in (
            ("NO_COLOR", {"NO_COLOR": "1"}, [], False), ("an empty NO_COLOR", {"NO_COLOR": ""}, [], True), ("TERM=dumb", {"TERM": "dumb"}, [], False),
            ("--color never", {}, ["--color", "never"], False), ("--color always over NO_COLOR", {"NO_COLOR": "1"}, ["--color", "always"], True)):
        for command in (["audit", "-b", SMALL, "--root", root, "-p", "everything"], ["explain", "cpu.meltdown"]):
            text = on_terminal(80, {**plain, **env}, *command, *args)
            is_true(f"on a terminal, {command[0]}: {name}: {'colour' if colored else 'no colour'}", ("\x1b" in text) == colored, text[:200])


def piped(root):
    for name in FORMATS:
        run = audit(root, "-f", name, "-vv")
        is_true(f"into a pipe, {name}: no escape", b"\x1b" not in run.out and run.out, run)
    run = plimsoll("explain", "cpu.meltdown")
    is_true("into a pipe, explain: no escape", b"\x1b" not in run.out and run.out, run)
    is_true("--color always: escapes in a pipe", b"\x1b[" in audit(root, "--color", "always").out)
    for name in ("json", "junit"):
        is_true(f"--color always: never any in {name}", b"\x1b" not in audit(root, "--color", "always", "-f", name).out)
    wide = [line for line in plimsoll("audit", "-vv", env=clean_environment(COLUMNS="100")).text.splitlines() if columns_of(line) > 100]
    point("into a pipe, COLUMNS=100 is kept", wide)
    wide = [line for line in plimsoll("audit", "-vv").text.splitlines() if columns_of(line) > 80]
    point("into a pipe, no COLUMNS: 80", wide)
    is_true("a report ends with a line break", all(audit(root, "-f", name).out.endswith(b"\n") for name in FORMATS))


# ---- the same again ----

def repeatable(root):
    for name in FORMATS:
        env = clean_environment(SOURCE_DATE_EPOCH="1700000000")
        runs = {audit(root, "-f", name, "-vv", env=env).out for _ in range(5)}
        equal(f"SOURCE_DATE_EPOCH: {name} is the same to the byte, five times", len(runs), 1)
        for change in ({"LC_ALL": "tr_TR.UTF-8"}, {"LC_ALL": "de_DE.UTF-8"}, {"TZ": "Asia/Kathmandu"}, {"HOME": "/nowhere"}):
            if name == "text" and "LC_ALL" in change:
                continue
            again = audit(root, "-f", name, "-vv", env={**env, **change}).out
            equal(f"... {name}: and under {change}", again in runs, True)
        runs.add(audit(root, "-f", name, "-vv", env=env, cwd="/").out)
        equal(f"... {name}: and from another directory", len(runs), 1)
    started = json.loads(audit(root, "-f", "json", env=clean_environment(SOURCE_DATE_EPOCH="1700000000")).out)["started"]
    equal("... the start is that time", started, "2023-11-14T22:13:20Z")
    is_true("a SOURCE_DATE_EPOCH that is no number is not taken", json.loads(audit(
        root, "-f", "json", env=clean_environment(SOURCE_DATE_EPOCH="x")).out)["started"] > "2024")


def readme():
    """What the README claims of formats, profiles and numbers."""
    text = (tap.TOP / "README.md").read_text()
    rows = re.findall(r"^\| (`.*?`) \|", text, re.M)
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    profiles = {line.split()[1] for line in plimsoll("list", "profiles").text.splitlines()}
    equal("README: a row for each format and profile", sorted({*FORMATS, *profiles} - named), [])
    counts = {p: len(plimsoll("list", "rules", "-p", p).text.splitlines()) for p in ("server", "paranoid")}
    everything = int(re.search(r"more than ([\d,]+) rules", text)[1].replace(",", ""))
    is_true("README: how many rules there are", everything < counts["paranoid"] <= everything + 50, counts)
    default = int(re.search(r"selects some (\d+) of them", text)[1])
    is_true("README: how many the default profile selects", abs(default - counts["server"]) <= 10, counts)


def main():
    with tap.Scratch() as scratch:
        root = tap.small_root(scratch / "root")
        helps()
        mistakes(root)
        statuses(root)
        choosing(root)
        verdicts(root)
        outputs(root, scratch / "outputs")
        odd_places(root, scratch / "odd")
        unwritable(root, scratch / "unwritable", scratch)
        full_disk(root, scratch / "full")
        old_report(root, scratch / "old")
        pipes(root, scratch / "pipes")
        listing()
        explaining(root)
        readme()
        terminal(root)
        piped(root)
        repeatable(root)
    tap.done()


main()
