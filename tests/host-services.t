#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Mail servers and consoles, as their own configuration sets them up: one change to a good root turns one verdict."""
import pathlib
import sys

sys.dont_write_bytecode = True
from roots import Changed, Roots  # noqa: E402
from tap import Scratch, done  # noqa: E402

ROOTS = Roots("host")
MAIL, LOGIN = "service.mail-local", "service.no-autologin"
SMTP = "smtp inet n - y - - smtpd\n"


def change(scratch, name, copy_of="hardened"):
    return Changed(ROOTS, pathlib.Path(scratch) / name, copy_of)


def tell(root, rule, cases):
    """{path: text} of each case is there for this case alone."""
    for files, wanted, reason in cases:
        before = {path: root.file(path).read_text(encoding="utf-8") if root.file(path).exists() else None for path in files}
        for path, text in files.items():
            root.write(path, text)
        root.judged(" ".join(f"{path}: {text!r}" for path, text in files.items()), rule, wanted, reason)
        for path, text in before.items():
            root.remove(path)
            if text is not None:
                root.write(path, text)


def postfix(scratch):
    main, master = "etc/postfix/main.cf", "etc/postfix/master.cf"
    root = change(scratch, "postfix")
    tell(root, MAIL, [
        ({main: "inet_interfaces = loopback-only\n"}, "pass", None),
        ({main: "inet_interfaces = localhost, 127.0.0.1 [::1]\n"}, "pass", None),
        ({main: "inet_interfaces = all\n"}, "fail", "main.cf:1|everywhere"),
        ({main: ""}, "fail", "everywhere"),
        ({main: "#inet_interfaces = loopback-only\n"}, "fail", "everywhere"),
        ({main: "inet_interfaces = all\ninet_interfaces = localhost\n"}, "pass", None),
        ({main: "inet_interfaces = localhost\ninet_interfaces = all\n"}, "fail", None),
        ({main: "inet_interfaces = localhost\n# 1\n\n  , 192.0.2.1\n"}, "fail", "192.0.2.1: address"),
        ({main: "inet_interfaces = ${own}\nown = localhost\n"}, "pass", None),
        ({main: "inet_interfaces = $own\nown = 192.0.2.1\n"}, "fail", None),
        ({main: "inet_interfaces = $myhostname\n"}, "unknown", "variable"),
        ({main: "inet_interfaces = $a\na = $a $a\n"}, "unknown", "variable"),
        ({main: "inet_interfaces = localhost $a\n" + "".join(f"{x} = {f'${y} ' * 30}\n" for x, y in zip("abcdefg", "bcdefgh")) + "h =\n"}, "unknown", "variable"),
        ({main: "inet_interfaces = localhost\n" + " 127.0.0.1\n" * 20000}, "pass", None),
        ({main: "inet_interfaces_x = localhost\n"}, "fail", None),
        ({master: SMTP + "0.0.0.0:submission inet n - y - - smtpd\n"}, "fail", "everywhere"),
        ({master: SMTP + "127.0.0.1:10025 inet n - y - - smtpd\n -o a=b\n"}, "pass", None),
        ({main: "inet_interfaces = all\n", master: "127.0.0.1:smtp inet n - y - - smtpd\n"}, "pass", None),
        ({main: "inet_interfaces = all\n", master: "#" + SMTP + "pickup unix n - y 60 1 pickup\n"}, "pass", None),
        ({main: "inet_interfaces = localhost\nmulti_instance_directories = /etc/postfix-b\n"}, "unknown", "instances"),
    ])
    root.write(main, "inet_interfaces = all\n")
    root.link("etc/systemd/system/postfix.service", "/dev/null")
    root.judged("a masked server takes no mail", MAIL, "pass")


def others(scratch):
    root = change(scratch, "others")
    root.remove("usr/sbin/postfix")
    debian, plain, sendmail, smtpd = "etc/exim4/update-exim4.conf.conf", "etc/exim/exim.conf", "etc/mail/sendmail.cf", "etc/smtpd.conf"
    exim = {"usr/sbin/exim4": "#!\n"}
    tell(root, MAIL, [
        ({**exim, debian: "dc_local_interfaces='127.0.0.1 ; ::1'\n"}, "pass", None),
        ({**exim, debian: "dc_local_interfaces=''\n"}, "fail", "everywhere"),
        ({**exim, debian: ""}, "fail", "everywhere"),
        ({**exim, debian: "dc_local_interfaces='127.0.0.1.587 ; 192.0.2.1'\n"}, "fail", "address"),
        ({**exim, debian: "dc_local_interfaces='127.0.0.1.587'\n"}, "pass", None),
        ({**exim, debian: "dc_local_interfaces=\"$X\"\n"}, "unknown", "shell"),
        ({**exim, debian: "dc_local_interfaces='127.0.0.1'\n", "etc/exim4/exim4.conf.localmacros": "MAIN_LOCAL_INTERFACES = 0.0.0.0\n"}, "unknown", "macro"),
        ({**exim, plain: "local_interfaces = 127.0.0.1 : ::::1\n"}, "pass", None),
        ({**exim, plain: "local_interfaces = <; 127.0.0.1 ; ::1\n"}, "pass", None),
        ({**exim, plain: "local_interfaces = <; ::0 ; 0.0.0.0\n"}, "fail", None),
        ({**exim, plain: "primary_hostname = x\n"}, "fail", "everywhere"),
        ({"usr/sbin/sendmail.sendmail": "", sendmail: "O DaemonPortOptions=Port=smtp,Addr=127.0.0.1, Name=MTA\n"}, "pass", None),
        ({"usr/sbin/sendmail.sendmail": "", sendmail: "O DaemonPortOptions=Addr=127.0.0.1\nO DaemonPortOptions=Port=587\n"}, "fail", "everywhere"),
        ({"usr/sbin/sendmail.sendmail": "", sendmail: "# O DaemonPortOptions=Addr=127.0.0.1\n"}, "fail", "everywhere"),
        ({"usr/sbin/smtpd": "", smtpd: "table a file:/etc/aliases\nlisten on localhost\nlisten on socket\n"}, "pass", None),
        ({"usr/sbin/smtpd": "", smtpd: "listen on lo\nlisten on eth0 tls\n"}, "fail", "address"),
        ({"usr/sbin/smtpd": "", smtpd: "listen on $x\n"}, "unknown", None),
        ({"usr/sbin/smtpd": "", smtpd: "include \"x\"\n"}, "unknown", None),
    ])


