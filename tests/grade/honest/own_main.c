/* A main() of its own, to try things out. */
#include "09_embedding.h"
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    real demb[2][1] = {{1}, {2}}, dC[1][1];
    int X[2] = {0, 0};
    embedding_backward(2, 1, 1, demb, X, dC);
    printf("%s %d: %g, want 3\n", argv[0], argc, (double)dC[0][0]);
    return dC[0][0] == 3 ? EXIT_SUCCESS : EXIT_FAILURE;
}

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
