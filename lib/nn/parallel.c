#include "nn/parallel.h"

#include <stdlib.h>
#include <string.h>

#include "autograd/autograd.h"
#include "error.h"
#include "kernel/vector.h"
#include "parallel/ranks.h"
#include "parallel/shards.h"

/* A count that a network keeps, of batches, and what it was before this one. */
typedef struct {
    long *count, before;
} Count;

/* What is summed: array 0 is the loss, then come what the shards have made of the buffers, and the
 * gradients of the parameters. These are known first and travel first (shard_sum.h). */
enum { LOSS, TENSORS };

struct Parallel {
    Rng *rng;
    Tensor **tensor; /* buffers, then parameters */
    int buffers, tensors;
    real **before; /* of each buffer: what it was before this batch */
    Count *count;
    int counts;
    ShardSum *sum;
    real weight;  /* of the present shard: its part of the batch */
    bool *is_put; /* of each tensor: whether it was, of the present shard */
};

/* -- what there is ---------------------------------------------------------------------------- */

static void *zeros(size_t n, size_t size)
{
    void *block = calloc(n + 1, size);
    if (!block)
        error_stop("parallel_new: out of memory");
    return block;
}

static void count_pieces(const char *path, const ModuleTensor *piece, void *context)
{
    Parallel *p = context;
    (void)path;
    p->buffers += piece->tensor && piece->buffer;
    p->tensors += piece->tensor != NULL;
    p->counts += piece->count != NULL;
}

static void list_others(const char *path, const ModuleTensor *piece, void *context)
{
    Parallel *p = context;
    (void)path;
    if (piece->tensor && piece->buffer)
        p->tensor[p->tensors++] = piece->tensor;
    if (piece->count)
        p->count[p->counts++].count = piece->count;
}

static void list_parameters(const char *path, const ModuleTensor *piece, void *context)
{
    Parallel *p = context;
    (void)path;
    if (piece->tensor && !piece->buffer)
        p->tensor[p->tensors++] = piece->tensor;
}

static void list(Parallel *p, const Module *net)
{
    nn_each(net, count_pieces, p);
    p->tensor = zeros((size_t)p->tensors, sizeof(Tensor *));
    p->count = zeros((size_t)p->counts, sizeof *p->count);
    p->before = zeros((size_t)p->buffers, sizeof *p->before);
    p->is_put = zeros((size_t)p->tensors, sizeof *p->is_put);
    p->tensors = p->counts = 0;
    nn_each(net, list_others, p);
    nn_each(net, list_parameters, p);
    for (int i = 0; i < p->buffers; i++)
        p->before[i] = zeros((size_t)p->tensor[i]->size, sizeof(real));
}

Parallel *parallel_new(Module *net, Rng *rng, ShardSumOptions options)
{
    NOT_NULL(net);
    Parallel *p = zeros(1, sizeof *p);
    p->rng = rng;
    list(p, net);
    int *size = zeros((size_t)p->tensors + TENSORS, sizeof *size);
    size[LOSS] = 1;
    for (int i = 0; i < p->tensors; i++) {
        Tensor *x = p->tensor[i];
        size[TENSORS + i] = x->size;
        ranks_broadcast((size_t)x->size * sizeof(real), x->data);
        ag_bump_version(x);
    }
    p->sum = shard_sum_new(TENSORS + p->tensors, size, options);
    free(size);
    return p;
}

void parallel_free(Parallel *p)
{
    NOT_NULL(p);
    for (int i = 0; i < p->buffers; i++)
        free(p->before[i]);
    shard_sum_free(p->sum);
    free(p->tensor);
    free(p->before);
    free(p->count);
    free(p->is_put);
    free(p);
}

const ShardSum *parallel_sum(const Parallel *p)
{
    NOT_NULL(p);
    return p->sum;
}

/* -- a shard ---------------------------------------------------------------------------------- */

static void put(Tensor *leaf, void *context)
{
    Parallel *p = context;
    for (int i = p->buffers; i < p->tensors; i++)
        if (p->tensor[i] == leaf) {
            shard_sum_put(p->sum, TENSORS + i, leaf->grad, p->weight);
            p->is_put[i] = true;
        }
}

/* What no gradient has reached, what the shard has made of the buffers, and its loss. */
static void put_rest(Parallel *p, real loss)
{
    for (int i = p->buffers; i < p->tensors; i++)
        if (!p->is_put[i])
            shard_sum_put(p->sum, TENSORS + i, NULL, 0);
    for (int i = 0; i < p->buffers; i++)
        shard_sum_put(p->sum, TENSORS + i, p->tensor[i]->data, p->weight);
    shard_sum_put(p->sum, LOSS, &loss, p->weight);
}

static void write_buffer(Tensor *x, const real *values)
{
    memcpy(x->data, values, (size_t)x->size * sizeof *values);
    ag_bump_version(x);
}

static void remember(Parallel *p)
{
    for (int i = 0; i < p->buffers; i++)
        memcpy(p->before[i], p->tensor[i]->data, (size_t)p->tensor[i]->size * sizeof(real));
    for (int i = 0; i < p->counts; i++)
        p->count[i].before = *p->count[i].count;
}

/* As all was before the batch. */
static void forget(Parallel *p)
{
    ag_zero_grad(p->tensors - p->buffers, p->tensor + p->buffers);
    memset(p->is_put, 0, (size_t)p->tensors * sizeof *p->is_put);
    for (int i = 0; i < p->buffers; i++)
        write_buffer(p->tensor[i], p->before[i]);
    for (int i = 0; i < p->counts; i++)
        *p->count[i].count = p->count[i].before;
}

static void work_on_shard(Parallel *p, int first, int n, ShardLoss *loss, void *context)
{
    real value = 0;
    forget(p);
    if (n > 0) {
        Tensor *mean = loss(first, n, context);
        value = ag_item(mean);
        ag_backward_telling(mean, put, p);
    }
    put_rest(p, value);
    ag_reset();
}

/* -- a batch ---------------------------------------------------------------------------------- */

/* What the shards have come to together. */
static void take_over(Parallel *p)
{
    for (int i = 0; i < p->buffers; i++)
        write_buffer(p->tensor[i], shard_sum_of(p->sum, TENSORS + i));
    for (int i = p->buffers; i < p->tensors; i++) {
        Tensor *x = p->tensor[i];
        x->grad = NULL;
        if (x->requires_grad)
            vector_add(x->size, shard_sum_of(p->sum, TENSORS + i), ag_grad(x));
    }
}

double parallel_gradient(Parallel *p, int n, ShardLoss *loss, void *context)
{
    NOT_NULL(p, loss);
    if (n < 1)
        error_stop("parallel_gradient: a batch of %d examples", n);
    const int shards = shard_sum_count(p->sum), last = shard_sum_last(p->sum);
    const uint64_t base = p->rng ? rng_bits(p->rng) : 0;
    const Rng after = p->rng ? *p->rng : (Rng){.has_spare = 0};
    remember(p);
    for (int s = shard_sum_first(p->sum); s < last; s++) {
        const int first = shard_begin(n, shards, s), size = shard_begin(n, shards, s + 1) - first;
        p->weight = (real)size / (real)n;
        if (p->rng)
            rng_seed(p->rng, base + (uint64_t)s);
        work_on_shard(p, first, size, loss, context);
    }
    shard_sum_end(p->sum);
    if (p->rng)
        *p->rng = after;
    take_over(p);
    return (double)shard_sum_of(p->sum, LOSS)[0];
}
