#include "calls.h"

#include <stddef.h>

#include "dial.h"
#include "text.h"

static const MathCall calls[] = {
    {"exp", BASE_10 + 1, "OF_EXP"},
    {"log", BASE_10 + 1, "OF_LOG"},
    {"fmax", OTHER_EXTREME + 1, "OF_FMAX"},
    {"fmin", OTHER_EXTREME + 1, "OF_FMIN"},
    {"pow", SECOND_ARGUMENT + 1, "OF_POW"},
    {"sqrt", FIRST_ARGUMENT + 1, "OF_ONE"},
    {"fabs", FIRST_ARGUMENT + 1, "OF_ONE"},
    {"tanh", FIRST_ARGUMENT + 1, "OF_ONE"},
    {"cos", FIRST_ARGUMENT + 1, "OF_ONE"},
    {"sin", FIRST_ARGUMENT + 1, "OF_ONE"},
    {"acos", FIRST_ARGUMENT + 1, "OF_ONE"},
    {"log1p", FIRST_ARGUMENT + 1, "OF_ONE"},
    {"cosh", FIRST_ARGUMENT + 1, "OF_ONE"},
    {"sinh", FIRST_ARGUMENT + 1, "OF_ONE"},
    {"expm1", FIRST_ARGUMENT + 1, "OF_ONE"},
    {"creal", 0, "OF_ONE"},
    {"cimag", 0, "OF_ONE"},
    {"cabs", 0, "OF_ONE"},
};

enum { MAX_OWN = 30 };
static MathCall own[MAX_OWN];
static int own_count;

void add_call(const char *name)
{
    if (own_count < MAX_OWN)
        own[own_count++] = (MathCall){name, 0, ""};
}

const MathCall *find_call(const char *name)
{
    for (int i = 0; i < own_count; i++)
        if (same(own[i].name, name))
            return &own[i];
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (same(calls[i].name, name))
            return &calls[i];
    return NULL;
}
