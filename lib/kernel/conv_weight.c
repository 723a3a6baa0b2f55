/* The gradient of a convolution's weights: dw (out, taps) = dy (out, targets) times what lies under
 * the taps (targets, taps), a sum over all the targets of all the images.
 *
 * It is computed as its transpose, tile by tile: some taps by some vectors of channels of y. For
 * every target an element is loaded for each tap, through the tables of conv_windows.h, and vectors
 * of dy, which is transposed for that, a box at a time, as gemm does it (pack.h).
 *
 * Whatever the number of threads, the order of the sum is the same: the images are cut into GROUPS,
 * each group sums up its own, box by box and image by image, and the groups are added one after the
 * other. Threads share out the groups, and within each the blocks of channels of x. */
#include <stdint.h>

#include "kernel/conv.h"
#include "kernel/conv_tile.h"
#include "kernel/conv_windows.h"
#include "kernel/vector.h"

enum {
    GROUPS = 4,
    GROUPED_WEIGHTS = 1 << 18, /* more are summed in one group: there are blocks enough to share */
    MOST_TERMS = 1152,         /* in a block of x: dy is read anew for each */
    MOST_TARGETS = BLOCK_DEPTH,
    OUT_AT_ONCE = BLOCK_COLUMNS,
};

/* Everything the threads read, and the sums that each has its own part of. */
typedef struct {
    const Conv *conv;
    Windows windows;
    ConvSource x, dy;
    int groups, blocks; /* of images, of channels of x */
    int terms, columns; /* channels x taps, and `out` in whole vectors */
    bool by_lines;      /* how: accumulate_lines(), or else accumulate_box() */
    ptrdiff_t y_channel;
    int *offset, *place; /* of taps, of targets */
    real *sum;           /* (groups, terms, columns): vectors as pack_w() has them; */
                         /* or by lines (groups, out, terms) */
    real *bias;          /* (groups, out) */
    real *room;          /* (threads, room_size): a block of x, and a box of dy */
    size_t room_size;
    bool wants_weights; /* or only the bias */
} WeightPass;

/* -- a tile ----------------------------------------------------------------------------------- */

typedef struct {
    int k;
    const real *x[TILE_ROWS];
    const int *place;
    const real *w[TILE_VECTORS];
    real *y; /* its vectors lie side by side */
    ptrdiff_t y_row;
    bool add;
} Tile;

ALWAYS_INLINE void accumulate(int rows, int vectors, const Tile *t)
{
    ConvSums sum;
    sum_over_targets(rows, vectors, t->k, t->x, t->place, t->w, sum);
    UNROLLED_FOR (r, rows)
        UNROLLED_FOR (v, vectors) {
            real *y = t->y + r * t->y_row + (ptrdiff_t)v * LANES;
            store(y, t->add ? load(y) + sum[r][v] : sum[r][v]);
        }
}

KERNELS(accumulate, Tile)

/* -- a box of an image ------------------------------------------------------------------------ */

/* n channels of dy, from channel o on, for the targets of a box: the rows of a matrix. Copied into
 * `room` where relu leaves something out, or where they are too few for a vector: then rows of
 * zeros are there already, behind them (any numbers would do, but some are slow to multiply). */
static GemmMatrix upstream(const WeightPass *p, int image, int o, int n, const Box *box, real *room)
{
    const int *size = p->conv->y, *start = box->start, row = windows_positions(&p->windows);
    const ptrdiff_t at = ((ptrdiff_t)image * p->conv->out + o) * p->y_channel +
                         ((ptrdiff_t)start[0] * size[1] + start[1]) * size[2] + start[2];
    const real *dy = p->dy.data + at, *relu = p->dy.relu ? p->dy.relu + at : NULL;
    if (!relu && p->conv->out >= LANES)
        return gemm_matrix(dy, p->y_channel);
    for (int i = 0; i < n; i++)
        conv_copy(box->positions, dy + i * p->y_channel, relu ? relu + i * p->y_channel : NULL,
                  room + (ptrdiff_t)i * row);
    return gemm_matrix(room, row);
}

/* Adds what a box, copied to `block`, says of the weights of `terms` taps and of m channels of y,
 * whose dy is `packed`; sum is where the first tap's go. */
static void accumulate_box(const WeightPass *p, const Box *box, const real *block, int terms,
                           const real *packed, int m, bool add, real *sum)
{
    const int vectors = divide_up(m, LANES);
    Tile t = {.k = box->positions, .place = p->place, .y_row = p->columns, .add = add};
    for (int j = 0, n; j < vectors; j += n) {
        n = first_part(vectors - j, TILE_VECTORS);
        for (int v = 0; v < n; v++)
            t.w[v] = packed + packed_column((j + v) * LANES, t.k);
        for (int i = 0, rows; i < terms; i += rows) {
            rows = first_part(terms - i, TILE_ROWS);
            for (int r = 0; r < rows; r++)
                t.x[r] = block + p->offset[i + r];
            t.y = sum + i * t.y_row + (ptrdiff_t)j * LANES;
            accumulate_kernels[KERNEL_OF(rows, n)](&t);
        }
    }
}

