/* bench.c: how fast the workbook is, next to the machine's peak, OpenBLAS and PyTorch.
 *
 * Prints one table. A target that is missed is marked and is no failure; what could not be run
 * is. */
#ifndef REAL_IS_FLOAT
#define REAL_IS_FLOAT /* as training is */
#endif

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef _OPENMP
#include <omp.h>
#endif

#include "../../chapters/10_makemore_backward.h"
#include "autograd/autograd.h"
#include "convolutions.h"
#include "layers.h"
#include "limit.h"
#include "measure.h"
#include "nn/optim.h"
#include "recurrent.h"
#include "report.h"
#include "steps.h"
#include "transformers.h"
#include "workbook/progress.h"

/* -- whole programs --------------------------------------------------------------------------- */

static const char *names_path(void)
{
    const char *long_list = "build/data/names.txt"; /* make data */
    return access(long_list, R_OK) == 0 ? long_list : "chapters/data/names.txt";
}

/* The first to run, for the memory is that of the largest program so far, this one included. */
static void training_run(void)
{
    char command[256];
    double seconds, start = seconds_now();
    struct rusage usage;
    snprintf(command, sizeof command,
             "build/float/chapters/10_makemore_mlp --steps 200000 --no-plot --data %s "
             "--out build/bench",
             names_path());
    if (!run_program(command, "200000 steps of 32 in float in %lf s", &seconds))
        return;
    seconds = seconds_now() - start;
    getrusage(RUSAGE_CHILDREN, &usage);
    figure("chapter 10, 200,000 steps", seconds, "s", (Target){AT_MOST, 10});
    figure("chapter 10, memory", (double)usage.ru_maxrss / 1024, "MiB", (Target){AT_MOST, 32});
}

static void scalar_tape(void)
{
    double ns;
    if (run_program("build/double/chapters/02_tape --no-plot --out build/bench",
                    " scalars, ns a node %*f %*f %lf", &ns))
        figure("chapter 02, a node on the way back", ns, "ns", (Target){AT_MOST, 10});
}

/* -- the machine ------------------------------------------------------------------------------ */

static void machine(void)
{
    enum { LARGE = 192 << 20, SMALL = 24 << 10 };
    figure("one core, multiply-add", 2e-9 * multiply_add_rate(), "GFLOP/s", no_target);
    figure("one core, loads and stores", 1e-9 * memory_rate(SMALL), "GB/s", no_target);
    figure("one core, memory", 1e-9 * memory_rate(LARGE), "GB/s", no_target);
}

/* -- matrix products -------------------------------------------------------------------------- */

typedef struct {
    const char *what;
    int n, k, m;
    bool transpose_x, transpose_w;
} Product;

enum { LARGEST = 1024 };
enum { LINE = 64 }; /* of the cache, at which the library's own tensors begin, too */
static real a[LARGEST * LARGEST] __attribute__((aligned(LINE)));
static real b[LARGEST * LARGEST] __attribute__((aligned(LINE)));
static real c[LARGEST * LARGEST] __attribute__((aligned(LINE)));

static const char *openblas, *torch; /* what they say they are; NULL if they are not there */

static void ours(const void *product)
{
    const Product *p = product;
    gemm(p->n, p->k, p->m, p->transpose_x ? gemm_transpose(a, p->n) : gemm_matrix(a, p->k),
         p->transpose_w ? gemm_transpose(b, p->k) : gemm_matrix(b, p->m), gemm_set(c, p->m));
}

static void theirs(const void *product)
{
    const Product *p = product;
    openblas_gemm(p->n, p->k, p->m, p->transpose_x, p->transpose_w, a, b, c);
}

static void product(const Product *p, double ratio, double share)
{
    double seconds[2], n = p->n, k = p->k, m = p->m;
    measure(2, (Job[]){{ours, p, NULL}, {openblas ? theirs : NULL, p, NULL}}, seconds);
    double bytes = sizeof(real) * (n * k + k * m + n * m);
    Work work = {n * k * m, bytes, bytes};
    versus(p->what, 1e6, "us", seconds[0], seconds[1], "OpenBLAS", work, (Target){AT_LEAST, ratio});
    if (share > 0)
        figure("", 100 * n * k * m / multiply_add_rate() / seconds[0], "% of peak",
               (Target){AT_LEAST, share});
}

