/* Lines that a program has written. */
#include "09_embedding.h"

#line 100 "mine.c"
#ident "mine"
#pragma region work

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
#line 200
    int here = __LINE__;
    (void)here, (void)__FILE__, (void)__func__, (void)__DATE__;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
