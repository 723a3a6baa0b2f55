#include "quantity.h"

#include <math.h>
#include <stdio.h>

#include "beside.h"

bool is_quantity(const Trials *trials, int output, int argument)
{
    const Argument *a = &trials->exercise->arguments[argument];
    return is_real_input(a) || (is_output(a) && argument != output);
}

const real *quantity_of(const Trials *trials, int argument, int trial)
{
    const Argument *a = &trials->exercise->arguments[argument];
    return (is_real_input(a) ? trials->given : trials->want)[trial].array[argument];
}

const char *quantity_name(const Trials *trials, int argument, char words[LABEL_SIZE])
{
    const Argument *a = &trials->exercise->arguments[argument];
    snprintf(words, LABEL_SIZE, "%s%s", is_real_input(a) ? "" : "the right ", a->name);
    return words;
}

static real sigmoid(real x)
{
    return 1 / (1 + exp(-x));
}

#define OF(name, value)      \
    static real name(real x) \
    {                        \
        return value;        \
    }
OF(itself, x)
OF(complement, 1 - x)
OF(one_more, 1 + x)
OF(slope_of_tanh, 1 - x * x)
OF(slope_of_sigmoid, x *(1 - x))
OF(exponential, exp(x))
OF(logarithm, log(x))
OF(of_tanh, tanh(x))
OF(slope_by_tanh, 1 - tanh(x) * tanh(x))
OF(slope_by_sigmoid, sigmoid(x) * sigmoid(-x))
OF(cube, x *x *x)

const Simple simple[SIMPLE] = {
    {itself, "~"},
    {complement, "(1 - ~)"},
    {one_more, "(1 + ~)"},
    {slope_of_tanh, "(1 - ~^2)"},
    {slope_of_sigmoid, "~ (1 - ~)"},
    {exponential, "exp(~)"},
    {logarithm, "log(~)"},
    {of_tanh, "tanh(~)"},
    {slope_by_tanh, "(1 - tanh(~)^2)"},
    {sigmoid, "sigmoid(~)"},
    {slope_by_sigmoid, "sigmoid(~) (1 - sigmoid(~))"},
    {cube, "~^3"},
};
