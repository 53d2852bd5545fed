#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The HTML page in a browser: driven with the mouse and with the keyboard, with its script and without, in both themes, at several widths, on paper."""
import json
import sys

sys.dont_write_bytecode = True
import browser  # noqa: E402
from pages import benchmark_of_evil, page_of, reports_of  # noqa: E402
from tap import SANITIZED, SMALL, Scratch, done, equal, is_true, plimsoll, point, skip, write  # noqa: E402

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
RULES = ".fold div > details, .fold p > i"
FAILED = ".kind[data-o=fail] .fold div > details"
SHOWN = f"[...document.querySelectorAll('{RULES}')].filter(e => e.checkVisibility()).length"
ACCESS = """(() => {
	const wrong = [];
	document.querySelectorAll('input, select').forEach(e => { if (!e.labels.length) wrong.push('no label: ' + e.outerHTML); });
	document.querySelectorAll('th:not([scope])').forEach(e => wrong.push('no scope: ' + e.outerHTML));
	document.querySelectorAll('svg:not([aria-hidden]):not([aria-label])').forEach(e => wrong.push('no name: ' + e.outerHTML.slice(0, 90)));
	document.querySelectorAll('button').forEach(e => { if (!e.textContent.trim()) wrong.push('an empty button'); });
	let last = 0;
	document.querySelectorAll('h1, h2, h3, h4').forEach(e => { const n = Number(e.tagName[1]); if (n > last + 1) wrong.push('skips to ' + e.outerHTML); last = n; });
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
    everything = b.value(f"document.querySelectorAll('{RULES}').length")
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
    texts = b.value(f"[...document.querySelectorAll('{RULES}')].filter(e => e.checkVisibility())"
                    ".map(e => (e.tagName === 'I' ? e.parentElement : e).textContent.toLowerCase())")
    point("a search leaves what has all its words", ([] if 0 < len(texts) < everything else [f"{len(texts)} of {everything}"])
          + [t[:80] for t in texts if "capability" not in t or "host" not in t])
    b.click("#all-shown")
    equal("reset shows all again", b.value("document.getElementById('shown').textContent"), said)

    b.click("input[value=fail]")
    is_true("a result can be left out", b.value("document.querySelector('.kind[data-o=fail]').hidden")
            and not b.value("document.querySelector('.kind[data-o=open]').hidden"))
    b.click("#all-shown")
    b.click("input[name=severity][value='4']")
    is_true("a severity can be left out", b.value("[...document.querySelectorAll('.r4')].every(e => !e.checkVisibility())"
                                                  " && [...document.querySelectorAll('.r3')].some(e => e.checkVisibility())"))
    b.click("#all-shown")

    name = b.value("document.querySelector('a[data-subject]').textContent")
    b.click("a[data-subject]")
    wrong = b.value(f"[...document.querySelectorAll('.fold div > details')].filter(e => e.checkVisibility() && !e.textContent.includes({json.dumps(name)}) &&"
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
    is_true("all can be opened", b.value("[...document.querySelectorAll('.kind[data-o=fail] .fold div > details')].every(d => d.open)"))
    b.click("#all-closed")
    equal("... and closed", b.value("document.querySelectorAll('.fold div > details[open]').length"), 0)
    point("nothing was asked for, and nothing complained", b.requests + b.complaints)


def keyboard(b, path):
    """All of it without a mouse: what has the focus is seen to have it."""
    b.window(1280)
    b.open(path)
    b.settle()
    focused, unseen = [], []
    for _ in range(14):
        b.key("Tab", number=9)
        what = b.value("(e => e.id || e.name || e.className || e.textContent)(document.activeElement)")
        focused.append(what)
        if b.value("getComputedStyle(document.activeElement).outlineStyle") == "none":
            unseen.append(f"{what}: without an outline")
    point("by the keyboard: the first is the way around the navigation, and each shows that it is next", unseen
          + ([] if focused[0] == "skip" and "theme" in focused and "All rules" in focused and len(set(focused)) > 10 else [repr(focused)]))
    b.value("document.querySelector('.skip').focus()")
    b.key("Enter", number=13)
    equal("... the first leads to the rules", b.value("location.hash"), "#rules")
    b.value("document.activeElement.blur(); scrollTo(0, 0)")
    b.key("/", "Slash", 191)
    equal("... / to the search", b.value("document.activeElement.name"), "words")
    b.key("/", "Slash", 191)
    equal("... in which it is a letter", b.value("document.activeElement.value"), "/")
    b.click("#all-shown")
    b.value("document.querySelector('input[value=open]').focus()")
    b.key(" ", "Space", 32)
    is_true("... the space bar sets a filter", b.value("document.querySelector('.kind[data-o=open]').hidden"))
    b.value(f"document.querySelector('{FAILED} > summary').focus()")
    b.key("Enter", "Enter", 13)
    is_true("... a rule opens", b.value(f"document.querySelector('{FAILED}').open"))
    point("... and nothing complained", b.requests + b.complaints)


HERE = "(e => e && e.closest('details').open && e.checkVisibility() && e.getBoundingClientRect().top < innerHeight && e.closest('details').querySelector('i').textContent)"


def fragments(b, pages):
    """An address with the id of a rule leads there, whatever its number on this page is."""
    b.window(1280)
    rule = "container.host-fd"
    for fragment in (rule, rule.replace("-", "%2D")):
        b.open(pages["small"])
        b.open(f"{pages['containers']}#{fragment}")
        b.settle()
        equal(f"opened with #{fragment}: the rule is open", b.value(f"{HERE}(document.querySelector('.here'))"), rule)
    b.value("(f => { f.words.value = 'nowhere-to-be-found'; f.words.dispatchEvent(new Event('input', {bubbles: true})); })(document.getElementById('filter').elements)")
    b.settle()
    equal("... a search that finds nothing says so", b.value(f"[{SHOWN}, document.getElementById('none').checkVisibility()]"), [0, True])
    b.value("location.hash = 'container.privileged'")
    b.settle()
    equal("... another one is followed though a filter hides it", b.value(f"{HERE}(document.querySelector('.here'))"), "container.privileged")
    other = b.value("document.querySelector('.fold p > i').firstChild.data.split(' (')[0]")
    b.value(f"location.hash = {json.dumps(other)}")
    b.settle()
    is_true("... also to one that does not apply", b.value("document.querySelector('.fold p > i').checkVisibility()"))
    for hostile in ("%", "%ff", "f1'];pwned=1;//", "<script>pwned=1</script>", "f99999999"):
        b.value(f"location.hash = {json.dumps(hostile)}")
        b.settle()
    point("... and one that is none changes nothing", b.requests + b.complaints + (["it ran"] if b.value("typeof pwned") != "undefined" else []))
    links = b.value("[...document.querySelectorAll('dd a')].map(a => a.getAttribute('href'))")
    point("what several rules refer to is one click away", [v for v in links if not v.startswith("http")] + ([] if links else ["no link"]))


def without_script(b, pages, report):
    path = pages["containers"]
    b.window(1280)
    b.run_scripts(False)
    b.open(path)
    text = b.value("document.body.textContent")
    missing = sorted({r["rule"] for s in report["subjects"] for r in s["results"] if r["result"] in ("fail", "unknown", "pass") and r["rule"] not in text})
    point("without script: every rule is there", missing)
    is_true("... what a script would do is not offered", not b.value("[...document.querySelectorAll('form, button')].some(e => e.checkVisibility())"))
    b.click(".fold div > details > summary")
    is_true("... a rule opens", b.value("document.querySelector('.fold div > details > dl').checkVisibility()"))
    b.open(pages["small"])
    b.open(f"{path}#f1")
    is_true("... an address leads to a rule that is folded", b.value("(e => e.parentElement.open && e.checkVisibility())(document.getElementById('f1'))"))
    source = b.value("document.querySelector(\"dd a[href^='#r']\").hash.slice(1)")
    is_true("... what several rules refer to is in the list that they lead to",
            b.value(f"document.getElementById({json.dumps(source)}).querySelector('a').href").startswith("http"))
    b.window(794, media="print", dark=True)
    b.open(path)
    equal("on paper: every rule is open", b.value("[...document.querySelectorAll('.fold dl')].filter(e => !e.checkVisibility()).length"), 0)
    equal("... it is white, whatever the theme is", b.value("[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('.kind')).backgroundColor]"),
          ["rgb(255, 255, 255)"] * 2)
    is_true("... what cannot be clicked there is not printed", not b.value("[...document.querySelectorAll('nav, form, button, .skip')].some(e => e.checkVisibility())"))
    is_true("... addresses are printed", "http" in b.value("getComputedStyle(document.querySelector('#sources a'), '::after').content"))
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
    with browser.Browser() as b:
        b.open(write(scratch / "probe.html", "<script>document.title = 'runs'; fetch('https://example.org/').catch(() => 0)</script>"))
        b.settle()
        is_true("the probe runs its script, and what it asks for is seen", b.value("document.title") == "runs" and b.requests)
        looks(b, "containers", pages["containers"])
        looks(b, "two hosts", pages["hosts"])
        looks(b, "compared", pages["compared"])
        looks(b, "waived", pages["waived"])
        looks(b, "mostly failures", pages["failing"])
        looks(b, "empty", pages["empty"])
        clicks(b, pages["containers"])
        keyboard(b, pages["containers"])
        fragments(b, pages)
        without_script(b, pages, report)
        inert(b, "hostile report", pages["poisoned"])
        inert(b, "hostile benchmark", pages["evil"])
        b.open(pages["fleet"])
        b.value("(f => { f.subject.value = '733'; f.subject.dispatchEvent(new Event('input', {bubbles: true})); })(document.getElementById('filter').elements)")
        b.settle()
        is_true("one of 1,000 containers can be filtered for", 20 < b.value(SHOWN) < 200, b.value(SHOWN))


def pages_of(scratch):
    paths = reports_of(scratch)
    pages = {name: write(scratch / f"{name}.html", page_of(paths[name])) for name in ("containers", "waived", "poisoned", "failing", "fleet", "empty")}
    pages["small"] = write(scratch / "small.html", page_of(paths["small"], extra=["-b", SMALL]))
    pages["hosts"] = write(scratch / "hosts.html", page_of(paths["containers"], paths["waived"]))
    pages["compared"] = write(scratch / "compared.html", plimsoll("diff", paths["earlier"], paths["waived"], "-f", "html").out)
    pages["evil"] = write(scratch / "evil.html", benchmark_of_evil(scratch).out)
    return pages, json.loads(paths["containers"].read_text())


if not browser.CHROMIUM:
    skip("driven in Chromium", "chromium is not installed")
elif SANITIZED:
    skip("driven in Chromium", "the page is the same as without sanitizers")
else:
    with Scratch() as scratch:
        driven(scratch, *pages_of(scratch))
done()
