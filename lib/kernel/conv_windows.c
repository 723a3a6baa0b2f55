#include "kernel/conv_windows.h"

#include <stdint.h>

#include "kernel/pack.h"
#include "kernel/vector.h"

#ifdef _OPENMP
#include <omp.h>
#endif

enum {
    BLOCK_REALS = 1 << 16, /* 256 KB in float */
    CUT_ROW = 64,          /* a row is only cut at a multiple of this */
};

static int product(const int size[CONV_AXES])
{
    return size[0] * size[1] * size[2];
}

static ptrdiff_t image_size(const Windows *w)
{
    return (ptrdiff_t)w->channels * w->size[0] * w->size[1] * w->size[2];
}

int windows_taps(const Windows *w)
{
    return product(w->taps);
}

int windows_positions(const Windows *w)
{
    return product(w->box);
}

size_t windows_block(const Windows *w)
{
    return (size_t)w->block_channels * (size_t)w->block_channel + LANES;
}

/* What a box sees. A window without taps sees nothing; its targets have a place all the same. */
static void measure_box(Windows *w)
{
    for (int d = 0; d < CONV_AXES; d++)
        w->extent[d] = (w->box[d] - 1) * w->step[d] + (w->taps[d] > 0 ? w->taps[d] : 1);
    w->part = divide_up(w->extent[2], w->step[2]);
    w->block_channel = (ptrdiff_t)w->extent[0] * w->extent[1] * w->part * w->step[2];
}

static bool fits(const Windows *w, int most_targets)
{
    ptrdiff_t positions = (ptrdiff_t)w->box[0] * w->box[1] * w->box[2];
    return positions <= most_targets && w->block_channel * w->block_channels <= BLOCK_REALS;
}

/* The slowest axis is cut first, into as few equal parts as will do; the next one only if it is not
 * enough that the box has a size of 1 there. */
void windows_cut(Windows *w, int most_terms, int most_targets)
{
    int taps = windows_taps(w), most = taps > 0 ? max(most_terms / taps, 1) : w->channels;
    w->block_channels = first_part(w->channels, most);
    w->boxes = 1;
    for (int d = 0; d < CONV_AXES; d++)
        w->box[d] = w->targets[d];
    measure_box(w);
    for (int d = 0; d < CONV_AXES; d++) {
        const int unit = d == CONV_AXES - 1 ? CUT_ROW : 1;
        for (int parts = 2; !fits(w, most_targets) && w->box[d] > unit; parts++) {
            w->box[d] = divide_up(divide_up(w->targets[d], parts), unit) * unit;
            measure_box(w);
        }
        w->boxes *= divide_up(w->targets[d], w->box[d]);
    }
}

Box windows_box(const Windows *w, int i)
{
    Box box = {.positions = 1};
    for (int d = CONV_AXES - 1; d >= 0; d--) {
        const int boxes = divide_up(w->targets[d], w->box[d]);
        box.start[d] = i % boxes * w->box[d];
        box.count[d] = min(w->box[d], w->targets[d] - box.start[d]);
        box.positions *= box.count[d];
        i /= boxes;
    }
    return box;
}

int windows_place(const Windows *w, int z, int y, int x)
{
    const int row = w->part * w->step[2];
    return (z * w->step[0] * w->extent[1] + y * w->step[1]) * row + x;
}

void windows_offsets(const Windows *w, int offset[])
{
    const int row = w->part * w->step[2];
    for (int c = 0; c < w->block_channels; c++)
        for (int z = 0; z < w->taps[0]; z++)
            for (int y = 0; y < w->taps[1]; y++)
                for (int x = 0; x < w->taps[2]; x++)
                    *offset++ = (int)(c * w->block_channel) + (z * w->extent[1] + y) * row +
                                x % w->step[2] * w->part + x / w->step[2];
}

void windows_clear(const Windows *w, real *block)
{
    vector_fill((int)windows_block(w), 0, block);
}

void conv_copy(int n, const real *x, const real *relu, real *y)
{
    for (int i = 0; i < n; i += LANES) {
        const int at = first_column(i, n), left = n - at;
        Vector v = load_part(left, x + at, 0);
        if (relu)
            v = choose(load_part(left, relu + at, 0) <= 0, all(0), v);
        store_part(left, y + at, v);
    }
}

/* The same by whole vectors: x is read, and y made 0, up to LANES - 1 elements beyond the n. */
ALWAYS_INLINE void copy_whole(int n, const real *x, const real *relu, real *y)
{
    for (int i = 0; i < n; i += LANES) {
        Vector v = load(x + i);
        if (relu)
            v = choose(load(relu + i) <= 0, all(0), v);
        store(y + i, choose(lane_numbers() < n - i, v, all(0)));
    }
}

