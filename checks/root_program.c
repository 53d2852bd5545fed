/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that run as root by themselves, and others can change. */
#include "checks/checks.h"

#include "checks/writers.h"
#include "core/base/text.h"
#include "core/boot/cron.h"
#include "core/boot/unit.h"
#include "core/boot/unit_command.h"
#include "core/config/shell_program.h"

#include <errno.h>

/* Where cron and systemd look for a program that is named without a folder. */
static const char usual_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

struct look {
	const struct subject *subject;
	const char *name, *origin;       /* of the items that are added */
	const char *path;                /* where programs are looked for */
	const char *list;                /* what names folders: "PATH" */
	struct items *items;
	struct arena *scratch;
	struct done **done;              /* paths that were looked at, by a sum of their bytes */
};

enum { DONE_LISTS = 4096 };

struct done {
	const char *path;
	struct done *next;
};

static bool is_done(struct look *l, const char *path)
{
	struct done **list, *done;
	unsigned sum = 2166136261u;      /* FNV-1a */

	if (!l->done)
		l->done = arena_array_of(l->scratch, struct done *, DONE_LISTS);
	for (const char *c = path; *c; c++)
		sum = (sum ^ (unsigned char)*c) * 16777619u;
	list = &l->done[sum % DONE_LISTS];
	for (done = *list; done; done = done->next)
		if (streq(done->path, path))
			return true;
	done = arena_new_of(l->scratch, struct done);
	*done = (struct done){ arena_strdup(l->scratch, path), *list };
	*list = done;
	return false;
}

static void add(const struct look *l, const char *path, const char *who, const char *by)
{
	struct arena *arena = l->items->arena;
	const char *shown = text_safe(arena, path, strlen(path), 512);

	if (streq(shown, by))
		items_add_text(l->items, l->name, arena_strdup(arena, l->origin), arena_printf(arena, "%s: %s can change it", shown, who));
	else
		items_add_text(l->items, l->name, arena_strdup(arena, l->origin), arena_printf(arena, "%s: %s can change it by %s", shown, who, by));
}

static bool is_open_directory(const struct stat *st)
{
	return S_ISDIR(st->st_mode) && ((st->st_mode & S_IWOTH) || ((st->st_mode & S_IWGRP) && st->st_gid != 0));
}

/*
 * In a folder whose files are all started, and in one that lacks the program, a new file is enough, and the sticky bit keeps nobody from making one.
 */
static void look_at_end(const struct look *l, const struct trail *trail, const char *path, bool is_folder)
{
	bool missing = trail->end->state == STATE_ABSENT;
	size_t last = trail->n - (missing && trail->n > 1 ? 2 : 1);
	const struct file *step = trail->steps[last];

	if ((missing || is_folder) && step->state == STATE_PRESENT && (step->stat.st_mode & S_ISVTX) && is_open_directory(&step->stat))
		add(l, path, "whoever may write there", writers_step_path(l->items->arena, trail, last));
}

/* True where nothing could be said against it. */
static void look_at_path(struct look *l, const char *path, bool is_folder)
{
	struct trail trail = trail_follow(l->subject->source, l->items->arena, path);
	size_t before = l->items->n;

	for (size_t i = 0; i < trail.n && l->items->n == before; i++) {
		const struct file *step = trail.steps[i];
		const char *who = step->state == STATE_PRESENT ? writers_of_step(l->items->arena, step) : NULL;

		if (who)
			add(l, path, who, writers_step_path(l->items->arena, &trail, i));
	}
	if (l->items->n != before)
		return;
	if (trail.lost)
		items_add_state(l->items, l->name, arena_strdup(l->items->arena, l->origin), STATE_BROKEN, "%s: %s",
				text_safe(l->items->arena, path, strlen(path), 512), trail.lost);
	else if (trail.end->state != STATE_PRESENT && trail.end->state != STATE_ABSENT && trail.end->code != ENOTDIR)
		items_add_state(l->items, l->name, arena_strdup(l->items->arena, l->origin), trail.end->state, "%s: %s",
				text_safe(l->items->arena, trail.end->path, strlen(trail.end->path), 512), trail.end->why);
	else
		look_at_end(l, &trail, path, is_folder);
}

