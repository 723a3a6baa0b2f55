/* 17_transfer_ways.h: a network is trained on five classes and kept; then five others are to be
 * learnt from few examples, in five ways. */
#ifndef CHAPTER_17_TRANSFER_WAYS_H
#define CHAPTER_17_TRANSFER_WAYS_H

#include "17_transfer_maps.h"
#include "17_transfer_results.h"
#include "17_transfer_training.h"
#include "workbook/fact.h"
#include "workbook/plot.h"

enum { STEPS = 504, QUICK_STEPS = 2, BATCH = 64, FEW_STEPS = 200, FEW_BATCH = 25 };

static const double lr_of_lesson = 1e-3, lr_of_few = 0.01;

/* In the order of the table: the first two from nothing, the others from what was kept. */
typedef enum { SCRATCH, RANDOM_FROZEN, LAST_LAYER, CLASSIFIER, ALL_TUNED, WAYS } Way;

static Results few = {
    .title = "Five new classes: known of the new images, in percent",
    .corner = "examples",
    .rows = 4,
    .columns = WAYS,
    .row = {"25", "50", "100", "250"},
    .column = {"scratch", "random frozen", "last layer", "classifier", "all tuned"}};

/* -- the network that is kept ------------------------------------------------------------------ */

/* Of the first seed it is where --save says, or --load finds it. */
static inline const char *kept_at(const Options *options, int seed, char path[1024])
{
    if (seed == 0 || options->load)
        return options->load ? options->load : options->save;
    snprintf(path, 1024, "%s/pretrained_%d.safetensors", options->out, seed + 1);
    return path;
}

/* What is loaded says the same as what was saved, to the bit. */
static inline bool check_saved(const Scholar *s, const char *path)
{
    Rng other;
    rng_seed(&other, 1);
    Module *loaded = net_new(&other, s->images->size, s->images->classes);
    bool done = nn_load(loaded, path);
    if (done) {
        const Dataset *test = &s->images->test;
        int n = test->length < 20 ? test->length : 20;
        ag_no_grad_begin();
        Tensor *x = nn_images(s->images->size, n, test->x);
        Tensor *kept = nn_forward(s->learner.net, x), *again = nn_forward(loaded, x);
        fact_that("loaded, a network says the same to the bit",
                  same_bytes(kept->size, kept->data, again->data));
        ag_no_grad_end();
        ag_reset();
    }
    nn_free(loaded);
    return done;
}

static inline bool pretrain(const Options *options, int seed, const char *path)
{
    const uint64_t number = options->seed + (uint64_t)seed;
    Images images;
    if (!shapes_find(options, number, 0, HALF, options->quick ? 40 : TRAIN, &images))
        return false;
    Scholar s;
    Rng *rng = &s.learner.rng;
    char name[32];
    const double start = seconds_now();
    rng_seed(rng, number);
    snprintf(name, sizeof name, seed == 0 ? "loss" : "loss_%d", seed + 1);
    scholar_begin(&s, "pretrained", net_new(rng, images.size, HALF), &images,
                  (Course){.batch = options->batch, .lr = options->lr, .seed = number});
    TrainingEnd end = train(options, name, 1, &s, options->steps);
    if (end == TRAINED)
        printf("Trained on five classes, %ld steps of %d in %s in %.1f s: knows %.1f of 100\n",
               options->steps, options->batch, REAL_NAME, seconds_now() - start, known_by(&s));
    bool done = end != NOT_LOGGED && nn_save(s.learner.net, path) && check_saved(&s, path) &&
                training_succeeded(end, true);
    scholar_end(&s);
    images_free(&images);
    return done;
}

/* -- five ways --------------------------------------------------------------------------------- */

/* NULL with error_text() set if what was kept cannot be loaded. */
static inline Module *start_of(Way way, Rng *rng, ImageSize size, const char *path)
{
    Module *net = net_new(rng, size, HALF);
    if (way >= LAST_LAYER && !nn_load(net, path)) {
        nn_free(net);
        return NULL;
    }
    nn_freeze(net, way != SCRATCH && way != ALL_TUNED);
    if (way == RANDOM_FROZEN || way == LAST_LAYER)
        nn_replace(net, "classifier.2", nn_linear(rng, HIDDEN, HALF));
    if (way >= CLASSIFIER)
        nn_replace(net, "classifier", classifier_new(rng, feature_count(size), HALF));
    return net;
}

/* All five from the first n examples; row i of the results. */
static inline bool learn_few(const Options *options, int seed, const char *path, Images images,
                             int i)
{
    const uint64_t number = options->seed + (uint64_t)seed;
    const int n = atoi(few.row[i]);
    Scholar scholars[WAYS];
    uint64_t before[WAYS];
    int count = 0;
    images.train.length = n < images.train.length ? n : images.train.length;
    for (; count < WAYS; count++) {
        Rng *rng = &scholars[count].learner.rng;
        rng_seed(rng, number);
        Module *net = start_of((Way)count, rng, images.size, path);
        if (!net)
            break;
        scholar_begin(&scholars[count], few.column[count], net, &images,
                      (Course){.sgd = true, .batch = FEW_BATCH, .lr = lr_of_few, .seed = number});
        before[count] = frozen_bytes(&scholars[count].learner);
    }
    char name[32];
    snprintf(name, sizeof name, seed == 0 ? "few_%d" : "few_%d_%d", n, seed + 1);
    TrainingEnd end = count < WAYS
                          ? NOT_LOGGED
                          : train(options, name, WAYS, scholars, options->quick ? 1 : FEW_STEPS);
    for (int way = 0; way < count; way++) {
        if (end == TRAINED)
            few.known[i][way][seed] = known_by(&scholars[way]);
        char fact[96];
        snprintf(fact, sizeof fact,
                 "%s, %s examples: what frozen_step() passes over stays, to the byte",
                 few.column[way], few.row[i]);
        fact_that(fact, frozen_bytes(&scholars[way].learner) == before[way]);
        scholar_end(&scholars[way]);
    }
    return end != NOT_LOGGED && training_succeeded(end, true);
}

static inline void hold_few(const Options *o)
{
    if (o->steps < STEPS || o->lr != lr_of_lesson || o->batch != BATCH || *o->data || o->load)
        return;
    fact_that("from 25 examples, what was kept is worth 15 % at least",
              few.known[0][LAST_LAYER][0] - few.known[0][SCRATCH][0] >= 15);
    fact_that("a frozen random network knows little", few.known[0][RANDOM_FROZEN][0] <= 45);
}

static inline bool learn_new_classes(const Options *options, int seeds)
{
    for (int seed = 0; seed < seeds && !interrupt_signal(); seed++) {
        char path[1024];
        const char *kept = kept_at(options, seed, path);
        Images images;
        if (!options->load && !pretrain(options, seed, kept))
            return false;
        if (interrupt_signal() || !shapes_find(options, options->seed + 500 + (uint64_t)seed, HALF,
                                               HALF, options->quick ? 50 : FEW, &images))
            return interrupt_signal() != 0;
        bool done = true;
        for (int i = 0; done && i < few.rows && !interrupt_signal(); i++)
            done = learn_few(options, seed, kept, images, i);
        images_free(&images);
        if (!done)
            return false;
        few.seeds = seed + 1;
    }
    if (interrupt_signal())
        return true;
    results_print(&few);
    hold_few(options);
    return results_log(options, "few", &few) &&
           plot_draw_file(options, "few", "chapters/17_few.gp");
}

#endif
