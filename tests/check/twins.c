/* twins.c: one idea in several places: log2 for both logarithms, = for += in dW and in db, the same
 * factor left out twice. */
#include "twins.h"

#include <string.h>

/* What twins have in common of the text that they are on: all of it, but of a sum's variable
 * nothing, of a call the function, and of a product the first factor. */
static const char *common_text(const Dial *dial, size_t *length)
{
    const char *text = dial->text;
    if (dial->kind == DIAL_ADDS)
        text += strlen(text) - 2;
    if (dial->kind == DIAL_RESET && strchr(text, '='))
        text = strchr(text, '=');
    *length = dial->kind == DIAL_CALL      ? strcspn(text, "(")
              : dial->kind == DIAL_PRODUCT ? strcspn(text, "*")
                                           : strlen(text);
    return text;
}

static bool are_twins(const Dial *a, const Dial *b)
{
    size_t length, other;
    const char *text = common_text(a, &length), *its = common_text(b, &other);
    return a->kind == b->kind && length == other && strncmp(text, its, length) == 0;
}

/* The nth of some words, from 1, with blanks between. */
static const char *nth_word(const char *words, int n, size_t *length)
{
    for (; n > 1 && *words; n--) {
        words += strcspn(words, " ");
        words += *words == ' ';
    }
    *length = strcspn(words, " ");
    return words;
}

/* At which position `twin` does what `dial` does at this one; 0 if at none. */
static int same_position(const Dial *dial, int position, const Dial *twin)
{
    if (!dial->instead[0] || dial->kind == DIAL_COMPARE)
        return position < twin->positions ? position : 0;
    size_t length, other;
    const char *word = nth_word(dial->instead, position, &length);
    for (int at = 1; at < twin->positions; at++) {
        const char *its = nth_word(twin->instead, at, &other);
        if (length == other && strncmp(word, its, length) == 0)
            return at;
    }
    return 0;
}

bool turn_twins(const Dialed *copy, int dial, int position, Turn *turn)
{
    *turn = (Turn){.count = 1, .dial = {dial}, .position = {position}, .are_twins = true};
    for (int d = copy->first; d < copy->first + copy->count; d++) {
        if (d == dial || !are_twins(&dials[d], &dials[dial]))
            continue;
        int at = same_position(&dials[dial], position, &dials[d]);
        if (d < dial || at == 0 || turn->count == MOST_TURNED)
            return false;
        turn->dial[turn->count] = d;
        turn->position[turn->count++] = at;
    }
    return turn->count > 1;
}

bool turn_square(const Dialed *copy, int dial, int position, Turn *turn)
{
    int next = dial + 1;
    while (next < copy->first + copy->count && dials[next].kind != dials[dial].kind)
        next++;
    if (next == copy->first + copy->count || dials[next].line != dials[dial].line ||
        strcmp(dials[next].text, dials[dial].text) != 0)
        return false;
    int at = same_position(&dials[dial], position, &dials[next]);
    *turn = (Turn){2, {dial, next}, {position, at}, true};
    return at != 0;
}
