/* A file that includes itself twice, and each of these twice again.
 * marks: 0 */
#include "09_embedding.h"

#include __FILE__
#include __FILE__


void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
}

