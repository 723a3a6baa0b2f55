/* text.h: running text as numbers, and the pieces of it that truncated backpropagation takes. */
#ifndef DATA_TEXT_H
#define DATA_TEXT_H

#include <stdbool.h>

#include "data/vocab.h"

typedef struct {
    int count;
    int *number; /* (count) of each character in vocab, 1 or more */
    Vocab vocab;
} Text;

/* Reads a file of UTF-8, compressed by gzip or not (bytes.h). A mark at its beginning that says so
 * is skipped, CR LF is read as LF. False with error_text() set, naming the file, the line and the
 * place in it in bytes, if the file cannot be read, is empty, is not UTF-8, or holds a control
 * character other than a line's end and a tab. text is then empty. */
bool text_read(Text *text, const char *path);

void text_free(Text *text);

/* A text cut into n streams of the same length, which are read side by side, t characters at a
 * time: row i of a piece goes on where row i of the piece before ended, so that a state can be
 * carried over. What is left at the end of the text is left out. */
typedef struct {
    int n, t;   /* of this piece; the last is shorter if t does not divide the streams' length */
    int *x, *y; /* (n, t): characters, and those after them; until the next call */

    /* The streams' own. */
    const int *number;
    int length; /* inputs in a stream, which has one more as its last target */
    int most;   /* in a piece */
    int next;   /* where the next piece begins: all that a checkpoint needs (state_streams()) */
} Streams;

/* The streams of numbers (count), which must outlive them. Errors: n or t below 1; fewer than n + 1
 * numbers. */
Streams streams_new(int count, const int *numbers, int n, int t);

void streams_free(Streams *streams);

/* Brings the next piece, or returns false at the end of the streams; the call after that begins
 * them anew, and a state that was carried over ends there. Allocates nothing. */
bool streams_next(Streams *streams);

#endif
