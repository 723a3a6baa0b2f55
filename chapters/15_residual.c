/* 15_residual.c: what a gradient meets on its way through forty blocks, and what `+ x` changes.
 *
 * The steps of the blocks are the exercises of this chapter; they are made operations on the tape
 * in 15_residual_ops.h, and blocks and networks in _nets.h. The program works the small examples of
 * the lesson (_examples.h), holds every gradient against the tape, a numeric gradient and laws
 * (_judges.h), measures what is left of a gradient against depth (_depth.h), and trains networks
 * with shortcuts and without (_training.h, _report.h). */
#include <stdio.h>
#include <stdlib.h>

#include "15_residual_depth.h"
#include "15_residual_examples.h"
#include "15_residual_judges.h"
#include "15_residual_report.h"
#include "error.h"
#include "workbook/interrupt.h"
#include "workbook/options.h"

/* What is worked out and held before the training. */
static bool lesson(const Options *options)
{
    Rng rng;
    rng_seed(&rng, options->seed);
    one_number();
    one_number_mistakes();
    chains();
    three_pixels();
    three_pixels_mistakes();
    laid_beside();
    projected();
    bool hold = check_gradients(&rng);
    check_laws(&rng);
    return hold && fact_failures() == 0;
}

int main(int argc, char **argv)
{
    Options options = {.chapter = "15_residual",
                       .about = "deep networks, with shortcuts and without",
                       .steps = STEPS,
                       .seconds = 39,
                       .quick_steps = QUICK_STEPS,
                       .lr = lr_of_lesson,
                       .batch = BATCH,
                       .seed = 42,
                       .data = "", /* shapes that are drawn */
                       .saves = true,
                       .choices = choices};
    options_parse(&options, argc, argv);
    if (options.batch > LEARNT) {
        error_return("--batch %d: expected 1 to %d, all images that are learnt from", options.batch,
                     LEARNT);
        error_report(options.chapter);
        return 2;
    }
    bool hold = options.train_only || lesson(&options);
    if (!hold)
        return EXIT_FAILURE;
    if (!options.train_only && !measure_depth(&options))
        return error_report(options.chapter);
    if ((options.steps > 0 || options.load) && !train_and_report(&options))
        return interrupt_status(error_report(options.chapter));
    return interrupt_status(fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}
