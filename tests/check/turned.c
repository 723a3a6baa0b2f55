#include "turned.h"

#include <string.h>

#include "twins.h"
#include "workbook/progress.h"

const Dialed *dialed_named(const char *name)
{
    for (const Dialed *copy = dialed; copy->name; copy++)
        if (strcmp(copy->name, name) == 0)
            return copy;
    return NULL;
}

void turn_set(const Turn *turn)
{
    for (int i = 0; i < turn->count; i++)
        dial_at[turn->dial[i]] = (unsigned char)turn->position[i];
}

void turn_back(const Turn *turn)
{
    for (int i = 0; i < turn->count; i++)
        dial_at[turn->dial[i]] = 0;
}

Outputs turn_outputs(Fit *fit, const Dialed *copy, const Turn *turn, Outputs among)
{
    turn_set(turn);
    Outputs outputs = fit_outputs(fit, copy->function, among);
    turn_back(turn);
    return outputs;
}

static Fitting turn_fitting(Fit *fit, const Dialed *copy, const Turn *turn, Outputs open)
{
    turn_set(turn);
    Fitting fitting = fit_open(fit, copy->function, open);
    turn_back(turn);
    return fitting;
}

/* Keeps the turns that explain most; one that explains more replaces all others. */
static void keep(Turns *turns, const Turn *turn, Fitting fitting)
{
    if (fits_better(fitting, turns->fitting))
        *turns = (Turns){.fitting = fitting};
    bool as_good = fitting.outputs && memcmp(&fitting, &turns->fitting, sizeof fitting) == 0;
    if (as_good && turns->count < MOST_TURNS)
        turns->list[turns->count++] = *turn;
}

static void try(Turns *turns, Fit *fit, const Dialed *copy, const Turn *turn, Outputs open)
{
    keep(turns, turn, turn_fitting(fit, copy, turn, open));
}

void turns_of_one(Turns *turns, Fit *fit, const Dialed *copy, Outputs open)
{
    *turns = (Turns){0};
    for (int d = copy->first; d < copy->first + copy->count; d++)
        for (int position = 1; position < dials[d].positions; position++) {
            const Turn turn = {.count = 1, .dial = {d}, .position = {position}};
            try(turns, fit, copy, &turn, open);
        }
}

void turns_of_twins(Turns *turns, Fit *fit, const Dialed *copy, Outputs open)
{
    *turns = (Turns){0};
    for (int d = copy->first; d < copy->first + copy->count; d++)
        for (int position = 1; position < dials[d].positions; position++) {
            Turn turn;
            if (turn_twins(copy, d, position, &turn))
                try(turns, fit, copy, &turn, open);
            if (turn_square(copy, d, position, &turn))
                try(turns, fit, copy, &turn, open);
        }
}

/* With two mistakes at once only the usual ones are looked for: a sign, a 2, a term, a factor. */
static int usual_positions(const Dial *dial)
{
    if (dial->kind >= DIAL_ORDER)
        return 0;
    int most = dial->kind <= DIAL_RESULT ? TIMES_HALF + 1 : SQUARED + 1;
    return most < dial->positions ? most : dial->positions;
}

static void try_second(Turns *turns, Fit *fit, const Dialed *copy, Turn turn, Outputs open)
{
    turn.count = 2;
    for (int d = turn.dial[0] + 1; d < copy->first + copy->count; d++)
        for (int position = 1; position < usual_positions(&dials[d]); position++) {
            turn.dial[1] = d;
            turn.position[1] = position;
            try(turns, fit, copy, &turn, open);
        }
}

void turns_of_two(Turns *turns, Fit *fit, const Dialed *copy, Outputs open, double seconds)
{
    double end = seconds_now() + seconds;
    *turns = (Turns){0};
    for (int d = copy->first; d < copy->first + copy->count; d++)
        for (int position = 1; position < usual_positions(&dials[d]); position++) {
            if (seconds_now() > end)
                return;
            const Turn first = {.count = 1, .dial = {d}, .position = {position}};
            try_second(turns, fit, copy, first, open);
        }
}
