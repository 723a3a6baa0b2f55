/* judgement.h: from what an answer did to what is said about it. */
#ifndef CHECK_JUDGEMENT_H
#define CHECK_JUDGEMENT_H

#include "answer.h"
#include "explain.h"

typedef struct {
    Verdict verdict;
    char headline[1024]; /* "dC[1][0]: got 0.5, want 1.5 (n = 6, ...); ..." */
    Notes notes;
    int drawn, trial; /* an output worth drawing, in that trial; -1: none */
} Judgement;

/* Compares what the answer returned with what the reference says, and looks for the reason. */
void judge_answer(Judgement *judgement, Answer *answer, const Setting *setting);

/* "right", "to do", "wrong", "crashed", "too slow", "missing", "does not compile", "refused" */
const char *verdict_name(Verdict verdict);

#endif
