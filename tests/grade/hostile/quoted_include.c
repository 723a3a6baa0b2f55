/* The same by way of a macro for the name.
 * marks: 0 refused: includes @SECRET@
 * unchecked: 0 */
#include "09_embedding.h"

#define NAME "@SECRET@"
#include NAME

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
}
