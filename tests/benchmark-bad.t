#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Benchmarks with a mistake: each is refused by audit and by validate with the line and what is wrong, in bounded time."""
import os
import resource
import sys

sys.dont_write_bytecode = True
import tap  # noqa: E402
from tap import complaint, equal, is_true, plimsoll, point, skip  # noqa: E402

BAD = tap.DATA / "bad"
SYSTEM = tap.TOP / "tests/roots/kernel/weak-x86_64"   # any
SECONDS = 2 * tap.SLOWER

# File, a text that stands on the wrong line only (None: no line to name), what the message must say.
MISTAKES = [
    ("attribute-any-of", "absent=\"pass\"", ["any-of", "'absent'"]),
    ("attribute-benchmark", "resolvd", ["'resolvd'", "'resolved'"]),
    ("attribute-check", "at-leest", ["sysctl", "'at-leest'", "did you mean 'at-least'?"]),
    ("attribute-check-element", "systm", ["'systm'", "did you mean 'system'?"]),
    ("attribute-check-export", "export-nam=", ["check-export", "export-name"]),
    ("attribute-complex-check", "negat=", ["'negat'", "did you mean 'negate'?"]),
    ("attribute-group", "selcted", ["'selcted'", "did you mean 'selected'?"]),
    ("attribute-profile", "extend=", ["'extend'", "did you mean 'extends'?"]),
    ("attribute-rule", "severty", ["'severty'", "did you mean 'severity'?"]),
    ("attribute-select", "seleced", ["'seleced'", "did you mean 'selected'?"]),
    ("attribute-set-value", "idreff", ["'idreff'", "did you mean 'idref'?"]),
    ("attribute-value", "tpye", ["'tpye'", "did you mean 'type'?"]),
    ("bits-name", "ooops", ["bits-clear", "'ooops'"]),
    ("bits-number", "\"64\"", ["bits-clear", "64"]),
    ("circle-self", "extends=", ["second", "extends itself"]),
    ("circle-two", "extends=\"xccdf_org.plimsoll_profile_second\"", ["extends itself"]),
    ("content-missing", "<check system=", ["no check-content"]),
    ("content-none", "<check-content>", ["check-content holds one element"]),
    ("content-two", "<check-content>", ["check-content holds one element"]),
    ("dangling-conflicts", "<Rule id=\"xccdf_org.plimsoll_rule_second\"", ["second", "xccdf_org.plimsoll_rule_frist"]),
    ("dangling-export", "value_lest", ["'xccdf_org.plimsoll_value_lest'"]),
    ("dangling-extends", "profile_frist", ["'xccdf_org.plimsoll_profile_frist'"]),
    ("dangling-refine-rule", "rule_frist", ["'xccdf_org.plimsoll_rule_frist'"]),
    ("dangling-refine-value", "value_lest", ["'xccdf_org.plimsoll_value_lest'"]),
    ("dangling-requires", "<Rule id=\"xccdf_org.plimsoll_rule_second\"", ["second", "xccdf_org.plimsoll_rule_frist"]),
    ("dangling-select", "rule_frist", ["'xccdf_org.plimsoll_rule_frist'"]),
    ("dangling-set-value", "value_lest", ["'xccdf_org.plimsoll_value_lest'"]),
    ("dangling-sub", "value_lest", ["'xccdf_org.plimsoll_value_lest'"]),
    ("deep-check", "all-of", ["nested deeper"]),
    ("deep-complex-check", "operator=\"OR\"", ["nested deeper"]),
    ("doctype", "<!DOCTYPE", ["DOCTYPE"]),
    ("doctype-external-dtd", "<!DOCTYPE", ["DOCTYPE"]),
    ("doctype-external-entity", "<!DOCTYPE", ["DOCTYPE"]),
    ("doctype-parameter-entity", "<!DOCTYPE", ["DOCTYPE"]),
    ("doctype-quadratic", "<!DOCTYPE", ["DOCTYPE"]),
    ("malformed-doctype-laughs", "<!DOCTYPE", ["DOCTYPE"]),
    ("element-benchmark", "<titel>", ["'titel'", "did you mean 'title'?"]),
    ("element-check", "check-xport", ["check-xport"]),
    ("element-complex-check", "<chek ", ["'chek'", "did you mean 'check'?"]),
    ("element-group", "<titel>", ["'titel'", "did you mean 'title'?"]),
    ("element-profile", "<titel>", ["'titel'", "did you mean 'title'?"]),
    ("element-profile-setting", "<setvalue", ["'setvalue'", "did you mean 'set-value'?"]),
    ("element-rule", "<rationalle>", ["'rationalle'", "did you mean 'rationale'?"]),
    ("element-value", "<titel>", ["'titel'", "did you mean 'title'?"]),
    ("elements-inside", "<sysctl", ["sysctl", "no elements"]),
    ("empty-list", "one-of", ["sysctl one-of", "empty"]),
    ("empty-parameter", "name=\"\"", ["sysctl name", "empty"]),
    ("export-incomplete", "<check-export", ["export-name"]),
    ("export-missing", "$most", ["sysctl at-least", "'$most'"]),
    ("id-missing", "<Rule severity", ["Rule has no id"]),
    ("id-missing-profile", "<Profile>", ["Profile has no id"]),
    ("id-missing-value", "<Value type", ["Value has no id"]),
    ("idref-missing", "<select selected", ["select has no idref"]),
    ("malformed-ampersand", "this & that", []),
    ("malformed-attribute-twice", "weight=\"2.0\"", ["weight"]),
    ("malformed-control-character", "\x01", []),
    ("malformed-empty", None, ["empty"]),
    ("malformed-encoding", "KLINGON", ["KLINGON"]),
    ("malformed-end-tag", "</rationalle>", ["rationalle"]),
    ("malformed-entity", "&nothing;", ["nothing"]),
    ("malformed-prefix", "html:b", ["html"]),
    ("malformed-text", "in words", []),
    ("malformed-trailing", "<more/>", []),
    ("malformed-truncated", "", []),
    ("malformed-utf8", "<rationale>", ["UTF-8"]),
    ("missing-absent", "<sysctl", ["sysctl", "absent="]),
    ("missing-expectation", "<sysctl", ["sysctl", "expected"]),
    ("missing-parameter", "<sysctl", ["sysctl", "'name'"]),
    ("namespace-check", "<sysctl", ["'sysctl'", "namespace", "urn:plimsoll:check:1"]),
    ("no-namespace", None, ["XCCDF 1.2"]),
    ("not-xccdf", None, ["XCCDF 1.2"]),
    ("number-at-least", "many", ["sysctl at-least", "'many'"]),
    ("number-at-most", "at-most", ["sysctl at-most", "'ten'"]),
    ("regex", "([a-z", ["sysctl matches", "'([a-z'"]),
    ("regex-inner", "*regular", ["file matches", "'*regular'"]),
    ("system-missing", "<check>", ["no system"]),
    ("too-many-comparisons", "<sysctl", ["sysctl", "comparisons"]),
    ("twice-group", "hidden=", ["xccdf_org.plimsoll_group_all", "twice"]),
    ("twice-kinds", "<Rule id=\"xccdf_org.plimsoll_rule_first\"", ["xccdf_org.plimsoll_rule_first", "twice"]),
    ("twice-profile", "prohibitChanges", ["xccdf_org.plimsoll_profile_first", "twice"]),
    ("twice-rule", "LAST:<Rule id=\"xccdf_org.plimsoll_rule_first\"", ["xccdf_org.plimsoll_rule_first", "twice"]),
    ("twice-value", "hidden=", ["xccdf_org.plimsoll_value_least", "twice"]),
    ("unknown-check", "sysctll", ["'sysctll'", "did you mean 'sysctl'?"]),
    ("unknown-check-inner", "comandline", ["'comandline'", "did you mean 'cmdline'?"]),
    ("value-empty", "<Value", ["no value"]),
    ("value-of-benchmark", "<sysctl", ["sysctl at-least", "'plenty'"]),
    ("value-of-profile", "<sysctl", ["sysctl at-least", "'plenty'"]),
    ("weight", "heavy", ["weight"]),
    ("weight-group", "weight=\"\"", ["weight"]),
    ("weight-infinite", "\"inf\"", ["weight"]),
    ("weight-negative", "\"-1\"", ["weight"]),
    ("word-absent", "maybe", ["absent", "'maybe'"]),
    ("word-abstract", "abstract", ["abstract"]),
    ("word-boolean", "perhaps", ["cmdline boolean", "'perhaps'"]),
    ("word-cpu", "cpu=\"intell\"", ["cpu", "intell", "intel"]),
    ("word-exists", "perhaps", ["cmdline exists", "'perhaps'"]),
    ("word-field", "sise", ["file field", "'sise'"]),
    ("word-kernel", "kernel=\"new\"", ["kernel", "new"]),
    ("word-multiple", "multiple", ["multiple"]),
    ("word-negate", "negate", ["negate"]),
    ("word-negate-check", "negate", ["negate"]),
    ("word-operator", "XOR", ["complex-check", "AND", "OR"]),
    ("word-otherwise", "otherwise", ["otherwise", "'pass'"]),
    ("word-role", "role=", ["role", "unscored"]),
    ("word-selected-group", "selected=\"no\"", ["selected"]),
    ("word-selected-rule", "selected=\"yes\"", ["selected"]),
    ("word-selected-select", "selected=\"yes\"", ["selected"]),
    ("word-severity", "medum", ["'medum'", "did you mean 'medium'?"]),
    ("xccdf-1.1", None, ["XCCDF 1.2"]),
]

