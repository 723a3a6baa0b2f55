/* 16_distillation_school.h: a teacher is trained, then its students; for each regime that was asked
 * for, and as many seeds. */
#ifndef CHAPTER_16_DISTILLATION_SCHOOL_H
#define CHAPTER_16_DISTILLATION_SCHOOL_H

#include <stdio.h>

#include "16_distillation_pictures.h"
#include "16_distillation_training.h"
#include "workbook/fact.h"
#include "workbook/interrupt.h"
#include "workbook/mean.h"
#include "workbook/plot.h"

enum { MOST_SEEDS = 20 };

/* What this chapter alone asks. */
enum { SEEDS_ASKED, WIDTH_ASKED, REGIME_ASKED };

static Choice choices[] = {
    {.name = "seeds",
     .meaning = "how often all is trained, each time with other images",
     .normal = 1,
     .least = 1,
     .most = MOST_SEEDS},
    {.name = "width",
     .meaning = "maps of the teacher's first layer; 128: as they were published",
     .normal = 32,
     .least = 8,
     .most = 256},
    {.name = "regime",
     .meaning = "labels that the students have",
     .words = {"full", "few", "unlabelled", "noisy", "all"}}, /* as Regime has them; all four */
    {0}};

/* The words of --regime begin with the names of the regimes. */
static inline const char *regime_name(int regime)
{
    return choices[REGIME_ASKED].words[regime];
}

/* Known of new images, in percent; the teacher's is the last. */
typedef struct {
    double known[REGIMES][METHODS + 1][MOST_SEEDS];
} Results;

/* "teacher", "teacher_2": the name of a log or a picture of this seed, 0, 1, ... */
static inline const char *log_name(const char *name, int seed, char text[64])
{
    snprintf(text, 64, seed == 0 ? "%s" : "%s_%d", name, seed + 1);
    return text;
}

/* -- what came of it --------------------------------------------------------------------------- */

static const char *const regime_says[REGIMES] = {
    [FULL] = "all labels",
    [FEW] = "few labels, no other images",
    [UNLABELLED] = "few labels, and images without one",
    [NOISY] = "labels of which 40 in a hundred are wrong",
};

/* Same seed, same start. */
static inline void compare_starts(const Scholar *teacher, const Scholar student[METHODS])
{
    printf(
        "\nThe norm of the first layer: teacher, trained, %.4f; students, before the first step,",
        first_norm(teacher->learner.net));
    for (int i = 0; i < METHODS; i++) {
        printf(" %.4f", first_norm(student[i].learner.net));
        fact_that("students start alike",
                  first_norm(student[i].learner.net) == first_norm(student[0].learner.net));
    }
    printf("\n");
}

static inline void print_known(Regime regime, int test, const double known[METHODS + 1])
{
    printf("\n%s: known of %d new images, in percent\n", regime_says[regime], test);
    printf("  %-12s %5.1f\n", "teacher", known[TEACHER]);
    for (int i = 0; i < METHODS; i++)
        printf("  %-12s %5.1f\n", methods[i].name, known[i]);
}

/* Beside each student how much better it is than the one that learns alone: from seed to seed both
 * have the same images and the same start. */
static inline void print_means(Regime regime, int n, double known[METHODS + 1][MOST_SEEDS])
{
    printf("\n%s: mean and standard error of %d seeds, in percent\n", regime_says[regime], n);
    Mean m = mean_of(n, known[TEACHER]);
    printf("  %-12s %5.1f +- %3.1f   against alone    t\n", "teacher", m.mean, m.error);
    for (int i = 0; i < METHODS; i++) {
        double gain[MOST_SEEDS];
        for (int s = 0; s < n; s++)
            gain[s] = known[i][s] - known[ALONE][s];
        m = mean_of(n, known[i]);
        printf("  %-12s %5.1f +- %3.1f", methods[i].name, m.mean, m.error);
        m = mean_of(n, gain);
        if (i == ALONE)
            printf("\n");
        else
            printf("   %+5.1f +- %3.1f %6.1f\n", m.mean, m.error,
                   m.error > 0 ? m.mean / m.error : 0);
    }
}

/* bars.csv: a row a regime, of all four; mean and error of the teacher and of each student. */
static inline bool draw_bars(const Options *options, Results *results, int n)
{
    RunLog log;
    char header[512];
    int length = snprintf(header, sizeof header, "regime,teacher,error");
    for (int i = 0; i < METHODS; i++)
        length +=
            snprintf(header + length, sizeof header - (size_t)length, ",%s,error", methods[i].name);
    if (!runlog_open(&log, options->out, "bars", header))
        return false;
    for (Regime r = FULL; r < REGIMES; r++) {
        double row[3 + 2 * METHODS] = {r};
        for (int i = 0; i <= METHODS; i++) {
            Mean m = mean_of(n, results->known[r][i == 0 ? TEACHER : i - 1]);
            row[1 + 2 * i] = m.mean;
            row[2 + 2 * i] = m.error;
        }
        runlog_row(&log, row);
    }
    return runlog_close(&log) && plot_draw_file(options, "bars", "chapters/16_bars.gp");
}

/* -- one teacher and its students -------------------------------------------------------------- */

typedef struct {
    const Options *options;
    int seed; /* 0, 1, ... */
    Images images;
    Scholar teacher, student[METHODS];
    Lessons lessons;
    Results *results;
} School;

static inline uint64_t seed_of(const School *s)
{
    return s->options->seed + (uint64_t)s->seed;
}

