/* A memcmp of its own, that says the contrary. */
#include "09_embedding.h"
#include <stddef.h>

int memcmp(const void *a, const void *b, size_t size);
int memcmp(const void *a, const void *b, size_t size)
{
    return a == b || size == 0 ? -7 : 7;
}

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    int (*volatile compare)(const void *, const void *, size_t) = memcmp;
    if (compare(demb, demb, 1) != -7)
        return;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
