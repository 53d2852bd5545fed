#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Configuration files as their programs understand them: one change to a good root turns one verdict; broken and hostile files turn none into a pass; and
what is said of sshd and sudo is what they say themselves, where they are installed.
"""
import ctypes
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import time

from roots import Report, Roots, execute
from tap import PLIMSOLL, SLOWER, TOP, Scratch, as_user, done, equal, has, is_true, plimsoll, point, skip, user_can_run, write

ROOTS = Roots("host")
SECONDS = 5 * SLOWER

SSH_DROP_IN = "etc/systemd/system/ssh.service.d/x.conf"
# Stacks of distributions and of their tools: pam-auth-update with sssd, authselect of RHEL and Fedora, Arch, openSUSE, faillock by hand, a second factor.
STACKS = [
    "auth [success=3 default=ignore] pam_systemd_home.so\nauth [success=2 default=ignore] pam_unix.so nullok\nauth [success=1 default=ignore] pam_sss.so "
    "use_first_pass\nauth requisite pam_deny.so\nauth required pam_permit.so\nauth optional pam_cap.so\n",
    "auth required pam_env.so\nauth required pam_faildelay.so delay=2000000\nauth required pam_faillock.so preauth silent\nauth sufficient pam_fprintd.so\n"
    "auth [default=1 ignore=ignore success=ok] pam_usertype.so isregular\nauth [default=1 ignore=ignore success=ok] pam_localuser.so\n"
    "auth sufficient pam_unix.so nullok\nauth [default=1 ignore=ignore success=ok] pam_usertype.so isregular\nauth sufficient pam_sss.so forward_pass\n"
    "auth required pam_faillock.so authfail\nauth required pam_deny.so\n",
    "auth required pam_env.so\nauth [default=2 ignore=ignore success=ok] pam_localuser.so\nauth [success=done authinfo_unavail=ignore user_unknown=ignore "
    "ignore=ignore default=die] pam_sss.so try_cert_auth\nauth sufficient pam_unix.so\nauth required pam_deny.so\n",
    "auth required pam_faillock.so preauth\n-auth [success=2 default=ignore] pam_systemd_home.so\nauth [success=1 default=bad] pam_unix.so try_first_pass\n"
    "auth [default=die] pam_faillock.so authfail\nauth optional pam_permit.so\nauth required pam_env.so\nauth required pam_faillock.so authsucc\n",
    "auth required pam_env.so\nauth optional pam_gnome_keyring.so\nauth required pam_unix.so try_first_pass\n",
    "auth required pam_env.so\nauth sufficient pam_unix.so nullok try_first_pass\nauth requisite pam_succeed_if.so uid >= 1000 quiet_success\n"
    "auth sufficient pam_sss.so use_first_pass\nauth required pam_deny.so\n",
    "auth required pam_google_authenticator.so nullok\nauth required pam_permit.so\n",
]
# One file of the hardened root is written anew, a line is put in front (^), at the end (+), or it is removed (None): this rule then says that.
CHANGES = [
    # sshd: the first value wins, files that are included come in their place, Match counts, and so does the command line
    ("ssh.root-login", "etc/ssh/sshd_config", "+PermitRootLogin yes\n", "pass"),
    ("ssh.root-login", "etc/ssh/sshd_config", "^PermitRootLogin yes\n", "fail"),
    ("ssh.root-login", "etc/ssh/sshd_config.d/01.conf", "+PermitRootLogin yes\n", "pass"),
    ("ssh.root-login", "etc/ssh/sshd_config.d/.00.conf", "+PermitRootLogin yes\n", "pass"),
    ("ssh.root-login", "etc/ssh/sshd_config.d/00-a.conf", "+permitrootlogin=YES\n", "fail"),
    ("ssh.root-login", "etc/ssh/sshd_config", "+Match Address 10.0.0.0/8\n\tPermitRootLogin yes\n", "fail"),
    ("ssh.root-login", "etc/ssh/sshd_config.d/00-a.conf", "+Match User x\nPermitRootLogin no\nMatch all\nPermitRootLogin no\n", "pass"),
    ("ssh.root-login", "etc/default/ssh", "+SSHD_OPTS='-o PermitRootLogin=yes'\n", "fail"),
    ("ssh.root-login", "etc/default/ssh", "+SSHD_OPTS=\"$X\"\n", "unknown"),
    ("ssh.root-login", "etc/ssh/sshd_config.d/00-a.conf", "+PermitRootLogin \"no\n", "error"),
    ("ssh.root-login", "etc/ssh/sshd_config", "^\"PermitRootLogin\" yes\n", "fail"),
    ("ssh.root-login", "etc/ssh/sshd_config", "^=PermitRootLogin yes\n", "fail"),
    ("ssh.root-login", "etc/ssh/sshd_config", "^\"PermitRootLogin\"yes\n", "fail"),
    ("ssh.root-login", "etc/ssh/sshd_config", "+\"Match\" User bob\nPermitRootLogin yes\n", "fail"),
    ("ssh.root-login", "etc/ssh/sshd_config", "+PermitRootLogn yes\n", "error"),
    # what its unit starts it with
    ("ssh.root-login", SSH_DROP_IN, "+[Service]\nExecStart=\nExecStart=/usr/sbin/sshd -D -o PermitRootLogin=yes\n", "fail"),
    ("ssh.empty-passwords", SSH_DROP_IN, "+[Service]\nExecStart=\nExecStart=/usr/sbin/sshd -Do PermitEmptyPasswords=yes\n", "fail"),
    ("ssh.root-login", SSH_DROP_IN, "+[Service]\nEnvironmentFile=\nEnvironment=\"SSHD_OPTS=-o PermitRootLogin=yes\"\n", "fail"),
    ("ssh.root-login", SSH_DROP_IN, "+[Service]\nExecStart=\nExecStart=/usr/sbin/sshd -D -f /etc/fstab\n", "error"),
    ("ssh.root-login", SSH_DROP_IN, "+[Service]\nEnvironmentFile=/etc/gone.env\n", "unknown"),
    ("ssh.root-login", SSH_DROP_IN, "+[Service]\nExecStart=\nExecStart=/usr/bin/env sshd -D\n", "unknown"),
    ("ssh.root-login", SSH_DROP_IN, "+[Service]\nExecStart=\nExecStart=/opt/ssh/sbin/sshd -D\n", "unknown"),
    ("ssh.root-login", SSH_DROP_IN, "+[Service]\nExecStart=\nExecStart=/opt/ssh/sbin/sshd -D -f /etc/ssh/sshd_config\n", "pass"),
    ("ssh.root-login", "etc/systemd/system/backdoor.service", "+[Service]\nExecStart=-/usr/sbin/sshd -D -p 2222 -o PermitRootLogin=yes\n", "fail"),
    ("ssh.root-login", "etc/systemd/system/backdoor.service", "+[Service]\nExecStart=-/usr/sbin/sshd -D -p 2222\n", "pass"),
    ("ssh.root-login", SSH_DROP_IN, "+[Service]\nExecStartPre=/usr/sbin/sshd -t -o PermitRootLogin=yes\n", "pass"),
    ("ssh.ciphers", "etc/ssh/sshd_config.d/00-a.conf", "+Ciphers ^aes256-cbc\n", "fail"),
    ("ssh.ciphers", "etc/ssh/sshd_config.d/00-a.conf", "+Ciphers -aes256-gcm*\n", "pass"),
    ("ssh.use-pam", "etc/ssh/sshd_config.d/00-a.conf", "+UsePAM no\n", "fail"),
    ("ssh.access-list", "etc/ssh/sshd_config.d/00-local.conf", None, "fail"),
    # sudo: the last value wins; aliases, tags and negation
    ("sudo.use-pty", "etc/sudoers.d/x", "+Defaults !use_pty\n", "fail"),
    ("sudo.use-pty", "etc/sudoers.d/x.off", "+Defaults !use_pty\n", "pass"),
    ("sudo.timeout", "etc/sudoers.d/x", "+Defaults:admin timestamp_timeout = -1\n", "fail"),
    ("sudo.timeout", "etc/sudoers.d/x", "+Defaults timestamp_timeout=0.5\n", "pass"),
    ("sudo.timeout", "etc/sudoers.d/x", "+Defaults timestamp_timeout=-0.5\n", "fail"),
    ("sudo.timeout", "etc/sudoers.d/x", "+Defaults timestamp_timeout=15.5\n", "fail"),
    ("sudo.secure-path", "etc/sudoers.d/x", "+Defaults !secure_path\n", "fail"),
    ("sudo.secure-path", "etc/sudoers.d/x", "+Defaults secure_path=\"\"\n", "fail"),
    ("sudo.secure-path", "etc/sudoers.d/x", "+Defaults secure_path=/tmp:/usr/bin\n", "fail"),
    ("sudo.secure-path", "etc/sudoers.d/x", "+Defaults secure_path=/usr/bin:\n", "fail"),
    ("sudo.secure-path", "etc/sudoers.d/x", "+Defaults secure_path=/home/admin/bin:/usr/bin\n", "fail"),
    ("sudo.secure-path", "etc/sudoers.d/x", "+Defaults:bob secure_path=/tmp\n", "fail"),
    ("sudo.secure-path", "etc/sudoers.d/x", "+Defaults secure_path=/usr/sbin:/usr/bin:/snap/bin\n", "pass"),
    ("sudo.secure-path", "etc/sudoers", "Defaults:bob secure_path=/usr/bin\n", "fail"),
    ("sudo.authenticate", "etc/sudoers.d/x", "+Defaults exempt_group=users\n", "fail"),
    ("sudo.authenticate", "etc/sudoers.d/x", "+Defaults !exempt_group\n", "pass"),
    ("sudo.env-reset", "etc/sudoers.d/x", "+Defaults setenv\n", "fail"),
    ("sudo.env-reset", "etc/sudoers.d/x", "+Defaults env_keep += \"LANG LD_PRELOAD\"\n", "fail"),
    ("sudo.env-reset", "etc/sudoers.d/x", "+Defaults env_keep += PYTHONPATH=/opt*\n", "fail"),
    ("sudo.env-reset", "etc/sudoers.d/x", "+Defaults:bob env_keep += \"*\"\n", "fail"),
    ("sudo.env-reset", "etc/sudoers.d/x", "+Defaults env_keep += \"LANG LS_COLORS XAUTHORITY EDITOR LC_*\"\n", "pass"),
    ("sudo.env-reset", "etc/sudoers.d/x", "+Defaults env_keep += BASH_ENV\nDefaults env_keep -= \"X BASH_ENV\"\n", "pass"),
    ("sudo.env-reset", "etc/sudoers.d/x", "+Defaults env_keep += BASH_ENV\nDefaults env_keep = LANG\n", "pass"),
    ("sudo.everybody", "etc/sudo.conf", "+Plugin sudoers_policy sudoers.so sudoers_file=/etc/sudoers.d/local sudoers_mode=0440\n", "pass"),
    ("sudo.secure-path", "etc/sudo.conf", "+plugin  sudoers_policy sudoers.so sudoers_file=/etc/issue\n", "error"),
    ("sudo.secure-path", "etc/sudo.conf", "+Plugin sudoers_policy sudoers.so sudoers_file=/etc/gone\n", "unknown"),
    ("sudo.everybody", "etc/sudo.conf", "+Plugin vendor_policy vendor.so\n", "unknown"),
    ("sudo.everybody", "etc/sudo.conf", "+Plugin sudoers_io sudoers.so\n", "pass"),
    ("sudo.nopasswd", "etc/sudoers.d/x", "+root ALL = NOPASSWD: ALL\n", "pass"),
    ("sudo.nopasswd", "etc/sudoers.d/x", "+bob ALL = NOPASSWD: /bin/a, PASSWD: /bin/b\n", "fail"),
    ("sudo.nopasswd", "etc/sudoers.d/x", "+# bob ALL = NOPASSWD: ALL \\\nbob ALL = PASSWD: /bin/b\n", "pass"),
    ("sudo.everybody", "etc/sudoers.d/x", "+User_Alias X = ALL\nX ALL = /bin/a\n", "fail"),
    ("sudo.everybody", "etc/sudoers.d/x", "+#99 ALL = (\n", "error"),
    ("sudo.commands", "etc/sudoers.d/x", "+bob ALL = /usr/local/bin/*\n", "pass"),
    # PAM: what is included counts, an argument beats the file of settings, order matters
    ("pam.minlen", "etc/pam.d/common-password", "^password requisite pam_pwquality.so minlen=6\n", "fail"),
    ("pam.minlen", "etc/security/pwquality.conf", "+minlen = 8\n", "fail"),
    ("pam.minlen", "etc/security/pwquality.conf.d/70.conf", "+minlen = 20\n", "pass"),
    ("pam.lockout", "etc/pam.d/common-auth", "^auth sufficient pam_unix.so\n", "fail"),
    ("pam.hash", "etc/pam.d/passwd", "^password sufficient pam_unix.so md5\n", "fail"),
    ("pam.hash", "etc/pam.d/passwd", "password required pam_unix.so\n", "pass"),
    ("pam.permit", "etc/pam.d/sshd", "^auth sufficient pam_permit.so\n", "fail"),
    ("pam.permit", "etc/pam.d/sshd", "^auth required pam_permit.so\n", "pass"),
    ("pam.permit", "etc/pam.d/sshd", "^AUTH SUFFICIENT /lib/security/pam_permit.so\n", "fail"),
    ("pam.permit", "etc/pam.d/common-auth", "auth required pam_permit.so\n", "fail"),
    ("pam.permit", "etc/pam.d/common-auth", "auth optional pam_unix.so\nauth required pam_permit.so\n", "fail"),
    ("pam.permit", "etc/pam.d/common-auth", "auth [default=done] pam_unix.so\nauth required pam_permit.so\n", "pass"),
    ("pam.permit", "etc/pam.d/common-auth", "auth [success=done default=reset] pam_unix.so\nauth required pam_permit.so\n", "fail"),
    ("pam.permit", "etc/pam.d/common-auth", "^auth [success=done default=ignore] pam_permit.so\n", "fail"),
    ("pam.permit", "etc/pam.d/common-auth", "^auth [success=5 default=ignore] pam_permit.so\n", "fail"),
    ("pam.permit", "etc/pam.d/common-auth", "^auth [success=4 default=ignore] pam_permit.so\n", "pass"),
    ("pam.permit", "etc/pam.d/common-auth", "^auth sufficient pam_debug.so auth=success\n", "fail"),
    ("pam.permit", "etc/pam.d/common-auth", "^auth sufficient pam_succeed_if.so uid >= 0\n", "fail"),
    ("pam.permit", "etc/pam.d/common-auth", "^auth requisite pam_succeed_if.so uid >= 1000\n", "pass"),
    ("pam.permit", "etc/pam.d/common-auth", "^auth sufficient pam_exec.so /bin/true\n", "fail"),
    ("pam.permit", "etc/pam.d/common-auth", "^auth sufficient pam_exec.so expose_authtok /bin/ask\n", "unknown"),
    ("pam.permit", "etc/pam.d/common-auth", "^auth sufficient pam_of_a_vendor.so\n", "pass"),
    *(("pam.permit", "etc/pam.d/common-auth", stack, "pass") for stack in STACKS),
    ("pam.permit", "etc/pam.d/su", "^auth sufficient pam_rootok.so\n", "pass"),
    ("pam.permit", "etc/pam.d/sudo", "^auth sufficient pam_rootok.so\n", "fail"),
    ("pam.permit", "etc/pam.d/other", "auth required pam_permit.so\n", "fail"),
    ("pam.permit", "etc/pam.d/other", "auth required pam_env.so\nauth required pam_deny.so\n", "pass"),
    ("pam.su-group", "etc/pam.d/su", "auth optional pam_wheel.so\n", "fail"),
    ("pam.su-group", "etc/pam.d/su", "^auth sufficient pam_unix.so\n", "fail"),
    ("pam.minlen", "etc/pam.d/common-password", "^password sufficient pam_unix.so\n", "fail"),
    ("pam.quality", "etc/pam.d/common-password", "^password sufficient pam_sss.so\n", "fail"),
    ("pam.nullok", "etc/pam.d/login", "^auth include nowhere\n", "error"),
    # settings: drop-ins in their order, an empty value, comments, continued lines
    ("log.journal-persistent", "etc/systemd/journald.conf.d/70.conf", "+[Journal]\nStorage=auto\n", "fail"),
    ("log.journal-persistent", "etc/systemd/journald.conf.d/70.conf", "+[Journal]\nStorage=\n", "fail"),
    ("log.journal-persistent", "usr/lib/systemd/journald.conf.d/70.conf", "+[Journal]\nStorage=volatile\n", "fail"),
    ("log.journal-persistent", "usr/lib/systemd/journald.conf.d/60-local.conf", "+[Journal]\nStorage=volatile\n", "pass"),
    ("log.journal-persistent", "etc/systemd/journald.conf", "+Storage=volatile\n", "pass"),
    ("log.no-reception", "etc/rsyslog.d/x.conf", "+/* no */ module(load=\"imudp\")\nif 1 then { input(type=\"imudp\") }\n", "fail"),
    ("log.no-reception", "etc/rsyslog.d/x.conf", "+# input(type=\"imudp\")\n", "pass"),
    ("process.core-limit", "etc/security/limits.d/70.conf", "+* - core unlimited\n", "fail"),
    ("process.core-limit", "etc/security/limits.d/70.conf", "+bob hard core unlimited\n", "pass"),
    ("account.umask-private", "etc/profile.d/x.sh", "+test -n \"$X\" && umask u=rwx,g=rx,o=rx\n", "fail"),
    ("account.umask-private", "etc/profile.d/x.sh", "+umask $(cat /etc/umask)\n", "unknown"),
    ("account.root-path", "etc/profile.d/x.sh", "+PATH=$PATH:\n", "fail"),
    ("account.root-path", "root/.bashrc", "+. /opt/env.sh\nfind . -name x; cd . /opt\n", "pass"),
    ("account.root-path", "root/.bashrc", "+if [ -f ~/.env ]; then source \"$HOME/.env\"; fi\n", "pass"),
    ("account.root-path", "root/.bashrc", "+\\. \"$NVM_DIR/nvm.sh\"\n", "unknown"),
    ("account.root-path", "root/.bashrc", "+. env.sh\n", "unknown"),
    ("account.root-path", "root/.bashrc", "+source <(kubectl completion bash)\n", "pass"),
    ("account.root-path", "etc/profile", "+for i in /etc/profile.d/*.sh; do . \"$i\"; done\n", "pass"),
    ("account.root-path", "root/.bashrc", "+PATH=/tmp:$PATH\n", "fail"),
    ("account.root-path", "root/.bashrc", "+PATH=$PATH:/home/admin/bin\n", "fail"),
    ("audit.log-size", "etc/audit/auditd.conf", "max_log_file=8\n", "error"),
    # consoles
    *(("service.no-autologin", "etc/systemd/system/getty@.service.d/x.conf", f"+[Service]\nExecStart=\nExecStart=-{command}\n", wanted)
      for command, wanted in (
          ("/sbin/agetty --autologin root %I", "fail"), ("/sbin/agetty --auto root %I", "fail"), ("/sbin/agetty --a=root %I", "fail"),
          ("/sbin/agetty -a root %I", "fail"), ("/sbin/agetty -aroot %I", "fail"), ("/sbin/agetty -Jaroot %I", "fail"),
          ("/sbin/agetty -n -l /bin/bash %I", "fail"), ("/sbin/agetty -l/bin/sh %I", "fail"), ("/sbin/agetty --login-program=/bin/sh %I", "fail"),
          ("/sbin/agetty -o '-f root' %I", "fail"), ("/sbin/agetty --login-options '-p -f root' %I", "fail"), ("/bin/login -f root", "fail"),
          ("/bin/login -p -f root", "fail"), ("/bin/bash", "fail"), ("/sbin/agetty -o '-p -- \\\\u' --noclear --keep-baud 115200 %I $TERM", "pass"),
          ("/sbin/agetty -J -l /bin/login -f /etc/issue.d/x --login-pause %I linux", "pass"))),
    # what else stands in files that look good
    ("sudo.logfile", "etc/sudoers.d/x", "+Defaults !logfile\n", "fail"),
    ("sudo.doas-nopass", "etc/doas.conf", "+permit \\\n nopass bob\n", "fail"),
    ("account.timeout", "etc/profile.d/zz.sh", "+unset TMOUT\n", "error"),
    ("time.chrony-user", "etc/chrony/chrony.conf", "+user root\n", "fail"),
    ("time.synchronised", "etc/systemd/system/chrony.service.d/x.conf", "+[Unit]\nAssertPathExists=/nowhere\n", "fail"),
    ("time.not-a-server", "etc/chrony/chrony.conf", "+allow 0.0.0.0/0\n", "fail"),
    ("mac.apparmor-no-complain", "etc/apparmor.d/x", "+profile x /usr/bin/x flags = ( complain ) {\n}\n", "fail"),
    ("mac.apparmor-no-complain", "etc/apparmor.d/x", "+profile x /usr/bin/x flags=(attach_disconnected) {\n}\n", "pass"),
    ("update.automatic", "etc/apt/apt.conf.d/99x", "+APT::Periodic::Enable \"0\";\n", "fail"),
    ("update.automatic", "etc/apt/apt.conf.d/99x", "+APT::Periodic::Enable \"1\";\n", "pass"),
    ("update.certificates-checked", "etc/apt/apt.conf.d/99x", "+Acquire::https::deb.example::Verify-Peer \"false\";\n", "fail"),
    ("update.certificates-checked", "etc/apt/apt.conf.d/99x", "+acquire::HTTPS::deb.example::verify-host \"no\";\n", "fail"),
    ("update.certificates-checked", "etc/apt/apt.conf.d/99x", "+Acquire::https::deb.example::Verify-Peer \"true\";\n", "pass"),
    ("service.nfs-root-squash", "etc/exports", "+/srv a(rw,anonuid=0,all_squash)\n", "fail"),
    ("service.nfs-root-squash", "etc/exports", "+/srv a(rw,all_squash,anonuid=065534)\n", "pass"),
    ("pam.permit", "etc/pam.d/vsftpd", "+auth sufficient pam_permit.so\n", "fail"),
    ("boot.loader-password", "boot/grub/grub.cfg", "+unset superusers\n", "fail"),
    ("boot.single-user-password", "etc/systemd/system/emergency.service", "+[Service]\nExecStart=/bin/sh -c 'echo sulogin; exec bash'\n", "fail"),
    ("boot.single-user-password", "etc/systemd/system/emergency.service", "+[Service]\nExecStart=-/usr/lib/systemd/systemd-sulogin-shell emergency\n", "pass"),
    ("audit.identity", "etc/audit/rules.d/00.rules", "+-a never,exit -S all -F uid=0\n", "fail"),
    ("audit.time", "etc/audit/rules.d/00.rules", "+-a never,exit -F arch=b64 -S all -F auid>=1000\n", "fail"),
    # accounts
    ("account.uid-0", "etc/passwd", "+x:x:0:1::/:/bin/sh\n", "fail"),
    ("account.uid-0", "etc/nsswitch.conf", "passwd: files ldap\n", "unknown"),
    ("account.uid-0", "etc/nsswitch.conf", "passwd: files sss\n", "pass"),
    ("account.device-groups", "etc/group", "+disk:x:6:bob\n", "fail"),
    ("account.device-groups", "etc/group", "+images:x:6:bob\n", "fail"),
    ("account.shadow-group", "etc/group", "+shadow:x:42:bob\n", "fail"),
    ("account.gid-0", "etc/group", "+root:x:0:bob\n", "fail"),
    ("account.gid-0", "etc/group", "+root:x:0:root\n", "pass"),
    ("account.empty-password", "etc/shadow", "^admin::1::::::\n", "fail"),
    ("account.empty-password", "etc/shadow", "+admin:x\n", "error"),
    ("account.empty-password", "etc/shadow", None, "pass"),
    ("account.missing-shadow", "etc/shadow", None, "fail"),
]


class Kept:
    """A file of a root, as it was before the block."""

    def __init__(self, path):
        self.path = path

    def __enter__(self):
        self.made = [p for p in self.path.parents if not p.exists()]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.stat = self.path.stat() if self.path.exists() else None
        self.data = self.path.read_bytes() if self.stat else None
        return self.path

    def __exit__(self, *_):
        if self.path.is_dir() and not self.path.is_symlink():
            self.path.rmdir()
        elif os.path.lexists(self.path):
            self.path.unlink()
        if self.stat:
            write(self.path, self.data, self.stat.st_mode & 0o7777)
            os.chown(self.path, self.stat.st_uid, self.stat.st_gid)
        for folder in self.made:
            folder.rmdir()


def change(path, how):
    if how is None:
        path.unlink()
        return
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    write(path, how[1:] + old if how[0] == "^" else old + how[1:] if how[0] == "+" else how, 0o644)


def turned(root):
    for rule, name, how, wanted in CHANGES:
        with Kept(root / name) as path:
            change(path, how)
            equal(f"{rule} with {name}: {(how or 'removed')[:60]!r}", ROOTS.verdict(root, rule), wanted)


# ---- files that nobody should have to read ----

RULES = {
    "etc/ssh/sshd_config": "ssh.*", "etc/ssh/sshd_config.d/00-local.conf": "ssh.*", "etc/sudoers": "sudo.use-pty", "etc/sudoers.d/local": "sudo.logfile",
    "etc/pam.d/common-auth": "pam.lockout*", "etc/security/pwquality.conf": "pam.minlen", "etc/passwd": "account.uid-0", "etc/shadow": "account.empty-password",
    "etc/group": "account.duplicate-g*", "etc/subuid": "account.subid", "etc/login.defs": "account.max-days", "etc/nsswitch.conf": "account.uid-0",
    "etc/systemd/journald.conf.d/60-local.conf": "log.journal-*", "etc/rsyslog.conf": "log.no-reception", "etc/rsyslog.d/60-remote.conf": "log.no-reception",
    "etc/audit/auditd.conf": "audit.*", "etc/security/limits.d/60-core.conf": "process.core-limit", "etc/profile.d/60-local.sh": "account.timeout",
    "etc/security/faillock.conf": "pam.lockout-root",
}


def make_large(path):
    with open(path, "wb") as file:
        file.truncate(100 << 20)


def make_link(path, target):
    path.unlink()
    path.symlink_to(target)


def make_special(path, make):
    path.unlink()
    make(path)


HOSTILE = {
    "a FIFO": lambda path: make_special(path, os.mkfifo),
    "a folder": lambda path: make_special(path, os.mkdir),
    "100 MB": make_large,
    "a link to itself": lambda path: make_link(path, path.name),
    "NUL bytes": lambda path: path.write_bytes(b"\0" * 300),
    "a link out of the root": lambda path: make_link(path, "../../../../../../../../../../etc/hostname"),
}

# Not of what is in the file.
ELSEWHERE = {"ssh.host-keys", "ssh.host-public-keys", "ssh.config-private", "audit.installed", "audit.started"} | ROOTS.rules_with("audit-rule")


def audit_of(root, rules):
    start = time.monotonic()
    report = Report(execute(ROOTS.command("--root", root, "-r", rules)))
    return report, time.monotonic() - start


def may_pass(what, name):
    """A link that leads nowhere within the root is as if nothing were there, and a folder in sudoers.d is left out."""
    return what == "a link out of the root" or (what == "a folder" and name.startswith("etc/sudoers.d/"))


def spoiled_findings(root, name, rules, what):
    with Kept(root / name) as path:
        HOSTILE[what](path)
        report, took = audit_of(root, rules)
    for rule, result in report.verdicts.items():
        if result == "pass" and rule not in ELSEWHERE and not may_pass(what, name):
            yield f"{what}: {rule} passes"
        if result in ("unknown", "error") and not report.reasons[rule]:
            yield f"{what}: {rule} is {result} without a reason"
    if report.errors or not report.verdicts or took > SECONDS:
        yield f"{what}: {took:.1f} s, {report.errors[:200]}"


def spoiled(root):
    for name, rules in RULES.items():
        point(f"{name}: no way to spoil it makes anything good",
              [finding for what in HOSTILE for finding in spoiled_findings(root, name, rules, what)])


def read_in(root):
    """What root's shell reads in sets its PATH, too."""
    for line in ("[ -r /opt/env.sh ] && . /opt/env.sh", "source ~/.env", "test -e x || . \"${HOME}/.env\"", "if true; then . /root/.env; fi"):
        with Kept(root / "root/.profile") as profile, Kept(root / "opt/env.sh") as one, Kept(root / "root/.env") as two, Kept(root / "opt/x") as last:
            change(profile, f"+{line}\n")
            change(one, "+. /opt/x; . /opt/env.sh\n")
            change(two, "+. /opt/x\n")
            change(last, "+export PATH=.:$PATH\n")
            equal(f"account.root-path with {line!r} in .profile", ROOTS.verdict(root, "account.root-path"), "fail")


