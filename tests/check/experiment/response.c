#include "response.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "beside.h"
#include "compare.h"
#include "error.h"
#include "factor.h"

/* Fewer numbers that are not zero are no evidence. */
enum { LEAST_NUMBERS = 4 };

/* Elements of the output in the line of the element that is moved, and in the other lines. */
enum { OWN, OTHER, CLASSES };

typedef struct {
    const Experiment *experiment;
    int input, output, of_input, of_output; /* the axis in the input, in the output */
} Axis;

static const Argument *argument_of(const Axis *axis, int i)
{
    return &axis->experiment->trials->exercise->arguments[i];
}

/* How far the output's elements of this class move in variant v; the others are put to 0. */
static void put_moves(const Axis *axis, int class, int v, Trial *got, Trial *want)
{
    const Trials *trials = axis->experiment->trials;
    const Variant *variant = &axis->experiment->variants[v];
    const int *sizes = got->sizes;
    const Output o = output_of(trials, axis->output, variant->trial);
    int from = index_along(trials->exercise, argument_of(axis, axis->input), sizes, variant->at,
                           axis->of_input);
    real *by = got->array[axis->output], *should = want->array[axis->output];
    for (int at = 0; at < o.n; at++) {
        int to = index_along(trials->exercise, argument_of(axis, axis->output), sizes, at,
                             axis->of_output);
        bool in = (from == to) == (class == OWN);
        by[at] = in ? by[at] - o.got[at] : 0;
        should[at] = in ? should[at] - o.want[at] : 0;
    }
}

static bool is_of(const Axis *axis, int v)
{
    const Variant *variant = &axis->experiment->variants[v];
    return variant->change == MOVED && variant->input == axis->input && !variant->joint;
}

/* The moves of one class, one trial for each variant. */
static Trials moves_of(const Axis *axis, int class)
{
    const Trials *again = &axis->experiment->again;
    int count = 0;
    for (int v = 0; v < again->count; v++)
        count += is_of(axis, v);
    Trial *some = malloc(((size_t)count * 3 + 1) * sizeof *some);
    if (!some)
        error_stop("out of memory");
    for (int v = 0, i = 0; v < again->count; v++)
        if (is_of(axis, v)) {
            some[i] = again->given[v];
            some[count + i] = again->got[v];
            some[2 * count + i++] = again->want[v];
        }
    Trials view = {again->exercise, count, some, some + count, some + 2 * (size_t)count};
    Trials moves = trials_copy(&view);
    for (int v = 0, i = 0; v < again->count; v++)
        if (is_of(axis, v)) {
            put_moves(axis, class, v, &moves.got[i], &moves.want[i]);
            i++;
        }
    free(some);
    return moves;
}

/* How many of the moves that are wanted are not zero, and how many of these are right. */
static int count_moves(const Trials *moves, int output, int *right)
{
    int count = 0;
    *right = 0;
    for (int t = 0; t < moves->count; t++) {
        const Output o = output_of(moves, output, t);
        for (int at = 0; at < o.n; at++) {
            const bool moved = state_of(o.want[at], 0, o.scale) != SAME;
            count += moved;
            *right += moved && state_of(o.got[at], o.want[at], o.scale) == SAME;
        }
    }
    return count;
}

/* What there is to say of one class. */
typedef struct {
    bool known, right, partly, named; /* partly: some are right, but not all */
    char words[96];                   /* "is 1/n of what is wanted", if it is named */
} Moves;

static Moves look_at(const Axis *axis, int class)
{
    char factor[64];
    Trials moves = moves_of(axis, class);
    int right_ones;
    Moves seen = {.known = count_moves(&moves, axis->output, &right_ones) >= LEAST_NUMBERS};
    seen.right = find_difference(&moves, axis->output).trial < 0;
    seen.partly = !seen.right && right_ones > 0;
    seen.named = seen.known && !seen.right && factor_in_words(&moves, axis->output, factor);
    snprintf(seen.words, sizeof seen.words, "is %s%s", seen.named ? factor : "wrong",
             seen.named ? " what is wanted" : "");
    trials_free(&moves);
    return seen;
}

/* "rows", "columns", "elements" */
static const char *lines_of(const Argument *a, int axis)
{
    return strlen(a->shape) == 1 ? "elements" : axis == 0 ? "rows" : "columns";
}

static bool wrong_along(const Axis *axis, Diagnosis *found)
{
    const Argument *in = argument_of(axis, axis->input), *out = argument_of(axis, axis->output);
    const char *lines = lines_of(in, axis->of_input);
    const Moves own = look_at(axis, OWN), other = look_at(axis, OTHER);
    if (!own.known || !other.known || (own.right && other.right))
        return false;
    diagnosis_label(found, "response-%s", in->name);
    if (!other.right && (other.named || own.right))
        return diagnosis_say(found,
                             "What comes to %s of %s from other %s of %s than their own %s%s.",
                             lines_of(out, axis->of_output), out->name, lines, in->name,
                             other.words, own.right ? "; what comes from their own is right" : "");
    if (!own.right && !own.partly && other.right)
        return diagnosis_say(found,
                             "What comes to %s of %s from their own %s of %s %s; what comes from "
                             "others is right.",
                             lines_of(out, axis->of_output), out->name, lines, in->name, own.words);
    return false;
}

bool response_wrong(const Experiment *experiment, int output, Diagnosis *found)
{
    const Exercise *exercise = experiment->trials->exercise;
    const Argument *out = &exercise->arguments[output];
    for (int i = 0; i < count_arguments(exercise); i++) {
        const Argument *in = &exercise->arguments[i];
        if (i == output || !is_real_input(in) || !has_each_letter_once(in) ||
            !has_each_letter_once(out) || strlen(in->shape) > 2)
            continue;
        for (int a = 0; in->shape[a]; a++) {
            const char *same = strchr(out->shape, in->shape[a]);
            const Axis axis = {experiment, i, output, a, same ? (int)(same - out->shape) : 0};
            if (same && wrong_along(&axis, found))
                return true;
        }
    }
    return false;
}
