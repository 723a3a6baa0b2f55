/* 15_residual_depth.h: what is left of the gradient at the first block, against how many blocks it
 * has come through; and on its way through forty. Before any training. */
#ifndef CHAPTER_15_RESIDUAL_DEPTH_H
#define CHAPTER_15_RESIDUAL_DEPTH_H

#include <stdio.h>

#include "15_residual_images.h"
#include "nn/classify.h"
#include "nn/clip.h"
#include "workbook/fact.h"
#include "workbook/plot.h"
#include "workbook/runlog.h"

enum { DEPTHS = 6, DEEPEST = 40, STARTS = 3 };

static const int depths[DEPTHS] = {2, 4, 8, 16, 24, DEEPEST};

typedef struct {
    const char *name;
    Kind kind;
    bool norm, he;
} Setting;

/* The first SHOWN are always measured, and followed from block to block. */
enum { PLAIN_ROW, PLAIN_NORM_ROW, RESIDUAL_ROW, SHOWN = 4, ROWS = 9 };

static const Setting settings[ROWS] = {
    {"plain", PLAIN, false, false},
    {"plain with batch norm", PLAIN, true, false},
    {"residual", RESIDUAL, false, false},
    {"residual with batch norm", RESIDUAL, true, false},
    {"skip", SKIP, false, false},
    {"He: plain", PLAIN, false, true},
    {"He: residual", RESIDUAL, false, true},
    {"He: residual with batch norm", RESIDUAL, true, true},
    {"He: scaled by 1/L", SCALED, false, true},
};

/* -- initialisation --------------------------------------------------------------------------- */

/* Kernels that keep the variance through a relu, and biases of 0, for every convolution. */
static inline void start_as_he(Rng *rng, Module *m)
{
    if (strcmp(m->kind, "Conv2d") == 0) {
        Tensor *weight = m->tensor[0].tensor;
        init_kaiming_normal(rng, INIT_RELU, weight->size / weight->shape.dim[0], weight->size,
                            weight->data);
        if (m->tensors > 1)
            vector_fill(m->tensor[1].tensor->size, 0, m->tensor[1].tensor->data);
    }
    for (int i = 0; i < m->children; i++)
        start_as_he(rng, m->child[i].module);
}

/* The norm of the gradient of each block's first kernel, after one pass back. */
static inline void norms_of(const Options *options, const Images *images, const Setting *setting,
                            int blocks, uint64_t start, double norm[blocks])
{
    Rng rng;
    rng_seed(&rng, options->seed + start);
    Module *net = deep_network(&rng, images->size, setting->kind, blocks, setting->norm);
    if (setting->he)
        start_as_he(&rng, net);
    const Dataset *data = &images->train;
    ag_backward(nn_class_loss(net, images->size, LEAST, data->x, data->y));
    for (int l = 0; l < blocks; l++) {
        Tensor *kernel = first_kernel(net, l + 1);
        norm[l] = grad_norm(1, &kernel);
    }
    ag_reset();
    nn_free(net);
}

/* -- against depth ---------------------------------------------------------------------------- */

/* At the first block: the geometric mean over some starts. From one or another a relu somewhere in
 * a plain network may be shut for all images: then it is 0, and left out. */
static inline double norm_at_first(const Options *options, const Images *images,
                                   const Setting *setting, int blocks)
{
    double norm[DEEPEST], logs = 0;
    int alive = 0;
    for (int start = 0; start < STARTS; start++) {
        norms_of(options, images, setting, blocks, (uint64_t)start, norm);
        logs += norm[0] > 0 ? log(norm[0]) : 0;
        alive += norm[0] > 0;
    }
    return alive ? exp(logs / alive) : 0;
}

