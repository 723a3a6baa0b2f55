/* The same behind a text that some compilers end elsewhere.
 * marks: 0 */
#include "09_embedding.h"

const char *text = R"(" /* )";
# 1 "/usr/include/math.h" 3

__asm__(".globl smuggled\nsmuggled:\n");
/* */

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
}
