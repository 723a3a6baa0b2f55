/* heap.h: watches the heap of a test program, and can make it run out.
 *
 * The functions below take the place of the C library's in the whole program, so exactly one of its
 * source files includes this. It works with glibc; elsewhere, and under a sanitizer, which has a
 * heap of its own, HEAP_WATCHED is 0 and a test that needs it is skipped. */
#ifndef TESTS_HEAP_H
#define TESTS_HEAP_H

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "sanitized.h"

#if defined(__GLIBC__) && !ADDRESS_SANITIZED
#define HEAP_WATCHED 1
#else
#define HEAP_WATCHED 0
#endif

static struct {
    long calls;
    bool exhausted;
} heap;

/* Calls for memory so far, by any thread. */
static inline long heap_calls(void)
{
    return heap.calls;
}

/* From now on there is no memory, or there is again. */
static inline void heap_exhaust(bool exhausted)
{
    heap.exhausted = exhausted;
}

#if HEAP_WATCHED

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static bool heap_allows(void)
{
    __atomic_fetch_add(&heap.calls, 1, __ATOMIC_RELAXED);
    if (heap.exhausted)
        errno = ENOMEM;
    return !heap.exhausted;
}

void *malloc(size_t size)
{
    return heap_allows() ? __libc_malloc(size) : NULL;
}

void *calloc(size_t n, size_t size)
{
    return heap_allows() ? __libc_calloc(n, size) : NULL;
}

void *realloc(void *block, size_t size)
{
    return heap_allows() ? __libc_realloc(block, size) : NULL;
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return heap_allows() ? __libc_memalign(alignment, size) : NULL;
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    *block = aligned_alloc(alignment, size);
    return *block ? 0 : ENOMEM;
}

#endif
#endif
