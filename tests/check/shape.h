/* shape.h: how large an exercise's arrays are, in bytes and in words. */
#ifndef CHECK_SHAPE_H
#define CHECK_SHAPE_H

#include <stdbool.h>

#include "check.h"

enum { LABEL_SIZE = 128 };

/* How many there are before the end that check.h sets. */
int count_arguments(const Exercise *exercise);
int count_cases(const Exercise *exercise);
int count_mistakes(const Exercise *exercise);

/* The exercise of this name, or NULL. */
const Exercise *find_exercise(const char *name);

bool is_output(const Argument *argument);
bool is_input(const Argument *argument);

/* The size that this letter stands for. */
int size_of(const Exercise *exercise, const int sizes[], char letter);

int element_count(const Exercise *exercise, const Argument *argument, const int sizes[]);
size_t element_bytes(const Argument *argument);
size_t array_bytes(const Exercise *exercise, const Argument *argument, const int sizes[]);

/* An array as a matrix: all axes but the last are rows, the last one columns. A vector is a column,
 * so that "row 2" is its third element. */
typedef struct {
    int rows, columns;
} Matrix;

Matrix as_matrix(const Exercise *exercise, const Argument *argument, const int sizes[]);

/* The index of element number `at` along this axis. */
int index_along(const Exercise *exercise, const Argument *argument, const int sizes[], int at,
                int axis);

/* "dW[0][2]", the element number `at`; "db" if there is but one. */
const char *element_name(char label[LABEL_SIZE], const Exercise *exercise, const Argument *argument,
                         const int sizes[], int at);

/* "n = 5, k = 3" */
const char *sizes_in_words(char label[LABEL_SIZE], const Exercise *exercise, const int sizes[]);

#endif
