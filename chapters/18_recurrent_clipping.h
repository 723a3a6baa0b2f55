/* 18_recurrent_clipping.h: a run that diverges, and what clipping makes of it. A plain RNN on
 * names, whose Wh is too large at the start, and whose steps are. */
#ifndef CHAPTER_18_RECURRENT_CLIPPING_H
#define CHAPTER_18_RECURRENT_CLIPPING_H

#include "18_recurrent_distance.h"
#include "18_recurrent_names.h"
#include "workbook/interrupt.h"

enum { CLIPPED = 3, CLIP_STEPS = 300, CLIP_LAST = 50 };

static const struct {
    const char *name;
    double most;
} limits[CLIPPED] = {{"never", HUGE_VAL}, {"to 1", 1}, {"to 0.25", 0.25}};

static const double clip_lr = 4;
static const real clip_gain = 1.2;

/* What became of one of them. */
typedef struct {
    double last;        /* mean loss of the last steps */
    double worst, norm; /* the largest loss and norm */
    int too_long;       /* steps whose gradient was longer than 1 */
} Became;

static inline void clipping_begin(const Options *options, int v, Pupil pupil[CLIPPED])
{
    for (int k = 0; k < CLIPPED; k++) {
        Rng rng;
        rng_seed(&rng, options->seed);
        Net *net = net_new(&rng, RNN, v, EMBEDDING, UNITS, v, !options->faster);
        orthogonal(&rng, UNITS, clip_gain, ag_data(weights_of(net->layer).w_hh));
        pupil_begin(&pupil[k], limits[k].name, net);
        optim_sgd(pupil[k].optim, (Sgd){.lr = clip_lr});
        optim_add(pupil[k].optim, pupil[k].n, pupil[k].parameters);
    }
}

/* A step of all three. row has the losses, then the norms. */
static inline void clipping_step(Pupil pupil[CLIPPED], const Letters *l, double row[])
{
    for (int k = 0; k < CLIPPED; k++) {
        row[k] = pupil_back(&pupil[k], letters_loss(pupil[k].net, l), limits[k].most);
        row[CLIPPED + k] = pupil[k].norm;
        pupil_step(&pupil[k]);
    }
}

static inline void note(Became became[CLIPPED], const double row[], bool is_last)
{
    for (int k = 0; k < CLIPPED; k++) {
        became[k].last += is_last ? row[k] / CLIP_LAST : 0;
        became[k].worst = fmax(became[k].worst, row[k]);
        became[k].norm = fmax(became[k].norm, row[CLIPPED + k]);
        became[k].too_long += row[CLIPPED + k] > 1;
    }
}

static inline void clipping_report(const Became became[CLIPPED], int steps, int v)
{
    printf(
        "\nAn RNN on names, Wh orthogonal x %.1f, SGD with a rate of %g (ln %d = %.2f is knowing "
        "nothing):\n  %-10s  last %d   worst loss  largest norm  norm above 1\n",
        (double)clip_gain, clip_lr, v, log((double)v), "clipped", CLIP_LAST);
    for (int k = 0; k < CLIPPED; k++)
        printf("  %-10s  %7.3f  %11.1f  %12.1f  %10.0f %%\n", limits[k].name, became[k].last,
               became[k].worst, became[k].norm, 100. * became[k].too_long / steps);
}

static inline void clipping_facts(const Became became[CLIPPED], int v)
{
    fact_that("without clipping it ends above knowing nothing", became[0].last > log((double)v));
    fact_that("clipped to 0.25 it learns", became[2].last < 2.6 && became[2].last < became[1].last);
}

/* False with error_text() set if the log or the picture cannot be written. */
static inline bool learn_clipping(const Options *options, const Data *data)
{
    RunLog log;
    const int v = data->names.vocab.size, steps = options->quick ? 2 : CLIP_STEPS;
    if (!runlog_open(&log, options->out, "clipping",
                     "step,never,to 1,to 0.25,norm never,norm to 1,norm to 0.25"))
        return false;
    Pupil pupil[CLIPPED];
    Became became[CLIPPED] = {{0}};
    clipping_begin(options, v, pupil);
    Loader loader = loader_new(
        &data->train, (LoaderOptions){.batch = BATCH, .shuffle = true, .seed = options->seed});
    Letters letters = letters_new(BATCH, data->train.x_size);
    interrupt_catch();
    for (int step = 1; step <= steps && !interrupt_signal(); step++) {
        double row[1 + 2 * CLIPPED] = {step};
        letters_next(&letters, &loader);
        clipping_step(pupil, &letters, row + 1);
        note(became, row + 1, step > steps - CLIP_LAST);
        runlog_row(&log, row);
    }
    interrupt_release();
    if (!options->quick && !interrupt_signal()) {
        clipping_report(became, steps, v);
        if (strcmp(options->data, names_of_book) == 0)
            clipping_facts(became, v);
    }
    letters_free(&letters);
    loader_free(&loader);
    for (int k = 0; k < CLIPPED; k++)
        pupil_free(&pupil[k]);
    return runlog_close(&log) && plot_draw_file(options, "clipping", "chapters/18_clipping.gp");
}

#endif
