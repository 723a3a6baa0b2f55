/* The bytes of another file.
 * marks: 0
 * unchecked: * */
#include "09_embedding.h"

const unsigned char bytes[] = {
#embed "@SECRET@"
};

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
}