#ifdef _OPENMP
static void on_two_threads(const void *product)
{
    omp_set_num_threads(2);
    ours(product);
    omp_set_num_threads(1);
}
#endif

static void two_threads(void)
{
    const Product p = {.n = 1024, .k = 1024, .m = 1024};
    Job one = {ours, &p, NULL}, two = {NULL, &p, NULL};
    double seconds[2];
#ifdef _OPENMP
    if (omp_get_num_procs() > 1)
        two.run = on_two_threads;
#endif
    measure_wall(2, (Job[]){two, one}, seconds);
    versus("1024 x 1024 x 1024, two threads", 1e6, "us", seconds[0], seconds[1], "one thread",
           unknown_work, (Target){AT_LEAST, 1.85});
}

static void products(void)
{
    static const Product square[] = {{"128 x 128 x 128", 128, 128, 128, false, false},
                                     {"256 x 256 x 256", 256, 256, 256, false, false},
                                     {"512 x 512 x 512", 512, 512, 512, false, false},
                                     {"1024 x 1024 x 1024", 1024, 1024, 1024, false, false}};
    static const Product small[] = {{"emb W1    (32x30)(30x200)", 32, 30, 200, false, false},
                                    {"h W2      (32x200)(200x27)", 32, 200, 27, false, false},
                                    {"dW1       (32x30)^T (32x200)", 30, 32, 200, true, false},
                                    {"demb      (32x200)(30x200)^T", 32, 200, 30, false, true},
                                    {"dW2       (32x200)^T (32x27)", 200, 32, 27, true, false},
                                    {"dh        (32x27)(200x27)^T", 32, 27, 200, false, true}};
    Rng rng;
    rng_seed(&rng, 42);
    init_normal(&rng, 1, LARGEST * LARGEST, a);
    init_normal(&rng, 1, LARGEST * LARGEST, b);
    for (size_t i = 0; i < sizeof square / sizeof square[0]; i++)
        product(&square[i], 1, i == 0 ? 90 : 92);
    two_threads();
    for (size_t i = 0; i < sizeof small / sizeof small[0]; i++)
        product(&small[i], 1, 0);
}

/* -- one step of the names model -------------------------------------------------------------- */

enum { LETTERS = 27, HIDDEN = 200, BATCH = 32, EXAMPLES = 180000, TENSORS = 7 };
static const real learning_rate = (real)0.1;

static struct {
    Rng rng;
    int (*x)[CONTEXT], *y; /* EXAMPLES of them */
    Parameters p, d;
    Activations a;
    Tensor *t[TENSORS]; /* the same parameters for the tape: C W1 b1 bngain bnbias W2 b2 */
} model;

static void model_new(void)
{
    int k = HIDDEN;
    rng_seed(&model.rng, 42);
    model.x = malloc(EXAMPLES * sizeof model.x[0]);
    model.y = malloc(EXAMPLES * sizeof model.y[0]);
    if (!model.x || !model.y)
        error_stop("no memory for the examples");
    for (int i = 0; i < EXAMPLES; i++) {
        for (int t = 0; t < CONTEXT; t++)
            model.x[i][t] = rng_below(&model.rng, LETTERS);
        model.y[i] = rng_below(&model.rng, LETTERS);
    }
    model.p = parameters_new(LETTERS, k);
    model.d = parameters_new(LETTERS, k);
    model.a = activations_new(BATCH, LETTERS, k);
    parameters_init(&model.rng, &model.p);
    const Shape shape[TENSORS] = {ag_shape(2, LETTERS, EMBEDDING),
                                  ag_shape(2, D, k),
                                  ag_shape(1, k),
                                  ag_shape(1, k),
                                  ag_shape(1, k),
                                  ag_shape(2, k, LETTERS),
                                  ag_shape(1, LETTERS)};
    for (int i = 0, at = 0; i < TENSORS; at += model.t[i++]->size) {
        model.t[i] = ag_parameter(shape[i]);
        memcpy(model.t[i]->data, model.p.all + at, (size_t)model.t[i]->size * sizeof(real));
    }
}

