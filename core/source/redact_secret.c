/* SPDX-License-Identifier: Apache-2.0 */
/* Password hashes, keys and certificates in any text, by their form alone, and the values of variables that are named like credentials. */
#include "core/source/redact_private.h"

#include <ctype.h>

static bool is_any(char c, const char *of)
{
	return c && strchr(of, c);
}

/* ---- password hashes ---- */

/* "rounds=5000", the cost of bcrypt, the parameters of yescrypt: the strength stays. */
static bool is_parameter(const char *part, size_t n, const char *kind, size_t index)
{
	if (n > 7 && memcmp(part, "rounds=", 7) == 0)
		return true;
	return index == 0 && (list_has("y gy 7", " ", kind) || (kind[0] == '2' && n == 2));
}

static void add_masked(struct buffer *out, const char *rest, size_t size, const char *kind)
{
	size_t index = 0;

	for (size_t from = 0, n; from <= size; from += n + 1, index++) {
		const char *end = memchr(rest + from, '$', size - from);

		n = end ? (size_t)(end - rest) - from : size - from;
		if (index)
			buffer_puts(out, "$");
		if (is_parameter(rest + from, n, kind, index))
			buffer_add(out, rest + from, n);
		else
			for (size_t i = 0; i < n; i++)
				buffer_puts(out, "x");
	}
}

/* Letters that are digits of hexadecimal numbers, too. */
void redact_tell_apart(struct addresses *a, struct buffer *out, const char *hash, size_t size)
{
	size_t number = 0;

	while (number < a->n_hashes && !(strlen(a->hashes[number]) == size && memcmp(a->hashes[number], hash, size) == 0))
		number++;
	if (number == a->n_hashes)
		arena_push(a->arena, a->hashes, a->n_hashes) = arena_strndup(a->arena, hash, size);
	for (size_t i = 1; i <= 6; i++, number /= 6)
		out->text[out->size - i] = (char)('a' + number % 6);
}

static size_t take_crypt(struct addresses *a, struct buffer *out, const char *at, size_t size)
{
	char kind[6] = "";
	size_t n = 0, head;

	while (n < sizeof(kind) - 1 && n + 1 < size && isalnum((unsigned char)at[n + 1])) {
		kind[n] = at[n + 1];
		n++;
	}
	head = n + 2;
	if (!n || head >= size || at[n + 1] != '$' || !list_has("1 2a 2b 2x 2y 5 6 7 y gy sha1 md5", " ", kind))
		return 0;
	for (n = head; n < size && (isalnum((unsigned char)at[n]) || is_any(at[n], "./$=,"));)
		n++;
	if (n < head + 8)
		return 0;
	buffer_add(out, at, head);
	add_masked(out, at + head, n - head, kind);
	if (n >= head + 16)
		redact_tell_apart(a, out, at, n);
	return n;
}

static size_t take_grub(struct addresses *a, struct buffer *out, const char *at, size_t size)
{
	static const char head[] = "grub.pbkdf2.sha512.";
	size_t n = sizeof(head) - 1;

	if (size <= n || memcmp(at, head, n) != 0)
		return 0;
	while (n < size && isdigit((unsigned char)at[n]))
		n++;
	buffer_add(out, at, n);
	for (; n < size && (isxdigit((unsigned char)at[n]) || at[n] == '.'); n++)
		buffer_puts(out, at[n] == '.' ? "." : "0");
	if (n > sizeof(head) + 16)
		redact_tell_apart(a, out, at, n);
	return n;
}

/* ---- PEM (RFC 7468) ---- */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* A digit of base64 at `i`; the "n" of an escaped line break is none. */
static bool is_digit(const char *body, size_t i)
{
	return body[i] && strchr(digits, body[i]) && !(i && body[i - 1] == '\\');
}

/* The bytes of the body, and their number. */
static unsigned char *decode(struct arena *arena, const char *body, size_t size, size_t *n)
{
	unsigned char *bytes = arena_array_of(arena, unsigned char, size + 1);
	uint32_t bits = 0;
	unsigned have = 0;

	*n = 0;
	for (size_t i = 0; i < size; i++) {
		if (!is_digit(body, i))
			continue;
		bits = bits << 6 | (uint32_t)(strchr(digits, body[i]) - digits);
		have += 6;
		if (have >= 8) {
			have -= 8;
			bytes[(*n)++] = (unsigned char)(bits >> have);
		}
	}
	return bytes;
}

