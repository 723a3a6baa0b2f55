/* An endless loop.
 * marks: 4 too slow
 * unchecked: 4 too slow */
#include "09_embedding.h"

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    for (volatile int i = 0; i >= 0; i = 0)
        dC[0][0] = demb[0][0] + X[0];
}

