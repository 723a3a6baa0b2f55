/* Convolution, and the gradient of its input, which is one as well.
 *
 * Forward, target p of channel o is the sum over all taps of w times what the window at stride p -
 * padding shows. Of dx, only every stride-th element meets the same taps: those whose place plus
 * padding leaves the same remainder r. They meet the taps r, r + stride, r + 2 stride, ..., turned
 * round, for what the last tap saw comes first, and their windows on dy go forward by 1. So dx is
 * one convolution for every remainder, each with a part of the taps: no tap is multiplied by the
 * zeros that a stretched dy would have between its elements, and nothing is added from several
 * sides.
 *
 * Every convolution is done like a matrix product, tile by tile (gemm.c): a tile is some channels
 * of y by some vectors of neighbouring targets, and the terms of all its sums are w (channels,
 * taps) times the elements of the image that lie under the taps (taps, targets). The second factor
 * is never built. conv_windows.h has it as a copy of the image and a table. */
#include "kernel/conv.h"

#include <stdint.h>

#include "kernel/conv_tile.h"
#include "kernel/conv_windows.h"

/* y (batch, rows, targets) from x (batch, channels, size) and w (rows, channels x taps). */
typedef struct {
    Windows windows;
    int batch, rows;
    ConvSource x;
    const real *w;
    ConvResult y;        /* from the first target on */
    ptrdiff_t y_channel; /* elements of a channel, of which there are `rows` */
    ptrdiff_t y_step[CONV_AXES];
    int threads;
} Correlation;

/* A vector of targets in a box: its place in the block, its first target's x, and where that is in
 * y, counted from the box's first. */
typedef struct {
    int place, x;
    ptrdiff_t y;
} TargetVector;

/* -- a tile ----------------------------------------------------------------------------------- */

/* The first lanes of s, or of y, where these are apart. */
static void store_apart(const ConvTile *t, int v, real *y, Vector s)
{
    real lane[LANES];
    store(lane, s);
    for (int i = 0; i < t->lanes[v]; i++)
        y[i * t->y_step] = lane[i];
}

static Vector load_apart(const ConvTile *t, int v, const real *y)
{
    real lane[LANES] = {0};
    for (int i = 0; i < t->lanes[v]; i++)
        lane[i] = y[i * t->y_step];
    return load(lane);
}

ALWAYS_INLINE void correlate(int rows, int vectors, const ConvTile *tile)
{
    ConvSums sum;
    sum_over_taps(rows, vectors, tile->k, tile->w, tile->w_row, tile->x, tile->offset, sum);
    const ConvTile t = *tile; /* only now: the sums need all registers */
    UNROLLED_FOR (r, rows)
        UNROLLED_FOR (v, vectors) {
            real *y = t.y[v] + r * t.y_channel;
            Vector s = sum[r][v];
            if (t.add)
                s += t.y_step == 1 ? load_part(t.lanes[v], y, 0) : load_apart(&t, v, y);
            if (t.bias)
                s += all(t.bias[r]);
            if (t.relu)
                s = choose(s <= 0, all(0), s);
            if (t.y_step == 1)
                store_part(t.lanes[v], y, s);
            else
                store_apart(&t, v, y, s);
        }
}

KERNELS(correlate, ConvTile)

void conv_make_tile(int rows, int vectors, const ConvTile *t)
{
    correlate_kernels[KERNEL_OF(rows, vectors)](t);
}

/* -- a box ------------------------------------------------------------------------------------ */

/* Tables for all boxes, and a block for every thread, in scratch. */
typedef struct {
    int *offset;
    TargetVector *vectors;
    real *blocks;
    size_t block; /* elements of one */
} Tables;

/* Returns the bytes of scratch that the tables take; NULL only counts. */
static size_t lay_out(const Windows *w, int threads, Tables *t, void *scratch)
{
    const size_t vectors =
        (size_t)w->box[0] * (size_t)w->box[1] * (size_t)divide_up(w->box[2], LANES);
    size_t used = 0;
    t->block = windows_block(w);
    t->offset = conv_take(scratch, &used,
                          (size_t)w->block_channels * (size_t)windows_taps(w) * sizeof(int));
    t->vectors = conv_take(scratch, &used, vectors * sizeof(TargetVector));
    t->blocks = conv_take(scratch, &used, (size_t)threads * t->block * sizeof(real));
    return used;
}

static void fill_in(const Correlation *c, const Tables *t)
{
    const Windows *w = &c->windows;
    windows_offsets(w, t->offset);
    TargetVector *next = t->vectors;
    for (int z = 0; z < w->box[0]; z++)
        for (int y = 0; y < w->box[1]; y++)
            for (int x = 0; x < w->box[2]; x += LANES)
                *next++ = (TargetVector){windows_place(w, z, y, x), x,
                                         z * c->y_step[0] + y * c->y_step[1] + x * c->y_step[2]};
}

