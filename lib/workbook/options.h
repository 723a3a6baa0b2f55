/* options.h: the command line of a chapter program, the same everywhere. */
#ifndef WORKBOOK_OPTIONS_H
#define WORKBOOK_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "nn/sample.h"
#include "workbook/choice.h"

/* Filled in with the chapter's defaults before options_parse(), which overwrites what the command
 * line names. A chapter that has no use for steps, lr, batch, data or a faster way to train leaves
 * that default 0 or NULL: the option is then not in its --help, and giving it is an error. After
 * parsing, steps 0 means in every chapter that nothing is to be trained. */
typedef struct {
    const char *chapter;   /* "10_makemore_mlp": the name in messages and of the output folder */
    const char *about;     /* one line for --help */
    long steps;            /* training steps; --steps 0 checks the gradients and trains nothing */
    long quick_steps;      /* what steps is under --quick, unless --steps is given too */
    double lr;             /* learning rate, finite and > 0 as a `real` */
    int batch;             /* examples a step, >= 1 */
    int shards;            /* each batch is cut in so many (parallel/shards.h), on one rank or on
                              several; 0: the chapter cuts none. By default 1, or 4 where ranks
                              were started */
    int seconds;           /* that its training takes about on one core; 0: not worth saying */
    bool evaluates;        /* measures examples that are not trained on, while it trains, */
    long eval_every;       /* ... so many steps apart; 0: at every fifth row of its log */
    uint64_t seed;         /* of all random numbers */
    const char *data;      /* a file; or a folder of images, "" being images that are drawn */
    const char *image;     /* a picture to be looked at; "" if the chapter can, NULL if it cannot */
    bool saves;            /* has a model to save, load and take up again: */
    const char *save;      /* ... where it goes; NULL: <out>/model.safetensors */
    const char *load;      /* ... a file with one, which takes the place of the training; or NULL */
    bool resume;           /* ... go on from the checkpoint in out (training.h) */
    long checkpoint_every; /* ... so many steps from one to the next; 0: every ten seconds */
    bool samples;          /* makes texts up with its model: */
    int sample;            /* ... so many, 0 or more */
    SampleOptions sampling; /* ... drawn so */
    const char *faster; /* "the fused pass": trains in the place of the exercises' functions, which
                         * are those that the program is linked with; NULL after --exercises */
    Choice *choices;    /* options of the chapter's own, up to one without a name; or NULL */
    const char *out;    /* folder for run logs and pictures; NULL: build/<chapter> */
    bool quick;         /* a second or two, for tests */
    bool no_plot;       /* write CSV and script but draw no picture */
    bool check_only;    /* of the chapter's two parts, what it derives and checks; steps is 0 */
    bool train_only;    /* ... and what it trains */
} Options;

/* Options: --help --steps N --lr X --batch N --shards N
 * --eval-every N --seed N --data PATH --image FILE
 * --save FILE --load FILE --resume --checkpoint N --sample N --temperature X --top-k N --top-p X
 * --out DIR --quick --no-plot --check --train --exercises, and the chapter's own (choice.h). --help
 * prints the options with their defaults and exits 0. An unknown option, a missing or malformed
 * value, a value out of range or a stray argument prints one line on standard error
 * ("10_makemore_mlp: --steps -3: expected a whole number, 0 or more") and exits 2. A chapter that
 * trains nothing (steps is 0 by default) ends at once, with status 0, under --train: so gradients
 * can be checked in double and models trained in float without anybody asking which chapter does
 * what, PROGRAM --check in one and PROGRAM --train in the other. After it options->save is set if
 * the chapter saves, and options->out is set and is a folder, made with its parents if need be; if
 * it cannot be made or written, one line and exit status 1. Texts are not copied: argv must outlive
 * options. */
void options_parse(Options *options, int argc, char **argv);

#endif
