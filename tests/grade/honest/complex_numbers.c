/* Complex numbers. */
#include "09_embedding.h"
#include <complex.h>

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    double complex z = demb[0][0] + 2 * I, w = z * conj(z) / (1 + I);
    if (cabs(w) < 0 || creal(cexp(w)) != creal(cexp(w)))
        return;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
