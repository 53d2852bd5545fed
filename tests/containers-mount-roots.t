#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is mounted in a container, in roots of captured processes: by its names on the host, wherever it is, and in each mount namespace of it."""
import os
import pathlib

import captures
from changed import check_changes, edits
from tap import Scratch, done


def engine_listens(path, inode=4711):
    """A daemon of an engine on the host, with its socket wherever it likes."""
    def change(root):
        captures.put(root.path / "proc/1/net/unix", captures.NO_SOCKETS + f"0000: 00000002 00000000 00010000 0001 01 {inode} {path}\n")
        captures.add_process(root.path, captures.CAPTURES / "host-self.txt", comm="dockerd", descriptors={"3": f"socket:[{inode}]"})
    return change


def mounted(line):
    return lambda root: root.append("mountinfo", f"{line}\n")


def member_with(line):
    return lambda root: root.add_member(f"{line}\n")


def moved_storage(root):
    """The engine's directory is on another disk, and mounted where the engine wants it."""
    root.host_mount("950 27 254:0 /data/docker /var/lib/docker rw,relatime - ext4 /dev/vda rw")


def subvolumes(root):
    """The host's root is not the top of its file system."""
    root.host_mounts(" 254:0 / / ", " 254:0 /@ / ")


def many_mounts(n, target):
    """Each on the one before."""
    def change(root):
        root.append("mountinfo", f"10000 97 0:99 / {target} rw - tmpfs none rw\n" +
                    "".join(f"{10000 + i} {9999 + i} 0:99 / {target} rw - tmpfs none rw\n" for i in range(1, n)))
    return change


def holds_admin(root):
    root.edit("status", "CapPrm:\t00000000a80425fb", "CapPrm:\t00000000a82425fb")


