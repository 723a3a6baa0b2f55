/* Attention without its matrix of weights.
 *
 * A block of queries meets one block of keys after the other. Each time the weights of this block
 * are made, used and forgotten; there is never more of them than fits the second-level cache. The
 * trouble is that the softmax divides by a sum, and takes off a maximum, that are known only at the
 * end. So a row is begun with the largest score so far, and when a larger one comes, what has been
 * summed so far is multiplied by e^(old - new): as if the new one had been taken off from the
 * beginning. The division comes last.
 *
 * On the way back maximum and sum are known, and each weight can be made again by itself. That
 * costs one more product than keeping them, and saves reading and writing a matrix t x s for each
 * head.
 *
 * Weights that are dropped are drawn again, too: a mask's bits are a function of their place.
 *
 * A head is the work of one thread on the way back, where all queries add to the same keys;
 * forward, a block of queries is. Blocks are the same on every machine, since sums begin anew in
 * each. */
#include "kernel/attention.h"

#include "kernel/gemm.h"
#include "kernel/random.h"
#include "kernel/threads.h"
#include "kernel/vector.h"

enum {
    QUERIES = 64, /* a block of scores: 32 KB in float */
    KEYS = 128,
    ENOUGH_TO_SHARE = 1 << 20, /* multiplications that take longer than to wake a thread */
};

/* The weights of a block, and their gradients: rows of as many as there are keys. */
static _Thread_local real weights[QUERIES * KEYS] __attribute__((aligned(64)));
static _Thread_local real dweights[QUERIES * KEYS] __attribute__((aligned(64)));

/* One head of one example; `row` and `v_row` are from row to row, of q and k and of v and y. */
typedef struct {
    const Attention *a;
    int example;
    int64_t queries; /* in front of its own, in all */
    ptrdiff_t row, v_row;
    ptrdiff_t q, k, v, y; /* where it begins in each array */
} Head;

/* A part of its weights: from query i and key j on. */
typedef struct {
    int i, j, rows, keys;
} Block;

int attention_heard(const Attention *a, int example, int i)
{
    const int there = a->lengths ? a->lengths[example] : a->s;
    return a->causal && i < there - a->past ? a->past + i + 1 : there;
}

static Head head_of(const Attention *a, int number)
{
    const int example = number / a->heads, h = number % a->heads;
    const ptrdiff_t row = (ptrdiff_t)a->heads * a->d, v_row = (ptrdiff_t)a->heads * a->e;
    return (Head){.a = a,
                  .example = example,
                  .queries = (int64_t)number * a->t,
                  .row = row,
                  .v_row = v_row,
                  .q = (ptrdiff_t)example * a->t * row + (ptrdiff_t)h * a->d,
                  .k = (ptrdiff_t)example * a->s * row + (ptrdiff_t)h * a->d,
                  .v = (ptrdiff_t)example * a->s * v_row + (ptrdiff_t)h * a->e,
                  .y = (ptrdiff_t)example * a->t * v_row + (ptrdiff_t)h * a->e};
}

static int min(int a, int b)
{
    return a < b ? a : b;
}

/* So many queries from i on, and the first of the keys that they hear. */
static Block first_block(const Head *h, int i)
{
    const int rows = min(QUERIES, h->a->t - i);
    return (Block){i, 0, rows, min(KEYS, attention_heard(h->a, h->example, i + rows - 1))};
}

/* The next keys for the same queries; false if they hear no more. */
static bool next_block(const Head *h, Block *b)
{
    const int left = attention_heard(h->a, h->example, b->i + b->rows - 1) - b->j - b->keys;
    b->j += b->keys;
    b->keys = min(KEYS, left);
    return left > 0;
}

/* In how many blocks its queries are cut. */
static int blocks_of(const Attention *a)
{
    return 1 + (a->t - 1) / QUERIES;
}

/* How many of the block's keys its row r hears. */
static int heard_in(const Head *h, const Block *b, int r)
{
    const int heard = attention_heard(h->a, h->example, b->i + r) - b->j;
    return heard < 0 ? 0 : min(heard, b->keys);
}

/* weights = q k^T */
static void scores(const Head *h, const Block *b, const real *q, const real *k)
{
    gemm(b->rows, h->a->d, b->keys, gemm_matrix(q + h->q + b->i * h->row, h->row),
         gemm_transpose(k + h->k + b->j * h->row, h->row), gemm_set(weights, b->keys));
}

