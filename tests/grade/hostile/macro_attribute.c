/* An attribute by way of a system header's macro.
 * marks: 0 refused: uses __attribute__
 * unchecked: * */
#include "09_embedding.h"

#define BOTH (1), constructor

void begin(int *p) __attribute_nonnull__(BOTH);
void begin(int *p)
{
    for (;;)
        *p = 0;
}


void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
}

