/* 16_distillation_training.h: who learns side by side: the teacher alone, or the five students on
 * the same images in the same order, from the same weights. */
#ifndef CHAPTER_16_DISTILLATION_TRAINING_H
#define CHAPTER_16_DISTILLATION_TRAINING_H

#include "16_distillation_students.h"
#include "workbook/runlog.h"
#include "workbook/training.h"

enum { STEPS = 756, QUICK_STEPS = 5, BATCH = 64, ROWS = 100 }; /* 12 epochs */

static const double lr_of_lesson = 1e-3;

static inline State *state_of(int n, Scholar scholars[n])
{
    State *state = state_new();
    for (int i = 0; i < n; i++)
        learner_state(state, scholars[i].name, &scholars[i].learner);
    return state;
}

/* "step,alone,soft T2,alone test [%],soft T2 test [%]" */
static inline const char *header_of(int n, const Scholar scholars[n], char text[512])
{
    int length = snprintf(text, 512, "step");
    for (int i = 0; i < 2 * n; i++)
        length += snprintf(text + length, (size_t)(512 - length), ",%s%s", scholars[i % n].name,
                           i < n ? "" : " test [%]");
    return text;
}

/* The losses of each since the latest row, and how much it knows. */
static inline void log_row(Training *t, int n, Scholar scholars[n], const Dataset *test)
{
    const bool eval = training_eval_due(t);
    double row[1 + 2 * METHODS] = {(double)t->step}, right = 0;
    for (int i = 0; i < n; i++) {
        Learner *l = &scholars[i].learner;
        const double known = eval ? nn_accuracy(l->net, l->size, test) : RUNLOG_NONE;
        row[1 + i] = learner_mean(l);
        row[1 + n + i] = known;
        right += known / n;
    }
    if (eval)
        training_say(t, "%.1f %% right", right);
    training_mean(t);
    training_row(t, row);
}

/* n of them side by side. */
static inline TrainingEnd train(const Options *options, const char *name, int n,
                                Scholar scholars[n], const Dataset *test)
{
    Training t;
    char header[512];
    State *state = state_of(n, scholars);
    for (int i = 0; i < n; i++)
        learner_share(&scholars[i].learner, options->shards);
    bool begun = training_begin(&t, options, name, header_of(n, scholars, header), options->steps,
                                options->steps / ROWS + 1) &&
                 training_keep(&t, state);
    if (begun)
        training_epoch(&t, loader_batches(&scholars[0].learner.loader));
    while (begun && training_next(&t)) {
        double mean = 0;
        for (int i = 0; i < n; i++) {
            Learner *l = &scholars[i].learner;
            mean += scholar_look(&scholars[i]) / n;
            if (i == n - 1)
                training_loss_tensors(&t, mean, options->lr, l->n, l->parameters);
            learner_step(l);
        }
        if (training_row_due(&t))
            log_row(&t, n, scholars, test);
    }
    TrainingEnd end = begun ? training_end(&t) : NOT_LOGGED;
    state_free(state);
    return end;
}

#endif
