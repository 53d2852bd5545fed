/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses in any text, by their form alone. */
#include "core/source/redact_private.h"

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

/* Digits and dots that are an address, without the full stop of a sentence; 0: they are none. */
static size_t read_ipv4(const char *at, size_t size, unsigned char *bytes)
{
	char text[16];
	size_t n = 0;

	while (n < size && n < sizeof(text) && (isdigit((unsigned char)at[n]) || at[n] == '.'))
		n++;
	if (n && at[n - 1] == '.')
		n--;
	if (n < 7 || n >= sizeof(text))
		return 0;
	memcpy(text, at, n);
	text[n] = '\0';
	return inet_pton(AF_INET, text, bytes) == 1 ? n : 0;
}

static void add_ipv4(struct addresses *a, struct buffer *out, const unsigned char *was)
{
	unsigned char is[IPV4];

	memcpy(is, was, IPV4);
	if (!ipv4_stays(was))
		ipv4_becomes(a, was, is);
	buffer_printf(out, "%u.%u.%u.%u", is[0], is[1], is[2], is[3]);
}

/* "192.0.2.1", and "192.0.2.1-192.0.2.9"; "1.2.3.4-5" is a version. */
static size_t take_ipv4(struct addresses *a, struct buffer *out, const char *at, size_t size)
{
	unsigned char from[IPV4], to[IPV4];
	size_t n = read_ipv4(at, size, from), more = n && n < size && at[n] == '-' ? read_ipv4(at + n + 1, size - n - 1, to) : 0, all = n + (more ? 1 + more : 0);

	if (!n || (all < size && (isalnum((unsigned char)at[all]) || is_any(at[all], "-+~_"))) || (!more && ipv4_stays(from)))
		return 0;
	add_ipv4(a, out, from);
	if (more) {
		buffer_puts(out, "-");
		add_ipv4(a, out, to);
	}
	return all;
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

/* Pairs of digits with the same separator between them, followed by nothing that belongs to them. */
static size_t count_pairs(const char *at, size_t size, char separator)
{
	size_t n = 0;

	while (3 * n + 2 <= size && hex_pair(at + 3 * n) >= 0 && (!n || at[3 * n - 1] == separator))
		n++;
	if (n && 3 * n - 1 < size && (isalnum((unsigned char)at[3 * n - 1]) || at[3 * n - 1] == separator))
		return 0;
	return n;
}

static void add_card(struct addresses *a, struct buffer *out, const unsigned char *was, char separator)
{
	static const unsigned char none[CARD] = { 0 }, all[CARD] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	const bool stays = memcmp(was, none, CARD) == 0 || memcmp(was, all, CARD) == 0;
	const unsigned number = stays ? 0 : number_of(a, was, CARD);
	const unsigned char is[CARD] = { 2, 0, 0, (unsigned char)(number >> 16), (unsigned char)(number >> 8), (unsigned char)number };   /* locally administered */

	for (size_t i = 0; i < CARD; i++) {
		if (i && separator)
			buffer_add(out, &separator, 1);
		buffer_printf(out, "%02x", stays ? was[i] : is[i]);
	}
}

/* Alone; behind the kind of hardware, as in BOOTIF=01-52-54-00-12-34-56; or two and the protocol, as the packet filter logs them. */
static size_t take_card(struct addresses *a, struct buffer *out, const char *at, size_t size)
{
	const char separator = size > 2 && (at[2] == ':' || at[2] == '-') ? at[2] : '\0';
	const size_t n = separator ? count_pairs(at, size, separator) : 0;
	size_t i = n == CARD + 1;

	if (n < CARD || (n == IPV6 / 2 && separator == ':'))
		return 0;
	buffer_add(out, at, 3 * i);
	for (; i + CARD <= n; i += CARD) {
		unsigned char was[CARD];

		for (size_t k = 0; k < CARD; k++)
			was[k] = (unsigned char)hex_pair(at + 3 * (i + k));
		add_card(a, out, was, separator);
		if (i + CARD < n)
			buffer_add(out, &separator, 1);
	}
	if (i < n)
		buffer_add(out, at + 3 * i, 3 * (n - i) - 1);
	return 3 * n - 1;
}

/* An interface that has its name from the card (systemd.net-naming-scheme(7)). */
static size_t take_interface(struct addresses *a, struct buffer *out, const char *at, size_t size)
{
	const size_t head = 3, n = head + 2 * (size_t)CARD;
	unsigned char was[CARD];

	if (size < n || memcmp(at, "enx", head) != 0 || (size > n && isalnum((unsigned char)at[n])))
		return 0;
	for (size_t i = 0; i < CARD; i++) {
		int byte = hex_pair(at + head + 2 * i);

		if (byte < 0)
			return 0;
		was[i] = (unsigned char)byte;
	}
	buffer_puts(out, "enx");
	add_card(a, out, was, '\0');
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

/* /proc/net/if_inet6 */
size_t redact_digits(struct addresses *a, struct buffer *out, const char *at, size_t size, char before)
{
	const size_t n = 2 * (size_t)IPV6;
	unsigned char was[IPV6], is[IPV6];

	if (size < n || isalnum((unsigned char)before) || (size > n && isalnum((unsigned char)at[n])))
		return 0;
	for (size_t i = 0; i < IPV6; i++) {
		int byte = hex_pair(at + 2 * i);

		if (byte < 0)
			return 0;
		was[i] = (unsigned char)byte;
	}
	if (ipv6_stays(was))
		return 0;
	ipv6_becomes(a, was, is);
	for (size_t i = 0; i < IPV6; i++)
		buffer_printf(out, "%02x", is[i]);
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
	n = take_interface(a, out, at, size);
	n = n ? n : take_card(a, out, at, size);
	n = n ? n : take_socket(a, out, at, size);
	n = n ? n : take_ipv6(a, out, at, size);
	return n ? n : take_ipv4(a, out, at, size);
}
