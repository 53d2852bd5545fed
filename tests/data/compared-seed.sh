#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Sets a tree of Debian 12 up badly: some fifty settings that are weak, or only look so. Usage, as root: compared-seed.sh TREE
set -e
cd "${1:?the tree}"
test -e etc/debian_version
# fs
chmod 0777 tmp; chmod 1777 var/tmp; mkdir -p srv/all; chmod 0777 srv/all; echo x > srv/open; chmod 0666 srv/open
echo 'tmpfs /dev/shm tmpfs defaults 0 0' > etc/fstab
# boot
mkdir -p boot/grub; echo map > boot/System.map-6.1.0-0-amd64; chmod 0644 boot/System.map-6.1.0-0-amd64
printf 'GRUB_CMDLINE_LINUX="nosmep nosmap systemd.debug-shell"\n' > etc/default/grub
printf 'menuentry Debian {\n\tlinux /boot/vmlinuz-6.1.0-0-amd64 root=/dev/sda1 ro nosmep nosmap systemd.debug-shell=1\n}\n' > boot/grub/grub.cfg; chmod 0666 boot/grub/grub.cfg
# process, net
cat > etc/sysctl.d/99-weak.conf <<'X'
kernel.randomize_va_space = 0
fs.suid_dumpable = 2
fs.protected_symlinks = 0
kernel.kptr_restrict = 0
net.ipv4.ip_forward = 1
net.ipv4.conf.all.accept_local = 1
net.ipv4.conf.all.route_localnet = 1
X
# ssh: half in the file, half in the drop-in that the file includes first
cat > etc/ssh/sshd_config.d/10-weak.conf <<'X'
permitrootlogin yes
PermitEmptyPasswords=yes
X11Forwarding yes
X
cat >> etc/ssh/sshd_config <<'X'
HostbasedAuthentication yes
IgnoreRhosts no
PermitUserEnvironment yes
StrictModes no
MaxAuthTries 10
LoginGraceTime 0
LogLevel QUIET
UsePAM no
X
chmod 0577 etc/ssh/sshd_config
# sudo
echo 'Defaults !authenticate' > etc/sudoers.d/old.bak; echo 'guest ALL=(ALL) NOPASSWD : ALL, !/bin/sh' > etc/sudoers.d/guest; chmod 0440 etc/sudoers.d/*
# accounts
cat >> etc/passwd <<'X'
toor:x:0:0:second root:/root:/bin/bash
guest:x:1000:1000::/home/guest:/bin/bash
bob:x:1000:1001::/home/bob:/bin/bash
carl:$1$abcdefgh$kBfvkKIkDsUQAH9pRVTBV.:1002:1999::/home/carl:/bin/bash
X
cat >> etc/shadow <<'X'
toor:$6$saltsalt$abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz:19000:0:99999:7:::
guest::19000:0:99999:7:::
bob:$1$abcdefgh$kBfvkKIkDsUQAH9pRVTBV.:19000:0:99999:7:::
X
printf 'guest:x:1000:\nbob:x:1001:\n' >> etc/group
mkdir -p home/guest home/bob; chown 1000:1000 home/guest; chown 1001:1001 home/bob; chmod 0777 home/guest
echo 'machine x login y password z' > home/guest/.netrc; echo '+ +' > home/guest/.rhosts; chown 1000:1000 home/guest/.netrc home/guest/.rhosts; chmod 0644 home/guest/.netrc
sed -i 's/^PASS_MAX_DAYS.*/PASS_MAX_DAYS 99999/; s/^UMASK.*/UMASK 000/; s/^ENCRYPT_METHOD.*/ENCRYPT_METHOD MD5/' etc/login.defs
echo 'umask 000' >> etc/profile
# shellcheck disable=SC2016  # for the shell of root
echo 'export PATH=.:/srv/all:$PATH' >> root/.bashrc
# files: 0577 is less than 0644 as a number and more as a mask
chmod 0577 etc/shadow; chmod 0646 etc/passwd; chmod 0644 etc/shadow- 2>/dev/null || cp etc/shadow etc/shadow-; chgrp 1000 etc/group; chmod 0666 etc/crontab
cp usr/bin/true usr/bin/tool; chown 1000:1000 usr/bin/tool; chmod 0577 usr/bin/tool
echo x > usr/lib/libweak.so.1; chmod 0666 usr/lib/libweak.so.1
# log, audit
mkdir -p var/log/audit; chmod 0777 var/log/audit; echo x > var/log/syslog; chmod 0666 var/log/syslog; echo x > var/log/app.log; chmod 0644 var/log/app.log; chown 1000 var/log/app.log
printf 'module(load="imtcp")\ninput(type="imtcp" port="514")\nlocal0.* /var/log/app.log\n' > etc/rsyslog.d/50-weak.conf
# update
printf 'deb [trusted=yes] http://packages.example.org/debian stable main\n' > etc/apt/sources.list
mkdir -p etc/apt/sources.list.d
printf 'Types: deb\nURIs: http://deb.debian.org/debian-security\nSuites: bookworm-security\nComponents: main\n' > etc/apt/sources.list.d/debian.sources
printf 'APT::Get::AllowUnauthenticated "true";\n' > etc/apt/apt.conf.d/99weak