/* The bytes in place of those that are there: the lines stay as long as they are. */
static void add_encoded(struct buffer *out, const char *body, size_t size, const unsigned char *bytes, size_t n)
{
	size_t at = 0;   /* in sixths of a byte's eight bits */

	for (size_t i = 0; i < size; i++) {
		size_t bit = 6 * at, byte = bit / 8;
		uint32_t two;

		if (!is_digit(body, i)) {
			buffer_add(out, body + i, 1);
			continue;
		}
		two = (uint32_t)(byte < n ? bytes[byte] : 0) << 8 | (byte + 1 < n ? bytes[byte + 1] : 0);
		buffer_add(out, &digits[two >> (10 - bit % 8) & 63], 1);
		at++;
	}
}

enum { DER_INTEGER = 0x02, DER_BITS = 0x03, DER_BYTES = 0x04, DER_NUMERIC = 0x12, DER_UNIVERSAL = 0x1c, DER_CONSTRUCTED = 0x20, DER_CONTEXT = 0x80 };

/* What may name somebody: texts, numbers longer than a version, keys, signatures, extensions. Kinds, times and lengths stay. */
static void mask_value(unsigned char tag, unsigned char *value, size_t n)
{
	static const char texts[] = { 0x0c, 0x13, 0x14, 0x15, 0x16, 0x19, 0x1a, 0x1b, 0x1e, '\0' };

	if (tag == DER_INTEGER && n > 1)
		memset(value, 1, n);
	else if (tag == DER_BITS && n > 1)
		memset(value + 1, 0, n - 1);
	else if (tag == DER_BYTES || tag == DER_UNIVERSAL || tag >= DER_CONTEXT)
		memset(value, 0, n);
	else if (tag == DER_NUMERIC)
		memset(value, '0', n);
	else if (tag && tag < DER_CONTEXT && strchr(texts, tag))
		memset(value, 'x', n);
}

/* Returns the size of the header, and in *n that of the value behind it; 0: it is none. */
static size_t der_header(const unsigned char *at, size_t size, size_t *n)
{
	size_t header = 2;

	if (size < header)
		return 0;
	*n = at[1];
	if (at[1] >= 0x80) {
		size_t more = at[1] & 0x7f;

		if (!more || more > 4 || size < header + more)
			return 0;
		*n = 0;
		for (size_t i = 0; i < more; i++)
			*n = *n << 8 | at[header++];
	}
	return *n <= size - header ? header : 0;
}

static void mask_der(unsigned char *at, size_t size, unsigned depth)
{
	enum { DEPTH_MOST = 16 };
	size_t header, n;

	while (size && (header = der_header(at, size, &n)) && depth < DEPTH_MOST) {
		if (at[0] & DER_CONSTRUCTED)
			mask_der(at + header, n, depth + 1);
		else
			mask_value(at[0], at + header, n);
		at += header + n;
		size -= header + n;
	}
	memset(at, 0, size);     /* not understood */
}

static const char *find(const char *in, size_t size, const char *what)
{
	return memmem(in, size, what, strlen(what));
}

/* "kek-version: 2": headers stay, and of those that say how it is encrypted what they say. Returns their size. */
static size_t add_headers(struct buffer *out, const char *body, size_t size)
{
	size_t from = *body == '\n', n;

	for (;; from += n + 1) {
		const char *line = body + from, *end = from < size ? memchr(line, '\n', size - from) : NULL, *colon;

		n = end ? (size_t)(end - line) : 0;
		colon = end ? memchr(line, ':', n) : NULL;
		if (!colon)
			break;
		buffer_add(out, from == 1 ? body : line, (size_t)(colon - line) + (from == 1));
		if (starts_with(line, "kek-version:") || starts_with(line, "Proc-Type:") || starts_with(line, "DEK-Info:"))
			buffer_add(out, colon, (size_t)(end - colon) + 1);
		else
			buffer_puts(out, ": x\n");
	}
	return from > 1 ? from : 0;
}

