/* SPDX-License-Identifier: Apache-2.0 */
#include "core/process/cgroup.h"

#include "core/base/text.h"

#include <ctype.h>

enum { ID_DIGITS = 64, STATIC_POD_DIGITS = 32 };

/* ---- words of one component ---- */

struct component {
	const char *text;
	size_t size;
};

static bool is(struct component c, const char *text)
{
	return c.size == strlen(text) && memcmp(c.text, text, c.size) == 0;
}

static bool drop_prefix(struct component *c, const char *prefix)
{
	size_t n = strlen(prefix);

	if (c->size < n || memcmp(c->text, prefix, n) != 0)
		return false;
	c->text += n;
	c->size -= n;
	return true;
}

static bool drop_suffix(struct component *c, const char *suffix)
{
	size_t n = strlen(suffix);

	if (c->size <= n || memcmp(c->text + c->size - n, suffix, n) != 0)
		return false;
	c->size -= n;
	return true;
}

static bool is_hex(struct component c, size_t digits)
{
	for (size_t i = 0; i < c.size; i++)
		if (!isdigit((unsigned char)c.text[i]) && !(c.text[i] >= 'a' && c.text[i] <= 'f'))
			return false;
	return c.size == digits;
}

/* ---- what a component says ---- */

struct hit {
	enum cgroup_class class;
	const char *runtime;
	struct component id;
};

struct row {
	const char *prefix;
	enum cgroup_class class;
	const char *runtime;
	bool hex;                /* what is left is 64 hexadecimal digits; else any name */
	bool scope;              /* only as a scope; else the ending is optional */
};

/* The first that fits wins, so that what is special stands before what is general. */
static const struct row rows[] = {
	{ "libpod-conmon-",     CGROUP_HELPER,      "podman",         true,  false },
	{ "crio-conmon-",       CGROUP_HELPER,      "cri-o",          true,  false },
	{ "lxc.monitor.",       CGROUP_HELPER,      "lxc",            false, false },
	{ "podman-pause-",      CGROUP_HELPER,      "podman",         false, true  },
	{ "libpod-payload-",    CGROUP_CONTAINER,   "podman",         true,  false },
	{ "libpod-",            CGROUP_CONTAINER,   "podman",         true,  false },
	{ "crio-",              CGROUP_CONTAINER,   "cri-o",          true,  false },
	{ "cri-containerd-",    CGROUP_CONTAINER,   "containerd",     true,  false },
	{ "docker-",            CGROUP_CONTAINER,   "docker",         true,  true  },
	{ "nerdctl-",           CGROUP_CONTAINER,   "nerdctl",        true,  true  },
	{ "lxc.payload.",       CGROUP_CONTAINER,   "lxc",            false, false },
	{ "buildah-",           CGROUP_CONTAINER,   "buildah",        false, false },
	{ "machine-qemu\\x2d",  CGROUP_MACHINE,     "qemu",           false, true  },
	{ "machine-lxc\\x2d",   CGROUP_CONTAINER,   "libvirt-lxc",    false, true  },
	{ "machine-",           CGROUP_CONTAINER,   "systemd-nspawn", false, true  },
	{ "app-flatpak-",       CGROUP_APPLICATION, "flatpak",        false, true  },
	{ "snap.",              CGROUP_APPLICATION, "snap",           false, true  },
};

static bool by_row(const struct row *row, struct component c, struct hit *hit)
{
	if (!drop_prefix(&c, row->prefix))
		return false;
	if (!drop_suffix(&c, ".scope") && row->scope)
		return false;
	if (row->hex ? !is_hex(c, ID_DIGITS) : c.size == 0)
		return false;
	*hit = (struct hit){ row->class, row->runtime, c };
	return true;
}

/* The name behind "N\x2d" of libvirt's machines, without "-N" behind a flatpak's. */
static void trim_name(struct hit *hit)
{
	struct component *c = &hit->id;

	if (streq(hit->runtime, "libvirt-lxc") || streq(hit->runtime, "qemu")) {
		const char *at = memmem(c->text, c->size, "\\x2d", 4);

		if (at) {
			c->size -= (size_t)(at + 4 - c->text);
			c->text = at + 4;
		}
	} else if (streq(hit->runtime, "flatpak")) {
		const char *dash = memrchr(c->text, '-', c->size);

		if (dash && dash > c->text)
			c->size = (size_t)(dash - c->text);
	}
}

/* "system.slice:cri-containerd:ID", of containerd with the systemd driver given a cgroupfs path. */
static bool is_colon_form(struct component c, struct hit *hit)
{
	const char *at = memmem(c.text, c.size, "cri-containerd:", 15);
	struct component id;

	if (!at || (at != c.text && at[-1] != ':'))
		return false;
	id = (struct component){ at + 15, c.size - (size_t)(at + 15 - c.text) };
	drop_suffix(&id, ".scope");
	if (!is_hex(id, ID_DIGITS))
		return false;
	*hit = (struct hit){ CGROUP_CONTAINER, "containerd", id };
	return true;
}

