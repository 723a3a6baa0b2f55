/* The same inside the function.
 * marks: 4 refused: uses raw text */
#include "09_embedding.h"

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    const void *text = UR"(")"; __asm__("nop"); text = uR"(")";
    dC[0][0] = demb[0][0] + X[0] + (text != 0);
}
