/* Does nothing, for ever.
 * marks: 4 refused: calls nanosleep
 * unchecked: 4 too slow */
#include "09_embedding.h"

#include <time.h>


void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    for (;;)
        nanosleep(&(struct timespec){1000, 0}, NULL);
    dC[0][0] = demb[0][0] + X[0];
}

