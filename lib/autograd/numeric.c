#include "autograd/numeric.h"

#include <string.h>

#include "autograd/tape.h"
#include "error.h"

static double step_at(real x)
{
    return cbrt((double)REAL_EPSILON) * fmax(1, fabs((double)x));
}

/* The loss with *x moved by h; *moved becomes how far x really went, after rounding. */
static double loss_beside(Loss *loss, void *context, real *x, double h, double *moved)
{
    real before = *x;
    *x = (real)(before + h);
    *moved = (double)*x - (double)before;
    double value = loss(context);
    *x = before;
    return value;
}

void numeric_gradient(Loss *loss, void *context, int n, real *x, real *gradient)
{
    NOT_NULL(loss, x, gradient);
    for (int i = 0; i < n; i++) {
        double h = step_at(x[i]), right, left;
        double above = loss_beside(loss, context, &x[i], h, &right);
        double below = loss_beside(loss, context, &x[i], -h, &left);
        gradient[i] = (real)((above - below) / (right - left));
    }
}

typedef struct {
    double left, right;
} Slopes;

static Slopes slopes_at(Loss *loss, void *context, real *x, double h)
{
    double right, left, here = loss(context);
    double above = loss_beside(loss, context, x, h, &right);
    double below = loss_beside(loss, context, x, -h, &left);
    return (Slopes){.left = (below - here) / left, .right = (above - here) / right};
}

/* How far apart the slopes to both sides are at h, less what a smooth loss would have made of how
 * far apart they are at h / k. */
static double bend(Loss *loss, void *context, real *x, double h, double k)
{
    Slopes far = slopes_at(loss, context, x, h), near = slopes_at(loss, context, x, h / k);
    return fabs((far.right - far.left) - k * (near.right - near.left));
}

bool numeric_kink(Loss *loss, void *context, real *x, int i, double tolerance)
{
    NOT_NULL(loss, x);
    double h = step_at(x[i]);
    Slopes near = slopes_at(loss, context, &x[i], h / 2);
    double slope = tolerance * fmax(fabs(near.left), fabs(near.right));
    double rounding = 4 * (double)REAL_EPSILON * fmax(1, fabs(loss(context))) / h;
    return bend(loss, context, &x[i], h, 2) > slope + 4 * rounding ||
           bend(loss, context, &x[i], h, 4) > slope + 16 * rounding;
}

/* -- on the tape ------------------------------------------------------------------------------ */

typedef struct {
    Tensor *loss, *x;
} Nudge;

static double loss_again(void *context)
{
    const Nudge *nudge = context;
    ag_replay(nudge->x, nudge->loss);
    return (double)nudge->loss->data[0];
}

/* The slopes to both sides of a kink differ by a good part of either; those of a smooth loss, so
 * close together, by far less than this. */
static const double kink_tolerance = 1e-3;

static double slope_of(Nudge *nudge, real *x, double here, int *kinks)
{
    double h = step_at(*x), right, left;
    double above = loss_beside(loss_again, nudge, x, h, &right);
    double below = loss_beside(loss_again, nudge, x, -h, &left);
    double s_right = (above - here) / right, s_left = (below - here) / left;
    bool suspicious =
        fabs(s_right - s_left) > kink_tolerance / 4 * fmax(fabs(s_right), fabs(s_left));
    if (suspicious && numeric_kink(loss_again, nudge, x, 0, kink_tolerance)) {
        ++*kinks;
        return (double)NAN;
    }
    return (above - below) / (right - left);
}

static void check_on_tape(Tensor *loss, Tensor *x)
{
    tensor_live("ag_numeric_gradient", loss);
    tensor_live("ag_numeric_gradient", x);
    if (loss->size != 1)
        error_stop("ag_numeric_gradient: expected a scalar loss, got %s",
                   ag_shape_text(loss->shape));
    if (!loss->requires_grad || !x->requires_grad)
        error_stop("ag_numeric_gradient: %s %s requires no gradient, so it is not on the tape",
                   loss->requires_grad ? "this x" : "this loss",
                   ag_shape_text(loss->requires_grad ? x->shape : loss->shape));
    tape_unchanged("ag_numeric_gradient", x, loss);
}

int ag_numeric_gradient(Tensor *loss, Tensor *x, real *gradient)
{
    NOT_NULL(loss, x, gradient);
    check_on_tape(loss, x);
    Nudge nudge = {loss, x};
    real *shared = x->data;
    double here = (double)loss->data[0];
    int kinks = 0;
    x->data = memcpy(ag_alloc_reals(x->size), shared, (size_t)x->size * sizeof(real));
    for (int i = 0; i < x->size; i++)
        gradient[i] = (real)slope_of(&nudge, &x->data[i], here, &kinks);
    x->data = shared;
    ag_replay(x, loss);
    return kinks;
}