# Files with several mistakes: for each the line's text and a word of the message. All are told of, and nothing else.
SEVERAL = [
    ("several", [("titel=", "'titel'"), ("<valeu>", "'valeu'"), ("medum", "'medum'"), ("comandline", "'comandline'")]),
    ("several-references", [("rule_frist", "rule_frist"), ("value_lest", "value_lest"), ("<Rule id=\"xccdf_org.plimsoll_rule_second\"", "second")]),
    ("several-in-one-rule", [("<rationalle>", "'rationalle'"), ("at-leest", "'at-leest'")]),
    ("several-kinds", [("severty", "'severty'"), ("rule_frist", "rule_frist")]),
]


def line_of(path, text):
    """The line a text stands on; the last line for an empty text."""
    lines = path.read_bytes().decode("utf-8", "replace").splitlines()
    if not text:
        return len(lines)
    last, text = text.startswith("LAST:"), text.replace("LAST:", "")
    found = [i + 1 for i, line in enumerate(lines) if text in line]
    assert found and (last or len(found) == 1 or text in ("<check system=", "<check-content>")), (path, text, found)
    return found[-1] if last else found[0]


def seconds_of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(*args, **more):
    """The run, and whether it took too long: by the processor's clock, as others run tests beside this one."""
    before = seconds_of_children()
    run = plimsoll(*args, timeout=20 * SECONDS, **more)
    took = seconds_of_children() - before
    return run, [f"took {took:.1f} s, {SECONDS} are allowed"] if took > SECONDS or run.status is None else []


