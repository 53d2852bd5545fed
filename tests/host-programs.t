#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What root starts by itself, by cron and by systemd's units: who can change it, one change to a good root at a time."""
import pathlib
import sys

sys.dont_write_bytecode = True
from roots import Changed, Roots  # noqa: E402
from tap import Scratch, done  # noqa: E402

ROOTS = Roots("host")
CRON, UNITS, FILES = "service.cron-programs", "file.unit-programs", "file.units"


class Owned(Changed):
    """A copy in which a program below /opt is user 1000's, another root's, and /opt/open a folder for all."""

    def __init__(self, scratch, name):
        super().__init__(ROOTS, pathlib.Path(scratch) / name, "hardened")
        for path, owner in ("opt/theirs", "1000:0"), ("opt/ours", "0:0"), ("opt/open/x", "0:0"), ("opt/sticky/x", "0:0"):
            self.write(path, "#!/bin/sh\n")
            self.says(path, 0o755, owner)
        self.says("opt/open", 0o777)
        self.says("opt/sticky", 0o1777)
        self.link("opt/link", "theirs")
        self.link("opt/out", "../../../../../opt/theirs")

    def put(self, path, text, mode):
        self.write(path, text)
        self.says(path, mode)

    def judged_with(self, rule, path, cases):
        for text, wanted, reason in cases:
            self.write(path, text)
            self.judged(f"{path}: {text!r}", rule, wanted, reason)
        self.remove(path)


def tables(scratch):
    root = Owned(scratch, "cron")
    every = "* * * * * "
    root.judged_with(CRON, "etc/cron.d/x", [
        (every + "root /opt/ours\n", "pass", None),
        (every + "root /opt/theirs\n", "fail", "^/opt/theirs: user 1000 can change it,"),
        (every + "bob /opt/theirs\n", "pass", None),
        ("@daily root /opt/theirs\n", "fail", None),
        (every + "root /opt/link -a\n", "fail", "/opt/link: user 1000 can change it by /opt/theirs"),
        (every + "root /opt/out\n", "fail", None),
        (every + "root /opt/open/x\n", "fail", "everyone can change it"),
        (every + "root /opt/sticky/x\n", "pass", None),
        (every + "root /opt/sticky/missing\n", "fail", "whoever may write there can change it by /opt/sticky"),
        (every + "root /opt/missing\n", "pass", None),
        (every + "root run-parts /opt/sticky\n", "fail", None),
        (every + "root echo a % /opt/theirs\n", "pass", None),
        (every + "root echo a \\% ; /opt/theirs\n", "fail", None),
        (every + "root test -x /opt/theirs || /opt/ours\n", "pass", None),
        (every + "root cd /opt && ./theirs\n", "fail", None),
        (every + "root $X/theirs\n", "unknown", "a shell alone can tell"),
        (every + "root sleep $(( (RANDOM + 1) \\% 3600 )); /opt/ours\n", "pass", None),
        (every + "root sleep $((RANDOM \\% 3600)); /opt/theirs\n", "fail", None),
        (every + "root sleep $(($(date +\\%s) \\% 60)); /opt/ours\n", "unknown", "computed"),
        (every + "root echo ${X:-$(/opt/theirs)}\n", "unknown", "computed"),
        (every + "root\n", "error", "x:1"),
        ("PATH=/usr/bin:/opt/open\n" + every + "root x\n", "fail", "everyone can change it"),
        ("PATH=/usr/bin:.\n", "fail", "PATH holds ."),
        ("SHELL = \"/opt/theirs\"\n", "fail", None),
        ("# " + every + "root /opt/theirs\n", "pass", None),
    ])
    root.judged_with(CRON, "etc/cron.d/x.rpmsave", [(every + "root /opt/theirs\n", "pass", None)])
    root.judged_with(CRON, "etc/anacrontab", [("1 5 daily nice /opt/theirs\n", "fail", None), ("1 5 daily /opt/ours\n", "pass", None)])
    root.judged_with(CRON, "var/spool/cron/crontabs/root", [(every + "/opt/theirs\n", "fail", None), (every + "/opt/ours\n", "pass", None)])
    root.judged_with(CRON, "var/spool/cron/crontabs/bob", [(every + "/opt/theirs\n", "pass", None)])
    root.link("etc/cron.daily/link", "/opt/theirs")
    root.judged("a link in cron.daily to a program of a user", CRON, "fail", "^/etc/cron.daily/link: user 1000 can change it by /opt/theirs")
    root.link("etc/cron.daily/link", "link")
    root.judged("... to itself", CRON, "unknown", "symbolic links")


