/* ranks.c: one process, without MPI. There is nobody to wait for. */
#include "parallel/ranks.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

void ranks_begin(int *argc, char ***argv)
{
    NOT_NULL(argc, argv);
}

int ranks_end(int status)
{
    return status;
}

_Noreturn void ranks_exit(int status)
{
    exit(status);
}

const char *ranks_library(void)
{
    return NULL;
}

int ranks_count(void)
{
    return 1;
}

int ranks_own(void)
{
    return 0;
}

void ranks_broadcast(size_t bytes, void *data)
{
    (void)bytes;
    NOT_NULL(data);
}

long ranks_most(long x)
{
    return x;
}

void ranks_sum(int n, double *x)
{
    (void)n;
    NOT_NULL(x);
}

void ranks_meet(void)
{
}

/* Whatever begins has arrived. */
struct RanksJourney {
    char nothing;
};

static RanksJourney arrived;

RanksJourney *ranks_exchange(const real *data, const int count[], const int at[], int own_count,
                             real *received)
{
    NOT_NULL(data, count, at, received);
    memcpy(received, data + at[0], (size_t)own_count * sizeof *data);
    return &arrived;
}

RanksJourney *ranks_gather(real *data, const int count[], const int at[])
{
    NOT_NULL(data, count, at);
    return &arrived;
}

RanksJourney *ranks_sum_somehow(int n, real *data)
{
    (void)n;
    NOT_NULL(data);
    return &arrived;
}

bool ranks_arrived(RanksJourney *journey)
{
    NOT_NULL(journey);
    return true;
}

void ranks_wait(RanksJourney *journey)
{
    NOT_NULL(journey);
}
