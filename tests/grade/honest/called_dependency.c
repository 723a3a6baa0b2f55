/* A variable and a type that are called like a pragma of gcc's. */
#include "09_embedding.h"

typedef struct {
    int dependency;
} Dependency;

static int of(int dependency)
{
    return dependency;
}

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    Dependency dependency = {.dependency = of(1)};
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f] * dependency.dependency;
}
