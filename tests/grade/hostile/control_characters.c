/* Letters for a terminal, in a message, a name and a file that is not there.
 * marks: 0 refused: includes
 * unchecked: * */
#include "09_embedding.h"

#warning "@CONTROL@"
#include "@CONTROL@.h"

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
}
