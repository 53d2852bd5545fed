/* SPDX-License-Identifier: Apache-2.0 */
/* Rules over devices as the cgroup controller of version 1 writes them: admin-guide/cgroup-v1/devices in the kernel's documentation. */
#include "checks/device.h"

#include "core/base/text.h"

enum { MEMORY = 1, TERMINALS = 5, MISC = 10, SCSI_GENERIC = 21, FIRST_PTY = 136, LAST_PTY = 143 };

static bool read_number(const char **at, int64_t *number)
{
	char *end;

	if (**at == '*') {
		*number = DEVICE_ANY;
		++*at;
		return true;
	}
	if (**at < '0' || **at > '9')
		return false;
	*number = strtoll(*at, &end, 10);
	*at = end;
	return true;
}

bool device_rule_parse(struct device_rule *rule, const char *text)
{
	*rule = (struct device_rule){ .type = *text };
	if (!strchr("abc", *text) || !*text || text[1] != ' ')
		return false;
	text += 2;
	if (!read_number(&text, &rule->major) || *text++ != ':' || !read_number(&text, &rule->minor) || *text++ != ' ')
		return false;
	for (; *text && *text != '\n'; text++) {
		if (!strchr("rwm", *text))
			return false;
		rule->access |= *text == 'r' ? DEVICE_READ : *text == 'w' ? DEVICE_WRITE : DEVICE_MAKE;
	}
	return true;
}

static const char *number_text(struct arena *arena, int64_t number)
{
	return number == DEVICE_ANY ? "*" : arena_printf(arena, "%lld", (long long)number);
}

const char *device_rule_text(struct arena *arena, const struct device_rule *rule)
{
	return arena_printf(arena, "%c %s:%s %s%s%s", rule->type, number_text(arena, rule->major), number_text(arena, rule->minor),
			    rule->access & DEVICE_READ ? "r" : "", rule->access & DEVICE_WRITE ? "w" : "",
			    rule->access & DEVICE_MAKE ? "m" : "");
}

static bool covers(int64_t ruled, int64_t number)
{
	return ruled == DEVICE_ANY || ruled == number;
}

bool device_rule_fits(const struct device_rule *rule, const struct device *device, unsigned access)
{
	return (rule->type == 'a' || rule->type == device->type) && covers(rule->major, device->major) && covers(rule->minor, device->minor) &&
	       (access & ~rule->access) == 0;
}

/* No device has the number 0:0; systemd makes nodes of it to put over what shall not be seen. */
static bool opens(const struct device_rule *rule)
{
	return (rule->access & (DEVICE_READ | DEVICE_WRITE)) != 0 && (rule->major != 0 || rule->minor != 0);
}

/* "248 bsg" is a line of /proc/devices; the list of block devices comes after that of character devices. */
static bool is_major_of(const char *majors, int64_t major, const char *name)
{
	const char *end = majors ? strstr(majors, "Block devices:") : NULL;
	char text[64];
	const char *found;

	if (!majors)
		return false;
	snprintf(text, sizeof(text), "%3lld %s\n", (long long)major, name);
	found = strstr(majors, text);
	return found && (!end || found < end) && (found == majors || found[-1] == '\n');
}

/* Past the block layer, and to the same disks. */
static bool is_raw_disk(const struct device_rule *rule, const char *majors)
{
	static const char *const drivers[] = { "bsg", "nvme", "nvme-generic", "raw" };

	for (size_t i = 0; i < ARRAY_LEN(drivers); i++)
		if (is_major_of(majors, rule->major, drivers[i]))
			return true;
	return rule->major == SCSI_GENERIC;
}

bool device_rule_is_grave(const struct device_rule *rule, const char *majors)
{
	if (!opens(rule))
		return false;
	if (rule->type != 'c' || rule->major == DEVICE_ANY)
		return true;
	/* /dev/mem, /dev/kmem, /dev/port */
	if (rule->major == MEMORY)
		return rule->minor == DEVICE_ANY || rule->minor == 1 || rule->minor == 2 || rule->minor == 4;
	return is_raw_disk(rule, majors);
}

/* null, zero, full, random, urandom; tty, console, ptmx; pseudo terminals. */
static bool is_usual_number(int64_t major, int64_t minor)
{
	if (major == MEMORY)
		return minor == 3 || minor == 5 || minor == 7 || minor == 8 || minor == 9;
	if (major == TERMINALS)
		return minor >= 0 && minor <= 2;
	return major >= FIRST_PTY && major <= LAST_PTY;
}

/* Also what docker (tun) and lxc (hpet, fuse, kvm) let every container open, and make no node of. */
bool device_rule_is_usual(const struct device_rule *rule)
{
	if (!opens(rule))
		return true;
	if (rule->type != 'c')
		return false;
	if (rule->major == MISC)
		return rule->minor == 200 || rule->minor == 228 || rule->minor == 229 || rule->minor == 232;
	return is_usual_number(rule->major, rule->minor);
}

bool device_is_usual(const struct device *device)
{
	return device->type == 'c' && is_usual_number(device->major, device->minor);
}
