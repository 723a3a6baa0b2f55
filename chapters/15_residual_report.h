/* 15_residual_report.h: what is trained, and what has come of it: four kinds of network at two
 * depths; other kinds, and two mistakes, at ten blocks; or one network of one's choice. */
#ifndef CHAPTER_15_RESIDUAL_REPORT_H
#define CHAPTER_15_RESIDUAL_REPORT_H

#include "15_residual_training.h"
#include "workbook/fact.h"
#include "workbook/interrupt.h"
#include "workbook/plot.h"

enum { STEPS = 200, QUICK_STEPS = 2, BATCH = 64, JUDGED = 1000 };

static const double lr_of_lesson = 2e-3;

/* The options of this chapter's own. */
enum { BLOCK_CHOICE, BLOCKS_CHOICE, NORM_CHOICE };
static Choice choices[] = {
    {.name = "block",
     .meaning = "kind of block that is trained",
     .words = {"all", "plain", "residual", "in-place", "scaled", "skip"}},
    {.name = "blocks", .meaning = "... and how many", .normal = 20, .least = 1, .most = 100},
    {.name = "norm", .meaning = "... with batch norm", .words = {"yes", "no"}},
    {0}};

/* -- what they know --------------------------------------------------------------------------- */

/* Of the images that it has learnt from, and of new ones. */
typedef struct {
    double train, test;
} Known;

static inline Known known_of(Module *net, const Images *images)
{
    Dataset train = images->train; /* the first of them are enough */
    train.length = train.length < JUDGED ? train.length : JUDGED;
    return (Known){nn_accuracy(net, images->size, &train),
                   nn_accuracy(net, images->size, &images->test)};
}

static inline void print_known(const Class *class, const Plan plan[], Known known[])
{
    char name[NAME_SIZE];
    printf("\nKnown in percent, of the images that were learnt from and of new ones:\n");
    for (int k = 0; k < class->count; k++) {
        known[k] = known_of(class->learner[k].net, class->images);
        printf("  %2d blocks  %-24s  %5.1f  %5.1f\n", plan[k].blocks, plan_name(&plan[k], name),
               known[k].train, known[k].test);
    }
}

/* Whether the numbers are the lesson's, but for the seed. */
static inline bool is_lesson(const Options *options, TrainingEnd end)
{
    return end == TRAINED && options->steps == STEPS && options->lr == lr_of_lesson &&
           options->batch == BATCH && !options->quick && *options->data == '\0';
}

/* -- four kinds, two depths ------------------------------------------------------------------- */

static const Plan eight[MOST_NETS] = {
    {PLAIN, 4, false},  {PLAIN, 4, true},  {RESIDUAL, 4, false},  {RESIDUAL, 4, true},
    {PLAIN, 20, false}, {PLAIN, 20, true}, {RESIDUAL, 20, false}, {RESIDUAL, 20, true},
};

static inline void eight_facts(const Known known[MOST_NETS])
{
    fact_that("20 plain blocks have learnt nothing", known[4].test < 20);
    fact_that("nor have they with batch norm", known[5].test < 35);
    fact_that("with a shortcut they have", known[6].test > 50);
    fact_that("and with both", known[7].test > 50);
}

/* -- other kinds, and mistakes ---------------------------------------------------------------- */

enum { OTHERS = 6 };

static const Plan others[OTHERS] = {
    {RESIDUAL, 10, false}, {IN_PLACE, 10, false},           {SCALED, 10, false},
    {SKIP, 10, false},     {SHORTCUT_FORGOTTEN, 10, false}, {BRANCH_FORGOTTEN, 10, false},
};

static inline void others_facts(const Known known[OTHERS])
{
    fact_that("with the shortcut forgotten in the way back little is learnt",
              known[4].test < known[0].test - 20);
    fact_that("with the branch forgotten it trains", known[5].test > 40);
}

