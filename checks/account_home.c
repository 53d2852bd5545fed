/* SPDX-License-Identifier: Apache-2.0 */
/* Home directories of root and of ordinary users, and what others may do in them. */
#include "checks/account.h"
#include "checks/checks.h"

#include "checks/mode.h"
#include "core/base/text.h"

enum { HOMES_MOST = 5000 };

struct looking {
	struct findings findings;
	struct source *source;
	const struct account *account;
};

/* What shells, sshd and mail run or trust without asking. */
static const char trusted[] = ".profile .bash_profile .bash_login .bashrc .bash_logout .cshrc .login .logout .tcshrc .kshrc .zshenv .zprofile "
			      ".zshrc .zlogin .zlogout .pam_environment .forward .netrc .rhosts .shosts .ssh .ssh/authorized_keys "
			      ".ssh/authorized_keys2 .ssh/config .ssh/environment .ssh/rc";

static const struct file *look(const struct looking *l, const char *name, size_t size)
{
	const char *home = l->account->home + strspn(l->account->home, "/");

	return source_stat(l->source, arena_printf(l->findings.items->arena, "%s/%.*s", home, (int)size, name));
}

/* The user decides where a symbolic link leads: to somebody else's folder, or to a file system that never answers. */
static bool has_folder(const struct looking *l, const char *name, size_t size)
{
	const struct file *file = look(l, name, size);

	return file->state != STATE_PRESENT || S_ISDIR(file->stat.st_mode);
}

/* True, and an item, where nothing can be said of it. */
static bool is_unseen(struct looking *l, const struct file *file)
{
	if (file->state == STATE_PRESENT)
		return false;
	if (file->state != STATE_ABSENT)
		items_add_file_state(l->findings.items, "file of a user", file);
	return true;
}

/* ---- the directory itself ---- */

static void show_missing(struct looking *l, const struct file *home)
{
	if (home->state == STATE_ABSENT || (home->state == STATE_PRESENT && !S_ISDIR(home->stat.st_mode) && !S_ISLNK(home->stat.st_mode)))
		finding_add(&l->findings, "home that is no directory", l->account->origin,
			    arena_printf(l->findings.items->arena, "%s: %s", l->account->name, home->path));
	else
		is_unseen(l, home);
}

static void show_owner(struct looking *l, const struct file *home)
{
	if (!is_unseen(l, home) && S_ISDIR(home->stat.st_mode) && (int64_t)home->stat.st_uid != l->account->uid)
		finding_add(&l->findings, "home of another owner", home->path,
			    arena_printf(l->findings.items->arena, "%s: owned by %u", l->account->name, home->stat.st_uid));
}

static void show_mode(struct looking *l, const struct file *home)
{
	if (is_unseen(l, home) || !S_ISDIR(home->stat.st_mode))
		return;
	items_add_mode_of(l->findings.items, home, "mode");
}

/* ---- what lies in it ---- */

static void show_rhosts(struct looking *l, const struct file *home)
{
	static const char *const names[] = { ".rhosts", ".shosts" };

	(void)home;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const struct file *file = look(l, names[i], strlen(names[i]));

		if (!is_unseen(l, file))
			finding_add(&l->findings, "hosts that are trusted", file->path, l->account->name);
	}
}

static void show_forward(struct looking *l, const struct file *home)
{
	const struct file *file = look(l, ".forward", strlen(".forward"));

	(void)home;
	if (!is_unseen(l, file))
		finding_add(&l->findings, "mail that is forwarded", file->path, l->account->name);
}

static void add_secret(struct looking *l, const char *name, const struct file *file)
{
	if (!is_unseen(l, file) && S_ISREG(file->stat.st_mode) && file->stat.st_mode & 077)
		finding_add(&l->findings, name, file->path, arena_printf(l->findings.items->arena, "%s: mode %04o", l->account->name,
									  file->stat.st_mode & 07777));
}

static void show_netrc(struct looking *l, const struct file *home)
{
	(void)home;
	add_secret(l, "passwords that others can read", look(l, ".netrc", strlen(".netrc")));
}

