/* Lets a helper do what it may not.
 * marks: 4 refused: calls fork, which it may not (in quietly, which it calls)
 * unchecked: 4 */
#include "09_embedding.h"

#include <unistd.h>

static int quietly(void)
{
    return fork();
}

static int more_quietly(void)
{
    return quietly();
}

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0] + more_quietly();
}
