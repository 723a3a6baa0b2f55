/* grown.h: lists that get one longer. */
#ifndef GROWN_H
#define GROWN_H

#include <stddef.h>

/* An array of n elements of this size, from malloc() or NULL, with room for one more. Error, in the
 * name of `who`: there is no memory. */
void *grown(const char *who, void *array, int n, size_t size);

#endif
