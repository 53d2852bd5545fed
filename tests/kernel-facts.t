#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The verdict on every kernel fact equals the fact table's own logic, or differs for a reason of docs/kernel-verdicts.md.

kernel_facts.py answers each fact from the same files without plimsoll. A difference is accepted where a class of that document
lists the rule and the evidence in the report shows that the class holds. Besides: no configuration scores by being empty, and
none passes more by being cut.
"""
import concurrent.futures
import fnmatch
import glob
import gzip
import json
import os
import re
import shutil
from collections import Counter, namedtuple

import kernel_facts as table
from roots import own_result
from tap import DATA, SANITIZED, TOP, Scratch, is_true, plimsoll, point, skip, write, done

BENCHMARK = TOP / "benchmarks" / "kernel.xml"
CONFIGS = TOP.parent / "shared" / "reference" / "kernel-configs"
ROOTS = TOP / "tests" / "roots" / "kernel"
FLAWS = "sys/devices/system/cpu/vulnerabilities"

FACTS = table.load_facts(DATA / "kernel-hardening.tsv")
FACT_ROWS = table.rows(DATA / "kernel-hardening.tsv")
BOOLEANS = {row["name"] for row in table.rows(DATA / "kernel-cmdline-parse.tsv") if row["value_parse"] == "bool"}
NEVER_SEEN = {row["name"] for row in table.rows(DATA / "kernel-kconfig-seen.tsv") if row["configs_seen"] == "0"}
RULE_OF = {(row["kind"], row["name"], row["arch"], row["expected"]): row["rule"]
           for row in table.rows(DATA / "kernel-fact-rules.tsv")}
RULES = [RULE_OF.get((row["kind"], row["name"], row["arch"], row["expected"])) for row in FACT_ROWS]

HARDENED_CMDLINE = (
    "mitigations=auto,nosmt slab_nomerge init_on_alloc=1 init_on_free=on page_alloc.shuffle=1 pti=on randomize_kstack_offset=on "
    "vsyscall=none debugfs=off lockdown=confidentiality module.sig_enforce=1 nosmt vdso32=0 cfi=kcfi iommu=force iommu.strict=1 "
    "iommu.passthrough=0 intel_iommu=on amd_iommu=force_isolation efi=disable_early_pci_dma hardened_usercopy=1 ia32_emulation=0 "
    "kfence.sample_interval=100 hash_pointers=always bdev_allow_write_mounted=0 proc_mem.force_override=never tsx=off rodata=on "
    "ssbd=force-on kpti=on\n")
HOSTILE_CMDLINE = (
    'pti=on init-on-free=1 slub_nomerge slub_merge dyndbg="file nosmt x" "vsyscall=none" mds=full,nosmt l1tf=off tsa=off,user '
    "kfence.sample_interval=50 lockdown=integrity randomize_kstack_offset=0 randomize_kstack_offset=y quiet hash-pointers=always "
    "mitigations=off mitigations=auto,no_user_user -- nosmt init_on_alloc=1 nokaslr debugfs=off\n")
DEFAULT_CMDLINE = "root=/dev/vda1 ro quiet\n"
GUESTS_CMDLINE = "mitigations=auto,no_guest_host,no_guest_guest quiet\n"
OFF_CMDLINE = ("mitigations=off mds=full l1tf=full,force spectre_v2=on spectre_v2_user=on retbleed=auto srbds=on pti=on kpti=on "
               "ssbd=kernel tsx_async_abort=full mmio_stale_data=full spec_store_bypass_disable=on quiet\n")

OTHER_NAMES = {"CONFIG_CFI_CLANG": "CONFIG_CFI"} | {f"CONFIG_MITIGATION_{name}": f"CONFIG_{old}" for name, old in (
    ("CALL_DEPTH_TRACKING", "CALL_DEPTH_TRACKING"), ("IBPB_ENTRY", "CPU_IBPB_ENTRY"), ("IBRS_ENTRY", "CPU_IBRS_ENTRY"),
    ("RETHUNK", "RETHUNK"), ("UNRET_ENTRY", "CPU_UNRET_ENTRY"))}

# One audit of a kernel: what was given (parsed), what was found (rule -> result).
Case = namedtuple("Case", "name kernel line config_origin cmdline_origin results counted")
# One fact in it.
Verdict = namedtuple("Verdict", "case fact rule answer outcome evidence")


# ---- running ----

def audit(*args, profile="paranoid"):
    run = plimsoll("audit", "-p", profile, "-f", "json", "-b", BENCHMARK, *args)
    try:
        report = json.loads(run.text)
    except ValueError:
        raise SystemExit(f"Bail out! no report for {args}: {run}")
    return report


def results_of(report):
    return {result["rule"]: dict(result, result=own_result(result)) for result in report["subjects"][0]["results"]}


def passes(*args):
    return {rule for rule, result in results_of(audit(*args)).items() if result["result"] == "pass"}


def at_once(call, items):
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        return list(pool.map(call, items))


# ---- the document ----

def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def read_document():
    """The classes as {class: [globs]}, the symbols that came later as {rule: version}, the states as [(places, good, rules)]."""
    with open(TOP / "docs" / "kernel-verdicts.md", encoding="utf-8") as file:
        lines = [cells(line) for line in file if line.startswith("|") and not line.startswith("|---")]
    classes = {row[0]: re.findall("`([^`]+)`", row[3]) for row in lines if len(row) == 4 and row[0] != "class"}
    since = {row[0].strip("`"): row[1] for row in lines if len(row) == 2 and row[0] != "rule"}
    states = [(re.findall("`([^`]+)`", row[0]), row[1], re.findall("`([^`]+)`", row[2])) for row in lines
              if len(row) == 3 and row[0] != "read from"]
    return classes, since, states


CLASSES, SINCE, STATES = read_document()
UNDETERMINED = ("notchecked", "unknown")
NOT_SEEN = ("not given", "unavailable", "broken", "denied")


# ---- what a report's evidence shows ----

def own(v, *states):
    """The evidence on what the fact itself is about, with one of the states."""
    return [e for e in v.evidence if e["name"] == v.fact.name and e["state"] in states]


def guarded(v, what):
    return [e for e in v.evidence if e["name"] == what and e["state"] == "inapplicable"]


def mentioned(v):
    return v.fact.name in v.case.kernel.config


def is_state(v, e):
    """Read from what the kernel does, not from what it was asked for."""
    origin = e["origin"]
    if origin.startswith(("/proc/sys/", "sysctl")) or e["name"] in (v.case.kernel.sysctl or {}):
        return v.fact.kind != "sysctl"
    return origin.startswith(("/sys/", "/proc/cpuinfo", "/var/log/", "syslog", "lsm_list_modules", "/proc/modules"))


def number(text):
    return int(text, 0) if text is not None and re.fullmatch(r"[-+]?(0[xX][0-9a-fA-F]+|\d+)", text) else None


def meets_one(value, wanted):
    for phrase, test in (
            ("at least ", lambda w: number(value) is not None and number(value) >= number(w)),
            ("at most ", lambda w: number(value) is not None and number(value) <= number(w)),
            ("one of ", lambda w: value in w.split()),
            ("contains ", lambda w: w in re.split("[, ]", value)),
            ("not ", lambda w: value != w)):
        if wanted.startswith(phrase):
            return test(wanted[len(phrase):])
    return value == wanted


def meets(e):
    """What the expectation's words say of the value."""
    if e["expected"] in ("there", "not there"):
        return (e["state"] == "present") == (e["expected"] == "there")
    return e["state"] == "present" and all(meets_one(e["value"], part) for part in e["expected"].split(" and "))


