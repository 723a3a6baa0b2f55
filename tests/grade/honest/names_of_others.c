/* Helpers that are called like functions of the C library. */
#include "09_embedding.h"

int index(int i, int f, int e);
int _zero(void);
int error(int x);
int environ = 3;

int index(int i, int f, int e)
{
    return i * e + f;
}

int _zero(void)
{
    return 0;
}

int error(int x)
{
    return x - environ;
}

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    if (index(0, 0, e) != _zero() || error(3) != 0)
        return;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
