/* A static array of 8 GB, of which all is written.
 * marks: 4 crashed|too slow
 * unchecked: 4 crashed|too slow */
#include "09_embedding.h"

static real much[1u << 30];


void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    for (unsigned i = 0; i < 1u << 30; i += 512)
        much[i] = n;
    dC[0][0] = demb[0][0] + X[0] + much[512 * n];
}

