/* 19_transformer_report.h: one task after the other: learnt, tested, looked at. */
#ifndef CHAPTER_19_TRANSFORMER_REPORT_H
#define CHAPTER_19_TRANSFORMER_REPORT_H

#include "19_transformer_maps.h"
#include "workbook/fact.h"
#include "workbook/interrupt.h"

enum { DIGITS = 3 };

/* The options of this chapter's own. */
enum { TASK_CHOICE, DIGITS_CHOICE, POSITIONS_CHOICE, MISTAKE_CHOICE };
static Choice choices[] = {
    {.name = "task",
     .meaning = "what is learnt",
     .words = {"all", "reverse", "sort", "add", "names"}},
    {.name = "digits",
     .meaning = "of the numbers that are added",
     .normal = DIGITS,
     .least = 1,
     .most = DIGITS},
    {.name = "positions", .meaning = "tokens know their place", .words = {"yes", "no"}},
    {.name = "mistake", .meaning = "in the way back, of reverse or sort", .words = WRONG_WORDS},
    {0}};

static inline bool is_asked(const char *task)
{
    return strcmp(choices[TASK_CHOICE].word, task) == 0;
}

/* The mistake that is asked for. */
static inline Wrong wrong_asked(void)
{
    static const char *const words[] = WRONG_WORDS;
    int wrong = RIGHT;
    while (strcmp(choices[MISTAKE_CHOICE].word, words[wrong]) != 0)
        wrong++;
    return (Wrong)wrong;
}

/* Whether the numbers are the lesson's, but for the seed. */
static inline bool is_lesson(const Options *options, TrainingEnd end)
{
    return end == TRAINED && options->steps >= STEPS && options->lr == lr_of_lesson &&
           options->batch == BATCH && !options->quick && choices[DIGITS_CHOICE].number == DIGITS &&
           wrong_asked() == RIGHT && strcmp(choices[POSITIONS_CHOICE].word, "yes") == 0;
}

/* To learn to reverse or to sort with one's own functions the gradients of attention are enough. */
static inline Way way_of(const Options *options, const Task *task)
{
    if (wrong_asked() != RIGHT)
        return BY_ALL;
    if (options->faster)
        return BY_LIBRARY;
    return task->adds ? BY_ALL : BY_ATTENTION;
}

static inline Plan plan_of(const Options *options, const Task *task)
{
    return (Plan){.width = task->width,
                  .heads = task->heads,
                  .layers = task->layers,
                  .decodes = true,
                  .words = TASK_WORDS,
                  .places = task->s > task->t ? task->s : task->t,
                  .no_places = strcmp(choices[POSITIONS_CHOICE].word, "no") == 0,
                  .way = way_of(options, task),
                  .wrong = wrong_asked()};
}

/* -- what has come of it ----------------------------------------------------------------------- */

/* A row of tokens; a sum's answer is turned round, so that its units come last. */
static inline void print_tokens(int n, const int *token, bool turned)
{
    for (int i = 0; i < n; i++)
        putchar("0123456789+?"[token[turned ? n - 1 - i : i]]);
}

/* Three questions and what is said to them. */
static inline void print_answers(Net *net, const Task *task, const Questions *q)
{
    enum { SHOWN = 3 };
    int said[SHOWN * 32];
    const Questions first = {SHOWN, q->x, q->y, q->given};
    answer(net, task, &first, said);
    for (int i = 0; i < SHOWN; i++) {
        printf("  ");
        print_tokens(task->s, q->x + i * task->s, false);
        printf(task->adds ? " = " : " -> ");
        print_tokens(task->t, said + i * task->t, task->adds);
        printf("\n");
    }
}

/* Returns how many of the answers to new questions are right, in percent. */
static inline double task_report(Pupil *p)
{
    const double right = exact_of(p->net, p->task, &p->tested);
    printf("%s: of %d new questions %.1f %% are answered right, to the last token:\n",
           p->task->name, p->tested.n, right);
    print_answers(p->net, p->task, &p->tested);
    return right;
}

static inline void report_anti_diagonal(const Options *options, Pupil *p, TrainingEnd end)
{
    double part[8];
    const int heads = p->net->plan.heads;
    anti_diagonal(listened_to(p->net, p->task, &p->tested), heads, part);
    printf("On the anti-diagonal lies, of the weight of head 0 and of head 1: %.2f and %.2f\n",
           part[0], part[1]);
    if (is_lesson(options, end))
        fact_that("most of the weight lies on the anti-diagonal", (part[0] + part[1]) / 2 > 0.6);
    ag_reset();
}

/* False with error_text() set. */
static inline bool task_learn(const Options *options, const Task *task, long steps, bool save)
{
    Pupil p;
    const Plan plan = plan_of(options, task);
    pupil_begin(&p, options, task, &plan);
    printf("\n%s: %d tokens in, %d out; %d + %d layers of width %d, %d heads, %ld parameters\n",
           task->name, task->s, task->t, plan.layers, plan.layers, plan.width, plan.heads,
           nn_size(&p.net->module));
    const double start = seconds_now();
    TrainingEnd end = pupil_train(&p, options, steps);
    bool done = end != NOT_LOGGED;
    if (end == TRAINED)
        printf("%ld steps of %d in %s in %.1f s\n", steps, options->batch, REAL_NAME,
               seconds_now() - start);
    if (end == TRAINED || end == INTERRUPTED) {
        const double right = task_report(&p);
        if (is_lesson(options, end))
            fact_that("as many are right as the lesson says", right >= task->expected);
        if (task->make == make_reverse)
            report_anti_diagonal(options, &p, end);
    }
    done = done &&
           training_succeeded(end, plot_draw_file(options, task->name, "chapters/19_task.gp")) &&
           draw_maps(options, task, p.net, &p.tested) &&
           (!save || nn_save(&p.net->module, options->save));
    pupil_end(&p);
    return done;
}

/* Takes a transformer from a file, and says what it knows. */
static inline bool task_load(const Options *options, const Task *task)
{
    Pupil p;
    const Plan plan = plan_of(options, task);
    pupil_begin(&p, options, task, &plan);
    bool loaded = nn_load(&p.net->module, options->load);
    if (loaded)
        task_report(&p);
    loaded = loaded && draw_maps(options, task, p.net, &p.tested);
    pupil_end(&p);
    return loaded;
}

/* Reversing is learnt in a quarter of the steps. */
static inline bool learn_task(const Options *options, const Task *task, bool save)
{
    const long steps = task->make == make_reverse ? (options->steps + 3) / 4 : options->steps;
    return options->load ? task_load(options, task) : task_learn(options, task, steps, save);
}

#endif
