/* 18_recurrent_distance.h: what is left of a gradient after so many steps back, before any
 * training. */
#ifndef CHAPTER_18_RECURRENT_DISTANCE_H
#define CHAPTER_18_RECURRENT_DISTANCE_H

#include <stdio.h>

#include "18_recurrent_nets.h"
#include "nn/clip.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/plot.h"
#include "workbook/runlog.h"

enum { FAR = 51, INPUTS = 8, UNITS = 64, STARTS = 5, SETTINGS = 10, SHOWN = 6 };

static const int distances[SHOWN] = {1, 5, 10, 20, 30, 50};

/* What a layer starts as. */
typedef struct {
    const char *name;
    real gain; /* of an orthogonal Wh; 0: PyTorch's start */
    real bias; /* added to that of an LSTM's forget gate, or a GRU's update gate */
    Cell cell;
    bool of_memory; /* it is the gradient of c that is looked at, not that of h */
} Start;

static const Start starts[SETTINGS] = {
    {"RNN", 0, 0, RNN, false},
    {"RNN, orthogonal", 1, 0, RNN, false},
    {"RNN, orthogonal x 1.5", 1.5, 0, RNN, false},
    {"RNN, orthogonal x 3", 3, 0, RNN, false},
    {"LSTM", 0, 0, LSTM, false},
    {"LSTM, forget bias + 1", 0, 1, LSTM, false},
    {"LSTM, forget bias + 3", 0, 3, LSTM, false},
    {"  its state c", 0, 3, LSTM, true},
    {"GRU", 0, 0, GRU, false},
    {"GRU, update bias + 2", 0, 2, GRU, false},
};

/* Rows that stand at right angles on each other, all of this length: drawn, and what a row has of
 * those above it taken off (Gram and Schmidt). */
static inline void orthogonal(Rng *rng, int m, real length, real W[m][m])
{
    init_normal(rng, 1, m * m, *W);
    for (int j = 0; j < m; j++) {
        for (int l = 0; l < j; l++)
            vector_add_scaled(m, -vector_dot(m, W[j], W[l]) / (length * length), W[l], W[j]);
        const real norm = sqrt(vector_dot(m, W[j], W[j]));
        for (int i = 0; i < m; i++)
            W[j][i] *= length / norm;
    }
}

static inline Module *started(Rng *rng, const Start *start)
{
    Module *layer = layer_new(rng, start->cell, INPUTS, UNITS);
    RecurrentWeights w = weights_of(layer);
    if (start->gain > 0)
        orthogonal(rng, UNITS, start->gain, ag_data(w.w_hh));
    for (int j = UNITS; j < 2 * UNITS && start->bias > 0; j++) /* gate 1 of i f g o and of r z n */
        w.b_ih->data[j] += start->bias;
    return layer;
}

/* norm[k]: of the gradient k steps before the last, whose h is told something at random. */
static inline void norms_of(Rng *rng, const Start *start, double norm[FAR])
{
    Module *layer = started(rng, start);
    const RecurrentWeights w = weights_of(layer);
    real *x = ag_alloc_reals(FAR * INPUTS), *dh = ag_alloc_reals(UNITS);
    init_normal(rng, 1, FAR * INPUTS, x);
    init_normal(rng, 1, UNITS, dh);
    Tensor *A = times(ag_wrap(ag_shape(3, FAR, 1, INPUTS), x), w.w_ih, w.b_ih), *state[FAR];
    Memory memory = {ag_zeros(ag_shape(2, 1, UNITS)), ag_zeros(ag_shape(2, 1, UNITS))};
    for (int s = 0; s < FAR; s++) {
        memory = cell_step(start->cell, &w, slab_of(A, s), memory);
        state[s] = start->of_memory ? memory.c : memory.h;
    }
    ag_backward_from(memory.h, dh);
    for (int k = 0; k < FAR; k++)
        norm[k] = grad_norm(1, &state[FAR - 1 - k]);
    ag_reset();
    nn_free(layer);
}

/* The geometric mean over some starts of what is left. */
static inline void left_of(const Options *options, const Start *start, double left[FAR])
{
    double norm[FAR];
    for (int k = 0; k < FAR; k++)
        left[k] = 0;
    for (int seed = 0; seed < STARTS; seed++) {
        Rng rng;
        rng_seed(&rng, options->seed + (uint64_t)seed);
        norms_of(&rng, start, norm);
        for (int k = 0; k < FAR; k++)
            left[k] += log(norm[k] / norm[0]) / STARTS;
    }
    for (int k = 0; k < FAR; k++)
        left[k] = exp(left[k]);
}

/* By what it is multiplied in each step, between 5 and 20 of them. */
static inline double factor_of(const double left[FAR])
{
    return pow(left[20] / left[5], 1.0 / 15);
}

static inline void distance_facts(double left[SETTINGS][FAR])
{
    fact_that("an RNN's gradient vanishes", left[0][20] < 1e-4);
    fact_that("an LSTM's vanishes as well, at the start", left[4][20] < 1e-3);
    fact_that("orthogonal, it lives longer", left[1][20] > 0.01 && left[1][20] < 0.5);
    fact_that("at 1.5 it grows, but not by 1.5",
              factor_of(left[2]) > 1 && factor_of(left[2]) < 1.2);
    fact_that("at 3 it explodes", left[3][50] > 1e4);
    fact_that("a forget bias keeps it", left[6][50] > 0.02 && left[7][50] > 0.02);
    fact_that("and so does an update bias", left[9][20] > 0.03);
}

static inline bool log_distances(const Options *options, double left[SETTINGS][FAR])
{
    char header[400] = "distance";
    size_t used = strlen(header);
    for (int i = 0; i < SETTINGS; i++)
        used += (size_t)snprintf(header + used, sizeof header - used, ",%d", i);
    RunLog log;
    if (!runlog_open(&log, options->out, "distance", header))
        return false;
    for (int k = 0; k < FAR; k++) {
        double row[1 + SETTINGS] = {k};
        for (int i = 0; i < SETTINGS; i++)
            row[1 + i] = left[i][k];
        runlog_row(&log, row);
    }
    return runlog_close(&log) && plot_draw_file(options, "distance", "chapters/18_distance.gp");
}

/* False with error_text() set if the picture's numbers cannot be written. */
static inline bool measure_distance(const Options *options)
{
    static double left[SETTINGS][FAR];
    printf(
        "\nWhat is left of a state's gradient, so many steps back (%d units, before training):\n",
        UNITS);
    printf("  %-22s", "steps");
    for (int d = 0; d < SHOWN; d++)
        printf("  %7d", distances[d]);
    printf("   a step\n");
    for (int i = 0; i < SETTINGS; i++) {
        left_of(options, &starts[i], left[i]);
        printf("  %-22s", starts[i].name);
        for (int d = 0; d < SHOWN; d++)
            printf("  %7.1e", left[i][distances[d]]);
        printf("  %7.2f\n", factor_of(left[i]));
    }
    distance_facts(left);
    return log_distances(options, left);
}

#endif
