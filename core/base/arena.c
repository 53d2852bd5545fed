/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <sys/mman.h>

enum { FIRST_SIZE = 16 * 1024, BLOCK_SIZE = 64 * 1024 };

/*
 * The first block is of the heap, where small arenas come and go without a word to the kernel. Others are mapped with their pages in place: a
 * page fault costs several times what it costs to fill a page in along with its neighbours, and a run touches nearly all of them.
 */
struct block {
	struct block *next;
	size_t used, size;
	bool mapped;
	alignas(max_align_t) char data[];
};

struct arena {
	struct block *blocks;
	struct block *spare;         /* mapped, of the usual size and zeroed: left by arena_reset() */
};

static void *checked(void *memory)
{
	if (!memory) {
		fputs("plimsoll: out of memory\n", stderr);
		_exit(2);
	}
	return memory;
}

void *xmalloc(size_t size)
{
	return checked(malloc(size ? size : 1));
}

void *xrealloc(void *old, size_t size)
{
	return checked(realloc(old, size ? size : 1));
}

struct arena *arena_new(void)
{
	struct arena *arena = xmalloc(sizeof(*arena));

	*arena = (struct arena){ NULL, NULL };
	return arena;
}

static void release(struct block *b)
{
	if (b->mapped)
		munmap(b, sizeof(*b) + b->size);
	else
		free(b);
}

static void release_all(struct block *b)
{
	for (struct block *next; b; b = next) {
		next = b->next;
		release(b);
	}
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	release_all(arena->blocks);
	release_all(arena->spare);
	free(arena);
}

void arena_join(struct arena *arena, struct arena *other)
{
	struct block **last = &arena->blocks;

	while (*last)
		last = &(*last)->next;
	*last = other->blocks;
	release_all(other->spare);
	free(other);
}

/* What was used is zeroed; the usual blocks wait for their next use, large ones go back. */
void arena_reset(struct arena *arena)
{
	struct block *kept = NULL;

	for (struct block *b = arena->blocks, *next; b; b = next) {
		next = b->next;
		if (b->mapped && b->size != BLOCK_SIZE - sizeof(*b)) {
			release(b);
			continue;
		}
		memset(b->data, 0, b->used);
		b->used = 0;
		b->next = b->mapped ? arena->spare : kept;
		*(b->mapped ? &arena->spare : &kept) = b;
	}
	arena->blocks = kept;
}

static struct block *block_new(size_t room, bool mapped)
{
	struct block *b;

	if (mapped) {
		b = mmap(NULL, sizeof(*b) + room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
		b = b == MAP_FAILED ? checked(NULL) : b;
	} else {
		b = xmalloc(sizeof(*b) + room);
		memset(b, 0, sizeof(*b) + room);
	}
	b->size = room;
	b->mapped = mapped;
	return b;
}

/* A request larger than a block gets a block of its own, behind the current one. */
static struct block *block_for(struct arena *arena, size_t size)
{
	struct block *b = arena->blocks;
	size_t room;

	if (b && b->size - b->used >= size)
		return b;
	room = size > BLOCK_SIZE / 4 ? size : (b ? BLOCK_SIZE : FIRST_SIZE) - sizeof(*b);
	room = room < size ? size : room;
	if (arena->spare && room == BLOCK_SIZE - sizeof(*b)) {
		b = arena->spare;
		arena->spare = b->next;
	} else {
		b = block_new(room, arena->blocks != NULL || size > FIRST_SIZE);
	}
	if (arena->blocks && room == size) {
		b->next = arena->blocks->next;
		arena->blocks->next = b;
	} else {
		b->next = arena->blocks;
		arena->blocks = b;
	}
	return b;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	size_t rounded = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	struct block *b;
	void *memory;

	assert(rounded >= size);
	b = block_for(arena, rounded);
	memory = b->data + b->used;
	b->used += rounded;
	return memory;
}

char *arena_strndup(struct arena *arena, const char *text, size_t size)
{
	char *copy = arena_alloc(arena, size + 1);

	memcpy(copy, text, size);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
	char most[512], *text;
	va_list again;
	int n;

	va_copy(again, args);
	n = vsnprintf(most, sizeof(most), format, again);
	va_end(again);
	assert(n >= 0);
	if ((size_t)n < sizeof(most))
		return arena_strndup(arena, most, (size_t)n);
	text = arena_alloc(arena, (size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, format, args);
	return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(arena, format, args);
	va_end(args);
	return text;
}

/* Capacities are the powers of two from 2 on, so n alone tells when the array is full. */
void *arena_room(struct arena *arena, void *array, size_t n, size_t element_size)
{
	void *larger;

	if (n == 1 || (n & (n - 1)))
		return array;
	larger = arena_alloc(arena, element_size * (n ? n * 2 : 2));
	if (n)
		memcpy(larger, array, element_size * n);
	return larger;
}
