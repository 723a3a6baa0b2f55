/* goto, and a switch that falls through. */
#include "09_embedding.h"

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    int left = 2;
again:
    switch (left) {
    case 2:
        left--;
        __attribute__((fallthrough));
    case 1:
        left--;
        break;
    default:
        break;
    }
    if (left > 0)
        goto again;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
