/* 21_vae_report.h: what is trained, and what has come of it on new images: the two terms, the
 * bound, how many numbers of the code are in use. */
#ifndef CHAPTER_21_VAE_REPORT_H
#define CHAPTER_21_VAE_REPORT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "21_vae_bounds.h"
#include "21_vae_pictures.h"
#include "workbook/fact.h"
#include "workbook/interrupt.h"
#include "workbook/mean.h"
#include "workbook/plot.h"

enum { MOST_SEEDS = 20 };

/* What this chapter alone asks. */
enum { WAYS_ASKED, SEEDS_ASKED };

static Choice choices[] = {{.name = "ways",
                            .meaning = "what is trained side by side",
                            .words = {"lesson", "others", "mistakes"}},
                           {.name = "seeds",
                            .meaning = "how often all is trained, each time with other images",
                            .normal = 1,
                            .least = 1,
                            .most = MOST_SEEDS},
                           {0}};

/* By the words of --ways. The pictures of a plane are the first one's, whose code has two numbers.
 */
enum { LESSON, OTHERS, MISTAKES, SETS };

static const Way ways[SETS][MOST_WAYS] = {
    [LESSON] =
        {{.name = "summed", .d = 2, .beta = 1},
         {.name = "16 numbers", .d = 16, .beta = 1},
         {.name = "averaged", .d = 2, .beta = 1, .averaged = true},
         {.name = "averaged + warm-up", .d = 2, .beta = 1, .averaged = true, .warm_up = true}},
    [OTHERS] = {{.name = "summed", .d = 2, .beta = 1},
                {.name = "summed + warm-up", .d = 2, .beta = 1, .warm_up = true},
                {.name = "both averaged", .d = 2, .beta = 1. / DIGIT_PIXELS, .averaged = true},
                {.name = "no KL", .d = 2, .beta = 0},
                {.name = "KL 4 times", .d = 2, .beta = 4},
                {.name = "KL 20 times", .d = 2, .beta = 20},
                {.name = "KL 100 times", .d = 2, .beta = 100},
                {.name = "16 + warm-up", .d = 16, .beta = 1, .warm_up = true}},
    [MISTAKES] = {{.name = "none", .d = 2, .beta = 1},
                  {.name = "half forgotten", .d = 2, .beta = 1, .slip = HALF_FORGOTTEN},
                  {.name = "sigma = exp(logvar)", .d = 2, .beta = 1, .slip = SIGMA_EXP},
                  {.name = "eps once", .d = 2, .beta = 1, .slip = NOISE_ONCE},
                  {.name = "eps again", .d = 2, .beta = 1, .slip = NOISE_AGAIN},
                  {.name = "KL without its half", .d = 2, .beta = 2},
                  {.name = "z = mu", .d = 2, .beta = 1, .slip = NO_NOISE},
                  {.name = "z detached", .d = 2, .beta = 1, .slip = DETACHED}},
};

static inline int asked_set(void)
{
    int set = 0;
    while (strcmp(choices[WAYS_ASKED].words[set], choices[WAYS_ASKED].word) != 0)
        set++;
    return set;
}

/* No fewer than are drawn. */
static inline int count_ways(int set)
{
    int n = SAMPLED;
    while (n < MOST_WAYS && ways[set][n].name)
        n++;
    return n;
}

/* Of each way, of each seed. */
typedef struct {
    double pixels[MOST_WAYS][MOST_SEEDS], kl[MOST_WAYS][MOST_SEEDS], elbo[MOST_WAYS][MOST_SEEDS];
    double used[MOST_WAYS][MOST_SEEDS];
} Results;

/* -- what came of it -------------------------------------------------------------------------- */

static inline void print_results(const Results *r, int n, const Way way[n], int seed)
{
    printf("  %-20s %8s %8s %9s   in use\n", "", "pixels", "KL", "ELBO");
    for (int k = 0; k < n; k++)
        printf("  %-20s %8.1f %8.2f %9.1f   %.0f of %d\n", way[k].name, r->pixels[k][seed],
               r->kl[k][seed], r->elbo[k][seed], r->used[k][seed], way[k].d);
}

static inline void print_means(const Results *r, int n, const Way way[n], int seeds)
{
    printf(
        "\nMean and standard error of %d seeds, and how much the ELBO is above the first, and t\n",
        seeds);
    for (int k = 0; k < n; k++) {
        double gain[MOST_SEEDS];
        for (int s = 0; s < seeds; s++)
            gain[s] = r->elbo[k][s] - r->elbo[0][s];
        const Mean pixels = mean_of(seeds, r->pixels[k]), kl = mean_of(seeds, r->kl[k]);
        const Mean elbo = mean_of(seeds, r->elbo[k]), used = mean_of(seeds, r->used[k]);
        const Mean more = mean_of(seeds, gain);
        printf("  %-20s %6.1f +- %3.1f %6.2f +- %4.2f %7.1f +- %3.1f %5.1f of %2d  %7.1f +- %3.1f "
               "%6.1f\n",
               way[k].name, pixels.mean, pixels.error, kl.mean, kl.error, elbo.mean, elbo.error,
               used.mean, way[k].d, more.mean, more.error,
               more.error > 0 ? more.mean / more.error : 0);
    }
}

