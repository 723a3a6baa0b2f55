/* Is right only where a file is there.
 * marks: 0 refused: uses __has_include
 * unchecked: * */
#include "09_embedding.h"

#if __has_include("@SECRET@")
#define SIGN 1
#else
#define SIGN -1
#endif

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + SIGN * X[0];
}
