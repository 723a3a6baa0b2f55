/* 03_optimizers.c: what happens to a gradient next.
 *
 * The rules of SGD and Adam, by hand: worked on a parabola with numbers for paper, followed along
 * the trace of chapter 01's function, and held against the library's for 50 steps. Then what each
 * part of a rule is for, as numbers: a bowl, a curved valley, a loss that is noise for the most
 * part. The paths and the schedules are drawn. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/autograd.h"
#include "error.h"
#include "kernel/vector.h"
#include "nn/init.h"
#include "nn/optim.h"
#include "nn/schedule.h"
#include "workbook/fact.h"
#include "workbook/options.h"
#include "workbook/plot.h"
#include "workbook/runlog.h"
#include "workbook/table.h"

/* -- the rules --------------------------------------------------------------------------------
 * Sgd and Adam, in nn/optim.h, hold a rule's settings. t is 1 at the first step. */

/* g = dp + decay p,   b = momentum b + (1 - dampening) g,   p = p - lr b;   first of all b = g */
static void sgd_step(int n, const Sgd *rule, int t, const real dp[n], real b[n], real p[n])
{
    for (int i = 0; i < n; i++) {
        real g = rule->maximize ? -dp[i] : dp[i];
        g += rule->weight_decay * p[i];
        b[i] = t == 1 ? g : rule->momentum * b[i] + (1 - rule->dampening) * g;
        if (rule->nesterov)
            g += rule->momentum * b[i];
        else if (rule->momentum > 0)
            g = b[i];
        p[i] -= rule->lr * g;
    }
}

/* m = the mean of g,   v = the mean of g^2,   p = p - lr m / sqrt(v). m, v and s are 0 before the
 * first step. decoupled: weight decay as AdamW has it. */
static void adam_step(int n, const Adam *rule, bool decoupled, int t, const real dp[n], real m[n],
                      real v[n], real s[n], real p[n])
{
    real mean_share = 1 - pow(rule->beta1, t), square_share = 1 - pow(rule->beta2, t);
    for (int i = 0; i < n; i++) {
        real g = rule->maximize ? -dp[i] : dp[i];
        if (decoupled)
            p[i] -= rule->lr * rule->weight_decay * p[i];
        else
            g += rule->weight_decay * p[i];
        m[i] = rule->beta1 * m[i] + (1 - rule->beta1) * g;
        v[i] = rule->beta2 * v[i] + (1 - rule->beta2) * g * g;
        s[i] = rule->amsgrad ? fmax(s[i], v[i]) : v[i];
        p[i] -= rule->lr * (m[i] / mean_share) / (sqrt(s[i] / square_share) + rule->eps);
    }
}

/* -- the functions to go down ----------------------------------------------------------------- */

/* L = (x^2 + 25 y^2) / 2:   dx = x,   dy = 25 y */
static real bowl(const real p[2])
{
    return (p[0] * p[0] + 25 * p[1] * p[1]) / 2;
}

static void bowl_backward(const real p[2], real dp[2])
{
    dp[0] = p[0];
    dp[1] = 25 * p[1];
}

/* Rosenbrock's valley, with u = y - x^2:
 * L = (1 - x)^2 + 100 u^2:   du = 200 u,   dx = -2 (1 - x) - 2 x du,   dy = du */
static real valley(const real p[2])
{
    real u = p[1] - p[0] * p[0];
    return (1 - p[0]) * (1 - p[0]) + 100 * u * u;
}

static void valley_backward(const real p[2], real dp[2])
{
    real du = 200 * (p[1] - p[0] * p[0]);
    dp[0] = -2 * (1 - p[0]) - 2 * p[0] * du;
    dp[1] = du;
}

/* L of chapter 01, p = (a_0, a_1, b_0, b_1):   da = 9 a^2,   db = -2 b */
static real cubes(const real p[4])
{
    return 3 * (p[0] * p[0] * p[0] + p[1] * p[1] * p[1]) - p[2] * p[2] - p[3] * p[3];
}

