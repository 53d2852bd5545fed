/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a rootless engine runs beside its containers: in a user namespace of its own, and for that much like a sandbox. Any process may call itself
 * so; what it runs is a file, and an ordinary user makes none that is root's.
 */
#include "core/container/container_private.h"

#include "core/base/text.h"

/* Names of programs; a process is called as its program is until it says otherwise. */
static const char *const programs[] = {
	"podman", "conmon", "catatonit", "buildah", "crun", "runc", "slirp4netns", "passt", "pasta", "rootlesskit", "rootlessport",
	"fuse-overlayfs", "netavark", "aardvark-dns",
};

/* "podman", "pasta.avx2", "podman pause": a word of the list, and what no name goes on with. */
static const char *program_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(programs); i++)
		if (starts_with(name, programs[i]) && strchr(" .", name[strlen(programs[i])]))   /* or its end */
			return programs[i];
	return NULL;
}

/* The program that it runs, by its file where that is to be seen, else by its own word. */
static const char *program_of(const struct process *p)
{
	const char *slash = p->exe && p->exe->state == STATE_PRESENT ? strrchr(p->exe->data, '/') : NULL;

	return program_named(slash ? slash + 1 : p->comm);
}

/* Nobody but root can have written what it runs. In a captured root that is not to be seen. */
static bool runs_file_of_root(const struct processes *all, const struct process *p)
{
	auto_arena struct arena *scratch = arena_new();
	auto_pin struct pin pin = { .fd = -1 };
	uint32_t owner;
	mode_t mode;

	if (!source_is_live(all->source) || p->exe->state != STATE_PRESENT)
		return true;
	if (process_pin(all, p, scratch, &pin) < 0 || pin_owner(&pin, "exe", &owner, &mode) < 0)
		return false;
	return owner == 0 && !(mode & 022);
}

/*
 * slirp4netns alone goes to a root directory of its own, an empty one. What cannot be seen of it would have to be believed, and a container is not
 * overlooked for its word.
 */
static bool has_helpers_root(const struct processes *all, const struct process *p, const char *program)
{
	return !process_has_own_root(all, p) || (streq(program, "slirp4netns") && p->exe->state == STATE_PRESENT);
}

bool process_is_helper(const struct processes *all, const struct process *p)
{
	const char *program = program_of(p);

	if (!program || p->cgroup.class == CGROUP_CONTAINER || process_has_own(all, p, NS_PID))
		return false;
	if (p->ns[NS_USER] && !process_has_own(all, p, NS_USER))
		return false;
	return p->exe && has_helpers_root(all, p, program) && runs_file_of_root(all, p);
}

/* The same of a container's own engine: who takes it for one has hidden nothing, for it is a part of that container then. */
bool process_is_inner_helper(const struct processes *all, const struct process *p)
{
	return program_of(p) && !process_is_first(all, p) && process_has_own(all, p, NS_USER);
}
