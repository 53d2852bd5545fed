#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Modules, kernel parameters and the boot: one change to a root at a time, and what it does to the verdict.

Also that libkmod reads modprobe.d as plimsoll does, and that following the fixes of the rules makes them pass.
"""
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
from fixes import hindrance, run_scripts, scripts  # noqa: E402
from roots import Changed, Report, Roots, execute  # noqa: E402
import tap  # noqa: E402
from tap import Scratch, done, point, skip, write  # noqa: E402

ROOTS = Roots("host")
OURS = ("fs.", "module.", "boot.", "process.", "net.")


def change(scratch, name, copy_of="hardened"):
    return Changed(ROOTS, pathlib.Path(scratch) / name, copy_of)


# ---- modules ----

def modules(scratch):
    rule = "module.udf"
    root = change(scratch, "modules")
    conf = "etc/modprobe.d/hardening.conf"
    both = "install udf /bin/false\nblacklist udf\n"
    root.judged("an install line and a blacklist line", rule, "pass")
    for what, lines, word in (("only blacklisted", "blacklist udf\n", "blacklisted"), ("no line at all", "", "loadable"),
                              ("an install line that loads it all the same", "install udf /sbin/modprobe --ignore-install udf\n", "command"),
                              ("the first of two install lines holds", "install udf /sbin/insmod udf.ko\ninstall udf /bin/false\n", "command")):
        root.replace(conf, both, lines + "# end\n")
        root.judged(what, rule, "fail", word)
        root.replace(conf, lines + "# end\n", both)
    root.write("proc/modules", "udf 118784 0 - Live 0x0\n")
    root.judged("switched off, but loaded", rule, "fail", "loaded")
    root.write("proc/modules", "udf2 118784 0 - Live 0x0\ncrc_itu_t 16384 1 udf, Live 0x0\n")
    root.judged("loaded is only what is named so", rule, "pass")
    root.link("proc/modules", "errno:EACCES")
    root.judged("the list of loaded modules cannot be read", rule, "unknown")


def more_modules(scratch):
    rule = "module.udf"
    root = change(scratch, "more-modules")
    root.remove("etc/modprobe.d/hardening.conf")
    root.write("proc/cmdline", "quiet module_blacklist=sctp,udf\n")
    root.judged("refused by the kernel itself", rule, "pass")
    root.write("proc/cmdline", "quiet modprobe.blacklist=udf\n")
    root.judged("blacklisted on the command line", rule, "fail", "blacklisted")
    root.write("proc/cmdline", "quiet\n")
    dep, builtin = f"lib/modules/6.1.0-28-amd64/{'modules.dep'}", "lib/modules/6.1.0-28-amd64/modules.builtin"
    kept = root.file(dep).read_text(encoding="utf-8")
    root.write(dep, "".join(line + "\n" for line in kept.splitlines() if "/udf.ko" not in line))
    root.judged("a kernel without it", rule, "pass")
    root.write(builtin, "kernel/fs/udf/udf.ko\n")
    root.judged("built in", rule, "notapplicable", "built into the kernel")
    root.link(builtin, "errno:EIO")
    root.judged("a list that cannot be read", rule, "unknown", "modules.builtin: Input/output error")
    shutil.rmtree(root.file("lib/modules"))
    root.judged("no kernel in the root", rule, "unknown", "the root holds no modules of a kernel")
    root.write("etc/modprobe.d/x.conf", "install udf /bin/true\n")
    root.judged("no kernel in the root, but off for any", rule, "pass")
    root = change(scratch, "busybox", "alpine")
    root.write("etc/modprobe.d/off.conf", "install tipc /bin/false\n")
    root.judged("BusyBox knows no install lines", "module.tipc", "fail", "loadable")
    root.write("etc/modprobe.d/off.conf", "blacklist tipc\n")
    root.judged("BusyBox knows blacklist lines", "module.tipc", "pass")
    root = change(scratch, "aliases", "ubuntu-24.04")
    root.judged("an alias that is off leads nowhere", "module.rds", "pass")
    root.write("etc/modprobe.d/again.conf", "alias my-protocol rds\n")
    root.judged("another one leads there again", "module.rds", "fail", "loadable")


def random_conf(chance):
    names = [f"m{i}" for i in range(4)] + ["m-4", "m_4", "m*", "m[12]"]
    commands = ["/bin/false", "/bin/true", "/sbin/modprobe m0", "/bin/true && /bin/false", "/usr/bin/false # x", "/bin/\\\nfalse"]
    lines = []
    for _ in range(chance.randrange(12)):
        space = chance.choice([" ", "\t", "  ", " \\\n "])
        lines.append(chance.choice([f"install{space}{chance.choice(names)}{space}{chance.choice(commands)}", f"blacklist{space}{chance.choice(names[:6])}",
                                    f"  blacklist {chance.choice(names[:6])} ", "# install m0 /bin/false", "", "install m1", "blacklist", "options m0 a=b",
                                    "#\\", "blacklist m3 m2", f"alias x {chance.choice(names[:6])}", "softdep m0 pre: m1", "nonsense m0"]))
    return "\n".join(lines) + chance.choice(["", "\n"])


def libkmod_says(folder, name):
    """By `modprobe --showconfig`: the word of the check for a module that has a file and no alias of its own."""
    shown = subprocess.run(["modprobe", "-C", folder, "--showconfig"], capture_output=True, check=False).stdout.decode("utf-8", "replace").splitlines()
    black, install, alias = False, None, False
    for line in shown:
        word, module, *rest = line.split(None, 2) + [""] * 2
        if word == "install" and install is None and fnmatches(module, name):
            install = rest[0]
        black = black or (word == "blacklist" and module == name)
        alias = alias or (word == "alias" and rest[0] == name)
    if install is not None and re.fullmatch(r"(/\S+/)?(true|false)\s*(#.*)?", install):
        return "disabled"
    return "blacklisted" if black else "command" if install is not None else "loadable" if alias else "by-name"


def fnmatches(pattern, name):
    return re.fullmatch(pattern.replace("*", ".*"), name) is not None


def agrees_with_libkmod(scratch):
    name = "100 random files of modprobe.d are read as libkmod reads them"
    if not tap.has("modprobe") or "kmod" not in execute(["modprobe", "--version"]).stdout:
        skip(name, "modprobe of kmod is not installed")
        return
    names = [f"m{i}" for i in range(4)] + ["m_4"]
    rules = "".join(f'<Rule id="xccdf_t_rule_{n}" selected="true"><title>{n}</title><check system="urn:plimsoll:check:1"><check-content>'
                    f'<module xmlns="urn:plimsoll:check:1" names="{n}" is="seen" absent="fail"/></check-content></check></Rule>' for n in names)
    benchmark = write(scratch / "modules.xml", f'<Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2" id="xccdf_t_benchmark_b"><status>draft</status>'
                      f"<title>t</title><version>1</version>{rules}</Benchmark>")
    write(scratch / "kmod/lib/modules/1/modules.dep", "".join(f"kernel/{n}.ko:\n" for n in names))
    chance, wrong = random.Random(4), []
    for _ in range(100):
        text = random_conf(chance)
        conf = write(scratch / "kmod/etc/modprobe.d/a.conf", text)
        report = Report(execute([tap.PLIMSOLL, "audit", "-f", "json", "-s", "host", "-b", benchmark, "--root", scratch / "kmod"]))
        for n in names:
            wanted, got = libkmod_says(conf.parent, n), str(report.reasons.get(n)).split(",")[0].split(" ")[0]
            if got != wanted and not (got.startswith("/") and re.search(rf"install {n}$", text, re.M)):
                wrong.append(f"{n}: {got}, libkmod: {wanted}, in {text!r}")
    point(name, wrong)


# ---- kernel parameters ----

def parameters(scratch):
    conf = "etc/sysctl.d/99-zz-hardening.conf"
    rule = "net.syncookies"
    root = change(scratch, "sysctl")
    root.write("proc/sys/net/ipv4/tcp_syncookies", "0\n")
    root.judged("right at the next boot, but not now", rule, "fail", "now: 0")
    root.judged("which is no finding more, as it has a rule of its own", "process.sysctl-settled", "pass")
    root.write("etc/sysctl.d/99-zzz.conf", "vm.swappiness=10\nnet/ipv4/tcp_syncookies=0\n")
    root.write("proc/sys/vm/swappiness", "60\n")
    root.judged("one without a rule of its own is", "process.sysctl-settled", "fail", "^vm.swappiness: 60 now, but 10 after the next boot")
    root.write("proc/sys/net/ipv4/tcp_syncookies", "1\n")
    root.write("etc/sysctl.d/99-zzz.conf", "net.ipv4.tcp_syncookies=0\n")
    root.judged("right now, but not at the next boot", rule, "fail", "next boot: 0")
    root.remove("etc/sysctl.d/99-zzz.conf")
    root.write("etc/ufw/ufw.conf", "ENABLED=yes\n")
    root.write("etc/default/ufw", "IPT_SYSCTL=/etc/ufw/sysctl.conf\n")
    root.write("etc/ufw/sysctl.conf", "net/ipv4/tcp_syncookies=0\n")
    root.judged("ufw sets it back", rule, "fail", "next boot: 0")
    root.write("etc/ufw/ufw.conf", "ENABLED=no\n")
    root.judged("ufw is off", rule, "pass")
    root.replace(conf, "net.ipv4.tcp_syncookies = 1\n", "")
    root.judged("no file sets it: the kernel's own default counts", rule, "pass")
    root.remove("proc/sys/net/ipv4/tcp_syncookies")
    root.judged("the kernel has no such parameter", rule, "notapplicable")
    root.replace(conf, "kernel.kptr_restrict = 2\n", "")
    root.judged("set by hand only", "process.kptr-restrict", "fail", "next boot: 0")
    root.remove("etc/sysctl.d/99-sysctl.conf")
    root.write("etc/sysctl.conf", "kernel.kptr_restrict = 1\n")
    root.judged("set in a file that systemd does not read", "process.kptr-restrict", "fail", "sysctl.conf:1 sets it to 1, but systemd does not read")
    root.link("proc/sys/kernel/dmesg_restrict", "errno:EACCES")
    root.judged("a value that cannot be read", "process.dmesg-restrict", "unknown")
    root.write("proc/sys/net/ipv4/conf/eth0/send_redirects", "1\n")
    root.judged("one interface is enough", "net.send-redirects", "fail", "eth0/send_redirects: 1")
    root.write("proc/sys/net/ipv4/conf/eth0/send_redirects", "0\n")
    root.write("etc/sysctl.d/99-zz-one.conf", "net.ipv4.conf.eth0.send_redirects = 1\n")
    root.judged("... also at the next boot", "net.send-redirects", "fail", "eth0/send_redirects at the next boot: 1")
    root.write("etc/sysctl.d/99-zz-one.conf", "net.ipv4.conf.eth0.send_redirects = 0\n")
    root.judged("... and harmless where a file sets it well", "net.send-redirects", "pass")
    root.write("etc/sysctl.d/99-zz-one.conf", "net.ipv4.conf.all.rp_filter = 0\nnet.ipv4.conf.eth0.rp_filter = 0\n")
    root.judged("neither all nor this interface looks at senders", "net.rp-filter", "fail")
    for what, lines, wanted in [
            ("a glob sets interfaces", "net.ipv4.conf.eth*.send_redirects = 1\n", "fail"),
            ("... by folders, too", "net/*/conf/e[tx]h?/send_redirects = 1\n", "fail"),
            ("... of another parameter", "net.ipv4.conf.*.send_redirect = 1\n", "pass"),
            ("... until another one sets all", "net.ipv4.conf.eth*.send_redirects = 1\nnet.ipv4.conf.*.send_redirects = 0\n", "pass"),
            ("... or the glob is taken out", "net.ipv4.conf.eth*.send_redirects = 1\n-net.ipv4.conf.eth*.send_redirects\n", "pass"),
            ("... but not where a single one is", "net.ipv4.conf.eth*.send_redirects = 1\n-net.ipv4.conf.eth0.send_redirects\n", "fail")]:
        root.write("etc/sysctl.d/99-zz-one.conf", lines)
        root.judged(what, "net.send-redirects", wanted)
    root.write("proc/sys/net/ipv4/conf/all/forwarding", "0\n")
    for what, rule, line in (("forwards", "net.ip-forward", "net.ipv4.conf.eth0.forwarding = 1"), ("answers for others", "net.proxy-arp", "net.ipv4.conf.eth0.proxy_arp = 1"),
                             ("takes its own address", "net.accept-local", "net.ipv4.conf.e*.accept_local = 1"), ("is configured by routers", "net.accept-ra", "net.ipv6.conf.eth0.accept_ra = 2"),
                             ("has loopback addresses", "net.route-localnet", "net.ipv4.conf.*.route_localnet = 1")):
        root.write("etc/sysctl.d/99-zz-one.conf", "")
        root.judged(f"no interface {what}", rule, "pass")
        root.write("etc/sysctl.d/99-zz-one.conf", line + "\n")
        root.judged(f"an interface {what}", rule, "fail")
    root.write("proc/sys/net/ipv4/conf/eth0/mc_forwarding", "0\n")
    root.write("etc/sysctl.d/99-zz-one.conf", "net.ipv4.conf.*.mc_forwarding = 1\n")
    root.judged("what a glob sets has another value now", "process.sysctl-settled", "fail", "net.ipv4.conf.eth0.mc_forwarding: 0 now, but 1 after")
    root.write("etc/sysctl.d/99-zz-one.conf", "net.ipv4.conf.*.mc_forwarding = 1\n-net.ipv4.conf.eth0.mc_forwarding\n")
    root.judged("... unless it is taken out", "process.sysctl-settled", "pass")


def ipv6_off(scratch):
    root = change(scratch, "ipv6")
    conf = "etc/sysctl.d/99-zz-hardening.conf"
    for name in "all", "default":
        root.replace(conf, f"net.ipv6.conf.{name}.accept_ra = 0", f"net.ipv6.conf.{name}.accept_ra = 1")
    root.judged("IPv6 is on", "net.accept-ra", "fail")
    root.write("proc/sys/net/ipv6/conf/all/disable_ipv6", "1\n")
    root.judged("IPv6 is off now, but not at the next boot", "net.accept-ra", "fail")
    root.replace(conf, "net.ipv4.ip_forward = 0", "net.ipv4.ip_forward = 0\nnet.ipv6.conf.all.disable_ipv6 = 1")
    for rule in "net.accept-ra", "net.ip6-forward", "net.accept-redirects6", "net.source-route6":
        root.judged(f"{rule}: IPv6 is off", rule, "notapplicable", "disable_ipv6=1")
    root.remove("proc/sys/net/ipv6/conf/all/disable_ipv6")
    shutil.rmtree(root.file("proc/sys/net/ipv6"))
    root.judged("the kernel was started without IPv6", "net.accept-ra", "notapplicable", "no such parameter")


# ---- boot ----

HASH = "grub.pbkdf2.sha512.10000.AB.CD"


def boot_loaders(scratch):
    rule, cfg = "boot.loader-password", "boot/grub/grub.cfg"
    root = change(scratch, "loaders")
    for what, lines, wanted, word in (
            ("a hash", f'set superusers="root"\npassword_pbkdf2 root {HASH}\n', "pass", None),
            ("one of several superusers", f"set superusers='admin, root'\npassword_pbkdf2 root {HASH}\n", "pass", None),
            ("a hash of somebody else", f'set superusers="admin"\npassword_pbkdf2 root {HASH}\n', "fail", "open"),
            ("a hash, but no superusers", f"password_pbkdf2 root {HASH}\n", "fail", "open"),
            ("superusers without a password", 'set superusers="root"\n', "fail", "open"),
            ("nobody is superuser", f'set superusers=""\npassword_pbkdf2 root {HASH}\n', "fail", "open"),
            ("in the clear", 'set superusers="root"\npassword root secret\n', "fail", "plain-password"),
            ("a hash that is none", 'set superusers="root"\npassword_pbkdf2 root secret\n', "fail", "open"),
            ("a hash in a file that is not there", 'set superusers="root"\npassword_pbkdf2 root ${GRUB2_PASSWORD}\n', "fail", "open"),
            ("commented out", f'# set superusers="root"\n# password_pbkdf2 root {HASH}\n', "fail", "open")):
        root.write(cfg, "menuentry 'x' {\n}\n" + lines)
        root.judged("GRUB: " + what, rule, wanted, word)
    root.write(cfg, "menuentry 'x' {\n}\nsource $prefix/custom.cfg\n")
    root.write("boot/grub/custom.cfg", f'set superusers="root"\npassword_pbkdf2 root {HASH}\n')
    root.judged("GRUB: in custom.cfg", rule, "pass")
    root.write(cfg, 'menuentry x {\n}\nset superusers="root"\npassword_pbkdf2 root ${GRUB2_PASSWORD}\n')
    root.write("boot/grub/user.cfg", f"GRUB2_PASSWORD={HASH}\n")
    root.judged("GRUB: in user.cfg", rule, "pass")
    root.link("boot/grub/user.cfg", "errno:EACCES")
    root.judged("GRUB: in a user.cfg that cannot be read", rule, "unknown", "/boot/grub/user.cfg: Permission denied")
    shutil.rmtree(root.file("boot/grub"))
    shutil.rmtree(root.file("boot/efi"))
    root.judged("no boot loader", rule, "notapplicable")
    for what, path, text, wanted in (
            ("systemd-boot", "boot/efi/loader/loader.conf", "timeout 3\n", "fail"), ("systemd-boot, no editor", "boot/efi/loader/loader.conf", "editor  no\n", "pass"),
            ("EXTLINUX", "boot/extlinux.conf", "DEFAULT menu.c32\n", "fail"), ("EXTLINUX, a hash", "boot/extlinux.conf", "menu Master passwd $6$a$b\n", "pass"),
            ("EXTLINUX, in the clear", "boot/extlinux.conf", "MENU MASTER PASSWD secret\n", "fail"),
            ("EXTLINUX, no options", "boot/extlinux.conf", "ALLOWOPTIONS 0\n", "pass")):
        root.write(path, text)
        root.judged(what, rule, wanted)
        root.remove(path)


def maintenance_shells(scratch):
    rule, drop_in = "boot.single-user-password", "etc/systemd/system/emergency.service.d/x.conf"
    root = change(scratch, "shells")
    for what, text, wanted in (("another program", "[Service]\nExecStart=\nExecStart=/bin/bash\n", "fail"), ("sulogin --force", "[Service]\nExecStart=\nExecStart=/sbin/sulogin --force\n", "fail"),
                               ("an older way to call it", '[Service]\nExecStart=\nExecStart=-/bin/sh -c "/sbin/sulogin; /bin/systemctl default"\n', "pass"),
                               ("forced", "[Service]\nEnvironment=SYSTEMD_SULOGIN_FORCE=yes\n", "fail"), ("not forced", "[Service]\nEnvironment=SYSTEMD_SULOGIN_FORCE=0\n", "pass"),
                               ("nothing is left to start", "[Service]\nExecStart=\n", "error")):
        root.write(drop_in, text)
        root.judged("emergency.service: " + what, rule, wanted)
    root.remove(drop_in)
    root.write("proc/cmdline", "quiet SYSTEMD_SULOGIN_FORCE=1\n")
    root.judged("forced on the command line", rule, "fail")
    root.write("proc/cmdline", "quiet systemd.debug_shell\n")
    root.judged("a shell asked for on the command line", "boot.no-debug-shell", "fail")
    root.write("proc/cmdline", "quiet\n")
    root.link("etc/systemd/system/rescue.service", "/dev/null")
    root.judged("a masked unit starts no shell", rule, "pass")
    root = change(scratch, "inittab", "alpine")
    for line, wanted in (("~~:S:wait:/sbin/sulogin", "pass"), ("su:S:wait:/sbin/sulogin --force", "fail"), ("::askfirst:-/bin/sh", "fail"), ("tty1::respawn:/sbin/getty 38400 tty1", "notapplicable")):
        root.write("etc/inittab", line + "\n")
        root.judged(f"inittab: {line}", rule, wanted)


# ---- what the rules say to do ----

TMP_MOUNT = "[Mount]\nWhat=tmpfs\nWhere=/tmp\nType=tmpfs\nOptions=mode=1777,strictatime,nosuid,nodev,noexec\n[Install]\nWantedBy=local-fs.target\n"

# As much of it as enables that unit
SYSTEMCTL = """#!/bin/sh
units=/etc/systemd/system
case $1 in
cat) test -e "$units/$2" ;;
enable) mkdir -p "$units/local-fs.target.wants" && ln -sf "$units/$2" "$units/local-fs.target.wants/$2" ;;
esac
"""


def fixes(scratch):
    """The scripts of all rules run in a copy of the weak root, twice."""
    name = "following the fixes makes the rules pass"
    if hindrance():
        skip(name, hindrance())
        return
    root = Changed(ROOTS, pathlib.Path(scratch) / "fixed", "weak", laid_out=True)
    ours = [(rule, text) for rule, text in scripts(ROOTS.benchmark, "strict") if rule.startswith(OURS)]
    root.write("usr/share/systemd/tmp.mount", TMP_MOUNT)
    write(root.file("bin/systemctl"), SYSTEMCTL, 0o755)
    wrong = run_scripts(root, ours)
    root.remove("bin/systemctl")
    root.write("proc/modules", "ext4 1 0 - Live 0x0\n")
    shutil.rmtree(root.file("proc/sys/net/ipv4/conf/eth0"))   # an interface takes the default on
    shutil.rmtree(root.file("proc/sys/net/ipv6/conf/eth0"))
    report = ROOTS.audit(root.path)
    wrong += [f"{rule} is {report.verdicts.get(rule)}: {report.reasons.get(rule)}" for rule, _ in ours if report.verdicts.get(rule) != "pass"]
    point(name, wrong)


def main():
    with Scratch() as scratch:
        for part in modules, more_modules, parameters, ipv6_off, boot_loaders, maintenance_shells, fixes, agrees_with_libkmod:
            folder = scratch / part.__name__
            folder.mkdir()
            part(folder)
    done()


main()
