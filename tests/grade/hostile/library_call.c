/* Lets the library derive the gradient.
 * marks: 4 refused: calls ag_matmul
 * unchecked: 4 crashed */
#include "09_embedding.h"

void *ag_matmul(void *a, void *b);


void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0] + (ag_matmul(0, 0) == 0);
}

