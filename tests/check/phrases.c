#include "phrases.h"

#include <stdbool.h>
#include <string.h>

static const Phrase numbers[NUMBERS + FORMS] = {
    [TIMES_0] = {"missing-term", "%s is missing in %o%m.%z"},
    [TIMES_MINUS_1] = {"wrong-sign", "%s has the wrong sign in %o%m."},
    [TIMES_2] = {"times-2", "%s is twice what it should be in %o%m."},
    [TIMES_HALF] = {"times-1/2", "%s is half of what it should be in %o%m."},
    [TIMES_4] = {"times-4", "%s is four times what it should be in %o%m."},
    [TIMES_QUARTER] = {"times-1/4", "%s is a quarter of what it should be in %o%m."},
    [NUMBERS + N] = {"times-%n", "%s is %n times what it should be in %o%m. Look for a division "
                                 "by %n left out, or something added %n times over."},
    [NUMBERS + PER_N] = {"divided-by-%n", "%s is 1/%n of what it should be in %o%m. Look for a "
                                          "division by %n too many."},
    [NUMBERS + N_LESS] = {"times-(%n-1)", "%s is %n - 1 times what it should be in %o%m."},
    [NUMBERS +
        PER_N_LESS] = {"divided-by-(%n-1)", "%s is 1/(%n - 1) of what it should be in %o%m."},
    [NUMBERS + N_LESS_PER_N] = {"%n-for-(%n-1)", "%s is divided by %n where %n - 1 belongs in "
                                                 "%o%m."},
    [NUMBERS + N_PER_N_LESS] = {"(%n-1)-for-%n", "%s is divided by %n - 1 where %n belongs in "
                                                 "%o%m."},
    [NUMBERS + ROOT_N] = {"times-root-%n", "%s is sqrt(%n) times what it should be in %o%m."},
    [NUMBERS +
        PER_ROOT_N] = {"divided-by-root-%n", "%s is 1/sqrt(%n) of what it should be in %o%m."},
};

static const Phrase factors[CHANGES] = {
    [LEFT_OUT] = {"missing-factor", "A factor is missing in %o: %t."},
    [INVERTED] = {"inverted", "%o is divided by %t where it should be multiplied by it."},
    [SQUARED] = {"squared", "The square of %t stands in %o, where %t itself belongs."},
    [ROOTED] = {"rooted", "The square root of %t stands in %o, where %t itself belongs."},
    [ONE_MINUS] = {"one-minus", "1 - x stands in %o where x belongs, x being %t."},
    [NEGATED] = {"negated", "A sign is wrong inside a function, for %o: it is to be taken of %t."},
    [EXP] = {"exp-of", "exp(x) stands in %o where x belongs, x being %t."},
    [LOG] = {"log-of", "log(x) stands in %o where x belongs, x being %t."},
    [TANH] = {"tanh-of", "tanh(x) stands in %o where x belongs, x being %t."},
    [SIGMOID] = {"sigmoid-of", "The sigmoid of x stands in %o where x belongs, x being %t."},
    [ABSOLUTE] = {"absolute", "|x| stands in %o where x belongs, x being %t."},
};

static const Phrase divisors[CHANGES] = {
    [LEFT_OUT] = {"missing-divisor", "A division is missing in %o: by %t."},
    [INVERTED] = {"inverted", "%o is multiplied by %t where it should be divided by it."},
    [SQUARED] = {"squared", "%o is divided by %t twice, and once is right."},
};

static const Phrase loops[LOOPS] = {
    [BEGINS_LATE] = {"begins-late", "A loop begins one too late for %o."},
    [ENDS_EARLY] = {"ends-early", "A loop ends one too soon for %o."},
    [RUNS_ONCE] = {"runs-once", "A loop runs only once for %o: only its first element or term is "
                                "there."},
};

static const Phrase calls[CALLS] = {
    [FIRST_ARGUMENT] = {"no-call", "A function is left out in %o: %t stands as it is."},
    [SECOND_ARGUMENT] = {"no-call", "A function is left out in %o: %t stands as it is."},
    [OTHER_EXTREME] = {"other-extreme", "fmax and fmin are mixed up in %o."},
};

