/* Statements in expressions, typeof, a literal of many parts. */
#include "09_embedding.h"

#define MAX(a, b) ({ __typeof__(a) x = (a), y = (b); x > y ? x : y; })
struct P {
    int x, y;
};

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    typeof(n) m = MAX(n, 1);
    struct P p = (struct P){.x = m};
    const int *list = (int[]){1, 2, [4] = 3};
    if (p.y || list[3] || __builtin_expect(m < 0, 0))
        return;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
