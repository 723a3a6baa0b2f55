/* The optimizers and schedules are torch.optim's: every combination of options over 50 steps, on
 * tensors and on plain arrays; what PyTorch refuses is refused. */
#include "nn/optim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "autograd/autograd.h"
#include "error.h"
#include "golden.h"
#include "heap.h"
#include "nn/schedule.h"

/* -- PyTorch's numbers ------------------------------------------------------------------------ */

enum { N = 5, SPLIT = 2, STEPS = 50 }; /* one parameter of SPLIT numbers, and one of the rest */

static const double tolerance = sizeof(real) == sizeof(double) ? 1e-10 : 2e-4;

static Golden golden;

static const double *numbers(const char *name)
{
    const GoldenLine *line = golden_find(&golden, name);
    assert_non_null(line);
    return line->value;
}

static bool is_gap(int t)
{
    const GoldenLine *gaps = golden_find(&golden, "gaps");
    for (int i = 0; i < gaps->n; i++)
        if (gaps->value[i] == t)
            return true;
    return false;
}

/* Opens the group that the words describe: "sgd 0.03125 0.9 0 0 0 1". Returns the words after it.
 */
static const char *open_group(Optim *optim, const char *words)
{
    char name[8];
    double x[7];
    int length, count = 0;
    assert_int_equal(sscanf(words, "%7s%n", name, &length), 1);
    words += length;
    bool sgd = strcmp(name, "sgd") == 0;
    while (count < (sgd ? 6 : 7))
        assert_non_null(words = golden_parse_number(words, &x[count++]));
    if (sgd) {
        optim_sgd(optim, (Sgd){x[0], x[1], x[2], x[3], x[4] != 0, x[5] != 0});
        return words;
    }
    Adam rule = {x[0], x[1], x[2], x[3], x[4], x[5] != 0, x[6] != 0};
    if (strcmp(name, "adam") == 0)
        optim_adam(optim, rule);
    else
        optim_adamw(optim, rule);
    return words;
}

/* The parameters of a case, as tensors or as arrays. */
typedef struct {
    Optim *optim;
    bool arrays;
    Tensor *tensor[2];
    real p[N], gradient[N];
} Run;

static int part_size(int part)
{
    return part == 0 ? SPLIT : N - SPLIT;
}

static Run run_new(const char *words, bool arrays)
{
    Run run = {.optim = optim_new(), .arrays = arrays};
    bool groups = strncmp(words, "groups ", 7) == 0;
    words = open_group(run.optim, groups ? words + 7 : words);
    for (int part = 0; part < 2; part++)
        run.tensor[part] = ag_parameter(ag_shape(1, part_size(part)));
    optim_add(run.optim, arrays ? 0 : 1, run.tensor);
    if (groups)
        open_group(run.optim, words);
    optim_add(run.optim, arrays ? 0 : 1, run.tensor + 1);
    return run;
}

static void run_free(Run *run)
{
    optim_free(run->optim);
    for (int part = 0; part < 2; part++)
        ag_free(run->tensor[part]);
}

static real *where(Run *run, int i)
{
    if (run->arrays)
        return &run->p[i];
    return i < SPLIT ? &run->tensor[0]->data[i] : &run->tensor[1]->data[i - SPLIT];
}

static void run_step(Run *run, int t, bool gaps)
{
    const double *curvature = numbers("curvature"), *noise = numbers("noise") + t * N;
    for (int i = 0; i < N; i++)
        run->gradient[i] = (real)(curvature[i] * (double)*where(run, i) + noise[i]);
    for (int part = 0; part < 2 && !run->arrays; part++) {
        if (part == 1 && gaps && is_gap(t))
            continue; /* grad is NULL since optim_zero_grad() */
        real *grad = ag_grad(run->tensor[part]);
        memcpy(grad, run->gradient + part * SPLIT, (size_t)part_size(part) * sizeof *grad);
    }
    optim_step(run->optim);
    optim_zero_grad(run->optim);
}

static void assert_close(const char *words, const char *name, double found, double expected)
{
    double size = fmax(fabs(expected), sizeof(real) == sizeof(double) ? fabs(found) : 1);
    if (!(fabs(found - expected) <= tolerance * size))
        fail_msg("case %s: %s: found %.17g, PyTorch has %.17g", words, name, found, expected);
}

