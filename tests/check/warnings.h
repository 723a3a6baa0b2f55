/* warnings.h: what the compiler had to say about a student's function. */
#ifndef CHECK_WARNINGS_H
#define CHECK_WARNINGS_H

#include "answer.h"

enum { MOST_WARNINGS = 4, WARNING_SIZE = 512 };

typedef struct {
    char text[MOST_WARNINGS][WARNING_SIZE]; /* "exercises/06_matmul.c:43: ...", by line */
    int count;                              /* of all; the first MOST_WARNINGS have a text */
} Warnings;

/* Those of one function: they stand beside the answers, in FROM.warnings, where
 * tests/check/warnings has put them. Without that file there are none. */
Warnings warnings_of(const char *function, const Setting *setting);

#endif
