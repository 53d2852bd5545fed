#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Completion: each shell is asked for the words that it would offer."""
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import tap  # noqa: E402
from tap import Scratch, clean_environment, complaint, equal, is_true, plimsoll, point, skip, write  # noqa: E402

VERBS = [line.split()[0] for line in plimsoll("--help").text.splitlines() if line.startswith("  ")]
TOPICS = ["rules", "profiles", "values", "benchmarks", "checks", "formats"]


def environment(folder):
    """The program is found by its name."""
    return clean_environment(PATH=f"{folder}/bin:{os.environ['PATH']}", HOME=str(folder), TERM="dumb")


def scene(scratch):
    """What the file names of this test are completed from."""
    (scratch / "bin").mkdir()
    os.symlink(tap.PLIMSOLL, scratch / "bin/plimsoll")
    write(scratch / "work/report one.json", "")
    write(scratch / "work/report-two.json", "")
    (scratch / "work/reports").mkdir()
    return environment(scratch)


# ---- what the shells say ----

BASH = r"""
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_plimsoll
printf '%s\n' "${COMPREPLY[@]}"
"""


def by_bash(scratch, env, words):
    run = subprocess.run(["bash", "--norc", "-c", BASH, "bash", scratch / "bash", "plimsoll", *words], env=env, cwd=scratch / "work",
                         capture_output=True, text=True, timeout=120, check=False)
    return sorted(set(run.stdout.split("\n")) - {""}) if not run.stderr else [run.stderr]


def quoted(words):
    return "plimsoll " + " ".join(words)


def by_fish(scratch, env, words):
    run = subprocess.run(["fish", "--no-config", "-c", f"source {scratch}/fish; complete -C \"{quoted(words)}\""], env=env, cwd=scratch / "work",
                         capture_output=True, text=True, timeout=120, check=False)
    return sorted({line.split("\t")[0] for line in run.stdout.split("\n")} - {""}) if not run.stderr else [run.stderr]


# Besides adding its matches, the completion prints them.
ZSH = r"""
PROMPT= PS2= RPROMPT=
unsetopt zle_bracketed_paste prompt_sp 2>/dev/null
autoload -Uz compinit && compinit -u -D
source FOLDER/zsh
before_all() { print -r -- "<begin>" }
after_all() { print -r -- "<end>"; exit }
compprefuncs=(before_all)
comppostfuncs=(after_all)
bindkey '^I' complete-word
compadd() {
	local -a found
	if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
		builtin compadd "$@"
		return
	fi
	builtin compadd -A found "$@"
	(($#found)) || return 1
	print -rl -- "word "$^found
	builtin compadd "$@"
}
print -r -- "<ready>"
"""


def read_until(fd, text, wanted, seconds=60):
    end = time.monotonic() + seconds
    while wanted not in text and time.monotonic() < end:
        if not select.select([fd], [], [], 1)[0]:
            continue
        try:
            text += os.read(fd, 65536).decode("utf-8", "replace")
        except OSError:
            break
    return text


def by_zsh(scratch, env, words):
    setup = write(scratch / "setup.zsh", ZSH.replace("FOLDER", str(scratch)))
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(scratch / "work")
        os.execvpe("zsh", ["zsh", "-f", "-i"], env)
    try:
        os.write(fd, f"source {setup}\n".encode())
        text = read_until(fd, "", "<ready>")
        os.write(fd, f"{quoted(words)}\t".encode())
        text = read_until(fd, text.split("<ready>")[-1], "<end>")
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(fd)
    said = text.split("<begin>")[-1].split("<end>")[0]
    return sorted(set(re.findall(r"word ([^\r\n]*)", said)))


SHELLS = {"bash": by_bash, "zsh": by_zsh, "fish": by_fish}


# ---- what is wanted ----

def cases():
    """Words of the command line; what has to be offered, and nothing else; None: at least this."""
    severities = plimsoll("audit", "--fail-on", "?").said.split("none of: ")[1].split()
    return [
        ("commands", [""], VERBS, True), ("a command", ["au"], ["audit"], False), ("words of an option", ["audit", "--fail-on", ""],
                                                                                severities, False),
        ("... that begins", ["audit", "--fail-on", "h"], ["high"], False), ("colour", ["list", "--color", "a"], ["auto", "always"], False),
        ("formats of reports", ["audit", "-f", ""], [line.split()[0] for line in plimsoll("list", "formats").text.splitlines()], False),
        ("formats of tables", ["containers", "--format", ""], ["text", "json"], False), ("topics", ["list", ""], TOPICS, False),
        ("options", ["audit", "--fa"], ["--fail-on"], False), ("options of another command are not", ["validate", "--fa"], [], False),
        ("rules of explain", ["explain", "sysctl.kernel.kptr"], ["sysctl.kernel.kptr_restrict"], False),
        ("rules, those of a demanding profile, too", ["audit", "-r", "kconfig.WERR"], ["kconfig.WERROR"], False),
        ("rules of --skip", ["audit", "--skip", "cpu.melt"], ["cpu.meltdown"], False), ("profiles", ["audit", "-p", "base"], ["baseline"], False),
        ("values", ["audit", "--set", "ptrace"], ["ptrace_scope="], False), ("benchmarks", ["audit", "-b", "kern"], ["kernel"], False),
        ("subjects", ["audit", "-s", "h"], ["host"], False), ("shells", ["completion", "z"], ["zsh"], False),
        ("commands of config", ["config", "aud"], ["audit"], False),
    ]


