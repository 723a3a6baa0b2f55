/* 22_data_parallel_cost.h: what a step costs on several ranks, measured, and by a model that is
 * fitted to this machine and drawn out to 1,024 ranks.
 *
 *     T(P) = work + 2 (P - 1) (latency + bytes / P / bandwidth)
 *
 * Each rank has P - 1 others to send a part of the gradients to, 1/P of them, and once more the
 * sums. What a clock says is another thing every time. */
#ifndef CHAPTER_22_DATA_PARALLEL_COST_H
#define CHAPTER_22_DATA_PARALLEL_COST_H

#include <stdio.h>
#include <stdlib.h>

#include "22_data_parallel_training.h"
#include "workbook/plot.h"
#include "workbook/runlog.h"

enum { OWN_IMAGES = 64, TIMES = 60, MESSAGES = 11, MOST_RANKS = 1024, MOST_MEASURED = 16 };

/* A message takes so many seconds, and so many more for each byte. */
typedef struct {
    double latency, per_byte;
} Link;

/* Of gradients of so many bytes, between p ranks. */
static inline double exchange_seconds(Link link, int p, double bytes)
{
    return 2 * (p - 1) * (link.latency + bytes / p * link.per_byte);
}

/* -- measuring -------------------------------------------------------------------------------- */

/* The fastest of some times, all ranks beginning together: what else the machine does makes it
 * slower, and never faster. */
typedef void Work(void *context);
static inline double seconds_of(Work *work, void *context)
{
    double fastest = INFINITY;
    for (int i = 0; i < TIMES; i++) {
        ranks_meet();
        const double start = seconds_now();
        work(context);
        fastest = fmin(fastest, seconds_now() - start);
    }
    return fastest;
}

/* An array that is summed over the ranks. */
typedef struct {
    ShardSum *sum;
    const real *data;
} Message;

static inline void message_send(void *context)
{
    const Message *m = context;
    for (int s = shard_sum_first(m->sum); s < shard_sum_last(m->sum); s++)
        shard_sum_put(m->sum, 0, m->data, 1);
    shard_sum_end(m->sum);
}

/* Sums of 1, 4, 16, ... numbers: bytes, and seconds. */
static inline void time_messages(const Options *options, double bytes[MESSAGES],
                                 double seconds[MESSAGES])
{
    for (int k = 0; k < MESSAGES; k++) {
        const int n = 1 << 2 * k;
        real *data = row_of((size_t)n);
        Message m = {shard_sum_new(1, &n, (ShardSumOptions){.shards = options->shards}), data};
        bytes[k] = (double)n * sizeof(real);
        seconds[k] = seconds_of(message_send, &m);
        shard_sum_free(m.sum);
        free(data);
    }
}

/* The line a + b x that is off by the least share of each time: sum ((a + b x) / t - 1)^2. */
static inline Link fit(int p, int n, const double bytes[n], const double seconds[n])
{
    double one = 0, x = 0, xx = 0, t = 0, xt = 0;
    for (int k = 0; k < n; k++) {
        const double u = 1 / seconds[k], v = bytes[k] / seconds[k];
        one += u * u;
        x += u * v;
        xx += v * v;
        t += u;
        xt += v;
    }
    const double b = (one * xt - x * t) / (one * xx - x * x), a = (t - b * x) / one;
    return (Link){a / (2 * (p - 1)), b * p / (2 * (p - 1))};
}

/* -- a step ----------------------------------------------------------------------------------- */

/* So many images for each rank, of which this one has its shards. */
typedef struct {
    Learner learner;
    int shards; /* on this rank, where it works alone */
} Steps;

static inline void step_together(void *context)
{
    Steps *s = context;
    learner_gradient(&s->learner);
    learner_step(&s->learner);
}

