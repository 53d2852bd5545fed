/* SPDX-License-Identifier: Apache-2.0 */
/* Names are taken out of any bytes, of a host with a few names: what was taken out once is not there any more. */
#include "tests/fuzz.h"

#include "core/source/redact.h"
#include "core/source/source_private.h"

static const char *const hosts[][2] = {
	{ "proc/sys/kernel/hostname", "web7.corp.example\n" },
	{ "etc/machine-id", "0123456789abcdef0123456789abcdef\n" },
	{ "etc/passwd", "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000:Alice Liddell,,,:/home/alice:/bin/sh\n" },
};

static struct fact *answer(struct source *source, const char *name, const char *data, size_t size)
{
	struct fact *fact = facts_add(&source->facts, FACT_READ, name);

	fact->file = arena_new_of(source->arena, struct file);
	*fact->file = (struct file){ .path = arena_printf(source->arena, "/%s", name), .data = arena_strndup(source->arena, data, size), .size = size };
	return fact;
}

/* The first byte says what file it is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "etc/hosts", "etc/shadow", "proc/1/environ", "proc/1/cmdline", "proc/self/net/if_inet6", "etc/x.pem", "var/lib/dpkg/status" };
	static const char machine[] = "0123456789abcdef0123456789abcdef";
	auto_arena struct arena *arena = arena_new();
	auto_source struct source *source = source_of_files();
	const struct fact *fact, *clean;

	if (!size)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
		answer(source, hosts[i][0], hosts[i][1], strlen(hosts[i][1]));
	fact = answer(source, names[data[0] % ARRAY_LEN(names)], (const char *)data + 1, size - 1);
	clean = redact_fact(redaction_new(source, arena), fact);
	for (size_t i = 0; i + sizeof(machine) - 1 <= clean->file->size; i++) {
		const char *at = clean->file->data + i, *end = at + sizeof(machine) - 1;
		bool begins = !i || !(at[-1] & 0x80 ? 0 : (at[-1] >= '0' && at[-1] <= '9') || ((at[-1] | 0x20) >= 'a' && (at[-1] | 0x20) <= 'z'));
		bool ends = end == clean->file->data + clean->file->size || *end == '\n';

		if (begins && ends && memcmp(at, machine, sizeof(machine) - 1) == 0 && !memchr(data + 1, 0, size - 1))
			abort();
	}
	return 0;
}
