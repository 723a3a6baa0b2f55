#include "spelling.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

const char *word_at(const char *text, int at, char word[TAG_SIZE])
{
    for (; at > 0 && *text; at--) {
        text += strcspn(text, " ");
        text += strspn(text, " ");
    }
    snprintf(word, TAG_SIZE, "%.*s", (int)strcspn(text, " "), text);
    return word;
}

bool is_among(const char *word, const char *text)
{
    char other[TAG_SIZE];
    for (int i = 0; *word_at(text, i, other); i++)
        if (strcmp(word, other) == 0)
            return true;
    return false;
}

void list_words(const char *text, char *list, size_t size)
{
    char word[TAG_SIZE], next[TAG_SIZE];
    size_t used = 0;
    list[0] = '\0';
    for (int i = 0; *word_at(text, i, word) && used < size; i++) {
        const char *before = i == 0 ? "" : *word_at(text, i + 1, next) ? ", " : " and ";
        used += (size_t)snprintf(list + used, size - used, "%s%s", before, word);
    }
}

size_t word_length(const char *text)
{
    size_t length = 0;
    while (isalnum((unsigned char)text[length]) || text[length] == '_' || text[length] == '.')
        length++;
    return length;
}

/* From [ to behind the ] that belongs to it. */
static size_t subscript_length(const char *text)
{
    size_t length = 0;
    int depth = 0;
    do {
        depth += (text[length] == '[') - (text[length] == ']');
        length++;
    } while (text[length] && depth > 0);
    return length;
}

void spell(const char *text, char *words, size_t size)
{
    size_t used = 0;
    char before = '(';
    for (; *text && used + 4 < size; text++) {
        if (strncmp(text, "(real)", 6) == 0) {
            text += 5;
            continue;
        }
        if (*text == '[') {
            text += subscript_length(text) - 1;
            continue;
        }
        bool joins = strchr("+-*/", *text) && !strchr("(,+-*/[", before);
        used += (size_t)snprintf(words + used, size - used,
                                 joins          ? " %c "
                                 : *text == ',' ? ", "
                                                : "%c",
                                 *text);
        before = *text;
    }
    words[used] = '\0';
}

bool is_in_parentheses(const char *formula)
{
    int depth = 0;
    for (const char *at = formula; *at; at++) {
        depth += (*at == '(') - (*at == ')');
        if (depth == 0)
            return at > formula && at[1] == '\0';
    }
    return false;
}
