/* book.h: the exercises in one folder, where the learner stands in them, and the one check that may
 * be running. What is right is found out by the scripts in tests/check; this module asks them. */
#ifndef LEARN_BOOK_H
#define LEARN_BOOK_H

#include <stdbool.h>

typedef struct {
    const char *name; /* 09_embedding */
    char file[512];   /* exercises/09_embedding.c */
    char *report;     /* what the check said last, NULL if it has not been asked */
    int right, count;
    bool compiles; /* all of it */
} Chapter;

typedef struct {
    int chapter;
    const char *function, *verdict, *headline;
} Exercise;

typedef struct {
    const char *folder;
    char *trouble; /* why the last check could not be made, NULL if it could */
    Chapter *chapters;
    Exercise *exercises;
    int chapter_count, count, right;
} Book;

extern Book book;

typedef enum { NOTHING_NEW, CHECK_STARTED, ALL_CHECKED } News;

/* Brings all verdicts up to date and reads them, or error_stop()s. `wait` is called again and again
 * in between, with what TELL=1 lets tests/check/common say. */
void book_open(const char *folder, void (*wait)(const char *begun));

/* Looks for saved files and sees to the check; to be called some twenty times a second. */
News book_watch(void);

/* The chapter that is being checked, -1 if there is none. */
int book_checking(void);

/* Has a chapter checked even if its file has not changed. */
void book_check(int chapter);

/* The first exercise from here on, round the end, that is not right; -1 if there is none. */
int book_next(int from);

/* The exercise that has become another than it was before the files were saved last, or cannot be
 * compiled: the one shown, or the first; -1 if there is none. */
int book_changed(int shown);

/* Whether there is such an exercise in this chapter. */
bool book_has_news(int chapter);

/* The exercise of this name, -1 if there is none. */
int book_find(const char *chapter, const char *function);

bool verdict_is(int exercise, const char *verdict);

#endif
