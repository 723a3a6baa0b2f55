#ifndef REAL_IS_FLOAT
#define REAL_IS_FLOAT /* as training is */
#endif

#include "recurrent.h"

#include <stdlib.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "autograd/autograd.h"
#include "measure.h"
#include "nn/init.h"
#include "nn/recurrent.h"
#include "report.h"

enum { STEPS = 64, BATCH = 32, HIDDEN = 128, LAYERS = 2 }; /* as in torch_bench.py */

/* A network, and what it works on. */
static struct {
    Module *net;
    Tensor *x, *upstream, **parameters;
    int n_parameters;
} trial;

static void there_and_back(const void *unused)
{
    (void)unused;
    ag_backward_from(nn_forward(trial.net, trial.x), trial.upstream->data);
    ag_zero_grad(trial.n_parameters, trial.parameters);
    ag_reset();
}

#ifdef _OPENMP
static void on_two_threads(const void *unused)
{
    omp_set_num_threads(2);
    there_and_back(unused);
    omp_set_num_threads(1);
}
#endif

static Tensor *random_parameter(Rng *rng, Shape shape)
{
    Tensor *x = ag_parameter(shape);
    init_normal(rng, 1, x->size, x->data);
    return x;
}

typedef Module *Layer(Rng *rng, int in, int hidden, RecurrentOptions options);

/* In each step a layer has a product with W_ih and one with W_hh, and for each of them two more on
 * the way back, but for the gradient of the first layer's x. */
static void layer(const char *what, Layer *make, int gates, const char *torch_job)
{
    const double product = (double)STEPS * BATCH * HIDDEN * HIDDEN * gates;
    double seconds[2];
    Job one = {there_and_back, NULL, NULL}, two = {.run = NULL};
    Rng rng;
#ifdef _OPENMP
    if (omp_get_num_procs() > 1)
        two.run = on_two_threads;
#endif
    rng_seed(&rng, 42);
    trial.net = make(&rng, HIDDEN, HIDDEN, (RecurrentOptions){.layers = LAYERS});
    trial.x = random_parameter(&rng, ag_shape(3, STEPS, BATCH, HIDDEN));
    trial.x->requires_grad = false;
    trial.upstream = random_parameter(&rng, trial.x->shape);
    trial.parameters = nn_parameters(trial.net, &trial.n_parameters);
    measure(2, (Job[]){one, {.torch = torch_job}}, seconds);
    versus(what, 1e3, "ms", seconds[0], seconds[1], "PyTorch",
           (Work){(6 * LAYERS - 1) * product, 0, 0}, (Target){AT_LEAST, 1.6});
    measure_wall(2, (Job[]){two, one}, seconds);
    versus("the same, two threads", 1e3, "ms", seconds[0], seconds[1], "one thread", unknown_work,
           (Target){AT_LEAST, 1.6});
    free(trial.parameters);
    ag_free(trial.x);
    ag_free(trial.upstream);
    nn_free(trial.net);
}

/* Two layers of 128, batch 32, 64 steps. */
void recurrent_layers(void)
{
    layer("LSTM, 2 x 128, 64 steps of 32", nn_lstm, 4, "lstm");
    layer("GRU, the same", nn_gru, 3, "gru");
}
