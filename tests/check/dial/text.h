/* text.h: pieces of text that are put together from others. They stay until the program ends. */
#ifndef CHECK_DIAL_TEXT_H
#define CHECK_DIAL_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Memory, all 0. */
void *keep(size_t size);

/* As printf() would write it. */
char *format(const char *how, ...) __attribute__((format(printf, 1, 2)));

bool same(const char *a, const char *b);

/* Whether `word` is one of the words, which have one blank between them. */
bool has_word(const char *words, const char *word);

/* The words, and those of `more` that are not among them yet. */
const char *add_words(const char *words, const char *more);

#endif
