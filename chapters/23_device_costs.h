/* 23_device_costs.h: what it costs to enter a region, to copy, and to multiply, measured where the
 * regions run and on the host, and from which size on it is worth going there.
 *
 *     t(copy)  = latency + bytes / bandwidth
 *     t(there) = launch + 2 latency + rows (bytes of a row / bandwidth + time of a row there)
 *     t(host)  =                      rows  time of a row on the host
 *
 * The constants are fitted to what is measured, whatever the device is; on the host itself a region
 * costs what OpenMP needs to begin and end it, and a copy stays within one memory. */
#ifndef CHAPTER_23_DEVICE_COSTS_H
#define CHAPTER_23_DEVICE_COSTS_H

#include <math.h>
#include <stdio.h>

#include "23_device_clock.h"
#include "23_device_steps.h"
#include "kernel/gemm.h"
#include "workbook/fact.h"
#include "workbook/plot.h"
#include "workbook/runlog.h"

enum { INPUTS = 128, OUTPUTS = 128, SIZES = 13, COPY_SIZES = 16 };

/* -- what is measured -------------------------------------------------------------------------- */

/* A product of `rows` rows with a square matrix, in the host's memory and there. */
typedef struct {
    Place place;
    int rows;
    size_t bytes;        /* of a copy */
    real *x, *W, *b, *y; /* on the host */
    real *x_there, *W_there, *b_there, *y_there;
} Bench;

static inline void do_launch(void *context)
{
    const Bench *m = context;
    region_update(1, 0, m->b_there, m->y_there);
}

static inline void do_send(void *context)
{
    const Bench *m = context;
    place_send(m->place, m->bytes, m->x_there, m->x);
}

static inline void do_fetch(void *context)
{
    const Bench *m = context;
    place_fetch(m->place, m->bytes, m->y, m->y_there);
}

static inline void do_product_there(void *context)
{
    const Bench *m = context;
    region_linear(m->rows, INPUTS, OUTPUTS, (void *)m->x_there, (void *)m->W_there, m->b_there,
                  (void *)m->y_there);
}

/* Both copies and the region. */
static inline void do_all_there(void *context)
{
    const Bench *m = context;
    place_send(m->place, sizeof(real) * (size_t)(m->rows * INPUTS), m->x_there, m->x);
    do_product_there(context);
    place_fetch(m->place, sizeof(real) * (size_t)(m->rows * OUTPUTS), m->y, m->y_there);
}

static inline void do_product_here(void *context)
{
    const Bench *m = context;
    GemmResult with_bias = gemm_set(m->y, OUTPUTS);
    with_bias.bias = m->b;
    gemm(m->rows, INPUTS, OUTPUTS, gemm_matrix(m->x, INPUTS), gemm_matrix(m->W, OUTPUTS),
         with_bias);
}

static inline Bench bench_new(Place place, int most)
{
    const int sizes[] = {most * INPUTS, INPUTS * OUTPUTS, OUTPUTS, most * OUTPUTS};
    Bench m = {.place = place};
    real **here[] = {&m.x, &m.W, &m.b, &m.y};
    real **there[] = {&m.x_there, &m.W_there, &m.b_there, &m.y_there};
    for (int i = 0; i < 4; i++) {
        const size_t bytes = sizeof(real) * (size_t)sizes[i];
        *here[i] = malloc(bytes);
        if (!*here[i])
            error_stop("no memory for %d rows", most);
        for (int j = 0; j < sizes[i]; j++)
            (*here[i])[j] = (real)(j % 7 - 3) / 8;
        *there[i] = place_new(place, bytes);
        place_send(place, bytes, *there[i], *here[i]);
    }
    return m;
}

static inline void bench_free(Bench *m)
{
    real *const here[] = {m->x, m->W, m->b, m->y};
    real *const there[] = {m->x_there, m->W_there, m->b_there, m->y_there};
    for (int i = 0; i < 4; i++) {
        free(here[i]);
        place_free(m->place, there[i]);
    }
}

/* -- the constants ----------------------------------------------------------------------------- */

typedef struct {
    double launch;         /* seconds to enter and leave a region that does next to nothing */
    Line send, fetch;      /* seconds for bytes */
    Line there, all, host; /* seconds for rows: the product there; with its copies; on the host */
} Costs;

