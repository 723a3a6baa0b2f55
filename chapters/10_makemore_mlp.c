/* 10_makemore_mlp.c: a model of names, trained with a backward pass written by hand.
 *
 * 10_makemore_mlp.h has the model, 10_makemore_backward.h the backward pass that trains it,
 * 10_makemore_steps.h the same in 26 small steps. This program holds both against the tape and a
 * numeric gradient, one gradient after the other; then it trains, draws what the loss did, and
 * samples names that nobody has. */
#include <limits.h>
#include <stdio.h>

#include "10_makemore_backward.h"
#include "10_makemore_names.h"
#include "10_makemore_steps.h"
#include "parallel/ranks.h"
#include "parallel/shard_sum.h"
#include "parallel/shards.h"
#include "workbook/fact.h"
#include "workbook/interrupt.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/runlog.h"
#include "workbook/table.h"
#include "workbook/training.h"

/* Of the batch that is looked at closely: rows, and letters (a to z, and the mark). */
enum { HIDDEN = 200, ROWS = 32, ALPHABET = 27 };

/* -- the judges ------------------------------------------------------------------------------- */

/* A model and a batch to look at closely. */
typedef struct {
    Parameters p;
    int n, x[ROWS][CONTEXT], y[ROWS];
} Problem;

static Problem problem_draw(Rng *rng, int n, int k)
{
    Problem problem = {.p = parameters_new(ALPHABET, k), .n = n};
    parameters_init(rng, &problem.p);
    for (int i = 0; i < n; i++) {
        for (int t = 0; t < CONTEXT; t++)
            problem.x[i][t] = rng_below(rng, ALPHABET);
        problem.y[i] = rng_below(rng, ALPHABET);
    }
    return problem;
}

static bool check_steps(void *const d[TENSORS], Tensor *loss, Tensor *const t[TENSORS])
{
    GradTable table;
    printf("\nThe %d gradients of the names model, one step at a time\n\n", TENSORS);
    table_begin(&table);
    for (int i = TENSORS - 1; i >= 0; i--)
        table_tensor(&table, gradient_name[i], d[i], loss, t[i]);
    return table_end(&table);
}

/* The same from the fused passes, as far as those compute it. */
static bool check_fused(const Problem *problem, Tensor *loss, Tensor *const t[TENSORS])
{
    const Parameters *p = &problem->p;
    Parameters d = parameters_new(p->V, p->k);
    Activations a = activations_new(problem->n, p->V, p->k);
    const struct {
        int tensor;
        const real *hand;
    } fused[] = {{LOGITS, a.dlogits}, {W2, d.W2},     {B2, d.b2}, {BNGAIN, d.bngain},
                 {BNBIAS, d.bnbias},  {HPREBN, a.dh}, {W1, d.W1}, {B1, d.b1},
                 {EMBCAT, *a.demb},   {C, *d.C}};
    GradTable table;

    vector_fill(d.size, NAN, d.all);
    real value = forward(problem->n, p, problem->x, problem->y, &a);
    backward(problem->n, p, problem->x, problem->y, &a, &d);
    printf("\nThe backward pass that trains the model\n\n");
    fact_same("loss", 1, &value, loss->data);
    fact_same("probs", problem->n * p->V, a.probs, t[PROBS]->data);
    table_begin(&table);
    for (size_t i = 0; i < sizeof fused / sizeof fused[0]; i++)
        table_tensor(&table, gradient_name[fused[i].tensor], fused[i].hand, loss,
                     t[fused[i].tensor]);
    activations_free(&a);
    parameters_free(&d);
    return table_end(&table);
}

static bool check_gradients(const Problem *problem)
{
    Tensor *t[TENSORS];
    void *d[TENSORS] = {NULL};
    small_example();
    Tensor *loss = gradients_by_steps(problem->n, &problem->p, problem->x, problem->y, t, d);
    ag_backward(loss);
    bool hold = check_steps(d, loss, t);
    hold = check_fused(problem, loss, t) && hold;
    ag_reset();
    return hold && fact_failures() == 0;
}

/* -- training --------------------------------------------------------------------------------- */

enum { POINTS = 200, QUICK_POINTS = 10 }; /* on the loss curve */

