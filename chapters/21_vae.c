/* 21_vae.c: an autoencoder whose code is drawn at random, and the gradient that goes through the
 * draw.
 *
 * The three steps that are new are operations on the tape (21_vae_ops.h), whose ways back are the
 * exercises. The program works the small examples of the lesson and the usual mistakes
 * (_examples.h), holds every gradient against the tape, a numeric gradient and laws (_judges.h),
 * then trains networks (_nets.h) in several ways side by side (_training.h), with a mistake or
 * without (_slips.h), measures what they have come to (_bounds.h, _report.h) and draws what they
 * have made of their codes (_pictures.h). */
#include <stdio.h>
#include <stdlib.h>

#include "21_vae_examples.h"
#include "21_vae_judges.h"
#include "21_vae_report.h"
#include "error.h"
#include "workbook/interrupt.h"
#include "workbook/options.h"

/* The steps that may still be to do, in their order, before anything is printed. */
static void try_exercises(void)
{
    const real one[1][1] = {{1}};
    real a[1][1], b[1][1];
    sample_backward(1, 1, one, one, one, a, b);
    divergence_backward(1, 1, one, one, 1, a, b);
    pixels_backward(1, 1, one, one, a);
    elbo_loss(1, 1, 1, one, one, one, one, 1);
}

/* What is shown and checked before the training. */
static bool lesson(const Options *options)
{
    Rng rng;
    rng_seed(&rng, options->seed);
    try_exercises();
    one_draw();
    one_draw_mistakes();
    one_pixel();
    a_bound();
    score_function();
    bool hold = check_gradients(&rng);
    check_laws(&rng);
    return hold && fact_failures() == 0;
}

int main(int argc, char **argv)
{
    Options options = {.chapter = "21_vae",
                       .about = "an autoencoder with a random code",
                       .steps = STEPS,
                       .seconds = 10,
                       .quick_steps = QUICK_STEPS,
                       .lr = lr_of_lesson,
                       .batch = BATCH,
                       .seed = 42,
                       .data = "", /* digits that are drawn */
                       .saves = true,
                       .choices = choices};
    options_parse(&options, argc, argv);
    bool hold = options.train_only || lesson(&options);
    if (!hold)
        return EXIT_FAILURE;
    if ((options.steps > 0 || options.load) && !learn(&options))
        return interrupt_status(error_report(options.chapter));
    return interrupt_status(fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}
