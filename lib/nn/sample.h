/* sample.h: from what a model expects to what it says: one token drawn, or the likeliest. beam.h
 * looks for whole sequences. */
#ifndef NN_SAMPLE_H
#define NN_SAMPLE_H

#include "kernel/random.h"
#include "real.h"

/* {.temperature = 1} is a draw from the softmax of the logits as they are. */
typedef struct {
    double temperature; /* logits are divided by it; 0: always the largest */
    int top_k;          /* only the k largest can be drawn; 0: all */
    double top_p;       /* only the most probable that together have probability p, or, with the
                         * last of them, more; 0 or 1: all */
} SampleOptions;

/* probs (n) = the probability with which each of n tokens is drawn: first the temperature, then
 * top_k, then top_p of what that left, which is scaled to the sum 1 before and after. Of equal ones
 * that of the lower number comes first. probs may be logits itself. Errors: temperature below 0,
 * top_k below 0, top_p outside 0 .. 1; a logit that is NaN or +inf; nothing but -inf. */
void sample_probs(int n, const real *logits, SampleOptions options, real *probs);

/* A token drawn with these probabilities, which are left in probs (n); it may be logits itself. At
 * temperature 0 no random number is taken. */
int sample_draw(Rng *rng, int n, const real *logits, SampleOptions options, real *probs);

#endif
