/* 16_distillation_judges.h: every gradient of the chapter against the tape, a numeric gradient, and
 * laws that need neither. */
#ifndef CHAPTER_16_DISTILLATION_JUDGES_H
#define CHAPTER_16_DISTILLATION_JUDGES_H

#include <stdio.h>

#include "16_distillation_steps.h"
#include "16_distillation_students.h"
#include "autograd/autograd.h"
#include "exercises/16_distillation.h"
#include "nn/init.h"
#include "workbook/fact.h"
#include "workbook/table.h"

enum { N = 5, C = 4, K = 6 };

/* Scores of a student and of a teacher, the teacher's probabilities, labels of which one is not
 * known, and features of both. */
typedef struct {
    real T, z[N][C], v[N][C], q[N][C], A[N][K], B[N][K];
    int y[N];
} Pupils;

static inline Pupils pupils_new(uint64_t seed, real T)
{
    Rng rng;
    Pupils all = {.T = T};
    rng_seed(&rng, seed);
    init_normal(&rng, 2, N * C, *all.z);
    init_normal(&rng, 2, N * C, *all.v);
    init_normal(&rng, 1, N * K, *all.A);
    init_normal(&rng, 1, N * K, *all.B);
    for (int i = 0; i < N; i++) {
        softmax_row(C, all.v[i], T, all.q[i]);
        all.y[i] = i == 1 ? -1 : i % C;
    }
    return all;
}

/* T^2/n KL, the teacher's probabilities at T against log softmax(z / T). */
static inline Tensor *soft_on_tape(const Pupils *all, Tensor *z, Tensor *v)
{
    const real T = all->T;
    Tensor *logp = ag_log_softmax(ag_div(z, ag_scalar(T)), 1);
    Tensor *q = ag_softmax(ag_div(v, ag_scalar(T)), 1);
    return ag_mul(ag_scalar(T * T), ag_kl_div(logp, q, AG_BATCH_MEAN));
}

/* By the exercise, and image by image in the lesson's steps. */
static inline void judge_soft(GradTable *table, const Pupils *all)
{
    real dz[N][C], steps[N][C], p[C];
    soft_targets_backward(N, C, all->z, all->q, all->T, dz);
    for (int i = 0; i < N; i++) {
        softmax_row(C, all->z[i], all->T, p);
        soft_backward_by_steps(C, p, all->q[i], all->T, steps[i]);
        for (int j = 0; j < C; j++)
            steps[i][j] /= N;
    }
    real value = soft_targets_loss(N, C, all->z, all->v, all->T);
    const Shape shape = ag_shape(2, N, C);
    Tensor *z = ag_variable(shape, *all->z), *v = ag_tensor(shape, *all->v);
    Tensor *loss = soft_on_tape(all, z, v);
    fact_same("loss, soft", 1, &value, loss->data);
    ag_backward(loss);
    table_tensor(table, "dz, soft", *dz, loss, z);
    table_tensor(table, "dz, by steps", *steps, loss, z);
    fact_that("the teacher gets no gradient", v->grad == NULL);
}

/* A teacher that is sure, a student that finds something impossible, and scores near 1000. */
static inline void judge_loss_of_the_sure(void)
{
    const real none[1][3] = {{0, 0, 0}}, sure[1][3] = {{4000, 0, 0}}, far[1][3] = {{1000, 999, 0}};
    const real one[1][3] = {{1, 0, 0}}, never[1][3] = {{-4000, 0, 0}};
    const real found[] = {
        soft_targets_loss(1, 3, none, sure, 2), soft_targets_loss(1, 3, never, none, 1),
        soft_targets_loss(1, 3, far, one, 1), soft_targets_loss(1, 3, one, far, 1)};
    const double e = exp(1), to_far = (1001 + e) / (2 + e) - log(2 + e) + log(1 + 1 / e);
    const real right[] = {(real)(4 * log(3)), (real)(4000. / 3 + log(2. / 3)), (real)to_far,
                          (real)(log(2 + e) - log(1 + e))};
    fact_same("loss of the sure", 4, found, right);
}