static bool is_uuid(struct component c)
{
	if (c.size != 36)
		return is_hex(c, STATIC_POD_DIGITS);
	for (size_t i = 0; i < c.size; i++) {
		bool separator = i == 8 || i == 13 || i == 18 || i == 23;

		if (separator ? c.text[i] != '-' && c.text[i] != '_' : !isxdigit((unsigned char)c.text[i]))
			return false;
	}
	return true;
}

/* The uid in "podUID", "kubepods-burstable-podUID.slice", "…-podUID.slice:cri-containerd:ID". */
static bool kubernetes_pod(struct component c, struct component *uid)
{
	const char *colon = memchr(c.text, ':', c.size), *pod;

	if (colon)
		c.size = (size_t)(colon - c.text);
	drop_suffix(&c, ".slice");
	if (drop_prefix(&c, "pod") && is_uuid(c)) {
		*uid = c;
		return true;
	}
	pod = memmem(c.text, c.size, "-pod", 4);
	if (!pod || c.size < 8 || memcmp(c.text, "kubepods", 8) != 0)
		return false;
	*uid = (struct component){ pod + 4, c.size - (size_t)(pod + 4 - c.text) };
	return is_uuid(*uid);
}

/* ---- a path ---- */

struct walk {
	struct component before;          /* the component before this one */
	bool below_podman;                /* below libpod_parent */
	bool below_machine;               /* right below the component that names a machine of systemd-nspawn */
	int64_t user;
	struct component service;
	struct hit outer, inner;
	struct component pod;
};

static bool by_place(const struct walk *w, struct component c, struct hit *hit)
{
	struct component ignored;

	*hit = (struct hit){ CGROUP_CONTAINER, NULL, c };
	if (is_hex(c, ID_DIGITS) && is(w->before, "docker"))
		hit->runtime = "docker";
	else if (is_hex(c, ID_DIGITS) && kubernetes_pod(w->before, &ignored))
		hit->runtime = "kubernetes";
	else if (is(w->before, "lxc.payload") || is(w->before, "lxc"))
		hit->runtime = "lxc";
	else if (is(w->before, "buildkit") && c.size == 25)
		hit->runtime = "buildkit";
	else if (is(c, "conmon") && w->below_podman)
		*hit = (struct hit){ CGROUP_HELPER, "podman", { "", 0 } };
	else if (is(c, "supervisor") && w->below_machine)
		*hit = (struct hit){ CGROUP_HELPER, "systemd-nspawn", w->outer.id };
	return hit->runtime != NULL;
}

static bool by_name(struct component c, struct hit *hit)
{
	struct component unit = c;

	if (drop_prefix(&unit, "systemd-nspawn@") && drop_suffix(&unit, ".service")) {
		*hit = (struct hit){ CGROUP_CONTAINER, "systemd-nspawn", unit };
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (by_row(&rows[i], c, hit)) {
			trim_name(hit);
			return true;
		}
	}
	return is_colon_form(c, hit);
}

static void note_pod(struct walk *w, struct component c)
{
	struct component pod = c;

	if (w->outer.runtime || w->pod.size)
		return;
	if (kubernetes_pod(c, &pod))
		w->pod = pod;
	else if (drop_prefix(&pod, "machine-libpod_pod_") && drop_suffix(&pod, ".slice") && is_hex(pod, ID_DIGITS))
		w->pod = pod;
	else if (is(w->before, "libpod_parent") && is_hex(c, ID_DIGITS))
		w->pod = c;
}

static void note_user(struct walk *w, struct component c)
{
	char digits[16];

	if (w->user || w->outer.runtime || !drop_prefix(&c, "user@") || !drop_suffix(&c, ".service") || c.size >= sizeof(digits))
		return;
	memcpy(digits, c.text, c.size);
	digits[c.size] = '\0';
	if (!text_integer(digits, &w->user))
		w->user = 0;
}

static bool ends_with(struct component c, const char *suffix)
{
	return drop_suffix(&c, suffix);
}

/* systemd-udevd moves to ".../systemd-udevd.service/udev". What a user's manager starts is no part of the manager's own service. */
static void note_service(struct walk *w, struct component c)
{
	if (ends_with(c, ".service"))
		w->service = c;
	else if (ends_with(c, ".scope") || ends_with(c, ".slice") || drop_prefix(&w->service, "user@"))
		w->service = (struct component){ NULL, 0 };
}

/* Below a container only the supervisor that systemd-nspawn puts beside the payload is a helper: any other such name was made in there. */
static void step(struct walk *w, struct component c)
{
	bool named = w->outer.runtime;
	struct hit hit;

	note_pod(w, c);
	note_user(w, c);
	note_service(w, c);
	if (by_name(c, &hit) || by_place(w, c, &hit)) {
		if (!named || (hit.class == CGROUP_HELPER && streq(hit.runtime, "systemd-nspawn")))
			w->outer = hit;
		else if (hit.class == CGROUP_CONTAINER)
			w->inner = hit;
	}
	w->below_machine = !named && w->outer.runtime && streq(w->outer.runtime, "systemd-nspawn");
	w->below_podman = w->below_podman || is(c, "libpod_parent");
	w->before = c;
}

