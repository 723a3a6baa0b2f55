#include "grown.h"

#include <stdlib.h>

#include "error.h"

void *grown(const char *who, void *array, int n, size_t size)
{
    array = realloc(array, ((size_t)n + 1) * size);
    if (!array)
        error_stop("%s: out of memory", who);
    return array;
}
