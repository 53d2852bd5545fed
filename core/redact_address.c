/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and password hashes in any text, by their form alone. */
#include "core/redact_private.h"

#include <arpa/inet.h>
#include <ctype.h>

enum { IPV4 = 4, CARD = 6, IPV6 = 16, LONGEST = 46 };

/* strchr(3) finds NUL in every string. */
static bool is_any(char c, const char *of)
{
	return c && strchr(of, c);
}

/* The number of an address among those of its size, from 1 on. */
static unsigned number_of(struct addresses *a, const unsigned char *bytes, unsigned size)
{
	struct address *address;

	for (size_t i = 0; i < a->n; i++)
		if (a->list[i].size == size && memcmp(a->list[i].bytes, bytes, size) == 0)
			return a->list[i].number;
	address = &arena_push(a->arena, a->list, a->n);
	*address = (struct address){ .size = size, .number = ++a->counts[size] };
	memcpy(address->bytes, bytes, size);
	return address->number;
}

/* ---- IPv4 ---- */

static bool ipv4_stays(const unsigned char *b)
{
	return b[0] == 0 || b[0] == 127 || b[0] >= 224;
}

static bool is_private(const unsigned char *b)
{
	return b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168);
}

/* The blocks for documentation (RFC 5737), then the one for benchmarks (RFC 2544); private ones stay private, and network addresses that. */
static void ipv4_becomes(struct addresses *a, const unsigned char *was, unsigned char *is)
{
	static const unsigned char blocks[][3] = { { 192, 0, 2 }, { 198, 51, 100 }, { 203, 0, 113 } };
	unsigned n = number_of(a, was, IPV4), block = (n - 1) / 254;

	if (is_private(was)) {
		is[0] = 10;
		is[1] = (unsigned char)(200 + n / 65536 % 50);
	} else if (block < ARRAY_LEN(blocks)) {
		memcpy(is, blocks[block], 3);
		is[3] = (unsigned char)(1 + (n - 1) % 254);
		return;
	} else {
		is[0] = 198;
		is[1] = 18;
	}
	is[2] = (unsigned char)(n / 256);
	is[3] = (unsigned char)n;
}

static size_t take_ipv4(struct addresses *a, struct buffer *out, const char *at, size_t size)
{
	unsigned char was[IPV4], is[IPV4];
	char text[16];
	size_t n = 0;

	while (n < size && n < sizeof(text) && (isdigit((unsigned char)at[n]) || at[n] == '.'))
		n++;
	if (n && at[n - 1] == '.')
		n--;                     /* of a sentence */
	if (n < 7 || n >= sizeof(text) || (n < size && (isalnum((unsigned char)at[n]) || is_any(at[n], "-+~_"))))
		return 0;
	memcpy(text, at, n);
	text[n] = '\0';
	if (inet_pton(AF_INET, text, was) != 1 || ipv4_stays(was))
		return 0;
	ipv4_becomes(a, was, is);
	buffer_printf(out, "%u.%u.%u.%u", is[0], is[1], is[2], is[3]);
	return n;
}

/* ---- IPv6 ---- */

static bool ipv6_stays(const unsigned char *b)
{
	static const unsigned char none[15] = { 0 };

	return b[0] == 0xff || (memcmp(b, none, 15) == 0 && b[15] <= 1) || (memcmp(b, none, 10) == 0 && b[10] == 0xff && ipv4_stays(b + 12));
}

/* The block for documentation (RFC 3849); what counts for a link or a site alone stays so. */
static void ipv6_becomes(struct addresses *a, const unsigned char *was, unsigned char *is)
{
	unsigned n = number_of(a, was, IPV6);
	bool local = was[0] == 0xfe || (was[0] & 0xfe) == 0xfc;

	memset(is, 0, IPV6);
	is[0] = local ? was[0] : 0x20;
	is[1] = was[0] == 0xfe ? was[1] : local ? 0 : 0x01;
	is[2] = local ? 0 : 0x0d;
	is[3] = local ? 0 : 0xb8;
	is[13] = (unsigned char)(n >> 16);
	is[14] = (unsigned char)(n >> 8);
	is[15] = (unsigned char)n;
}

