/* What is saved by name comes back to where it was, all of it or none, and a run that goes on from
 * there is the run that was never interrupted. */
#include "nn/state.h"

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

#include "autograd/autograd.h"
#include "child.h"
#include "data/utf8.h"
#include "error.h"
#include "nn/init.h"
#include "nn/safetensors.h"
#include "scratch.h"

static const char *path(void)
{
    return scratch_path("state");
}

static void save(const State *state)
{
    if (!state_save(state, path()))
        fail_msg("%s", error_text());
}

static void assert_message(const char *expected)
{
    char whole[1024];
    snprintf(whole, sizeof whole, "%s: %s", path(), expected);
    assert_string_equal(error_text(), whole);
}

/* -- pieces ----------------------------------------------------------------------------------- */

/* One piece of every kind. */
typedef struct {
    real reals[6], matrix[6];
    double doubles[2];
    int ints[3];
    long count;
    uint64_t bits[2];
    char *text;
    Rng rng;
} Things;

static const Things some = {
    .reals = {1, -2, 3, 0.1F, -0.0F, 6},
    .matrix = {11, 12, 13, 21, 22, 23},
    .doubles = {0.1, -1e300},
    .ints = {INT32_MIN, 0, INT32_MAX},
    .count = INT64_MIN,
    .bits = {UINT64_MAX, 1},
    .rng = {{1, 2, 3, UINT64_MAX}, -0.25, 1},
};

static State *list_of(Things *things)
{
    State *state = state_new();
    state_reals(state, "reals", ag_shape(3, 1, 2, 3), things->reals);
    state_transposed(state, "matrix", 2, 3, things->matrix);
    state_doubles(state, "doubles", ag_shape(1, 2), things->doubles);
    state_ints(state, "ints", ag_shape(1, 3), things->ints);
    state_longs(state, "count", ag_shape(0), &things->count);
    state_u64s(state, "bits", ag_shape(1, 2), things->bits);
    state_text(state, "text", &things->text);
    state_rng(state, "rng", &things->rng);
    return state;
}

/* The same to the bit, the text aside. */
static void assert_same_things(const Things *a, const Things *b)
{
    assert_memory_equal(a->reals, b->reals, sizeof a->reals);
    assert_memory_equal(a->matrix, b->matrix, sizeof a->matrix);
    assert_memory_equal(a->doubles, b->doubles, sizeof a->doubles);
    assert_memory_equal(a->ints, b->ints, sizeof a->ints);
    assert_int_equal(a->count, b->count);
    assert_memory_equal(a->bits, b->bits, sizeof a->bits);
    assert_memory_equal(a->rng.state, b->rng.state, sizeof a->rng.state);
    assert_true(a->rng.spare_normal == b->rng.spare_normal);
    assert_int_equal(a->rng.has_spare, b->rng.has_spare);
}

static void save_some(void)
{
    Things things = some;
    things.text = strdup("step,loss\n1,0.5\n");
    State *state = list_of(&things);
    state_meta(state, "made by", "a test");
    save(state);
    state_free(state);
    free(things.text);
}

static void every_piece_comes_back(void **unused)
{
    (void)unused;
    save_some();
    Things things = {.text = strdup("old")};
    State *state = list_of(&things);
    if (!state_resume(state, path()))
        fail_msg("%s", error_text());
    assert_same_things(&things, &some);
    assert_string_equal(things.text, "step,loss\n1,0.5\n");
    assert_string_equal(state_unmatched(state), "");
    things.reals[0] = things.matrix[3] = 9;
    assert_true(state_load(state, path(), true));
    assert_same_things(&things, &some);

    free(things.text);
    things.text = NULL; /* saved as nothing, read as "" */
    save(state);
    assert_true(state_load(state, path(), true));
    assert_string_equal(things.text, "");
    free(things.text);
    state_free(state);
}

/* (in, out) in memory is (out, in) in the file, as in torch.nn.Linear. */
static void a_matrix_is_transposed_in_the_file(void **unused)
{
    (void)unused;
    save_some();
    SafeTensors file;
    real found[6];
    assert_true(safetensors_open(&file, path()));
    const SafeTensor *matrix = safetensors_find(&file, "matrix");
    assert_string_equal(safetensors_shape_text(matrix), "(3, 2)");
    assert_true(safetensors_reals(&file, matrix, found));
    assert_memory_equal(found, ((real[]){11, 21, 12, 22, 13, 23}), sizeof found);
    assert_string_equal(safetensors_meta(&file, "made by"), "a test");
    safetensors_close(&file);
}

