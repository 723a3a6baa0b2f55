#ifndef REAL_IS_FLOAT
#define REAL_IS_FLOAT /* as training is */
#endif

#include "convolutions.h"

#ifdef _OPENMP
#include <omp.h>
#endif

#include "autograd/autograd.h"
#include "measure.h"
#include "nn/init.h"
#include "report.h"

/* A convolution of x (batch, in, size, size) with a square kernel, its bias and relu. */
typedef struct {
    int in, out, size, kernel, padding;
} Layer;

enum { MOST_LAYERS = 4, TENSORS = 4 };

/* The convolutions of a network one after the other, without what stands between them. The first
 * one's input takes no gradient. */
typedef struct {
    const char *what, *torch_job;
    int batch, layers;
    Layer layer[MOST_LAYERS];
} Network;

/* As in torch_bench.py. */
static const Network networks[] = {
    {"convolutions of LeNet-5, batch 64", "lenet", 64, 2, {{1, 6, 28, 5, 2}, {6, 16, 14, 5, 0}}},
    {"of the student of chapter 16, 128",
     "student",
     128,
     2,
     {{3, 16, 32, 3, 1}, {16, 16, 16, 3, 1}}},
    {"of its teacher, batch 128",
     "teacher",
     128,
     4,
     {{3, 128, 32, 3, 1}, {128, 64, 32, 3, 1}, {64, 64, 16, 3, 1}, {64, 32, 16, 3, 1}}},
};

/* Each layer's input, kernel, bias and gradient from above. */
static Tensor *tensors[MOST_LAYERS][TENSORS];

static Tensor *convolve(const Layer *layer, Tensor *const t[TENSORS])
{
    ConvOptions options = conv_options(1, layer->padding);
    options.relu = true;
    return ag_conv2d(t[0], t[1], t[2], options);
}

static void there_and_back(const void *network)
{
    const Network *n = network;
    for (int i = 0; i < n->layers; i++)
        ag_backward_from(convolve(&n->layer[i], tensors[i]), tensors[i][3]->data);
    for (int i = 0; i < n->layers; i++)
        ag_zero_grad(TENSORS, tensors[i]);
    ag_reset();
}

#ifdef _OPENMP
static void on_two_threads(const void *network)
{
    omp_set_num_threads(2);
    there_and_back(network);
    omp_set_num_threads(1);
}
#endif

static void tensors_new(const Network *n)
{
    Rng rng;
    rng_seed(&rng, 42);
    for (int i = 0; i < n->layers; i++) {
        const Layer *l = &n->layer[i];
        const int y = l->size + 2 * l->padding - l->kernel + 1;
        const Shape shape[TENSORS] = {ag_shape(4, n->batch, l->in, l->size, l->size),
                                      ag_shape(4, l->out, l->in, l->kernel, l->kernel),
                                      ag_shape(1, l->out), ag_shape(4, n->batch, l->out, y, y)};
        for (int j = 0; j < TENSORS; j++) {
            tensors[i][j] = ag_parameter(shape[j]);
            init_normal(&rng, 1, tensors[i][j]->size, tensors[i][j]->data);
        }
        tensors[i][0]->requires_grad = i > 0;
    }
}

static void tensors_free(const Network *n)
{
    for (int i = 0; i < n->layers; i++)
        for (int j = 0; j < TENSORS; j++)
            ag_free(tensors[i][j]);
}

/* Of y, dw and dx, but of no dx for the first layer's input. */
static double multiplications(const Network *n)
{
    double sum = 0;
    for (int i = 0; i < n->layers; i++)
        sum += (i > 0 ? 3.0 : 2.0) * tensors[i][1]->size * tensors[i][3]->size / n->layer[i].out;
    return sum;
}

static void network(const Network *n)
{
    double seconds[2];
    tensors_new(n);
    measure(2, (Job[]){{there_and_back, n, NULL}, {.torch = n->torch_job}}, seconds);
    versus(n->what, 1e3, "ms", seconds[0], seconds[1], "PyTorch", (Work){multiplications(n), 0, 0},
           no_target);
    tensors_free(n);
}

static void two_threads(const Network *n)
{
    Job one = {there_and_back, n, NULL}, two = {NULL, n, NULL};
    double seconds[2];
#ifdef _OPENMP
    if (omp_get_num_procs() > 1)
        two.run = on_two_threads;
#endif
    tensors_new(n);
    measure_wall(2, (Job[]){two, one}, seconds);
    versus("the student's, two threads", 1e3, "ms", seconds[0], seconds[1], "one thread",
           unknown_work, (Target){AT_LEAST, 1.7});
    tensors_free(n);
}

void convolutions(void)
{
    for (size_t i = 0; i < sizeof networks / sizeof networks[0]; i++)
        network(&networks[i]);
    two_threads(&networks[1]);
}
