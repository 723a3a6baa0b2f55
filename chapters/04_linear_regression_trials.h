/* 04_linear_regression_trials.h: what becomes of the fit if something is changed.
 *
 * The gradient is mistaken; the inputs are scaled or shifted; the noise is of another kind. */
#ifndef CHAPTER_04_LINEAR_REGRESSION_TRIALS_H
#define CHAPTER_04_LINEAR_REGRESSION_TRIALS_H

#include <stdio.h>
#include <stdlib.h>

#include "04_linear_regression.h"
#include "kernel/random.h"
#include "workbook/fact.h"

/* The trials are made with this seed, whatever --seed says: their numbers are facts about it. */
enum { TRIAL_SEED = 42 };

/* -- a mistaken gradient ---------------------------------------------------------------------- */

enum { LOOKS = 4 };

static const int looks[LOOKS] = {1, 10, 100, 1000}; /* epochs */

/* Each mistake makes dw and db of the right ones:   dw' = factor (dw, or db if without_x),
 * db' = factor db, and the factor once more times n if it is a sum. */
typedef struct {
    const char *name;
    real factor;
    bool is_sum, without_x;
    real small[2];       /* dw and db of the small example */
    double after[LOOKS]; /* the training MSE; INFINITY: it is not finite any more */
} Mistake;

static const Mistake mistakes[] = {
    {"right", 1, false, false, {-1.5, 0}, {0.249, 0.168, 0.01356, 0.002417}},
    {"sum instead of mean", 1, true, false, {-6, 0}, {464.2, 9.866e34, INFINITY, INFINITY}},
    {"2 forgotten", 0.5, false, false, {-0.75, 0}, {0.2549, 0.2079, 0.04625, 0.002417}},
    {"y - pred", -1, false, false, {1.5, 0}, {0.2734, 0.4284, 260.2, 1.214e33}},
    {"dw without x", 1, false, true, {0, 0}, {0.2476, 0.1617, 0.05457, 0.05329}},
};

enum { MISTAKES = sizeof mistakes / sizeof mistakes[0] };

static inline Line mistaken(const Mistake *m, int n, Line d)
{
    real factor = m->factor * (m->is_sum ? (real)n : 1);
    Line wrong = {0, 0}; /* added to, so that no -0 is printed */
    wrong.w += factor * (m->without_x ? d.b : d.w);
    wrong.b += factor * d.b;
    return wrong;
}

/* Trains with it, and prints the MSE after some of the epochs. Returns the epoch in which the loss
 * was not finite, or one more than the last. */
static inline int train_mistaken(Part *part, const Mistake *m)
{
    Line line = {0, 0};
    bool holds = true;
    int epoch = 1;
    printf("  %-19s", m->name);
    for (int look = 0; look < LOOKS; epoch++) {
        Line d = gradient(&kinds[MSE], part->n, line, part->x, part->y, part->pred, part->dpred);
        d = mistaken(m, part->n, d);
        line = (Line){line.w - (real)0.02 * d.w, line.b - (real)0.02 * d.b};
        double loss = loss_on(part, &kinds[MSE], line);
        if (!isfinite(loss)) {
            printf("   %g at epoch %d", loss, epoch);
            holds = holds && isinf(m->after[look]);
            break;
        }
        if (epoch == looks[look]) {
            printf(" %10.4g", loss);
            holds = holds && fabs(loss / m->after[look++] - 1) < 1e-3;
        }
    }
    printf("\n");
    fact_that("the losses", holds);
    return epoch;
}

/* What the usual mistakes make of dw and db on n points, and of the training. */
static inline void try_mistakes(int n, Line line, const real x[n], const real y[n], Part *part)
{
    real pred[n], dpred[n];
    const Line right = gradient(&kinds[MSE], n, line, x, y, pred, dpred);
    printf("\nWhat becomes of the MSE's dw and db:\n");
    for (int i = 0; i < MISTAKES; i++) {
        Line d = mistaken(&mistakes[i], n, right);
        fact_row(mistakes[i].name, 4, 2, (const real[]){d.w, d.b}, mistakes[i].small);
    }
    printf("\nWhat becomes of the MSE on %d points, lr 0.02:\n  after epoch        ", part->n);
    for (int look = 0; look < LOOKS; look++)
        printf(" %10d", looks[look]);
    printf("\n");
    for (int i = 0; i < MISTAKES; i++) {
        int end = train_mistaken(part, &mistakes[i]);
        int overflow = sizeof(real) == sizeof(float) ? 11 : 86;
        fact_that("when it ends", end == (mistakes[i].is_sum ? overflow : looks[LOOKS - 1] + 1));
    }
}

