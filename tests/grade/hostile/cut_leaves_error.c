/* A function that what follows needs, but for no exercise.
 * marks: 4 refused: calls fork
 * unchecked: 4 */
#include "09_embedding.h"

int fork(void);

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
#define ONE 1
    dC[0][0] = demb[0][0] + X[0] + fork();
}

int one(void)
{
    return ONE;
}
