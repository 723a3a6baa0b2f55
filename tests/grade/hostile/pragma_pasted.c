/* The same, made of two words by macros.
 * marks: 0 refused: uses dependency|refused: uses __has_
 * unchecked: * */
#include "09_embedding.h"

#define TEXT(x) _Pragma(#x)
#define ASK(x) TEXT(x)
#define BOTH(a, b) a##b
ASK(GCC BOTH(depend, ency) "@SECRET@")

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
}
