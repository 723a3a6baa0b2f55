/* turned.h: dials turned until a copy of the solution does what an answer did. */
#ifndef CHECK_TURNED_H
#define CHECK_TURNED_H

#include "dial.h"
#include "fit.h"

enum { MOST_TURNED = 8, MOST_TURNS = 256 };

/* One dial out of its rest, or two, or more that are twins: one mistake made in several places. */
typedef struct {
    int count;
    int dial[MOST_TURNED], position[MOST_TURNED];
    bool are_twins;
} Turn;

/* All that were found to make the same outputs as an answer did. */
typedef struct {
    Turn list[MOST_TURNS];
    int count;
    Fitting fitting;
} Turns;

/* The copy of this exercise's solution, or NULL. */
const Dialed *dialed_named(const char *name);

/* Turns the dials, and back to rest. */
void turn_set(const Turn *turn);
void turn_back(const Turn *turn);

/* Those of these outputs that the copy makes as the answer did with the dials so turned. */
Outputs turn_outputs(Fit *fit, const Dialed *copy, const Turn *turn, Outputs among);

/* The turns of one dial, of all of some twins, or of two dials, that make as many as can be of
 * these outputs. Two are tried for so many seconds at most. */
void turns_of_one(Turns *turns, Fit *fit, const Dialed *copy, Outputs open);
void turns_of_twins(Turns *turns, Fit *fit, const Dialed *copy, Outputs open);
void turns_of_two(Turns *turns, Fit *fit, const Dialed *copy, Outputs open, double seconds);

#endif