PART_OF_VERSION_1 = mounted("901 97 0:32 /x /c rw - cgroup cgroup rw,memory")
CHANGES = [
    # an engine that listens in a place of its own
    ("mount.engine-socket", "fail", edits(engine_listens("/opt/e/api"), mounted("901 97 254:0 /opt/e/api /x rw - ext4 /dev/vda rw"))),
    ("mount.engine-socket", "fail", edits(engine_listens("/opt/e/api"), mounted("901 97 254:0 /opt/e /x ro - ext4 /dev/vda rw"))),
    ("mount.engine-socket", "fail", edits(engine_listens("/var/run/e/api"), mounted("901 97 254:0 /run/e /x ro - ext4 /dev/vda rw"))),
    ("mount.engine-socket", "pass", edits(engine_listens("/opt/e/api"), mounted("901 97 254:0 /opt/f /x rw - ext4 /dev/vda rw"))),
    ("mount.engine-socket", "pass", lambda root: root.append("mountinfo", "901 97 254:0 /opt/e /x rw - ext4 /dev/vda rw\n")),
    ("mount.engine-socket", "unknown", edits(lambda root: (root.path / "proc/1/net/unix").unlink(),
                                              mounted("901 97 254:0 /opt/e /x rw - ext4 /dev/vda rw"))),
    # what commands the host's services, read-only or not
    ("mount.service-socket", "fail", mounted("901 97 254:0 /run/dbus/system_bus_socket /b ro - ext4 /dev/vda rw")),
    ("mount.service-socket", "fail", mounted("901 97 254:0 /run/systemd /b ro - ext4 /dev/vda rw")),
    ("mount.service-socket", "pass", mounted("901 97 254:0 /run/app /b rw - ext4 /dev/vda rw")),
    # several names for one directory
    ("mount.ssh", "fail", edits(lambda root: root.host_mount("950 27 254:0 /root/.ssh /q rw - ext4 /dev/vda rw"),
                                 mounted("901 97 254:0 /root/.ssh /k rw - ext4 /dev/vda rw"))),
    ("mount.engine-storage", "fail", edits(moved_storage, mounted("901 97 254:0 /data/docker /x rw - ext4 /dev/vda rw"))),
    ("mount.engine-storage", "pass", edits(moved_storage, mounted("901 97 254:0 /data/docker/volumes/v/_data /x rw - ext4 /dev/vda rw"))),
    ("mount.host-path", "pass", edits(moved_storage, mounted("901 97 254:0 /data/docker/volumes/v/_data /x rw - ext4 /dev/vda rw"))),
    # a volume that is a directory of the host
    ("mount.host-path", "fail", edits(lambda root: root.host_mount("950 27 254:0 /etc /var/lib/docker/volumes/v/_data rw - ext4 /dev/vda rw"),
                                       mounted("901 97 254:0 /etc /x rw - ext4 /dev/vda rw"))),
    ("mount.host-path", "fail", mounted("901 97 254:0 /odd /x rw - ext4 /dev/vda rw")),
    ("mount.host-path", "fail", mounted("901 97 0:21 / /x rw - proc proc rw")),
    ("mount.host-path", "pass", None),
    # what is mounted once more from its own root directory
    ("mount.host-path", "pass", edits(lambda root: root.edit("mountinfo", "0:40 / / rw,relatime - overlay overlay", "254:0 /srv/c / rw - ext4 /dev/vda"),
                                       mounted("901 97 254:0 /srv/c/tmp/x /x rw - ext4 /dev/vda rw"))),
    # more of the host's file system than the host itself has
    ("mount.host-root", "fail", edits(subvolumes, mounted("901 97 254:0 / /top rw - ext4 /dev/vda rw"))),
    ("mount.host-root", "pass", edits(subvolumes, mounted("901 97 254:0 /@other /top rw - ext4 /dev/vda rw"))),
    ("mount.sensitive", "fail", edits(subvolumes, mounted("901 97 254:0 / /top rw - ext4 /dev/vda rw"))),
    ("mount.host-path", "fail", edits(subvolumes, mounted("901 97 254:0 / /top rw - ext4 /dev/vda rw"))),
    # a second procfs or sysfs, of all or of a part
    ("proc-sys-writable", "fail", mounted("901 97 0:98 / /p rw - proc proc rw")),
    ("proc-core-pattern", "fail", mounted("901 97 0:98 / /p rw - proc proc rw")),
    ("proc-masked", "fail", mounted("901 97 0:98 / /p rw - proc proc rw")),
    ("proc-readonly", "fail", mounted("901 97 0:98 / /p rw - proc proc rw")),
    ("proc-sys-writable", "fail", mounted("901 97 0:98 /sys/kernel /k rw - proc proc rw")),
    ("proc-core-pattern", "fail", mounted("901 97 0:98 /sys/kernel /k rw - proc proc rw")),
    ("proc-core-pattern", "pass", mounted("901 97 0:98 /sys/fs /k rw - proc proc rw")),
    ("proc-sys-writable", "pass", mounted("901 97 0:98 / /p ro - proc proc rw")),
    ("proc-sys-writable", "pass", mounted("901 97 0:98 /sys/net /k rw - proc proc rw")),
    ("proc-sys-writable", "fail", edits(mounted("901 97 0:98 /sys/net /k rw - proc proc rw"),
                                         lambda root: root.relink("ns/net", os.readlink(root.path / "proc/2/ns/net")))),
    ("proc-sys-writable", "pass", mounted("901 97 0:98 / /p rw - proc proc rw\n902 901 0:97 / /p rw - tmpfs tmpfs rw")),
    ("sys-writable", "fail", mounted("901 97 0:98 / /s rw - sysfs sysfs rw")),
    ("sys-writable", "fail", mounted("901 97 0:98 /kernel /s rw - sysfs sysfs rw")),
    ("sys-writable", "pass", None),
    # one that holds nothing but processes
    ("proc-sys-writable", "pass", mounted("901 97 0:98 / /p rw - proc proc rw,subset=pid")),
    # the mask is what it hides
    ("drift.masks", "fail", mounted("901 77 0:43 /keys /proc/keys rw - proc proc rw")),
    ("drift.masks", "pass", None),
    # a branch of the control groups that is not its own
    ("cgroup-writable", "fail", edits(lambda root: root.relink("ns/cgroup", "cgroup:[4026539991]"),
                                       mounted("901 97 0:32 /other /c rw - cgroup cgroup rw,memory"))),
    ("mount.cgroup", "fail", mounted("901 97 0:32 /other /c rw - cgroup cgroup rw,memory")),
    ("mount.cgroup", "pass", lambda root: root.append("mountinfo", f"901 97 0:32 /libpod_parent/libpod-{root.id()}/x /c rw - cgroup cgroup rw,memory\n")),
    ("cgroup-writable", "pass", edits(lambda root: root.relink("ns/cgroup", "cgroup:[4026539991]"), lambda root: root.append(
        "mountinfo", f"901 97 0:32 /libpod_parent/libpod-{root.id()} /c rw - cgroup cgroup rw,memory\n"))),
    # CAP_SYS_ADMIN that is not effective, and can be made so at any time
    ("release-agent", "fail", edits(holds_admin, mounted("901 97 0:32 / /c rw - cgroup cgroup rw,memory"))),
    # below the top there is no such file; who is in the host's cgroup namespace can mount the top
    ("release-agent", "fail", edits(holds_admin, PART_OF_VERSION_1)),
    ("release-agent", "pass", edits(holds_admin, PART_OF_VERSION_1, lambda root: root.relink("ns/cgroup", "cgroup:[4026539991]"))),
    ("release-agent", "unknown", edits(holds_admin, PART_OF_VERSION_1, lambda root: root.relink("ns/cgroup", "errno:EACCES"))),
    ("release-agent", "pass", mounted("901 97 0:32 / /c rw - cgroup cgroup rw,memory")),
    # a mount namespace of another process of the container
    ("mount.kernel-filesystems", "fail", member_with("901 97 0:8 / /d rw - debugfs debugfs rw")),
    ("mount.kernel-filesystems", "pass", member_with("901 97 0:96 / /d rw - tmpfs tmpfs rw")),
    ("mount.host-root", "fail", member_with("901 97 254:0 / /h rw - ext4 /dev/vda rw")),
    ("proc-sys-writable", "fail", member_with("901 97 0:98 / /p rw - proc proc rw")),
    ("cgroup-writable", "fail", member_with("901 97 0:32 / /c rw - cgroup cgroup rw,memory")),
    ("mount.host-root", "unknown", lambda root: captures.replace(root.add_member("") / "mountinfo", "errno:EACCES")),
    # too many to be looked at
    ("mount.host-root", "unknown", many_mounts(9000, "/tmp")),
    ("mount.kernel-filesystems", "pass", many_mounts(8000, "/tmp")),
]


with Scratch() as folder:
    check_changes(pathlib.Path(folder), CHANGES)
done()
