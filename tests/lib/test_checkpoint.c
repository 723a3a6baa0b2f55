/* A run that was stopped and taken up again is, to the bit, the run that was not: a network with
 * batch norm and dropout, trained by Adam on two moons in random order, is killed at any step. */
#include "workbook/training.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "autograd/autograd.h"
#include "child.h"
#include "data/loader.h"
#include "data/toy.h"
#include "error.h"
#include "nn/layers.h"
#include "nn/schedule.h"
#include "scratch.h"
#include "workbook/interrupt.h"

enum { STEPS = 40, EVERY = 4 };

/* What a run must remember; each can be left out of the checkpoint to see that it matters. */
enum { MODEL = 1, OPTIM = 2, RNG = 4, LOADER = 8, ALL = 15 };

typedef struct {
    Options options;
    int remembered;
    long at;    /* the step at which something happens: */
    int signal; /* ... this signal, */
    bool full;  /* ... or the disk is full, */
    real lost;  /* ... or the loss becomes this */
} Run;

#define PLAIN                                                                  \
    {                                                                          \
        .chapter = "16_moons", .lr = 0.01, .batch = 16, .seed = 7, .out = ".", \
        .checkpoint_every = 6                                                  \
    }

static const Run whole_run = {.options = PLAIN, .remembered = ALL};

static Module *network(Rng *rng)
{
    Module *const first[] = {nn_no_bias(nn_linear(rng, 2, 8)), nn_batch_norm1d(8), nn_relu(),
                             nn_dropout(rng, 0.25)};
    Module *const both[] = {nn_sequential(4, first), nn_linear(rng, 8, 2)};
    return nn_sequential(2, both);
}

/* Leaves the gradients; returns the loss. */
static double step(Module *net, Optim *optim, const Loader *loader)
{
    int target[loader->n];
    for (int i = 0; i < loader->n; i++)
        target[i] = (int)loader->y[i];
    Tensor *logits = nn_forward(net, ag_tensor(ag_shape(2, loader->n, 2), loader->x));
    Tensor *loss = ag_cross_entropy(logits, target, AG_MEAN);
    ag_backward(loss);
    optim_step(optim);
    double value = (double)ag_item(loss);
    ag_reset();
    return value;
}

static void happen(const Run *run)
{
    if (run->signal)
        raise(run->signal);
    if (run->full) {
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){1000, RLIM_INFINITY});
    }
}

static TrainingEnd train(const Run *run, Module *net, Optim *optim, Loader *loader, State *state)
{
    int n;
    Training t;
    if (!training_begin(&t, &run->options, "loss", "step,batch", STEPS, EVERY) ||
        !training_keep(&t, state))
        return NOT_LOGGED;
    Tensor **parameters = nn_parameters(net, &n);
    while (training_next(&t)) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        if (!loader_next(loader))
            loader_next(loader);
        double lr = schedule_cosine(run->options.lr, 0, STEPS, t.step), loss;
        optim_set_lr(optim, 0, lr);
        loss = step(net, optim, loader);
        bool now = t.step == run->at;
        loss = now && run->lost != 0 ? (double)run->lost : loss;
        training_loss_tensors(&t, loss, lr, n, parameters);
        optim_zero_grad(optim);
        if (training_row_due(&t))
            training_row(&t, (double[]){(double)t.step, training_mean(&t)});
        if (now)
            happen(run);
    }
    free(parameters);
    return training_end(&t);
}

/* Trains, and saves the model if the training came to its end. */
static void train_and_save(void *context)
{
    const Run *run = context;
    Rng rng;
    if (chdir(scratch_folder()) != 0)
        exit(99);
    rng_seed(&rng, run->options.seed);
    Dataset data = toy_moons(1, 100, 0.1);
    Loader loader = loader_new(&data, (LoaderOptions){.batch = 16, .shuffle = true, .seed = 3});
    Module *net = network(&rng);
    Optim *optim = optim_new();
    int n;
    Tensor **parameters = nn_parameters(net, &n);
    optim_adam(optim, adam_defaults(run->options.lr));
    optim_add(optim, n, parameters);
    free(parameters);

    State *state = state_new();
    if (run->remembered & MODEL)
        nn_state(state, "model.", net);
    if (run->remembered & OPTIM)
        state_optim(state, "optim", optim);
    if (run->remembered & RNG)
        state_rng(state, "rng", &rng);
    if (run->remembered & LOADER)
        state_loader(state, "loader", &loader);
    TrainingEnd end = train(run, net, optim, &loader, state);
    bool good = training_succeeded(end, end != NOT_LOGGED) &&
                (end != TRAINED || nn_save(net, "model.safetensors"));
    state_free(state);
    optim_free(optim);
    nn_free(net);
    loader_free(&loader);
    dataset_free(&data);
    fflush(stdout);
    exit(interrupt_status(good ? 0 : error_report("16_moons")));
}

