/* A function without which the rest would read differently: a comment begins. How compilers go on differs.
 * marks: *
 * unchecked: * */
#include "09_embedding.h"

int fork(void);

static int quietly(void) /* { */ {
    return fork();
}

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0] + quietly();
}
