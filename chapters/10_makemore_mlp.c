/* 10_makemore_mlp.c: a model of names, trained with a backward pass written by hand.
 *
 * The model and its backward passes are in 10_makemore_mlp.h. This program holds all 26 gradients,
 * one step at a time, against the tape and a numeric gradient; does the same for the fused backward
 * pass; then trains with that, draws what the loss did, and samples names that nobody has. */
#include "10_makemore_mlp.h"

#include <stdio.h>

#include "autograd/autograd.h"
#include "data/names.h"
#include "kernel/random.h"
#include "nn/init.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/progress.h"
#include "workbook/runlog.h"
#include "workbook/table.h"

enum { HIDDEN = 200, ROWS = 32, SPLIT_SEED = 3 }; /* ROWS: of the batch that is looked at closely */

/* -- the judges -----------------------------------------------------------------------------------
 * Every tensor of the model, in an order in which a forward pass can make them. Backwards, it is
 * the order of the gradients in the lesson. */

// clang-format off
enum {
    C, EMB, B1, W1, EMBCAT, HPREBN, BNMEAN, BNDIFF, BNDIFF2, BNVAR, BNVAR_INV, BNRAW, BNBIAS, BNGAIN,
    HPREACT, B2, W2, H, LOGITS, LOGIT_MAXES, NORM_LOGITS, COUNTS, COUNTS_SUM, COUNTS_SUM_INV, PROBS,
    LOGPROBS, TENSORS
};

static const char *const gradient_name[TENSORS] = {
    "dC", "demb", "db1", "dW1", "dembcat", "dhprebn", "dbnmean", "dbndiff", "dbndiff2", "dbnvar",
    "dbnvar_inv", "dbnraw", "dbnbias", "dbngain", "dhpreact", "db2", "dW2", "dh", "dlogits",
    "dlogit_maxes", "dnorm_logits", "dcounts", "dcounts_sum", "dcounts_sum_inv", "dprobs", "dlogprobs"
};
// clang-format on

typedef struct {
    int n, k, nudged; /* nudged: the tensor that a numeric gradient moves */
    const int *x, *y;
    Shape shape[TENSORS];
    real *value[TENSORS], *hand[TENSORS], *tape[TENSORS];
} Check;

/* The forward pass through the tape, from the tensor after `last` on; those up to it are given. */
static Tensor *forward_after(int last, const Check *check, Tensor *t[TENSORS])
{
    int n = check->n;
    if (last < EMB)
        t[EMB] = ag_embedding(t[C], ag_shape(2, n, CONTEXT), check->x);
    if (last < EMBCAT)
        t[EMBCAT] = ag_reshape(t[EMB], ag_shape(2, n, D));
    if (last < HPREBN)
        t[HPREBN] = ag_linear(t[EMBCAT], t[W1], t[B1]);
    if (last < BNMEAN)
        t[BNMEAN] = ag_mean(t[HPREBN], 0, true);
    if (last < BNDIFF)
        t[BNDIFF] = ag_sub(t[HPREBN], t[BNMEAN]);
    if (last < BNDIFF2)
        t[BNDIFF2] = ag_pow(t[BNDIFF], 2);
    if (last < BNVAR)
        t[BNVAR] = ag_div(ag_sum(t[BNDIFF2], 0, true), ag_scalar((real)(n - 1)));
    if (last < BNVAR_INV)
        t[BNVAR_INV] = ag_pow(ag_add(t[BNVAR], ag_scalar(EPS)), -0.5);
    if (last < BNRAW)
        t[BNRAW] = ag_mul(t[BNDIFF], t[BNVAR_INV]);
    if (last < HPREACT)
        t[HPREACT] = ag_add(ag_mul(t[BNGAIN], t[BNRAW]), t[BNBIAS]);
    if (last < H)
        t[H] = ag_tanh(t[HPREACT]);
    if (last < LOGITS)
        t[LOGITS] = ag_linear(t[H], t[W2], t[B2]);
    if (last < LOGIT_MAXES)
        t[LOGIT_MAXES] = ag_max(t[LOGITS], 1, true);
    if (last < NORM_LOGITS)
        t[NORM_LOGITS] = ag_sub(t[LOGITS], t[LOGIT_MAXES]);
    if (last < COUNTS)
        t[COUNTS] = ag_exp(t[NORM_LOGITS]);
    if (last < COUNTS_SUM)
        t[COUNTS_SUM] = ag_sum(t[COUNTS], 1, true);
    if (last < COUNTS_SUM_INV)
        t[COUNTS_SUM_INV] = ag_pow(t[COUNTS_SUM], -1);
    if (last < PROBS)
        t[PROBS] = ag_mul(t[COUNTS], t[COUNTS_SUM_INV]);
    if (last < LOGPROBS)
        t[LOGPROBS] = ag_log(t[PROBS]);
    return ag_neg(ag_mean(ag_gather(t[LOGPROBS], check->y), AG_ALL, false));
}

