/* sequence.h: batches of sequences of different lengths, as long as the longest in them.
 *
 *     Dataset train = sequences_of_names(&names, 0, split.train_end);
 *     Loader loader = loader_new(&train, (LoaderOptions){.batch = 32, .shuffle = true});
 *     Sequences x = sequences_new(32, train.x_size), y = sequences_new(32, train.y_size);
 *     while (loader_next(&loader)) {
 *         sequences_take(&x, loader.n, loader.x_size, loader.x, VOCAB_MARK);
 *         sequences_take(&y, loader.n, train.y_size, loader.y, SEQUENCE_PADDING);
 *         ... x.number (x.n, x.t), x.length (x.n) ... y.number (y.n, y.t) ...
 *     }
 *
 * The order of the loader's is part of a checkpoint (state_loader()). A loss that counts real
 * letters alone, and is their mean, is
 *
 *     CrossEntropyOptions real_ones = {.ignore = true, .ignore_index = SEQUENCE_PADDING};
 *     ag_cross_entropy_with(logits, y.number, real_ones, AG_MEAN);    logits (n t, v) */
#ifndef DATA_SEQUENCE_H
#define DATA_SEQUENCE_H

#include "data/dataset.h"
#include "data/names.h"

/* What stands in the row of a data set behind the end of its sequence. It is no character's number,
 * so that a look-up or a loss that was not told of it finds an index out of range. */
enum { SEQUENCE_PADDING = -1 };

/* Names first .. last-1 as a data set, each a row as long as the longest of them and the mark:
 * inputs are the mark and the letters, targets the letters and the mark; then padding.
 *     emma    x  . e m m a    y  e m m a .
 * Errors: no such range. */
Dataset sequences_of_names(const Names *names, int first, int last);

/* n sequences, t the length of the longest. */
typedef struct {
    int n, t;
    int *number; /* (n, t); behind the end of a sequence, padding */
    int *length; /* (n) of each */
    int total;   /* the sum of the lengths */
    int most_n, most_t;
} Sequences;

/* Room for batches of n sequences of t numbers at most. Error: n or t below 1. */
Sequences sequences_new(int n, int t);

void sequences_free(Sequences *sequences);

/* Takes n rows of `size` numbers, as a loader has them, up to the first SEQUENCE_PADDING of each;
 * behind that it puts `padding`. Allocates nothing. Error: more than there is room for; an empty
 * sequence. */
void sequences_take(Sequences *sequences, int n, int size, const real *rows, int padding);

/* What a decoder is given where `target` is to come out: each sequence behind `begin`, without its
 * last number. Behind its end it puts `padding`. Error: more than there is room for. */
void sequences_shift(Sequences *input, const Sequences *target, int begin, int padding);

/* mask (n, t): 1 in a sequence, 0 behind it. */
void sequences_mask(const Sequences *sequences, real *mask);

#endif