/* A row's mask: 0, or what makes up for those that are dropped. */
static void draw_mask(const Head *h, const Block *b, int r, real mask[KEYS])
{
    const double p = h->a->dropout;
    rng_mask_part(h->a->seed, (uint64_t)(h->queries + b->i + r), b->j, b->keys, p,
                  (real)(1 / (1 - p)), mask);
}

/* -- forward ---------------------------------------------------------------------------------- */

/* What is known of each row so far: the largest score, the sum of the e^(scale (score - largest)),
 * and what the next block makes of an old sum. */
typedef struct {
    real largest[QUERIES], sum[QUERIES], shrink[QUERIES];
} Rows;

/* weights = e^(scale (score - largest)), after the block's scores have had their say in the
 * largest; 0 where the key is not heard. */
static void exponentials(const Head *h, const Block *b, Rows *rows)
{
    const real scale = h->a->scale;
    for (int r = 0; r < b->rows; r++) {
        real *row = weights + (ptrdiff_t)r * b->keys, old = rows->largest[r], largest = old;
        const int heard = heard_in(h, b, r);
        const real here = heard > 0 ? vector_max(heard, row) : old;
        if (!(here <= old)) /* a NaN is the largest, too */
            largest = here;
        for (int j = 0; j < heard; j++)
            row[j] = scale * (row[j] - largest);
        rows->largest[r] = largest;
        rows->shrink[r] = b->j > 0 ? scale * (old - largest) : 0;
    }
    vector_exp(b->rows * b->keys, weights, weights);
    vector_exp(b->rows, rows->shrink, rows->shrink);
    for (int r = 0; r < b->rows; r++) {
        const int heard = heard_in(h, b, r);
        vector_fill(b->keys - heard, 0, weights + (ptrdiff_t)r * b->keys + heard);
    }
}

/* y = shrink y + weights v, and the sums alike; weights that are dropped stay in the sum. */
static void add_values(const Head *h, const Block *b, Rows *rows, const real *v, real *y)
{
    const Attention *a = h->a;
    real mask[KEYS];
    for (int r = 0; r < b->rows; r++) {
        real *row = weights + (ptrdiff_t)r * b->keys;
        rows->sum[r] = rows->shrink[r] * rows->sum[r] + vector_sum(b->keys, row);
        for (int c = 0; b->j > 0 && c < a->e; c++)
            y[r * h->v_row + c] *= rows->shrink[r];
        if (a->dropout > 0) {
            draw_mask(h, b, r, mask);
            for (int j = 0; j < b->keys; j++)
                row[j] *= mask[j];
        }
    }
    const GemmResult set = gemm_set(y, h->v_row), add = gemm_add(y, h->v_row);
    gemm(b->rows, b->keys, a->e, gemm_matrix(weights, b->keys),
         gemm_matrix(v + h->v + b->j * h->v_row, h->v_row), b->j > 0 ? add : set);
}

typedef struct {
    const Attention *a;
    const real *q, *k, *v;
    real *y, *largest, *log_sum;
} Forward;

/* A block of queries, from i on. */
static void forward_rows(const Head *h, int i, const Forward *f)
{
    Block b = first_block(h, i);
    Rows rows;
    real *y = f->y + h->y + i * h->v_row;
    vector_fill(b.rows, (real)-INFINITY, rows.largest);
    vector_fill(b.rows, 0, rows.sum);
    do {
        scores(h, &b, f->q, f->k);
        exponentials(h, &b, &rows);
        add_values(h, &b, &rows, f->v, y);
    } while (next_block(h, &b));
    for (int r = 0; r < b.rows; r++) {
        for (int c = 0; c < h->a->e; c++)
            y[r * h->v_row + c] /= rows.sum[r];
        f->largest[h->queries + i + r] = rows.largest[r];
    }
    vector_log(b.rows, rows.sum, f->log_sum + h->queries + i);
}

/* The blocks of queries are numbered through, one head after the other. */
static void forward_part(const void *work, int part)
{
    const Forward *f = work;
    const int blocks = blocks_of(f->a);
    const Head h = head_of(f->a, part / blocks);
    forward_rows(&h, part % blocks * QUERIES, f);
}

