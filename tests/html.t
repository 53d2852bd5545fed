#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The HTML page as a file: well-formed, small, complete, harmless whatever the machine's texts are, and readable in both themes."""
import base64
import hashlib
import json
import re
import subprocess
import sys

sys.dont_write_bytecode = True
from pages import Reader, audited, benchmark_of_evil, changed, page_of, reports_of, rules_in  # noqa: E402
from tap import SMALL, TOP, Scratch, done, equal, has, is_true, plimsoll, point, skip, write  # noqa: E402


def judged_outside(name, path):
    if has("tidy"):
        run = subprocess.run(["tidy", "-q", "-e", "-utf8", str(path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        point(f"{name}: tidy has nothing to say", run.stdout.decode("utf-8", "replace").splitlines())
    else:
        skip(f"{name}: tidy has nothing to say", "tidy is not installed")
    if has("html-validate"):
        run = subprocess.run(["html-validate", "--preset", "standard", "--rule", "void-style:0", str(path)], stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, check=False)
        point(f"{name}: html-validate has nothing to say", [] if run.returncode == 0 else run.stdout.decode("utf-8", "replace").splitlines())
    else:
        skip(f"{name}: html-validate has nothing to say", "html-validate (npm) is not installed")


def harmless(name, text):
    """One script and one style, both ours by their hashes; nothing that is loaded, nothing that runs."""
    read, wrong = Reader(text), []
    wrong += read.wrong
    policy = next((v for tag, n, v in read.attributes if tag == "meta" and n == "content" and "default-src" in v), "")
    for kind in ("script", "style"):
        body = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.S)
        digest = base64.b64encode(hashlib.sha256(body[0].encode()).digest()).decode() if len(body) == 1 else None
        if f"{kind}-src 'sha256-{digest}'" not in policy:
            wrong.append(f"{len(body)} <{kind}>, and {policy} does not allow the first")
    if not policy.startswith("default-src 'none'; ") or "unsafe" in policy:
        wrong.append(policy)
    wrong += [f"<{tag}>" for tag in read.elements if tag in ("img", "iframe", "link", "object", "embed", "base", "audio", "video", "source", "foreignobject")]
    wrong += [f"{tag} {n}={v}" for tag, n, v in read.attributes if n.startswith("on") or n in ("src", "style", "srcdoc", "action", "formaction")]
    wrong += [f"{tag} href={v}" for tag, n, v in read.attributes if n == "href" and not re.match(r"#[a-z]+[0-9]*$|https?://", v)]
    wrong += [f"byte {c!r}" for c in set(text) if ord(c) < 32 and c != "\n" or 0x7f <= ord(c) < 0xa0 or c in "\u202e\ufffd\ufffe"]
    point(f"{name}: one script and one style of ours, nothing else that runs or is loaded", wrong)
    return read


def complete(name, path, read):
    """What failed and what was not determined is all there, with its title, its evidence and who waived it."""
    report, missing = json.loads(path.read_text()), []

    def look(what):
        if what and " ".join(what.split()) not in read.words:
            missing.append(what)
    for result in (r for s in report["subjects"] for r in s["results"]):
        if result["result"] in ("fail", "unknown", "error"):
            look(result["rule"])
            look(result["title"])
        elif result["result"] == "notapplicable" and any(r["benchmark"] == result["benchmark"] and r["result"] != "notapplicable"
                                                         for s in report["subjects"] for r in s["results"]):
            look(result["rule"])
            look((result["reason"] or "")[:200])
        for key in ("reason", "owner", "expires", "where", "ticket"):
            look((result["waived"] or {}).get(key))
        if result["result"] == "fail" and len(report["subjects"]) == 1:
            speaking = [e for e in result["evidence"] if e["outcome"] == "fail"][:8]
            for evidence in speaking:
                look(evidence["origin"])
                look(evidence["value"] if evidence["value"] and not evidence["why"] and len(evidence["value"]) < 1000 else None)
                look(evidence["expected"])
    point(f"{name}: every failed and every undetermined rule is there", missing)


def embedded(text):
    """The build takes white space out of style and script, not out of their texts."""
    changed_texts = [s for kind in ("css", "js") for line in (TOP / f"reports/html.{kind}").read_text().splitlines() if not re.match(r"\s*/[/*]", line)
                     for s in re.findall(r'"[^"]*"', line) if s not in text]
    point("texts of the style and of the script are in the page as they were written", changed_texts)


# ---- how large it is ----

def smaller(name, text, most):
    rules, size = rules_in(text), len(text.encode())
    print(f"# {name}: {size} bytes, {rules} rules")
    is_true(f"{name}: less than {most} bytes", rules > 50 and size < most, f"{size} bytes, {rules} rules")


def sizes(scratch, paths):
    """150 kB for 200 rules, also where most of them failed; and no more in proportion where containers are judged."""
    usual, failing = page_of(paths["usual"]), page_of(paths["failing"])
    equal("200 rules are all listed", [rules_in(usual), rules_in(failing)], [200, 200])
    smaller("200 rules of a usual host", usual, 110_000)
    smaller("200 rules of a kernel of which three in four failed", failing, 150_000)
    live = page_of(audited(scratch, "live"))
    smaller("this host", live, 750 * max(rules_in(live), 200))
    twenty = page_of(paths["twenty"])
    smaller("a host with 20 containers", twenty, 750 * rules_in(twenty))
    fleet = page_of(paths["fleet"])
    smaller("1,000 containers", fleet, 1_200_000)
    read = harmless("1,000 containers", fleet)
    is_true("... and what is folded is said", re.search(r"\d+ more containers with better scores are not drawn", read.words) and " and 988 more" in read.words
            or re.search(r" and \d{3} more", read.words), "it is not")
    is_true("... and each can be chosen", all(f">service-{i:04}</option>" in fleet for i in range(1000)))
    path = changed(paths["small"], scratch / "big.json", lambda r: r["subjects"][0]["results"][0]["evidence"][0].update(value="x" * 20_000_000))
    text = page_of(path)
    is_true("a value of 20 MB is cut", "(20000000 bytes)" in text and len(text) < 60_000, f"{len(text)} bytes")
    explained(paths, failing)


def explained(paths, text):
    """What is left out where most failed: why the least urgent ones matter, never how they are mended and what that may break."""
    count = {label: len(re.findall(f"<dt>{label}<dd>", text[text.index('id="rules"'):])) for label in ("Why", "Fix", "Mind")}
    failed = sum(r["result"] == "fail" for s in json.loads(paths["failing"].read_text())["subjects"] for r in s["results"])
    is_true("where most failed, the most urgent are explained and each has its fix", count["Why"] == 90 and count["Fix"] >= failed > 100
            and count["Mind"] >= failed, f"{count}, {failed} failed")
    is_true("... which is said", "told here of the 90 most urgent rules" in Reader(text).words)
    usual = page_of(paths["debian"])
    is_true("... and of a usual host all are", "most urgent rules" not in usual and "<dt>Why<dd>" in usual)


# ---- what it says ----

def sources(paths):
    """An address that several rules give stands once, and each of them leads to it."""
    text = page_of(paths["failing"])
    read = Reader(text)
    links = [v for tag, n, v in read.attributes if tag == "a" and n == "href"]
    web = [v for v in links if v.startswith("http")]
    shared = [v for v in links if re.match(r"#r\d+$", v)]
    listed = re.findall(r'<li id="(r\d+)"><a href="https?://[^"]*">[^<]+</a></li>', text)
    point("sources: none is there twice under one name, and each that is led to is there once", [v for v in set(shared) if listed.count(v[1:]) != 1]
          + [f"{v} is led to but once" for v in listed if shared.count(f"#{v}") < 2] + ([] if len(shared) > 30 else ["hardly any"])
          + [a for a in set(re.findall(r'<a href="http[^"]*">[^<]*</a>', text)) if text.count(a) > 1] + ([] if web else ["no link"]))


def hostile(scratch):
    """References lead to the web alone; texts of a benchmark are as little trusted as those of the machine."""
    run = benchmark_of_evil(scratch)
    if run.status not in (0, 1, 3):
        point("hostile texts of a benchmark", [repr(run)])
        return
    read = harmless("hostile texts of a benchmark and of files", run.text)
    is_true("... are shown as they are", "first source" in read.words and "<img src=x onerror=" in read.words
            and "javascript:" not in "".join(v for *_, v in read.attributes))


def compared(scratch, paths):
    """The page of the later audit says what changed."""
    run = plimsoll("diff", paths["earlier"], paths["waived"], "-f", "html")
    read = harmless("compared with an earlier audit", run.text)
    worse = sum(r["result"] == "fail" and r["severity"] == "medium" for r in json.loads(paths["waived"].read_text())["subjects"][0]["results"])
    is_true("... what changed is told", worse and re.search(r"What changed\s*\d+ worse", read.words), read.words[:300])
    is_true("... on the first screen, too", re.search(rf'<a href="#changes">\d+ worse, \d+ otherwise since the last time</a>', run.text), read.words[:300])
    again = plimsoll("diff", paths["waived"], paths["waived"], "-f", "html")
    is_true("... and that nothing did", "Nothing since 20" in Reader(again.text).words)
    is_true("without an earlier one there is no such part", "What changed" not in page_of(paths["waived"]))
    judged_outside("compared", write(scratch / "compared.html", run.out))


def ending(scratch, paths):
    """How long a waiver holds is counted from the audit, not from when the page is written."""
    def end(report):
        days = iter(("2027-01-31", "2027-01-02", "2027-01-01", "2026-12-31"))
        report["started"] = "2027-01-01T10:00:00Z"
        for result in (r for r in report["subjects"][0]["results"] if r["waived"]):
            result["waived"] = {**result["waived"], "expires": next(days, "2027-06-30")}
    text = page_of(changed(paths["waived"], scratch / "ending.json", end))
    got = re.findall(r'<td class="(\w+)">(20\d\d-\d\d-\d\d)<small>([^<]*)', text)
    equal("waivers: the next to end first, with the days that are left", got,
          [("t0", "2026-12-31", "is over"), ("t0", "2027-01-01", "the last day"), ("t0", "2027-01-02", "1 day left"), ("date", "2027-01-31", "30 days left"),
           ("date", "2027-06-30", "180 days left")])


def hosts(paths, text, read):
    is_true("two hosts: each result says whose it is", "db01" in read.words and "captured / cl-priv" in read.words)
    scores = [f'{json.loads(plimsoll("report", paths[name], "-f", "json").out)["score"]:.1f}' for name in ("containers", "waived")]
    equal("two hosts: each has its score", re.findall(r'<td class="sum">([^<]*)</td>', text), scores)


# ---- how well it can be read ----

def colours():
    """Two palettes, by theme: name -> red, green and blue."""
    css = (TOP / "reports/html.css").read_text()
    found = [{name: [int(v * (2 if len(v) == 1 else 1), 16) / 255 for v in re.findall("." * (len(code) // 3), code)]
              for name, code in re.findall(r"--(\w+): #([0-9a-f]{3,6});", block)} for block in re.findall(r":root \{(.*?)\}", css, re.S)[:2]]
    return css, dict(zip(("light", "dark"), found))


def contrast(a, b):
    def light(colour):
        return sum(w * (v / 12.92 if v <= .04045 else ((v + .055) / 1.055) ** 2.4) for w, v in zip((.2126, .7152, .0722), colour))
    high, low = sorted((light(a), light(b)), reverse=True)
    return (high + .05) / (low + .05)


def readable():
    """WCAG AA: words 4.5 to 1, pictures and the edges of fields 3 to 1."""
    css, themes = colours()
    words = ("ink", "dim", "link", "high", "med", "low", "good", "open", "waived")
    pairs = {(front, back) for front in words for back in ("page", "card")} | {(front, "soft") for front in ("ink", "dim")}
    pairs |= {(c, b) for rule in re.findall(r"\{([^{}]*)\}", css)
              for b in re.findall(r"background: var\(--(\w+)\)", rule) for c in re.findall(r"(?<![-\w])color: var\(--(\w+)\)", rule)}
    weak = [f"{name}: {front} on {back}: {contrast(theme[front], theme[back]):.2f}" for name, theme in themes.items() for front, back in sorted(pairs)
            if contrast(theme[front], theme[back]) < 4.5]
    point(f"{len(pairs)} pairs of colours in two themes: each has a contrast of 4.5", weak + ([] if len(pairs) > 25 else ["too few pairs were found"]))
    faint = []
    for name, theme in themes.items():
        for front, opacity in ([("edge", 1)] + [(c, float(o or 1)) for c, o in re.findall(r"^\.k[0-3] \{ fill: var\(--(\w+)\);(?: opacity: ([.\d]+);)?", css, re.M)]):
            mixed = [opacity * a + (1 - opacity) * b for a, b in zip(theme[front], theme["card"])]
            if contrast(mixed, theme["card"]) < 3:
                faint.append(f"{name}: {front}: {contrast(mixed, theme['card']):.2f}")
    point("... and pictures and the edges of fields one of 3", faint)


# ---- all ----

with Scratch() as scratch:
    paths = reports_of(scratch)
    readable()
    sizes(scratch, paths)
    for name, reports, extra in (("containers", ["containers"], []), ("debian", ["debian"], []), ("failing", ["failing"], []), ("small", ["small"], ["-b", SMALL]),
                                 ("waived", ["waived"], []), ("poisoned", ["poisoned"], []), ("hosts", ["containers", "waived"], [])):
        text = page_of(*(paths[r] for r in reports), extra=extra)
        read = harmless(name, text)
        judged_outside(name, write(scratch / f"{name}.html", text))
        if name != "poisoned":
            for report in reports:
                complete(name, paths[report], read)
        if name == "debian":
            embedded(text)
        if name == "hosts":
            hosts(paths, text, read)
    text = page_of(paths["empty"])
    is_true("an empty report is a page that says so", "Nothing judged" in harmless("empty", text).words)
    judged_outside("empty", write(scratch / "empty.html", text))
    sources(paths)
    compared(scratch, paths)
    ending(scratch, paths)
    hostile(scratch)
done()
