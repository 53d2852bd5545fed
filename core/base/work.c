/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/work.h"

#include "core/base/defs.h"

#include <assert.h>
#include <sched.h>
#include <stdatomic.h>

enum { AT_ONCE = 4 };   /* taken by a worker in one go: less is more often a word between processors, more leaves one waiting at the end */

struct worker {
	void (*run)(void *with, unsigned worker);
	void *with;
	unsigned number;
	pthread_t thread;
};

unsigned work_processors(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

	return n < 1 ? 1 : n > WORKERS_MOST ? WORKERS_MOST : (unsigned)n;
}

static void *start(void *argument)
{
	struct worker *worker = argument;

	worker->run(worker->with, worker->number);
	return NULL;
}

void work_crew(unsigned workers, void (*run)(void *with, unsigned worker), void *with)
{
	struct worker list[WORKERS_MOST];
	unsigned started = 1;

	assert(workers >= 1 && workers <= WORKERS_MOST);
	for (unsigned i = 0; i < workers; i++)
		list[i] = (struct worker){ .run = run, .with = with, .number = i };
	while (started < workers && pthread_create(&list[started].thread, NULL, start, &list[started]) == 0)
		started++;
	start(&list[0]);
	for (unsigned i = 1; i < started; i++)
		pthread_join(list[i].thread, NULL);
}

struct share {
	void (*one)(void *with, unsigned worker, unsigned i);
	void *with;
	unsigned n;
	atomic_uint next;
};

static void take_shares(void *with, unsigned worker)
{
	struct share *share = with;

	for (unsigned from; (from = atomic_fetch_add(&share->next, AT_ONCE)) < share->n;)
		for (unsigned i = from; i < share->n && i < from + AT_ONCE; i++)
			share->one(share->with, worker, i);
}

void work_share(unsigned workers, unsigned n, void (*one)(void *with, unsigned worker, unsigned i), void *with)
{
	struct share share = { .one = one, .with = with, .n = n };
	unsigned useful = n / AT_ONCE + 1;

	work_crew(workers < useful ? workers : useful, take_shares, &share);
}
