/* An array of 150 MB that is written to the disk.
 * marks: 0 refused: compiling it takes too long */
#include "09_embedding.h"

static real much[150 << 17] = {1};

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0] + much[X[0]];
}
