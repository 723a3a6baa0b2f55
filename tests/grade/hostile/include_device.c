/* A file without an end.
 * marks: 0 refused
 * unchecked: * */
#include "09_embedding.h"

#include "/dev/zero"


void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
}

