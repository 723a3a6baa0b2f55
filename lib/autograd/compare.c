#include "autograd/compare.h"

#include "error.h"

double compare_distance(real a, real b)
{
    if (a == b)
        return 0;
    double d = fabs((double)a - (double)b);
    return isnan(d) ? INFINITY : d;
}

double compare_scale(int n, const real *x)
{
    NOT_NULL(x);
    double scale = cbrt((double)REAL_EPSILON);
    for (int i = 0; i < n; i++)
        if (isfinite(x[i]))
            scale = fmax(scale, fabs((double)x[i]));
    return scale;
}

Comparison compare(int n, const real *a, const real *b)
{
    NOT_NULL(a, b);
    if (n < 1)
        error_stop("compare: %d elements: expected 1 or more", n);
    Comparison result = {.max_error = 0};
    for (int i = 0; i < n; i++) {
        double d = compare_distance(a[i], b[i]);
        if (d > result.max_error) {
            result.max_error = d;
            result.worst = i;
        }
    }
    result.exact = result.max_error == 0;
    result.relative = result.max_error / fmax(compare_scale(n, a), compare_scale(n, b));
    return result;
}

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

bool numeric_kink(Loss *loss, void *context, real *x, int i, double tolerance)
{
    NOT_NULL(loss, x);
    double h = step_at(x[i]);
    Slopes far = slopes_at(loss, context, &x[i], h), near = slopes_at(loss, context, &x[i], h / 2);
    double bend = fabs((far.right - far.left) - 2 * (near.right - near.left));
    double rounding = 16 * (double)REAL_EPSILON * fabs(loss(context)) / h;
    return bend > tolerance * fmax(fabs(near.left), fabs(near.right)) + rounding;
}
