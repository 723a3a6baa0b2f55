/* A word that goes on in the next line, where a text seems to be.
 * marks: 0 */
#include "09_embedding.h"

const char *text = R"(
#pragma )" ; as\
m(".globl smuggled");
#pragma R"(
#pragma )";

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0];
}
