# SPDX-License-Identifier: Apache-2.0
"""Programs and schemas of others that read a report: each function makes the points of one format. `results` are those of the JSON report."""
import csv
import html.parser
import io
import json
import os
import pathlib
import re
import subprocess
import xml.etree.ElementTree as ElementTree
from collections import Counter

import tap
from tap import equal, point, skip

JUNIT_SCHEMAS = tap.TOP.parent / "shared/reference/schemas/junit"
JUNIT_JUDGES = ("jenkins-xunit-junit-10.xsd", "windyroad-JUnit.xsd")


def run(*command, stdin=None, **more):
    return subprocess.run([*map(str, command)], input=stdin, stdin=None if stdin is not None else subprocess.DEVNULL, capture_output=True, check=False, **more)


def outcome(result):
    """As a report shows it: a failure that is accepted is neither failed nor passed."""
    return "waived" if result["waived"] and result["result"] == "fail" else result["result"]


def tally(results):
    return Counter(outcome(r) for r in results)


# ---- JUnit ----

def valid_by_schemas(what, path):
    for schema in JUNIT_JUDGES:
        name = f"{what}: valid under {schema}"
        if not tap.has("xmllint"):
            skip(name, "xmllint is not installed")
            continue
        if not (JUNIT_SCHEMAS / schema).exists():
            skip(name, "../shared is not there")
            continue
        said = run("xmllint", "--nonet", "--noout", "--schema", JUNIT_SCHEMAS / schema, path)
        point(name, [] if said.returncode == 0 else said.stderr.decode("utf-8", "replace").splitlines()[:10])


def read_by_junitparser(what, path, report):
    """Exit status 0 where all is well, 1 where something is not; anything else, or a traceback, is a report it cannot read."""
    name = f"{what}: junitparser verify accepts it"
    if not tap.has("junitparser"):
        skip(name, "junitparser is not installed")
        return
    said = run("junitparser", "verify", path, text=True)
    red = report.find(".//failure") is not None or report.find(".//error") is not None
    point(name, [] if said.returncode == (1 if red else 0) and "Traceback" not in said.stderr else [f"exit status {said.returncode}", said.stderr[-600:]])


def npm_modules():
    """Folders of npm modules: those of $NODE_PATH, what bootstrap made of tests/npm, and the global one."""
    folders = [pathlib.Path(p) for p in os.environ.get("NODE_PATH", "").split(":") if p] + [tap.BUILD / "npm/node_modules"]
    return folders + ([pathlib.Path(run("npm", "root", "-g", text=True).stdout.strip())] if tap.has("npm") else [])


JUNIT2JSON = """
const { parse } = await import(process.argv[1]);
let text = ''; for await (const part of process.stdin) text += part;
const report = await parse(text), cases = (report.testsuite || []).flatMap(s => s.testcase || []);
const have = kind => cases.filter(c => c[kind] && c[kind].length).length;
console.log(JSON.stringify([cases.length, have('failure'), have('error'), have('skipped')]));
"""


def read_by_node(what, path, report):
    name = f"{what}: junit2json counts what there is"
    found = [m for m in (f / "junit2json/dist/esm/index.js" for f in npm_modules()) if m.exists()]
    if not tap.has("node") or not found:
        skip(name, "the npm module junit2json is not there: bootstrap check installs it where npm is")
        return
    said = run("node", "--input-type=module", "-e", JUNIT2JSON, found[0], stdin=path.read_bytes())
    cases = list(report.iter("testcase"))
    wanted = [len(cases)] + [sum(c.find(kind) is not None for c in cases) for kind in ("failure", "error", "skipped")]
    point(name, [] if said.returncode == 0 and json.loads(said.stdout) == wanted else [wanted, said.stdout, said.stderr[-600:]])


def counted(what, report):
    wrong = []
    for suite in report.iter("testsuite"):
        cases = suite.findall("testcase")
        told = [int(suite.get(a)) for a in ("tests", "failures", "errors", "skipped")]
        found = [len(cases)] + [len(suite.findall(f"testcase/{kind}")) for kind in ("failure", "error", "skipped")]
        if told != found:
            wrong.append(f"{suite.get('name')}: says {told}, holds {found}")
    point(f"{what}: the counts of every suite are those of its cases", wrong)


