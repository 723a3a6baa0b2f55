/* A helper that takes pointers as they come. */
#include "09_embedding.h"

static real sum_of(int n, real *x)
{
    real sum = 0;
    while (n--)
        sum += *x++;
    return sum;
}

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    if (sum_of(n * e, demb) != sum_of(n * e, demb[0]))
        return;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
