/* vocab.h: characters and their numbers. */
#ifndef DATA_VOCAB_H
#define DATA_VOCAB_H

#include <stddef.h>

/* Number 0 is the mark that begins and ends a name: no character of the text. The characters have
 * the numbers from 1 on, in the order of their code points. Names of the letters a to z thus have a
 * vocabulary of 27, 'a' being 1 and 'z' 26. */
enum { VOCAB_MARK = 0 };

typedef struct {
    int size;  /* the mark and the characters */
    int *code; /* (size) the code point of each; that of the mark is that of '.', which shows it */
} Vocab;

/* The vocabulary of n characters, given by their code points, each as often as it comes. */
Vocab vocab_of(size_t n, const int *codes);

void vocab_free(Vocab *vocab);

/* The number of a character; -1 if it has none. '.' is not the mark, but a character like others.
 */
int vocab_index(const Vocab *vocab, int code);

/* The numbers of the characters of a string in UTF-8, up to `most` of them, -1 for what has none.
 * Returns how many. */
int vocab_numbers(const Vocab *vocab, const char *text, int most, int *numbers);

/* Writes n numbers as a string in UTF-8, the mark as '.'. text has room for 4 n + 1 bytes, and is
 * what is returned. Error: no such number. */
const char *vocab_text(const Vocab *vocab, int n, const int *numbers, char *text);

/* All characters in the order of their numbers, without the mark, as a string for free(): what says
 * of a model in a file which vocabulary is its (state_vocab()). */
char *vocab_all(const Vocab *vocab);

#endif