/* Follows one case; `line` is the one after it. Returns the number of lines compared. */
static int follow(const GoldenLine *line, const char *words, bool arrays)
{
    Run run = run_new(words, arrays);
    bool gaps = strncmp(words, "groups ", 7) == 0;
    int compared = 0, after;
    for (int i = 0; i < N; i++)
        *where(&run, i) = (real)numbers("start")[i];
    if (arrays) {
        optim_add_array(run.optim, SPLIT, run.p, run.gradient);
        optim_add_array(run.optim, N - SPLIT, run.p + SPLIT, run.gradient + SPLIT);
    }
    for (int t = 0; t < STEPS; t++) {
        run_step(&run, t, gaps);
        if (sscanf(line->name, "after_%d", &after) != 1 || after != t + 1)
            continue;
        for (int i = 0; i < N; i++)
            assert_close(words, line->name, (double)*where(&run, i), line->value[i]);
        line++;
        compared++;
    }
    run_free(&run);
    return compared;
}

/* Returns how many cases there were of rules that begin with one of the two words. */
static int follow_all(const char *first, const char *second, bool arrays)
{
    int cases = 0;
    for (int i = 0; i < golden.n; i++) {
        const char *words = golden.line[i].words;
        if (!words || (strncmp(words, first, strlen(first)) != 0 &&
                       strncmp(words, second, strlen(second)) != 0))
            continue;
        cases++;
        assert_int_equal(follow(&golden.line[i + 1], words, arrays), 5);
    }
    return cases;
}

static void sgd_is_that_of_torch(void **state)
{
    (void)state;
    assert_int_equal(follow_all("sgd ", "sgd ", false), 20);
}

static void adam_and_adamw_are_those_of_torch(void **state)
{
    (void)state;
    assert_int_equal(follow_all("adam ", "adamw ", false), 32);
}

static void plain_arrays_are_trained_as_tensors_are(void **state)
{
    (void)state;
    assert_int_equal(follow_all("sgd ", "adam", true), 52);
}

static void groups_have_their_own_rules_and_parameters_their_own_steps(void **state)
{
    (void)state;
    assert_int_equal(follow_all("groups ", "groups ", false), 3);
}

/* -- schedules -------------------------------------------------------------------------------- */

static double rate(const char *words, int t)
{
    const double lr = 0.1;
    double x[4] = {0};
    char name[16];
    assert_true(sscanf(words, "%15s %lf %lf %lf %lf", name, &x[0], &x[1], &x[2], &x[3]) >= 3);
    if (strcmp(name, "cosine") == 0)
        return schedule_cosine(lr, x[1], (long)x[0], t);
    if (strcmp(name, "step") == 0)
        return schedule_step(lr, x[1], (long)x[0], t);
    if (strcmp(name, "warmup") == 0)
        return schedule_warmup(lr, x[1], (long)x[0], t);
    assert_string_equal(name, "warmup_cosine");
    return schedule_warmup(schedule_cosine(lr, x[3], (long)x[2], t), x[1], (long)x[0], t);
}

/* Schedules are computed in double in every build. Near its end PyTorch's cosine, which goes from
 * one step to the next, keeps the rounding errors of the way. */
static void schedules_are_those_of_torch(void **state)
{
    (void)state;
    int cases = 0;
    for (int i = 0; i + 1 < golden.n; i++) {
        const GoldenLine *lr = &golden.line[i + 1];
        if (!golden.line[i].words || strcmp(lr->name, "lr") != 0)
            continue;
        for (int t = 0; t < lr->n; t++)
            if (fabs(rate(golden.line[i].words, t) - lr->value[t]) > 1e-12 * 0.1)
                fail_msg("%s: t = %d: found %.17g, PyTorch has %.17g", golden.line[i].words, t,
                         rate(golden.line[i].words, t), lr->value[t]);
        assert_int_equal(lr->n, 61);
        cases++;
    }
    assert_int_equal(cases, 13);
}