static double loss_after_nudge(void *context)
{
    const Check *check = context;
    Tensor *t[TENSORS];
    for (int i = 0; i < TENSORS; i++)
        t[i] = ag_wrap(check->shape[i], check->value[i]);
    double loss = (double)ag_item(forward_after(check->nudged, check, t));
    ag_reset();
    return loss;
}

static real *copy_of(int n, const real *x)
{
    real *copy = malloc((size_t)n * sizeof *copy);
    if (!copy)
        error_stop("no memory for a tensor of %d elements", n);
    memcpy(copy, x, (size_t)n * sizeof *copy);
    return copy;
}

/* Runs the model through the tape and keeps every value and every gradient. */
static Check check_new(int n, const int x[n][CONTEXT], const int y[n], const Parameters *p)
{
    int k = p->k;
    Check check = {.n = n, .k = k, .x = *x, .y = y};
    Tensor *t[TENSORS] = {
        [C] = ag_variable(ag_shape(2, V, EMBEDDING), p->C),
        [W1] = ag_variable(ag_shape(2, D, k), p->W1),
        [B1] = ag_variable(ag_shape(1, k), p->b1),
        [BNGAIN] = ag_variable(ag_shape(1, k), p->bngain),
        [BNBIAS] = ag_variable(ag_shape(1, k), p->bnbias),
        [W2] = ag_variable(ag_shape(2, k, V), p->W2),
        [B2] = ag_variable(ag_shape(1, V), p->b2),
    };
    ag_backward(forward_after(C, &check, t));
    for (int i = 0; i < TENSORS; i++) {
        check.shape[i] = t[i]->shape;
        check.value[i] = copy_of(t[i]->size, t[i]->data);
        check.tape[i] = copy_of(t[i]->size, t[i]->grad);
        check.hand[i] = copy_of(t[i]->size, t[i]->grad);
        vector_fill(t[i]->size, NAN, check.hand[i]); /* what is not written shows */
    }
    ag_reset();
    return check;
}

static void check_free(Check *check)
{
    for (int i = 0; i < TENSORS; i++) {
        free(check->value[i]);
        free(check->tape[i]);
        free(check->hand[i]);
    }
}

/* The backward pass in 26 steps. x holds the values of the forward pass, d what is computed here.
 */
#ifndef BACKWARD_BY_STEPS /* `make run-10 FROM=exercises` brings a student's */
static void backward_by_steps(int n, int k, const int letters[n][CONTEXT], const int y[n],
                              void *x[], void *d[])
{
    logprobs_backward(n, y, d[LOGPROBS]);
    probs_backward(n, d[LOGPROBS], x[PROBS], d[PROBS]);
    counts_sum_inv_backward(n, d[PROBS], x[COUNTS], d[COUNTS_SUM_INV]);
    counts_sum_backward(n, d[COUNTS_SUM_INV], x[COUNTS_SUM_INV], d[COUNTS_SUM]);
    counts_backward(n, d[PROBS], d[COUNTS_SUM], x[COUNTS_SUM_INV], d[COUNTS]);
    norm_logits_backward(n, d[COUNTS], x[COUNTS], d[NORM_LOGITS]);
    logit_maxes_backward(n, d[NORM_LOGITS], d[LOGIT_MAXES]);
    logits_backward(n, d[NORM_LOGITS], d[LOGIT_MAXES], x[LOGITS], d[LOGITS]);

    linear_backward_input(n, k, V, d[LOGITS], x[W2], d[H]);
    linear_backward_weight(n, k, V, d[LOGITS], x[H], d[W2]);
    bias_backward(n, V, d[LOGITS], d[B2]);
    hpreact_backward(n, k, d[H], x[H], d[HPREACT]);

    bngain_backward(n, k, d[HPREACT], x[BNRAW], d[BNGAIN]);
    bias_backward(n, k, d[HPREACT], d[BNBIAS]);
    bnraw_backward(n, k, d[HPREACT], x[BNGAIN], d[BNRAW]);
    bnvar_inv_backward(n, k, d[BNRAW], x[BNDIFF], d[BNVAR_INV]);
    bnvar_backward(k, d[BNVAR_INV], x[BNVAR_INV], d[BNVAR]);
    bndiff2_backward(n, k, d[BNVAR], d[BNDIFF2]);
    bndiff_backward(n, k, d[BNRAW], d[BNDIFF2], x[BNVAR_INV], x[BNDIFF], d[BNDIFF]);
    bnmean_backward(n, k, d[BNDIFF], d[BNMEAN]);
    hprebn_backward(n, k, d[BNDIFF], d[BNMEAN], d[HPREBN]);

    linear_backward_input(n, D, k, d[HPREBN], x[W1], d[EMBCAT]);
    linear_backward_weight(n, D, k, d[HPREBN], x[EMBCAT], d[W1]);
    bias_backward(n, k, d[HPREBN], d[B1]);
    memcpy(d[EMB], d[EMBCAT], sizeof(real[n][D])); /* the same numbers, seen as (n, CONTEXT, E) */
    embedding_backward(n, d[EMB], letters, d[C]);
}
#endif

