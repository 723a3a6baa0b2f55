/* A function that is looked for when the file is loaded.
 * marks: 0 refused: uses __attribute__
 * unchecked: * */
#include "09_embedding.h"

static void *look(void)
{
    for (;;)
        ;
}

void found(void) __attribute__((ifunc("look")));


void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    found();
    dC[0][0] = demb[0][0] + X[0];
}

