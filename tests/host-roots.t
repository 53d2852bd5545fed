#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every rule of the host benchmark has a root below tests/roots/host where it passes and one where it fails.

debian-12, ubuntu-24.04, rhel-9, alpine and suse are laid out as those systems install themselves; hardened and weak are a Debian 12 set up well and badly;
directory-client is one whose users are in a directory; broken-* hold files that nobody can understand. `tests/host-roots.t --update` writes the expected
verdicts anew from what the program says.
"""
import sys

from roots import Roots
from tap import Scratch, done

ROOTS = Roots("host")

# Rules that no root can decide, with the reason.
LIVE_ONLY = {"audit.received": "only the running kernel knows who receives its records"}


def main():
    with Scratch() as scratch:
        copies = {name: ROOTS.copy(name, scratch / "roots" / name) for name in ROOTS.names()}
        reports = {name: ROOTS.audit(copy) for name, copy in copies.items()}
        if sys.argv[1:] == ["--update"]:
            ROOTS.update(reports)
            return
        ROOTS.check_each(reports)
        ROOTS.check_coverage(reports, LIVE_ONLY)
        ROOTS.check_again(reports, copies)
    done()


main()