static void model_free(void)
{
    free(model.x);
    free(model.y);
    parameters_free(&model.p);
    parameters_free(&model.d);
    activations_free(&model.a);
    for (int i = 0; i < TENSORS; i++)
        ag_free(model.t[i]);
}

static void draw_batch(int x[BATCH][CONTEXT], int y[BATCH])
{
    for (int i = 0; i < BATCH; i++) {
        int pick = rng_below(&model.rng, EXAMPLES);
        memcpy(x[i], model.x[pick], sizeof x[i]);
        y[i] = model.y[pick];
    }
}

static void step_by_hand(const void *unused)
{
    int x[BATCH][CONTEXT], y[BATCH];
    (void)unused;
    draw_batch(x, y);
    forward(BATCH, &model.p, x, y, &model.a);
    backward(BATCH, &model.p, x, y, &model.a, &model.d);
    vector_add_scaled(model.p.size, -learning_rate, model.d.all, model.p.all);
}

static void step_by_tape(const void *unused)
{
    int x[BATCH][CONTEXT], y[BATCH];
    Tensor **t = model.t;
    (void)unused;
    draw_batch(x, y);
    Tensor *emb = ag_embedding(t[0], ag_shape(2, BATCH, CONTEXT), *x);
    Tensor *hprebn = ag_linear(ag_reshape(emb, ag_shape(2, BATCH, D)), t[1], t[2]);
    Tensor *h = ag_tanh(ag_batch_norm(hprebn, t[3], t[4], EPS, AG_BESSEL, NULL));
    ag_backward(ag_cross_entropy(ag_linear(h, t[5], t[6]), y, AG_MEAN));
    for (int i = 0; i < TENSORS; i++)
        vector_add_scaled(t[i]->size, -learning_rate, t[i]->grad, t[i]->data);
    ag_zero_grad(TENSORS, t);
    ag_reset();
}

static void names_model(void)
{
    static const Job jobs[] = {{step_by_hand, NULL, NULL},
                               {step_by_tape, NULL, NULL},
                               {.torch = "step"},
                               {.torch = "lecture"}};
    double seconds[4];
    model_new();
    measure(4, jobs, seconds);
    model_free();
    Work products = {3.0 * BATCH * HIDDEN * (D + LETTERS), 0,
                     0}; /* each forwards, and its two gradients */
    figure("names model, one step by hand", 1e6 * seconds[0], "us", (Target){AT_MOST, 30});
    versus("", 1e6, "us", seconds[0], seconds[2], "PyTorch", products, (Target){AT_LEAST, 8});
    versus("", 1e6, "us", seconds[0], seconds[3], "PyTorch, lecture", unknown_work, no_target);
    versus("names model, one step on the tape", 1e6, "us", seconds[1], seconds[2], "PyTorch",
           products, no_target);
    figure("", seconds[1] / seconds[0], "x by hand", (Target){AT_MOST, 1.15});
}

/* -- elementary functions --------------------------------------------------------------------- */

enum { ELEMENTS = 1 << 16 };

/* With the multiplications and divisions that vector_math.c makes for an element, in float. */
typedef struct {
    const char *name;
    void (*vector)(int n, const real *x, real *y);
    float (*libm)(float x);
    int multiplications;
} Function;

static float sigmoidf(float x)
{
    return 1 / (1 + expf(-x));
}

static void by_vector(const void *function)
{
    ((const Function *)function)->vector(ELEMENTS, a, c);
}

static void by_libm(const void *function)
{
    for (int i = 0; i < ELEMENTS; i++)
        c[i] = ((const Function *)function)->libm(a[i]);
}

