#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The HTML page: well-formed, small, complete, harmless whatever the machine's texts are, and usable in a browser, with its script and without."""
import base64
import hashlib
import html.parser
import json
import re
import subprocess
import sys

sys.dont_write_bytecode = True
import browser  # noqa: E402
import captures  # noqa: E402
from tap import BENCHMARKS, DATA, SANITIZED, SMALL, Scratch, done, equal, has, is_true, plimsoll, point, skip, small_root, write  # noqa: E402

ROOTS = DATA.parent / "roots"
EVIL = "</code></script><script>pwned=1;alert(1)</script><img src=x onerror=\"pwned=1\">&lt;b&gt;&#60;'\"`]]>--> =cmd()|x \u202egnp"
WAIVER = {"rule": "*", "subject": None, "host": None, "owner": "Ada L.", "reason": "the vendor's driver needs it", "expires": "2027-01-31",
          "ticket": "OPS-17", "found": None, "where": "/etc/plimsoll/waivers.d/10-db.conf:4"}
VOID = {"meta", "input", "br", "path", "circle"}


# ---- reports ----

def audited(scratch, name, *args):
    path = scratch / f"{name}.json"
    plimsoll("audit", "-o", f"json={path}", *args)
    return path


def page_of(*reports, extra=()):
    run = plimsoll("report", *reports, "-f", "html", *extra)
    return run.text if run.status == 0 else f"status {run.status}: {run.said}"


def changed(path, to, change):
    report = json.loads(path.read_text())
    change(report)
    to.write_text(json.dumps(report))
    return to


def waive(report):
    failed = [r for s in report["subjects"] for r in s["results"] if r["result"] == "fail"]
    for result in failed[::3]:
        result["waived"] = WAIVER
    report["host"]["hostname"] = "db01"


def poison(report):
    """Every text of the report is hostile; ids of subjects are still each their own."""
    def spoil(value):
        if isinstance(value, dict):
            return {k: v if k in ("schema", "kind", "result", "severity", "state", "outcome", "started", "benchmarks", "benchmark", "expires") else spoil(v)
                    for k, v in value.items()}
        if isinstance(value, list):
            return [spoil(v) for v in value]
        return f"{EVIL} {value}" if isinstance(value, str) else value
    waive(report)
    poisoned = spoil(report)
    report.clear()
    report.update(poisoned)


def fleet(report):
    """A thousand containers of some hundred kinds, each with evidence of its own."""
    host, *containers = report["subjects"]
    many = []
    for i in range(1000):
        copy = json.loads(json.dumps(containers[i % len(containers)]))
        copy.update(id=f"{i:064x}", name=f"service-{i:04}")
        for k, result in enumerate(copy["results"]):
            if (i * 7 + k) % 97 == 0:
                result["result"] = "fail"
            for evidence in result["evidence"]:
                evidence["origin"] = str(evidence["origin"]).replace("/proc/", f"/proc/{i}")
                if evidence["value"] and k % 9 == 0:
                    evidence["value"] += f" of {i}"
        many.append(copy)
    report["subjects"] = [host, *many]


def short(count, benchmark):
    """The first so many results of the host by a benchmark."""
    def change(report):
        subject = report["subjects"][0]
        subject["results"] = [r for r in subject["results"] if r["benchmark"] == benchmark][:count]
    return change


# ---- the file ----

