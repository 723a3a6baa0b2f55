/* Has something done when all is over.
 * marks: 4 refused: calls atexit
 * unchecked: 4 */
#include "09_embedding.h"

#include <stdlib.h>
#include <unistd.h>

static void end(void)
{
    _exit(0);
}

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
    atexit(end);
}
