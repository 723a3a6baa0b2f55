/* Overwrites its own return address, and what lies above it.
 * marks: 4 crashed
 * unchecked: 4 crashed */
#include "09_embedding.h"

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    volatile char frame[8];
    volatile char *at = frame;
    for (int i = 0; i < 4096; i++)
        at[i] = (char)(n + X[0]);
    dC[0][0] = demb[0][0] + frame[0];
}

