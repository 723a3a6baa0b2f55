/* 16_distillation_mistakes.h: what the usual mistakes make of the small example. */
#ifndef CHAPTER_16_DISTILLATION_MISTAKES_H
#define CHAPTER_16_DISTILLATION_MISTAKES_H

#include <stdio.h>
#include <string.h>

#include "16_distillation_steps.h"
#include "workbook/fact.h"

enum { C3 = 3 };

/* factor (p - q) */
static inline void pull(const real p[C3], const real q[C3], real factor, real dz[C3])
{
    for (int j = 0; j < C3; j++)
        dz[j] = factor * (p[j] - q[j]);
}

/* dz of T^2 sum p log(p / q): the student in front. */
static inline void student_in_front(const real p[C3], const real q[C3], real T, real dz[C3])
{
    real mean = 0;
    for (int j = 0; j < C3; j++)
        mean += p[j] * log(p[j] / q[j]);
    for (int j = 0; j < C3; j++)
        dz[j] = T * p[j] * (log(p[j] / q[j]) - mean);
}

/* dz of T^2 sum q log(q / softmax(p)), p = softmax(z / T). */
static inline void softmax_twice(const real p[C3], const real q[C3], real T, real dz[C3])
{
    real twice[C3], dp[C3], mean;
    softmax_row(C3, p, 1, twice);
    pull(twice, q, T * T, dp);
    mean = vector_dot(C3, p, dp);
    for (int j = 0; j < C3; j++)
        dz[j] = p[j] * (dp[j] - mean) / T;
}

/* In place of dz = (-1/4, 0, 1/4): z, the student's scores, and p; q, the teacher's. */
static inline void mistakes_in_targets(const real z[C3], const real p[C3], const real q[C3], real T)
{
    real dz[C3], other[C3];
    printf("In place of dz = (-1/4, 0, 1/4):\n");
    pull(p, q, 1 / T, dz);
    fact_row("T^2 forgotten", 4, C3, dz, (const real[]){-1. / 16, 0, 1. / 16});
    pull(p, q, 1, dz);
    fact_row("T for T^2", 4, C3, dz, (const real[]){-1. / 8, 0, 1. / 8});
    softmax_row(C3, z, 1, other);
    pull(other, q, T * T, dz);
    fact_row("T for the teacher only", 4, C3, dz, (const real[]){1. / 6, -1. / 3, 1. / 6});
    pull(p, q, T / C3, dz);
    fact_row("a mean over classes", 4, C3, dz, (const real[]){-1. / 12, 0, 1. / 12});
    softmax_twice(p, q, T, dz);
    fact_row("softmax of a softmax", 4, C3, dz, (const real[]){-0.1755, 0.0565, 0.1190});
    student_in_front(p, q, T, dz);
    fact_row("the student in front", 4, C3, dz, (const real[]){-0.2849, -0.0309, 0.3157});
}

/* A teacher that is sure: 220 0 0. */
static inline void mistake_of_the_sure(void)
{
    const real v[C3] = {220, 0, 0};
    float q[C3], product = 0;
    real safe[C3];
    softmax_row(C3, v, 2, safe);
    for (int j = 0; j < C3; j++)
        q[j] = (float)safe[j];
    product = -q[1] * logf(q[1]);
    printf("A teacher's scores 220, 0, 0 at T = 2: log q[1], and -q[1] log q[1]:\n");
    printf("  %-24s %9g %9g\n", "of q[1] in float, 0", (double)logf(q[1]), fabs((double)product));
    fact_that("0 log 0 is no number", isnan(product));
    fact_row("from the scores", 4, 2, (const real[]){-110, 110 * safe[1]}, (const real[]){-110, 0});
}

/* In place of da = (-0.0448, 0.0336), for a = (3, 4) and b = (4, 3), and of |a . da| = 0. */
static inline void mistakes_in_cosine(void)
{
    enum { D = 2 };
    const real a[D] = {3, 4}, b[D] = {4, 3};
    const struct {
        const char *name;
        real along, across; /* da = along a + across b */
        real found[D + 1];
    } rows[] = {
        {"none", (real)24 / 625, -1. / 25, {-0.0448, 0.0336, 0}},
        {"|a| taken for constant", 0, -1. / 25, {-0.16, -0.12, 0.96}},
        {"not divided by |a|", (real)24 / 125, -1. / 5, {-0.224, 0.168, 0}},
        {"cos / |a|, not |a|^2", (real)24 / 125, -1. / 25, {0.416, 0.648, 3.84}},
        {"a - b, a distance", 1, -1, {-1, 1, 1}},
    };
    printf("In place of da = (-0.0448, 0.0336), and |a . da| = 0:\n");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        real found[D + 1];
        for (int j = 0; j < D; j++)
            found[j] = rows[i].along * a[j] + rows[i].across * b[j];
        found[D] = fabs(vector_dot(D, a, found));
        fact_row(rows[i].name, 4, D + 1, found, rows[i].found);
    }
}

#endif
