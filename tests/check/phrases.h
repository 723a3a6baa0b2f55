/* phrases.h: what a position of a dial means, as a clause with gaps. */
#ifndef CHECK_PHRASES_H
#define CHECK_PHRASES_H

#include "dial.h"

/* A clause goes on from "dX is what comes out if". That is true however the answer is written: it
 * is what the solution makes of the same numbers with this one thing changed. In the gaps of a
 * clause, and of a label, stands
 *
 *     %s  "a term", or "something" that is stored
 *     %t  what the dial is on               "1 - beta1", "something made of x and dy"
 *     %u  the same, in parentheses where it needs them; "u" where it is something made of others,
 *     %b  and then behind it                ", u being something made of x and dy"
 *     %f  the function that the dial is on  "sqrt"
 *     %l  how long a loop is, or nothing    " of n steps"
 *     %m  what it is made of, or nothing    ": one with x and dy in it"
 *     %i  what stands in its place
 *     %a  the array that is indexed
 *     %z  a warning, or nothing             " (in C, 1/n of whole numbers is 0)"
 *     %n  a size */
typedef struct {
    const char *label, *clause;
} Phrase;

const Phrase *phrase_of(const Dial *dial, int position);

/* How likely it is that students err in this way, and how much the clause tells: the smallest comes
 * first where several positions make the same. */
int phrase_rank(const Dial *dial, int position);

#endif
