#ifndef REAL_IS_FLOAT
#define REAL_IS_FLOAT /* as training is */
#endif

#include "steps.h"

#include <math.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "autograd/autograd.h"
#include "measure.h"
#include "nn/init.h"
#include "nn/optim.h"
#include "report.h"

enum { MOST_PARAMETERS = 12, MOST_BATCH = 128, IMAGE = 3 * 32 * 32, CLASSES = 10 };

/* A network on images of noise, and what one step takes. */
static struct {
    Rng rng;
    Optim *optim;
    Tensor *p[MOST_PARAMETERS];
    int parameters;
    int target[MOST_BATCH];
    real image[MOST_BATCH * IMAGE];
} model;

/* -- networks --------------------------------------------------------------------------------- */

/* A convolution and a layer, with relu, of the parameters i and i + 1. */
static Tensor *conv(Tensor *x, int i, int padding)
{
    ConvOptions options = conv_options(1, padding);
    options.relu = true;
    return ag_conv2d(x, model.p[i], model.p[i + 1], options);
}

static Tensor *hidden(Tensor *x, int i)
{
    return ag_relu(ag_linear(x, model.p[i], model.p[i + 1]));
}

static Tensor *half(Tensor *x)
{
    return ag_max_pool2d(x, 2, 2, 0);
}

static Tensor *flat(Tensor *x)
{
    return ag_reshape(x, ag_shape(2, x->shape.dim[0], x->size / x->shape.dim[0]));
}

static Tensor *loss(Tensor *x, int i)
{
    return ag_cross_entropy(ag_linear(x, model.p[i], model.p[i + 1]), model.target, AG_MEAN);
}

static Tensor *lenet(void)
{
    Tensor *x = ag_wrap(ag_shape(4, 64, 1, 28, 28), model.image);
    x = half(conv(half(conv(x, 0, 2)), 2, 0));
    return loss(hidden(hidden(flat(x), 4), 6), 8);
}

static Tensor *student(void)
{
    Tensor *x = ag_wrap(ag_shape(4, 128, 3, 32, 32), model.image);
    x = hidden(flat(half(conv(half(conv(x, 0, 1)), 2, 1))), 4);
    return loss(ag_dropout(x, 0.1, true, &model.rng), 6);
}

static Tensor *teacher(void)
{
    Tensor *x = ag_wrap(ag_shape(4, 128, 3, 32, 32), model.image);
    x = half(conv(conv(x, 0, 1), 2, 1));
    x = half(conv(conv(x, 4, 1), 6, 1));
    return loss(ag_dropout(hidden(flat(x), 8), 0.1, true, &model.rng), 10);
}

/* -- steps ------------------------------------------------------------------------------------ */

/* Convolutions (out, in, kernel), then layers (in, out), with a bias each; 0 after the last. */
typedef struct {
    const char *what, *torch_job;
    Tensor *(*loss)(void);
    double target;
    int conv[5][3], layer[4][2];
} Network;

/* As in torch_bench.py. */
static const Network networks[] = {
    {"LeNet-5, a step of 64",
     "lenet_step",
     lenet,
     3,
     {{6, 1, 5}, {16, 6, 5}},
     {{400, 120}, {120, 84}, {84, 10}}},
    {"student of chapter 16, a step of 128",
     "student_step",
     student,
     2,
     {{16, 3, 3}, {16, 16, 3}},
     {{1024, 256}, {256, 10}}},
    {"its teacher, a step of 128",
     "teacher_step",
     teacher,
     1.4,
     {{128, 3, 3}, {64, 128, 3}, {64, 64, 3}, {32, 64, 3}},
     {{2048, 512}, {512, 10}}},
};

static void add_layer(Shape weights, int fan_in, int out)
{
    const Shape shape[] = {weights, ag_shape(1, out)};
    for (int i = 0; i < 2; i++) {
        Tensor *p = model.p[model.parameters++] = ag_parameter(shape[i]);
        init_normal(&model.rng, 1 / sqrt((double)fan_in), p->size, p->data);
    }
}

static void model_new(const Network *n)
{
    rng_seed(&model.rng, 42);
    init_normal(&model.rng, 1, MOST_BATCH * IMAGE, model.image);
    for (int i = 0; i < MOST_BATCH; i++)
        model.target[i] = rng_below(&model.rng, CLASSES);
    model.parameters = 0;
    for (const int(*c)[3] = n->conv; **c; c++)
        add_layer(ag_shape(4, (*c)[0], (*c)[1], (*c)[2], (*c)[2]), (*c)[1] * (*c)[2] * (*c)[2],
                  (*c)[0]);
    for (const int(*l)[2] = n->layer; **l; l++)
        add_layer(ag_shape(2, (*l)[0], (*l)[1]), (*l)[0], (*l)[1]);
    model.optim = optim_new();
    optim_sgd(model.optim, (Sgd){.lr = 1e-2});
    optim_add(model.optim, model.parameters, model.p);
}

static void model_free(void)
{
    optim_free(model.optim);
    for (int i = 0; i < model.parameters; i++)
        ag_free(model.p[i]);
}

static void step(const void *network)
{
    ag_zero_grad(model.parameters, model.p);
    ag_backward(((const Network *)network)->loss());
    optim_step(model.optim);
    ag_reset();
}

#ifdef _OPENMP
static void step_on_two_threads(const void *network)
{
    omp_set_num_threads(2);
    step(network);
    omp_set_num_threads(1);
}
#endif

static void two_threads(const Network *n)
{
    Job one = {step, n, NULL}, two = {NULL, n, NULL};
    double seconds[2];
#ifdef _OPENMP
    if (omp_get_num_procs() > 1)
        two.run = step_on_two_threads;
#endif
    model_new(n);
    measure_wall(2, (Job[]){two, one}, seconds);
    versus("the student's, two threads", 1e3, "ms", seconds[0], seconds[1], "one thread",
           unknown_work, (Target){AT_LEAST, 1.7});
    model_free();
}

void steps(void)
{
    for (size_t i = 0; i < sizeof networks / sizeof networks[0]; i++) {
        const Network *n = &networks[i];
        double seconds[2];
        model_new(n);
        measure(2, (Job[]){{step, n, NULL}, {.torch = n->torch_job}}, seconds);
        versus(n->what, 1e3, "ms", seconds[0], seconds[1], "PyTorch", unknown_work,
               (Target){AT_LEAST, n->target});
        model_free();
    }
    two_threads(&networks[1]);
}
