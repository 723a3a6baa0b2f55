#include "shape.h"

#include <stdio.h>
#include <string.h>

#include "error.h"

int count_arguments(const Exercise *exercise)
{
    int n = 0;
    while (n < MAX_ARGUMENTS && exercise->arguments[n].name)
        n++;
    return n;
}

int count_cases(const Exercise *exercise)
{
    int n = 0;
    while (n < MAX_CASES && exercise->cases[n][0])
        n++;
    return n;
}

int count_mistakes(const Exercise *exercise)
{
    int n = 0;
    while (exercise->mistakes && exercise->mistakes[n].sentence)
        n++;
    return n;
}

const Exercise *find_exercise(const char *name)
{
    for (int i = 0; check.exercises[i]; i++)
        if (strcmp(check.exercises[i]->name, name) == 0)
            return check.exercises[i];
    return NULL;
}

bool is_output(const Argument *argument)
{
    return argument->kind == OUT || argument->kind == OUT_COUNT || argument->kind == IN_OUT;
}

bool is_input(const Argument *argument)
{
    return argument->kind != OUT && argument->kind != OUT_COUNT;
}

int size_of(const Exercise *exercise, const int sizes[], char letter)
{
    const char *found = strchr(exercise->sizes, letter);
    if (!found || !letter)
        error_stop("tests/exercises/%s.c: %s has no size '%c'", check.name, exercise->name, letter);
    return sizes[found - exercise->sizes];
}

int element_count(const Exercise *exercise, const Argument *argument, const int sizes[])
{
    int count = 1;
    for (const char *letter = argument->shape; *letter; letter++)
        count *= size_of(exercise, sizes, *letter);
    return count;
}

size_t element_bytes(const Argument *argument)
{
    return argument->kind == IN_INDEX ? sizeof(int) : sizeof(real);
}

size_t array_bytes(const Exercise *exercise, const Argument *argument, const int sizes[])
{
    return (size_t)element_count(exercise, argument, sizes) * element_bytes(argument);
}

Matrix as_matrix(const Exercise *exercise, const Argument *argument, const int sizes[])
{
    int count = element_count(exercise, argument, sizes);
    size_t rank = strlen(argument->shape);
    int columns = rank < 2 ? 1 : size_of(exercise, sizes, argument->shape[rank - 1]);
    return (Matrix){count / columns, columns};
}

int index_along(const Exercise *exercise, const Argument *argument, const int sizes[], int at,
                int axis)
{
    for (const char *letter = argument->shape + axis + 1; *letter; letter++)
        at /= size_of(exercise, sizes, *letter);
    return at % size_of(exercise, sizes, argument->shape[axis]);
}

const char *element_name(char label[LABEL_SIZE], const Exercise *exercise, const Argument *argument,
                         const int sizes[], int at)
{
    int below = element_count(exercise, argument, sizes);
    int used = snprintf(label, LABEL_SIZE, "%s", argument->name);
    for (const char *letter = argument->shape; *letter && used < LABEL_SIZE; letter++) {
        below /= size_of(exercise, sizes, *letter);
        used += snprintf(label + used, LABEL_SIZE - (size_t)used, "[%d]", at / below);
        at %= below;
    }
    return label;
}

const char *sizes_in_words(char label[LABEL_SIZE], const Exercise *exercise, const int sizes[])
{
    int used = 0;
    label[0] = '\0';
    for (int i = 0; exercise->sizes[i] && used < LABEL_SIZE; i++)
        used += snprintf(label + used, LABEL_SIZE - (size_t)used, "%s%c = %d", i ? ", " : "",
                         exercise->sizes[i], sizes[i]);
    return label;
}
