/* A system call that no list of names shows: its two bytes stand inside a number, and are jumped to.
 * marks: 4
 * unchecked: 4 */
#include "09_embedding.h"

static volatile long sink;

static void carrier(void)
{
    sink = 0xc3050f90909090; /* nop, nop, nop, nop, syscall, ret */
}


void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    const unsigned char *code = (const unsigned char *)carrier;
    dC[0][0] = demb[0][0] + X[0];
    while (code[0] != 0x0f || code[1] != 0x05)
        code++;
    ((void (*)(long, long, long))code)(0, 0, 0);
}