static void a_tensor_that_is_read_back_is_another_one(void **unused)
{
    (void)unused;
    Tensor *w = ag_parameter(ag_shape(2, 2, 3)), *b = ag_parameter(ag_shape(1, 3));
    memcpy(w->data, some.matrix, sizeof some.matrix);
    State *state = state_new();
    state_tensor(state, "weight", w, true);
    state_tensor(state, "bias", b, false);
    save(state);
    memset(w->data, 0, sizeof some.matrix);
    unsigned version = w->version, bias_version = b->version;
    assert_true(state_load(state, path(), true));
    assert_memory_equal(w->data, some.matrix, sizeof some.matrix);
    assert_int_equal(w->version, version + 1);
    assert_int_equal(b->version, bias_version + 1);
    state_free(state);
    ag_free(w);
    ag_free(b);
}

static void halves_and_the_other_precision_become_reals(void **unused)
{
    (void)unused;
    const Dtype other = DTYPE_REAL == DTYPE_F64 ? DTYPE_F32 : DTYPE_F64;
    const float floats[] = {5, 6};
    const double doubles[] = {5, 6};
    const void *numbers = other == DTYPE_F32 ? (const void *)floats : doubles;
    const SafeTensor tensors[] = {{"half", DTYPE_F16, 2, {2, 1}, (uint16_t[]){0x3c00, 0xc000}},
                                  {"brain", DTYPE_BF16, 1, {1}, (uint16_t[]){0x4049}},
                                  {"other", other, 1, {2}, numbers}};
    assert_true(safetensors_save(path(), 3, tensors, 0, NULL));
    real half[2], brain, others[2] = {0};
    State *state = state_new();
    state_transposed(state, "half", 1, 2, half);
    state_reals(state, "brain", ag_shape(1, 1), &brain);
    state_reals(state, "other", ag_shape(1, 2), others);
    assert_true(state_load(state, path(), true));
    assert_true(half[0] == 1 && half[1] == -2 && brain == 3.140625);
    assert_true(others[0] == 5 && others[1] == 6);
    state_free(state);

    char expected[128];
    others[0] = 1;
    state = state_new();
    state_reals(state, "other", ag_shape(1, 2), others);
    assert_true(safetensors_save(path(), 1, &tensors[2], 0, NULL));
    assert_false(state_resume(state, path()));
    snprintf(expected, sizeof expected,
             "\"other\": dtype %s: expected %s, for a run to go on to the bit", dtype_name(other),
             dtype_name(DTYPE_REAL));
    assert_message(expected);
    assert_true(others[0] == 1);
    state_free(state);
}

static void a_loader_of_nothing_has_no_order(void **unused)
{
    (void)unused;
    Dataset nothing = dataset_new(0, 1, 1);
    Loader loader = loader_new(&nothing, (LoaderOptions){.batch = 1, .shuffle = true, .seed = 1});
    State *state = state_new();
    state_loader(state, "loader", &loader);
    save(state);
    assert_true(state_resume(state, path()));
    state_free(state);
    loader_free(&loader);
    dataset_free(&nothing);
}

/* -- what does not fit ------------------------------------------------------------------------ */

static void names_that_are_only_here_or_there_are_named(void **unused)
{
    (void)unused;
    save_some();
    real numbers[6] = {0}, more = 7;
    State *state = state_new();
    state_reals(state, "reals", ag_shape(3, 1, 2, 3), numbers);
    state_reals(state, "more", ag_shape(0), &more);
    assert_false(state_load(state, path(), true));
    assert_message("missing \"more\"; left over \"bits\", \"count\", \"doubles\" and 6 more");
    assert_false(state_resume(state, path()));
    assert_true(numbers[0] == 0);
    assert_true(state_load(state, path(), false));
    assert_memory_equal(numbers, some.reals, sizeof numbers);
    assert_true(more == 7);
    assert_string_equal(state_unmatched(state),
                        "missing \"more\"; left over \"bits\", \"count\", \"doubles\", \"ints\", "
                        "\"matrix\", \"rng.has_spare\", \"rng.spare_normal\", \"rng.state\", "
                        "\"text\"");
    state_free(state);

    Things things = {.text = NULL};
    state = list_of(&things);
    for (const char *name = "dcba"; *name; name++)
        state_reals(state, (char[]){*name, '\0'}, ag_shape(0), &more);
    assert_false(state_load(state, path(), true));
    assert_message("missing \"d\", \"c\", \"b\" and 1 more");
    state_free(state);
}