static void look_at_program(struct look *l, const char *path)
{
	if (!is_done(l, path))
		look_at_path(l, path, false);
}

/* run-parts: the folder, and what is in it. */
static void look_at_folder(struct look *l, const char *path)
{
	struct paths paths = { .list = NULL };

	if (is_done(l, path))
		return;
	look_at_path(l, path, true);
	if (path_is_pattern(path))
		return;
	paths_match(l->subject->source, l->items->arena, arena_printf(l->items->arena, "%s/*", path), &paths);
	for (size_t i = 0; i < paths.n; i++)
		look_at_program(l, arena_printf(l->scratch, "/%s", paths.list[i]));
	if (paths.unseen.why)
		items_add_state(l->items, l->name, paths.unseen.origin, paths.unseen.state, "%s", paths.unseen.why);
}

/* The folders of a PATH, empty parts among them. What a variable or specifier stands for is left out. */
static void look_at_search(struct look *l, const char *path)
{
	char *text = arena_strdup(l->scratch, path), *folder;

	while ((folder = strsep(&text, ":"))) {
		if (strpbrk(folder, "$`~%"))
			continue;
		if (*folder != '/')
			items_add_text(l->items, l->name, arena_strdup(l->items->arena, l->origin),
				       arena_printf(l->items->arena, "%s holds %s", l->list, *folder ? text_safe(l->items->arena, folder, strlen(folder), 128) : "an empty part"));
		else if (!is_done(l, arena_printf(l->scratch, "%s in PATH", folder)))
			look_at_path(l, folder, true);
	}
}

/* Of a name without a folder, the first program of that name in PATH. */
static void look_for(struct look *l, const char *name)
{
	char *text = arena_strdup(l->scratch, l->path), *folder;

	while ((folder = strsep(&text, ":"))) {
		const char *path = arena_printf(l->scratch, "%s/%s", folder, name);

		if (*folder != '/' || source_stat_target(l->subject->source, path + strspn(path, "/"))->state == STATE_ABSENT)
			continue;
		look_at_program(l, path);
		return;
	}
}

static void look_at_all(struct look *l, const struct shell_programs *programs)
{
	for (size_t i = 0; i < programs->n; i++) {
		const struct shell_program *p = &programs->list[i];

		if (p->use == SHELL_FOLDER)
			look_at_folder(l, p->word);
		else if (p->use == SHELL_PATH)
			look_at_search(l, p->word);
		else if (*p->word == '/')
			look_at_program(l, p->word);
		else
			look_for(l, p->word);
	}
	if (programs->doubt)
		items_add_state(l->items, l->name, arena_strdup(l->items->arena, l->origin), STATE_UNAVAILABLE, "%s",
				text_safe(l->items->arena, programs->doubt, strlen(programs->doubt), 512));
}

/* ---- cron ---- */

static void look_at_cron(struct look *l)
{
	static const char *const folders[] = { "/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly", "/etc/cron.monthly", "/etc/cron.yearly", "/etc/periodic/15min",
					       "/etc/periodic/hourly", "/etc/periodic/daily", "/etc/periodic/weekly", "/etc/periodic/monthly" };
	const struct cron *cron = cron_read(l->subject, l->scratch);
	size_t there = cron->n_tables;

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		l->origin = folders[i];
		if (source_stat(l->subject->source, folders[i] + 1)->state == STATE_ABSENT)
			continue;
		look_at_folder(l, folders[i]);
		there++;
	}
	for (size_t i = 0; i < cron->n_variables; i++) {
		const struct cron_variable *v = &cron->variables[i];

		l->origin = v->origin;
		if (streq(v->name, "PATH"))
			look_at_search(l, v->value);
		else if (*v->value == '/')
			look_at_program(l, v->value);
	}
	for (size_t i = 0; i < cron->n; i++) {
		const struct cron_line *line = &cron->lines[i];
		struct shell_programs programs = { .folder = *line->home == '/' ? line->home : NULL };

		l->origin = line->origin;
		l->path = line->path ? line->path : usual_path;
		shell_programs_of_text(l->scratch, line->command, &programs);
		look_at_all(l, &programs);
	}
	if (!faults_show(&cron->faults, l->name, l->items) && !there)
		items_add_state(l->items, l->name, "/etc/crontab", STATE_INAPPLICABLE, "cron has no tables here");
}

