/* table.h: the check checked: are the listed mistakes refused, and known again? */
#ifndef CHECK_TABLE_H
#define CHECK_TABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Turns every dial and makes every listed mistake of the chapter as if it were an answer, and
 * prints for each exercise how many dials and positions there are and how many of these change
 * nothing; how many mistakes are listed, refused, and named as themselves; then what is amiss, if
 * anything is, and which listed functions a dial could take the place of. False if anything is
 * amiss. References must write every output with finite numbers, and leave their inputs alone;
 * copies with dials must be right at rest. */
bool table_print(uint64_t seed, int rounds);

#endif
