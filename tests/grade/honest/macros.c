/* Macros, one of them called like a function. */
#include "09_embedding.h"

#define FOR(i, n) for (int i = 0; i < (n); i++)
#define AT(a, i, j) ((a)[i][j])
#define exp(x) (x)
#define min(a, b) ((a) < (b) ? (a) : (b))
#define DEBUG(...) do { if (0) __VA_ARGS__; } while (0)

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    DEBUG(return);
    FOR(r, v) FOR(f, e) AT(dC, r, f) = exp(min(0, 1));
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