/* Every step-th element of x. */
static void copy_apart(int step, int n, const real *x, const real *relu, real *y)
{
    for (int i = 0; i < n; i++)
        y[i] = relu && relu[i * step] <= 0 ? 0 : x[i * step];
}

/* What a box sees of an image: elements low to high - 1 of its extent, from `from` on, are there.
 */
typedef struct {
    int from[CONV_AXES], low[CONV_AXES], high[CONV_AXES];
} View;

static View view_of(const Windows *w, const Box *box)
{
    View v;
    for (int d = 0; d < CONV_AXES; d++) {
        const int extent = w->extent[d] - (w->box[d] - box->count[d]) * w->step[d];
        v.from[d] = box->start[d] * w->step[d] + w->first[d];
        v.low[d] = max(-v.from[d], 0);
        v.high[d] = min(w->size[d] - v.from[d], extent);
    }
    return v;
}

/* The elements of one remainder, of all rows of the channel that begins at element `at` of x. With
 * a step of 1 a row may spill zeros over what comes next in the block: a border, which is 0, or
 * rows that are copied later. */
static void copy_part(const Windows *w, const View *v, int remainder, ConvSource x, ptrdiff_t at,
                      real *to)
{
    const int step = w->step[2], row = w->part * step, start = v->from[2] + remainder;
    const int low = start < 0 ? divide_up(-start, step) : 0, end = w->size[2] - start;
    const int n = (end > 0 ? min(divide_up(end, step), w->part) : 0) - low;
    const ptrdiff_t last = image_size(w) * w->images - (n + LANES - 1);
    at += start + low * step;
    to += remainder * w->part + low;
    for (int z = v->low[0]; z < v->high[0]; z++)
        for (int y = v->low[1]; y < v->high[1]; y++) {
            const ptrdiff_t line = (ptrdiff_t)(v->from[0] + z) * w->size[1] + v->from[1] + y;
            const real *from = x.data + at + line * w->size[2];
            const real *relu = x.relu ? x.relu + at + line * w->size[2] : NULL;
            real *here = to + (ptrdiff_t)(z * w->extent[1] + y) * row;
            if (step > 1)
                copy_apart(step, n, from, relu, here);
            else if (from - x.data <= last)
                copy_whole(n, from, relu, here);
            else
                conv_copy(n, from, relu, here);
        }
}

void windows_copy(const Windows *w, ConvSource x, int image, int c, int n, const Box *box,
                  real *block)
{
    const View v = view_of(w, box);
    const ptrdiff_t channel = image_size(w) / w->channels;
    for (int i = 0; i < n; i++)
        for (int remainder = 0; remainder < w->step[2]; remainder++)
            copy_part(w, &v, remainder, x, image * image_size(w) + (c + i) * channel,
                      block + i * w->block_channel);
}

Windows conv_windows(const Conv *c, int most_terms, int most_targets)
{
    Windows w = {.images = c->batch, .channels = c->in};
    for (int d = 0; d < CONV_AXES; d++) {
        w.size[d] = c->x[d];
        w.step[d] = c->stride[d];
        w.first[d] = -c->padding[d];
        w.taps[d] = c->kernel[d];
        w.targets[d] = c->y[d];
    }
    windows_cut(&w, most_terms, most_targets);
    return w;
}

/* -- threads and scratch ---------------------------------------------------------------------- */

enum { ENOUGH_TO_SHARE = 1 << 21 }; /* multiplications that take longer than to wake a thread */

int conv_threads(void)
{
#ifdef _OPENMP
    return omp_get_max_threads();
#else
    return 1;
#endif
}

int conv_threads_of(const Conv *c)
{
    int64_t work = (int64_t)c->batch * c->in * c->out;
    for (int d = 0; d < CONV_AXES; d++)
        work *= (int64_t)c->kernel[d] * c->y[d];
    return work > ENOUGH_TO_SHARE ? min(c->threads, conv_threads()) : 1;
}

size_t conv_thread(void)
{
#ifdef _OPENMP
    return (size_t)omp_get_thread_num();
#else
    return 0;
#endif
}

void *conv_take(void *scratch, size_t *used, size_t bytes)
{
    void *taken = scratch ? (char *)scratch + *used : NULL;
    *used += (bytes + 63) / 64 * 64;
    return taken;
}
