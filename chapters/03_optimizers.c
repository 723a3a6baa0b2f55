/* 03_optimizers.c: what happens to a gradient next.
 *
 * The rules of SGD and Adam (03_optimizers.h) are worked on a parabola with numbers for paper,
 * followed along the trace of chapter 01's function, and held against the library's for 50 steps.
 * Then what each part of a rule is for, as numbers: a bowl and a curved valley (03_landscapes.h,
 * 03_races.h), losses that are noise for the most part (03_schedules.h, 03_noise.h), mistakes
 * (03_mistakes.h). The paths and the schedules are drawn. At last each rule, right and wrong,
 * trains the names model (03_names.h). */
#include <stdio.h>
#include <stdlib.h>

#include "03_landscapes.h"
#include "03_mistakes.h"
#include "03_names.h"
#include "03_noise.h"
#include "03_optimizers.h"
#include "03_races.h"
#include "03_schedules.h"
#include "autograd/autograd.h"
#include "error.h"
#include "kernel/vector.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/interrupt.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/table.h"

/* -- once, with small numbers ----------------------------------------------------------------- */

/* Three steps down L = x^2 / 2, whose gradient is x, from 16. */
static void parabola(const char *name, Sgd rule, const real expected[3])
{
    real x = 16, b = 0, found[3];
    for (int t = 1; t <= 3; t++) {
        const real dx = x;
        sgd_rule_step(1, t, &rule, &dx, &b, &x);
        found[t - 1] = x;
    }
    fact_row(name, 4, 3, found, expected);
}

static void check_parabola(void)
{
    printf("Three steps of SGD from x = 16, dx = x, lr 1/4:\n");
    parabola("plain", (Sgd){.lr = 0.25}, (real[]){12, 9, 6.75});
    parabola("momentum 1/2", (Sgd){.lr = 0.25, .momentum = 0.5}, (real[]){12, 7, 2.75});
    parabola("and dampening 1/2", (Sgd){.lr = 0.25, .momentum = 0.5, .dampening = 0.5},
             (real[]){12, 8.5, 5.6875});
    parabola("momentum 1/2, Nesterov", (Sgd){.lr = 0.25, .momentum = 0.5, .nesterov = true},
             (real[]){10, 5.25, 2.15625});
    parabola("weight decay 1", (Sgd){.lr = 0.25, .weight_decay = 1}, (real[]){8, 4, 2});
    parabola("maximize", (Sgd){.lr = 0.25, .maximize = true}, (real[]){20, 25, 31.25});
}

static void cubes_gradient(real scale, const real p[4], real dp[4])
{
    cubes_backward(p, dp);
    for (int i = 0; i < 4; i++)
        dp[i] *= scale;
}

/* Adam on the function of chapter 01; every element moves by lr at first, whatever its gradient. */
static void check_adam_trace(real scale)
{
    const Rule adam = {"Adam", ADAM, .adam = {0.1, ADAM_SETTINGS}};
    real p[4] = {2, 3, 6, 4}, dp[4];
    Memory memory = {0};
    printf("\nAdam, lr 0.1, on %sL of chapter 01, from a = (2, 3), b = (6, 4):\n",
           scale == 1 ? "" : "1000 times ");
    cubes_gradient(scale, p, dp);
    step_by_hand(4, 1, &adam, dp, &memory, p);
    fact_row("step 1: a", 4, 2, p, (real[]){1.9000, 2.9000});
    fact_row("        b", 4, 2, p + 2, (real[]){6.1000, 4.1000});
    fact("        L", 4, (double)cubes_forward(p), 39.7240);

    cubes_gradient(scale, p, dp);
    if (scale == 1)
        fact_row("dL/da", 4, 2, dp, (real[]){32.4900, 75.6900});
    step_by_hand(4, 2, &adam, dp, &memory, p);
    fact_row("step 2: a", 4, 2, p, (real[]){1.8004, 2.8002});
}

/* One step where the loss is flat, so that nothing but weight decay moves p. */
static void check_decay(double decay, const real expected[3])
{
    const Sgd sgd = {.lr = 0.1, .weight_decay = decay};
    const Adam adam = {0.1, ADAM_SETTINGS, .weight_decay = decay};
    const Rule rules[] = {
        {"", SGD, .sgd = sgd}, {"", ADAM, .adam = adam}, {"", ADAMW, .adam = adam}};
    real p[3] = {1, 1, 1};
    char name[32];
    for (int i = 0; i < 3; i++) {
        Memory memory = {0};
        step_by_hand(1, 1, &rules[i], (real[]){0}, &memory, &p[i]);
    }
    snprintf(name, sizeof name, "weight decay %g", decay);
    fact_row(name, 6, 3, p, expected);
}

/* Reddi, Kale and Kumar's loss: 3x at every third step, -x at the others, and x kept in [-1, 1].
 * Its mean, x/3, is smallest at x = -1. */
static void check_amsgrad(const char *name, bool amsgrad, double expected)
{
    const Rule rule = {name, ADAM,
                       .adam = {.lr = 0.01, .beta2 = 0.1, .eps = 1e-8, .amsgrad = amsgrad}};
    Memory memory = {0};
    real x = 0, mean = 0;
    for (int t = 1; t <= 3000; t++) {
        const real dx = t % 3 == 1 ? 3 : -1;
        step_by_hand(1, t, &rule, &dx, &memory, &x);
        x = fmin(fmax(x, -1), 1);
        mean += t > 2000 ? x / 1000 : 0;
    }
    fact(name, 2, (double)mean, expected);
}

/* -- the judges ------------------------------------------------------------------------------- */

