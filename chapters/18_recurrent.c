/* 18_recurrent.c: networks that read one thing after the other, and how far back their gradients
 * reach.
 *
 * The steps of the cells are the exercises of this chapter; they are made operations on the tape
 * in 18_recurrent_cells.h, and networks in _nets.h. The program works the small examples of the
 * lesson and the usual mistakes (_examples.h), holds every gradient against the tape, a numeric
 * gradient and the library (_judges.h) and against laws (_laws.h), and measures what is left of a
 * gradient after so many steps (_distance.h). Then networks learn (_training.h) to add numbers that
 * lie far apart (_adding.h), with their gradient clipped and without (_clipping.h), and to make
 * names up (_names.h, _learning.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "18_recurrent_adding.h"
#include "18_recurrent_clipping.h"
#include "18_recurrent_distance.h"
#include "18_recurrent_examples.h"
#include "18_recurrent_judges.h"
#include "18_recurrent_laws.h"
#include "18_recurrent_learning.h"
#include "error.h"
#include "workbook/interrupt.h"
#include "workbook/options.h"

/* What is worked out and held before the training. */
static bool lesson(const Options *options)
{
    Rng rng;
    rng_seed(&rng, options->seed);
    examples();
    const bool hold = check_gradients(&rng);
    check_laws(&rng);
    return hold && fact_failures() == 0;
}

/* A model from a file is one of names, and is trained no more. */
static bool is_task(const Options *options, const char *task)
{
    const char *chosen = options->load ? "names" : choices[TASK_CHOICE].word;
    return strcmp(chosen, "all") == 0 || strcmp(chosen, task) == 0;
}

/* A run that was interrupted does not go on to the next task. */
static bool learn_letters(const Options *options)
{
    Data data;
    if (!data_read(&data, options->data))
        return false;
    bool done = !is_task(options, "clipping") || learn_clipping(options, &data);
    if (done && is_task(options, "names") && !interrupt_signal())
        done = (options->load ? load_and_report : train_and_report)(options, &data);
    data_free(&data);
    return done;
}

static bool learn(const Options *options)
{
    const bool letters = is_task(options, "clipping") || is_task(options, "names");
    if (is_task(options, "adding") && !learn_adding(options))
        return false;
    return !letters || interrupt_signal() || learn_letters(options);
}

int main(int argc, char **argv)
{
    Options options = {.chapter = "18_recurrent",
                       .about = "RNN, LSTM and GRU: how far back a gradient reaches, and names",
                       .steps = STEPS,
                       .seconds = 10,
                       .quick_steps = QUICK_STEPS,
                       .lr = lr_of_lesson,
                       .batch = BATCH,
                       .evaluates = true,
                       .seed = 42,
                       .data = names_of_book,
                       .saves = true,
                       .samples = true,
                       .sample = 16,
                       .sampling = {.temperature = 1},
                       .faster = "the library's layers",
                       .choices = choices};
    options_parse(&options, argc, argv);
    const bool hold = options.train_only || lesson(&options);
    if (!hold)
        return EXIT_FAILURE;
    if (!options.train_only && !measure_distance(&options))
        return error_report(options.chapter);
    if ((options.steps > 0 || options.load) && !learn(&options))
        return interrupt_status(error_report(options.chapter));
    return interrupt_status(fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}
