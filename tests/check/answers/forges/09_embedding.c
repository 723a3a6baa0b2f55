/* Answers that say they are done: in the records, by a signal, with a flood of text; and one whose
 * helper is called like a function of the runner's. */
#include "09_embedding.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void finish(int what);
int find_exercise(void);

/* Not the runner's. */
void finish(int what)
{
    (void)what;
}

int find_exercise(void)
{
    return 0;
}

void embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n], real dC[v][e])
{
    finish(4);
    for (int r = 0; r < v; r++)
        for (int f = 0; f < e; f++)
            dC[r][f] = find_exercise();
    for (int p = 0; p < n; p++)
        for (int f = 0; f < e; f++)
            dC[X[p]][f] += demb[p][f];
}

/* Writes the record that says FINISHED, and ends as if all were well. */
void bag_backward(int n, int t, int v, int e, const real dbag[n][e], const int X[n][t],
                  real dC[v][e])
{
    long long record[13] = {4};
    dC[0][0] = dbag[0][0] + (real)X[0][0];
    if (write(4, record, sizeof record) > 0)
        _exit(0);
}

/* Says RETURNED for every case, with zeros for arrays, and then FINISHED. */
void padded_embedding_backward(int n, int v, int e, const real demb[n][e], const int X[n],
                               real dC[v][e])
{
    static char zeros[4096];
    long long returned[13] = {3}, finished[13] = {4};
    dC[0][0] = demb[0][0] + (real)X[0];
    for (int i = 0; i < 3; i++)
        if (write(4, returned, sizeof returned) < 0 ||
            write(4, zeros, 8 * (size_t)(n * e + v * e)) < 0)
            _exit(1);
    if (write(4, finished, sizeof finished) > 0)
        _exit(0);
}

void position_backward(int n, int t, int e, const real demb[n][t][e], real dP[t][e])
{
    dP[0][0] = demb[0][0][0];
    kill(getpid(), SIGTERM);
}

/* Prints without end, and claims that a sanitizer had found something elsewhere. */
void tied_embedding_backward(int n, int v, int e, const real dlogits[n][v], const real C[v][e],
                             const int X[n], real dC[v][e])
{
    dC[0][0] = dlogits[0][0] + C[0][0] + (real)X[0];
    for (;;)
        printf("all right\n");
}
