/* An attribute on more than one line.
 * marks: 0 refused: uses __attribute__ */
#include "09_embedding.h"

_Noreturn void _exit(int status);

__attribute__
((unused)) __attribute__((
constructor)) static void end(void)
{
    _exit(0);
}

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
}
