/* A choice by type. */
#include "09_embedding.h"

#define ABS(x) _Generic((x), float: fabsf, double: fabs, int: abs)(x)
#include <stdlib.h>

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    if (ABS(-1) != 1 || ABS(-1.0) != 1)
        return;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
