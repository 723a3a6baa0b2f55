/* 14_dropout_and_modes.c: layers that do one thing in training and another afterwards.
 *
 * The steps of dropout and of batch norm on images are the exercises of this chapter; they are made
 * layers in 14_dropout_and_modes_layers.h. The program works the small examples of the lesson
 * (_examples.h), holds every gradient against the tape and a numeric gradient (_judges.h) and
 * against laws that need no reference (_laws.h). Then it trains digits with dropout and without
 * (_dropout.h), with batch norm and without (_norm.h), and judges them in the wrong mode
 * (_modes.h). */
#include <stdio.h>
#include <stdlib.h>

#include "14_dropout_and_modes_dropout.h"
#include "14_dropout_and_modes_examples.h"
#include "14_dropout_and_modes_laws.h"
#include "14_dropout_and_modes_norm.h"
#include "error.h"
#include "workbook/interrupt.h"
#include "workbook/options.h"

/* A network made twice, of the library's layers and of those by the exercises, from one seed, so
 * that the masks are the same; after a step on a few digits. */
typedef Module *Build(const Options *options, Rng *rng);

static Module *with_dropout(const Options *options, Rng *rng)
{
    return mlp(options, rng, (double)P);
}

static Module *with_norm(const Options *options, Rng *rng)
{
    return lenet(options, rng, true);
}

static void compare_parameters(const Learner *library, const Learner *exercises)
{
    for (int i = 0; i < library->n; i++) {
        const Tensor *a = library->parameters[i], *b = exercises->parameters[i];
        fact_same("a gradient in a network", a->size, b->grad, a->grad);
    }
}

static void compare_layers(const Options *options, Build *build)
{
    enum { DIGITS = 12, BATCH = 6 };
    Options library = *options, exercises = *options;
    const Options *kinds[2] = {&library, &exercises};
    Learner learner[2];
    Dataset digits = digits_draw(options->seed, DIGITS, hands);
    real loss[2];
    library.faster = "the library";
    exercises.faster = NULL;
    for (int k = 0; k < 2; k++) {
        rng_seed(&learner[k].rng, options->seed);
        begin(&learner[k], build(kinds[k], &learner[k].rng), &digits, BATCH, options->seed);
        optim_sgd(learner[k].optim, (Sgd){.lr = 0.1});
        optim_add(learner[k].optim, learner[k].n, learner[k].parameters);
        take_step(&learner[k]);
    }
    compare_parameters(&learner[0], &learner[1]);
    for (int k = 0; k < 2; k++) {
        loss[k] = (real)judge_in_eval_mode(learner[k].net, &digits).loss;
        learner_free(&learner[k]);
    }
    fact_same("the loss in eval mode", 1, &loss[1], &loss[0]);
    ag_reset();
    dataset_free(&digits);
}

/* What is shown and checked before the training. */
static bool lesson(const Options *options)
{
    Rng rng;
    Batch batch;
    rng_seed(&rng, options->seed);
    batch_draw(&rng, &batch);
    dropout_example();
    dropout_mistakes();
    train_example();
    eval_example();
    two_numbers();
    norm_mistakes();
    creeping();
    bool hold = check_gradients(&rng, &batch);
    check_laws(&batch);
    compare_layers(options, with_dropout);
    compare_layers(options, with_norm);
    return hold;
}

int main(int argc, char **argv)
{
    Options options = {.chapter = "14_dropout_and_modes",
                       .about = "dropout (--steps, --lr, --batch) and batch norm, in two modes",
                       .steps = STEPS,
                       .seconds = 17,
                       .quick_steps = EARLY,
                       .lr = lr_of_lesson,
                       .batch = 50,
                       .seed = 42,
                       .faster = "the library's dropout and batch norm"};
    options_parse(&options, argc, argv);
    bool hold = options.train_only || lesson(&options);
    if (options.steps > 0 &&
        !(learn_with_dropout(&options) && (interrupt_signal() || learn_with_norm(&options))))
        return interrupt_status(error_report(options.chapter));
    return interrupt_status(hold && fact_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}
