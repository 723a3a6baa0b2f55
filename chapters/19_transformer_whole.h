/* 19_transformer_whole.h: the gradients of whole networks, by the exercises' functions and by the
 * library's. */
#ifndef CHAPTER_19_TRANSFORMER_WHOLE_H
#define CHAPTER_19_TRANSFORMER_WHOLE_H

#include <stdio.h>
#include <stdlib.h>

#include "19_transformer_nets.h"
#include "19_transformer_tasks.h"
#include "workbook/fact.h"
#include "workbook/table.h"

/* The loss of three sums of two numbers, or of what is asked and said in one row. */
static inline Tensor *small_loss(Net *net)
{
    enum { SUMS = 3 };
    const Task add = task_add(1);
    Rng rng;
    int x[SUMS * 3], y[SUMS * 2], given[SUMS * 2];
    rng_seed(&rng, 1);
    task_draw(&add, &rng, false, SUMS, x, y, given);
    return net->plan.decodes
               ? ag_cross_entropy(net_translate(net, SUMS, 3, x, 2, given), y, AG_MEAN)
               : ag_cross_entropy(net_continue(net, SUMS, 3, x), x, AG_MEAN);
}

/* A net with its gradients; the same start for every way. */
static inline Net *small_net(uint64_t seed, bool decodes, Way way)
{
    const Plan plan = {.width = 8,
                       .heads = 2,
                       .layers = 2,
                       .decodes = decodes,
                       .norm_first = !decodes,
                       .gelu = !decodes,
                       .words = TASK_WORDS,
                       .places = 3,
                       .way = way};
    Rng rng;
    rng_seed(&rng, seed);
    Net *net = net_new(&rng, &plan);
    ag_backward(small_loss(net));
    ag_reset();
    return net;
}

/* The path of a parameter, "stack.encoder.layers.0.norm1.weight". */
typedef struct {
    const Tensor *wanted;
    char path[160];
} Named;

static inline void name_one(const char *path, const ModuleTensor *tensor, void *context)
{
    Named *named = context;
    if (tensor->tensor == named->wanted)
        snprintf(named->path, sizeof named->path, "%s", path);
}

static inline bool hold_parameter(const Net *net, const Tensor *hand, const Tensor *tape)
{
    Named named = {.wanted = hand};
    char fact[200];
    nn_each(&net->module, name_one, &named);
    snprintf(fact, sizeof fact, "the gradient of %s", named.path);
    return fact_same(fact, hand->size, hand->grad, tape->grad);
}

/* Shows the first parameters, down to the first layer: what comes to them came through all. The
 * others are held as well. */
static inline bool hold_net(uint64_t seed, const char *what, bool decodes, Way way)
{
    enum { FIRST = 5 };
    static const char *const name[FIRST] = {"tokens", "positions", "in_proj_weight", "in_proj_bias",
                                            "out_proj.weight"};
    int n;
    GradTable table;
    Net *own = small_net(seed, decodes, way), *library = small_net(seed, decodes, BY_LIBRARY);
    Tensor **hand = nn_parameters(&own->module, &n);
    Tensor **tape = nn_parameters(&library->module, &n);
    printf("\n%s, by the exercises' functions and by the library's:\n", what);
    table_begin(&table);
    for (int i = 0; i < FIRST; i++) {
        const int rows = hand[i]->shape.dim[0], size = hand[i]->size;
        table_row(&table, name[i], rows, rows < size ? size / rows : 0, hand[i]->grad,
                  tape[i]->grad, NULL);
    }
    bool hold = table_end(&table);
    for (int i = FIRST; i < n; i++)
        hold = hold_parameter(own, hand[i], tape[i]) && hold;
    free(hand);
    free(tape);
    nn_free(&own->module);
    nn_free(&library->module);
    return hold;
}

static inline bool check_nets(uint64_t seed)
{
    bool hold = hold_net(seed, "A transformer that adds", true, BY_ALL);
    hold = hold_net(seed, "The same, of attention alone", true, BY_ATTENTION) && hold;
    return hold_net(seed, "A language model", false, BY_ALL) && hold;
}

#endif
