/* The names model of chapter 10, built step by step on the tape: all 26 gradients against
 * PyTorch's in tests/golden/names_model.txt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "autograd/autograd.h"
#include "error.h"
#include "golden.h"

/* Some tens of roundings on the way down and up again, as in test_golden.c. */
static const double tolerance = 128 * (double)REAL_EPSILON;

enum { N_GRADIENTS = 26 };

typedef struct {
    const char *name; /* of the line that holds PyTorch's gradient */
    Tensor *tensor;
} Gradient;

static Golden golden;
static Gradient gradients[N_GRADIENTS];
static Tensor *loss;

static const GoldenLine *line_of(const char *name)
{
    const GoldenLine *line = golden_find(&golden, name);
    if (!line)
        error_stop("tests/golden/names_model.txt has no line \"%s\"", name);
    return line;
}

static Tensor *parameter(const char *name)
{
    const GoldenLine *line = line_of(name);
    real *values = golden_reals(line);
    Tensor *x = ag_variable(line->shape, values);
    free(values);
    return x;
}

static int *indices(const char *name)
{
    const GoldenLine *line = line_of(name);
    int *index = ag_alloc((size_t)line->n * sizeof *index);
    for (int i = 0; i < line->n; i++)
        index[i] = (int)line->value[i];
    return index;
}

typedef struct {
    Tensor *C, *W1, *b1, *bngain, *bnbias, *W2, *b2;
} Model;

static Model model_parameters(void)
{
    return (Model){parameter("C"),      parameter("W1"), parameter("b1"), parameter("bngain"),
                   parameter("bnbias"), parameter("W2"), parameter("b2")};
}

#define GRADIENT(x) ((Gradient){"d" #x, x})

static void build_and_backward(void)
{
    Model m = model_parameters();
    Tensor *C = m.C, *W1 = m.W1, *b1 = m.b1, *W2 = m.W2, *b2 = m.b2, *bngain = m.bngain,
           *bnbias = m.bnbias;
    Shape contexts = line_of("X")->shape;
    int n = contexts.dim[0], width = contexts.dim[1] * C->shape.dim[1];

    Tensor *emb = ag_embedding(C, contexts, indices("X"));
    Tensor *embcat = ag_reshape(emb, ag_shape(2, n, width));
    Tensor *hprebn = ag_linear(embcat, W1, b1);
    Tensor *bnmean = ag_mean(hprebn, 0, true);
    Tensor *bndiff = ag_sub(hprebn, bnmean);
    Tensor *bndiff2 = ag_pow(bndiff, 2);
    Tensor *bnvar = ag_div(ag_sum(bndiff2, 0, true), ag_scalar((real)(n - 1)));
    Tensor *bnvar_inv = ag_pow(ag_add(bnvar, ag_scalar((real)1e-5)), -0.5);
    Tensor *bnraw = ag_mul(bndiff, bnvar_inv);
    Tensor *hpreact = ag_add(ag_mul(bngain, bnraw), bnbias);
    Tensor *h = ag_tanh(hpreact);
    Tensor *logits = ag_add(ag_matmul(h, W2), b2);
    Tensor *logit_maxes = ag_max(logits, 1, true);
    Tensor *norm_logits = ag_sub(logits, logit_maxes);
    Tensor *counts = ag_exp(norm_logits);
    Tensor *counts_sum = ag_sum(counts, 1, true);
    Tensor *counts_sum_inv = ag_pow(counts_sum, -1);
    Tensor *probs = ag_mul(counts, counts_sum_inv);
    Tensor *logprobs = ag_log(probs);
    loss = ag_neg(ag_mean(ag_gather(logprobs, indices("Y")), AG_ALL, false));
    ag_backward(loss);

    const Gradient found[N_GRADIENTS] = {
        GRADIENT(logprobs),    GRADIENT(probs),  GRADIENT(counts_sum_inv),
        GRADIENT(counts_sum),  GRADIENT(counts), GRADIENT(norm_logits),
        GRADIENT(logit_maxes), GRADIENT(logits), GRADIENT(h),
        GRADIENT(W2),          GRADIENT(b2),     GRADIENT(hpreact),
        GRADIENT(bngain),      GRADIENT(bnbias), GRADIENT(bnraw),
        GRADIENT(bnvar_inv),   GRADIENT(bnvar),  GRADIENT(bndiff2),
        GRADIENT(bndiff),      GRADIENT(bnmean), GRADIENT(hprebn),
        GRADIENT(embcat),      GRADIENT(W1),     GRADIENT(b1),
        GRADIENT(emb),         GRADIENT(C),
    };
    memcpy(gradients, found, sizeof found);
}

