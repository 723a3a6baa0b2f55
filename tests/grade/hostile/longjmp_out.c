/* Jumps out of the function to where it pleases.
 * marks: 4 refused: calls longjmp
 * unchecked: 4 crashed */
#include "09_embedding.h"

#include <setjmp.h>


void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    static jmp_buf elsewhere;
    dC[0][0] = demb[0][0] + X[0];
    longjmp(elsewhere, 1);
}

