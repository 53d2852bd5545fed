/* SPDX-License-Identifier: Apache-2.0 */
#include "core/work.h"

#include "core/defs.h"

#include <assert.h>
#include <sched.h>
#include <stdatomic.h>

enum { AT_ONCE = 4 };   /* taken by a worker in one go: less is more often a word between processors, more leaves one waiting at the end */

struct work {
	void (*one)(void *with, unsigned worker, unsigned i);
	void *with;
	unsigned n;
	atomic_uint next;
};

struct worker {
	struct work *work;
	unsigned number;
	pthread_t thread;
};

unsigned work_processors(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

	return n < 1 ? 1 : n > WORKERS_MOST ? WORKERS_MOST : (unsigned)n;
}

static void *run(void *argument)
{
	struct worker *worker = argument;
	struct work *work = worker->work;

	for (unsigned from; (from = atomic_fetch_add(&work->next, AT_ONCE)) < work->n;)
		for (unsigned i = from; i < work->n && i < from + AT_ONCE; i++)
			work->one(work->with, worker->number, i);
	return NULL;
}

void work_share(unsigned workers, unsigned n, void (*one)(void *with, unsigned worker, unsigned i), void *with)
{
	struct work work = { .one = one, .with = with, .n = n };
	struct worker list[WORKERS_MOST];
	unsigned started = 1;

	assert(workers >= 1 && workers <= WORKERS_MOST);
	for (unsigned i = 0; i < workers; i++)
		list[i] = (struct worker){ .work = &work, .number = i };
	while (started < workers && started * AT_ONCE < n &&
	       pthread_create(&list[started].thread, NULL, run, &list[started]) == 0)
		started++;
	run(&list[0]);
	for (unsigned i = 1; i < started; i++)
		pthread_join(list[i].thread, NULL);
}