static double dev_loss(const Parameters *p, const Data *data)
{
    Activations a = activations_new(CHUNK, p->V, p->k);
    Calibration c = calibrate(p, &data->train, &a);
    double loss = evaluate(p, &c, &data->dev, &a);
    calibration_free(&c);
    activations_free(&a);
    return loss;
}

/* The backward pass of the exercises, in plain loops. The steps need more of a forward pass than
 * the fused one keeps, so it is run once more. */
static void backward_by_exercises(int n, const Parameters *p, const int x[n][CONTEXT],
                                  const int y[n], Parameters *d)
{
    Tensor *t[TENSORS];
    void *gradient[TENSORS] = {
        [C] = d->C,           [W1] = d->W1, [B1] = d->b1, [BNGAIN] = d->bngain,
        [BNBIAS] = d->bnbias, [W2] = d->W2, [B2] = d->b2};
    ag_no_grad_begin(); /* the tape only computes */
    gradients_by_steps(n, p, x, y, t, gradient);
    ag_no_grad_end();
    ag_reset();
}

/* Returns the loss of n examples; d becomes its gradient. */
static real gradient(const Options *options, int n, const Parameters *p, const int x[n][CONTEXT],
                     const int y[n], Activations *a, Parameters *d)
{
    real loss = forward(n, p, x, y, a);
    if (options->faster)
        backward(n, p, x, y, a, d);
    else
        backward_by_exercises(n, p, x, y, d);
    return loss;
}

/* What is summed of the shards of a batch. */
enum { LOSS, GRADIENT, SUMS };

/* The same of the shards that are this rank's, one after the other, and with those of all others:
 * batch norm sees a shard at a time. */
static real gradient_of_shards(const Options *options, int n, const Parameters *p,
                               const int x[n][CONTEXT], const int y[n], Activations *a,
                               Parameters *d, ShardSum *sum)
{
    if (options->shards == 1)
        return gradient(options, n, p, x, y, a, d);
    for (int s = shard_sum_first(sum); s < shard_sum_last(sum); s++) {
        const int first = shard_begin(n, options->shards, s);
        const int size = shard_begin(n, options->shards, s + 1) - first;
        const real weight = (real)size / (real)n;
        real loss = gradient(options, size, p, x + first, y + first, a, d);
        shard_sum_put(sum, GRADIENT, d->all, weight);
        shard_sum_put(sum, LOSS, &loss, weight);
    }
    shard_sum_end(sum);
    memcpy(d->all, shard_sum_of(sum, GRADIENT), (size_t)d->size * sizeof *d->all);
    return shard_sum_of(sum, LOSS)[0];
}

/* What there is to save of the model, under the lesson's names. */
static void list_parameters(State *state, const Parameters *p, const Vocab *vocab)
{
    const Shape hidden = ag_shape(1, p->k);
    state_reals(state, "C", ag_shape(2, p->V, EMBEDDING), *p->C);
    state_reals(state, "W1", ag_shape(2, D, p->k), p->W1);
    state_reals(state, "b1", hidden, p->b1);
    state_reals(state, "bngain", hidden, p->bngain);
    state_reals(state, "bnbias", hidden, p->bnbias);
    state_reals(state, "W2", ag_shape(2, p->k, p->V), p->W2);
    state_reals(state, "b2", ag_shape(1, p->V), p->b2);
    state_vocab(state, vocab);
}

/* What a run that is taken up again must have as it was: the parameters, and rng, which draws the
 * batches. */
static State *state_of_run(Rng *rng, const Parameters *p, const Vocab *vocab)
{
    State *state = state_new();
    list_parameters(state, p, vocab);
    state_rng(state, "rng", rng);
    return state;
}

/* Trains p with the backward pass by hand. The log gets the mean loss of the batches from row to
 * row, and now and then, for it takes as long as many steps, the loss on the dev part. */
