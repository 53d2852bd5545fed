#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fixes of security that wait: what apt's lists offer, compared with what dpkg has, by their dates; and the same as dpkg and apt say of this machine."""
import gzip
import json
import pathlib
import subprocess

from roots import NOW
from tap import Scratch, done, equal, plimsoll, point, skip, write

LISTS = "var/lib/apt/lists/"
SUITE = LISTS + "deb.debian.org_debian-security_dists_bookworm-security_"
PACKAGES = SUITE + "main_binary-amd64_Packages"
FRESH, OLD = "Sat, 21 Nov 2026 08:12:33 UTC", "Mon, 02 Nov 2026 08:12:33 UTC"
RULE = "update.security-installed"


def status(*packages, mark="install ok installed"):
    return "".join(f"Package: {name}\nStatus: {mark}\nArchitecture: amd64\nVersion: {version}\n\n" for name, version in packages)


def offers(*packages):
    return "".join(f"Package: {name}\nSource: x\nVersion: {version}\nInstalled-Size: 1\nDescription: d\n Version: 99\n\n" for name, version in packages)


def release(date):
    return f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nOrigin: Debian\nSuite: stable-security\nDate: {date}\nAcquire-By-Hash: yes\n"


def judge(root):
    run = plimsoll("audit", "-b", "host", "-p", "paranoid", "-s", "host", "-r", RULE, "-f", "json", "--root", root, env={"SOURCE_DATE_EPOCH": NOW})
    try:
        return json.loads(run.text)["subjects"][0]["results"][0]
    except (ValueError, LookupError):
        return {"result": repr(run), "reason": None, "evidence": []}


class Cases:
    def __init__(self, scratch):
        self.scratch, self.n = scratch, 0

    def expect(self, name, files, wanted, *parts):
        self.n += 1
        root = self.scratch / str(self.n)
        write(root / "etc/os-release", "ID=debian\n")
        for path, text in files.items():
            if isinstance(text, bytes):
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_bytes(text)
            else:
                write(root / path, text)
        result = judge(root)
        wrong = [] if result["result"] == wanted else [f"{result['result']}, wanted {wanted}: {result.get('reason')}"]
        said = json.dumps(result)
        wrong += [f"it does not say {part!r}: {result.get('reason')}" for part in parts if part not in said]
        point(f"{name}: {wanted}", wrong)


