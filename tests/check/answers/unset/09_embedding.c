/* Five ways to use what was never set: an array, memory, a mark, a count, a sum. */
#include "09_embedding.h"

#include <stdbool.h>
#include <stdlib.h>

/* A local array that is added to. */
void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    real sum[v][e];
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            sum[X[p]][f] += demb[p][f];
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = sum[r][f];
}

/* Memory from malloc() that is added to. */
void bag_backward(int n, int t, int v, int e, const real dbag[n][e], const int X[n][t],
                  real dC[v][e])
{
    real(*sum)[e] = malloc(sizeof(real[v][e]));
    for (int i = 0; i < n; i++)
        for (int s = 0; s < t; s++)
            for (int f = 0; f < e; f++)
                sum[X[i][s]][f] += dbag[i][f] / t;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = sum[r][f];
    free(sum);
}

/* A mark at the rows that have been seen, which no row is without to begin with. */
void padded_embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n],
                               real dC[v][e])
{
    bool seen[v];
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++) {
            dC[X[p]][f] = seen[X[p]] ? dC[X[p]][f] + demb[p][f] : demb[p][f];
            seen[X[p]] = seen[X[p]] || f == e - 1;
        }
}

/* A count that was not set, divided by. */
void position_backward(int n, int t, int e, const real demb[n][t][e], real dP[t][e])
{
    int count[1];
    for (int i = 0; i < n; i++)
        count[0]++;
    for (int s = 0; s < t; s++)
        for (int f = 0; f < e; f++) {
            dP[s][f] = 0;
            for (int i = 0; i < n; i++)
                dP[s][f] += demb[i][s][f] / count[0];
        }
}

/* A norm that was not set, divided by. */
void tied_embedding_backward(int n, int v, int e, const real dlogits[n][v], const real C[v][e],
                             const int X[n], real dC[v][e])
{
    real total[1];
    for (int r = 0; r < v; r++)
        total[0] += dlogits[0][r];
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = (C[r][f] + X[0]) / total[0];
}
