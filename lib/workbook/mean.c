#include "workbook/mean.h"

#include <math.h>

#include "error.h"

Mean mean_of(int n, const double *x)
{
    NOT_NULL(x);
    if (n < 1)
        error_stop("mean_of: %d numbers: expected 1 or more", n);
    Mean m = {0};
    double squares = 0;
    for (int i = 0; i < n; i++)
        m.mean += x[i] / n;
    for (int i = 0; i < n; i++)
        squares += (x[i] - m.mean) * (x[i] - m.mean);
    m.error = n > 1 ? sqrt(squares / (n - 1) / n) : 0;
    return m;
}
