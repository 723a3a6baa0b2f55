/* Does not compile. */
#include "09_embedding.h"

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + undeclared;
}
