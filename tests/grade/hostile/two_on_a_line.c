/* Two functions on one line, of which the second may not.
 * marks: 4 refused: calls fork
 * unchecked: 4 */
#include "09_embedding.h"

int fork(void);

static int one(void) { return 1; } static int two(void) { return fork(); }

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0] + one() + two();
}