static size_t take_ipv6(struct addresses *a, struct buffer *out, const char *at, size_t size)
{
	unsigned char was[IPV6], is[IPV6];
	char text[LONGEST + 1];
	size_t n = 0, colons = 0;

	while (n < size && n <= LONGEST && (isxdigit((unsigned char)at[n]) || at[n] == ':' || at[n] == '.'))
		colons += at[n++] == ':';
	if (n > 2 && at[n - 1] == ':' && at[n - 2] != ':') {   /* "fe80::1:/export" */
		n--;
		colons--;
	}
	if (n < 6 || colons < 2 || n > LONGEST || (n < size && isalnum((unsigned char)at[n])))
		return 0;
	memcpy(text, at, n);
	text[n] = '\0';
	if (inet_pton(AF_INET6, text, was) != 1 || ipv6_stays(was))
		return 0;
	ipv6_becomes(a, was, is);
	buffer_puts(out, inet_ntop(AF_INET6, is, text, sizeof(text)));
	return n;
}

/* ---- network cards ---- */

static int hex_pair(const char *at)
{
	char pair[3] = { at[0], at[1], '\0' };

	return isxdigit((unsigned char)at[0]) && isxdigit((unsigned char)at[1]) ? (int)strtol(pair, NULL, 16) : -1;
}

static size_t take_card(struct addresses *a, struct buffer *out, const char *at, size_t size)
{
	const size_t n = 17;
	unsigned char was[CARD];
	unsigned number, set = 0, clear = 0;

	if (size < n || (size > n && (isalnum((unsigned char)at[n]) || is_any(at[n], ":-"))))
		return 0;
	for (size_t i = 0; i < CARD; i++) {
		int byte = hex_pair(at + 3 * i);

		if (byte < 0 || (i < CARD - 1 && at[3 * i + 2] != ':'))
			return 0;
		was[i] = (unsigned char)byte;
		set += byte == 0xff;
		clear += byte == 0;
	}
	if (set == CARD || clear == CARD)
		return 0;
	number = number_of(a, was, CARD);
	buffer_printf(out, "02:00:00:%02x:%02x:%02x", number >> 16 & 255, number >> 8 & 255, number & 255);   /* locally administered */
	return n;
}

/* ---- /proc/net/tcp and its like: words as the machine has them, then a port ---- */

static size_t take_socket(struct addresses *a, struct buffer *out, const char *at, size_t size)
{
	unsigned char was[IPV6], is[IPV6];
	size_t n = 0, words;

	while (n < size && n < 33 && isxdigit((unsigned char)at[n]))
		n++;
	if ((n != 8 && n != 32) || size < n + 5 || at[n] != ':' || hex_pair(at + n + 1) < 0 || hex_pair(at + n + 3) < 0 || islower((unsigned char)at[0]))
		return 0;
	words = n / 8;
	for (size_t i = 0; i < words; i++) {
		char word[9] = { 0 };
		uint32_t value;

		memcpy(word, at + 8 * i, 8);
		value = (uint32_t)strtoul(word, NULL, 16);
		memcpy(was + 4 * i, &value, 4);
	}
	if (words == 1 ? ipv4_stays(was) : ipv6_stays(was))
		return 0;
	if (words == 1)
		ipv4_becomes(a, was, is);
	else
		ipv6_becomes(a, was, is);
	for (size_t i = 0; i < words; i++) {
		uint32_t value;

		memcpy(&value, is + 4 * i, 4);
		buffer_printf(out, "%08X", value);
	}
	return n;
}

size_t redact_address(struct addresses *a, struct buffer *out, const char *at, size_t size, char before)
{
	size_t n;

	if (!isxdigit((unsigned char)*at) && *at != ':')
		return 0;
	if (isalnum((unsigned char)before) || is_any(before, "._-+~"))
		return 0;
	if (before == ':')               /* what one of the others holds was taken with it; "ip=192.0.2.1::192.0.2.254:255.255.255.0" */
		return take_ipv4(a, out, at, size);
	n = take_card(a, out, at, size);
	n = n ? n : take_socket(a, out, at, size);
	n = n ? n : take_ipv6(a, out, at, size);
	return n ? n : take_ipv4(a, out, at, size);
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

size_t redact_hash(struct addresses *a, struct buffer *out, const char *at, size_t size, char before)
{
	if (isalnum((unsigned char)before))
		return 0;
	return *at == '$' ? take_crypt(a, out, at, size) : *at == 'g' ? take_grub(a, out, at, size) : 0;
}
