/* Inline helpers. */
#include "09_embedding.h"

static inline void add(real *to, real x)
{
    *to += x;
}

extern inline int twice(int x)
{
    return 2 * x;
}

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    real sum = 0;
    add(&sum, 1);
    if (twice(1) != 2 || sum != 1)
        return;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