/* A terminal is not to be told what to do by a file. */
static void a_name_is_printable(void **unused)
{
    (void)unused;
    const SafeTensor odd = {"\x1b[2J\x7f", DTYPE_U8, 0, {0}, ""};
    assert_true(safetensors_save(path(), 1, &odd, 0, NULL));
    State *state = state_new();
    assert_false(state_load(state, path(), true));
    assert_message("left over \"?[2J?\"");
    assert_true(state_load(state, path(), false));
    assert_string_equal(state_unmatched(state), "left over \"?[2J?\"");
    state_free(state);
}

/* The file has this in the place of one of the pieces, and the list is as it was. */
static void assert_refused(const SafeTensor *wrong, const char *expected)
{
    save_some();
    SafeTensors file;
    assert_true(safetensors_open(&file, path()));
    for (int i = 0; i < file.n; i++)
        if (strcmp(file.tensor[i].name, wrong->name) == 0)
            file.tensor[i] = *wrong;
    assert_true(safetensors_save(path(), file.n, file.tensor, 0, NULL));
    safetensors_close(&file);
    Things things = {.text = strdup("old"), .count = 5};
    Things before = things;
    State *state = list_of(&things);
    for (int strict = 0; strict < 2; strict++) {
        assert_false(state_load(state, path(), strict));
        assert_message(expected);
        assert_same_things(&things, &before);
        assert_string_equal(things.text, "old");
    }
    state_free(state);
    free(things.text);
}

static void what_does_not_fit_changes_nothing(void **unused)
{
    (void)unused;
    static const double zeros[8];
    const char *real_name = dtype_name(DTYPE_REAL);
    char expected[128];
    assert_refused(&(SafeTensor){"reals", DTYPE_F32, 2, {2, 3}, zeros},
                   "\"reals\": shape (2, 3): expected (1, 2, 3)");
    assert_refused(&(SafeTensor){"matrix", DTYPE_F32, 2, {2, 3}, zeros},
                   "\"matrix\": shape (2, 3): expected (3, 2)");
    assert_refused(&(SafeTensor){"count", DTYPE_I64, 1, {1}, zeros},
                   "\"count\": shape (1): expected ()");
    assert_refused(&(SafeTensor){"text", DTYPE_U8, 2, {2, 1}, zeros},
                   "\"text\": shape (2, 1): expected one dimension");
    snprintf(expected, sizeof expected, "\"reals\": dtype I32: expected %s or the like", real_name);
    assert_refused(&(SafeTensor){"reals", DTYPE_I32, 3, {1, 2, 3}, zeros}, expected);
    assert_refused(&(SafeTensor){"doubles", DTYPE_F32, 1, {2}, zeros},
                   "\"doubles\": dtype F32: expected F64");
    assert_refused(&(SafeTensor){"ints", DTYPE_I64, 1, {3}, zeros},
                   "\"ints\": dtype I64: expected I32");
    assert_refused(&(SafeTensor){"text", DTYPE_I8, 1, {3}, zeros},
                   "\"text\": dtype I8: expected U8");
    assert_refused(&(SafeTensor){"rng.state", DTYPE_U64, 1, {4}, zeros},
                   "\"rng.state\": expected a state that is not all zeros");
}

static void a_file_that_cannot_be_read_changes_nothing(void **unused)
{
    (void)unused;
    Things things = some;
    State *state = list_of(&things);
    scratch_write("state", "\x02\0\0\0\0\0\0\0{", 9);
    assert_false(state_load(state, path(), false));
    assert_message("truncated: expected a header of 2 bytes, found 1");
    remove(path());
    assert_false(state_resume(state, path()));
    assert_message("cannot be opened: No such file or directory");
    assert_same_things(&things, &some);
    state_free(state);
}

/* -- runs ------------------------------------------------------------------------------------- */

enum { EXAMPLES = 23, IN = 3, OUT = 2, STEPS = 10 };

typedef enum { SGD, ADAM, AMSGRAD, ADAMW, RULES } Rule;

/* All that a small training run consists of. */
typedef struct {
    Tensor *w, *b, *frozen;
    Optim *optim;
    Dataset data;
    Pipeline shift;
    Loader loader;
    Rng rng;
} Run;

