/* choice.h: options that one chapter has for itself, each one of some words, or a whole number.
 *
 *     static Choice choices[] = {
 *         {.name = "block", .meaning = "kind of block", .words = {"plain", "residual"}},
 *         {.name = "seeds", .meaning = "how often", .normal = 1, .least = 1, .most = 20}, {0}};
 *     Options options = {..., .choices = choices};
 *     options_parse(&options, argc, argv);
 *     ... strcmp(choices[0].word, "plain") ... choices[1].number ...
 *
 * makes "--block residual" and "--seeds 5" options of this chapter, which stand in its --help, in
 * run.json and, unless no number depends on them, in checkpoints like the others. */
#ifndef WORKBOOK_CHOICE_H
#define WORKBOOK_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

enum { CHOICE_WORDS = 12, MOST_CHOICES = 4, CHOICE_TEXT = 64 };

typedef struct {
    const char *name;                /* "block", given as --block WORD; NULL ends a list of them */
    const char *meaning;             /* for --help: "kind of block" */
    const char *words[CHOICE_WORDS]; /* what may be given; the first is the default */
    const char *word;                /* what it is; set by options_parse() */
    bool same_run;                   /* no number of a training depends on it: --resume takes any */

    /* If there are no words: */
    long normal, least, most; /* the default, and what it may be */
    long number;              /* what it is */
} Choice;

/* How many there are. choices may be NULL: 0. Error: more than MOST_CHOICES. */
int choice_count(const Choice *choices);

/* Sets it to what it is by default. */
void choice_begin(Choice *choice);

/* Takes what was given. False if it is none of the choice's words, or no such number. */
bool choice_take(Choice *choice, const char *given);

/* What it is, as it is given on the command line. Returns text, in which it may stand. */
const char *choice_text(const Choice *choice, char text[CHOICE_TEXT]);

/* What is expected, "plain or residual" with this before the last word, or "a whole number, 1 to
 * 20", in text. */
void choice_list(const Choice *choice, const char *before_last, char *text, size_t size);

/* Prints the lines of --help. */
void choice_print(const Choice *choices);

#endif
