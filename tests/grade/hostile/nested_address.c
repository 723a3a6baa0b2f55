/* The address of a function in a function (gcc): it is code on the stack.
 * marks: 4 refused: takes the address of a nested function|does not compile
 * unchecked: * */
#include "09_embedding.h"

static int asked(int (*what)(int), int x)
{
    int (*volatile ask)(int) = what;
    return ask(x);
}

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    int add(int x)
    {
        return x + n;
    }
    dC[0][0] = demb[0][0] + X[0] + asked(add, v);
}
