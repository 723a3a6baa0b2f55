/* Kills the judge.
 * marks: 4 refused: calls 
 * unchecked: 4 */
#include "09_embedding.h"

#include <signal.h>
#include <unistd.h>


void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    if (getppid() > 1)
        kill(getppid(), SIGKILL);
    dC[0][0] = demb[0][0] + X[0];
}

