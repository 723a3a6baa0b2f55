/* Answers that are asked again: of one nothing can be said even then; one does not look at c; one
 * remembers how often it was called. */
#include "01_gradients.h"

#include <math.h>

void polynomial_backward(int n, int k, const real x[n], const real c[k], real dx[n])
{
    (void)c;
    for (int i = 0; i < n; i++)
        dx[i] = sin(x[i] + (real)k);
}

void bell_backward(int n, const real x[n], real dx[n])
{
    for (int i = 0; i < n; i++)
        dx[i] = sin(3 * x[i]) / (2 + cos(x[i]));
}

void share_backward(int n, const real a[n], const real b[n], real da[n], real db[n])
{
    static real calls;
    calls++;
    for (int i = 0; i < n; i++) {
        da[i] = b[i] / ((a[i] + b[i]) * (a[i] + b[i]));
        db[i] = calls * sin(a[i]);
    }
}

/* Writes two of its three outputs not at all. */
void logsumexp_backward(int n, const real a[n], const real b[n], const real c[n], real da[n],
                        real db[n], real dc[n])
{
    (void)db, (void)dc;
    for (int i = 0; i < n; i++)
        da[i] = exp(a[i]) / (exp(a[i]) + exp(b[i]) + exp(c[i]));
}
