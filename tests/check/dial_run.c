#include "dial_run.h"

void dial_coefficients(int count, const int sizes[], real *times)
{
    static const real numbers[NUMBERS] = {1, 0, -1, 2, 0.5, 4, 0.25};
    for (int i = 0; i < NUMBERS; i++)
        times[i] = numbers[i];
    for (int i = 0; i < count; i++) {
        real n = sizes[i], *forms = times + NUMBERS + FORMS * i;
        forms[N] = n;
        forms[PER_N] = 1 / n;
        forms[N_LESS] = n - 1;
        forms[PER_N_LESS] = 1 / (n - 1);
        forms[N_LESS_PER_N] = (n - 1) / n;
        forms[N_PER_N_LESS] = n / (n - 1);
        forms[ROOT_N] = sqrt(n);
        forms[PER_ROOT_N] = 1 / sqrt(n);
    }
}

real dial_extra(int at, const real *of)
{
    real factor = of[(at - 1) / 2];
    return at % 2 ? factor : 1 / factor;
}

real dial_change(int at, real x)
{
    switch ((Change)at) {
    case LEFT_OUT:
        return 1;
    case INVERTED:
        return 1 / x;
    case SQUARED:
        return x * x;
    case ROOTED:
        return sqrt(fabs(x));
    case ONE_MINUS:
        return 1 - x;
    case NEGATED:
        return -x;
    case EXP:
        return exp(x);
    case LOG:
        return log(fabs(x));
    case TANH:
        return tanh(x);
    case SIGMOID:
        return 1 / (1 + exp(-x));
    case ABSOLUTE:
        return fabs(x);
    case TRUNCATED:
        return trunc(x);
    default:
        return x;
    }
}

real dial_called(int at, Family family, real x, real y)
{
    if (at == FIRST_ARGUMENT)
        return x;
    switch (family) {
    case OF_EXP:
        return pow(at == BASE_2 ? (real)2 : (real)10, x);
    case OF_LOG:
        return at == BASE_2 ? log2(x) : log10(x);
    case OF_FMAX:
        return at == SECOND_ARGUMENT ? y : fmin(x, y);
    case OF_FMIN:
        return at == SECOND_ARGUMENT ? y : fmax(x, y);
    default:
        return y;
    }
}

real dial_begun(int at, real value, Kept *kept, int turn)
{
    if (at == 0)
        return value;
    int goes_on = kept->begun && (at == 1 || kept->turn == turn);
    kept->begun = 1;
    kept->turn = turn;
    return goes_on ? kept->value : value;
}
