/* 23_device_names.h: the names that the model learns from, and how well it knows them. */
#ifndef CHAPTER_23_DEVICE_NAMES_H
#define CHAPTER_23_DEVICE_NAMES_H

#include <stdio.h>
#include <string.h>

#include "23_device_library.h"
#include "data/names.h"
#include "error.h"
#include "workbook/options.h"

enum { PIECE = 4096, QUICK_EXAMPLES = 1000 };

typedef struct {
    Names names;
    Examples train, dev, test;
} Data;

static inline void shorten(Examples *examples, int most)
{
    examples->count = examples->count < most ? examples->count : most;
}

/* Reads the names and cuts them in three, as chapter 10 does. Under --quick a few are enough. */
static inline bool data_read(Data *data, const Options *options)
{
    const char *path = options->data;
    Split split;
    if (!names_read_split(&data->names, &split, path))
        return false;
    const int count = data->names.count;
    data->train = examples_make(&data->names, 0, split.train_end, CONTEXT);
    data->dev = examples_make(&data->names, split.train_end, split.dev_end, CONTEXT);
    data->test = examples_make(&data->names, split.dev_end, count, CONTEXT);
    if (options->quick) {
        shorten(&data->train, QUICK_EXAMPLES);
        shorten(&data->dev, QUICK_EXAMPLES);
        shorten(&data->test, QUICK_EXAMPLES);
    }
    printf("\n%s: %d names; examples: %d to train on, %d dev, %d test\n", path, count,
           data->train.count, data->dev.count, data->test.count);
    return true;
}

static inline void data_free(Data *data)
{
    examples_free(&data->train);
    examples_free(&data->dev);
    examples_free(&data->test);
    names_free(&data->names);
}

/* A batch of n examples drawn at random, with repetition. */
static inline void batch_draw(Rng *rng, const Examples *examples, int n, int x[n][CONTEXT],
                              int y[n])
{
    const int(*all)[CONTEXT] = (void *)examples->x;
    for (int i = 0; i < n; i++) {
        const int pick = rng_below(rng, examples->count);
        memcpy(x[i], all[pick], sizeof x[i]);
        y[i] = examples->y[pick];
    }
}

/* The mean loss over the examples, in nats, by the library, in pieces of a few thousand that are
 * each normalised by their own statistics. */
static inline double loss_over(const Parameters *p, const Examples *examples)
{
    const int pieces = (examples->count + PIECE - 1) / PIECE;
    const int(*x)[CONTEXT] = (void *)examples->x;
    double sum = 0;
    ag_no_grad_begin();
    for (int i = 0; i < pieces; i++) {
        const int first = (int)((long)examples->count * i / pieces);
        const int n = (int)((long)examples->count * (i + 1) / pieces) - first;
        Tensor *t[TENSORS];
        sum += n * (double)ag_item(library_loss(n, p, x + first, examples->y + first, t));
        ag_reset();
    }
    ag_no_grad_end();
    return sum / examples->count;
}

#endif
