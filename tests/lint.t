#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The rules of the house that grep can check: who may include whom, nothing forgotten in a list, no forbidden call.
# Each point lists what breaks it.

cd "${abs_top_srcdir:-$(dirname "$0")/..}" || exit 1
export LC_ALL=C

sources=$(find core checks reports cli docs tests \( -name '*.[ch]' -o -name '*.cc' \) | sort)
scripts=$(find .ci bootstrap tests -maxdepth 1 -type f -exec grep -lE '^#! ?/(usr/)?bin/(env )?(ba)?sh' {} + | sort)
count=0

# NAME FINDINGS: passes where nothing was found
point() {
	count=$((count + 1))
	if [ -z "$2" ]; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		printf '%s\n' "$2" | sed 's/^/# /'
	fi
}

# NAME REASON
skip() {
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

have() {
	command -v "$1" >/dev/null 2>&1
}

# FOLDER ALLOWED: includes in quotes, by path from the top, that reach outside the allowed folders
strangers() {
	grep -rn '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' --include='*.[ch]' --include='*.cc' "$1" | grep -vE "include[[:space:]]*\"($2)/"
}

# The rooms of core/ in their order: each includes itself and those before it.
rooms=$(sed -n 's/^# \([a-z]*\): .*/\1/p' core/Makemodule.am)

upward() {
	below=
	for room in $rooms; do
		below="$below${below:+|}$room"
		strangers "core/$room" "core/($below)"
	done
	find core -mindepth 1 -maxdepth 1 -type d | while read -r folder; do
		printf '%s\n' "$rooms" | grep -qx "${folder#core/}" || echo "$folder is in no order"
	done
}

# HEADER-PATTERN [FILE]: files that include the header, if there are more than one or another than FILE
users_beyond_one() {
	users=$(grep -rlE "^[[:space:]]*#[[:space:]]*include[[:space:]]*<($1)" --include='*.[ch]' --include='*.cc' core checks reports cli | sort)
	case $users in
	"${2:-}") ;;
	*"
"*)	echo "$users" ;;
	*)	[ -z "${2:-}" ] || echo "$users" ;;
	esac
}

# Reads names. Prints those that the Makemodule.am of their folder does not list; unit tests are listed without the .c
unlisted() {
	while read -r file; do
		name=$file
		case $file in tests/*.c) name=${file%.c} ;; esac
		grep -qE "(^|[[:space:]])$name(\.c)?([[:space:]]|\$)" "${file%%/*}/Makemodule.am" || echo "$file"
	done
}

# What the Makemodule.am files list and nobody wrote
listed_for_nothing() {
	cat ./*/Makemodule.am | grep -oE '^[[:space:]]+(core|checks|reports|cli|docs)/[a-z0-9_/]+\.(cc|[ch])' | while read -r file; do
		[ -f "$file" ] || echo "$file"
	done
}

# FOLDER KIND: descriptors that the registry of the folder has no row for
unregistered() {
	grep -rhoE "^const struct $2 $2_[a-z0-9_]+" --include='*.c' "$1" | while read -r _ _ _ name; do
		grep -qE "&$name([^a-z0-9_]|\$)" "$1/registry.c" || echo "$name"
	done
}

long_functions() {
	# shellcheck disable=SC2086  # one argument per file
	ctags -x --languages=C,C++ --kinds-C=f --kinds-C++=f --fields=+ne --_xformat='%{line} %{end} %{input} %{name}' $sources |
		awk '$2 - $1 + 1 > 80 { print $3 ":" $1 ": " $4 "() has " $2 - $1 + 1 " lines" }'
}

# A call, not a mention in a comment: comment lines start with a star or slashes.
calls() {
	# shellcheck disable=SC2086
	grep -nE "(^|[^A-Za-z0-9_.>\"'\`])($1)[[:space:]]*\(" /dev/null $sources | grep -vE ':[0-9]+:[[:space:]]*(\*|/\*|//)'
}

# Files that look at the machine themselves, and keep nothing of it for a snapshot. Those that a source is made of, what is called by a file that does keep it,
# and readers of what the auditor brought along may.
unkept() {
	calls 'syscall|socket|ioctl|klogctl|uname|statx|fstatfs|[fl]?getxattr|getdents64|openat2?|open|fopen|opendir|fdopendir|readlinkat?|getsockopt|getpid|geteuid|mnl_socket_open2|audit_open|is_selinux_enabled|aa_is_enabled|procps_linux_version' |
		grep -vE ':[0-9]+:[[:space:]]*(\.reference = )?"' | grep -oE '^(core|checks)/[a-z_0-9/]+\.c' | sort -u |
		grep -vE '^core/[a-z]+/(source|source_open|source_kept|pin_look|snapshot_load|snapshot_write|benchmark_read|own_file|rootfs|mount_local|search|search_walk|netfilter_legacy|netfilter_tables|procps)\.c$' |
		while read -r file; do
			grep -qE 'source_remember|source_keep_|[a-z]_keep\(' "$file" || echo "$file"
		done
}

