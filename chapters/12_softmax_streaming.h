/* 12_softmax_streaming.h: the maximum of many scores and the sum under a softmax, in one pass.
 *
 * Scores may be -infinity, which has the weight 0, but neither +infinity nor NaN. Of no scores, or
 * of none but -infinity, the maximum is -infinity and the sum 0. */
#ifndef CHAPTER_12_SOFTMAX_STREAMING_H
#define CHAPTER_12_SOFTMAX_STREAMING_H

#include "kernel/vector.h"

/* What is left of the scores read so far: the largest, and sum exp(z - max). */
typedef struct {
    real max, sum;
} Running;

static const Running nothing = {-INFINITY, 0};

/* One score more. A new maximum shrinks what was summed under the old one. */
static inline Running running_add(Running r, real z)
{
    if (z > r.max)
        return (Running){z, r.sum * exp(r.max - z) + 1};
    return (Running){r.max, r.sum + (z == -INFINITY ? 0 : exp(z - r.max))};
}

/* The scores of both. */
static inline Running running_merge(Running a, Running b)
{
    Running high = a.max > b.max ? a : b, low = a.max > b.max ? b : a;
    if (low.max > -INFINITY)
        high.sum += low.sum * exp(low.max - high.max);
    return high;
}

enum { BLOCK = 512 };

/* Reads the scores twice. */
static inline Running two_passes(int n, const real z[n])
{
    real counts[BLOCK];
    Running r = {vector_max(n, z), 0};
    if (r.max == -INFINITY)
        return nothing;
    for (int start = 0; start < n; start += BLOCK) {
        int size = n - start < BLOCK ? n - start : BLOCK;
        for (int i = 0; i < size; i++)
            counts[i] = z[start + i] - r.max;
        vector_exp(size, counts, counts);
        r.sum += vector_sum(size, counts);
    }
    return r;
}

static inline Running one_pass(int n, const real z[n])
{
    Running r = nothing;
    for (int i = 0; i < n; i++)
        r = running_add(r, z[i]);
    return r;
}

/* Two passes over a block that is small enough to stay close by is one over the memory behind. */
static inline Running one_pass_in_blocks(int n, const real z[n])
{
    Running r = nothing;
    for (int start = 0; start < n; start += BLOCK)
        r = running_merge(r, two_passes(n - start < BLOCK ? n - start : BLOCK, z + start));
    return r;
}

#endif