static Child run_of(Run run)
{
    return child_run(train_and_save, &run);
}

static Child resumed(Run run)
{
    run.at = 0;
    run.options.resume = true;
    return run_of(run);
}

/* The bytes of a file in the scratch folder, in a block for free(). */
static char *bytes_of(const char *name, long *size)
{
    FILE *file = fopen(scratch_path(name), "rb");
    assert_non_null(file);
    char *bytes = malloc(100000);
    assert_non_null(bytes);
    *size = (long)fread(bytes, 1, 100000, file);
    fclose(file);
    return bytes;
}

/* What a run leaves that goes on to its end: the log and the model. */
typedef struct {
    char *log, *model;
    long log_size, model_size;
} Left;

static Left left(void)
{
    Left l;
    l.log = bytes_of("loss.csv", &l.log_size);
    l.model = bytes_of("model.safetensors", &l.model_size);
    return l;
}

static bool same_bytes(const char *a, long a_size, const char *b, long b_size)
{
    return a_size == b_size && memcmp(a, b, (size_t)a_size) == 0;
}

/* Whether the run that was just made has left the same as an earlier one. */
static bool same_as(const Left *before, bool *same_log)
{
    Left now = left();
    bool same = same_bytes(before->model, before->model_size, now.model, now.model_size);
    *same_log = same_bytes(before->log, before->log_size, now.log, now.log_size);
    free(now.log);
    free(now.model);
    return same;
}

static Left whole;

static int setup(void **state)
{
    if (scratch_setup(state) != 0 || run_of(whole_run).status != 0)
        return -1;
    whole = left();
    return 0;
}

static int teardown(void **state)
{
    free(whole.log);
    free(whole.model);
    return scratch_teardown(state);
}

static void remove_all(void)
{
    remove(scratch_path("checkpoint.safetensors"));
    remove(scratch_path("loss.csv"));
    remove(scratch_path("model.safetensors"));
}

static void a_run_killed_at_any_step_goes_on_to_the_bit(void **state)
{
    (void)state;
    for (long at = 7; at < STEPS; at += 3) {
        remove_all();
        Run run = {.options = PLAIN, .remembered = ALL, .at = at, .signal = SIGKILL};
        assert_int_equal(run_of(run).status, -SIGKILL);
        Child child = resumed(run);
        char expected[64];
        bool same_log;
        snprintf(expected, sizeof expected, "resumed at step %ld of 40\n", (at - 1) / 6 * 6);
        assert_string_equal(child.out, expected);
        assert_int_equal(child.status, 0);
        assert_true(same_as(&whole, &same_log) && same_log);
    }
}

/* The steps of the log, each with more seconds than the one before it: those that were killed with
 * the run are trained, and counted, once. */
static void the_seconds_of_a_run_go_on_where_it_does(void **state)
{
    (void)state;
    remove_all();
    Run run = {.options = PLAIN, .remembered = ALL, .at = 29, .signal = SIGKILL};
    run_of(run);
    resumed(run);
    char log[4096];
    snprintf(log, sizeof log, "%s", scratch_read("loss.csv"));
    const char *row = strchr(log, '\n'), *time = strchr(scratch_read("loss_seconds.csv"), '\n');
    double seconds = 0, before = 0;
    int rows = 0;
    for (; row && time && row[1]; row = strchr(row + 1, '\n'), time = strchr(time + 1, '\n')) {
        char *end;
        assert_int_equal(strtol(time + 1, &end, 10), strtol(row + 1, NULL, 10));
        seconds = strtod(end + 1, NULL);
        assert_true(seconds > before);
        before = seconds;
        rows++;
    }
    assert_int_equal(rows, STEPS / EVERY);
    assert_true(time && !time[1]);
    assert_true(seconds >= 0.001 * STEPS);
}