/* Fills in the rows from..to-1, and prints them. */
static inline void measure(const Options *options, const Images *images, int from, int to,
                           double norm[ROWS][DEPTHS])
{
    for (int row = from; row < to; row++) {
        printf("  %-28s", settings[row].name);
        for (int d = 0; d < DEPTHS; d++) {
            norm[row][d] = norm_at_first(options, images, &settings[row], depths[d]);
            printf("  %7.1e", norm[row][d]);
        }
        printf("\n");
    }
}

/* By what factor it grows from block to block between 8 and 24 of them. */
static inline double growth(const double norm[DEPTHS])
{
    return pow(norm[4] / norm[2], 1.0 / 16);
}

static inline void depth_facts(const double norm[ROWS][DEPTHS])
{
    const double plain = 1 / growth(norm[PLAIN_ROW]), normed = growth(norm[PLAIN_NORM_ROW]);
    const double residual = norm[RESIDUAL_ROW][5] / norm[RESIDUAL_ROW][0];
    printf(
        "From 8 to 24 blocks: plain, the gradient is divided by %.1f in each; with batch norm it "
        "is\nmultiplied by %.2f. With a shortcut: from 2 blocks to 40 by %.1f in all.\n",
        plain, normed, residual);
    fact_that("plain, it falls by 5 to 9 a block", plain > 5 && plain < 9);
    fact_that("with batch norm it grows", normed > 1.1 && normed < 1.6);
    fact_that("with a shortcut it stays in sight", residual > 0.1 && residual < 10);
}

static inline bool log_depths(const Options *options, int rows, const double norm[ROWS][DEPTHS])
{
    RunLog log;
    if (!runlog_open(&log, options->out, "depth",
                     "blocks,plain,plain with batch norm,residual,residual with batch norm,skip,"
                     "He: plain,He: residual,He: residual with batch norm,He: scaled by 1/L"))
        return false;
    for (int d = 0; d < DEPTHS; d++) {
        double values[1 + ROWS] = {depths[d]};
        for (int row = 0; row < ROWS; row++)
            values[1 + row] = row < rows ? norm[row][d] : RUNLOG_NONE;
        runlog_row(&log, values);
    }
    return runlog_close(&log) && plot_draw_file(options, "depth", "chapters/15_depth.gp");
}

/* False with error_text() set if the picture's numbers cannot be written. */
static inline bool against_depth(const Options *options, const Images *images)
{
    const int rows = options->quick ? SHOWN : ROWS;
    double norm[ROWS][DEPTHS];
    printf("\nNorm of the gradient of the first block's first kernel, before training:\n");
    printf("  %-28s", "blocks");
    for (int d = 0; d < DEPTHS; d++)
        printf("  %7d", depths[d]);
    printf("\n");
    measure(options, images, 0, SHOWN, norm);
    depth_facts((const void *)norm);
    if (rows > SHOWN)
        printf("Other blocks, and He's weights:\n");
    measure(options, images, SHOWN, rows, norm);
    return log_depths(options, rows, (const void *)norm);
}

/* -- through forty ---------------------------------------------------------------------------- */

static inline bool through_forty(const Options *options, const Images *images)
{
    double norm[SHOWN][DEEPEST];
    RunLog log;
    if (!runlog_open(&log, options->out, "layers",
                     "block,plain,plain with batch norm,residual,residual with batch norm"))
        return false;
    for (int row = 0; row < SHOWN; row++)
        norms_of(options, images, &settings[row], DEEPEST, 0, norm[row]);
    for (int l = 0; l < DEEPEST; l++) {
        double values[1 + SHOWN] = {l + 1};
        for (int row = 0; row < SHOWN; row++)
            values[1 + row] = norm[row][l];
        runlog_row(&log, values);
    }
    return runlog_close(&log) && plot_draw_file(options, "layers", "chapters/15_layers.gp");
}

static inline bool measure_depth(const Options *options)
{
    Images images;
    if (!images_get(options, &images))
        return false;
    bool done = against_depth(options, &images) && through_forty(options, &images);
    images_free(&images);
    return done;
}

#endif