/* ---- systemd ---- */

/* What a section says of all its commands. */
struct section {
	const struct unit *unit;
	const char *user;                /* NULL: none, or one that only a specifier names */
	bool dynamic, start_only;
	const char *folder;              /* where they start; NULL: not known */
	const char *path;                /* where they look for programs, and what they start does; NULL: as usual */
};

static bool is_set(const struct unit *unit, const char *section, const char *key)
{
	const struct unit_setting *s = unit_setting(unit, section, key);

	return s && text_boolean(s->value) == 1;
}

/* ExecSearchPath=, and PATH among the variables. */
static const char *path_of(struct look *l, const struct unit *unit, const struct units *units, const char *section)
{
	const struct unit_command *command = unit_command_read(l->subject->source, l->scratch, units, unit->name);
	const struct unit_setting *s;
	struct buffer path = { .arena = l->scratch };

	for (size_t i = command->n_variables; i-- > 0;)
		if (starts_with(command->variables[i], "PATH="))
			return command->variables[i] + strlen("PATH=");
	for (size_t at = 0; (s = unit_next(unit, section, "ExecSearchPath", &at));) {
		buffer_puts(&path, path.size ? ":" : "");
		buffer_puts(&path, s->value);
	}
	return path.size ? path.text : NULL;
}

static struct section section_of(struct look *l, const struct unit *unit, const struct units *units, const char *name)
{
	const struct unit_setting *user = unit_setting(unit, name, "User"), *folder = unit_setting(unit, name, "WorkingDirectory");
	const char *start = folder ? folder->value + (*folder->value == '-') : "/";
	struct section section = {
		.unit = unit, .user = user && !strchr(user->value, '%') ? user->value : NULL, .dynamic = is_set(unit, name, "DynamicUser"),
		.start_only = is_set(unit, name, "PermissionsStartOnly"), .path = path_of(l, unit, units, name),
	};

	section.folder = *start == '/' && !strpbrk(start, "%$") ? start : streq(start, "~") ? "/root" : NULL;
	return section;
}

/* As far as that can be told: a user that only a specifier names is taken for root. */
static bool is_of_root(const struct section *section, const char *key, const char *prefixes)
{
	if (strpbrk(prefixes, "+!") || (section->start_only && !streq(key, "ExecStart")))
		return true;
	if (section->user)
		return streq(section->user, "root") || streq(section->user, "0");
	return !section->dynamic;
}

static struct shell_word word_of(const char *text)
{
	return (struct shell_word){ .text = text, .computed = strpbrk(text, "$%") != NULL };
}

/* "$$" and "%%" stand for one of them. */
static const char *unescaped(struct arena *arena, const char *text)
{
	struct buffer out = { .arena = arena };

	buffer_puts(&out, "");
	for (const char *c = text; *c; c++) {
		buffer_add(&out, c, 1);
		c += (*c == '$' || *c == '%') && c[1] == *c;
	}
	return out.text;
}

/* The words of one command; its program is never a variable, and a script for sh -c is one word. */
static void look_at_words(struct look *l, const char *const *list, size_t n, const char *folder)
{
	struct shell_words { struct shell_word *list; size_t n; } words = { NULL, 0 };
	struct shell_programs programs = { .folder = folder };

	for (size_t i = 0; i < n; i++) {
		struct shell_word word = word_of(list[i]);

		/* the shell itself tells of what it is handed what is computed there */
		if (strpbrk(list[i], " \t\n;")) {
			word.text = unescaped(l->scratch, list[i]);
			word.computed = false;
		}
		arena_push(l->scratch, words.list, words.n) = word;
	}
	shell_programs_of_command(l->scratch, words.list, words.n, &programs);
	look_at_all(l, &programs);
}

