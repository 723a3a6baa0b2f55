/* Asks for 100 GB and writes into all of it.
 * marks: 4 crashed
 * unchecked: 4 crashed */
#include "09_embedding.h"

#include <stdlib.h>

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    volatile char *much = malloc(100ull << 30);
    for (unsigned long long i = 0; i < 100ull << 30; i += 4096)
        much[i] = 1;
    dC[0][0] = demb[0][0] + X[0];
}

