/* Signal handlers that never return.
 * marks: 4 refused: calls signal
 * unchecked: 4 too slow */
#include "09_embedding.h"

#include <signal.h>

static void stay(int number)
{
    for (volatile int i = number; i; i = number)
        ;
}


void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    for (int i = 1; i < 64; i++)
        signal(i, stay);
    *(volatile real *)16 = demb[0][0] + X[0] + dC[0][0];
}

