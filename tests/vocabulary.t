#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every check in a shipped benchmark is valid by the schema of our check language, and a wrong one is not."""
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

SYSTEM = "urn:plimsoll:check:1"
XCCDF = "{http://checklists.nist.gov/xccdf/1.2}"
SOURCE = os.environ["abs_top_srcdir"]
SCHEMA = os.path.join(os.environ["abs_top_builddir"], "docs/plimsoll-check-1.xsd")

number = failed = 0


def point(ok, name):
    global number, failed
    number += 1
    failed += not ok
    print(("ok" if ok else "not ok"), number, "-", name)


def verdict(contents):
    """What xmllint says of all elements, as one document each: 0 valid, 3 not valid, else its own trouble."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for i, content in enumerate(contents):
            files.append(os.path.join(folder, f"{i}.xml"))
            ET.ElementTree(content).write(files[-1])
        done = subprocess.run(["xmllint", "--nonet", "--noout", "--schema", SCHEMA, *files], capture_output=True, text=True,
                              check=False, stdin=subprocess.DEVNULL)
        if done.returncode not in (0, 3) or (done.returncode and len(contents) > 1):
            print("\n".join("# " + line for line in done.stderr.splitlines() if "validates" not in line))
        return done.returncode


def element(text):
    return ET.fromstring(text.replace(" ", f' xmlns="{SYSTEM}" ', 1))


def main():
    if not shutil.which("xmllint"):
        print("1..0 # SKIP xmllint is not installed")
        return 0
    ET.register_namespace("", SYSTEM)
    for path in sorted(glob.glob(os.path.join(SOURCE, "benchmarks/*.xml"))):
        contents = [c[0] for c in ET.parse(path).iter(XCCDF + "check-content")]
        point(len(contents) > 0 and verdict(contents) == 0, f"{os.path.basename(path)}: {len(contents)} checks are valid")
    for wrong in ('<sysctl nam="x" is="1" absent="fail"/>', '<sysctl is="1" absent="fail"/>', '<sysctl name="x" absent="perhaps"/>',
                  '<nosuch name="x" is="1" absent="fail"/>', '<lockdown kernel="6.6" is="x" absent="fail"/>',
                  '<cmdline name="x" boolean="maybe" is="1" absent="fail"/>'):
        point(verdict([element(wrong)]) == 3, f"refused: {wrong}")
    print(f"1..{number}")
    return 1 if failed else 0


sys.exit(main())
