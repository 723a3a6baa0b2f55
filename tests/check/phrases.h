/* phrases.h: what a position of a dial means, as a sentence with gaps. */
#ifndef CHECK_PHRASES_H
#define CHECK_PHRASES_H

#include "dial.h"

/* In the gaps of a sentence, and of a label, stands
 *
 *     %o  the outputs                       "dX, db"
 *     %s  "A term", or "Something" that is stored
 *     %t  what the dial is on               "1 - beta1", "something made of x and dy"
 *     %m  what it is made of, or nothing    ": one with x and dy in it"
 *     %i  what stands in its place
 *     %a  the array that is indexed
 *     %z  a warning, or nothing             " (In C, 1/n of whole numbers is 0.)"
 *     %n  a size */
typedef struct {
    const char *label, *sentence;
} Phrase;

const Phrase *phrase_of(const Dial *dial, int position);

/* How likely it is that students err in this way, and how much the sentence tells: the smallest
 * comes first where several positions make the same. */
int phrase_rank(const Dial *dial, int position);

#endif
