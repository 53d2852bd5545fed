#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Accepted failures: shown in every format and not counted; told when they are over or for nothing; and no file hides a finding that others can write."""
import json
import os
import resource
import stat
import sys
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
import captures  # noqa: E402
from tap import (DATA, SANITIZED, SMALL, TOP, Scratch, clean_environment, complaint, done, equal, has, is_true, plimsoll, point, skip,  # noqa: E402
                 small_root, write)

NOW = "1795392000"  # 2026-11-23
FIXED = clean_environment(SOURCE_DATE_EPOCH=NOW)
OWNER, REASON, TICKET = "ops@example.org", "needed until the move is done", "OPS-42"


def section(check="bad.high", expires="2027-01-31", owner=OWNER, reason=REASON, **more):
    keys = {"check": check, "expires": expires, "owner": owner, "reason": reason, **more}
    return "[waiver]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items() if value is not None)


def run(*args, **more):
    return plimsoll(*args, env=FIXED, **more)


def results_of(ran, kind="host"):
    return {r["rule"]: r for s in json.loads(ran.out)["subjects"] if s["kind"] == kind for r in s["results"]}


class Small:
    """Audits of the small benchmark's root, which fails one rule of each severity."""

    def __init__(self, scratch):
        self.scratch, self.root, self.file = scratch, small_root(scratch / "root"), scratch / "w" / "waivers.conf"
        write(self.root / "proc/sys/kernel/hostname", "web1\n")
        write(self.root / "etc/hostname", "web1\n")

    def audit(self, text, *args, profile="high"):
        write(self.file, text)
        return run("audit", "-b", SMALL, "-p", profile, "--root", self.root, "--waivers", self.file, *args)


def in_force(small):
    text = section(ticket=TICKET)
    for kind, says in (("text", ["WAIVED", "1 accepted", "1 waived", f"until 2027-01-31 by {OWNER}: {REASON}", TICKET]),
                       ("json", ['"waived": 1', f'"owner": "{OWNER}"', '"expires": "2027-01-31"', f'"ticket": "{TICKET}"', f"{small.file}:1"]),
                       ("junit", ['failures="0"', f'<skipped message="waived until 2027-01-31 by {OWNER}: {REASON} ({TICKET})">', "found: "])):
        ran = small.audit(text, "-f", kind)
        words = " ".join(ran.text.split())
        point(f"{kind}: who, why, until when", [f"no {part!r}" for part in says if " ".join(part.split()) not in words] + [ran] * (ran.status != 0))
    report = json.loads(small.audit(text, "-f", "json").out)
    equal("it counts neither as failed nor as passed", (report["counts"]["fail"], report["counts"]["waived"], report["score"]), (0, 1, 100.0))
    equal("... and is a failure all the same", results_of(small.audit(text, "-f", "json"))["bad.high"]["result"], "fail")
    equal("without it the audit fails", small.audit("", "-q").status, 1)
    with_it, without = small.scratch / "with.json", small.scratch / "without.json"
    small.audit(text, "-q", "-o", f"json={with_it}")
    small.audit("# none\n", "-q", "-o", f"json={without}")
    for name, pair, status in (("that came", (without, with_it), 0), ("that went", (with_it, without), 1)):
        ran = run("diff", *pair, "-f", "json", "-b", SMALL)
        changes = json.loads(ran.out) if ran.out else {}
        equal(f"diff: a waiver {name} makes no other audit of it", (ran.status, [c["rule"] for c in changes.get("changes", [])], changes.get("new_rules"), changes.get("gone_rules")),
              (status, ["bad.high"], [], []))
    equal("... nor where it is the baseline", small.audit("# none\n", "-q", "--baseline", with_it, "--fail-on", "new").status, 1)
    equal("a failure beside it fails the audit", small.audit(section(), "-q", profile="everything").status, 1)
    equal("none: the audit without any", run("audit", "-b", SMALL, "-p", "high", "--root", small.root, "--waivers", "none", "-q").status, 1)
    equal("what is unknown is not waived", small.audit(section("unreadable"), "-q", profile="unknown").status, 3)