static int threads_of(const Attention *a)
{
    return threads_for((double)a->n * a->heads * a->t * a->s * (a->d + a->e), ENOUGH_TO_SHARE);
}

void attention_forward(const Attention *a, const real *q, const real *k, const real *v, real *y,
                       real *largest, real *log_sum)
{
    work_in_parts(a->n * a->heads * blocks_of(a), threads_of(a), forward_part,
                  &(Forward){a, q, k, v, y, largest, log_sum});
}

/* -- backward --------------------------------------------------------------------------------- */

/* weights = p again, of the scores. */
static void weights_again(const Head *h, const Block *b, const AttentionGradients *g)
{
    const real *largest = g->largest + h->queries + b->i, *log_sum = g->log_sum + h->queries + b->i;
    const real scale = h->a->scale;
    scores(h, b, g->q, g->k);
    for (int r = 0; r < b->rows; r++) {
        real *row = weights + (ptrdiff_t)r * b->keys;
        for (int j = 0; j < b->keys; j++)
            row[j] = scale * (row[j] - largest[r]) - log_sum[r];
    }
    vector_exp(b->rows * b->keys, weights, weights);
    for (int r = 0; r < b->rows; r++) {
        const int heard = heard_in(h, b, r);
        vector_fill(b->keys - heard, 0, weights + (ptrdiff_t)r * b->keys + heard);
    }
}

/* Of p and dy v^T:   dweights = scale p (m (dy v^T) - dot),   weights = m p */
static void score_gradients(const Head *h, const Block *b, const real dot[QUERIES])
{
    const Attention *a = h->a;
    real mask[KEYS];
    for (int r = 0; r < b->rows; r++) {
        real *p = weights + (ptrdiff_t)r * b->keys, *dp = dweights + (ptrdiff_t)r * b->keys;
        if (a->dropout > 0) {
            draw_mask(h, b, r, mask);
            for (int j = 0; j < b->keys; j++) {
                dp[j] = a->scale * p[j] * (mask[j] * dp[j] - dot[r]);
                p[j] *= mask[j];
            }
        } else {
            for (int j = 0; j < b->keys; j++)
                dp[j] = a->scale * p[j] * (dp[j] - dot[r]);
        }
    }
}

/* What a block adds to the gradients. */
static void backward_block(const Head *h, const Block *b, const AttentionGradients *g,
                           const real dot[QUERIES])
{
    const int d = h->a->d, e = h->a->e, rows = b->rows, keys = b->keys;
    const ptrdiff_t row = h->row, v_row = h->v_row, at_q = h->q + b->i * row;
    const ptrdiff_t at_k = h->k + b->j * row, at_v = h->v + b->j * v_row;
    const GemmMatrix dy = gemm_matrix(g->dy + h->y + b->i * v_row, v_row);
    weights_again(h, b, g);
    gemm(rows, e, keys, dy, gemm_transpose(g->v + at_v, v_row), gemm_set(dweights, keys));
    score_gradients(h, b, dot);
    if (g->dv)
        gemm(keys, rows, e, gemm_transpose(weights, keys), dy, gemm_add(g->dv + at_v, v_row));
    if (g->dq)
        gemm(rows, keys, d, gemm_matrix(dweights, keys), gemm_matrix(g->k + at_k, row),
             gemm_add(g->dq + at_q, row));
    if (g->dk)
        gemm(keys, rows, d, gemm_transpose(dweights, keys), gemm_matrix(g->q + at_q, row),
             gemm_add(g->dk + at_k, row));
}

typedef struct {
    const Attention *a;
    const AttentionGradients *g;
} Backward;

static void backward_head(const void *work, int number)
{
    const AttentionGradients *g = ((const Backward *)work)->g;
    const Head head = head_of(((const Backward *)work)->a, number), *h = &head;
    for (int i = 0; i < h->a->t; i += QUERIES) {
        Block b = first_block(h, i);
        real dot[QUERIES];
        for (int r = 0; r < b.rows; r++) {
            const ptrdiff_t at = h->y + (i + r) * h->v_row;
            dot[r] = vector_dot(h->a->e, g->dy + at, g->y + at);
        }
        do
            backward_block(h, &b, g, dot);
        while (next_block(h, &b));
    }
}

void attention_backward(const Attention *a, const AttentionGradients *g)
{
    work_in_parts(a->n * a->heads, threads_of(a), backward_head, &(Backward){a, g});
}