def refused(path, parts, profile=None):
    """What is wrong with how audit and validate refuse the file."""
    chosen = ["-p", profile] if profile else []
    audit, slow = timed("audit", "-b", path, *chosen, "--root", path.parent)
    wrong = [f"audit: {w}" for w in slow + complaint(audit, *parts)]
    validate, slow = timed("validate", path)
    wrong += [f"validate: {w}" for w in slow + complaint(validate, *parts)]
    return wrong


def mistakes():
    left = {p.stem for p in BAD.glob("*.xml")} - {"no-mistake"} - {name for name, _ in SEVERAL}
    for name, text, parts in MISTAKES:
        path = BAD / f"{name}.xml"
        left.discard(name)
        place = f"plimsoll: {path}:{line_of(path, text)}: " if text is not None else f"plimsoll: {path}:"
        point(name, refused(path, [place, *parts], profile="second" if name == "value-of-profile" else None))
    equal("every file below tests/data/bad is tried", sorted(left), [])
    path = BAD / "no-mistake.xml"
    run = plimsoll("validate", path)
    is_true("the file they are made from is valid", run.status == 0 and not run.err, run)
    run = plimsoll("audit", "-b", path, "--root", SYSTEM)
    is_true("... and can be audited", run.status in (1, 3) and not run.err, run)
    run = plimsoll("audit", "-b", BAD / "value-of-profile.xml", "-p", "first", "--root", SYSTEM)
    is_true("a value that another profile spoils does not matter to this one", run.status in (1, 3) and not run.err, run)
    run = plimsoll("audit", "-b", "kernel", "-b", BAD / "attribute-rule.xml", "-q")
    point("a bad benchmark beside a good one: no audit", complaint(run, "severty"))
    run = plimsoll("list", "rules", "-b", BAD / "attribute-rule.xml")
    point("list refuses it, too", complaint(run, "severty"))
    run = plimsoll("explain", "-b", BAD / "attribute-rule.xml", "second")
    point("explain refuses it, too", complaint(run, "severty"))


