/* spelling.h: words with blanks between them, and formulas as they are written by hand. */
#ifndef CHECK_SPELLING_H
#define CHECK_SPELLING_H

#include <stdbool.h>
#include <stddef.h>

#include "diagnosis.h"

/* The number `at`, from 0, of the words in a text with blanks between them; "" if there is none. */
const char *word_at(const char *text, int at, char word[TAG_SIZE]);

/* Whether `word` is one of the words. */
bool is_among(const char *word, const char *text);

/* The words as "x, y and z". */
void list_words(const char *text, char *list, size_t size);

/* How far a name or a number reaches; 0 if none begins here. */
size_t word_length(const char *text);

/* "1-beta1" as it is written by hand: "1 - beta1". A cast and subscripts are left out. */
void spell(const char *text, char *words, size_t size);

/* One pair of parentheses around all of it. */
bool is_in_parentheses(const char *formula);

#endif
