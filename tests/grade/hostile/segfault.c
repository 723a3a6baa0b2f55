/* A write to where nothing is.
 * marks: 4 crashed
 * unchecked: 4 crashed */
#include "09_embedding.h"

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    *(volatile real *)16 = demb[0][0] + X[0] + dC[0][0];
}