/* AdamW's step is lr at first, and its decay is in proportion to lr as well. */
static void the_rate_of_adamw_can_be_set(void **state)
{
    (void)state;
    real p = 2;
    const real gradient = 3;
    Optim *optim = optim_new();
    Adam rule = adamw_defaults(0.1);
    rule.weight_decay = 0.25;
    optim_adamw(optim, rule);
    optim_add_array(optim, 1, &p, &gradient);
    optim_set_lr(optim, 0, 0.5);
    optim_step(optim);
    assert_true(fabs((double)p - (2 - 0.5 * 0.25 * 2 - 0.5)) < 1e-6);
    optim_free(optim);
}

static void the_rate_of_a_group_can_be_set(void **state)
{
    (void)state;
    real p[2] = {1, 1};
    const real gradient[2] = {1, 1};
    Optim *optim = optim_new();
    int slow = optim_sgd(optim, (Sgd){.lr = 0.25});
    optim_add_array(optim, 1, p, gradient);
    int fast = optim_sgd(optim, (Sgd){.lr = 0.5});
    optim_add_array(optim, 1, p + 1, gradient + 1);
    assert_int_equal(slow, 0);
    assert_int_equal(fast, 1);
    optim_step(optim);
    assert_true(p[0] == 0.75 && p[1] == 0.5);
    optim_set_lr(optim, slow, 0.125);
    assert_true(optim_lr(optim, slow) == 0.125 && optim_lr(optim, fast) == 0.5);
    optim_step(optim);
    assert_true(p[0] == 0.625 && p[1] == 0);
    optim_set_lr(optim, fast, 0);
    optim_step(optim);
    assert_true(p[0] == 0.5 && p[1] == 0);
    optim_free(optim);
}

/* The examples of optim.h and schedule.h. */
static void a_loss_falls_as_in_the_headers(void **state)
{
    (void)state;
    const int n = 1;
    const double lr = 0.1;
    Tensor *parameters[1] = {ag_parameter(ag_shape(1, 2))};
    parameters[0]->data[0] = 4;
    Optim *optim = optim_new();
    optim_sgd(optim, (Sgd){.lr = 0.1, .momentum = 0.9});
    optim_add(optim, n, parameters);
    for (long t = 0; t < 1000; t++) {
        optim_set_lr(optim, 0, schedule_warmup(schedule_cosine(lr, 0, 1000, t), 0.1, 100, t));
        Tensor *loss = ag_sum(ag_pow(parameters[0], 2), AG_ALL, false);
        ag_backward(loss);
        optim_step(optim);
        optim_zero_grad(optim);
        ag_reset();
    }
    assert_true(fabs((double)parameters[0]->data[0]) < 1e-6);
    optim_free(optim);
    ag_free(parameters[0]);
}

/* -- what is not computation ------------------------------------------------------------------ */

static void defaults_are_those_of_torch(void **state)
{
    (void)state;
    Adam adam = adam_defaults(0.125), adamw = adamw_defaults(0.25);
    assert_true(adam.lr == 0.125 && adam.beta1 == 0.9 && adam.beta2 == 0.999 && adam.eps == 1e-8);
    assert_true(adam.weight_decay == 0 && !adam.amsgrad && !adam.maximize);
    assert_true(adamw.lr == 0.25 && adamw.beta1 == 0.9 && adamw.weight_decay == 0.01);
}

static void a_step_with_no_gradient_changes_nothing(void **state)
{
    (void)state;
    Tensor *p = ag_parameter(ag_shape(1, 2));
    Optim *optim = optim_new();
    Adam rule = adamw_defaults(0.1);
    optim_adamw(optim, rule);
    optim_add(optim, 1, &p);
    p->data[0] = p->data[1] = 1;
    optim_step(optim); /* no decay either */
    assert_true(p->data[0] == 1 && p->data[1] == 1);
    optim_free(optim);
    ag_free(p);
}

static void zero_grad_clears_tensors_and_leaves_arrays_alone(void **state)
{
    (void)state;
    Tensor *p = ag_parameter(ag_shape(1, 2));
    real array[1] = {1}, gradient[1] = {3};
    Optim *optim = optim_new();
    optim_sgd(optim, (Sgd){.lr = 1});
    optim_add(optim, 1, &p);
    optim_add_array(optim, 1, array, gradient);
    assert_non_null(ag_grad(p));
    optim_zero_grad(optim);
    assert_null(p->grad);
    assert_true(gradient[0] == 3);
    optim_free(optim);
    ag_free(p);
}