/* The same work, and nothing sent: of rank 0, while the others wait. */
static inline void step_alone(void *context)
{
    Learner *l = &((Steps *)context)->learner;
    const int shards = ((Steps *)context)->shards;
    if (ranks_own() > 0)
        return;
    if (!loader_next(&l->loader))
        loader_next(&l->loader);
    optim_zero_grad(l->optim);
    for (int s = 0; s < shards; s++) {
        const int first = OWN_IMAGES * s / shards, n = OWN_IMAGES * (s + 1) / shards - first;
        ag_backward(nn_class_loss(l->net, digit_size, n,
                                  l->loader.x + (size_t)first * (size_t)l->loader.x_size,
                                  l->loader.y + first));
        ag_reset();
    }
    learner_step(l);
}

/* Alone; together, where all is sent at the end; where it is sent during the backward pass. */
typedef enum { ALONE, AT_THE_END, OVERLAPPED, KINDS_OF_STEP } StepKind;

static inline double time_steps(const Options *options, const Digits *d, StepKind kind)
{
    const int p = ranks_count();
    const ShardSumOptions sum = {.shards = options->shards, .blocking = kind == AT_THE_END};
    Steps *s = malloc(sizeof *s);
    if (!s)
        error_stop("no memory for a network");
    s->shards = options->shards / p;
    pupil_begin(&s->learner, NO_NORM, &d->train, OWN_IMAGES * p, options->lr, options->seed);
    if (kind != ALONE)
        s->learner.parallel = parallel_new(s->learner.net, NULL, sum);
    const double seconds = seconds_of(kind == ALONE ? step_alone : step_together, s);
    learner_free(&s->learner);
    free(s);
    return seconds;
}

/* -- the model, drawn out --------------------------------------------------------------------- */

/* What is left of p times the speed of one rank, in percent, if the sums are made after so much
 * work on each. */
static inline double left_of_speed(Link link, int p, double work, double bytes)
{
    return 100 * work / (work + exchange_seconds(link, p, bytes));
}

static inline bool draw_model(const Options *options, Link link, double work, double bytes)
{
    RunLog log;
    if (!runlog_open(&log, options->out, "model", "ranks,cut,each,every 4,every 16"))
        return false;
    printf(
        "By the model, drawn out: what is left of P times the speed, in percent, if a batch of %d "
        "is\ncut among the ranks; or if each has %d, and the sums are made after every one of "
        "its batches,\nafter every fourth, every sixteenth\n",
        OWN_IMAGES, OWN_IMAGES);
    for (int p = 1; p <= MOST_RANKS; p *= 2) {
        const double cut = p <= OWN_IMAGES ? left_of_speed(link, p, work / p, bytes) : RUNLOG_NONE;
        const double each = left_of_speed(link, p, work, bytes),
                     fourth = left_of_speed(link, p, 4 * work, bytes),
                     sixteenth = left_of_speed(link, p, 16 * work, bytes);
        runlog_row(&log, (double[]){p, cut, each, fourth, sixteenth});
        if (p != 2 && p != 8 && p != OWN_IMAGES && p != MOST_RANKS)
            continue;
        printf("  %5d ranks  ", p);
        printf(p <= OWN_IMAGES ? "%6.1f" : "     -", cut);
        printf("  %6.1f  %6.1f  %6.1f\n", each, fourth, sixteenth);
    }
    return runlog_close(&log);
}

/* -- measured points, kept from run to run ---------------------------------------------------- */

/* Of each number of ranks that was measured here: what is left of so many times the speed, in
 * percent. */
typedef struct {
    double ranks, at_the_end, overlapped;
} Point;

/* Puts the present one among those that earlier runs have left in <out>/speed.csv. */
static inline bool keep_point(const Options *options, Point own)
{
    Point point[MOST_MEASURED] = {own};
    char path[1100], line[200];
    int n = 1;
    snprintf(path, sizeof path, "%s/speed.csv", options->out);
    FILE *file = fopen(path, "r");
    while (file && n < MOST_MEASURED && fgets(line, sizeof line, file)) {
        Point *p = &point[n];
        if (sscanf(line, "%lf,%lf,%lf", &p->ranks, &p->at_the_end, &p->overlapped) == 3)
            n += p->ranks != own.ranks;
    }
    if (file)
        fclose(file);
    RunLog log;
    if (!runlog_open(&log, options->out, "speed", "ranks,at the end,overlapped"))
        return false;
    for (int i = 0; i < n; i++)
        runlog_row(&log, (double[]){point[i].ranks, point[i].at_the_end, point[i].overlapped});
    return runlog_close(&log);
}

