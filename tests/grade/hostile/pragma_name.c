/* Calls a function of the system by another name.
 * marks: 4 refused: calls
 * unchecked: * */
#include "09_embedding.h"

#pragma redefine_extname harmless system
int harmless(const char *command);

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0] + harmless("touch @OUTSIDE@/hostile");
}