def units(scratch):
    root = Owned(scratch, "units")
    start = "[Service]\nExecStart="
    root.judged_with(UNITS, "etc/systemd/system/x.service", [
        (start + "/opt/ours\n", "pass", None),
        (start + "/opt/theirs -a\n", "fail", "^/opt/theirs: user 1000 can change it,"),
        (start + "-/opt/theirs\n", "fail", None),
        (start + "@/opt/theirs ours\n", "fail", None),
        (start + "@/opt/ours /opt/theirs\n", "pass", None),
        (start + "/opt/theirs\nUser=bob\n", "pass", None),
        (start + "/opt/theirs\nDynamicUser=yes\n", "pass", None),
        (start + "/opt/theirs\nUser=root\n", "fail", None),
        (start + "+/opt/theirs\nUser=bob\n", "fail", None),
        (start + "/opt/theirs\nUser=%i\n", "fail", None),
        (start + "/opt/theirs\nExecStart=\nExecStart=/opt/ours\n", "pass", None),
        (start + "/opt/ours\nExecStartPre=/opt/open/x\n", "fail", "everyone"),
        (start + "/opt/ours\nExecStartPre=/opt/open/x\nUser=bob\nPermissionsStartOnly=true\n", "fail", "everyone"),
        (start + "/opt/ours ; /opt/theirs\nType=oneshot\n", "fail", None),
        (start + "/bin/sh -c 'exec /opt/theirs \"$$X\"'\n", "fail", None),
        (start + "/bin/sh -c '$$X'\n", "unknown", "computed"),
        (start + "/bin/sh theirs\nWorkingDirectory=-/opt\n", "fail", None),
        (start + "/usr/bin/env python3 -u /opt/theirs\n", "fail", None),
        (start + "/usr/bin/perl -MTime::HiRes /opt/theirs\n", "fail", None),
        (start + "/usr/bin/env -S '/opt/theirs -x'\n", "unknown", "env splits"),
        (start + "/opt/ours\nEnvironment=PATH=/usr/bin:/opt/open\n", "fail", "/opt/open: everyone can change it"),
        (start + "/opt/ours\nEnvironment=PATH=/usr/bin:/opt/open\nUser=bob\n", "pass", None),
        (start + "/opt/ours\nEnvironment=PATH=%h/bin:/usr/bin\n", "pass", None),
        (start + "theirs\nExecSearchPath=/opt\n", "fail", "/opt/theirs"),
        (start + "/usr/bin/setpriv --reuid 0 --clear-groups /opt/theirs\n", "fail", None),
        (start + "/usr/bin/setpriv --reuid=bob /opt/theirs\n", "pass", None),
        (start + "/usr/bin/sudo -u bob /opt/theirs\n", "pass", None),
        (start + "/usr/bin/sudo -u root /opt/theirs\n", "fail", None),
        (start + "/usr/bin/sudo -n -uroot /opt/theirs\n", "fail", None),
        (start + "/usr/bin/systemd-run -p Nice=1 /opt/theirs\n", "fail", None),
        (start + "/usr/bin/systemd-run --uid=bob /opt/theirs\n", "pass", None),
        (start + "/sbin/runuser -u bob -- /opt/theirs\n", "pass", None),
        (start + "/sbin/runuser -u root -- /opt/theirs\n", "fail", None),
        (start + "/bin/su - bob -c /opt/theirs\n", "pass", None),
        (start + "/bin/su -s /bin/sh -c '/opt/ours; exec /opt/theirs'\n", "fail", None),
        (start + "/sbin/start-stop-daemon --start --chuid bob:bob --exec /opt/theirs\n", "pass", None),
        (start + "/sbin/start-stop-daemon --start --exec /opt/theirs -- -c bob\n", "fail", None),
        (start + "/bin/sh -c 'trap /opt/theirs EXIT'\n", "fail", None),
        (start + "/opt/theirs\nRootDirectory=/\n", "fail", None),
        (start + "/opt/ours\nRootDirectory=/srv\n", "unknown", "root of its own"),
        ("[Unit]\nDescription=no command\n", "pass", None),
    ])
    root.judged_with(UNITS, "etc/systemd/system/x.socket", [("[Socket]\nListenStream=/x\nExecStartPost=/opt/theirs\n", "fail", None)])
    root.link("etc/systemd/system/x.service", "/dev/null")
    root.write("usr/lib/systemd/system/x.service", start + "/opt/theirs\n")
    root.judged("a masked unit starts nothing", UNITS, "pass")


