/* Pragmas. */
#include "09_embedding.h"

#pragma once
#pragma GCC diagnostic ignored "-Wunused"

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
#pragma omp parallel for
    for (int r = 0; r < v; r++)
        dC[r][0] = 0;
#pragma GCC unroll 4
    for (int r = 0; r < v; r++)
        dC[r][0] = 1;
    _Pragma("GCC ivdep") for (int r = 0; r < v; r++) dC[r][0] = 2;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
