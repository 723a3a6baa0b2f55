/* page.h: what the parts of the page share. */
#ifndef GRADE_PAGE_H
#define GRADE_PAGE_H

#include "class.h"

/* Where the page tells about an exercise: "09_embedding-bag_backward". */
char *anchor_of(const Exercise *exercise);

/* A bar and "7 of 12". */
void put_share(FILE *file, const Exercise *exercise);

#endif