def several():
    for name, wanted in SEVERAL:
        path = BAD / f"{name}.xml"
        run, slow = timed("validate", path)
        wrong = slow + ([] if run.status == 2 and not run.out else [run])
        lines = run.said.splitlines()
        for text, word in wanted:
            place = f"plimsoll: {path}:{line_of(path, text)}: "
            if not any(line.startswith(place) and word in line for line in lines):
                wrong.append(f"not told of {word} with {place}")
        if len(lines) != len(wanted):
            wrong.append(f"{len(lines)} messages for {len(wanted)} mistakes")
        point(f"validate {name}: every mistake in one run", wrong + lines if wrong else [])
    paths = [BAD / "attribute-rule.xml", tap.SMALL, BAD / "regex.xml"]
    run = plimsoll("validate", *paths)
    is_true("validate of three files, two of them bad", run.status == 2 and "severty" in run.said and "([a-z" in run.said and
            f"{tap.SMALL}: valid" in run.text, run)


# ---- what stands where a file should ----

def places(scratch):
    folder = scratch / "folder.xml"
    folder.mkdir()
    point("a directory", refused(folder, [f"plimsoll: {folder}: ", "not a regular file"]))
    fifo = scratch / "fifo.xml"
    os.mkfifo(fifo)
    point("a FIFO", refused(fifo, [f"plimsoll: {fifo}: ", "not a regular file"]))
    for device in ("/dev/null", "/dev/zero"):
        run, slow = timed("validate", device)
        point(device, slow + complaint(run, device, "not a regular file"))
    loop = scratch / "loop.xml"
    loop.symlink_to(loop)
    point("a symlink to itself", refused(loop, [f"plimsoll: {loop}: "]))
    secret = tap.write(scratch / "secret.xml", (BAD / "no-mistake.xml").read_bytes(), 0)
    wrapper = tap.as_user()
    if wrapper is None or not tap.user_can_run():
        skip("a file of somebody else", "no way to be an ordinary user who reaches the program")
        return
    scratch.chmod(0o755)
    run, slow = timed("validate", secret, wrapper=wrapper)
    point("a file of somebody else", slow + complaint(run, f"plimsoll: {secret}: Permission denied"))


# ---- documents made to hurt ----

def document(scratch, name, **parts):
    text = (BAD / "no-mistake.xml").read_text()
    for old, new in parts.values():
        assert text.count(old) == 1, (name, old)
        text = text.replace(old, new)
    return tap.write(scratch / f"{name}.xml", text)