static void check_landscape(GradTable *table, Rng *rng, const Landscape *l)
{
    real place[MOST], dp[MOST];
    char name[32];
    init_normal(rng, 1, l->n, place);
    Tensor *p = ag_variable(ag_shape(1, l->n), place), *loss = l->on_tape(p);
    ag_backward(loss);
    l->backward(place, dp);
    snprintf(name, sizeof name, "%s, dp", l->name);
    table_tensor(table, name, dp, loss, p);
    real L = l->forward(place);
    fact_same(l->name, 1, &L, loss->data);
    ag_reset();
}

static bool check_gradients(Rng *rng)
{
    GradTable table;
    printf("\nThe gradients, at random places:\n");
    table_begin(&table);
    check_landscape(&table, rng, &bowl);
    check_landscape(&table, rng, &valley);
    check_landscape(&table, rng, &cubes);
    return table_end(&table);
}

static void open_group(Optim *optim, const Rule *rule)
{
    if (rule->kind == SGD)
        optim_sgd(optim, rule->sgd);
    else if (rule->kind == ADAM)
        optim_adam(optim, rule->adam);
    else
        optim_adamw(optim, rule->adam);
}

/* A rule by hand against the library's, for 50 steps down the bowl with some noise. */
static void check_rule(Rng *rng, const Rule *rule)
{
    real hand[2] = {2, 1}, dhand[2], library[2] = {2, 1}, dlibrary[2], noise[2];
    Memory memory = {0};
    Optim *optim = optim_new();
    open_group(optim, rule);
    optim_add_array(optim, 2, library, dlibrary);
    for (int t = 1; t <= 50; t++) {
        init_normal(rng, 1, 2, noise);
        bowl_backward(hand, dhand);
        vector_add(2, noise, dhand);
        step_by_hand(2, t, rule, dhand, &memory, hand);
        bowl_backward(library, dlibrary);
        vector_add(2, noise, dlibrary);
        optim_step(optim);
    }
    optim_free(optim);
    printf("  %-20s %8.1e\n", rule->name, compare(2, hand, library).max_error);
    fact_same(rule->name, 2, hand, library);
}

static void check_rules(Rng *rng)
{
    static const Rule rules[] = {
        {"SGD", SGD, .sgd = {.lr = 0.01}},
        {"weight decay", SGD, .sgd = {.lr = 0.01, .weight_decay = 0.1}},
        {"momentum", SGD, .sgd = {.lr = 0.01, .momentum = 0.9}},
        {"dampening", SGD, .sgd = {.lr = 0.01, .momentum = 0.9, .dampening = 0.5}},
        {"Nesterov", SGD, .sgd = {.lr = 0.01, .momentum = 0.9, .nesterov = true}},
        {"maximize", SGD, .sgd = {0.01, 0.5, 0.25, 0.5, .maximize = true}}, /* all parts at once */
        {"Adam", ADAM, .adam = {0.1, ADAM_SETTINGS}},
        {"Adam, weight decay", ADAM, .adam = {0.1, ADAM_SETTINGS, .weight_decay = 0.1}},
        {"AMSGrad", ADAM, .adam = {0.1, ADAM_SETTINGS, .amsgrad = true}},
        {"Adam, maximize", ADAM, .adam = {0.1, ADAM_SETTINGS, .maximize = true}},
        {"AdamW", ADAMW, .adam = {0.1, ADAM_SETTINGS, .weight_decay = 0.1}},
    };
    printf("\nAfter 50 steps, by hand and by the library:\n");
    printf("  rule                 largest difference\n");
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        check_rule(rng, &rules[i]);
}

static void check_examples(void)
{
    check_parabola();
    check_adam_trace(1);
    check_adam_trace(1000);
    check_rmsprop();
    printf("\nOne step, lr 0.1, from p = 1 where the gradient is 0: SGD, Adam, AdamW\n");
    check_decay(0.01, (real[]){0.999, 0.9, 0.999});
    check_decay(0.0001, (real[]){0.99999, 0.90001, 0.99999});
    printf("\nGradients 3, -1, -1, 3, ... on [-1, 1], where x = -1 is best; x ends near\n");
    check_amsgrad("Adam", false, 1);
    check_amsgrad("AMSGrad", true, -1);
    check_mistakes();
}

/* Whether all could be written; what is found to hold or not is counted. The noise of batches and
 * clipping is drawn anew from --seed, so that it is the same after the shorter study of --quick. */
static bool study_rules(const Options *options, Rng *rng)
{
    Rng noise;
    rng_seed(&noise, options->seed);
    bool written = run_race(options, &down_the_bowl) && run_race(options, &along_the_valley);
    printf("\nAdamW in the valley, steps 10001 to 20000:\n");
    study_rest(0.01, 5, 0.00004);
    study_rest(0.001, 7, 0.0000004);
    written = written && study_schedules(options, rng);
    study_batches(&noise);
    study_clipping(&noise);
    return written && plot_draw_file(options, "paths", "chapters/03_paths.gp");
}

int main(int argc, char **argv)
{
    Options options = {.chapter = "03_optimizers",
                       .about = "what happens to a gradient next",
                       .steps = 1000,
                       .quick_steps = 20,
                       .seed = 42,
                       .data = "chapters/data/names.txt"};
    options_parse(&options, argc, argv);
    if (!options.train_only) {
        Rng rng;
        rng_seed(&rng, options.seed);
        check_examples();
        bool hold = check_gradients(&rng);
        check_rules(&rng);
        if (!study_rules(&options, &rng))
            return error_report(options.chapter);
        if (!hold || fact_failures() > 0)
            return EXIT_FAILURE;
    }
    if (options.steps > 0 && !train_names(&options))
        return interrupt_status(interrupt_signal() ? EXIT_SUCCESS : error_report(options.chapter));
    return interrupt_status(EXIT_SUCCESS);
}
