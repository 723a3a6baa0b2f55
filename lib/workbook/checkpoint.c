/* checkpoint.c: a training that can be taken up again; the part of training.h that is about it. */
#include "workbook/checkpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "nn/safetensors.h"
#include "parallel/ranks.h"
#include "workbook/progress.h"

enum { OPTIONS_SIZE = 1024 };

static const double keep_every = 10; /* seconds */

/* Whether a training of this program was taken up again. */
static bool any_resumed;

/* The options on which the numbers of the run depend, as they are given:
 * "10_makemore_mlp in float: --steps 200 --seed 42 --lr 0.1". */
static const char *what_run(const Training *t, char text[OPTIONS_SIZE])
{
    const Options *o = t->options;
    int length = snprintf(text, OPTIONS_SIZE, "%s in %s: --steps %ld --seed %llu", o->chapter,
                          REAL_NAME, t->steps, (unsigned long long)o->seed);
    if (o->lr > 0)
        length += snprintf(text + length, (size_t)(OPTIONS_SIZE - length), " --lr %.9g", o->lr);
    if (o->batch > 0)
        length += snprintf(text + length, (size_t)(OPTIONS_SIZE - length), " --batch %d", o->batch);
    if (o->shards > 1)
        length +=
            snprintf(text + length, (size_t)(OPTIONS_SIZE - length), " --shards %d", o->shards);
    if (o->eval_every > 0)
        length += snprintf(text + length, (size_t)(OPTIONS_SIZE - length), " --eval-every %ld",
                           o->eval_every);
    for (int i = 0; i < choice_count(o->choices); i++) {
        char value[CHOICE_TEXT];
        if (o->choices[i].same_run)
            continue;
        length += snprintf(text + length, (size_t)(OPTIONS_SIZE - length), " --%s %s",
                           o->choices[i].name, choice_text(&o->choices[i], value));
    }
    if (o->quick)
        length += snprintf(text + length, (size_t)(OPTIONS_SIZE - length), " --quick");
    if (o->data && *o->data)
        snprintf(text + length, (size_t)(OPTIONS_SIZE - length), " --data %.512s", o->data);
    return text;
}

static void list_own(Training *t)
{
    const Shape one = ag_shape(0);
    State *s = t->state;
    state_longs(s, "training.step", one, &t->step);
    state_longs(s, "training.logged", one, &t->logged);
    state_longs(s, "training.norm_step", one, &t->norm_step);
    state_longs(s, "training.count", one, &t->count);
    state_doubles(s, "training.loss", one, &t->loss);
    state_doubles(s, "training.lr", one, &t->lr);
    state_doubles(s, "training.finite", one, &t->finite);
    state_doubles(s, "training.norm", one, &t->norm);
    state_doubles(s, "training.mean", one, &t->mean);
    state_doubles(s, "training.sum", one, &t->sum);
    state_text(s, "training.log", &t->rows);
    state_text(s, "training.times", &t->row_times);
    state_doubles(s, "training.seconds", one, &t->spent);
}

/* Whether the checkpoint is this run's. */
static bool check_run(const Training *t)
{
    char own[OPTIONS_SIZE];
    SafeTensors file;
    if (!safetensors_open(&file, t->path))
        return false;
    const char *run = safetensors_meta(&file, "run");
    const bool same = run && strcmp(run, what_run(t, own)) == 0;
    if (!same)
        error_return("%s: is of another run (%s), not of this one (%s)", t->path,
                     run ? run : "it does not say which", own);
    safetensors_close(&file);
    return same;
}

static bool resume(Training *t)
{
    if (access(t->path, F_OK) != 0)
        return any_resumed || error_return("%s: there is no checkpoint to go on from", t->path);
    if (!check_run(t) || !state_resume(t->state, t->path))
        return false;
    if (ranks_own() == 0 &&
        !(runlog_append(&t->log, t->rows) && runlog_append(&t->times, t->row_times)))
        return false;
    any_resumed = true;
    t->kept_step = t->step;
    t->progress.first = t->step;
    const bool is_loss = strcmp(t->name, "loss") == 0;
    printf("%s%sresumed at step %ld of %ld\n", is_loss ? "" : t->name, is_loss ? "" : ": ", t->step,
           t->steps);
    return true;
}

bool training_keep(Training *t, State *state)
{
    NOT_NULL(t, state);
    const char *name = t->name, *joint = "_";
    if (strcmp(name, "loss") == 0)
        name = joint = "";
    if (snprintf(t->path, sizeof t->path, "%s/%s%scheckpoint.safetensors", t->options->out, name,
                 joint) >= (int)sizeof t->path)
        error_stop("training_keep: %.40s...: the path is too long", t->path);
    char run[OPTIONS_SIZE];
    state_meta(state, "run", what_run(t, run));
    t->state = state;
    t->kept = seconds_now();
    list_own(t);
    if (!t->options->resume || resume(t))
        return true;
    training_give_up(t);
    return false;
}

bool checkpoint_due(const Training *t)
{
    NOT_NULL(t);
    const long every = t->options->checkpoint_every;
    return every > 0 ? t->step % every == 0 : seconds_now() > t->kept + keep_every;
}

bool checkpoint_write(Training *t)
{
    NOT_NULL(t);
    if (t->kept_step == t->step || ranks_own() > 0) /* rank 0 writes */
        return true;
    free(t->rows);
    free(t->row_times);
    t->rows = runlog_text(&t->log);
    t->row_times = runlog_text(&t->times);
    t->kept = seconds_now();
    t->spent += t->kept - t->clock;
    t->clock = t->kept;
    t->not_kept = !(t->rows && t->row_times && state_save(t->state, t->path));
    t->kept_step = t->step;
    return !t->not_kept;
}