/* copies.csv: bytes, and the seconds that it takes to send and to fetch them. */
static inline bool measure_copies(const Options *options, Bench *m, Costs *costs)
{
    double bytes[COPY_SIZES], send[COPY_SIZES], fetch[COPY_SIZES];
    RunLog log;
    if (!runlog_open(&log, options->out, "copies", "bytes,there,back,model there,model back"))
        return false;
    for (int i = 0; i < COPY_SIZES; i++) {
        m->bytes = (size_t)64 << i;
        bytes[i] = (double)m->bytes;
        send[i] = seconds_of(do_send, m);
        fetch[i] = seconds_of(do_fetch, m);
    }
    costs->send = line_fit(COPY_SIZES, bytes, send);
    costs->fetch = line_fit(COPY_SIZES, bytes, fetch);
    for (int i = 0; i < COPY_SIZES; i++)
        runlog_row(&log, (double[]){bytes[i], send[i], fetch[i], line_at(costs->send, bytes[i]),
                                    line_at(costs->fetch, bytes[i])});
    return runlog_close(&log) && plot_draw_file(options, "copies", "chapters/23_copies.gp");
}

/* What the model says of a product with both copies: its parts were measured one by one. */
static inline double model_of(const Costs *c, double rows)
{
    return line_at(c->there, rows) + line_at(c->send, rows * INPUTS * sizeof(real)) +
           line_at(c->fetch, rows * OUTPUTS * sizeof(real));
}

static inline bool is_same(int n, const real *x, const real *y)
{
    real most = 0, size = 0;
    for (int i = 0; i < n; i++) {
        most = fmax(most, fabs(x[i] - y[i]));
        size = fmax(size, fabs(y[i]));
    }
    return most <= (real)1e-5 * size;
}

/* The product there is the one on the host. */
static inline bool hold_product(Bench *m)
{
    const int n = m->rows * OUTPUTS;
    do_all_there(m);
    real *found = malloc(sizeof *found * (size_t)n);
    if (!found)
        error_stop("no memory for %d rows", m->rows);
    memcpy(found, m->y, sizeof *found * (size_t)n);
    do_product_here(m);
    const bool same = fact_that("the product there and on the host", is_same(n, found, m->y));
    free(found);
    return same;
}

/* costs.csv: rows, and the seconds of their product. */
static inline bool measure_products(const Options *options, Bench *m, Costs *costs)
{
    double rows[SIZES], host[SIZES], there[SIZES], all[SIZES];
    RunLog log;
    if (!runlog_open(&log, options->out, "costs",
                     "rows,host,there,with its copies,model,model of the host"))
        return false;
    for (int i = 0; i < SIZES; i++) {
        m->rows = 1 << i;
        rows[i] = m->rows;
        hold_product(m);
        host[i] = seconds_of(do_product_here, m);
        there[i] = seconds_of(do_product_there, m);
        all[i] = seconds_of(do_all_there, m);
    }
    costs->host = line_fit(SIZES, rows, host);
    costs->there = line_fit(SIZES, rows, there);
    costs->all = line_fit(SIZES, rows, all);
    for (int i = 0; i < SIZES; i++)
        runlog_row(&log, (double[]){rows[i], host[i], there[i], all[i], model_of(costs, rows[i]),
                                    line_at(costs->host, rows[i])});
    return runlog_close(&log) && plot_draw_file(options, "costs", "chapters/23_costs.gp");
}

/* -- what they say ----------------------------------------------------------------------------- */

static inline void print_costs(const Costs *c, Place place)
{
    const double flops = 2.0 * INPUTS * OUTPUTS;
    const Line model = {model_of(c, 0), model_of(c, 1) - model_of(c, 0)};
    printf("\nWhat it costs %s:\n", place_is_host(place) ? "on the host" : "on the device");
    printf("  a region: %.2f us\n", 1e6 * c->launch);
    printf("  a copy there: %.4f us and %.2f GB/s; back: %.4f us and %.2f GB/s\n", 1e6 * c->send.a,
           1e-9 / c->send.b, 1e6 * c->fetch.a, 1e-9 / c->fetch.b);
    printf("  a product of n rows with %d x %d: there %.2f GFLOP/s, by the library %.2f GFLOP/s\n",
           INPUTS, OUTPUTS, 1e-9 * flops / c->there.b, 1e-9 * flops / c->host.b);
    printf("Where it pays to go there, from these lines:\n");
    print_crossing("rows that are there already", c->there, c->host);
    print_crossing("rows that are sent and fetched", c->all, c->host);
    print_crossing("the same by the model, from its parts", model, c->host);
}

static inline bool measure_costs(const Options *options, Place place)
{
    Costs costs;
    Bench m = bench_new(place, 1 << (SIZES - 1));
    costs.launch = seconds_of(do_launch, &m);
    const bool done = measure_copies(options, &m, &costs) && measure_products(options, &m, &costs);
    if (done)
        print_costs(&costs, place);
    bench_free(&m);
    return done && measure_steps(options, place, costs.launch);
}

#endif
