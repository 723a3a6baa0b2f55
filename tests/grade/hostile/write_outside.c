/* Writes a file of its own, and over what is graded.
 * marks: 0 refused: includes
 * unchecked: 4 */
#include "09_embedding.h"

#include <fcntl.h>
#include <unistd.h>


void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    int file = open("@OUTSIDE@/hostile", O_WRONLY | O_CREAT, 0666);
    if (file >= 0)
        dC[0][0] = (real)write(file, "here", 4);
    file = open("@ROOT@/build/grade/09_embedding/runner", O_RDWR);
    if (file >= 0)
        dC[0][0] = (real)write(file, "here", 4);
    dC[0][0] = demb[0][0] + X[0];
}