def again(v, **changes):
    """The table's answer with some of the input replaced."""
    return table.answer(v.fact.formula, v.case.kernel._replace(**changes))


def outcome_of(answer):
    return {table.OK: "pass", table.FAIL: "fail"}.get(answer)


# ---- the classes ----

def not_given(v):
    return v.answer in (None, table.DROPPED) and v.outcome in UNDETERMINED and any(e["state"] in NOT_SEEN for e in v.evidence)


def state_not_given(v):
    return (v.outcome in UNDETERMINED and not mentioned(v) and
            (own(v, "inapplicable") or guarded(v, "kernel version")) and
            any(is_state(v, e) and e["state"] in NOT_SEEN for e in v.evidence))


def nothing_to_leave_out(v):
    return (v.fact.expected == "not set" and v.answer is table.OK and v.outcome == "notapplicable" and not mentioned(v) and
            (own(v, "inapplicable") or guarded(v, "architecture")))


def never_seen(v):
    return (v.fact.expected == "not set" and v.answer is table.OK and v.outcome == "notapplicable" and
            v.fact.name in NEVER_SEEN and own(v, "absent"))


def not_yet(v):
    """A name in CONFIG_LSM is mentioned whether the kernel knows it or not, so that only the guard counts there."""
    by_name = v.answer is table.FAIL and own(v, "inapplicable") and not mentioned(v)
    return (v.outcome == "notapplicable" and v.rule in SINCE and v.case.kernel.version < table.version_of(SINCE[v.rule]) and
            (by_name or v.fact.name == "CONFIG_LSM" and guarded(v, "kernel version")))


