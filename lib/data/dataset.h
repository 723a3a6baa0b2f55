/* dataset.h: examples to learn from, each an input and a target. */
#ifndef DATA_DATASET_H
#define DATA_DATASET_H

#include <stdint.h>

#include "real.h"

/* A data set in memory, or a part of one: the same numbers, not a copy, and a list of which
 * examples are in it. A class is a target of one whole number. */
typedef struct {
    int length;         /* examples */
    int x_size, y_size; /* numbers in an input, and in its target */
    real *x, *y;        /* (length, x_size) and (length, y_size); a part's are those of the whole */
    int *index;         /* a part's example i is example index[i] of the whole; NULL: i is i */
} Dataset;

/* Zeros, to be filled in through x and y. Error: length below 0, or a size below 1. */
Dataset dataset_new(int length, int x_size, int y_size);

/* Frees the numbers, or a part's list of examples. A whole outlives its parts. */
void dataset_free(Dataset *data);

/* Copies example i to x (x_size) and y (y_size). Error: i is not in 0 .. length-1. */
void dataset_item(const Dataset *data, int i, real *x, real *y);

/* Puts (x - mean) / deviation in the place of every number x of the inputs. Errors: a part; a
 * deviation that is not above 0. */
void dataset_standardize(Dataset *data, double mean, double deviation);

/* Deals the examples out at random to n parts of the given lengths: each example goes to exactly
 * one. The same seed gives the same parts. Error: the lengths do not add up to data->length, or one
 * is below 0. Named after torch.utils.data.random_split. */
void random_split(const Dataset *data, uint64_t seed, int n, const int length[], Dataset part[]);

#endif
