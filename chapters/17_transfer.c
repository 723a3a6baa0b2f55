/* 17_transfer.c: what of a trained network is worth keeping.
 *
 * Layers that are frozen, names that are copied, rates that fall, images that are flipped, shifted
 * and turned: for a batch these are the exercises. The program works the small examples of the
 * lesson (_examples.h), holds the gradients against the tape, a numeric gradient, the library and
 * laws (_judges.h). Then it trains a network on five classes, keeps it, and learns five others from
 * few examples in five ways (_ways.h); shows a few images otherwise each time (_augment.h); lets a
 * rate fall; and breaks a run off and takes it up again (_rates.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "17_transfer_augment.h"
#include "17_transfer_examples.h"
#include "17_transfer_judges.h"
#include "17_transfer_rates.h"
#include "17_transfer_ways.h"
#include "error.h"
#include "workbook/interrupt.h"
#include "workbook/options.h"

enum { PART_ASKED, SEEDS_ASKED };

static Choice choices[] = {{.name = "part",
                            .meaning = "what is trained",
                            .words = {"all", "transfer", "augment", "rates", "break"}},
                           {.name = "seeds",
                            .meaning = "how often, each time with other images",
                            .normal = 1,
                            .least = 1,
                            .most = MOST_SEEDS},
                           {0}};

/* The steps that may still be to do, in their order, before anything is printed. */
static void try_exercises(void)
{
    const int frozen[1] = {0}, flipped[1] = {1};
    const real dp[1][1] = {{1}}, X[1][1][1][1] = {{{{1}}}};
    real rate[1], b[1][1] = {{0}}, p[1][1] = {{1}}, Y[1][1][1][1];
    cosine_schedule(1, 1, 1, 0, rate);
    frozen_step(1, 1, 1, 0, 0, frozen, dp, b, p);
    flip(1, 1, 1, 1, flipped, X, Y);
    rotate(1, 1, 1, 1, 0, X[0], Y[0]);
}

/* What is shown and checked before the training. */
static bool lesson(const Options *options)
{
    small_examples();
    bool hold = random_gradients(options->seed);
    judge_library(options->seed);
    return hold;
}

static bool is_asked(const char *part)
{
    const char *word = choices[PART_ASKED].word;
    return !interrupt_signal() && (strcmp(word, "all") == 0 || strcmp(word, part) == 0);
}

/* False with error_text() set. */
static bool learn(const Options *options)
{
    const int seeds = (int)choices[SEEDS_ASKED].number;
    return (!is_asked("transfer") || learn_new_classes(options, seeds)) &&
           (!is_asked("augment") || learn_augmented(options, seeds)) &&
           (!is_asked("rates") || learn_annealed(options, seeds)) &&
           (!is_asked("break") || learn_with_break(options));
}

/* What is given of the training of the network that is kept; NULL if nothing is. */
static const char *given_of_kept(const Options *o)
{
    const bool steps = o->steps > 0 && o->steps != (o->quick ? QUICK_STEPS : STEPS);
    return steps                   ? "--steps"
           : o->lr != lr_of_lesson ? "--lr"
           : o->batch != BATCH     ? "--batch"
                                   : NULL;
}

/* False with error_text() set if an option would be taken and left unread. */
static bool has_use(const Options *o)
{
    const char *part = choices[PART_ASKED].word, *given = given_of_kept(o);
    if (given && o->load)
        return error_return("%s and --load: a network that is loaded is not trained", given);
    if (strcmp(part, "all") == 0 || strcmp(part, "transfer") == 0 || !(given || o->load))
        return true;
    return error_return("%s and --part %s: only part transfer has a use for it",
                        given ? given : "--load", part);
}

int main(int argc, char **argv)
{
    Options options = {.chapter = "17_transfer",
                       .about = "what of a trained network is worth keeping (--steps, --lr, "
                                "--batch: of the one that is kept)",
                       .steps = STEPS,
                       .seconds = 40,
                       .quick_steps = QUICK_STEPS,
                       .lr = lr_of_lesson,
                       .batch = BATCH,
                       .seed = 42,
                       .data = "",
                       .saves = true,
                       .choices = choices};
    options_parse(&options, argc, argv);
    if (!has_use(&options)) {
        error_report(options.chapter);
        return 2; /* bad usage */
    }
    try_exercises();
    bool hold = options.train_only || lesson(&options);
    if (hold && options.steps > 0 && !learn(&options))
        return interrupt_status(error_report(options.chapter));
    return interrupt_status(hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}
