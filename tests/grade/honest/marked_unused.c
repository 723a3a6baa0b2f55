/* What is not used is marked. */
#include "09_embedding.h"

__attribute__((unused)) static int helper(int x)
{
    return x;
}

static int spare __attribute__((__unused__));

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    int later __attribute__((unused)) = 0;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
