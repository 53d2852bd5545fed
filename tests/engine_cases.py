# SPDX-License-Identifier: Apache-2.0
"""Small roots in which an engine is installed and told something, each for one rule."""
import json
import pathlib

from tap import plimsoll, point, skip, write


def service(*lines):
    return "[Service]\n" + "".join(line + "\n" for line in lines)


class Cases:
    """Each stands in a root of its own, in which the programs are installed."""

    def __init__(self, scratch, benchmark, *programs):
        self.scratch, self.benchmark, self.programs, self.n = scratch, benchmark, programs, 0

    def judge(self, rule, files):
        self.n += 1
        root = self.scratch / self.benchmark / pathlib.PurePath(self.programs[0]).name / str(self.n)
        for program in self.programs:
            write(root / program, "", 0o755)
        write(root / "usr/lib/systemd/systemd", "", 0o755)
        for path, text in files.items():
            if path.startswith("@"):
                (root / path[1:]).parent.mkdir(parents=True, exist_ok=True)
                (root / path[1:]).symlink_to(text)
            else:
                write(root / path, text)
        run = plimsoll("audit", "-b", self.benchmark, "-p", "paranoid", "-s", "host", "-r", rule, "-f", "json", "--root", root)
        try:
            return json.loads(run.text)["subjects"][0]["results"][0]
        except (ValueError, LookupError):
            return {"result": repr(run), "reason": None}

    def expect(self, name, rule, files, wanted, *parts):
        result = self.judge(rule, files)
        if "built without TOML" in (result["reason"] or ""):
            skip(f"{self.benchmark}, {name}", "built without TOML")
            return
        wrong = [] if result["result"] == wanted else [f"{result['result']}, wanted {wanted}: {result.get('evidence')}"]
        wrong += [f"the reason does not say {part!r}: {result['reason']}" for part in parts if part not in (result["reason"] or "")]
        point(f"{self.benchmark}, {name}: {wanted}", wrong)
