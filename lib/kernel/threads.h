/* threads.h: work in parts, shared between threads where that is worth it; private to the kernels
 * of this folder. */
#ifndef KERNEL_THREADS_H
#define KERNEL_THREADS_H

#ifdef _OPENMP
#include <omp.h>
#endif

/* As many threads as OpenMP offers for work of this size, if that is more than `enough` for
 * several, or one. */
static inline int threads_for(double size, double enough)
{
#ifdef _OPENMP
    return size > enough ? omp_get_max_threads() : 1;
#else
    (void)size;
    (void)enough;
    return 1;
#endif
}

/* One part of some work, numbered from 0. It does not matter who does it, or when. */
typedef void WorkPart(const void *work, int part);

/* All parts. A single thread goes through a plain loop: for OpenMP it would be a team, too, which
 * is put together in new memory each time. */
static inline void work_in_parts(int parts, int threads, WorkPart *run, const void *work)
{
    if (threads == 1) {
        for (int part = 0; part < parts; part++)
            run(work, part);
        return;
    }
#ifdef _OPENMP
#pragma omp parallel for num_threads(threads) schedule(dynamic)
#endif
    for (int part = 0; part < parts; part++)
        run(work, part);
}

#endif
