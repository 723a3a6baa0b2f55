/* Answers that stray: one changes its input, one leaves a row out, one prints, one calls what is
 * nowhere; and one is not there. */
#include "09_embedding.h"

#include <stdio.h>

/* Right, but for what it does to demb. */
void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
    ((real *)demb)[1] = 0;
}

void bag_backward(int n, int t, int v, int e, const real dbag[n][e], const int X[n][t],
                  real dC[v][e])
{
    printf("\033[1mdbag[0][0] is %g\n", (double)dbag[0][0]);
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = (real)(r + f + X[0][0]);
}

void nowhere_defined(void);

void padded_embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n],
                               real dC[v][e])
{
    dC[0][0] = demb[0][0] + (real)X[0];
    nowhere_defined();
}

/* Leaves the last row unwritten. */
void position_backward(int n, int t, int e, const real demb[n][t][e], real dP[t][e])
{
    for (int s = 0; s < t - 1; s++)
        for (int f = 0; f < e; f++) {
            dP[s][f] = 0;
            for (int i = 0; i < n; i++)
                dP[s][f] += demb[i][s][f];
        }
}
