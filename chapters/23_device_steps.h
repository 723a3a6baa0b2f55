/* 23_device_steps.h: how long a step of the names model takes, where the regions run and by the
 * library on the host, against the rows of a batch. */
#ifndef CHAPTER_23_DEVICE_STEPS_H
#define CHAPTER_23_DEVICE_STEPS_H

#include "23_device_clock.h"
#include "23_device_judges.h"
#include "workbook/plot.h"
#include "workbook/runlog.h"

/* Batches of 2, 4, ... rows, and the regions that a step enters. */
enum { STEP_SIZES = 11, MOST_ROWS = 1 << STEP_SIZES, REGIONS = 19 };

typedef struct {
    int n;
    Resident r;
    Parameters p, d;
    int x[MOST_ROWS][CONTEXT], y[MOST_ROWS];
} Stepper;

static inline void do_step_there(void *context)
{
    Stepper *s = context;
    resident_step(&s->r, s->n, s->x, s->y, (real)1e-3);
}

static inline void do_step_here(void *context)
{
    Stepper *s = context;
    library_backward(s->n, &s->p, s->x, s->y, s->d.all);
    vector_add_scaled(s->p.size, (real)-1e-3, s->d.all, s->p.all);
}

/* Letters as they come; what they are makes no difference to the clock. */
static inline Stepper *stepper_new(Place place, uint64_t seed)
{
    Rng rng;
    Stepper *s = calloc(1, sizeof *s);
    if (!s)
        error_stop("no memory for %d rows", MOST_ROWS);
    rng_seed(&rng, seed);
    s->p = parameters_new(ALPHABET, HIDDEN);
    s->d = parameters_new(ALPHABET, HIDDEN);
    parameters_init(&rng, &s->p);
    for (int i = 0; i < MOST_ROWS; i++) {
        for (int t = 0; t < CONTEXT; t++)
            s->x[i][t] = rng_below(&rng, ALPHABET);
        s->y[i] = rng_below(&rng, ALPHABET);
    }
    s->r = resident_new(place, FIXED, MOST_ROWS, ALPHABET, HIDDEN);
    resident_send(&s->r, s->p.size, s->r.p.all, s->p.all);
    return s;
}

static inline void stepper_free(Stepper *s)
{
    resident_free(&s->r);
    free(s->p.all);
    free(s->d.all);
    free(s);
}

/* steps.csv: rows, and the seconds of a step; `launch` is what entering a region takes. */
static inline bool measure_steps(const Options *options, Place place, double launch)
{
    double rows[STEP_SIZES], host[STEP_SIZES], there[STEP_SIZES];
    RunLog log;
    if (!runlog_open(&log, options->out, "steps", "rows,host,there,model of the host,model"))
        return false;
    Stepper *s = stepper_new(place, options->seed);
    for (int i = 0; i < STEP_SIZES; i++) {
        s->n = 2 << i;
        rows[i] = s->n;
        host[i] = seconds_of(do_step_here, s);
        there[i] = seconds_of(do_step_there, s);
    }
    stepper_free(s);
    const Line of_host = line_fit(STEP_SIZES, rows, host);
    const Line of_there = line_fit(STEP_SIZES, rows, there);
    for (int i = 0; i < STEP_SIZES; i++)
        runlog_row(&log, (double[]){rows[i], host[i], there[i], line_at(of_host, rows[i]),
                                    line_at(of_there, rows[i])});
    printf("\nA step of the names model enters %d regions, %.1f us if they were empty.\n", REGIONS,
           1e6 * REGIONS * launch);
    printf("With 32 rows it takes %.1f us there, by the library on the host %.1f us.\n",
           1e6 * there[4], 1e6 * host[4]);
    printf("Where it pays to go there:\n");
    print_crossing("a step", of_there, of_host);
    return runlog_close(&log) && plot_draw_file(options, "steps", "chapters/23_steps.gp");
}

#endif
