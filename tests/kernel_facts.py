# SPDX-License-Identifier: Apache-2.0
"""The table of kernel facts and its own logic, evaluated without plimsoll.

tests/data/kernel-hardening.tsv names for each fact a kernel symbol, boot parameter or sysctl, the value it should have, and the
alternatives that are as good. This module answers each fact for one kernel: OK, FAIL, None where an input that decides was
not given, or DROPPED where the table itself leaves the fact out. It takes the words of a command line as the table does, split
at white space; words_of_kernel() takes them as the kernel does.
"""

import gzip
import os
import re
from collections import namedtuple

OK, FAIL, DROPPED = True, False, "dropped"
ARCHS = {"X86_64": "x86_64", "X86_32": "x86_32", "ARM64": "arm64", "ARM": "arm", "RISCV": "riscv"}
YES = ("1", "y", "yes", "t", "true", "on")
NO = ("0", "n", "no", "f", "false", "off")

Fact = namedtuple("Fact", "kind name archs expected formula")
Atom = namedtuple("Atom", "kind name test wanted")

NOT_SET = "is not set"
SPELLINGS = tuple((f"slab_{word}", f"slub_{word}") for word in ("merge", "nomerge", "debug"))


def rows(path):
    with open(path, encoding="utf-8") as file:
        head, *lines = file.read().splitlines()
    return [dict(zip(head.split("\t"), line.split("\t"))) for line in lines]


# ---- the formula ----

def split_arguments(text):
    depth, start, parts = 0, 0, []
    for i, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if c == ";" and depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    return parts + [text[start:].strip()]


def atom_of(kind, name, expected):
    """What a fact or an alternative wants of one name."""
    if expected in ("not set", "is present", "not off"):
        return Atom(kind, name, expected, None)
    call = re.fullmatch(r"(contains|value_of)\((.*)\)", expected)
    if call:
        return Atom(kind, name, call[1], call[2])
    return Atom(kind, name, "is", expected)


def parse_alternative(text, own):
    combined = re.fullmatch(r"(OR|AND)\((.*)\)", text)
    if combined:
        return (combined[1], *(parse_alternative(part, own) for part in split_arguments(combined[2])))
    if text == "self":
        return own
    if text.startswith("version>="):
        return Atom("version", "", ">=", text[len("version>="):])
    m = re.fullmatch(r"(?:(cmdline|sysctl):)?([^\s=]+)(?:=(.*)| (.*))", text)
    return atom_of(m[1] or "kconfig", m[2], m[3] if m[3] is not None else m[4])


def load_facts(path):
    facts = []
    for row in rows(path):
        own = atom_of(row["kind"], row["name"], row["expected"])
        formula = own if row["alternatives"] == "-" else parse_alternative(row["alternatives"], own)
        archs = None if row["arch"] == "all" else {ARCHS[a] for a in row["arch"].split(",")}
        facts.append(Fact(row["kind"], row["name"], archs, row["expected"], formula))
    return facts


def atoms(formula):
    if isinstance(formula, Atom):
        return [formula]
    return [atom for part in formula[1:] for atom in atoms(part)]


# ---- the inputs ----

def parse_config(text):
    """The symbols as written, strings with their quotes, and "is not set" where that is said."""
    symbols = dict(re.findall(r"^(CONFIG_\w+)=(.*)$", text, re.M))
    symbols.update((name, NOT_SET) for name in re.findall(r"^# (CONFIG_\w+) is not set$", text, re.M))
    return symbols


def config_header(text):
    """(architecture, version) of the header line; None and None without one."""
    m = re.search(r"^# Linux/(\S+) (\S+) Kernel Configuration$", text, re.M)
    if not m:
        return None, None
    arch = m[1]
    if arch == "x86":
        arch = "x86_64" if re.search(r"^CONFIG_X86_64=y$", text, re.M) else "x86_32"
    return arch, m[2]


def parse_sysctl(text):
    found = {}
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals:
            found[name.strip()] = value.strip()
    return found


def normal(name, value, booleans):
    if name in booleans:
        return "1" if value.lower() in YES else "0" if value.lower() in NO else value
    return value


def words_of_table(line, booleans):
    """Every word between white space is a parameter; of several the last counts."""
    words = (word.partition("=") for word in line.split())
    return {name: normal(name, value, booleans) for name, _, value in words}


def words_of_kernel(line, booleans):
    """Up to "--"; - is _ in names; double quotes hold white space together; slub_ is another spelling of slab_."""
    found = {}
    for word in re.findall(r'(?:"[^"]*(?:"|$)|[^\s"])+', line):
        if word == "--":
            break
        whole = word[1:].removesuffix('"') if word.startswith('"') else word
        name, _, value = whole.partition("=")
        if value.startswith('"'):
            value = value[1:].removesuffix('"')
        name = name.replace("-", "_")
        for spelling in {name, *(other for pair in SPELLINGS if name in pair for other in pair)}:
            found[spelling] = normal(spelling, value, booleans)
    return found


def version_of(text):
    return tuple(int(n) for n in re.match(r"\d+(\.\d+)*", text)[0].split("."))


Kernel = namedtuple("Kernel", "arch version config cmdline sysctl")
Kernel.__doc__ = "One audited kernel: version as a tuple, the rest parsed; None for what is not given."


def read_config(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        return file.read().decode("utf-8", "surrogateescape")


def read_sysctls(facts, root="/"):
    """The value below /proc/sys of every sysctl in the table; a name is missing where there is none, None where it may not be read."""
    found = {}
    for name in {atom.name for fact in facts for atom in atoms(fact.formula) if atom.kind == "sysctl"}:
        try:
            with open(os.path.join(root, "proc/sys", *name.split(".")), encoding="utf-8") as file:
                found[name] = file.read().strip()
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError:
            found[name] = None
    return found


# ---- the verdict ----

def holds(atom, kernel):
    """True, False, or None where the file is not given; DROPPED where the option compared with does not exist."""
    if atom.kind == "version":
        return None if kernel.version is None else kernel.version >= version_of(atom.wanted)
    given = getattr(kernel, "config" if atom.kind == "kconfig" else atom.kind)
    wanted = atom.wanted
    if atom.test == "value_of":
        if kernel.config is None:
            return None
        if wanted not in kernel.config:
            return DROPPED
        wanted = kernel.config[wanted]
    if given is None or (atom.name in given and given[atom.name] is None):
        return None
    value = given.get(atom.name)
    if atom.test == "not set":
        return value in (None, NOT_SET)
    if value is None:
        return False
    if atom.test == "is present":
        return True
    if atom.test == "not off":
        return value not in ("off", "0", NOT_SET) and "off" not in value.split(",")
    if atom.test == "contains":
        return wanted in value.strip('"').split(",")
    return value == wanted


def combine(operator, answers):
    """Kleene's logic: an operand that is not known matters only where the others do not decide."""
    deciding = operator == "OR"
    if DROPPED in answers:
        return DROPPED
    if deciding in answers:
        return deciding
    return None if None in answers else not deciding


def answer(formula, kernel, holds_=holds):
    if isinstance(formula, Atom):
        return holds_(formula, kernel)
    return combine(formula[0], [answer(part, kernel, holds_) for part in formula[1:]])


def facts_for(facts, arch):
    return [fact for fact in facts if fact.archs is None or arch in fact.archs]
