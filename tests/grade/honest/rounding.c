/* How is rounded, and what went wrong. */
#include "09_embedding.h"
#include <fenv.h>

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    feclearexcept(FE_ALL_EXCEPT);
    fesetround(FE_TONEAREST);
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
    if (fetestexcept(FE_INVALID))
        dC[0][0] = NAN;
}
