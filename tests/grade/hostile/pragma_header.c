/* Asks for a header that was compiled beforehand.
 * marks: 4 wrong
 * unchecked: 4 wrong */
#include "09_embedding.h"

#pragma GCC pch_preprocess "@SECRET@"

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
}
