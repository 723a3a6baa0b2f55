/* A macro that does not stop expanding.
 * marks: 0 refused */
#include "09_embedding.h"

#define A(x) x + x + x + x + x + x + x + x + x + x + x + x + x + x + x + x
#define B(x) A(A(A(A(x))))
#define C(x) B(B(B(B(x))))


void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = C(C(demb[0][0])) + X[0];
}

