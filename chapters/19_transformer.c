/* 19_transformer.c: whom a token listens to, and the gradient of a choice.
 *
 * 19_transformer_steps.h has attention in three steps; their ways back, and those of what stands
 * around attention, are the exercises. This program works the small examples of the lesson
 * (_examples.h), makes the usual mistakes (_mistakes.h), and holds every gradient against the tape,
 * a numeric gradient (_judges.h), laws that need neither (_laws.h), and in whole networks the
 * library
 * (_whole.h). Then it trains: what a transformer is made of is in _ops.h, _norms.h and _nets.h,
 * with mistakes to train with in _wrong.h; tasks with an exact answer are in _tasks.h, _training.h,
 * _maps.h and _report.h, and a model of names in _speakers.h, _names.h and _sampling.h. */
#include <stdio.h>
#include <stdlib.h>

#include "19_transformer_examples.h"
#include "19_transformer_judges.h"
#include "19_transformer_laws.h"
#include "19_transformer_mistakes.h"
#include "19_transformer_sampling.h"
#include "19_transformer_whole.h"
#include "data/bytes.h"
#include "error.h"
#include "workbook/options.h"

/* What is worked out and held before the training. */
static bool lesson(const Options *options)
{
    Rng rng;
    rng_seed(&rng, options->seed);
    examples(options->seed);
    mistakes();
    bool hold = check_gradients(&rng);
    hold = check_nets(options->seed) && hold;
    check_laws(&rng, hold);
    return hold && fact_failures() == 0;
}

/* What --task asks for; "all" is all but sorting, and of a file the model of names. */
static bool is_next(const Options *options, const char *task)
{
    if (!is_asked("all"))
        return is_asked(task);
    if (options->load)
        return strcmp(task, "names") == 0;
    return strcmp(task, "sort") != 0;
}

/* One after the other, until a signal comes. False with error_text() set. */
static bool learn(const Options *options)
{
    const Task tasks[] = {task_reverse(), task_sort(),
                          task_add((int)choices[DIGITS_CHOICE].number)};
    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++)
        if (is_next(options, tasks[i].name) && !interrupt_signal() &&
            !learn_task(options, &tasks[i], is_asked(tasks[i].name)))
            return false;
    return !is_next(options, "names") || interrupt_signal() || learn_names(options);
}

enum { MOST_BATCH = 4096, NAMES_DRAWN = 20 };

static const char names_of_book[] = "chapters/data/names.txt";

/* What is given that only a model of names has a use for; NULL if nothing is. */
static const char *given_of_names(const Options *o)
{
    return strcmp(o->data, names_of_book) != 0 ? "--data"
           : o->sample != NAMES_DRAWN          ? "--sample"
           : o->sampling.temperature != 1      ? "--temperature"
           : o->sampling.top_k != 0            ? "--top-k"
           : o->sampling.top_p != 0            ? "--top-p"
                                               : NULL;
}

/* What is given of a training; NULL if nothing is. */
static const char *given_of_training(const Options *o)
{
    const bool steps = o->steps > 0 && o->steps != (o->quick ? QUICK_STEPS : STEPS);
    return steps                   ? "--steps"
           : o->lr != lr_of_lesson ? "--lr"
           : o->batch != BATCH     ? "--batch"
                                   : NULL;
}

/* False with error_text() set if an option would be taken and left unread. */
static bool has_use(const Options *options)
{
    const char *task = choices[TASK_CHOICE].word, *given = given_of_names(options);
    if (given && !is_next(options, "names"))
        return error_return("%s and --task %s: only names have a use for it", given, task);
    if (choices[DIGITS_CHOICE].number != DIGITS && !is_next(options, "add"))
        return error_return("--digits: only --task add has a use for it");
    given = given_of_training(options);
    if (given && options->load)
        return error_return("%s and --load: a model that is loaded is not trained", given);
    return true;
}

/* Whether the options go together. False with error_text() set. */
static bool fits(const Options *options)
{
    if (!has_use(options))
        return false;
    if (is_next(options, "names") && !source_exists(options->data))
        return error_return("--data %s: there is no such file", options->data);
    if (options->batch > MOST_BATCH)
        return error_return("--batch %d: expected 1 to %d", options->batch, MOST_BATCH);
    if (wrong_asked() != RIGHT && !is_asked("reverse") && !is_asked("sort"))
        return error_return("--mistake %s: expected --task reverse or --task sort",
                            choices[MISTAKE_CHOICE].word);
    return true;
}

int main(int argc, char **argv)
{
    Options options = {.chapter = "19_transformer",
                       .about = "attention; a transformer reverses, adds and makes names up (to "
                                "reverse, a quarter of --steps)",
                       .steps = STEPS,
                       .seconds = 20,
                       .quick_steps = QUICK_STEPS,
                       .lr = lr_of_lesson,
                       .batch = BATCH,
                       .evaluates = true,
                       .seed = 42,
                       .data = names_of_book,
                       .saves = true,
                       .samples = true,
                       .sample = NAMES_DRAWN,
                       .sampling = {.temperature = 1},
                       .faster = "the library's layers",
                       .choices = choices};
    options_parse(&options, argc, argv);
    if (!fits(&options)) {
        error_report(options.chapter);
        return 2;
    }
    if (!options.train_only && !lesson(&options))
        return EXIT_FAILURE;
    if ((options.steps > 0 || options.load) && !learn(&options))
        return interrupt_status(error_report(options.chapter));
    return interrupt_status(fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}