static void functions(void)
{
    static const Function function[] = {{"exp", vector_exp, expf, 12},
                                        {"log", vector_log, logf, 13},
                                        {"tanh", vector_tanh, tanhf, 20},
                                        {"sigmoid", vector_sigmoid, sigmoidf, 14}};
    for (int i = 0; i < ELEMENTS; i++)
        a[i] = (real)0.01 + (real)8 * (real)i / ELEMENTS;
    for (size_t i = 0; i < sizeof function / sizeof function[0]; i++) {
        const Function *f = &function[i];
        double bytes = 2.0 * sizeof(real) * ELEMENTS;
        Work work = {(double)f->multiplications * ELEMENTS, bytes, bytes};
        double seconds[3], ns = 1e9 / ELEMENTS;
        char what[32];
        measure(3, (Job[]){{by_vector, f, NULL}, {by_libm, f, NULL}, {.torch = f->name}}, seconds);
        snprintf(what, sizeof what, "vector_%s, an element", f->name);
        versus(what, ns, "ns", seconds[0], seconds[1], "libm", work, no_target);
        versus("", ns, "ns", seconds[0], seconds[2], "PyTorch", work, (Target){AT_LEAST, 1.5});
    }
}

/* -- optimizers ------------------------------------------------------------------------------- */

enum { WEIGHTS = 1000000 };

static void optimizer_step(const void *optim)
{
    optim_step(*(Optim *const *)optim);
}

/* One step of the rule that `optim` holds. It reads the gradient, and reads and writes the weights
 * and so many arrays of its own. */
static void optimizer(const char *what, Optim *optim, const char *torch_job, int own, double target)
{
    const double array = sizeof(real) * WEIGHTS;
    double seconds[2];
    optim_add_array(optim, WEIGHTS, a, b);
    measure(2, (Job[]){{optimizer_step, &optim, NULL}, {.torch = torch_job}}, seconds);
    optim_free(optim);
    versus(what, 1e6, "us", seconds[0], seconds[1], "PyTorch",
           (Work){0, (3 + 2 * own) * array, (2 + own) * array}, (Target){AT_LEAST, target});
}

static void optimizers(void)
{
    Rng rng;
    Optim *sgd = optim_new(), *momentum = optim_new(), *adam = optim_new();
    optim_sgd(sgd, (Sgd){.lr = 1e-3});
    optim_sgd(momentum, (Sgd){.lr = 1e-3, .momentum = 0.9, .weight_decay = 0.01});
    optim_adam(adam, adam_defaults(1e-3));
    rng_seed(&rng, 42);
    init_normal(&rng, 1, WEIGHTS, a);
    init_normal(&rng, 1, WEIGHTS, b);
    optimizer("SGD, 1,000,000 parameters", sgd, "sgd", 0, 1);
    optimizer("with momentum and weight decay", momentum, "momentum", 1, 2);
    optimizer("Adam", adam, "adam", 2, 4);
}

/* -- all of it -------------------------------------------------------------------------------- */

static void print_others(void)
{
    printf("\nThe names of chapter 10: %s\n", names_path());
    printf("%s\n", openblas ? openblas : "OpenBLAS is not installed: apt-get install libopenblas0");
    printf("%s\n", torch ? torch : "PyTorch is not installed: apt-get install python3-torch");
#ifndef _OPENMP
    printf("There is no second thread: the compiler knows no OpenMP\n");
#else
    if (omp_get_num_procs() < 2)
        printf("There is no second thread: this machine has one core\n");
#endif
}

int main(int argc, char **argv)
{
    clean_environment();
#ifdef _OPENMP
    omp_set_num_threads(1);
#endif
    print_heading(argc > 1 ? argv[1] : "not said");
    training_run();
    scalar_tape();
    openblas = openblas_load();
    torch = torch_start();
    machine();
    names_model();
    products();
    convolutions();
    functions();
    layers();
    recurrent_layers();
    steps();
    transformers();
    optimizers();
    print_others();
    return bench_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
