# SPDX-License-Identifier: Apache-2.0
"""What the Python tests share: points in TAP, running the program, small roots to audit."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOP = pathlib.Path(os.environ.get("abs_top_srcdir") or pathlib.Path(__file__).resolve().parent.parent)
BUILD = pathlib.Path(os.environ.get("abs_top_builddir") or TOP / "build")
PLIMSOLL = os.environ.get("PLIMSOLL") or str(BUILD / "plimsoll")
SANITIZED = os.environ.get("SANITIZERS") == "yes"
SLOWER = 10 if SANITIZED else 1   # times are promised of the program as it is installed
DATA = TOP / "tests" / "data"
BENCHMARKS = DATA / "benchmarks"
SMALL = str(BENCHMARKS / "small.xml")

_count = 0


def point(name, findings=()):
    """Passes where nothing was found; what was found is shown."""
    global _count
    _count += 1
    lines = [findings] if isinstance(findings, str) and findings else list(findings or ())
    print(f"{'not ok' if lines else 'ok'} {_count} - {name}")
    for line in lines[:40]:
        for part in str(line).splitlines() or [""]:
            print("# " + ascii(part)[1:-1][:400])
    if len(lines) > 40:
        print(f"# ... and {len(lines) - 40} more")
    sys.stdout.flush()
    return not lines


def is_true(name, good, why="it does not hold"):
    return point(name, [] if good else [why])


def equal(name, got, wanted):
    return point(name, [] if got == wanted else [f"got    {got!r}", f"wanted {wanted!r}"])


def skip(name, reason):
    global _count
    _count += 1
    print(f"ok {_count} - {name} # SKIP {reason}")
    sys.stdout.flush()


def done():
    print(f"1..{_count}")


class Run:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    @property
    def text(self):
        return self.out.decode("utf-8", "replace")

    @property
    def said(self):
        return self.err.decode("utf-8", "replace")

    def __repr__(self):
        return f"status {self.status}, stdout {self.out[:300]!r}, stderr {self.err[:600]!r}"


def clean_environment(**changes):
    """The environment without what changes a report; None takes a variable out."""
    env = {k: v for k, v in os.environ.items()
           if k not in ("NO_COLOR", "COLUMNS", "SOURCE_DATE_EPOCH", "LC_ALL", "LC_CTYPE", "LANG", "TERM") and not k.startswith("PLIMSOLL_")}
    env["LC_ALL"] = "C"
    env["PLIMSOLL_CONFIG"] = "/dev/null"   # whatever this machine is configured for
    for name, value in changes.items():
        if value is None:
            env.pop(name, None)
        else:
            env[name] = value
    return env


def plimsoll(*args, timeout=60, env=None, wrapper=(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more):
    """Runs the program; a program that is killed has a negative status, one that hangs the status None."""
    command = [*map(str, wrapper), PLIMSOLL, *map(str, args)]
    try:
        done_ = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, timeout=timeout,
                               env=clean_environment() if env is None else env, check=False, **more)
    except subprocess.TimeoutExpired as late:
        return Run(None, late.stdout or b"", (late.stderr or b"") + b"(hangs)")
    return Run(done_.returncode, done_.stdout or b"", done_.stderr or b"")


def complaint(run, *parts, status=2):
    """What is wrong with an audit that was refused: the status, one line on stderr, nothing on stdout, what it must name."""
    wrong = []
    if run.status != status:
        wrong.append(f"exit status {run.status}, wanted {status}")
    if run.out:
        wrong.append(f"standard output is not empty: {run.out[:200]!r}")
    if not run.said.startswith("plimsoll: ") or run.said.count("\n") != 1:
        wrong.append("stderr is not one line 'plimsoll: ...'")
    wrong += [f"stderr does not say {part!r}" for part in parts if part not in run.said]
    return wrong + [f"stderr: {run.said[:500]}"] if wrong else []


class Scratch:
    """A folder of its own below $TMPDIR, gone at the end."""

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="plimsoll-test-"))
        return self.path

    def __exit__(self, *_):
        for folder, _, _ in os.walk(self.path):
            if not os.path.islink(folder):
                os.chmod(folder, 0o755)
        shutil.rmtree(self.path, ignore_errors=True)


def write(path, data, mode=0o644):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    path.chmod(mode)
    return path


def small_root(path):
    """The root that tests/data/benchmarks/small.xml is made for."""
    kernel = pathlib.Path(path) / "proc/sys/kernel"
    write(kernel / "kptr_restrict", "1\n")
    write(kernel / "dmesg_restrict", "0\n")
    write(kernel / "randomize_va_space", "")
    (kernel / "perf_event_paranoid").mkdir()
    return path


def has(program):
    return shutil.which(program) is not None


def as_user():
    """A command that runs the rest as an ordinary user: empty where that is so already, None where it cannot be done."""
    if os.geteuid() != 0:
        return []
    if has("setpriv"):
        return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"]
    return None


def user_can_run():
    """An ordinary user reaches the program and the benchmarks: a build tree below /root is closed to them."""
    wrapper = as_user()
    if wrapper is None:
        return False
    return plimsoll("--version", wrapper=wrapper).status == 0 and plimsoll("list", "profiles", wrapper=wrapper).status == 0
