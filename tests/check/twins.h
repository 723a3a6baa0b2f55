/* twins.h: dials that one mistake turns together. */
#ifndef CHECK_TWINS_H
#define CHECK_TWINS_H

#include "turned.h"

/* This dial and all of its twins turned to this position. False if it has none or too many, if one
 * of them does not have the position, or if it is not the first of them. */
bool turn_twins(const Dialed *copy, int dial, int position, Turn *turn);

/* This dial and the next of its kind turned to this position, if both are on the same words of one
 * line: the two factors of a square. */
bool turn_square(const Dialed *copy, int dial, int position, Turn *turn);

#endif