/* -- inputs of another size ------------------------------------------------------------------- */

/* x becomes factor x + shift. */
typedef struct {
    const char *name;
    double factor, shift;
    int epochs; /* that it takes */
} Scaling;

/* The means of x and of x^2. */
static inline void moments(int n, const real x[n], double *mean, double *square)
{
    *mean = *square = 0;
    for (int i = 0; i < n; i++) {
        *mean += (double)x[i] / n;
        *square += (double)x[i] * (double)x[i] / n;
    }
}

/* How the MSE bends: its second derivatives by (w, b) are 2 (mean x^2, mean x; mean x, 1), and
 * these are that matrix's eigenvalues, the larger one first. */
static inline void curvatures(int n, const real x[n], double lambda[2])
{
    double mean, square;
    moments(n, x, &mean, &square);
    double half_trace = square + 1, det = 4 * (square - mean * mean);
    lambda[0] = half_trace + sqrt(fmax(half_trace * half_trace - det, 0)); /* 0 up to rounding */
    lambda[1] = det / lambda[0];
}

/* Epochs until the MSE is within a hundredth of the smallest there is. */
static inline int epochs_to_fit(Part *part, double lr)
{
    Line line = {0, 0};
    int epoch = 0;
    double least = loss_on(part, &kinds[MSE], least_squares(part->n, part->x, part->y));
    while (loss_on(part, &kinds[MSE], line) > 1.01 * least) {
        step(part, &kinds[MSE], (real)lr, &line);
        epoch++;
    }
    return epoch;
}

static inline void try_scales(const Part *part)
{
    static Part scaled;
    double mean, square;
    moments(part->n, part->x, &mean, &square);
    double sd = sqrt(square - mean * mean);
    const Scaling scalings[] = {{"x", 1, 0, 7},
                                {"10 x", 10, 0, 77},
                                {"x + 3", 1, 3, 762},
                                {"(x - mean) / sd", 1 / sd, -mean / sd, 1}};
    printf("\nThe same points, with x in other units:\n");
    printf("  input              steepest  flattest     ratio   largest lr   epochs\n");
    for (int s = 0; s < 4; s++) {
        double lambda[2];
        scaled = *part;
        for (int i = 0; i < part->n; i++)
            scaled.x[i] = (real)(scalings[s].factor * (double)part->x[i] + scalings[s].shift);
        curvatures(scaled.n, scaled.x, lambda);
        int epochs = epochs_to_fit(&scaled, 2 / (lambda[0] + lambda[1]));
        printf("  %-18s %8.4g %9.4g %9.4g %12.4f %8d\n", scalings[s].name, lambda[0], lambda[1],
               lambda[0] / lambda[1], 2 / lambda[0], epochs);
        fact_that("the epochs", epochs == scalings[s].epochs);
    }
}

/* -- noise of another kind -------------------------------------------------------------------- */

enum { VALUES = 101, REPEATS = 1000 };

/* Normal and Laplace noise have mean 0 and standard deviation 1. */
static inline double laplace(Rng *rng)
{
    double u = rng_uniform(rng);
    double size = -log(1 - rng_uniform(rng)) / sqrt(2);
    return u < 0.5 ? -size : size;
}

static inline int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* How far mean and median of 101 numbers, whose truth is 0, are from it: the root of the mean
 * square over 1,000 times. The first so many outliers of them are ten times as large. */
static inline void try_noise(const char *name, double (*noise_of)(Rng *), int outliers,
                             const real expected[2])
{
    Rng rng;
    double square[2] = {0, 0};
    rng_seed(&rng, TRIAL_SEED);
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        double value[VALUES], mean = 0;
        for (int i = 0; i < VALUES; i++) {
            value[i] = noise_of(&rng) * (i < outliers ? 10 : 1);
            mean += value[i] / VALUES;
        }
        qsort(value, VALUES, sizeof *value, by_size);
        square[0] += mean * mean / REPEATS;
        square[1] += value[VALUES / 2] * value[VALUES / 2] / REPEATS;
    }
    fact_row(name, 3, 2, (const real[]){(real)sqrt(square[0]), (real)sqrt(square[1])}, expected);
}

static inline void try_noises(void)
{
    printf("\nHow far from the truth, of %d numbers:        mean    median\n", VALUES);
    try_noise("normal noise", rng_normal, 0, (const real[]){0.103, 0.127});
    try_noise("Laplace noise", laplace, 0, (const real[]){0.103, 0.076});
    try_noise("normal, 5 of them times 10", rng_normal, 5, (const real[]){0.248, 0.134});
}

#endif
