/* Whole numbers of all sizes. */
#include "09_embedding.h"
#include <inttypes.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    __int128 wide = (__int128)n * INT64_MAX / (v + 1);
    uint8_t small = UINT8_MAX;
    int64_t big = INT64_C(7);
    printf("%" PRId64 " %d %zu\n", big, small, sizeof wide);
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
