/* answer.h: what became of a student's function: asked in a process of its own, never judged by
 * itself. */
#ifndef CHECK_ANSWER_H
#define CHECK_ANSWER_H

#include "finding.h"
#include "run.h"
#include "trial.h"

typedef enum {
    TO_DO,
    CORRECT,
    INCORRECT,
    CRASHED,
    TOO_SLOW,
    ABSENT,
    NOT_COMPILED,
    REFUSED
} Verdict;

typedef struct {
    const Exercise *exercise;
    Trials trials;
    Verdict verdict;
    int returned;      /* cases that came back; in the next one it ended */
    char reason[1024]; /* for CRASHED, TOO_SLOW, ABSENT, NOT_COMPILED, REFUSED */
    int stopped;       /* for TOO_SLOW: on this line of the student's file; 0 if it is not known */
    Run run;
    size_t printed; /* so many characters of run.said are the student's own */
} Answer;

/* Where things are, and how they are to be judged. */
typedef struct {
    const char *runner, *answers; /* the programs: build/check/NN/runner, build/check/NN/FROM.so */
    const char *source;           /* the student's file: exercises/09_embedding.c */
    unsigned long long seed;
    int rounds;     /* how often all cases are tried, each time with other numbers */
    double seconds; /* for each function and round */
} Setting;

/* Asks for n exercises, a few at a time, and sorts out how each ended. CORRECT means only that all
 * cases came back; whether they are right is the next question. Functions that were left out
 * because they do not compile, or are refused, are named beside the answers, in FROM.broken, a line
 * each: name, verdict, why, with tabs between. */
void answers_collect(Answer *answers, int n, const Setting *setting);

/* Asks the same function once more, for all that is given here, and fills in what is got. False if
 * it did not come back from all of it. */
bool answer_again(Trials *trials, const Setting *setting);

void answer_free(Answer *answer);

#endif
