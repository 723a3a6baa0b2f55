/* Ends everything if there is no memory. */
#include "09_embedding.h"
#include <stdio.h>
#include <stdlib.h>

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    real *row = malloc((size_t)e * sizeof *row);
    if (!row) {
        fprintf(stderr, "no memory\n");
        exit(EXIT_FAILURE);
    }
    row = realloc(row, 2 * (size_t)e * sizeof *row);
    if (!row)
        abort();
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
    free(row);
}
