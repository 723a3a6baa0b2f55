/* 11_losses.c: what a loss tells the score.
 *
 * The losses and their gradients stand in 11_losses.h, what judges them in
 * 11_losses_judges.h. This program works the small examples of the
 * lesson, finds the number that each loss of a difference asks for, shows what happens to a score
 * that is sure and wrong, holds every gradient against the tape and a numeric gradient, checks that
 * what a loss cannot feel its gradient does not do, and draws each loss and its gradient. */
#include "11_losses.h"
#include "11_losses_judges.h"

#include <stdio.h>
#include <stdlib.h>

#include "autograd/autograd.h"
#include "error.h"
#include "kernel/random.h"
#include "workbook/fact.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/runlog.h"
#include "workbook/table.h"

/* -- the small examples ----------------------------------------------------------------------- */

static void example_differences(void)
{
    const real x[4] = {3, 1, 7, 2.5}, t[4] = {3, 3, 4, 2};
    real dx[4];
    printf("Differences (0, -2, 3, 1/2), the mean over four:\n");
    fact("L1", 4, (double)l1(4, x, t), 1.375);
    l1_backward(4, x, t, dx);
    fact_row("dx", 4, 4, dx, (const real[]){0, -0.25, 0.25, 0.25});
    fact("MSE", 4, (double)mse(4, x, t), 3.3125);
    mse_backward(4, x, t, dx);
    fact_row("dx", 4, 4, dx, (const real[]){0, -1, 1.5, 0.25});
    fact("smooth L1, beta 1", 4, (double)smooth_l1(4, 1, x, t), 1.0312);
    smooth_l1_backward(4, 1, x, t, dx);
    fact_row("dx", 4, 4, dx, (const real[]){0, -0.25, 0.25, 0.125});
}

static void example_probabilities(void)
{
    const real z[2] = {log((real)4), -log((real)4)}, p[2] = {0.8, 0.2}, t[2] = {1, 1};
    real d[2];
    printf("\nProbabilities (4/5, 1/5), both should be 1:\n");
    fact("BCE", 4, (double)bce(2, p, t), 0.9163);
    bce_backward(2, p, t, d);
    fact_row("dp", 4, 2, d, (const real[]){-0.625, -2.5});
    fact("from the logits", 4, (double)bce_logits(2, z, t), 0.9163);
    bce_logits_backward(2, z, t, d);
    fact_row("dz", 4, 2, d, (const real[]){-0.1, -0.4});
}

static void example_classes(void)
{
    const real z[1][4] = {{3, 1, 2, 4}}, counts[1][3] = {{0, log((real)2), log((real)5)}};
    const int first[1] = {0}, second[1] = {1};
    real dz[1][4];
    printf("\nScores (3, 1, 2, 4), the first should be the largest by 1:\n");
    for (int p = 1; p <= 2; p++) {
        fact(p == 1 ? "margin, p 1" : "margin, p 2", 4, (double)multi_margin(1, 4, p, 1, z, first),
             p == 1 ? 0.5 : 1);
        multi_margin_backward(1, 4, p, 1, z, first, dz);
        fact_row("dz", 4, 4, *dz,
                 p == 1 ? (const real[]){-0.25, 0, 0, 0.25} : (const real[]){-1, 0, 0, 1});
    }
    printf("\nLogits (0, ln 2, ln 5), class 1:\n");
    fact("cross entropy", 4, (double)cross_entropy(1, 3, counts, second), 1.3863);
    cross_entropy_backward(1, 3, counts, second, (void *)dz);
    fact_row("dz", 4, 3, *dz, (const real[]){0.125, -0.75, 0.625});
}

static void example_angle(void)
{
    const real a[1][2] = {{3, 4}}, b[1][2] = {{4, 3}};
    real da[1][2];
    printf("\na = (3, 4), b = (4, 3): cos = 24/25\n");
    fact("together", 4, (double)cosine_embedding(1, 2, 0.5, a, b, (const int[]){1}), 0.04);
    cosine_embedding_backward(1, 2, 0.5, a, b, (const int[]){1}, da);
    fact_row("da", 4, 2, *da, (const real[]){-0.0448, 0.0336});
    fact("apart, margin 1/2", 4, (double)cosine_embedding(1, 2, 0.5, a, b, (const int[]){-1}),
         0.46);
    cosine_embedding_backward(1, 2, 0.5, a, b, (const int[]){-1}, da);
    fact_row("da", 4, 2, *da, (const real[]){0.0448, -0.0336});
}