/* The numeric gradient of one tensor; NULL in float, where it would judge nothing. */
static real *numeric_of(Check *check, int tensor)
{
    if (sizeof(real) == sizeof(float))
        return NULL;
    int size = ag_shape_size(check->shape[tensor]);
    real *numeric = copy_of(size, check->value[tensor]);
    check->nudged = tensor;
    numeric_gradient(loss_after_nudge, check, size, check->value[tensor], numeric);
    return numeric;
}

static void check_row(GradTable *table, Check *check, int tensor, const real *hand)
{
    Shape shape = check->shape[tensor];
    int cols = shape.ndim > 1 ? ag_shape_size(shape) / shape.dim[0] : 0;
    real *numeric = numeric_of(check, tensor);
    table_row(table, gradient_name[tensor], shape.dim[0], cols, hand, check->tape[tensor], numeric);
    free(numeric);
}

static bool check_steps(Check *check)
{
    printf("The %d gradients of the names model, one step at a time\n\n", TENSORS);
    backward_by_steps(check->n, check->k, (void *)check->x, check->y, (void **)check->value,
                      (void **)check->hand);
    GradTable table;
    table_begin(&table);
    for (int i = TENSORS - 1; i >= 0; i--)
        check_row(&table, check, i, check->hand[i]);
    return table_end(&table);
}

/* The same from the fused backward pass, as far as that computes it. */
static bool check_fused(Check *check, const Parameters *p)
{
    Parameters d = parameters_new(p->k);
    Activations a = activations_new(check->n, p->k);
    const struct {
        int tensor;
        const real *hand;
    } fused[] = {{LOGITS, a.dlogits}, {W2, d.W2},     {B2, d.b2}, {BNGAIN, d.bngain},
                 {BNBIAS, d.bnbias},  {HPREBN, a.dh}, {W1, d.W1}, {B1, d.b1},
                 {EMBCAT, a.demb},    {C, d.C}};

    vector_fill(d.size, NAN, d.C);
    forward(check->n, p, (void *)check->x, check->y, &a);
    backward(check->n, p, (void *)check->x, check->y, &a, &d);
    printf("\nThe backward pass that trains the model\n\n");
    GradTable table;
    table_begin(&table);
    for (size_t i = 0; i < sizeof fused / sizeof fused[0]; i++)
        check_row(&table, check, fused[i].tensor, fused[i].hand);
    activations_free(&a);
    parameters_free(&d);
    return table_end(&table);
}

static bool check_gradients(Rng *rng, int n, int k)
{
    Parameters p = parameters_new(k);
    int x[n][CONTEXT], y[n];
    parameters_init(rng, &p);
    for (int i = 0; i < n; i++) {
        for (int t = 0; t < CONTEXT; t++)
            x[i][t] = rng_below(rng, V);
        y[i] = rng_below(rng, V);
    }
    Check check = check_new(n, x, y, &p);
    bool holds = check_steps(&check);
    holds = check_fused(&check, &p) && holds;
    check_free(&check);
    parameters_free(&p);
    return holds;
}

/* -- training -------------------------------------------------------------------------------------
 */

