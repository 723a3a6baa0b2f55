/* attention.h: scaled dot-product attention on raw arrays, in memory that grows with the number of
 * queries and of keys and not with their product.
 *
 * q is (n, t, heads, d), k (n, s, heads, d), v (n, s, heads, e) and y (n, t, heads, e), so each
 * head is a matrix with rows that lie apart, and nothing needs to be transposed. Results are the
 * same to the bit for any number of threads, and, as a product's, on any machine that has a fused
 * multiply-add. A query's result does not depend on what other queries there are. */
#ifndef KERNEL_ATTENTION_H
#define KERNEL_ATTENTION_H

#include <stdbool.h>
#include <stdint.h>

#include "real.h"

typedef struct {
    int n, heads, t, s, d, e;
    const int *lengths; /* (n), each 1 .. s: keys that are there; NULL: all are */
    bool causal;        /* query i hears the first past + i + 1 of these only */
    int past;
    real scale;     /* of the scores, above 0 */
    double dropout; /* weights are dropped by rng_mask_part() of this seed, a row for each query */
    uint64_t seed;
} Attention;

/* How many of the keys query i of an example hears: 1 or more. */
int attention_heard(const Attention *a, int example, int i);

/* y[i] = sum_j m[i][j] p[i][j] v[j] with p[i] the softmax of scale q[i] . k[j] over the keys that i
 * hears, and m the mask of dropout. largest and log_sum, (n, heads, t) each, are what makes p of
 * the scores: p = e^(scale (score - largest) - log_sum), score being q . k. */
void attention_forward(const Attention *a, const real *q, const real *k, const real *v, real *y,
                       real *largest, real *log_sum);

/* What attention_forward() was given and has made, and what is added to: a gradient that nobody
 * needs is NULL. */
typedef struct {
    const real *q, *k, *v, *y, *largest, *log_sum, *dy;
    real *dq, *dk, *dv;
} AttentionGradients;

/* With the sums over queries for dk and dv, and over keys for dq:
 *     dv += (m p)^T dy,   ds = p (m (dy v^T) - dy . y),   dq += scale ds k,   dk += scale ds^T q
 * where dy . y, a number for each query, is sum_j p m (dy v^T). */
void attention_backward(const Attention *a, const AttentionGradients *g);

#endif
