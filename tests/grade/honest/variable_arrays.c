/* Arrays of a size that is given. */
#include "09_embedding.h"
#include <string.h>

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    real sum[v][e];
    memset(sum, 0, sizeof sum);
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            sum[X[p]][f] += demb[p][f];
    if (sum[0][0] != sum[0][0])
        return;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