def by_day(small):
    for expires, status, told in (("2026-11-22", 1, "waiver.expired"), ("2026-11-23", 0, "waiver.expiring"), ("2026-12-07", 0, "waiver.expiring"),
                                  ("2026-12-08", 0, None)):
        ran = small.audit(section(expires=expires), "-f", "json")
        own = {rule: r["result"] for rule, r in results_of(ran).items() if rule.startswith("waiver.")}
        wanted = {"waiver.expired": "pass", "waiver.expiring": "pass", "waiver.stale": "pass"}
        if told:
            wanted[told] = "fail" if told == "waiver.expired" else "informational"
        equal(f"until {expires}: exit status and what is told", (ran.status, own), (status, wanted))
    ran = small.audit(section(expires="2026-11-22"))
    point("one that is over is told with its place and owner", [ran] * (not all(p in " ".join(ran.text.split()) for p in (
        "waiver.expired", "ended on 2026-11-22", OWNER, f"{small.file}:1"))))
    equal("a failure whose waiver is over counts again", json.loads(small.audit(section(expires="2026-11-22"), "-f", "json").out)["counts"]["fail"], 2)
    ran = small.audit(section("good"), "-p", "clean", "-f", "json")
    stale = results_of(ran)["waiver.stale"]
    equal("one that covers nothing is told, and fails nothing", (stale["result"], stale["evidence"][0]["origin"], ran.status), ("informational", f"{small.file}:1", 0))
    ran = small.audit(section(found="1"), "-f", "json")
    is_true("another value than the pinned one is not covered, and that is told", ran.status == 1 and "not 1" in results_of(ran)["waiver.stale"]["reason"], repr(ran))
    equal("the pinned value is", small.audit(section(found="0"), "-q").status, 0)
    for name, args in (("a rule that is not selected", ["-p", "clean"]), ("a rule that is left out", ["--skip", "bad.*"]), ("other rules alone", ["-r", "good"])):
        ran = small.audit(section(), "-f", "json", *args)
        equal(f"not stale: {name}", results_of(ran).get("waiver.stale", {}).get("result", "pass"), "pass")
    equal("--skip leaves the rules about waivers out", [r for r in results_of(small.audit(section(), "--skip", "waiver.*", "-f", "json")) if "waiver" in r], [])
    equal("there are none where there are no waivers", [r for r in results_of(small.audit("# none\n", "-f", "json")) if "waiver" in r], [])
    is_true("explain knows them", all(run("explain", rule).status == 0 for rule in ("waiver.expired", "waiver.expiring", "waiver.stale")))


def by_host(small):
    name = json.loads(small.audit("", "-f", "json").out)["host"]["hostname"]
    equal("host = is matched against the audited host", [small.audit(section(host=glob), "-q").status for glob in ("web?", "w*", name, "db*", os.uname().nodename + "x")],
          [0, 0, 0, 1, 1])
    is_true("one for another host is not told", "waiver." not in small.audit(section(host="db*")).text)


BROKEN = """# line 1
[waiver]
check = bad.hihg
expires = 2027-02-30
owner =
reason = too short
colour = red
[wiaver]
[waiver]
nonsense
check = bad.*
target = pods:x
expires = 2027-01-31
owner = me
reason = long enough to say why
found = \x1b[31m
"""
LINES = [(3, "'bad.hihg'"), (4, "2027-02-30"), (5, "'owner'"), (6, "9 of at least 15 characters"), (7, "'colour'"), (8, "[wiaver]"), (8, "no check"), (8, "no expires"),
         (8, "no owner"), (8, "no reason"), (10, "key = value"), (12, "'pods:x', did you mean"), (16, "control characters")]


def broken(small):
    ran = small.audit(BROKEN)
    point("a mistake stops the audit, and how many more there are is said", complaint(ran, f"{small.file}:3: ", "'plimsoll waiver check'"))
    point("... and the table of containers", complaint(run("containers", "--root", small.root, "--waivers", small.file), f"{small.file}:3: "))
    for verb in (["waiver", "check"], ["validate"]):
        ran = run(*verb, small.file)
        said = ran.said.splitlines()
        # without --benchmark the small one's rules are unknown
        missing = [f"{line}: {part}" for line, part in LINES if not any(s.startswith(f"plimsoll: {small.file}:{line}: ") and part.split(",")[0] in s for s in said)]
        point(f"{' '.join(verb)}: every mistake, with its line", missing + [ran] * (ran.status != 2 or "\x1b" in ran.said))
    ran = run("waiver", "check", small.file, "-b", SMALL)
    is_true("the nearest rule is named", "did you mean" in ran.said)
    write(small.file, "root:x:0:0\n" * 1000)
    point("what is no file of waivers is told once", complaint(run("waiver", "check", small.file), f"{small.file}:1: this is no"))
    write(small.file, section() + "\0")
    point("a NUL byte", complaint(run("waiver", "check", small.file), f"{small.file}:6: a NUL"))