static void example_distributions(void)
{
    const real q[3] = {0.25, 0.25, 0.5}, p[1][3] = {{0.5, 0.25, 0.25}};
    const real logq[1][3] = {{log(q[0]), log(q[1]), log(q[2])}};
    const real mp[1] = {1}, sp[1] = {1}, mq[1] = {0}, sq[1] = {2};
    real dlogq[1][3], dz[3], d[4];
    printf("\np = (1/2, 1/4, 1/4), q = (1/4, 1/4, 1/2):\n");
    fact("KL", 4, (double)kl(1, 3, logq, p), 0.1733);
    kl_backward(1, 3, p, dlogq);
    fact_row("dlogq", 4, 3, *dlogq, (const real[]){-0.5, -0.25, -0.25});
    for (int j = 0; j < 3; j++) /* logq = log softmax(z), and dlogq adds up to -1 */
        dz[j] = dlogq[0][j] + q[j];
    fact_row("dz", 4, 3, dz, (const real[]){-0.25, 0, 0.25});
    printf("\nN(1, 1) from N(0, 4):\n");
    fact("KL", 4, (double)gaussian_kl(1, mp, sp, mq, sq), 0.4431);
    gaussian_kl_backward(1, mp, sp, mq, sq, &d[0], &d[1], &d[2], &d[3]);
    fact_row("dmp, dsp, dmq, dsq", 4, 4, d, (const real[]){0.25, -0.75, -0.25, 0.25});
}

/* -- what a loss asks for --------------------------------------------------------------------- */

enum { FIVE = 5 };

typedef void DifferenceBackward(int n, const real x[n], const real t[n], real dx[n]);

static void smooth_l1_backward_4(int n, const real x[n], const real t[n], real dx[n])
{
    smooth_l1_backward(n, 4, x, t, dx);
}

/* The m at which the gradients of five losses between m and t balance, by halving an interval. */
static real balance(DifferenceBackward *backward, const real t[FIVE])
{
    real low = -100, high = 100;
    for (int step = 0; step < 60; step++) {
        real m = (low + high) / 2, x[FIVE] = {m, m, m, m, m}, dx[FIVE], pull = 0;
        backward(FIVE, x, t, dx);
        for (int i = 0; i < FIVE; i++)
            pull += dx[i];
        *(pull > REAL_EPSILON ? &high : &low) = m;
    }
    return low;
}

static void what_they_ask_for(void)
{
    const real t[FIVE] = {1, 3, 4, 10, 82}, labels[FIVE] = {1, 0, 1, 1, 1};
    printf("\nOne number for (1, 3, 4, 10, 82), where the gradients balance:\n");
    fact("L1", 4, (double)balance(l1_backward, t), 4);
    fact("smooth L1, beta 4", 4, (double)balance(smooth_l1_backward_4, t), 5.5);
    fact("MSE", 4, (double)balance(mse_backward, t), 20);
    printf("One logit for (1, 0, 1, 1, 1):\n");
    fact("BCE", 4, (double)balance(bce_logits_backward, labels), 1.3863);
}

/* A score of 10000 that should have been 0, through a sigmoid and a loss of its probability, and in
 * one. The sigmoid's gradient is p (1 - p) = 0, and nothing that stands before it matters. */
static void sure_and_wrong(void)
{
    const real z[1] = {10000}, t[1] = {0}, p[1] = {sigmoid(z[0])};
    real dp[1], dz[1];
    bce_backward(1, p, t, dp);
    bce_logits_backward(1, z, t, dz);
    printf("\nA logit of 10000 where 0 was right:\n");
    fact("BCE of sigmoid(z)", 4, (double)bce(1, p, t), 100);
    fact("dz, in two steps", 4, (double)(dp[0] * p[0] * (1 - p[0])), 0);
    fact("BCE of the logit", 4, (double)bce_logits(1, z, t), 10000);
    fact("dz, in one", 4, (double)dz[0], 1);
}

/* -- the judges ------------------------------------------------------------------------------- */

static bool check_gradients(Inputs *in)
{
    static real d[FIELDS][N][C], numeric[NC];
    GradTable table;
    printf("\n");
    table_begin(&table);
    for (int r = 0; r < ROWS; r++) {
        Tensor *leaf[FIELDS];
        Field of = rows[r].of;
        in->kind = rows[r].kind;
        gradients_of(in, d);
        for (int f = 0; f < FIELDS; f++)
            leaf[f] = ag_variable(ag_shape(2, N, C), *in->x[f]);
        ag_backward(tape_of(in, leaf));
        numeric_gradient(loss_of, in, NC, *in->x[of], numeric);
        table_row(&table, rows[r].gradient, N, C, *d[of], leaf[of]->grad,
                  sizeof(real) == sizeof(double) ? numeric : NULL);
        ag_reset();
    }
    return table_end(&table);
}

