#include "data/sequence.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

Dataset sequences_of_names(const Names *names, int first, int last)
{
    NOT_NULL(names);
    if (first < 0 || first > last || last > names->count)
        error_stop("sequences_of_names: names %d .. %d of %d", first, last, names->count);
    int longest = 0, letters[NAME_MAX_LENGTH];
    for (int i = first; i < last; i++) {
        const int length = (int)utf8_length(names->name[i]);
        longest = length > longest ? length : longest;
    }
    Dataset data = dataset_new(last - first, longest + 1, longest + 1);
    real *x = data.x, *y = data.y;
    for (int i = first; i < last; i++, x += data.x_size, y += data.y_size) {
        const int n = vocab_numbers(&names->vocab, names->name[i], NAME_MAX_LENGTH, letters);
        for (int t = 0; t <= longest; t++) {
            x[t] = t > n ? SEQUENCE_PADDING : t > 0 ? (real)letters[t - 1] : VOCAB_MARK;
            y[t] = t > n ? SEQUENCE_PADDING : t < n ? (real)letters[t] : VOCAB_MARK;
        }
    }
    return data;
}

Sequences sequences_new(int n, int t)
{
    if (n < 1 || t < 1)
        error_stop("sequences_new: %d sequences of %d numbers: expected 1 or more", n, t);
    Sequences s = {.most_n = n, .most_t = t};
    s.number = calloc((size_t)n * (size_t)t, sizeof *s.number);
    s.length = calloc((size_t)n, sizeof *s.length);
    if (!s.number || !s.length)
        error_stop("sequences_new: out of memory for %d sequences of %d numbers", n, t);
    return s;
}

void sequences_free(Sequences *sequences)
{
    NOT_NULL(sequences);
    free(sequences->number);
    free(sequences->length);
    *sequences = (Sequences){0};
}

/* Makes room in s for n sequences of at most t numbers. */
static void set_size(const char *who, Sequences *s, int n, int t)
{
    if (n < 0 || n > s->most_n || t > s->most_t)
        error_stop("%s: %d sequences of %d numbers where there is room for %d of %d", who, n, t,
                   s->most_n, s->most_t);
    s->n = n;
    s->t = t;
    s->total = 0;
}

/* Numbers before the first padding. */
static int length_of(const real *row, int size)
{
    int length = 0;
    while (length < size && row[length] != SEQUENCE_PADDING)
        length++;
    return length;
}

void sequences_take(Sequences *sequences, int n, int size, const real *rows, int padding)
{
    NOT_NULL(sequences, rows);
    Sequences *s = sequences;
    int longest = 0;
    for (int i = 0; i < n; i++) {
        const int length = length_of(rows + (size_t)i * (size_t)size, size);
        if (length == 0)
            error_stop("sequences_take: sequence %d is empty", i);
        longest = length > longest ? length : longest;
    }
    set_size(__func__, s, n, longest);
    for (int i = 0; i < n; i++) {
        const real *row = rows + (size_t)i * (size_t)size;
        int *number = s->number + (size_t)i * (size_t)longest;
        s->length[i] = length_of(row, size);
        s->total += s->length[i];
        for (int t = 0; t < longest; t++)
            number[t] = t < s->length[i] ? (int)row[t] : padding;
    }
}

void sequences_shift(Sequences *input, const Sequences *target, int begin, int padding)
{
    NOT_NULL(input, target);
    set_size(__func__, input, target->n, target->t);
    input->total = target->total;
    for (int i = 0; i < target->n; i++) {
        const int *from = target->number + (size_t)i * (size_t)target->t;
        int *to = input->number + (size_t)i * (size_t)target->t;
        input->length[i] = target->length[i];
        for (int t = target->t - 1; t > 0; t--) /* backwards: input may be target */
            to[t] = t < target->length[i] ? from[t - 1] : padding;
        to[0] = begin;
    }
}

void sequences_mask(const Sequences *sequences, real *mask)
{
    NOT_NULL(sequences, mask);
    for (int i = 0; i < sequences->n; i++)
        for (int t = 0; t < sequences->t; t++)
            *mask++ = t < sequences->length[i];
}
