/* What must hold is asserted. */
#include "09_embedding.h"
#include <assert.h>

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    assert(n > 0 && v > 0 && e > 0);
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
    for (int p = 0; p < n; p++)
        assert(X[p] >= 0 && X[p] < v);
}