/* -- what a loss cannot feel ------------------------------------------------------------------ */

static void law(const char *words, double worst)
{
    printf("  %-50s %.1e\n", words, worst);
    fact_that(words, worst < 64 * (double)REAL_EPSILON);
}

static void check_laws(Inputs *in)
{
    static real d[FIELDS][N][C];
    static const Kind shifted[] = {CROSS_ENTROPY, MARGIN_1, MARGIN_2};
    static const Field of_normal[] = {Z, SP, T, SQ};
    const real one[C] = {1, 1, 1, 1};
    real rows_sum = 0, along = 0;
    double outwards = 0;
    for (int k = 0; k < 3; k++) {
        in->kind = shifted[k];
        gradients_of(in, d);
        for (int i = 0; i < N; i++)
            rows_sum = fmax(rows_sum, fabs(dot(C, d[Z][i], one)));
    }
    in->kind = COSINE;
    gradients_of(in, d);
    for (int i = 0; i < N; i++)
        along = fmax(along, fabs(dot(C, in->x[Z][i], d[Z][i])));
    in->kind = GAUSSIAN_KL;
    gradients_of(in, d);
    for (int f = 0; f < 4; f++)
        outwards += (double)dot(NC, *in->x[of_normal[f]], *d[of_normal[f]]);
    printf("\nZero up to rounding:\n");
    law("classes and margins: each row of dz, summed", (double)rows_sum);
    law("cosine: da along a", (double)along);
    law("normal: all four, times their gradients, summed", fabs(outwards));
}

/* -- pictures --------------------------------------------------------------------------------- */

enum { CURVES = 3 };

/* The losses at a score, then their gradients. */
typedef void Curves(real score, real values[2 * CURVES]);

static void difference_curves(real x, real v[2 * CURVES])
{
    const real t = 0;
    v[0] = l1(1, &x, &t);
    v[1] = mse(1, &x, &t);
    v[2] = smooth_l1(1, 1, &x, &t);
    l1_backward(1, &x, &t, &v[3]);
    mse_backward(1, &x, &t, &v[4]);
    smooth_l1_backward(1, 1, &x, &t, &v[5]);
}

/* Two classes, the right one with score z and the other with 0; cross entropy is then BCE. */
static void class_curves(real score, real v[2 * CURVES])
{
    const real z[1][2] = {{score, 0}};
    const int y[1] = {0};
    real dz[3][1][2];
    v[0] = cross_entropy(1, 2, z, y);
    v[1] = multi_margin(1, 2, 1, 1, z, y);
    v[2] = multi_margin(1, 2, 2, 1, z, y);
    cross_entropy_backward(1, 2, z, y, dz[0]);
    multi_margin_backward(1, 2, 1, 1, z, y, dz[1]);
    multi_margin_backward(1, 2, 2, 1, z, y, dz[2]);
    for (int k = 0; k < 3; k++)
        v[3 + k] = dz[k][0][0];
}

/* A probability q that should be 1, or 7/10; KL is BCE less what no q can take away. */
static void probability_curves(real q, real v[2 * CURVES])
{
    const real one = 1, some = (real)0.7, p[1][2] = {{some, 1 - some}};
    const real logq[1][2] = {{log(q), log(1 - q)}};
    real dlogq[1][2];
    v[0] = bce(1, &q, &one);
    v[1] = bce(1, &q, &some);
    v[2] = kl(1, 2, logq, p);
    bce_backward(1, &q, &one, &v[3]);
    bce_backward(1, &q, &some, &v[4]);
    kl_backward(1, 2, p, dlogq);
    v[5] = dlogq[0][0] / q - dlogq[0][1] / (1 - q); /* through logq = (ln q, ln(1 - q)) */
}

/* b = (1, 0) and a at an angle to it, in degrees; the gradient is along the circle, per radian. */
static void angle_curves(real degrees, real v[2 * CURVES])
{
    static const struct {
        int y;
        real margin;
    } kinds[CURVES] = {{1, 0}, {-1, 0}, {-1, 0.5}};
    real angle = degrees * acos((real)-1) / 180;
    const real a[1][2] = {{cos(angle), sin(angle)}}, b[1][2] = {{1, 0}};
    for (int k = 0; k < CURVES; k++) {
        real da[1][2];
        v[k] = cosine_embedding(1, 2, kinds[k].margin, a, b, &kinds[k].y);
        cosine_embedding_backward(1, 2, kinds[k].margin, a, b, &kinds[k].y, da);
        v[3 + k] = a[0][0] * da[0][1] - a[0][1] * da[0][0];
    }
}

