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