class Reader(html.parser.HTMLParser):
    """What a browser would make of it: elements by name, attributes, and the text."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.attributes, self.text, self.open, self.wrong = {}, [], [], [], []
        self.feed(text)
        self.wrong += [f"<{name}> is not ended" for name in self.open]
        self.words = " ".join("".join(self.text).split())

    def handle_starttag(self, tag, attrs):
        self.elements[tag] = self.elements.get(tag, 0) + 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()
            self.wrong.append(f"<{tag}/>")

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.wrong.append(f"</{tag}> in {self.open[-3:]}")
        else:
            self.open.pop()

    def handle_data(self, data):
        if self.open[-1:] not in (["style"], ["script"]):
            self.text.append(data)


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
        for key in ("reason", "owner", "expires", "where", "ticket"):
            look((result["waived"] or {}).get(key))
        if result["result"] == "fail" and len(report["subjects"]) == 1:
            speaking = [e for e in result["evidence"] if e["outcome"] == "fail"][:8]
            for evidence in speaking:
                look(evidence["origin"])
                look(evidence["value"] if evidence["value"] and not evidence["why"] and len(evidence["value"]) < 1000 else None)
                look(evidence["expected"])
    point(f"{name}: every failed and every undetermined rule is there", missing)


def sizes(scratch, paths):
    for name, path, most in (("200 rules of a usual host", changed(paths["debian"], scratch / "s1.json", short(200, "host")), 150),
                             ("200 rules of a kernel of which three in four failed", changed(paths["kernel"], scratch / "s2.json", short(200, "kernel")), 230)):
        text = page_of(path)
        rules = text.count("data-g=")
        print(f"# {name}: {len(text.encode())} bytes")
        is_true(f"{name}: below {most} kB", rules >= 200 and len(text.encode()) < most * 1000, f"{len(text.encode())} bytes, {rules} rules")
    path = changed(paths["small"], scratch / "big.json", lambda r: r["subjects"][0]["results"][0]["evidence"][0].update(value="x" * 20_000_000))
    text = page_of(path)
    is_true("a value of 20 MB is cut", "(20000000 bytes)" in text and len(text) < 60_000, f"{len(text)} bytes")
    path = changed(paths["containers"], scratch / "fleet.json", fleet)
    text = page_of(path)
    read = harmless("1,000 containers", text)
    is_true("1,000 containers: below 1.2 MB", len(text.encode()) < 1_200_000, f"{len(text.encode())} bytes")
    is_true("... and what is folded is said", re.search(r"\d+ more containers with better scores are not drawn", read.words) and " and 988 more" in read.words
            or re.search(r" and \d{3} more", read.words), "it is not")
    is_true("... and each can be chosen", all(f">service-{i:04}</option>" in text for i in range(1000)))
    return path


def texts_of_a_benchmark(scratch):
    """References lead to the web alone; texts of a benchmark are as little trusted as those of the machine."""
    evil = EVIL.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("\u202e", "")
    body = (BENCHMARKS / "small.xml").read_text()
    more = (f'<reference href="javascript:pwned=1">first source</reference><reference href="https://example.org/&quot;&gt;{evil}">{evil}</reference>'
            f"<rationale>{evil}</rationale><fixtext>{evil}</fixtext>")
    path = write(scratch / "evil.xml", body.replace("<title>A bad value of high severity</title>", f"<title>{evil}</title>{more}"))
    root = small_root(scratch / "root")
    write(root / "proc/sys/kernel/kptr_restrict", b"<script>pwned=1</script>\x1b[31m\xff\xfe\x00\x07")
    write(root / "proc/sys/kernel/hostname", b"<img src=x onerror=pwned=1>\xff\x1b[2J\n")
    run = plimsoll("audit", "-b", path, "-p", "everything", "--root", root, "-f", "html")
    if run.status not in (0, 1, 3):
        point("hostile texts of a benchmark", [repr(run)])
        return None
    read = harmless("hostile texts of a benchmark and of files", run.text)
    is_true("... are shown as they are", "first source" in read.words and "<img src=x onerror=" in read.words
            and "javascript:" not in "".join(v for *_, v in read.attributes))
    page = write(scratch / "evil.html", run.out)
    return page


def compared(scratch, paths):
    """The page of the later audit says what changed."""
    def better(report):
        for result in report["subjects"][0]["results"]:
            if result["result"] == "fail" and result["severity"] == "medium":
                result["result"] = "pass"
    earlier = changed(paths["waived"], scratch / "earlier.json", better)
    run = plimsoll("diff", earlier, paths["waived"], "-f", "html")
    page = write(scratch / "compared.html", run.out)
    read = harmless("compared with an earlier audit", run.text)
    worse = sum(r["result"] == "fail" and r["severity"] == "medium" for r in json.loads(paths["waived"].read_text())["subjects"][0]["results"])
    is_true("... what changed is told", worse and re.search(r"What changed\s*\d+ worse", read.words), read.words[:300])
    again = plimsoll("diff", paths["waived"], paths["waived"], "-f", "html")
    is_true("... and that nothing did", "Nothing since " in Reader(again.text).words)
    is_true("without an earlier one there is no such part", "What changed" not in page_of(paths["waived"]))
    judged_outside("compared", page)
    return page


# ---- the browser ----

CONTRAST = """(() => {
	const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
	const light = c => { const [r, g, b] = c.map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
	const ground = e => {
		for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.length === 3 || c[3] === 1) return c; }
		return [255, 255, 255];
	};
	const seen = {}, weak = [];
	document.querySelectorAll('body *:not(script):not(svg *)').forEach(e => {
		if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.getClientRects().length || e.tagName === 'OPTION') return;
		const front = parse(getComputedStyle(e).color), back = ground(e), key = front + '/' + back;
		if (seen[key]) return;
		seen[key] = 1;
		const [a, b] = [light(front), light(back)].sort((x, y) => y - x), ratio = (a + .05) / (b + .05);
		if (ratio < 4.5) weak.push(ratio.toFixed(2) + ' ' + e.outerHTML.slice(0, 90));
	});
	return weak;
})()"""
OVERFLOW = """Math.max(document.documentElement.scrollWidth - innerWidth,
	...[...document.querySelectorAll('.panel, .verdict, .card, .group, .list, .kind, #filter')].map(e => e.scrollWidth - e.clientWidth - 1))"""
OPEN_ALL = "document.querySelectorAll('details').forEach(d => d.open = true)"
SHOWN = "[...document.querySelectorAll('.fold > details, .fold > p')].filter(e => e.checkVisibility()).length"
ACCESS = """(() => {
	const wrong = [];
	document.querySelectorAll('input, select').forEach(e => { if (!e.labels.length) wrong.push('no label: ' + e.outerHTML); });
	document.querySelectorAll('th:not([scope])').forEach(e => wrong.push('no scope: ' + e.outerHTML));
	document.querySelectorAll('svg:not([aria-hidden]):not([aria-label])').forEach(e => wrong.push('no name: ' + e.outerHTML.slice(0, 90)));
	document.querySelectorAll('button').forEach(e => { if (!e.textContent.trim()) wrong.push('an empty button'); });
	let last = 0;
	document.querySelectorAll('h1, h2, h3').forEach(e => { const n = Number(e.tagName[1]); if (n > last + 1) wrong.push('skips to ' + e.outerHTML); last = n; });
	const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
	if (new Set(ids).size !== ids.length) wrong.push('an id twice');
	document.querySelectorAll('a[href^="#"]').forEach(e => { if (!document.getElementById(e.hash.slice(1))) wrong.push('leads nowhere: ' + e.hash); });
	if (document.querySelectorAll('h1').length !== 1 || document.documentElement.lang !== 'en' || !document.querySelector('main')) wrong.push('no h1, lang or main');
	return wrong;
})()"""


def looks(b, name, path):
    """Both themes, wide and narrow, everything opened."""
    wrong, pictures = [], []
    for width in (1280, 768, 400, 320):
        for dark in (False, True) if width in (1280, 400) else (False,):
            b.window(width, dark=dark)
            b.open(path)
            b.settle()
            if width in (1280, 400):
                pictures.append(b.picture())
            over = [b.value(OVERFLOW), b.value(f"{OPEN_ALL}; {OVERFLOW}")]
            if max(over) > 0:
                wrong.append(f"{width} px, dark {dark}: {over[0]} px too wide, opened {over[1]}")
            if width == 1280:
                wrong += [f"{width} px, dark {dark}: contrast {w}" for w in b.value(CONTRAST)]
            wrong += b.requests + b.complaints
    wrong += b.value(ACCESS)
    point(f"{name}: no wider than the window, enough contrast, everything labelled, nothing asked for", wrong)
    is_true(f"{name}: the themes differ", len(set(pictures)) == len(pictures) and all(p.startswith(b"\x89PNG") for p in pictures))


def clicks(b, path):
    """As a person uses it: with the mouse and with the keyboard."""
    b.window(1280)
    b.open(path)
    b.settle()
    everything = b.value("document.querySelectorAll('.fold > details, .fold > p').length")
    said = b.value("document.getElementById('shown').textContent")
    equal("the page tells how many rules are shown", said, f"{everything} of {everything} rules shown")
    before = b.value("getComputedStyle(document.body).backgroundColor")
    b.click("#theme")
    after = b.value("getComputedStyle(document.body).backgroundColor")
    b.click("#theme")
    is_true("the theme can be chosen, and chosen back", before != after and b.value("getComputedStyle(document.body).backgroundColor") == before,
            f"{before} {after}")

    b.click("[name=words]")
    b.type("capability HOST")
    texts = b.value("[...document.querySelectorAll('.fold > *')].filter(e => e.matches('details, p') && e.checkVisibility()).map(e => e.textContent.toLowerCase())")
    point("a search leaves what has all its words", ([] if 0 < len(texts) < everything else [f"{len(texts)} of {everything}"])
          + [t[:80] for t in texts if "capability" not in t or "host" not in t])
    b.click("#all-shown")
    equal("reset shows all again", b.value("document.getElementById('shown').textContent"), said)

    b.click("input[value=fail]")
    is_true("a result can be left out", b.value("document.querySelector('.kind[data-o=fail]').hidden")
            and not b.value("document.querySelector('.kind[data-o=open]').hidden"))
    b.click("#all-shown")
    b.click("input[name=severity][value='4']")
    equal("a severity can be left out", b.value("[...document.querySelectorAll('.fold > :not([hidden]) > summary > b')]"
                                                ".filter(b => b.textContent === 'high').length"), 0)
    b.click("#all-shown")

    name = b.value("document.querySelector('a[data-subject]').textContent")
    b.click("a[data-subject]")
    wrong = b.value(f"[...document.querySelectorAll('.fold > details')].filter(e => e.checkVisibility() && !e.textContent.includes({json.dumps(name)}) &&"
                    " !/ more|containers/.test(e.textContent)).map(e => e.textContent.slice(0, 80))")
    shown = b.value(SHOWN)
    point("a click on a container shows its rules", wrong + ([] if 0 < shown < everything else [f"{shown} of {everything}"])
          + ([] if b.value("location.hash") == "#rules" else ["not at the rules"]))
    b.click("#all-shown")
    b.click(".group a[data-group]")
    is_true("a click on a group shows its rules", 0 < b.value(SHOWN) < everything)

    b.click(".card .where a")
    is_true("a link to a rule opens it, and shows it though a filter hides it",
            b.value("(e => e && e.parentElement.open && e.checkVisibility())"
                    "(document.getElementById(location.hash.slice(1)))"))
    b.click("#all-shown")
    b.click("#all-open")
    is_true("all can be opened", b.value("[...document.querySelectorAll('.kind[data-o=fail] .fold > details')].every(d => d.open)"))
    b.click("#all-closed")
    equal("... and closed", b.value("document.querySelectorAll('.fold > details[open]').length"), 0)
    b.value("document.activeElement.blur(); scrollTo(0, 0)")
    b.key("/", "Slash", 191)
    equal("/ leads to the search", b.value("document.activeElement.name"), "words")
    b.value("document.querySelector('.kind[data-o=fail] .fold > details > summary').focus()")
    b.key("Enter", "Enter", 13)
    is_true("a rule opens by the keyboard", b.value("document.querySelector('.kind[data-o=fail] .fold > details').open"))
    point("nothing was asked for, and nothing complained", b.requests + b.complaints)


def without_script(b, path, report):
    b.window(1280)
    b.run_scripts(False)
    b.open(path)
    text = b.value("document.body.textContent")
    missing = sorted({r["rule"] for s in report["subjects"] for r in s["results"] if r["result"] in ("fail", "unknown", "pass") and r["rule"] not in text})
    point("without script: every rule is there", missing)
    is_true("... what a script would do is not offered", not b.value("[...document.querySelectorAll('form, button')].some(e => e.checkVisibility())"))
    b.click(".fold > details > summary")
    is_true("... a rule opens", b.value("document.querySelector('.fold > details > dl').checkVisibility()"))
    b.window(794, media="print")
    equal("on paper: every rule is open", b.value("[...document.querySelectorAll('.fold dl')].filter(e => !e.checkVisibility()).length"), 0)
    is_true("... and it prints", b.paper().startswith(b"%PDF"))
    b.run_scripts(True)


def inert(b, name, path):
    """With the script, everything opened and searched: no dialog, no element that the text asked for."""
    b.window(1280)
    b.open(path)
    b.value(OPEN_ALL)
    b.settle()
    b.value("(f => { f.words.value = '<script>'; f.words.dispatchEvent(new Event('input', {bubbles: true})); })(document.getElementById('filter').elements)")
    b.settle()
    wrong = b.requests + b.complaints
    if b.value("typeof pwned") != "undefined":
        wrong.append("it ran")
    wrong += b.value("[...document.querySelectorAll('img, iframe, body script')].map(e => e.outerHTML.slice(0, 80))")[1:]
    if b.value("document.querySelectorAll('script').length") != 1:
        wrong.append("another script")
    if not b.value(SHOWN):
        wrong.append("the search for it finds nothing")
    point(f"{name}: inert in a browser", wrong)


def driven(scratch, pages, report):
    if not browser.CHROMIUM:
        skip("driven in Chromium", "chromium is not installed")
        return
    if SANITIZED:
        skip("driven in Chromium", "the page is the same as without sanitizers")
        return
    with browser.Browser() as b:
        b.open(write(scratch / "probe.html", "<script>document.title = 'runs'; fetch('https://example.org/').catch(() => 0)</script>"))
        b.settle()
        is_true("the probe runs its script, and what it asks for is seen", b.value("document.title") == "runs" and b.requests)
        looks(b, "containers", pages["containers"])
        looks(b, "two hosts", pages["hosts"])
        looks(b, "compared", pages["compared"])
        clicks(b, pages["containers"])
        without_script(b, pages["containers"], report)
        inert(b, "hostile report", pages["poisoned"])
        if pages["evil"]:
            inert(b, "hostile benchmark", pages["evil"])
        b.open(pages["fleet"])
        b.value("(f => { f.subject.value = '733'; f.subject.dispatchEvent(new Event('input', {bubbles: true})); })(document.getElementById('filter').elements)")
        b.settle()
        is_true("one of 1,000 containers can be filtered for", 20 < b.value(SHOWN) < 200, b.value(SHOWN))


# ---- all ----

with Scratch() as scratch:
    captures.build(scratch / "captured")
    small = small_root(scratch / "small")
    paths = {
        "containers": audited(scratch, "containers", "--root", scratch / "captured"),
        "debian": audited(scratch, "debian", "--root", ROOTS / "host/debian-12", "-b", "host"),
        "kernel": audited(scratch, "kernel", "--root", ROOTS / "kernel/weak-x86_64", "-b", "kernel"),
        "small": audited(scratch, "everything", "-b", SMALL, "-p", "everything", "--root", small),
    }
    paths["waived"] = changed(paths["debian"], scratch / "waived.json", waive)
    paths["poisoned"] = changed(paths["containers"], scratch / "poisoned.json", poison)
    paths["fleet"] = sizes(scratch, paths)
    empty = changed(paths["small"], scratch / "empty.json", lambda r: [s.update(results=[]) for s in r["subjects"]])
    pages = {}
    for name, reports, extra in (("containers", ["containers"], []), ("debian", ["debian"], []), ("small", ["small"], ["-b", SMALL]), ("waived", ["waived"], []),
                                 ("poisoned", ["poisoned"], []), ("hosts", ["containers", "waived"], [])):
        text = page_of(*(paths[r] for r in reports), extra=extra)
        pages[name] = write(scratch / f"{name}.html", text)
        read = harmless(name, text)
        judged_outside(name, pages[name])
        if name != "poisoned":
            for report in reports:
                complete(name, paths[report], read)
        if name == "hosts":
            is_true("two hosts: each result says whose it is", "db01" in read.words and "captured / cl-priv" in read.words)
    text = page_of(empty)
    pages["empty"] = write(scratch / "empty.html", text)
    is_true("an empty report is a page that says so", "Nothing judged" in harmless("empty", text).words)
    judged_outside("empty", pages["empty"])
    pages["fleet"] = write(scratch / "fleet.html", page_of(paths["fleet"]))
    pages["compared"] = compared(scratch, paths)
    pages["evil"] = texts_of_a_benchmark(scratch)
    driven(scratch, pages, json.loads(paths["containers"].read_text()))
done()
