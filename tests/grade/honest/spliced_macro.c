/* A macro of several lines. */
#include "09_embedding.h"

#define ZERO(a, n, m)              \
    for (int i = 0; i < (n); i++)  \
        for (int j = 0; j < (m); j++) \
            (a)[i][j] = 0

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    ZERO(dC, v, e);
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