static void run_begin(Run *run, Rule rule)
{
    *run = (Run){.w = ag_parameter(ag_shape(2, IN, OUT)),
                 .b = ag_parameter(ag_shape(1, OUT)),
                 .frozen = ag_parameter(ag_shape(0)),
                 .data = dataset_new(EXAMPLES, IN, OUT)};
    Adam adam = rule == ADAMW ? adamw_defaults(0.05) : adam_defaults(0.05);
    adam.amsgrad = rule == AMSGRAD;
    rng_seed(&run->rng, 1);
    init_normal(&run->rng, 1, run->w->size, run->w->data);
    init_normal(&run->rng, 1, EXAMPLES * IN, run->data.x);
    init_normal(&run->rng, 1, EXAMPLES * OUT, run->data.y);
    const Transform step = transform_shift(1);
    run->shift = pipeline_new(1, &step, (ImageSize){1, 1, IN});
    run->loader = loader_new(
        &run->data,
        (LoaderOptions){.batch = 4, .shuffle = true, .seed = 3, .transform = &run->shift});
    run->optim = optim_new();
    if (rule == SGD)
        optim_sgd(run->optim, (Sgd){.lr = 0.05, .momentum = 0.9, .dampening = 0.5});
    else if (rule == ADAMW)
        optim_adamw(run->optim, adam);
    else
        optim_adam(run->optim, adam);
    optim_add(run->optim, 3, (Tensor *[]){run->w, run->b, run->frozen});
}

static void run_free(Run *run)
{
    optim_free(run->optim);
    loader_free(&run->loader);
    pipeline_free(&run->shift);
    dataset_free(&run->data);
    ag_free(run->w);
    ag_free(run->b);
    ag_free(run->frozen);
}

static void run_steps(Run *run, int steps)
{
    for (int i = 0; i < steps; i++) {
        while (!loader_next(&run->loader))
            optim_set_lr(run->optim, 0, 0.5 * optim_lr(run->optim, 0));
        int n = run->loader.n;
        Tensor *x = ag_tensor(ag_shape(2, n, IN), run->loader.x);
        Tensor *y = ag_tensor(ag_shape(2, n, OUT), run->loader.y);
        Tensor *kept = ag_dropout(ag_linear(x, run->w, run->b), 0.25, true, &run->rng);
        Tensor *noise = ag_full(ag_shape(1, OUT), (real)(0.01 * rng_normal(&run->rng)));
        ag_backward(ag_mse_loss(ag_add(kept, noise), y, AG_MEAN));
        optim_step(run->optim);
        optim_zero_grad(run->optim);
        ag_reset();
    }
}

typedef enum { NOTHING, OPTIM, RNG, LOADER, KINDS } Kind;

static State *state_of(Run *run, Kind but)
{
    State *state = state_new();
    state_tensor(state, "fc.weight", run->w, true);
    state_tensor(state, "fc.bias", run->b, false);
    if (but != OPTIM)
        state_optim(state, "optim", run->optim);
    if (but != RNG)
        state_rng(state, "rng", &run->rng);
    if (but != LOADER)
        state_loader(state, "loader", &run->loader);
    return state;
}

static bool same_bits(size_t size, const void *a, const void *b)
{
    return memcmp(a, b, size) == 0;
}

/* STEPS steps, a file, a new run from that, STEPS more: whether it ends where one of 2 STEPS does.
 * The file is written in the middle of the second epoch, with half a pair of normal numbers out. */
static bool goes_on(Rule rule, Kind but)
{
    Run whole, first, second;
    run_begin(&whole, rule);
    run_begin(&first, rule);
    run_begin(&second, rule);
    run_steps(&whole, 2 * STEPS);
    run_steps(&first, STEPS);
    assert_true(first.loader.next > 0);
    State *from = state_of(&first, but), *to = state_of(&second, but);
    save(from);
    if (!state_resume(to, path()))
        fail_msg("%s", error_text());
    run_steps(&second, STEPS);
    bool same = same_bits(sizeof(real[IN][OUT]), whole.w->data, second.w->data) &&
                same_bits(sizeof(real[OUT]), whole.b->data, second.b->data);
    state_free(from);
    state_free(to);
    run_free(&whole);
    run_free(&first);
    run_free(&second);
    return same;
}

