/* Another type for a function of the C library's, to have its header quoted.
 * marks: 4 wrong
 * unchecked: 4 wrong */
#include "09_embedding.h"

double modf(const char *text);

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
}
