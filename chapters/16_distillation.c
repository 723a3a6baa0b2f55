/* 16_distillation.c: a small network learns from a large one.
 *
 *     loss = hard (what the labels say) + soft T^2 KL(teacher at T | student at T)
 *     loss = (what the labels say) + weight (1 - cos(student's features, teacher's))
 *
 * The steps stand in 16_distillation_steps.h for one image; for a batch they are the exercises. The
 * program works the small examples of the lesson and the usual mistakes
 * (16_distillation_mistakes.h), holds the gradients against the tape, a numeric gradient and laws
 * (16_distillation_judges.h), then trains a teacher and five students (16_distillation_school.h)
 * on images with all their labels, with few, with few and many without, or with wrong ones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "16_distillation_judges.h"
#include "16_distillation_mistakes.h"
#include "16_distillation_school.h"
#include "16_distillation_steps.h"
#include "error.h"
#include "parallel/ranks.h"
#include "workbook/fact.h"
#include "workbook/interrupt.h"
#include "workbook/options.h"

/* -- the small examples ------------------------------------------------------------------------ */

/* Scores for T = 2 that are twice a logarithm: the probabilities are plain fractions. */
static void soft_targets(void)
{
    const real z[1][C3] = {{2 * log((real)2), 0, 0}};
    const real v[1][C3] = {{2 * log((real)5), 2 * log((real)2), 0}}, T = 2;
    const int y[1] = {0};
    real p[1][C3], q[1][C3], logp[C3], du[C3], dlogp[C3], dz[1][C3], both[1][C3];
    printf("Teacher 2 ln 5, 2 ln 2, 0; student 2 ln 2, 0, 0; T = 2:\n");
    softmax_row(C3, v[0], T, q[0]);
    softmax_row(C3, z[0], T, p[0]);
    fact_row("q, the teacher's", 4, C3, *q, (const real[]){5. / 8, 2. / 8, 1. / 8});
    fact_row("p, the student's", 4, C3, *p, (const real[]){1. / 2, 1. / 4, 1. / 4});
    for (int j = 0; j < C3; j++)
        logp[j] = log(p[0][j]);
    fact("loss", 4, (double)soft_forward(C3, logp, q[0], T), 0.2113);
    fact("loss, from the scores", 4, (double)soft_targets_loss(1, C3, z, v, T), 0.2113);
    logp_backward(C3, q[0], T, dlogp);
    fact_row("dlogp", 4, C3, dlogp, (const real[]){-2.5, -1, -0.5});
    u_backward(C3, dlogp, p[0], du);
    fact_row("du", 4, C3, du, (const real[]){-0.5, 0, 0.5});
    z_backward(C3, du, T, dz[0]);
    fact_row("dz", 4, C3, *dz, (const real[]){-0.25, 0, 0.25});
    soft_targets_backward(1, C3, z, q, T, dz);
    fact_row("dz, at once", 4, C3, *dz, (const real[]){-0.25, 0, 0.25});
    partly_labelled_backward(1, C3, z, y, dz, 1, 0, both);
    fact_row("dz of the label", 4, C3, *both, (const real[]){-1. / 3, 1. / 6, 1. / 6});
    partly_labelled_backward(1, C3, z, y, dz, 0.75, 0.25, both);
    fact_row("three quarters, a quarter", 4, C3, *both, (const real[]){-5. / 16, 1. / 8, 3. / 16});
    mistakes_in_targets(z[0], p[0], q[0], T);
    mistake_of_the_sure();
}

static void directions(void)
{
    enum { D = 2 };
    const real a[1][D] = {{3, 4}}, b[1][D] = {{4, 3}}, up[D] = {0, 5};
    real da[1][D], u[D];
    printf("\na = (3, 4), b = (4, 3):\n");
    direction_of(D, a[0], u);
    fact_row("u = a / |a|", 4, D, u, (const real[]){0.6, 0.8});
    fact("loss", 4, (double)cosine_by_steps(D, a[0], b[0], da[0]), 0.04);
    fact_row("da", 4, D, *da, (const real[]){-0.0448, 0.0336});
    cosine_backward(1, D, a, b, da);
    fact_row("da, at once", 4, D, *da, (const real[]){-0.0448, 0.0336});
    fact("loss, b = (0, 5)", 4, (double)cosine_by_steps(D, a[0], up, da[0]), 0.2);
    fact_row("da", 4, D, *da, (const real[]){0.096, -0.072});
    mistakes_in_cosine();
}

/* Four maps of 2 x 2 pixels, halved in two ways; each number says which pixel of which map it is:
 * 32 is pixel 2 of map 3. */
static void halved(void)
{
    enum { MAPS = 4, PIXELS = 4 };
    const real x[3][2][1] = {{{1}, {3}}, {{5}, {7}}, {{2}, {0}}};
    real X[MAPS * PIXELS], Y[MAPS / 2][PIXELS], y[3][1];
    for (int map = 0; map < MAPS; map++)
        for (int pixel = 0; pixel < PIXELS; pixel++)
            X[map * PIXELS + pixel] = (real)(10 * map + pixel);
    group_mean(3, 2, 1, x, y);
    printf("\n1 3 5 7 2 0, neighbours averaged:\n");
    fact_row("Y", 0, 3, *y, (const real[]){2, 6, 1});
    printf("Four maps of four pixels, 0..3, 10..13, 20..23, 30..33, to be half as many:\n");
    group_mean(MAPS * PIXELS / 2, 2, 1, (void *)X, (void *)Y);
    fact_row("neighbours", 1, MAPS * PIXELS / 2, *Y,
             (const real[]){0.5, 2.5, 10.5, 12.5, 20.5, 22.5, 30.5, 32.5});
    group_mean(MAPS / 2, 2, PIXELS, (void *)X, Y);
    fact_row("maps 0 and 1, 2 and 3", 1, MAPS * PIXELS / 2, *Y,
             (const real[]){5, 6, 7, 8, 25, 26, 27, 28});
}

/* The steps that may still be to do, in their order, before anything is printed. */
static void try_exercises(void)
{
    const real z[1][C3] = {{0, 1, 2}}, q[1][C3] = {{0.5, 0.25, 0.25}};
    const int y[1] = {0};
    real dz[1][C3], both[1][C3];
    soft_targets_backward(1, C3, z, q, 2, dz);
    soft_targets_loss(1, C3, z, z, 2);
    partly_labelled_backward(1, C3, z, y, q, 1, 1, both);
    cosine_backward(1, C3, z, q, dz);
}

/* What is shown and checked before the training. */
static bool lesson(const Options *options)
{
    try_exercises();
    soft_targets();
    directions();
    halved();
    bool hold = random_gradients(options->seed);
    laws_of_targets(options->seed);
    laws_of_cosine(options->seed);
    return hold;
}

static int run(int argc, char **argv)
{
    Options options = {.chapter = "16_distillation",
                       .about = "a small network learns from a large one",
                       .steps = STEPS,
                       .seconds = 26,
                       .quick_steps = QUICK_STEPS,
                       .lr = lr_of_lesson,
                       .batch = BATCH,
                       .shards = 1,
                       .evaluates = true,
                       .seed = 42,
                       .data = "",
                       .saves = true,
                       .choices = choices};
    options_parse(&options, argc, argv);
    bool hold = options.train_only || lesson(&options);
    if (hold && options.steps > 0 && !learn(&options))
        return interrupt_status(error_report(options.chapter));
    return interrupt_status(hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}

int main(int argc, char **argv)
{
    ranks_begin(&argc, &argv);
    return ranks_end(run(argc, argv));
}
