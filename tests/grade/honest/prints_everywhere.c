/* All ways to print. */
#include "09_embedding.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static void say(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
}

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    char text[64];
    snprintf(text, sizeof text, "%d rows", n);
    puts(text);
    fputs(text, stdout);
    putchar(10);
    fputc(10, stderr);
    putc(10, stdout);
    fprintf(stderr, "%s\n", text);
    fwrite(text, 1, 1, stdout);
    fflush(stdout);
    say("%d\n", e);
    sprintf(text, "%d", v);
    errno = 0;
    perror(text);
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = 0;
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}
