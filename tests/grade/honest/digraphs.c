/* Brackets in two letters. */
#include "09_embedding.h"

%:define TWO 2

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    int list<:TWO:> = <% 1, TWO %>;
    if (list<:1:> != 2)
        return;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
