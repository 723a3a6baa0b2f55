/* limit.h: how near a time is to the best that the machine allows. */
#ifndef BENCH_LIMIT_H
#define BENCH_LIMIT_H

/* What has to be done: so many multiplications, each with an addition or without (a multiply-add
 * unit does either), and so many bytes read and written, in arrays that take `room` bytes in all.
 */
typedef struct {
    double multiplications, bytes, room;
} Work;

/* Multiply-adds a second on one core, in all lanes of its vectors. */
double multiply_add_rate(void);

/* Bytes a second on one core, read and written by y += a x for arrays that take so many bytes in
 * all: faster where they fit a cache. */
double memory_rate(double room);

/* "97 % FMA", "84 % memory" or "60 % loads" (memory in the first-level cache): the share of the
 * time that the work would take if nothing but this limit held; that of the two which is larger. */
const char *binding_limit(Work work, double seconds);

#endif
