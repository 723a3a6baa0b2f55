/* pages.h: what the learner sees: an exercise, the list of all, or the end. */
#ifndef LEARN_PAGES_H
#define LEARN_PAGES_H

#include <stdbool.h>

typedef enum { EXERCISE, LIST, END } View;
typedef enum { NO_QUESTION, SHOW_SOLUTION, RESET } Question;

typedef struct {
    View view;
    Question question;
    int current, cursor; /* the exercise shown, the one marked in the list */
    int hints;           /* how many of them are shown */
    bool greets, solution;
    char *message; /* what a script has said, until the next key */
    char checked[32];
} Place;

void draw(const Place *place);

/* While there are no exercises yet: how many steps there may be, and a line for each of them that
 * has been begun. */
void draw_beginning(const char *begun);

/* How many hints there are for an exercise. */
int count_hints(int exercise);

#endif
