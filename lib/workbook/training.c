#include "workbook/training.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "kernel/vector.h"
#include "nn/clip.h"
#include "workbook/checkpoint.h"
#include "workbook/interrupt.h"
#include "workbook/runinfo.h"

enum { EVAL_EVERY_ROWS = 5, MOST_COLUMNS = 32 };

/* Of training, also before it was taken up again. */
static double seconds_spent(const Training *t)
{
    return t->spent + seconds_now() - t->clock;
}

/* Writes run.json. */
static bool describe(const Training *t, const char *status)
{
    return runinfo_write(t->options, &(RunInfo){.log = t->name,
                                                .status = status,
                                                .began = t->began,
                                                .seconds = seconds_spent(t),
                                                .step = t->step,
                                                .steps = t->steps,
                                                .epoch = t->epoch,
                                                .header = t->header});
}

/* Opens the log and that of its times. The header without its units: no " [nats]". */
static bool open_logs(Training *t)
{
    char plain[sizeof t->header], times[256];
    char *end = plain;
    for (const char *c = t->header; *c; c++)
        if (strncmp(c, " [", 2) == 0)
            c += strcspn(c, "]");
        else
            *end++ = *c;
    *end = '\0';
    snprintf(times, sizeof times, "%s_seconds", t->name);
    if (!runlog_open_partial(&t->log, t->options->out, t->name, plain))
        return false;
    if (runlog_open_partial(&t->times, t->options->out, times, "step,seconds"))
        return true;
    runlog_discard(&t->log);
    return false;
}

static void discard_logs(Training *t)
{
    runlog_discard(&t->log);
    runlog_discard(&t->times);
}

/* Closes both, whatever becomes of the first. */
static bool close_logs(Training *t)
{
    bool closed = runlog_close(&t->log);
    if (closed)
        return runlog_close(&t->times);
    runlog_discard(&t->times);
    return false;
}

bool training_begin(Training *t, const Options *options, const char *name, const char *header,
                    long steps, long every)
{
    NOT_NULL(t, options, name, header);
    if (every < 1)
        error_stop("training_begin: %s: a row every %ld steps: expected 1 or more", name, every);
    *t = (Training){.options = options,
                    .name = name,
                    .began = time(NULL),
                    .clock = seconds_now(),
                    .steps = steps,
                    .every = every,
                    .finite = NAN,
                    .mean = NAN,
                    .norm = NAN};
    const int size = sizeof t->header;
    if (snprintf(t->header, sizeof t->header, "%s,lr,gradient", header) >= size)
        error_stop("training_begin: %s: a header of more than %d characters", name, size);
    if (!open_logs(t))
        return false;
    if (t->log.columns > MOST_COLUMNS)
        error_stop("training_begin: %s: more than %d columns", name, MOST_COLUMNS);
    interrupt_catch();
    if (!describe(t, "running")) {
        interrupt_release();
        discard_logs(t);
        return false;
    }
    progress_begin(&t->progress, "training", steps);
    return true;
}

void training_refresh(Training *t, void (*refresh)(void *context), void *context)
{
    NOT_NULL(t, refresh);
    t->refresh = refresh;
    t->context = context;
}

static bool keep(Training *t)
{
    if (t->refresh)
        t->refresh(t->context);
    return checkpoint_write(t);
}

void training_epoch(Training *t, double steps)
{
    NOT_NULL(t);
    t->epoch = steps;
    describe(t, "running"); /* if that cannot be written, the training's end will say so */
}

bool training_next(Training *t)
{
    NOT_NULL(t);
    char note[32 + sizeof t->said] = "";
    if (t->step > 0) {
        if (isfinite(t->mean))
            snprintf(note, sizeof note, "loss %.4f%s%s", t->mean, *t->said ? "  " : "", t->said);
        progress_step(&t->progress, t->step, note);
    }
    const bool over = interrupt_anywhere() || t->step >= t->steps || !isfinite(t->loss);
    if (t->state && t->step > 0 && isfinite(t->loss) && (over || checkpoint_due(t)) && !keep(t))
        return false;
    if (over)
        return false;
    t->finite = t->step > 0 ? t->loss : NAN;
    t->step++;
    return true;
}

bool training_eval_due(const Training *t)
{
    NOT_NULL(t);
    long every = t->options->eval_every > 0 ? t->options->eval_every : EVAL_EVERY_ROWS * t->every;
    return t->step % every == 0;
}

bool training_row_due(const Training *t)
{
    NOT_NULL(t);
    return t->step % t->every == 0 || (t->options->eval_every > 0 && training_eval_due(t));
}

