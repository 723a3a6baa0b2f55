#include "beside.h"

#include <string.h>

bool is_real_input(const Argument *argument)
{
    return is_input(argument) && argument->kind != IN_INDEX;
}

bool has_each_letter_once(const Argument *argument)
{
    for (const char *letter = argument->shape; *letter; letter++)
        if (strchr(letter + 1, *letter))
            return false;
    return true;
}

int element_beside(const Exercise *exercise, const Argument *argument, const Argument *output,
                   const int sizes[], int at)
{
    int beside = 0;
    if (strcmp(argument->shape, output->shape) == 0)
        return at;
    if (!has_each_letter_once(argument) || !has_each_letter_once(output))
        return -1;
    for (const char *letter = argument->shape; *letter; letter++) {
        const char *axis = strchr(output->shape, *letter);
        if (!axis)
            return -1;
        beside = beside * size_of(exercise, sizes, *letter) +
                 index_along(exercise, output, sizes, at, (int)(axis - output->shape));
    }
    return beside;
}