def permissions(small):
    text = section()
    small.audit(text, "-q")
    folder = small.file.parent
    cases = [("a file that its group can write", small.file, 0o664, "its group"), ("a file that everybody can write", small.file, 0o646, "everybody"),
             ("a directory that its group can write", folder, 0o775, "its group"), ("one that everybody can write", folder, 0o1777, "everybody")]
    for name, path, mode, says in cases:
        before = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode)
        for what in (small.file, folder):
            ran = run("audit", "-b", SMALL, "-p", "high", "--root", small.root, "--waivers", what)
            point(f"refused: {name} ({'file' if what == small.file else 'directory'} given)", complaint(ran, str(path), says))
        point(f"waiver check tells: {name}", complaint(run("waiver", "check", small.file, "-b", SMALL), says))
        path.chmod(before)
    elsewhere = small.scratch / "open"
    write(elsewhere / "x.conf", text)
    link = folder / "link.conf"
    link.symlink_to(elsewhere / "x.conf")
    elsewhere.chmod(0o777)
    point("refused: a link into a directory that everybody can write", complaint(run("waiver", "check", "--waivers", folder, "-b", SMALL), str(elsewhere)))
    link.unlink()
    if os.geteuid() == 0:
        os.chown(small.file, 4242, 0)
        point("refused: a file of another user", complaint(run("waiver", "check", small.file, "-b", SMALL), "4242"))
        os.chown(small.file, 0, 0)
    else:
        skip("refused: a file of another user", "needs root")
    os.mkfifo(folder / "pipe.conf")
    point("refused, without waiting: a FIFO", complaint(run("waiver", "check", "--waivers", folder, "-b", SMALL), "not a regular file"))
    (folder / "pipe.conf").unlink()
    (folder / "gone.conf").symlink_to("nowhere")
    point("refused: a link that leads nowhere", complaint(run("waiver", "check", "--waivers", folder, "-b", SMALL), "gone.conf"))
    (folder / "gone.conf").unlink()
    point("refused: a file that is not there", complaint(small_audit_with(small, folder / "none.conf"), "none.conf"))
    write(folder / "notes.txt", "no waiver\n")
    write(folder / ".hidden.conf", "no waiver\n")
    equal("only files that end in .conf are read", run("waiver", "check", "--waivers", folder, "-b", SMALL).status, 0)


def small_audit_with(small, path):
    return run("audit", "-b", SMALL, "-p", "high", "--root", small.root, "--waivers", path)


# ---- containers, saved reports ----

