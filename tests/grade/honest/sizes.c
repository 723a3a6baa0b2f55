/* bool, size_t, and loops that count with it. */
#include "09_embedding.h"
#include <stdbool.h>
#include <stddef.h>

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    bool any = false;
    for (size_t i = 0; i < (size_t)n; i++)
        any |= X[i] > 0;
    for (ptrdiff_t i = n - 1; i >= 0; i--)
        any = !any;
    (void)any;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
