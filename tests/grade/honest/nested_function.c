/* A function in a function (gcc). */
#include "09_embedding.h"

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    void add(int p, int f)
    {
        dC[X[p]][f] += demb[p][f];
    }
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            add(p, f);
}
