/* A quote that has no other, and what follows it in letters that have.
 * marks: 4 refused: uses __asm__ */
#include "09_embedding.h"

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
    " ' __asm__ '
}
