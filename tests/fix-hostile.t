#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No name of anybody breaks out of what plimsoll fix prints."""
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
import captures  # noqa: E402
from fixes import fix, FORMATS, items, NAMED, unsafe_loader  # noqa: E402
from roots import Changed, Roots  # noqa: E402
from tap import PLIMSOLL, TOP, Scratch, done, is_true, plimsoll, point, write  # noqa: E402

try:
    import yaml
except ImportError:
    yaml = None

# ---- hostile ----

NAMES = ["$(touch CANARY)", "`touch CANARY`", "'; touch CANARY; '", "\";touch CANARY;\"", "a\ntouch CANARY\n", "\\'; touch CANARY #", "*", "-rf", "{{ lookup('pipe', 'touch CANARY') }}",
         "x\x1b[31m", "a: b\n- c", "!!python/object", "&a", "# x", "\u202e\u2028touch CANARY"]


def hostile_report(scratch, names):
    """A report of containers that are called so."""
    root = scratch / "hostile-root"
    if not root.exists():
        captures.build(root)
    path = scratch / "hostile.json"
    plimsoll("audit", "--root", root, "-b", TOP / "benchmarks/container.xml", "-p", "paranoid", "-s", "containers", "-f", "json", "-o", path)
    report = json.loads(path.read_text(encoding="utf-8"))
    report["host"]["hostname"] = "h\ntouch CANARY\n$(touch CANARY)"
    for subject, name in zip(report["subjects"] * 2, names):
        subject["name"] = subject["image"] = subject["pod"] = name
        for result in subject["results"]:
            result["reason"] = name
            for evidence in result["evidence"]:
                evidence.update(value=name, origin=name, why=name if evidence["why"] else None)
    path.write_text(json.dumps(report), encoding="utf-8")
    return path, report


def hostile(scratch):
    path, report = hostile_report(scratch, NAMES)
    folder = scratch / "cage"
    folder.mkdir()
    for engine in "podman", "docker":
        write(folder / f"bin/{engine}", "#!/bin/sh\nfor word; do printf '%s\\0' \"$word\"; done >>words\n", 0o755)
    for kind in "sh", "run":
        text = plimsoll("fix", path, "-b", TOP / "benchmarks/container.xml", "-f", kind)
        write(folder / "script", text.out)
        run = subprocess.run(["sh", "./script"], cwd=folder, env={"PATH": f"{folder}/bin:{os.environ['PATH']}"}, capture_output=True, text=True, check=False)
        point(f"hostile names, {kind}: the script runs and nothing else does", [run.stderr] if run.returncode or run.stderr or text.status else
              [p.name for p in folder.iterdir() if p.name not in ("bin", "script", "words")])
        is_true(f"hostile names, {kind}: nothing raw is written", "\x1b" not in text.text and "\u202e" not in text.text)
    words = (folder / "words").read_bytes().decode().split("\0")
    harmless = [n for n in NAMES[:len(report["subjects"])] if n.isprintable()]
    point("hostile names: each is one word", [n for n in harmless if f"--name={n}" not in words])
    for kind in "ansible", "compose", "kubernetes", "fragment":
        run = plimsoll("fix", path, "-b", TOP / "benchmarks/container.xml", "-f", kind)
        wrong = [repr(run)] if run.status else [line for line in run.text.splitlines() if line.startswith("touch CANARY")]
        if kind != "fragment" and yaml and not wrong:
            documents = list(yaml.load_all(run.text, Loader=unsafe_loader()))
            if kind == "compose":
                wrong = [n for n in harmless if n not in documents[0]["services"]]
        point(f"hostile names, {kind}: they stay what they are", wrong)