static void look_at_command(struct look *l, const struct section *section, const struct unit_setting *s)
{
	const char *value = s->value, *prefixes;
	const char **words = NULL;
	size_t prefix = strspn(value, "@-:+!| \t"), n = 0, from = 0;

	prefixes = arena_strndup(l->scratch, value, prefix);
	if (!is_of_root(section, s->key, prefixes))
		return;
	l->origin = arena_printf(l->scratch, "%s:%u", s->origin, s->line);
	if (!unit_words(l->scratch, unit_specifiers(l->scratch, section->unit, value + prefix), NULL, &words, &n))
		items_add_state(l->items, l->name, arena_strdup(l->items->arena, l->origin), STATE_BROKEN, "the command is longer than what is looked at");
	l->path = section->path ? section->path : usual_path;
	if (section->path && !is_done(l, section->path))
		look_at_search(l, section->path);
	/* behind @ the second word is what the program is told that it is called */
	if (n > 1 && strchr(prefixes, '@'))
		words[1] = words[0], from = 1;
	for (size_t i = from; i <= n; i++) {
		if (i < n && !streq(words[i], ";"))
			continue;
		if (i > from)
			look_at_words(l, words + from, i - from, section->folder);
		from = i + 1;
	}
}

static void look_at_section(struct look *l, const struct unit *unit, const struct units *units, const char *name)
{
	static const char *const keys[] = { "ExecStart", "ExecStartPre", "ExecStartPost", "ExecCondition", "ExecReload", "ExecStop", "ExecStopPre", "ExecStopPost" };
	const struct unit_setting *s, *directory = unit_setting(unit, name, "RootDirectory"), *image = unit_setting(unit, name, "RootImage");
	bool is_root = (directory && !streq(directory->value, "/")) || image, any = false;
	struct section section;

	for (size_t i = 0; i < ARRAY_LEN(keys) && !(any && is_root); i++) {
		for (size_t at = 0; (s = unit_next(unit, name, keys[i], &at)) && !(any && is_root); any = true) {
			if (!any)
				section = section_of(l, unit, units, name);
			if (!is_root)
				look_at_command(l, &section, s);
			else
				items_add_state(l->items, l->name, arena_strdup(l->items->arena, s->origin), STATE_UNAVAILABLE, "%s starts a program within a root of its own",
						arena_strdup(l->items->arena, unit->name));
		}
	}
}

static void look_at_unit(struct look *l, const struct units *units, const char *name)
{
	static const char *const sections[] = { "Service", "Socket", "Mount", "Swap" };
	const struct unit *unit = unit_load(units, l->scratch, name);

	if (unit->state == STATE_ABSENT || unit->masked)
		return;
	if (unit->state != STATE_PRESENT) {
		items_add_state(l->items, l->name, arena_strdup(l->items->arena, unit->path), unit->state, "%s", arena_strdup(l->items->arena, unit->why));
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(sections); i++)
		look_at_section(l, unit, units, sections[i]);
}

/* The unit's file and its drop-ins, wherever they lie. */
static void look_at_files(struct look *l, const struct units *units, const char *name)
{
	const struct unit *unit = unit_load(units, l->scratch, name);

	for (size_t i = 0; i < unit->n_files; i++) {
		l->origin = unit->files[i];
		look_at_program(l, unit->files[i]);
	}
}