def of_containers(scratch, root):
    folder = scratch / "cw"
    file = folder / "a.conf"

    def audit(text, *args):
        write(file, text)
        return run("audit", "-b", "container", "--root", root, "--waivers", folder, "-f", "json", *args)

    def waived(ran):
        return {(s["name"], r["rule"]) for s in json.loads(ran.out)["subjects"] for r in s["results"] if r["waived"]}

    plain = json.loads(audit("").out)
    failed = {s["name"]: [r["rule"] for r in s["results"] if r["result"] == "fail"] for s in plain["subjects"] if s["kind"] == "container"}
    rule = failed["cl-priv"][0]
    got = waived(audit(section(rule, target="container:cl-p*")))
    equal("containers by name", got, {(n, rule) for n in failed if n and n.startswith("cl-p") and rule in failed[n]})
    got = waived(audit(section("*", target="image:localhost/local/cl-nest:*")))
    equal("containers by image, all rules", got, {(n, r) for n in ("cl-nest", "cl-nest2") for r in failed[n]})
    is_true("a name that a container gave waives nothing", not waived(audit(section("*", target="container:inner*"))))
    ran = audit(section("*", target="container:inner*"), "-s", "host", "-s", "containers")
    is_true("... and that is told", "target = claimed:GLOB" in results_of(ran)["waiver.stale"]["reason"], repr(ran))
    is_true("claimed: takes it", {n for n, _ in waived(audit(section("*", target="claimed:inner*")))} == {"inner", "inner2", "inner3"})
    ran = audit(section(rule, target="container:gone-*"), "-s", "host", "-s", "containers")
    is_true("stale: there is no such container", "no such container" in (results_of(ran)["waiver.stale"]["reason"] or ""), repr(ran))
    ran = audit(section(rule, target="container:gone-*"), "-s", "host", "-s", "cl-priv")
    equal("not stale: it was not among those asked for", results_of(ran)["waiver.stale"]["result"], "pass")
    equal("without the host nothing is told of waivers", {s["kind"] for s in json.loads(audit(section(rule, target="container:gone-*"), "-s", "containers").out)["subjects"]},
          {"container"})
    write(file, section("*", target="container:cl-priv"))
    rows = {c["name"]: c for c in json.loads(run("containers", "--root", root, "--waivers", folder, "-f", "json").out)["containers"]}
    equal("the table of containers: the worst finding is not a waived one", (rows["cl-priv"]["worst"], rows["cl-default"]["worst"] is not None), (None, True))
    return rule


def saved_alike(scratch, root, rule):
    """With waivers in force, over, stale; on host and containers, two of them for the same rule."""
    folder = scratch / "sw"
    host = next(r for r, v in results_of(run("audit", "--root", root, "-f", "json", "-s", "host")).items() if v["result"] == "fail")
    write(folder / "a.conf", section(host, ticket=TICKET) + section(rule, target="container:cl-*", owner="one") + section(rule, target="container:cl-priv", owner="two", expires="2027-06-30")
          + section(rule, target="image:*", expires="2026-01-01", owner="over") + section("*", target="container:nobody"))
    path, differing = scratch / "saved.json", []
    first = run("audit", "--root", root, "--waivers", folder, "-o", f"json={path}")
    for line in run("list", "formats").text.splitlines():
        for extra in ([], ["-v"], ["-vv"]):
            kind = line.split()[0]
            ran = run("audit", "--root", root, "--waivers", folder, "-f", kind, *extra)
            again = run("report", path, "-f", kind, *extra)
            if kind == "xccdf" and all(r.status == 2 and b"one benchmark" in r.err for r in (ran, again)):
                continue
            status = ran.status if kind == "nagios" else 0   # exits as a plug-in does
            if again.status != status or ran.out != again.out or not ran.out:
                differing.append(f"{kind} {' '.join(extra)}: {again}")
    point("a saved report shows the waivers as the audit did, in every format", differing + [first] * (first.status not in (1, 3)))
    text = run("report", path, "-v").text
    is_true("containers under different waivers are told apart", "by one:" in " ".join(text.split()) and "by two:" in " ".join(text.split()))
    return path


HOSTILE = "\x1b[2J\x9b31m\u202e]]></skipped><script>\r\n[waiver]\nWAIVED\x00|`=cmd()" + "A" * 40000


def hostile(path):
    report = json.loads(path.read_text())
    for subject in report["subjects"]:
        for result in subject["results"]:
            if result["waived"]:
                for key in ("owner", "reason", "ticket", "expires", "where", "rule", "subject", "host", "found"):
                    result["waived"][key] = HOSTILE.replace("\x00", "")
    bad = path.parent / "hostile.json"
    bad.write_text(json.dumps(report))
    for kind in ("text", "junit", "json"):
        ran = run("report", bad, "-f", kind, "-v")
        raw = [c for c in ("\x1b", "\x9b", "\u202e", "\r") if c in ran.text]
        if kind == "junit":
            ElementTree.fromstring(ran.out)
        point(f"{kind}: nothing of a hostile waiver gets through", [f"{raw} {ran}"] * bool(raw or ran.status))
    for value in ([], 7, {}, {"owner": 7}, "x"):
        report["subjects"][0]["results"][0]["waived"] = value
        bad.write_text(json.dumps(report))
        statuses = [run("report", bad, "-f", kind).status for kind in ("text", "junit", "json")]
        equal(f"waived: {value!r} is read", statuses, [0, 0, 0])


