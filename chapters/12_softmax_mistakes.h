/* 12_softmax_mistakes.h: the mistakes of the lesson, in its small examples, over many scores, and
 * in a student that learns from a teacher. */
#ifndef CHAPTER_12_SOFTMAX_MISTAKES_H
#define CHAPTER_12_SOFTMAX_MISTAKES_H

#include <stdio.h>

#include "12_softmax_contexts.h"
#include "12_softmax_rows.h"

#include "kernel/gemm.h"

/* -- the gradient ----------------------------------------------------------------------------- */

/* In place of dz = p (dp - mean) / T, mean = sum_l dp_l p_l. */
static inline void wrong_gradients(void)
{
    const real p[3] = {1. / 6, 2. / 6, 3. / 6}, dp[3] = {0, 6, 20}, T = 2;
    real right[3], forgotten[3], times[3], diagonal[3], plain[3];
    softmax_row_backward(3, dp, p, T, right);
    for (int j = 0; j < 3; j++) {
        forgotten[j] = right[j] * T;
        times[j] = right[j] * T * T;
        diagonal[j] = p[j] * (1 - p[j]) * dp[j] / T;
        plain[j] = p[j] * (dp[j] - (dp[0] + dp[1] + dp[2]) / 3) / T;
    }
    printf("\nMistakes. In place of dz at T = 2:\n");
    fact_row("1/T forgotten", 4, 3, forgotten, (const real[]){-2, -2, 4});
    fact_row("multiplied by T", 4, 3, times, (const real[]){-4, -4, 8});
    fact_row("only the diagonal", 4, 3, diagonal, (const real[]){0, 2. / 3, 2.5});
    fact_row("the plain mean", 4, 3, plain, (const real[]){-13. / 18, -4. / 9, 17. / 6});
}

/* -- the stream ------------------------------------------------------------------------------- */

/* The sum if what was summed under an old maximum is left as it is, or grown. */
static inline real wrong_sum(bool grown, int n, const real z[n])
{
    Running r = nothing;
    for (int i = 0; i < n; i++)
        if (z[i] > r.max)
            r = (Running){z[i], (grown && r.sum > 0 ? r.sum * exp(z[i] - r.max) : r.sum) + 1};
        else
            r.sum += exp(z[i] - r.max);
    return r.sum;
}

enum { DRAWS = 6 };

static inline void wrong_streams(uint64_t seed, real z[LONG])
{
    const real small[4] = {0, log((real)2), log((real)4), 0};
    double least = INFINITY, most = 0;
    Rng rng;
    printf("In place of the sum 2:\n");
    fact("not shrunk", 4, (double)wrong_sum(false, 4, small), 3.25);
    fact("grown", 4, (double)wrong_sum(true, 4, small), 7.25);
    for (int k = 0; k < DRAWS; k++) {
        rng_seed(&rng, seed + (uint64_t)k);
        init_normal(&rng, 1, LONG, z);
        double times = (double)wrong_sum(false, LONG, z) / (double)two_passes(LONG, z).sum;
        least = fmin(least, times);
        most = fmax(most, times);
    }
    printf("%d draws of %d normal scores, not shrunk: the sum is %.1f to %.1f times too large\n",
           DRAWS, LONG, least, most);
    fact_that("a sum that is not shrunk is too large", least > 1);
}

/* -- the student ------------------------------------------------------------------------------
 * Teacher and student are linear: scores = x W. The student has few examples, each with a label
 * that was drawn from the teacher's probabilities, and these probabilities themselves. */

enum { INPUTS = 20, CLASSES = 10, EXAMPLES = 200, NEW_EXAMPLES = 5000, STUDENTS = 3 };

typedef struct {
    real W[INPUTS][CLASSES]; /* the teacher's */
    real x[EXAMPLES][INPUTS], v[EXAMPLES][CLASSES];
    int y[EXAMPLES];
} Teaching;

static inline void linear_scores(int n, const real x[n][INPUTS], const real W[INPUTS][CLASSES],
                                 real z[n][CLASSES])
{
    gemm(n, INPUTS, CLASSES, gemm_matrix(*x, INPUTS), gemm_matrix(*W, CLASSES),
         gemm_set(*z, CLASSES));
}