static void cubes_backward(const real p[4], real dp[4])
{
    for (int i = 0; i < 2; i++) {
        dp[i] = 9 * p[i] * p[i];
        dp[2 + i] = -2 * p[2 + i];
    }
}

/* -- the judges ------------------------------------------------------------------------------- */

static Tensor *tape_bowl(Tensor *p)
{
    Tensor *half = ag_tensor(ag_shape(1, 2), (const real[]){0.5, 12.5});
    return ag_sum(ag_mul(half, ag_pow(p, 2)), AG_ALL, false);
}

static Tensor *tape_valley(Tensor *p)
{
    Tensor *x = ag_slice(p, 0, 0, 1), *y = ag_slice(p, 0, 1, 2);
    Tensor *u = ag_sub(y, ag_pow(x, 2)), *hundred = ag_scalar(100);
    Tensor *L = ag_add(ag_pow(ag_sub(ag_scalar(1), x), 2), ag_mul(hundred, ag_pow(u, 2)));
    return ag_sum(L, AG_ALL, false);
}

static Tensor *tape_cubes(Tensor *p)
{
    Tensor *a = ag_slice(p, 0, 0, 2), *b = ag_slice(p, 0, 2, 4);
    return ag_sum(ag_sub(ag_mul(ag_scalar(3), ag_pow(a, 3)), ag_pow(b, 2)), AG_ALL, false);
}

typedef struct {
    const char *name;
    int n;
    real (*loss)(const real *p);
    void (*backward)(const real *p, real *dp);
    Tensor *(*tape)(Tensor *p);
    real p[4];
} Landscape;

static double loss_at(void *landscape)
{
    const Landscape *l = landscape;
    return (double)l->loss(l->p);
}

static bool check_gradients(Rng *rng)
{
    Landscape all[] = {{"bowl, dp", 2, bowl, bowl_backward, tape_bowl, {0}},
                       {"valley, dp", 2, valley, valley_backward, tape_valley, {0}},
                       {"cubes, dp", 4, cubes, cubes_backward, tape_cubes, {0}}};
    GradTable table;
    printf("\nThe gradients, at random places:\n");
    table_begin(&table);
    for (int i = 0; i < 3; i++) {
        Landscape *l = &all[i];
        real hand[4], numeric[4];
        init_normal(rng, 1, l->n, l->p);
        Tensor *p = ag_variable(ag_shape(1, l->n), l->p);
        ag_backward(l->tape(p));
        l->backward(l->p, hand);
        numeric_gradient(loss_at, l, l->n, l->p, numeric);
        table_row(&table, l->name, l->n, 0, hand, p->grad,
                  sizeof(real) == sizeof(double) ? numeric : NULL);
        ag_reset();
    }
    return table_end(&table);
}

/* -- one interface to all rules --------------------------------------------------------------- */

typedef enum { SGD, ADAM, ADAMW } Kind;

typedef struct {
    const char *name;
    Kind kind;
    Sgd sgd;
    Adam adam;
} Rule;

static void open_group(Optim *optim, const Rule *rule)
{
    if (rule->kind == SGD)
        optim_sgd(optim, rule->sgd);
    else if (rule->kind == ADAM)
        optim_adam(optim, rule->adam);
    else
        optim_adamw(optim, rule->adam);
}

enum { MOST = 4 }; /* numbers in a parameter */

/* What the rules remember of a parameter. */
typedef struct {
    real b[MOST], m[MOST], v[MOST], s[MOST];
} Memory;

static void step_by_hand(int n, const Rule *rule, int t, const real dp[n], Memory *memory,
                         real p[n])
{
    if (rule->kind == SGD)
        sgd_step(n, &rule->sgd, t, dp, memory->b, p);
    else
        adam_step(n, &rule->adam, rule->kind == ADAMW, t, dp, memory->m, memory->v, memory->s, p);
}

