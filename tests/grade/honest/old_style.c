/* A definition as it was written once. */
#include "09_embedding.h"

static int add(a, b)
int a, b;
{
    return a + b;
}

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n],
                        real dC[v][e]) {
    int r, f, p;
    if (add(1, 1) != 2)
        return;
    for (r = 0; r < v; r++) {
        for (f = 0; f < e; f++) {
            dC[r][f] = 0;
        }
    }
    for (p = 0; p < n; p++) {
        for (f = 0; f < e; f++) {
            dC[X[p]][f] += demb[p][f];
        }
    }
}
