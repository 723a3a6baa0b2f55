/* Sends what it prints elsewhere.
 * marks: 4 refused: calls freopen
 * unchecked: 4 */
#include "09_embedding.h"

#include <stdio.h>

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
    if (freopen("@OUTSIDE@/hostile", "w", stdout))
        printf("here\n");
}