#define ADAM_SETTINGS .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8

/* Every rule by hand against the library's, for 50 steps down the bowl with some noise. */
static void check_rules(Rng *rng)
{
    static const Rule rules[] = {
        {"SGD", SGD, .sgd = {.lr = 0.01}},
        {"weight decay", SGD, .sgd = {.lr = 0.01, .weight_decay = 0.1}},
        {"momentum", SGD, .sgd = {.lr = 0.01, .momentum = 0.9}},
        {"dampening", SGD, .sgd = {.lr = 0.01, .momentum = 0.9, .dampening = 0.5}},
        {"Nesterov", SGD, .sgd = {.lr = 0.01, .momentum = 0.9, .nesterov = true}},
        {"maximize", SGD, .sgd = {0.01, 0.5, 0.25, 0.5, .maximize = true}},
        {"Adam", ADAM, .adam = {0.1, ADAM_SETTINGS}},
        {"Adam, weight decay", ADAM, .adam = {0.1, ADAM_SETTINGS, .weight_decay = 0.1}},
        {"AMSGrad", ADAM, .adam = {0.1, ADAM_SETTINGS, .amsgrad = true}},
        {"Adam, maximize", ADAM, .adam = {0.1, ADAM_SETTINGS, .maximize = true}},
        {"AdamW", ADAMW, .adam = {0.1, ADAM_SETTINGS, .weight_decay = 0.1}},
    };
    printf("\nAfter 50 steps, by hand and by the library:\n");
    printf("  rule                 largest difference\n");
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        real hand[2] = {2, 1}, library[2] = {2, 1}, dp[2], noise[2];
        Memory memory = {{0}, {0}, {0}, {0}};
        Optim *optim = optim_new();
        open_group(optim, &rules[i]);
        optim_add_array(optim, 2, library, dp);
        for (int t = 1; t <= 50; t++) {
            init_normal(rng, 1, 2, noise);
            for (int by_hand = 0; by_hand < 2; by_hand++) {
                bowl_backward(by_hand ? hand : library, dp);
                vector_add(2, noise, dp);
                if (by_hand)
                    step_by_hand(2, &rules[i], t, dp, &memory, hand);
                else
                    optim_step(optim);
            }
        }
        optim_free(optim);
        Comparison c = compare(2, hand, library);
        printf("  %-20s %8.1e\n", rules[i].name, c.max_error);
        fact_that(rules[i].name, c.relative <= TABLE_TAPE_TOLERANCE);
    }
}

/* -- once, with small numbers ----------------------------------------------------------------- */