static TrainingEnd train(const Options *options, const Data *data, Rng *rng, State *state,
                         Parameters *p)
{
    int n = options->batch;
    long every = options->steps / (options->quick ? QUICK_POINTS : POINTS) + 1;
    Training t;
    if (!training_begin(&t, options, "loss", "step,batch [nats a letter],dev [nats a letter]",
                        options->steps, every) ||
        !training_keep(&t, state))
        return NOT_LOGGED;
    training_epoch(&t, (double)data->train.count / n);
    Parameters d = parameters_new(p->V, p->k);
    Activations a = activations_new(n, p->V, p->k);
    ShardSum *sum = shard_sum_new(SUMS, (int[]){[LOSS] = 1, [GRADIENT] = d.size},
                                  (ShardSumOptions){.shards = options->shards});
    int(*x)[CONTEXT] = calloc((size_t)n, sizeof *x), *y = calloc((size_t)n, sizeof *y);
    if (!x || !y)
        error_stop("no memory for a batch of %d", n);
    while (training_next(&t)) {
        double lr = t.step <= options->steps / 2 ? options->lr : options->lr / 10;
        batch_draw(rng, &data->train, n, x, y);
        real loss = gradient_of_shards(options, n, p, x, y, &a, &d, sum);
        training_loss(&t, (double)loss, lr, d.size, d.all);
        vector_add_scaled(p->size, (real)-lr, d.all, p->all);
        if (training_row_due(&t)) {
            double dev = training_eval_due(&t) ? dev_loss(p, data) : RUNLOG_NONE;
            training_row(&t, (double[]){(double)t.step, training_mean(&t), dev});
        }
    }
    free(x);
    free(y);
    shard_sum_free(sum);
    parameters_free(&d);
    activations_free(&a);
    return training_end(&t);
}

/* Opens the log with a column for each letter. */
static bool open_dlogits(RunLog *log, const Options *options, const Vocab *vocab)
{
    char *header = malloc((size_t)vocab->size * (UTF8_MOST + 1) + 1), *to = header;
    if (!header)
        error_stop("no memory for %d letters", vocab->size);
    for (int j = 0; j < vocab->size; j++)
        to += sprintf(to, j ? ",%s" : "%s", vocab_text(vocab, 1, &j, (char[UTF8_MOST + 1]){""}));
    bool opened = runlog_open(log, options->out, "dlogits", header);
    free(header);
    return opened;
}

/* dlogits of one batch as a picture: what pushes each letter's logit up (dark) and down (light). */
static bool draw_dlogits(const Options *options, const Data *data, Rng *rng, const Parameters *p)
{
    int V = p->V, x[ROWS][CONTEXT], y[ROWS];
    Activations a = activations_new(ROWS, V, p->k);
    double *row = calloc((size_t)V, sizeof *row);
    RunLog log;
    if (!row)
        error_stop("no memory for %d letters", V);
    batch_draw(rng, &data->train, ROWS, x, y);
    forward(ROWS, p, x, y, &a);
    cross_entropy_backward_from_probs(ROWS, V, a.probs, y, a.dlogits);
    bool opened = open_dlogits(&log, options, &data->names.vocab);
    for (int i = 0; opened && i < ROWS; i++) {
        const real(*dlogits)[V] = a.dlogits;
        for (int j = 0; j < V; j++)
            row[j] = (double)dlogits[i][j];
        runlog_row(&log, row);
    }
    free(row);
    activations_free(&a);
    return opened && runlog_close(&log) &&
           plot_draw_file(options, "dlogits", "chapters/10_dlogits.gp");
}

static const char loss_script[] =
    "set title 'The names model, trained by a backward pass written by hand'\n"
    "set xlabel 'step'\n"
    "set ylabel 'loss (nats a letter)'\n"
    "plot 'loss.csv' using 1:2 with lines, '' using 1:3 with linespoints, \\\n"
    "     '' using 1:(no_number(2)) @crosses\n";

static void make_names_up(const Options *options, const Vocab *vocab, Rng *rng, const Parameters *p,
                          const Calibration *c, Activations *a)
{
    int length, name[NAME_MAX_LENGTH];
    char text[NAME_SIZE];
    if (options->sample == 0)
        return;
    if (options->sample == 20)
        printf("\ntwenty names:\n");
    else
        printf("\n%d name%s:\n", options->sample, options->sample == 1 ? "" : "s");
    for (int i = 0; i < options->sample; i++) {
        sample_name(rng, options->sampling, p, c, a, &length, name);
        printf("  %s\n", vocab_text(vocab, length, name, text));
    }
    printf("\n");
}