/* N(x, 1), then N(0, x^2), from N(0, 1); then N(0, 1) from N(0, x^2). */
static void normal_curves(real x, real v[2 * CURVES])
{
    const real zero = 0, one = 1;
    real unused;
    v[0] = gaussian_kl(1, &x, &one, &zero, &one);
    v[1] = gaussian_kl(1, &zero, &x, &zero, &one);
    v[2] = gaussian_kl(1, &zero, &one, &zero, &x);
    gaussian_kl_backward(1, &x, &one, &zero, &one, &v[3], &unused, &unused, &unused);
    gaussian_kl_backward(1, &zero, &x, &zero, &one, &unused, &v[4], &unused, &unused);
    gaussian_kl_backward(1, &zero, &one, &zero, &x, &unused, &unused, &unused, &v[5]);
}

static const struct {
    const char *name, *header, *xlabel, *of_loss, *of_gradient; /* more gnuplot */
    Curves *curves;
    double low, high;
} pictures[] = {
    {"difference", "x - t,L1,MSE,smooth L1 (beta 1)", "x - t", "set yrange [0:5]\n",
     "set yrange [-3:3]\n", difference_curves, -3, 3},
    {"class", "z,cross entropy,margin (p = 1),margin (p = 2)",
     "score of the right class, less the other", "set key top right\nset yrange [0:6]\n",
     "set yrange [-2.5:0.5]\n", class_curves, -4, 4},
    {"probability", "q,BCE where t = 1,BCE where t = 0.7,KL from p = 0.7", "probability q", "",
     "set yrange [-8:4]\n", probability_curves, 0.005, 0.995},
    {"angle", "angle,together,apart (margin 0),apart (margin 1/2)",
     "angle between a and b (degrees)", "set xtics 90\nset yrange [0:2.5]\n",
     "set yrange [-1.2:1.2]\n", angle_curves, -180, 180},
    {"normal", "x,x: mean of p,x: deviation of p,x: deviation of q", "x", "set yrange [0:4]\n",
     "set yrange [-4:4]\n", normal_curves, 0.1, 3},
};

static bool draw(const Options *options, int k)
{
    char header[256], script[1024];
    RunLog log;
    snprintf(header, sizeof header, "%s,slope 1,slope 2,slope 3", pictures[k].header);
    if (!runlog_open(&log, options->out, pictures[k].name, header))
        return false;
    for (int i = 0; i <= 600; i++) {
        double x = pictures[k].low + (pictures[k].high - pictures[k].low) * i / 600;
        real v[2 * CURVES];
        pictures[k].curves((real)x, v);
        runlog_row(&log, (double[]){x, (double)v[0], (double)v[1], (double)v[2], (double)v[3],
                                    (double)v[4], (double)v[5]});
    }
    snprintf(script, sizeof script,
             "set multiplot layout 1,2\nset xzeroaxis lt 1 lc rgb '#606060' lw 1\n"
             "set linetype 3 dt 2\n" /* it may lie on another */
             "set xlabel '%s'\nset xrange [%g:%g]\nset key top center\n"
             "set title 'loss'\n%splot for [i=2:4] '%s.csv' using 1:i\n"
             "set title 'gradient'\nunset key\n%splot for [i=5:7] '%s.csv' using 1:i\n",
             pictures[k].xlabel, pictures[k].low, pictures[k].high, pictures[k].of_loss,
             pictures[k].name, pictures[k].of_gradient, pictures[k].name);
    return runlog_close(&log) && plot_draw(options, pictures[k].name, script);
}

int main(int argc, char **argv)
{
    Options options = {.chapter = "11_losses", .about = "what a loss tells the score", .seed = 42};
    options_parse(&options, argc, argv);
    example_differences();
    example_probabilities();
    example_classes();
    example_angle();
    example_distributions();
    what_they_ask_for();
    sure_and_wrong();

    static Inputs in;
    Rng rng;
    rng_seed(&rng, options.seed);
    fill(&in, &rng);
    bool hold = check_gradients(&in);
    check_laws(&in);
    printf("\n");
    for (int k = 0; k < (int)(sizeof pictures / sizeof pictures[0]); k++)
        if (!draw(&options, k))
            return error_report(options.chapter);
    return hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
