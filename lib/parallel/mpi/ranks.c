/* mpi/ranks.c: as many processes as mpirun starts. It takes the place of ../ranks.c in programs
 * that are linked with MPI, and is the only file that knows of it. */
#include "parallel/ranks.h"

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "safefile.h"

static int count, own;
static bool ended;
static char library[MPI_MAX_LIBRARY_VERSION_STRING];

/* Collectives of one communicator begin in the same order on all ranks. Exchanges do among
 * themselves, and gatherings, but which of the two comes first is a matter of time. */
static MPI_Comm exchanges, gatherings;

static MPI_Datatype type_of_real(void)
{
    return sizeof(real) == sizeof(double) ? MPI_DOUBLE : MPI_FLOAT;
}

/* -- beginning and end ------------------------------------------------------------------------ */

/* Where another rank than 0 says something, and where it would have. */
static FILE *kept;
static int standard_error = STDERR_FILENO;

static void be_quiet(void)
{
    safefile_write_nothing();
    kept = tmpfile();
    standard_error = dup(STDERR_FILENO);
    if (!freopen("/dev/null", "w", stdout) || !kept || standard_error < 0 ||
        dup2(fileno(kept), STDERR_FILENO) < 0)
        error_stop("ranks_begin: what rank %d says cannot be kept back", own);
}

/* The last line that was kept, with the rank. */
static void speak(void)
{
    char line[1024], last[1024] = "it ended without a word\n";
    fflush(stderr);
    rewind(kept);
    while (fgets(line, sizeof line, kept))
        memcpy(last, line, sizeof last);
    dprintf(standard_error, "rank %d of %d: %s", own, count, last);
}

/* Ends all ranks because this one cannot go on. Where rank 0 cannot either it has said why, so the
 * others let it go first. */
static void leave(void)
{
    if (ended)
        return;
    ended = true;
    fflush(stdout);
    if (own > 0) {
        sleep(1);
        speak();
    }
    MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
}

void ranks_begin(int *argc, char ***argv)
{
    NOT_NULL(argc, argv);
    int length;
    MPI_Init(argc, argv);
    MPI_Comm_size(MPI_COMM_WORLD, &count);
    MPI_Comm_rank(MPI_COMM_WORLD, &own);
    MPI_Comm_dup(MPI_COMM_WORLD, &exchanges);
    MPI_Comm_dup(MPI_COMM_WORLD, &gatherings);
    MPI_Get_library_version(library, &length);
    library[strcspn(library, ",\n")] = '\0';
    atexit(leave);
    if (own > 0)
        be_quiet();
}

static void finish(void)
{
    ended = true;
    fflush(stdout);
    MPI_Comm_free(&exchanges);
    MPI_Comm_free(&gatherings);
    MPI_Finalize();
}

int ranks_end(int status)
{
    if (status == EXIT_FAILURE)
        leave();
    else
        finish();
    return status;
}

_Noreturn void ranks_exit(int status)
{
    finish();
    exit(status);
}

const char *ranks_library(void)
{
    return library;
}

int ranks_count(void)
{
    return count;
}

int ranks_own(void)
{
    return own;
}

/* -- small things ----------------------------------------------------------------------------- */

void ranks_broadcast(size_t bytes, void *data)
{
    NOT_NULL(data);
    MPI_Bcast(data, (int)bytes, MPI_BYTE, 0, MPI_COMM_WORLD);
}

long ranks_most(long x)
{
    long most;
    MPI_Allreduce(&x, &most, 1, MPI_LONG, MPI_MAX, MPI_COMM_WORLD);
    return most;
}

/* MPI_Allreduce would choose an order of its own. */
void ranks_sum(int n, double *x)
{
    NOT_NULL(x);
    double *all = malloc((size_t)n * (size_t)count * sizeof *all);
    if (!all)
        error_stop("ranks_sum: out of memory for %d numbers of %d ranks", n, count);
    MPI_Allgather(x, n, MPI_DOUBLE, all, n, MPI_DOUBLE, MPI_COMM_WORLD);
    memcpy(x, all, (size_t)n * sizeof *x);
    for (int i = n; i < n * count; i++)
        x[i % n] += all[i];
    free(all);
}

void ranks_meet(void)
{
    MPI_Barrier(MPI_COMM_WORLD);
}

/* -- large ones ------------------------------------------------------------------------------- */

/* What it needs besides the data until it has arrived: counts and places, which MPI does not copy.
 */
struct RanksJourney {
    MPI_Request request;
    int numbers[];
};

static RanksJourney *journey_new(int numbers)
{
    RanksJourney *journey = malloc(sizeof *journey + (size_t)numbers * sizeof *journey->numbers);
    if (!journey)
        error_stop("ranks: out of memory");
    return journey;
}

RanksJourney *ranks_exchange(const real *data, const int send_count[], const int at[],
                             int own_count, real *received)
{
    NOT_NULL(data, send_count, at, received);
    RanksJourney *journey = journey_new(4 * count);
    int *counts = journey->numbers, *places = counts + count, *own_counts = places + count,
        *own_places = own_counts + count;
    for (int r = 0; r < count; r++) {
        counts[r] = send_count[r];
        places[r] = at[r];
        own_counts[r] = own_count;
        own_places[r] = r * own_count;
    }
    MPI_Ialltoallv(data, counts, places, type_of_real(), received, own_counts, own_places,
                   type_of_real(), exchanges, &journey->request);
    return journey;
}

RanksJourney *ranks_gather(real *data, const int part_count[], const int at[])
{
    NOT_NULL(data, part_count, at);
    RanksJourney *journey = journey_new(2 * count);
    int *counts = journey->numbers, *places = counts + count;
    memcpy(counts, part_count, (size_t)count * sizeof *counts);
    memcpy(places, at, (size_t)count * sizeof *places);
    MPI_Iallgatherv(MPI_IN_PLACE, 0, type_of_real(), data, counts, places, type_of_real(),
                    gatherings, &journey->request);
    return journey;
}

RanksJourney *ranks_sum_somehow(int n, real *data)
{
    NOT_NULL(data);
    RanksJourney *journey = journey_new(0);
    MPI_Iallreduce(MPI_IN_PLACE, data, n, type_of_real(), MPI_SUM, exchanges, &journey->request);
    return journey;
}

bool ranks_arrived(RanksJourney *journey)
{
    NOT_NULL(journey);
    int arrived;
    MPI_Test(&journey->request, &arrived, MPI_STATUS_IGNORE);
    if (arrived)
        free(journey);
    return arrived;
}

void ranks_wait(RanksJourney *journey)
{
    NOT_NULL(journey);
    MPI_Wait(&journey->request, MPI_STATUS_IGNORE);
    free(journey);
}