static void a_run_goes_on_to_the_bit(void **unused)
{
    (void)unused;
    for (int rule = 0; rule < RULES; rule++)
        if (!goes_on((Rule)rule, NOTHING))
            fail_msg("rule %d: the run that went on ends elsewhere", rule);
}

static void no_piece_can_be_left_out(void **unused)
{
    (void)unused;
    for (int rule = 0; rule < RULES; rule++)
        for (int but = OPTIM; but < KINDS; but++)
            if (goes_on((Rule)rule, (Kind)but))
                fail_msg("rule %d: piece %d is not needed", rule, but);
}

/* Of what is frozen and has never been stepped t is 0, and all else zeros. */
static void an_optimizer_is_listed_as_pytorch_does(void **unused)
{
    (void)unused;
    static const char *const names[] = {
        "fc.bias",
        "fc.weight",
        "optim.param_groups.0.lr",
        "optim.state.0.exp_avg",
        "optim.state.0.exp_avg_sq",
        "optim.state.0.max_exp_avg_sq",
        "optim.state.0.step",
        "optim.state.1.exp_avg",
        "optim.state.1.exp_avg_sq",
        "optim.state.1.max_exp_avg_sq",
        "optim.state.1.step",
        "optim.state.2.exp_avg",
        "optim.state.2.exp_avg_sq",
        "optim.state.2.max_exp_avg_sq",
        "optim.state.2.step",
    };
    Run run;
    run_begin(&run, AMSGRAD);
    run_steps(&run, STEPS);
    State *state = state_of(&run, NOTHING);
    save(state);
    SafeTensors file;
    int64_t step;
    real average;
    double lr;
    assert_true(safetensors_open(&file, path()));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_non_null(safetensors_find(&file, names[i]));
    const SafeTensor *of_w = safetensors_find(&file, "optim.state.0.exp_avg");
    assert_string_equal(safetensors_shape_text(of_w), "(3, 2)");
    assert_true(safetensors_whole(&file, safetensors_find(&file, "optim.state.0.step"), &step));
    assert_int_equal(step, STEPS);
    assert_true(safetensors_whole(&file, safetensors_find(&file, "optim.state.2.step"), &step));
    assert_int_equal(step, 0);
    assert_true(
        safetensors_reals(&file, safetensors_find(&file, "optim.state.2.exp_avg"), &average));
    assert_true(average == 0);
    assert_true(safetensors_exactly(&file, safetensors_find(&file, "optim.param_groups.0.lr"),
                                    DTYPE_F64, &lr));
    assert_true(lr == 0.025); /* halved after the first epoch */
    safetensors_close(&file);
    state_free(state);
    run_free(&run);
}

/* -- values that cannot be meant -------------------------------------------------------------- */

static void assert_run_refused(const SafeTensor *wrong, const char *expected)
{
    Run run;
    run_begin(&run, SGD);
    State *state = state_of(&run, NOTHING);
    save(state);
    real before = run.w->data[0];
    run.w->data[0] = 77;
    SafeTensors file;
    assert_true(safetensors_open(&file, path()));
    for (int i = 0; i < file.n; i++)
        if (strcmp(file.tensor[i].name, wrong->name) == 0)
            file.tensor[i] = *wrong;
    assert_true(safetensors_save(path(), file.n, file.tensor, 0, NULL));
    safetensors_close(&file);
    assert_false(state_resume(state, path()));
    assert_message(expected);
    assert_true(run.w->data[0] == 77 && before != 77);
    state_free(state);
    run_free(&run);
}

