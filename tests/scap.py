# SPDX-License-Identifier: Apache-2.0
"""XCCDF and ARF reports before judges that others wrote, and beside what the JSON report says."""
import collections
import pathlib
import re
import subprocess
import xml.etree.ElementTree as ElementTree

import tap
from tap import equal, point, skip

SCHEMAS = pathlib.Path("/usr/share/openscap/schemas")
XCCDF_XSD = SCHEMAS / "xccdf/1.2/xccdf_1.2.xsd"
ARF_XSD = SCHEMAS / "arf/1.1/asset-reporting-format_1.1.0.xsd"
NS = {"x": "http://checklists.nist.gov/xccdf/1.2", "a": "http://scap.nist.gov/schema/asset-reporting-format/1.1",
      "ai": "http://scap.nist.gov/schema/asset-identification/1.1", "core": "http://scap.nist.gov/schema/reporting-core/1.1"}
SCHEMATRON_SECONDS = 60   # its time grows with the square of the results; where it takes longer it is left out
TEXT_MOST = 400           # of a title that a page may have broken into lines


def run(*command, timeout=None):
    return subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False, timeout=timeout)


def complaints(done):
    return [] if done.returncode == 0 else [f"exit status {done.returncode}", *(done.stdout + done.stderr).splitlines()[:20]]


def lacking(program, path=None):
    """A reason to skip, or None."""
    if not tap.has(program):
        return f"{program} is not installed"
    return f"{path} is not there" if path and not path.exists() else None


def judge(name, program, path, *command):
    reason = lacking(program, path)
    return skip(name, reason) if reason else point(name, complaints(run(program, *command)))


def valid_xccdf(what, path, schematron=True):
    judge(f"{what}: valid under the schema of XCCDF 1.2", "xmllint", XCCDF_XSD, "--nonet", "--noout", "--schema", XCCDF_XSD, path)
    judge(f"{what}: oscap xccdf validate accepts it", "oscap", None, "xccdf", "validate", "--skip-schematron", path)
    if not schematron:
        return
    name = f"{what}: ... with the schematron rules"
    if lacking("oscap"):
        skip(name, lacking("oscap"))
        return
    try:
        point(name, complaints(run("oscap", "xccdf", "validate", path, timeout=SCHEMATRON_SECONDS)))
    except subprocess.TimeoutExpired:
        skip(name, f"takes longer than {SCHEMATRON_SECONDS} s")


def valid_arf(what, path):
    judge(f"{what}: valid under the schema of ARF 1.1", "xmllint", ARF_XSD, "--nonet", "--noout", "--schema", ARF_XSD, path)
    judge(f"{what}: oscap ds rds-validate accepts it", "oscap", None, "ds", "rds-validate", path)


def test_results(path, waived=False):
    """All of a document, by id; those of waived failures apart."""
    found = list(ElementTree.parse(path).getroot().iter(f"{{{NS['x']}}}TestResult"))
    return {t.get("id"): t for t in found if t.get("id").endswith("_waived") == waived}


def rule_results(test_result):
    return test_result.findall("x:rule-result", NS)


def short(element):
    return element.get("idref").split("_rule_", 1)[-1]


def outcome(element):
    return element.findtext("x:result", None, NS)


def instance(element):
    """The id of the container, or None."""
    return element.findtext("x:instance[@context='container']", None, NS)


def told(report, benchmark, host=None):
    """(rule, container, result) of a JSON report's results; a waived failure is informational."""
    return collections.Counter(
        (r["rule"], s["id"] if s["kind"] != "host" else None, "informational" if r["waived"] and r["result"] == "fail" else r["result"])
        for s in report["subjects"] for r in s["results"] if r["benchmark"] == benchmark)


def same_as_json(what, test_result, report, benchmark):
    """Every result of the JSON report has its rule-result, and all other rules say why they have none."""
    wanted = told(report, benchmark)
    judged = {rule for rule, _, _ in wanted}
    elements = rule_results(test_result)
    equal(f"{what}: the results are those of the JSON report",
          sorted(collections.Counter((short(e), instance(e), outcome(e)) for e in elements if short(e) in judged).items(), key=str), sorted(wanted.items(), key=str))
    rest = [e for e in elements if short(e) not in judged]
    point(f"{what}: a rule without a result is notselected, or says why there is none",
          [short(e) for e in rest if outcome(e) != "notselected" and not e.findtext("x:message", "", NS)])
    point(f"{what}: no rule twice", [k for k, n in collections.Counter((short(e), instance(e)) for e in elements).items() if n > 1])


def scores(test_result):
    return {s.get("system").rsplit(":", 1)[1]: (float(s.text), float(s.get("maximum"))) for s in test_result.findall("x:score", NS)}