def hurting(scratch):
    """Each is either refused with its line or taken, and neither crashes nor takes long."""
    text = "None."
    rule = "<title>The second rule</title>"
    group = "    <title>All</title>"
    sysctl = "<sysctl xmlns"
    deep = 100000
    made = {
        "100,000 levels in a text": (text, "<b>" * deep + "</b>" * deep),
        "100,000 levels of Groups": (group, group + "".join(f'<Group id="g{i}">' for i in range(deep)) + "</Group>" * deep),
        "100,000 levels of complex-check": (rule, rule + '<complex-check operator="OR">' * deep + "</complex-check>" * deep),
        "100,000 levels of all-of": (sysctl, '<all-of xmlns="urn:plimsoll:check:1">' * deep + "</all-of>" * deep + sysctl),
        "a text of 12 MB": (text, "x" * (12 << 20)),
        "80,000 attributes of one element": (rule, f"<title {' '.join(f'a{i}=' + chr(34) + chr(34) for i in range(80000))}>x</title>"),
        "20,000 namespaces of one element": (rule, f"<title {' '.join(f'xmlns:n{i}=' + chr(34) + 'u' + chr(34) for i in range(20000))}>x</title>"),
        "an attribute of 12 MB": (rule, f'<title x="{"x" * (12 << 20)}">x</title>'),
        "500,000 elements in a text": (text, "<b/>" * 500000),
        "20,000 conflicts": (rule, rule + '<conflicts idref="xccdf_org.plimsoll_rule_first"/>' * 20000),
        "20,000 settings of one Profile": ("<title>First</title>", "<title>First</title>" + '<select idref="xccdf_org.plimsoll_rule_first"/>' * 20000),
        "2,000 Profiles that extend each other": (
            '  <Value id', "".join(f'<Profile id="p{i}" extends="p{i + 1}"/>\n' for i in range(2000)) + '<Profile id="p2000"/>\n  <Value id'),
        "20,000 Groups with one id": (group, group + '<Group id="same"/>' * 20000),
        "a comment of 5 MB": (text, "<!--" + "x" * (5 << 20) + "-->"),
    }
    for name, (old, new) in made.items():
        path = document(scratch, "hurt", part=(old, new))
        for verb in (["validate", path], ["audit", "-q", "-b", path, "--root", scratch]):
            run, wrong = timed(*verb)
            if run.status not in (0, 1, 2, 3):
                wrong.append(run)
            elif run.status == 2 and not run.said.startswith(f"plimsoll: {path}"):
                wrong.append(run)
            point(f"{verb[0]}: {name}", wrong)
        path.unlink()


def bombs(scratch):
    """Regular expressions that never end, and one that is longer than any."""
    kernel = scratch / "proc/sys/kernel"
    tap.write(kernel / "kptr_restrict", "a" * 60 + "!\n")
    for name, regex in (("nested stars", "^(a*)*b$"), ("nested counts", "^((a{1,30}){1,30}){1,30}b$"), ("alternatives", "^(a|a|aa)+$"),
                        ("recursion", "^(a|(?1)(?1))*b$")):
        path = document(scratch, "bomb", part=('at-least="$least"', f'matches="{regex}"'))
        run, wrong = timed("audit", "-b", path, "--root", scratch, "-r", "first", "-f", "json")
        if run.status not in (1, 3):
            wrong.append(run)
        if b'"result": "pass"' in run.out:
            wrong.append("passes")
        point(f"a regular expression that explodes: {name}", wrong)
    path = document(scratch, "bomb", part=('at-least="$least"', f'matches="{"(" * 5000 + ")" * 5000}"'))
    run, wrong = timed("validate", path)
    point("a regular expression of 5,000 brackets", wrong + complaint(run, f"plimsoll: {path}:27: ", "not a regular expression"))


def escapes(scratch):
    evil = "\u202e\u009b2J\u0085\u2066"
    rule = 'id="xccdf_org.plimsoll_rule_second"'
    made = {
        "an id": (rule, f'id="{evil}" weigt="1"'),
        "an attribute's value": (rule, f'{rule} role="{evil}&#13;&#10;"'),
        "a reference": ('idref="xccdf_org.plimsoll_rule_first"', f'idref="{evil}&#10;plimsoll: all is well"'),
        "a parameter of a check": ('exists="true"', f'exists="{evil}"'),
        "an element's name": ("<status>draft</status>", f"<{evil}/>"),
        "a namespace": ("<status>draft</status>", f"<x:status xmlns:y='{evil}'/>"),
    }
    for name, part in made.items():
        path = document(scratch, "escapes", part=part)
        for verb in (["validate", path], ["audit", "-b", path]):
            run = plimsoll(*verb)
            raw = sorted({hex(ord(c)) for c in run.said if c != "\n" and (ord(c) < 32 or 0x7f <= ord(c) < 0xa0 or c in "\u202e\u2066")})
            point(f"{verb[0]}: {name} reaches the terminal as text only", complaint(run, f"plimsoll: {path}") + raw)


def main():
    mistakes()
    several()
    with tap.Scratch() as scratch:
        (scratch / "etc").mkdir()
        places(scratch)
        hurting(scratch)
        bombs(scratch)
        escapes(scratch)
    tap.done()


main()