def consoles(scratch):
    root = change(scratch, "consoles")
    start = "[Service]\nExecStart=\nExecStart="
    auto, unit = start + "-/sbin/agetty --autologin root --noclear %I $TERM\n", "etc/systemd/system/"
    tell(root, LOGIN, [
        ({unit + "getty@tty3.service.d/x.conf": auto}, "fail", "names who is logged in"),
        ({unit + "container-getty@.service": auto}, "fail", None),
        ({unit + "container-getty@1.service": auto}, "fail", None),
        ({unit + "serial-getty@ttyS1.service.d/x.conf": auto}, "fail", None),
        ({unit + "my-console.service": "[Service]\nStandardInput=tty-force\nTTYPath=/dev/tty9\nExecStart=/bin/bash\n"}, "fail", "a shell"),
        ({unit + "breakpoint-pre-basic.service": "[Service]\nStandardInput=tty-force\nExecStart=/bin/bash\n"}, "pass", None),
        ({unit + "my-console.service": "[Service]\nExecStart=/usr/bin/setsid /sbin/agetty -aroot tty9\n"}, "fail", None),
        ({unit + "my-console.service": "[Service]\nExecStart=/sbin/agetty tty9\n"}, "pass", None),
        ({unit + "serial-getty@.service.d/x.conf": start + "-/sbin/mingetty --loginprog=/bin/sh %I\n"}, "fail", "another program"),
    ])
    for base in "alpine", "devuan-5":
        root = change(scratch, base, base)
        tell(root, LOGIN, [
            ({"etc/inittab": f"1:2345:respawn:{command}\n"}, wanted, None) for command, wanted in
            (("/sbin/getty 38400 tty1", "pass"), ("/sbin/getty -a root 38400 tty1", "fail"), ("/sbin/agetty --autologin=root tty1", "fail"), ("/bin/login -f root", "fail"),
             ("/sbin/getty -n -l /bin/sh 38400 tty1", "fail"), ("/bin/busybox getty -l /root/x 9600 tty1", "fail"), ("-/bin/sh", "fail"), ("/etc/init.d/rc 2", "notapplicable"))])
        tell(root, LOGIN, [({"etc/inittab": "tty1::respawn:/sbin/getty 38400 tty1\n#2:2:respawn:/bin/login -f x\n"}, "pass", None),
                           ({"etc/inittab": "", "etc/conf.d/agetty.tty1": "agetty_options=\"--autologin root\"\n"}, "fail", None),
                           ({"etc/inittab": "", "etc/conf.d/agetty": "agetty_options='--noclear'\n"}, "pass", None)])


def hollow(scratch):
    root = change(scratch, "hollow")
    none = "[Service]\nExecStart=\n"
    for rule, unit in (("service.cron", "cron"), ("audit.started", "auditd"), ("mac.started", "apparmor"), ("time.synchronised", "chrony")):
        path = f"etc/systemd/system/{unit}.service.d/x.conf"
        tell(root, rule, [({path: "[Service]\nNice=1\n"}, "pass", None), ({path: none}, "fail", "no ExecStart="), ({path: none + "ExecStart=/bin/true\n"}, "fail", "true"),
                          ({path: "[Service]\nExecStartPre=/bin/false\n"}, "fail", "keeps it"), ({path: "[Service]\nExecStartPre=-/bin/false\n"}, "pass", None)])
    rule = "update.automatic"
    tell(root, rule, [({"etc/systemd/system/apt-daily-upgrade.service.d/x.conf": none + "ExecStart=/bin/true\n"}, "fail", "true")])
    root.link("etc/systemd/system/apt-daily-upgrade.service", "/dev/null")
    root.judged("the service of a timer is masked", rule, "fail", "masked")


def agents(scratch):
    """snmpd takes its words in any case, and what it includes may say anything."""
    conf = "etc/snmp/snmpd.conf"
    tell(change(scratch, "snmp"), "service.snmp-community", (
        ({conf: "rocommunity longandrandom 192.0.2.1\n"}, "pass", None),
        ({conf: "RoCommunity public\n"}, "fail", "public"),
        ({conf: "COM2SEC all default private\n"}, "fail", "private"),
        ({conf: "includeFile other.conf\n"}, "unknown", "what it names is not read"),
        ({conf: "includedir /srv/snmp\nrocommunity public\n"}, "fail", "public")))


def main():
    with Scratch() as scratch:
        agents(scratch)
        hollow(scratch)
        consoles(scratch)
        postfix(scratch)
        others(scratch)
    done()


main()
