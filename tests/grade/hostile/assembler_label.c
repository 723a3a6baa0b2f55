/* A call under another name.
 * marks: 0 refused: uses __asm__
 * unchecked: * */
#include "09_embedding.h"

void quietly(int status) __asm__("exit");


void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
    quietly(0);
}

