/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A snapshot: all that a source was asked in one run, and what it answered, in a directory of plain files. A source that is opened on such a directory
 * gives the same answers, so that the same audit says the same, wherever it is replayed. What the run did not ask is not in it.
 *
 * DIR/manifest is text that diffs well: a head, then a line for each answer, sorted by name, then "end" and the number of lines.
 *
 *     plimsoll-snapshot 1
 *     live yes                     it was the running system, not a captured one
 *     ordinary no                  an ordinary user looked at it
 *     root /                       as source_root()
 *     taken 1795392000             when the run began
 *     process 4242                 that looked
 *
 *     read etc/passwd mode=0100644 owner=0:0 size=1187
 *     read etc/gshadow denied errno=13 # Permission denied
 *     stat dev/null mode=020666 owner=0:0 on=5:4 device=259
 *     link etc/os-release mode=0120777 owner=0:0 data=../usr/lib/os-release
 *     list etc/cron.d entries=1
 *     	- e2scrub_all
 *     pin-number proc/1/root.stat data=64768:2:29
 *     end 6
 *
 * The first word is the question: read, stat, target (of a link), link, list; call: what a system call or a library said; pin, pin-link, pin-list and
 * pin-number: of a process, by its open directory; user and user-list: of a file that an ordinary user named, by "PATH@OWNER". A question that was
 * answered differently later stands there once more. What is not said to be absent, inapplicable, denied, broken, unavailable, malformed or not-given
 * was present. Behind "#" stands the reason. Contents of `size` bytes lie in files/NAME, or where file= says, below DIR; data= is a short one. Bytes that
 * are not printable ASCII, the backslash, and in names and data the space are written \xNN.
 *
 * A captured root DIR may have a manifest, too: DIR.manifest, beside it and not in it, so that whoever made the system there does not speak for its files.
 * It has what these cannot say themselves: their owners and modes, where whoever unpacked them is another user; devices, sockets and empty directories,
 * which git does not keep; what could not be read; what a system call said.
 *
 *     plimsoll-root 1
 *
 *     # the lines as above, in any order, without size= and file=; no head, no end
 *     stat etc/shadow mode=0100640 owner=0:42
 *     stat dev/kvm mode=020660 owner=0:104 device=2792
 *     read etc/gshadow denied errno=13 # Permission denied
 *
 * What such a manifest says nothing of belongs to root, with mode 0755 for directories and 0644 for files. `stat` of what is there holds by whatever path
 * it is reached; a regular file has to be there, and be one. Lines can be copied from the manifest of a snapshot.
 */
#ifndef CORE_SNAPSHOT_H
#define CORE_SNAPSHOT_H

#include "core/source/source.h"

enum {
	SNAPSHOT_FILES = 500000,         /* contents, at most */
	SNAPSHOT_BYTES = 512 << 20,      /* of all together */
};

struct snapshot_plan {
	const char *directory;
	int64_t taken;                   /* when the run began */
	bool redact;                     /* names are taken out, as core/source/redact.h says */
};

struct snapshot_sum {
	size_t facts, files, bytes;      /* answers; contents that lie in a file of their own, and their size together */
	char left[256];                  /* names that could not be taken out, separated by spaces; or "" */
};

/* Whether it can be written there, as far as that is known before: an audit may take minutes. Returns 0, or -errno with a sentence. */
int snapshot_check(const struct source *source, const char *directory, struct err *err);

/*
 * Writes what was asked since source_record(). The directory must not exist, or be empty; all is written into a directory beside it first, with modes
 * for its owner alone, which then takes its name. Returns 0, or -errno with a sentence, and nothing is left behind.
 */
int snapshot_write(struct source *source, const struct snapshot_plan *plan, struct snapshot_sum *sum, struct err *err);

#endif
