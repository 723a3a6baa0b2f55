/* experiment.h: an answer is asked again, on inputs that are changed in one place. The reference
 * answers the same, so what ought to happen is measured and never assumed. */
#ifndef CHECK_EXPERIMENT_H
#define CHECK_EXPERIMENT_H

#include "trial.h"

/* Asks the answer for all that is given, and fills in what is got: answer_again(), or in a test a
 * function of this process. False if it did not come back from all of it. */
typedef bool Ask(void *context, Trials *trials);

typedef enum {
    SCALED, /* a whole input, times one of scales[] */
    MOVED,  /* one element of an input, and what was prepared from it */
    AGAIN   /* nothing: the same once more, in the same process */
} Alteration;

enum { SCALES = 4 };
extern const double scales[SCALES]; /* 2, 3, 1/2, and -1 where the input may have any sign */

typedef struct {
    Alteration change;
    int trial, input, at; /* of which trial; which input; its element, or the number of the scale */
    bool joint;           /* another input was prepared from this one and has moved with it */
} Variant;

typedef struct {
    const Trials *trials; /* as they were asked at first: &first */
    Trials first;         /* of several rounds the first one */
    Trials again;         /* changed, one trial for each variant */
    Variant *variants;
} Experiment;

/* Asks once for all variants. False if the answer did not come back from them: nothing is known
 * then, and nothing is to be freed. */
bool experiment_new(Experiment *experiment, const Trials *trials, Ask *ask, void *context);
void experiment_free(Experiment *experiment);

/* The number of this variant, -1 if the input cannot be changed so. */
int experiment_find(const Experiment *experiment, Alteration change, int trial, int input, int at);

#endif
