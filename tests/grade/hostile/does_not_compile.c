/* Does not compile, and says so in letters that no report should carry.
 * marks: 0 does not compile
 * unchecked: 0 does not compile */
#include "09_embedding.h"

#error "<b>& ]]> '\"quoted\"' @CONTROL@ </testcase>"


void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0] + undeclared;
}

