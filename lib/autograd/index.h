/* index.h: what every op that takes indices does with them first. */
#ifndef AUTOGRAD_INDEX_H
#define AUTOGRAD_INDEX_H

/* A copy of n indices on the strip. Error, in the name of `op`: one outside 0 .. limit-1. */
int *index_copy(const char *op, int n, const int *index, int limit);

#endif
