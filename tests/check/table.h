/* table.h: the check checked: are the listed mistakes refused, and known again? */
#ifndef CHECK_TABLE_H
#define CHECK_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Runs every listed mistake of the chapter as if it were an answer, and prints for each exercise
 * how many were tried, refused, and named as themselves; then what is amiss, if anything is. False
 * then. References must write every output with finite numbers, and leave their inputs alone. */
bool table_print(uint64_t seed, int rounds);

#endif
