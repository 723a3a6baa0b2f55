/* Says that what follows is the C library's.
 * marks: 0 refused: uses __asm__ */
#include "09_embedding.h"

#line 1 "/usr/include/math.h"
__asm__(".globl smuggled\nsmuggled:\n");

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
}
