/* 15_residual_nets.h: blocks of every kind, and a deep network from a list of them.
 *
 *     X -> R = relu(X) -> conv1 -> [batch norm] -> relu -> conv2 -> B       the branch
 *
 *     plain       Y = B
 *     residual    Y = X + B
 *     in-place    Y = R + B          the relu has written over X
 *     scaled      Y = X + s B        s is learnt
 *     skip        Y = (X, B)         channels side by side
 *     down        Y = W X + B        half as many rows and columns, twice as many channels
 */
#ifndef CHAPTER_15_RESIDUAL_NETS_H
#define CHAPTER_15_RESIDUAL_NETS_H

#include <stdio.h>
#include <stdlib.h>

#include "15_residual_ops.h"
#include "data/image.h"
#include "error.h"
#include "nn/init.h"
#include "nn/layers.h"

enum { STEM = 8, HIDDEN = 8, GROWTH = 4, CLASSES = 10 }; /* channels */

/* The last two are RESIDUAL with a mistake in the way back. */
typedef enum {
    PLAIN,
    RESIDUAL,
    IN_PLACE,
    SCALED,
    SKIP,
    DOWN,
    SHORTCUT_FORGOTTEN,
    BRANCH_FORGOTTEN,
    KINDS
} Kind;

typedef struct {
    Module module;
    Module *branch;
    Tensor *s; /* of SCALED */
    Tensor *W; /* of DOWN: (m, c) */
} Block;

/* -- forward, one function for each kind ------------------------------------------------------ */

static inline Tensor *plain_forward(Module *m, Tensor *X)
{
    return nn_forward(((Block *)m)->branch, ag_relu(X));
}

/* Y = X + B, with one way back or another. */
static inline Tensor *sum_forward(Module *m, Tensor *X, Backward *backward)
{
    Meeting *meeting = ag_alloc(sizeof *meeting);
    Tensor *R = part(X, backward, meeting);
    return meeting->Y = meet(X, nn_forward(((Block *)m)->branch, R));
}

static inline Tensor *residual_forward(Module *m, Tensor *X)
{
    return sum_forward(m, X, part_backward);
}

static inline Tensor *shortcut_forgotten(Module *m, Tensor *X)
{
    return sum_forward(m, X, part_without_shortcut);
}

static inline Tensor *branch_forgotten(Module *m, Tensor *X)
{
    return sum_forward(m, X, part_without_branch);
}

static inline Tensor *in_place_forward(Module *m, Tensor *X)
{
    Meeting *meeting = ag_alloc(sizeof *meeting);
    Tensor *R = part(X, part_in_place_backward, meeting);
    return meeting->Y = meet(R, nn_forward(((Block *)m)->branch, R));
}

static inline Tensor *scaled_forward(Module *m, Tensor *X)
{
    Block *b = (Block *)m;
    return scaled_sum(X, nn_forward(b->branch, ag_relu(X)), b->s);
}

static inline Tensor *skip_forward(Module *m, Tensor *X)
{
    return side_by_side(X, nn_forward(((Block *)m)->branch, ag_relu(X)));
}

static inline Tensor *down_forward(Module *m, Tensor *X)
{
    Block *b = (Block *)m;
    return ag_add(project(X, b->W, 2), nn_forward(b->branch, ag_relu(X)));
}

static const struct {
    const char *name;
    ModuleForward *forward;
} kinds[KINDS] = {
    [PLAIN] = {"plain", plain_forward},
    [RESIDUAL] = {"residual", residual_forward},
    [IN_PLACE] = {"in-place", in_place_forward},
    [SCALED] = {"scaled", scaled_forward},
    [SKIP] = {"skip", skip_forward},
    [DOWN] = {"down", down_forward},
    [SHORTCUT_FORGOTTEN] = {"shortcut forgotten", shortcut_forgotten},
    [BRANCH_FORGOTTEN] = {"branch forgotten", branch_forgotten},
};

/* -- making them ------------------------------------------------------------------------------ */

/* What a block makes of so many channels. */
static inline int channels_after(Kind kind, int channels)
{
    return kind == DOWN ? 2 * channels : kind == SKIP ? channels + GROWTH : channels;
}

/* A batch norm has a bias of its own. */
static inline Module *branch_new(Rng *rng, int in, int out, int stride, bool norm)
{
    Module *conv1 = nn_conv2d(rng, in, HIDDEN, 3, conv_options(stride, 1));
    return nn_sequential(4, (Module *[]){norm ? nn_no_bias(conv1) : conv1,
                                         norm ? nn_batch_norm2d(HIDDEN) : nn_identity(), nn_relu(),
                                         nn_conv2d(rng, HIDDEN, out, 3, conv_options(1, 1))});
}

static inline Module *block_new(Rng *rng, Kind kind, int channels, bool norm, double s)
{
    Block *b = nn_module(sizeof *b, kinds[kind].name, kinds[kind].forward);
    const int after = channels_after(kind, channels), down = kind == DOWN;
    b->branch = nn_child(&b->module, "branch",
                         branch_new(rng, channels, kind == SKIP ? GROWTH : after, 1 + down, norm));
    if (kind == SCALED) {
        b->s = nn_parameter(&b->module, "s", ag_shape(0));
        b->s->data[0] = (real)s;
    }
    if (kind == DOWN) {
        const double most = 1 / sqrt((double)channels);
        b->W = nn_parameter(&b->module, "W", ag_shape(2, after, channels));
        init_uniform(rng, -most, most, b->W->size, b->W->data);
    }
    nn_describe(&b->module, "%d, %d", channels, after);
    return &b->module;
}

/* What a stride of 2 leaves of so many rows or columns, with a kernel of 3 and padding. */
static inline int halved(int size)
{
    return (size - 1) / 2 + 1;
}

/* A network from a list of blocks: a convolution, the blocks, and a linear layer on all that the
 * last one makes. */
static inline Module *network_of(Rng *rng, ImageSize image, int n, const Kind list[n], bool norm)
{
    Module *stem = nn_conv2d(rng, image.channels, STEM, 3, conv_options(2, 1));
    Module *net = nn_sequential(1, &stem);
    int channels = STEM, h = halved(image.height), w = halved(image.width);
    for (int l = 0; l < n; l++) {
        nn_append(net, block_new(rng, list[l], channels, norm, 1.0 / n));
        channels = channels_after(list[l], channels);
        h = list[l] == DOWN ? halved(h) : h;
        w = list[l] == DOWN ? halved(w) : w;
    }
    nn_append(net, nn_relu());
    nn_append(net, nn_flatten());
    nn_append(net, nn_linear(rng, channels * h * w, CLASSES));
    return net;
}

/* A block that makes images smaller, and behind it so many of one kind. */
static inline Module *deep_network(Rng *rng, ImageSize image, Kind kind, int blocks, bool norm)
{
    Kind *list = malloc((size_t)(blocks + 1) * sizeof *list);
    if (!list)
        error_stop("no memory for %d blocks", blocks);
    list[0] = DOWN;
    for (int l = 1; l <= blocks; l++)
        list[l] = kind;
    Module *net = network_of(rng, image, blocks + 1, list, norm);
    free(list);
    return net;
}

/* The first kernel of block l's branch, the blocks of one kind counted from 1. */
static inline Tensor *first_kernel(Module *net, int l)
{
    char path[32];
    snprintf(path, sizeof path, "%d.branch.0", 1 + l);
    return nn_find(net, path)->tensor[0].tensor;
}

#endif
