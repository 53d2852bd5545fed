/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration documents: one tree from three syntaxes, with lines; what is malformed is told with its place; bounds hold. */
#include "tests/unit.h"

#include "core/base/text.h"
#include "core/config/document.h"

static const struct document *read_text(struct folder *folder, enum syntax syntax, const char *text, size_t size, struct source **source)
{
	struct err err;

	folder_write(folder, "etc/file", text, size);
	assert_int_equal(source_open(source, folder->path, &err), 0);
	return document_read(*source, folder->arena, "/etc/file", syntax);
}

/* "{a:1@2,b:[x@3]@3}@1" */
static void dump(const struct value *v, struct buffer *out)
{
	const char *marks = v->kind == VALUE_TABLE ? "{}" : "[]";

	if (v->kind >= VALUE_LIST) {
		buffer_printf(out, "%c", marks[0]);
		for (const struct value *c = v->first; c; c = c->next) {
			buffer_printf(out, "%s%s%s", c == v->first ? "" : ",", c->key ? c->key : "", c->key ? ":" : "");
			dump(c, out);
		}
		buffer_printf(out, "%c", marks[1]);
	} else {
		buffer_printf(out, "%c%s", "nbirs"[v->kind], v->text);
	}
	buffer_printf(out, "@%u", v->line);
}

