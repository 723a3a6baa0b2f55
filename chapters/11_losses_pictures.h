/* 11_losses_pictures.h: the losses of 11_losses.h and their gradients as curves, five pictures. */
#ifndef CHAPTER_11_LOSSES_PICTURES_H
#define CHAPTER_11_LOSSES_PICTURES_H

#include "11_losses.h"

#include <stdio.h>

#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/runlog.h"

/* -- the curves ------------------------------------------------------------------------------- */

enum { CURVES = 3 };

/* The losses at a score, then their gradients. */
typedef void Curves(real score, real values[2 * CURVES]);

static inline void difference_curves(real x, real v[2 * CURVES])
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
static inline void class_curves(real score, real v[2 * CURVES])
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
static inline void probability_curves(real q, real v[2 * CURVES])
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
static inline void angle_curves(real degrees, real v[2 * CURVES])
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
static inline void normal_curves(real x, real v[2 * CURVES])
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

/* -- the pictures ----------------------------------------------------------------------------- */

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
    {"probability", "q,BCE where t = 1,BCE where t = 0.7,KL from p = 0.7", "probability q",
     "set title 'loss (nats)'\n", "set yrange [-8:4]\n", probability_curves, 0.005, 0.995},
    {"angle", "angle,together,apart (margin 0),apart (margin 1/2)",
     "angle between a and b (degrees)", "set xtics 90\nset yrange [0:2.5]\n",
     "set yrange [-1.2:1.2]\n", angle_curves, -180, 180},
    {"normal", "x,x: mean of p,x: deviation of p,x: deviation of q", "x",
     "set title 'loss (nats)'\nset yrange [0:4]\n", "set yrange [-4:4]\n", normal_curves, 0.1, 3},
};

static inline bool draw(const Options *options, int k)
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

static inline bool draw_all(const Options *options)
{
    for (int k = 0; k < (int)(sizeof pictures / sizeof pictures[0]); k++)
        if (!draw(options, k))
            return false;
    return true;
}

#endif
