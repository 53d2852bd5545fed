# SPDX-License-Identifier: Apache-2.0
"""HTML pages of audits for the tests that read them and for those that drive a browser: usual ones, waived, of two hosts, compared, hostile, of a fleet."""
import html.parser
import json
import re

import captures
from tap import BENCHMARKS, DATA, SMALL, plimsoll, small_root, write

ROOTS = DATA.parent / "roots"
EVIL = "</code></script><script>pwned=1;alert(1)</script><img src=x onerror=\"pwned=1\">&lt;b&gt;&#60;'\"`]]>--> =cmd()|x \u202egnp"
WAIVER = {"rule": "*", "subject": None, "host": None, "owner": "Ada L.", "reason": "the vendor's driver needs it", "expires": "2027-01-31",
          "ticket": "OPS-17", "found": None, "where": "/etc/plimsoll/waivers.d/10-db.conf:4"}
VOID = {"meta", "input", "br", "path", "circle", "rect"}
UNENDED = {"dt", "dd"}   # HTML lets their ends be left out


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


def better(report):
    """As it was before failures of medium severity came up."""
    for result in report["subjects"][0]["results"]:
        if result["result"] == "fail" and result["severity"] == "medium":
            result["result"] = "pass"


def fleet(size):
    """So many containers of some forty kinds, each with evidence of its own."""
    def change(report):
        grow(report, size)
    return change


def grow(report, size):
    host, *containers = report["subjects"]
    many = []
    for i in range(size):
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


def benchmark_of_evil(scratch):
    """Texts of a benchmark are as little trusted as those of the machine. Returns what an audit by it of hostile files gave."""
    evil = EVIL.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("\u202e", "")
    body = (BENCHMARKS / "small.xml").read_text()
    more = (f'<reference href="javascript:pwned=1">first source</reference><reference href="https://example.org/&quot;&gt;{evil}">{evil}</reference>'
            f"<rationale>{evil}</rationale><fixtext>{evil}</fixtext>")
    path = write(scratch / "evil.xml", body.replace("<title>A bad value of high severity</title>", f"<title>{evil}</title>{more}"))
    root = small_root(scratch / "root")
    write(root / "proc/sys/kernel/kptr_restrict", b"<script>pwned=1</script>\x1b[31m\xff\xfe\x00\x07")
    write(root / "proc/sys/kernel/hostname", b"<img src=x onerror=pwned=1>\xff\x1b[2J\n")
    return plimsoll("audit", "-b", path, "-p", "everything", "--root", root, "-f", "html")


def reports_of(scratch):
    """JSON reports by name."""
    captures.build(scratch / "captured")
    paths = {
        "containers": audited(scratch, "containers", "--root", scratch / "captured"),
        "debian": audited(scratch, "debian", "--root", ROOTS / "host/debian-12", "-b", "host"),
        "kernel": audited(scratch, "kernel", "--root", ROOTS / "kernel/weak-x86_64", "-b", "kernel"),
        "small": audited(scratch, "everything", "-b", SMALL, "-p", "everything", "--root", small_root(scratch / "small")),
    }
    paths["waived"] = changed(paths["debian"], scratch / "waived.json", waive)
    paths["earlier"] = changed(paths["waived"], scratch / "earlier.json", better)
    paths["poisoned"] = changed(paths["containers"], scratch / "poisoned.json", poison)
    paths["fleet"] = changed(paths["containers"], scratch / "fleet.json", fleet(1000))
    paths["twenty"] = changed(paths["containers"], scratch / "twenty.json", fleet(20))
    paths["usual"] = changed(paths["debian"], scratch / "usual.json", short(200, "host"))
    paths["failing"] = changed(paths["kernel"], scratch / "failing.json", short(200, "kernel"))
    paths["empty"] = changed(paths["small"], scratch / "empty.json", lambda r: [s.update(results=[]) for s in r["subjects"]])
    return paths


# ---- what is in a page ----

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
        self.text.append(" " if tag in UNENDED | {"br", "small", "i", "summary"} else "")
        if tag not in VOID | UNENDED:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID | UNENDED:
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


def rules_in(text):
    """How many rules a page lists: those with details, and the ids of those that were not judged."""
    listed = text[text.index('id="rules"'):text.index('id="none"')]
    folded = listed.count("Show them</summary>")
    return listed.count("<summary>") - folded + sum(len(re.findall(r"<i[ >]", line)) for line in re.findall(r"<p>.*", listed[listed.index('class="kind"'):]))