documents() {
	find benchmarks tests -name '*.xml' ! -name '*malformed*' -type f | sort
}

malformed() {
	documents | while read -r file; do
		xmllint --nonet --noout "$file" 2>&1
	done
}

point "core/ includes nothing but core/" "$(strangers core core)"
point "a room of core/ includes only those that core/Makemodule.am lists before it" "$(upward)"
point "checks/ includes core/ and itself only" "$(strangers checks 'core|checks')"
point "reports/ includes core/ and itself only" "$(strangers reports 'core|reports')"
point "libmount is used in core/process/mount.c alone" "$(users_beyond_one 'libmount' core/process/mount.c)"
point "libyaml is used in one file to read, and in one to write" "$(grep -rlE '^[[:space:]]*#[[:space:]]*include[[:space:]]*<yaml\.h' --include='*.[ch]' core checks reports cli | grep -vxE 'core/config/document_yaml\.c|reports/yaml\.c')"
point "toml++ is used in one file" "$(users_beyond_one 'toml\+\+/')"
point "libselinux is used in one file" "$(users_beyond_one 'selinux/')"
point "libapparmor is used in one file" "$(users_beyond_one 'sys/apparmor')"
point "SQLite is used in one file" "$(users_beyond_one 'sqlite3')"
point "libproc2 is used in one file" "$(users_beyond_one 'libproc2/|proc/(readproc|procps|sysinfo|version)')"
point "libaudit is used in core/logging/auditctl_kernel.c alone" "$(users_beyond_one 'libaudit' core/logging/auditctl_kernel.c)"
point "libcrypto is used in core/config/certificate.c alone" "$(users_beyond_one 'openssl/' core/config/certificate.c)"
point "libmnl is used in core/firewall/netfilter_tables.c alone" "$(users_beyond_one 'libmnl/' core/firewall/netfilter_tables.c)"
point "libnftnl is used in two files" "$(grep -rlE '^[[:space:]]*#[[:space:]]*include[[:space:]]*<libnftnl/' --include='*.[ch]' core checks reports cli | grep -vxE 'core/firewall/netfilter_(tables|rule)\.c')"
point "every C file is in the list of its folder" "$(printf '%s\n' "$sources" | unlisted)"
point "every test is in the list of its folder" "$(find tests -maxdepth 1 \( -name '*.t' -o -name '*.py' \) | unlisted)"
point "every test can be run" "$(find tests -maxdepth 1 -name '*.t' ! -perm -100)"
point "every listed file exists" "$(listed_for_nothing)"
point "every check is in checks/registry.c" "$(unregistered checks check)"
point "every format is in reports/registry.c" "$(unregistered reports format)"
# shellcheck disable=SC2086
point "every C file names its licence" "$(grep -L '^/\* SPDX-License-Identifier: Apache-2.0 \*/$' /dev/null $sources | grep -v '^/dev/null$')"
point "what the machine is asked is kept for snapshots" "$(unkept)"
point "no forbidden call" "$(calls 'strcpy|strcat|sprintf|vsprintf|gets|strtok|system|popen|exec[lv][a-z]*')"
# shellcheck disable=SC2086
point "no goto" "$(grep -nE '(^|[[:space:];{])goto[[:space:]]+[a-zA-Z_]+[[:space:]]*;' /dev/null $sources)"

if have ctags && ctags --version 2>/dev/null | grep -q '^Universal Ctags'; then
	point "no function is longer than 80 lines" "$(long_functions)"
else
	skip "no function is longer than 80 lines" "universal-ctags is not installed"
fi
if ! have xmllint; then
	skip "every XML file is well-formed" "xmllint is not installed"
elif [ -z "$(documents)" ]; then
	skip "every XML file is well-formed" "there is none"
else
	point "every XML file is well-formed" "$(malformed)"
fi
if have shellcheck; then
	# shellcheck disable=SC2086
	point "shellcheck finds nothing" "$(shellcheck $scripts 2>&1)"
else
	skip "shellcheck finds nothing" "shellcheck is not installed"
fi
echo "1..$count"
