#include "workbook/choice.h"

#include <stdio.h>
#include <string.h>

#include "error.h"

int choice_count(const Choice *choices)
{
    int n = 0;
    while (choices && choices[n].name)
        n++;
    if (n > MOST_CHOICES)
        error_stop("choice_count: %d choices: expected %d at most", n, MOST_CHOICES);
    return n;
}

static int word_count(const Choice *choice)
{
    int n = 0;
    while (n < CHOICE_WORDS && choice->words[n])
        n++;
    return n;
}

bool choice_take(Choice *choice, const char *word)
{
    NOT_NULL(choice, word);
    for (int i = 0; i < word_count(choice); i++)
        if (strcmp(choice->words[i], word) == 0) {
            choice->word = choice->words[i];
            return true;
        }
    return false;
}

void choice_list(const Choice *choice, const char *before_last, char *text, size_t size)
{
    NOT_NULL(choice, before_last, text);
    size_t used = 0;
    const int n = word_count(choice);
    text[0] = '\0';
    for (int i = 0; i < n && used < size; i++) {
        const char *before = i == 0 ? "" : i == n - 1 ? before_last : ", ";
        used += (size_t)snprintf(text + used, size - used, "%s%s", before, choice->words[i]);
    }
}

void choice_print(const Choice *choices)
{
    for (int i = 0; i < choice_count(choices); i++) {
        char left[64], words[256];
        snprintf(left, sizeof left, "--%s WORD", choices[i].name);
        choice_list(&choices[i], ", ", words, sizeof words);
        printf("  %-15s %s: %s (default %s)\n", left, choices[i].meaning, words,
               choices[i].words[0]);
    }
}
