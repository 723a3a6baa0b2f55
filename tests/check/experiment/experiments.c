#include "experiments.h"

#include "depend.h"
#include "inputs.h"
#include "instead.h"
#include "kind.h"
#include "known.h"
#include "linear.h"
#include "place.h"
#include "response.h"
#include "sums.h"
#include "where.h"

/* By what was got at first, or by what is got when inputs are changed. */
typedef bool FromTrials(const Trials *trials, int output, Diagnosis *found);
typedef bool FromChanges(const Experiment *experiment, int output, Diagnosis *found);

/* Those that nearly name the mistake come first, those that only say where it shows last. */
static const struct {
    FromTrials *from_trials;
    FromChanges *from_changes;
} rules[] = {
    {NULL, place_remembered}, {place_unchanged, NULL}, {instead_of_input, NULL},
    {known_quantity, NULL},   {known_sum, NULL},       {kind_whole, NULL},
    {kind_zero, NULL},        {kind_digits, NULL},     {NULL, depend_ignored},
    {NULL, linear_degree},    {NULL, linear_part},     {NULL, depend_reach},
    {NULL, depend_part},      {inputs_where, NULL},    {where_part, NULL},
    {NULL, response_wrong},   {NULL, linear_rest},     {NULL, linear_extra},
    {NULL, depend_extra},     {kind_multiples, NULL},
};

bool experiment_diagnosis(const Trials *trials, const Experiment *experiment, int output,
                          Diagnosis *found)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        bool holds = rules[i].from_trials
                         ? rules[i].from_trials(trials, output, found)
                         : experiment && rules[i].from_changes(experiment, output, found);
        if (!holds)
            continue;
        diagnosis_of(found, trials->exercise->arguments[output].name);
        return true;
    }
    return false;
}
