/* leftover.c: answers are compiled so that locals begin with a pattern, and run so that memory from
 * malloc() does: no byte of it is 0. In a double
 *
 *     0xFF in every byte (clang's locals, all of malloc) is a NaN, which arithmetic passes on
 *     0xFE in every byte (gcc's locals) is about -5e303: no honest number comes near it */
#include "leftover.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "compare.h"

/* Both patterns in an int: gcc's 0xFEFEFEFE, clang's 0xAAAAAAAA. A few may have been counted up. */
static const double int_patterns[] = {-16843010, -1431655766};
static const double most_counted = 1000;

bool is_leftover_int(double x)
{
    for (size_t i = 0; i < sizeof int_patterns / sizeof *int_patterns; i++)
        if (fabs(x - int_patterns[i]) <= most_counted)
            return true;
    return false;
}

/* All ones but the sign, which a minus turns, and the 29 bits that a float does not have. */
static bool is_leftover_nan(uint64_t bits)
{
    return bits << 1 >> 30 == UINT64_MAX >> 30;
}

/* A sum, or a product with an ordinary number, in which one such double was; or a float, as it is.
 */
static bool is_leftover(real x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    bool huge = isfinite(x) && fabs(x) > 1e290;
    return huge || is_leftover_nan(bits) || bits == UINT64_C(0xc7dfdfdfc0000000);
}

/* An ordinary number divided by gcc's double; nothing stranger than 0 may stand beside it. */
static bool is_divided(real got, real want)
{
    return fabs(got) < 1e-297 && fabs(want) > 1e-200;
}

/* Multiplied by an int that was left, or divided by it. */
static bool is_scaled(real got, real want)
{
    return is_leftover_int((double)got / (double)want) ||
           is_leftover_int((double)want / (double)got);
}

/* The last before a gap: memcpy may have written some of its bytes only. */
static bool is_cut(const Output *o, int i)
{
    return i + 1 < o->n && state_of(o->got[i + 1], o->want[i + 1], o->scale) == UNWRITTEN;
}

typedef struct {
    int wrong, leftover, divided, nonzero, scaled;
} Tally;

static Tally count_wrong(const Trials *trials, int argument)
{
    Tally tally = {0};
    for (int t = 0; t < trials->count; t++) {
        const Output o = output_of(trials, argument, t);
        for (int i = 0; i < o.n; i++) {
            if (state_of(o.got[i], o.want[i], o.scale) == SAME)
                continue;
            tally.wrong++;
            tally.leftover += is_leftover(o.got[i]) && !is_cut(&o, i);
            tally.divided += is_divided(o.got[i], o.want[i]);
            tally.nonzero += o.got[i] != 0;
            tally.scaled += is_scaled(o.got[i], o.want[i]);
        }
    }
    return tally;
}

bool leftover_diagnosis(const Trials *trials, int argument, Diagnosis *found)
{
    const Tally tally = count_wrong(trials, argument);
    bool all = tally.wrong > 0 &&
               (tally.scaled == tally.wrong || (tally.divided == tally.wrong && tally.nonzero > 0));
    if (!all && tally.leftover == 0)
        return false;
    diagnosis_say(
        found,
        "A variable or array of yours is used before anything is written to it, and what lay "
        "there by chance went into %s. Set it first; a sum begins at 0.",
        trials->exercise->arguments[argument].name);
    return true;
}
