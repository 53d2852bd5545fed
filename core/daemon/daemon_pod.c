/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of a daemon in the manifest of a static pod: "Create static Pods", "Define a Command and Arguments for a Container" of Kubernetes. */
#include "core/daemon/daemon_private.h"

#include "core/base/text.h"

enum { MANIFESTS_MOST = 64 };

static const char *const manifests[] = { "etc/kubernetes/manifests", "var/lib/rancher/rke2/agent/pod-manifests" };

/* ---- a container ---- */

static void add_words(struct daemon_finder *f, const struct value *list, struct unit_command *words)
{
	for (const struct value *v = list ? list->first : NULL; v; v = v->next)
		if (v->text)
			arena_push(f->arena, words->arguments, words->n) = v->text;
}

static struct unit_command words_of(struct daemon_finder *f, const struct value *container)
{
	struct unit_command words = { 0 };

	add_words(f, value_member(container, "command"), &words);
	add_words(f, value_member(container, "args"), &words);
	return words;
}

/* The one that runs the daemon; others may stand beside it. NULL: none names it. */
static const struct value *container_of(struct daemon_finder *f, const struct value *pod, const char *program)
{
	const struct value *list = value_member(value_member(pod, "spec"), "containers");

	for (const struct value *v = list ? list->first : NULL; v; v = v->next) {
		const struct unit_command words = words_of(f, v);

		if (daemon_start_of(f->arena, &words, program).program && !daemon_start_of(f->arena, &words, program).why)
			return v;
	}
	return NULL;
}

static void trouble(struct daemon *daemon, const char *where, enum state state, const char *why)
{
	if (daemon->state != STATE_PRESENT)
		return;
	daemon->state = state;
	daemon->where = where;
	daemon->why = why;
}

static const char no_file[] = "a variable is taken from something that is in no file";

/* The variables of its manifest; what else an entry names, as a secret, is in no file. */
static void take_variables(struct daemon_finder *f, struct daemon *daemon)
{
	static const char *const lists[] = { "env", "envFrom" };

	for (size_t i = 0; daemon->kind->environment && i < ARRAY_LEN(lists); i++) {
		const struct value *list = value_member(daemon->container, lists[i]);

		for (const struct value *v = list ? list->first : NULL; v; v = v->next) {
			const struct value *name = value_member(v, "name"), *value = value_member(v, "value");

			if (name && name->text && !value_member(v, "valueFrom"))
				arena_push(f->arena, daemon->variables, daemon->n_variables) =
					arena_printf(f->arena, "%s=%s", name->text, value && value->text ? value->text : "");
			else if (!(name && name->text && !starts_with(name->text, daemon->kind->environment)))
				trouble(daemon, value_where(f->arena, v), STATE_UNAVAILABLE, no_file);
		}
	}
}

/* The text of a variable; NULL: there is none of that name, and the words stay as they are. */
static const char *variable(struct daemon_finder *f, struct daemon *daemon, const char *name, size_t size)
{
	const struct value *list = value_member(daemon->container, "env");

	for (const struct value *v = list ? list->last : NULL, *next = list ? list->first : NULL; next; next = next->next) {
		const struct value *own = value_member(next, "name"), *value = value_member(next, "value");

		v = next;
		if (!own || !own->text || strlen(own->text) != size || strncmp(own->text, name, size) != 0)
			continue;
		if (value_member(v, "valueFrom"))
			trouble(daemon, value_where(f->arena, v), STATE_UNAVAILABLE, no_file);
		return value && value->text ? value->text : "";
	}
	return NULL;
}

/* "$(NAME)" is a variable, "$$(NAME)" is not. */
static const char *expanded(struct daemon_finder *f, struct daemon *daemon, const char *word)
{
	struct buffer out = { .arena = f->arena };
	const char *at = word;

	if (!strstr(word, "$("))
		return word;
	buffer_puts(&out, "");
	while (*at) {
		const char *end = starts_with(at, "$(") ? strchr(at, ')') : NULL, *value = NULL;

		if (starts_with(at, "$$")) {
			buffer_add(&out, at, 1);
			at += 2;
			continue;
		}
		if (end)
			value = variable(f, daemon, at + 2, (size_t)(end - at - 2));
		if (value)
			buffer_puts(&out, value);
		else
			buffer_add(&out, at, 1);
		at = value ? end + 1 : at + 1;
	}
	return out.text;
}

