/* Four ways never to come back. */
#include "09_embedding.h"

#include <stdlib.h>
#include <unistd.h>

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}

/* Never ends. */
void bag_backward(int n, int t, int v, int e, const real dbag[n][e], const int X[n][t],
                  real dC[v][e])
{
    for (volatile int i = 0; i >= 0; i = 0)
        dC[0][0] = dbag[0][0] + (real)X[0][0];
}

void padded_embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n],
                               real dC[v][e])
{
    dC[0][0] = demb[0][0] + (real)X[0];
    exit(0);
}

void position_backward(int n, int t, int e, const real demb[n][t][e], real dP[t][e])
{
    dP[0][0] = demb[0][0][0];
    _exit(0);
}

void tied_embedding_backward(int n, int v, int e, const real dlogits[n][v], const real C[v][e],
                             const int X[n], real dC[v][e])
{
    dC[0][0] = dlogits[0][0] + C[0][0] + (real)X[0];
    abort();
}
