#include "data/vocab.h"

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
    return characters[index];
}
