/* 19_transformer_tasks.h: sequences with an exact answer: ten digits backwards or in order, and the
 * sum of two numbers, its units first. */
#ifndef CHAPTER_19_TRANSFORMER_TASKS_H
#define CHAPTER_19_TRANSFORMER_TASKS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/random.h"

/* Tokens: the ten digits, the plus sign, and the mark that an answer begins with. */
enum { PLUS = 10, BEGIN = 11, TASK_WORDS = 12, SYMBOLS = 10 };

typedef struct Task Task;

struct Task {
    const char *name;
    int s, t;  /* tokens in a question, and in its answer */
    bool adds; /* s = 2 digits + 1 and t = digits + 1 */
    int width, heads, layers;
    double expected; /* of the answers to new questions are right after the lesson's training, in
                      * percent and at least, whatever the seed */
    /* Draws a question and its answer; a new one is none that was learnt from. */
    void (*make)(const Task *task, Rng *rng, bool is_new, int *x, int *y);
};

/* There are so many rows of ten digits that one that is drawn was hardly ever seen. */
static inline void make_reverse(const Task *task, Rng *rng, bool is_new, int *x, int *y)
{
    (void)is_new;
    for (int i = 0; i < task->s; i++)
        y[task->t - 1 - i] = x[i] = rng_below(rng, SYMBOLS);
}

static inline void make_sort(const Task *task, Rng *rng, bool is_new, int *x, int *y)
{
    int count[SYMBOLS] = {0}, to = 0;
    (void)is_new;
    for (int i = 0; i < task->s; i++)
        count[x[i] = rng_below(rng, SYMBOLS)]++;
    for (int digit = 0; digit < SYMBOLS; digit++)
        while (count[digit]-- > 0)
            y[to++] = digit;
}

/* Spreads every bit over all others: the last step of SplitMix64. A multiplication alone would not
 * do: it takes numbers that are evenly apart to numbers that are. */
static inline uint64_t mixed(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

/* A tenth of all pairs, without a pattern that could be learnt, is kept for the test. */
static inline bool is_kept_back(int a, int b)
{
    return mixed((uint64_t)a * 1000 + (uint64_t)b + 1) % 10 == 0;
}

static inline void make_add(const Task *task, Rng *rng, bool is_new, int *x, int *y)
{
    const int digits = task->t - 1;
    int below = 1, a, b;
    for (int i = 0; i < digits; i++)
        below *= 10;
    do {
        a = rng_below(rng, below);
        b = rng_below(rng, below);
    } while (is_kept_back(a, b) != is_new);
    int sum = a + b;
    for (int i = 0; i < digits; i++) {
        x[digits - 1 - i] = a % 10;
        x[2 * digits - i] = b % 10;
        a /= 10;
        b /= 10;
    }
    x[digits] = PLUS;
    for (int i = 0; i <= digits; i++, sum /= 10)
        y[i] = sum % 10;
}

static inline Task task_reverse(void)
{
    return (Task){"reverse", 10, 10, false, 32, 2, 1, 99, make_reverse};
}

static inline Task task_sort(void)
{
    return (Task){"sort", 10, 10, false, 32, 2, 1, 97, make_sort};
}

static inline Task task_add(int digits)
{
    return (Task){"add", 2 * digits + 1, digits + 1, true, 64, 4, digits > 2 ? 2 : 1, 80, make_add};
}

/* n questions x (n, s), their answers y (n, t), and what the decoder is given, y behind the mark.
 */
static inline void task_draw(const Task *task, Rng *rng, bool is_new, int n, int *x, int *y,
                             int *given)
{
    for (int i = 0; i < n; i++) {
        task->make(task, rng, is_new, x + i * task->s, y + i * task->t);
        given[i * task->t] = BEGIN;
        for (int j = 1; j < task->t; j++)
            given[i * task->t + j] = y[i * task->t + j - 1];
    }
}

#endif
