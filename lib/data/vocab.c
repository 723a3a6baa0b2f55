#include "data/vocab.h"

#include "error.h"

static const char characters[VOCAB_SIZE + 1] = ".abcdefghijklmnopqrstuvwxyz";

int vocab_index(char c)
{
    for (int i = 0; i < VOCAB_SIZE; i++)
        if (characters[i] == c)
            return i;
    return -1;
}

char vocab_char(int index)
{
    if (index < 0 || index >= VOCAB_SIZE)
        error_stop("vocab_char: index %d: expected 0 to %d", index, VOCAB_SIZE - 1);
    return characters[index];
}
