#include "workbook/choice.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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

void choice_begin(Choice *choice)
{
    NOT_NULL(choice);
    choice->word = choice->words[0];
    choice->number = choice->normal;
}

static bool take_number(Choice *choice, const char *given)
{
    char *end;
    errno = 0;
    choice->number = strtol(given, &end, 10);
    return *given >= '0' && *given <= '9' && *end == '\0' && errno == 0 &&
           choice->number >= choice->least && choice->number <= choice->most;
}

bool choice_take(Choice *choice, const char *given)
{
    NOT_NULL(choice, given);
    if (word_count(choice) == 0)
        return take_number(choice, given);
    for (int i = 0; i < word_count(choice); i++)
        if (strcmp(choice->words[i], given) == 0) {
            choice->word = choice->words[i];
            return true;
        }
    return false;
}

const char *choice_text(const Choice *choice, char text[CHOICE_TEXT])
{
    NOT_NULL(choice, text);
    if (choice->word)
        return choice->word;
    snprintf(text, CHOICE_TEXT, "%ld", choice->number);
    return text;
}

void choice_list(const Choice *choice, const char *before_last, char *text, size_t size)
{
    NOT_NULL(choice, before_last, text);
    size_t used = 0;
    const int n = word_count(choice);
    text[0] = '\0';
    if (n == 0)
        snprintf(text, size, "a whole number, %ld to %ld", choice->least, choice->most);
    for (int i = 0; i < n && used < size; i++) {
        const char *before = i == 0 ? "" : i == n - 1 ? before_last : ", ";
        used += (size_t)snprintf(text + used, size - used, "%s%s", before, choice->words[i]);
    }
}

void choice_print(const Choice *choices)
{
    for (int i = 0; i < choice_count(choices); i++) {
        const Choice *choice = &choices[i];
        char left[64], words[256];
        snprintf(left, sizeof left, "--%s %s", choice->name, choice->words[0] ? "WORD" : "N");
        printf("  %-15s %s", left, choice->meaning);
        choice_list(choice, ", ", words, sizeof words);
        if (choice->words[0])
            printf(": %s (default %s)\n", words, choice->words[0]);
        else
            printf(" (default %ld)\n", choice->normal);
    }
}
