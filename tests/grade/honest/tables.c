/* Static tables. */
#include "09_embedding.h"

static const double table[] = {1, 2, 3};
static real scratch[1024];
static const char *const names[] = {"demb", "dC"};

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    scratch[0] = table[1];
    if (scratch[0] != 2 || names[0][0] == 0)
        return;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
