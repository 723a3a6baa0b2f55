/* dial_run.h: what a copy with dials does where one is turned. It is included by dials.c alone,
 * which the generator writes (see dial.h). At rest, at position 0, each gives back what it was
 * given. */
#ifndef CHECK_DIAL_RUN_H
#define CHECK_DIAL_RUN_H

#include <string.h>

#include "dial.h"

/* The functions that DIAL_CALL knows apart. */
typedef enum { OF_ONE, OF_EXP, OF_LOG, OF_POW, OF_FMAX, OF_FMIN } Family;

/* What a sum goes on from if it is not set back. */
typedef struct {
    real value; /* what was stored last */
    int turn;   /* in which turn of the outer loops it was set back */
    int begun;
} Kept;

/* What a sum was after each turn of the loop that makes it. */
enum { MAX_RECORD = 4096 };
typedef struct {
    int count, next;
    real value[MAX_RECORD];
} Record;

/* -- DIAL_TERM -- */

void dial_coefficients(int count, const int sizes[], real *times);

/* -- DIAL_EXTRA -- */

/* The first of them, 1 divided by it, the second, ... */
real dial_extra(int at, const real *of);

/* -- DIAL_FACTOR -- */

real dial_change(int at, real x);

static inline real dial_changed(int at, real x)
{
    return at == AS_IT_IS ? x : dial_change(at, x);
}

/* -- DIAL_OPERAND -- */

static inline real dial_operand(int at, real x)
{
    return at == OPERAND_ABSOLUTE    ? fabs(x)
           : at == OPERAND_NEGATED   ? -x
           : at == OPERAND_TRUNCATED ? trunc(x)
                                     : x;
}

/* -- DIAL_CALL -- */

/* Of f(x) or f(x, y). */
real dial_called(int at, Family family, real x, real y);

/* -- DIAL_CONDITION -- */

static inline int dial_holds(int at, int holds)
{
    return at == 0 ? holds : at == HOLDS_ALWAYS ? 1 : at == HOLDS_NEVER ? 0 : !holds;
}

/* -- DIAL_LOOP -- */

/* Of a loop that counts up from `begin` to before `end`. */
static inline int dial_end(int at, int begin, int end)
{
    return at == ENDS_EARLY                 ? end - 1
           : at == RUNS_ONCE && begin < end ? begin + 1
           : at == NEVER_RUNS               ? begin
                                            : end;
}

/* Of a loop that counts down from `begin` to `last`. */
static inline int dial_last(int at, int begin, int last)
{
    return at == ENDS_EARLY                  ? last + 1
           : at == RUNS_ONCE && begin > last ? begin
           : at == NEVER_RUNS                ? begin + 1
                                             : last;
}

/* -- DIAL_STORED -- */

static inline real dial_stored(int at, real x)
{
    return at == 0 ? x : at == AS_INT ? trunc(x) : (real)(float)x;
}

/* -- DIAL_RESET -- */

/* One number for a turn of two loops, the second inside the first. */
static inline int dial_turn(int outer, int inner)
{
    return outer * 1000 + inner;
}

/* `value`, or what the sum goes on from. */
real dial_begun(int at, real value, Kept *kept, int turn);

/* `value`, or the sum of all that there were. */
static inline real dial_carried(int at, real value, real *sum)
{
    return at ? *sum += value : value;
}

/* -- DIAL_EARLY -- */

static inline void dial_record(Record *record, real value)
{
    if (record->count < MAX_RECORD)
        record->value[record->count++] = value;
}

static inline real dial_early(int at, Record *record, real now)
{
    return at && record->next < record->count ? record->value[record->next++] : now;
}

#endif
