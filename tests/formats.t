#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every format by what others make of it: a normal report, empty ones, hostile ones, those of several hosts; and what becomes of a report that cannot be written.

A format is a row of FORMATS.
"""
import contextlib
import errno
import json
import os
import pathlib
import re
import subprocess
import sys

sys.dont_write_bytecode = True
import captures  # noqa: E402
import judges  # noqa: E402
import tap  # noqa: E402
from tap import SMALL, clean_environment, complaint, equal, is_true, plimsoll, point, skip  # noqa: E402

# name: who judges it, called with a name, the path and the results; None: its own test does
FORMATS = {
    "text": judges.text,
    "json": judges.json_,
    "junit": judges.junit,
    "html": None,     # tests/html.t
    "xccdf": None,    # tests/xccdf.t
    "arf": None,
    "sarif": None,    # tests/sarif.t
    "csv": judges.csv_,
    "markdown": judges.markdown,
    "prometheus": judges.prometheus,
    "nagios": judges.nagios,
}
OF_BENCHMARK = {"xccdf", "arf"}    # are written with the benchmark itself, which these documents are not of: tests/xccdf.t
ONE_HOST = {"json"}                # refuse a report of several
OWN_STATUSES = {"nagios": 3}       # exit with this one where there is no audit, when they are standard output
ROOTS = tap.TOP / "tests/roots"
FIXED = clean_environment(SOURCE_DATE_EPOCH="1790000000")
WAIVER = {"rule": "*", "subject": None, "host": None, "owner": "ops@example.org", "reason": "needed until the move", "ticket": "OPS-42",
          "found": None, "expires": "2027-01-31", "where": "waivers:1"}
BIG = 20 << 20


class Document:
    """Saved reports, one per host, and what all of them hold."""

    def __init__(self, name, *paths):
        self.name, self.paths = name, paths
        self.results = [r for p in paths for s in json.loads(p.read_text())["subjects"] for r in s["results"]]


def audited(path, *args):
    run = plimsoll("audit", "-q", "-o", f"json={path}", *args, env=FIXED, timeout=120)
    if run.status not in (0, 1, 3):
        raise SystemExit(f"no audit: {run}")
    return path


def changed(path, new, change):
    report = json.loads(path.read_text())
    change(report)
    new.write_text(json.dumps(report))
    return new


def accept_some(report):
    failed = [r for s in report["subjects"] for r in s["results"] if r["result"] == "fail"]
    for result in failed[::3]:
        result["waived"] = dict(WAIVER)


def host_named(name):
    return lambda report: report["host"].update(hostname=name)


# ---- hostile texts ----

EVIL = [
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "x;=1+1", " =1", "\t=1", "\r=1", "\uff1d1", "\"\"\"", "'=1", ",;,",
    "<script>alert(1)</script>", "</code></summary></details>", "</td></tr></table>", "<!-- ", "&lt;b&gt;&#124;", "]]>", "<![CDATA[", "<?xml?>", "--><img src=x onerror=y>",
    "a|b", "a\\|b", "`a|b`", "|", "| |\n| |", "\\", "\\|", "`", "``", "`` ` ``", "`" * 1500 + "<b>", " ` ", "   ", "\\`|\\`",
    "[l](http://evil.example)", "![i](http://evil.example/i.png)", "[l]: http://evil.example", "http://evil.example", "www.evil.example", "WWW.evil.example", "me@evil.example",
    "<http://evil.example>", "mailto:me@evil.example", "@octocat", "**b**", "__b__", "~~s~~", "*e*", "\n\n# h\n\n- [ ] t\n", "1. x", "    x", "\n---\n", "$x$", "\n\n<b>\n\n",
    "\x1b[2J\x1b]0;t\x07", "\x9b31m", "\u202e", "\u2028", "\ufeff", "\ufffe", "\u0001\u0008\u007f", "\u00ad\u200b", "\U000e0041", "\r\n", "\n",
    "$HOSTNAME$ $(id) ${x}", "| critical=9999;;;0", "'l'=1;2;3", "\\\"} 1\nplimsoll_up 1", "{__name__=\"x\"}", "\\n", "%s%n", "A" * 40000, "\u00e9\u4e2d\U0001f600",
]
TEXTS = {"hostname", "os", "kernel", "arch", "root", "why", "version", "profile", "href", "name", "runtime", "image", "pod", "title", "reason", "origin", "value",
         "expected", "owner", "ticket", "expires", "where", "found", "system", "id"}


def every_text(value, make, key=None):
    """Replaces the texts of a report that come from outside, rules' names and benchmarks' included."""
    if isinstance(value, dict):
        return {k: every_text(v, make, k) for k, v in value.items() if k != "schema"}
    if isinstance(value, list):
        return [every_text(v, make, key) for v in value]
    return make(value) if isinstance(value, str) and key in TEXTS | {"rule", "benchmark"} else value


def with_texts(report, texts):
    """A text is given the next of `texts`; where it stood before, as an id does, the same again."""
    given = {}

    def make(old):
        if old not in given:
            given[old] = texts(len(given))
        return given[old]
    new = every_text(report, make)
    new.update(schema=report["schema"], tool=report["tool"], started=report["started"])
    return new


def shortened(normal, most):
    """A few results of each kind, of each subject."""
    report = json.loads(normal.read_text())
    for subject in report["subjects"]:
        kinds = [[r for r in subject["results"] if judges.outcome(r) == kind][:most] for kind in ("fail", "unknown", "waived", "pass")]
        subject["results"] = [r for kind in kinds for r in kind]
    return report


def of_texts(path, name, report, texts):
    path.write_text(json.dumps(with_texts(report, texts)))
    return Document(name, path)


def mixed(turn):
    return lambda i: f"{EVIL[(i + turn) % len(EVIL)]}{i}" if (i + turn) % 3 else f"{EVIL[(i + turn) % len(EVIL)]} {i}{EVIL[i % 7]}"


def alone(evil):
    return lambda i: f"{evil}{i}" if i % 2 else f"{i}{evil}"


def word(i):
    return f"word{i}"


BYTES = b"\x1b[2J\x9b31m\xe2\x80\xae]]></failure><script>&\"'\x7f\r\t\xef\xbf\xbe|`=1`|\0\xed\xa0\x80\xff\xc0\x80\x08 end\n"


def hostile_root(scratch):
    """What no JSON can hold: NUL, surrogates and broken UTF-8 in the files of a root, and a value of 20 MB."""
    root, source = scratch / "root", ROOTS / "kernel/hardened-x86_64"
    for path in sorted(source.rglob("*")):
        if path.is_file() and path.name != "manifest":   # which is no file of the system
            tap.write(root / path.relative_to(source), path.read_bytes().rstrip(b"\n") + BYTES)
    tap.write(root / "etc/hostname", BYTES)
    tap.write(root / "etc/os-release", b'PRETTY_NAME="' + BYTES.replace(b"\n", b"") + b'"\n')
    tap.write(root / "proc/sys/kernel/kptr_restrict", b"=" + b"x" * BIG + b"\n")
    tap.write(root / "proc/cmdline", b"quiet panic=" + b"|" * 100000 + b" slab_nomerge=\x1b]]>\n")
    return root


def big_value(report):
    """20 MB in one value and in one name."""
    result = next(r for s in report["subjects"] for r in s["results"] if r["result"] == "fail" and r["evidence"])
    result["evidence"][0]["value"] = result["reason"] = "=|`<" * (BIG // 4)
    report["host"]["os"] = "`|" * (BIG // 2)


# ---- the documents ----

def captured(scratch):
    captures.build(scratch / "captured")
    return scratch / "captured"


def documents(scratch):
    plain = audited(scratch / "captured.json", "-b", "container", "-b", "kernel", "-b", "docker", "--root", captured(scratch))
    normal = changed(plain, scratch / "normal.json", accept_some)
    weak = audited(scratch / "weak.json", "-b", "host", "--root", ROOTS / "host/weak")
    one, two = changed(weak, scratch / "one.json", host_named("one")), changed(normal, scratch / "two.json", host_named("two"))
    yield Document("normal", normal)
    yield Document("no container", audited(scratch / "none.json", "-b", "container", "-s", "containers", "--root", ROOTS / "host/weak"))
    yield Document("nothing applicable", audited(scratch / "nowhere.json", "-b", SMALL, "-p", "clean", "-r", "nowhere", "--root", tap.small_root(scratch / "small")))
    yield Document("every outcome", audited(scratch / "all.json", "-b", SMALL, "-p", "everything", "--root", scratch / "small"))
    yield Document("hostile bytes", audited(scratch / "bytes.json", "-b", "kernel", "-p", "paranoid", "--root", hostile_root(scratch)))
    yield Document("a value of 20 MB", changed(normal, scratch / "big.json", big_value))
    yield Document("two hosts", one, two)
    yield Document("one host twice", normal, normal)


# ---- judging ----

STRAY = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]")


def written(kind, document, place, *options):
    """The report in that format, or None."""
    path = place / f"written-{document.name.replace(' ', '-')}.{kind}"
    run = plimsoll("report", *document.paths, "-o", f"{kind}={path}", *options, env=FIXED, timeout=120)
    if kind in ONE_HOST and len(document.paths) > 1:
        point(f"{document.name}, {kind}: is refused", complaint(run, "one host") + [p for p in [path] if p.exists()])
        return None
    return path if point(f"{document.name}, {kind}: is written", [] if run.status == 0 and not run.said + run.text else [run]) else None


def judged(kind, document, place):
    if kind in OF_BENCHMARK:
        return
    for options in ((), ("-vv",)) if document.name in ("normal", "two hosts", "one host twice") else ((),):
        path = written(kind, document, place, *options)
        if not path:
            return
        name = " ".join((f"{document.name}, {kind}", *options))
        data = path.read_bytes()
        try:
            raw = sorted({hex(ord(c)) for c in STRAY.findall(data.decode("utf-8"))})
        except UnicodeDecodeError as wrong:
            raw = [wrong]
        point(f"{name}: valid UTF-8 without control characters", raw)
        if FORMATS[kind]:
            FORMATS[kind](name, path, document.results)


def as_plain(scratch, normal):
    """In Markdown no text makes an element of its own: there are those that plain words have, of the report and of what changed, which stands in it, too."""
    if not tap.has("cmark-gfm"):
        skip("markdown: hostile texts make the elements of plain words", "cmark-gfm is not installed")
        return
    report = shortened(normal.paths[0], 3)
    report["subjects"] = report["subjects"][:1] + report["subjects"][-3:]
    plain, differing = pages_of(scratch, of_texts(scratch / "plain.json", "plain", report, word)), []
    point("markdown: plain words make rows, folded details and what changed", [] if min(sum(len(r) == 5 for r in p.rows) for p in plain) > 5 and {
        "details", "table"} <= {tag for tag, _ in plain[1].seen} else [p.seen for p in plain])
    for evil in EVIL:
        for kind, page, other in zip(("diff", "report"), pages_of(scratch, of_texts(scratch / "evil.json", "evil", report, alone(evil))), plain):
            differing += [f"{kind} of {evil!r}: {x} for {y}" for x, y in zip(page.skeleton(), other.skeleton()) if x != y][:1]
    point("markdown: hostile texts make the elements of plain words", differing)


def changed_results(report):
    for subject in report["subjects"]:
        for i, result in enumerate(subject["results"]):
            if result["result"] in ("pass", "fail") and i % 3 == 0:
                result["result"] = {"pass": "fail", "fail": "pass"}[result["result"]]


def pages_of(scratch, document):
    later, out, pages = changed(document.paths[0], scratch / "later.json", changed_results), scratch / "changes.markdown", []
    for command, status in ((["diff", document.paths[0], later], 1), (["report", later, "--baseline", document.paths[0]], 0)):
        run = plimsoll(*command, "-o", f"markdown={out}", env=FIXED)
        if run.status != status or run.err:
            raise SystemExit(f"{document.name}: {run}")
        pages.append(judges.elements_of(out))
    return pages


def too_long(scratch, normal):
    """More failures than GitHub takes: the end is left out, and said to be."""
    report = json.loads(normal.paths[0].read_text())
    failed = [r for s in report["subjects"] for r in s["results"] if r["result"] == "fail"]
    path = scratch / "long.json"
    report["subjects"] = report["subjects"][:1]
    report["subjects"][0]["results"] = [dict(r, rule=f"{r['rule']}.{i}", waived=None) for i, r in enumerate(failed * 40)]
    report["benchmarks"] = [dict(b, version="0.0.0") for b in report["benchmarks"]]
    path.write_text(json.dumps(report))
    document = Document("more than GitHub takes", path)
    judged("markdown", document, scratch)
    shown = (scratch / "written-more-than-GitHub-takes.markdown").read_text()
    left = dict(reversed(pair) for pair in re.findall(r"\*\*(\d+) more (\w+) are left out\*\*", shown))
    rows = len(re.findall(r"^\| (?:high|medium|low) \| `", shown, re.M))
    equal("... what is left out is counted", [int(left.get("failures", 0)) + rows, int(left.get("details", 0)) + shown.count("<details>")], [len(failed) * 40] * 2)


# ---- thresholds and statuses of a monitoring plug-in ----

def plugin(scratch):
    root = scratch / "small"
    cases = [("OK", 0, "clean", []), ("CRITICAL", 2, "low", []), ("WARNING", 1, "low", ["--fail-on", "medium"]), ("CRITICAL", 2, "high", ["--fail-on", "high"]),
             ("WARNING", 1, "everything", ["--fail-on", "none", "--skip", "un*", "--skip", "sense*"]), ("UNKNOWN", 3, "unknown", []), ("UNKNOWN", 3, "error", []),
             ("UNKNOWN", 3, "everything", ["--fail-on", "none"]), ("OK", 0, "info", []), ("CRITICAL", 2, "info", ["--fail-on", "info"]),
             ("CRITICAL", 2, "medium", ["--fail-on", "none", "--min-score", "50.1"]), ("WARNING", 1, "medium", ["--fail-on", "none", "--min-score", "50"]),
             ("OK", 0, "clean", ["-r", "nowhere"]), ("UNKNOWN", 3, "clean", ["-r", "nowhere", "--min-score", "1"])]
    for word, status, profile, options in cases:
        run = plimsoll("audit", "-b", SMALL, "--root", root, "-p", profile, "-f", "nagios", *options)
        point(f"nagios: {word}: {profile} {' '.join(options)}".rstrip(), [] if run.status == status and run.text.startswith(f"PLIMSOLL {word} - ") and not run.err else [run])
    saved = audited(scratch / "low.json", "-b", SMALL, "--root", root, "-p", "low")
    for status, options in ((2, []), (1, ["--fail-on", "medium"]), (2, ["--fail-on", "high", "--min-score", "99"])):
        equal(f"nagios: of a saved report, {' '.join(options)}", plimsoll("report", saved, "-f", "nagios", *options).status, status)
    equal("nagios: written to a file it leaves the status of the command", plimsoll(
        "audit", "-b", SMALL, "--root", root, "-p", "low", "-q", "-o", f"nagios={scratch / 'n'}").status, 1)
    equal("nagios: by -o on standard output", plimsoll("audit", "-b", SMALL, "--root", root, "-p", "low", "-o", "nagios=-").status, 2)
    for name, args in (("an unknown option", ["audit", "-f", "nagios", "--tpyo"]), ("an unknown profile", ["audit", "-f", "nagios", "-p", "none"]), ("no benchmark", [
            "audit", "-b", "/no|where.xml", "-f", "nagios"]), ("no saved report", ["report", "/nowhere.json", "-f", "nagios"])):
        run = plimsoll(*args)
        point(f"nagios: UNKNOWN, not CRITICAL, where there is no audit: {name}", [] if run.status == 3 and re.fullmatch(
            r"PLIMSOLL UNKNOWN - [^|\n]+\n", run.text) and run.said.startswith("plimsoll: ") else [run])
    run = plimsoll("audit", "-b", SMALL, "--root", root, "-p", "low", "-f", "nagios", "--min-score", "80")
    point("nagios: the thresholds stand in the performance data", [p for p in (" score=50.0%;;80.0:;0;100 ", " low=1;;0;0 ", " high=0;;0;0 ", " info=0;;;0 ") if p not in run.text])
    run = plimsoll("audit", "-b", SMALL, "--root", root, "-p", "low", "-f", "nagios", "--fail-on", "high")
    point("... also of what is a warning", [p for p in (" low=1;0;;0 ", " medium=0;0;;0 ", " high=0;;0;0 ") if p not in run.text])


def alert_rules(scratch):
    rules, test = tap.TOP / "dist/prometheus/plimsoll.rules.yml", tap.DATA / "prometheus/rules-test.yml"
    shown = plimsoll("report", scratch / "normal.json", "-f", "prometheus").text
    names = set(re.findall(r"plimsoll_[a-z_]+", re.sub(r"(?m)^ *#.*", "", rules.read_text())))
    point("the alert rules use metrics that there are", sorted(n for n in names if f"\n{n}{{" not in shown))
    if not tap.has("promtool"):
        skip("the alert rules are right", "promtool is not installed")
        return
    place = scratch / "rules"
    for path in (rules, test):
        tap.write(place / path.name, path.read_bytes())
    for command in (["check", "rules", place / rules.name], ["test", "rules", place / test.name]):
        said = judges.run("promtool", *command)
        point(f"promtool {command[0]} rules", [] if said.returncode == 0 else [said.stdout.decode(), said.stderr.decode()])


# ---- what cannot be written ----

def refused(kind, run, *parts, on_stdout=False):
    """As complaint(); a format with statuses of its own says so on standard output, too."""
    if on_stdout and kind in OWN_STATUSES:
        return complaint(tap.Run(run.status, b"", run.err), *parts, status=OWN_STATUSES[kind])
    return complaint(run, *parts)


def untouched(folder, *also):
    """The old report is the old one, and nothing lies beside it."""
    return ([] if (folder / "report").read_text() == "old" else ["the old report is changed"]) + [
        f"left behind: {name}" for name in sorted(os.listdir(folder)) if name not in ("report", *also)]


def old_report(folder):
    folder.mkdir(parents=True)
    (folder / "report").write_text("old")
    return folder


def on_stdout(kind, saved):
    read, write = os.pipe()
    os.close(read)
    run = plimsoll("report", saved, "-f", kind, stdout=write)
    os.close(write)
    equal(f"{kind}: into a pipe that nobody reads, nothing is said", (run.status, run.said), (OWN_STATUSES.get(kind, 2), ""))
    if os.path.exists("/dev/full"):
        with open("/dev/full", "wb") as full:
            run = plimsoll("report", saved, "-f", kind, stdout=full)
        point(f"{kind}: /dev/full as standard output", refused(kind, run, os.strerror(errno.ENOSPC), on_stdout=True))
        point(f"{kind}: /dev/full as the file", refused(kind, plimsoll("report", saved, "-o", f"{kind}=/dev/full"), "/dev/full", os.strerror(errno.ENOSPC)))
    script = '"$1" report "$2" -vv -f "$3" 2>"$4.err" | head -n 1; test "$(wc -l <"$4.err")" -le 1'
    head = subprocess.run(["sh", "-c", script, "sh", tap.PLIMSOLL, saved, kind, str(saved)], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    is_true(f"{kind}: | head -n 1 shows one line, and stderr at most one", head.returncode == 0 and head.stdout.count(b"\n") == 1, head)


FULL = 'mount -t tmpfs -o size=8k none "$2" && printf old >"$2/report" || exit 77; "$1" report "$3" -o "$4=$2/report"; status=$?; ls -A "$2"; cat "$2/report"; exit $status'


def on_full_disk(kind, saved, folder):
    name = f"{kind}: a file system that is full"
    folder.mkdir(parents=True)
    run = judges.run("unshare", "-m", "sh", "-c", FULL, "sh", tap.PLIMSOLL, folder, saved, kind) if tap.has("unshare") and os.geteuid() == 0 else None
    if run is None or run.returncode in (1, 77):
        skip(name, "no file system can be mounted here")
        return
    point(name, complaint(tap.Run(run.returncode, b"", run.stderr), f"{folder}/report", os.strerror(errno.ENOSPC)) + (
        [] if run.stdout == b"report\nold" else [f"what is there: {run.stdout!r}"]))


def as_ordinary_user(kind, saved, folder):
    names = [f"{kind}: {what}" for what in ("an unwritable directory", "somebody else's link in a directory for all")]
    wrapper = tap.as_user()
    if wrapper is None or not tap.user_can_run():
        for name in names:
            skip(name, "no way to be an ordinary user who reaches the program")
        return
    closed = old_report(folder / "closed")
    closed.chmod(0o555)
    run = plimsoll("report", saved, "-o", f"{kind}={closed}/report", wrapper=wrapper)
    point(names[0], complaint(run, f"{closed}/report", os.strerror(errno.EACCES)) + untouched(closed))
    if os.geteuid() != 0:
        skip(names[1], "only root can make one")
        return
    shared, target = folder / "shared", old_report(folder / "target")
    shared.mkdir()
    shared.chmod(0o1777)
    target.chmod(0o777)
    (target / "report").chmod(0o666)
    (shared / "link").symlink_to(target / "report")
    run = plimsoll("report", saved, "-o", f"{kind}={shared}/link", wrapper=wrapper)
    point(names[1], complaint(run, f"{shared}/link", "everybody can write") + untouched(target) + [n for n in os.listdir(shared) if n != "link"])


def over_a_link(kind, saved, folder):
    """In a directory for all, as anyone may have put it there: it is neither followed nor replaced."""
    target, shared = old_report(folder / "precious"), folder / "for-all"
    shared.mkdir()
    shared.chmod(0o1777)
    (shared / "link").symlink_to(target / "report")
    if os.geteuid() == 0:
        os.lchown(shared / "link", 65534, 65534)
    run = plimsoll("report", saved, "-o", f"{kind}={shared}/link")
    point(f"{kind}: a link in a directory for all is refused, its target left alone", complaint(run, f"{shared}/link", "everybody can write") + untouched(target) + (
        [] if (shared / "link").is_symlink() and os.listdir(shared) == ["link"] else [run]))


def killed(kind, saved, folder):
    """When all is written and nothing is in its place."""
    name = f"{kind}: a run that is killed leaves the old report and nothing else"
    place = old_report(folder / "killed")
    wrapper = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:signal=KILL")
    if not tap.has("strace"):
        skip(name, "strace is not installed")
        return
    run = plimsoll("report", saved, "-o", f"{kind}={place}/report", wrapper=wrapper)
    if run.status not in (-9, 137):
        skip(name, f"strace kills nothing here: {run.status}")
        return
    if not has_nameless_files(folder):
        skip(name, "this file system has no files without a name")
        return
    point(name, untouched(place))


def has_nameless_files(folder):
    with contextlib.suppress(OSError):
        os.close(os.open(folder, os.O_TMPFILE | os.O_WRONLY, 0o600))
        return True
    return False


def help_names_them():
    for verb, kinds in (("audit", list(FORMATS)), ("report", list(FORMATS)), ("containers", ["text", "json"]), ("diff", ["text", "json", "html", "markdown"])):
        shown = " ".join(plimsoll(verb, "--help").text.split())
        words = ", ".join(kinds[:-1]) + f" or {kinds[-1]}"
        is_true(f"{verb} --help names its formats", f" as {words} (default: text)" in shown, shown)


def main():
    there = [line.split()[0] for line in plimsoll("list", "formats").text.splitlines()]
    equal("every format has a row here, in its order", list(FORMATS), there)
    with tap.Scratch() as scratch:
        scratch.chmod(0o755)
        kinds = [k for k in FORMATS if k in there]
        for document in documents(scratch):
            for kind in kinds:
                judged(kind, document, scratch)
        normal = Document("normal", scratch / "normal.json")
        for turn in (0, 1, 17):
            document = of_texts(scratch / f"evil-{turn}.json", f"hostile texts, {turn}", shortened(normal.paths[0], 15), mixed(turn))
            for kind in kinds:
                judged(kind, document, scratch)
        as_plain(scratch, normal)
        too_long(scratch, normal)
        plugin(scratch)
        alert_rules(scratch)
        single = audited(scratch / "single.json", "-b", "host", "--root", ROOTS / "host/debian-12")
        for kind in kinds:
            folder, saved = pathlib.Path(scratch / "faults" / kind), single if kind in OF_BENCHMARK else normal.paths[0]
            saved.chmod(0o644)
            on_stdout(kind, saved)
            on_full_disk(kind, saved, folder / "full")
            as_ordinary_user(kind, saved, folder)
            over_a_link(kind, saved, folder)
            killed(kind, saved, folder)
    help_names_them()
    tap.done()


main()