# ---- plimsoll waiver ----

def add(small):
    folder = small.scratch / "etc" / "waivers.d"
    given = ["--waivers", folder, "--owner", OWNER, "--reason", REASON, "--expires", "2027-01-31"]
    ran = run("waiver", "add", "sysctl.kernel.kptr_restrict", *given, "--ticket", TICKET, "--host", "web*", "--found", "0")
    path = folder / "sysctl.kernel.kptr_restrict.conf"
    equal("add: writes a file of its own and names it", (ran.status, ran.text.strip()), (0, str(path)))
    first = path.read_text()
    equal("add: readable by all, written by its owner", stat.S_IMODE(path.stat().st_mode), 0o644)
    equal("add: what was given stands in it", sorted(line.split(" = ")[1] if " = " in line else line for line in first.splitlines()),
          sorted(["[waiver]", "sysctl.kernel.kptr_restrict", "web*", "2027-01-31", OWNER, REASON, TICKET, "0"]))
    second = run("waiver", "add", "sysctl.kernel.kptr_restrict", *given)
    is_true("add: no file is overwritten", second.text.strip().endswith("-2.conf") and path.read_text() == first, repr(second))
    ran = run("waiver", "add", "container.*", *given, "--target", "container:ci-*")
    equal("add: a glob, for containers", (ran.status, ran.text.strip()), (0, str(folder / "container._.conf")))
    equal("add: what it wrote is without a mistake", run("waiver", "check", "--waivers", folder).status, 0)
    before = sorted(os.listdir(folder))
    for name, rule, changed, says in (("an unknown rule", "sysctl.kernel.kptr_restrct", {}, "did you mean 'sysctl.kernel.kptr_restrict'?"),
                                      ("a day that is over", "sysctl.*", {"--expires": "2026-11-22"}, "2026-11-22 is in the past"), ("no day", "sysctl.*", {"--expires": "soon"}, "'soon'"),
                                      ("a short reason", "sysctl.*", {"--reason": "because"}, "7 of at least 15 characters"), ("no reason", "sysctl.*", {"--reason": None}, "--reason"),
                                      ("a line break", "sysctl.*", {"--owner": "me\n[waiver]\ncheck = *"}, "line break"),
                                      ("an escape sequence", "sysctl.*", {"--owner": "\x1b[31mme"}, "control"), ("a wrong target", "sysctl.*", {"--target": "container:x"}, "host"),
                                      ("no rule", None, {}, "needs one rule")):
        options = {"--owner": OWNER, "--reason": REASON, "--expires": "2027-01-31", **changed}
        words = [w for key, value in options.items() if value is not None for w in (key, value)]
        ran = run("waiver", "add", *([rule] if rule else []), "--waivers", folder, *words)
        point(f"add refuses: {name}", complaint(ran, says) if not ran.said.startswith("plimsoll: waiver add:1") else [ran])
    equal("... and leaves nothing behind", sorted(os.listdir(folder)), before)
    point("add refuses: a place that is none", complaint(run("waiver", "add", "sysctl.*", "--waivers", "none", "--owner", OWNER, "--reason", REASON,
                                                            "--expires", "2027-01-31", cwd=small.scratch), "none") + ["none was made"] * (small.scratch / "none").exists())
    folder.chmod(0o777)
    point("add refuses: a directory that others can write", complaint(run("waiver", "add", "sysctl.*", *given), str(folder)))
    folder.chmod(0o755)
    ran = run("waiver", "list", "--waivers", folder, "--root", small.root)
    is_true("list: days left, owner, reason", all(w in ran.text for w in ("69 days left", OWNER, REASON, TICKET)) and ran.status == 0, repr(ran))


