/* The same with the operator, made of two.
 * marks: 4 wrong
 * unchecked: * */
#include "09_embedding.h"

#define ASK(a, b, text) a##b(text)
ASK(_Prag, ma, "GCC dependency \"@SECRET@\"")

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
}
