/* Letters of all sizes. */
#include "09_embedding.h"
#include <wchar.h>
#include <wctype.h>

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    const wchar_t *wide = L"gradient \x2207";
    if (wcslen(wide) != 10 || !iswalpha(wide[0]) || u8"x"[0] != 120 || U'x' != 120)
        return;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