def no_longer(v):
    guards = [atom for atom in table.atoms(v.fact.formula) if atom.kind == "version"]
    return (v.answer is table.OK and v.outcome == "notapplicable" and guarded(v, "kernel version") and
            any(table.holds(atom, v.case.kernel) for atom in guards))


def no_switch_yet(v):
    others = v.case.kernel.config | {v.fact.name: v.fact.expected}
    return (v.answer is table.FAIL and v.outcome == "pass" and own(v, "inapplicable") and not mentioned(v) and
            again(v, config=others) is table.OK)


def renamed(v):
    config = v.case.kernel.config
    other = {name: config[old] for name, old in OTHER_NAMES.items() if old in config}
    return other and outcome_of(again(v, config=other | config)) == v.outcome


def listed_state(v, e):
    """The document says of this place that the kernel is good where the value is as expected here."""
    return [row for row in STATES if v.rule in row[2] and e["expected"] == row[1] and
            any(e["name"] == place or fnmatch.fnmatchcase(e["origin"], place) for place in row[0])]


def state_tests(v):
    """The tests of the kernel's state: {expectation: whether all that it was asked of meets it}."""
    tests = {}
    for e in v.evidence:
        if listed_state(v, e) and (e["state"] == "present" or e["expected"] == "not there" and e["state"] == "absent"):
            tests[e["expected"]] = tests.get(e["expected"], True) and meets(e)
    return tests


def effective_state(v):
    """One that holds decides for pass, none for fail."""
    tests = state_tests(v)
    return v.fact.kind != "sysctl" and tests and {True: "pass", False: "fail"}[any(tests.values())] == v.outcome


def state_unreadable(v):
    return (v.fact.kind != "sysctl" and v.outcome == "unknown" and not state_tests(v) and
            any(is_state(v, e) and e["state"] in ("denied", "broken") for e in v.evidence))


def words(v):
    return table.words_of_kernel(v.case.line, BOOLEANS)


def is_on(given, name):
    return not {"off", "0"} & set(given.get(name, "").split(","))


def no_security_modules(v):
    return (v.outcome == "fail" and v.case.kernel.config.get("CONFIG_SECURITY", table.NOT_SET) == table.NOT_SET and
            any(e["name"] == "lockdown" and e["value"] == "none" and e["origin"].startswith(v.case.config_origin)
                for e in v.evidence))


def not_switched_off(v):
    """The state was not given, or is bad and that is the finding of another rule."""
    if v.case.line is None:
        return False
    open_flaws = {e["origin"] for e in v.evidence if FLAWS in e["origin"] and e["value"] == "vulnerable"}
    found = {e["origin"] for rule, result in v.case.results.items() if rule.startswith("cpu.") and result["result"] == "fail"
             for e in result["evidence"]}
    unseen = any(FLAWS in e["origin"] and e["state"] in NOT_SEEN for e in v.evidence)
    vectors = {"vmscape": {"no_guest_host"}, "l1tf": {"no_user_kernel", "no_user_user", "no_guest_host"}}
    left_out = (vectors.get(v.fact.name, {"no_user_kernel", "no_user_user"}) &
                set(words(v).get("mitigations", "").split(",")))
    return (v.answer is table.FAIL and v.outcome == "pass" and
            (v.fact.expected == "not off" or v.fact.name == "ssbd") and (unseen or open_flaws and open_flaws <= found) and
            is_on(words(v), v.fact.name) and is_on(words(v), "mitigations") and (v.fact.name in words(v) or not left_out))


def mitigations_off(v):
    return (v.answer is table.OK and v.outcome == "fail" and v.case.line is not None and not is_on(words(v), "mitigations") and
            any(e["name"] == "mitigations" and e["state"] == "present" and "off" in e["value"].split(",") for e in v.evidence))