/* What the lesson says, with room for other seeds and machines. */
static inline void hold_lesson(const Options *o, int set, const Results *r, int seed)
{
    if (o->load || set != LESSON || o->steps < STEPS || o->lr != lr_of_lesson ||
        o->batch != BATCH || *o->data)
        return;
    fact_that("two numbers come to an ELBO of -125 or better", r->elbo[0][seed] > -125);
    fact_that("16 numbers gain 5 nats", r->elbo[1][seed] > r->elbo[0][seed] + 5);
    fact_that("averaged over its pixels it collapses", r->kl[2][seed] < 0.1);
    fact_that("warm-up is no cure for that", r->kl[3][seed] < 0.1);
}

/* -- one seed --------------------------------------------------------------------------------- */

typedef struct {
    const Options *options;
    int seed; /* 0, 1, ... */
    int set, n;
    Images images;
    Pupil pupil[MOST_WAYS];
    Results *results;
} School;

static inline void examine(School *s)
{
    const int seed = s->seed;
    Results *r = s->results;
    for (int k = 0; k < s->n; k++) {
        const Outcome o = outcome_of(s->pupil[k].learner.net, &s->images);
        r->pixels[k][seed] = o.pixels;
        r->kl[k][seed] = o.kl;
        r->elbo[k][seed] = -o.pixels - o.kl;
        r->used[k][seed] = o.used;
    }
    printf("\n%d new images, nats an image:\n", s->images.test.length);
    print_results(r, s->n, ways[s->set], seed);
    if (!interrupt_signal())
        hold_lesson(s->options, s->set, r, seed);
}

/* All networks, in one file. */
static inline State *model_of(School *s)
{
    State *model = state_new();
    for (int k = 0; k < s->n; k++) {
        char prefix[64];
        snprintf(prefix, sizeof prefix, "%s.", ways[s->set][k].name);
        nn_state(model, prefix, s->pupil[k].learner.net);
    }
    return model;
}

/* False with error_text() set, as those below. */
static inline bool load_model(School *s)
{
    State *model = model_of(s);
    bool loaded = state_load(model, s->options->load, true);
    state_free(model);
    return loaded;
}

static inline bool save_model(School *s)
{
    State *model = model_of(s);
    bool saved = state_save(model, s->options->save);
    state_free(model);
    return saved;
}

/* The first seed is saved and drawn. */
static inline bool show(School *s)
{
    Module *const net[SAMPLED] = {s->pupil[0].learner.net, s->pupil[1].learner.net,
                                  s->pupil[2].learner.net};
    if (s->seed > 0)
        return true;
    print_bounds(s->options, net[0], &s->images);
    return draw_plane(s->options, net[0], &s->images) &&
           draw_codes(s->options, net[0], &s->images) &&
           (s->set != LESSON || (draw_samples(s->options, net, &s->images) &&
                                 draw_between(s->options, net, &s->images)));
}

static inline bool teach(School *s)
{
    char name[32];
    const double start = seconds_now();
    snprintf(name, sizeof name, s->seed == 0 ? "loss" : "loss_%d", s->seed + 1);
    TrainingEnd end = train(s->options, name, s->n, s->pupil);
    if (end == TRAINED)
        printf("%d networks, %ld steps of %d in %s in %.1f s\n", s->n, s->options->steps,
               s->options->batch, REAL_NAME, seconds_now() - start);
    if (end == TRAINED || end == INTERRUPTED)
        examine(s);
    return end != NOT_LOGGED &&
           training_succeeded(end, plot_draw_file(s->options, name, "chapters/21_loss.gp")) &&
           (s->seed > 0 || save_model(s)) && show(s);
}

static inline bool load_and_show(School *s)
{
    if (!load_model(s))
        return false;
    examine(s);
    return show(s);
}

static inline bool run_seed(School *s)
{
    const uint64_t seed = s->options->seed + (uint64_t)s->seed;
    if (!images_get(s->options, seed, &s->images))
        return false;
    for (int k = 0; k < s->n; k++)
        pupil_begin(&s->pupil[k], &ways[s->set][k], &s->images, s->options, seed);
    bool done = (s->options->load ? load_and_show : teach)(s);
    for (int k = 0; k < s->n; k++)
        learner_free(&s->pupil[k].learner);
    images_free(&s->images);
    return done;
}

/* -- all of them ------------------------------------------------------------------------------ */

static inline bool learn(const Options *options)
{
    static Results results;
    const int set = asked_set(), n = count_ways(set);
    const int seeds = options->load ? 1 : (int)choices[SEEDS_ASKED].number;
    bool done = true;
    for (int seed = 0; done && seed < seeds && !interrupt_signal(); seed++) {
        School school = {.options = options, .seed = seed, .set = set, .n = n, .results = &results};
        done = run_seed(&school);
    }
    if (done && seeds > 1 && !interrupt_signal())
        print_means(&results, n, ways[set], seeds);
    return done;
}

#endif