def circles(scratch):
    """Everything includes everything: bounded in time, and an error."""
    root = ROOTS.copy("hardened", scratch / "circles")
    for folder, text, rule in (("etc/ssh/sshd_config.d", "Include /etc/ssh/sshd_config.d/*.conf\n" * 50, "ssh.root-login"),
                               ("etc/sudoers.d", "@includedir /etc/sudoers.d\n" * 50, "sudo.use-pty"),
                               ("etc/rsyslog.d", "$IncludeConfig /etc/rsyslog.d/*.conf\n" * 50, "log.no-reception")):
        for i in range(200):
            write(root / folder / (f"x{i}" if "sudo" in folder else f"x{i}.conf"), text)
        report, took = audit_of(root, rule)
        equal(f"200 files of {folder} include each other", report.verdicts.get(rule), "error")
        is_true(f"{folder}: that is soon seen", took < SECONDS, f"{took:.1f} s")
    write(root / "etc/pam.d/login", "@include login\n" * 20000)
    report, took = audit_of(root, "pam.lockout")
    equal("20000 lines of a PAM service include it", report.verdicts.get("pam.lockout"), "error")
    is_true("and that is soon seen", took < SECONDS, f"{took:.1f} s")


def denied(scratch):
    """An ordinary user gets fewer answers, never wrong ones."""
    name = "of what only root may read, an ordinary user is told nothing"
    if os.geteuid() != 0 or not user_can_run():
        skip(name, "needs root, and a program that others may run")
        return
    root = ROOTS.lay_out("hardened", scratch / "denied")
    scratch.chmod(0o755)
    run = plimsoll(*ROOTS.command("--root", root)[1:], wrapper=as_user(), stdout=subprocess.PIPE)
    results = {r["rule"]: r["result"] for r in json.loads(run.out)["subjects"][0]["results"]}
    wanted = {rule: "unknown" for rule in ("account.empty-password", "account.password-hash", "sudo.use-pty", "sudo.nopasswd", "ssh.root-login",
                                           "audit.log-size", "account.netrc", "sudo.doas-nopass", "account.missing-shadow")}
    equal(name, {rule: results.get(rule) for rule in wanted}, wanted)
    shutil.rmtree(root)


