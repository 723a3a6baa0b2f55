/* Compiled, it would fill the disk, and take the marks of others.
 * marks: 0 refused: compiling it takes too long, or too much memory or disk */
#include "09_embedding.h"

char as_large_as_a_disk[150 << 20] = {1};

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    (void)demb, (void)X;
    dC[0][0] = as_large_as_a_disk[n + v + e];
}