static const char *copy(struct arena *arena, struct component c)
{
	return c.size ? text_safe(arena, c.text, c.size, 256) : NULL;
}

/* Pod uids are written with dashes. */
static const char *copy_pod(struct arena *arena, struct component c)
{
	char *pod = c.size ? arena_strndup(arena, c.text, c.size) : NULL;

	for (char *at = pod; at && *at; at++)
		if (*at == '_')
			*at = '-';
	return pod;
}

struct cgroup_identity cgroup_identify_path(struct arena *arena, const char *path)
{
	struct walk w = { 0 };
	struct cgroup_identity identity = { 0 };
	size_t n;

	for (const char *at = path, *c; (c = list_next(&at, "/", &n));)
		step(&w, (struct component){ c, n });
	if (w.outer.class != CGROUP_CONTAINER)
		identity.service = copy(arena, w.service);
	if (!w.outer.runtime)
		return identity;
	identity.class = w.outer.class;
	identity.user = w.user;
	identity.runtime = w.outer.runtime;
	identity.id = copy(arena, w.outer.id);
	identity.pod = copy_pod(arena, w.pod);
	if (w.inner.runtime) {
		identity.inner_runtime = w.inner.runtime;
		identity.inner_id = copy(arena, w.inner.id);
	}
	return identity;
}

/* ---- a file ---- */

struct line {
	struct component controllers, path;
	bool unified;
};

bool cgroup_next_line(const char **at, struct cgroup_line *line)
{
	const char *end, *first, *second;

	for (; (end = strchr(*at, '\n')); *at = end + 1) {
		first = memchr(*at, ':', (size_t)(end - *at));
		second = first ? memchr(first + 1, ':', (size_t)(end - first - 1)) : NULL;
		if (!second)
			continue;
		*line = (struct cgroup_line){ first + 1, (size_t)(second - first - 1), second + 1, (size_t)(end - second - 1),
					      first == *at + 1 && **at == '0' && second == first + 1 };
		*at = end + 1;
		return true;
	}
	return false;
}

static bool next_line(const char **at, struct line *line)
{
	struct cgroup_line l;

	if (!cgroup_next_line(at, &l))
		return false;
	*line = (struct line){ { l.controllers, l.n_controllers }, { l.path, l.n_path }, l.unified };
	return true;
}

static unsigned rank(const struct cgroup_identity *identity)
{
	static const unsigned ranks[] = {
		[CGROUP_NOTHING] = 0, [CGROUP_APPLICATION] = 1, [CGROUP_HELPER] = 2, [CGROUP_MACHINE] = 3, [CGROUP_CONTAINER] = 4,
	};

	return ranks[identity->class];
}

struct cgroup_identity cgroup_identify(struct arena *arena, const char *text)
{
	struct cgroup_identity best = { 0 };
	struct component seen = { "", 0 };
	struct line line;

	for (const char *at = text; next_line(&at, &line);) {
		struct cgroup_identity one;
		const char *service = best.service;

		if (line.path.size == seen.size && memcmp(line.path.text, seen.text, seen.size) == 0)
			continue;   /* most hierarchies agree */
		seen = line.path;
		one = cgroup_identify_path(arena, arena_strndup(arena, line.path.text, line.path.size));
		if (rank(&one) > rank(&best))
			best = one;
		else if (!best.inner_id && one.inner_id && best.id && streq(one.id, best.id))
			best = one;
		best.service = best.service ? best.service : service ? service : one.service;
	}
	return best;
}

char *cgroup_path_of(struct arena *arena, const char *text, const char *controller, int *version)
{
	struct component unified = { NULL, 0 };
	struct line line;

	for (const char *at = text; next_line(&at, &line);) {
		if (line.unified) {
			unified = line.path;
		} else if (list_has(arena_strndup(arena, line.controllers.text, line.controllers.size), ",", controller)) {
			*version = 1;
			return arena_strndup(arena, line.path.text, line.path.size);
		}
	}
	*version = 2;
	return unified.text ? arena_strndup(arena, unified.text, unified.size) : NULL;
}

bool cgroup_is_below(const char *text, const char *other)
{
	struct line line;

	for (const char *at = other ? other : ""; next_line(&at, &line);) {
		struct component top = line.path;
		struct line mine;

		drop_suffix(&top, "/init.scope");
		for (const char *in = text ? text : ""; top.size > 1 && next_line(&in, &mine);)
			if (mine.path.size > top.size && mine.path.text[top.size] == '/' && memcmp(mine.path.text, top.text, top.size) == 0)
				return true;
	}
	return false;
}

const char *cgroup_name_below(struct arena *arena, const char *text, const char *id)
{
	struct line line;

	for (const char *at = text ? text : ""; next_line(&at, &line);) {
		const char *found = memmem(line.path.text, line.path.size, id, strlen(id));
		const char *slash = memrchr(line.path.text, '/', line.path.size), *end = line.path.text + line.path.size;

		if (found && slash && slash > found)
			return text_safe(arena, slash + 1, (size_t)(end - slash - 1), 256);
	}
	return NULL;
}