def weighed(test_result):
    """By rule id: its weight, how many of its results count, and how many of those are good."""
    rules = {}
    for e in rule_results(test_result):
        weight, counted, passed = rules.get(e.get("idref"), (float(e.get("weight")), 0, 0))
        rules[e.get("idref")] = (weight, counted + (outcome(e) in ("pass", "fail", "error", "unknown")), passed + (outcome(e) == "pass"))
    return rules


def branch(element, rules):
    """The default model of XCCDF: (score, weight) of a Rule or Group, None where nothing in it counts."""
    if element.tag.endswith("}Rule"):
        weight, counted, passed = rules[element.get("id")]
        return (100 * passed / counted, weight) if counted else None
    parts = [b for b in (branch(e, rules) for e in element if e.tag.rsplit("}", 1)[1] in ("Rule", "Group")) if b]
    weights = sum(weight for _, weight in parts)
    return (sum(score * weight for score, weight in parts) / weights if weights else 0, float(element.get("weight", 1))) if parts else None


def scores_add_up(what, path, identity):
    """All four models, from what stands in the document. No weight of a Group may be refined by the profile."""
    root = ElementTree.parse(path).getroot()
    test_result = test_results(path)[identity]
    rules = weighed(test_result)
    flat = [sum(w * passed for w, _, passed in rules.values()), sum(w * counted for w, counted, _ in rules.values())]
    plain = [sum(passed for _, _, passed in rules.values()), sum(counted for _, counted, _ in rules.values())]
    whole = branch(root, rules)
    wanted = {"default": [whole[0] if whole else 0, 100], "flat": flat, "flat-unweighted": plain, "absolute": [float(flat[0] >= flat[1]), flat[1]]}
    got = scores(test_result)
    point(f"{what}: the scores of all four models are those of its results",
          [f"{model}: {got.get(model)}, wanted {pair}" for model, pair in wanted.items()
           if model not in got or any(abs(a - b) > 0.00051 for a, b in zip(got[model], pair))])


def squeezed(text):
    return re.sub(r"\s+", " ", text).strip()


def shown_by_oscap(what, path, identity, test_result, titles):
    """Its page names every judged rule by its title, and counts as we do."""
    name = f"{what}: oscap xccdf generate report shows every title and result"
    if lacking("oscap"):
        skip(name, lacking("oscap"))
        return
    done = run("oscap", "xccdf", "generate", "report", "--result-id", identity, path)
    page = squeezed(re.sub(r"<[^>]*>", "", done.stdout)).replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"').replace("&quot;", '"').replace("&amp;", "&")
    wrong = complaints(done) if done.returncode else []
    shown = collections.Counter(re.findall(r'class="rule-result rule-result-([a-z]+)"', done.stdout))
    ours = collections.Counter(outcome(e) for e in 2 * rule_results(test_result) if outcome(e) != "notselected")   # in the table, and with details
    ours.update(e.findtext("x:override/x:old-result", None, NS) for e in rule_results(test_result) if e.find("x:override", NS) is not None)
    wrong += [f"no title {t!r}" for t in titles if squeezed(t)[:TEXT_MOST] not in page]
    wrong += [f"{kind}: {n} results, {shown[kind]} shown" for kind, n in ours.items() if shown[kind] != n]
    point(name, wrong)


def fixed_by_oscap(what, path, identity, test_result):
    """A script, with a part for every failure."""
    name = f"{what}: oscap xccdf generate fix makes a script of every failure"
    if lacking("oscap"):
        skip(name, lacking("oscap"))
        return
    done = run("oscap", "xccdf", "generate", "fix", "--fix-type", "bash", "--result-id", identity, path)
    wrong = complaints(done)
    syntax = subprocess.run(["bash", "-n"], input=done.stdout, capture_output=True, text=True, check=False)
    wrong += syntax.stderr.splitlines()
    failed = [e.get("idref") for e in rule_results(test_result) if outcome(e) == "fail"]
    begun = re.findall(r"^# BEGIN fix \(\d+ / \d+\) for '([^']*)'", done.stdout, re.M)
    if sorted(failed) != sorted(begun):
        wrong.append(f"failed {sorted(failed)[:5]}..., in the script {sorted(begun)[:5]}...")
    point(name, wrong)
    return done.stdout


def canonical(test_result):
    """Its rule-results, whatever the white space between elements."""
    return [ElementTree.canonicalize(ElementTree.tostring(e, encoding="unicode"), strip_text=True) for e in rule_results(test_result)]


def clean(what, path, markup=("<script", "]]>")):
    """No character that a reader or a terminal would choke on, and nothing that broke out of its element."""
    data = pathlib.Path(path).read_bytes().decode("utf-8")
    raw = {hex(ord(c)) for c in re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]", data)}
    point(f"{what}: no control character, no stray markup", sorted(raw) + [t for t in markup if t in data])