/* Channels `channel` to `channel + n` of the image, which are in `block`, for all targets of a box;
 * y is where its first target goes. */
static void correlate_block(const Correlation *c, const Tables *tables, const Box *box,
                            const real *block, int channel, int n, real *y)
{
    const Windows *w = &c->windows;
    const int taps = windows_taps(w);
    const int vectors = box->count[0] * box->count[1] * divide_up(box->count[2], LANES);
    const int tiles = divide_up(vectors, TILE_VECTORS);
    const bool last = channel + n == w->channels;
    ConvTile t = {.k = n * taps,
                  .w_row = (ptrdiff_t)w->channels * taps,
                  .offset = tables->offset,
                  .y_channel = c->y_channel,
                  .y_step = c->y_step[2],
                  .add = c->y.add || channel > 0,
                  .relu = c->y.relu && last};
    for (int i = 0, rows; i < c->rows; i += rows) {
        rows = first_part(c->rows - i, TILE_ROWS);
        t.w = c->w + i * t.w_row + (ptrdiff_t)channel * taps;
        t.bias = last && c->y.bias ? c->y.bias + i : NULL;
        for (int j = 0, left = tiles, m; j < vectors; j += m, left--) {
            m = divide_up(vectors - j, left);
            for (int v = 0; v < m; v++) {
                const TargetVector *target = &tables->vectors[j + v];
                t.x[v] = block + target->place;
                t.y[v] = y + target->y + i * c->y_channel;
                t.lanes[v] = min(LANES, box->count[2] - target->x);
            }
            conv_make_tile(rows, m, &t);
        }
    }
}

/* One box of one image, in blocks of its channels. */
static void correlate_box(const Correlation *c, const Tables *tables, const Box *box, int image,
                          real *block)
{
    const Windows *w = &c->windows;
    real *y = c->y.y + image * c->rows * c->y_channel;
    for (int d = 0; d < CONV_AXES; d++)
        y += box->start[d] * c->y_step[d];
    for (int channel = 0, n; channel < w->channels; channel += n) {
        n = min(w->block_channels, w->channels - channel);
        windows_copy(w, c->x, image, channel, n, box, block);
        correlate_block(c, tables, box, block, channel, n, y);
    }
}

/* Boxes of images are shared out, and no sum is. */
static void correlate_all(const Correlation *c, void *scratch)
{
    const Windows *w = &c->windows;
    Tables tables;
    lay_out(w, c->threads, &tables, scratch);
    fill_in(c, &tables);
    const ptrdiff_t n = (ptrdiff_t)c->batch * w->boxes; /* box by box, image by image */
#ifdef _OPENMP
#pragma omp parallel num_threads(c->threads) if (c->threads > 1)
#endif
    {
        real *block = tables.blocks + conv_thread() * tables.block;
        ptrdiff_t cleared = -1;
#ifdef _OPENMP
#pragma omp for schedule(dynamic)
#endif
        for (ptrdiff_t i = 0; i < n; i++) {
            const ptrdiff_t number = i / c->batch;
            const Box box = windows_box(w, (int)number);
            if (cleared != number)
                windows_clear(w, block);
            cleared = number;
            correlate_box(c, &tables, &box, (int)(i % c->batch), block);
        }
    }
}

/* -- forward ---------------------------------------------------------------------------------- */

/* How far apart neighbours are in each axis, row-major. Returns the number of elements. */
static ptrdiff_t strides(const int size[CONV_AXES], ptrdiff_t stride[CONV_AXES])
{
    ptrdiff_t elements = 1;
    for (int d = CONV_AXES - 1; d >= 0; d--) {
        stride[d] = elements;
        elements *= size[d];
    }
    return elements;
}

size_t conv_forward_scratch(const Conv *c)
{
    const Windows w = conv_windows(c, BLOCK_DEPTH, INT32_MAX);
    Tables tables;
    return lay_out(&w, c->threads, &tables, NULL);
}

void conv_forward(const Conv *c, ConvSource x, const real *w, ConvResult y, void *scratch)
{
    Correlation forward = {.windows = conv_windows(c, BLOCK_DEPTH, INT32_MAX),
                           .batch = c->batch,
                           .rows = c->out,
                           .x = x,
                           .w = w,
                           .y = y,
                           .threads = conv_threads_of(c)};
    forward.y_channel = strides(c->y, forward.y_step);
    correlate_all(&forward, scratch);
}

/* -- the gradient of the input ---------------------------------------------------------------- */

