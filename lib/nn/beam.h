/* beam.h: the likeliest sequence of tokens, looked for with several hypotheses at once. */
#ifndef NN_BEAM_H
#define NN_BEAM_H

#include <stdbool.h>

#include "real.h"

/* Writes to log_probs (n, v) the logarithms of the probabilities of what may follow each of n
 * hypotheses. Hypothesis i was hypothesis parent[i] of the call before, and token[i] has been added
 * to it: whatever state goes with it is the parent's. In the first call, at step 0, there is one;
 * its token is the mark that begins, its parent 0. -inf stands for what cannot follow. */
typedef void BeamStep(void *context, int step, int n, const int *parent, const int *token,
                      real *log_probs);

typedef struct {
    int width;             /* hypotheses, those that have ended with the others; 1 is greedy */
    int vocabulary;        /* v */
    int begin, end;        /* marks: begin is given to the first step and in no result */
    int most;              /* tokens of a result, the end mark being one */
    double length_penalty; /* 0: results are compared by the sum of their log probabilities, which
                            * favours short ones; 1: by its mean; in general by
                            * sum / length^length_penalty */
} BeamOptions;

typedef struct {
    int n;         /* results, the best first */
    int most;      /* as in the options */
    int *token;    /* (n, most) */
    int *length;   /* (n), with the end mark where there is one */
    bool *ended;   /* (n): by the end mark; if not, it was cut off at `most` tokens */
    double *sum;   /* (n): of the log probabilities */
    double *score; /* (n): sum / length^length_penalty */
} Beams;

/* At each step the best of all that may follow go on, as many as there is width for. One that ends
 * is a result, and keeps its place: so does beam search in the first translators (Cho et al., 2014;
 * Sutskever et al., 2014). Of equal ones the lower parent, then the lower token comes first. There
 * are fewer results than `width`, or none, where no more can follow. The result goes to
 * beams_free(). Errors: an option out of range; a log probability that is NaN or clearly above 0.
 */
Beams beam_search(BeamOptions options, BeamStep *step, void *context);

void beams_free(Beams *beams);

#endif
