/* Takes memory in small pieces, as much as there is.
 * marks: 4 crashed
 * unchecked: 4 crashed */
#include "09_embedding.h"

#include <stdlib.h>


void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    for (int i = 0; i < 3 << 14; i++) { /* 48 GB, were it let */
        volatile char *piece = malloc(1 << 20);
        for (int j = 0; j < 1 << 20; j += 4096)
            piece[j] = 1;
    }
    dC[0][0] = demb[0][0] + X[0];
}

