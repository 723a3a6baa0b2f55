/* 16_distillation_training.h: learners side by side: the teacher alone, or the five students on the
 * same images in the same order, from the same weights. */
#ifndef CHAPTER_16_DISTILLATION_TRAINING_H
#define CHAPTER_16_DISTILLATION_TRAINING_H

#include "16_distillation_students.h"
#include "workbook/runlog.h"
#include "workbook/training.h"

enum { STEPS = 756, QUICK_STEPS = 5, BATCH = 64, ROWS = 100 }; /* 12 epochs */

static const double lr_of_lesson = 1e-3;

/* -- one training ------------------------------------------------------------------------------ */

/* The losses of each learner since the latest row of the log. */
typedef struct {
    double loss[METHODS];
    long count;
} Sums;

static inline State *state_of(int n, Learner learners[n], Sums *sums)
{
    State *state = state_new();
    for (int i = 0; i < n; i++)
        learner_state(state, &learners[i]);
    state_doubles(state, "sums.loss", ag_shape(1, METHODS), sums->loss);
    state_longs(state, "sums.count", ag_shape(0), &sums->count);
    return state;
}

/* "step,alone,soft T2,alone test,soft T2 test" */
static inline const char *header_of(int n, const Learner learners[n], char text[512])
{
    int length = snprintf(text, 512, "step");
    for (int i = 0; i < 2 * n; i++)
        length += snprintf(text + length, (size_t)(512 - length), ",%s%s", learners[i % n].name,
                           i < n ? "" : " test");
    return text;
}

static inline void log_row(Training *t, int n, const Learner learners[n], Sums *sums,
                           const Dataset *test)
{
    double row[1 + 2 * METHODS] = {(double)t->step};
    for (int i = 0; i < n; i++) {
        const Learner *l = &learners[i];
        row[1 + i] = sums->loss[i] / (double)sums->count;
        row[1 + n + i] = training_eval_due(t) ? known_of(l->net, l->sizes, test) : RUNLOG_NONE;
    }
    *sums = (Sums){0};
    training_mean(t);
    training_row(t, row);
}

/* n learners side by side. */
static inline TrainingEnd train(const Options *options, const char *name, int n,
                                Learner learners[n], const Dataset *test)
{
    Training t;
    char header[512];
    Sums sums = {0};
    State *state = state_of(n, learners, &sums);
    bool begun = training_begin(&t, options, name, header_of(n, learners, header), options->steps,
                                options->steps / ROWS + 1) &&
                 training_keep(&t, state);
    while (begun && training_next(&t)) {
        double mean = 0;
        sums.count++;
        for (int i = 0; i < n; i++) {
            Learner *l = &learners[i];
            double loss = learner_look(l);
            sums.loss[i] += loss;
            mean += loss / n;
            if (i == n - 1)
                training_loss_tensors(&t, mean, options->lr, l->n, l->parameters);
            learner_step(l);
        }
        if (training_row_due(&t))
            log_row(&t, n, learners, &sums, test);
    }
    TrainingEnd end = begun ? training_end(&t) : NOT_LOGGED;
    state_free(state);
    return end;
}

#endif