/* What a thread works at: a block of x, `terms` taps in all; room for dy; and where the sums go, of
 * the weights and, in one unit of each group, of dy. */
typedef struct {
    int terms;
    real *x, *dy, *sum, *bias;
} Unit;

/* The same for so few channels of y that they leave most of a vector empty: now the vectors are
 * lines of taps, which are neighbours where neighbours were copied, and the tile is that of a
 * convolution of x with dy. */
static void accumulate_lines(const WeightPass *p, const Unit *u, const Box *box, GemmMatrix dy,
                             bool add)
{
    const int line = p->windows.taps[2];
    ConvTile t = {.k = box->positions,
                  .w_row = dy.row,
                  .offset = p->place,
                  .y_channel = p->terms,
                  .y_step = 1,
                  .add = add};
    for (int i = 0, rows; i < p->conv->out; i += rows) {
        rows = first_part(p->conv->out - i, TILE_ROWS);
        t.w = dy.x + i * dy.row;
        for (int tap = 0, n, vectors; tap < u->terms; tap = n) {
            for (vectors = 0, n = tap; vectors < TILE_VECTORS && n < u->terms; vectors++) {
                t.x[vectors] = u->x + p->offset[n];
                t.y[vectors] = u->sum + (ptrdiff_t)i * p->terms + n;
                t.lanes[vectors] = min(LANES, line - n % line);
                n += t.lanes[vectors];
            }
            conv_make_tile(rows, vectors, &t);
        }
    }
}

/* The number of a group's first image. */
static int group_start(const WeightPass *p, int group)
{
    return (int)((int64_t)p->conv->batch * group / p->groups);
}

/* One box of one image: m channels of y from channel o on, and a block of channels of x. */
static void accumulate_image(const WeightPass *p, const Unit *u, const Box *box, int image,
                             bool add)
{
    const int out = p->conv->out;
    for (int o = 0, m; o < out; o += m) {
        m = min(out - o, OUT_AT_ONCE);
        const GemmMatrix dy = upstream(p, image, o, m, box, u->dy);
        for (int i = 0; u->bias && i < m; i++)
            u->bias[o + i] += vector_sum(box->positions, dy.x + i * dy.row);
        if (!p->wants_weights)
            continue;
        if (p->by_lines) {
            accumulate_lines(p, u, box, dy, add);
            continue;
        }
        const real *packed =
            pack_w(box->positions, out < LANES ? LANES : m, gemm_transpose(dy.x, dy.row));
        accumulate_box(p, box, u->x, u->terms, packed, m, add, u->sum + o);
    }
}

/* Elements that a box of dy takes, upstream(). */
static size_t dy_room(const WeightPass *p)
{
    return (size_t)max(min(p->conv->out, OUT_AT_ONCE), LANES) *
           (size_t)windows_positions(&p->windows);
}

/* One group of images, one block of channels of x. */
static void accumulate_block(const WeightPass *p, int group, int block, real *room)
{
    const Conv *c = p->conv;
    const Windows *w = &p->windows;
    const int taps = windows_taps(w), channel = block * w->block_channels;
    const int n = min(w->block_channels, c->in - channel), row = windows_positions(w);
    const int first = group_start(p, group), end = group_start(p, group + 1);
    const ptrdiff_t term = (ptrdiff_t)channel * taps, sums = (ptrdiff_t)p->terms * p->columns;
    const Unit u = {.terms = n * taps,
                    .x = room,
                    .dy = room + windows_block(w),
                    .sum = p->sum + group * sums + (p->by_lines ? term : term * p->columns),
                    .bias = channel == 0 ? p->bias + (ptrdiff_t)group * c->out : NULL};
    vector_fill(u.bias ? c->out : 0, 0, u.bias);
    for (int o = c->out; o < LANES; o++)
        vector_fill(row, 0, u.dy + (ptrdiff_t)o * row);
    for (int i = 0; i < w->boxes; i++) {
        const Box box = windows_box(w, i);
        windows_clear(w, u.x);
        for (int image = first; image < end; image++) {
            if (p->wants_weights)
                windows_copy(w, p->x, image, channel, n, &box, u.x);
            accumulate_image(p, &u, &box, image, i > 0 || image > first);
        }
    }
}

/* -- all of it -------------------------------------------------------------------------------- */

/* db[o] += the sums of the groups, one after the other. */
static void add_bias(const WeightPass *p, real *db)
{
    for (int o = 0; o < p->conv->out; o++) {
        real sum = 0;
        for (int g = 0; g < p->groups; g++)
            sum += p->bias[(ptrdiff_t)g * p->conv->out + o];
        db[o] += sum;
    }
}

/* The place of a channel of y in a row of sums. Where the last vector of some channels has been
 * moved to the left, its first lanes are those of the vector before. */
