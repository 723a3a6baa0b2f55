/* An endless recursion.
 * marks: 4 crashed
 * unchecked: 4 crashed */
#include "09_embedding.h"

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    volatile int depth = n;
    embedding_backward(n, v, e, demb, X, dC);
    dC[0][0] = depth;
}

