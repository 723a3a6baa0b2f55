/* Assembly behind a text that some compilers end elsewhere, in other letters.
 * marks: 0 refused: uses raw text */
#include "09_embedding.h"

const char *text = u8R"(" )" ; __asm__(".globl smuggled\nsmuggled:\n") ; const char *more = LR"(" )";

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
}
