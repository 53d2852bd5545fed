#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One exposure, one finding: what benchmarks/kernel.xml and host.xml both look at fails once when both run, and each of them alone does not miss it.

Roots of both are laid over each other. A kernel parameter is what most pairs share: the kernel's rule looks at the value now, the host's at the files, too.
"""
import json
import pathlib
import re
import shutil
import sys
import xml.etree.ElementTree as ElementTree

sys.dont_write_bytecode = True
from fixes import hindrance, run_scripts, scripts  # noqa: E402
from roots import Changed, Roots, own_result  # noqa: E402
from tap import Scratch, done, is_true, plimsoll, point, skip  # noqa: E402

XCCDF = "{http://checklists.nist.gov/xccdf/1.2}"
CHECK = "{urn:plimsoll:check:1}"
PART_OF = "urn:plimsoll:part-of"
HOST, KERNEL = Roots("host"), Roots("kernel")
PAIRS = ("weak", "weak-x86_64"), ("debian-12", "weak-x86_64"), ("hardened", "weak-x86_64"), ("weak", "hardened-x86_64"), ("ubuntu-24.04", "weak-arm64")
SEVERITIES = "info", "low", "medium", "high", "critical"
GROUPS = "workstation", "server", "paranoid"
SETTLED = "process.sysctl-settled"


class Rule:
    def __init__(self, element):
        self.id = element.get("id").split("_rule_")[1]
        self.severity, self.group = SEVERITIES.index(element.get("severity")), element.get("cluster-id")
        self.parts = [i.text for i in element.iter(XCCDF + "ident") if i.get("system") == PART_OF]
        self.now = {e.get("name") for e in element.iter(CHECK + "sysctl")}
        self.always = {e.get("name") for e in element.iter(CHECK + "sysctl-persistent") if e.get("name") and not e.get("otherwise")}


def rules_of(roots):
    return {rule.id: rule for rule in map(Rule, ElementTree.parse(roots.benchmark).iter(XCCDF + "Rule"))}


RULES = {"host": rules_of(HOST), "kernel": rules_of(KERNEL)}
ALL = RULES["host"] | RULES["kernel"]


# ---- what the benchmarks say ----

def declared():
    point("no rule is in both benchmarks", sorted(set(RULES["host"]) & set(RULES["kernel"])))
    point("what a rule is part of exists", [f"{r.id}: {w}" for r in ALL.values() for w in r.parts if w not in ALL])
    point("and is at least as severe", [f"{r.id}: {w}" for r in ALL.values() for w in r.parts if w in ALL and ALL[w].severity < r.severity])
    point("no two rules are part of each other", [f"{r.id}: {w}" for r in ALL.values() for w in r.parts if w in ALL and r.id in ALL[w].parts])
    missing = []
    for rule in RULES["kernel"].values():
        if rule.id.startswith("sysctl."):
            wholes = [r for r in RULES["host"].values() if r.always & rule.now]
            missing += [f"{rule.id} is not part of {w.id}" for w in wholes if w.id not in rule.parts]
            missing += [f"{rule.id} is asked for without {w.id}" for w in wholes if GROUPS.index(w.group) > GROUPS.index(rule.group)]
    point("every rule on the value now is part of the rule that looks at the files, too, and in no profile without it", missing)


def left_out():
    """What container-host leaves out of the kernel, it leaves out of the host."""
    skipped = {roots.benchmark.stem: {s.get("idref").split("_rule_")[1] for p in ElementTree.parse(roots.benchmark).iter(XCCDF + "Profile")
                                      if p.get("id").endswith("_container-host") for s in p.iter(XCCDF + "select")} for roots in (HOST, KERNEL)}
    point("container-host asks for no whole of a part that it leaves out",
          [f"{part}: {whole}" for part in skipped["kernel"] for whole in ALL[part].parts if whole in RULES["host"] and whole not in skipped["host"]])


def settled():
    """What has a rule of its own is not named by process.sysctl-settled once more."""
    values = {v.get("id").split("_value_")[1]: {c.get("selector"): set(c.text.split()) for c in v.findall(XCCDF + "value")}
              for v in ElementTree.parse(HOST.benchmark).iter(XCCDF + "Value")}
    for selector, groups in (None, GROUPS[:2]), ("strict", GROUPS):
        names = {name for r in RULES["host"].values() if r.group in groups for name in r.always}
        point(f"parameters with a rule of their own are left to it ({selector or 'default'})", sorted(values["settled_elsewhere"][selector] ^ names))


# ---- what an audit says ----

def combined(scratch, host, kernel):
    """A root of both."""
    root = Changed(HOST, pathlib.Path(scratch) / f"{host}-{kernel}", host)
    shutil.copytree(KERNEL.copy(kernel, pathlib.Path(scratch) / f"only-{kernel}-{host}"), root.path, symlinks=True, dirs_exist_ok=True)
    return root


def results(root, *options):
    run = plimsoll("audit", "-f", "json", "-s", "host", "--root", root.path, *options)
    return {r["rule"]: r for r in json.loads(run.text)["subjects"][0]["results"]}


def parameters(result):
    """The parameters that the failure rests on: of the value that decides, or of the sentence that is the value."""
    evidence = result["evidence"]
    names = [e["name"] for e in evidence if result["reason"].startswith(e["name"] + ": ")] if len(evidence) > 1 else [evidence[0]["name"]]
    if result["rule"] == SETTLED:
        names = [e["value"].split(":")[0] for e in evidence if e["value"]]
    return {re.sub(" (now|at the next boot)$", "", name) for name in names if re.fullmatch(r"[a-z0-9_]+(\.[A-Za-z0-9_-]+)+( now| at the next boot)?", name)}


def failing(judged):
    """{parameter: rules that fail for it}"""
    found = {}
    for result in judged.values():
        if result["result"] == "fail":
            for name in parameters(result):
                found.setdefault(name, set()).add(result["rule"])
    return {name: rules for name, rules in found.items() if any(name in r.now | r.always for r in ALL.values()) or SETTLED in rules}


def once(scratch, profile):
    for host, kernel in PAIRS:
        what, more = f"{host} and {kernel}, {profile}", ("-p", profile)
        root = combined(scratch, host, kernel)
        both, alone = results(root, "-b", "host", "-b", "kernel", *more), {b: results(root, "-b", b, *more) for b in ("host", "kernel")}
        point(f"{what}: no kernel parameter is two findings", [f"{name}: {sorted(rules)}" for name, rules in failing(both).items() if len(rules) > 1])
        missed = {name for judged in alone.values() for name in failing(judged)} - set(failing(both))
        covered = {name for r in both.values() if r["result"] == "fail" for name in ALL[r["rule"]].always | ALL[r["rule"]].now}
        point(f"{what}: and none is missed", sorted(missed - covered))
        point(f"{what}: what fails in one alone fails, or is part of what does",
              [f"{rule} is {both[rule]['result']}" for judged in alone.values() for rule, r in judged.items() if own_result(both[rule]) != own_result(r)])
        hidden = [r for r in both.values() if own_result(r) != r["result"]]
        point(f"{what}: the whole of every part fails",
              [f"{r['rule']}: {r['reason']}" for r in hidden if both[r["reason"].split()[2].rstrip(",")]["result"] != "fail"])
        if (host, kernel) == PAIRS[0]:
            is_true(f"{what}: there are parts", len(hidden) > 5)


def alone_sees(scratch):
    """Each benchmark by itself reports a parameter that is wrong now."""
    root = combined(scratch / "alone", "hardened", "hardened-x86_64")
    root.write("proc/sys/kernel/dmesg_restrict", "0\n")
    for option, wanted in (["host"], {"process.dmesg-restrict"}), (["kernel"], {"sysctl.kernel.dmesg_restrict"}), (["host", "kernel"], {"process.dmesg-restrict"}):
        judged = results(root, *[o for b in option for o in ("-b", b)])
        got = failing(judged).get("kernel.dmesg_restrict", set())
        point(f"a parameter that is wrong now, to {' and '.join(option)}", [] if got == wanted else [f"{sorted(got)}, wanted {sorted(wanted)}"])
    judged = results(root, "-b", "host", "-b", "kernel", "--skip", "process.*")
    point("a part whose whole is not asked for stands for itself", [] if judged["sysctl.kernel.dmesg_restrict"]["result"] == "fail" else ["it does not fail"])


def module_and_option(scratch):
    """A protocol that the kernel was built with: as a module that can be loaded the host's finding, barred the kernel's."""
    root = combined(scratch / "module", "debian-12", "weak-x86_64")
    option, module = "kconfig.TIPC", "module.tipc"
    config = next(root.file("boot").glob("config-*"))
    running = root.file("lib/modules") / config.name.removeprefix("config-")
    shutil.rmtree(running)
    next(root.file("lib/modules").glob("6.1.0-*")).rename(running)
    with open(running / "modules.alias", "a", encoding="utf-8") as file:
        file.write("alias net-pf-30 tipc\n")
    config.write_text(config.read_text(encoding="utf-8") + "CONFIG_TIPC=m\n", encoding="utf-8")
    for what, wanted in ("that can be loaded", ("part of module.tipc, which fails", "fail")), ("that is barred", (None, "pass")):
        judged = results(root, "-b", "host", "-b", "kernel", "-p", "paranoid", "-r", option, "-r", module)
        hidden = judged[option]["reason"] if judged[option]["result"] == "notapplicable" else None
        got = hidden, judged[module]["result"]
        point(f"a module {what}", [] if got == wanted and own_result(judged[option]) == "fail" else [f"{judged[option]}, {judged[module]}"])
        root.write("etc/modprobe.d/tipc.conf", "install tipc /bin/false\ninstall tipc_diag /bin/false\nblacklist tipc\nblacklist tipc_diag\n")


# ---- the fixes ----

def named(listed):
    """Each parameter has a file of its own, which sorts last, and takes effect at once."""
    wrong = []
    for rule, text in listed:
        written = re.findall(r"""printf '%s\\n' ['"]([^'"]*)['"] >(/etc/sysctl\.d/\S+)$""", text, re.M)
        for setting, path in written:
            name = setting.split(" = ")[0]
            if path != f"/etc/sysctl.d/99-zz-plimsoll-{name}.conf" or f"sysctl -p {path}" not in map(str.strip, text.splitlines()):
                wrong.append(f"{rule}: {setting} in {path}")
        if len(written) != len(re.findall(r"/etc/sysctl\.d/\S+\.conf$", text, re.M)) - len(re.findall("^ *sysctl -p", text, re.M)):
            wrong.append(f"{rule}: writes below /etc/sysctl.d in another way")
    return wrong


def fixes(scratch):
    for selector in None, "strict":
        listed = {b.benchmark.stem: list(scripts(b.benchmark, selector)) for b in (HOST, KERNEL)}
        what = "paranoid" if selector else "server"
        point(f"fixes of kernel parameters, {what}: each in a file of its own", named(listed["host"] + listed["kernel"]))
        if hindrance():
            skip(f"fixes of kernel parameters, {what}: they mend both", hindrance())
            continue
        for name, rules in listed.items():
            root = combined(scratch / f"{what}-{name}", "weak", "weak-x86_64")
            root.write("usr/lib/sysctl.d/99-protect-links.conf", "fs.protected_fifos = 1\nfs.protected_regular = 0\n")
            root.remove("etc/sysctl.d/90-tuning.conf")
            shutil.rmtree(root.file("proc/sys/net/ipv4/conf/eth0"))   # an interface takes the default on
            shutil.rmtree(root.file("proc/sys/net/ipv6/conf/eth0"))
            ours = [(rule, text) for rule, text in rules if "sysctl -p" in text]
            wrong = run_scripts(root, ours)
            judged = results(root, "-b", "host", "-b", "kernel", "-p", what)
            mended = {found for rule, text in ours if rule in judged for found in re.findall(r"^sysctl -p /etc/sysctl\.d/99-zz-plimsoll-(\S+)\.conf$", text, re.M)}
            wrong += [f"{parameter}: {sorted(rules)}" for parameter, rules in failing(judged).items() if parameter in mended]
            point(f"fixes of kernel parameters, {what}: those of {name}.xml mend both, now and for the next boot", wrong)


def main():
    declared()
    left_out()
    settled()
    with Scratch() as scratch:
        for profile in "server", "workstation", "level1", "paranoid":
            once(scratch / profile, profile)
        alone_sees(scratch)
        module_and_option(scratch)
        fixes(scratch)
    done()


main()