/* Three steps down L = x^2 / 2, whose gradient is x, from 16. */
static void parabola(const char *name, Sgd rule, const real expected[3])
{
    real x = 16, b = 0, found[3];
    for (int t = 1; t <= 3; t++) {
        const real dx = x;
        sgd_step(1, &rule, t, &dx, &b, &x);
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

/* Adam on the function of chapter 01; every element moves by lr at first, whatever its gradient. */
static void check_adam_trace(real scale)
{
    const Adam rule = {0.1, ADAM_SETTINGS};
    real p[4] = {2, 3, 6, 4}, dp[4];
    Memory memory = {{0}, {0}, {0}, {0}};
    printf("\nAdam, lr 0.1, on %sL of chapter 01, from a = (2, 3), b = (6, 4):\n",
           scale == 1 ? "" : "1000 times ");
    for (int t = 1; t <= 2; t++) {
        cubes_backward(p, dp);
        for (int i = 0; i < 4; i++)
            dp[i] *= scale;
        if (t == 2 && scale == 1)
            fact_row("dL/da", 4, 2, dp, (real[]){32.4900, 75.6900});
        adam_step(4, &rule, false, t, dp, memory.m, memory.v, memory.s, p);
        if (t == 1) {
            fact_row("step 1: a", 4, 2, p, (real[]){1.9000, 2.9000});
            fact_row("        b", 4, 2, p + 2, (real[]){6.1000, 4.1000});
            fact("        L", 4, (double)cubes(p), 39.7240);
        } else
            fact_row("step 2: a", 4, 2, p, (real[]){1.8004, 2.8002});
    }
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
        Memory memory = {{0}, {0}, {0}, {0}};
        step_by_hand(1, &rules[i], 1, (real[]){0}, &memory, &p[i]);
    }
    snprintf(name, sizeof name, "weight decay %g", decay);
    fact_row(name, 6, 3, p, expected);
}

/* Reddi, Kale and Kumar's loss: 3x at every third step, -x at the others, and x kept in [-1, 1].
 * Its mean, x/3, is smallest at x = -1. */
static void check_amsgrad(const char *name, bool amsgrad, double expected)
{
    const Adam rule = {.lr = 0.01, .beta1 = 0, .beta2 = 0.1, .eps = 1e-8, .amsgrad = amsgrad};
    real x = 0, m = 0, v = 0, s = 0, mean = 0;
    for (int t = 1; t <= 3000; t++) {
        const real dx = t % 3 == 1 ? 3 : -1;
        adam_step(1, &rule, false, t, &dx, &m, &v, &s, &x);
        x = fmin(fmax(x, -1), 1);
        mean += t > 2000 ? x / 1000 : 0;
    }
    fact(name, 2, (double)mean, expected);
}

/* -- down the bowl, along the valley ---------------------------------------------------------- */

enum { RULES = 6, DRAWN = 3000 };

typedef struct {
    const char *name;
    real (*loss)(const real *p);
    void (*backward)(const real *p, real *dp);
    real start[2];
    int steps;
    Rule rule[RULES];
    int arrived[RULES]; /* the step after which the loss is at most 1e-6; 0: never */
} Race;

/* The settings that theory gives for curvatures 1 and 25, see the lesson; Adam's lr is tried out.
 */
static const Race down_the_bowl = {
    "bowl",
    bowl,
    bowl_backward,
    {10, 2},
    300,
    {{"SGD", SGD, .sgd = {.lr = 1.0 / 13}},
     {"momentum", SGD, .sgd = {.lr = 1.0 / 9, .momentum = 4.0 / 9}},
     {"Nesterov", SGD, .sgd = {.lr = 1.0 / 25, .momentum = 2.0 / 3, .nesterov = true}},
     {"Adam", ADAM, .adam = {0.8, ADAM_SETTINGS}},
     {"AMSGrad", ADAM, .adam = {0.8, ADAM_SETTINGS, .amsgrad = true}},
     {"AdamW", ADAMW, .adam = {0.8, ADAM_SETTINGS, .weight_decay = 0.1}}},
    {116, 32, 50, 144, 145, 91}};

static const Race along_the_valley = {
    "valley",
    valley,
    valley_backward,
    {-1.2, 1},
    20000,
    {{"SGD", SGD, .sgd = {.lr = 0.001}},
     {"momentum", SGD, .sgd = {.lr = 0.001, .momentum = 0.9}},
     {"Nesterov", SGD, .sgd = {.lr = 0.001, .momentum = 0.9, .nesterov = true}},
     {"Adam", ADAM, .adam = {0.02, ADAM_SETTINGS}},
     {"AMSGrad", ADAM, .adam = {0.02, ADAM_SETTINGS, .amsgrad = true}},
     {"AdamW", ADAMW, .adam = {0.02, ADAM_SETTINGS, .weight_decay = 0.01}}},
    {15068, 1386, 1426, 2874, 6024, 0}};

/* Returns after how many steps the loss was small enough. path gets the first DRAWN places. */
static int descend(const Race *race, const Rule *rule, double path[DRAWN][2])
{
    real p[2] = {race->start[0], race->start[1]}, dp[2];
    Memory memory = {{0}, {0}, {0}, {0}};
    int arrived = 0;
    for (int t = 1; t <= race->steps; t++) {
        if (t <= DRAWN)
            path[t - 1][0] = (double)p[0], path[t - 1][1] = (double)p[1];
        race->backward(p, dp);
        step_by_hand(2, rule, t, dp, &memory, p);
        if (!arrived && race->loss(p) <= (real)1e-6)
            arrived = t;
    }
    return arrived;
}

/* Along the valley the loss falls by less than a thousandth a step, so with the rounding of float
 * it may pass a bound a few steps in ten thousand sooner or later. In double each step counts. */
static void check_steps(const char *name, int found, int expected)
{
    printf("  %-26s %9d\n", name, found);
    fact_that(name, abs(found - expected) <= 2000 * (double)REAL_EPSILON * expected);
}

/* A table of the steps they took, and a log of their paths. */
static bool run_race(const Options *options, const Race *race)
{
    static double path[RULES][DRAWN][2];
    RunLog log;
    printf("\nThe %s: steps until the loss is 1e-6 (0: not in %d)\n", race->name, race->steps);
    for (int r = 0; r < RULES; r++)
        check_steps(race->rule[r].name, descend(race, &race->rule[r], path[r]), race->arrived[r]);
    if (!runlog_open(&log, options->out, race->name,
                     "SGD,y,momentum,y,Nesterov,y,Adam,y,AMSGrad,y,AdamW,y"))
        return false;
    for (int t = 0; t < DRAWN && t < race->steps; t++) {
        double row[2 * RULES];
        for (int r = 0; r < RULES; r++)
            memcpy(row + 2 * r, path[r][t], sizeof path[r][t]);
        runlog_row(&log, row);
    }
    return runlog_close(&log);
}

/* Four panels: each landscape from above, three rules in one and three in the other. The lines of
 * equal loss r^2 are curves with t: (r cos t, r sin t) is (x, 5y) / sqrt 2 in the bowl and (x - 1,
 * 10 u) in the valley. */
static const char paths_script[] =
    "set terminal pngcairo size 1200,1000 font 'sans,12' background 'white'\n"
    "set parametric\n"
    "set trange [0:2*pi]\n"
    "set samples 3000\n"
    "set key below samplen 3 width 3\n"
    "set xlabel 'x' offset 0,0.7\n"
    "set ylabel 'y' offset 1.5,0\n"
    "set multiplot layout 2,2\n"
    "do for [k=0:3] {\n"
    "    bowl = k < 2\n"
    "    file = bowl ? 'bowl.csv' : 'valley.csv'\n"
    "    first = k % 2 ? 7 : 1\n"
    "    set title bowl ? 'The bowl, a dot at every step' : 'The valley, a dot at every 100 "
    "steps'\n"
    "    set xrange [(bowl ? -4 : -1.5):(bowl ? 11 : 1.5)]\n"
    "    set yrange [(bowl ? -4 : -0.4):(bowl ? 4 : 1.6)]\n"
    "    X(r, t) = bowl ? sqrt(2) * r * cos(t) : 1 + r * cos(t)\n"
    "    Y(r, t) = bowl ? sqrt(2) * r / 5 * sin(t) : X(r, t)**2 + r / 10 * sin(t)\n"
    "    plot for [i=0:6] X(bowl ? 1 + 2 * i : 2**(i - 2), t), Y(bowl ? 1 + 2 * i : 2**(i - 2), t) "
    "\\\n"
    "            lc rgb '#d0d0d0' lw 1 notitle, \\\n"
    "        for [c=0:2] file using first+2*c:first+2*c+1 with linespoints \\\n"
    "            lt c+1 lw 3-c pt 7 ps 1-0.2*c pi (bowl ? 1 : 100) title columnhead(first+2*c)\n"
    "}\n"
    "unset multiplot\n";

/* -- schedules -------------------------------------------------------------------------------- */

enum { SCHEDULES = 4, STEPS = 1000, RUNS = 10000 };

/* The learning rates of the picture, all from lr 0.1 and for STEPS steps. */
static double rate(int which, long t)
{
    const double lr = 0.1;
    switch (which) {
    case 0:
        return lr;
    case 1:
        return schedule_step(lr, 0.5, STEPS / 5, t);
    case 2:
        return schedule_cosine(lr, 0.01, STEPS, t);
    default:
        return schedule_warmup(schedule_cosine(lr, 0, STEPS, t), 0.1, STEPS / 10, t);
    }
}

/* The mean loss after STEPS steps of SGD down L = x^2 / 2, where each gradient is off by N(0, 1).
 */
static double loss_in_noise(Rng *rng, int which, int runs)
{
    double sum = 0;
    for (int run = 0; run < runs; run++) {
        double x = 16;
        for (long t = 0; t < STEPS; t++)
            x -= rate(which, t) * (x + rng_normal(rng));
        sum += x * x / 2;
    }
    return sum / runs;
}

/* With a constant rate x comes to rest nowhere: its variance settles where one step keeps it,
 * V = (1 - lr)^2 V + lr^2, which is V = lr / (2 - lr). */
static bool study_schedules(const Options *options, Rng *rng)
{
    static const char *const name[] = {"constant", "halved every 200", "cosine to 0.01",
                                       "warm-up, cosine to 0"};
    int runs = options->quick ? RUNS / 50 : RUNS;
    RunLog log;
    printf("\nMean loss of %d runs in noise, %d steps, lr 0.1 (theory for constant: %.4f):\n", runs,
           STEPS, 0.1 / 1.9 / 2);
    for (int which = 0; which < SCHEDULES; which++) {
        double loss = loss_in_noise(rng, which, runs);
        printf("  %-20s %8.5f\n", name[which], loss);
        if (which == 0)
            fact_that("noise as predicted",
                      fabs(loss / (0.1 / 1.9 / 2) - 1) < 7 * sqrt(2.0 / runs));
    }
    if (!runlog_open(
            &log, options->out, "schedules",
            "step,constant,halved every 200 steps,cosine to 0.01,warm-up then cosine to 0"))
        return false;
    for (long t = 0; t < STEPS; t++)
        runlog_row(&log,
                   (const double[]){(double)t, rate(0, t), rate(1, t), rate(2, t), rate(3, t)});
    return runlog_close(&log) && plot_draw(options, "schedules",
                                           "set xlabel 'step'\n"
                                           "set ylabel 'learning rate'\n"
                                           "set xrange [0:1000]\n"
                                           "set yrange [0:0.13]\n"
                                           "set key top right\n"
                                           "plot for [c=2:5] 'schedules.csv' using 1:c lt c-1\n");
}

int main(int argc, char **argv)
{
    Options options = {
        .chapter = "03_optimizers", .about = "what happens to a gradient next", .seed = 42};
    options_parse(&options, argc, argv);
    check_parabola();
    check_adam_trace(1);
    check_adam_trace(1000);
    printf("\nOne step, lr 0.1, from p = 1 where the gradient is 0: SGD, Adam, AdamW\n");
    check_decay(0.01, (real[]){0.999, 0.9, 0.999});
    check_decay(0.0001, (real[]){0.99999, 0.90001, 0.99999});
    printf("\nGradients 3, -1, -1, 3, ... on [-1, 1], where x = -1 is best; x ends near\n");
    check_amsgrad("Adam", false, 1);
    check_amsgrad("AMSGrad", true, -1);

    Rng rng;
    rng_seed(&rng, options.seed);
    bool hold = check_gradients(&rng);
    check_rules(&rng);
    if (!run_race(&options, &down_the_bowl) || !run_race(&options, &along_the_valley) ||
        !study_schedules(&options, &rng) || !plot_draw(&options, "paths", paths_script))
        return error_report(options.chapter);
    return hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