def junit(what, path, results):
    try:
        report = ElementTree.parse(path).getroot()
    except ElementTree.ParseError as wrong:
        point(f"{what}: is well-formed", [wrong])
        return
    valid_by_schemas(what, path)
    read_by_junitparser(what, path, report)
    read_by_node(what, path, report)
    counted(what, report)
    cases, all_ = list(report.iter("testcase")), tally(results)
    equal(f"{what}: cases, failures and errors are those of the JSON report",
          (len(cases), sum(c.find("failure") is not None for c in cases), sum(c.find("error") is not None for c in cases)),
          (len(results), all_["fail"], all_["error"] + all_["unknown"]))


# ---- JSON ----

def json_(what, path, results):
    name = f"{what}: jq reads as many results"
    if not tap.has("jq"):
        skip(name, "jq is not installed")
        return
    said = run("jq", "-c", "[.schema, ([.subjects[].results[]] | length), .counts.fail, .counts.waived]", path, text=True)
    equal(name, json.loads(said.stdout or "null"), ["plimsoll/report/1", len(results), tally(results)["fail"], tally(results)["waived"]])


# ---- text ----

def text(what, path, results):
    shown, all_ = path.read_text("utf-8"), tally(results)
    point(f"{what}: nothing but ASCII in the C locale", sorted({hex(ord(c)) for c in shown if ord(c) > 126}))
    point(f"{what}: says how many failed", [] if re.search(rf"\b{all_['fail']} failed", shown) or not all_["fail"] else [shown[:1000]])


# ---- CSV ----

STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def formulas(row):
    """Cells that a spreadsheet would compute: as they are, or where it splits them at semicolons."""
    return [cell[:80] for cell in row for part in cell.split(";") if part.lstrip(" ").startswith(STARTS) and not re.fullmatch(r"[-+]\d+", cell)]


def csv_(what, path, results):
    data = path.read_bytes()
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""), strict=True, restkey="more", restval=None))
    point(f"{what}: every line ends in CR LF", [] if data.endswith(b"\r\n") and data.count(b"\n") == data.count(b"\r\n") == len(rows) + 1 else [len(rows)])
    point(f"{what}: every row has as many cells as the header", [r for r in rows if "more" in r or None in r.values()])
    equal(f"{what}: the results are those of the JSON report", Counter(r["result"] for r in rows), tally(results))
    point(f"{what}: a waived failure says who and until when", [r["rule"] for r in rows if (r["result"] == "waived") != bool(r["waived_by"] and r["waived_until"])])
    point(f"{what}: no cell is a formula", [f for r in rows for f in formulas(r.values())])
    if not tap.has("csvclean"):
        skip(f"{what}: csvclean finds no error", "csvclean is not installed")
        return
    said = run("csvclean", "-n", path, text=True)   # its exit status is 0 whatever it finds
    equal(f"{what}: csvclean finds no error", said.stdout.strip(), "No errors.")


# ---- Markdown ----

class Elements(html.parser.HTMLParser):
    """The elements of a page in their order, with attributes, the text of each cell by row, and what is not closed in its order."""

    def __init__(self, page):
        super().__init__()
        self.seen, self.open, self.rows, self.crossed = [], [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, tuple(attrs)))
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, tuple(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)

    def handle_data(self, data):
        if {"td", "th"} & set(self.open) and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data

    def handle_comment(self, data):
        self.seen.append(("!--", ()))

    def skeleton(self):
        """Without what marks a text as code, of which there is more where it has bars in it."""
        return [tag for tag in self.seen if tag[0] != "code"]


