#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

enum { CHUNK = 1 << 20, ALIGNED = 16 };

/* Each chunk of memory knows the one before it. */
typedef struct Chunk Chunk;
struct Chunk {
    Chunk *before;
    size_t used, size;
};

static Chunk *new_chunk(Chunk *before, size_t size)
{
    size = (size > CHUNK ? size : CHUNK) + 2 * sizeof(Chunk);
    Chunk *chunk = calloc(1, size);
    if (!chunk)
        error_stop("out of memory");
    *chunk = (Chunk){before, 2 * sizeof(Chunk) / ALIGNED * ALIGNED, size};
    return chunk;
}

void *keep(size_t size)
{
    static Chunk *chunk;
    size = (size + ALIGNED - 1) / ALIGNED * ALIGNED;
    if (!chunk || chunk->used + size > chunk->size)
        chunk = new_chunk(chunk, size);
    void *piece = (char *)chunk + chunk->used;
    chunk->used += size;
    return piece;
}

char *format(const char *how, ...)
{
    va_list arguments;
    va_start(arguments, how);
    int size = vsnprintf(NULL, 0, how, arguments) + 1;
    va_end(arguments);
    char *text = keep((size_t)size);
    va_start(arguments, how);
    vsnprintf(text, (size_t)size, how, arguments);
    va_end(arguments);
    return text;
}

bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; (at = strstr(at, word)); at++)
        if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

const char *add_words(const char *words, const char *more)
{
    while (*more) {
        size_t length = strcspn(more, " ");
        const char *word = format("%.*s", (int)length, more);
        if (*word && !has_word(words, word))
            words = *words ? format("%s %s", words, word) : word;
        more += length + (more[length] == ' ');
    }
    return words;
}
