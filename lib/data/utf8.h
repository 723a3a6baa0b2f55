/* utf8.h: characters as numbers, and as the one to four bytes by which UTF-8 writes them.
 *
 * A character here is a code point of Unicode. An accent that is written as a mark of its own
 * behind its letter is a character of its own, too: e with an acute accent is one character or two,
 * as whoever wrote the text has it. */
#ifndef DATA_UTF8_H
#define DATA_UTF8_H

#include <stdbool.h>
#include <stddef.h>

enum {
    UTF8_MOST = 4,
    UTF8_CODES = 0x110000
}; /* bytes of a character; code points that there are */

/* Reads the character with which these bytes begin and returns how many of them it takes: 1 to 4;
 * 0, and *code is -1, if they are not UTF-8: a byte that begins nothing, bytes that are missing, a
 * longer form than need be, half of a surrogate pair, a number above 10FFFF. n is 1 or more. */
int utf8_decode(const char *bytes, size_t n, int *code);

/* Writes a character, without a NUL behind it, and returns how many bytes it took. Error: no code
 * point, or half of a surrogate pair. */
int utf8_encode(int code, char bytes[UTF8_MOST]);

/* Characters in a string that is UTF-8. */
size_t utf8_length(const char *text);

/* Bytes of the mark that some programs put before a text in UTF-8: 3, or 0 if there is none. */
int utf8_mark(const char *bytes, size_t n);

/* Whether a letter may be this character: of ASCII the letters, ' and -; of all others whatever is
 * neither a blank nor a control character, of which the directions of writing are some. */
bool utf8_is_letter(int code);

#endif