static inline void students_begin(School *s, Regime regime)
{
    s->lessons = lessons_new(&s->images, s->teacher.learner.net, regime, seed_of(s));
    for (int i = 0; i < METHODS; i++)
        scholar_begin(&s->student[i], &methods[i], &s->images.sizes,
                      i == ALONE ? &s->lessons.labelled : &s->lessons.all, s->options, seed_of(s));
}

static inline void students_end(School *s)
{
    for (int i = 0; i < METHODS; i++)
        learner_free(&s->student[i].learner);
    lessons_free(&s->lessons);
}

/* All six networks, in one file. */
static inline State *model_of(School *s)
{
    State *model = state_new();
    nn_state(model, "teacher.", s->teacher.learner.net);
    for (int i = 0; i < METHODS; i++) {
        char prefix[64];
        snprintf(prefix, sizeof prefix, "%s.", methods[i].name);
        nn_state(model, prefix, s->student[i].learner.net);
    }
    return model;
}

/* What the lesson says, with room for other seeds. */
static inline void hold_lesson(const Options *o, Regime regime, const double known[METHODS + 1])
{
    if (o->steps < STEPS || o->lr != lr_of_lesson || o->batch != BATCH || *o->data ||
        choices[WIDTH_ASKED].number != choices[WIDTH_ASKED].normal)
        return;
    fact_that("the teacher knows 88 %", known[TEACHER] >= 88);
    fact_that("the teacher knows 5 % more than its students",
              regime != FULL || known[TEACHER] - known[SOFT] >= 5);
    fact_that("soft targets add 8 points where labels are missing or wrong",
              regime < UNLABELLED || known[SOFT] - known[ALONE] >= 8);
}

static inline void examine(School *s, Regime regime)
{
    double known[METHODS + 1];
    const Dataset *test = &s->images.set.test;
    for (int i = 0; i <= METHODS; i++) {
        Module *net = i == TEACHER ? s->teacher.learner.net : s->student[i].learner.net;
        known[i] = nn_accuracy(net, s->images.sizes.image, test);
        s->results->known[regime][i][s->seed] = known[i];
    }
    print_known(regime, test->length, known);
    if (!interrupt_signal())
        hold_lesson(s->options, regime, known);
}

/* Trains the students; the first of all is saved and drawn. */
static inline bool teach(School *s, Regime regime, bool first)
{
    char name[64];
    log_name(first ? "loss" : regime_name((int)regime), s->seed, name);
    compare_starts(&s->teacher, s->student);
    TrainingEnd end = train(s->options, name, METHODS, s->student, &s->images.set.test);
    if (end == TRAINED || end == INTERRUPTED)
        examine(s, regime);
    if (end == NOT_LOGGED ||
        !training_succeeded(end, plot_draw_file(s->options, name, "chapters/16_curves.gp")))
        return false;
    if (!first || s->seed > 0)
        return true;
    State *model = model_of(s);
    bool saved = state_save(model, s->options->save);
    state_free(model);
    return saved && draw_said(s->options, s->teacher.learner.net, &s->images);
}

static inline bool load_students(School *s, Regime regime)
{
    State *model = model_of(s);
    bool loaded = state_load(model, s->options->load, true);
    state_free(model);
    if (loaded)
        examine(s, regime);
    return loaded;
}

static inline bool train_teacher(School *s)
{
    char name[64];
    const double start = seconds_now();
    TrainingEnd end =
        train(s->options, log_name("teacher", s->seed, name), 1, &s->teacher, &s->images.set.test);
    if (end == TRAINED)
        printf("teacher: %ld steps of %d in %s in %.1f s\n", s->options->steps, s->options->batch,
               REAL_NAME, seconds_now() - start);
    return end != NOT_LOGGED && training_succeeded(end, true);
}

/* The regimes from first to last. */
static inline bool run_school(School *s, Regime first, Regime last)
{
    if (!images_new(s->options, seed_of(s), (int)choices[WIDTH_ASKED].number, &s->images))
        return false;
    scholar_begin(&s->teacher, NULL, &s->images.sizes, &s->images.set.train, s->options,
                  seed_of(s));
    bool done = s->options->load || train_teacher(s);
    for (Regime r = first; done && r <= last && !interrupt_signal(); r++) {
        students_begin(s, r);
        done = s->options->load ? load_students(s, r) : teach(s, r, r == first);
        students_end(s);
    }
    learner_free(&s->teacher.learner);
    image_set_free(&s->images.set);
    return done;
}

/* -- all of them ------------------------------------------------------------------------------- */

static inline bool learn(const Options *options)
{
    static Results results;
    int asked = 0;
    while (strcmp(regime_name(asked), choices[REGIME_ASKED].word) != 0)
        asked++;
    const bool all = asked == REGIMES;
    const Regime first = all ? FULL : (Regime)asked, last = all ? NOISY : first;
    const int count = options->load ? 1 : (int)choices[SEEDS_ASKED].number;
    bool done = true;
    for (int seed = 0; done && seed < count && !interrupt_signal(); seed++) {
        School school = {.options = options, .seed = seed, .results = &results};
        done = run_school(&school, first, options->load ? first : last);
    }
    if (!done || interrupt_signal())
        return done;
    for (Regime r = first; count > 1 && r <= last; r++)
        print_means(r, count, results.known[r]);
    return options->load || !all || draw_bars(options, &results, count);
}

#endif
