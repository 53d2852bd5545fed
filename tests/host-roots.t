#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every rule of the host benchmark has a root below tests/roots/host where it passes and one where it fails.

debian-12, ubuntu-24.04, rhel-9, alpine and suse are laid out as those systems install themselves; hardened and weak are a Debian 12 set up well and badly;
directory-client is one whose users are in a directory; broken-* hold files that nobody can understand. `tests/host-roots.t --update` writes the expected
verdicts anew from what the program says.
"""
import sys

from roots import Roots
from tap import Scratch, done, equal

ROOTS = Roots("host")

# Rules that no root can decide, with the reason.
LIVE_ONLY = {"audit.received": "only the running kernel knows who receives its records"}


def aide_lines(root):
    """Each of the tools is to be compared, by a sum that is strong, and by no line that leaves it out."""
    path = root / "etc/aide/aide.conf.d/10_audit_tools"
    text = path.read_text(encoding="utf-8")
    for name, changed, wanted in (
            ("as they are", text, "pass"), ("one less", text.replace("/usr/sbin/aureport ", "/usr/sbin/other "), "fail"), ("one left out again", text + "!/usr/sbin/auditctl\n", "fail"),
            ("a weak sum", text.replace("sha512", "md5", 1), "fail"), ("SHA-256", text.replace("sha512", "sha256"), "pass"),
            ("a group", text.replace("p+i+n+u+g+s+b+acl+xattrs+sha512", "Full"), "pass"), ("in comments", text.replace("/usr", "#/usr"), "fail"), ("exact ones", text.replace("/usr", "=/usr"), "pass")):
        path.write_text(changed, encoding="utf-8")
        equal(f"lines of AIDE, {name}", ROOTS.verdict(root, "integrity.checker-watches-audit"), wanted)


def main():
    with Scratch() as scratch:
        copies = {name: ROOTS.place(name, scratch / "roots") for name in ROOTS.names()}
        reports = {name: ROOTS.audit(copy) for name, copy in copies.items()}
        if sys.argv[1:] == ["--update"]:
            ROOTS.update(reports)
            return
        ROOTS.check_each(reports)
        ROOTS.check_coverage(reports, LIVE_ONLY)
        ROOTS.check_again(reports, copies)
        aide_lines(ROOTS.copy("hardened", scratch / "aide"))
    done()


main()
