/* vocab.h: characters and their numbers. */
#ifndef DATA_VOCAB_H
#define DATA_VOCAB_H

#include <stdbool.h>

/* The 26 letters and the mark that begins and ends a name. The mark is number 0, 'a' is 1, ...,
 * 'z' is 26. */
enum { VOCAB_SIZE = 27, VOCAB_MARK = 0 };

/* The number of a character, '.' being the mark; -1 if it has none. */
int vocab_index(char c);

/* The character of a number in 0 .. VOCAB_SIZE-1. Error: any other. */
char vocab_char(int index);

#endif
