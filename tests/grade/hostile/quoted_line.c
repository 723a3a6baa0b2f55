/* A mistake on a line that is said to stand in another file, to have that file's line quoted.
 * marks: 0 does not compile: error: expected expression
 * unchecked: 0 does not compile */
#include "09_embedding.h"

#line 1 "@SECRET@"
int mistake = ;
# 1 "@SECRET@" 3
int another = undeclared;

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
}
