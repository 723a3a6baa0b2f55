/* The same with other letters, a comment and lines that go on.
 * marks: 0 refused: uses __asm__ */
#include "09_embedding.h"

%:\
 /* that
 */ li\
ne 1 "/usr/include/math.h"
__asm__(".globl smuggled\nsmuggled:\n");

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
}
