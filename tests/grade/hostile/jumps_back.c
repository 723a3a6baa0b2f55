/* Jumps over the end of its function.
 * marks: 4 refused: calls 
 * unchecked: 4 */
#include "09_embedding.h"

#include <setjmp.h>

static jmp_buf here;

static void leave(void)
{
    longjmp(here, 1);
}

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
    if (setjmp(here) == 0)
        leave();
}
