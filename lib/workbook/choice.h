/* choice.h: options that one chapter has for itself, each one of some words.
 *
 *     static Choice choices[] = {
 *         {.name = "block", .meaning = "kind of block", .words = {"plain", "residual"}}, {0}};
 *     Options options = {..., .choices = choices};
 *     options_parse(&options, argc, argv);
 *     ... strcmp(choices[0].word, "plain") ...
 *
 * makes "--block residual" an option of this chapter, which stands in its --help, in run.json and
 * in checkpoints like the others. */
#ifndef WORKBOOK_CHOICE_H
#define WORKBOOK_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

enum { CHOICE_WORDS = 12, MOST_CHOICES = 4 };

typedef struct {
    const char *name;                /* "block", given as --block WORD; NULL ends a list of them */
    const char *meaning;             /* for --help: "kind of block" */
    const char *words[CHOICE_WORDS]; /* what may be given; the first is the default */
    const char *word;                /* what it is; set by options_parse() */
} Choice;

/* How many there are. choices may be NULL: 0. Error: more than MOST_CHOICES. */
int choice_count(const Choice *choices);

/* Takes a word. False if it is none of the choice's. */
bool choice_take(Choice *choice, const char *word);

/* The words, "plain or residual", in text: with this before the last one. */
void choice_list(const Choice *choice, const char *before_last, char *text, size_t size);

/* Prints the lines of --help. */
void choice_print(const Choice *choices);

#endif