/* -- all of it -------------------------------------------------------------------------------- */

static inline double gradient_bytes(uint64_t seed)
{
    Rng rng;
    rng_seed(&rng, seed);
    Module *net = lenet_new(&rng, NO_NORM);
    const double bytes = (double)nn_size(net) * sizeof(real);
    nn_free(net);
    return bytes;
}

static inline void print_measured(int p, Link link, double bytes, const double step[KINDS_OF_STEP])
{
    printf("\nMeasured on %d ranks, the fastest of %d, with %d images on each:\n", p, TIMES,
           OWN_IMAGES);
    printf("  a message             %8.1f us, and %.2f GB/s\n", 1e6 * link.latency,
           1e-9 / link.per_byte);
    printf("  gradients             %8.1f kB: by the model %.2f ms\n", 1e-3 * bytes,
           1e3 * exchange_seconds(link, p, bytes));
    printf("  a step, alone         %8.2f ms\n", 1e3 * step[ALONE]);
    printf("  ... sent at the end   %8.2f ms: %.2f times as many images a second\n",
           1e3 * step[AT_THE_END], p * step[ALONE] / step[AT_THE_END]);
    printf("  ... while it goes on  %8.2f ms: %.2f times\n", 1e3 * step[OVERLAPPED],
           p * step[ALONE] / step[OVERLAPPED]);
}

/* Ranks that take turns on a processor say nothing of a machine that has one for each: then a model
 * that an earlier run has left in <out>/model.csv stays. */
static inline bool model_stays(const Options *options)
{
    char path[1100];
    snprintf(path, sizeof path, "%s/model.csv", options->out);
    FILE *file = getenv("WORKBOOK_TURNS") ? fopen(path, "r") : NULL;
    if (!file)
        return false;
    fclose(file);
    printf("There are more ranks than processors, which take turns: the model stays as it was.\n");
    return true;
}

/* False with error_text() set. */
static inline bool measure_several(const Options *options, const Digits *d)
{
    const int p = ranks_count();
    const double size = gradient_bytes(options->seed);
    double bytes[MESSAGES], seconds[MESSAGES], step[KINDS_OF_STEP];
    time_messages(options, bytes, seconds);
    const Link link = fit(p, MESSAGES, bytes, seconds);
    for (StepKind kind = ALONE; kind < KINDS_OF_STEP; kind++)
        step[kind] = time_steps(options, d, kind);
    print_measured(p, link, size, step);
    const Point own = {p, 100 * step[ALONE] / step[AT_THE_END],
                       100 * step[ALONE] / step[OVERLAPPED]};
    return keep_point(options, own) &&
           (model_stays(options) || draw_model(options, link, step[ALONE], size)) &&
           plot_draw_file(options, "speed", "chapters/22_speed.gp");
}

static inline bool measure(const Options *options, const Digits *d)
{
    if (!chosen(MEASURE_CHOICE, "yes") && (ranks_count() == 1 || chosen(MEASURE_CHOICE, "no")))
        return true;
    if (d->train.length < OWN_IMAGES * ranks_count()) {
        printf("Time is not measured: that takes %d images for each of %d ranks, and --quick has "
               "%d in all.\n",
               OWN_IMAGES, ranks_count(), d->train.length);
        return true;
    }
    if (ranks_count() > 1)
        return measure_several(options, d);
    printf("\nA step of %d images takes %.2f ms on one rank. What sending costs is measured where "
           "there\nare two: make run-22 RANKS=2\n",
           OWN_IMAGES, 1e3 * time_steps(options, d, ALONE));
    return true;
}

#endif
