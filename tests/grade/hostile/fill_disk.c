/* Fills the disk.
 * marks: 4 refused: calls fopen
 * unchecked: 4 */
#include "09_embedding.h"

#include <stdio.h>


void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    static char block[1 << 20];
    FILE *file = fopen("@OUTSIDE@/hostile", "w");
    for (int i = 0; file && i < 1 << 20; i++)
        if (fwrite(block, sizeof block, 1, file) != 1)
            break;
    dC[0][0] = demb[0][0] + X[0];
}