static void test_trees(void **state)
{
	static const struct {
		enum syntax syntax;
		const char *text, *tree;
	} cases[] = {
		{ SYNTAX_JSON, "{\n \"b\": {\"x\\\"}\": [1,\n -2.5, true]},\n\n\"a\":null, \"s\" : \"x\\u00e9,]\"}\n",
		  "{b:{x\"}:[i1@2,r-2.5@3,btrue@3]@2}@2,a:nnull@5,s:sx\xc3\xa9,]@5}@1" },
		{ SYNTAX_JSON, "\xef\xbb\xbf  {\"a\":[],\"b\":{},\"c\":[{}]}", "{a:[]@1,b:{}@1,c:[{}@1]@1}@1" },
		{ SYNTAX_JSON, "\"x\"", "sx@1" },
		{ SYNTAX_YAML, "a: 1\nb:\n  - x\n  - yes\n  - 'no'\n  - ~\nc: {d: 1.5, e: 0x10}\n", "{a:i1@1,b:[sx@3,btrue@4,sno@5,n~@6]@3,c:{d:r1.5@7,e:i0x10@7}@7}@1" },
		{ SYNTAX_YAML, "a: &x {k: 1}\nb: *x\n? &k key\n: *k\n", "{a:{k:i1@1}@1,b:{k:i1@1}@2,key:skey@4}@1" },
		{ SYNTAX_YAML, "d: &d {k: 1, l: 2}\nm:\n  <<: *d\n  l: 3\n", "{d:{k:i1@1,l:i2@1}@1,m:{<<:{k:i1@1,l:i2@1}@3,l:i3@4,k:i1@1}@3}@1" },
		{ SYNTAX_YAML, "a: 1\n---\n{[broken\n", "{a:i1@1}@1" },
		{ SYNTAX_TOML, "a = 1\n[b]\nc = [\"x\",\n true]\n[b.\"d.e\"]\nf = 1979-05-27\ng = 2.5\n[[l]]\nx = 1\n[[l]]\n",
		  "{a:i1@1,b:{c:[sx@3,btrue@4]@3,d.e:{f:s1979-05-27@6,g:r2.5@7}@5}@2,l:[{x:i1@9}@8,{}@10]@8}@1" },
		{ SYNTAX_TOML, "[a.b.c.d.e.f.g.h.i.j.k]\nx = \"a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s\" # don't....................................\n",
		  "{a:{b:{c:{d:{e:{f:{g:{h:{i:{j:{k:{x:sa.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s@2}@1}@1}@1}@1}@1}@1}@1}@1}@1}@1}@1}@1" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		auto_source struct source *source = NULL;
		struct folder *folder = *state;
		const struct document *d = read_text(folder, cases[i].syntax, cases[i].text, strlen(cases[i].text), &source);
		struct buffer out = { .arena = folder->arena };

		if (d->state == STATE_UNAVAILABLE)
			continue;   /* built without it */
		if (d->state != STATE_PRESENT || !d->root)
			fail_msg("%s: %s: %s", cases[i].text, d->where, d->why);
		dump(d->root, &out);
		assert_string_equal(out.text, cases[i].tree);
	}
}

static char *repeat(struct folder *folder, const char *text, size_t n)
{
	struct buffer out = { .arena = folder->arena };

	while (n--)
		buffer_puts(&out, text);
	return out.text;
}

static void assert_malformed(struct folder *folder, enum syntax syntax, const char *text, size_t size, const char *place, const char *why)
{
	auto_source struct source *source = NULL;
	const struct document *d = read_text(folder, syntax, text, size, &source);

	if (d->state == STATE_UNAVAILABLE)
		return;
	if (d->state != STATE_MALFORMED)
		fail_msg("%.200s: it was understood", text);
	assert_null(d->root);
	assert_holds(d->where, place);
	assert_holds(d->why, why);
}

static void test_malformed(void **state)
{
	static const struct {
		enum syntax syntax;
		const char *text, *place, *why;
	} cases[] = {
		{ SYNTAX_JSON, "{\n  \"a\": 1,\n}", "/etc/file:3:1", "string or '}'" },
		{ SYNTAX_JSON, "{\"a\": 1,\n \"a\": 2}", "/etc/file:2:", "duplicate" },
		{ SYNTAX_JSON, "{\"a\": 99999999999999999999}", "/etc/file:1:", "big" },
		{ SYNTAX_JSON, "{} {}", "/etc/file:1:", "end of file" },
		{ SYNTAX_YAML, "a: 1\nb: [1\nc: 2\n", "/etc/file:3:", "" },
		{ SYNTAX_YAML, "a: 1\nb: 2\na: 3\n", "/etc/file:3:1", "a second time" },
		{ SYNTAX_YAML, "a: &x [*x]\n", "/etc/file:1:8", "stands in" },
		{ SYNTAX_YAML, "a: *y\n", "/etc/file:1:4", "no anchor" },
		{ SYNTAX_YAML, "{[1]: 2}\n", "/etc/file:1:2", "plain text" },
		{ SYNTAX_YAML, "a: \"x\\0y\"\n", "/etc/file:1:4", "NUL" },
		{ SYNTAX_YAML, "a:\n\t- x\n", "/etc/file:2:1", "" },
		{ SYNTAX_YAML, "m:\n  <<: 3\n", "/etc/file:2:", "no table" },
		{ SYNTAX_TOML, "a = 1\nb = \n", "/etc/file:2:", "" },
		{ SYNTAX_TOML, "a = 1\na = 2\n", "/etc/file:2:", "" },
		{ SYNTAX_TOML, "\na = \"\\u0000\"\n", "/etc/file:2:", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_malformed(*state, cases[i].syntax, cases[i].text, strlen(cases[i].text), cases[i].place, cases[i].why);
}

static void test_bounds(void **state)
{
	static const char laughs[] =
		"a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
		"d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n";
	struct folder *folder = *state;
	char *many = arena_printf(folder->arena, "[%s1]", repeat(folder, "1,", 20000));
	char *deep = repeat(folder, "[", 100000), *key = arena_printf(folder->arena, "x%s = 1\n", repeat(folder, ".x", 100000));
	char *tables = arena_printf(folder->arena, "a%s", repeat(folder, "= { b.c.d.e.f.g.h.i.j.k.l.m.n.o.p ", 250));

	assert_malformed(folder, SYNTAX_YAML, laughs, strlen(laughs), "/etc/file:5:", "more than 20000 values");
	assert_malformed(folder, SYNTAX_JSON, many, strlen(many), "/etc/file:1:", "more than 20000 values");
	assert_malformed(folder, SYNTAX_JSON, deep, strlen(deep), "/etc/file:1:", "");
	deep[70] = '\0';
	deep = arena_printf(folder->arena, "%s%s", deep, repeat(folder, "]", 70));
	assert_malformed(folder, SYNTAX_JSON, deep, strlen(deep), "/etc/file:1:66", "nested deeper than 64");
	assert_malformed(folder, SYNTAX_YAML, deep, strlen(deep), "/etc/file:1:66", "nested deeper than 64");
	assert_malformed(folder, SYNTAX_TOML, arena_printf(folder->arena, "a = %s\n", deep), strlen(deep) + 5, "/etc/file:1:", "nested deeper than 64");
	assert_malformed(folder, SYNTAX_TOML, key, strlen(key), "/etc/file:1:", "more than 16 parts");
	tables = arena_printf(folder->arena, "%s= 1%s\n", tables, repeat(folder, "}", 250));
	assert_malformed(folder, SYNTAX_TOML, tables, strlen(tables), "/etc/file:1:", "");
}

static void test_files(void **state)
{
	struct folder *folder = *state;
	auto_source struct source *source = NULL;
	const struct document *d = read_text(folder, SYNTAX_JSON, " \n", 2, &source);

	assert_int_equal(d->state, STATE_PRESENT);
	assert_null(d->root);
	assert_int_equal(mkfifo(folder_path(folder, "etc/fifo"), 0644), 0);
	assert_int_equal(truncate(folder_puts(folder, "etc/large", ""), 100 << 20), 0);
	assert_int_equal(document_read(source, folder->arena, "etc/fifo", SYNTAX_TOML)->state, STATE_BROKEN);
	assert_int_equal(document_read(source, folder->arena, "etc/large", SYNTAX_YAML)->state, STATE_BROKEN);
	assert_int_equal(document_read(source, folder->arena, "etc/none", SYNTAX_JSON)->state, STATE_ABSENT);
}

/* The text of each value that is found, with the pointer that leads there. */
static char *found(struct folder *folder, const struct value *root, const char *pointers)
{
	struct matches m = { .arena = folder->arena };
	struct buffer out = { .arena = folder->arena };

	value_find(root, pointers, &m);
	buffer_puts(&out, "");
	for (size_t i = 0; i < m.n; i++)
		buffer_printf(&out, "%s%s=%s", i ? " " : "", m.list[i].pointer, m.list[i].value->text ? m.list[i].value->text : "-");
	return out.text;
}

static void test_pointers(void **state)
{
	static const char text[] = "{\"a\": {\"b/c\": [1, 2], \"d e\": {\"x\": 3}, \"f\": {\"x\": 4}}, \"~\": 5, \"*\": 6}";
	auto_source struct source *source = NULL;
	const struct document *d = read_text(*state, SYNTAX_JSON, text, strlen(text), &source);

	assert_string_equal(found(*state, d->root, "/a/b~1c/1"), "/a/b/c/1=2");
	assert_string_equal(found(*state, d->root, "/a/b~1c/*"), "/a/b/c/0=1 /a/b/c/1=2");
	assert_string_equal(found(*state, d->root, "/a/*/x"), "/a/d e/x=3 /a/f/x=4");
	assert_string_equal(found(*state, d->root, "/a/d~2e/x /nothing /~0"), "/a/d e/x=3 /~=5");
	assert_string_equal(found(*state, d->root, "/a/x /a/b~1c/2 /a/b~1c/-1 /~0/x"), "");
	assert_string_equal(found(*state, NULL, "/a"), "");
}

static void test_merging(void **state)
{
	static const char base[] = "{\"a\": {\"x\": 1, \"y\": 2}, \"p\": {\"one\": {\"x\": 1, \"y\": 2}}, \"l\": [{\"id\": \"a\", \"v\": 1}, {\"id\": \"b\"}], \"m\": [1, 2]}";
	static const char over[] = "{\"a\": {\"y\": 3}, \"p\": {\"one\": {\"y\": 3}, \"two\": 1}, \"l\": [{\"id\": \"a\", \"v\": 2}], \"m\": [3], \"new\": 4}";
	static const struct merging how = { .whole = "/p/*", .joined = "/l", .identity = "prefix id" };
	struct folder *folder = *state;
	auto_source struct source *one = NULL, *two = NULL;
	const struct document *a = read_text(folder, SYNTAX_JSON, base, strlen(base), &one);
	const struct document *b = read_text(folder, SYNTAX_JSON, over, strlen(over), &two);
	const struct value *merged = value_merge(folder->arena, a->root, b->root, &how);
	struct buffer out = { .arena = folder->arena };

	dump(merged, &out);
	assert_string_equal(out.text, "{a:{x:i1@1,y:i3@1}@1,p:{one:{y:i3@1}@1,two:i1@1}@1,l:[{id:sb@1}@1,{id:sa@1,v:i2@1}@1]@1,m:[i3@1]@1,new:i4@1}@1");
	assert_ptr_equal(value_merge(folder->arena, NULL, b->root, &how), b->root);
	assert_ptr_equal(value_merge(folder->arena, a->root, NULL, &how), a->root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_with_folder(test_trees),    test_with_folder(test_malformed), test_with_folder(test_bounds),
		test_with_folder(test_files),    test_with_folder(test_pointers),  test_with_folder(test_merging),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
