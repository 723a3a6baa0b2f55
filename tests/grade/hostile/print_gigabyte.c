/* Prints a gigabyte.
 * marks: 4 too slow|wrong
 * unchecked: 4 */
#include "09_embedding.h"

#include <stdio.h>


void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    for (int i = 0; i < 1 << 26; i++)
        puts("all is right");
    dC[0][0] = demb[0][0] + X[0];
}

