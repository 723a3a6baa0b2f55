/* A struct, a union, an enum, a type. */
#include "09_embedding.h"

enum { NONE, SOME };
typedef struct {
    int rows, columns;
    const real *first;
} Table;
union Both {
    int i;
    float f;
};

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    Table table = {.rows = n, .columns = e, .first = &demb[0][0]};
    union Both both = {.i = SOME};
    if (table.rows != n || both.i == NONE || table.first[0] != demb[0][0])
        return;
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