/* Takes the loss. Whether the norm of its gradient is wanted, too. */
static bool take_loss(Training *t, double loss, double lr)
{
    t->loss = loss;
    t->lr = lr;
    t->sum += loss;
    t->count++;
    const bool wanted = isfinite(loss) && (t->step == 1 || training_row_due(t));
    if (wanted)
        t->norm_step = t->step;
    return wanted;
}

void training_loss(Training *t, double loss, double lr, int n, const real *gradient)
{
    NOT_NULL(t, gradient);
    if (take_loss(t, loss, lr))
        t->norm = sqrt((double)vector_dot(n, gradient, gradient));
}

void training_loss_tensors(Training *t, double loss, double lr, int n, Tensor *const parameters[])
{
    NOT_NULL(t, parameters);
    if (take_loss(t, loss, lr))
        t->norm = grad_norm(n, parameters);
}

double training_mean(Training *t)
{
    NOT_NULL(t);
    t->mean = t->sum / (double)t->count;
    t->sum = 0;
    t->count = 0;
    return t->mean;
}

void training_say(Training *t, const char *format, ...)
{
    NOT_NULL(t, format);
    va_list args;
    va_start(args, format);
    vsnprintf(t->said, sizeof t->said, format, args);
    va_end(args);
}

void training_row(Training *t, const double *values)
{
    NOT_NULL(t, values);
    double all[MOST_COLUMNS];
    int own = t->log.columns - 2;
    memcpy(all, values, (size_t)own * sizeof *all);
    all[own] = t->step > 0 ? t->lr : RUNLOG_NONE;
    all[own + 1] = t->norm_step == t->step && t->step > 0 ? t->norm : RUNLOG_NONE;
    runlog_row(&t->log, all);
    runlog_row(&t->times, (double[]){(double)t->step, seconds_spent(t)});
    t->logged = t->step;
}

/* The last row with a number, and the one in which the loss is none, for the curve to end there. */
static void log_divergence(Training *t)
{
    double row[MOST_COLUMNS];
    for (int i = 0; i < t->log.columns; i++)
        row[i] = RUNLOG_NONE;
    if (t->logged < t->step - 1) {
        row[0] = (double)(t->step - 1);
        row[1] = t->finite;
        runlog_row(&t->log, row);
        runlog_row(&t->times, (double[]){row[0], seconds_spent(t)});
    }
    if (t->logged < t->step) {
        row[0] = (double)t->step;
        row[1] = t->loss;
        training_row(t, row);
    }
}

/* Of the latest training that diverged. */
static char divergence[256];

static void note_divergence(const Training *t)
{
    char before[64] = "it is the first one", norm[64] = "";
    if (isfinite(t->finite))
        snprintf(before, sizeof before, "it was %.6g at the step before", t->finite);
    if (isfinite(t->norm))
        snprintf(norm, sizeof norm, ", the gradient's norm %.3g at step %ld", t->norm,
                 t->norm_step);
    snprintf(divergence, sizeof divergence,
             "the loss is %g at step %ld of %ld (%s%s): try a learning rate below %g", t->loss,
             t->step, t->steps, before, norm, t->lr);
}

void training_give_up(Training *t)
{
    NOT_NULL(t);
    progress_end(&t->progress);
    interrupt_release();
    free(t->rows);
    free(t->row_times);
    discard_logs(t);
}

/* A checkpoint could not be written, as error_text() says: what the log has stays. */
static TrainingEnd leave_log(Training *t)
{
    char reason[512];
    snprintf(reason, sizeof reason, "%s", error_text());
    if (close_logs(t) && describe(t, "not kept"))
        error_return("%s", reason);
    return NOT_LOGGED;
}

TrainingEnd training_end(Training *t)
{
    NOT_NULL(t);
    bool diverged = !isfinite(t->loss), interrupted = !diverged && t->step < t->steps;
    const bool is_loss = strcmp(t->name, "loss") == 0; /* the one training, or the first */
    progress_end(&t->progress);
    interrupt_release();
    free(t->rows);
    free(t->row_times);
    if (t->not_kept)
        return leave_log(t);
    if (diverged)
        log_divergence(t);
    bool logged = close_logs(t) && describe(t, diverged      ? "diverged"
                                               : interrupted ? "interrupted"
                                                             : "finished");
    if (interrupted)
        printf("%s%sinterrupted at step %ld of %ld%s\n", is_loss ? "" : t->name,
               is_loss ? "" : ": ", t->step, t->steps,
               t->state ? "; --resume goes on from there" : "");
    if (!logged)
        return NOT_LOGGED;
    if (diverged)
        note_divergence(t);
    return diverged ? DIVERGED : interrupted ? INTERRUPTED : TRAINED;
}

bool training_succeeded(TrainingEnd end, bool drawn)
{
    return end == DIVERGED ? error_return("%s", divergence) : drawn;
}