static void values_that_cannot_be_meant_are_refused(void **unused)
{
    (void)unused;
    int twice[EXAMPLES] = {0}, beyond[EXAMPLES], negative[EXAMPLES];
    for (int i = 0; i < EXAMPLES; i++)
        beyond[i] = negative[i] = i;
    beyond[5] = EXAMPLES;
    negative[0] = -1;
    const char *once = "\"loader.order\": expected every example of the data set once";
    assert_run_refused(&(SafeTensor){"loader.order", DTYPE_I32, 1, {EXAMPLES}, twice}, once);
    assert_run_refused(&(SafeTensor){"loader.order", DTYPE_I32, 1, {EXAMPLES}, beyond}, once);
    assert_run_refused(&(SafeTensor){"loader.order", DTYPE_I32, 1, {EXAMPLES}, negative}, once);
    assert_run_refused(&(SafeTensor){"loader.order", DTYPE_I32, 1, {5}, twice},
                       "\"loader.order\": shape (5): expected (23)");
    assert_run_refused(&(SafeTensor){"loader.next", DTYPE_I32, 0, {0}, (int[]){EXAMPLES + 1}},
                       "\"loader.next\": expected a place in the loader's order");
    assert_run_refused(&(SafeTensor){"loader.next", DTYPE_I32, 0, {0}, (int[]){-1}},
                       "\"loader.next\": expected a place in the loader's order");
    assert_run_refused(&(SafeTensor){"optim.state.0.step", DTYPE_I64, 0, {0}, (long[]){-1}},
                       "\"optim.state.0.step\": expected a number of steps, 0 or more");
    assert_run_refused(
        &(SafeTensor){"optim.param_groups.0.lr", DTYPE_F64, 0, {0}, (double[]){-0.5}},
        "\"optim.param_groups.0.lr\": expected a learning rate, 0 or more, and finite");
    assert_run_refused(
        &(SafeTensor){"optim.param_groups.0.lr", DTYPE_F64, 0, {0}, (double[]){NAN}},
        "\"optim.param_groups.0.lr\": expected a learning rate, 0 or more, and finite");
}

/* A bit of the file at random is another one: it is read, or nothing has changed. */
static void a_damaged_file_is_never_half_read(void **unused)
{
    (void)unused;
    static unsigned char bytes[8192], damaged[8192];
    Rng rng;
    rng_seed(&rng, 5);
    save_some();
    FILE *file = fopen(path(), "rb");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    int read = 0;
    for (int i = 0; i < 2000; i++) {
        memcpy(damaged, bytes, size);
        damaged[rng_below(&rng, (int)size)] ^= (unsigned char)(1 << rng_below(&rng, 8));
        remove(path());
        scratch_write("state", damaged, size);
        Things things = {.text = strdup("old"), .count = 5}, before = things;
        State *state = list_of(&things);
        if (state_load(state, path(), i % 2)) {
            read++;
        } else {
            assert_same_things(&things, &before);
            assert_string_equal(things.text, "old");
        }
        free(things.text);
        state_free(state);
    }
    assert_true(read > 100 && read < 1900);
}

/* -- mistakes of a program, and of the disk --------------------------------------------------- */

static void give_twice(void *context)
{
    State *state = state_new();
    real x = 0;
    state_reals(state, "x", ag_shape(0), &x);
    state_reals(state, context, ag_shape(0), &x);
}

/* A state of one number for the characters of a string, saved or read. */
static bool with_vocab(bool saved, const char *text)
{
    real x = 0;
    int codes[64], n = 0, length;
    for (const char *end = text + strlen(text); text < end; text += length)
        length = utf8_decode(text, (size_t)(end - text), &codes[n++]);
    Vocab vocab = vocab_of((size_t)n, codes);
    State *state = state_new();
    state_reals(state, "x", ag_shape(0), &x);
    state_vocab(state, &vocab);
    vocab_free(&vocab); /* what it said is kept */
    bool done = saved ? state_save(state, path()) : state_load(state, path(), true);
    state_free(state);
    return done;
}

