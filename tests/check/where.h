/* where.h: which part of an array is concerned. */
#ifndef CHECK_WHERE_H
#define CHECK_WHERE_H

#include "compare.h"
#include "diagnosis.h"

typedef struct {
    char words[128]; /* "The last row", "Some whole columns (here 0, 3)" */
    bool plural;
    bool all; /* on the first case with such elements all are: then there is no other word for it */
} Where;

/* Finds words for those elements of an output that are in this state, that hold on every case.
 * False if there are none; the words are then "Some elements". */
bool where_find(Where *where, const Trials *trials, int argument, State state);

/* "The last row of dX is wrong; the rest of dX is right." */
bool where_part(const Trials *trials, int argument, Diagnosis *found);

/* That, or some whole rows or columns, or "dX is right in the case n = 1, k = 4 and in no other."
 */
bool where_any(const Trials *trials, int argument, Diagnosis *found);

/* Draws where a matrix is right (.), wrong (x) and unwritten (o), if that shows more than words:
 * calls draw(context, line) for each line. */
void where_draw(const Trials *trials, int argument, int trial,
                void (*draw)(void *context, const char *line), void *context);

#endif