/* The elements q = stride t + remainder - padding, for t from `first` on: how many there are in
 * each axis, and how many taps they meet. */
typedef struct {
    int remainder[CONV_AXES], first[CONV_AXES], count[CONV_AXES], taps[CONV_AXES];
} Phase;

/* Remainders in one axis; a large stride leaves some to no element of x. */
static int remainders(const Conv *c, int d)
{
    return min(c->stride[d], c->x[d] + c->padding[d]);
}

static int64_t phases(const Conv *c)
{
    return (int64_t)remainders(c, 0) * remainders(c, 1) * remainders(c, 2);
}

/* The phase of this number. False if no element of x is in it. */
static bool phase_of(const Conv *c, int64_t i, Phase *phase)
{
    for (int d = CONV_AXES - 1; d >= 0; d--) {
        const int stride = c->stride[d], r = (int)(i % remainders(c, d));
        const int beyond = c->padding[d] - r, first = beyond > 0 ? divide_up(beyond, stride) : 0;
        i /= remainders(c, d);
        phase->remainder[d] = r;
        phase->first[d] = first;
        phase->count[d] = divide_up(c->x[d] + beyond, stride) - first;
        phase->taps[d] = r < c->kernel[d] ? divide_up(c->kernel[d] - r, stride) : 0;
        if (c->x[d] + beyond < 1 || phase->count[d] < 1)
            return false;
    }
    return true;
}

static Windows phase_windows(const Conv *c, const Phase *phase)
{
    Windows w = {.images = c->batch, .channels = c->out};
    for (int d = 0; d < CONV_AXES; d++) {
        w.size[d] = c->y[d];
        w.step[d] = 1;
        w.first[d] = phase->first[d] - (phase->taps[d] - 1);
        w.taps[d] = phase->taps[d];
        w.targets[d] = phase->count[d];
    }
    windows_cut(&w, BLOCK_DEPTH, INT32_MAX);
    return w;
}

/* to (in, out x taps): the taps of a phase, the last one first. */
static void turn_weights(const Conv *c, const Phase *phase, const real *w, real *to)
{
    const int *n = phase->taps, *r = phase->remainder, *stride = c->stride, *kernel = c->kernel;
    ptrdiff_t tap[CONV_AXES];
    const ptrdiff_t taps = strides(kernel, tap);
    for (int i = 0; i < c->in; i++)
        for (int o = 0; o < c->out; o++) {
            const real *from = w + ((ptrdiff_t)o * c->in + i) * taps;
            for (int z = n[0] - 1; z >= 0; z--)
                for (int y = n[1] - 1; y >= 0; y--)
                    for (int x = n[2] - 1; x >= 0; x--)
                        *to++ = from[(r[0] + z * stride[0]) * tap[0] +
                                     (r[1] + y * stride[1]) * tap[1] + r[2] + x * stride[2]];
        }
}

/* Room in scratch for those of any phase. */
static real *turned_weights(const Conv *c, void *scratch, size_t *used)
{
    ptrdiff_t tap[CONV_AXES];
    const size_t taps = (size_t)strides(c->kernel, tap);
    return conv_take(scratch, used, (size_t)c->in * (size_t)c->out * taps * sizeof(real));
}

size_t conv_input_scratch(const Conv *c)
{
    size_t most = 0, used = 0;
    Phase phase;
    for (int64_t i = 0; i < phases(c); i++) {
        if (!phase_of(c, i, &phase))
            continue;
        const Windows w = phase_windows(c, &phase);
        Tables tables;
        const size_t bytes = lay_out(&w, c->threads, &tables, NULL);
        most = bytes > most ? bytes : most;
    }
    turned_weights(c, NULL, &used);
    return used + most;
}

void conv_input(const Conv *c, ConvSource dy, const real *w, ConvResult dx, void *scratch)
{
    size_t used = 0;
    real *turned = turned_weights(c, scratch, &used);
    Correlation part = {
        .batch = c->batch, .rows = c->in, .x = dy, .w = turned, .threads = conv_threads_of(c)};
    Phase phase;
    for (int64_t i = 0; i < phases(c); i++) {
        if (!phase_of(c, i, &phase))
            continue;
        part.windows = phase_windows(c, &phase);
        part.y = dx;
        part.y_channel = strides(c->x, part.y_step);
        for (int d = 0; d < CONV_AXES; d++) {
            const int q = phase.first[d] * c->stride[d] + phase.remainder[d] - c->padding[d];
            part.y.y += q * part.y_step[d];
            part.y_step[d] *= c->stride[d];
        }
        turn_weights(c, &phase, w, turned);
        correlate_all(&part, (char *)scratch + used);
    }
}