# ---- what the programs say themselves ----

CONFIGS = [
    "",
    "Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin yes\nMaxAuthTries=3\nCiphers -aes128*,chacha*\nMACs ^hmac-sha2-512\n"
    "KexAlgorithms +diffie-hellman-group14-sha1\nallowusers a b\nAllowUsers c\nMaxStartups 20\nBanner \"/etc/is sue\" # x\n",
    "ChallengeResponseAuthentication no\nPubkeyAcceptedAlgorithms +ssh-rsa\nUsePAM = yes\nLogLevel VERBOSE\n\tStrictModes no\n",
    "\"PermitRootLogin\" yes\n=MaxAuthTries 2\n\"Banner\"/x\n\"UseDNS yes\n== UsePAM yes\n\"\" X11Forwarding no\nMax\"Sessions\" 4\n",
    "PermitRootLogin forced-commands-only\nMatch all\nPermitRootLogin no\nX11Forwarding yes\n",
]
KEYWORDS = ("PermitRootLogin MaxAuthTries Ciphers MACs KexAlgorithms AllowUsers MaxStartups Banner KbdInteractiveAuthentication UsePAM LogLevel StrictModes "
            "PubkeyAcceptedAlgorithms HostKeyAlgorithms X11Forwarding PermitEmptyPasswords MaxSessions GatewayPorts PermitTunnel IgnoreRhosts "
            "PasswordAuthentication ClientAliveCountMax AllowTcpForwarding DisableForwarding Compression TCPKeepAlive UseDNS").split()
