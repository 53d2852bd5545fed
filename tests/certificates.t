#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Certificates are read as openssl(1) reads them: when they begin and end, and what is in a file beside them. What is none is never good."""
import datetime
import json
import random
import subprocess

from tap import Scratch, clean_environment, done, equal, has, plimsoll, point, skip, write

NOW = 1795392000   # 2026-11-23
DAY = 24 * 60 * 60
CONFIG = """[ca]
default_ca = x
[x]
dir = {0}
database = {0}/index
serial = {0}/serial
new_certs_dir = {0}
default_md = sha256
unique_subject = no
policy = p
[p]
commonName = supplied
"""


def openssl(*words, data=None):
    run = subprocess.run(["openssl", *map(str, words)], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    return run.returncode, run.stdout


class Authority:
    """Makes certificates of any dates with one key."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        write(folder / "config", CONFIG.format(folder))
        write(folder / "index", "")
        write(folder / "serial", "1000\n")
        self.good = openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", folder / "key",
                            "-out", folder / "request", "-subj", "/CN=plimsoll test\u00e9")[0] == 0

    def make(self, begins, ends):
        """As PEM; None where this openssl cannot."""
        dates = [datetime.datetime.fromtimestamp(t, datetime.timezone.utc).strftime("%Y%m%d%H%M%SZ") for t in (begins, ends)]
        openssl("ca", "-batch", "-config", self.folder / "config", "-selfsign", "-keyfile", self.folder / "key", "-in", self.folder / "request",
                "-startdate", dates[0], "-enddate", dates[1], "-notext", "-utf8", "-out", self.folder / "made")
        try:
            return (self.folder / "made").read_bytes()
        except FileNotFoundError:
            return None


def judge(root, pem, rule="docker.tls-validity"):
    """The result, the reason and the items."""
    write(root / "usr/lib/systemd/system/docker.service", "[Service]\nExecStart=/usr/bin/dockerd --tlscert=/c.pem\n")
    write(root / "usr/bin/dockerd", "", 0o755)
    write(root / "c.pem", pem)
    run = plimsoll("audit", "-b", "docker", "-p", "paranoid", "-s", "host", "-r", rule, "-f", "json", "--root", root,
                   env=clean_environment(SOURCE_DATE_EPOCH=str(NOW)), timeout=20)
    result = json.loads(run.text)["subjects"][0]["results"][0]
    return result["result"], result["reason"] or "", [e for e in result["evidence"] if e["state"] == "present"]


def wanted(begins, ends):
    soon = min((ends - begins) // 10, 14 * DAY)
    return ("not-yet-valid" if NOW < begins else "expired" if NOW > ends else "expires-soon" if ends - NOW < soon else "valid")


def dates(root, authority):
    """Beside the edges, which nobody hits by chance, those that come by chance; the days as openssl tells them."""
    chance, wrong = random.Random(7), []
    cases = [(NOW - 365 * DAY, NOW + 14 * DAY), (NOW - 365 * DAY, NOW + 14 * DAY - 1), (NOW - 1, NOW), (NOW - DAY, NOW - 1), (NOW, NOW + DAY),
             (NOW + 1, NOW + DAY), (NOW - 9 * DAY, NOW + DAY), (NOW - 9 * DAY, NOW + DAY - 1), (-2000 * DAY, 40000 * DAY)]
    cases += [sorted(chance.sample(range(NOW - 900 * DAY, NOW + 900 * DAY), 2)) for _ in range(10)]
    for begins, ends in cases:
        pem = authority.make(begins, ends)
        result, reason, items = judge(root, pem)
        said = openssl("x509", "-noout", "-dates", "-dateopt", "iso_8601", data=pem)[1].decode()
        days = [line.partition("=")[2][:10] for line in said.splitlines()]
        good = wanted(begins, ends)
        if (result == "pass") != (good == "valid") or [e["value"] for e in items] != [good]:
            wrong.append(f"{begins} to {ends}: {result} {items}, wanted {good} ({reason})")
        elif len(days) == 2 and f"good from {days[0]} to {days[1]}" not in items[0]["name"]:
            wrong.append(f"{items[0]['name']}, openssl says {days}")
    point("the dates are those that openssl shows, and what they come to", wrong)


def files(root, authority):
    good, old = authority.make(NOW - 100 * DAY, NOW + 900 * DAY), authority.make(NOW - 900 * DAY, NOW - 100 * DAY)
    key = (authority.folder / "key").read_bytes()
    for name, pem, result, values in (
            ("a key in front of it", key + good, "pass", ["valid"]), ("text and a key behind it", b"Subject: x\n\n" + good + b"\n" + key, "pass", ["valid"]),
            ("one of several has expired", good + old + good, "fail", ["valid", "expired", "valid"]),
            ("lines end as on Windows", good.replace(b"\n", b"\r\n"), "pass", ["valid"]),
            ("a thousand of them", good * 1000, "pass", ["valid"] * 1000)):
        got = judge(root, pem)
        equal(name, (got[0], [e["value"] for e in got[2]]), (result, values))


def hostile(root, authority):
    good = authority.make(NOW - 100 * DAY, NOW + 900 * DAY)
    lines = good.splitlines(keepends=True)
    chance = random.Random(8)
    for name, pem in (("an empty file", b""), ("a key alone", (authority.folder / "key").read_bytes()), ("no PEM", b"\x30\x82\x01\x00" * 100),
                      ("the end is missing", b"".join(lines[:-1])), ("the half of one", b"".join(lines[:4])), ("nothing in it", lines[0] + lines[-1]),
                      ("one that is cut off behind a good one", good + b"".join(lines[:4])),
                      ("an encrypted one", lines[0] + b"Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n" + b"".join(lines[1:])),
                      ("other letters", b"".join([lines[0], *[bytes(reversed(l.strip())) + b"\n" for l in lines[1:-1]], lines[-1]]))):
        result, reason, _ = judge(root, pem)
        point(f"{name} is an error", [] if result == "error" and "/c.pem" in reason else [f"{result}: {reason}"])
    result, reason, _ = judge(root, good + b"x" * (2 << 20))
    point("a file of two megabytes is unknown", [] if result == "unknown" else [f"{result}: {reason}"])
    wrong = []
    for _ in range(60):   # never more than is there, and never a crash
        bad = bytearray(good)
        for _ in range(chance.randrange(1, 6)):
            bad[chance.randrange(28, len(bad) - 27)] = chance.choice(b"ABCDEFGHIJKLMNOPabcdefghijklmnop0123456789+/")
        result, reason, _ = judge(root, bytes(bad))
        if result not in ("pass", "fail", "error"):
            wrong.append(f"{bytes(bad)}: {result} {reason}")
    point("damaged ones are read, or refused", wrong)


def servers(scratch, good, bad):
    """Those that a server's configuration names, and no others."""
    rule = "service.certificates-valid"
    files = {"good.pem": good, "bad.pem": bad, "etc/nginx/rel.pem": bad}
    nginx, site = "usr/sbin/nginx", "etc/nginx/sites-enabled/x"
    for n, (name, program, path, text, wanted) in enumerate((
            ("none", nginx, site, "server {}\n", "notapplicable"), ("one", nginx, site, "\tssl_certificate /good.pem;\n", "pass"), ("one that is over", nginx, site, "  ssl_certificate /bad.pem;\n", "fail"),
            ("in quotes", nginx, site, 'ssl_certificate "/bad.pem";\n', "fail"), ("a second one", nginx, site, "ssl_certificate /good.pem;\nssl_certificate /bad.pem;\n", "fail"),
            ("a relative one", nginx, site, "ssl_certificate rel.pem;\n", "fail"), ("in a comment", nginx, site, "# ssl_certificate /bad.pem;\n", "notapplicable"),
            ("the key of one", nginx, site, "ssl_certificate_key /bad.pem;\n", "notapplicable"), ("by a variable", nginx, site, "ssl_certificate /$ssl_server_name.pem;\n", "unknown"),
            ("one that is not there", nginx, site, "ssl_certificate /none.pem;\n", "notapplicable"), ("one that is none", nginx, site, "ssl_certificate /etc/nginx/sites-enabled/x;\n", "error"),
            ("of a server that is gone", "usr/bin/other", site, "ssl_certificate /bad.pem;\n", "notapplicable"),
            ("Apache's", "usr/sbin/apache2", "etc/apache2/sites-enabled/x.conf", "  sslcertificatefile   /bad.pem\n", "fail"),
            ("Postfix's", "usr/sbin/postfix", "etc/postfix/main.cf", "smtpd_tls_cert_file=/bad.pem\n", "fail"), ("Postfix's, none", "usr/sbin/postfix", "etc/postfix/main.cf", "smtpd_tls_cert_file = none\n", "notapplicable"),
            ("Dovecot's", "usr/sbin/dovecot", "etc/dovecot/conf.d/10-ssl.conf", "ssl_cert = </bad.pem\n", "fail"),
            ("PostgreSQL's", "usr/bin/psql", "etc/postgresql/15/main/postgresql.conf", "ssl_cert_file = '/bad.pem'  # x\n", "fail"))):
        root = scratch / "servers" / str(n)
        for where, data in {program: "", path: text, "etc/os-release": "ID=debian\n"}.items():
            write(root / where, data)
        for where, data in files.items():
            (root / where).parent.mkdir(parents=True, exist_ok=True)
            (root / where).write_bytes(data)
        run = plimsoll("audit", "-b", "host", "-p", "paranoid", "-s", "host", "-r", rule, "-f", "json", "--root", root, env=dict(clean_environment(), SOURCE_DATE_EPOCH=str(NOW)))
        result = json.loads(run.text)["subjects"][0]["results"][0]
        equal(f"servers, {name}", result["result"], wanted)


def main():
    with Scratch() as scratch:
        authority = Authority(scratch / "authority") if has("openssl") else None
        if not authority or not authority.good or not authority.make(NOW - DAY, NOW + DAY):
            skip("certificates", "openssl is not installed, or cannot make them")
        elif judge(scratch / "probe", authority.make(NOW - DAY, NOW + 900 * DAY))[0] == "unknown":
            skip("certificates", "built without libcrypto")
        else:
            for part in dates, files, hostile:
                part(scratch / part.__name__, authority)
            servers(scratch, authority.make(NOW - DAY, NOW + 900 * DAY), authority.make(NOW - 900 * DAY, NOW - DAY))
    done()


main()
