/* report.h: what the student reads. */
#ifndef CHECK_REPORT_H
#define CHECK_REPORT_H

#include "judgement.h"
#include "warnings.h"

/* "09_embedding  (exercises/09_embedding.c)" */
void report_begin(const char *source);

/* What is said of one function; of warnings one line at most where the answer is right. If it is
 * wrong, also where its lesson (a path, or NULL) derives it. */
void report_exercise(const Answer *answer, const Judgement *judgement, const Warnings *warnings,
                     const char *lesson);

/* "1 right, 1 wrong, 3 to do" */
void report_end(const Judgement *judgements, int n);

#endif