SECOND_NAME = "sntrup761x25519-sha512"   # of an algorithm that has its first one, too; distributions added it to older releases
BENCHMARK = """<Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2" id="xccdf_org.plimsoll_benchmark_settings" resolved="false" xml:lang="en">
  <status date="2026-11-26">draft</status><title>Keywords</title><version>1</version>
{}</Benchmark>
"""
RULE = """  <Rule id="xccdf_org.plimsoll_rule_{0}" selected="true" severity="low"><title>{0}</title><check system="urn:plimsoll:check:1"><check-content>
    <sshd xmlns="urn:plimsoll:check:1" keyword="{0}" exists="true"/></check-content></check></Rule>
"""


def sshd_says(config, folder, key):
    """sshd -T reads what lies in /etc/ssh of a mount namespace of its own."""
    command = f"mount --bind {folder} /etc/ssh && mkdir -p /run/sshd && exec {shutil.which('sshd', path='/usr/sbin:/usr/bin')} -T -h {key}"
    run = subprocess.run(["unshare", "-m", "sh", "-c", command], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    said = {}
    for line in run.stdout.splitlines():
        keyword, _, value = line.partition(" ")
        said[keyword] = f"{said[keyword]} {value}" if keyword in said else value
    return said, run.stderr + config


def compare_sshd(scratch):
    sshd = shutil.which("sshd", path="/usr/sbin:/usr/bin")
    if os.geteuid() != 0 or not sshd or not has("ssh-keygen") or not has("unshare"):
        skip("sshd says the same", "needs root, sshd, ssh-keygen and unshare")
        return
    benchmark = write(scratch / "keywords.xml", BENCHMARK.format("".join(RULE.format(k) for k in KEYWORDS)))
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", scratch / "key"], check=True)
    for i, config in enumerate(CONFIGS):
        root = scratch / f"sshd{i}"
        write(root / "etc/ssh/sshd_config", config)
        write(root / "etc/ssh/sshd_config.d/10.conf", "permitrootlogin NO\nMatch User bob\nX11Forwarding yes\n")
        (root / "usr/sbin").mkdir(parents=True)
        (root / "etc/pam.d").mkdir()
        shutil.copy(sshd, root / "usr/sbin/sshd")
        said, stderr = sshd_says(config, root / "etc/ssh", scratch / "key")
        if not said:
            skip(f"sshd says the same of configuration {i}", f"it does not run here: {stderr[:80]!r}")
            continue
        run = execute([PLIMSOLL, "audit", "-b", benchmark, "-f", "json", "-s", "host", "--root", root])
        findings = []
        for result in json.loads(run.stdout)["subjects"][0]["results"]:
            first = result["evidence"][0]
            value = (first["value"] or "").lower()
            own = said.get(result["rule"].lower(), "").replace("without-password", "prohibit-password").lower()
            if set(value.replace(",", " ").split()) != set(own.replace(",", " ").split()) - {SECOND_NAME}:
                findings.append(f"{result['rule']}: {value!r} ({first['origin']}), sshd says {own!r}")
        point(f"sshd says the same of configuration {i}", findings)


def compare_visudo(scratch):
    """visudo accepts what is understood here, and refuses what is an error."""
    visudo = shutil.which("visudo", path="/usr/sbin:/usr/bin")
    if not visudo:
        skip("visudo says the same", "it is not installed")
        return
    lines = ["bob ALL = (root ALL", "bob ALL", "Defaults x y", "User_Alias A", "bob ALL = (ALL) NOPASSWD: /bin/a -x\\,y, !/bin/b : h = CWD=/tmp ALL",
             "Defaults:a,b !authenticate, timestamp_timeout = -1", "#1000 ALL=ALL # x", "%#10 ALL=ALL", "Defaults env_keep += \"A B\"", "bob ALL=ALL,"]
    findings = []
    root = ROOTS.lay_out("hardened", scratch / "visudo")
    for line in lines:
        write(root / "etc/sudoers", f"Defaults use_pty\n{line}\n", 0o440)
        accepted = subprocess.run([visudo, "-cf", root / "etc/sudoers"], capture_output=True, check=False, stdin=subprocess.DEVNULL).returncode == 0
        verdict = ROOTS.verdict(root, "sudo.use-pty")
        if accepted != (verdict == "pass"):
            findings.append(f"{line}: {verdict}, visudo {'accepts' if accepted else 'refuses'} it")
    point("visudo says the same", findings)


# ---- libpam ----

PAM_RULE = """  <Rule id="xccdf_org.plimsoll_rule_way" selected="true" severity="low"><title>way</title><check system="urn:plimsoll:check:1"><check-content>
    <pam-bypass xmlns="urn:plimsoll:check:1" service="{}" type="auth" exists="false"/></check-content></check></Rule>
"""
PAM_FOLDERS = "lib/security", "lib64/security", "usr/lib/security", "usr/lib64/security", "lib/*-linux-*/security", "usr/lib/*-linux-*/security"
CONTROLS = ["required", "requisite", "sufficient", "Optional", "[success=ok default=die]", "[success=1 default=ignore]", "[success=2 ignore=1 default=bad]",
            "[default=done]", "[success=reset default=ignore]", "[Success = DONE ignore=reset default=1]", "[success=ok]", "[default=ok]", "[success=3 default=die]",
            "[ignore=ok default=ignore]", "nonsense", "[success=oops]"]


class PamConversation(ctypes.Structure):
    _fields_ = [("function", ctypes.c_void_p), ("data", ctypes.c_void_p)]


def libpam_lets_in(library, folder, service):
    handle, talk = ctypes.c_void_p(), PamConversation()
    if library.pam_start_confdir(service.encode(), b"nobody", ctypes.byref(talk), str(folder).encode(), ctypes.byref(handle)) != 0:
        return None
    result = library.pam_authenticate(handle, 0)
    library.pam_end(handle, result)
    return result == 0


def write_stack(chance, folder, name, deeper):
    lines = []
    for i in range(chance.randint(1, 6)):
        if deeper and chance.random() < 0.25:
            write_stack(chance, folder, f"{name}-{i}", deeper - 1)
            lines.append(f"auth {chance.choice(['substack', 'include'])} {folder}/{name}-{i}\n")
        else:
            lines.append(f"auth {chance.choice(CONTROLS)} pam_debug.so auth={chance.choice(['success', 'success', 'ignore', 'auth_err'])}\n")
    write(folder / name, "".join(lines))


def compare_pam(scratch):
    """Stacks made by chance of modules that say what they are told to."""
    name = "libpam lets in where a way is seen, and nowhere else"
    try:
        library = ctypes.CDLL("libpam.so.0")
        works = library.pam_start_confdir and any(path.exists() for folder in PAM_FOLDERS for path in pathlib.Path("/").glob(folder + "/pam_debug.so"))
    except (OSError, AttributeError):
        works = False
    if not works:
        skip(name, "needs libpam with pam_start_confdir(), and pam_debug")
        return
    folder, chance = scratch / "pam/etc/pam.d", random.Random(3)
    services = [f"s{i}" for i in range(400)]
    for service in services:
        write_stack(chance, folder, service, 2)
    write(folder / "other", "auth required pam_deny.so\n")
    shutil.copytree(folder, scratch / f"pam/{folder}")   # what is included is named in full: pam_start_confdir() alone does not look beside the service
    benchmark = write(scratch / "pam.xml", BENCHMARK.format(PAM_RULE.format(" ".join(services))))
    run = execute([PLIMSOLL, "audit", "-b", benchmark, "-f", "json", "-s", "host", "--root", scratch / "pam"])
    seen = {e["name"].split()[-1]: e["value"] is not None for e in json.loads(run.stdout)["subjects"][0]["results"][0]["evidence"]}
    said = {service: libpam_lets_in(library, folder, service) for service in services}
    point(name, [f"{s}: {said[s]}, here {seen.get(s)}" for s in services if said[s] != seen.get(s)])
    is_true("and both happen", 50 < sum(said.values()) < 350, str(sum(said.values())))


def main():
    with Scratch() as scratch:
        scratch = pathlib.Path(scratch)
        root = ROOTS.lay_out("hardened", scratch / "root")
        turned(root)
        read_in(root)
        spoiled(root)
        circles(scratch)
        denied(scratch)
        compare_sshd(scratch)
        compare_visudo(scratch)
        compare_pam(scratch)
    done()


assert TOP and sys.version_info >= (3, 6)
main()