def stricter(v):
    if v.answer is not table.FAIL or v.outcome != "pass":
        return False
    if v.fact.expected.startswith("value_of"):
        return (own(v, "present") and own(v, "present")[0]["value"] == "full" and
                int(v.case.kernel.sysctl[v.fact.name]) > int(v.case.kernel.config[v.fact.expected[9:-1]]))
    limits = {f"at least {v.fact.expected}", f"at most {v.fact.expected}"}
    names = {atom.name for atom in table.atoms(v.fact.formula)}
    return any(e["name"] in names and e["state"] == "present" and limits & set(e["expected"].split(" and ")) and meets(e)
               for e in v.evidence)


def grammar(v):
    return (v.fact.kind == "cmdline" and v.case.line is not None and outcome_of(again(v, cmdline=words(v))) == v.outcome and
            any(e["origin"] == v.case.cmdline_origin for e in v.evidence))


def built_in_cmdline(v):
    config = v.case.kernel.config
    line = config.get("CONFIG_CMDLINE", "").strip('"')
    active = any(config.get(f"CONFIG_CMDLINE_{word}") == "y" for word in ("BOOL", "EXTEND", "FORCE", "OVERRIDE"))
    return (v.fact.kind == "cmdline" and v.case.line is not None and active and
            any(e["origin"].endswith(": CONFIG_CMDLINE") and e["state"] == "present" for e in v.evidence) and
            outcome_of(again(v, cmdline=table.words_of_kernel(line, BOOLEANS) | words(v))) == v.outcome)


def no_such_sysctl(v):
    return (v.fact.kind == "sysctl" and v.answer in (table.OK, table.FAIL) and v.outcome == "notapplicable" and
            own(v, "absent") and v.fact.name not in v.case.kernel.sysctl)


def nothing_to_compare(v):
    """Without the comparison only the alternatives are left."""
    def left(atom, kernel):
        held = table.holds(atom, kernel)
        return table.FAIL if held == table.DROPPED else held
    by_other = table.answer(v.fact.formula, v.case.kernel, left) is table.OK
    return v.answer == table.DROPPED and v.outcome == ("pass" if by_other else "notapplicable")


def other_maker(v):
    return v.answer in (table.OK, table.FAIL) and v.outcome == "notapplicable" and guarded(v, "maker of the CPU")


PREDICATES = {name.replace("_", "-"): globals()[name] for name in (
    "not_given", "state_not_given", "nothing_to_leave_out", "never_seen", "not_yet", "no_longer", "no_switch_yet", "renamed",
    "effective_state", "state_unreadable", "no_security_modules", "not_switched_off", "mitigations_off", "stricter", "grammar",
    "built_in_cmdline", "no_such_sysctl", "nothing_to_compare", "other_maker")}


# ---- comparing ----

class Comparison:
    """Goes through cases; remembers which rows of the document explained something."""

    def __init__(self):
        self.used, self.counts = set(), Counter()

    def explain(self, v):
        """The classes that hold and list the rule, or None and those that hold but do not list it."""
        held = [name for name, predicate in PREDICATES.items() if predicate(v)]
        listed = [(name, pattern) for name in held for pattern in CLASSES.get(name, ()) if fnmatch.fnmatchcase(v.rule, pattern)]
        if v.case.counted:
            self.used.update(listed)
            if any(name == "not-yet" for name, _ in listed):
                self.used.add(("since", v.rule))
            if any(name == "effective-state" for name, _ in listed):
                self.used.update(("state", f"{row[0]} {row[1]}") for e in v.evidence for row in listed_state(v, e)
                                 if meets(e) == (v.outcome == "pass"))
        if listed:
            self.counts[listed[0][0]] += 1
        return listed, held

    def findings(self, case):
        found = []
        for fact, rule in zip(FACTS, RULES):
            if fact.archs and case.kernel.arch not in fact.archs:
                continue
            result = case.results.get(rule)
            if not result:
                found.append(f"{case.name}: {rule}: not in the report")
                continue
            v = Verdict(case, fact, rule, table.answer(fact.formula, case.kernel), result["result"], result["evidence"])
            if outcome_of(v.answer) == v.outcome:
                self.counts["equal"] += 1
                continue
            listed, held = self.explain(v)
            if not listed:
                said = {table.OK: "OK", table.FAIL: "FAIL", None: "cannot tell"}.get(v.answer, "leaves it out")
                found.append(f"{case.name}: {rule} is {v.outcome} ({result['reason']}), the table says {said}"
                             + (f"; {', '.join(held)} would hold, but does not list it" if held else ""))
        return found

    def stale(self):
        rows = {(name, pattern) for name, patterns in CLASSES.items() for pattern in patterns}
        rows |= {("since", rule) for rule in SINCE} | {("state", f"{row[0]} {row[1]}") for row in STATES}
        return sorted(f"{name}: {pattern} explains no difference" for name, pattern in rows - self.used)