static inline void judge_partly(GradTable *table, const Pupils *all)
{
    const real hard = (real)0.75, soft = (real)0.25;
    const CrossEntropyOptions known = {.ignore = true, .ignore_index = -1};
    const Shape shape = ag_shape(2, N, C);
    real dsoft[N][C], dz[N][C];
    soft_targets_backward(N, C, all->z, all->q, all->T, dsoft);
    partly_labelled_backward(N, C, all->z, all->y, dsoft, hard, soft, dz);
    Tensor *z = ag_variable(shape, *all->z);
    Tensor *label = ag_cross_entropy_with(z, all->y, known, AG_MEAN);
    Tensor *teacher = soft_on_tape(all, z, ag_tensor(shape, *all->v));
    Tensor *loss = ag_add(ag_mul(ag_scalar(hard), label), ag_mul(ag_scalar(soft), teacher));
    ag_backward(loss);
    table_tensor(table, "dz, both", *dz, loss, z);
}

static inline void judge_cosine(GradTable *table, const Pupils *all)
{
    static const int alike[N] = {1, 1, 1, 1, 1};
    const Shape shape = ag_shape(2, N, K);
    real dA[N][K], steps[N][K], value = 0;
    cosine_backward(N, K, all->A, all->B, dA);
    for (int i = 0; i < N; i++) {
        value += cosine_by_steps(K, all->A[i], all->B[i], steps[i]) / N;
        for (int j = 0; j < K; j++)
            steps[i][j] /= N;
    }
    Tensor *A = ag_variable(shape, *all->A);
    Tensor *loss = ag_cosine_embedding_loss(A, ag_tensor(shape, *all->B), alike, 0, AG_MEAN);
    fact_same("loss, cosine", 1, &value, loss->data);
    ag_backward(loss);
    table_tensor(table, "dA", *dA, loss, A);
    table_tensor(table, "dA, by steps", *steps, loss, A);
}

/* -- the whole loss of a student ----------------------------------------------------------------
 */

/* hard label + soft teacher + cosine comparison, on the tape. */
static inline Tensor *whole_on_tape(const Method *m, const Batch *b, Outputs out)
{
    const CrossEntropyOptions known = {.ignore = true, .ignore_index = -1};
    static const int alike[N] = {1, 1, 1, 1, 1};
    const Tensor *z = out.logits;
    Tensor *T = ag_scalar((real)m->T), *v = ag_tensor(z->shape, b->v);
    Tensor *label = ag_cross_entropy_with(out.logits, b->y, known, AG_MEAN);
    Tensor *kl = ag_kl_div(ag_log_softmax(ag_div(out.logits, T), 1), ag_softmax(ag_div(v, T), 1),
                           AG_BATCH_MEAN);
    Tensor *teacher = ag_mul(ag_mul(T, T), kl);
    Tensor *comparison = ag_cosine_embedding_loss(
        out.features, ag_tensor(out.features->shape, b->B), alike, 0, AG_MEAN);
    label = ag_mul(ag_scalar((real)(1 - m->soft - m->cosine)), label);
    teacher = ag_mul(ag_scalar((real)m->soft), teacher);
    comparison = ag_mul(ag_scalar((real)m->cosine), comparison);
    return ag_add(ag_add(label, teacher), comparison);
}

/* Features from which a linear layer makes scores: what comes back to them along both ways. */
static inline void judge_students(GradTable *table, uint64_t seed)
{
    Rng rng;
    real W[K][CLASSES], A[N][K], v[N * CLASSES], B[N * K];
    int y[N] = {0, -1, 3, 9, 2};
    const Batch b = {N, K, y, v, B};
    rng_seed(&rng, seed);
    init_normal(&rng, 1, K * CLASSES, *W);
    init_normal(&rng, 1, N * K, *A);
    init_normal(&rng, 2, N * CLASSES, v);
    init_normal(&rng, 1, N * K, B);
    for (int i = 0; i < METHODS; i++) {
        real hand[N * K];
        char name[32];
        Tensor *w = ag_tensor(ag_shape(2, K, CLASSES), *W);
        Tensor *a = ag_variable(ag_shape(2, N, K), *A);
        Tensor *own = student_loss(&methods[i], &b, (Outputs){ag_matmul(a, w), a});
        ag_backward(own);
        memcpy(hand, a->grad, sizeof hand);
        a = ag_variable(a->shape, *A);
        Tensor *loss = whole_on_tape(&methods[i], &b, (Outputs){ag_matmul(a, w), a});
        ag_backward(loss);
        fact_same("loss of a student", 1, own->data, loss->data);
        snprintf(name, sizeof name, "dA, %s", methods[i].name);
        table_tensor(table, name, hand, loss, a);
    }
}

/* The teacher's features of an image, halved: 2 m maps of p pixels in a row, as the loader has them
 * behind label and scores. */
