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

int main(int argc, char **argv)
{
    Options options = {.chapter = "17_transfer",
                       .about = "what of a trained network is worth keeping",
                       .steps = STEPS,
                       .seconds = 38,
                       .quick_steps = QUICK_STEPS,
                       .lr = lr_of_lesson,
                       .batch = BATCH,
                       .seed = 42,
                       .data = "",
                       .saves = true,
                       .choices = choices};
    options_parse(&options, argc, argv);
    try_exercises();
    bool hold = options.train_only || lesson(&options);
    if (hold && options.steps > 0 && !learn(&options))
        return interrupt_status(error_report(options.chapter));
    return interrupt_status(hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}
