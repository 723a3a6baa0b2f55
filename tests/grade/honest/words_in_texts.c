/* Words of the compiler in texts and letters. */
#include "09_embedding.h"
#include <stdio.h>

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    const char *words = "gnu asm \"__asm__\" it's __attribute__((constructor)) // /* clang";
    char quote = '"', other = '\\';
    printf("%s %c %c _Pragma(\"x\")\n", words, quote, other);
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