static inline void judge_halving(void)
{
    enum { MAPS = 2, PIXELS = 4, FEATURES = 2 * MAPS * PIXELS };
    real row[1 + CLASSES + FEATURES];
    const ImageSize image = {3, 8, 8};
    Dataset data = {.y_size = 1 + CLASSES + FEATURES};
    Loader loader = {.n = 1, .y = row, .data = &data};
    for (int i = 0; i < 1 + CLASSES + FEATURES; i++)
        row[i] = (real)i; /* the first feature is 11 */
    const int n = loader.n;
    Batch rows = batch_of(&loader, 0, n, image, false), maps = batch_of(&loader, 0, n, image, true);
    fact_that("label and scores", rows.y[0] == 0 && rows.v[0] == 1 && rows.v[9] == 10);
    fact_that("neighbours are averaged", rows.k == 8 && rows.B[0] == 11.5 && rows.B[7] == 25.5);
    fact_that("maps are averaged", maps.k == 8 && maps.B[0] == 13 && maps.B[4] == 21);
}

static inline bool random_gradients(uint64_t seed)
{
    GradTable table;
    Pupils all = pupils_new(seed, (real)1.7);
    printf("\n%d random images of %d classes and %d features, T = %g, one without a label:\n", N, C,
           K, (double)all.T);
    table_begin(&table);
    judge_soft(&table, &all);
    judge_loss_of_the_sure();
    judge_partly(&table, &all);
    judge_cosine(&table, &all);
    judge_students(&table, seed);
    judge_halving();
    ag_reset();
    return table_end(&table);
}

/* -- laws -------------------------------------------------------------------------------------- */

/* |dz - limit| / |limit|, the limit of large T: scores less their mean, less the teacher's, over n
 * c */
static inline double from_limit(const Pupils *all, const real dz[N][C])
{
    double off = 0, size = 0;
    for (int i = 0; i < N; i++) {
        real mean = (vector_sum(C, all->z[i]) - vector_sum(C, all->v[i])) / C;
        for (int j = 0; j < C; j++) {
            real limit = (all->z[i][j] - all->v[i][j] - mean) / (N * C);
            off += (double)((dz[i][j] - limit) * (dz[i][j] - limit));
            size += (double)(limit * limit);
        }
    }
    return sqrt(off / size);
}

static inline void laws_of_targets(uint64_t seed)
{
    printf("\nHow far dz is from (z - v, both less their mean) / c:\n");
    const double T[] = {1, 2, 4, 100};
    for (int k = 0; k < 4; k++) {
        Pupils all = pupils_new(seed, (real)T[k]);
        real dz[N][C], none[N][C], shifted[N][C], rows = 0;
        soft_targets_backward(N, C, all.z, all.q, all.T, dz);
        for (int i = 0; i < N; i++) {
            rows = fmax(rows, fabs(vector_sum(C, dz[i])));
            for (int j = 0; j < C; j++)
                shifted[i][j] = all.v[i][j] + (real)(3 * i);
        }
        soft_targets_backward(N, C, shifted, all.q, all.T, none);
        printf("  T = %-20g %9.4f\n", T[k], from_limit(&all, dz));
        fact_that("each row of dz adds up to 0", rows < 100 * REAL_EPSILON);
        fact_that("nothing pulls at a student who says what the teacher says, or the same more",
                  sqrt(vector_dot(N * C, *none, *none)) < 1000 * REAL_EPSILON * all.T);
        fact_that("dz tends to the difference", T[k] < 100 || from_limit(&all, dz) < 0.02);
    }
}

static inline void laws_of_cosine(uint64_t seed)
{
    Pupils all = pupils_new(seed, 1);
    for (int i = 0; i < N; i++) {
        real dA[K], unused[K], longer[K], *a = all.A[i];
        real loss = cosine_by_steps(K, a, all.B[i], dA), cosine = 1 - loss;
        for (int j = 0; j < K; j++)
            longer[j] = 3 * a[j];
        real sine = sqrt(1 - cosine * cosine), length = length_of(K, dA) * length_of(K, a);
        fact_that("dA is across A", fabs(vector_dot(K, a, dA)) < 100 * REAL_EPSILON);
        fact_that("|dA| |A| is the sine", fabs(length - sine) < 100 * REAL_EPSILON);
        fact_that("three times as long, the same loss",
                  fabs(cosine_by_steps(K, longer, all.B[i], unused) - loss) < 100 * REAL_EPSILON);
    }
}

#endif
