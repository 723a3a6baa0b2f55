#include "factor.h"

#include <stdio.h>
#include <string.h>

#include "compare.h"
#include "diagnose.h"

/* constant * n^p * (n - 1)^q * k^r, where n and k stand for any two sizes. In the words a ~ is n's
 * letter and a ^ is k's. */
typedef struct {
    double constant, p, q, r;
    const char *words, *hint;
} Factor;

static const Factor factors[] = {
    {2, 0, 0, 0, "twice", "Look for a term counted twice, or a factor 1/2 left out."},
    {0.5, 0, 0, 0, "half",
     "Look for a factor 2 left out (x * x has the derivative 2 x), a half too many, or one of two "
     "equal paths left out."},
    {3, 0, 0, 0, "three times", "Look for a factor 1/3 left out, or a 3 too many."},
    {1. / 3, 0, 0, 0, "a third of", "Look for a factor 3 left out."},
    {4, 0, 0, 0, "four times", "Look for a factor 1/4 left out, or a 2 that was not squared away."},
    {0.25, 0, 0, 0, "a quarter of", "Look for a factor 4 left out, or a 1/2 applied twice."},
    {1.4426950408889634, 0, 0, 0, "1/ln 2 = 1.4427 times",
     "Look for a logarithm to base 2 where the natural one belongs."},
    {0.4342944819032518, 0, 0, 0, "1/ln 10 = 0.434294 times",
     "Look for a logarithm to base 10 where the natural one belongs."},
    {1, 1, 0, 0, "~ times",
     "Look for a division by ~ left out, a factor ~ too many, or something added ~ times over."},
    {1, -1, 0, 0, "1/~ of", "Look for a division by ~ too many, or a factor ~ left out."},
    {1, 0, 1, 0, "(~ - 1) times", "Look for a division by ~ - 1 left out."},
    {1, 0, -1, 0, "1/(~ - 1) of", "Look for a division by ~ - 1 too many."},
    {1, 1, -1, 0, "~/(~ - 1) times", "You divided by ~ - 1 where ~ belongs."},
    {1, -1, 1, 0, "(~ - 1)/~ times", "You divided by ~ where ~ - 1 belongs."},
    {2, 1, 0, 0, "2 ~ times", "Look for a factor 1/(2 ~) left out."},
    {0.5, -1, 0, 0, "1/(2 ~) of", "Look for a division by 2 ~ too many."},
    {2, -1, 0, 0, "2/~ of", "Look for a factor 2/~ too many."},
    {0.5, 1, 0, 0, "~/2 times", "Look for a factor 2/~ left out."},
    {1, 2, 0, 0, "~ * ~ times",
     "Look for a multiplication by ~ where a division belongs (a / b * ~ is (a / b) * ~), or for "
     "two divisions by ~ left out."},
    {1, -2, 0, 0, "1/(~ * ~) of", "Look for two divisions by ~ too many."},
    {1, 0.5, 0, 0, "sqrt(~) times", "Look for a division by the square root of ~ left out."},
    {1, -0.5, 0, 0, "1/sqrt(~) of", "Look for a division by the square root of ~ too many."},
    {1, 1, 0, -1, "~/^ times", "Look for a division by ^ where ~ belongs."},
    {1, 1, 0, 1, "~ * ^ times", "Look for a division by ~ * ^ left out."},
    {1, -1, 0, -1, "1/(~ * ^) of", "Look for a division by ~ * ^ too many."},
};

enum { COUNT = sizeof factors / sizeof *factors };

static double value_of(const Factor *f, int n, int k)
{
    return f->constant * pow(n, f->p) * pow(n - 1., f->q) * pow(k, f->r);
}

static bool is_multiple_in(const Output *o, double factor)
{
    if (!isfinite(factor))
        return false;
    for (int i = 0; i < o->n; i++) {
        real want = (real)factor * o->want[i];
        if (state_of(o->got[i], want, fmax(1, fabs(factor)) * o->scale) != SAME)
            return false;
    }
    return true;
}

/* got = sign * factor * want on every case, with the sizes number n and k as its letters. */
static bool is_multiple(const Trials *trials, int argument, const Factor *f, double sign, int n,
                        int k)
{
    for (int t = 0; t < trials->count; t++) {
        const Output o = output_of(trials, argument, t);
        const int *sizes = trials->want[t].sizes;
        if (!is_multiple_in(&o, sign * value_of(f, sizes[n], sizes[k])))
            return false;
    }
    return true;
}

