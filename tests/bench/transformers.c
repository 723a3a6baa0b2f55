#ifndef REAL_IS_FLOAT
#define REAL_IS_FLOAT /* as training is */
#endif

#include "transformers.h"

#include <math.h>
#include <stdlib.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "autograd/autograd.h"
#include "measure.h"
#include "nn/init.h"
#include "nn/layers.h"
#include "nn/optim.h"
#include "nn/transformer.h"
#include "report.h"
#include "workbook/progress.h"

/* -- a language model ------------------------------------------------------------------------- */

enum { BATCH = 32, T = 64, LETTERS = 65, WIDTH = 128, HEADS = 4, INSIDE = 512, LAYERS = 4 };

static struct {
    Rng rng;
    Module *letters, *positions, *stack, *head;
    Optim *optim;
    int x[BATCH * T], y[BATCH * T];
} model;

static void model_new(double dropout)
{
    TransformerOptions o = transformer_defaults(WIDTH, HEADS);
    o.feedforward = INSIDE;
    o.dropout = dropout;
    rng_seed(&model.rng, 42);
    Module *const parts[] = {
        model.letters = nn_embedding(&model.rng, LETTERS, WIDTH),
        model.positions = nn_learned_positions(&model.rng, T, WIDTH),
        model.stack = nn_encoder(&model.rng, o, LAYERS),
        model.head = nn_linear(&model.rng, WIDTH, LETTERS),
    };
    model.optim = optim_new();
    optim_adam(model.optim, adam_defaults(1e-3));
    for (int i = 0; i < 4; i++) {
        int n;
        Tensor **parameters = nn_parameters(parts[i], &n);
        optim_add(model.optim, n, parameters);
        free(parameters);
    }
    for (int i = 0; i < BATCH * T; i++) {
        model.x[i] = rng_below(&model.rng, LETTERS);
        model.y[i] = rng_below(&model.rng, LETTERS);
    }
}

static void model_free(void)
{
    optim_free(model.optim);
    nn_free(model.letters);
    nn_free(model.positions);
    nn_free(model.stack);
    nn_free(model.head);
}

static void step(const void *unused)
{
    (void)unused;
    Tensor *x = nn_embed(model.letters, ag_shape(2, BATCH, T), model.x);
    x = nn_encode(model.stack, nn_forward(model.positions, x), (AttentionMask){.causal = true});
    Tensor *logits = ag_reshape(nn_forward(model.head, x), ag_shape(2, BATCH * T, LETTERS));
    optim_zero_grad(model.optim);
    ag_backward(ag_cross_entropy(logits, model.y, AG_MEAN));
    optim_step(model.optim);
    ag_reset();
}

#ifdef _OPENMP
static void step_on_two_threads(const void *unused)
{
    omp_set_num_threads(2);
    step(unused);
    omp_set_num_threads(1);
}
#endif

/* The products of a step: each forwards, and its two gradients. */
static double multiplications(void)
{
    const double tokens = BATCH * T, layer = WIDTH * (4.0 * WIDTH + 2.0 * INSIDE) + 2.0 * T * WIDTH;
    return 3 * tokens * (LAYERS * layer + WIDTH * LETTERS);
}

static void steps_of(const char *what, double dropout, const char *torch_job)
{
    double seconds[2];
    model_new(dropout);
    measure(2, (Job[]){{step, NULL, NULL}, {.torch = torch_job}}, seconds);
    versus(what, 1e3, "ms", seconds[0], seconds[1], "PyTorch", (Work){multiplications(), 0, 0},
           (Target){AT_LEAST, 1.25});
    model_free();
}

static void two_threads(const char *what, double dropout)
{
    Job one = {step, NULL, NULL}, two = {NULL, NULL, NULL};
    double seconds[2];
#ifdef _OPENMP
    if (omp_get_num_procs() > 1)
        two.run = step_on_two_threads;
#endif
    model_new(dropout);
    measure_wall(2, (Job[]){two, one}, seconds);
    versus(what, 1e3, "ms", seconds[0], seconds[1], "one thread", unknown_work,
           (Target){AT_LEAST, 1.6});
    model_free();
}

/* -- attention alone -------------------------------------------------------------------------- */

typedef struct {
    int n, t;
    bool causal;
} Size;

static Tensor *in[3], *upstream;

static void there_and_back(const void *size)
{
    const AttentionOptions o = {.heads = HEADS, .mask.causal = ((const Size *)size)->causal};
    ag_backward_from(ag_attention(in[0], in[1], in[2], o), upstream->data);
    ag_zero_grad(3, in);
    ag_reset();
}

static Tensor *random_parameter(Rng *rng, const Size *size)
{
    Tensor *x = ag_parameter(ag_shape(3, size->n, size->t, WIDTH));
    init_normal(rng, 1, x->size, x->data);
    return x;
}

/* Two products forwards, and five on the way back, of which one is that of forward again. */
static void attention(const char *what, Size size, const char *torch_job)
{
    double seconds[2];
    Rng rng;
    rng_seed(&rng, 42);
    for (int i = 0; i < 3; i++)
        in[i] = random_parameter(&rng, &size);
    upstream = random_parameter(&rng, &size);
    measure(2, (Job[]){{there_and_back, &size, NULL}, {.torch = torch_job}}, seconds);
    const double heard = size.causal ? (size.t + 1) / 2.0 : size.t;
    versus(what, 1e3, "ms", seconds[0], seconds[1], "PyTorch",
           (Work){7.0 * size.n * size.t * heard * WIDTH, 0, 0}, (Target){AT_LEAST, 1});
    for (int i = 0; i < 3; i++)
        ag_free(in[i]);
    ag_free(upstream);
}

/* -- decoding --------------------------------------------------------------------------------- */

enum { NEXT = 64 };

/* One of the 64 tokens that come after so many, in seconds: the shortest of some rounds. */
static double seconds_behind(int tokens)
{
    TransformerCache *cache = transformer_cache_new(model.stack, 1, tokens + NEXT);
    double shortest = INFINITY;
    for (int round = 0; round < 9; round++) {
        transformer_cache_clear(cache);
        nn_encode_next(cache, ag_zeros(ag_shape(3, 1, tokens, WIDTH)));
        const double start = seconds_now();
        for (int i = 0; i < NEXT; i++) {
            ag_reset();
            nn_encode_next(cache, ag_zeros(ag_shape(3, 1, 1, WIDTH)));
        }
        shortest = fmin(shortest, (seconds_now() - start) / NEXT);
        ag_reset();
    }
    transformer_cache_free(cache);
    return shortest;
}

static void decoding(void)
{
    model_new(0);
    nn_train(model.stack, false);
    const double near = seconds_behind(256), far = seconds_behind(1024);
    figure("decoding, a token behind 256", 1e6 * near, "us", no_target);
    figure("behind 1024", far / near, "x as long", (Target){AT_MOST, 4});
    model_free();
}

void transformers(void)
{
    steps_of("transformer, 4 x 128, 32 x 64", 0, "transformer_step");
    steps_of("the same with dropout", 0.1, "transformer_dropout_step");
    two_threads("transformer, two threads", 0);
    two_threads("the same with dropout", 0.1);
    attention("attention, 32 x 4 heads, T 64", (Size){32, 64, false}, "attention_64");
    attention("attention, 1 x 4 heads, T 1024", (Size){1, 1024, false}, "attention_1024");
    attention("the same, causal", (Size){1, 1024, true}, "attention_causal");
    decoding();
}