static const Phrase bases[] = {
    [BASE_2] = {"base-2", "The base is 2 in %o where that of the natural logarithm belongs."},
    [BASE_10] = {"base-10", "The base is 10 in %o where that of the natural logarithm belongs."},
};

static const Phrase comparisons[COMPARISONS] = {
    [WITH_OR_WITHOUT_EQUAL] = {"equal", "%o is wrong only where two things that are compared are "
                                        "equal%m."},
    [REVERSED] = {"reversed", "A comparison is the wrong way round in %o%m."},
    [BOTH] = {"reversed-equal", "A comparison is the wrong way round in %o%m."},
};

static const Phrase conditions[CONDITIONS] = {
    [HOLDS_ALWAYS] = {"no-condition", "A condition is left out in %o%m."},
    [HOLDS_NEVER] = {"never", "A case is left out in %o%m."},
    [HOLDS_OTHERWISE] = {"otherwise", "A condition is the wrong way round in %o%m."},
};

static const Phrase stores[STORES] = {
    [AS_INT] = {"int", "Something on the way to %o is kept in an int, or is a quotient of whole "
                       "numbers: what stands behind the point is cut off."},
    [AS_FLOAT] = {"float", "Something on the way to %o is kept in a float, which has seven digits; "
                           "real is a double here."},
};

static const Phrase accumulate = {
    "accumulate", "Only the last of its terms is left of a sum in %o: = stands where "
                  "+= belongs, or the sum is set to zero inside its loop."};
static const Phrase used_early = {
    "used-early", "A sum is used for %o before it is complete: all of it is needed "
                  "before the first element can be written. Two loops, one after the "
                  "other."};
static const Phrase not_reset = {
    "not-reset", "A sum or a running product is not set back to where it begins for "
                 "%o: each element carries what the ones before it have left."};
static const Phrase parentheses = {"parentheses",
                                   "A pair of parentheses is missing in %o: a / (b + c) is not "
                                   "a / b + c, nor is a / (b * c) a / b * c."};
static const Phrase added = {"added", "Two things are added in %o that should be multiplied%m."};
static const Phrase instead = {"instead", "%i stands in %o where %t belongs."};
static const Phrase index_instead = {"index", "An index of %a is %i for %o where it should be %t."};

const Phrase *phrase_of(const Dial *dial, int position)
{
    int number = position < NUMBERS ? position : NUMBERS + (position - NUMBERS) % FORMS;
    bool is_log = strncmp(dial->text, "log(", 4) == 0;
    switch (dial->kind) {
    case DIAL_TERM:
    case DIAL_RESULT:
        return &numbers[number];
    case DIAL_DIVISOR:
        return divisors[position].label ? &divisors[position] : &factors[position];
    case DIAL_FACTOR:
    case DIAL_ARGUMENT:
        return &factors[position];
    case DIAL_READ:
        return &instead;
    case DIAL_INDEX:
        return &index_instead;
    case DIAL_LOOP:
        return &loops[position];
    case DIAL_ADDS:
        return &accumulate;
    case DIAL_RESET:
        return &not_reset;
    case DIAL_EARLY:
        return &used_early;
    case DIAL_CALL:
        return position >= BASE_2 && is_log ? &bases[position] : &calls[position];
    case DIAL_COMPARE:
        return &comparisons[position];
    case DIAL_CONDITION:
        return &conditions[position];
    case DIAL_PARENTHESES:
        return &parentheses;
    case DIAL_PRODUCT:
        return &added;
    case DIAL_STORED:
        return &stores[position];
    }
    return NULL;
}

int phrase_rank(const Dial *dial, int position)
{
    switch (dial->kind) {
    case DIAL_FACTOR:
    case DIAL_DIVISOR:
    case DIAL_ARGUMENT:
        return position == LEFT_OUT ? 1 : position == INVERTED ? 2 : position <= ROOTED ? 4 : 6;
    case DIAL_TERM:
        return position <= TIMES_MINUS_1 ? 2 : 5;
    case DIAL_RESULT:
        return position <= TIMES_MINUS_1 ? 3 : 5;
    case DIAL_READ:
    case DIAL_INDEX:
        return 3;
    case DIAL_PRODUCT:
        return 6;
    case DIAL_STORED:
        return 7;
    default:
        return 1;
    }
}