static int column_of(const WeightPass *p, int o)
{
    const int begin = o / OUT_AT_ONCE * OUT_AT_ONCE, m = min(p->conv->out - begin, OUT_AT_ONCE);
    const int vector = (o - begin) / LANES * LANES;
    return begin + vector + (o - begin - first_column(vector, m));
}

/* dw[o][term] += the same. */
static void add_weights(const WeightPass *p, real *dw)
{
    const ptrdiff_t group = (ptrdiff_t)p->terms * p->columns;
    const ptrdiff_t next = p->by_lines ? 1 : p->columns;
    for (int o = 0; o < p->conv->out; o++) {
        const real *from = p->sum + (p->by_lines ? (ptrdiff_t)o * p->terms : column_of(p, o));
        for (int i = 0; i < p->terms; i++) {
            real sum = 0;
            for (int g = 0; g < p->groups; g++)
                sum += from[g * group + i * next];
            dw[(ptrdiff_t)o * p->terms + i] += sum;
        }
    }
}

static WeightPass weight_pass(const Conv *c)
{
    WeightPass p = {.conv = c, .windows = conv_windows(c, MOST_TERMS, MOST_TARGETS)};
    p.y_channel = (ptrdiff_t)c->y[0] * c->y[1] * c->y[2];
    p.blocks = divide_up(c->in, p.windows.block_channels);
    p.terms = c->in * windows_taps(&p.windows);
    p.columns = divide_up(c->out, LANES) * LANES;
    /* For a line of taps: `out` multiplications, or else one for each tap, which are slower. */
    p.by_lines = c->out < LANES && c->stride[2] == 1 && c->out <= c->kernel[2] + 1;
    p.groups = (int64_t)p.terms * c->out > GROUPED_WEIGHTS ? 1 : min(c->batch, GROUPS);
    return p;
}

/* Gives the pass its parts of the scratch; returns the bytes of them. NULL only counts. */
static size_t lay_out(WeightPass *p, void *scratch)
{
    const Windows *w = &p->windows;
    const size_t row = (size_t)windows_positions(w), groups = (size_t)p->groups;
    const size_t terms = (size_t)w->block_channels * (size_t)windows_taps(w);
    size_t used = 0;
    p->offset = conv_take(scratch, &used, terms * sizeof(int));
    p->place = conv_take(scratch, &used, row * sizeof(int));
    p->sum =
        conv_take(scratch, &used, groups * (size_t)p->terms * (size_t)p->columns * sizeof(real));
    p->bias = conv_take(scratch, &used, groups * (size_t)p->conv->out * sizeof(real));
    p->room_size = windows_block(w) + dy_room(p);
    p->room = conv_take(scratch, &used, (size_t)p->conv->threads * p->room_size * sizeof(real));
    return used;
}

size_t conv_weight_scratch(const Conv *c)
{
    WeightPass p = weight_pass(c);
    return lay_out(&p, NULL);
}

void conv_weight(const Conv *c, ConvSource x, ConvSource dy, real *dw, real *db, void *scratch)
{
    WeightPass p = weight_pass(c);
    lay_out(&p, scratch);
    p.x = x;
    p.dy = dy;
    p.wants_weights = dw;
    windows_offsets(&p.windows, p.offset);
    int *place = p.place;
    for (int z = 0; z < p.windows.box[0]; z++)
        for (int y = 0; y < p.windows.box[1]; y++)
            for (int i = 0; i < p.windows.box[2]; i++)
                *place++ = windows_place(&p.windows, z, y, i);
    const int n = p.groups * (dw ? p.blocks : 1);
#ifdef _OPENMP
#pragma omp parallel for num_threads(conv_threads_of(c)) schedule(dynamic)
#endif
    for (int i = 0; i < n; i++)
        accumulate_block(&p, i % p.groups, i / p.groups, p.room + conv_thread() * p.room_size);
    if (dw)
        add_weights(&p, dw);
    if (db)
        add_bias(&p, db);
}

/* One element of dy for each channel and target, which come in one row. */
static real sum_row(int n, const real *dy, const real *relu)
{
    enum { AT_ONCE = 512 };
    if (!relu)
        return vector_sum(n, dy);
    real sum = 0, kept[AT_ONCE];
    for (int i = 0, m; i < n; i += m) {
        m = min(n - i, AT_ONCE);
        conv_copy(m, dy + i, relu + i, kept);
        sum += vector_sum(m, kept);
    }
    return sum;
}

void conv_bias(int batch, int channels, int size, ConvSource dy, real *db)
{
    for (int o = 0; o < channels; o++) {
        real sum = 0;
        for (int image = 0; image < batch; image++) {
            const ptrdiff_t at = ((ptrdiff_t)image * channels + o) * size;
            sum += sum_row(size, dy.data + at, dy.relu ? dy.relu + at : NULL);
        }
        db[o] += sum;
    }
}
