/* 04_linear_regression.h: one weight, one bias, and two ways to say how wrong they are.
 *
 *     pred[i] = w x[i] + b
 *     L1      = 1/n sum_i |pred[i] - y[i]|
 *     MSE     = 1/n sum_i (pred[i] - y[i])^2
 *
 * forwards and backwards, over n points. */
#ifndef CHAPTER_04_LINEAR_REGRESSION_H
#define CHAPTER_04_LINEAR_REGRESSION_H

#include "data/toy.h"
#include "real.h"

/* -- the model, forward and backward ---------------------------------------------------------- */

typedef struct {
    real w, b;
} Line;

/* pred[i] = w x[i] + b */
static inline void line_forward(int n, Line line, const real x[n], real pred[n])
{
    for (int i = 0; i < n; i++)
        pred[i] = line.w * x[i] + line.b;
}

/* pred[i] = w x[i] + b:   dw = sum_i dpred[i] x[i],   db = sum_i dpred[i] */
static inline Line line_backward(int n, const real dpred[n], const real x[n])
{
    Line d = {0, 0};
    for (int i = 0; i < n; i++) {
        d.w += dpred[i] * x[i];
        d.b += dpred[i];
    }
    return d;
}

/* -- two losses, forward and backward --------------------------------------------------------- */

/* L = 1/n sum_i |pred[i] - y[i]| */
static inline real l1_forward(int n, const real pred[n], const real y[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += fabs(pred[i] - y[i]);
    return sum / (real)n;
}

/* L = 1/n sum_i |pred[i] - y[i]|:   dpred[i] = sign(pred[i] - y[i]) / n,   sign(0) = 0 */
static inline void l1_backward(int n, const real pred[n], const real y[n], real dpred[n])
{
    for (int i = 0; i < n; i++)
        dpred[i] = (real)((pred[i] > y[i]) - (pred[i] < y[i])) / (real)n;
}

/* L = 1/n sum_i (pred[i] - y[i])^2 */
static inline real mse_forward(int n, const real pred[n], const real y[n])
{
    real sum = 0;
    for (int i = 0; i < n; i++)
        sum += (pred[i] - y[i]) * (pred[i] - y[i]);
    return sum / (real)n;
}

/* L = 1/n sum_i (pred[i] - y[i])^2:   dpred[i] = 2 (pred[i] - y[i]) / n */
static inline void mse_backward(int n, const real pred[n], const real y[n], real dpred[n])
{
    for (int i = 0; i < n; i++)
        dpred[i] = 2 * (pred[i] - y[i]) / (real)n;
}

typedef struct {
    const char *name;
    real (*forward)(int n, const real *pred, const real *y);
    void (*backward)(int n, const real *pred, const real *y, real *dpred);
} LossKind;

enum { L1, MSE, KINDS };

static const LossKind kinds[KINDS] = {{"L1", l1_forward, l1_backward},
                                      {"MSE", mse_forward, mse_backward}};

/* The gradient of a loss with respect to the line; pred and dpred are room for n numbers each. */
static inline Line gradient(const LossKind *kind, int n, Line line, const real x[n],
                            const real y[n], real pred[n], real dpred[n])
{
    line_forward(n, line, x, pred);
    kind->backward(n, pred, y, dpred);
    return line_backward(n, dpred, x);
}

/* -- a cloud of points, and one step ---------------------------------------------------------- */

static const double slope = 0.7, intercept = 0.3, noise = 0.05;

enum { POINTS = 2000, TRAIN = POINTS * 8 / 10 };

/* A part of the points, and room for what a step makes of them. */
typedef struct {
    int n;
    real x[POINTS], y[POINTS], pred[POINTS], dpred[POINTS];
} Part;

/* Four fifths of the points to train on, one fifth to test. */
static inline void make_parts(uint64_t seed, Part part[2])
{
    Dataset points = toy_line(seed, POINTS, slope, intercept, noise), data[2];
    random_split(&points, seed, 2, (const int[]){TRAIN, POINTS - TRAIN}, data);
    for (int k = 0; k < 2; k++) {
        part[k].n = data[k].length;
        for (int i = 0; i < part[k].n; i++)
            dataset_item(&data[k], i, &part[k].x[i], &part[k].y[i]);
        dataset_free(&data[k]);
    }
    dataset_free(&points);
}

static inline double loss_on(Part *part, const LossKind *kind, Line line)
{
    line_forward(part->n, line, part->x, part->pred);
    return (double)kind->forward(part->n, part->pred, part->y);
}

/* One epoch: all of the training part, one step. Returns the gradient. */
static inline Line step(Part *train, const LossKind *kind, real lr, Line *line)
{
    Line d = gradient(kind, train->n, *line, train->x, train->y, train->pred, train->dpred);
    line->w -= lr * d.w;
    line->b -= lr * d.b;
    return d;
}

/* The line with the smallest MSE, without any steps: w = cov(x, y) / var(x), through the means. */
static inline Line least_squares(int n, const real x[n], const real y[n])
{
    double mean_x = 0, mean_y = 0, cov = 0, var = 0;
    for (int i = 0; i < n; i++) {
        mean_x += (double)x[i] / n;
        mean_y += (double)y[i] / n;
    }
    for (int i = 0; i < n; i++) {
        cov += ((double)x[i] - mean_x) * ((double)y[i] - mean_y);
        var += ((double)x[i] - mean_x) * ((double)x[i] - mean_x);
    }
    return (Line){(real)(cov / var), (real)(mean_y - cov / var * mean_x)};
}

#endif