static void without_a_checkpoint_there_is_nothing_to_go_on_from(void **state)
{
    (void)state;
    remove_all();
    Child child = resumed(whole_run);
    assert_int_equal(child.status, 1);
    assert_string_equal(
        child.err, "16_moons: ./checkpoint.safetensors: there is no checkpoint to go on from\n");
    assert_false(scratch_exists("loss.csv"));
}

static void a_signal_leaves_a_checkpoint_of_its_step(void **state)
{
    (void)state;
    remove_all();
    Run run = {.options = PLAIN, .remembered = ALL, .at = 10, .signal = SIGTERM};
    run.options.checkpoint_every = 1000;
    Child child = run_of(run);
    bool same_log;
    assert_string_equal(child.out, "interrupted at step 10 of 40; --resume goes on from there\n");
    assert_int_equal(child.status, 143);
    assert_string_equal(resumed(run).out, "resumed at step 10 of 40\n");
    assert_true(same_as(&whole, &same_log) && same_log);
}

static void a_run_can_be_taken_up_again_and_again(void **state)
{
    (void)state;
    remove_all();
    Run run = {.options = PLAIN, .remembered = ALL, .at = 9, .signal = SIGTERM};
    run_of(run);
    run.options.resume = true;
    for (run.at = 10; run.at < STEPS; run.at += 7)
        assert_int_equal(run_of(run).status, 143);
    bool same_log;
    assert_int_equal(resumed(run).status, 0);
    assert_true(same_as(&whole, &same_log) && same_log);
    assert_string_equal(resumed(run).out,
                        "resumed at step 40 of 40\n"); /* there is nothing to do */
    assert_true(same_as(&whole, &same_log) && same_log);
}

/* The judge of the tests above: they see whatever is forgotten. */
static void each_piece_matters(void **state)
{
    (void)state;
    for (int piece = MODEL; piece <= LOADER; piece *= 2) {
        remove_all();
        Run run = {.options = PLAIN, .remembered = ALL & ~piece, .at = 13, .signal = SIGTERM};
        bool same_log;
        run_of(run);
        assert_int_equal(resumed(run).status, 0);
        assert_false(same_as(&whole, &same_log));
    }
}

static void another_run_is_refused(void **state)
{
    (void)state;
    remove_all();
    run_of((Run){.options = PLAIN, .remembered = ALL, .at = 13, .signal = SIGTERM});
    Run other = whole_run;
    other.options.batch = 8;
    Child child = resumed(other);
    assert_int_equal(child.status, 1);
    assert_string_equal(
        child.err,
        "16_moons: ./checkpoint.safetensors: is of another run (16_moons in " REAL_NAME
        ": --steps 40 --seed 7 --lr 0.01 --batch 16), not of this one (16_moons in " REAL_NAME
        ": --steps 40 --seed 7 --lr 0.01 --batch 8)\n");
    assert_false(scratch_exists("model.safetensors"));
    other.options.batch = whole_run.options.batch;
    other.options.choices = (Choice[]){{.name = "width", .normal = 32, .number = 32}, {0}};
    assert_non_null(strstr(resumed(other).err, "--batch 16 --width 32)\n"));
}

/* Of a run that was interrupted with a choice, resumed with another word for it. */
static Child resumed_with(Choice choice, const char *word)
{
    Choice choices[] = {choice, {0}};
    Run run = {.options = PLAIN, .remembered = ALL, .at = 13, .signal = SIGTERM};
    run.options.choices = choices;
    remove_all();
    run_of(run);
    choices[0].word = word;
    Run other = whole_run;
    other.options.choices = choices;
    return resumed(other);
}

static void a_run_with_another_choice_is_refused(void **state)
{
    (void)state;
    Child child = resumed_with((Choice){.name = "block", .word = "plain"}, "skip");
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, " --batch 16 --block plain), not of this one "));
    assert_non_null(strstr(child.err, " --batch 16 --block skip)\n"));
}