def things(scratch):
    """A file, a unit, a parameter of the kernel: as far as it goes."""
    root, file = TOP / "tests/roots/host/weak", scratch / "t" / "t.conf"

    def audit(text):
        write(file, text)
        ran = run("audit", "--root", root, "-b", "host", "--waivers", file, "-f", "json")
        return results_of(ran), json.loads(ran.out)["counts"]

    plain, counts = audit("")
    failed = {rule: [e for e in r["evidence"] if e["outcome"] == "fail"] for rule, r in plain.items() if r["result"] == "fail"}
    failed = {rule: e for rule, e in failed.items() if e}
    rule, evidence = next((r, e) for r, e in failed.items() if len({x["origin"].split(":")[0] for x in e}) > 1 and all(x["origin"].startswith("/") for x in e)
                          and plain[r]["decisive"] < len(plain[r]["evidence"]))
    paths = sorted({x["origin"].rsplit(":", 1)[0] if x["origin"].rsplit(":", 1)[-1].isdigit() else x["origin"] for x in evidence})
    got, _ = audit(section(rule, target=f"path:{paths[0]}"))
    equal(f"{rule}: one of {len(paths)} files is not all of them", (got[rule]["waived"], got["waiver.stale"]["result"]), (None, "informational"))
    is_true("... and which other one fails is told", "fails it, too" in got["waiver.stale"]["reason"], got["waiver.stale"]["reason"])
    got, after = audit("".join(section(rule, target=f"path:{path}", owner=f"team{i}", expires=f"2027-01-{31 - i}") for i, path in enumerate(paths)))
    waived = got[rule]["waived"] or {}
    equal("each by its own team: until the first of them ends", (sorted(waived.get("owner", "").split("; ")), waived.get("expires"), after["waived"], after["fail"]),
          ([f"team{i}" for i in range(len(paths))], f"2027-01-{32 - len(paths)}", 1, counts["fail"] - 1))
    got, _ = audit(section(rule, target=f"path:{os.path.commonprefix(paths)}*"))
    is_true("a glob takes all of them", got[rule]["waived"])
    for kind, glob in (("sysctl", "net.*"), ("unit", "*.service"), ("path", "/nowhere/*")):
        got, _ = audit(section("*", target=f"{kind}:{glob}"))
        taken = {r for r, v in got.items() if v["waived"]}
        ours = {"sysctl": "net", "unit": ".service", "path": "/nowhere"}[kind]
        wrong = [f"{r}: {e}" for r in taken for e in failed.get(r, got[r]["evidence"]) if ours not in f"{e['origin']} {e['name']}"]
        point(f"{kind}:{glob} takes nothing else", wrong + ["none was taken"] * (not taken and kind != "path") + ["some was"] * (bool(taken) and kind == "path"))


def days(small):
    far = section(expires="2027-11-24")
    point("a waiver for longer than a year is a mistake", complaint(small.audit(far), f"{small.file}:3: 2027-11-24 is 366 days away", "max-days"))
    equal("... unless it is allowed", small.audit(far, "--max-days", "366", "-q").status, 0)
    equal("a year is not", small.audit(section(expires="2027-11-23"), "-q").status, 0)
    write(small.file, far)
    conf = write(small.scratch / "m.conf", "[all]\nmax-days = 400\n")
    equal("the configuration says how long, to every command", [run(*verb, "--config", conf).status for verb in (
        ["waiver", "check", small.file, "-b", SMALL], ["validate", small.file, "-b", SMALL])], [0, 0])
    point("waiver check tells it", complaint(run("waiver", "check", small.file, "-b", SMALL), "366 days away"))
    point("validate tells it", complaint(run("validate", small.file, "-b", SMALL), "366 days away"))
    point("waiver add refuses it", complaint(run("waiver", "add", "sysctl.*", "--waivers", small.scratch / "far", "--owner", OWNER, "--reason", REASON,
                                                 "--expires", "2030-01-01"), "waiver add: 2030-01-01 is 1135 days away"))
    for value in ("0", "-1", "x", "99999999999"):
        point(f"--max-days {value}", complaint(run("waiver", "check", f"--max-days={value}"), "from 1 to 36500"))