/* -- one after the other ---------------------------------------------------------------------- */

/* A training, its picture and what has come of it. */
typedef struct {
    const char *log, *script;
    int count;
    const Plan *plan;
    void (*facts)(const Known known[]); /* NULL: none */
    bool save;                          /* the last of them */
} Course;

/* Few blocks are enough to see whether it runs. */
static inline void shorten(int count, Plan plan[count])
{
    for (int k = 0; k < count; k++)
        plan[k].blocks = plan[k].blocks < 10 ? 1 : 2;
}

/* False with error_text() set. */
static inline bool learn(const Options *options, const Images *images, const Course *course)
{
    Plan plan[MOST_NETS];
    Known known[MOST_NETS];
    Class class;
    memcpy(plan, course->plan, (size_t)course->count * sizeof *plan);
    if (options->quick)
        shorten(course->count, plan);
    class_begin(&class, options, images, course->count, plan);
    const double start = seconds_now();
    TrainingEnd end = class_train(&class, options, course->log, plan);
    if (end == TRAINED)
        printf("%d network%s, %ld steps of %d in %s in %.1f s\n", class.count,
               class.count == 1 ? "" : "s", options->steps, options->batch, REAL_NAME,
               seconds_now() - start);
    if (end == TRAINED || end == INTERRUPTED)
        print_known(&class, plan, known);
    if (is_lesson(options, end) && course->facts)
        course->facts(known);
    bool done = end != NOT_LOGGED &&
                training_succeeded(end, plot_draw_file(options, course->log, course->script)) &&
                (!course->save || nn_save(class.learner[class.count - 1].net, options->save));
    class_end(&class);
    return done;
}

/* The network that --block, --blocks and --norm ask for; for "all" the last of the eight. */
static inline Plan plan_of_choice(void)
{
    Plan plan = eight[MOST_NETS - 1];
    for (Kind kind = PLAIN; kind <= SKIP; kind++)
        if (strcmp(choices[BLOCK_CHOICE].word, kinds[kind].name) == 0)
            plan.kind = kind;
    plan.blocks = (int)choices[BLOCKS_CHOICE].number;
    plan.norm = strcmp(choices[NORM_CHOICE].word, "yes") == 0;
    return plan;
}

static inline bool learn_all(const Options *options, const Images *images)
{
    const Plan one = plan_of_choice();
    const Course course = {"loss", "chapters/15_one.gp", 1, &one, NULL, true};
    const Course first = {"loss", "chapters/15_loss.gp", MOST_NETS, eight, eight_facts, true};
    const Course second = {"kinds", "chapters/15_kinds.gp", OTHERS, others, others_facts, false};
    if (strcmp(choices[BLOCK_CHOICE].word, "all") != 0)
        return learn(options, images, &course);
    return learn(options, images, &first) &&
           (interrupt_signal() || learn(options, images, &second));
}

/* Takes a network from a file, and says what it knows. */
static inline bool load_and_report(const Options *options, const Images *images)
{
    Rng rng;
    char name[NAME_SIZE];
    Plan plan = plan_of_choice();
    if (options->quick)
        shorten(1, &plan);
    rng_seed(&rng, options->seed);
    Module *net = deep_network(&rng, images->size, plan.kind, plan.blocks, plan.norm);
    bool loaded = nn_load(net, options->load);
    if (loaded) {
        const Known known = known_of(net, images);
        printf("%s: %d blocks, %s: known in percent, of the images that are learnt from and of new "
               "ones: %.1f, %.1f\n",
               options->load, plan.blocks, plan_name(&plan, name), known.train, known.test);
    }
    nn_free(net);
    return loaded;
}

/* False with error_text() set. */
static inline bool train_and_report(const Options *options)
{
    Images images;
    if (!images_get(options, &images))
        return false;
    bool done = (options->load ? load_and_report : learn_all)(options, &images);
    images_free(&images);
    return done;
}

#endif