/* Odd lengths end in the middle of a vector; what lies behind is not touched. */
static void every_length_is_updated_whole_and_no_further(void **state)
{
    (void)state;
    enum { MOST = 67 };
    Adam amsgrad = adam_defaults(0.5);
    amsgrad.amsgrad = true;
    for (int n = 1; n < MOST; n++)
        for (int rule = 0; rule < 4; rule++) {
            real p[MOST + 1], gradient[MOST];
            Optim *optim = optim_new();
            if (rule == 0)
                optim_sgd(optim, (Sgd){.lr = 0.5});
            else if (rule == 1)
                optim_sgd(optim, (Sgd){.lr = 0.5, .momentum = 0.5});
            else
                optim_adam(optim, rule == 2 ? adam_defaults(0.5) : amsgrad);
            for (int i = 0; i <= n; i++)
                p[i] = 2;
            for (int i = 0; i < n; i++)
                gradient[i] = 1;
            optim_add_array(optim, n, p, gradient);
            optim_step(optim);
            for (int i = 0; i < n; i++)
                assert_true(fabs((double)p[i] - 1.5) < 1e-6);
            assert_true(p[n] == 2);
            optim_free(optim);
        }
}

static void a_step_does_not_call_malloc(void **state)
{
    (void)state;
    if (!HEAP_WATCHED)
        skip();
    real p[3] = {1, 2, 3}, gradient[3] = {1, 1, 1};
    Optim *optim = optim_new();
    Adam rule = adam_defaults(0.1);
    rule.amsgrad = true;
    optim_adam(optim, rule);
    optim_add_array(optim, 2, p, gradient);
    optim_sgd(optim, (Sgd){.lr = 0.1, .momentum = 0.9});
    optim_add_array(optim, 1, p + 2, gradient + 2);
    long before = heap_calls();
    for (int i = 0; i < 10; i++)
        optim_step(optim);
    assert_int_equal(heap_calls(), before);
    optim_free(optim);
}

static void nothing_is_freed_twice_or_leaked(void **state)
{
    (void)state;
    optim_free(NULL);
    optim_free(optim_new());
}

/* -- refusals --------------------------------------------------------------------------------- */

static jmp_buf back;
static char caught[256];

static void catch (const char *message)
{
    snprintf(caught, sizeof caught, "%s", message);
    longjmp(back, 1);
}

static Optim *optim; /* of the test that is running */
static real some[1];

static void refuse_setup(void)
{
    optim = optim_new();
    caught[0] = '\0';
    error_set_handler(catch);
}

static void refuse_teardown(const char *message)
{
    error_set_handler(NULL);
    optim_free(optim);
    assert_string_equal(caught, message);
}

#define REFUSED(call, message)    \
    do {                          \
        refuse_setup();           \
        if (setjmp(back) == 0) {  \
            call;                 \
        }                         \
        refuse_teardown(message); \
    } while (0)

static Adam adam_with(double lr, double beta1, double beta2, double eps, double decay)
{
    return (Adam){lr, beta1, beta2, eps, decay, false, false};
}

static void sgd_refuses_what_torch_refuses(void **state)
{
    (void)state;
    REFUSED(optim_sgd(optim, (Sgd){.lr = -0.1}),
            "optim_sgd: lr -0.1: expected 0 or more, and finite");
    REFUSED(optim_sgd(optim, (Sgd){.lr = INFINITY}),
            "optim_sgd: lr inf: expected 0 or more, and finite");
    REFUSED(optim_sgd(optim, (Sgd){.lr = 1, .momentum = NAN}),
            "optim_sgd: momentum nan: expected 0 or more, and finite");
    REFUSED(optim_sgd(optim, (Sgd){.lr = 1, .weight_decay = INFINITY}),
            "optim_sgd: weight_decay inf: expected 0 or more, and finite");
    REFUSED(optim_sgd(optim, (Sgd){.lr = 1, .momentum = 0.9, .dampening = NAN}),
            "optim_sgd: dampening nan: expected a finite number");
    REFUSED(optim_sgd(optim, (Sgd){.lr = 1, .momentum = 0.9, .dampening = -INFINITY}),
            "optim_sgd: dampening -inf: expected a finite number");
    REFUSED(optim_sgd(optim, (Sgd){.lr = NAN}),
            "optim_sgd: lr nan: expected 0 or more, and finite");
    REFUSED(optim_sgd(optim, (Sgd){.lr = 1, .momentum = -0.9}),
            "optim_sgd: momentum -0.9: expected 0 or more, and finite");
    REFUSED(optim_sgd(optim, (Sgd){.lr = 1, .weight_decay = -1}),
            "optim_sgd: weight_decay -1: expected 0 or more, and finite");
    REFUSED(optim_sgd(optim, (Sgd){.lr = 1, .nesterov = true}),
            "optim_sgd: momentum 0 and dampening 0: nesterov requires a momentum and no dampening");
    REFUSED(
        optim_sgd(optim, (Sgd){.lr = 1, .momentum = 0.9, .dampening = 0.5, .nesterov = true}),
        "optim_sgd: momentum 0.9 and dampening 0.5: nesterov requires a momentum and no dampening");
}