/* The words of its container; without a command the image says which program they are for. */
static void take_words(struct daemon_finder *f, struct daemon *daemon)
{
	const struct value *command = value_member(daemon->container, "command");
	struct unit_command words = words_of(f, daemon->container);
	struct daemon_start start;

	for (size_t i = 0; i < words.n; i++)
		words.arguments[i] = expanded(f, daemon, words.arguments[i]);
	start = daemon_start_of(f->arena, &words, daemon->kind->name);
	daemon->arguments = start.arguments;
	daemon->n = start.n;
	daemon->executable = start.program;
	if (words.n && !(command && command->n) && *words.arguments[0] == '-') {
		daemon->arguments = words.arguments;
		daemon->n = words.n;
		daemon->executable = NULL;
	} else if (start.why) {
		trouble(daemon, daemon->label, STATE_UNAVAILABLE, start.why);
	} else if (!words.n) {
		trouble(daemon, daemon->label, STATE_MALFORMED, "it names no command");
	}
}

/* ---- a manifest ---- */

static void take_manifest(struct daemon_finder *f, const struct document *d, const struct value *container, struct daemon *daemon)
{
	const struct value *list = value_member(value_member(d->root, "spec"), "containers");

	*daemon = (struct daemon){
		.kind = daemon->kind, .place = DAEMON_POD, .uid = -1, .label = d->file->path, .origin = d->file->path, .directory = "/", .root = "",
		.state = d->state, .where = d->where, .why = d->why, .pod = d->root, .container = container ? container : list ? list->first : NULL,
	};
	take_words(f, daemon);
	take_variables(f, daemon);
}

/* The kubelet runs what any file of the directory says, whatever its name; the usual one is the daemon's also where nothing in it names it. */
static bool read_directory(struct daemon_finder *f, const char *folder, struct daemon *daemon)
{
	const struct directory *dir = source_list(f->source, folder);
	const struct document *d = document_read(f->source, f->arena, arena_printf(f->arena, "%s/%s", folder, daemon->kind->manifest), SYNTAX_YAML);

	if (d->state != STATE_ABSENT) {
		take_manifest(f, d, container_of(f, d->root, daemon->kind->name), daemon);
		return true;
	}
	for (size_t i = 0; i < dir->n && i < MANIFESTS_MOST; i++) {
		const struct value *container;

		if (*dir->entries[i].name == '.')
			continue;
		d = document_read(f->source, f->arena, arena_printf(f->arena, "%s/%s", folder, dir->entries[i].name), SYNTAX_YAML);
		container = d->state == STATE_PRESENT ? container_of(f, d->root, daemon->kind->name) : NULL;
		if (!container)
			continue;
		take_manifest(f, d, container, daemon);
		return true;
	}
	return false;
}

/* Where the kubelets of this host look for them. */
static bool read_told(struct daemon_finder *f, struct daemon *daemon)
{
	static const struct setting_query query = { .flags = "pod-manifest-path", .pointers = "/staticPodPath" };

	for (size_t i = 0; f->kubelets && i < f->kubelets->n; i++) {
		const struct daemon *kubelet = &f->kubelets->list[i];
		struct saids saids = { .arena = f->arena };

		daemon_setting(kubelet, &query, &saids);
		for (size_t k = 0; k < saids.n; k++) {
			const char *why, *path = saids.list[k].state == STATE_PRESENT && *saids.list[k].text ? daemon_path(f->arena, kubelet, saids.list[k].text, &why)
													     : NULL;

			if (path && read_directory(f, path, daemon))
				return true;
		}
	}
	return false;
}

bool daemon_read_pod(struct daemon_finder *f, struct daemon *daemon)
{
	if (!daemon->kind->manifest)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(manifests); i++)
		if (read_directory(f, manifests[i], daemon))
			return true;
	return read_told(f, daemon);
}
