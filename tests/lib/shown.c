#include "shown.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int length; /* 0: there is none */
    double value, unit;
} Number;

static int digits(const char *text)
{
    return (int)strspn(text, "0123456789");
}

/* The number that begins here, and one unit of its last digit, which is 1e-18 for 5.6e-17. */
static Number number_at(const char *text)
{
    if (strncmp(text, "exact", 5) == 0)
        return (Number){5, 0, 0};
    const char *end = text + (*text == '-');
    int whole = digits(end), places = 0, sign = 0, power = 0;
    if (whole == 0)
        return (Number){0};
    end += whole;
    if (*end == '.' && (places = digits(end + 1)) > 0)
        end += 1 + places;
    sign = *end == 'e' && (end[1] == '+' || end[1] == '-');
    if (*end == 'e' && digits(end + 1 + sign) > 0) {
        power = atoi(end + 1);
        end += 1 + sign + digits(end + 1 + sign);
    }
    return (Number){(int)(end - text), strtod(text, NULL), places ? pow(10, power - places) : 0};
}

static bool alike(Number a, Number b)
{
    double unit = a.unit > 0 && b.unit > 0 ? fmin(a.unit, b.unit) : fmax(a.unit, b.unit);
    return (fabs(a.value) < SHOWN_ROUNDING && fabs(b.value) < SHOWN_ROUNDING) ||
           fabs(a.value - b.value) <= 1.001 * unit; /* 0.3 - 0.2 is not quite 0.1 */
}

static bool is_space(char c)
{
    return isspace((unsigned char)c);
}

static const char *skip_space(const char *text)
{
    while (is_space(*text))
        text++;
    return text;
}

static bool begins_with(const char *printed, const char *shown)
{
    while (*shown) {
        Number a = number_at(printed), b = number_at(shown);
        if (is_space(*printed) && is_space(*shown)) {
            printed = skip_space(printed);
            shown = skip_space(shown);
        } else if (a.length && b.length && alike(a, b)) {
            printed += a.length;
            shown += b.length;
        } else if (a.length || b.length || *printed++ != *shown++) {
            return false;
        }
    }
    return !*printed || is_space(*printed);
}

bool shown_in(const char *printed, const char *shown)
{
    for (bool at_word = true; *printed; at_word = is_space(*printed++))
        if (at_word && begins_with(printed, shown))
            return true;
    return false;
}
