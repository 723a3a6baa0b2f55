/* Sorts and searches, needlessly. */
#include "09_embedding.h"
#include <stdlib.h>
#include <string.h>

static int by_size(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    int sorted[n];
    memcpy(sorted, X, sizeof sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, by_size);
    if (!bsearch(&X[0], sorted, (size_t)n, sizeof *sorted, by_size) || memcmp(sorted, X, 0) != 0)
        return;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