def check(scratch, saved):
    host = next(r["rule"] for r in json.loads(saved.read_text())["subjects"][0]["results"] if r["result"] == "fail" and not r["rule"].startswith("waiver."))
    passed = next(r["rule"] for r in json.loads(saved.read_text())["subjects"][0]["results"] if r["result"] == "pass" and not r["rule"].startswith("waiver."))
    file = scratch / "k" / "k.conf"
    for name, text, args, status, says in (
            ("in force", section(host), [], 0, "covers 1 failure"), ("over", section(host, "2026-11-22"), [], 1, "counts again"), ("stale", section(passed), [], 1, "nothing that it is for fails"),
            ("another host", section(host, host="elsewhere"), [], 0, "not judged here"), ("by its days alone", section(host, "2026-11-22"), None, 0, None)):
        write(file, text)
        report = [] if args is None else ["--report", saved]
        ran = run("waiver", "check", file, *report)
        equal(f"check: {name}", ran.status, status)
        shown = run("waiver", "list", "--waivers", file, *report).text if args is not None else ran.text
        if args is not None:
            got = json.loads(run("waiver", "list", "--waivers", file, *report, "-f", "json").out)["waivers"]
            state, failures = {"in force": ("in-force", 1), "over": ("expired", 1), "stale": ("stale", 0), "another host": ("idle", 0)}[name]
            equal(f"list as JSON: {name}", [(w["state"], w["failures"], w["owner"], w["reason"], w["target"], w["where"]) for w in got],
                  [(state, failures, OWNER, REASON, "host", f"{file}:1")])
        is_true(f"list: {name}", says is None or says in shown, shown)
    point("check: a report that is none", complaint(run("waiver", "check", file, "--report", file), str(file)))
    point("list as what there is not", complaint(run("waiver", "list", "-f", "jsn"), "did you mean 'json'?"))
    point("an unknown action", complaint(run("waiver", "lst"), "did you mean 'list'?"))


KEPT = """# the waivers of our hosts

# still needed
{0}
# about the databases, which are all gone
"""

PRUNED = """# ours
# the old one
[waiver]
check = bad.high
# inside
expires = 2026-11-22
owner = me
reason = needed until the move is done

# a heading

"""


def prune(small, saved):
    folder = small.scratch / "p"
    kept, gone = section(), section(expires="2026-11-22")
    one, two, three = write(folder / "1.conf", KEPT.format(kept) + gone), write(folder / "2.conf", gone), write(folder / "3.conf", kept, 0o640)
    before = {path: path.read_text() for path in (one, two, three)}
    dry = run("waiver", "prune", "--waivers", folder, "-b", SMALL, "--dry-run")
    is_true("--dry-run says what would go, with place and owner", dry.status == 0 and all(w in dry.text for w in (
        f"{one}:11: bad.high: over since 2026-11-22 ({OWNER})", f"{two}:1: ", "2 waivers would be taken out of 2 files, and 2 are left")), repr(dry))
    equal("... and changes nothing", {path: path.read_text() for path in before}, before)
    ran = run("waiver", "prune", "--waivers", folder, "-b", SMALL)
    is_true("prune says the same", ran.status == 0 and ran.text == dry.text.replace("would be taken", "were taken"), repr(ran))
    equal("what is over is gone with the comment right above it, all else is as it was", one.read_text(), KEPT.format(kept).rsplit("# about", 1)[0])
    equal("a file in which nothing is left goes, another stays", sorted(p.name for p in folder.iterdir()), ["1.conf", "3.conf"])
    is_true("once more there is nothing to do", "none to take out" in run("waiver", "prune", "--waivers", folder, "-b", SMALL).text)
    mixed = write(folder / "4.conf", PRUNED + kept, 0o640)
    link = folder / "5.conf"
    link.symlink_to(write(small.scratch / "elsewhere" / "x.conf", gone + kept))
    run("waiver", "prune", mixed, mixed, link, "-b", SMALL)
    equal("a comment behind an empty line stays, and a file given twice is cut once", mixed.read_text(), "# a heading\n\n" + kept)
    equal("... with its mode", stat.S_IMODE(mixed.stat().st_mode), 0o640)
    equal("a link stays a link", (link.is_symlink(), link.read_text()), (True, kept))
    results = json.loads(saved.read_text())["subjects"][0]["results"]
    failed, passed = (next(r["rule"] for r in results if r["result"] == kind and not r["rule"].startswith("waiver.")) for kind in ("fail", "pass"))
    stale = write(small.scratch / "stale" / "s.conf", section(passed) + section(failed))
    is_true("without a report only days count", "none to take out" in run("waiver", "prune", stale).text)
    ran = run("waiver", "prune", stale, "--report", saved)
    is_true("by a report what covers nothing goes, too", "nothing that it is for fails" in ran.text and stale.read_text() == section(failed), repr(ran))
    other = json.loads(saved.read_text())
    other["host"]["hostname"] = "other"
    for result in other["subjects"][0]["results"]:
        if result["rule"] == passed:
            result["result"] = "fail"
    second = write(small.scratch / "other.json", json.dumps(other))
    write(stale, section(passed) + section(failed))
    is_true("... but not where another host's report needs it", "none to take out" in run("waiver", "prune", stale, "--report", saved, "--report", second).text)
    write(stale, section("nonsense") + gone)
    point("a file with a mistake is left alone", complaint(run("waiver", "prune", stale, "-b", SMALL), "nonsense") + [stale.read_text()] * (gone not in stale.read_text()))
    if os.geteuid() == 0 and has("unshare"):
        write(stale, kept + gone)
        full = run("waiver", "prune", stale, "-b", SMALL, wrapper=["unshare", "--mount", "--propagation", "private", "sh", "-c",
                   'mount --bind -o ro "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"', stale.parent])
        if "mount" in full.said:
            skip("a directory that cannot be written", "no mount namespace")
        else:
            point("a directory that cannot be written", complaint(full, str(stale)) + ["it was changed"] * (stale.read_text() != kept + gone))
    else:
        skip("a directory that cannot be written", "needs root and unshare(1)")


