/* wire.h: what judge and runner say to each other, through two files that both hold open.
 *
 * The judge leaves a problem for each case: its sizes, then every array that is an input. The
 * runner leaves records: LOADED; then for each case BEGUN, and when the answer has come back
 * RETURNED with all the arrays, inputs included; FINISHED. If its time is up it leaves STOPPED, and
 * in words where it was. Whatever else may have happened, the judge sees how far it got. */
#ifndef CHECK_WIRE_H
#define CHECK_WIRE_H

#include <stdint.h>

#include "check.h"

enum { PROBLEM_FD = 3, RECORD_FD = 4 };

typedef enum {
    LOADED = 1, /* 0 is no record at all */
    BEGUN,
    RETURNED,
    FINISHED,
    STILL_TO_DO,
    UNLOADABLE,
    MISSING,
    STOPPED,
} What;

typedef struct {
    int what;
    uint64_t address[MAX_ARGUMENTS]; /* BEGUN: where the arrays lie, for reading crash reports */
} Record;

/* What stands in an output before the answer is called: a NaN that no arithmetic makes. It is a
 * signalling one, so that calculating with it gives another that still carries the mark. */
#define UNWRITTEN_BITS UINT64_C(0x7ff40000deadbeef)
#define UNWRITTEN_MARK UINT32_C(0xdeadbeef)

_Static_assert(sizeof(real) == sizeof(uint64_t), "answers are judged in double precision");

#endif
