#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Units, packages, apt's configuration, programs and sockets beside the tools that own them: systemctl, systemd-analyze, dpkg, rpm, vercmp, apt-config.

What a tool says of a root made here, plimsoll must say, too; what is made to keep it busy or to lead it out of the root is bounded, with a reason.
"""
import json
import os
import pathlib
import random
import re
import shutil
import socket
import subprocess
import time
import xml.sax.saxutils

import rpmdb
from tap import SLOWER, Scratch, clean_environment, done, equal, has, is_true, plimsoll, point, skip, write

NAMESPACE = 'xmlns="urn:plimsoll:check:1"'
FOLDERS = ["etc/systemd/system", "run/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system"]


def element(check, **attributes):
    text = " ".join(f"{k.rstrip('_').replace('_', '-')}={xml.sax.saxutils.quoteattr(v)}" for k, v in attributes.items())
    return f'<{check} {NAMESPACE} {text} is="?" absent="fail"/>'


class Asked:
    """The items of each element, as evidence."""

    def __init__(self, scratch, root, elements):
        rules = "".join(f'<Rule id="xccdf_t_rule_r{i}" selected="true"><check system="urn:plimsoll:check:1"><check-content>{e}</check-content>'
                        "</check></Rule>" for i, e in enumerate(elements))
        benchmark = write(scratch / "asked.xml", '<Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2" id="xccdf_t_benchmark_b">'
                          f"<status>draft</status><title>t</title><version>1</version>{rules}</Benchmark>")
        begun = time.monotonic()
        self.run = plimsoll("audit", "-f", "json", "-s", "host", "-b", benchmark, *(["--root", root] if root else []))
        self.seconds = time.monotonic() - begun
        self.items = [r["evidence"] for r in json.loads(self.run.text)["subjects"][0]["results"]] if self.run.out else []

    def values(self):
        return [[i["value"] if i["state"] == "present" else i["state"] for i in items] for items in self.items]


def said(command, **more):
    run = subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
                         env=clean_environment(**more))
    return run.stdout, run.stderr


def link(path, target):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_symlink() and not path.exists():
        path.symlink_to(target)


# ---- systemd ----

NAMES = [f"u{i}.service" for i in range(6)] + ["t@.service", "a-b-c.service", "s.socket", "m.target"]
ASKED = NAMES + ["al0.service", "al1.service", "t@x.service", "none.service"]


def some_install(rnd, name):
    plain = name.endswith(".service") and "@" not in name
    return rnd.choice(["", "[Install]\nWantedBy=m.target\n", "[Install]\nAlso=u1.service\n", "[Install]\nDefaultInstance=x\nWantedBy=m.target\n",
                       f"[Install]\nAlias=al{rnd.randrange(2)}.service\n" if plain else ""])


def some_file(rnd, top, folder, name):
    """A unit file, or what can stand in its place."""
    path = top / folder / name
    kind = rnd.random()
    if kind < 0.1:
        link(path, "/dev/null")
    elif kind < 0.15:
        write(path, "")
    elif kind < 0.22:
        write(top / "opt" / name, "[Service]\nExecStart=/bin/true\n" + some_install(rnd, name))
        link(path, f"/opt/{name}")
    else:
        write(path, "[Unit]\nDescription=x\n[Service]\nExecStart=/bin/true\n[Socket]\nListenStream=/x\n" + some_install(rnd, name))


def some_units(rnd, top):
    for name in NAMES:
        for folder in FOLDERS:
            if rnd.random() < (0.8 if folder == FOLDERS[-1] else 0.12):
                some_file(rnd, top, folder, name)
            if rnd.random() < 0.15:
                link(top / folder / f"m.target.{rnd.choice(['wants', 'requires'])}" / name.replace("@", "@x"), f"/usr/lib/systemd/system/{name}")
    if rnd.random() < 0.7:
        link(top / "run/systemd/generator/m.target.wants/u3.service", "/usr/lib/systemd/system/u3.service")
        link(top / "run/systemd/generator/m.target.wants/t@y.service", "/usr/lib/systemd/system/t@.service")
    for i in range(2):
        target = rnd.choice(["u0.service", "u1.service", "u2.service"])
        if (top / FOLDERS[-1] / target).exists():
            link(top / rnd.choice(FOLDERS[:2]) / f"al{i}.service", f"/usr/lib/systemd/system/{target}")


def check_enabled(scratch):
    if not has("systemctl"):
        skip("is-enabled: as systemctl says", "systemctl is not installed")
        return
    wrong = []
    for seed in range(6):
        top = scratch / f"enabled{seed}"
        some_units(random.Random(seed), top)
        for name, (got, *_) in zip(ASKED, Asked(scratch, top, [element("unit", name=n, field="enabled") for n in ASKED]).values()):
            out, err = said(["systemctl", f"--root={top}", "is-enabled", name])
            wanted = out.strip() or ("absent" if "No such file" in err or "severed" in err else err.strip())
            if got != wanted:
                wrong.append(f"root {seed}, {name}: {got}, systemctl says {wanted}")
    point("is-enabled: as systemctl says", wrong)


def check_presets(scratch):
    top = scratch / "presets"
    write(top / "usr/lib/systemd/system-preset/90-x.preset", "enable u0.service\ndisable u1*.service\n# a comment\n")
    write(top / "etc/systemd/system-preset/10-y.preset", "disable u0.service\n\nenable u*2.service\n")
    write(top / "etc/systemd/system-preset/99-z.preset", "disable *\n")
    for name in "u0 u1 u12 u3".split():
        write(top / FOLDERS[-1] / f"{name}.service", "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=m.target\n")
    asked = Asked(scratch, top, [element("unit", name=n, field="preset") for n in "u0 u1 u12 u3".split()])
    equal("presets: the first line of the first file that fits", [v[0] for v in asked.values()], ["disable", "disable", "enable", "disable"])
    equal("presets: with the line", asked.items[2][0]["origin"], "/etc/systemd/system-preset/10-y.preset:3")
    if has("systemctl"):
        out, _ = said(["systemctl", f"--root={top}", "list-unit-files", "--no-legend", "--no-pager"])
        rows = dict((line.split()[0], line.split()[2]) for line in out.splitlines())
        equal("presets: as systemctl says", [rows.get(f"{n}.service") for n in "u0 u1 u12 u3".split()], ["disabled", "disabled", "enabled", "disabled"])


def some_dropins(rnd, top):
    write(top / FOLDERS[-1] / "foo-bar-baz@.service", "[Unit]\nDescription=x\n[Service]\nExecStart=/bin/true\nUser=u0\n")
    shutil.copy("/bin/true", write(top / "bin/true", ""))
    (top / "bin/true").chmod(0o755)
    number = 0
    for folder in FOLDERS:
        for unit in ("foo-bar-baz@i", "foo-bar-baz@", "foo-bar-@i", "foo-bar-@", "foo-@", ""):
            for name in ("10-a.conf", "20-b.conf", "30-c.conf"):
                number += 1
                path = top / folder / f"{unit}{'.' if unit else ''}service.d" / name
                if rnd.random() < 0.75:
                    continue
                if rnd.random() < 0.2:
                    link(path, "/dev/null")
                else:
                    write(path, rnd.choice(["", f"[Service]\nUser=u{number}\n", f"[Service]\nUser=\\\n # between\n u{number}\n"]))


def check_merged(scratch):
    """systemd-analyze loads the unit as systemd would, and shows what came of it when it is made to debug."""
    wrong, seen = [], 0
    for seed in range(6):
        top = scratch / f"merged{seed}"
        some_dropins(random.Random(seed), top)
        values = Asked(scratch, top, [element("unit", name="foo-bar-baz@i.service", setting="Service.User")]).values()
        if not has("systemd-analyze"):
            continue
        out, err = said(["systemd-analyze", "security", "--offline=yes", f"--root={top}", "--no-pager", "foo-bar-baz@i.service"],
                        SYSTEMD_LOG_LEVEL="debug")
        found = re.search(r"\tUser: (\S+)", out + err)
        seen += found is not None
        if found and found.group(1) != values[0][-1]:
            wrong.append(f"root {seed}: {values[0][-1]}, systemd has {found.group(1)}")
    if seen:
        point("drop-ins: merged as systemd does", wrong)
    else:
        skip("drop-ins: merged as systemd does", "systemd-analyze cannot look at a root here")


def check_start(scratch):
    top = scratch / "start"
    units = top / FOLDERS[-1]
    write(units / "graphical.target", "[Unit]\nRequires=multi-user.target\n")
    write(units / "multi-user.target", "[Unit]\nWants=direct.service looped.target\n")
    write(units / "looped.target", "[Unit]\nWants=multi-user.target looped.target\n")
    link(units / "default.target", "graphical.target")
    for name in ("direct", "linked", "byalias", "masked", "nowhere", "triggered", "timed", "handed"):
        write(units / f"{name}.service", "[Service]\nExecStart=/bin/x\n")
    write(units / "conditional.service", "[Unit]\nConditionPathExists=/etc/there.conf\n[Service]\nExecStart=/bin/x\n")
    write(units / "unless.service", "[Unit]\nConditionPathExists=!/etc/os-release\n[Service]\nExecStart=/bin/x\n")
    write(units / "inst@.service", "[Unit]\nWants=handed.service\n[Service]\nExecStart=/bin/x\n")
    write(units / "triggered.socket", "[Socket]\nListenStream=/x\n")
    write(units / "timer.timer", "[Timer]\nUnit=timed.service\n")
    write(top / "etc/os-release", "ID=x\n")
    wants = top / "etc/systemd/system/multi-user.target.wants"
    for name in "linked.service conditional.service unless.service masked.service triggered.socket timer.timer".split():
        link(wants / name, f"/usr/lib/systemd/system/{name}")
    link(wants / "inst@a.service", "/usr/lib/systemd/system/inst@.service")
    link(top / "etc/systemd/system/alias.service", "/usr/lib/systemd/system/byalias.service")
    link(top / "etc/systemd/system/graphical.target.wants/alias.service", "/etc/systemd/system/alias.service")
    link(top / "etc/systemd/system/masked.service", "/dev/null")
    wanted = {"direct": "started", "linked": "started", "byalias": "started", "alias": "started", "conditional": "not-started", "unless": "not-started",
              "masked": "masked", "nowhere": "not-started", "triggered": "on-demand", "timed": "on-demand", "inst@a": "started", "handed": "started",
              "inst@b": "not-started", "gone": "absent"}
    asked = Asked(scratch, top, [element("unit", name=n) for n in wanted])
    equal("start: what the default target reaches", dict(zip(wanted, (v[0] for v in asked.values()))), wanted)
    write(top / "etc/there.conf", "")
    equal("start: a condition that holds", Asked(scratch, top, [element("unit", name="conditional")]).values(), [["started"]])


def check_state(scratch):
    """What a running systemd keeps in cgroups, and OpenRC below /run."""
    top = scratch / "state"
    for name in "on off x@i sliced".split():
        write(top / FOLDERS[-1] / f"{name.replace('@i', '@')}.service", f"[Service]\nExecStart=/bin/x\n{'Slice=a-b.slice' if name == 'sliced' else ''}\n")
    for path in "system.slice/on.service", "system.slice/system-x.slice/x@i.service", "a.slice/a-b.slice/sliced.service":
        (top / "sys/fs/cgroup" / path).mkdir(parents=True)
    names = "on off x@i sliced gone".split()
    equal("running: by the unit's cgroup", Asked(scratch, top, [element("unit", name=n, field="running") for n in names]).values(),
          [["running"], ["not-running"], ["running"], ["running"], ["absent"]])
    shutil.rmtree(top / "sys")
    equal("running: not of a system that does not run", Asked(scratch, top, [element("unit", name="on", field="running")]).values(), [["unavailable"]])
    equal("path: where the unit lies", Asked(scratch, top, [element("unit", name="on", field="path")]).values(), [[f"/{FOLDERS[-1]}/on.service"]])
    top = scratch / "openrc"
    for name in "on", "off":
        write(top / "etc/init.d" / name, "#!/sbin/openrc-run\n")
    write(top / "run/openrc/softlevel", "default\n")
    link(top / "run/openrc/started/on", "/etc/init.d/on")
    equal("running: as OpenRC says", Asked(scratch, top, [element("unit", name=n, field="running") for n in ("on", "off")]).values(),
          [["running"], ["not-running"]])


# ---- what is made to go wrong ----

def big(path, size=100 << 20):
    write(path, "x")
    os.truncate(path, size)


def check_hostile_units(scratch):
    top = scratch / "hostile"
    units = top / FOLDERS[-1]
    (top / "etc/systemd/system/fifo.service.d").mkdir(parents=True)
    os.mkfifo(top / "etc/systemd/system/fifo.service.d/x.conf")
    for name in ("fifo", "big", "out"):
        write(units / f"{name}.service", "[Service]\nExecStart=/bin/x\n")
    big(top / "etc/systemd/system/big.service.d/x.conf")
    link(top / "etc/systemd/system/out.service.d/x.conf", "../../../../../../../../../../etc/passwd")
    os.mkfifo(units / "pipe.service")
    for a, b in (("ring1", "ring2"), ("ring2", "ring1")):
        link(top / "etc/systemd/system" / f"{a}.service", f"/etc/systemd/system/{b}.service")
    link(top / "etc/systemd/system/self.service", "self.service")
    wanted = {"fifo": "broken", "big": "broken", "out": "not-started", "pipe": "broken", "ring1": "absent", "self": "broken"}
    asked = Asked(scratch, top, [element("unit", name=n) for n in wanted])
    equal("hostile: a FIFO, 100 MB, a link out of the root, rings of aliases", dict(zip(wanted, (v[0] for v in asked.values()))), wanted)
    point("hostile: each with a reason", [i for items in asked.items for i in items if i["state"] != "present" and not i["why"]])
    is_true("hostile: at once", asked.seconds < 5 * SLOWER, f"{asked.seconds:.1f} s")


def check_many_units(scratch):
    """Each of 3000 units wants the next, and all of them a socket that sets the first off."""
    top = scratch / "many"
    units = top / FOLDERS[-1]
    for i in range(3000):
        write(units / f"u{i}.service", f"[Unit]\nWants=u{i + 1}.service\n[Service]\nExecStart=/bin/x\n")
    write(units / "default.target", "[Unit]\nWants=u0.service\n")
    asked = Asked(scratch, top, [element("unit", name="u2999")])
    equal("hostile: a chain of 3000 units is followed to its end", asked.values(), [["started"]])
    is_true("hostile: and that does not take long", asked.seconds < 5 * SLOWER, f"{asked.seconds:.1f} s")


def check_hostile_packages(scratch):
    top = scratch / "hostile-packages"
    (top / "var/lib/rpm").mkdir(parents=True)
    path = top / "var/lib/rpm/rpmdb.sqlite"
    ask = [element("package", name="bash")]

    def state(root=top):
        asked = Asked(scratch, root, ask)
        return asked.values()[0], asked.items[0][0]["why"] or "", asked.seconds

    built_with = os.environ.get("HAVE_SQLITE") != "no"
    os.mkfifo(path)
    value, why, _ = state()
    equal("rpm: a FIFO is no database", value, ["broken"] if built_with else ["unavailable"])
    if not built_with:
        return
    path.unlink()
    import sqlite3
    with sqlite3.connect(path) as db:
        db.execute("CREATE VIEW Packages AS WITH RECURSIVE n(hnum) AS (SELECT 1 UNION ALL SELECT hnum + 1 FROM n) SELECT hnum, x'00' AS blob FROM n")
    db.close()
    value, why, seconds = state()
    equal("rpm: a view that never ends", value, ["malformed"])
    is_true("rpm: that takes no time", seconds < 5 * SLOWER, f"{seconds:.1f} s")
    path.unlink()
    rpmdb.write_sqlite(path, [rpmdb.header("bash", "5.2-1"), b"\xff" * 40])
    value, why, _ = state()
    is_true("rpm: a header that is none names the package", value == ["malformed"] and "package 2" in why, f"{value} {why}")
    rpmdb.write_sqlite(path, [rpmdb.header("bash", "1:5.2-1")])
    equal("rpm: a good one", state()[0], ["1:5.2-1"])
    write(top / "var/lib/rpm/rpmdb.sqlite-wal", "x" * 100)
    value, why, _ = state()
    is_true("rpm: what waits in the log is missed", value == ["broken"] and "-wal" in why, f"{value} {why}")


def check_hostile_ndb(scratch):
    good = [rpmdb.header("bash", "5.2-1"), rpmdb.header("glibc", "2.38-1")]
    top = scratch / "ndb"
    path = top / "usr/lib/sysimage/rpm/Packages.db"
    path.parent.mkdir(parents=True)
    rpmdb.write_ndb(path, good)
    data = path.read_bytes()
    ask = [element("package", name="glibc")]
    equal("ndb: a good one", Asked(scratch, top, ask).values(), [["2.38-1"]])
    wrong = []
    rnd = random.Random(7)
    for i in range(40):
        broken = bytearray(data)
        for _ in range(3):
            broken[rnd.choice([rnd.randrange(96), 4096 + rnd.randrange(len(data) - 4096)])] = rnd.randrange(256)
        path.write_bytes(broken if i % 4 else broken[:rnd.randrange(len(data))])
        asked = Asked(scratch, top, ask)
        if asked.run.status not in (0, 1, 3) or len(asked.items) != 1:
            wrong.append(f"{i}: {asked.run}")
    point("ndb: 40 broken ones are survived", wrong)


def check_hostile_apt(scratch):
    top = scratch / "apt"
    conf = top / "etc/apt/apt.conf.d/50x"
    ask = [element("apt-config", name="APT::X")]
    for what, text, part in (("a quote", 'APT::X "1;\n', "50x:1: "), ("a brace", "APT {\nX 1;\n", "50x:3: a brace"), ("a semicolon", 'APT::X "1"\n\n', "50x:3: a semi"),
                             ("an include", '#include "/etc/passwd";\n', "50x:1: #include"), ("a NUL", "APT::X 1;\0", "NUL"),
                             ("depth", "A { " * 100, "too deeply")):
        write(conf, text)
        item = Asked(scratch, top, ask).items[0][0]
        is_true(f"apt.conf: {what} that is wrong is an error with its line", item["state"] == "malformed" and part in item["why"], str(item))
    big(conf)
    equal("apt.conf: 100 MB are not read", Asked(scratch, top, ask).values(), [["broken"]])


# ---- versions ----

VERSIONS = ["1.0-1", "1.0-1+deb12u1", "1.0~rc1-1", "1.0-1~bpo12+1", "1:0.9-1", "1.10-1", "1.9-1", "2.0", "2.0-0", "1.0a-1", "1.0+b1-1", "007-1", "7-1",
            "1.2.3^git1-1", "1.2.3-1", "1.0.z-1", "1.0.10-2.el9_5.1", "1.0.10-2.el9_4", "0:1.0-1", "5.14.0-503.11.1.el9_5", "5.14.0-503.2.1.el9_5"]


def sign(number):
    return "newer" if number > 0 else "older" if number < 0 else "same"


def check_versions(scratch, name, top, wanted):
    """wanted(a, b) says what the tool says."""
    pairs = [(a, b) for i, a in enumerate(VERSIONS) for b in VERSIONS[i:i + 7]]
    asked = Asked(scratch, top, [element("package", name=f"p{VERSIONS.index(a)}", than=b) for a, b in pairs])
    wrong = [f"{a} is {got[0]} than {b}, {name} says {wanted(a, b)}" for (a, b), got in zip(pairs, asked.values()) if got != [wanted(a, b)]]
    point(f"versions: as {name} compares them", wrong)


def dpkg_says(a, b):
    def holds(operator):
        return subprocess.run(["dpkg", "--compare-versions", a, operator, b], stderr=subprocess.DEVNULL, check=False).returncode == 0
    return "older" if holds("lt") else "newer" if holds("gt") else "same"


def rpm_says(a, b):
    out, _ = said(["rpm", "--eval", f'%{{lua:print(rpm.vercmp("{a}", "{b}"))}}'])
    return sign(int(out))


def vercmp_says(a, b):
    return sign(int(said(["vercmp", a, b])[0]))


def check_all_versions(scratch):
    if has("dpkg"):
        top = scratch / "versions-dpkg"
        write(top / "var/lib/dpkg/status", "".join(f"Package: p{i}\nStatus: install ok installed\nVersion: {v}\n\n" for i, v in enumerate(VERSIONS)))
        check_versions(scratch, "dpkg", top, dpkg_says)
    else:
        skip("versions: as dpkg compares them", "dpkg is not installed")
    top = scratch / "versions-rpm"
    (top / "usr/lib/sysimage/rpm").mkdir(parents=True)
    with_release = [v if "-" in v else v + "-1" for v in VERSIONS]
    rpmdb.write_ndb(top / "usr/lib/sysimage/rpm/Packages.db", [rpmdb.header(f"p{i}", v) for i, v in enumerate(with_release)])
    if has("rpm") and said(["rpm", "--eval", "%{lua:print(rpm.vercmp('1', '1'))}"])[0].strip() == "0":
        pairs = [(a, b) for a in with_release for b in with_release]
        sample = random.Random(3).sample(pairs, 60)
        asked = Asked(scratch, top, [element("package", name=f"p{with_release.index(a)}", than=b) for a, b in sample])
        point("versions: as rpm compares them", [f"{a} is {got[0]} than {b}" for (a, b), got in zip(sample, asked.values()) if got != [rpm_says(a, b)]])
    else:
        skip("versions: as rpm compares them", "rpm is not installed")
    if has("vercmp"):
        local = scratch / "versions-pacman/var/lib/pacman/local"
        plain = [v for v in with_release if "^" not in v and "~" not in v]
        for i, version in enumerate(plain):
            (local / f"p{i}-{version}").mkdir(parents=True)
        sample = random.Random(4).sample([(a, b) for a in plain for b in plain], 60)
        asked = Asked(scratch, scratch / "versions-pacman", [element("package", name=f"p{plain.index(a)}", than=b) for a, b in sample])
        point("versions: as pacman compares them", [f"{a} is {got[0]} than {b}" for (a, b), got in zip(sample, asked.values()) if got != [vercmp_says(a, b)]])
    else:
        skip("versions: as pacman compares them", "vercmp is not installed")


def check_real_rpm(scratch):
    """A package built and installed by rpm itself, into a database of its own."""
    if not has("rpmbuild") or os.environ.get("HAVE_SQLITE") == "no":
        skip("rpm: a database that rpm made", "rpmbuild is not installed, or plimsoll has no SQLite")
        return
    top, build = scratch / "rpm-made", scratch / "rpmbuild"
    spec = write(build / "t.spec", "Name: plimsoll-test\nEpoch: 3\nVersion: 1.2\nRelease: 4\nSummary: t\nLicense: t\nBuildArch: noarch\n%description\nt\n%files\n")
    said(["rpmbuild", "-bb", "--define", f"_topdir {build}", spec], HOME=str(build))
    packages = list(build.rglob("*.rpm"))
    database = top / "var/lib/rpm"
    database.mkdir(parents=True)
    if packages:
        said(["rpm", "--define", "_db_backend sqlite", "--dbpath", database, "-i", "--nodeps", "--justdb", packages[0]], HOME=str(build))
    if (database / "rpmdb.sqlite").exists():
        equal("rpm: a database that rpm made", Asked(scratch, top, [element("package", name="plimsoll-test")]).values(), [["3:1.2-4"]])
    else:
        skip("rpm: a database that rpm made", "rpm made none")


def check_apt_config(scratch):
    if not has("apt-config"):
        skip("apt.conf: as apt-config reads it", "apt-config is not installed")
        return
    top = scratch / "apt-read"
    write(top / "etc/apt/apt.conf.d/10a", 'A::B "1"; A { C "two"; /* no\n */ D { E "3"; }; };\n// F "no";\n# G "no";\nL { "x"; "y"; };\n')
    write(top / "etc/apt/apt.conf.d/20b.conf", 'a::c "changed";\n#clear A::D;\nM::N   bare;\n')
    write(top / "etc/apt/apt.conf.d/30c.dpkg-old", 'A::B "not read";\n')
    write(top / "etc/apt/apt.conf", 'A::B "last";\n')
    config = write(scratch / "apt-root.conf", f'Dir "{top}";\n')
    out, _ = said(["apt-config", "dump"], APT_CONFIG=str(config))
    rows = {name.lower(): value for name, value in re.findall(r'^(\S+) "(.*)";$', out, re.M)}
    names = ["A::B", "A::C", "A::D::E", "M::N", "F", "G"]
    got = {n: v[0] for n, v in zip(names, Asked(scratch, top, [element("apt-config", name=n) for n in names]).values())}
    equal("apt.conf: as apt-config reads it", got, {n: rows.get(n.lower(), "absent") or "absent" for n in names})


# ---- what runs ----

def check_running(scratch):
    program = scratch / "plimsoll-sleeper"
    shutil.copy("/bin/sleep", program)
    program.chmod(0o755)
    children = [subprocess.Popen([program, "60"]), subprocess.Popen(["/bin/sleep", "60"])]
    decoy = subprocess.Popen(["/bin/sh", "-c", "read x", "/usr/sbin/plimsoll-decoyd", "--host=tcp://0.0.0.0"], stdin=subprocess.PIPE)
    try:
        names = [element("process", program="plimsoll-sleeper"), element("process", program=str(program)), element("process", program="plimsoll-decoyd"),
                 element("process", program="plimsoll-sleeper", field="user"), element("process", program="plimsoll-sleeper", field="arguments"),
                 element("process", program="plimsoll-sleeper", field="file"), element("process", program=os.path.basename(os.path.realpath("/bin/sh")), flag="host")]
        values = Asked(scratch, None, names).values()
        equal("process: found by its name, and by its path", values[:2], [[str(program)]] * 2)
        is_true("process: a word in a command line is no program", values[2] in (["absent"], ["denied"]), str(values[2]))
        equal("process: whose it is, and its arguments", values[3:5], [[str(os.geteuid())], [f"{program} 60"]])
        is_true("process: the value of a flag", "tcp://0.0.0.0" in values[6], str(values[6]))
        program.unlink()
        file = Asked(scratch, None, names[5:6]).values()[0]
        shutil.copy("/bin/true", program)
        equal("process: its file was removed, then replaced", [file, Asked(scratch, None, names[5:6]).values()[0]], [["removed"], ["replaced"]])
    finally:
        for child in children + [decoy]:
            child.kill()
            child.wait()


def check_listening(scratch):
    with socket.socket() as loop, socket.socket() as wide, socket.socket(socket.AF_UNIX) as unix, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        loop.bind(("127.0.0.1", 0))
        wide.bind(("0.0.0.0", 0))
        udp.bind(("127.0.0.1", 0))
        unix.bind(str(scratch / "socket"))
        for one in loop, wide, unix:
            one.listen()
        here, there = f"tcp/{loop.getsockname()[1]}", f"tcp/{wide.getsockname()[1]}"
        asked = Asked(scratch, None, [element("listen", port=here, show="scope"), element("listen", port=there, show="scope"),
                                      element("listen", port=f"unix{scratch / 'socket'}", show="scope"), element("listen", port=there, show="program"),
                                      element("listen", port=here, scope="outside"), element("listen", port=f"udp/{udp.getsockname()[1]}", show="scope")])
        values = asked.values()
        own = os.readlink("/proc/self/exe")
        if values[0] == ["absent"]:
            skip("listen: what this test listens on", "it runs in another network namespace than the first process")
            return
        equal("listen: from where a socket can be reached", values[:3], [["loopback"], ["everywhere"], ["path"]])
        equal("listen: whose it is", values[3], [own])
        equal("listen: what is on the loopback address cannot be reached from outside", values[4], ["absent"])
        equal("listen: UDP", values[5], ["loopback"])


def main():
    with Scratch() as scratch:
        scratch = pathlib.Path(scratch)
        scratch.chmod(0o755)
        check_enabled(scratch)
        check_presets(scratch)
        check_merged(scratch)
        check_start(scratch)
        check_state(scratch)
        check_hostile_units(scratch)
        check_many_units(scratch)
        check_hostile_packages(scratch)
        check_hostile_ndb(scratch)
        check_hostile_apt(scratch)
        check_all_versions(scratch)
        check_real_rpm(scratch)
        check_apt_config(scratch)
        check_running(scratch)
        check_listening(scratch)
    done()


main()
