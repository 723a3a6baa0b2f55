/* Attributes that say how to compile. */
#include "09_embedding.h"
#include <stdio.h>

static inline __attribute__((always_inline, const)) int at(int i, int f, int e)
{
    return i * e + f;
}

__attribute__((noinline)) __attribute__((cold, format(printf, 1, 2))) static void say(const char *format, ...)
{
    puts(format);
}

__attribute__((optimize("O2"), hot, nonnull(1), warn_unused_result)) static int first(const int *x)
{
    return x[0];
}

typedef real Four __attribute__((vector_size(4 * sizeof(real))));

struct __attribute__((packed, aligned(8))) Pair {
    int a, b;
};

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    Four zero = {0};
    struct Pair pair = {first(X), at(0, 0, e)};
    if (pair.a < 0 || pair.b != 0 || zero[3] != 0)
        say("odd");
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