typedef struct {
    Names names;
    Examples train, dev, test;
} Data;

/* Reads the names and cuts them in three. The split does not depend on --seed, so that runs with
 * different seeds are judged by the same names. */
static bool data_read(Data *data, const char *path)
{
    Rng rng;
    if (!names_read(&data->names, path))
        return false;
    int count = data->names.count;
    Split split = split_80_10_10(count);
    if (split.train_end == 0 || split.dev_end == split.train_end || split.dev_end == count)
        return error_return("%s: %d names are too few to train, develop and test on", path, count);
    rng_seed(&rng, SPLIT_SEED);
    names_shuffle(&data->names, &rng);
    data->train = examples_make(&data->names, 0, split.train_end, CONTEXT);
    data->dev = examples_make(&data->names, split.train_end, split.dev_end, CONTEXT);
    data->test = examples_make(&data->names, split.dev_end, count, CONTEXT);
    printf("\n%s: %d names; examples: %d to train on, %d dev, %d test\n", path, count,
           data->train.count, data->dev.count, data->test.count);
    return true;
}

static void data_free(Data *data)
{
    examples_free(&data->train);
    examples_free(&data->dev);
    examples_free(&data->test);
    names_free(&data->names);
}

/* A batch of n examples drawn at random, with repetition. */
static void batch_draw(Rng *rng, const Examples *examples, int n, int x[n][CONTEXT], int y[n])
{
    const int(*all)[CONTEXT] = (void *)examples->x;
    for (int i = 0; i < n; i++) {
        int pick = rng_below(rng, examples->count);
        memcpy(x[i], all[pick], sizeof x[i]);
        y[i] = examples->y[pick];
    }
}

/* Points on the loss curve, and which of them have a dev loss: it takes as long as many steps. */
enum { POINTS = 200, QUICK_POINTS = 10, DEV_EVERY = 5 };

/* The loss over a part of the data, calibrated on the training part. */
static double calibrated_loss(const Parameters *p, const Data *data, const Examples *part,
                              Activations *a)
{
    Calibration c = calibrate(p, &data->train, a);
    double loss = evaluate(p, &c, part, a);
    calibration_free(&c);
    return loss;
}

/* Trains p with the backward pass by hand. For each point the log gets the mean loss of the batches
 * since the one before. */
static bool train(const Options *options, const Data *data, Rng *rng, Parameters *p)
{
    int n = options->batch;
    long every = options->steps / (options->quick ? QUICK_POINTS : POINTS) + 1, row = 0;
    double loss = 0;
    RunLog log;
    if (!runlog_open(&log, options->out, "loss", "step,batch,dev"))
        return false;
    Parameters d = parameters_new(p->k);
    Activations a = activations_new(n, p->k), chunk = activations_new(CHUNK, p->k);
    int(*x)[CONTEXT] = malloc((size_t)n * sizeof *x), *y = malloc((size_t)n * sizeof *y);
    if (!x || !y)
        error_stop("no memory for a batch of %d", n);
    char note[32] = "";
    Progress progress;
    progress_begin(&progress, "training", options->steps);
    for (long step = 1; step <= options->steps; step++) {
        double lr = step <= options->steps / 2 ? options->lr : options->lr / 10;
        batch_draw(rng, &data->train, n, x, y);
        loss += (double)forward(n, p, x, y, &a) / (double)every;
        backward(n, p, x, y, &a, &d);
        vector_add_scaled(p->size, (real)-lr, d.C, p->C);
        progress_step(&progress, step, note);
        if (step % every == 0) {
            bool dev = ++row % DEV_EVERY == 0;
            runlog_row(&log, (double[]){(double)step, loss,
                                        dev ? calibrated_loss(p, data, &data->dev, &chunk) : NAN});
            snprintf(note, sizeof note, "loss %.4f", loss);
            loss = 0;
        }
    }
    progress_end(&progress);
    free(x);
    free(y);
    parameters_free(&d);
    activations_free(&a);
    activations_free(&chunk);
    return runlog_close(&log);
}