bool sign_flipped(const Trials *trials, int argument, Diagnosis *found)
{
    static const Factor one = {.constant = 1};
    if (!is_multiple(trials, argument, &one, -1, 0, 0))
        return false;
    diagnosis_say(found, "The sign of %s is flipped; but for that it is right.",
                  trials->exercise->arguments[argument].name);
    return true;
}

/* Appends the words, with n and k for ~ and ^. */
static void append(char *text, size_t size, const char *words, char n, char k)
{
    size_t used = strlen(text);
    for (; *words && used + 1 < size; words++)
        text[used++] = *words == '~' ? n : *words == '^' ? k : *words;
    text[used] = '\0';
}

/* "factor-1/n-of" */
static void set_label(Diagnosis *found, const Factor *f, double sign, char n, char k)
{
    diagnosis_label(found, "factor-%s", sign < 0 ? "minus-" : "");
    append(found->label, sizeof found->label, f->words, n, k);
    for (char *at = found->label; *at; at++)
        *at = *at == ' ' ? '-' : *at;
}

static void describe(const Trials *trials, int argument, const Factor *f, double sign, int n, int k,
                     Diagnosis *found)
{
    const char *letters = trials->exercise->sizes;
    const char *parts[] = {sign < 0 ? "minus " : "", f->words, " what is wanted, in every case. ",
                           f->hint, sign < 0 ? " And the sign is flipped." : ""};
    diagnosis_say(found, "%s is ", trials->exercise->arguments[argument].name);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        append(found->sentence, sizeof found->sentence, parts[i], letters[n], letters[k]);
    set_label(found, f, sign, letters[n], letters[k]);
}

/* The factor that fits, and the numbers of the sizes it is of; NULL if none does. */
static const Factor *find_factor(const Trials *trials, int argument, double sign, int *n, int *k)
{
    int letters = (int)strlen(trials->exercise->sizes);
    for (const Factor *f = factors; f < factors + COUNT; f++)
        for (*n = 0; *n < (f->p == 0 && f->q == 0 ? 1 : letters); ++*n)
            for (*k = 0; *k < (f->r == 0 ? 1 : letters); ++*k)
                if ((f->r == 0 || *k != *n) && is_multiple(trials, argument, f, sign, *n, *k))
                    return f;
    return NULL;
}

static bool named_factor(const Trials *trials, int argument, double sign, Diagnosis *found)
{
    int n, k;
    const Factor *f = find_factor(trials, argument, sign, &n, &k);
    if (f)
        describe(trials, argument, f, sign, n, k, found);
    return f;
}

/* One number that got = number * want holds for, by least squares; NaN if there is none, or if it
 * is so near to 1 that it is no factor: kind_digits() has better words for that. */
static double number_of(const Trials *trials, int argument)
{
    double above = 0, below = 0;
    int elements = 0;
    for (int t = 0; t < trials->count; t++) {
        const Output o = output_of(trials, argument, t);
        for (int i = 0; i < o.n; i++) {
            above += (double)o.got[i] * (double)o.want[i];
            below += (double)o.want[i] * (double)o.want[i];
            elements += state_of(o.want[i], 0, o.scale) != SAME; /* a zero is no evidence */
        }
    }
    double number = above / below;
    for (int t = 0; t < trials->count; t++) {
        const Output o = output_of(trials, argument, t);
        if (!is_multiple_in(&o, number))
            return NAN;
    }
    return elements > 2 && fabs(number) > 1e-6 && fabs(number - 1) > 1e-4 ? number : NAN;
}

bool constant_factor(const Trials *trials, int argument, Diagnosis *found)
{
    if (named_factor(trials, argument, 1, found) || named_factor(trials, argument, -1, found))
        return true;
    double number = number_of(trials, argument);
    if (isnan(number))
        return false;
    diagnosis_say(found, "%s is %.6g times what is wanted, in every case.",
                  trials->exercise->arguments[argument].name, number);
    return true;
}

bool factor_in_words(const Trials *trials, int argument, char words[64])
{
    static const Factor one = {.constant = 1};
    int n, k;
    words[0] = '\0';
    if (is_multiple(trials, argument, &one, -1, 0, 0))
        append(words, 64, "minus", 0, 0);
    for (double sign = 1; sign >= -1 && !words[0]; sign -= 2) {
        const Factor *f = find_factor(trials, argument, sign, &n, &k);
        append(words, 64, f && sign < 0 ? "minus " : "", 0, 0);
        append(words, 64, f ? f->words : "", f ? trials->exercise->sizes[n] : 0,
               f ? trials->exercise->sizes[k] : 0);
    }
    double number = words[0] ? 0 : number_of(trials, argument);
    if (!words[0] && !isnan(number))
        snprintf(words, 64, "%.6g times", number);
    return words[0];
}
