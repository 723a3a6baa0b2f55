/* training.h: a training loop that keeps what it has.
 *
 *     Training training;
 *     if (!training_begin(&training, options, "loss", "step,batch [nats],dev [nats]",
 *                         options->steps, 100))
 *         return NOT_LOGGED;
 *     while (training_next(&training)) {
 *         real loss = forward(...);
 *         backward(...);
 *         training_loss(&training, loss, lr, n, gradient);
 *         ...
 *         if (training_row_due(&training))
 *             training_row(&training, (double[]){training.step, training_mean(&training), dev});
 *     }
 *     return training_end(&training);
 *
 * A signal (Ctrl-C, SIGTERM) ends the loop after the step that it came in, and a loss that is not
 * finite the one that had it; the log is there in either case. As long as the loop goes on, the log
 * is <out>/loss.partial-<process>.csv, and what it has reaches the disk every few seconds. Beside
 * it stands run.json: the options, the commit, the machine, and how the run ended; and in
 * <out>/loss_seconds.csv how many seconds it had trained at each row: in a file of its own, for no
 * two runs have the same.
 *
 * With training_keep() before the loop the run can be taken up again: it writes checkpoints, and
 * begins at the latest if --resume is given. Such a run is to the bit, log included, the one that
 * was never interrupted. */
#ifndef WORKBOOK_TRAINING_H
#define WORKBOOK_TRAINING_H

#include <stdbool.h>
#include <time.h>

#include "error.h"
#include "nn/state.h"
#include "real.h"
#include "workbook/options.h"
#include "workbook/progress.h"
#include "workbook/runlog.h"

/* How a training ended: with the last step; by a signal; by a loss that is not finite; or it could
 * not be logged, and error_text() says why. The log is whole but for the last. */
typedef enum { TRAINED, INTERRUPTED, DIVERGED, NOT_LOGGED } TrainingEnd;

typedef struct {
    const Options *options;
    const char *name;  /* of the log */
    char header[1024]; /* of the log, with its units */
    RunLog log;
    RunLog times; /* of its rows */
    Progress progress;
    time_t began;
    double clock; /* when it began, of seconds_now(), */
    double
        spent; /* ... and how many seconds it had trained before that, if it was taken up again */
    double epoch; /* steps in which as many examples are seen as there are; 0: not known */
    long step;    /* the present one, 1, 2, ...; the last one after the loop */
    long steps;
    long every;  /* steps from row to row */
    long logged; /* the step of the last row, 0 if there is none */
    double loss, lr;
    double finite;  /* the latest loss that was finite, of the step before this one */
    double norm;    /* the latest norm of the gradient that was taken, and */
    long norm_step; /* ... its step: the first, and those of rows */
    double mean;    /* the latest training_mean(), for the progress line, */
    char said[32];  /* ... and what training_say() has said */
    double sum;     /* of the losses since then, */
    long count;     /* ... so many */

    /* With training_keep(): */
    State *state;                   /* what checkpoints hold; NULL without it */
    char *rows;                     /* ... among it the log, as it was at the latest, */
    char *row_times;                /* ... and its times */
    void (*refresh)(void *context); /* brings what it holds up to date; or NULL */
    void *context;
    double kept;     /* when that was written, of seconds_now() */
    long kept_step;  /* ... and at which step */
    bool not_kept;   /* it could not be */
    char path[1024]; /* of the checkpoint */
} Training;

/* Opens <out>/<name>.csv with the header's columns and two more, the learning rate "lr" and the
 * norm of the gradient "gradient"; writes run.json; catches signals. There is to be a row at each
 * step that `every` divides. Behind a column's name its unit may stand in brackets, which goes to
 * run.json, for plots: "step,batch [nats],known [%]". False with error_text() set. */
bool training_begin(Training *training, const Options *options, const char *name,
                    const char *header, long steps, long every);

/* So many steps see as many examples as there are to learn from: run.json says so, for plots
 * against epochs. */
void training_epoch(Training *training, double steps);

/* Makes a run of a training that has just begun which can be taken up again: <out>/checkpoint.
 * safetensors, or <name>_checkpoint. if its log is another than "loss", is written as often as
 * options->checkpoint_every says, at a signal and at the end. `state` lists what changes from step
 * to step besides the Training, and stays the caller's until the training has ended: parameters,
 * optimizer, random numbers, loader.
 *
 * If options->resume is set and there is a checkpoint, everything becomes what it was then, and the
 * loop begins with the step after it. False with error_text() set, and the training given up, if
 * that cannot be: a checkpoint that cannot be read or is another run's, one with other options; or
 * there is none, not of an earlier training of this program either. */
bool training_keep(Training *training, State *state);

/* For what state lists but has not at hand, such as parameters that live on a device: from now on
 * refresh(context) is called before a checkpoint is written, and brings it up to date. */
void training_refresh(Training *training, void (*refresh)(void *context), void *context);

/* Goes on to the next step. False if there is none, because all are done, a signal came or the loss
 * was not finite. */
bool training_next(Training *training);

/* The loss of this step, and the gradient that the step goes down with the learning rate lr: n
 * numbers. */
void training_loss(Training *training, double loss, double lr, int n, const real *gradient);

/* The same for a gradient that lies in n tensors. Before it is set back to NULL. */
void training_loss_tensors(Training *training, double loss, double lr, int n,
                           Tensor *const parameters[]);

/* Whether this step is to have a row: each that `every` divides, or options->eval_every. */
bool training_row_due(const Training *training);

/* Whether it is to be evaluated on examples that are not trained on: each that options->eval_every
 * divides; by default every fifth row. */
bool training_eval_due(const Training *training);

/* The mean of the losses since it was last asked for. */
double training_mean(Training *training);

/* What else the progress line is to show from now on: "97.3 % right". */
void training_say(Training *training, const char *format, ...) ERROR_PRINTF(2, 3);

/* Appends a row: as many numbers as the header has columns. */
void training_row(Training *training, const double *values);

/* Closes the log. After a signal it says so in a line, "interrupted at step 4711 of 20000", with
 * the log's name before it if that is another than "loss". */
TrainingEnd training_end(Training *training);

/* Whether all is well with a training that ended so and whose picture was drawn or not. If its loss
 * is not finite, it is not, and error_text() says: the step, the loss before it, the gradient's
 * norm and what to try. */
bool training_succeeded(TrainingEnd end, bool drawn);

#endif
