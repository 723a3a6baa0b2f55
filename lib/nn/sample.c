#include "nn/sample.h"

#include <stdbool.h>

#include "error.h"
#include "kernel/vector.h"

static void check(int n, const real *logits, SampleOptions options)
{
    if (n < 1)
        error_stop("sample_probs: %d tokens: expected 1 or more", n);
    error_if_negative("sample_probs", "temperature", options.temperature);
    if (options.top_k < 0)
        error_stop("sample_probs: top_k %d: expected 0 or more", options.top_k);
    if (!(options.top_p >= 0 && options.top_p <= 1))
        error_stop("sample_probs: top_p %g: expected 0 to 1", options.top_p);
    bool any = false;
    for (int j = 0; j < n; j++) {
        if (isnan(logits[j]) || logits[j] == (real)INFINITY)
            error_stop("sample_probs: logit %d is %g", j, (double)logits[j]);
        any = any || logits[j] > -(real)INFINITY;
    }
    if (!any)
        error_stop("sample_probs: all %d logits are -inf", n);
}

/* The first of the largest. */
static int largest(int n, const real *x)
{
    int best = 0;
    for (int j = 1; j < n; j++)
        if (x[j] > x[best])
            best = j;
    return best;
}

static void scale_to_1(int n, real *probs)
{
    const real inverse = 1 / vector_sum(n, probs);
    for (int j = 0; j < n; j++)
        probs[j] *= inverse;
}

/* Leaves the largest, until there are `most` of them or they have the probability `mass`, and of
 * the others nothing. Those taken are negative meanwhile. */
static void keep_largest(int n, int most, double mass, real *probs)
{
    for (int taken = 0; taken < most && mass > 0; taken++) {
        const int j = largest(n, probs);
        if (!(probs[j] > 0))
            break;
        mass -= (double)probs[j];
        probs[j] = -probs[j];
    }
    for (int j = 0; j < n; j++)
        probs[j] = probs[j] < 0 ? -probs[j] : 0;
    scale_to_1(n, probs);
}

void sample_probs(int n, const real *logits, SampleOptions options, real *probs)
{
    NOT_NULL(logits, probs);
    check(n, logits, options);
    const real temperature = (real)options.temperature, max = vector_max(n, logits);
    if (temperature == 0) {
        const int best = largest(n, logits);
        vector_fill(n, 0, probs);
        probs[best] = 1;
        return;
    }
    for (int j = 0; j < n; j++)
        probs[j] = (logits[j] - max) / temperature;
    vector_exp(n, probs, probs);
    scale_to_1(n, probs);
    if (options.top_k > 0 && options.top_k < n)
        keep_largest(n, options.top_k, INFINITY, probs);
    if (options.top_p > 0 && options.top_p < 1)
        keep_largest(n, n, options.top_p, probs);
}

int sample_draw(Rng *rng, int n, const real *logits, SampleOptions options, real *probs)
{
    NOT_NULL(rng, logits, probs);
    sample_probs(n, logits, options, probs);
    return (real)options.temperature == 0 ? largest(n, probs) : rng_choice(rng, n, probs);
}
