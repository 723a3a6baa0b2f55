/* names.h: a list of names from a text file, and the examples a character model learns from. */
#ifndef DATA_NAMES_H
#define DATA_NAMES_H

#include <stdbool.h>

#include "data/utf8.h"
#include "data/vocab.h"
#include "kernel/random.h"

/* Letters of the longest name (no real first name comes near), and the bytes of a string for it. */
enum { NAME_MAX_LENGTH = 63, NAME_SIZE = UTF8_MOST * NAME_MAX_LENGTH + 1 };

typedef struct {
    int count;
    char **name; /* name[i] is a string of 1 to NAME_MAX_LENGTH letters, in UTF-8 */
    Vocab vocab; /* the mark, and all letters that there are in the names */
    char *text;  /* what the names point into */
} Names;

/* Reads one name a line, in any alphabet (utf8_is_letter()), upper and lower case being two
 * letters. Lines may end in CR LF, the last in nothing at all; a mark that says UTF-8 may stand
 * before the first. Returns false with error_text() set, naming the file, the line and what was
 * expected, if the file cannot be read, holds no name, or holds a line that is no name: blank, too
 * long, with another character in it, or not UTF-8. names is then empty. */
bool names_read(Names *names, const char *path);

void names_free(Names *names);

/* Puts the names in a random order. */
void names_shuffle(Names *names, Rng *rng);

/* Where a data set of `count` is cut for training, development and test: 80, 10 and 10 per cent.
 * train is 0 .. train_end-1, dev is train_end .. dev_end-1, test is the rest. */
typedef struct {
    int train_end, dev_end;
} Split;

Split split_80_10_10(int count);

/* names_read(), put in an order that is random and always the same, and where it is cut: so models
 * of different chapters, and runs with different seeds, are judged by the same names. Returns false
 * with error_text() set, and names empty, also if there are too few for three parts. */
bool names_read_split(Names *names, Split *split, const char *path);

/* (context, target) pairs: every letter of every name, and the mark after its last, is a target
 * once; its context is the `context` characters before it, padded with the mark on the left. */
typedef struct {
    int count;
    int context;
    int *x; /* (count, context) vocabulary numbers */
    int *y; /* (count) */
} Examples;

/* The examples of names first .. last-1, in their order. An empty range gives count 0.
 * Errors: no such range; context below 1; more examples than an int can count. */
Examples examples_make(const Names *names, int first, int last, int context);

void examples_free(Examples *examples);

#endif