def kernel_of(text, line, sysctl, arch=None, version=None):
    of_header, version_of_header = table.config_header(text)
    return table.Kernel(arch or of_header, table.version_of(version or version_of_header), table.parse_config(text),
                        None if line is None else table.words_of_table(line, BOOLEANS), sysctl)


def case_of_files(name, config, cmdline=None, sysctl=None):
    """An audit of files: a configuration, and perhaps a command line and a list of sysctls."""
    args = ["--kconfig", config]
    line = values = None
    if cmdline:
        args += ["--cmdline", cmdline]
        line = cmdline.read_text()
    if sysctl:
        args += ["--sysctl", sysctl]
        values = table.parse_sysctl(sysctl.read_text())
    kernel = kernel_of(table.read_config(str(config)), line, values)
    origin = str(cmdline) if cmdline else None
    return Case(name, kernel, line, str(config), origin, results_of(audit(*args)), True)


def first_line(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.readline().strip()
    except OSError:
        return None


def machine_arch(machine):
    return {"i686": "x86_32", "aarch64": "arm64", "armv7l": "arm", "riscv64": "riscv"}.get(machine, machine)


def case_of_root(root):
    """An audit of a root: below it a configuration in /boot and a command line."""
    root = str(root)
    configs = glob.glob(os.path.join(root, "boot", "config-*"))
    line = first_line(os.path.join(root, "proc/cmdline")) or ""
    sysctl = table.read_sysctls(FACTS, root) if os.path.isdir(os.path.join(root, "proc/sys")) else None
    kernel = kernel_of(table.read_config(configs[0]), line, sysctl,
                       machine_arch(first_line(os.path.join(root, "proc/sys/kernel/arch"))),
                       first_line(os.path.join(root, "proc/sys/kernel/osrelease")))
    return Case(os.path.basename(root), kernel, line, "/boot/config-", "/proc/cmdline", results_of(audit("--root", root)), True)


def case_of_host():
    line = first_line("/proc/cmdline") or ""
    kernel = kernel_of(table.read_config("/proc/config.gz"), line, table.read_sysctls(FACTS), machine_arch(os.uname().machine),
                       os.uname().release)
    return Case("this host", kernel, line, "/proc/config.gz", "/proc/cmdline", results_of(audit()), False)


# ---- the kernels ----

def hardened_sysctls():
    """Every sysctl at the value wanted, or at a stricter one."""
    strict = {"kernel.perf_event_paranoid": "4", "kernel.oops_limit": "1", "kernel.warn_limit": "1",
              "kernel.unprivileged_bpf_disabled": "2", "vm.mmap_min_addr": "131072", "vm.mmap_rnd_bits": "64",
              "vm.mmap_rnd_compat_bits": "64", "kernel.unprivileged_userns_clone": "0"}
    wanted = {fact.name: fact.expected for fact in FACTS if fact.kind == "sysctl"} | strict
    return "".join(f"{name} = {value}\n" for name, value in sorted(wanted.items()))


def distribution_configs():
    return sorted(p for p in CONFIGS.iterdir() if p.name.endswith((".config", ".gz"))) if CONFIGS.is_dir() else []


def root_names():
    return sorted(p.name for p in ROOTS.iterdir()
                  if p.is_dir() and not p.name.startswith("broken") and glob.glob(str(p / "boot" / "config-*")))


def copied_root(scratch, name, original):
    """A root that may be changed, also where the source tree is not writable."""
    root = scratch / name
    shutil.copytree(ROOTS / original, root, symlinks=True)
    for folder, _, files in os.walk(root):
        os.chmod(folder, 0o755)
        for file in files:
            if not os.path.islink(os.path.join(folder, file)):
                os.chmod(os.path.join(folder, file), 0o644)
    return root


def crossed_root(scratch, name, does, asked):
    """A kernel that does what the one root shows, and was built and booted like the other."""
    root = copied_root(scratch, name, does)
    config = next((root / "boot").glob("config-*"))
    write(config, next((ROOTS / asked / "boot").glob("config-*")).read_bytes())
    write(root / "proc/cmdline", (ROOTS / asked / "proc/cmdline").read_bytes())
    return root


def inactive_root(scratch):
    """Security modules that were built in and asked for, and are not at work."""
    root = copied_root(scratch, "modules-inactive", "hardened-x86_64")
    write(root / "sys/kernel/security/lsm", "lockdown,capability,landlock,bpf")
    return root


def unreadable_root(scratch):
    """What the kernel does is there, and cannot be read: a folder where a file should be."""
    root = copied_root(scratch, "state-unreadable", "hardened-x86_64")
    for path in ("sys/module/page_alloc/parameters/shuffle", "sys/kernel/mm/ksm/run", "sys/devices/system/cpu/smt/active"):
        (root / path).unlink()
        (root / path).mkdir()
    return root


def flawed_root(scratch, name, line, sentences):
    """The hardened root with another command line, and with what the kernel says of the CPU's flaws replaced."""
    root = copied_root(scratch, name, "hardened-x86_64")
    shutil.rmtree(root / FLAWS, ignore_errors=True)
    for flaw, sentence in sentences.items():
        write(root / FLAWS / flaw, sentence + "\n")
    write(root / "proc/cmdline", line + "\n")
    return root


X86_FLAWS = ("gather_data_sampling", "indirect_target_selection", "l1tf", "mds", "meltdown", "mmio_stale_data",
             "reg_file_data_sampling", "retbleed", "spec_rstack_overflow", "spec_store_bypass", "spectre_v1", "spectre_v2", "srbds",
             "tsa", "tsx_async_abort", "vmscape")


def flawed_cases(scratch):
    vulnerable = dict.fromkeys(X86_FLAWS, "Vulnerable")
    return [
        case_of_root(flawed_root(scratch, "flaws-open", "quiet", vulnerable)),
        case_of_root(flawed_root(scratch, "flaws-off", "mitigations=off mds=full quiet", vulnerable)),
        case_of_root(flawed_root(scratch, "flaws-unknown", "mitigations=auto,nosmt quiet", {"mds": "Not affected"})),
        case_of_root(flawed_root(scratch, "flaws-unknown-off", "mitigations=off quiet", {"mds": "Not affected"})),
    ]


# ---- the points ----

def mapping():
    known = set(results_of(audit("--kconfig", next(iter(glob.glob(str(ROOTS / "hardened-x86_64/boot/config-*")))))))
    wrong = [f"{row['kind']} {row['name']} {row['expected']}: {rule or 'no rule'}" for row, rule in zip(FACT_ROWS, RULES)
             if rule not in known]
    point("each fact has a rule of the benchmark", wrong)
    is_true("there are 421 facts", len(FACTS) == len(RULE_OF) == 421, f"{len(FACTS)} facts, {len(RULE_OF)} with a rule")
    numbers = {arch: len(table.facts_for(FACTS, arch)) for arch in table.ARCHS.values()}
    is_true("as many for each architecture as the table has",
            numbers == {"x86_64": 363, "x86_32": 342, "arm64": 319, "arm": 297, "riscv": 294}, str(numbers))
    point("each class of the document is one that this test knows, and the other way round", sorted(set(CLASSES) ^ set(PREDICATES)))


def label(config):
    """The name of a configuration; of one in a root the root's."""
    return config.name if ROOTS not in config.parents else config.relative_to(ROOTS).parts[0]


def offered(config, scratch, sysctl):
    """What is given beside a configuration: nothing, hardened, hostile, mitigations off."""
    yield case_of_files(f"{label(config)} alone", config)
    yield case_of_files(f"{label(config)} hardened", config, scratch / "hardened", scratch / "sysctls")
    yield case_of_files(f"{label(config)} hostile", config, scratch / "hostile", sysctl)
    yield case_of_files(f"{label(config)} mitigations=off", config, scratch / "off", scratch / "sysctls")
    yield case_of_files(f"{label(config)} default", config, scratch / "default")
    yield case_of_files(f"{label(config)} guests left out", config, scratch / "guests")


# Not among them: kpti=on wins over mitigations=off.
FLAW_RULES = sorted({rule for fact, rule in zip(FACTS, RULES) if fact.kind == "cmdline" and
                     (fact.expected == "not off" and fact.name not in ("amd_iommu", "kpti") or fact.name == "ssbd")})


def passes_while_off(cases):
    """With mitigations=off and a CPU that is not known to be safe no rule calls a mitigation on."""
    return [f"{case.name}: {rule} passes" for case in cases for rule in FLAW_RULES
            if case.results[rule]["result"] == "pass"]


def compare_files(comparison, configs, scratch):
    sample = CONFIGS / "example_sysctls.txt"
    sysctl = sample if sample.is_file() else scratch / "sysctls"
    for config, cases in zip(configs, at_once(lambda config: list(offered(config, scratch, sysctl)), configs)):
        point(f"files: {label(config)}", [finding for case in cases for finding in comparison.findings(case)])
        point(f"files: {label(config)}: mitigations=off switches every mitigation off",
              passes_while_off([case for case in cases if case.name.endswith("mitigations=off")]))


def compare_roots(comparison, scratch):
    for case in at_once(lambda name: case_of_root(ROOTS / name), root_names()):
        point(f"root: {case.name}", comparison.findings(case))
    for root in (crossed_root(scratch, "does-better-than-asked", "hardened-x86_64", "weak-x86_64"),
                 crossed_root(scratch, "does-worse-than-asked", "weak-x86_64", "hardened-x86_64"),
                 inactive_root(scratch), unreadable_root(scratch)):
        point(f"root: {root.name}", comparison.findings(case_of_root(root)))
    for case in flawed_cases(scratch):
        point(f"root: {case.name}", comparison.findings(case))
        if "off" in case.name:
            not_affected = {"cmdline.mds"} if "unknown" in case.name else set()
            wrong = [f"{rule} passes" for rule in FLAW_RULES if case.results[rule]["result"] == "pass" and rule not in not_affected]
            point(f"root: {case.name}: no rule takes a mitigation for switched on", wrong)


def compare_host(comparison):
    if os.path.exists("/proc/config.gz") and os.access("/proc/config.gz", os.R_OK):
        point("this host", comparison.findings(case_of_host()))
    else:
        skip("this host", "it shows no /proc/config.gz")


HEADER = "#\n# Automatically generated file; DO NOT EDIT.\n# Linux/x86 6.12.43 Kernel Configuration\n#\n"
EMPTY = {"nothing": "", "a symbol": "CONFIG_X86_64=y\n", "a header and a symbol": HEADER + "CONFIG_X86_64=y\n",
         "a header, a symbol and an end": HEADER + "CONFIG_X86_64=y\n# end of Kernel hacking\n"}


def score(config, profile):
    return audit("--kconfig", config, profile=profile)["score"]


def compare_scores(configs, scratch):
    for profile in ("paranoid", "server"):
        whole = dict(zip(configs, at_once(lambda config: score(config, profile), configs)))
        for i, (name, text) in enumerate(EMPTY.items()):
            mine = score(write(scratch / f"empty-{i}", text), profile)
            point(f"{profile}: a configuration of {name} outscores none",
                  [f"{mine} against {points} of {label(config)}" for config, points in whole.items() if mine >= points])


def cuts(data):
    """Eight shorter ones: behind the header, at the end of a line and in the middle of one."""
    line_ends = [i + 1 for i, byte in enumerate(data) if byte == ord("\n")]
    n = len(line_ends)
    at = [line_ends[min(4, n - 2)], line_ends[n // 4], line_ends[n // 4] + 9, line_ends[n // 2], line_ends[n // 2] + 11,
          line_ends[n * 3 // 4] + 14, line_ends[-2], len(data) - 8]
    return [data[:i] for i in at]


def plain(config):
    return table.read_config(str(config)).encode("utf-8", "surrogateescape")


def damaged(data):
    """A gzip file cut at several places, and with a byte changed."""
    yield from (data[:len(data) * i // 6] for i in range(1, 6))
    yield from (data[:len(data) - i] for i in (1, 4, 8))
    for i in (12, len(data) // 3, len(data) // 2, len(data) - 6, len(data) - 2):
        yield data[:i] + bytes([data[i] ^ 0x41]) + data[i + 1:]


def more_passes(file, variants, scratch, option="--kconfig", given=()):
    """What passes with a shorter or damaged file, and passes neither with the whole of it nor without it."""
    whole = passes(*given, option, file) | (passes(*given) if given else set())

    def of_variant(numbered):
        i, data = numbered
        path = write(scratch / f"{label(file)}.cut{i}", data)
        got = passes(*given, option, path) - whole
        path.unlink()
        return [f"variant {i}, {len(data)} bytes: {rule} passes" for rule in sorted(got)]
    return [finding for found in at_once(of_variant, list(enumerate(variants))) for finding in found]


def compare_cut(configs, scratch):
    for config in configs:
        point(f"{label(config)} cut at eight places passes nothing new", more_passes(config, cuts(plain(config)), scratch))
    packed = next((config for config in configs if config.name.endswith(".gz")), None)
    if not packed:
        packed = write(scratch / "packed.gz", gzip.compress(plain(configs[0]), mtime=0))
    point("a gzip file that is cut or damaged passes nothing new", more_passes(packed, list(damaged(packed.read_bytes())), scratch))
    # every sysctl of the table has a bad value, so that a line less must not help
    worst = write(scratch / "worst", "".join(f"{fact.name} = 9999999\n" if fact.expected == "0" else f"{fact.name} = 0\n"
                                             for fact in FACTS if fact.kind == "sysctl"))
    point("a list of sysctls that is cut or empty passes nothing new",
          more_passes(worst, [b"", b"\n", *cuts(worst.read_bytes())], scratch, "--sysctl", ("--kconfig", configs[0])))


def own_configs():
    return [path for name in root_names() for path in sorted((ROOTS / name / "boot").glob("config-*"))]


def bare_configs(scratch):
    """Whole configurations that mention nothing of the table: what is not there has to count as the table counts it."""
    filler = "".join(f"CONFIG_FILLER_{i}=y\n" for i in range(3000))
    for arch, machine, symbol in (("x86_64", "x86", "CONFIG_X86_64=y\n"), ("x86_32", "x86", "CONFIG_X86_32=y\n"),
                                  ("arm64", "arm64", ""), ("arm", "arm", ""), ("riscv", "riscv", "")):
        for version in ("4.14.1", "6.18.1"):
            yield write(scratch / f"bare-{arch}-{version}",
                        f"#\n# Linux/{machine} {version} Kernel Configuration\n#\n{symbol}{filler}# Library routines\nCONFIG_SBITMAP=y\n"
                        "# Kernel hacking\nCONFIG_UNWINDER_GUESS=y\n# end of Kernel hacking\n")


def variant(scratch):
    """What no configuration at hand has: KFENCE more often than asked for, and notifiers guarded by CONFIG_CFI alone."""
    text = table.read_config(str(next((ROOTS / "hardened-x86_64" / "boot").glob("config-*"))))
    text = re.sub("(?m)^CONFIG_KFENCE_SAMPLE_INTERVAL=.*$", "CONFIG_KFENCE_SAMPLE_INTERVAL=50", text)
    text = re.sub("(?m)^CONFIG_DEBUG_NOTIFIERS=.*$", "# CONFIG_DEBUG_NOTIFIERS is not set", text)
    return write(scratch / "variant", text)


def main():
    mapping()
    comparison = Comparison()
    distributions = distribution_configs()
    with Scratch() as scratch:
        for name, text in (("hardened", HARDENED_CMDLINE), ("hostile", HOSTILE_CMDLINE), ("off", OFF_CMDLINE),
                           ("default", DEFAULT_CMDLINE), ("guests", GUESTS_CMDLINE), ("sysctls", hardened_sysctls())):
            write(scratch / name, text)
        compare_roots(comparison, scratch)
        compare_host(comparison)
        few = SANITIZED and distributions   # each audit takes ten times as long
        ours = own_configs()[:4] if few else own_configs()
        compare_files(comparison, [*ours, variant(scratch), *bare_configs(scratch)], scratch)
        if distributions:
            compare_files(comparison, distributions, scratch)
            compare_scores(distributions, scratch)
            stale = "every row of docs/kernel-verdicts.md explains a difference"
            skip(stale, "a sanitized program audits only some of the configurations") if few else point(stale, comparison.stale())
        else:
            for name in ("the kernels of distributions", "an empty configuration outscores none", "no row of the document is stale"):
                skip(name, f"{CONFIGS} is not there")
        compare_cut(distributions or own_configs()[:3], scratch)
    print("# " + ", ".join(f"{name} {n}" for name, n in comparison.counts.most_common()))
    done()


main()