static void show_changeable(struct looking *l, const struct file *home)
{
	size_t n;

	(void)home;
	for (const char *at = trusted, *w; (w = list_next(&at, " ", &n));) {
		const struct file *file;
		bool own;

		if (memchr(w, '/', n) && !has_folder(l, w, strcspn(w, "/")))
			continue;
		file = look(l, w, n);
		if (is_unseen(l, file) || S_ISLNK(file->stat.st_mode))
			continue;
		own = file->stat.st_uid == 0 || (int64_t)file->stat.st_uid == l->account->uid;
		if (!own || file->stat.st_mode & 022)
			finding_add(&l->findings, "file that others can change", file->path,
				    arena_printf(l->findings.items->arena, "%s: owner %u, mode %04o", l->account->name, file->stat.st_uid,
						 file->stat.st_mode & 07777));
	}
}

/* id_rsa and its like have no suffix. */
static void show_keys(struct looking *l, const struct file *home)
{
	const char *folder = arena_printf(l->findings.items->arena, "%s/.ssh", l->account->home + strspn(l->account->home, "/"));
	const struct directory *dir;

	(void)home;
	if (!has_folder(l, ".ssh", strlen(".ssh")))
		return;
	dir = source_list(l->source, folder);
	if (dir->state != STATE_PRESENT && dir->state != STATE_ABSENT)
		items_add_state(l->findings.items, "file of a user", dir->path, dir->state, "%s", dir->why);
	for (size_t i = 0; dir->state == STATE_PRESENT && i < dir->n; i++) {
		const char *name = dir->entries[i].name, *path = arena_printf(l->findings.items->arena, "%s/%s", folder, name);

		if (starts_with(name, "id_") && !strchr(name, '.'))
			add_secret(l, "private key that others can read", source_stat(l->source, path));
	}
}

static const struct {
	const char *name;
	void (*show)(struct looking *looking, const struct file *home);
} lists[] = {
	{ "missing", show_missing }, { "owner", show_owner }, { "mode", show_mode }, { "rhosts", show_rhosts }, { "forward", show_forward },
	{ "netrc", show_netrc }, { "changeable", show_changeable }, { "private-key", show_keys },
};

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	const struct accounts *a = subject_table(subject, &accounts_table);
	struct looking l = { .findings.items = items, .source = subject->source };
	const char *show = params_get(params, "show");
	size_t homes = 0, which = 0;

	while (which + 1 < ARRAY_LEN(lists) && !streq(lists[which].name, show))
		which++;
	for (size_t i = 0; i < a->n; i++) {
		l.account = &a->list[i];
		if (!account_is_person(a, l.account) || (l.account->uid == 0 && !streq(l.account->name, "root")) || homes++ >= HOMES_MOST)
			continue;
		lists[which].show(&l, source_stat(subject->source, l.account->home + strspn(l.account->home, "/")));
	}
	if (homes > HOMES_MOST)
		items_add_state(items, show, "/etc/passwd", STATE_BROKEN, "more than %d home directories", HOMES_MOST);
	findings_end(&l.findings, show, "/etc/passwd", a, OF_USERS | OF_ANYBODY);
}

const struct check check_account_home = {
	.name = "account-home",
	.summary = "home directories of root and ordinary users, and what lies in them",
	.reference = "Of root and of each account from UID_MIN to UID_MAX (login.defs(5)) with a shell. `mode` gives the mode of each; the "
		     "others list what is at fault, and are absent where nothing is: `missing` homes, homes of another `owner`, files that trust "
		     "hosts (`rhosts`), that forward mail (`forward`), a .netrc (`netrc`) or a private key of SSH (`private-key`) that others "
		     "can read, and what a shell, sshd or a mailer trusts and others can change (`changeable`). No file is read, and no symbolic "
		     "link in a home is followed. The bits of a mode have the names that they have in `file`.",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "show", PARAM_WORD, REQUIRED, "what is looked at", "missing owner mode rhosts forward netrc changeable private-key" },
		{ 0 },
	},
	.bits = mode_bits,
	.observe = observe,
};
