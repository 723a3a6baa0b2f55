#include "data/vocab.h"

#include <stdlib.h>
#include <string.h>

#include "data/utf8.h"
#include "error.h"

static void *allocated(size_t size)
{
    void *block = calloc(1, size);
    if (!block)
        error_stop("vocab: out of memory for %zu bytes", size);
    return block;
}

Vocab vocab_of(size_t n, const int *codes)
{
    NOT_NULL(codes);
    for (size_t i = 0; i < n; i++)
        if (codes[i] < 0 || codes[i] >= UTF8_CODES)
            error_stop("vocab_of: %d: expected code points", codes[i]);
    bool *seen = allocated(UTF8_CODES * sizeof *seen);
    Vocab vocab = {.size = 1};
    for (size_t i = 0; i < n; i++) {
        vocab.size += !seen[codes[i]];
        seen[codes[i]] = true;
    }
    vocab.code = allocated((size_t)vocab.size * sizeof *vocab.code);
    vocab.code[VOCAB_MARK] = '.';
    for (int code = 0, next = 1; next < vocab.size; code++)
        if (seen[code])
            vocab.code[next++] = code;
    free(seen);
    return vocab;
}

void vocab_free(Vocab *vocab)
{
    NOT_NULL(vocab);
    free(vocab->code);
    *vocab = (Vocab){0};
}

int vocab_index(const Vocab *vocab, int code)
{
    NOT_NULL(vocab);
    int low = 1, high = vocab->size; /* it is in low .. high-1, or nowhere */
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (vocab->code[middle] == code)
            return middle;
        if (vocab->code[middle] < code)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

int vocab_numbers(const Vocab *vocab, const char *text, int most, int *numbers)
{
    NOT_NULL(vocab, text, numbers);
    const char *end = text + strlen(text);
    int n = 0;
    while (text < end && n < most) {
        int code, length = utf8_decode(text, (size_t)(end - text), &code);
        numbers[n++] = length ? vocab_index(vocab, code) : -1;
        text += length ? length : 1;
    }
    return n;
}

const char *vocab_text(const Vocab *vocab, int n, const int *numbers, char *text)
{
    NOT_NULL(vocab, numbers, text);
    char *to = text;
    for (int i = 0; i < n; i++) {
        if (numbers[i] < 0 || numbers[i] >= vocab->size)
            error_stop("vocab_text: number %d: expected 0 to %d", numbers[i], vocab->size - 1);
        to += utf8_encode(vocab->code[numbers[i]], to);
    }
    *to = '\0';
    return text;
}

char *vocab_all(const Vocab *vocab)
{
    NOT_NULL(vocab);
    char *text = allocated(UTF8_MOST * (size_t)vocab->size + 1), *to = text;
    for (int i = 1; i < vocab->size; i++)
        to += utf8_encode(vocab->code[i], to);
    return text;
}
