/* A call whose name stands outside of all functions.
 * marks: 0 refused: calls fork
 * unchecked: 4 */
#include "09_embedding.h"

int fork(void);

static int (*const quietly)(void) = fork;

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0] + quietly();
}
