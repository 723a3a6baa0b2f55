/* The same in new letters (gcc). */
#include "09_embedding.h"

[[maybe_unused]] static int helper(int x)
{
    return x;
}

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    [[maybe_unused]] int later = 0;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