static inline void teaching_draw(uint64_t seed, Teaching *t)
{
    Rng rng;
    real q[CLASSES];
    rng_seed(&rng, seed);
    init_normal(&rng, 2 / sqrt((double)INPUTS), INPUTS * CLASSES, *t->W);
    init_normal(&rng, 1, EXAMPLES * INPUTS, *t->x);
    linear_scores(EXAMPLES, t->x, t->W, t->v);
    for (int i = 0; i < EXAMPLES; i++) {
        softmax_row(CLASSES, t->v[i], 1, q);
        t->y[i] = rng_choice(&rng, CLASSES, q);
    }
}

/* dz of the mean of hard (-ln p[y]) + (1 - hard) factor KL(q | p at T). */
static inline void mixture_backward(const Teaching *t, real hard, real T, real factor,
                                    const real z[EXAMPLES][CLASSES], real dz[EXAMPLES][CLASSES])
{
    real p[CLASSES], q[CLASSES];
    for (int i = 0; i < EXAMPLES; i++) {
        softmax_row(CLASSES, z[i], T, p);
        softmax_row(CLASSES, t->v[i], T, q);
        soft_loss_backward(CLASSES, p, q, T, (1 - hard) * factor / EXAMPLES, dz[i]);
        softmax_row(CLASSES, z[i], 1, p);
        p[t->y[i]] -= 1;
        vector_add_scaled(CLASSES, hard / EXAMPLES, p, dz[i]);
    }
}

/* The loss on new examples, the mean over all labels that the teacher could give them. */
static inline double loss_on_new(const Teaching *t, const real W[INPUTS][CLASSES])
{
    Rng rng;
    real x[1][INPUTS], z[1][CLASSES], p[CLASSES], q[CLASSES];
    double loss = 0;
    rng_seed(&rng, 1);
    for (int i = 0; i < NEW_EXAMPLES; i++) {
        init_normal(&rng, 1, INPUTS, *x);
        linear_scores(1, x, W, z);
        softmax_row(CLASSES, *z, 1, p);
        linear_scores(1, x, t->W, z);
        softmax_row(CLASSES, *z, 1, q);
        for (int j = 0; j < CLASSES; j++)
            loss -= (double)(q[j] * log(p[j]));
    }
    return loss / NEW_EXAMPLES;
}

/* The mean loss of students that were trained so, with a learning rate of 0.5. The teachers are the
 * same whatever --seed is, since facts of them are held. */
static inline double students_loss(real hard, real T, real factor, int steps)
{
    double sum = 0;
    for (int k = 1; k <= STUDENTS; k++) {
        Teaching t;
        real W[INPUTS][CLASSES] = {{0}}, dW[INPUTS][CLASSES];
        real z[EXAMPLES][CLASSES], dz[EXAMPLES][CLASSES];
        teaching_draw((uint64_t)k, &t);
        for (int step = 0; step < steps; step++) {
            linear_scores(EXAMPLES, t.x, W, z);
            mixture_backward(&t, hard, T, factor, z, dz);
            gemm(INPUTS, EXAMPLES, CLASSES, gemm_transpose(*t.x, INPUTS), gemm_matrix(*dz, CLASSES),
                 gemm_set(*dW, CLASSES));
            vector_add_scaled(INPUTS * CLASSES, (real)-0.5, *dW, *W);
        }
        sum += loss_on_new(&t, W);
    }
    return sum / STUDENTS;
}

static inline void students(int steps)
{
    double teacher = 0;
    for (int k = 1; k <= STUDENTS; k++) {
        Teaching t;
        teaching_draw((uint64_t)k, &t);
        teacher += loss_on_new(&t, t.W) / STUDENTS;
    }
    printf("%d students after %d steps: the loss on new examples, where their teachers have %.3f\n",
           STUDENTS, steps, teacher);
    printf("           T    with T^2     without\n");
    printf("  only labels %11.3f\n", students_loss(1, 1, 1, steps));
    for (int T = 1; T <= 8; T *= 2) {
        double with = students_loss(0.25, T, T * T, steps);
        double without = students_loss(0.25, T, 1, steps);
        printf("  %10d %12.3f %11.3f\n", T, with, without);
        fact_that("T^2 makes soft targets heard", T == 1 || with < without);
    }
}

/* All of them. z is room for LONG scores. */
static inline void mistakes(uint64_t seed, int steps, real z[LONG])
{
    wrong_gradients();
    wrong_streams(seed, z);
    students(steps);
}

#endif
