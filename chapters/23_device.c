/* 23_device.c: the same loops on another processor, with one line above each.
 *
 * 23_device_regions.h has the loops of the names model, forwards and backwards, each under an
 * OpenMP pragma that sends it to a device; 23_device_place.h finds one, or the host;
 * 23_device_resident.h says what lives there and what moves. The program works the small examples
 * of the lesson
 * (_examples.h), holds every gradient against the tape and a numeric one (_judges.h), trains the
 * model where the regions run, beside the library on the host (_training.h), and measures what a
 * region, a copy and a multiplication cost there, and from which size on they pay (_costs.h). */
#include <stdio.h>
#include <stdlib.h>

#include "23_device_costs.h"
#include "23_device_examples.h"
#include "23_device_judges.h"
#include "23_device_training.h"
#include "error.h"
#include "workbook/interrupt.h"
#include "workbook/options.h"

enum { DEVICE_CHOICE, ORDER_CHOICE, MEASURE_CHOICE };

static Choice choices[] = {
    {.name = "device",
     .meaning = "where the regions run",
     .words = {"auto", "host", "0", "1", "2", "3", "4", "5", "6", "7"}},
    {.name = "order", .meaning = "of additions to dC", .words = {"fixed", "free", "lost"}},
    {.name = "measure",
     .meaning = "what regions and copies cost",
     .words = {"auto", "yes", "no"},
     .same_run = true},
    {0}};

static Order order_chosen(void)
{
    const char *word = choices[ORDER_CHOICE].word;
    return strcmp(word, "fixed") == 0 ? FIXED : strcmp(word, "free") == 0 ? FREE : LOST;
}

/* What is worked out and held before the training. */
static bool lesson(const Options *options, Place place)
{
    Rng rng;
    rng_seed(&rng, options->seed);
    rows_by_teams();
    orders();
    scatters();
    tiles();
    rows_by_threads();
    residents();
    moved_by_names(BATCH, ALPHABET, HIDDEN);
    lines_cross();
    printf("\n");
    place_say(place);
    bool hold = check_gradients(place, options, &rng);
    return hold && fact_failures() == 0;
}

/* Unless it is asked for, only after a training by the regions that is not a quick one. */
static bool is_measured(const Options *options)
{
    const char *word = choices[MEASURE_CHOICE].word;
    return !options->check_only && interrupt_signal() == 0 &&
           (strcmp(word, "yes") == 0 || (strcmp(word, "auto") == 0 && !options->quick &&
                                         options->steps > 0 && !options->load && options->faster));
}

static bool learn_names(const Options *options, Place place)
{
    Data data;
    Pair pair;
    if (!data_read(&data, options))
        return false;
    if (options->faster)
        place_say(place);
    pair_begin(&pair, options, &data, place, order_chosen());
    const bool done = train_and_report(&pair);
    pair_end(&pair);
    data_free(&data);
    return done;
}

int main(int argc, char **argv)
{
    Options options = {.chapter = "23_device",
                       .about = "the same loops on another processor",
                       .steps = STEPS,
                       .seconds = 12,
                       .quick_steps = QUICK_STEPS,
                       .lr = lr_of_lesson,
                       .batch = BATCH,
                       .evaluates = true,
                       .seed = 42,
                       .data = "chapters/data/names.txt",
                       .saves = true,
                       .faster = "the regions",
                       .choices = choices};
    Place place;
    options_parse(&options, argc, argv);
    if (options.batch < 2 || options.batch > MOST_BATCH) {
        error_return("--batch %d: expected 2, which batch norm needs, to %d", options.batch,
                     MOST_BATCH);
        error_report(options.chapter);
        return 2;
    }
    if (!place_find(&place, choices[DEVICE_CHOICE].word))
        return error_report(options.chapter);
    if (!options.train_only && !lesson(&options, place))
        return EXIT_FAILURE;
    if ((options.steps > 0 || options.load) && !learn_names(&options, place))
        return interrupt_status(error_report(options.chapter));
    if (is_measured(&options) && !measure_costs(&options, place))
        return error_report(options.chapter);
    return interrupt_status(fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}
