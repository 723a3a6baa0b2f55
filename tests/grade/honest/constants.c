/* Constants of mathematics. */
#include "09_embedding.h"
#define _USE_MATH_DEFINES
#include <math.h>

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    real circle = M_PI * HUGE_VAL, odd = NAN, most = FLT_MAX + DBL_EPSILON;
    if (isnan(circle) || !isnan(odd) || isinf(most) || sin(M_PI_2) < 0 || round(hypot(3, 4)) != 5)
        return;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