/* Signed messages of OpenPGP, as the lists of packages are, look like these, and are text. */
static bool holds_key(const char *label, size_t size)
{
	if (size > 4 && memcmp(label, "PGP ", 4) == 0)
		return find(label, size, "PRIVATE KEY") != NULL;
	return find(label, size, "CERTIFICATE") || find(label, size, "KEY") || find(label, size, "CRL");
}

/* Of a certificate the times stay, of all else the length. */
static size_t take_pem(struct addresses *a, struct buffer *out, const char *at, size_t size)
{
	static const char begin[] = "-----BEGIN ", dashes[] = "-----";
	const char *label = at + sizeof(begin) - 1, *body, *end;
	unsigned char *bytes;
	size_t n;

	if (size < sizeof(begin) || memcmp(at, begin, sizeof(begin) - 1) != 0)
		return 0;
	body = find(label, (size_t)(at + size - label), dashes);
	if (!body || !holds_key(label, (size_t)(body - label)))
		return 0;
	body += sizeof(dashes) - 1;
	end = find(body, (size_t)(at + size - body), dashes);
	end = end ? end : at + size;
	buffer_add(out, at, (size_t)(body - at));
	body += add_headers(out, body, (size_t)(end - body));
	bytes = decode(a->arena, body, (size_t)(end - body), &n);
	if (find(label, 32 < body - label ? 32 : (size_t)(body - label), "CERTIFICATE--"))
		mask_der(bytes, n, 0);
	else
		memset(bytes, 0, n);
	add_encoded(out, body, (size_t)(end - body), bytes, n);
	return (size_t)(end - at);
}

/* ---- variables ---- */

bool sounds_secret(const char *name, size_t size)
{
	static const char *const parts[] = { "PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "API_KEY", "APIKEY", "PRIVATE_KEY",
					     "ACCESS_KEY", "CREDENTIAL", "AUTH_KEY", "ENCRYPTION_KEY" };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		size_t n = strlen(parts[i]);

		for (size_t at = 0; at + n <= size; at++)
			if (strncasecmp(name + at, parts[i], n) == 0)
				return true;
	}
	return false;
}

/* DB_PASSWORD=… in a shell, a unit or a list of arguments; "db_password=…" in JSON. */
static size_t take_variable(struct buffer *out, const char *at, size_t size, char before)
{
	const char quote = before == '"' || before == '\'' ? before : '\0';
	size_t n = 0, from;

	while (n < size && (isupper((unsigned char)at[n]) || isdigit((unsigned char)at[n]) || at[n] == '_' || (quote && islower((unsigned char)at[n]))))
		n++;
	if (!n || n >= size || at[n] != '=' || before == '_' || !sounds_secret(at, n))
		return 0;
	from = ++n;
	while (n < size && at[n] && at[n] != '\n' && (quote ? at[n] != quote || at[n - 1] == '\\' : !is_any(at[n], " \t\"'")))
		n++;
	if (n == from)
		return 0;
	buffer_add(out, at, from);
	for (size_t i = from; i < n; i++)
		buffer_puts(out, "x");
	return n;
}

char *redact_variables(struct arena *arena, const char *data, size_t size)
{
	char *copy = arena_strndup(arena, data, size);

	for (char *at = copy; at < copy + size; at += strlen(at) + 1) {
		char *equals = strchr(at, '=');

		if (equals && sounds_secret(at, (size_t)(equals - at)))
			memset(equals + 1, 'x', strlen(equals + 1));
	}
	return copy;
}

size_t redact_secret(struct addresses *a, struct buffer *out, const char *at, size_t size, char before)
{
	size_t n = 0;

	if (isalnum((unsigned char)before))
		return 0;
	if (*at == '-')
		return take_pem(a, out, at, size);
	n = *at == '$' ? take_crypt(a, out, at, size) : *at == 'g' ? take_grub(a, out, at, size) : 0;
	return n ? n : take_variable(out, at, size, before);
}
