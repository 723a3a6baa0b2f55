#ifndef REAL_IS_FLOAT
#define REAL_IS_FLOAT /* as training is */
#endif

#include "layers.h"

#include "autograd/autograd.h"
#include "measure.h"
#include "nn/init.h"
#include "report.h"

/* One layer and what it works on. */
typedef struct {
    Tensor *(*layer)(void);
    Tensor *x, *gain, *bias, *upstream;
    RunningStats running;
    Rng rng;
} Trial;

static Trial trial;

static Tensor *max_pool(void)
{
    return ag_max_pool2d(trial.x, 2, 2, 0);
}

static Tensor *average_pool(void)
{
    return ag_avg_pool2d(trial.x, 2, 2, 0);
}

static Tensor *batch_norm(void)
{
    return ag_batch_norm(trial.x, trial.gain, trial.bias, 1e-5, AG_BIASED, &trial.running);
}

static Tensor *dropout(void)
{
    return ag_dropout(trial.x, 0.1, true, &trial.rng);
}

static Tensor *random_parameter(Shape shape)
{
    Tensor *x = ag_parameter(shape);
    init_normal(&trial.rng, 1, x->size, x->data);
    return x;
}

static void there_and_back(const void *unused)
{
    (void)unused;
    Tensor *in[] = {trial.x, trial.gain, trial.bias};
    ag_backward_from(trial.layer(), trial.upstream->data);
    ag_zero_grad(3, in);
    ag_reset();
}

/* `bytes` are read and written for each element of x, in arrays that take `room` bytes an element.
 */
static void layer(const char *what, Tensor *(*run)(void), Shape shape, double bytes, double room,
                  const char *torch_job, double target)
{
    const Shape channels = ag_shape(1, shape.dim[1]);
    double seconds[2];
    trial = (Trial){.layer = run};
    rng_seed(&trial.rng, 42);
    trial.x = random_parameter(shape);
    trial.upstream = random_parameter(shape);
    trial.gain = random_parameter(channels);
    trial.bias = random_parameter(channels);
    trial.running = (RunningStats){random_parameter(channels), random_parameter(channels), 0.1};
    const double n = trial.x->size;
    measure(2, (Job[]){{there_and_back, NULL, NULL}, {.torch = torch_job}}, seconds);
    versus(what, 1e6, "us", seconds[0], seconds[1], "PyTorch", (Work){0, bytes * n, room * n},
           (Target){AT_LEAST, target});
    Tensor *all[] = {trial.x,    trial.upstream,     trial.gain,
                     trial.bias, trial.running.mean, trial.running.var};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        ag_free(all[i]);
}

/* On what LeNet-5 pools first, batch 64, and the student of chapter 16, batch 128. dx is set to
 * zero and then added to, three times over x; what is pooled is a quarter of x. */
void layers(void)
{
    enum { REAL = sizeof(float) };
    const Shape lenet = ag_shape(4, 64, 6, 28, 28), student = ag_shape(4, 128, 16, 32, 32);
    const double pooled = REAL / 4.0;
    layer("max pool 2x2, 64 x 6 x 28 x 28", max_pool, lenet, 4 * REAL + 4 * pooled,
          2 * REAL + 3 * pooled, "max_pool_lenet", 3);
    layer("max pool 2x2, 128 x 16 x 32 x 32", max_pool, student, 4 * REAL + 4 * pooled,
          2 * REAL + 3 * pooled, "max_pool_student", 3);
    layer("average pool 2x2, the same", average_pool, student, 4 * REAL + 2 * pooled,
          2 * REAL + 2 * pooled, "average_pool", 1);
    layer("batch norm, the same", batch_norm, student, 7 * REAL, 4 * REAL, "batch_norm", 1);
    layer("dropout, the same", dropout, student, 9 * REAL, 5 * REAL, "dropout", 2);
}
