/* An attribute between two texts that look like one.
 * marks: 0 refused: uses __attribute__ */
#include "09_embedding.h"

_Noreturn void _exit(int status);

static const char one = '"'; __attribute__((constructor)) static void end(void) { _exit(0); } static const char two = '"';

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0] + one - two;
}