static void adam_refuses_what_torch_refuses(void **state)
{
    (void)state;
    REFUSED(optim_adam(optim, adam_with(-1, 0.9, 0.999, 1e-8, 0)),
            "optim_adam: lr -1: expected 0 or more, and finite");
    REFUSED(optim_adam(optim, adam_with(1, 1, 0.999, 1e-8, 0)),
            "optim_adam: beta1 1: expected at least 0 and less than 1");
    REFUSED(optim_adam(optim, adam_with(1, -0.1, 0.999, 1e-8, 0)),
            "optim_adam: beta1 -0.1: expected at least 0 and less than 1");
    REFUSED(optim_adam(optim, adam_with(1, 0.9, 1.5, 1e-8, 0)),
            "optim_adam: beta2 1.5: expected at least 0 and less than 1");
    REFUSED(optim_adam(optim, adam_with(1, 0.9, NAN, 1e-8, 0)),
            "optim_adam: beta2 nan: expected at least 0 and less than 1");
    REFUSED(optim_adam(optim, adam_with(1, 0.9, 0.999, -1e-8, 0)),
            "optim_adam: eps -1e-08: expected 0 or more, and finite");
    REFUSED(optim_adam(optim, adam_with(1, 0.9, 0.999, 1e-8, -0.1)),
            "optim_adam: weight_decay -0.1: expected 0 or more, and finite");
    REFUSED(optim_adam(optim, adam_with(INFINITY, 0.9, 0.999, 1e-8, 0)),
            "optim_adam: lr inf: expected 0 or more, and finite");
    REFUSED(optim_adam(optim, adam_with(1, 0.9, 0.999, INFINITY, 0)),
            "optim_adam: eps inf: expected 0 or more, and finite");
    REFUSED(optim_adam(optim, adam_with(1, 0.9, 0.999, 1e-8, NAN)),
            "optim_adam: weight_decay nan: expected 0 or more, and finite");
    REFUSED(optim_adamw(optim, adam_with(1, 0.9, 0.999, 1e-8, -0.1)),
            "optim_adamw: weight_decay -0.1: expected 0 or more, and finite");
}

static void settings_at_the_edge_are_accepted(void **state)
{
    (void)state;
    refuse_setup();
    if (setjmp(back) == 0) {
        optim_sgd(optim, (Sgd){.lr = 0});
        optim_sgd(optim, (Sgd){.lr = 1, .momentum = 1, .nesterov = true});
        optim_adam(optim, adam_with(0, 0, 0, 0, 0));
    }
    refuse_teardown("");
}

static void misuse_is_refused(void **state)
{
    (void)state;
    REFUSED(optim_add_array(optim, 1, some, some),
            "optim_add: no group yet: optim_sgd(), optim_adam() or optim_adamw() first");
    REFUSED(optim_step(optim), "optim_step: no parameters: optim_add() them first");
    REFUSED((optim_sgd(optim, (Sgd){.lr = 1}), optim_step(optim)),
            "optim_step: no parameters: optim_add() them first");
    REFUSED((optim_sgd(optim, (Sgd){.lr = 1}), optim_add_array(optim, 1, some, some),
             optim_sgd(optim, (Sgd){.lr = 2}), optim_add_array(optim, 1, some, some)),
            "optim_add: this parameter was added before, to group 0");
    REFUSED(optim_lr(optim, 0), "optim_lr: no group 0: there are 0");
    REFUSED(optim_set_lr(optim, -1, 1), "optim_set_lr: no group -1: there are 0");
    REFUSED((optim_sgd(optim, (Sgd){.lr = 1}), optim_set_lr(optim, 0, -2)),
            "optim_set_lr: lr -2: expected 0 or more, and finite");
    REFUSED((optim_sgd(optim, (Sgd){.lr = 1}), optim_set_lr(optim, 0, INFINITY)),
            "optim_set_lr: lr inf: expected 0 or more, and finite");
}