def hostile_accounts(scratch):
    """Names of accounts, groups and homes, of the system and of a report that somebody wrote, stand in a command as one quoted word or not at all."""
    dice = random.Random(20261126)
    signs = "ab/-_.$`'\"\\;|&<>(){}[]*?!~#%= \t\n\r\x1b\x07\u202e\u00e9,:"
    names = [*NAMES, "{value}", "{name}", "x{place}", *("".join(dice.choice(signs) for _ in range(dice.randrange(1, 12))) for _ in range(300))]
    saved = scratch / "saved.json"
    root = Changed(Roots("host"), scratch / "root", "weak")
    lines = "".join(f"{n}:x:{3000 + i}:{3000 + i}::/home/{n}:/bin/sh\n" for i, n in enumerate(names) if n and not set(n) & set(":\n"))
    root.write("etc/passwd", root.file("etc/passwd").read_text(encoding="utf-8") + lines)
    root.write("etc/shadow", root.file("etc/shadow").read_text(encoding="utf-8") + re.sub(r"^([^:\n]*):.*$", r"\1::19000:0:99999:7:::", lines, flags=re.M))
    root.write("etc/group", root.file("etc/group").read_text(encoding="utf-8") + "".join(f"{n}:!:{5000 + i}:{n}\n" for i, n in enumerate(names) if n and not set(n) & set(":\n")))
    plimsoll("audit", "--root", root.path, "-b", TOP / "benchmarks/host.xml", "-p", "paranoid", "-f", "json", "-o", saved)
    report = json.loads(saved.read_text(encoding="utf-8"))
    texts = {"the system's": fix(root.path, "host", "-p", "paranoid").text}
    for turn in range(3):
        for result in report["subjects"][0]["results"]:
            for evidence in result["evidence"]:
                evidence.update(value=dice.choice(names) if evidence["state"] == "present" else None, origin=dice.choice(names), name=f"x of {dice.choice(names)}")
        saved.write_text(json.dumps(report), encoding="utf-8")
        texts[f"report {turn}'s"] = plimsoll("fix", saved).text
    for what, text in texts.items():
        folder = scratch / re.sub(r"\W", "", what)
        for stub in NAMED:
            write(folder / f"bin/{stub}", "#!/bin/sh\nprintf '%s\\0' \"$@\" >>words\n", 0o755)
        commands = [line.removeprefix("#: ") for line in text.splitlines() if re.match(rf"#: ({'|'.join(NAMED)}) ", line)]
        write(folder / "script", "\n".join(commands) + "\n")
        run = subprocess.run(["sh", "./script"], cwd=folder, env={"PATH": f"{folder}/bin:/usr/bin:/bin"}, capture_output=True, text=True, check=False)
        left = [p.name for p in folder.iterdir() if p.name not in ("bin", "script", "words")]
        point(f"{what} hostile names: {len(commands)} commands run, and nothing else does", [run.stderr, *left] if run.returncode or run.stderr or left or len(commands) < 5 else [])
        words = (folder / "words").read_bytes().decode().split("\0")
        point(f"{what} hostile names: every word is a plain one", [w for w in words if not re.fullmatch(r"[\w.,:/+=@%-]*", w, re.A)])
        loose = [line for line in text.splitlines() if "CANARY" in line and not line.startswith("# ")]
        point(f"{what} hostile names: those of a script are in remarks alone", loose)
        is_true(f"{what} hostile names: nothing raw is written", not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", text))
    for kind in FORMATS:
        for run in fix(root.path, "host", "-p", "paranoid", "-f", kind), plimsoll("fix", saved, "-f", kind):
            wrong = [repr(run)] if run.status or run.err else []
            wrong += ["a raw sign"] if re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", run.text) else []
            if kind == "json" and not wrong:
                wrong = [] if json.loads(run.text)["schema"] == "plimsoll/fix/1" else ["another schema"]
            if kind == "ansible" and yaml and not wrong:
                wrong = [b["name"] for b in yaml.load(run.text, Loader=unsafe_loader()) if "CANARY" in json.dumps(b)]
            point(f"hostile names, {kind}: it is written, and nothing raw in it", wrong)


def hostile_value(scratch):
    """A value that is a script is put into none."""
    text = (TOP / "benchmarks/host.xml").read_text(encoding="utf-8")
    start = text.index('<Value id="xccdf_org.plimsoll_value_kptr_restrict"')
    end = text.index("</Value>", start)
    for value in "1' ; touch CANARY ; '", "1\n2", "$(touch CANARY)", "`touch CANARY`", "1\\":
        changed = text[:start] + re.sub(r"(<value[^>]*>)[^<]*<", lambda m, v=value: m[1] + v + "<", text[start:end]) + text[end:]
        path = write(scratch / "hostile.xml", changed)
        ElementTree.fromstring(changed)
        run = plimsoll("fix", "--root", TOP / "tests/roots/host/debian-12", "-b", path, "process.kptr-restrict")
        point(f"a value of a benchmark that is {value!r} stands in no script",
              [repr(run)] if run.status not in (0, 2) or items(run.text) or [line for line in run.text.splitlines() if "CANARY" in line and not line.startswith("#")] else [])


def main():
    with Scratch() as scratch:
        for part in (hostile, hostile_accounts, hostile_value):
            folder = pathlib.Path(scratch) / part.__name__
            folder.mkdir()
            part(folder)
            shutil.rmtree(folder, ignore_errors=True)
    done()


assert PLIMSOLL
main()