def matches(shell, got, wanted, name):
    got = [word.rstrip(" ") for word in got]
    if shell == "zsh":
        got = [word + "=" if name == "values" and not word.endswith("=") else word.rstrip("=") if word.startswith("--") else word for word in got]
    if shell == "zsh" and name == "benchmarks":
        got = [word for word in got if word in wanted]
    return sorted(set(got)), sorted(set(wanted))


def asks(scratch, env, shell, ask):
    for name, words, wanted, more in cases():
        got, right = matches(shell, ask(scratch, env, words), wanted, name)
        if more:
            point(f"{shell}: {name}", [f"lacks {w}: {got}" for w in right if w not in got])
        else:
            equal(f"{shell}: {name}", got, right)
    got = ask(scratch, env, ["report", "rep"])
    point(f"{shell}: files", [f"lacks {w}: {got}" for w in ("report-two.json",) if w not in got] + ([] if any("one" in g for g in got) else [f"lacks the one with a space: {got}"]))
    got = [g.rstrip("/") for g in ask(scratch, env, ["audit", "--root", "rep"])]
    equal(f"{shell}: folders", got, ["reports"])
    got = ask(scratch, env, ["audit", "--kconfig", "report-"])
    equal(f"{shell}: files of an option", got, ["report-two.json"])


def hostile(scratch, env):
    """A benchmark's words are shown to the shell by the program, and run by nobody."""
    folder = scratch / "evil"
    (folder / "benchmarks").mkdir(parents=True)
    shutil.copy(tap.PLIMSOLL, folder / "plimsoll")
    mark = scratch / "mark"
    text = (tap.DATA / "benchmarks/small.xml").read_text()
    write(folder / "benchmarks/evil.xml", text.replace("rule_good", f"rule_good$(touch${{IFS}}{mark})").replace("rule_bad.low", "rule_bad;low").replace("profile_clean", "profile_paranoid"))
    evil = dict(env, PATH=f"{folder}:{env['PATH']}")
    for shell, ask in SHELLS.items():
        if tap.has(shell):
            ask(scratch, evil, ["explain", "goo"])
            ask(scratch, evil, ["explain", ""])
            is_true(f"{shell}: a rule's name is not run", not mark.exists())
    got = by_bash(scratch, evil, ["explain", ""])
    point("bash: what the shell would take for more than a word is not offered", [g for g in got if re.search(r"[^\w.:@/+=,-]", g)])


def bash_only(scratch, env):
    equal("bash: --option=WORD", by_bash(scratch, env, ["audit", "--fail-on", "=", "h"]), ["high"])
    equal("bash: --option=", by_bash(scratch, env, ["list", "--color", "="]), ["always", "auto", "never"])
    equal("bash: FORMAT=FILE", by_bash(scratch, env, ["audit", "-o", "json", "=", "report-"]), ["report-two.json"])
    equal("bash: behind -- there are no options", by_bash(scratch, env, ["report", "--", "--fo"]), [])
    equal("bash: of an unknown command nothing", by_bash(scratch, env, ["nonsense", ""]), [])
    equal("bash: a file whose name has a space is one word", [g for g in by_bash(scratch, env, ["report", "report "])], ["report one.json"])


def scripts(scratch):
    for shell in SHELLS:
        run = plimsoll("completion", shell)
        write(scratch / shell, run.out)
        point(f"completion {shell}", [] if run.status == 0 and run.out and not run.err else [run])
        made = tap.BUILD / "docs" / {"bash": "plimsoll.bash", "zsh": "_plimsoll", "fish": "plimsoll.fish"}[shell]
        if made.exists():
            equal(f"... is what is installed for {shell}", made.read_bytes(), run.out)
        if tap.has(shell):
            checked = subprocess.run([shell, "-n", scratch / shell], capture_output=True, text=True, check=False)
            equal(f"... and {shell} can read it", (checked.returncode, checked.stderr), (0, ""))
        options = set(re.findall(r"^ +(?:-., )?--([a-z-]+)", "\n".join(plimsoll(v, "--help").text for v in VERBS), re.M))
        pattern = r"-l ([a-z-]+)" if shell == "fish" else r"--([a-z-]+)"
        point(f"... with every option ({shell})", sorted(options - set(re.findall(pattern, run.text))))
    point("completion without a shell", complaint(plimsoll("completion"), "bash zsh fish"))
    point("completion of another shell", complaint(plimsoll("completion", "bahs"), "did you mean 'bash'?"))
    if tap.has("shellcheck"):
        run = subprocess.run(["shellcheck", "-s", "bash", scratch / "bash"], capture_output=True, text=True, check=False)
        equal("shellcheck finds nothing in that of bash", run.stdout, "")
    else:
        skip("shellcheck finds nothing in that of bash", "shellcheck is not installed")


with Scratch() as scratch_:
    env_ = scene(scratch_)
    scripts(scratch_)
    for shell_, ask_ in SHELLS.items():
        if tap.has(shell_):
            asks(scratch_, env_, shell_, ask_)
        else:
            skip(f"{shell_}: what it offers", f"{shell_} is not installed")
    if tap.has("bash"):
        bash_only(scratch_, env_)
    hostile(scratch_, env_)
tap.done()
