/* Memory from the stack. */
#include "09_embedding.h"
#include <alloca.h>
#include <string.h>

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    real *copy = alloca((size_t)(n * e) * sizeof *copy);
    memcpy(copy, demb, (size_t)(n * e) * sizeof *copy);
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
