/* 16_distillation_students.h: five ways to learn from a teacher, and a step of each. The loss and
 * its two gradients, with respect to scores and features, are the exercises' functions; from there
 * on down the tape goes back. */
#ifndef CHAPTER_16_DISTILLATION_STUDENTS_H
#define CHAPTER_16_DISTILLATION_STUDENTS_H

#include <stdio.h>

#include "16_distillation_images.h"
#include "16_distillation_steps.h"
#include "exercises/16_distillation.h"
#include "nn/learner.h"

/* What is not the teacher's share of the loss is the labels'. */
typedef struct {
    const char *name;
    double soft, T; /* the share of the soft targets, and their temperature */
    double cosine;  /* the share of the features' directions, */
    bool maps;      /* ... the teacher's halved by maps, not by neighbours */
} Method;

static const Method methods[] = {
    {"alone", 0, 1, 0, false},         {"soft T2", 0.25, 2, 0, false},
    {"soft T4", 0.9, 4, 0, false},     {"cosine row", 0, 1, 0.25, false},
    {"cosine maps", 0, 1, 0.25, true},
};

enum { ALONE, SOFT, METHODS = sizeof methods / sizeof methods[0], TEACHER = METHODS };

/* -- the loss of a student --------------------------------------------------------------------- */

/* What is known of the images of a batch: labels, the teacher's scores, and its features, as many
 * as the student has. */
typedef struct {
    int n, k;
    int *y;
    real *v, *B; /* (n, 10) and (n, k) */
} Batch;

/* From n rows of a loader, the first and those behind it, onto the strip. */
static inline Batch batch_of(const Loader *loader, int first, int n, ImageSize image, bool maps)
{
    int size = loader->data->y_size, k = (size - 1 - CLASSES) / 2;
    int pixels = (image.height / 4) * (image.width / 4);
    Batch b = {n, k, ag_alloc((size_t)n * sizeof *b.y), ag_alloc_reals(n * CLASSES),
               ag_alloc_reals(n * k)};
    for (int i = 0; i < n; i++) {
        const real *row = loader->y + (ptrdiff_t)(first + i) * size, *features = row + 1 + CLASSES;
        b.y[i] = (int)row[0];
        memcpy(b.v + (ptrdiff_t)i * CLASSES, row + 1, CLASSES * sizeof *b.v);
        if (maps)
            group_mean(k / pixels, 2, pixels, (void *)features, (void *)(b.B + (ptrdiff_t)i * k));
        else
            group_mean(k, 2, 1, (void *)features, (void *)(b.B + (ptrdiff_t)i * k));
    }
    return b;
}

/* The loss, dz (n, 10) and dA (n, k). */
typedef struct {
    real loss, *dz, *dA;
} Judgement;

static inline real labels_loss(int n, const real *z, const int *y)
{
    const CrossEntropyOptions known = {.ignore = true, .ignore_index = -1};
    ag_no_grad_begin();
    real loss =
        ag_item(ag_cross_entropy_with(ag_tensor(ag_shape(2, n, CLASSES), z), y, known, AG_MEAN));
    ag_no_grad_end();
    return isnan(loss) ? 0 : loss; /* nobody knows any of them */
}

/* z (n, 10), the student's scores, and A (n, k), its features. */
static inline Judgement judge(const Method *m, const Batch *b, const real *z, const real *A)
{
    int n = b->n, k = b->k;
    real hard = (real)(1 - m->soft - m->cosine), soft = (real)m->soft, T = (real)m->T;
    real *q = ag_alloc_reals(n * CLASSES), *dsoft = ag_alloc_reals(n * CLASSES);
    Judgement j = {hard * labels_loss(n, z, b->y), ag_alloc_reals(n * CLASSES),
                   ag_alloc_reals(n * k)};
    vector_fill(n * CLASSES, 0, dsoft);
    vector_fill(n * k, 0, j.dA);
    if (soft > 0) {
        for (int i = 0; i < n; i++)
            softmax_row(CLASSES, b->v + i * CLASSES, T, q + i * CLASSES);
        j.loss += soft * soft_targets_loss(n, CLASSES, (void *)z, (void *)b->v, T);
        soft_targets_backward(n, CLASSES, (void *)z, (void *)q, T, (void *)dsoft);
    }
    partly_labelled_backward(n, CLASSES, (void *)z, b->y, (void *)dsoft, hard, soft, (void *)j.dz);
    if (m->cosine > 0) {
        for (int i = 0; i < n; i++)
            j.loss += (real)m->cosine / (real)n * cosine_loss(k, A + i * k, b->B + i * k);
        cosine_backward(n, k, (void *)A, (void *)b->B, (void *)j.dA);
        for (int i = 0; i < n * k; i++)
            j.dA[i] *= (real)m->cosine;
    }
    return j;
}

/* -- as an op ---------------------------------------------------------------------------------- */

static inline void judgement_forward(const Record *r)
{
    r->out->data[0] = ((const Judgement *)r->saved)->loss;
}

static inline void judgement_backward(const Record *r)
{
    const Judgement *j = r->saved;
    const real g = r->out->grad[0];
    vector_add_scaled(r->in[0]->size, g, j->dz, ag_grad(r->in[0]));
    vector_add_scaled(r->in[1]->size, g, j->dA, ag_grad(r->in[1]));
}

/* Features with two outputs: what comes back through the classifier and dA add up. */
static inline Tensor *student_loss(const Method *m, const Batch *b, Outputs out)
{
    Judgement *saved = ag_alloc(sizeof *saved);
    *saved = judge(m, b, ag_data(out.logits), ag_data(out.features));
    return ag_op(ag_shape(0), judgement_forward, judgement_backward, saved, 2,
                 (Tensor *[]){out.logits, out.features});
}

/* -- one that learns --------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    const Method *method; /* NULL: the teacher */
    Learner learner;
} Scholar;

/* Of one seed, all students start with the same weights. data must outlive it. */
static inline void scholar_begin(Scholar *s, const Method *method, const Sizes *sizes,
                                 const Dataset *data, const Options *options, uint64_t seed)
{
    Learner *l = &s->learner;
    s->name = method ? method->name : "teacher";
    s->method = method;
    rng_seed(&l->rng, seed);
    learner_begin(l, (method ? student_new : teacher_new)(&l->rng, sizes), sizes->image, data,
                  (LoaderOptions){.batch = options->batch, .shuffle = true, .seed = seed});
    optim_adam(l->optim, adam_defaults(options->lr));
    optim_add(l->optim, l->n, l->parameters);
}

static inline Tensor *loss_of_images(Learner *l, int first, int n, Tensor *x, void *context)
{
    const Method *method = context;
    Batch b = batch_of(&l->loader, first, n, l->size, method->maps);
    return student_loss(method, &b, net_outputs(l->net, x));
}

/* Forward and back on the next batch. Returns the loss. */
static inline double scholar_look(Scholar *s)
{
    Learner *l = &s->learner;
    return s->method ? learner_gradient_of(l, loss_of_images, (void *)s->method)
                     : learner_gradient(l);
}

#endif