static void a_choice_beside_the_training_may_be_another(void **state)
{
    (void)state;
    Child child = resumed_with((Choice){.name = "measure", .word = "yes", .same_run = true}, "no");
    assert_string_equal(child.err, "");
    assert_int_equal(child.status, 0);
}

static void a_damaged_checkpoint_is_one_line(void **state)
{
    (void)state;
    remove_all();
    Run run = {.options = PLAIN, .remembered = ALL, .at = 13, .signal = SIGTERM};
    run_of(run);
    Left before = {.log = bytes_of("loss.csv", &before.log_size)};
    assert_int_equal(truncate(scratch_path("checkpoint.safetensors"), 1000), 0);
    Child child = resumed(run);
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "16_moons: ./checkpoint.safetensors: "));
    assert_ptr_equal(strchr(child.err, '\n'), child.err + strlen(child.err) - 1);
    Left after = {.log = bytes_of("loss.csv", &after.log_size)};
    assert_true(same_bytes(before.log, before.log_size, after.log, after.log_size));
    free(before.log);
    free(after.log);
}

static void a_full_disk_ends_the_run_and_leaves_the_earlier_checkpoint(void **state)
{
    (void)state;
    remove_all();
    Child child = run_of((Run){.options = PLAIN, .remembered = ALL, .at = 13, .full = true});
    assert_int_equal(child.status, 1);
    assert_non_null(strstr(child.err, "checkpoint.safetensors: cannot be written: "));
    assert_true(scratch_exists("loss.csv"));
    bool same_log;
    assert_string_equal(resumed(whole_run).out, "resumed at step 12 of 40\n");
    assert_true(same_as(&whole, &same_log) && same_log);
}

/* A loss that is not finite is nothing to go on from: the checkpoint before it stays. */
static void a_run_that_diverges_leaves_the_checkpoint_before(void **state)
{
    (void)state;
    remove_all();
    Child child = run_of((Run){.options = PLAIN, .remembered = ALL, .at = 12, .lost = (real)NAN});
    assert_int_equal(child.status, 1);
    assert_string_equal(resumed(whole_run).out, "resumed at step 6 of 40\n");
}

/* A number that is counted elsewhere: what is listed is a copy. */
typedef struct {
    real there, copy;
} Elsewhere;

static void bring(void *context)
{
    Elsewhere *e = context;
    e->copy = e->there;
}

static real count_elsewhere(long steps, bool resume)
{
    Options options = PLAIN;
    Elsewhere e = {0, 0};
    Training t;
    State *state = state_new();
    options.out = scratch_folder();
    options.resume = resume;
    state_reals(state, "copy", ag_shape(0), &e.copy);
    assert_true(training_begin(&t, &options, "loss", "step", steps, EVERY));
    training_refresh(&t, bring, &e);
    assert_true(training_keep(&t, state));
    e.there = e.copy;
    while (training_next(&t)) {
        e.there++;
        training_loss(&t, 1, 1, 1, &e.there);
    }
    assert_int_equal(training_end(&t), TRAINED);
    state_free(state);
    return e.there;
}

static void what_is_elsewhere_is_brought_before_a_checkpoint(void **state)
{
    (void)state;
    remove_all();
    assert_true(count_elsewhere(13, false) == 13);
    assert_true(count_elsewhere(13, true) == 13);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_killed_at_any_step_goes_on_to_the_bit),
        cmocka_unit_test(the_seconds_of_a_run_go_on_where_it_does),
        cmocka_unit_test(without_a_checkpoint_there_is_nothing_to_go_on_from),
        cmocka_unit_test(a_signal_leaves_a_checkpoint_of_its_step),
        cmocka_unit_test(a_run_can_be_taken_up_again_and_again),
        cmocka_unit_test(each_piece_matters),
        cmocka_unit_test(another_run_is_refused),
        cmocka_unit_test(a_run_with_another_choice_is_refused),
        cmocka_unit_test(a_choice_beside_the_training_may_be_another),
        cmocka_unit_test(a_damaged_checkpoint_is_one_line),
        cmocka_unit_test(a_full_disk_ends_the_run_and_leaves_the_earlier_checkpoint),
        cmocka_unit_test(a_run_that_diverges_leaves_the_checkpoint_before),
        cmocka_unit_test(what_is_elsewhere_is_brought_before_a_checkpoint),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
