/* 17_transfer_augment.h: a few images shown otherwise each time: flipped, shifted, turned. */
#ifndef CHAPTER_17_TRANSFER_AUGMENT_H
#define CHAPTER_17_TRANSFER_AUGMENT_H

#include "17_transfer_results.h"
#include "17_transfer_training.h"
#include "data/transform.h"
#include "workbook/plot.h"
#include "workbook/sheet.h"

enum { AUGMENT_STEPS = 360, AUGMENT_BATCH = 50, KINDS = 5, STEPS_OF_A_KIND = 3 };

static Results augmented = {.title = "Augmentation: known of new images, in percent",
                            .corner = "images",
                            .rows = 2,
                            .columns = KINDS,
                            .column = {"none", "flip", "shift", "turn", "all three"}};

/* -- the exercises as steps of a pipeline ------------------------------------------------------ */

static inline void apply_flip(const Transform *step, Rng *rng, Image in, Image out)
{
    const int flipped[1] = {rng_uniform(rng) < step->most};
    flip(1, in.size.channels, in.size.height, in.size.width, flipped, (const void *)in.x,
         (void *)out.x);
}

static inline void apply_turn(const Transform *step, Rng *rng, Image in, Image out)
{
    const double angle = (2 * rng_uniform(rng) - 1) * step->most * acos(-1.0) / 180;
    rotate(in.size.channels, in.size.height, in.size.width, (real)cos(angle), (real)sin(angle),
           (const void *)in.x, (void *)out.x);
}

/* Half of the images are flipped; all are shifted by up to 3 pixels, and turned by up to 15
 * degrees. */
static inline int steps_of(int kind, Transform step[STEPS_OF_A_KIND])
{
    const Transform all[STEPS_OF_A_KIND] = {{.name = "flip", .apply = apply_flip, .most = 0.5},
                                            transform_shift(3),
                                            {.name = "turn", .apply = apply_turn, .most = 15}};
    int n = 0;
    for (int i = 0; i < STEPS_OF_A_KIND; i++)
        if (kind == 1 + i || kind == KINDS - 1)
            step[n++] = all[i];
    return n;
}

/* -- a picture --------------------------------------------------------------------------------- */

enum { ACROSS = 8, DOWN = 4, GAP = 2 };

/* The first eight images, and below each what the three steps make of it, three times. */
static inline bool draw_sheet(const Options *options, const Images *images)
{
    const ImageSize size = images->size;
    const int numbers = image_numbers(size);
    Transform step[STEPS_OF_A_KIND];
    int n = steps_of(KINDS - 1, step);
    real *sheet = zeros((long)ACROSS * DOWN * numbers);
    const real *shown[ACROSS * DOWN];
    Rng rng;
    rng_seed(&rng, options->seed);
    for (int at = 0; at < ACROSS * DOWN; at++) {
        Image in = {size, images->train.x + (ptrdiff_t)(at % ACROSS) * numbers};
        Image out = {size, sheet + (ptrdiff_t)at * numbers};
        transform_apply(at < ACROSS ? 0 : n, step, &rng, in, out);
        shown[at] = out.x;
    }
    bool done = sheet_write(options, "sheet", size, ACROSS * DOWN, shown, ACROSS, GAP);
    free(sheet);
    return done && plot_draw_file(options, "sheet", "chapters/17_sheet.gp");
}

/* -- learning ---------------------------------------------------------------------------------- */

static inline bool learn_kinds(const Options *options, int seed, const Images *images, int row)
{
    const uint64_t number = options->seed + (uint64_t)seed;
    Scholar scholars[KINDS];
    Pipeline pipeline[KINDS];
    for (int kind = 0; kind < KINDS; kind++) {
        Transform step[STEPS_OF_A_KIND];
        Rng *rng = &scholars[kind].learner.rng;
        rng_seed(rng, number);
        pipeline[kind] = pipeline_new(steps_of(kind, step), step, images->size);
        scholar_begin(
            &scholars[kind], augmented.column[kind], net_new(rng, images->size, images->classes),
            images,
            (Course){
                .batch = AUGMENT_BATCH, .lr = 1e-3, .augment = &pipeline[kind], .seed = number});
    }
    char name[32];
    snprintf(name, sizeof name, seed == 0 ? "augment_%d" : "augment_%d_%d", row + 1, seed + 1);
    TrainingEnd end = train(options, name, KINDS, scholars, options->quick ? 1 : AUGMENT_STEPS);
    for (int kind = 0; kind < KINDS; kind++) {
        if (end == TRAINED)
            augmented.known[row][kind][seed] = known_by(&scholars[kind]);
        scholar_end(&scholars[kind]);
        pipeline_free(&pipeline[kind]);
    }
    return end != NOT_LOGGED && training_succeeded(end, true);
}

static inline bool learn_augmented(const Options *options, int seeds)
{
    static char row_name[MOST_ROWS][32];
    const int digits = options->quick ? 20 : 300, shapes = options->quick ? 20 : AUGMENTED;
    for (int seed = 0; seed < seeds && !interrupt_signal(); seed++)
        for (int row = 0; row < augmented.rows && !interrupt_signal(); row++) {
            const uint64_t number = options->seed + 2000 + (uint64_t)seed;
            Images images;
            if (!(row == 0 ? digits_find(options, number, digits, &images)
                           : shapes_find(options, number, 0, CLASSES, shapes, &images)))
                return false;
            snprintf(row_name[row], sizeof row_name[row], "%d %s", images.train.length,
                     images.name);
            augmented.row[row] = row_name[row];
            bool done = learn_kinds(options, seed, &images, row) &&
                        (seed > 0 || row == 0 || draw_sheet(options, &images));
            images_free(&images);
            if (!done)
                return false;
            augmented.seeds = seed + 1;
        }
    if (interrupt_signal())
        return true;
    results_print(&augmented);
    return results_log(options, "augment", &augmented) &&
           plot_draw_file(options, "augment", "chapters/17_augment.gp");
}

#endif
