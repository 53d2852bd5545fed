#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# html_embed.sh CSS JS: prints reports/html_assets.h. Each file is a C string with its SHA-256 as a Content-Security-Policy wants it, without comments (in
# the sources these stand on lines of their own) and without white space that says nothing: in the style, around what separates; in the script, around
# operators, and at the ends of lines that cannot be the end of a statement or end in its semicolon. Custom properties of the style get names of one letter.

set -eu

text_of() {
	case $1 in
	*.css) tight='s/ *{ */{/g; s/;* *}/}/g; s/\([:;,]\) /\1/g; s/ \([>~+]\) /\1/g' ;;
	*) tight='s/ \(===\|!==\|&&\|||\|>>\|[=+?:&<>]\) /\1/g; s/, /,/g; s/) {/){/g; s/\(if\|for\|function\) (/\1(/g; s/: /:/g' ;;
	esac
	sed 's/^[[:space:]]*//; /^\/[/*]/d; /^$/d; '"$tight" "$1" | LC_ALL=C ${AWK:-awk} '
	{
		while (match($0, /--[a-z]+/)) {
			name = substr($0, RSTART, RLENGTH)
			if (!(name in short))
				short[name] = "--" substr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", ++n, 1)
			printf "%s%s", substr($0, 1, RSTART - 1), short[name]
			$0 = substr($0, RSTART + RLENGTH)
		}
		printf "%s%s", $0, /[]{}([;,)&|?:]$/ ? "" : "\n"
	}'
	echo
}

# Reads bytes. Prints their SHA-256 in base64.
hash_of() {
	sha256sum | LC_ALL=C ${AWK:-awk} '
	BEGIN { digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" }
	{
		for (i = 1; i <= 66; i += 3) {
			bits = 0
			for (k = 0; k < 3; k++)
				bits = bits * 16 + index("0123456789abcdef", substr($1 "00", i + k, 1)) - 1
			out = out substr(digits, int(bits / 64) + 1, 1) substr(digits, bits % 64 + 1, 1)
		}
		print substr(out, 1, 43) "="
	}'
}

# NAME MACRO FILE
embed() {
	hash=$(text_of "$3" | hash_of)
	[ ${#hash} = 44 ] || { echo "$0: no hash of $3: is sha256sum there?" >&2; exit 1; }
	printf '#define %s "sha256-%s"\n' "$2" "$hash"
	printf 'static const char %s[] =\n' "$1"
	text_of "$3" | sed 's/[\\"]/\\&/g; s/^/\t"/; s/$/\\n"/'
	printf '\t;\n'
}

echo "/* SPDX-License-Identifier: Apache-2.0 */"
echo "/* Made by reports/html_embed.sh. */"
embed html_style HTML_STYLE_HASH "$1"
embed html_script HTML_SCRIPT_HASH "$2"