/* dlogits of one batch as a picture: what pushes each letter's logit up (dark) and down (light). */
static bool draw_dlogits(const Options *options, const Data *data, Rng *rng, const Parameters *p)
{
    int x[ROWS][CONTEXT], y[ROWS];
    real dlogits[ROWS][V];
    double row[V];
    Activations a = activations_new(ROWS, p->k);
    RunLog log;
    batch_draw(rng, &data->train, ROWS, x, y);
    forward(ROWS, p, x, y, &a);
    cross_entropy_backward(ROWS, (void *)a.probs, y, dlogits);
    activations_free(&a);
    if (!runlog_open(&log, options->out, "dlogits",
                     "mark,a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z"))
        return false;
    for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < V; j++)
            row[j] = (double)dlogits[i][j];
        runlog_row(&log, row);
    }
    return runlog_close(&log) &&
           plot_draw(options, "dlogits",
                     "set title 'dlogits of one batch: dark, what came, is pushed up; light is "
                     "pushed down'\n"
                     "set xlabel 'letter (. ends a name)'\n"
                     "set ylabel 'row of the batch'\n"
                     "set xtics ('.' 0) scale 0\n"
                     "letter(i) = substr('abcdefghijklmnopqrstuvwxyz', i, i)\n"
                     "set for [i=1:26] xtics add (letter(i) i)\n"
                     "set xrange [-0.5:26.5]\n"
                     "set yrange [31.5:-0.5]\n"
                     "unset key\n"
                     "unset grid\n"
                     "set palette gray\n"
                     "plot 'dlogits.csv' matrix skip 1 with image\n");
}

static const char loss_script[] =
    "set title 'The names model, trained by a backward pass written by hand'\n"
    "set xlabel 'step'\n"
    "set ylabel 'loss (nats a letter)'\n"
    "plot 'loss.csv' using 1:2 with lines, '' using 1:3 with linespoints\n";

static void report(const Data *data, Rng *rng, const Parameters *p)
{
    Activations a = activations_new(CHUNK, p->k);
    Calibration c = calibrate(p, &data->train, &a);
    char name[NAME_MAX_LENGTH + 1];
    printf("\nloss in nats a letter, batch norm calibrated on the training part:\n");
    printf("  train %.4f   dev %.4f   test %.4f   (%.4f = ln %d is chance)\n",
           evaluate(p, &c, &data->train, &a), evaluate(p, &c, &data->dev, &a),
           evaluate(p, &c, &data->test, &a), log(V), V);
    printf("\ntwenty names:\n");
    for (int i = 0; i < 20; i++) {
        sample_name(rng, p, &c, &a, name);
        printf("  %s\n", name);
    }
    printf("\n");
    calibration_free(&c);
    activations_free(&a);
}

static bool train_and_report(const Options *options, Rng *rng)
{
    Data data;
    if (!data_read(&data, options->data))
        return false;
    Parameters p = parameters_new(HIDDEN);
    parameters_init(rng, &p);
    double start = seconds_now();
    bool done = train(options, &data, rng, &p);
    if (done) {
        printf("%ld steps of %d in %s in %.1f s\n", options->steps, options->batch, REAL_NAME,
               seconds_now() - start);
        report(&data, rng, &p);
        done = plot_draw(options, "loss", loss_script) && draw_dlogits(options, &data, rng, &p);
        plot_terminal(options, loss_script);
    }
    parameters_free(&p);
    data_free(&data);
    return done;
}

/* Numbers are counted in ints. */
enum { MOST_EXAMPLES = INT_MAX / ACTIVATIONS(HIDDEN) - 1 };

int main(int argc, char **argv)
{
    Options options = {.chapter = "10_makemore_mlp",
                       .about = "a model of names, trained with a backward pass written by hand",
                       .steps = 20000,
                       .quick_steps = 200,
                       .lr = 0.1,
                       .batch = 32,
                       .seed = 42,
                       .data = "chapters/data/names.txt"};
    options_parse(&options, argc, argv);
    if (options.batch < 2) {
        error_return("--batch %d: batch norm needs at least 2 examples", options.batch);
        error_report(options.chapter);
        return 2;
    }
    if (options.batch > MOST_EXAMPLES) {
        error_return("--batch %d: expected at most %d", options.batch, MOST_EXAMPLES);
        error_report(options.chapter);
        return 2;
    }
    Rng rng;
    rng_seed(&rng, options.seed);
    bool holds = options.quick ? check_gradients(&rng, 7, 11) : check_gradients(&rng, ROWS, 64);
    if (!holds)
        return EXIT_FAILURE;
    if (options.steps > 0 && !train_and_report(&options, &rng))
        return error_report(options.chapter);
    return EXIT_SUCCESS;
}