static void assert_matches(const char *name, Shape shape, const real *values)
{
    const GoldenLine *line = line_of(name);
    if (!ag_same_shape(shape, line->shape))
        fail_msg("%s: shape %s, PyTorch has %s", name, ag_shape_text(shape),
                 ag_shape_text(line->shape));
    real *expected = golden_reals(line);
    Comparison c = compare(line->n, values, expected);
    /* dlogit_maxes and db1 are zero, for a shift of a row of logits or of a column in front of
     * batch norm changes nothing. There both sides hold the rounding of numbers below 1. */
    if (!(c.relative <= tolerance || c.max_error <= (double)REAL_EPSILON))
        fail_msg("%s, element %d: %.9g, PyTorch has %.9g: relative error %.2g", name, c.worst,
                 (double)values[c.worst], (double)expected[c.worst], c.relative);
    free(expected);
}

static void loss_matches_pytorch(void **state)
{
    (void)state;
    assert_matches("loss", loss->shape, loss->data);
}

static void gradient_matches_pytorch(void **state)
{
    const Gradient *g = *state;
    if (!g->tensor->grad)
        fail_msg("%s: no gradient reached it", g->name);
    assert_matches(g->name, g->tensor->shape, g->tensor->grad);
}

/* The fused ops of chapters 07 to 10 on the same numbers: fewer steps, the same gradients. */
static void fused_ops_give_the_same_gradients(void **state)
{
    (void)state;
    Model m = model_parameters();
    Shape contexts = line_of("X")->shape;
    Tensor *emb = ag_embedding(m.C, contexts, indices("X"));
    Tensor *embcat = ag_reshape(emb, ag_shape(2, contexts.dim[0], m.W1->shape.dim[0]));
    Tensor *hprebn = ag_linear(embcat, m.W1, m.b1);
    Tensor *hpreact = ag_batch_norm(hprebn, m.bngain, m.bnbias, 1e-5, AG_BESSEL, NULL);
    Tensor *logits = ag_linear(ag_tanh(hpreact), m.W2, m.b2);
    Tensor *fused = ag_cross_entropy(logits, indices("Y"), AG_MEAN);
    ag_backward(fused);
    assert_matches("loss", fused->shape, fused->data);
    const Gradient found[] = {{"dlogits", logits},   {"dhpreact", hpreact}, {"dhprebn", hprebn},
                              {"dC", m.C},           {"dW1", m.W1},         {"db1", m.b1},
                              {"dbngain", m.bngain}, {"dbnbias", m.bnbias}, {"dW2", m.W2},
                              {"db2", m.b2}};
    for (size_t i = 0; i < sizeof found / sizeof found[0]; i++)
        assert_matches(found[i].name, found[i].tensor->shape, found[i].tensor->grad);
}

int main(void)
{
    golden = golden_read("tests/golden/names_model.txt");
    build_and_backward();
    struct CMUnitTest tests[N_GRADIENTS + 2];
    char names[N_GRADIENTS][64];
    for (int i = 0; i < N_GRADIENTS; i++) {
        snprintf(names[i], sizeof names[i], "%s_matches_pytorch", gradients[i].name);
        tests[i] = (struct CMUnitTest){.name = names[i],
                                       .test_func = gradient_matches_pytorch,
                                       .initial_state = &gradients[i]};
    }
    tests[N_GRADIENTS] = (struct CMUnitTest)cmocka_unit_test(loss_matches_pytorch);
    tests[N_GRADIENTS + 1] = (struct CMUnitTest)cmocka_unit_test(fused_ops_give_the_same_gradients);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    ag_reset();
    golden_free(&golden);
    return failed;
}
