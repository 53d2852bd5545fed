/* SPDX-License-Identifier: Apache-2.0 */
/* The same thing done to many, shared among threads. */
#ifndef CORE_WORK_H
#define CORE_WORK_H

#include <pthread.h>

enum { WORKERS_MOST = 16 };

/* How many workers this process may use: its processors (sched_getaffinity(2)), at most WORKERS_MOST. */
unsigned work_processors(void);

/*
 * Calls one(with, worker, i) for each i below n, in any order. `worker` is below `workers`, 1 to WORKERS_MOST, and no two calls with the same one
 * run at a time: what belongs to a worker needs no lock. The calling thread is worker 0; where no other can be started it does all.
 */
void work_share(unsigned workers, unsigned n, void (*one)(void *with, unsigned worker, unsigned i), void *with);

/* Calls run(with, worker) once for each worker, at the same time: for work that is found while it is done. Fewer where no more threads can be started. */
void work_crew(unsigned workers, void (*run)(void *with, unsigned worker), void *with);

/* Holds the mutex until the end of the block. */
#define HOLD(mutex) __attribute__((cleanup(work_unlock), unused)) pthread_mutex_t *held = work_lock(mutex)

static inline pthread_mutex_t *work_lock(pthread_mutex_t *mutex)
{
	pthread_mutex_lock(mutex);
	return mutex;
}

static inline void work_unlock(pthread_mutex_t **mutex)
{
	pthread_mutex_unlock(*mutex);
}

#endif