static void a_model_of_another_vocabulary_is_refused(void **unused)
{
    (void)unused;
    const struct {
        const char *saved, *read, *words;
    } cases[] = {{"abc", "abd", "\"c\" where \"d\" is expected"},
                 {"αβγ", "abc", "\"αβγ\" where \"abc\" is expected"},
                 {"ab", "abc", "\"\" where \"c\" is expected"},
                 {"aαω", "aα", "\"ω\" where \"\" is expected"},
                 {"aα", "aβ", "\"α\" where \"β\" is expected"}, /* these have a byte in common */
                 {"abcdefghijklmnopqrstuvwxyz", "bcdefghijklmnopqrstuvwxyzя",
                  "\"abcdefghijklmnopqrst\" where \"bcdefghijklmnopqrstu\" is expected"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char expected[512];
        snprintf(expected, sizeof expected, "%s: is of another vocabulary: %s", path(),
                 cases[i].words);
        assert_true(with_vocab(true, cases[i].saved));
        assert_true(with_vocab(false, cases[i].saved));
        assert_false(with_vocab(false, cases[i].read));
        assert_string_equal(error_text(), expected);
    }
}

static void a_model_that_says_no_vocabulary_is_read(void **unused)
{
    (void)unused;
    real x = 0;
    State *state = state_new();
    state_reals(state, "x", ag_shape(0), &x);
    save(state);
    assert_true(with_vocab(false, "abc"));
    assert_true(with_vocab(true, "\"\\яa"));
    assert_true(with_vocab(false, "\"\\яa"));
    assert_true(state_load(state, path(), true)); /* one that does not ask, too */
    state_free(state);
}

static void give_meta_twice(void *context)
{
    State *state = state_new();
    state_meta(state, "k", "");
    state_meta(state, context, "");
}

static void transpose_a_vector(void *context)
{
    (void)context;
    state_tensor(state_new(), "bias", ag_parameter(ag_shape(1, 3)), true);
}

static void add_after_listing(void *context)
{
    Run run;
    run_begin(&run, ADAM);
    state_of(&run, NOTHING);
    if (context)
        optim_sgd(run.optim, (Sgd){.lr = 1});
    optim_add(run.optim, 1, (Tensor *[]){ag_parameter(ag_shape(0))});
}

static void assert_stops(ChildBody *body, const char *context, const char *expected)
{
    Child child = child_run(body, (void *)context);
    child.err[strcspn(child.err, "\n")] = '\0'; /* what follows may be of leaks */
    assert_string_equal(child.err, expected);
}

static void a_program_is_told_of_its_mistakes(void **unused)
{
    (void)unused;
    assert_stops(give_twice, "x", "state: \"x\" was added before");
    assert_stops(give_twice, "", "state: no piece can be called \"\"");
    assert_stops(give_twice, "__metadata__", "state: no piece can be called \"__metadata__\"");
    assert_stops(give_meta_twice, "k", "state_meta: \"k\" was added before");
    assert_stops(give_meta_twice, "format", "state_meta: the key \"format\" is the library's own");
    assert_stops(transpose_a_vector, NULL,
                 "state_tensor: \"bias\": (3): expected two dimensions to exchange");
    assert_stops(add_after_listing, NULL,
                 "optim_add: what the optimizer remembers was listed: add everything before");
    assert_stops(add_after_listing, "a group",
                 "optim_sgd: what the optimizer remembers was listed: add everything before");
}

static void save_on_a_full_disk(void *context)
{
    (void)context;
    static real many[4096];
    State *state = state_new();
    state_reals(state, "many", ag_shape(1, 4096), many);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){4096, 4096});
    bool saved = state_save(state, path());
    state_free(state);
    if (!saved)
        exit(error_report("saved"));
}

static void on_a_full_disk_the_earlier_state_stands(void **unused)
{
    (void)unused;
    char expected[512];
    save_some();
    int files = scratch_count(".");
    Child child = child_run(save_on_a_full_disk, NULL);
    snprintf(expected, sizeof expected, "saved: %s: cannot be written: File too large\n", path());
    assert_string_equal(child.err, expected);
    assert_int_equal(child.status, 1);
    assert_int_equal(scratch_count("."), files);
    Things things = {.text = NULL};
    State *state = list_of(&things);
    assert_true(state_resume(state, path()));
    assert_same_things(&things, &some);
    state_free(state);
    free(things.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_piece_comes_back),
        cmocka_unit_test(a_matrix_is_transposed_in_the_file),
        cmocka_unit_test(a_tensor_that_is_read_back_is_another_one),
        cmocka_unit_test(halves_and_the_other_precision_become_reals),
        cmocka_unit_test(a_loader_of_nothing_has_no_order),
        cmocka_unit_test(names_that_are_only_here_or_there_are_named),
        cmocka_unit_test(a_name_is_printable),
        cmocka_unit_test(what_does_not_fit_changes_nothing),
        cmocka_unit_test(a_file_that_cannot_be_read_changes_nothing),
        cmocka_unit_test(a_run_goes_on_to_the_bit),
        cmocka_unit_test(no_piece_can_be_left_out),
        cmocka_unit_test(an_optimizer_is_listed_as_pytorch_does),
        cmocka_unit_test(values_that_cannot_be_meant_are_refused),
        cmocka_unit_test(a_damaged_file_is_never_half_read),
        cmocka_unit_test(a_model_of_another_vocabulary_is_refused),
        cmocka_unit_test(a_model_that_says_no_vocabulary_is_read),
        cmocka_unit_test(a_program_is_told_of_its_mistakes),
        cmocka_unit_test(on_a_full_disk_the_earlier_state_stands),
    };
    return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
