/* ranks.h: the processes that do one work together, each with memory of its own: ranks 0, 1, ...
 *
 *     int main(int argc, char **argv)
 *     {
 *         ranks_begin(&argc, &argv);
 *         ...
 *         return ranks_end(status);
 *     }
 *
 * With MPI there are as many as mpirun starts, on one machine or on many (mpi/ranks.c, which
 * `make run-NN RANKS=4` links in); without it there is one (ranks.c), and nothing here costs
 * anything.
 *
 * Rank 0 speaks for all: between the two calls the others print nothing and write no file
 * (safefile.h). What goes wrong on one of them ends the run with its line.
 *
 * All functions below ranks_own() are meetings: every rank calls them, in the same order, and each
 * may wait there for the others. */
#ifndef PARALLEL_RANKS_H
#define PARALLEL_RANKS_H

#include <stdbool.h>
#include <stddef.h>

#include "real.h"

/* Before anything else in main(); MPI may take arguments of its own away. */
void ranks_begin(int *argc, char ***argv);

/* At the end of main(). Returns the status that the program is to exit with. A failure (1) ends all
 * ranks, wherever they are. */
int ranks_end(int status);

/* Exits where all ranks do, for they have found the same: a wrong option, --help. */
_Noreturn void ranks_exit(int status);

/* What carries the numbers, "Open MPI v4.1.4"; NULL without MPI. */
const char *ranks_library(void);

int ranks_count(void);
int ranks_own(void);

/* -- small things ----------------------------------------------------------------------------- */

/* What rank 0 has becomes everybody's. */
void ranks_broadcast(size_t bytes, void *data);

/* The largest that any rank has. */
long ranks_most(long x);

/* x becomes the sum over the ranks, added in their order: for a given number of ranks the same bits
 * every time, and on every one. */
void ranks_sum(int n, double *x);

/* All are here. */
void ranks_meet(void);

/* -- large ones, which travel while the ranks go on ------------------------------------------- */

/* Something on its way. What it comes from and goes to stays as it is until it has arrived. */
typedef struct RanksJourney RanksJourney;

/* Each rank sends count[r] numbers, from data + at[r] on, to each rank r, and gets own_count from
 * each: those of rank r go to received + r own_count. */
RanksJourney *ranks_exchange(const real *data, const int count[], const int at[], int own_count,
                             real *received);

/* Each rank's part of data, count[r] numbers from data + at[r] on, comes to all others. */
RanksJourney *ranks_gather(real *data, const int count[], const int at[]);

/* data becomes the sum over all ranks, added in an order that is MPI's to choose. */
RanksJourney *ranks_sum_somehow(int n, real *data);

/* Whether it has arrived; if so, it is no more. Now and then somebody has to ask: many kinds of MPI
 * carry only while they are called. */
bool ranks_arrived(RanksJourney *journey);

/* Waits for it. */
void ranks_wait(RanksJourney *journey);

#endif
