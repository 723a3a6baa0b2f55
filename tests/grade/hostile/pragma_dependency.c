/* Asks whether a file is there, and newer than this one.
 * marks: 4 wrong
 * unchecked: * */
#include "09_embedding.h"

#pragma GCC dependency "@SECRET@"

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
}
