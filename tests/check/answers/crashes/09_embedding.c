/* Four ways to crash, and a right answer between them. */
#include "09_embedding.h"

#include <stddef.h>

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}

/* Writes through a null pointer. */
void bag_backward(int n, int t, int v, int e, const real dbag[n][e], const int X[n][t],
                  real dC[v][e])
{
    volatile real *nowhere = NULL;
    *nowhere = dbag[0][0] + dC[0][0] + (real)X[0][0];
}

static int deeper(int n)
{
    volatile int frame[64];
    frame[n % 64] = n;
    return deeper(n + 1) + frame[n % 64];
}

/* Runs out of stack. */
void padded_embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n],
                               real dC[v][e])
{
    dC[0][0] = demb[0][0] + (real)deeper(X[0]);
}

/* Writes past a row. */
void position_backward(int n, int t, int e, const real demb[n][t][e], real dP[t][e])
{
    for (int s = 0; s < t; s++)
        for (int f = 0; f <= e; f++)
            dP[s][f] = demb[0][s][0];
}

/* Writes past the end. */
void tied_embedding_backward(int n, int v, int e, const real dlogits[n][v], const real C[v][e],
                             const int X[n], real dC[v][e])
{
    for (int r = 0; r <= v; r++)
        dC[r][0] = dlogits[0][0] + C[0][0] + (real)X[0];
}