MARKDOWN_TAGS = {"h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "strong", "details", "summary", "ul", "li"}


def elements_of(path):
    """As GitHub reads it, before it takes out what it does not allow. None: nobody is here to read it."""
    if not tap.has("cmark-gfm"):
        return None
    extensions = [word for e in ("table", "autolink", "strikethrough", "tasklist") for word in ("-e", e)]
    return Elements(run("cmark-gfm", "--unsafe", *extensions, path).stdout.decode("utf-8"))


def markdown(what, path, results):
    size = path.stat().st_size
    point(f"{what}: GitHub takes a step summary of that size", [] if size <= 1 << 20 else [size])
    page, all_ = elements_of(path), tally(results)
    if not page:
        skip(f"{what}: read by cmark-gfm", "cmark-gfm is not installed")
        return
    allowed = [(tag, attrs) for tag, attrs in page.seen if tag in MARKDOWN_TAGS and all(name == "align" for name, _ in attrs)]
    point(f"{what}: no element but its own", sorted({str(s) for s in page.seen} - {str(s) for s in allowed}))
    point(f"{what}: every element is closed", page.crossed + page.open)
    wanted = ["all", all_["fail"], all_["unknown"] + all_["error"], all_["waived"], all_["pass"], all_["notapplicable"]]
    equal(f"{what}: counts what the JSON report counts", [row[:6] for row in page.rows if row[0] == "all"], [[str(w) for w in wanted]])
    widths = {"Severity": len, "high": len, "medium": len, "low": len, "info": len}
    rows = [len(row) for row in page.rows if row[0] in widths]
    point(f"{what}: every row is as wide as its table", [] if set(rows) <= {4, 5, 7} else sorted(set(rows)))


# ---- Prometheus ----

SAMPLE = re.compile(r'([a-z_]+)\{((?:[a-z]+="(?:[^"\\\n]|\\.)*",?)*)\} (-?[0-9.]+)')


def prometheus(what, path, results):
    samples = [SAMPLE.fullmatch(line) or line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    odd = [s for s in samples if isinstance(s, str)]
    if not point(f"{what}: each line is a sample, without a time of its own", odd):
        return
    series = Counter(s.group(1, 2) for s in samples)
    point(f"{what}: no series twice", [s for s, n in series.items() if n > 1])
    found = Counter()
    for s in samples:
        if s.group(1) == "plimsoll_results":
            found[re.search(r'result="([a-z]+)"', s.group(2)).group(1)] += int(s.group(3))
    equal(f"{what}: the results are those of the JSON report", +found, tally(results))
    if not tap.has("promtool"):
        skip(f"{what}: promtool check metrics", "promtool is not installed")
        return
    said = run("promtool", "check", "metrics", stdin=path.read_bytes())
    point(f"{what}: promtool check metrics finds nothing", [] if said.returncode == 0 and not said.stdout + said.stderr else [said])


# ---- Nagios ----

PERFDATA = "use Monitoring::Plugin::Performance; local $/; printf \"%s=%s\\n\", $_->label, $_->value for Monitoring::Plugin::Performance->parse_perfstring(<STDIN>);"


def nagios(what, path, results):
    data, all_ = path.read_bytes(), tally(results)
    shown = data.decode("utf-8")
    first, *lines = shown.splitlines()
    point(f"{what}: the first line is status, text and performance data", [] if re.fullmatch(
        r"PLIMSOLL (OK|WARNING|CRITICAL|UNKNOWN) - [^|]+ \| [^|]+", first) and len(first) < 1024 else [first])
    point(f"{what}: no other performance data, nothing for a shell or a page", [line for line in lines if set(line) & set("|<>`$&")])
    point(f"{what}: Nagios reads all of it", [] if len(data) < 8192 else [len(data)])
    if not tap.has("perl") or run("perl", "-MMonitoring::Plugin::Performance", "-e", "1").returncode:
        skip(f"{what}: Monitoring::Plugin reads the performance data", "libmonitoring-plugin-perl is not installed")
        return
    said = run("perl", "-e", PERFDATA, stdin=first.partition("|")[2].encode())
    values = dict(line.split("=") for line in said.stdout.decode().splitlines())
    wanted = {"failed": all_["fail"], "undetermined": all_["unknown"] + all_["error"], "waived": all_["waived"], "passed": all_["pass"]}
    equal(f"{what}: Monitoring::Plugin reads the performance data", ({k: int(values.get(k, -1)) for k in wanted}, set(values) - set(wanted) - {
        "high", "medium", "low", "info", "score", "time"}, said.stderr), (wanted, set(), b""))