static void schedules_refuse_what_makes_no_sense(void **state)
{
    (void)state;
    REFUSED(schedule_cosine(NAN, 0, 5, 1),
            "schedule_cosine: lr nan: expected 0 or more, and finite");
    REFUSED(schedule_cosine(1, INFINITY, 5, 1),
            "schedule_cosine: eta_min inf: expected 0 or more, and finite");
    REFUSED(schedule_cosine(1, 0, 5, -1), "schedule_cosine: t -1: expected 0 or more");
    REFUSED(schedule_step(INFINITY, 0.5, 5, 1),
            "schedule_step: lr inf: expected 0 or more, and finite");
    REFUSED(schedule_step(1, NAN, 5, 1),
            "schedule_step: gamma nan: expected 0 or more, and finite");
    REFUSED(schedule_step(1, 0.5, 5, -1), "schedule_step: t -1: expected 0 or more");
    REFUSED(schedule_warmup(-1, 0.5, 5, 1),
            "schedule_warmup: lr -1: expected 0 or more, and finite");
    REFUSED(schedule_warmup(1, NAN, 5, 1),
            "schedule_warmup: start nan: expected more than 0 and at most 1");
    REFUSED(schedule_warmup(1, 0.5, 5, -1), "schedule_warmup: t -1: expected 0 or more");
    REFUSED(schedule_cosine(1, 0, 0, 1), "schedule_cosine: t_max 0: expected 1 or more");
    REFUSED(schedule_step(1, 0.5, 0, 1), "schedule_step: every 0: expected 1 or more");
    REFUSED(schedule_warmup(1, 0, 5, 1),
            "schedule_warmup: start 0: expected more than 0 and at most 1");
    REFUSED(schedule_warmup(1, 1.5, 5, 1),
            "schedule_warmup: start 1.5: expected more than 0 and at most 1");
    REFUSED(schedule_warmup(1, 0.5, 0, 1), "schedule_warmup: length 0: expected 1 or more");
}

static int read_golden(void **state)
{
    (void)state;
    golden = golden_read("tests/golden/optim.txt");
    return 0;
}

static int free_golden(void **state)
{
    (void)state;
    golden_free(&golden);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sgd_is_that_of_torch),
        cmocka_unit_test(adam_and_adamw_are_those_of_torch),
        cmocka_unit_test(plain_arrays_are_trained_as_tensors_are),
        cmocka_unit_test(groups_have_their_own_rules_and_parameters_their_own_steps),
        cmocka_unit_test(schedules_are_those_of_torch),
        cmocka_unit_test(the_rate_of_a_group_can_be_set),
        cmocka_unit_test(the_rate_of_adamw_can_be_set),
        cmocka_unit_test(a_loss_falls_as_in_the_headers),
        cmocka_unit_test(defaults_are_those_of_torch),
        cmocka_unit_test(a_step_with_no_gradient_changes_nothing),
        cmocka_unit_test(zero_grad_clears_tensors_and_leaves_arrays_alone),
        cmocka_unit_test(every_length_is_updated_whole_and_no_further),
        cmocka_unit_test(a_step_does_not_call_malloc),
        cmocka_unit_test(nothing_is_freed_twice_or_leaked),
        cmocka_unit_test(sgd_refuses_what_torch_refuses),
        cmocka_unit_test(adam_refuses_what_torch_refuses),
        cmocka_unit_test(settings_at_the_edge_are_accepted),
        cmocka_unit_test(misuse_is_refused),
        cmocka_unit_test(schedules_refuse_what_makes_no_sense),
    };
    return cmocka_run_group_tests(tests, read_golden, free_golden);
}
