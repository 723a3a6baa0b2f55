/* The same with a name that is made of two.
 * marks: 0 refused: uses __has_
 * unchecked: * */
#include "09_embedding.h"

#define ASK(a, b) a##b
#if ASK(__has_inc, lude)("@SECRET@")
#define SIGN 1
#else
#define SIGN -1
#endif

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + SIGN * X[0];
}
