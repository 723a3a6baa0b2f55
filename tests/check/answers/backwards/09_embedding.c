/* The solutions with every sum taken backwards: right, but rounded otherwise. */
#include "09_embedding.h"

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++) {
            real sum = 0;
            for (int p = n - 1; p >= 0; p--)
                if (X[p] == r)
                    sum += demb[p][f];
            dC[r][f] = sum;
        }
}

void bag_backward(int n, int t, int v, int e, const real dbag[n][e], const int X[n][t],
                  real dC[v][e])
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int w = t - 1; w >= 0; w--)
        for (int i = n - 1; i >= 0; i--)
            for (int f = 0; f < e; f++)
                dC[X[i][w]][f] += dbag[i][f];
}

void padded_embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n],
                               real dC[v][e])
{
    embedding_backward(n, v, e, demb, X, dC);
    for (int f = 0; f < e; f++)
        dC[0][f] = 0;
}

void position_backward(int n, int t, int e, const real demb[n][t][e], real dP[t][e])
{
    for (int s = 0; s < t; s++)
        for (int f = 0; f < e; f++) {
            real even = 0, odd = 0;
            for (int i = n - 1; i >= 0; i--)
                *(i % 2 ? &odd : &even) += demb[i][s][f];
            dP[s][f] = odd + even;
        }
}

void tied_embedding_backward(int n, int v, int e, const real dlogits[n][v], const real C[v][e],
                             const int X[n], real dC[v][e])
{
    for (int q = 0; q < v; q++)
        for (int f = 0; f < e; f++) {
            real scores = 0, table = 0;
            for (int p = n - 1; p >= 0; p--)
                scores += dlogits[p][q] * C[X[p]][f];
            for (int p = n - 1; p >= 0; p--)
                for (int r = v - 1; r >= 0 && X[p] == q; r--)
                    table += dlogits[p][r] * C[r][f];
            dC[q][f] = table + scores;
        }
}