static void report(const Options *options, const Data *data, Rng *rng, const Parameters *p)
{
    Activations a = activations_new(CHUNK, p->V, p->k);
    Calibration c = calibrate(p, &data->train, &a);
    printf("\nloss in nats a letter, batch norm calibrated on the training part:\n");
    printf("  train %.4f   dev %.4f   test %.4f   (%.4f = ln %d is chance)\n",
           evaluate(p, &c, &data->train, &a), evaluate(p, &c, &data->dev, &a),
           evaluate(p, &c, &data->test, &a), log(p->V), p->V);
    make_names_up(options, &data->names.vocab, rng, p, &c, &a);
    calibration_free(&c);
    activations_free(&a);
}

/* Trains p, saves it and says what it has learnt. */
static bool train_and_report(const Options *options, const Data *data, Rng *rng, Parameters *p)
{
    State *run = state_of_run(rng, p, &data->names.vocab), *model = state_new();
    list_parameters(model, p, &data->names.vocab);
    double start = seconds_now();
    TrainingEnd end = train(options, data, rng, run, p);
    if (end == TRAINED)
        printf("%ld steps of %d in %s in %.1f s\n", options->steps, options->batch, REAL_NAME,
               seconds_now() - start);
    if (end == TRAINED || end == INTERRUPTED)
        report(options, data, rng, p);
    bool done = end != NOT_LOGGED &&
                training_succeeded(end, plot_draw(options, "loss", loss_script)) &&
                draw_dlogits(options, data, rng, p) && state_save(model, options->save);
    if (done)
        plot_terminal(options, loss_script);
    state_free(run);
    state_free(model);
    return done;
}

/* Takes p from a file and says what it has learnt. */
static bool load_and_report(const Options *options, const Data *data, Rng *rng, Parameters *p)
{
    State *model = state_new();
    list_parameters(model, p, &data->names.vocab);
    bool loaded = state_load(model, options->load, true);
    state_free(model);
    if (loaded)
        report(options, data, rng, p);
    return loaded;
}

/* Numbers are counted in ints: the more letters, the smaller the largest batch. */
static bool batch_fits(int batch, int shards, int V)
{
    int most = INT_MAX / ACTIVATIONS(V, HIDDEN) - 1;
    return (batch / shards >= 2 && batch <= most) ||
           error_return("--batch %d: expected %d, for batch norm needs 2%s, to %d", batch,
                        2 * shards, shards > 1 ? " in each shard" : "", most);
}

static bool learn_names(const Options *options, Rng *rng)
{
    Data data;
    if (!data_read(&data, options->data))
        return false;
    if (!batch_fits(options->batch, options->shards, data.names.vocab.size)) {
        data_free(&data);
        return false;
    }
    Parameters p = parameters_new(data.names.vocab.size, HIDDEN);
    parameters_init(rng, &p);
    bool done = (options->load ? load_and_report : train_and_report)(options, &data, rng, &p);
    parameters_free(&p);
    data_free(&data);
    return done;
}

static int run(int argc, char **argv)
{
    Options options = {.chapter = "10_makemore_mlp",
                       .about = "a model of names, trained with a backward pass written by hand",
                       .steps = 20000,
                       .quick_steps = 200,
                       .lr = 0.1,
                       .batch = 32,
                       .shards = 1,
                       .evaluates = true,
                       .seed = 42,
                       .data = "chapters/data/names.txt",
                       .saves = true,
                       .samples = true,
                       .sample = 20,
                       .sampling = {.temperature = 1},
                       .faster = "the fused backward pass"};
    options_parse(&options, argc, argv);
    if (!batch_fits(options.batch, options.shards, ALPHABET)) {
        error_report(options.chapter);
        return 2;
    }
    Rng rng;
    rng_seed(&rng, options.seed);
    Problem problem = options.quick ? problem_draw(&rng, 7, 11) : problem_draw(&rng, ROWS, 64);
    bool hold = options.train_only || check_gradients(&problem);
    parameters_free(&problem.p);
    if (!hold)
        return EXIT_FAILURE;
    if (options.steps > 0 && !learn_names(&options, &rng))
        return interrupt_status(error_report(options.chapter));
    return interrupt_status(EXIT_SUCCESS);
}

int main(int argc, char **argv)
{
    ranks_begin(&argc, &argv);
    return ranks_end(run(argc, argv));
}
