/* words.h: what turned dials mean, in a teacher's words. */
#ifndef CHECK_WORDS_H
#define CHECK_WORDS_H

#include "diagnosis.h"
#include "turned.h"

/* Label and sentence for these outputs ("dX, db") if all of these turns make them: only what they
 * have in common is said, in the names of the arguments and never in the code of the solution. It
 * is "dX, db are what comes out if ...", which is true whatever the answer looks like. Returns how
 * many readings it gives, one or two; 0 if they have nothing in common. */
int words_for(const Turns *turns, const Dialed *copy, const char *outputs, Diagnosis *found);

/* The label alone of one turn: "missing-term:sum/(real)n". */
void label_turn(const Turn *turn, const Dialed *copy, Diagnosis *found);

/* The one among them that students make most, or that tells most. */
const Turn *likeliest_turn(const Turns *turns);

/* The turn of one dial, or of twins, that has this label; false if none has. */
bool turn_labelled(const Dialed *copy, const char *label, Turn *turn);

#endif
