/* A comment that macros make, and a quote in it.
 * marks: 4 * */
#include "09_embedding.h"

#define NOTHING
#define MAKE(a, b) a NOTHING b

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
    MAKE(/, *) " */ __asm__("nop"); /* " MAKE(*, /)
}