def usual_places(small):
    """In a mount namespace with an /etc of its own."""
    name = "waivers in /etc/plimsoll are read, in order, also for another system"
    if os.geteuid() != 0 or not has("unshare"):
        skip(name, "needs root and unshare(1)")
        return
    one, two = small.scratch / "one.conf", small.scratch / "two.conf"
    write(one, section(owner="first"))
    write(two, section(owner="second"))
    script = ('mount -t tmpfs -o mode=755 none /etc && mkdir -p /etc/plimsoll/waivers.d && cp "$0" /etc/plimsoll/waivers.conf && '
              'cp "$1" /etc/plimsoll/waivers.d/b.conf && shift && shift && exec "$@"')
    inside = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, one, two, "run"]
    ran = run("audit", "-b", SMALL, "-p", "high", "--root", small.root, "-f", "json", wrapper=inside)
    if ran.status not in (0, 1, 2) or "mount" in ran.said:
        skip(name, f"no mount namespace: {ran.said[:100]}")
        return
    equal(name, results_of(ran)["bad.high"]["waived"]["owner"], "first")
    none = section().replace("[waiver]", "# none").replace("\n", "\n# ")
    write(one, none)
    write(two, none)
    is_true("list says that there are none, and where none was found", "neither in /etc/plimsoll/waivers.conf nor in" in run("waiver", "list", wrapper=inside).text)


def speed(scratch, root):
    """Ten thousand, for host and containers, against all benchmarks."""
    rules = [line.split()[0] for line in run("list", "rules").text.splitlines()]
    hosts = [r for r in rules if r.startswith("sysctl.")]
    text = [section(hosts[i % len(hosts)], found=str(i)) if i % 2 else section(f"container.*{'?' * (i % 9)}", target=f"container:box-{i}") for i in range(1000 if SANITIZED else 10000)]
    write(scratch / "many" / "a.conf", "".join(text))

    def seconds(*args):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        ran = run("audit", "--root", root, "-f", "json", *args, timeout=300)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return ran, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    _, without = seconds("--waivers", "none")
    ran, with_all = seconds("--waivers", scratch / "many")
    print(f"# {without:.2f} s without, {with_all:.2f} s with 10,000 waivers")
    name = "10,000 waivers cost less than two seconds of processor time"
    if SANITIZED:
        skip(name, "a sanitized program is slower")
    else:
        is_true(name, with_all - without < 2 and ran.status in (1, 3), f"{with_all - without:.2f} s, {ran}")


def main():
    with Scratch() as scratch:
        small = Small(scratch)
        in_force(small)
        by_day(small)
        by_host(small)
        broken(small)
        permissions(small)
        root = scratch / "captured"
        captures.build(root)
        rule = of_containers(scratch, root)
        saved = saved_alike(scratch, root, rule)
        hostile(saved)
        add(small)
        things(scratch)
        days(small)
        check(scratch, saved)
        prune(small, saved)
        usual_places(small)
        speed(scratch, root)
    done()


main()