def small(cases):
    ssl = {"var/lib/dpkg/status": status(("libc6", "2.36-9"), ("openssl", "3.0.14-1~deb12u1"), ("zsh", "5.9-4"))}
    fresh = {**ssl, SUITE + "InRelease": release(FRESH)}
    good, bad = offers(("openssl", "3.0.14-1~deb12u1"), ("nginx", "1.22.1-9")), offers(("openssl", "3.0.15-1~deb12u1"), ("nginx", "1.22.1-9"))
    cases.expect("nothing newer", {**fresh, PACKAGES: good}, "pass")
    cases.expect("a newer one", {**fresh, PACKAGES: bad}, "fail", "openssl", "3.0.15-1~deb12u1")
    cases.expect("a newer one at the end, without an empty line", {**fresh, PACKAGES: good + bad.split("\n\n")[0]}, "fail", "openssl")
    cases.expect("an older one", {**fresh, PACKAGES: offers(("openssl", "3.0.13-1"))}, "pass")
    cases.expect("a tilde", {**fresh, PACKAGES: offers(("openssl", "3.0.14-1~deb12u2"))}, "fail")
    cases.expect("an epoch", {**fresh, PACKAGES: offers(("zsh", "1:1.0"))}, "fail")
    cases.expect("one that is not installed", {**fresh, PACKAGES: offers(("apache2", "9"))}, "pass")
    cases.expect("one that was removed", {**fresh, "var/lib/dpkg/status": status(("libc6", "2")) + status(("openssl", "1"), mark="deinstall ok config-files"), PACKAGES: bad}, "pass")
    cases.expect("one that is held", {**fresh, "var/lib/dpkg/status": status(("openssl", "1"), mark="hold ok installed"), PACKAGES: bad}, "fail", "it is held")
    cases.expect("lists that are old", {**ssl, SUITE + "InRelease": release(OLD), PACKAGES: good}, "unknown", "2026-11-02")
    cases.expect("lists that are old, and a newer one", {**ssl, SUITE + "InRelease": release(OLD), PACKAGES: bad}, "fail", "openssl")
    cases.expect("one list of two that is old", {**fresh, PACKAGES: good, LISTS + "a_dists_x-security_InRelease": release(OLD), LISTS + "a_dists_x-security_main_binary-amd64_Packages": good}, "unknown")
    cases.expect("a Release beside it", {**ssl, SUITE + "Release": release(FRESH), PACKAGES: good}, "pass")
    cases.expect("no date", {**ssl, SUITE + "InRelease": "Origin: x\n", PACKAGES: good}, "error")
    cases.expect("a date in another notation", {**ssl, SUITE + "InRelease": release("2026-11-21"), PACKAGES: good}, "error")
    cases.expect("nothing that tells the date", {**ssl, PACKAGES: good}, "unknown")
    cases.expect("no lists", ssl, "unknown", "/var/lib/apt/lists")
    cases.expect("lists of other suites", {**ssl, LISTS + "deb.debian.org_debian_dists_bookworm_InRelease": release(FRESH),
                                           LISTS + "deb.debian.org_debian_dists_bookworm_main_binary-amd64_Packages": bad}, "unknown")
    cases.expect("a fix of another suite", {**fresh, PACKAGES: good, LISTS + "deb.debian.org_debian_dists_bookworm-backports_main_binary-amd64_Packages": bad}, "pass")
    cases.expect("gzip", {**fresh, PACKAGES + ".gz": gzip.compress(bad.encode())}, "fail", "openssl")
    cases.expect("gzip, nothing newer", {**fresh, PACKAGES + ".gz": gzip.compress(good.encode())}, "pass")
    cases.expect("gzip, cut", {**fresh, PACKAGES + ".gz": gzip.compress(good.encode())[:-12]}, "unknown")
    cases.expect("lz4", {**fresh, PACKAGES + ".lz4": b"\x04\x22\x4d\x18"}, "unknown", "compression is not supported")
    cases.expect("no dpkg", {"lib/apk/db/installed": "P:musl\nV:1\n\n", PACKAGES: bad}, "notapplicable")
    cases.expect("a record that is no text", {**fresh, "var/lib/dpkg/status": "nonsense\n", PACKAGES: bad}, "unknown")
    many = [(f"p{i:04}", "1") for i in range(60)]
    cases.expect("sixty of them", {**fresh, "var/lib/dpkg/status": status(*many), PACKAGES: offers(*((name, "2") for name, _ in many))}, "fail", "20 more")


def this_machine(scratch):
    """The lists of this machine as apt unpacks them, and versions as dpkg compares them."""
    name = "what apt's own lists offer for what is installed here"
    helper, folder = pathlib.Path("/usr/lib/apt/apt-helper"), pathlib.Path("/") / LISTS
    lists = sorted(folder.glob("*security*_Packages*")) if helper.exists() and folder.is_dir() else []
    if not lists:
        skip(name, "no lists of apt here")
        return
    root, offered = scratch / "machine", {}
    write(root / "etc/os-release", "ID=debian\n")
    write(root / "var/lib/dpkg/status", pathlib.Path("/var/lib/dpkg/status").read_text(encoding="utf-8"))
    for path in lists:
        text = subprocess.run([helper, "cat-file", path], capture_output=True, text=True, check=True).stdout
        write(root / LISTS / (path.name.split("_Packages")[0] + "_Packages"), text)
        for paragraph in text.split("\n\n"):
            fields = dict(line.split(": ", 1) for line in paragraph.split("\n") if ": " in line and not line.startswith(" "))
            if "Package" in fields:
                offered.setdefault(fields["Package"], set()).add(fields["Version"])
    for path in folder.glob("*security*InRelease"):
        write(root / LISTS / path.name, path.read_text(encoding="utf-8"))
    show = subprocess.run(["dpkg-query", "-W", "-f", "${Package}\\t${Version}\\t${db:Status-Status}\\n"], capture_output=True, text=True, check=True).stdout
    installed = [line.split("\t") for line in show.splitlines()]
    wanted = {package for package, version, state in installed if state == "installed" and any(
        subprocess.run(["dpkg", "--compare-versions", other, "gt", version], check=False).returncode == 0 for other in offered.get(package, ()))}
    got = {e["name"] for e in judge(root)["evidence"] if e["state"] == "present"} - {"more"}
    equal(name, sorted(got), sorted(wanted)[:40])


def main():
    with Scratch() as scratch:
        small(Cases(scratch))
        this_machine(scratch)
    done()


main()
