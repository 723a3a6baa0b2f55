/* training.h: a training loop that keeps what it has.
 *
 *     Training training;
 *     if (!training_begin(&training, options, "loss", "step,batch,dev", options->steps, 100))
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
 * it stands run.json: the options, the commit, the machine, and how the run ended. */
#ifndef WORKBOOK_TRAINING_H
#define WORKBOOK_TRAINING_H

#include <stdbool.h>
#include <time.h>

#include "real.h"
#include "workbook/options.h"
#include "workbook/progress.h"
#include "workbook/runlog.h"

/* How a training ended: with the last step; by a signal; by a loss that is not finite; or it could
 * not be logged, and error_text() says why. The log is whole but for the last. */
typedef enum { TRAINED, INTERRUPTED, DIVERGED, NOT_LOGGED } TrainingEnd;

typedef struct {
    const Options *options;
    const char *name; /* of the log */
    RunLog log;
    Progress progress;
    time_t began;
    double clock; /* when it began, of seconds_now() */
    long step;    /* the present one, 1, 2, ...; the last one after the loop */
    long steps;
    long every;  /* steps from row to row */
    long logged; /* the step of the last row, 0 if there is none */
    double loss, lr;
    double finite;  /* the latest loss that was finite, of the step before this one */
    double norm;    /* the latest norm of the gradient that was taken, and */
    long norm_step; /* ... its step: the first, and those of rows */
    double mean;    /* the latest training_mean(), for the progress line */
    double sum;     /* of the losses since then, */
    long count;     /* ... so many */
} Training;

/* Opens <out>/<name>.csv with two more columns behind the header's, the learning rate "lr" and the
 * norm of the gradient "gradient"; writes run.json; catches signals. There is to be a row at each
 * step that `every` divides. False with error_text() set. */
bool training_begin(Training *training, const Options *options, const char *name,
                    const char *header, long steps, long every);

/* Goes on to the next step. False if there is none, because all are done, a signal came or the loss
 * was not finite. */
bool training_next(Training *training);

/* The loss of this step, and the gradient that the step goes down with the learning rate lr: n
 * numbers. */
void training_loss(Training *training, double loss, double lr, int n, const real *gradient);

/* Whether this step is to have a row: each that `every` divides, or options->eval_every. */
bool training_row_due(const Training *training);

/* Whether it is to be evaluated on examples that are not trained on: each that options->eval_every
 * divides; by default every fifth row. */
bool training_eval_due(const Training *training);

/* The mean of the losses since it was last asked for. */
double training_mean(Training *training);

/* Appends a row: as many numbers as the header has columns. */
void training_row(Training *training, const double *values);

/* Closes the log. After a signal it says so in a line, "interrupted at step 4711 of 20000". */
TrainingEnd training_end(Training *training);

/* Whether all is well with a training that ended so and whose picture was drawn or not. If its loss
 * is not finite, it is not, and error_text() says: the step, the loss before it, the gradient's
 * norm and what to try. */
bool training_succeeded(TrainingEnd end, bool drawn);

#endif