static void look_at_units(struct look *l, void (*look_at)(struct look *, const struct units *, const char *))
{
	static const char *const suffixes[] = { ".service", ".socket", ".timer", ".path", ".target", ".mount", ".automount", ".swap", ".slice" };
	const struct units *units = subject_units(l->subject);
	const char *name;

	if (units_init(units) != INIT_SYSTEMD) {
		items_add_state(l->items, l->name, "/usr/lib/systemd/system", STATE_INAPPLICABLE, "the system has no systemd");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
		for (size_t at = 0; (name = unit_next_name(units, suffixes[i], &at));)
			look_at(l, units, name);
}

/* ---- libraries ---- */

static void look_at_library_lines(struct look *l, struct config_files *files, const struct file *file)
{
	struct lines lines = lines_of(l->scratch, file, "#", false);

	lines.cut = lines_cut_hash;
	for (char *line; (line = lines_next(&lines));) {
		char *word = word_next(&line);
		bool includes = word && streq(word, "include");

		l->origin = lines_origin(&lines);
		if (word && !includes && !streq(word, "hwcap"))
			look_at_search(l, arena_strndup(l->scratch, word, strcspn(word, "=,")));
		while (includes && (word = word_next(&line)))
			config_add_glob(files, *word == '/' ? word : arena_printf(l->scratch, "/etc/%s", word));
	}
}

/* The folders of ld.so.conf and what it includes (ldconfig(8)), each file once. */
static void look_at_libraries(struct look *l)
{
	struct faults faults = { 0 };
	struct config_files files = { .arena = l->scratch, .faults = &faults, .source = l->subject->source };

	l->list = "ld.so.conf";
	config_add(&files, "/etc/ld.so.conf");
	for (size_t i = 0; i < files.n && !faults.n; i++)
		if (!is_done(l, files.list[i]->path))
			look_at_library_lines(l, &files, files.list[i]);
	if (!faults_show(&faults, l->name, l->items) && !files.n)
		items_add_state(l->items, l->name, "/etc/ld.so.conf", STATE_INAPPLICABLE, "there is no ld.so.conf");
}

static const struct {
	const char *from, *name, *origin;
} starts[] = {
	{ "cron", "program of cron", "/etc/crontab" }, { "units", "program of systemd", "/usr/lib/systemd/system" },
	{ "unit-files", "file of systemd", "/usr/lib/systemd/system" }, { "libraries", "folder of libraries", "/etc/ld.so.conf" },
};

static void observe(const struct subject *subject, const struct params *params, struct items *items)
{
	auto_arena struct arena *scratch = arena_new();
	struct look look = { .subject = subject, .path = usual_path, .list = "PATH", .items = items, .scratch = scratch };
	const char *from = params_get(params, "from"), *origin = NULL;

	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		if (!streq(starts[i].from, from))
			continue;
		look.name = starts[i].name;
		origin = starts[i].origin;
	}
	if (streq(from, "cron"))
		look_at_cron(&look);
	else if (streq(from, "libraries"))
		look_at_libraries(&look);
	else
		look_at_units(&look, streq(from, "unit-files") ? look_at_files : look_at_unit);
	if (!items->n)
		items_add_state(items, look.name, origin, STATE_ABSENT, "root alone can change them all");
}

const struct check check_root_program = {
	.name = "root-program",
	.summary = "programs that are started as root by themselves, and can be changed by others",
	.reference = "From cron: the lines for root, or another account with his number, in /etc/crontab, /etc/cron.d, /etc/anacrontab and root's own table, with "
		     "their SHELL and the folders of their PATH, and all that lies in /etc/cron.hourly, cron.daily, cron.weekly, cron.monthly, cron.yearly and "
		     "/etc/periodic. From units: ExecStart= and the other commands of every service and socket of systemd that is not masked, where User= and "
		     "DynamicUser= do not name another user. From unit-files: not the programs, but the files and drop-ins that all units are made of; from libraries: the folders that ld.so.conf names. Of a line for a shell the words at the place of commands count, what env, nice, timeout, flock, find "
		     "-exec and their like start, scripts that are handed to a shell or an interpreter, and what is in a folder that run-parts is given; a name "
		     "without a folder is looked for in PATH. An item for each that others than root can change, or one of the folders and symbolic links on its "
		     "way, or that is missing where they can make it; absent where there is none. Unknown where a variable names the program. What scripts "
		     "and programs start themselves is not looked at. See crontab(5), systemd.service(5).",
	.subjects = SUBJECT_HOST,
	.params = {
		{ "from", PARAM_WORD, REQUIRED, "what starts them; or the units' own files, or the folders of libraries", "cron units unit-files libraries" },
		{ 0 },
	},
	.observe = observe,
};