def unit_files(scratch):
    root = Owned(scratch, "files")
    root.judged("the files of units", FILES, "pass")
    for path in ("usr/lib/systemd/system/x.service", "etc/systemd/system/ssh.service.d/x.conf", "usr/lib/systemd/system/ssh.service.d/x.conf", "etc/systemd/system.conf.d/x.conf",
                 "usr/lib/systemd/system-generators/x"):
        root.write(path, "[Service]\nNice=1\n")
        root.says(path, 0o666)
        root.judged(f"{path}, for all to write", FILES, "fail", "everyone")
        root.remove(path)
    root.write("etc/systemd/system/x.service", "[Service]\nExecStart=/opt/ours\n")
    root.link("etc/systemd/system/x.service", "/opt/theirs")
    root.judged("a unit that is a link to a file of a user", FILES, "fail", "user 1000")


def libraries(scratch):
    root, rule = Owned(scratch, "libraries"), "process.library-path-trusted"
    root.judged_with(rule, "etc/ld.so.conf.d/x.conf", [
        ("/usr/local/lib\n", "pass", None), ("/opt/open\n", "fail", "everyone can change it"), ("/opt/sticky # x\n", "fail", "/opt/sticky"), ("lib\n", "fail", "ld.so.conf holds lib"),
        ("include /opt/more.conf\n", "pass", None), ("include /etc/ld.so.conf\n", "pass", None), ("hwcap 1 x\n", "pass", None)])
    root.write("opt/more.conf", "/opt/open/lib\n")
    root.write("etc/ld.so.conf.d/x.conf", "include /opt/more.conf\n")
    root.judged("a folder of a file that is included", rule, "fail", "/opt/open/lib")


def places(scratch):
    """Files in folders that root alone can change, and folders and links on the way."""
    for rule, path in (("service.cron-writers", "etc/cron.d/e2scrub_all"), ("service.cron-writers", "etc/crontab"), ("update.sources-guarded", "etc/apt/sources.list.d/debian.sources"),
                       ("update.keys-guarded", "usr/share/keyrings/x.gpg"), ("sudo.files", "etc/sudoers")):
        root = Owned(scratch, rule + pathlib.Path(path).name)
        text = root.file(path).read_text(encoding="utf-8") if root.file(path).exists() else "x\n"
        root.put("srv/place/x", text, 0o440)
        root.link(path, "/srv/place/x")
        root.judged(f"{path} is a link to a file of root", rule, "pass")
        root.says("srv/place", 0o777)
        root.judged("... in a folder for all", rule, "fail", "srv/place")
        root.remove(path)
        root.put(path, text, 0o666)
        root.judged(f"{path} for all to write", rule, "fail", path)
    root = Owned(scratch, "sudoers.d")
    root.says("etc/sudoers.d", 0o777)
    root.judged("a folder for all in which sudo looks", "sudo.files", "fail", "sudoers.d")


def main():
    with Scratch() as scratch:
        tables(scratch)
        units(scratch)
        unit_files(scratch)
        libraries(scratch)
        places(scratch)
    done()


main()
